"""Songs from loud to calm."""

import json
from pathlib import Path

import pytest

from albumbuild.model.programme import Slot
from albumbuild.steps.loudfirst import loud_first, loudness_lufs


@pytest.mark.parametrize(
    ("runs", "ordered"),
    [
        ({"a": -20.0, "b": -12.0, "c": -16.0}, "bca"),
        ({"a": -14.02, "b": -13.98, "c": -14.0}, "abc"),
        ({"a": -14.0, "b": -14.2, "c": -13.0}, "cab"),
        ({"a": -70.0, "b": -30.0}, "ba"),
        ({"ab": -18.0, "c": -16.0}, "cab"),
    ],
)
def test_runs_go_from_loud_to_calm_and_the_alike_stay(runs: dict[str, float], ordered: str) -> None:
    slots = [tuple(Slot(song=song) for song in run) for run in runs]
    lufs = {song: loudness for run, loudness in runs.items() for song in run}
    found = loud_first(slots, lufs, dict.fromkeys(lufs, 100))
    assert "".join(slot.song for run in found for slot in run) == ordered


def test_a_run_is_as_loud_as_its_songs_by_their_lengths() -> None:
    slots = [(Slot(song="a"),), (Slot(song="b"), Slot(song="c"))]
    lufs = {"a": -15.0, "b": -10.0, "c": -18.0}
    for long, first in (("b", "b"), ("c", "a")):
        frames = {"a": 100, "b": 100, "c": 100} | {long: 900}
        assert loud_first(slots, lufs, frames)[0][0].song == first


@pytest.mark.parametrize(("told", "lufs"), [(-12.5, -12.5), (None, -70.0), (-90.0, -70.0)])
def test_silence_is_the_calmest(told: float | None, lufs: float, tmp_path: Path) -> None:
    (tmp_path / "figures").write_text(json.dumps({"sound": {"integrated_lufs": told}}))
    assert loudness_lufs(tmp_path / "figures") == lufs
