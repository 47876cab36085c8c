"""The CD: one image, and every sheet tells the same of it."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from albumbuild.deliverables.delivery import DITHER_SEED
from albumbuild.dsp.dither import quantise
from albumbuild.formats.sound import probe
from tests.studio import Block, Studio

SECTOR = 588


def sectors(clock: str) -> int:
    """`mm:ss:ff` in sectors."""
    minutes, seconds, rest = map(int, clock.split(":"))
    return (minutes * 60 + seconds) * 75 + rest


def programme(studio: Studio, name: str) -> Block:
    """What the sequence of a deliverable left."""
    return studio.result(f"sequence:{name}", "side.programme")


def steps(studio: Studio, path: str) -> Block:
    """A 16-bit file in whole steps."""
    return np.asarray(studio.sound(path) * 32_768)


@pytest.mark.parametrize("name", ["cd", "secret"])
def test_the_image_the_wave_and_the_programme_are_one(shop: Studio, name: str) -> None:
    whole = programme(shop, name)
    wave = steps(shop, f"{name}/{name}.wav")
    form = probe(shop.root / f"build/{name}/{name}.wav")
    assert (form.rate_hz, form.channels, form.bits) == (44_100, 2, 16)
    assert len(wave) == len(whole)
    assert len(wave) % SECTOR == 0
    dither = "none" if name == "secret" else "tpdf"
    drawn = quantise(whole, bits=16, dither=dither, first_frame=0, seed=DITHER_SEED)
    assert np.array_equal(wave, drawn)
    image = np.fromfile(shop.root / f"build/{name}/ddp/IMAGE.DAT", "<i2").reshape(-1, 2)
    assert np.array_equal(image, wave)
    data = (shop.root / f"build/{name}/{name}.wav").read_bytes()
    assert data[44:] == image.tobytes(), "nothing but sound after a plain header"


def test_without_dither_samples_are_plainly_rounded(shop: Studio) -> None:
    whole, wave = programme(shop, "secret"), steps(shop, "secret/secret.wav")
    assert np.abs(wave - whole * 32_768).max() <= 0.5
    dithered = steps(shop, "cd/cd.wav") - programme(shop, "cd") * 32_768
    sounding = dithered[150 * SECTOR : 150 * SECTOR + 300_000]
    assert np.abs(dithered).max() <= 1.5
    assert np.mean(np.square(sounding)) == pytest.approx(3 / 12, rel=0.03)


def test_silence_is_silence(shop: Studio) -> None:
    """The pause before track 1 and the gap after it hold no dither."""
    wave = steps(shop, "cd/cd.wav")
    assert not wave[: 150 * SECTOR].any()
    end = 150 * SECTOR + 8 * 44_100
    assert not wave[end : end + 66_150].any()
    assert wave[end - 100 : end].any()


@pytest.mark.parametrize("name", ["cd", "secret"])
def test_every_sheet_has_the_same_marks(shop: Studio, name: str) -> None:
    folder = shop.root / f"build/{name}"
    cue = [
        sectors(clock)
        for clock in re.findall(r"INDEX 01 (\S+)", (folder / f"{name}.cue").read_text())
    ]
    toc = []
    for start, _, pregap in re.findall(
        r'FILE "[^"]+" (\S+) (\S+)(?:\nSTART (\S+))?', (folder / f"{name}.toc").read_text()
    ):
        toc.append(sectors(start) + (sectors(pregap) if pregap else 0))
    sheet = (folder / f"{name}-pq.txt").read_text()
    pq = [sectors(clock) for clock in re.findall(r"^\d\d +01 +(\S+)", sheet, flags=re.MULTILINE)]
    page = (folder / f"{name}-pq.html").read_text()
    record = [round(track["start_s"] * 75) for track in shop.delivery(name)["tracks"]]
    assert cue == toc == pq == record
    assert len(cue) == (2 if name == "secret" else 3)
    for mark in cue:
        assert f"{mark // 75 // 60:02}:{mark // 75 % 60:02}:{mark % 75:02}" in page
    ends = [track["start_s"] + track["seconds"] for track in shop.delivery(name)["tracks"]]
    lead_out = sectors(str(re.findall(r"lead-out +(\S+)", sheet)[0]))
    assert round(ends[-1] * 75) == lead_out == len(steps(shop, f"{name}/{name}.wav")) / SECTOR


def test_marks_stand_where_the_sequence_put_them(shop: Studio) -> None:
    first, second, third = (track["start_s"] - 2 for track in shop.delivery("cd")["tracks"])
    assert first == 0
    assert 0 <= 8 + 1.5 - second < 1 / 75
    assert 0 <= 8 + 1.5 + 6 - 0.75 + 0.4 - third < 1 / 75
    cue = (shop.root / "build/cd/cd.cue").read_text()
    assert cue.count("INDEX 00") == 2, "track 1's pause, the gap; none at the crossfade"
    assert "INDEX 02 00:05:37" in cue


def test_a_hidden_song_plays_before_track_1(shop: Studio) -> None:
    tracks = shop.delivery("secret")["tracks"]
    assert [(track["number"], track["song"]) for track in tracks] == [(1, "two"), (2, "three")]
    assert 0 <= 2 + 8 + 2 - tracks[0]["start_s"] < 1 / 75
    wave = steps(shop, "secret/secret.wav")
    assert wave[150 * SECTOR : 150 * SECTOR + 8 * 44_100].any()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum and md5sum")
@pytest.mark.parametrize(
    ("tool", "folder", "sums"),
    [
        ("sha256sum", "cd", "SHA256SUMS"),
        ("md5sum", "cd", "MD5SUMS"),
        ("md5sum", "cd/ddp", "CHECKSUM.MD5"),
        ("sha256sum", "vinyl", "SHA256SUMS"),
        ("sha256sum", "mp3", "SHA256SUMS"),
        ("sha256sum", "mixes", "SHA256SUMS"),
    ],
)
def test_checksums_agree_with_another_program(
    shop: Studio, tool: str, folder: str, sums: str
) -> None:
    at = shop.root / "build" / folder
    done = subprocess.run(
        [tool, "--strict", "-c", sums], cwd=at, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    there = {path.relative_to(at).as_posix() for path in at.rglob("*") if path.is_file()}
    summed = {line.removesuffix(": OK") for line in done.stdout.splitlines()}
    assert there - summed <= {"SHA256SUMS", "MD5SUMS", "deliverable.json", "CHECKSUM.TXT", sums}
    assert len(summed) >= 3
