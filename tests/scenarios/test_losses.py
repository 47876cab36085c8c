"""More edits by hand, failures and ends; those of the build core's table are among its rows."""

import signal

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
