"""The build: brings the targets of a plan up to date, running the least set of steps."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Literal, Self

import msgspec

from albumbuild.engine.action import Cancelled
from albumbuild.engine.deliveries import Deliveries, Generate, Lost
from albumbuild.engine.events import BuildFinished, BuildStarted, Emit, Fan, Log
from albumbuild.engine.executors.local import IdleThreads, LocalExecutor
from albumbuild.engine.files import StorageError
from albumbuild.engine.heartbeat import Heartbeat
from albumbuild.engine.jobs import Workbench
from albumbuild.engine.lock import Busy, hold, wait
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan
from albumbuild.engine.results import Result
from albumbuild.engine.runs import Diary, Scratch, run_id
from albumbuild.engine.schedule import Schedule
from albumbuild.engine.sources import Ground, Sources
from albumbuild.engine.states import State, keep_good_state
from albumbuild.engine.store import MissingBlob, Store
from albumbuild.model.problem import Problem


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How to build: with how many `jobs` at once, to which folder, and how far on trouble.

    `force` runs the targets whatever is on record and replaces outputs that were edited.
    `wanted` are steps whose results must be in the store and sound in the end.
    `who` is told to others who find the album locked. `since_ns` is when the manifest was
    read: another make that has read it later, and placed its state, goes before this one.
    """

    jobs: int
    build_dir: Path | None = None
    keep_going: bool = False
    force: bool = False
    wanted: tuple[str, ...] = ()
    album: str = ""
    who: str = "make"
    since_ns: int = 0


def build(
    plan: Plan,
    targets: Iterable[str],
    *,
    store: Store,
    terms: Terms,
    emit: Iterable[Emit] = (),
    generate: Generate | None = None,
    cancelled: Event | None = None,
    busy: Callable[[Busy], None] = wait,
    ground: Ground | None = None,
    clock: Callable[[], int] = time.time_ns,
) -> Result:
    """Bring the steps that `targets` name, and all that they need, up to date.

    Then puts those that have a place under the build folder, and removes what was placed
    for steps that the plan has no more. `cancelled`, once set, stops at the next block.
    `busy` is called when somebody removes from the store, and decides whether to wait.
    `ground` is what the plan was made from.

    Raises:
        Busy: `busy` would not wait.
        UnknownTarget: a target names no step.
        StorageError: the disk refuses; steps that had finished are kept.
    """
    began = time.monotonic()
    named = list(targets)
    chosen = plan.select(named)
    stop = cancelled or Event()
    store.check_version()
    try:
        with hold(store.lock, "shared", who=terms.who, busy=busy, cancelled=stop):
            store.prepare()
            sources = Sources(
                store.root / "stat.sqlite", clock=clock, cancelled=stop, ground=ground
            )
            with _Site(store, terms, sources=sources, emit=emit, stop=stop) as site:
                result = site.build(plan, chosen, generate=generate, began=began)
                if result.status == "ok":
                    _keep_state(store, result, whole=not named)
                return result
    except Cancelled:
        seconds = time.monotonic() - began
        result = Result(status="interrupted", seconds=seconds, steps={}, run=store.root)
        for event in (_started(terms, 0), _finished(result)):
            Fan(emit)(event)
        return result


def _keep_state(store: Store, result: Result, *, whole: bool) -> None:
    """Note what gc is to spare; where that finds no room, gc spares less."""
    keys = {step_id: end.key for step_id, end in result.steps.items()}
    with suppress(StorageError):
        keep_good_state(store, result.run, State(keys, whole=whole))


def _started(terms: Terms, steps: int) -> BuildStarted:
    return BuildStarted(album=terms.album, steps=steps, time=time.strftime("%Y-%m-%dT%H:%M:%S%z"))


def _finished(result: Result) -> BuildFinished:
    seconds = round(result.seconds, 3)
    return BuildFinished(status=result.status, seconds=seconds, **result.counts)


