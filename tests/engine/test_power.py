"""A power cut at any write: what was said to be finished is there, and nothing half is believed.

The disk forgets what nobody has waited for: the content of files that were not synced, and, in
the harder of its two ways, every change of a folder that was not settled since.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from albumbuild.engine.events import StepFinished
from albumbuild.engine.files import Disk
from tests.engine.fakes import Bench
from tests.engine.test_crashes import NEW, OLD, FailingDisk, Killed, before, steps

__all__ = ["before"]

KEPT = ("cas", "actions", "last", "placed.json", "pins")


class Powered(FailingDisk):
    """A disk whose power is cut at the change with the number `at`."""

    def __init__(self, at: int, root: Path) -> None:
        super().__init__(at, None)
        self.root = root
        self.aside = root / "aside"
        self.aside.mkdir()
        self.old = {path.stat().st_ino for path in root.rglob("*")}
        self.synced: set[int] = set()
        self.unsettled: list[tuple[int, Callable[[], object]]] = []

    def sync(self, descriptor: int) -> None:
        """What was written, or changed in this folder, is safe."""
        inode = os.fstat(descriptor).st_ino
        self.synced.add(inode)
        self.unsettled = [(folder, undo) for folder, undo in self.unsettled if folder != inode]

    def rename(self, source: Path, target: Path) -> None:
        saved = self.aside / str(self.count)
        if target.is_file():
            os.link(target, saved)
        super().rename(source, target)

        def undo() -> None:
            if source.parent.exists():
                target.rename(source)
            else:
                target.unlink()
            if saved.exists():
                saved.rename(target)

        self._note(target.parent, undo)

    def swap(self, first: Path, second: Path) -> bool:
        done = super().swap(first, second)

        def undo() -> None:
            if not Disk().swap(first, second):  # the other has been emptied since
                shutil.rmtree(first)
                first.mkdir()

        if done:
            self._note(first.parent, undo)
        return done

    def make_folder(self, path: Path) -> None:
        """As it is, with the folder gone again where its parent is not settled."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        path.mkdir()
        self._note(path.parent, lambda: shutil.rmtree(path))
        self.settle(path.parent)

    def cut(self, *, forgets_names: bool) -> None:
        """Lose what is not safe."""
        for path in self._kept():
            if path.stat().st_ino not in self.old | self.synced:
                path.chmod(0o644)
                path.write_bytes(path.read_bytes()[:1])
        if forgets_names:
            for _, undo in reversed(self.unsettled):
                with suppress(FileNotFoundError):
                    undo()
        shutil.rmtree(self.aside)

    def _note(self, folder: Path, undo: Callable[[], object]) -> None:
        self.unsettled.append((folder.stat().st_ino, undo))

    def _kept(self) -> list[Path]:
        store = self.root / ".albumbuild"
        trees = [*(store / name for name in KEPT), self.root / "build"]
        found = [path for tree in trees for path in (tree, *tree.rglob("*"))]
        return [path for path in found if path.is_file()]


def cut_at(root: Path, at: int, *, forgets_names: bool) -> set[str]:
    """Build until the power is gone; the steps that had been told to be finished."""
    disk = Powered(at, root)
    bench = Bench(root, disk=disk, jobs=1)
    with suppress(Killed):
        bench.make(steps(2))
    disk.cut(forgets_names=forgets_names)
    return {
        event.id
        for event in bench.events
        if isinstance(event, StepFinished) and event.status == "ran"
    }


@pytest.mark.parametrize("forgets_names", [False, True])
def test_after_a_power_cut_nothing_finished_is_lost_and_nothing_half_is_believed(
    tmp_path: Path, before: Path, forgets_names: bool
) -> None:
    shutil.copytree(before, tmp_path / "whole")
    whole = Powered(-1, tmp_path / "whole")
    Bench(tmp_path / "whole", disk=whole, jobs=1).make(steps(2))
    assert whole.count > 30
    for at in range(1, whole.count + 1):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        finished = cut_at(root, at, forgets_names=forgets_names)
        bench = Bench(root, jobs=1)
        assert bench.placed()["cd/out.txt"] in (OLD, NEW), f"after change {at}"
        result = bench.make(steps(2))
        assert result.status == "ok", f"after change {at}"
        ran = {name for name, end in result.steps.items() if end.status == "ran"}
        assert not ran & finished, f"after change {at}"
        assert bench.placed() == {"cd/out.txt": NEW, "lp/out.txt": "0(2())"}, f"after change {at}"
        shutil.rmtree(root)
