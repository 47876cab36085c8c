"""Both sides of a comparison in the album's own store: made where they are not there."""

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from albumbuild.commands.opening import STORE
from albumbuild.commands.waiting import patience
from albumbuild.engine.build import Terms, build
from albumbuild.engine.events import StepFinished
from albumbuild.engine.files import Disk
from albumbuild.engine.runs import Scratch, run_id
from albumbuild.engine.store import AsideStore, MissingBlob, Store

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from threading import Event as Flag

    from albumbuild.commands.comparing.side import Side
    from albumbuild.commands.interrupt import Interrupt
    from albumbuild.console import Console
    from albumbuild.engine.events import Emit, Event
    from albumbuild.engine.results import Result, StepResult


class NotBuilt(Exception):  # noqa: N818 - told as the end of a build
    """One side could not be made, or it was interrupted."""

    def __init__(self, side: "Side", result: "Result") -> None:
        self.side = side
        self.result = result
        super().__init__(side.name)


class Bench:
    """Brings steps of a side up to date, and finds what they have left."""

    def __init__(
        self, root: Path, options: "Namespace", console: "Console", interrupt: "Interrupt"
    ) -> None:
        disk = Disk(interrupt.stopped)
        self.jobs: int = options.jobs or len(os.sched_getaffinity(0))
        self.store = Store(root / STORE, disk=disk)
        self._aside = AsideStore(root / STORE, disk=disk)
        self._console = console
        self._interrupt = interrupt
        self.busy = patience(options, console)

    def prepare(self) -> None:
        """Lay the store out where it is not.

        Raises:
            StorageError: it cannot be written.
        """
        self.store.prepare()

    @contextmanager
    def scratch(self) -> "Iterator[Path]":
        """A folder that is gone afterwards, and with the next build where this process dies."""
        scratch = Scratch(self.store, f"diff-{run_id()}")
        try:
            yield scratch.folder_for("sides")
        finally:
            scratch.close()

    @property
    def stopped(self) -> "Flag":
        """Set once the user has had enough."""
        return self._interrupt.stopped

    def bring(
        self,
        side: "Side",
        targets: Iterable[str],
        *,
        wanted: Collection[str] = (),
        strips: Collection[str] = (),
    ) -> "Mapping[str, StepResult]":
        """What became of targets and of all that they need; results of `wanted` are there.

        Raises:
            NotBuilt: a step failed, or it was interrupted.
        """
        terms = Terms(
            jobs=self.jobs,
            wanted=tuple(wanted),
            album=side.opened.manifest.album.title,
            who="diff",
        )
        with closing(self._console.view(side.opened.planned.sound_s)) as view:
            result = build(
                side.plan(strips),
                [*targets, *wanted],
                store=self.store if side.commit is None else self._aside,
                terms=terms,
                emit=[_Rendered(view)],
                cancelled=self._interrupt.stopped,
                busy=self.busy,
                ground=side.ground(),
            )
        if result.status != "ok":
            raise NotBuilt(side, result)
        return result.steps


class _Rendered:
    """A view that is told only of what had to be made: all else is in the store already."""

    def __init__(self, view: "Emit") -> None:
        self._view = view

    def __call__(self, event: "Event") -> None:
        """Show one event."""
        if not (isinstance(event, StepFinished) and event.status == "restored"):
            self._view(event)


class Finished:
    """One side once it is made: what its steps left."""

    def __init__(self, side: "Side", bench: Bench, targets: Collection[str]) -> None:
        self.side = side
        self._bench = bench
        self._strips: tuple[str, ...] = ()
        self.steps = dict(bench.bring(side, targets)) if targets else {}

    def digest(self, step: str, output: str) -> str | None:
        """The digest of an output; None where there is no such step."""
        end = self.steps.get(step)
        return None if end is None else end.outputs.get(output)

    def outputs(self, step: str) -> dict[str, str]:
        """The digests of all outputs of a step."""
        end = self.steps.get(step)
        return {} if end is None else dict(end.outputs)

    def fetch(self, outputs: Iterable[tuple[str, str]], *, strips: Collection[str] = ()) -> None:
        """See to it that outputs of steps are in the store, and those of `strips`, rendered now.

        Raises:
            NotBuilt: a step failed, or it was interrupted.
        """
        self._strips = tuple(strips)
        lost = {step for step, output in outputs if not self._has(step, output)}
        if lost or strips:
            wanted = sorted({*lost, *strips})
            self.steps |= self._bench.bring(self.side, (), wanted=wanted, strips=strips)

    def blob(self, step: str, output: str) -> Path:
        """The file of an output; one that was damaged is made again."""
        try:
            return self._bench.store.blob(self.steps[step].outputs[output])
        except MissingBlob:
            strips = [step] if step in self._strips else []
            self.steps |= self._bench.bring(self.side, (), wanted=[step], strips=strips)
            return self._bench.store.blob(self.steps[step].outputs[output])

    def _has(self, step: str, output: str) -> bool:
        digest = self.digest(step, output)
        return digest is not None and self._bench.store.has(digest)
