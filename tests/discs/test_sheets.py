"""Cue sheets and TOC files of other makers, and what is wrong with some."""

import wave
from pathlib import Path
from random import Random

import numpy as np
import pytest
import soundfile

from albumbuild.formats.reading.cue import read_cue
from albumbuild.formats.reading.sheet import Sheet
from albumbuild.formats.reading.toc import read_toc
from tests.discs.fuzz import changed

SECTOR = 588


def write_wav(path: Path, sectors: float, *, silent: int = 0) -> None:
    """Noise of so many sectors, the first ones silent."""
    frames = round(sectors * SECTOR)
    draw = np.random.default_rng(len(path.name))
    block = draw.integers(-9_000, 9_000, (frames, 2)).astype("<i2")
    block[: silent * SECTOR] = 0
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, 44_100, 0, "NONE", ""))
        out.writeframes(block.tobytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that sheets may name: with the pause, without, and a track each."""
    write_wav(tmp_path / "image.wav", 2250, silent=150)
    write_wav(tmp_path / "disc.wav", 2100)
    write_wav(tmp_path / "01.wav", 600)
    write_wav(tmp_path / "02.wav", 900)
    (tmp_path / "disc.bin").write_bytes((tmp_path / "disc.wav").read_bytes()[44:])
    soundfile.write(
        tmp_path / "disc.flac", soundfile.read(tmp_path / "disc.wav")[0], 44_100, subtype="PCM_16"
    )
    return tmp_path


def cue(folder: Path, text: str) -> Sheet:
    """A cue sheet of that text, read."""
    path = folder / "x.cue"
    path.write_text(text, encoding="utf-8")
    return read_cue(path, name="x.cue")


def toc(folder: Path, text: str) -> Sheet:
    """A TOC file of that text, read."""
    path = folder / "x.toc"
    path.write_text(text, encoding="latin-1")
    return read_toc(path, name="x.toc")


def marks(sheet: Sheet) -> list[list[tuple[int, int]]]:
    """The indexes of each track, in a sheet in which nothing is wrong."""
    assert [each for each in sheet.findings if each.severity == "error"] == []
    assert sheet.disc is not None
    return [track.indexes() for track in sheet.disc.tracks]


def wrong(sheet: Sheet) -> list[tuple[str, int | None]]:
    """The rules that do not hold, with their lines."""
    return [(each.rule, each.line) for each in sheet.findings if each.severity == "error"]


TWO = """CATALOG 5012345678900
FILE "{file}" {kind}
  TRACK 01 AUDIO
    TITLE "Tide"
    ISRC GBAYE2600001
    {first}
  TRACK 02 AUDIO
    FLAGS DCP
    INDEX 00 {pregap}
    INDEX 01 {start}
    INDEX 02 {more}
"""
IMAGE_TIMES = {
    "first": "INDEX 00 00:00:00\n    INDEX 01 00:02:00",
    "pregap": "00:10:00",
    "start": "00:11:00",
    "more": "00:16:00",
}
DISC_TIMES = {
    "first": "INDEX 01 00:00:00",
    "pregap": "00:08:00",
    "start": "00:09:00",
    "more": "00:14:00",
}
WANTED = [[(0, 0), (1, 150)], [(0, 750), (1, 825), (2, 1200)]]


@pytest.mark.parametrize(
    ("file", "kind", "times"),
    [
        ("image.wav", "WAVE", IMAGE_TIMES),
        ("disc.wav", "WAVE", DISC_TIMES),
        ("disc.bin", "BINARY", DISC_TIMES),
        ("disc.flac", "WAVE", DISC_TIMES),
        ("C:\\Music\\disc.wav", "WAVE", DISC_TIMES),
    ],
)
def test_a_cue_sheet_with_the_pause_or_without_is_one_disc(
    folder: Path, file: str, kind: str, times: dict[str, str]
) -> None:
    sheet = cue(folder, TWO.format(file=file, kind=kind, **times))
    assert marks(sheet) == WANTED
    assert sheet.disc is not None
    assert (sheet.disc.sectors, sheet.disc.upc) == (2250, "5012345678900")
    first, second = sheet.disc.tracks
    assert (first.title, first.isrc, second.copy) == ("Tide", "GBAYE2600001", "permitted")


def test_the_same_sound_comes_out_of_every_form(folder: Path) -> None:
    sheets = [
        cue(folder, TWO.format(file=file, kind=kind, **DISC_TIMES))
        for file, kind in (("disc.wav", "WAVE"), ("disc.bin", "BINARY"), ("disc.flac", "WAVE"))
    ]
    whole = [b"".join(sheet.reel.read(0, 2250)) for sheet in sheets]
    assert whole[0] == whole[1] == whole[2]
    assert len(whole[0]) == 2250 * SECTOR * 4
    assert not any(whole[0][: 150 * SECTOR * 4])


def test_a_file_a_track_with_the_pregap_at_the_end_of_the_file_before(folder: Path) -> None:
    text = (
        'FILE "01.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
        '  TRACK 02 AUDIO\n    INDEX 00 00:06:00\nFILE "02.wav" WAVE\n    INDEX 01 00:00:00\n'
    )
    assert marks(cue(folder, text)) == [[(0, 0), (1, 150)], [(0, 600), (1, 750)]]


def test_silence_that_is_in_no_file(folder: Path) -> None:
    text = (
        'FILE "01.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
        'FILE "02.wav" WAVE\n  TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:00:00\n'
    )
    sheet = cue(folder, text)
    assert marks(sheet) == [[(0, 0), (1, 150)], [(0, 750), (1, 900)]]
    assert not any(b"".join(sheet.reel.read(750, 150)))


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("CATALOG 5012345678900", "CATALOG 501234567890", "cue-catalog", 1),
        ("CATALOG 5012345678900", "CATALOG 5012345678901", "cd-upc", None),
        ("INDEX 01 00:09:00", "INDEX 01 00:07:00", "cue-time", 10),
        ("INDEX 01 00:09:00", "INDEX 01 00:09:75", "cue-time", 10),
        ("INDEX 02 00:14:00", "INDEX 03 00:14:00", "cue-index", 11),
        ("INDEX 02 00:14:00", "INDEX 02 00:44:00", "sheet-past-end", 11),
        ("ISRC GBAYE2600001", "ISRC GBAYE26000", "cd-isrc", 3),
        ("FLAGS DCP", "FLAGS DCP SCMS", "cue-flags", 8),
        ("FLAGS DCP", "FLAGS 4CH", "cue-flags", 8),
        ("TRACK 02 AUDIO", "TRACK 03 AUDIO", "cd-track-number", 7),
        ("TRACK 02 AUDIO", "TRACK 02 MODE1/2352", "cue-track", 7),
        ('"disc.wav" WAVE', '"nowhere.wav" WAVE', "sound-unreadable", 2),
        ('"disc.wav" WAVE', '"disc.wav" MP3', "cue-file", 2),
        ("TITLE", "TITEL", "cue-command", 4),
        ("INDEX 00 00:08:00\n    INDEX 01 00:09:00", "INDEX 00 00:02:00\n    INDEX 01 00:03:00",
         "cd-short-track", 3),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cue_sheet_is_told_with_its_line(
    folder: Path, old: str, new: str, rule: str, line: int | None
) -> None:
    text = TWO.format(file="disc.wav", kind="WAVE", **DISC_TIMES)
    assert old in text
    found = wrong(cue(folder, text.replace(old, new)))
    assert rule in [each for each, _ in found], found
    if line is not None and rule != "sound-unreadable":
        assert (rule, line) in found


TOC = """CD_DA
CATALOG "5012345678900"
CD_TEXT { LANGUAGE_MAP { 0 : EN 1 : 8 } LANGUAGE 0 { TITLE "Salt" GENRE { 0, 11, 0 } }
  LANGUAGE 1 { TITLE "Salz" } }
// the first
TRACK AUDIO
NO COPY
ISRC "GBAYE2600001"
CD_TEXT { LANGUAGE 0 { TITLE "Se\\361or \\"Tide\\"" } }
SILENCE 00:02:00
START
FILE "disc.wav" 0 00:08:00
TRACK AUDIO
COPY
PRE_EMPHASIS
FILE "disc.wav" 00:08:00 00:20:00
START 00:01:00
INDEX 00:05:00
"""


def test_a_toc_file_is_the_same_disc(folder: Path) -> None:
    sheet = toc(folder, TOC)
    assert marks(sheet) == WANTED
    assert sheet.disc is not None
    assert (sheet.disc.title, sheet.disc.sectors) == ("Salt", 2250)
    first, second = sheet.disc.tracks
    assert (first.title, first.isrc) == ('Señor "Tide"', "GBAYE2600001")
    assert (second.copy, second.pre_emphasis) == ("permitted", True)


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("CD_DA", "CD_ROM", "toc-command", 1),
        ("TRACK AUDIO\nCOPY", "TRACK MODE1\nCOPY", "toc-track", 13),
        ("00:08:00 00:20:00", "00:08:00 00:40:00", "sheet-past-end", 16),
        ("START 00:01:00", "START 00:01:99", "toc-time", 17),
        ("START 00:01:00", "STRAT 00:01:00", "toc-command", 17),
        ('"5012345678900"', '"50123"', "toc-catalog", 2),
        ('ISRC "GBAYE2600001"', 'ISRC "GBAYE26"', "cd-isrc", 6),
        ("INDEX 00:05:00\n", "INDEX 00:05:00\n}", "toc-command", 19),
        ('LANGUAGE 1 { TITLE "Salz" } }', 'LANGUAGE 1 { TITLE "Salz"', "toc-form", 6),
        ('FILE "disc.wav" 0 00:08:00', "", "cd-index-order", 6),
    ],
)
def test_what_is_wrong_with_a_toc_file_is_told_with_its_line(
    folder: Path, old: str, new: str, rule: str, line: int
) -> None:
    assert old in TOC
    found = wrong(toc(folder, TOC.replace(old, new)))
    assert (rule, line) in found, found


def test_a_sheet_over_sound_of_another_form_is_refused(folder: Path) -> None:
    write_wav(folder / "high.wav", 2250)
    with wave.open(str(folder / "high.wav"), "wb") as out:
        out.setparams((2, 3, 48_000, 0, "NONE", ""))
        out.writeframes(bytes(48_000 * 6 * 20))
    found = cue(folder, TWO.format(file="high.wav", kind="WAVE", **DISC_TIMES)).findings
    wanted = "`high.wav` is 24 bit, 48000 Hz, 2 channels"
    assert [each.what for each in found if each.rule == "sound-form"] == [wanted]


@pytest.mark.parametrize("kind", ["cue", "toc"])
def test_no_text_makes_a_sheet_stumble(folder: Path, kind: str) -> None:
    text = TOC if kind == "toc" else TWO.format(file="disc.wav", kind="WAVE", **DISC_TIMES)
    draw, path = Random(8), folder / f"x.{kind}"
    for _ in range(300):
        path.write_bytes(changed(text.encode("latin-1"), draw))
        read = read_toc if kind == "toc" else read_cue
        found = read(path, name=path.name).findings
        assert all(each.file for each in found)
