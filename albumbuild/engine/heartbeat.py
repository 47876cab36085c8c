"""Signs of life: told of a build, and of each running step, that has said nothing for a while."""

import time
from collections.abc import Callable
from threading import Event as Flag
from threading import Lock, Thread

from albumbuild.engine.events import (
    Emit,
    Event,
    Log,
    StepFinished,
    StepProgress,
    StepStarted,
)

EVERY_S = 5.0
_LOOK_EVERY_S = 0.5


class Heartbeat:
    """A reader of the events that adds some of its own: at most `every_s` pass without one."""

    def __init__(
        self, *, every_s: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every_s = EVERY_S if every_s is None else every_s
        self._clock = clock
        self._lock = Lock()
        self._heard_s = clock()
        self._running: dict[str, tuple[float, float]] = {}
        self._ended = Flag()
        self._thread: Thread | None = None

    def __call__(self, event: Event) -> None:
        """Note who was heard of last, and how far they are."""
        with self._lock:
            now = self._heard_s = self._clock()
            match event:
                case StepStarted(id=step):
                    self._running[step] = (now, 0.0)
                case StepProgress(id=step, done=done):
                    self._running[step] = (now, done)
                case StepFinished(id=step):
                    self._running.pop(step, None)

    def due(self) -> list[Event]:
        """The signs that are wanted now."""
        with self._lock:
            since = self._clock() - self._every_s
            quiet: list[Event] = [
                StepProgress(id=step, done=done)
                for step, (heard_s, done) in self._running.items()
                if heard_s <= since
            ]
            if not self._running and self._heard_s <= since:
                return [Log(id=None, level="info", message="reading or placing files")]
            return quiet

    def start(self, emit: Emit) -> None:
        """Look again and again, on a thread of its own."""
        self._thread = Thread(target=self._beat, args=(emit,), name="heartbeat", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """The build has ended."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self, emit: Emit) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            for sign in self.due():
                emit(sign)
