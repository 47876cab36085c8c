"""Filesets of every style are read, and every damage of one is told with its file and place."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from albumbuild.formats.reading.ddp import Fileset, read_fileset
from albumbuild.model.finding import Finding
from tests.discs import writers
from tests.discs.corruptions import CORRUPTIONS, STALE, Where
from tests.discs.fuzz import damaged

RECORDS = {"DDPID": 128, "DDPMS": 128, "SD": 64, "PQDESCR": 64, "CDTEXT.BIN": 18}
SOME = [*CORRUPTIONS][::7]
LIST = {"cue2ddp": "CHECKSUM.MD5", "sonoris": "MD5-Checksum.md5"}


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


def errors(read: Fileset) -> list[Finding]:
    """What is wrong, without what is only worth knowing."""
    return [each for each in read.findings if each.severity == "error"]


def is_told(found: list[Finding], where: Where) -> bool:
    """Whether a finding names the file of a damage, and a place by its record."""
    size = RECORDS.get(where.file, 2352)
    for each in found:
        if each.file in where.others:
            return True
        near = where.offset is None or abs((each.offset or 0) - where.offset) < 2 * size
        if each.file == where.file and near:
            return True
    return False


@pytest.mark.parametrize("style", writers.STYLES)
def test_a_good_fileset_is_accepted_and_listed(good: Path, style: str) -> None:
    read = read_fileset(good / style, known={})
    assert errors(read) == []
    assert read.disc is not None
    wanted = [(track.pregap, track.start, track.indexes, track.isrc) for track in writers.TRACKS]
    found = [
        (track.pregap_sector, track.start_sector, track.index_sectors, track.isrc_code)
        for track in read.disc.tracks
    ]
    assert found == wanted
    assert read.disc.upc_13 == writers.UPC
    assert read.disc.sectors == writers.SECTORS
    assert read.disc.title == writers.ENGLISH_TEXTS[0x80][0]


@pytest.mark.parametrize(
    ("name", "style"),
    [*((name, "cue2ddp") for name in CORRUPTIONS), *((name, "sonoris") for name in SOME)],
)
def test_a_damage_is_told_where_it_is(
    fileset: Callable[[str], Path], name: str, style: str
) -> None:
    folder = fileset(style)
    where = CORRUPTIONS[name](folder)
    found = errors(read_fileset(folder, known={}))
    listed = where.file == LIST[style] and any(where.file in each.why for each in found)
    assert is_told(found, where) or listed, (where, found)


@pytest.mark.parametrize("name", [*STALE][::9])
def test_a_damage_with_old_checksums_is_told(fileset: Callable[[str], Path], name: str) -> None:
    folder = fileset("cue2ddp")
    where = STALE[name](folder)
    found = errors(read_fileset(folder, known={}))
    assert is_told(found, where), (where, found)


def test_no_bytes_make_it_stumble(good: Path, tmp_path: Path) -> None:
    draw = Random(6)
    for _ in range(150):
        folder = damaged(good / draw.choice([*writers.STYLES]), tmp_path / "set", draw)
        read_fileset(folder, known={})
        shutil.rmtree(folder)
