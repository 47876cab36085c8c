"""CDs from a manifest: an independent checker finds no fault, and every client reads the same."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deliverables.conftest import beats
from tests.discs import oracle
from tests.studio import Studio

LOUDNESS = {"target_lufs": -14, "ceiling_dbtp": -1}
SECTOR_S = 1 / 75

SEQUENCES: dict[str, list[Any]] = {
    "segue": ["one", {"song": "two", "gap_s": 0}, {"song": "three", "gap_s": 0}],
    "crossfade": ["one", {"song": "two", "crossfade_s": 0.9}, "three"],
    "marks": [
        "one", {"song": "two", "crossfade_s": 0.7, "mark": 0.3, "indexes": [1.2, 2]}, "three"
    ],
    "hidden": [{"song": "one", "hidden": True}, {"song": "two", "gap_s": 1.7}, "three"],
    "sectors": [
        "one", {"song": "two", "gap_s": SECTOR_S}, {"song": "three", "gap_s": SECTOR_S}
    ],
    "emphasis": ["one", {"song": "two", "pre_emphasis": True}, "three"],
}  # fmt: skip
GERMAN = {"title": "Salz", "songs": {"one": {"title": "Flut"}, "two": {"title": "Ebbe"}}}
CDS: dict[str, dict[str, Any]] = {
    **{name: {"sequence": sequence} for name, sequence in SEQUENCES.items()},
    "languages": {"cd_text": {"blocks": {"de": GERMAN, "ja": {"title": "塩"}}}},
    "duplicator": {"sequence": SEQUENCES["hidden"], "duplicator": True},
    "copies": {"copy": "permitted"},
    **{name: {"ddp_profile": name} for name in ("cue2ddp", "sonoris", "hofa", "isrc-twice")},
}
SONGS = {
    "one": {
        "title": "Señor – “Tide”", "composer": "Dvořák", "arranger": "Ida", "isrc": "GBAYE2600001"
    },
    "two": {"title": "Œuvre", "artist": "Guest", "isrc": "GBAYE2600002", "message": "Hello"},
    "three": {"title": "Three", "lyricist": "N. Bates", "isrc": "GBAYE2600003"},
}  # fmt: skip
LENGTHS_S = {"one": 5.0137, "two": 6.2002, "three": 5.4901}

needs = {
    name: pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed")
    for name in ("cdrdao", "cdrskin", "cd-info", "flac")
}


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """One album with all these CDs, made: look, do not touch."""
    songs = {
        name: {**said, "stems": {"x": {"file": f"stems/{name}.wav"}}}
        for name, said in SONGS.items()
    }
    album = {
        "title": "Salt",
        "artist": "Lights",
        "upc": "5012345678900",
        "catalog": "MOL-001",
        "genre": "Folk",
        "message": "For all",
        "songs": songs,
        "deliverables": {
            name: {"type": "cd", "loudness": LOUDNESS, **said} for name, said in CDS.items()
        },
    }
    studio = Studio(tmp_path_factory.mktemp("discs") / "album", album)
    for seed, (name, seconds) in enumerate(LENGTHS_S.items()):
        studio.stem(name, beats(seconds, seed=seed, level=0.4))
    said = studio.run("make")
    assert said.code == 0, said.err
    return studio


def folder(studio: Studio, name: str) -> Path:
    """Where a CD was placed."""
    return studio.root / "build" / name


def ran(*command: str | Path, cwd: Path, coding: str = "utf-8") -> str:
    """What a program says of it, on both streams."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=True)
    return (done.stdout + done.stderr).decode(coding, "replace")


@pytest.mark.parametrize("name", CDS)
def test_an_independent_checker_finds_no_fault(discs: Studio, name: str) -> None:
    assert oracle.faults(folder(discs, name) / "ddp") == []


@pytest.mark.parametrize("name", CDS)
def test_verify_finds_nothing_wrong(discs: Studio, name: str) -> None:
    said = discs.run("verify", f"build/{name}")
    assert said.code == 0, said.out
    assert "nothing is wrong" in said.out


@needs["cdrdao"]
@pytest.mark.parametrize("name", CDS)
def test_cdrdao_reads_the_same(discs: Studio, name: str) -> None:
    cd = folder(discs, name)
    toc = f"{name}.toc"
    said = ran("cdrdao", "show-toc", toc, cwd=cd)
    tracks = oracle.tracks(cd / "ddp")
    starts = re.findall(r"START\s+[\d:]+\(\s*(\d+)\)", said)
    assert [int(each) for each in starts] == [track.start for track in tracks]
    codes = [each.replace(" ", "") for each in re.findall(r"ISRC (\S+ \S+ \S+ \S+)", said)]
    assert codes == [track.isrc for track in tracks]
    indexes = [int(each) for each in re.findall(r"INDEX\s+\d+ [\d:]+\(\s*(\d+)\)", said)]
    assert indexes == [at for track in tracks for at in track.indexes]
    assert said.count("\n          PRE-EMPHASIS") == (1 if name == "emphasis" else 0)
    assert said.count("COPY PERMITTED") == (3 if name == "copies" else 0)
    sectors = (cd / "ddp/IMAGE.DAT").stat().st_size // 2352
    assert str(sectors) in ran("cdrdao", "toc-size", toc, cwd=cd).split()
    assert f"Read {sectors} blocks." in ran("cdrdao", "read-test", toc, cwd=cd)