class _Site:
    """What a build works with, and what it must put away in the end."""

    def __init__(
        self,
        store: Store,
        terms: Terms,
        *,
        sources: Sources,
        emit: Iterable[Emit],
        stop: Event,
    ) -> None:
        run = run_id()
        self._store = store
        self._terms = terms
        self._stop = stop
        self._diary = Diary(store, run)
        self._scratch = Scratch(store, run)
        self._heartbeat = Heartbeat()
        self._emit = Fan((self._diary, self._heartbeat, *emit))
        self._sources = sources
        self._placer = None
        if terms.build_dir is not None:
            self._placer = Placer(store, terms.build_dir, since_ns=terms.since_ns)
        idle = IdleThreads(terms.jobs)
        bench = Workbench(
            store,
            self._sources,
            scratch=self._scratch,
            emit=self._emit,
            cancelled=stop,
            mapper=idle,
        )
        self._executor = LocalExecutor(terms.jobs, bench.perform, idle=idle)

    def build(
        self, plan: Plan, chosen: list[str], *, generate: Generate | None, began: float
    ) -> Result:
        """Work, place, and tell how it ended."""
        schedule = Schedule(
            plan,
            chosen,
            store=self._store,
            sources=self._sources,
            executor=self._executor,
            placer=self._placer,
            emit=self._emit,
            cancelled=self._stop,
            keep_going=self._terms.keep_going,
            force=self._terms.force,
            wanted=self._terms.wanted,
        )
        self._emit(_started(self._terms, len(schedule.selection)))
        self._heartbeat.start(self._emit)
        kept, refused = self._carried_out(plan, schedule, generate)
        self._heartbeat.close()
        result = Result(
            status=self._status(schedule, kept, refused=refused),
            seconds=time.monotonic() - began,
            steps=schedule.results(),
            kept=kept,
            run=self._diary.folder,
            looked=self._looked(),
        )
        schedule.announce()
        self._tell_end(result)
        if refused is not None:
            raise refused
        return result

    def _carried_out(
        self, plan: Plan, schedule: Schedule, generate: Generate | None
    ) -> tuple[tuple[Problem, ...], StorageError | None]:
        """Work and place until nothing is lacking: what of the user's stays, what was refused."""
        deliveries = None
        if self._placer is not None:
            deliveries = Deliveries(
                plan,
                self._placer,
                generate=generate,
                force=self._terms.force,
                cancelled=self._stop,
            )
        while True:
            schedule.work()
            if schedule.storage is not None or self._stop.is_set():
                return (), schedule.storage
            kept: tuple[Problem, ...] = ()
            try:
                lost = self._unsound(schedule)
                if lost is None and deliveries is not None:
                    kept, lost = deliveries.place(schedule.results())
            except StorageError as error:
                return (), error
            except Cancelled:
                return (), None
            if lost is None:
                return kept, None
            schedule.remake(lost.step, damaged=lost.damaged)

    def _unsound(self, schedule: Schedule) -> Lost | None:
        """A wanted step whose result is not as it should be."""
        for step_id in self._terms.wanted:
            try:
                for digest in schedule.results()[step_id].outputs.values():
                    self._store.blob(digest)
            except MissingBlob as missing:
                return Lost(step_id, missing.digest if missing.damaged else None)
        return None

    def _status(
        self,
        schedule: Schedule,
        kept: tuple[Problem, ...],
        *,
        refused: StorageError | None,
    ) -> Literal["ok", "failed", "interrupted"]:
        if self._stop.is_set():
            return "interrupted"
        return "failed" if schedule.failed or kept or refused else "ok"

    def _looked(self) -> dict[Path, tuple[int, int, int, int, int]]:
        """What the file system said of each source when it was hashed, and of what is placed."""
        return self._sources.looked() | ({} if self._placer is None else self._placer.looked())

    def _tell_end(self, result: Result) -> None:
        """Tell what was kept and how the build ended; what failed a step goes into its log."""
        for problem in result.kept:
            self._emit(Log(id=None, level="warning", message=problem.what))
        for step_id, failed in result.failed.items():
            self._diary.write(step_id, f"error: {failed.what}: {failed.why}")
        for step_id, fault in result.faults.items():
            self._diary.write(step_id, fault)
        self._emit(_finished(result))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self._stop.set()
        self._heartbeat.close()
        self._executor.close()
        self._scratch.close()
        self._sources.keep()
        self._diary.close()
