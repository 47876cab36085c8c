"""More edits and what runs again; those of the build core's table are among its rows."""

import copy
import json
from typing import Any

import pytest

from tests.scenarios.edits import DOWN_FROM_A, EQ
from tests.scenarios.rows import matching
from tests.studio import Studio

GAIN = {"gain": {"level_db": -2}}


@pytest.mark.parametrize(
    ("path", "value", "ran"),
    [
        ("songs.a.stems.vox.sends.hall", -10, f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.stems.bass.pan", "L30", DOWN_FROM_A),
        ("songs.a.stems.kick.trim", {"to": 1.5}, DOWN_FROM_A),
        ("songs.a.returns.hall.gain_db", -3, DOWN_FROM_A),
        ("songs.a.buses.fx.gain_db", -1, f"bus:a/fx {DOWN_FROM_A}"),
        ("songs.a.mix.gain_db", 1, DOWN_FROM_A),
        (
            "master.inserts",
            [EQ],
            "premaster:* master:* sequence:* deliver:[csv]*",
        ),
        (
            "songs.b.master",
            {"loudness_offset_lu": -1.5},
            "master:b@* sequence:* deliver:[csv]*",
        ),
        ("deliverables.cd.inserts", [GAIN], "master:*@cd sequence:cd deliver:cd"),
        ("sequence.1.gap_s", 1.3, "sequence:* deliver:[csv]*"),
        ("songs.a.isrc", "GBAYE2600009", "deliver:*"),
        ("upc", "4006381333931", "deliver:*"),
        ("deliverables.streaming.names", "{song}", "deliver:streaming"),
        ("deliverables.streaming.dither", "none", "deliver:streaming"),
        ("deliverables.vinyl.disc", "12in-45", "deliver:vinyl"),
        ("checks", [], ""),
    ],
)
def test_only_what_an_edit_can_be_heard_in_runs_again(
    studio: Studio, path: str, value: Any, ran: str
) -> None:
    before = studio.digests()
    album = copy.deepcopy(studio.album)
    studio.edit(path, value)
    statuses = studio.statuses()
    assert {s for s, status in statuses.items() if status == "ran"} == matching(ran, set(statuses))
    assert studio.make() == set()
    studio.album = album
    studio.save()
    assert studio.make() == set()  # undone: what there was is put back
    assert studio.digests() == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("songs.a.title", "Tide"),
        ("songs.a.stems.bass.gain_db", -3.0),
        ("songs.a.stems.bass.pan", -20),
        ("songs.a.stems.gtr.automation.gain_db", [["0:00", 0], ["0:01.000", -3], [2, 0.0]]),
        ("songs.a.mix.end", "0:04.2"),
        ("songs.a.buses.fx.inserts.0", {"compressor": {"threshold_db": -18.0, "id": "squash"}}),
        ("songs.c.returns", {"idle": {"inserts": [{"delay": {"time_ms": 100}}]}}),
        ("songs.b.stems.kick.inserts", [{"gain": {"level_db": -6, "bypass": True}}]),
        ("sequence.0", {"song": "a", "gap_s": 5}),
    ],
)
def test_what_changes_no_meaning_runs_nothing(studio: Studio, path: str, value: Any) -> None:
    before = studio.digests()
    studio.edit(path, value)
    assert studio.make() == set()
    assert studio.digests() == before


def test_songs_that_share_a_gain_are_mastered_again_when_it_moves(studio: Studio) -> None:
    studio.edit("deliverables.cd.loudness", {"mode": "album"})
    assert "measure:album@cd" in studio.make()
    studio.edit("songs.c.mix.gain_db", -0.001)  # heard in C alone: the gain is in steps of 0.01
    ran = studio.make()
    assert {"mix:c", "measure:album@cd", "master:c@cd"} <= ran
    assert not {"master:a@cd", "master:b@cd"} & ran
    studio.edit("songs.c.mix.gain_db", -4)
    assert {"master:a@cd", "master:b@cd", "master:c@cd"} <= studio.make()


def test_a_deliverable_taken_out_is_taken_away(studio: Studio) -> None:
    studio.edit("deliverables.vinyl", None)
    assert studio.make() == set()
    assert not (studio.root / "build/vinyl").exists()
    assert (studio.root / "build/cd").is_dir()


@pytest.mark.parametrize(
    ("target", "ran"),
    [
        ("cd", "master:a@cd sequence:cd deliver:cd"),
        ("build/streaming", "master:a@streaming sequence:streaming deliver:streaming"),
        ("master:a@*", "master:a@*"),
    ],
)
def test_a_target_is_a_deliverable_a_path_or_a_glob(studio: Studio, target: str, ran: str) -> None:
    studio.edit("songs.a.master", {"inserts": [GAIN]})
    every = {
        step["id"] for step in json.loads(studio.run("graph", "--format", "json").out)["steps"]
    }
    wanted = matching(f"premaster:a {ran}", every)
    assert studio.make(target) == wanted
