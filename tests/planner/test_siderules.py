"""What a side cannot hold is refused before anything is rendered, with a way out that works."""

from typing import Any

import pytest

from tests.planner.test_rules import long_album, told
from tests.studio import Studio

LP = {"type": "vinyl", "sides": "auto"}
TAPE = {"type": "cassette", "sides": "auto"}


def album(empty: Any, minutes: dict[str, float], medium: dict[str, Any], **more: Any) -> Studio:
    """Songs of that many minutes, for one medium."""
    return long_album(empty, minutes, deliverables={"it": {**medium}}, **more)


@pytest.mark.parametrize(
    ("minutes", "medium", "fix", "setting", "value"),
    [
        ((10, 15, 12, 14), LP, "write `discs: 2`", "discs", 2),
        ((8, 13, 15, 9), LP, "write `reorder: true`", "reorder", True),
        ((10, 15, 12, 24), TAPE, "write `tape: C90`", "tape", "C90"),
    ],
)
def test_a_side_too_long_is_refused_with_the_fix(
    empty: Any, minutes: Any, medium: Any, fix: str, setting: str, value: Any
) -> None:
    studio = album(empty, dict(zip("abcd", minutes, strict=True)), medium)
    said = studio.run("make")
    assert said.code == 2
    assert "error[side-too-long]: side `" in said.err
    assert fix in said.err
    assert not (studio.root / "build").exists()
    studio.edit(f"deliverables.it.{setting}", value)
    assert "side-too-long" not in told(studio, 0)


def test_a_lead_in_counts(empty: Any) -> None:
    songs = {"a": 30 - 0.5 / 60, "b": 29.9}
    assert told(album(empty, songs, TAPE)) == ["side-too-long"]
    assert told(album(empty, songs | {"a": 30 - 1.5 / 60}, TAPE), 0) == []


@pytest.mark.parametrize(
    ("sides", "slugs"),
    [
        ({"A": ["a"], "B": ["b"]}, []),
        ({"A": ["b"], "B": ["a"]}, ["sides-uneven"]),
        ({"A": ["a"], "B": ["c"]}, ["sides-uneven"]),
        ({"A": ["a"]}, []),
    ],
)
def test_two_sides_of_a_tape_should_be_alike(empty: Any, sides: Any, slugs: list[str]) -> None:
    songs = {"a": 10, "b": 9.5, "c": 5}
    assert told(album(empty, songs, {"type": "cassette", "sides": sides}), 0) == slugs


def test_more_sides_than_songs_are_refused(empty: Any) -> None:
    order = ["a", {"song": "b", "crossfade_s": 5}, "c"]
    studio = album(empty, {"a": 9, "b": 9, "c": 9}, LP | {"discs": 2}, sequence=order)
    assert told(studio) == ["too-few-songs"]
    assert "write `discs: 1`" in studio.run("check").err
    studio.edit("deliverables.it.discs", 1)
    assert told(studio, 0) == []


def test_a_break_goes_into_a_segue_only_where_nothing_else_fits(empty: Any) -> None:
    order = ["a", {"song": "b", "gap_s": 0}, "c"]
    studio = album(empty, {"a": 12, "b": 10, "c": 10}, LP, sequence=order)
    assert "it: sides were chosen (A 22:00, B 10:00)" in studio.run("plan").err
    studio.edit("songs.a.mix.end", 15 * 60)
    said = studio.run("plan").err
    assert "it: sides were chosen (A 15:00, B 20:02)" in said
    assert "the segue into `b` is parted: with fewer parted no sides would fit in 24:00" in said
