"""The diary of each build under `runs/`, and the scratch folder that it works in."""

import fcntl
import os
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from urllib.parse import quote

import msgspec

from albumbuild.engine.events import Event, JsonLines, Log, StepFinished, StepStarted
from albumbuild.engine.files import Disk, StorageError, storage_error
from albumbuild.engine.states import good_states, runs_of
from albumbuild.engine.store import Store

_KEPT = 20


class Diary:
    """A reader of events that writes them under `runs/<id>/`, with a log for each step.

    The last 20 runs are kept, and those whose state is among the last good ones.
    """

    def __init__(self, store: Store, run: str) -> None:
        self.folder = store.root / "runs" / run
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._events = JsonLines(self.folder / "events.jsonl")
        except OSError as error:
            raise storage_error(error, self.folder) from error
        _forget_old(store)

    def __call__(self, event: Event) -> None:
        """Note an event; a disk that is full loses the note and not the build."""
        self._events(event)
        match event:
            case StepStarted(id=step, why=why):
                self.write(step, f"started: {'; '.join(why)}")
            case Log(id=step, level=level, message=message):
                self.write(step or "build", f"{level}: {message}")
            case StepFinished(id=step, status="ran" | "failed" as status):
                outputs = "".join(f"\n  {k}: {v}" for k, v in event.outputs.items())
                self.write(step, f"{status}: {event.seconds:.3f} s{outputs}")

    def write(self, step: str, text: str) -> None:
        """Add a line to a step's log."""
        path = self.folder / f"{quote(step, safe=':@+ ')[:120]}.log"
        with suppress(OSError), path.open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {text}\n")

    def close(self) -> None:
        """The build has ended."""
        with suppress(StorageError):
            self._events.close()


def run_id() -> str:
    """A name for a run that sorts by time and that no other process of this machine has."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1_000_000_000:09}-{os.getpid()}"


def last_statuses(store: Store) -> dict[str, str]:
    """How each step ended in the last run; empty where there was none."""
    found: dict[str, str] = {}
    for run in runs_of(store)[:1]:
        with suppress(OSError):
            for line in (run / "events.jsonl").read_bytes().splitlines():
                with suppress(msgspec.DecodeError, UnicodeDecodeError):  # another event, or none
                    end = msgspec.json.decode(line, type=StepFinished)
                    found[end.id] = end.status
    return found


class Scratch:
    """A folder for unfinished results, made when the first is begun and gone with its run.

    Those of runs that are dead are removed.
    """

    def __init__(self, store: Store, run: str) -> None:
        self._disk = store.disk
        self._folder = store.root / "tmp" / run
        self._lock = Lock()
        self._held: int | None = None
        self._serial = count()
        _sweep(self._disk, self._folder.parent)

    def folder_for(self, key: str) -> Path:
        """A new, empty folder for the result of one key.

        Raises:
            StorageError: it cannot be made.
        """
        try:
            with self._lock:
                if self._held is None:
                    self._hold()
                folder = self._folder / f"{key[:16]}-{next(self._serial)}"
            folder.mkdir()
        except OSError as error:
            raise storage_error(error, self._folder) from error
        return folder

    def close(self) -> None:
        """Nothing in it is wanted any more."""
        if self._held is None:
            return
        try:
            self._disk.remove_tree(self._folder)
        finally:
            os.close(self._held)
            self._held = None

    def _hold(self) -> None:
        """Make the folder and lock it; again, where another process took it for a dead one's."""
        while True:
            with suppress(FileNotFoundError, FileExistsError):
                self._folder.mkdir(parents=True, exist_ok=True)
                held = os.open(self._folder, os.O_RDONLY)
                with suppress(FileNotFoundError, BlockingIOError):
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if os.fstat(held).st_ino == self._folder.stat().st_ino:
                        self._held = held
                        return
                os.close(held)


def _sweep(disk: Disk, folder: Path) -> None:
    """Remove the scratch folders that no living process holds."""
    for left in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                disk.remove_tree(left)
            finally:
                os.close(descriptor)


def _forget_old(store: Store) -> None:
    old = runs_of(store)[_KEPT:]
    good = {run for run, _ in good_states(store)} if old else set()
    for run in old:
        if run not in good:
            store.disk.remove_tree(run)
