"""The checker of filesets finds no fault in good ones and every damage in the others."""

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.discs import oracle, oracle_packs, writers
from tests.discs.corruptions import CORRUPTIONS, STALE, Where, resum
from tests.discs.damage import put_packs, text_packs
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


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_damage_is_found_where_it_is(fileset: Callable[[str], Path], name: str) -> None:
    folder = fileset("sonoris")
    where = CORRUPTIONS[name](folder)
    found = faults(folder)
    assert is_named(found, where), (where, found)


@pytest.mark.parametrize("name", [*STALE][::9])
def test_a_damage_with_old_checksums_is_found(fileset: Callable[[str], Path], name: str) -> None:
    folder = fileset("cue2ddp")
    where = STALE[name](folder)
    found = faults(folder)
    assert is_named(found, where), (where, found)
    assert any(fault.rule.startswith("sum") for fault in found)


def test_checksums_made_anew_hide_what_only_they_can_tell(fileset: Callable[[str], Path]) -> None:
    folder = fileset("cue2ddp")
    CORRUPTIONS["a bit of the sound is flipped, and the checksums know"](folder)
    assert {fault.rule for fault in faults(folder)} == {"sum"}
    resum(folder)
    assert faults(folder) == []


def test_a_damage_leaves_the_fileset_that_shares_its_content(
    good: Path, fileset: Callable[[str], Path]
) -> None:
    CORRUPTIONS["the sound is a byte short"](fileset("hofa"))
    assert faults(good / "hofa") == []


def test_a_flipped_bit_of_a_descriptor_is_found_unless_it_is_as_good(
    fileset: Callable[[str], Path],
) -> None:
    folder = fileset("reaper")  # it has no checksums
    for name, size in (("DDPMS", 128), ("PQDESCR", 64), ("CDTEXT.BIN", 18)):
        whole = (folder / name).read_bytes()
        (folder / name).unlink()
        for at, byte in enumerate(whole):
            (folder / name).write_bytes(whole[:at] + bytes([byte ^ 0x80]) + whole[at + 1 :])
            assert is_named(faults(folder), Where(name, at - at % size)), (name, at)
        (folder / name).write_bytes(whole)
    assert faults(folder) == []


def test_noise_in_the_descriptors_is_a_fault_and_no_crash(fileset: Callable[[str], Path]) -> None:
    folder = fileset("reaper")
    random = Random(2)
    for name in ("DDPID", "DDPMS", "PQDESCR", "CDTEXT.BIN") * 50:
        whole = (folder / name).read_bytes()
        noise = bytearray(whole)
        for _ in range(random.randint(1, 20)):
            at = random.randrange(len(whole))
            noise[at : at + random.choice((1, 1, 18, 64))] = random.randbytes(random.choice((1, 9)))
        (folder / name).unlink()
        (folder / name).write_bytes(noise)
        assert faults(folder)
        (folder / name).write_bytes(whole)


@pytest.mark.parametrize("style", writers.STYLES)
def test_tracks_and_texts_are_those_that_were_written(good: Path, style: str) -> None:
    assert oracle.tracks(good / style) == [
        (number, track.pregap, track.start, track.indexes, track.isrc)
        for number, track in enumerate(writers.TRACKS, 1)
    ]
    english, japanese = (dict(each) for each in (writers.ENGLISH_TEXTS, writers.JAPANESE_TEXTS))
    english[0x81] = ("The Moles", "The Moles", "The Moles", "Guest")  # without the TAB
    japanese[0x81] = ("もぐら", "もぐら", "もぐら", "客")
    read = oracle.texts(good / style)
    assert {kind: tuple(strings) for kind, strings in read[0].items()} == english
    assert {kind: tuple(strings) for kind, strings in read[1].items()} == japanese
    assert oracle.genres(good / style) == {0: 11}


def test_a_fileset_without_texts_and_codes_has_no_fault(tmp_path: Path) -> None:
    tracks = (writers.Track(start=225, pregap=0), writers.Track(start=525))
    writers.write(tmp_path / "set", "ad", tracks=tracks, sectors=825)
    assert faults(tmp_path / "set") == []
    assert oracle.texts(tmp_path / "set") == {}


def test_a_table_of_contents_in_cd_text_is_compared(tmp_path: Path) -> None:
    tracks = [writers.Track(start=150 + 300 * at, pregap=None if at else 0) for at in range(9)]
    texts = {0: {0x80: [f"Song {at}" for at in range(10)]}}
    folder = tmp_path / "set"
    writers.write(folder, "hofa", tracks=tracks, sectors=2850, texts=texts, has_toc=True)
    assert faults(folder) == []
    put_packs(folder, [moved_toc(pack) for pack in text_packs(folder)])
    resum(folder)
    assert {fault.rule for fault in faults(folder)} == {"text-toc"}


def moved_toc(pack: bytearray) -> bytearray:
    """A pack with another time where it is of the table of contents."""
    if pack[0] == 0x88:
        pack[8] ^= 1
    return pack


def test_a_table_and_a_pack_equal_those_of_the_public_record() -> None:
    tracks = (
        writers.Track(start=150, pregap=0),
        writers.Track(start=825, pregap=750, indexes=(1125,)),
        writers.Track(start=1650, pregap=1500),
    )
    table = writers.pq_descriptor(writers.STYLES["cue2ddp"], tracks=tracks, sectors=2250, upc="")
    assert zlib.crc32(table) == 0x9E1F343B
    assert writers.summed(b"\x80\0\0\0Disc Title\0T")[16:] == b"\xa7\x14"
    assert oracle_packs.packs(b"\x80\0\0\0Disc Title\0T\xa7\x14")[0].real_sum == 0xA714
