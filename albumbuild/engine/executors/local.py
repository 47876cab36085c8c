"""Runs jobs on threads of this process, and lends the idle ones to steps that can share work."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from threading import Condition, Lock, Thread
from typing import Any

from albumbuild.engine.action import Item, Result
from albumbuild.engine.jobs import Job, Outcome
from albumbuild.engine.spans import helping

_PATIENCE_S = 0.5


class LocalExecutor:
    """An executor of `slots` threads; `work` never raises what is an `Exception`."""

    def __init__(
        self, slots: int, work: Callable[[Job], Outcome], *, idle: "IdleThreads | None" = None
    ) -> None:
        if slots < 1:
            raise ValueError("an executor needs at least one slot")
        self.slots = slots
        self._work = work
        self._idle = idle or IdleThreads(slots)
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._finished: SimpleQueue[tuple[Job, Outcome | BaseException]] = SimpleQueue()
        self._threads: list[Thread] = []
        self._open = 0

    def submit(self, job: Job) -> None:
        """Run a job as soon as a thread is free."""
        self._open += 1
        if len(self._threads) < min(self.slots, self._open):
            thread = Thread(target=self._serve, name=f"job-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._waiting.put(job)

    def poll(self, timeout_s: float) -> list[tuple[Job, Outcome]]:
        """The jobs that have ended, waiting up to `timeout_s` for the first."""
        ended: list[tuple[Job, Outcome]] = []
        try:
            while True:
                job, outcome = self._finished.get(timeout=0 if ended else timeout_s)
                self._open -= 1
                if isinstance(outcome, BaseException):
                    raise outcome
                ended.append((job, outcome))
        except Empty:
            return ended

    def close(self) -> None:
        """Let the threads go, and wait a moment for those that still have a job."""
        for _ in self._threads:
            self._waiting.put(None)
        until = time.monotonic() + _PATIENCE_S
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0))
        self._idle.close()

    def _serve(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._idle.enter()
            outcome: Outcome | BaseException
            try:
                outcome = self._work(job)
            except BaseException as error:
                outcome = error
            finally:
                self._idle.leave()
            self._finished.put((job, outcome))


class IdleThreads:
    """Counts busy threads, and lets a step's `map` use those that are not.

    The caller always works too, so a map ends even where no thread is ever idle, and a
    map within a map cannot lock up. Helpers stop after the item at hand when a job wants
    their place.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(max(slots, 1), thread_name_prefix="idle")

    def enter(self) -> None:
        """A job begins."""
        with self._lock:
            self._free -= 1

    def leave(self) -> None:
        """A job or a helper has ended."""
        with self._lock:
            self._free += 1

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """The results in the order of the items; the first error by that order is raised."""
        work = _SharedWork(function, items)
        self._invite(work)
        while work.take_one():
            self._invite(work)
        return work.results()

    def close(self) -> None:
        """No more maps come."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _invite(self, work: "_SharedWork") -> None:
        for _ in range(work.left() - 1):
            with self._lock:
                if self._free <= 0:
                    return
                self._free -= 1
            self._pool.submit(helping(partial(self._help, work)))

    def _help(self, work: "_SharedWork") -> None:
        try:
            while self._free >= 0 and work.take_one():
                pass
        finally:
            self.leave()


class _SharedWork:
    """The items of one map, taken one by one by several threads."""

    def __init__(self, function: Callable[[Any], Any], items: Sequence[Any]) -> None:
        self._function = function
        self._items = items
        self._next = 0
        self._running = 0
        self._results: list[Any] = [None] * len(items)
        self._errors: dict[int, BaseException] = {}
        self._changed = Condition()

    def left(self) -> int:
        """How many items nobody has taken."""
        return len(self._items) - self._next

    def take_one(self) -> bool:
        """Work on one item; False when there is none, or one has failed."""
        with self._changed:
            if self._next >= len(self._items) or self._errors:
                return False
            index, self._next = self._next, self._next + 1
            self._running += 1
        try:
            self._results[index] = self._function(self._items[index])
        except BaseException as error:
            self._errors[index] = error
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()
        return True

    def results(self) -> list[Any]:
        """All results, once the last running item has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._running == 0)
        if self._errors:
            raise self._errors[min(self._errors)]
        return self._results
