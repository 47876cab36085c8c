"""Papers: what distributors and players read beside the tracks, and a note in every folder."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from albumbuild.deliverables.papers import write_papers
from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.delivery import DeliveredTrack
from tests.deliverables.conftest import ALBUM
from tests.studio import Studio

SETS = [name for name, each in ALBUM["deliverables"].items() if each["type"] == "streaming"]


def rows(studio: Studio, name: str) -> list[dict[str, str]]:
    """Its CSV, read as RFC 4180 has it."""
    text = (studio.root / "build" / name / "release.csv").read_bytes().decode("utf-8")
    assert text.count("\r\n") == text.count("\n")
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


@pytest.mark.parametrize("name", SETS)
def test_csv_and_json_say_the_same_of_each_track_in_its_order(shop: Studio, name: str) -> None:
    told = json.loads((shop.root / "build" / name / "release.json").read_text("utf-8"))
    spelled = {True: "yes", False: "no", None: ""}
    as_text = [
        {
            key: spelled[value] if value is None or isinstance(value, bool) else str(value)
            for key, value in track.items()
        }
        for track in told["tracks"]
    ]
    assert as_text == rows(shop, name)
    tracks = shop.delivery(name)["tracks"]
    for track, row in zip(tracks, told["tracks"], strict=True):
        assert (row["file"], row["track"], row["tracks"]) == (track["file"], track["number"], 3)
        assert row["seconds"] == pytest.approx(track["seconds"], abs=0.001)
        assert (shop.root / "build" / name / row["file"]).is_file()
    assert told["release"]["seconds"] == pytest.approx(
        sum(track["seconds"] for track in tracks), abs=0.002
    )


def test_a_row_has_what_the_manifest_says_of_the_track(shop: Studio) -> None:
    first, second, third = rows(shop, "flac")
    common = {
        "album": "Salt",
        "album_artist": "Lights",
        "label": "Breakwater",
        "upc": "5012345678900",
        "date": "2026-11-20",
        "genre": "Indie",
        "disc": "1",
        "explicit": "no",
    }
    for row in (first, second, third):
        assert row.items() >= common.items()
    assert (first["title"], first["isrc"]) == ("Señor Blues", "GBAYE2600001")
    assert (first["composer"], first["lyricist"]) == ("H. Silver", "N. Bates")
    assert (second["title"], second["artist"]) == ("Two / Too", "Guest")
    assert third["isrc"] == third["catalog"] == ""


@pytest.mark.parametrize("name", [*SETS, "mixes"])
def test_a_player_finds_every_track_of_the_list(shop: Studio, name: str) -> None:
    text = (shop.root / "build" / name / f"{name}.m3u8").read_bytes().decode("utf-8")
    head, *lines = text.removesuffix("\n").split("\n")
    assert head == "#EXTM3U"
    tracks = shop.delivery(name)["tracks"]
    assert lines[1::2] == [track["file"] for track in tracks]
    for line, track in zip(lines[::2], tracks, strict=True):
        found = re.fullmatch(r"#EXTINF:(\d+),(Lights|Guest) - (.+)", line)
        assert found is not None
        assert abs(int(found[1]) - track["seconds"]) <= 0.5
        assert found[3] == track["title"]


def test_commas_quotes_and_names_that_look_like_comments_are_kept(tmp_path: Path) -> None:
    said = 'He said, "no; never"'
    track = DeliveredTrack(
        number=1, song="a", title=said, file="#1, one.wav", start_s=0, seconds=0.4, lufs=None,
        lra_lu=None, dbtp=None,
    )  # fmt: skip
    words = TrackCredits(song="a", title=said, artist="Æther, Inc.", explicit=True)
    album = AlbumCredits(title="A", artist="B")
    write_papers(tmp_path, "set", album=album, words=[words], tracks=[track])
    with (tmp_path / "release.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file, strict=True)
    assert (row["title"], row["artist"], row["explicit"]) == (said, "Æther, Inc.", "yes")
    assert row["file"] == "#1, one.wav"
    assert (tmp_path / "set.m3u8").read_text("utf-8").splitlines()[-1] == "./#1, one.wav"


@pytest.mark.parametrize("name", ALBUM["deliverables"])
def test_every_folder_says_which_file_is_for_whom(shop: Studio, name: str) -> None:
    folder = shop.root / "build" / name
    note = (folder / "DELIVERY.md").read_text("utf-8")
    named = {file for file in re.findall(r"`([^`]+)`", note) if not file.startswith("albumbuild")}
    for file in named - {"SONG.wav", "SONG+VERSION.wav", f"cdrdao write {name}.toc"}:
        assert [*folder.glob(file.rstrip("/"))], file
    files = {path.name for path in folder.iterdir()} - {"DELIVERY.md"}
    covered = {path.name for file in named for path in folder.glob(file.rstrip("/"))}
    sounds = {Path(track["file"]).name for track in shop.delivery(name)["tracks"]}
    assert files - covered <= sounds
