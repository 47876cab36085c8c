"""All rows of the build core's table on a real album of three songs, a test for each."""

import copy
import shutil
from inspect import signature
from pathlib import Path

import pytest

from tests.scenarios import (
    at_once,
    circumstances,
    commands,
    disks,
    edits,
    failures,
    interrupts,
    losses,
)
from tests.scenarios.rows import TABLE, Row
from tests.studio import Studio

THEMES = (edits, circumstances, losses, failures, interrupts, disks, at_once, commands)
"""Each enters its rows when it is loaded."""

ELSEWHERE = {25, 48}
"""Rows of a shared cache, which these albums do not have."""


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(each, id=each.id, marks=[pytest.mark.slow] if each.slow else [])
        for each in sorted(TABLE, key=lambda each: each.number)
    ],
)
def test_row(row: Row, request: pytest.FixtureRequest) -> None:
    row.play(**{name: request.getfixturevalue(name) for name in signature(row.play).parameters})


def test_every_row_is_here() -> None:
    assert {each.number for each in TABLE} == set(range(1, 49)) - ELSEWHERE
    assert len({each.id for each in TABLE}) == len(TABLE)
    assert {each.play.__module__ for each in TABLE} >= {theme.__name__ for theme in THEMES}


@pytest.mark.slow
def test_edits_one_after_the_other_equal_a_clean_build(studio: Studio, tmp_path: Path) -> None:
    for each in edits.EDITS:
        if each.number not in (13, 16):  # they would take away what others edit
            each.change(studio)
            studio.make()
    clean = Studio(tmp_path / "clean", copy.deepcopy(studio.album))
    shutil.copytree(studio.root / "stems", clean.root / "stems")
    clean.make()
    assert studio.digests() == clean.digests()
