"""Levels that may be off, and pans, as users spell them."""

import math

import pytest

from albumbuild.model.level import level_from_text, pan_from_text


@pytest.mark.parametrize(
    ("text", "pan"),
    [("C", 0), ("c", 0), ("L30", -30), ("R100", 100), ("r 12.5", 12.5), ("X3", None), ("L", None)],
)
def test_a_pan_has_a_side_and_a_number(text, pan):
    assert pan_from_text(text) == pan


def test_off_is_a_level_and_other_text_is_none():
    assert level_from_text("-inf") == -math.inf
    assert level_from_text("inf") is None
    assert level_from_text("-3") is None
