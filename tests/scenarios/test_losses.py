"""More edits by hand, failures and ends; those of the build core's table are among its rows."""

import signal
from pathlib import Path

import pytest

from tests.processes import Running
from tests.scenarios.interrupts import assert_stops
from tests.studio import Studio


def test_an_edited_file_does_not_keep_the_others_from_being_made(studio: Studio) -> None:
    (studio.root / "build/vinyl/timing.txt").write_text("mine")
    studio.edit("songs.a.title", "Ebb")
    studio.make(code=1)
    assert (studio.root / "build/vinyl/timing.txt").read_text() == "mine"
    assert (studio.root / "build/streaming/01 - Ebb.flac").is_file()
    assert "Ebb" in (studio.root / "build/cd/cd.cue").read_text()


@pytest.mark.parametrize("how", ["gone", "flipped"])
def test_what_is_listened_to_is_made_good_first(studio: Studio, tmp_path: Path, how: str) -> None:
    heard = tmp_path / "mix.wav"
    assert studio.run("render", "mix:b", "-o", str(heard)).code == 0
    whole = heard.read_bytes()
    path = studio.blob("mix:b")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    if how == "flipped":
        path.write_bytes(data)
    said = studio.run("render", "mix:b", "-o", str(heard))
    assert said.code == 0
    assert ("was damaged" in said.err) == (how == "flipped")
    assert heard.read_bytes() == whole


def test_a_failure_is_not_remembered(broken: Studio) -> None:
    assert broken.run("make").code == 1
    assert broken.run("make").code == 1
    assert broken.make("mix:a") == set()


def test_a_request_to_end_is_an_interrupt(long: Studio, midway: Running) -> None:
    assert_stops(midway, signal.SIGTERM, code=143)
    assert midway.events()[-1]["status"] == "interrupted"
    assert "ingest:a/kick" in midway.ran()
    assert not list((long.root / ".albumbuild/tmp").glob("*"))
    assert not midway.ran() & long.make("mix:a")
