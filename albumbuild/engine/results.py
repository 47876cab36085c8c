"""How a build ended: what became of each step."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from albumbuild.engine.events import Emit, Status, StepFinished
from albumbuild.engine.seal import Look
from albumbuild.model.problem import Problem

GOOD: frozenset[Status] = frozenset({"ran", "restored", "current"})


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a step ended; `outputs` gives each of its files the digest.

    `key` is that of its result; a step that has none has no key. `warnings` are those of the
    time when it ran.
    """

    status: Status
    key: str = ""
    why: tuple[str, ...] = ()
    outputs: Mapping[str, str] = {}
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    problem: Problem | None = None
    fault: str = ""


class Ends:
    """Tells how each step ended, and again only where that is not how it ended before."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._told: dict[str, tuple[Status, Mapping[str, str]]] = {}

    def tell(self, step_id: str, end: StepResult) -> None:
        """This is how the step has ended, as far as is known now."""
        if self._told.get(step_id) == (end.status, end.outputs):
            return
        self._told[step_id] = (end.status, end.outputs)
        self._emit(
            StepFinished(
                id=step_id,
                status=end.status,
                seconds=round(end.seconds, 3),
                outputs={name: f"blake3:{digest}" for name, digest in end.outputs.items()},
                why=list(end.why),
            )
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a build ended. `kept` tells of outputs that the user edited and that stay so.

    `status` is `failed` also where something was kept. `run` is the folder of its logs.
    `looked` is what the file system said of each source when it was hashed, and of each
    file under `build/`: a seal is made of it.
    """

    status: Literal["ok", "failed", "interrupted"]
    seconds: float
    steps: Mapping[str, StepResult]
    kept: tuple[Problem, ...] = ()
    run: Path
    looked: Mapping[Path, Look | None] = {}

    @property
    def counts(self) -> dict[Status, int]:
        """How many steps ended in each status."""
        statuses: tuple[Status, ...] = ("ran", "restored", "current", "failed", "skipped")
        found = [step.status for step in self.steps.values()]
        return {status: found.count(status) for status in statuses}

    @property
    def failed(self) -> dict[str, Problem]:
        """The problem of each step that failed."""
        return {name: step.problem for name, step in self.steps.items() if step.problem}

    @property
    def faults(self) -> dict[str, str]:
        """The traceback of each step that failed by a mistake of ours."""
        return {name: step.fault for name, step in self.steps.items() if step.fault}
