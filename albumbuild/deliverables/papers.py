"""Papers of a set of tracks: the release as flat data for distributors, and a list for players."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.delivery import DeliveredTrack

RELEASE = "release.json"
CSV = "release.csv"
PLAYLIST_ENDING = ".m3u8"

Rows = Sequence[Mapping[str, Any]]


def write_papers(
    into: Path,
    name: str,
    *,
    album: AlbumCredits,
    words: Iterable[TrackCredits],
    tracks: Sequence[DeliveredTrack],
) -> None:
    """Write `release.json`, `release.csv` and `NAME.m3u8`; `words` are those of each track."""
    said = [*words]
    rows = [
        _row(album, each, track, total=len(tracks))
        for each, track in zip(said, tracks, strict=True)
    ]
    (into / RELEASE).write_text(_release(album, rows), encoding="utf-8", newline="\n")
    (into / CSV).write_text(_table(rows), encoding="utf-8", newline="")
    write_playlist(into, name, artists=(each.artist for each in said), tracks=tracks)


def write_playlist(
    into: Path, name: str, *, artists: Iterable[str], tracks: Sequence[DeliveredTrack]
) -> None:
    """Write `NAME.m3u8`: the tracks in their order, each with its length in whole seconds."""
    lines = ["#EXTM3U"]
    for artist, track in zip(artists, tracks, strict=True):
        lines += [f"#EXTINF:{round(track.seconds)},{artist} - {track.title}", _entry(track.file)]
    text = "".join(f"{line}\n" for line in lines)
    (into / playlist_name(name)).write_text(text, encoding="utf-8", newline="\n")


def playlist_name(name: str) -> str:
    """The list of a deliverable."""
    return f"{name}{PLAYLIST_ENDING}"


def _entry(file: str) -> str:
    """A file as a line that is no comment."""
    return f"./{file}" if file.startswith("#") else file


def _release(album: AlbumCredits, rows: Rows) -> str:
    """What is said of the album, and of each track with all that it takes from the album."""
    release = {
        "title": album.title,
        "artist": album.artist,
        "label": album.label,
        "catalog": album.catalog,
        "upc": album.upc,
        "date": album.date,
        "genre": album.genre,
        "language": album.language,
        "copyright": album.copyright,
        "tracks": len(rows),
        "seconds": round(sum(row["seconds"] for row in rows), 3),
    }
    return json.dumps({"release": release, "tracks": rows}, indent=2, ensure_ascii=False) + "\n"


def _row(
    album: AlbumCredits, words: TrackCredits, track: DeliveredTrack, *, total: int
) -> dict[str, Any]:
    return {
        "disc": 1,
        "track": track.number,
        "tracks": total,
        "file": track.file,
        "title": words.title,
        "artist": words.artist,
        "album": album.title,
        "album_artist": album.artist,
        "isrc": words.isrc,
        "upc": album.upc,
        "label": album.label,
        "catalog": album.catalog,
        "date": words.date or album.date,
        "genre": words.genre or album.genre,
        "language": words.language or album.language,
        "composer": words.composer,
        "lyricist": words.lyricist,
        "arranger": words.arranger,
        "copyright": words.copyright or album.copyright,
        "explicit": words.explicit,
        "seconds": round(track.seconds, 3),
    }


def _table(rows: Rows) -> str:
    """The rows under the names of their columns, as RFC 4180 has it; empty for what is unknown."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows({key: _spelled(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _spelled(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
