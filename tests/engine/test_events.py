"""The stream of events in the form that was promised, and the diary that keeps it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from albumbuild.engine import heartbeat as heartbeat_module
from albumbuild.engine.events import JsonLines, Log, StepFinished, StepProgress, StepStarted
from albumbuild.engine.files import StorageError
from albumbuild.engine.heartbeat import Heartbeat
from albumbuild.engine.lock import hold
from albumbuild.engine.states import good_states, runs_of
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


def test_a_reader_that_goes_away_does_not_stop_the_build(tmp_path):
    def gone(_):
        raise BrokenPipeError

    bench, events = Bench(tmp_path), []
    assert bench.make(STEPS, emit=[gone, events.append]).status == "ok"
    assert type(events[-1]).__name__ == "BuildFinished"


def test_events_that_find_no_room_are_told_when_all_is_done(tmp_path):
    lines = JsonLines(Path("/dev/full"))
    assert Bench(tmp_path).make(STEPS, emit=[lines]).status == "ok"
    with pytest.raises(StorageError, match="no space left"):
        lines.close()


def test_events_whose_reader_leaves_are_no_fault(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    lines = JsonLines(pipe)
    os.close(reader)
    assert Bench(tmp_path).make(STEPS, emit=[lines]).status == "ok"
    lines.close()


def test_a_build_that_waited_in_vain_tells_its_beginning_and_its_end(tmp_path):
    bench, cancelled = Bench(tmp_path), Event()
    cancelled.set()
    with hold(bench.store().lock, "exclusive", who="gc"):
        bench.make(STEPS, cancelled=cancelled)
    assert [type(each).__name__ for each in bench.events] == ["BuildStarted", "BuildFinished"]


def test_every_step_that_ran_has_a_log(tmp_path):
    hooks["mix:tide"] = lambda progress: progress.log("warning", "a peak")
    bench = Bench(tmp_path)
    result = bench.make(STEPS)
    hooks.clear()
    log = (result.run / "mix:tide.log").read_text()
    assert re.sub(r"\b\d+([:.]\d+)+", "0", log) == (
        "0 started: never built\n0 warning: a peak\n0 ran: 0 s\n"
        f"  {OUT}: blake3:{result.steps['mix:tide'].outputs[OUT]}\n"
    )
    assert (result.run / "deliver:cd.log").exists()
    assert [path.name for path in bench.make(STEPS).run.glob("*.log")] == []


def test_a_step_that_failed_says_why_in_its_log(tmp_path):
    result = Bench(tmp_path).make([step("mix:tide", fails=True)])
    assert "error: mix:tide fails" in (result.run / "mix:tide.log").read_text()


def test_the_last_twenty_runs_are_kept(tmp_path):
    bench = Bench(tmp_path)
    for _ in range(23):
        bench.make(STEPS[:1])
    assert len(runs_of(bench.store())) == 20


def test_the_last_good_states_outlive_the_last_twenty_runs(tmp_path):
    bench = Bench(tmp_path)
    for value in range(5):
        bench.make([step("mix:tide", value=value)])
    keys = [state.keys for _, state in good_states(bench.store())]
    assert len(keys) == 3
    for _ in range(23):
        bench.make([step("mix:tide", value=7, fails=True)])
    assert [state.keys for _, state in good_states(bench.store())] == keys
    assert len(runs_of(bench.store())) == 23


def test_a_quiet_step_gives_a_sign_of_life():
    now = [0.0]
    heartbeat = Heartbeat(every_s=5, clock=lambda: now[0])
    heartbeat(StepStarted(id="mix:tide", kind="mix", why=[]))
    heartbeat(StepProgress(id="mix:tide", done=0.4))
    now[0] = 4.9
    assert heartbeat.due() == []
    now[0] = 5.0
    assert heartbeat.due() == [StepProgress(id="mix:tide", done=0.4)]
    end = StepFinished(id="mix:tide", status="ran", seconds=5, outputs={}, why=[])
    heartbeat(end)
    now[0] = 11.0
    assert [type(each) for each in heartbeat.due()] == [Log]


def test_a_build_beats_while_a_step_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat_module, "EVERY_S", 0.1)
    monkeypatch.setattr(heartbeat_module, "_LOOK_EVERY_S", 0.02)
    hooks["mix:tide"] = lambda _: time.sleep(0.5)
    bench = Bench(tmp_path)
    bench.make(STEPS[:1])
    hooks.clear()
    signs = [each for each in bench.events if isinstance(each, StepProgress)]
    assert len(signs) >= 3


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
