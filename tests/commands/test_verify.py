"""`verify`: what it says of sets, deliverables and files, good ones and damaged ones."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from albumbuild.deliverables import cd
from albumbuild.formats import ddp
from albumbuild.formats.tags import ReplayGain, read_cover, read_tags, write_tags
from tests.deliverables.conftest import beats
from tests.studio import Studio


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """An album with a CD, streaming files and a record, made: look, do not touch."""
    songs = {
        name: {"title": name.title(), "isrc": isrc, "stems": {"x": {"file": f"stems/{name}.wav"}}}
        for name, isrc in (("tide", "GBAYE2600001"), ("ebb", "GBAYE2600002"))
    }
    album = {
        "title": "Salt",
        "artist": "Lights",
        "upc": "5012345678900",
        "songs": songs,
        "deliverables": {
            "cd": {"type": "cd", "loudness": {"target_lufs": -14}},
            "files": {"type": "streaming", "format": "flac"},
            "lossy": {"type": "streaming", "format": "mp3"},
            "opus": {"type": "streaming", "format": "opus"},
            "wav": {"type": "streaming", "format": "wav"},
            "vinyl": {"type": "vinyl", "sides": {"A": ["tide"], "B": ["ebb"]}},
        },
    }
    studio = Studio(tmp_path_factory.mktemp("verify") / "album", album)
    studio.stem("tide", beats(5.3, seed=1, level=0.4))
    studio.stem("ebb", beats(6.1, seed=2, level=0.4))
    said = studio.run("make")
    assert said.code == 0, said.err
    return studio


@pytest.fixture
def studio(whole: Studio, tmp_path: Path) -> Studio:
    """A copy of it that may be damaged."""
    shutil.copytree(whole.root, tmp_path / "album")
    return Studio(tmp_path / "album", whole.album)


def damaged(path: Path, at: int, data: bytes) -> None:
    """Bytes of a file written over."""
    whole = bytearray(path.read_bytes())
    whole[at : at + len(data)] = data
    path.unlink()
    path.write_bytes(whole)


def found(studio: Studio, path: str, *, code: int = 3) -> list[dict[str, Any]]:
    """What is wrong at a path, as JSON."""
    said = studio.run("verify", path, "--json")
    assert said.code == code, said.out + said.err
    return [each for read in json.loads(said.out) for each in read["findings"]]


def test_everything_that_was_made_is_verified(whole: Studio) -> None:
    said = whole.run("verify", "build")
    assert said.code == 0, said.out
    assert said.out.count("nothing is wrong") == 6
    assert "Lights - Salt, UPC 5012345678900" in said.out
    assert "GBAYE2600002  Ebb" in said.out


@pytest.mark.parametrize(
    "path", ["build/cd", "build/cd/ddp", "build/cd/cd.cue", "build/cd/cd.toc", "build/files"]
)
def test_parts_of_it_are_verified(whole: Studio, path: str) -> None:
    assert found(whole, path, code=0) == []


def test_the_disc_is_told_as_json(whole: Studio) -> None:
    (read,) = json.loads(whole.run("verify", "--json", "build/cd/ddp").out)
    assert (read["what"], read["title"], read["upc"]) == ("DDP fileset", "Salt", "5012345678900")
    assert [track["isrc"] for track in read["tracks"]] == ["GBAYE2600001", "GBAYE2600002"]
    assert read["tracks"][0]["start_sector"] == 150


def test_a_flipped_bit_of_the_sound_is_told_to_the_byte(studio: Studio) -> None:
    damaged(studio.root / "build/cd/ddp/IMAGE.DAT", 400_001, b"\x55")
    said = studio.run("verify", "build/cd")
    assert said.code == 3
    assert "error[differ-sound]" in said.out
    assert "ddp/IMAGE.DAT, byte 400001" in said.out
    rules = {each["rule"] for each in found(studio, "build/cd")}
    assert rules == {"differ-sound", "sum-wrong"}


def test_a_sheet_that_says_otherwise_is_told(studio: Studio) -> None:
    path = studio.root / "build/cd/cd.cue"
    path.write_text(path.read_text().replace("GBAYE2600002", "GBAYE2600003"))
    rules = {(each["rule"], each["file"]) for each in found(studio, "build/cd")}
    assert rules == {("differ-isrc", "cd.cue"), ("sum-wrong", "cd.cue")}


def test_a_record_of_another_build_is_told(studio: Studio) -> None:
    path = studio.root / "build/cd/deliverable.json"
    record = json.loads(path.read_text())
    record["tracks"][1]["start_s"] += 1
    path.write_text(json.dumps(record))
    rules = {each["rule"] for each in found(studio, "build/cd")}
    assert rules == {"differ-time", "sum-wrong"}


def test_a_pq_sheet_of_another_disc_is_told(studio: Studio) -> None:
    path = studio.root / "build/cd/cd-pq.txt"
    path.write_text(path.read_text().replace("00:02:00", "00:02:01"))
    told = found(studio, "build/cd")
    assert {each["rule"] for each in told} == {"differ-time", "sum-wrong"}
    assert any(each["line"] for each in told)


def test_a_streaming_file_cut_short_is_told(studio: Studio) -> None:
    path = studio.root / "build/files/02 - Ebb.flac"
    path.write_bytes(path.read_bytes()[:-2_000])
    rules = {each["rule"] for each in found(studio, "build/files")}
    assert rules == {"file-size", "sound-unreadable", "sum-wrong"}


def test_the_second_meter_hears_another_loudness(studio: Studio) -> None:
    path = studio.root / "build/vinyl/deliverable.json"
    record = json.loads(path.read_text())
    record["tracks"][0]["lufs"] += 0.3
    path.write_text(json.dumps(record))
    assert "differ-loudness" in {each["rule"] for each in found(studio, "build/vinyl")}


def test_a_single_file_is_decoded_and_its_codes_are_read(studio: Studio) -> None:
    assert found(studio, "build/files/01 - Tide.flac", code=0) == []
    assert found(studio, "build/lossy/01 - Tide.mp3", code=0) == []


@pytest.mark.parametrize(
    ("path", "slug"),
    [("nowhere", "nothing-there"), ("stems", "nothing-to-verify"), ("album.yaml", "nothing-to")],
)
def test_what_is_no_set_is_told_as_such(whole: Studio, path: str, slug: str) -> None:
    said = whole.run("verify", path)
    assert said.code == 2
    assert f"error[{slug}" in said.err


def test_only_one_disc_can_be_taken_apart(whole: Studio, tmp_path: Path) -> None:
    said = whole.run("verify", "build/files", "--extract", str(tmp_path))
    assert said.code == 2
    assert "not-one-disc" in said.err
    said = whole.run("verify", "build/cd", "--extract", str(tmp_path))
    assert said.code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01 - Tide.flac", "02 - Ebb.flac"]


def test_a_set_that_does_not_read_back_right_is_not_delivered(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(*arguments: Any, **more: Any) -> None:
        ddp.write_ddp(*arguments, **more)
        damaged(arguments[0] / "PQDESCR", 64 + 15, b"1")

    monkeypatch.setattr(cd, "write_ddp", careless)
    before = studio.digests()
    studio.edit("title", "Salz")
    said = studio.run("make", "cd")
    assert said.code == 1
    assert "error[cd-not-verified]" in said.err
    assert studio.digests() == before, "what was delivered before stays"


@pytest.mark.parametrize("name", ["files", "lossy", "opus", "wav"])
def test_tags_are_held_against_the_record(studio: Studio, name: str) -> None:
    record = studio.root / "build" / name / "deliverable.json"
    said = json.loads(record.read_text())
    ending = {"files": "flac", "lossy": "mp3"}.get(name, name)
    assert found(studio, f"build/{name}", code=0) == []
    path = studio.root / "build" / name / f"01 - Tide.{ending}"
    tags = read_tags(path)
    cover = read_cover(path)
    wrong = msgspec.structs.replace(tags, title="Tied", track=2, tracks=3)
    write_tags(path, wrong, cover)
    told = [each["what"] for each in found(studio, f"build/{name}") if "tagged" in each["what"]]
    assert [each.partition("with ")[2] for each in told] == [
        *("the title `Tied`", "the number `2`", "the number of tracks `3`"),
    ]
    gains = ReplayGain(track_gain_db=-18.0 - said["tracks"][0]["lufs"] + 1.0)
    write_tags(path, msgspec.structs.replace(tags, replaygain=gains), cover)
    told = [each["what"] for each in found(studio, f"build/{name}") if "tagged" in each["what"]]
    assert len(told) == 1
    assert "a gain for" in told[0]
