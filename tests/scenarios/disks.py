"""Rows 37 and 38: disks that are full, and that may not be written."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import Running
from tests.scenarios.interrupts import assert_whole, clean_digests
from tests.scenarios.rows import row, seen
from tests.studio import Studio, tune

ROOM = (0, 40, 400, 1_500, 3_000, 6_000, 9_000, 14_000, 20_000)
"""KiB that are free at each attempt, beside all that is there already."""


@row(37, "disk full", slow=True)
def disk_full(studio: Studio, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        shutil.copytree(studio.root, disk / "album")
        album = Studio(disk / "album", studio.album)
        album.told = tmp_path / "told.jsonl"
        album.make()
        old = album.digests()
        much_to_do(album)
        new = clean_digests(album, tmp_path)
        finished: set[str] = set()
        refused = 0
        for kib in ROOM:
            leave_free(disk, kib)
            with Running(album, tmp_path / f"with-{kib}", "make", "-j", "2") as running:
                said = running.end()
            assert not running.ran() & finished
            finished |= running.ran()
            assert_whole(album.digests(), old=old, new=new)
            if said.code == 0:
                break
            refused += 1
            assert_refused(said.code, said.err, disk)
        assert refused >= 5
        leave_free(disk, 200_000)
        rest = album.make()
        assert not rest & finished
        assert {"ingest:a/kick", "mix:b", "deliver:mixes"} <= rest | finished
        assert album.digests() == new
        assert album.make() == set()
        assert not list((album.root / ".albumbuild/tmp").glob("*"))


def much_to_do(studio: Studio) -> None:
    """All songs are mixed and mastered again."""
    for name, seed in (("a-kick", 70), ("b-kick", 71), ("c-piano", 72)):
        studio.stem(name, tune(2.0, seed=seed))
    studio.edit("songs.a.title", "Ebb")


def assert_refused(code: int, err: str, disk: Path) -> None:
    """The end of a build for which there was no room."""
    assert code == 4, err
    assert "error[storage]" in err
    assert re.search(rf"{re.escape(str(disk))}\S*: no space left \(\d+ bytes needed\)", err), err
    assert "Traceback" not in err


def leave_free(disk: Path, kib: int) -> None:
    """Give a small disk so much room beside what it holds."""
    found = os.statvfs(disk)
    used = (found.f_blocks - found.f_bfree) * found.f_frsize
    mount("-o", f"remount,size={used // 1024 + kib}k", str(disk))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, in memory, whose size can be changed."""
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=200000k", "none", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@row(38, "read-only cache")
def read_only_cache(studio: Studio, tmp_path: Path) -> None:
    studio.told = tmp_path / "told.jsonl"
    studio.stem("a-kick", tune(2.0, seed=73))
    with read_only(studio.root / ".albumbuild"):
        before = seen(studio)
        said = studio.run("make", "--events", str(studio.told))
        assert said.code == 4
        assert "error[storage]" in said.err
        assert str(studio.root / ".albumbuild") in said.err
        assert "Traceback" not in said.err
        assert "step_started" not in studio.told.read_text()
        assert seen(studio) == before
    assert "ingest:a/kick" in studio.make()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write under a folder."""
    if os.geteuid():
        modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield
        for path, mode in modes.items():
            path.chmod(mode)
        return
    mount("--bind", str(folder), str(folder))
    try:
        mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def mount(*arguments: str) -> None:
    """Mount, where that is permitted."""
    if os.geteuid():
        pytest.skip("only root may mount a disk")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
