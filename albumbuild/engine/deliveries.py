"""The end of a build: every finished step that has a place under `build/` is put there."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import TypeAlias

import msgspec

from albumbuild.engine.action import Cancelled
from albumbuild.engine.lock import hold
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan, Step
from albumbuild.engine.results import GOOD, StepResult
from albumbuild.engine.store import MissingBlob
from albumbuild.model.problem import Problem

Generate: TypeAlias = Callable[[Step, Mapping[str, str]], Mapping[str, bytes]]
"""Further files for a placed folder: of its step and the digests of its outputs, name → bytes."""


class Lost(msgspec.Struct, frozen=True):
    """A step whose result is wanted under `build/` and is not in the store.

    `damaged` is its digest where it was there, and not what it should be.
    """

    step: str
    damaged: str | None


class Deliveries:
    """What of a plan goes to `build/`, with the files that are generated beside it."""

    def __init__(
        self,
        plan: Plan,
        placer: Placer,
        *,
        generate: Generate | None,
        force: bool,
        cancelled: Event,
    ) -> None:
        self._plan = plan
        self._placer = placer
        self._generate = generate
        self._force = force
        self._cancelled = cancelled
        self._kept: list[Problem] = []

    def place(self, results: Mapping[str, StepResult]) -> tuple[tuple[Problem, ...], Lost | None]:
        """Place what has ended well, and clear what the plan has no more.

        Gives the outputs that the user edited and that stay, and a step to be run again
        where the store lacks what is wanted: then not all is placed.

        Raises:
            Cancelled: the build was interrupted; each folder is whole.
            StorageError: the disk refuses; each folder is whole.
        """
        places = {step.place for step in self._plan if step.place is not None}
        with hold(self._placer.lock, "exclusive", who=None, cancelled=self._cancelled):
            self._keep(self._placer.begin(places))
            for step_id, result in results.items():
                step = self._plan[step_id]
                if step.place is None or result.status not in GOOD:
                    continue
                if self._cancelled.is_set():
                    raise Cancelled
                try:
                    self._keep(self._placed(step, step.place, result.outputs))
                except MissingBlob as missing:
                    owner = _owner(results, step_id, missing.digest)
                    return (), Lost(owner, missing.digest if missing.damaged else None)
            self._keep(self._placer.clear(places, force=self._force))
        return tuple(self._kept), None

    def _keep(self, problems: tuple[Problem, ...]) -> None:
        """Remember what is to be told; what was placed before a step runs again is told once."""
        self._kept += [problem for problem in problems if problem not in self._kept]

    def _placed(self, step: Step, place: str, outputs: Mapping[str, str]) -> tuple[Problem, ...]:
        generated = self._generate(step, outputs) if self._generate is not None else {}
        return self._placer.place(place, outputs, generated=generated, force=self._force)


def _owner(results: Mapping[str, StepResult], step_id: str, digest: str) -> str:
    """The step that made a digest: `step_id` itself, or another that it was read from."""
    if digest in results[step_id].outputs.values():
        return step_id
    made = (name for name, end in results.items() if digest in end.outputs.values())
    return next(made, step_id)
