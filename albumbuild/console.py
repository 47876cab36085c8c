"""What users see: problems, results, and the progress of a build; the only door to rich."""

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from albumbuild.model.problem_text import render_problem

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable

    from albumbuild.engine.events import Event
    from albumbuild.model.problem import Problem

RED, YELLOW, GREEN, BLUE, BOLD, PLAIN = (f"\x1b[{code}m" for code in (31, 33, 32, 34, 1, 0))
SEEN_EVERY_S = 30.0
STATUS_COLOURS = {"ran": GREEN, "restored": BLUE, "failed": RED, "skipped": YELLOW}


class Console:
    """Results to stdout, all else to stderr; colours only where they are wanted."""

    def __init__(self, *, color: str = "auto", quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._color = color

    def result(self, text: str) -> None:
        """A line of what was asked for."""
        print(text, flush=True)

    def note(self, text: str) -> None:
        """A line that may be left out."""
        if not self.quiet:
            print(text, file=sys.stderr)

    def problems(self, problems: "Iterable[Problem]") -> None:
        """Every problem, one after the other; warnings only when not quiet."""
        for problem in problems:
            if problem.severity == "error" or not self.quiet:
                first, *rest = render_problem(problem).split("\n")
                colour = RED if problem.severity == "error" else YELLOW
                print(self._paint(first, colour), *rest, "", sep="\n", file=sys.stderr)

    def live(self) -> bool:
        """Whether lines may be drawn over."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not self.quiet

    def view(self, sound_s: "Callable[[str], float]") -> "View":
        """What shows the events of a build: live on a terminal, plain lines elsewhere.

        `sound_s` tells how many seconds of sound a step works on.
        """
        return LiveView(self, sound_s) if self.live() else View(self)

    def status(self, status: str) -> str:
        """The word for what became of a step, in its colour."""
        return self._paint(f"{status:8}", STATUS_COLOURS.get(status, ""))

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{PLAIN}" if colour and self.is_coloured() else text

    def is_coloured(self) -> bool:
        """Whether colours are wanted, and can be seen."""
        if self._color == "auto":
            return sys.stderr.isatty() and "NO_COLOR" not in os.environ
        return self._color == "always"


class View:
    """A line a step that did something, every log line, and now and then one of a long step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen_s: dict[str, float] = {}

    def __call__(self, event: "Event") -> None:
        """Show one event."""
        kind = type(event).__name__
        shown: Any = event
        if kind == "StepStarted":
            self._seen_s[shown.id] = time.monotonic()
        elif kind == "StepProgress":
            self._tell_progress(shown)
        elif kind == "StepFinished" and (shown.status != "current" or self._console.verbose):
            self._console.note(self._line(shown))
        elif kind == "Log" and (shown.level != "info" or self._console.verbose):
            where = f"{shown.id}: " if shown.id else ""
            self._console.note(f"{shown.level}: {where}{shown.message}")

    def close(self) -> None:
        """No more events come."""

    def _tell_progress(self, event: Any) -> None:
        """A line for a step that was not seen for half a minute."""
        now_s = time.monotonic()
        if now_s - self._seen_s.get(event.id, now_s) >= SEEN_EVERY_S:
            self._seen_s[event.id] = now_s
            self._console.note(f"running  {event.done:7.0%}   {event.id}")

    def _line(self, event: Any) -> str:
        seconds = f"{event.seconds:6.1f} s" if event.seconds else " " * 8
        why = f"  ({event.why[0]})" if event.why and event.status != "ran" else ""
        return f"{self._console.status(event.status)} {seconds}  {event.id}{why}"


class LiveView(View):
    """The same, and below it a bar for each running step, with its speed against real time."""

    def __init__(self, console: Console, sound_s: "Callable[[str], float]") -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        super().__init__(console)
        self._sound_s = sound_s
        self._bars: dict[str, Any] = {}
        self._began: dict[str, float] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            transient=True,
            console=_rich_console(coloured=console.is_coloured()),
        )
        self._progress.start()

    def __call__(self, event: "Event") -> None:
        """Show one event."""
        kind = type(event).__name__
        shown: Any = event
        if kind == "StepStarted":
            self._bars[shown.id] = self._progress.add_task(shown.id, total=1.0, speed="")
            self._began[shown.id] = time.monotonic()
        elif kind == "StepProgress" and shown.id in self._bars:
            speed = self._speed(shown.id, shown.done)
            self._progress.update(self._bars[shown.id], completed=shown.done, speed=speed)
        elif kind == "StepFinished" and shown.id in self._bars:
            self._progress.remove_task(self._bars.pop(shown.id))
        super().__call__(event)

    def _tell_progress(self, event: Any) -> None:
        """The bar tells."""

    def _speed(self, step_id: str, done: float) -> str:
        seconds = time.monotonic() - self._began[step_id]
        rendered_s = done * self._sound_s(step_id)
        return f"{rendered_s / seconds:.0f} × real time" if seconds > 0 and rendered_s else ""

    def close(self) -> None:
        """Take the bars away."""
        self._progress.stop()


def _rich_console(*, coloured: bool) -> Any:
    from rich.console import Console as RichConsole

    return RichConsole(stderr=True, no_color=not coloured)


def console_for(options: "Namespace") -> Console:
    """The console that the global options ask for."""
    return Console(color=options.color, quiet=options.quiet, verbose=options.verbose)
