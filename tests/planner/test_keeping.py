"""Which strips and buses are kept: what is dear is rendered once for all mixes of a song."""

from typing import Any

import numpy as np
import pytest

from tests.planner.test_desks import SHORT, needs_of, planned
from tests.steps.conftest import Desk, desk
from tests.steps.test_desk import stem
from tests.studio import Studio

__all__ = ["desk"]

ROOM: dict[str, Any] = {"reverb": {"decay_s": 0.1}}
GAIN: dict[str, Any] = {"gain": {"level_db": -1}}
DUCK: dict[str, Any] = {"compressor": {"threshold_db": -40, "sidechain": {"from": "key"}}}


def kept(studio: Studio) -> set[str]:
    """The strips and buses of the plan that are steps."""
    return {step.id for step in planned(studio).plan if step.kind in ("strip", "bus")}


@pytest.mark.parametrize(
    ("inserts", "expected"), [([GAIN], set()), ([ROOM], {"strip:s/a"}), ([GAIN] * 5, {"strip:s/a"})]
)
def test_a_dear_strip_is_kept_with_its_sends(
    desk: Desk, inserts: list[Any], expected: set[str]
) -> None:
    strip = {"inserts": inserts, "sends": {"hall": -6}}
    studio = desk({"a": (SHORT, strip)}, returns={"hall": {}})
    assert kept(studio) == expected
    needs = planned(studio).plan["mix:s"].needs
    if expected:
        assert set(needs) == {"kept/a/audio", "kept/a/send.hall"}


def test_versions_keep_nothing_more_or_less(desk: Desk) -> None:
    """Another version must not change a bit of those that were there."""
    stems = {"a": (SHORT, {"inserts": [ROOM]}), "b": SHORT}
    plain = desk(stems, folder="plain")
    more = desk(stems, folder="more", versions={"dub": {"mute": ["b"]}})
    assert kept(plain) == kept(more) == {"strip:s/a"}
    assert planned(plain).plan["mix:s"].action == planned(more).plan["mix:s"].action


def test_a_strip_that_a_side_chain_hears_is_rendered_where_it_is_heard(desk: Desk) -> None:
    stems = {"key": (SHORT, {"inserts": [ROOM]}), "a": (SHORT, {"inserts": [DUCK]})}
    assert kept(desk(stems, folder="strip")) == set()
    in_mix = {"key": stems["key"], "a": SHORT}
    assert kept(desk(in_mix, folder="mix", mix={"inserts": [DUCK]})) == set()


def test_what_hears_a_return_by_a_side_chain_is_not_kept(desk: Desk) -> None:
    duck = {"compressor": {"sidechain": {"from": "key"}}}
    studio = desk(
        {
            "a": (SHORT, {"inserts": [duck, ROOM]}),
            "b": (SHORT, {"bus": "key", "sends": {"hall": 0}}),
        },
        buses={"key": {"keep": "always"}},
        returns={"hall": {"bus": "key"}},
    )
    assert kept(studio) == set()


@pytest.mark.parametrize(
    ("bus", "expected"),
    [
        ({}, {"strip:s/a"}),  # nothing to add to the strip
        ({"inserts": [GAIN] * 4}, {"strip:s/a"}),
        ({"inserts": [GAIN] * 5}, {"strip:s/a", "bus:s/in"}),
        ({"inserts": [ROOM], "keep": "never"}, {"strip:s/a"}),
        ({"inserts": [ROOM], "bus": "out"}, {"strip:s/a", "bus:s/in"}),
        ({"inserts": [GAIN] * 5, "bus": "out"}, {"strip:s/a", "bus:s/out"}),
    ],
)
def test_a_bus_counts_what_is_kept_as_read(desk: Desk, bus: Any, expected: set[str]) -> None:
    studio = desk({"a": (SHORT, {"inserts": [ROOM], "bus": "in"})}, buses={"in": bus, "out": {}})
    assert kept(studio) == expected


