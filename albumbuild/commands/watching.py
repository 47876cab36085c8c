"""Files that are saved, as batches of paths; the only door to watchfiles."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from watchfiles import Change, DefaultFilter, watch

_QUIET_MS = 250
_LONGEST_MS = 2_000
_LOOK_EVERY_S = 0.1
_POLL_MS = 200
_STREAMS = (1, 2)


class Saves:
    """The saves under some folders.

    A batch ends when nothing was saved for a quarter of a second, or after two seconds.
    """

    def __init__(self, folders: Iterable[Path], stopped: Event) -> None:
        self._batches: SimpleQueue[set[Path] | OSError] = SimpleQueue()
        self._stopped = stopped
        self._closed = Event()
        self._thread = Thread(target=self._listen, args=(tuple(folders),), daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[set[Path]]:
        """One batch after the other, until the watch is stopped.

        Raises:
            OSError: the system cannot watch those folders.
        """
        while not self._stopped.is_set():
            with suppress(Empty):
                yield self._next()

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()
        self._thread.join()

    def _listen(self, folders: tuple[Path, ...]) -> None:
        batches = watch(
            *folders,
            watch_filter=None,
            debounce=_LONGEST_MS,
            step=_QUIET_MS,
            stop_event=_Either(self._stopped, self._closed),
            rust_timeout=_POLL_MS,
        )
        try:
            for batch in batches:
                self._batches.put({Path(name) for _, name in batch})
        except OSError as error:
            self._batches.put(error)

    def _next(self) -> set[Path]:
        batch = self._batches.get(timeout=_LOOK_EVERY_S)
        if isinstance(batch, OSError):
            raise batch
        return batch


class _Either:
    """Set once one of two events is."""

    def __init__(self, *events: Event) -> None:
        self._events = events

    def is_set(self) -> bool:
        return any(event.is_set() for event in self._events)


@contextmanager
def saves(folders: Iterable[Path], stopped: Event) -> Iterator[Saves]:
    """Listen to some folders while the block runs."""
    heard = Saves(folders, stopped)
    try:
        yield heard
    finally:
        heard.close()


class Writings:
    """What a watch writes itself: under `ours`, and what its output goes to."""

    def __init__(self, ours: Iterable[Path]) -> None:
        self._ours = tuple(ours)
        self._outputs = set()
        for number in _STREAMS:
            with suppress(OSError):
                self._outputs.add(_file(os.fstat(number)))

    def include(self, path: Path) -> bool:
        """Whether a path is one of them."""
        if any(path.is_relative_to(each) for each in self._ours):
            return True
        try:
            return _file(path.stat()) in self._outputs
        except OSError:
            return False


def is_trifle(path: Path) -> bool:
    """Whether a path is of those that editors and systems write for themselves."""
    return not DefaultFilter()(Change.modified, str(path))


def _file(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_dev, stat.st_ino
