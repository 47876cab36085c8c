"""The stream of events in the form that was promised, and the diary that keeps it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from albumbuild.engine.events import JsonLines
from tests.engine.fakes import OUT, Bench, hooks, step

STEPS = [step("mix:tide", value=1), step("deliver:cd", "mix:tide", place="cd")]


def test_each_event_is_a_line_of_json(tmp_path):
    bench = Bench(tmp_path)
    lines = JsonLines(tmp_path / "events.jsonl")
    result = bench.make(STEPS, emit=[lines], album="Salt")
    lines.close()
    found = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert found[0] | {"time": ""} == {
        "event": "build_started",
        "album": "Salt",
        "steps": 2,
        "time": "",
    }
    assert found[1] == {
        "event": "step_started",
        "id": "mix:tide",
        "kind": "fake",
        "why": ["never built"],
    }
    ended = next(each for each in found if each["event"] == "step_finished")
    digest = result.steps["mix:tide"].outputs[OUT]
    assert ended | {"seconds": 0} == {
        "event": "step_finished",
        "id": "mix:tide",
        "status": "ran",
        "seconds": 0,
        "outputs": {OUT: f"blake3:{digest}"},
        "why": ["never built"],
    }
    counts = {"ran": 2, "restored": 0, "current": 0, "failed": 0, "skipped": 0}
    assert found[-1] | {"seconds": 0} == {
        "event": "build_finished",
        "status": "ok",
        **counts,
        "seconds": 0,
    }
    assert (result.run / "events.jsonl").read_bytes().count(b"\n") == len(found)


def test_a_step_that_said_something_has_a_log(tmp_path):
    hooks["mix:tide"] = lambda progress: progress.log("warning", "a peak")
    result = Bench(tmp_path).make(STEPS)
    hooks.clear()
    assert (result.run / "mix:tide.log").read_text() == "warning: a peak\n"


def test_the_last_twenty_runs_are_kept(tmp_path):
    bench = Bench(tmp_path)
    for _ in range(23):
        bench.make(STEPS[:1])
    assert len(list((tmp_path / ".albumbuild" / "runs").iterdir())) == 20


def test_a_process_that_was_killed_leaves_its_finished_steps_and_nothing_else(tmp_path):
    script = (
        "import os, signal, pathlib; from tests.engine.fakes import *;"
        "import tests.engine.test_events as t;"
        "hooks['deliver:cd'] = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        f"Bench(pathlib.Path({str(tmp_path)!r})).make(t.STEPS)"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert list((tmp_path / ".albumbuild" / "tmp").iterdir())
    assert Bench(tmp_path).ran(STEPS) == {"deliver:cd"}
    assert not list((tmp_path / ".albumbuild" / "tmp").iterdir())
