"""Locks that the kernel drops when their holder is gone: no process id is ever believed."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Literal

from albumbuild.engine.action import Cancelled
from albumbuild.engine.files import storage_error

_LOOK_EVERY_S = 0.05


class Busy(Exception):  # noqa: N818 - a state of the album, not a mistake
    """Somebody else holds the album: who, and since when, as far as they said."""

    def __init__(self, who: str, since: str) -> None:
        self.who = who
        self.since = since
        super().__init__(f"locked by {who} since {since}")


@contextmanager
def hold(
    path: Path, mode: Literal["shared", "exclusive"], *, who: str | None, wait: bool = True
) -> Iterator[None]:
    """Hold the lock of an album while the block runs.

    Makes share it; what removes from the store holds it alone. `who` is left as word for
    those who find it taken; None leaves no word and writes nothing.

    Raises:
        Busy: it is held otherwise and `wait` is False.
        StorageError: the lock cannot be opened.
    """
    flags = fcntl.LOCK_SH if mode == "shared" else fcntl.LOCK_EX
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        try:
            fcntl.flock(descriptor, flags if wait else flags | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(descriptor) from None
        if who is not None:
            _sign(descriptor, who)
        yield
    finally:
        os.close(descriptor)


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


def _sign(descriptor: int, who: str) -> None:
    """Leave word for those who find the lock taken."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"who": who, "since": since}).encode(), 0)


def _busy(descriptor: int) -> Busy:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
        return Busy(str(found["who"]), str(found["since"]))
    except (ValueError, KeyError, TypeError):
        return Busy("another albumbuild", "an unknown time")
