"""The checker of filesets finds no fault in good ones and every damage in the others."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.discs import writers
from tests.discs.corruptions import CORRUPTIONS, STALE, Where, resum
from tests.discs.oracle import Fault, faults

RECORDS = {"DDPID": 128, "DDPMS": 128, "SD": 64, "PQDESCR": 64, "CDTEXT.BIN": 18}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good fileset of each style, made once: look, do not touch."""
    root = tmp_path_factory.mktemp("good")
    for style in writers.STYLES:
        writers.write_good(root / style, style)
    return root


@pytest.fixture
def fileset(good: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a copy of a good fileset that shares its content until it is changed."""
    return lambda style: Path(
        shutil.copytree(good / style, tmp_path / style, copy_function=os.link)
    )


def is_named(found: list[Fault], where: Where) -> bool:
    """Whether a fault stands at a damage, or at the record before or after it."""
    size = RECORDS.get(where.file, 2352)
    return any(
        fault.file == where.file
        and (where.offset is None or abs((fault.offset or 0) - where.offset) < 2 * size)
        for fault in found
    )


@pytest.mark.parametrize("style", writers.STYLES)
def test_a_good_fileset_has_no_fault(good: Path, style: str) -> None:
    assert faults(good / style) == []


@pytest.mark.parametrize("style", ["cue2ddp", "sonoris"])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_damage_is_found_where_it_is(
    fileset: Callable[[str], Path], name: str, style: str
) -> None:
    folder = fileset(style)
    where = CORRUPTIONS[name](folder)
    found = faults(folder)
    assert is_named(found, where), (where, found)


@pytest.mark.parametrize("name", STALE)
def test_a_damage_with_old_checksums_is_found(fileset: Callable[[str], Path], name: str) -> None:
    folder = fileset("cue2ddp")
    where = STALE[name](folder)
    found = faults(folder)
    assert is_named(found, where), (where, found)
    assert any(fault.rule.startswith("sum") for fault in found)


def test_checksums_made_anew_hide_what_only_they_can_tell(fileset: Callable[[str], Path]) -> None:
    for name in ("a bit of the sound is flipped, and the checksums know",):
        folder = fileset("cue2ddp")
        CORRUPTIONS[name](folder)
        resum(folder)
        assert faults(folder) == []


def test_a_damage_leaves_the_fileset_that_shares_its_content(
    good: Path, fileset: Callable[[str], Path]
) -> None:
    CORRUPTIONS["the sound is a byte short"](fileset("hofa"))
    assert faults(good / "hofa") == []
