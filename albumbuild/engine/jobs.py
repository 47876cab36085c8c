"""One job: a step that is ready to run, and what became of it."""

import errno
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event
from typing import Protocol, TypeAlias, cast

import msgspec

from albumbuild.engine.action import Action, Cancelled, Mapper, Needs, Progress, StepError
from albumbuild.engine.events import Emit, Log, StepProgress
from albumbuild.engine.files import REFUSED, StorageError, storage_error
from albumbuild.engine.fingerprint import library_version
from albumbuild.engine.lock import single_flight
from albumbuild.engine.records import Record
from albumbuild.engine.runs import Scratch
from albumbuild.engine.sources import Sources
from albumbuild.engine.spans import span, step_span
from albumbuild.engine.store import MissingBlob, Store
from albumbuild.model.problem import Problem

_PROGRESS_EVERY_S = 0.2


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A step with all that it needs known.

    `digests` is what each of its sources held when the key was made; `forced` runs it
    although a result is on record.
    """

    id: str
    key: str
    recipe: str
    action: Action
    blobs: Mapping[str, str]
    sources: Mapping[str, Path]
    digests: Mapping[str, str]
    why: tuple[str, ...]
    forced: bool = False


class Ran(msgspec.Struct, frozen=True):
    """The step was computed, or by another process meanwhile (`here` is False)."""

    record: Record
    here: bool = True


class Failed(msgspec.Struct, frozen=True):
    """The step cannot be done; `fault` holds the traceback where the mistake is ours."""

    problem: Problem
    fault: str = ""


class Lacking(msgspec.Struct, frozen=True):
    """Something that the step needs is gone from the store, or was damaged there."""

    digest: str
    damaged: bool


class Changed(msgspec.Struct, frozen=True):
    """Files of the user that were saved while the step ran; its result is void.

    `for_good` says whether one of them holds something else now.
    """

    paths: tuple[Path, ...]
    for_good: bool


class Refused(msgspec.Struct, frozen=True):
    """The disk would not take the result."""

    error: StorageError


class Interrupted(msgspec.Struct, frozen=True):
    """The user stopped the build."""


Outcome: TypeAlias = Ran | Failed | Lacking | Changed | Refused | Interrupted


class Executor(Protocol):
    """Runs jobs that are ready, in any order."""

    slots: int

    def submit(self, job: Job) -> None:
        """Take a job on."""

    def poll(self, timeout_s: float) -> list[tuple[Job, Outcome]]:
        """The jobs that have ended since it was asked last."""

    def close(self) -> None:
        """No more jobs come."""


class Workbench:
    """Where jobs are done: calls their action and brings what it left into the store."""

    def __init__(
        self,
        store: Store,
        sources: Sources,
        *,
        scratch: Scratch,
        emit: Emit,
        cancelled: Event,
        mapper: Mapper,
    ) -> None:
        self._store = store
        self._sources = sources
        self._scratch = scratch
        self._emit = emit
        self._cancelled = cancelled
        self._mapper = mapper

    def perform(self, job: Job) -> Outcome:
        """Do a job once among all processes of this store, and say what became of it."""
        try:
            with single_flight(self._store.root / "inflight" / job.key, self._cancelled):
                done = None if job.forced else self._store.record(job.key)
                if done is not None and all(map(self._store.has, done.outputs.values())):
                    return Ran(done, here=False)
                with step_span(job.id):
                    return self._run(job)
        except Cancelled:
            return Interrupted()
        except MissingBlob as missing:
            return Lacking(missing.digest, missing.damaged)
        except StorageError as error:
            return Refused(error)

    def _run(self, job: Job) -> Outcome:
        needs = Needs(
            {role: self._store.blob(digest) for role, digest in job.blobs.items()}, job.sources
        )
        into = self._scratch.folder_for(job.key)
        began = time.monotonic()
        seen = {path: self._sources.seen(path) for path in job.sources.values()}
        warnings: list[str] = []
        progress = self._progress(job, warnings)
        failed: Failed | None = None
        try:
            job.action.run(needs, into, progress)
        except Cancelled:
            self._store.disk.remove_tree(into)
            raise
        except Exception as error:
            refused = self._refusal(error, job, into, share=progress.share)
            if refused is not None:
                self._store.disk.remove_tree(into)
                raise refused from error
            failed = _failure(error)
        since = {
            path: self._sources.since(path, job.digests[role], seen[path])
            for role, path in job.sources.items()
        }
        saved = tuple(path for path, change in since.items() if change != "none")
        if saved or failed is not None:
            self._store.disk.remove_tree(into)
        if saved:
            return Changed(saved, "changed" in since.values())
        if failed is not None:
            return failed
        with span("keep", "store"):
            return Ran(self._keep(job, into, warnings, time.monotonic() - began))

    def _refusal(
        self, error: Exception, job: Job, into: Path, *, share: float
    ) -> StorageError | None:
        """What a step's error says of the disk, with the bytes that it wants, roughly.

        These are guessed from how far it came, or from what it needs.
        """
        if isinstance(error, StorageError):
            return error
        if isinstance(error, StepError):
            return None
        told = isinstance(error, OSError) and error.errno in REFUSED
        if not told and not self._store.disk.is_full(into):
            return None
        written = sum(path.stat().st_size for path in into.rglob("*") if path.is_file())
        heard = sum(map(self._store.size, job.blobs.values()))
        needed = round(written / share) if written and share else heard
        refusal = error if told else OSError(errno.ENOSPC, "no space left")
        return storage_error(cast("OSError", refusal), into, needed=needed)

    def _keep(self, job: Job, into: Path, warnings: list[str], seconds: float) -> Record:
        files = sorted(path for path in into.rglob("*") if path.is_file())
        names = [path.relative_to(into).as_posix() for path in files]
        sizes = [path.stat().st_size for path in files]
        digests = [self._store.put(path) for path in files]
        record = Record(
            key=job.key,
            step=job.id,
            recipe=job.recipe,
            outputs=dict(zip(names, digests, strict=True)),
            sizes=dict(zip(names, sizes, strict=True)),
            why=job.why,
            warnings=tuple(warnings),
            seconds=round(seconds, 6),
            peak_bytes=_peak_bytes(),
            versions={name: library_version(name) for name in job.action.libraries},
        )
        self._store.keep(record)
        self._store.disk.remove_tree(into)
        return record

    def _progress(self, job: Job, warnings: list[str]) -> Progress:
        """How a job reports; its `warnings` are gathered."""

        def log(level: str, text: str) -> None:
            if level == "warning":
                warnings.append(text)
            self._emit(Log(id=job.id, level=level, message=text))

        return Progress(
            report=_throttled(lambda share: self._emit(StepProgress(id=job.id, done=share))),
            log=log,
            cancelled=self._cancelled,
            mapper=self._mapper,
        )


def keeps_changing(paths: Iterable[Path]) -> Problem:
    """A file was saved again each time a step read it."""
    names = ", ".join(f"`{path.name}`" for path in paths)
    return Problem(
        slug="keeps-changing",
        what=f"{names} keeps changing",
        why="it was written to while a step read it, twice",
        fix="let the program that writes it finish, then make again",
    )


def _failure(error: Exception) -> Failed:
    """What the step's own error means: a mistake of the user's, or of ours."""
    if isinstance(error, StepError):
        return Failed(error.problem)
    text = f"{type(error).__name__}: {error}"
    problem = Problem(slug="fault", what="a fault in albumbuild", why=text)
    return Failed(problem, "".join(traceback.format_exception(error)))


def _throttled(report: Callable[[float], None]) -> Callable[[float], None]:
    """`report`, called no more than five times a second."""
    last = [0.0]

    def throttled(share: float) -> None:
        now = time.monotonic()
        if now - last[0] >= _PROGRESS_EVERY_S:
            last[0] = now
            report(round(share, 4))

    return throttled


def _peak_bytes() -> int:
    """The most memory that this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
