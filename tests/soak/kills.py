"""Builds that are killed or interrupted at any moment: nothing that was finished is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.soak.album import Living, difference, digests_of, living_album
from tests.soak.edits import HEARD
from tests.soak.rounds import Round, nothing_left

STARTED_S = 0.15
"""Python has begun to catch interrupts; until then it loads what runs `main`."""

LONGEST_STOP_S = 2.0
PATIENCE_S = 60


class Ended(NamedTuple):
    """How a build in a process of its own came to its end; `last` tells how far its events go."""

    code: int
    err: str
    ran: frozenset[str]
    last: str
    stop_s: float = 0.0


def kill_rounds(folder: Path, *, count: int, seed: int) -> Iterator[Round]:
    """SIGKILL, at times twice in a row; then the build goes on and equals a clean one."""
    yield from _rounds(folder, signal.SIGKILL, count=count, seed=seed)


def interrupt_rounds(folder: Path, *, count: int, seed: int) -> Iterator[Round]:
    """SIGINT, which ends a build soon and in good order; then it goes on as above."""
    yield from _rounds(folder, signal.SIGINT, count=count, seed=seed)


def _rounds(folder: Path, number: signal.Signals, *, count: int, seed: int) -> Iterator[Round]:
    living = living_album(folder)
    draw = random.Random(seed)
    full = _whole(living)
    clean = living.clean_digests()
    for at in range(count):
        said = _much_to_do(living, draw)
        if said:
            clean = living.clean_digests()
        finished: frozenset[str] = frozenset()
        wrong = ""
        for _ in range(draw.choice([1, 1, 2])):
            after_s = draw.uniform(0.05, full)
            ended = _stopped(living, number, after_s)
            finished |= ended.ran
            said += f" {number.name} after {after_s:.2f} s, {len(ended.ran)} steps ran;"
            wrong = wrong or (_bad_manners(living, ended) if number == signal.SIGINT else "")
        wrong = wrong or _not_made_good(living, finished, clean)
        yield Round(f"{number.name.lower()} {at}:{said}", wrong)
        if wrong:
            shutil.copytree(living.root, folder / f"wrong-{at}", symlinks=True)
            _unbuild(living)


def _whole(living: Living) -> float:
    """Seconds that a build of everything takes, in a process of its own."""
    began = time.monotonic()
    with _begun(living) as process:
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    return time.monotonic() - began


def _unbuild(living: Living) -> None:
    for name in (".albumbuild", "build"):
        shutil.rmtree(living.root / name, ignore_errors=True)


def _much_to_do(living: Living, draw: random.Random) -> str:
    """Take away all that was built, or edit a good deal; what was edited."""
    way = draw.random()
    if way < 0.5:
        _unbuild(living)
        return ""
    before = living.state
    done = []
    for _ in range(12):
        here = living.state
        edit = draw.choice(HEARD)
        try:
            edit(living, draw)
            living.save()
        except (IndexError, KeyError, ValueError):
            living.state = here
            continue
        if living.run("check").code == 0:
            done.append(edit.__name__)
        else:
            living.state = here
    rate = draw.choice([44_100, 48_000])
    living.edit("rate_hz", 48_000 if living.album.get("rate_hz") == rate else rate)
    if living.run("check").code:
        living.state = before
        _unbuild(living)
        return ""
    return f" {len(done)} edits;"


def _begun(living: Living) -> subprocess.Popen[str]:
    events = living.root / "events.jsonl"
    events.unlink(missing_ok=True)
    command = [sys.executable, "-m", "albumbuild", "-C", str(living.root), "make", "-j", "2"]
    return subprocess.Popen(
        [*command, "--events", str(events)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _stopped(living: Living, number: signal.Signals, after_s: float) -> Ended:
    """Begin a build, send a signal to all of its processes after a while, and see it end."""
    with _begun(living) as process:
        if number == signal.SIGINT:
            _await_python(process)
        time.sleep(after_s)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, number)
        sent = time.monotonic()
        _, err = process.communicate(timeout=PATIENCE_S)
        stop_s = time.monotonic() - sent
    ran, last = _told(living.root / "events.jsonl")
    return Ended(process.returncode, err, ran, last if running else "in time", stop_s)


def _await_python(process: subprocess.Popen[str]) -> None:
    """Wait until Python catches interrupts, and then for `main`."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        caught = next(line for line in status.read_text().splitlines() if line[:7] == "SigCgt:")
        if int(caught[7:], 16) & 1 << signal.SIGINT - 1:
            break
        time.sleep(0.005)
    time.sleep(STARTED_S)


def _told(events: Path) -> tuple[frozenset[str], str]:
    """The steps that ran, and the build's status or else the last event, as far as it was told.

    A line cut short says nothing.
    """
    text = events.read_text() if events.exists() else ""
    found = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    ran = {event["id"] for event in found if event.get("status") == "ran"}
    last = found[-1] if found else {"event": "no event"}
    return frozenset(ran), last["status" if last["event"] == "build_finished" else "event"]


def _bad_manners(living: Living, ended: Ended) -> str:
    """What an interrupted build did not do as it should."""
    codes = {"in time": (0,), "ok": (0, 130)}.get(ended.last, (130,))
    if ended.code not in codes:
        return f"exit code {ended.code} after {ended.last}\n{ended.err}"
    if ended.stop_s > LONGEST_STOP_S:
        return f"stops only after {ended.stop_s:.1f} s"
    if "Traceback" in ended.err:
        return ended.err
    left = [*(living.root / ".albumbuild/tmp").glob("*")]
    return f"leaves {left}" if left else ""


def _not_made_good(living: Living, finished: frozenset[str], clean: dict[str, str]) -> str:
    """What is wrong once the build has gone on."""
    with _begun(living) as process:
        _, err = process.communicate(timeout=PATIENCE_S)
    if process.returncode != 0:
        return f"the next make ends in {process.returncode}\n{err}"
    twice = _told(living.root / "events.jsonl")[0] & finished
    if twice:
        return f"runs again what had finished: {sorted(twice)}"
    if unlike := difference(digests_of(living.root / "build"), clean):
        return f"a clean build has other bytes: {unlike}"
    left = [*(living.root / ".albumbuild/tmp").glob("*")]
    return f"leaves {left}" if left else nothing_left(living)
