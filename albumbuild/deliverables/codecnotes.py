"""What codecs make of a streaming set, track by track: `codecs.txt`."""

from collections.abc import Iterator, Sequence

from albumbuild.formats.av import EXTRA
from albumbuild.model.credits import AlbumCredits
from albumbuild.model.delivery import DeliveredTrack


def codecs_text(
    album: AlbumCredits, tracks: Sequence[DeliveredTrack], untried: Sequence[str]
) -> str:
    """The page: for each codec the peak and the loudness of each track once decoded.

    `untried` are codecs that are not installed.
    """
    lines = [
        f"What codecs make of {album.title}",
        "",
        "The true peak and the loudness of each track when it is decoded again, and how they",
        "differ from the file. Above 0 dBTP a player clips.",
        "",
    ]
    for name in tracks[0].codecs if tracks else ():
        lines += [name, *_codec_lines(name, tracks), ""]
    lines += [f"{name} was not tried: it needs {EXTRA}" for name in untried]
    return "\n".join(lines).rstrip("\n") + "\n"


def _codec_lines(name: str, tracks: Sequence[DeliveredTrack]) -> Iterator[str]:
    titles = [f"{track.number}. {track.title}" for track in tracks]
    width = max(map(len, titles))
    for title, track in zip(titles, tracks, strict=True):
        heard = track.codecs[name]
        peak = _told(heard.dbtp, track.dbtp, "dBTP")
        over = "  clips" if heard.dbtp is not None and heard.dbtp > 0.0 else ""
        yield f"  {title:{width}}  {peak}  {_told(heard.lufs, track.lufs, 'LUFS')}{over}"


def _told(value: float | None, before: float | None, unit: str) -> str:
    """A figure and what was added to it."""
    if value is None or before is None:
        return "silent"
    return f"{value:+7.2f} {unit} ({value - before:+.2f})"
