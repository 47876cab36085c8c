"""albumbuild in a process of its own: to wait for, to interrupt, to kill, to run beside another."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tests.studio import Said, Studio, ends

PATIENCE_S = 20


class Running:
    """A command in a process group of its own, and what it has said so far, under `folder`.

    `events` is whether it tells its events; `program` is the folder of another albumbuild.
    """

    def __init__(
        self,
        studio: Studio,
        folder: Path,
        *command: str,
        events: bool = True,
        program: Path | None = None,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.out, self.err, self.told = folder / "out", folder / "err", folder / "events.jsonl"
        told = ["--events", str(self.told)] if events else []
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "albumbuild", "-C", str(studio.root), *command, *told],
                cwd=program,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def events(self) -> list[dict[str, Any]]:
        """What it has told so far; a line cut short says nothing."""
        text = self.told.read_text() if self.told.exists() else ""
        lines = text.splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def statuses(self) -> dict[str, str]:
        """How each step ended that has ended so far."""
        return ends(self.events())

    def ran(self) -> set[str]:
        """The steps that have run so far."""
        return {step for step, status in self.statuses().items() if status == "ran"}

    def started(self, step: str) -> bool:
        """Whether a step has begun to run."""
        return any(e["event"] == "step_started" and e["id"] == step for e in self.events())

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds, while it runs."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until, self.out.read_text() + self.err.read_text()
            assert self.process.poll() is None, self.err.read_text()
            time.sleep(0.01)

    def end(self) -> Said:
        """Wait for its end: its exit code and all that it said."""
        code = self.process.wait(timeout=PATIENCE_S)
        return Said(code, self.out.read_text(), self.err.read_text())

    def has_children(self) -> bool:
        """Whether some process that it started lives on."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Watch(Running):
    """A `watch`, whose events go to the folder that it watches."""

    def __init__(self, studio: Studio, folder: Path, *arguments: str) -> None:
        told = ("--events", str(studio.root / "events.jsonl"))
        super().__init__(studio, folder, "watch", *arguments, *told, events=False)

    def builds(self) -> int:
        """How many builds have ended."""
        return self.err.read_text().count("watching; ")

    def wait_for(self, builds: int) -> None:
        """Wait until so many have."""
        self.wait(lambda: self.builds() >= builds)
