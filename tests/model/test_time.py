"""Places on a time line, note lengths, fades."""

import pytest

from albumbuild.model.time import (
    Fade,
    Position,
    either,
    note_seconds,
    seconds_from_clock,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:02.250", 62.25),
        ("0:00", 0.0),
        ("74:30", 4_470.0),
        ("1:02:00.5", 3_720.5),
        ("17.1", None),
        ("1:60", None),
        ("1:2", None),
        ("1:75:00", None),
        ("17.1.1", None),
        ("", None),
    ],
)
def test_a_clock_time_is_minutes_or_hours_and_never_bars(text, seconds):
    assert seconds_from_clock(text) == seconds


def test_bars_count_from_one_and_have_four_beats():
    assert Position(bar=1).seconds(120) == 0.0
    assert Position(bar=17, beat=1).seconds(120) == 32.0
    assert Position(bar=2, beat=2.5).seconds(60) == 5.5


def test_seconds_need_no_tempo_and_bars_do():
    assert Position(time_s=3.5).seconds(None) == 3.5
    with pytest.raises(ValueError, match="tempo"):
        Position(bar=2).seconds(None)


@pytest.mark.parametrize(
    ("note", "seconds"),
    [("1/4", 0.5), ("1/8", 0.25), ("1/8.", 0.375), ("1/8t", 1 / 6), ("3/16", 0.375), ("1/1", 2.0)],
)
def test_a_note_lasts_as_long_as_the_tempo_says(note, seconds):
    assert note_seconds(note, 120) == pytest.approx(seconds, abs=1e-12)


@pytest.mark.parametrize("note", ["", "4", "1/0", "0/4", "1/8x", "a/b", "1/8.t"])
def test_what_is_no_note_length_is_refused(note):
    with pytest.raises(ValueError, match="no note length"):
        note_seconds(note, 120)


def test_a_fade_in_plain_seconds_is_linear():
    assert either(None, None) is None
    assert either(None, 2.0) == Fade(time_s=2.0, curve="linear")
    assert either(Fade(time_s=1.0, curve="s"), None) == Fade(time_s=1.0, curve="s")
