"""What is repaired in an album is told in the log of its step, and listed beside its sound."""

import json
from typing import Any

import numpy as np

from albumbuild.model.repair import Repair
from albumbuild.steps.repairs import REPAIRS, SHOWN, Device, told
from tests.steps.conftest import RATE_HZ, Desk
from tests.studio import Studio, tune

CLICKS = (20_000, 40_000, 61_000)


def worn(*, seed: int = 3) -> Any:
    """A stem with clicks."""
    block = tune(2.0, seed=seed, rate_hz=RATE_HZ)
    block[list(CLICKS)] += 0.7
    return block


def lines(studio: Studio, step: str) -> list[tuple[str, str]]:
    """The steps and their lines of information in a build of one step."""
    told = [event for event in studio.events(step) if event["event"] == "log"]
    return [(event["id"], event["message"]) for event in told if event["level"] == "info"]


def listed(studio: Studio, step: str) -> list[tuple[str, str, list[int]]]:
    """The devices of a step: their names, where they stand, and the frames of their repairs."""
    found = json.loads(studio.blob(step, REPAIRS).read_bytes())
    assert found["rate_hz"] == RATE_HZ
    return [(d["device"], d["on"], [r["frame"] for r in d["repairs"]]) for d in found["devices"]]


def test_clicks_on_a_strip_are_told_where_they_sound(desk: Desk) -> None:
    """Behind a device that comes late, on a strip that starts late, and in the mix."""
    inserts = [{"limiter": {"lookahead_ms": 7}}, {"declick": {}}]
    studio = desk({"vox": (worn(), {"inserts": inserts, "start": 1})})
    said = lines(studio, "mix:s")
    line = "declick on `vox`: 3 clicks repaired, at 0:01.416, 0:01.833, 0:02.270"
    assert said == [("strip:s/vox", line)]
    ((device, on, frames),) = listed(studio, "strip:s/vox")
    assert (device, on) == ("declick", "vox")
    assert np.max(np.abs(np.array(frames) - np.array(CLICKS) - RATE_HZ)) <= 1


def test_every_device_of_the_desk_and_the_masters_own_are_told(desk: Desk) -> None:
    studio = desk(
        {"vox": (worn() + 0.1, {"bus": "all", "inserts": [{"declick": {}}, {"dc": {}}]})},
        buses={"all": {"keep": "always", "inserts": [{"dehum": {"q": 10}}]}},
        mix={"inserts": [{"declip": {}}]},
        master={"inserts": [{"declick": {}}]},
    )
    said = [(step, line.split(":")[0]) for step, line in lines(studio, "premaster:s")]
    assert said == [
        ("strip:s/vox", "declick on `vox`"),
        ("strip:s/vox", "dc on `vox`"),
        ("bus:s/all", "dehum on `all`"),
        ("mix:s", "declip on `mix`"),
        ("premaster:s", "declick on `master`"),
    ]
    assert listed(studio, "mix:s") == [("declip", "mix", [])]
    assert listed(studio, "premaster:s") == [("declick", "master", [])]


def test_a_step_that_repairs_nothing_has_no_list(desk: Desk) -> None:
    studio = desk({"vox": worn()})
    assert lines(studio, "mix:s") == []
    assert REPAIRS not in next(
        event["outputs"]
        for event in studio.events("mix:s", "--force")
        if event["event"] == "step_finished" and event["id"] == "mix:s"
    )


def test_a_master_that_looks_for_its_gain_tells_once(studio: Studio) -> None:
    studio.edit("deliverables.streaming.inserts", [{"declick": {}}])
    said = lines(studio, "master:a@streaming")
    assert len(said) == 1
    assert said[0][1].startswith("declick on `master`: ")


def test_a_long_list_is_cut_and_channels_are_told_together() -> None:
    many = tuple(
        Repair(kind="click", frame=each // 2 * RATE_HZ, frames=1, channel=each % 2, level_db=-6)
        for each in range(2 * SHOWN + 2)
    )
    line = told(Device(device="declick", on="vox", repairs=many), RATE_HZ)
    assert line.startswith("declick on `vox`: 42 clicks repaired, at 0:00.000, 0:01.000, ")
    assert line.endswith(", 0:19.000, … (first 20)")
    hum = Repair(kind="hum", frame=0, frames=9, channel=0, level_db=-41.26)
    line = told(Device(device="dehum", on="vox", repairs=(hum,)), RATE_HZ)
    assert line == "dehum on `vox`: -41.3 dBFS of hum taken out"
