"""`watch`: what is no save, what leaves it going, and its end; more in row 47 of the scenarios."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albumbuild.engine.lock import hold
from tests.processes import Watch
from tests.studio import Studio, tune

SETTLED_S = 1.2
"""So long after a save it would have been built."""


@pytest.fixture
def watch(studio: Studio, tmp_path: Path) -> Iterator[Watch]:
    with Watch(studio, tmp_path / "watch") as running:
        running.wait_for(1)
        yield running


def test_what_no_build_hears_starts_none(studio: Studio, watch: Watch) -> None:
    (studio.root / "notes.txt").write_text("call the plant")
    time.sleep(1.0)
    assert watch.builds() == 1
    (studio.root / "build/cd/cd.cue").unlink()
    watch.wait_for(2)
    assert (studio.root / "build/cd/cd.cue").is_file()


def test_an_interrupt_ends_it(watch: Watch) -> None:
    began = time.monotonic()
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(timeout=5) == 130
    assert time.monotonic() - began < 2
    assert "Traceback" not in watch.err.read_text()


def test_its_own_log_in_a_failing_album_is_no_save(studio: Studio) -> None:
    before = studio.edit("songs.a.stems.kick.bus", "nowhere")
    with Watch(studio, studio.root / "logs") as watching:
        watching.wait_for(1)
        time.sleep(SETTLED_S)
        assert watching.builds() == 1
        studio.edit("songs.a.stems.kick.bus", before)
        watching.wait_for(2)
        time.sleep(SETTLED_S)
        assert watching.builds() == 2
        assert "up to date" in watching.out.read_text()


def test_a_wrong_manifest_is_read_again_when_anything_else_comes(
    studio: Studio, tmp_path: Path
) -> None:
    stem = studio.root / "stems/a-kick.wav"
    sound = stem.read_bytes()
    stem.unlink()
    with Watch(studio, tmp_path / "watch") as watching:
        watching.wait_for(1)
        stem.write_bytes(sound)
        watching.wait_for(2)
        time.sleep(SETTLED_S)
        assert watching.builds() == 2
        assert "up to date" in watching.out.read_text()


def test_after_a_failed_step_only_what_it_may_hear_is_a_save(studio: Studio, watch: Watch) -> None:
    broken = tune(2.0, seed=0)
    broken[100] = np.nan
    studio.stem("a-kick", broken)
    watch.wait_for(2)
    assert "error[" in watch.err.read_text()
    (studio.root / "notes.txt").write_text("who bounced this?")
    time.sleep(SETTLED_S)
    assert watch.builds() == 2
    studio.stem("a-kick", tune(2.0, seed=0))
    watch.wait_for(3)
    assert "up to date" in watch.out.read_text().splitlines()[-1]


def test_an_edited_output_that_is_taken_away_is_made_again(studio: Studio, watch: Watch) -> None:
    cue = studio.root / "build/cd/cd.cue"
    cue.write_text("REM mine")
    watch.wait_for(2)
    assert "error[output-edited]" in watch.err.read_text()
    time.sleep(SETTLED_S)
    assert watch.builds() == 2
    cue.unlink()
    watch.wait_for(3)
    assert "REM mine" not in cue.read_text()


class TestWhatStopsABuild:
    """It is told, and the watch goes on."""

    def test_a_target_that_is_gone(self, studio: Studio, tmp_path: Path) -> None:
        with Watch(studio, tmp_path / "watch", "cd") as watching:
            watching.wait_for(1)
            before = studio.edit("deliverables.cd", None)
            studio.edit("deliverables.disc", before)
            watching.wait_for(2)
            assert "error[unknown-target]" in watching.err.read_text()
            studio.edit("deliverables.disc", None)
            studio.edit("deliverables.cd", before)
            watching.wait_for(3)
            assert "up to date" in watching.out.read_text()

    def test_a_lock(self, studio: Studio, tmp_path: Path) -> None:
        with (
            hold(studio.root / ".albumbuild/lock", "exclusive", who="cache gc"),
            Watch(studio, tmp_path / "watch", "--no-wait") as watching,
        ):
            watching.wait_for(1)
            assert "error[locked]" in watching.err.read_text()
            time.sleep(SETTLED_S)
            assert watching.builds() == 1
            assert watching.process.poll() is None

    def test_a_disk_that_refuses(self, studio: Studio, tmp_path: Path) -> None:
        with Watch(studio, tmp_path / "watch") as watching:
            watching.wait_for(1)
            (studio.root / ".albumbuild/VERSION").write_text("99")
            studio.edit("songs.a.title", "Ebb")
            watching.wait_for(2)
            assert "error[storage]" in watching.err.read_text()
            (studio.root / ".albumbuild/VERSION").write_text("1")
            studio.edit("songs.a.title", "Flow")
            watching.wait(lambda: "5 ran" in watching.out.read_text())
