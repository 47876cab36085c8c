"""What happens in a build, as a stream of records that every view reads."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

import msgspec

from albumbuild.engine.files import storage_error

Status: TypeAlias = Literal["ran", "restored", "current", "failed", "skipped"]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """One line of the stream; `event` says which."""


class BuildStarted(_Event, frozen=True, kw_only=True, tag="build_started"):
    """A build begins; `steps` are those of the selection."""

    album: str
    steps: int
    time: str


class StepStarted(_Event, frozen=True, kw_only=True, tag="step_started"):
    """A step begins to run."""

    id: str
    kind: str
    why: list[str]


class StepProgress(_Event, frozen=True, kw_only=True, tag="step_progress"):
    """The share of a running step that is done, 0 … 1."""

    id: str
    done: float


class StepFinished(_Event, frozen=True, kw_only=True, tag="step_finished"):
    """The end of a step's part in the build: one for every step of the selection."""

    id: str
    status: Status
    seconds: float
    outputs: dict[str, str]
    why: list[str]


class Log(_Event, frozen=True, kw_only=True, tag="log"):
    """A line worth reading; without `id` it is about the build."""

    id: str | None
    level: str
    message: str


class BuildFinished(_Event, frozen=True, kw_only=True, tag="build_finished"):
    """The end of a build, with how many steps ended in which status."""

    status: Literal["ok", "failed", "interrupted"]
    ran: int
    restored: int
    current: int
    failed: int
    skipped: int
    seconds: float


Event: TypeAlias = BuildStarted | StepStarted | StepProgress | StepFinished | Log | BuildFinished
Emit: TypeAlias = Callable[[Event], None]


class Fan:
    """Hands each event to every reader, one event at a time, from whatever thread it comes.

    A reader whose file is gone hears no more; the build goes on.
    """

    def __init__(self, readers: Iterable[Emit]) -> None:
        self._readers = list(readers)
        self._lock = Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            for reader in tuple(self._readers):
                try:
                    reader(event)
                except OSError:
                    self._readers.remove(reader)


class JsonLines:
    """A reader that writes each event as one line of JSON, flushed as it happens."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._path = path
        self._refusal: OSError | None = None

    def __call__(self, event: Event) -> None:
        if self._refusal is None:
            try:
                self._file.write(msgspec.json.encode(event) + b"\n")
                self._file.flush()
            except OSError as error:
                self._refusal = error

    def close(self) -> None:
        """No more events come.

        Raises:
            StorageError: they could not all be written; that a reader left is none's fault.
        """
        with suppress(OSError):
            self._file.close()
        if self._refusal is not None and not isinstance(self._refusal, BrokenPipeError):
            raise storage_error(self._refusal, self._path) from self._refusal
