"""Locks that the kernel drops when their holder is gone: no process id is ever believed."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Literal, TypeAlias

from albumbuild.engine.action import Cancelled
from albumbuild.engine.files import storage_error

Mode: TypeAlias = Literal["shared", "exclusive"]

_LOOK_EVERY_S = 0.05
_FLAGS = {"shared": fcntl.LOCK_SH, "exclusive": fcntl.LOCK_EX}


class Busy(Exception):  # noqa: N818 - a state of the album, not a mistake
    """Somebody else holds the album: who, and since when, as far as they said."""

    def __init__(self, who: str, since: str) -> None:
        self.who = who
        self.since = since
        super().__init__(f"locked by {who} since {since}")


def refuse(busy: Busy) -> None:
    """Do not wait.

    Raises:
        Busy: always.
    """
    raise busy


def wait(_busy: Busy) -> None:
    """Wait, and say nothing of it."""


@contextmanager
def hold(
    path: Path,
    mode: Mode,
    *,
    who: str | None,
    busy: Callable[[Busy], None] = wait,
    cancelled: Event | None = None,
) -> Iterator[None]:
    """Hold the lock of an album while the block runs.

    Makes share it; what removes from the store holds it alone. `who` is left as word under
    `runs/` for those who find it taken; None leaves none. `busy` is called once where it is
    taken: what it raises ends the wait.

    Raises:
        Cancelled: the build was interrupted while it waited.
        StorageError: the lock cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        _await(descriptor, path, mode, busy=busy, cancelled=cancelled)
        if who is not None:
            _sign(path, who)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def share(path: Path, *, busy: Callable[[Busy], None] = wait) -> Iterator[None]:
    """Share the lock of an album, where there is one, without leaving a trace."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        _await(descriptor, path, "shared", busy=busy, cancelled=None)
        yield
    finally:
        os.close(descriptor)


def _await(
    descriptor: int,
    path: Path,
    mode: Mode,
    *,
    busy: Callable[[Busy], None],
    cancelled: Event | None,
) -> None:
    """Take the lock, looking again and again so that an interrupt is heard."""
    told = False
    pause = cancelled or Event()
    while True:
        try:
            fcntl.flock(descriptor, _FLAGS[mode] | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not told:
                busy(_holder(path))
                told = True
        if pause.wait(_LOOK_EVERY_S):
            raise Cancelled


@contextmanager
def single_flight(path: Path, cancelled: Event) -> Iterator[None]:
    """Be the only one, among processes and threads, who works on what `path` stands for.

    Raises:
        Cancelled: the build was interrupted while it waited.
        StorageError: the lock cannot be opened.
    """
    descriptor = _taken(path, cancelled)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _taken(path: Path, cancelled: Event) -> int:
    """The descriptor of the locked file that has this name now, not of one removed since."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise storage_error(error, path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        if cancelled.wait(_LOOK_EVERY_S):
            raise Cancelled


def _sign(path: Path, who: str) -> None:
    """Leave word for those who find the lock taken; where none can be left, none is."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    word = _word(path)
    with suppress(OSError):
        word.parent.mkdir(exist_ok=True)
        word.write_text(json.dumps({"who": who, "since": since}), encoding="utf-8")


def _holder(path: Path) -> Busy:
    """Who took the lock last, as far as they said."""
    try:
        found = json.loads(_word(path).read_bytes())
        return Busy(str(found["who"]), str(found["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Busy("another albumbuild", "an unknown time")


def _word(path: Path) -> Path:
    """Where the holder of a lock says who it is."""
    return path.parent / "runs" / f"{path.name}.holder"
