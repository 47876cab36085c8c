"""Which parts of a desk a step hears, and which buses are steps of their own."""

from pathlib import Path
from typing import Any

import pytest

from albumbuild.manifest.album import load
from albumbuild.planner.album import AlbumPlan, plan_album, with_step
from albumbuild.steps.group import Group
from albumbuild.steps.mix import Mix
from tests.signals import noise
from tests.steps.conftest import Desk, desk
from tests.studio import Studio

__all__ = ["desk"]

SHORT = noise(1_000)
HALL: dict[str, Any] = {"inserts": [{"reverb": {"decay_s": 0.2}}]}


def planned(studio: Studio) -> AlbumPlan:
    """The plan of an album on disk."""
    manifest = load(studio.root)
    return plan_album(manifest.root, manifest.album, manifest.places)


def needs_of(plan: AlbumPlan, step: str) -> set[str]:
    """The steps that a step needs."""
    return {need.step for need in plan.plan[step].needs.values()}


def rich(desk: Desk, **keeps: str) -> AlbumPlan:
    """A desk with nested buses, a side chain, sends and a version."""
    duck = {"compressor": {"sidechain": {"from": "kick"}}}
    buses = {
        "drums": {"sends": {"hall": -12}},
        "music": {"inserts": [duck]},
        "all": {},
        "idle": {"keep": "always"},
    }
    for name, keep in keeps.items():
        buses[name]["keep"] = keep
    return planned(
        desk(
            {
                "kick": (SHORT, {"bus": "drums"}),
                "snare": (SHORT, {"bus": "drums"}),
                "pad": (SHORT, {"bus": "music"}),
                "vox": (SHORT, {"sends": {"hall": -6}}),
            },
            buses=buses,
            returns={"hall": HALL, "idle-hall": HALL},
            versions={"dub": {"mute": ["vox"]}, "no-snare": {"mute": ["snare"]}},
        )
    )


def test_a_mix_without_kept_buses_hears_every_stem(desk: Desk) -> None:
    plan = rich(desk, drums="never", music="never")
    stems = ("kick", "snare", "pad", "vox")
    assert needs_of(plan, "mix:s") == {f"ingest:s/{name}" for name in stems}
    assert not [step.id for step in plan.plan if step.id.startswith("bus:")]


def test_a_kept_bus_stands_between_its_stems_and_the_mix(desk: Desk) -> None:
    plan = rich(desk, drums="always")
    assert needs_of(plan, "bus:s/drums") == {"ingest:s/kick", "ingest:s/snare"}
    assert "ingest:s/snare" not in needs_of(plan, "mix:s")
    action = plan.plan["mix:s"].action
    assert isinstance(action, Mix)
    assert action.desk.kept == ("drums",)
    assert set(action.desk.buses["drums"].sends) == {"hall"}


def test_a_key_is_rendered_beside_what_hears_it_and_goes_nowhere(desk: Desk) -> None:
    """The kick inside a kept bus is rendered a second time for the pad's compressor."""
    plan = rich(desk, drums="always", music="always")
    assert needs_of(plan, "bus:s/music") == {"ingest:s/pad", "ingest:s/kick"}
    action = plan.plan["bus:s/music"].action
    assert isinstance(action, Group)
    assert action.desk.silent == {"kick"}
    assert action.desk.strips["kick"].sends == {}
    assert action.desk.returns == {}


def test_versions_take_whole_buses_and_render_changed_ones(desk: Desk) -> None:
    plan = rich(desk, drums="always")
    assert "bus:s/drums" in needs_of(plan, "mix:s+dub")
    assert needs_of(plan, "mix:s+no-snare") >= {"ingest:s/kick"}
    assert "bus:s/drums" not in needs_of(plan, "mix:s+no-snare")


def test_what_nothing_reaches_is_left_out(desk: Desk) -> None:
    plan = rich(desk)
    action = plan.plan["mix:s"].action
    assert isinstance(action, Mix)
    assert set(action.desk.returns) == {"hall"}
    assert "bus:s/idle" not in plan.plan


@pytest.mark.parametrize(
    ("inserts", "kept"),
    [([], False), ([{"gain": {}}], False), ([{"reverb": {}}, {"limiter": {}}], True)],
)
def test_auto_keeps_a_bus_that_is_dear(desk: Desk, inserts: list[Any], kept: bool) -> None:
    studio = desk({"a": (SHORT, {"bus": "b"})}, buses={"b": {"inserts": inserts}})
    assert ("bus:s/b" in planned(studio).plan) is kept


def test_a_bus_that_a_return_flows_into_is_never_kept(desk: Desk) -> None:
    studio = desk(
        {"a": (SHORT, {"bus": "b", "sends": {"r": 0}}), "c": SHORT},
        buses={"b": {"keep": "always"}},
        returns={"r": {"bus": "b"}},
    )
    assert "bus:s/b" not in planned(studio).plan
    assert len(studio.result("mix:s")) == 1_000


def test_strips_and_buses_that_no_build_keeps_are_steps_on_demand(desk: Desk) -> None:
    plan = rich(desk, drums="never")
    for step in ("strip:s/vox", "bus:s/drums"):
        assert step not in plan.plan
        assert step in with_step(plan, step)
    for step in ("strip:s/nobody", "bus:s/vox", "strip:t/vox", "strip", "mix:t"):
        assert with_step(plan, step) is plan.plan


def test_every_action_of_a_plan_has_a_recipe(made: Studio, tmp_path: Path) -> None:
    """No path of this machine is in what a step hears."""
    from albumbuild.engine.fingerprint import recipe

    for step in planned(made).plan:
        text = recipe(step.action, dict.fromkeys(step.needs, "0"), dict.fromkeys(step.sources, "0"))
        assert str(made.root) not in text
        assert str(tmp_path.parent) not in text
