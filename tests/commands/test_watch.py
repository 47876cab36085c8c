"""`watch`: what is no save, and an end by Ctrl-C; more in row 47 of the scenarios."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Watch
from tests.studio import Studio


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
