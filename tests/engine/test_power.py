"""A power cut at any write: what was said to be finished is there, and nothing half is believed.

The disk forgets what nobody has waited for: the content of files that were not synced, and, in
the harder of its two ways, every name in a folder that was not settled since.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from albumbuild.engine.deliveries import Generate
from albumbuild.engine.events import StepFinished
from albumbuild.engine.files import Disk
from albumbuild.engine.plan import Step
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

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data)
        self._named(path)

    def copy(self, source: Path, target: Path) -> None:
        super().copy(source, target)
        self._named(target)

    def link(self, source: Path, target: Path) -> None:
        super().link(source, target)
        self._named(target)

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

    def _named(self, path: Path) -> None:
        """The name of a new file goes, wherever its folder is by then."""
        folder, file = path.parent.stat().st_ino, path.stat().st_ino

        def undo() -> None:
            for found in self.root.rglob(path.name):
                if (found.parent.stat().st_ino, found.stat().st_ino) == (folder, file):
                    found.unlink()

        self._note(path.parent, undo)

    def _note(self, folder: Path, undo: Callable[[], object]) -> None:
        self.unsettled.append((folder.stat().st_ino, undo))

    def _kept(self) -> list[Path]:
        store = self.root / ".albumbuild"
        trees = [*(store / name for name in KEPT), self.root / "build"]
        found = [path for tree in trees for path in (tree, *tree.rglob("*"))]
        return [path for path in found if path.is_file()]


def pieces(letter: str) -> Generate:
    """Further files of the first deliverable, one of them in a folder below; `kept` is as it is."""

    def generate(made: Step, _: object) -> dict[str, bytes]:
        files = {"ddp/deep/kept": b"same", "ddp/piece": letter.encode()}
        return files if made.place == "cd" else {}

    return generate


def album(sound: str, letter: str) -> dict[str, str]:
    """The first deliverable as it must be."""
    return {"cd/out.txt": sound, "cd/ddp/deep/kept": "same", "cd/ddp/piece": letter}


@pytest.fixture
def standing(before: Path) -> Path:
    """The album with those files."""
    Bench(before).make(steps(1), generate=pieces("a"))
    return before


def cut_at(root: Path, at: int, *, forgets_names: bool) -> set[str]:
    """Build until the power is gone; the steps that had been told to be finished."""
    disk = Powered(at, root)
    bench = Bench(root, disk=disk, jobs=1)
    with suppress(Killed):
        bench.make(steps(2), generate=pieces("b"))
    disk.cut(forgets_names=forgets_names)
    return {
        event.id
        for event in bench.events
        if isinstance(event, StepFinished) and event.status == "ran"
    }


@pytest.mark.parametrize("forgets_names", [False, True])
def test_after_a_power_cut_nothing_finished_is_lost_and_nothing_half_is_believed(
    tmp_path: Path, standing: Path, forgets_names: bool
) -> None:
    old, new = album(OLD, "a"), album(NEW, "b")
    shutil.copytree(standing, tmp_path / "whole")
    whole = Powered(-1, tmp_path / "whole")
    Bench(tmp_path / "whole", disk=whole, jobs=1).make(steps(2), generate=pieces("b"))
    assert whole.count > 30
    for at in range(1 + forgets_names, whole.count + 1, 2):
        root = tmp_path / f"at-{at}"
        shutil.copytree(standing, root)
        finished = cut_at(root, at, forgets_names=forgets_names)
        bench = Bench(root, jobs=1)
        found = {name: text for name, text in bench.placed().items() if name.startswith("cd/")}
        assert found in (old, new), f"after change {at}"
        result = bench.make(steps(2), generate=pieces("b"))
        assert result.status == "ok", f"after change {at}"
        ran = {name for name, end in result.steps.items() if end.status == "ran"}
        assert not ran & finished, f"after change {at}"
        assert bench.placed() == {**new, "lp/out.txt": "0(2())"}, f"after change {at}"
        shutil.rmtree(root)


class Edited(Powered):
    """The user saves an output anew when its folder is about to be filled."""

    done = False

    def copy(self, source: Path, target: Path) -> None:
        if not self.done:
            saving = self.root / "saving"
            saving.write_text("mine")
            self.synced.add(saving.stat().st_ino)
            saving.rename(self.root / "build" / "cd" / "out.txt")
            self.done = True
        super().copy(source, target)


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_power_cut_loses_no_edit(tmp_path: Path, before: Path, when: str) -> None:
    kind = Edited if when == "meanwhile" else Powered
    if when == "before":
        (before / "build" / "cd" / "out.txt").write_text("mine")
    shutil.copytree(before, tmp_path / "whole")
    whole = kind(-1, tmp_path / "whole")
    Bench(tmp_path / "whole", disk=whole, jobs=1).make(steps(2), force=when == "before")
    for at in range(1 + (when == "before"), whole.count + 1, 2):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        disk = kind(at, root)
        with suppress(Killed):
            Bench(root, disk=disk, jobs=1).make(steps(2), force=when == "before")
        disk.cut(forgets_names=True)
        Bench(root, jobs=1).make(steps(2))
        edited = when == "before" or getattr(disk, "done", False)
        assert not edited or "mine" in Bench(root).placed().values(), f"after change {at}"
        shutil.rmtree(root)
