"""Where time goes: spans of work on each thread, kept only while somebody records them."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Lock, get_ident
from typing import Literal, TypeAlias, TypeVar

import msgspec

Result = TypeVar("Result")

Work: TypeAlias = Literal["step", "help", "device", "read", "write", "encode", "measure", "keep"]
"""A step; a part of one on a borrowed thread; and what either does."""

_step: ContextVar[str] = ContextVar("step", default="")


class Span(msgspec.Struct, frozen=True):
    """Some work on one thread, in ns; `cpu` of `length` it has kept a core busy."""

    work: Work
    name: str
    step: str
    thread: int
    began: int
    length: int
    cpu: int


class Recorder:
    """Keeps spans, in the order in which they end."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.began = time.perf_counter_ns()
        self._lock = Lock()
        self._threads: dict[int, int] = {}

    @contextmanager
    def span(self, work: Work, name: str) -> Iterator[None]:
        """Keeps how long the block in the context took."""
        began, cpu = time.perf_counter_ns(), time.thread_time_ns()
        try:
            yield
        finally:
            cpu, length = time.thread_time_ns() - cpu, time.perf_counter_ns() - began
            with self._lock:
                thread = self._threads.setdefault(get_ident(), len(self._threads))
                self.spans.append(
                    Span(work, name, _step.get(), thread, began - self.began, length, cpu)
                )


_recorders: list[Recorder] = []


@contextmanager
def recording() -> Iterator[Recorder]:
    """Records every span of this process until the context ends."""
    recorder = Recorder()
    _recorders.append(recorder)
    try:
        yield recorder
    finally:
        _recorders.remove(recorder)


def span(work: Work, name: str) -> AbstractContextManager[None]:
    """Work that is about to be done on this thread, for the step that it runs."""
    return _recorders[-1].span(work, name) if _recorders else nullcontext()


@contextmanager
def step_span(step: str) -> Iterator[None]:
    """A step that runs on this thread: spans within are its own."""
    token = _step.set(step)
    try:
        with span("step", step):
            yield
    finally:
        _step.reset(token)


def helping(function: Callable[[], Result]) -> Callable[[], Result]:
    """A function, for one call on any thread, as a part of the step that runs on this thread."""

    def helped() -> Result:
        with span("help", _step.get()):
            return function()

    return partial(copy_context().run, helped)
