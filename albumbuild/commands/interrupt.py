"""Ctrl-C and requests to end: the first stops a build at the next block, the second at once."""

import os
import signal
import sys
from threading import Event
from typing import TYPE_CHECKING, Any, Self

from albumbuild.commands import exits

if TYPE_CHECKING:
    from types import FrameType

CODES = {signal.SIGINT: exits.INTERRUPTED, signal.SIGTERM: exits.TERMINATED}


class Interrupt:
    """While it is entered, signals set `stopped`; `code` is then the exit code to end with."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._before: dict[signal.Signals, Any] = {}
        self.stopped = Event()
        self.code = exits.INTERRUPTED

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in CODES}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _frame: "FrameType | None") -> None:
        self.code = CODES[signal.Signals(number)]
        if self.stopped.is_set():
            os._exit(self.code)
        self.stopped.set()
        if not self._quiet:
            print("stopping; once more to stop at once", file=sys.stderr)
