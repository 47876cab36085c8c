"""`make --profile`: where time went, by step and by device, and as a trace."""

import json
from pathlib import Path

import pytest

from albumbuild.commands.profiling import profile_of
from albumbuild.engine.spans import Span, recording, span, step_span
from tests.studio import Studio


def test_a_build_tells_steps_devices_and_a_trace(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    studio.edit("songs.a.stems.bass.gain_db", -2)
    said = studio.run("make", "--profile", str(file))
    assert said.code == 0, said.err
    profile = json.loads(file.read_text())
    steps = {row["step"]: row for row in profile["steps"]}
    assert {"mix:a", "master:a@cd", "sequence:cd", "deliver:cd"} <= set(steps)
    mix = steps["mix:a"]
    own = sum(row["cpu_s"] for row in mix["work"])
    assert own == pytest.approx(mix["cpu_s"], abs=1e-3)
    assert {"read", "measure", "write"} <= {row["work"] for row in mix["work"]}
    assert any(row["work"] == "device" for row in profile["work"])
    for event in profile["traceEvents"]:
        assert event["ph"] == "X"
        assert event["dur"] >= 0.0 <= event["ts"]


def test_a_build_with_nothing_to_do_has_a_profile_too(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    assert studio.run("make", "--profile", str(file)).code == 0
    assert json.loads(file.read_text())["steps"] == []


def test_nothing_is_recorded_unless_somebody_asks() -> None:
    with step_span("mix:a"), span("device", "eq"):
        pass
    with recording() as recorder:
        assert recorder.spans == []
        with step_span("mix:a"), span("device", "eq"):
            pass
    assert [(each.work, each.name, each.step) for each in recorder.spans] == [
        ("device", "eq", "mix:a"),
        ("step", "mix:a", "mix:a"),
    ]


def test_own_time_leaves_out_what_is_within() -> None:
    spans = [
        Span("device", "eq", "mix:a", 0, 10_000, 20_000, 20_000),
        Span("device", "eq", "mix:a", 1, 15_000, 500_000, 400_000),
        Span("read", "sound", "mix:a", 0, 40_000, 5_000, 5_000),
        Span("help", "mix:a", "mix:a", 1, 12_000, 600_000, 450_000),
        Span("step", "mix:a", "mix:a", 0, 0, 100_000, 90_000),
    ]
    (step,) = profile_of(spans)["steps"]
    found = {(row["work"], row["name"]): row["cpu_s"] for row in step["work"]}
    micro = {key: round(cpu_s * 1e6) for key, cpu_s in found.items()}
    assert micro == {
        ("device", "eq"): 420,
        ("read", "sound"): 5,
        ("help", ""): 50,
        ("step", ""): 65,
    }
    assert step["cpu_s"] == pytest.approx(540e-6)
