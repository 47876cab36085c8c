"""Several processes at once on one album, some of them killed: each key is made once in all."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from albumbuild.engine.action import Progress
from albumbuild.engine.events import JsonLines
from albumbuild.engine.files import StorageError
from albumbuild.engine.plan import Step
from albumbuild.engine.runs import Scratch
from tests.engine.fakes import Bench, hooks, in_thread, step

PROJECT = Path(__file__).parents[2]
MIXES = [f"mix:{letter}" for letter in "abcdefgh"]
PAUSE_S = 0.03


def album() -> list[Step]:
    """Mixes that two sequences share, and a deliverable of each."""
    return [
        *(step(name, value=index) for index, name in enumerate(MIXES)),
        *(step(f"sequence:{name}", *MIXES, value=name) for name in ("cd", "lp")),
        *(step(f"deliver:{name}", f"sequence:{name}", place=name) for name in ("cd", "lp")),
    ]


def go(root: str, events: str) -> None:
    """What each process does: every step takes a moment."""
    for each in album():
        hooks[each.id] = _dawdle
    lines = JsonLines(Path(events))
    result = Bench(Path(root)).make(album(), emit=[lines])
    assert result.status == "ok"


def _dawdle(_: Progress) -> None:
    time.sleep(PAUSE_S)


def started(root: Path, events: Path) -> "subprocess.Popen[bytes]":
    """A process that builds."""
    script = f"from tests.engine.test_together import go; go({str(root)!r}, {str(events)!r})"
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    )


@pytest.mark.parametrize("seed", range(5))
def test_each_key_is_made_once_although_one_is_killed(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    files = [tmp_path / f"{number}.jsonl" for number in range(3)]
    running = [started(tmp_path, files[0])]
    while not files[0].exists() or b"step_started" not in files[0].read_bytes():
        assert running[0].poll() is None
        time.sleep(0.005)
    running += [started(tmp_path, events) for events in files[1:]]
    time.sleep(draw.uniform(0, len(MIXES) * PAUSE_S))
    running[0].send_signal(signal.SIGKILL)
    assert [process.wait(30) for process in running][1:] == [0, 0]
    events = [json.loads(line) for path in files for line in _whole_lines(path)]
    ran = Counter(each["id"] for each in events if each.get("status") == "ran")
    assert max(ran.values()) == 1, "a step that was finished was done again"
    bench = Bench(tmp_path)
    assert bench.ran(album()) == set()
    heard = ",".join(f"{index}()" for index in range(len(MIXES)))
    assert bench.placed() == {f"{name}/out.txt": f"0({name}({heard}))" for name in ("cd", "lp")}
    assert not list((tmp_path / ".albumbuild").glob("tmp/*"))


def _whole_lines(path: Path) -> list[bytes]:
    """The lines of a file, without one that was being written."""
    return path.read_bytes().split(b"\n")[:-1]


def test_scratch_folders_are_safe_from_those_who_clear_up(tmp_path: Path) -> None:
    store = Bench(tmp_path).store()
    lost: list[object] = []

    def come_and_go(number: int) -> None:
        for turn in range(100):
            scratch = Scratch(store, f"run-{number}-{turn}")
            try:
                folder = scratch.folder_for("key")
                lost.extend([] if folder.is_dir() else [folder])
            except StorageError as error:
                lost.append(error)
            scratch.close()

    threads = [in_thread(lambda number=number: come_and_go(number)) for number in range(4)]
    for thread in threads:
        thread.join()
    assert lost == []
    assert not list((tmp_path / ".albumbuild" / "tmp").iterdir())
