"""The build: brings the targets of a plan up to date, running the least set of steps."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import Literal, Self

from albumbuild.engine.deliveries import Deliveries, Generate
from albumbuild.engine.events import BuildFinished, BuildStarted, Emit, Fan, Log
from albumbuild.engine.executors.local import IdleThreads, LocalExecutor
from albumbuild.engine.files import StorageError
from albumbuild.engine.jobs import Workbench
from albumbuild.engine.placing import Placer
from albumbuild.engine.plan import Plan
from albumbuild.engine.results import Result
from albumbuild.engine.runs import Diary, Scratch, run_id
from albumbuild.engine.schedule import Schedule
from albumbuild.engine.sources import Sources
from albumbuild.engine.store import Store
from albumbuild.model.problem import Problem


def build(
    plan: Plan,
    targets: Iterable[str],
    *,
    store: Store,
    jobs: int,
    build_dir: Path | None = None,
    keep_going: bool = False,
    force: bool = False,
    emit: Iterable[Emit] = (),
    generate: Generate | None = None,
    cancelled: Event | None = None,
    album: str = "",
    clock: Callable[[], int] = time.time_ns,
) -> Result:
    """Bring the steps that `targets` name, and all that they need, up to date.

    Then puts those that have a place under `build_dir`, and removes what was placed for
    steps that the plan has no more. `force` runs the targets whatever is on record and
    replaces outputs that were edited. `cancelled`, once set, stops at the next block.

    Raises:
        UnknownTarget: a target names no step.
        StorageError: the disk refuses; steps that had finished are kept.
    """
    began = time.monotonic()
    chosen = plan.select(targets)
    store.prepare()
    stop = cancelled or Event()
    with _Site(store, jobs, emit=emit, stop=stop, clock=clock) as site:
        placer = None if build_dir is None else Placer(store, build_dir)
        schedule = Schedule(
            plan,
            chosen,
            store=store,
            sources=site.sources,
            executor=site.executor,
            placer=placer,
            emit=site.emit,
            cancelled=stop,
            keep_going=keep_going,
            force=force,
        )
        started = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        site.emit(BuildStarted(album=album, steps=len(schedule.selection), time=started))
        deliveries = None
        if placer is not None:
            deliveries = Deliveries(plan, placer, generate=generate, force=force)
        kept, refused = _carried_out(schedule, deliveries, stop)
        status = _status(schedule, kept, refused=refused, stop=stop)
        result = Result(
            status=status,
            seconds=time.monotonic() - began,
            steps=schedule.results(),
            kept=kept,
            run=site.folder,
            looked=site.sources.looked() | (placer.looked() if placer is not None else {}),
        )
        schedule.announce()
        site.tell_end(result)
        if refused is not None:
            raise refused
        return result


class _Site:
    """What a build works with, and what it must put away in the end."""

    def __init__(
        self,
        store: Store,
        jobs: int,
        *,
        emit: Iterable[Emit],
        stop: Event,
        clock: Callable[[], int],
    ) -> None:
        run = run_id()
        self._stop = stop
        self._diary = Diary(store, run)
        self._scratch = Scratch(store, run)
        self.folder = self._diary.folder
        self.emit = Fan((self._diary, *emit))
        self.sources = Sources(store.root / "stat.sqlite", clock=clock)
        idle = IdleThreads(jobs)
        bench = Workbench(
            store,
            self.sources,
            scratch=self._scratch,
            emit=self.emit,
            cancelled=stop,
            mapper=idle,
        )
        self.executor = LocalExecutor(jobs, bench.perform, idle=idle)

    def tell_end(self, result: Result) -> None:
        """Tell what was kept and how the build ended; our own mistakes go into steps' logs."""
        for problem in result.kept:
            self.emit(Log(id=None, level="warning", message=problem.what))
        for step_id, fault in result.faults.items():
            self._diary.write(step_id, fault)
        seconds = round(result.seconds, 3)
        self.emit(BuildFinished(status=result.status, seconds=seconds, **result.counts))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self._stop.set()
        self.executor.close()
        self._scratch.close()
        self.sources.keep()
        self._diary.close()


def _carried_out(
    schedule: Schedule, deliveries: Deliveries | None, stop: Event
) -> tuple[tuple[Problem, ...], StorageError | None]:
    """Work and place until nothing is lacking: what was kept of the user's, what was refused."""
    while True:
        schedule.work()
        if schedule.storage is not None or stop.is_set() or deliveries is None:
            return (), schedule.storage
        try:
            kept, lost = deliveries.place(schedule.results())
        except StorageError as error:
            return (), error
        if lost is None:
            return kept, None
        schedule.remake(lost.step, damaged=lost.damaged)


def _status(
    schedule: Schedule,
    kept: tuple[Problem, ...],
    *,
    refused: StorageError | None,
    stop: Event,
) -> Literal["ok", "failed", "interrupted"]:
    if stop.is_set():
        return "interrupted"
    return "failed" if schedule.failed or kept or refused else "ok"
