"""CD-Text against packs that were printed from real filesets, and against other readers."""

import shutil
import subprocess

import pytest

from albumbuild.formats.cdtext import (
    CODES,
    COMPOSER,
    DISC_ID,
    GENRE,
    PACK_BYTES,
    PERFORMER,
    SONGWRITER,
    TITLE,
    Block,
    TooMuchTextError,
    encode_blocks,
    encode_cdtext,
)
from albumbuild.formats.cue import cue_text
from albumbuild.formats.genres import genre_code, language_code
from albumbuild.formats.latin import SpellingError
from albumbuild.formats.reading.cdtext import TextBlock, read_texts
from albumbuild.formats.textrules import text_problems
from tests.formats.discs import disc, ebb, flow, image, slack

# what ddpinfo printed of cue2ddp's file in experiment 011 of the public black-box record
PRINTED = """
80 00 00 00 44 69 73 63 20 54 69 74 6C 65 00 54 A7 14
80 01 01 01 72 61 63 6B 20 4F 6E 65 00 54 72 61 8C 65
80 02 02 03 63 6B 20 54 77 6F 00 00 00 00 00 00 E6 B6
81 00 03 00 44 69 73 63 20 50 65 72 66 6F 72 6D E3 18
81 00 04 0C 65 72 00 50 65 72 66 20 4F 6E 65 00 33 B1
81 02 05 00 50 65 72 66 20 54 77 6F 00 00 00 00 1B 61
82 00 06 00 44 69 73 63 20 57 72 69 74 65 72 00 22 B0
82 01 07 00 57 72 69 74 65 72 20 4F 6E 65 00 00 22 44
8F 00 08 00 00 01 02 00 03 03 02 00 00 00 00 00 F8 8B
8F 01 09 00 00 00 00 00 00 00 00 03 0A 00 00 00 36 1B
8F 02 0A 00 00 00 00 00 09 00 00 00 00 00 00 00 87 ED
"""


def test_packs_equal_those_of_a_real_fileset():
    texts = {
        TITLE: [b"Disc Title", b"Track One", b"Track Two"],
        PERFORMER: [b"Disc Performer", b"Perf One", b"Perf Two"],
        SONGWRITER: [b"Disc Writer", b"Writer One", b""],
    }
    block = Block(language=9, texts=texts)
    assert encode_blocks([block], last_track=2) == bytes.fromhex(PRINTED)


def read(data: bytes) -> TextBlock:
    """The only block of a file in which nothing is wrong."""
    texts = read_texts(data, "CDTEXT.BIN")
    assert texts.findings == ()
    (block,) = texts.blocks
    return block


def test_every_text_comes_back():
    made = disc(tracks=(ebb(composer="Bach"), flow(), slack(songwriter="Ida")), language="de")
    block = read(encode_cdtext(made))
    assert block.texts == {
        TITLE: ("Tidal Works", "Señor Ebb", "Flow", "Slack - Water"),
        PERFORMER: ("The Moles", "The Moles", 'Guest "Q"', "The Moles"),
        SONGWRITER: ("Various", "Anna Ström", "", "Ida"),
        COMPOSER: ("Bach", "Bach", "", ""),
        DISC_ID: ("MOL-001",),
        GENRE: ("folk",),
        CODES: ("0123456789012", "GBAYE2600001", "GBAYE2600002", "GBAYE2600003"),
    }
    assert (block.genre_code, block.language) == (11, 8)


def test_a_long_title_runs_over_many_packs():
    title = "x" * 200
    data = encode_cdtext(disc(title=title))
    assert read(data).texts[TITLE][0] == title
    positions = [data[start + 3] for start in range(0, 17 * PACK_BYTES, PACK_BYTES)]
    assert positions == [0, 12, *[15] * 15]


def test_99_long_titles_are_too_much():
    tracks = tuple(
        slack(number=n, title=f"{n} {'x' * 40}", isrc=None, start_sector=n * 400)
        for n in range(1, 100)
    )
    made = disc(tracks=tracks, sectors=40_500)
    with pytest.raises(TooMuchTextError):
        encode_cdtext(made)
    assert [each.problem.slug for each in text_problems(made)] == ["cd-text-too-long"]


def test_letters_that_it_has_not_are_told():
    made = disc(tracks=(ebb(title="Прилив"), flow(performer=""), slack()))
    problems = [each.problem for each in text_problems(made)]
    assert [(each.slug, each.severity) for each in problems] == [
        ("cd-text-characters", "error"),
        ("cd-text-transliterated", "warning"),
    ]
    with pytest.raises(SpellingError):
        encode_cdtext(made)


def test_genres_and_languages_have_codes():
    assert [genre_code(name) for name in ("Hip-Hop", "r&b", "Soundtrack", "")] == [13, 24, 1, 1]
    assert [language_code(name) for name in ("en", "pt-BR", "xx")] == [0x09, 0x21, 0]


@pytest.mark.skipif(not shutil.which("cd-info"), reason="cd-info is not installed")
def test_cd_info_reads_the_packs(tmp_path):
    made = disc()
    (tmp_path / "CDTEXT.BIN").write_bytes(encode_cdtext(made))
    (tmp_path / "disc.bin").write_bytes(image(made.sectors))
    sheet = cue_text(made, "disc.bin").replace("WAVE", "BINARY")
    bare = [line for line in sheet.splitlines() if "TITLE" not in line and "PERFORMER" not in line]
    bare = [line for line in bare if "SONGWRITER" not in line]
    (tmp_path / "disc.cue").write_text('CDTEXTFILE "CDTEXT.BIN"\n' + "\n".join(bare) + "\n")
    said = subprocess.run(
        ["cd-info", "--no-header", "--no-device-info", "--no-cddb", "--cue-file=disc.cue"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for line in (
        "Language 0 'English':",
        "TITLE: Tidal Works",
        "TITLE: Señor Ebb",
        "TITLE: Slack - Water",
        "SONGWRITER: Anna Ström",
        'PERFORMER: Guest "Q"',
        "DISC_ID: MOL-001",
        "UPC_EAN: 0123456789012",
        "ISRC: GBAYE2600002",
        "GENRE_CODE: 11 (Folk)",
    ):
        assert line in said


@pytest.mark.skipif(not shutil.which("cdrskin"), reason="cdrskin is not installed")
def test_cdrskin_reads_the_packs(tmp_path):
    path = tmp_path / "CDTEXT.BIN"
    path.write_bytes(encode_cdtext(disc()))
    said = subprocess.run(
        ["cdrskin", f"textfile_to_v07t={path}"], capture_output=True, check=True
    ).stdout.decode("latin-1")
    assert "Señor Ebb" in said
