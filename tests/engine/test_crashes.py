"""Nothing is lost and nothing half-made is believed, at whatever write a build is cut off."""

import errno
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from albumbuild.engine.files import Disk, StorageError
from albumbuild.engine.plan import Step
from tests.engine.fakes import Bench, QuickDisk, step

CHANGES = (
    "write",
    "copy",
    "link",
    "settle",
    "make_folder",
    "rename",
    "swap",
    "protect",
    "remove",
    "remove_tree",
)


class Killed(BaseException):
    """The process is gone."""


class FailingDisk(QuickDisk):
    """Fails at the change with the number `at`: once with an error, or for good when killed."""

    def __init__(self, at: int, error: int | None) -> None:
        self.at = at
        self.error = error
        self.count = 0
        self.dead = False

    def __getattribute__(self, name: str) -> object:
        if name in CHANGES:
            self.count += 1
            if self.dead:
                raise Killed
            if self.count == self.at:
                return {"write": self._half_written, "copy": self._half_copied}.get(
                    name, lambda *_: self._fail(name)
                )
        return object.__getattribute__(self, name)

    def _fail(self, name: str) -> None:
        if self.error is None:
            self.dead = True
            raise Killed
        if name not in ("remove", "remove_tree"):
            raise OSError(self.error, "injected")

    def _half_written(self, path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        self._fail("write")

    def _half_copied(self, source: Path, target: Path) -> None:
        self._half_written(target, source.read_bytes())


def steps(value: int) -> list[Step]:
    """A short album of two deliverables, one of which has two ends in common with the other."""
    return [
        step("mix:a", value=value),
        step("mix:b"),
        step("deliver:cd", "mix:a", "mix:b", place="cd"),
        step("deliver:lp", "mix:a", place="lp"),
    ]


OLD, NEW = "0(1(),0())", "0(2(),0())"


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """An album that was built, and has one edit that is not."""
    bench = Bench(tmp_path / "before")
    bench.make(steps(1))
    assert bench.placed()["cd/out.txt"] == OLD
    return bench.root


def count_changes(before: Path, root: Path) -> int:
    shutil.copytree(before, root)
    disk = FailingDisk(-1, None)
    Bench(root, disk=disk, jobs=1).make(steps(2))
    return disk.count


@pytest.mark.parametrize(("error", "every"), [(None, 1), (errno.ENOSPC, 3), (errno.EIO, 5)])
def test_a_build_that_was_cut_off_anywhere_is_taken_up_again(tmp_path, before, error, every):
    changes = count_changes(before, tmp_path / "whole")
    assert changes > 30
    for at in range(1, changes + 1, every):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        with suppress(Killed, StorageError):
            Bench(root, disk=FailingDisk(at, error), jobs=1).make(steps(2))
        bench = Bench(root, jobs=1)
        found = bench.placed()["cd/out.txt"]
        assert found in (OLD, NEW), f"after change {at}"
        value = 2 + at % 2  # the same again, or another edit in between
        assert bench.make(steps(value)).status == "ok", f"after change {at}"
        wanted = {"cd/out.txt": f"0({value}(),0())", "lp/out.txt": f"0({value}())"}
        assert bench.placed() == wanted, f"after change {at}"
        assert bench.ran(steps(value)) == set()
        assert not list((root / "build").glob(".*"))
        shutil.rmtree(root)


def test_where_names_cannot_be_swapped_a_cut_build_is_taken_up_too(tmp_path, before):
    class Swapless(FailingDisk):
        def swap(self, *_: Path) -> bool:
            return False

    for at in range(1, count_changes(before, tmp_path / "whole") + 5):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        with suppress(Killed):
            Bench(root, disk=Swapless(at, None), jobs=1).make(steps(2))
        bench = Bench(root, jobs=1)
        assert bench.make(steps(2)).status == "ok", f"after change {at}"
        assert bench.placed() == {"cd/out.txt": NEW, "lp/out.txt": "0(2())"}, f"after change {at}"
        assert not list((root / "build").glob(".*"))


def test_an_edit_in_the_midst_of_a_build_that_is_cut_off_is_never_lost(tmp_path, before):
    class Edited(FailingDisk):
        done = False

        def copy(self, source: Path, target: Path) -> None:
            if not self.done:
                (target.parents[1] / "cd" / "saving").write_text("mine")
                (target.parents[1] / "cd" / "saving").rename(target.parents[1] / "cd" / "out.txt")
                (target.parents[1] / "cd" / "my.txt").write_text("new")
                self.done = True
            super().copy(source, target)

    cut_off = 0
    for at in range(1, count_changes(before, tmp_path / "whole") + 1):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        disk = Edited(at, None)
        with suppress(Killed):
            Bench(root, disk=disk, jobs=1).make(steps(2))
        cut_off += disk.done and disk.dead
        bench = Bench(root, jobs=1)
        bench.make(steps(2))
        assert not disk.done or {"mine", "new"} <= set(bench.placed().values()), f"at {at}"
        assert not disk.done or bench.placed()["cd/my.txt"] == "new", f"at {at}"
        assert not list((root / "build").glob(".*"))
        shutil.rmtree(root)
    assert cut_off > 20


@pytest.mark.parametrize("swaps", [True, False])
def test_a_refused_attempt_leaves_nothing_and_keeps_one_backup(tmp_path, before, swaps):
    class Refusing(FailingDisk):
        refused = ""

        def _fail(self, name: str) -> None:
            self.refused = name
            super()._fail(name)

        def swap(self, *names: Path) -> bool:
            return swaps and super().swap(*names)

    kept = {"cd.edited-1/out.txt": "mine"}
    (before / "build" / "cd" / "out.txt").write_text("mine")
    for at in range(1 + swaps, 2 * count_changes(before, tmp_path / "whole"), 2):
        root = tmp_path / f"at-{at}"
        shutil.copytree(before, root)
        disk = Refusing(at, errno.ENOSPC)
        with suppress(StorageError):
            Bench(root, disk=disk, jobs=1).make(steps(2), force=True)
        bench = Bench(root, jobs=1)
        if bench.placed()["cd/out.txt"] == "mine" and not disk.refused.startswith("remove"):
            assert {path.name for path in (root / "build").iterdir()} <= {"cd", "lp"}, f"at {at}"
        assert bench.make(steps(2), force=True).status == "ok"
        assert bench.placed() == {"cd/out.txt": NEW, "lp/out.txt": "0(2())", **kept}, f"at {at}"
        shutil.rmtree(root)


def test_results_come_before_their_record_and_that_before_what_is_placed(tmp_path):
    class Noting(QuickDisk):
        def __init__(self) -> None:
            super().__init__()
            self.order: list[str] = []

        def rename(self, source: Path, target: Path) -> None:
            self.order.append(target.relative_to(tmp_path).parts[1])
            super().rename(source, target)

    disk = Noting()
    Bench(tmp_path, disk=disk, jobs=1).make(steps(1)[:1])
    Bench(tmp_path, disk=disk, jobs=1).make([step("deliver:cd", place="cd")])
    names = [name for name in disk.order if name in ("cas", "actions", "last", "placed.json", "cd")]
    once = ["cas", "actions", "last"]
    assert names == [*once, *once, "placed.json", "cd", "placed.json"]


def test_a_full_disk_names_the_path_and_the_bytes(tmp_path):
    class Full(Disk):
        def rename(self, source: Path, target: Path) -> None:
            if target.parent.parent.name == "cas":
                raise OSError(errno.ENOSPC, "No space left on device")
            super().rename(source, target)

    bench = Bench(tmp_path, disk=Full())
    with pytest.raises(StorageError) as caught:
        bench.make(steps(1))
    assert caught.value.why == "no space left"
    assert caught.value.needed == 3
    assert "cas" in str(caught.value.path)
    assert Bench(tmp_path).make(steps(1)).status == "ok"


def test_a_store_of_an_unknown_version_is_left_alone(tmp_path):
    bench = Bench(tmp_path)
    bench.make(steps(1))
    (tmp_path / ".albumbuild" / "VERSION").write_text("99\n")
    with pytest.raises(StorageError, match="version 99"):
        bench.make(steps(2))


def test_results_from_before_a_full_disk_are_kept(tmp_path):
    class FullForSecond(QuickDisk):
        kept = 0

        def protect(self, path: Path) -> None:
            self.kept += 1
            if self.kept > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            super().protect(path)

    with pytest.raises(StorageError):
        Bench(tmp_path, disk=FullForSecond(), jobs=1).make(steps(1))
    assert len(Bench(tmp_path).ran(steps(1))) == 3
