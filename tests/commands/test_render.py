"""Listening to one step: a strip, bus, return, mix or premaster, and no more than was asked for."""

from typing import Any

import numpy as np
import pytest

from albumbuild.engine.store import Store
from albumbuild.steps.desk import DeskRun
from tests.steps.conftest import RATE_HZ, Desk, desk
from tests.steps.test_desk import stem
from tests.studio import Block, Studio, sound

__all__ = ["desk"]

ROOM = {"reverb": {"decay_s": 0.2, "modulation_pct": 60}}
DUCK = {"threshold_db": -40, "ratio": 6, "lookahead_ms": 4, "sidechain": {"from": "kick"}}
LATE = {"limiter": {"ceiling_dbtp": -6, "drive_db": 3}}
STEPS = (
    *("strip:s/kick", "strip:s/pad", "strip:s/vox", "strip:s/keys"),
    *("bus:s/drums", "bus:s/low", "bus:s/wet"),
    *("return:s/hall", "return:s/slap", "return:s/under"),
    *("mix:s", "mix:s+dub", "premaster:s", "premaster:s+dub"),
)


def song(desk: Desk, folder: str = "album", **song: Any) -> Studio:
    """A desk with everything that a part of it could miss: kept strips and buses are in it.

    A return flows into a bus that a side chain hears, one sends to another, and one is fed
    before a fader.
    """
    strips = {
        "kick": (stem(50_000, 1), {"bus": "low", "sends": {"under": -9}}),
        "hat": (
            stem(40_000, 1, seed=1),
            {"bus": "drums", "start": 0.4, "sends": {"hall": {"level_db": -7, "pre": True}}},
        ),
        "pad": (
            stem(55_000, seed=2),
            {
                "inserts": [{"compressor": DUCK}, {"delay": {"time_ms": 60}}],
                "automation": {"gain_db": [[0, 0], [0.9, -6, "smooth"]]},
                "bus": "wet",
            },
        ),
        "vox": (
            stem(70_003, 1, seed=3),
            {"inserts": [ROOM, LATE], "pan": "L30", "sends": {"hall": -3, "slap": -12}},
        ),
        "keys": (
            stem(60_000, seed=4),
            {
                "inserts": [{"compressor": DUCK | {"sidechain": {"from": "wet"}}}, ROOM],
                "trim": {"from": 0.1},
                "fade_in_s": 0.1,
            },
        ),
    }
    rest: dict[str, Any] = {
        "buses": {
            "drums": {"inserts": [{"compressor": {}}, LATE], "sends": {"hall": -10}},
            "low": {"bus": "drums", "gain_db": -1, "sends": {"slap": -8}},
            "wet": {
                "inserts": [LATE, {"compressor": DUCK | {"sidechain": {"from": "drums"}}}],
                "pan": "R10",
            },
        },
        "returns": {
            "hall": {"inserts": [ROOM], "gain_db": -2},
            "slap": {"inserts": [{"delay": {"time_ms": 50}}], "bus": "wet", "sends": {"hall": -5}},
            "under": {"inserts": [LATE, {"convolution": {"impulse": "stems/hat.wav"}}]},
        },
        "versions": {"dub": {"mute": ["vox", "kick"]}},
    }
    return desk(strips, rates_hz={"pad": 44_100}, folder=folder, **rest | song)


FINISH: dict[str, Any] = {
    "mix": {
        "start": 0.05,
        "inserts": [LATE, {"compressor": {"sidechain": {"from": "kick"}}}],
        "fade_in_s": 0.3,
        "fade_out": {"time_s": 1.2, "curve": "s"},
    },
    "master": {"inserts": [LATE, {"reverb": {"decay_s": 0.1, "mix_pct": 20}}]},
}


