"""Rows 35 and 36: builds that are interrupted or killed go on where they were."""

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from tests.processes import Running
from tests.scenarios.rows import ran, row
from tests.studio import Studio, tune

KILLS = 5
MOST_STEPS = 9


@row(35, "Ctrl-C midway", slow=True)
def interrupted(long: Studio, midway: Running, tmp_path: Path) -> None:
    assert_stops(midway, signal.SIGINT, code=130)
    assert midway.events()[-1]["event"] == "build_finished"
    assert midway.events()[-1]["status"] == "interrupted"
    assert midway.ran() >= {"ingest:a/kick", "ingest:a/vox"}
    assert not list((long.root / ".albumbuild/tmp").glob("*"))
    assert not (long.root / "build").exists()
    statuses = long.statuses()
    assert ran(statuses) == statuses.keys() - midway.ran()
    assert long.make() == set()
    assert long.digests() == clean_digests(long, tmp_path)


def assert_stops(running: Running, number: signal.Signals, *, code: int) -> None:
    """A signal ends a build soon, and in good order."""
    os.kill(running.process.pid, number)
    began = time.monotonic()
    said = running.end()
    assert time.monotonic() - began < 2
    assert said.code == code
    assert "what was finished is kept" in said.err
    assert "Traceback" not in said.err
    assert not running.has_children()


@row(36, "kill -9 at any moment of a first build", slow=True)
def killed(fresh: Studio, made: Studio, tmp_path: Path) -> None:
    finished = killed_again_and_again(fresh, tmp_path, old={}, new=made.digests())
    rest = fresh.make()
    assert not rest & finished
    assert fresh.digests() == made.digests()
    assert fresh.make() == set()
    assert no_trace(fresh, rest)


@row(36, "kill -9 at any moment of a further build", slow=True)
def killed_over_old(studio: Studio, tmp_path: Path) -> None:
    old = studio.digests()
    for song, seed in (("a", 60), ("b", 61)):
        studio.stem(f"{song}-kick", tune(2.0, seed=seed))
    studio.edit("songs.c.title", "Harbor")
    new = clean_digests(studio, tmp_path)
    finished = killed_again_and_again(studio, tmp_path, old=old, new=new)
    rest = studio.make()
    assert not rest & finished
    assert studio.digests() == new
    assert studio.make() == set()
    assert no_trace(studio, rest)


def killed_again_and_again(
    studio: Studio, folder: Path, *, old: dict[str, str], new: dict[str, str]
) -> set[str]:
    """Builds of which most are killed; the steps that had run, none of them twice."""
    finished: set[str] = set()
    for number in range(KILLS):
        with Running(studio, folder / f"kill-{number}", "make", "-j", "2") as running:
            wait_for_some(running, steps=random.randrange(1, MOST_STEPS))
            time.sleep(random.uniform(0, 0.05))
            with suppress(ProcessLookupError):  # it may have ended in time
                os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()
        assert not running.ran() & finished
        finished |= running.ran()
        assert_whole(studio.digests(), old=old, new=new)
    return finished


def wait_for_some(running: Running, *, steps: int) -> None:
    """Wait until some steps have run, or the build has ended."""
    while running.process.poll() is None and len(running.ran()) < steps:
        time.sleep(0.005)


def assert_whole(found: dict[str, str], *, old: dict[str, str], new: dict[str, str]) -> None:
    """Each deliverable is the new one, or else the old one."""
    for place in {name.split("/")[0] for name in old | new}:
        assert within(place, found) in (within(place, old), within(place, new)), place


def within(place: str, digests: dict[str, str]) -> dict[str, str]:
    """The digests of a deliverable's files."""
    return {name: each for name, each in digests.items() if name.startswith(f"{place}/")}


def clean_digests(studio: Studio, folder: Path) -> dict[str, str]:
    """What a clean build of the album as it is now leaves."""
    clean = Studio(folder / "clean", studio.album)
    shutil.copytree(studio.root / "stems", clean.root / "stems")
    clean.make()
    return clean.digests()


def no_trace(studio: Studio, rest: set[str]) -> bool:
    """Whether nothing half-made is left; a build that runs no step does not look into tmp/."""
    left = [*(studio.root / "build").glob(".*")]
    if rest:
        left += (studio.root / ".albumbuild/tmp").glob("*")
    return not left
