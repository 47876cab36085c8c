"""The loop of a build: looks at steps whose needs are known, and runs those that are stale.

A step waits, is ready, runs, or is settled. Settling hands its outputs on: what needs it is
looked at, and looked at again where the outputs are others than before. A step is opened
again when a file of the user changed under it, or when the store lost what it had made.
"""

import heapq
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from threading import Event

from albumbuild.engine.action import Cancelled, StepError
from albumbuild.engine.events import Emit, Log, Status, StepStarted
from albumbuild.engine.files import StorageError
from albumbuild.engine.jobs import (
    Changed,
    Executor,
    Failed,
    Interrupted,
    Job,
    Lacking,
    Outcome,
    Ran,
    Refused,
    keeps_changing,
)
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan, Step
from albumbuild.engine.resolve import Resolved, reasons, resolve
from albumbuild.engine.results import GOOD, Ends, StepResult
from albumbuild.engine.sources import Sources
from albumbuild.engine.store import Store
from albumbuild.model.problem import Problem

_LOOK_EVERY_S = 0.1
_MOST_RUNS = 3
_MOST_SAVES = 4
_PATIENCE_S = 1.0
_LOST = "output missing"
_FORCED = "forced"


class Schedule:
    """The steps of one build and how far each of them is."""

    def __init__(
        self,
        plan: Plan,
        chosen: Iterable[str],
        *,
        store: Store,
        sources: Sources,
        executor: Executor,
        placer: Placer | None,
        emit: Emit,
        cancelled: Event,
        keep_going: bool,
        force: bool,
        wanted: Iterable[str] = (),
    ) -> None:
        chosen = list(chosen)
        self.selection = plan.order(plan.ancestors(chosen))
        self.storage: StorageError | None = None
        self._plan = plan
        self._store = store
        self._sources = sources
        self._executor = executor
        self._placer = placer
        self._emit = emit
        self._ends = Ends(emit)
        self._cancelled = cancelled
        self._keep_going = keep_going
        self._force = force
        self._wanted = frozenset(wanted)
        self._selected = set(self.selection)
        self._remaining = plan.remaining()
        self._must_run: dict[str, str] = dict.fromkeys(chosen, _FORCED) if force else {}
        self._stopped = ""
        self._give_up_s: float | None = None
        self._done: dict[str, StepResult] = {}
        self._outputs: dict[str, dict[str, str]] = {}
        self._ran: dict[str, StepResult] = {}
        self._ready: dict[str, Resolved] = {}
        self._running: dict[str, str] = {}
        self._again: set[str] = set()
        self._digests: dict[Path, str] = {}
        self._lost: Counter[str] = Counter()
        self._voided: Counter[tuple[str, bool]] = Counter()
        self._agenda: list[tuple[int, str]] = []
        for step_id in self.selection:
            self._open(step_id)

    @property
    def failed(self) -> bool:
        """Whether a step failed or was skipped."""
        return any(result.status not in GOOD for result in self._done.values())

    def work(self) -> None:
        """Go on until every step is settled."""
        while self._agenda or self._ready or self._running:
            if self._cancelled.is_set():
                self._interrupt()
            if self._agenda:
                self._look(heapq.heappop(self._agenda)[1])
                continue
            self._start_ready()
            if self._running and not self._agenda:
                for job, outcome in self._executor.poll(_LOOK_EVERY_S):
                    self._take(job, outcome)

    def _interrupt(self) -> None:
        """Begin nothing new, and leave those behind that do not stop in time."""
        self._stopped = "interrupted"
        self._give_up_s = self._give_up_s or time.monotonic() + _PATIENCE_S
        if time.monotonic() >= self._give_up_s:
            for step_id in self._plan.order(self._running):
                del self._running[step_id]
                self._settle(step_id, StepResult(status="skipped", why=(self._stopped,)))

    def remake(self, step_id: str, *, damaged: str | None = None) -> None:
        """The store has lost an output of a step, or put it aside `damaged`: run it again."""
        self._lost[step_id] += 1
        if damaged is not None:
            self._warn(
                step_id, f"the stored result {damaged} was damaged: it is put aside and made again"
            )
        if self._lost[step_id] > _MOST_RUNS:
            self._settle(step_id, StepResult(status="failed", problem=_keeps_vanishing(step_id)))
            return
        self._must_run.setdefault(step_id, _LOST)
        self._open(step_id)

    def results(self) -> dict[str, StepResult]:
        """How each step of the selection ended, in the order of the plan."""
        return {step_id: self._done[step_id] for step_id in self.selection}

    def announce(self) -> None:
        """Tell of the steps that nothing was told of yet, or not their last end."""
        for step_id, end in self.results().items():
            self._ends.tell(step_id, end)

    def _open(self, step_id: str) -> None:
        self._done.pop(step_id, None)
        self._ready.pop(step_id, None)
        heapq.heappush(self._agenda, (self._plan.rank(step_id), step_id))

    def _look(self, step_id: str) -> None:
        """Settle a step, or make it ready, as far as its needs are known."""
        if step_id in self._running:
            self._again.add(step_id)
            return
        if step_id in self._done or step_id in self._ready:
            return
        step = self._plan[step_id]
        ends = {need.step: self._done.get(need.step) for need in step.needs.values()}
        bad = [name for name, end in ends.items() if end is not None and end.status not in GOOD]
        if bad:
            self._settle(step_id, StepResult(status="skipped", why=(f"needs {bad[0]}",)))
        elif all(end is not None for end in ends.values()):
            self._weigh(step)

    def _weigh(self, step: Step) -> None:
        """All needs are known: take the result on record, or make the step ready to run."""
        try:
            resolved = resolve(step, self._outputs, self._sources)
        except StepError as error:
            self._fail(step.id, Failed(error.problem))
            return
        except Cancelled:
            self._settle(step.id, StepResult(status="skipped", why=("interrupted",)))
            return
        self._digests |= {step.sources[role]: each for role, each in resolved.sources.items()}
        record = self._store.record(resolved.key)
        lost = self._must_run.get(step.id) == _LOST
        if lost and record is not None and all(map(self._store.has, record.outputs.values())):
            del self._must_run[step.id]  # a step with the same key has made it
        if record is None or step.id in self._must_run:
            self._ready[step.id] = resolved
        elif self._lacks(step, record.outputs):
            self._must_run[step.id] = _LOST
            self._ready[step.id] = resolved
        else:
            current = self._store.last_key(step.id) == resolved.key
            if not current:
                self._set_last(step.id, resolved.key)
            status: Status = "current" if current else "restored"
            result = StepResult(
                status=status,
                key=resolved.key,
                outputs=record.outputs,
                warnings=record.warnings,
            )
            self._settle(step.id, result)

    def _lacks(self, step: Step, outputs: dict[str, str]) -> bool:
        """Whether the store lost what is wanted, or has yet to be put under `build/`."""
        lacking: Iterable[str] = ()
        if step.id in self._wanted:
            lacking = outputs.values()
        elif self._placer is not None and step.place is not None:
            lacking = self._placer.lacking(step.place, outputs, force=self._force)
        return not all(map(self._store.has, lacking))

    def _settle(self, step_id: str, result: StepResult) -> None:
        """A step has ended; what needs it is looked at."""
        earlier = self._ran.get(step_id)
        if earlier is not None and result.status in ("current", "restored"):
            result = StepResult(
                status="ran",
                key=result.key,
                why=earlier.why,
                outputs=result.outputs,
                warnings=result.warnings,
                seconds=earlier.seconds,
            )
        before = self._outputs.get(step_id)
        self._done[step_id] = result
        self._outputs[step_id] = dict(result.outputs)
        if result.status == "ran":
            self._ran[step_id] = result
        if result.status in ("ran", "failed"):
            self._ends.tell(step_id, result)
        for after in self._plan.needed_by(step_id):
            if after not in self._selected:
                continue
            end = self._done.get(after)
            if end is None or end.status not in GOOD or before != self._outputs[step_id]:
                self._open(after)

    def _start_ready(self) -> None:
        """Hand ready steps to the executor, those with the longest way to go first."""
        if self._stopped:
            for step_id in self._plan.order(self._ready):
                self._ready.pop(step_id)
                self._settle(step_id, StepResult(status="skipped", why=(self._stopped,)))
            return
        waiting = sorted(self._ready, key=lambda each: (-self._remaining[each], each))
        for step_id in waiting:
            if len(self._running) >= self._executor.slots:
                return
            ready = self._ready.get(step_id)
            if ready is not None and ready.key not in self._running.values():
                self._start(step_id)

    def _start(self, step_id: str) -> None:
        step, resolved = self._plan[step_id], self._ready.pop(step_id)
        lost = {
            need.step
            for role, need in step.needs.items()
            if not self._store.has(resolved.blobs[role])
        }
        if lost:
            for producer in self._plan.order(lost):
                self.remake(producer)
            self._open(step_id)
            return
        job = self._job(step, resolved)
        self._running[step_id] = job.key
        self._emit(StepStarted(id=step_id, kind=step.kind, why=list(job.why)))
        self._executor.submit(job)

    def _job(self, step: Step, resolved: Resolved) -> Job:
        read = {role: self._read(path) for role, path in step.reads.items()}
        return Job(
            id=step.id,
            key=resolved.key,
            recipe=resolved.recipe,
            action=step.action,
            blobs=resolved.blobs,
            sources={**step.sources, **step.reads},
            digests=resolved.sources | read,
            why=self._why(step, resolved),
            forced=self._must_run.get(step.id) == _FORCED,
        )

    def _read(self, path: Path) -> str:
        """The digest that an ingest found in a file, earlier in this build."""
        if path not in self._digests:
            self._digests[path] = self._sources.digest(path)
        return self._digests[path]

    def _why(self, step: Step, resolved: Resolved) -> tuple[str, ...]:
        old = self._store.last(step.id)
        if old is not None and old.key != resolved.key:
            return reasons(step, old, resolved.recipe)
        if step.id in self._must_run:
            return (self._must_run[step.id],)
        return ("never built",) if self._store.last_key(step.id) is None else ("record lost",)

    def _take(self, job: Job, outcome: Outcome) -> None:
        """A job has ended; go on from what became of it."""
        key = self._running.pop(job.id)
        for waiting in [each for each, ready in self._ready.items() if ready.key == key]:
            self._open(waiting)
        again = job.id in self._again
        self._again.discard(job.id)
        match outcome:
            case Ran():
                self._finish(job, outcome, again=again)
            case Lacking(digest, damaged):
                needs = self._plan[job.id].needs
                for producer in {needs[r].step for r, d in job.blobs.items() if d == digest}:
                    self.remake(producer, damaged=digest if damaged else None)
                self._open(job.id)
            case Changed(paths, for_good):
                self._void(job.id, paths, for_good=for_good)
            case Refused(error):
                self._refuse(error)
                self._fail(job.id, Failed(_storage_problem(error)))
            case Failed():
                self._fail(job.id, outcome)
            case Interrupted():
                self._stopped = "interrupted"
                self._settle(job.id, StepResult(status="skipped", why=("interrupted",)))

    def _finish(self, job: Job, ran: Ran, *, again: bool) -> None:
        """A result is on record; `again`: what the step needs has changed since it began."""
        self._must_run.pop(job.id, None)
        self._set_last(job.id, job.key)
        result = StepResult(
            status="ran" if ran.here else "restored",
            key=job.key,
            why=job.why,
            outputs=ran.record.outputs,
            warnings=ran.record.warnings,
            seconds=ran.record.seconds if ran.here else 0.0,
        )
        if not again:
            self._settle(job.id, result)
            return
        if ran.here:
            self._ran[job.id] = result
        self._open(job.id)

    def _void(self, step_id: str, paths: tuple[Path, ...], *, for_good: bool) -> None:
        """Files were saved under a step: look at all that hears them once more, then give up.

        Saves that change nothing are borne with longer.
        """
        self._voided[step_id, for_good] += 1
        if self._voided[step_id, for_good] > (1 if for_good else _MOST_SAVES):
            self._fail(step_id, Failed(keeps_changing(paths)))
            return
        names = ", ".join(f"`{path.name}`" for path in paths)
        self._warn(step_id, f"{names} changed while the step ran: it is done again")
        for each in self.selection:
            if not set(paths).isdisjoint(self._plan[each].sources.values()):
                self._open(each)
        self._open(step_id)

    def _fail(self, step_id: str, failure: Failed) -> None:
        if not self._keep_going:
            self._stopped = self._stopped or f"{step_id} failed"
        self._settle(
            step_id,
            StepResult(status="failed", problem=failure.problem, fault=failure.fault),
        )

    def _refuse(self, error: StorageError) -> None:
        self.storage = self.storage or error
        self._stopped = "storage"

    def _set_last(self, step_id: str, key: str) -> None:
        try:
            self._store.set_last(step_id, key)
        except StorageError as error:
            self._refuse(error)

    def _warn(self, step_id: str, message: str) -> None:
        self._emit(Log(id=step_id, level="warning", message=message))


def _keeps_vanishing(step_id: str) -> Problem:
    return Problem(
        slug="result-vanishes",
        what=f"the result of {step_id} keeps vanishing from the store",
        why="it was made again and was gone or damaged again",
        fix="check the disk, then `albumbuild cache verify`",
    )


def _storage_problem(error: StorageError) -> Problem:
    return Problem(slug="storage", what=f"the result could not be kept: {error.why}")
