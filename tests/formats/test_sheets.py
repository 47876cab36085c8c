"""Cue, TOC and PQ sheets of a disc, as the programs that read them understand them."""

import shutil
import subprocess
import wave

import pytest

from albumbuild.formats.cue import cue_text
from albumbuild.formats.pq import pq_html, pq_text
from albumbuild.formats.toc import toc_text
from tests.formats.discs import disc, ebb, flow, image, slack

needs = {
    name: pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed")
    for name in ("cdrdao", "cueprint", "flac", "metaflac")
}


@pytest.fixture
def folder(tmp_path):
    made = disc()
    with wave.open(str(tmp_path / "disc.wav"), "wb") as out:
        out.setparams((2, 2, 44_100, 0, "NONE", ""))
        out.writeframes(image(made.sectors))
    (tmp_path / "disc.cue").write_text(cue_text(made, "disc.wav"), encoding="utf-8")
    (tmp_path / "disc.toc").write_text(toc_text(made, "disc.wav"), encoding="ascii")
    return tmp_path


def ran(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_cue_sheet_line_by_line():
    assert cue_text(disc(), "disc.wav").splitlines() == [
        'REM GENRE "folk"',
        "CATALOG 0123456789012",
        'TITLE "Tidal Works"',
        'PERFORMER "The Moles"',
        'FILE "disc.wav" WAVE',
        "  TRACK 01 AUDIO",
        '    TITLE "Señor Ebb"',
        '    PERFORMER "The Moles"',
        '    SONGWRITER "Anna Ström"',
        "    ISRC GBAYE2600001",
        "    INDEX 00 00:00:00",
        "    INDEX 01 00:02:00",
        "  TRACK 02 AUDIO",
        '    TITLE "Flow"',
        "    PERFORMER \"Guest 'Q'\"",
        "    ISRC GBAYE2600002",
        "    INDEX 00 00:10:00",
        "    INDEX 01 00:11:00",
        "    INDEX 02 00:15:00",
        "    INDEX 03 00:16:00",
        "  TRACK 03 AUDIO",
        '    TITLE "Slack - Water"',
        '    PERFORMER "The Moles"',
        "    ISRC GBAYE2600003",
        "    INDEX 01 00:22:00",
    ]


@needs["flac"]
@needs["metaflac"]
def test_flac_takes_the_cue_sheet_and_gives_it_back(folder):
    ran(folder, "flac", "-s", "-0", "--cuesheet=disc.cue", "disc.wav")
    given = ran(folder, "metaflac", "--export-cuesheet-to=-", "disc.flac")
    kept = ("TRACK", "ISRC", "INDEX", "CATALOG")
    wanted = [line for line in cue_text(disc(), "").splitlines() if line.split()[0] in kept]
    assert [line for line in given.splitlines() if line.split()[0] in kept] == wanted
    assert "REM FLAC__lead-out 170 1323000" in given


@needs["cueprint"]
def test_cueprint_reads_the_cue_sheet(folder):
    form = r"%n|%t|%p|%i\n"
    said = ran(folder, "cueprint", "-t", form, "disc.cue")
    assert said.splitlines() == [
        "1|Señor Ebb|The Moles|GBAYE2600001",
        "2|Flow|Guest 'Q'|GBAYE2600002",
        "3|Slack - Water|The Moles|GBAYE2600003",
    ]


@needs["cdrdao"]
def test_cdrdao_sees_every_index_of_the_toc(folder):
    said = " ".join(ran(folder, "cdrdao", "show-toc", "disc.toc").split())
    for part in (
        "CATALOG NUMBER: 0123456789012",
        "ISRC GB AYE 26 00002",
        "PREGAP 00:02:00( 150) START 00:02:00( 150) END 00:10:00( 750)",
        "PREGAP 00:01:00( 75) START 00:11:00( 825) INDEX 2 00:15:00( 1125) INDEX 3 00:16:00( 1200)",
        "START 00:22:00( 1650) END 00:30:00( 2250)",
    ):
        assert part in said


@needs["cdrdao"]
def test_cdrdao_reads_every_sector_of_the_toc(folder):
    command = ["cdrdao", "read-test", "disc.toc"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "Read 2250 blocks." in done.stdout + done.stderr


def test_the_toc_spells_letters_as_escapes_and_can_leave_text_out():
    toc = toc_text(disc(), "disc.wav")
    assert 'TITLE "Se\\361or Ebb"' in toc
    assert 'PERFORMER "Guest \\"Q\\""' in toc
    assert toc_text(disc(), "disc.wav", cd_text=False).count("CD_TEXT") == 0


def test_the_toc_names_the_disc_only_with_every_code():
    assert 'DISC_ID "MOL-001"' in toc_text(disc(), "disc.wav")
    tracks = (ebb(isrc=None), flow(), slack())
    assert "DISC_ID" not in toc_text(disc(tracks=tracks), "disc.wav")


def test_the_pq_sheet_has_a_line_for_each_index():
    lines = pq_text(disc()).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("track  "))
    rows = [line.split() for line in lines[at + 1 : at + 10]]
    assert rows == [
        ["01", "00", "00:00:00", "00:02:00", "(pregap)"],
        ["01", "01", "00:02:00", "00:09:00", "GBAYE2600001", "Señor", "Ebb", "The", "Moles"],
        ["02", "00", "00:10:00", "00:01:00", "(pregap)"],
        ["02", "01", "00:11:00", "00:11:00", "GBAYE2600002", "Flow", "Guest", "“Q”"],
        ["02", "02", "00:15:00"],
        ["02", "03", "00:16:00"],
        ["03", "01", "00:22:00", "00:08:00", "GBAYE2600003", "Slack", "–", "Water", "The", "Moles"],
        ["AA", "01", "00:30:00", "lead-out"],
        [],
    ]


def test_the_pq_sheet_tells_of_a_hidden_track():
    hidden = disc(tracks=(ebb(start_sector=400), flow(), slack()))
    assert "after the pause for 00:03:25" in pq_text(hidden)
    assert "after the pause" not in pq_text(disc())


def test_the_pq_page_stands_alone_and_escapes_what_it_shows():
    page = pq_html(disc(title="<Tide & Co>"))
    assert "&lt;Tide &amp; Co&gt;" in page
    assert "<Tide" not in page
    assert "http" not in page
    assert page.count("<tr>") == 9