def rendered(studio: Studio, step: str, *span: str) -> Block:
    """The sound that `render` writes."""
    path = studio.root / "heard.wav"
    said = studio.run("render", step, *span, "-o", str(path))
    assert said.code == 0, said.err
    return sound(path)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far each desk that runs is run, in frames."""
    found: list[int] = []
    plain = DeskRun.blocks

    def told(self: DeskRun, frames: int, *, until: int, side_by_side: Any) -> Any:
        found.append(until)
        return plain(self, frames, until=until, side_by_side=side_by_side)

    monkeypatch.setattr(DeskRun, "blocks", told)
    return found


class TestPlaces:
    """Any strip, bus and return of a desk, as the mix hears it."""

    def test_all_that_leads_to_the_mix_sums_to_it(self, desk: Desk) -> None:
        studio = song(desk)
        mix = studio.result("mix:s")
        places = ("strip:s/keys", "strip:s/vox", "bus:s/drums", "bus:s/wet")
        total = np.zeros((2 * len(mix), 2))
        for step in (*places, "return:s/hall", "return:s/under"):
            block = rendered(studio, step)
            assert block.any(), step
            total[: len(block)] += block
        assert np.allclose(total[: len(mix)], mix, atol=1e-6)
        assert not total[len(mix) :].any()

    @pytest.mark.parametrize("step", [step for step in STEPS if "/" in step])
    def test_what_is_left_out_changes_no_bit(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        """The whole desk, nothing of it kept, run up to that place."""
        kept = rendered(song(desk, "kept"), step)
        monkeypatch.setattr("albumbuild.planner.songs.kept_parts", lambda *_, **__: {})
        monkeypatch.setattr("albumbuild.planner.songs.part_of", lambda desk, *_, **__: desk)
        assert np.array_equal(rendered(song(desk, "whole"), step), kept)

    def test_only_what_is_heard_is_read(self, desk: Desk) -> None:
        studio = song(desk)
        rendered(studio, "return:s/under")
        store = Store(studio.root / ".albumbuild")
        assert store.last("ingest:s/kick") is not None
        assert store.last("ingest:s/vox") is None
        assert store.last("mix:s") is None

    def test_a_return_can_be_explained(self, desk: Desk) -> None:
        studio = song(desk)
        rendered(studio, "return:s/hall")
        assert "is current" in studio.run("explain", "return:s/hall").out
        studio.edit("songs.s.returns.hall.gain_db", -7)
        said = studio.run("explain", "return:s/hall").out
        assert "gain_db: -2 → -7" in said
        assert "(album.yaml:" in said

    def test_a_bus_that_nothing_leads_to_has_no_sound(self, desk: Desk) -> None:
        """It is on the desk because a side chain listens to it."""
        duck = {"compressor": {"sidechain": {"from": "idle"}}}
        studio = desk({"a": (stem(2_000), {"inserts": [duck]})}, buses={"idle": {}})
        said = studio.run("render", "bus:s/idle")
        assert said.code == 2
        assert "has no sound" in said.err


class TestParts:
    """`--from` and `--to`: the same bits, and no more work than that."""

    @pytest.mark.parametrize("step", STEPS)
    def test_a_part_is_that_of_the_whole(self, desk: Desk, worked: list[int], step: str) -> None:
        """Made before the whole, after it, and when what is kept is there already."""
        studio = song(desk, **FINISH)
        span = ("--from", "0.31", "--to", "0.57")
        before = rendered(studio, step, *span)
        assert max(worked) <= round(0.85 * RATE_HZ), "latency and the start of the mix"
        assert Store(studio.root / ".albumbuild").last(step) is None
        assert studio.run("make", "strip:*", "bus:*").code == 0
        beside = rendered(studio, step, *span)
        whole = rendered(studio, step)
        after = rendered(studio, step, *span)
        expected = whole[round(0.31 * RATE_HZ) : round(0.57 * RATE_HZ)]
        assert expected.any()
        assert len(whole) > RATE_HZ / 2
        for part in (before, beside, after):
            assert np.array_equal(part, expected)

    def test_a_part_comes_back_from_the_store(self, desk: Desk, worked: list[int]) -> None:
        studio = song(desk)
        first = rendered(studio, "mix:s", "--to", "0.5")
        worked.clear()
        assert np.array_equal(rendered(studio, "mix:s", "--to", "0.5"), first)
        assert worked == []

    def test_what_is_made_is_cut(self, desk: Desk, worked: list[int]) -> None:
        studio = song(desk)
        studio.result("mix:s")
        worked.clear()
        rendered(studio, "mix:s", "--from", "0.2", "--to", "0.5")
        assert worked == []

    def test_what_is_kept_is_read_if_it_is_current(self, desk: Desk, worked: list[int]) -> None:
        """After an edit of a bus that bus is rendered within the part, the others are read."""
        studio = song(desk)
        studio.result("mix:s")
        studio.edit("songs.s.buses.drums.gain_db", -3)
        worked.clear()
        part = rendered(studio, "mix:s", "--to", "0.5")
        store = Store(studio.root / ".albumbuild")
        record = store.last("part:mix:s")
        assert record is not None
        assert "@need.kept/vox/audio" in record.recipe
        assert "@need.kept/drums/audio" not in record.recipe
        assert len(worked) == 1
        assert np.array_equal(rendered(studio, "mix:s")[: len(part)], part)

    def test_nothing_is_known_less_of_the_whole(self, desk: Desk) -> None:
        studio = song(desk)
        studio.result("mix:s")
        studio.edit("songs.s.stems.keys.gain_db", -3)
        before = [studio.run(*said).out for said in (["explain", "mix:s"], ["plan"])]
        rendered(studio, "mix:s", "--to", "0.5")
        assert [studio.run(*said).out for said in (["explain", "mix:s"], ["plan"])] == before
        studio.edit("songs.s.stems.keys.gain_db", None)
        assert studio.make("mix:s") == set()

    @pytest.mark.parametrize("span", [("--from", "9"), ("--from", "9", "--to", "10")])
    def test_a_part_after_the_end_is_told_before_any_work(
        self, desk: Desk, worked: list[int], span: tuple[str, ...]
    ) -> None:
        studio = song(desk)
        said = studio.run("render", "return:s/hall", *span, "-o", str(studio.root / "x.wav"))
        assert said.code == 2
        assert "no sound between" in said.err
        assert worked == []

    def test_a_part_to_beyond_the_end_is_the_whole(self, desk: Desk) -> None:
        studio = song(desk)
        part = rendered(studio, "mix:s", "--from", "0.5", "--to", "99")
        assert np.array_equal(part, studio.result("mix:s")[RATE_HZ // 2 :])
        assert Store(studio.root / ".albumbuild").last("part:mix:s") is None