@needs["flac"]
@pytest.mark.parametrize("name", ["segue", "marks", "hidden", "sectors"])
def test_flac_takes_the_same(discs: Studio, name: str, tmp_path: Path) -> None:
    cd = folder(discs, name)
    file = tmp_path / "x.flac"
    ran("flac", "-s", "-0", f"--cuesheet={name}.cue", "-o", file, f"{name}.wav", cwd=cd)
    sheet = ran("metaflac", "--export-cuesheet-to=-", file, cwd=cd)
    tracks = oracle.tracks(cd / "ddp")
    assert re.findall(r"ISRC (\S+)", sheet) == [track.isrc for track in tracks]
    marks = [
        (int(minutes) * 60 + int(seconds)) * 75 + int(rest)
        for minutes, seconds, rest in re.findall(r"INDEX \d\d (\d+):(\d\d):(\d\d)", sheet)
    ]
    wanted = [
        mark
        for track in tracks
        for mark in (track.pregap, track.start, *track.indexes)
        if mark is not None
    ]
    assert marks == wanted


@needs["cdrskin"]
@pytest.mark.parametrize("name", ["segue", "languages", "sonoris"])
def test_cdrskin_decodes_the_same_texts(discs: Studio, name: str) -> None:
    cd = folder(discs, name)
    packs = cd / "ddp/CDTEXT.BIN"
    said = ran("cdrskin", f"textfile_to_v07t={packs}", cwd=cd, coding="latin-1")
    blocks = oracle.texts(cd / "ddp")
    assert len(blocks) == (3 if name == "languages" else 1)
    for block in [0, 1] if name == "languages" else [0]:
        for kind in (0x80, 0x81):
            for text in blocks[block][kind]:
                assert text in said, (block, kind)


@needs["cd-info"]
@pytest.mark.parametrize("name", ["segue", "marks", "hidden", "copies"])
def test_cd_info_reads_the_same_through_its_cue_sheet(
    discs: Studio, name: str, tmp_path: Path
) -> None:
    cd = folder(discs, name)
    os.link(cd / "ddp/IMAGE.DAT", tmp_path / "disc.bin")
    shutil.copy(cd / "ddp/CDTEXT.BIN", tmp_path)
    sheet = (cd / f"{name}.cue").read_text().replace(f'"{name}.wav" WAVE', '"disc.bin" BINARY')
    bare = re.sub(r"(?m)^ *(TITLE|PERFORMER|SONGWRITER|REM).*\n", "", sheet)
    (tmp_path / "disc.cue").write_text('CDTEXTFILE "CDTEXT.BIN"\n' + bare)
    quiet = ("--no-header", "--no-device-info", "--no-cddb")
    said = ran("cd-info", *quiet, "--cue-file=disc.cue", cwd=tmp_path)
    tracks = oracle.tracks(cd / "ddp")
    starts = [int(each) for each in re.findall(r"(?m)^ *\d+: \S+ +(\d+) audio", said)]
    assert starts == [track.start for track in tracks]
    for text in oracle.texts(cd / "ddp")[0][0x80]:
        assert f"TITLE: {text}" in said
    for track in tracks:
        assert f"ISRC: {track.isrc}" in said


def test_a_gap_of_one_sector_is_a_pregap_of_one(discs: Studio) -> None:
    tracks = oracle.tracks(folder(discs, "sectors") / "ddp")
    assert [track.start - (track.pregap or 0) for track in tracks[1:]] == [1, 1]


def test_a_segue_and_a_crossfade_have_no_pregap(discs: Studio) -> None:
    for name in ("segue", "crossfade"):
        tracks = oracle.tracks(folder(discs, name) / "ddp")
        assert tracks[1].pregap is None


def test_every_language_is_in_its_block(discs: Studio) -> None:
    texts = oracle.texts(folder(discs, "languages") / "ddp")
    assert texts[0][0x80] == ["Salt", 'Señor - "Tide"', "OEuvre", "Three"]
    assert texts[1][0x80] == ["Salz", "Flut", "Ebbe", "Three"]
    assert texts[2][0x80][0] == "塩"
    assert texts[0][0x85] == ["For all", "", "Hello", ""]
    assert texts[0][0x84] == ["Ida", "Ida", "", ""]
    assert texts[0][0x86] == ["MOL-001"]


def test_the_duplicators_sound_follows_the_pause(discs: Studio) -> None:
    cd = folder(discs, "duplicator")
    image = (cd / "ddp/IMAGE.DAT").read_bytes()
    data = (cd / "duplicator/duplicator.wav").read_bytes()
    assert data[44:] == image[150 * 2352 :]
    sheet = (cd / "duplicator/duplicator.cue").read_text()
    assert "INDEX 00 00:00:00" in sheet, "the hidden song"
    whole = (cd / "duplicator.cue").read_text()
    late, early = (re.findall(r"INDEX 01 (\S+)", each)[1] for each in (whole, sheet))
    assert int(late[3:5]) - int(early[3:5]) in (2, -58)
    assert "`duplicator/duplicator.cue`" in (cd / "DELIVERY.md").read_text()


def test_tracks_come_out_of_a_set_as_they_went_in(discs: Studio, tmp_path: Path) -> None:
    cd = folder(discs, "hidden")
    said = discs.run("verify", "build/hidden/ddp", "--extract", str(tmp_path), "--format", "wav")
    assert said.code == 0, said.out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["00 - hidden track.wav", "01 - OEuvre.wav", "02 - Three.wav"]
    image = (cd / "ddp/IMAGE.DAT").read_bytes()
    parts = [sound_bytes(tmp_path / name) for name in names]
    assert b"".join(parts) == image[150 * 2352 :]


def sound_bytes(path: Path) -> bytes:
    """The samples of a WAV with tags before its sound."""
    data = path.read_bytes()
    at = data.index(b"data") + 8
    return data[at : at + int.from_bytes(data[at - 4 : at], "little")]
