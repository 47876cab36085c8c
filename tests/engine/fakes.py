"""Fake steps: what they make is text that tells all that they heard."""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from albumbuild.engine.action import Action, Needs, Progress, StepError
from albumbuild.engine.build import Terms, build
from albumbuild.engine.files import Disk
from albumbuild.engine.plan import Need, Plan, Step
from albumbuild.engine.results import Result
from albumbuild.engine.store import Store
from albumbuild.model.problem import Problem

OUT = "out.txt"
hooks: dict[str, Callable[[Progress], object]] = {}
"""What a fake step of that mark does on the side, just before it writes its output."""


class QuickDisk(Disk):
    """A disk that does not wait: for tests that do not cut the power."""

    def sync(self, descriptor: int) -> None:
        """Nothing to wait for."""


class Fake(Action, frozen=True, kw_only=True):
    """Writes what it needs, each value cut down to `keep` letters, and its own parameter."""

    kind: ClassVar[str] = "fake"
    unheard: ClassVar[frozenset[str]] = frozenset({"mark", "fails"})

    value: int | float | str = 0
    keep: int = 1_000_000
    mark: str = ""
    fails: bool = False

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        progress.total(1)
        if self.mark in hooks:
            hooks[self.mark](progress)
        if self.fails:
            raise StepError(Problem(slug="fake", what=f"{self.mark} fails"))
        heard = [read(needs, role)[: self.keep] for role in needs.roles()]
        (into / OUT).write_text(f"{self.value}({','.join(heard)})")
        progress.add(1)


def read(needs: Needs, role: str) -> str:
    """The text that stands in a role."""
    path = needs.source(role) if role.startswith("file") else needs.blob(role)
    return path.read_text()


def step(
    step_id: str,
    *needs: str,
    files: Mapping[str, Path] | None = None,
    reads: Mapping[str, Path] | None = None,
    place: str | None = None,
    **settings: object,
) -> Step:
    """A fake step that needs the output of others, and files under roles `file…`."""
    return Step(
        id=step_id,
        action=Fake(mark=step_id, **settings),  # type: ignore[arg-type]
        needs={f"need{index}": Need(each, OUT) for index, each in enumerate(needs)},
        sources=files or {},
        reads=reads or {},
        place=place,
    )


class Bench:
    """A store and a build folder for fake plans."""

    def __init__(self, root: Path, *, disk: Disk | None = None, jobs: int = 2) -> None:
        self.root = root
        self.disk = disk or QuickDisk()
        self.jobs = jobs
        self.build_dir = root / "build"
        self.events: list[object] = []

    def store(self) -> Store:
        """The store as a new process sees it."""
        return Store(self.root / ".albumbuild", disk=self.disk)

    def make(self, steps: list[Step], *targets: str, **options: object) -> Result:
        """Build, in what might be a new process."""
        self.events.clear()
        terms = {"jobs": self.jobs, "build_dir": self.build_dir}
        terms |= {name: options.pop(name) for name in Terms.__struct_fields__ if name in options}
        settings: dict[str, object] = {
            "store": self.store(),
            "terms": Terms(**terms),  # type: ignore[arg-type]
            "emit": [self.events.append],
        }
        return build(Plan(steps), targets, **(settings | options))  # type: ignore[arg-type]

    def ran(self, steps: list[Step], *targets: str, **options: object) -> set[str]:
        """The steps that a build runs."""
        result = self.make(steps, *targets, **options)
        return {name for name, end in result.steps.items() if end.status == "ran"}

    def placed(self) -> dict[str, str]:
        """All that stands under the build folder, by path."""
        return tree(self.build_dir)


def tree(folder: Path) -> dict[str, str]:
    """The text of every file under a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def age(path: Path, seconds: int = 100) -> None:
    """Let a file have been quiet for a while, as far as its time of change says."""
    past = path.stat().st_mtime - seconds
    os.utime(path, (past, past))


def in_thread(function: Callable[[], object]) -> threading.Thread:
    """A started thread."""
    thread = threading.Thread(target=function)
    thread.start()
    return thread
