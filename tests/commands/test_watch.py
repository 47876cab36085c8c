"""`watch`: one build for many saves, patience with mistakes, and an end by Ctrl-C."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.studio import Studio

PATIENCE_S = 15


class Watch:
    """A `watch` in a process of its own, and what it has said so far."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.out, self.err = folder / "out", folder / "err"
        command = [sys.executable, "-m", "albumbuild", "-C", str(studio.root), "watch"]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*command, "--events", str(studio.root / "events.jsonl")], stdout=out, stderr=err
            )

    def builds(self) -> int:
        """How many builds have ended."""
        return self.err.read_text().count("watching; ")

    def wait_for(self, builds: int) -> None:
        """Wait until so many have."""
        self.wait(lambda: self.builds() >= builds)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until, self.out.read_text() + self.err.read_text()
            assert self.process.poll() is None, self.err.read_text()
            time.sleep(0.02)


@pytest.fixture
def watch(studio: Studio, tmp_path: Path) -> Iterator[Watch]:
    running = Watch(studio, tmp_path)
    running.wait_for(1)
    yield running
    running.process.kill()
    running.process.wait()


def test_many_saves_are_one_build_and_a_mistake_waits_for_the_next(
    studio: Studio, watch: Watch
) -> None:
    for number in range(5):
        studio.edit("songs.a.title", f"Tide {number}")
        time.sleep(0.04)
    watch.wait_for(2)
    assert (studio.root / "build/streaming/01 - Tide 4.flac").is_file()
    studio.edit("songs.a.stems.kick.bus", "nowhere")
    watch.wait_for(3)
    assert "error[unknown-bus]" in watch.err.read_text()
    time.sleep(1.0)
    assert watch.builds() == 3, "it waits"
    studio.edit("songs.a.stems.kick.bus", None)
    watch.wait_for(4)
    time.sleep(1.0)
    assert watch.builds() == 4, "what it writes itself is no save"
    assert watch.out.read_text().rstrip().endswith("s)"), "up to date again"


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
