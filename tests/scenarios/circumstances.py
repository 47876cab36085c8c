"""Rows 20 to 24: what the same sound does not depend on, and a version that it does."""

import re
import shutil
from pathlib import Path

import pytest

import albumbuild
from tests.processes import Running
from tests.scenarios.rows import ended, row
from tests.studio import Studio, tune

COMPRESSOR = "processors/compressor.py"
RAISED = (r"version: ClassVar\[int\] = \d+", "version: ClassVar[int] = 99")
UPGRADED = (r'__version__ = ".*"', '__version__ = "99.0"')


@row(20, "one file used in two songs")
def shared_file(studio: Studio) -> None:
    before = studio.digests()
    studio.stem("shared", tune(4.0, seed=44))
    for song in ("b", "c"):
        studio.album["songs"][song]["stems"]["shared"] = {"file": "stems/shared.wav"}
    studio.save()
    statuses = studio.statuses()
    assert sorted((statuses["ingest:b/shared"], statuses["ingest:c/shared"])) == ["ran", "restored"]
    assert [step for step in ended(statuses, "ran") if step.startswith("ingest:")] in (
        ["ingest:b/shared"],
        ["ingest:c/shared"],
    )
    assert studio.make() == set()
    assert studio.digests() != before


@row(21, "compressor's version raised")
def version_raised(studio: Studio, tmp_path: Path) -> None:
    assert made_by({COMPRESSOR: RAISED}, studio, tmp_path) == {"bus:a/fx"}


@row(21, "compressor's version raised by an upgrade")
def version_raised_by_upgrade(studio: Studio, tmp_path: Path) -> None:
    changed = {COMPRESSOR: RAISED, "__init__.py": UPGRADED}
    assert made_by(changed, studio, tmp_path) == {"bus:a/fx"}


@row(22, "albumbuild upgraded, no version raised")
def upgraded(studio: Studio, tmp_path: Path) -> None:
    assert made_by({"__init__.py": UPGRADED}, studio, tmp_path) == set()


def made_by(changed: dict[str, tuple[str, str]], studio: Studio, folder: Path) -> set[str]:
    """The steps that run once some lines of albumbuild are others, which must change no sound."""
    studio.make()  # sealed
    before = studio.digests()
    program = folder / "program"
    house = Path(albumbuild.__file__).parent
    shutil.copytree(house, program / "albumbuild", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (line, other) in changed.items():
        path = program / "albumbuild" / name
        text, times = re.subn(line, other, path.read_text())
        assert times == 1
        path.write_text(text)
    first, second = (once(studio, folder / name, program) for name in ("first", "second"))
    assert set(first.values()) <= {"ran", "current"}
    assert set(second.values()) == {"current"}
    assert studio.digests() == before
    return ended(first, "ran")


def once(studio: Studio, folder: Path, program: Path) -> dict[str, str]:
    """How each step of a `make` by another albumbuild ended."""
    with Running(studio, folder, "make", program=program) as running:
        assert running.end().code == 0, running.err.read_text()
        return running.statuses()


@row(23, "other -j, executor, log level, cwd")
def other_ways_to_call(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    before = studio.digests()
    monkeypatch.chdir(studio.root / "stems")
    for flags in (
        ("make", "-j", "1"),
        ("-v", "make", "-j", "7"),
        ("-q", "make", "--executor", "local"),
        ("-C", "..", "make", "-k"),
        ("-C", ".", "--color", "never", "make"),
    ):
        studio.unseal()
        said = studio.run(*flags)
        assert said.code == 0
        assert said.out.startswith("album is up to date (31 steps, ")
    assert studio.digests() == before


@row(24, "repository moved")
def moved(studio: Studio) -> None:
    before = studio.digests()
    there = Studio(studio.root.rename(studio.root.with_name("moved")), studio.album)
    assert set(there.statuses().values()) == {"current"}
    assert there.make() == set()
    assert there.digests() == before


@row(24, "repository cloned elsewhere with its cache")
def cloned(studio: Studio, fresh: Studio) -> None:
    for name in (".albumbuild", "build"):
        shutil.copytree(studio.root / name, fresh.root / name)
    events = fresh.events()
    assert not [event for event in events if event["event"] == "step_started"]
    assert {event.get("status") for event in events[1:-1]} == {"current"}
    assert fresh.make() == set()
    assert fresh.digests() == studio.digests()


@row(24, "repository cloned elsewhere with its cache alone")
def cloned_unbuilt(studio: Studio, fresh: Studio) -> None:
    shutil.copytree(studio.root / ".albumbuild", fresh.root / ".albumbuild")
    assert fresh.make() == set()
    assert fresh.digests() == studio.digests()
