"""What a command costs with all that it starts: CPU and wall seconds, and peak memory."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLED_S, FIRST_S = 0.1, 0.005
QUIET_S = 2.5
"""A file that was written within it is not yet known to be at rest."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU is user and system of the whole tree of processes; memory is that of all at once."""

    cpu_s: float
    wall_s: float
    peak_mb: float


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A command to measure; `prepare`, which is not, gets the number of the run."""

    name: str
    command: Sequence[str]
    prepare: Callable[[int], None] = lambda _: None


def cost_of(command: Sequence[str]) -> Cost:
    """The cost of a command that ends well.

    Memory is sampled, often at first and later every tenth of a second: the proportional shares
    (PSS) of all processes, with what they have of mapped files.

    Raises: RuntimeError with what it said on stderr when it fails.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        sampler = Sampler(child.pid)
        sampler.start()
        _, status, used = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - began
        sampler.stop()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}\n{said.read().decode()[-2000:]}")
    return Cost(
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=wall_s,
        peak_mb=sampler.peak_kb / 1024,
    )


class Sampler(threading.Thread):
    """Watches the memory of a process and its descendants; `peak_kb` is the most that it saw."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_kb = 0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        pause_s = FIRST_S
        while not self._over.wait(pause_s):
            pause_s = min(1.1 * pause_s, SAMPLED_S)
            self.peak_kb = max(self.peak_kb, sum(share_kb(pid) for pid in family(self._pid)))

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        self.join()


def family(pid: int) -> list[int]:
    """A process and its descendants, those that are still there."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return [pid]
    return [pid, *(each for text in lists for child in text.split() for each in family(int(child)))]


def share_kb(pid: int) -> int:
    """The proportional share of a process, 0 when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def interleaved(contenders: Sequence[Contender], runs: int) -> dict[str, list[Cost]]:
    """The costs of each; they take turns, so that all see the same machine."""
    costs: dict[str, list[Cost]] = {each.name: [] for each in contenders}
    for run in range(runs):
        for each in contenders:
            each.prepare(run)
            costs[each.name].append(cost_of(each.command))
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    return Cost(
        cpu_s=statistics.median(each.cpu_s for each in costs),
        wall_s=statistics.median(each.wall_s for each in costs),
        peak_mb=statistics.median(each.peak_mb for each in costs),
    )