def versions(desk: Desk, folder: str = "album", **more: Any) -> Studio:
    """A song whose versions share a dear strip, a dear bus, and one of a bus that is not whole."""
    return desk(
        {
            "key": (stem(20_000, 1), {"bus": "drums", "sends": {"hall": -6}}),
            "hat": (stem(21_000, 1, seed=1), {"bus": "drums", "inserts": [ROOM]}),
            "pad": (stem(22_000, seed=2), {"inserts": [DUCK, ROOM], "sends": {"hall": -9}}),
            "vox": (stem(23_000, 1, seed=3), {"inserts": [ROOM], "bus": "voices"}),
            "choir": (stem(24_000, seed=4), {"bus": "voices", "sends": {"hall": -3}}),
        },
        buses={"drums": {"inserts": [ROOM]}, "voices": {"inserts": [ROOM], "sends": {"hall": -5}}},
        returns={"hall": {"inserts": [ROOM]}},
        folder=folder,
        **more,
    )


VERSIONS: dict[str, Any] = {
    "instrumental": {"mute": ["voices"]},
    "acapella": {"only": ["voices"]},
    "tv": {"mute": ["vox"]},
    "no-key": {"mute": ["key"]},
}


def test_what_versions_share_is_rendered_once(desk: Desk) -> None:
    studio = versions(desk)
    everything = {"strip:s/hat", "strip:s/pad", "strip:s/vox", "bus:s/drums", "bus:s/voices"}
    assert everything <= studio.make("premaster:s")
    studio.edit("songs.s.versions", VERSIONS)
    added = {f"{kind}:s+{name}" for kind in ("mix", "premaster") for name in VERSIONS}
    assert studio.make("mix:*", "premaster:*") == added
    plan = planned(studio)
    drums, pad, voices = "bus:s/drums", "strip:s/pad", "bus:s/voices"
    assert needs_of(plan, "mix:s+instrumental") == {drums, pad}
    assert needs_of(plan, "mix:s+acapella") == {voices}
    assert needs_of(plan, "mix:s+tv") == {drums, pad, "ingest:s/choir"}
    assert needs_of(plan, "mix:s+no-key") == {"strip:s/hat", pad, voices}


def test_a_fader_turns_in_all_versions_that_hear_it(desk: Desk) -> None:
    studio = versions(desk, versions=VERSIONS)
    studio.make("mix:*")
    studio.edit("songs.s.stems.choir.gain_db", -2)
    mixes = {"mix:s", "mix:s+acapella", "mix:s+tv", "mix:s+no-key"}
    assert studio.make("mix:*") == {"bus:s/voices", *mixes}
    studio.edit("songs.s.stems.pad.gain_db", -2)
    heard = {"mix:s", "mix:s+instrumental", "mix:s+tv", "mix:s+no-key"}
    assert studio.make("mix:*") == {"strip:s/pad", *heard}


def test_keeping_changes_no_bit_of_any_version(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mixes = ["mix:s", *(f"mix:s+{name}" for name in VERSIONS)]
    shared = versions(desk, "shared", versions=VERSIONS)
    results = {name: shared.result(name) for name in mixes}
    monkeypatch.setattr("albumbuild.planner.songs.kept_parts", lambda *_, **__: {})
    alone = versions(desk, "alone", versions=VERSIONS)
    assert kept(alone) == set()
    for name, result in results.items():
        assert result.any()
        assert np.array_equal(alone.result(name), result), name


def test_a_muted_member_is_not_heard_in_a_key_either(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What listens to a bus that a version changes cannot be shared."""
    duck = {"compressor": {"threshold_db": -50, "ratio": 9, "sidechain": {"from": "drums"}}}

    def studio(folder: str) -> Studio:
        return desk(
            {
                "kick": (stem(20_000), {"bus": "drums"}),
                "hat": (0.01 * stem(20_000, seed=1), {"bus": "drums"}),
                "pad": (stem(22_000, seed=2), {"inserts": [duck, ROOM]}),
            },
            buses={"drums": {}},
            versions={"dub": {"mute": ["kick"]}},
            folder=folder,
        )

    shared = studio("shared")
    assert kept(shared) == {"strip:s/pad"}
    assert "strip:s/pad" not in needs_of(planned(shared), "mix:s+dub")
    result = shared.result("mix:s+dub")
    monkeypatch.setattr("albumbuild.planner.songs.kept_parts", lambda *_, **__: {})
    assert np.array_equal(studio("alone").result("mix:s+dub"), result)
