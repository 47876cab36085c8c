"""The work of a step: what it holds, what it is handed, and how it reports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event, Lock
from typing import ClassVar, Protocol, TypeVar

import msgspec

from albumbuild.model.problem import Problem

Item = TypeVar("Item")
Result = TypeVar("Result")


class Cancelled(Exception):  # noqa: N818 - the user's wish, not an error
    """The build was interrupted; raised from `Progress.add` at the next block."""


class StepError(Exception):
    """A step cannot be done because of what the user gave it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.what)


class Mapper(Protocol):
    """Runs a function over items, on other threads where some are idle."""

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """The results, in the order of the items; the first item's error by that order."""


class InTurn:
    """A mapper that uses no thread but the caller's."""

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """The results, in the order of the items."""
        return [function(item) for item in items]


class Progress:
    """What a running step tells the build: how far it is, and what is worth a line.

    May be used from every thread that works on the step.
    """

    def __init__(
        self,
        *,
        report: Callable[[float], None] | None = None,
        log: Callable[[str, str], None] | None = None,
        cancelled: Event | None = None,
        mapper: Mapper | None = None,
    ) -> None:
        self._report = report
        self._log = log
        self._cancelled = cancelled
        self._mapper = mapper or InTurn()
        self._lock = Lock()
        self._done = 0
        self._total = 0

    def total(self, frames: int) -> None:
        """There are `frames` to be done in all."""
        with self._lock:
            self._total = frames

    def add(self, frames: int) -> None:
        """Another `frames` are done.

        Raises:
            Cancelled: the build was interrupted.
        """
        if self._cancelled is not None and self._cancelled.is_set():
            raise Cancelled
        with self._lock:
            self._done += frames
        if self._report is not None and self._total:
            self._report(self.share)

    @property
    def share(self) -> float:
        """How much is done, 0 … 1."""
        with self._lock:
            return min(self._done / self._total, 1.0) if self._total else 0.0

    def log(self, level: str, message: str) -> None:
        """A line for the step's log: `level` is `info`, `warning` or `error`."""
        if self._log is not None:
            self._log(level, message)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """`function` of each item, on idle threads; the order of the items is kept."""
        return self._mapper.map(function, list(items))


class Needs:
    """The files that a running step may read, each under its role."""

    def __init__(self, blobs: Mapping[str, Path], sources: Mapping[str, Path]) -> None:
        self._blobs = dict(blobs)
        self._sources = dict(sources)

    def blob(self, role: str) -> Path:
        """The result of another step that stands in `role`, verified, read-only."""
        return self._blobs[role]

    def source(self, role: str) -> Path:
        """The file of the user that stands in `role`."""
        return self._sources[role]

    def roles(self, prefix: str = "") -> list[str]:
        """The roles that begin with `prefix`, blobs first, in the order of the plan."""
        return [role for role in (*self._blobs, *self._sources) if role.startswith(prefix)]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a step does. Its fields are all that it hears besides its needs and sources.

    Fields named in `unheard` do not count for the result: a change of them runs nothing.
    `libraries` are the installed packages that shape the result.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1  # raise it when the result changes
    unheard: ClassVar[frozenset[str]] = frozenset()
    libraries: ClassVar[tuple[str, ...]] = ()

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the result as files under `into`; each becomes an output by its relative path.

        An output whose name begins with a dot is kept, yet not placed under `build/`.

        Raises:
            StepError: what the user gave cannot be used.
            Cancelled: passed on from `progress`.
        """
        raise NotImplementedError
