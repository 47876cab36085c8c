"""A few rounds of each kind; `python -m tests.soak` runs as many as you like."""

from pathlib import Path

import pytest

from tests.soak.kills import interrupt_rounds, kill_rounds
from tests.soak.rounds import edit_rounds

pytestmark = pytest.mark.slow


def test_builds_after_edits_equal_clean_ones(tmp_path: Path) -> None:
    rounds = [*edit_rounds(tmp_path, count=3, seed=3)]
    assert [each for each in rounds if each.wrong] == []


def test_builds_after_kills_equal_clean_ones(tmp_path: Path) -> None:
    rounds = [*kill_rounds(tmp_path, count=2, seed=3)]
    assert [each for each in rounds if each.wrong] == []


def test_an_interrupt_ends_a_build_in_good_order(tmp_path: Path) -> None:
    rounds = [*interrupt_rounds(tmp_path, count=1, seed=3)]
    assert [each for each in rounds if each.wrong] == []
