"""Vinyl: a side a file, its times, and no limiter unless one is asked for."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from albumbuild.formats.sound import probe
from tests.deliverables.test_loudness import lufs, true_peak_dbtp
from tests.signals import sine
from tests.studio import RATE_HZ, Block, Studio, plain_song


def test_sides_are_24_bit_and_hold_their_gaps(shop: Studio) -> None:
    sides = shop.delivery("vinyl")["sides"]
    assert [side["side"] for side in sides] == ["A", "B"]
    assert [side["seconds"] for side in sides] == [8, 6 - 0.75 + 7]
    for side in sides:
        form = probe(shop.root / f"build/vinyl/{side['file']}")
        assert (form.bits, form.channels) == (24, 2)
        assert form.frames == round(side["seconds"] * form.rate_hz)


def test_the_timing_sheet_has_a_line_a_track(shop: Studio) -> None:
    lines = (shop.root / "build/vinyl/timing.txt").read_text().splitlines()
    assert lines[0] == "Lights - Salt"
    assert lines[2:] == [
        "A1\tSeñor Blues\t0:00.00\t0:08.00",
        "B1\tTwo / Too\t0:00.00\t0:05.65",
        "B2\tThree\t0:05.65\t0:12.25",
    ]


def test_the_cutter_is_told(shop: Studio) -> None:
    notes = (shop.root / "build/vinyl/notes-to-the-cutter.txt").read_text()
    assert "12in-33" in notes
    assert "not limited" in notes
    assert "-20.0 LUFS" in notes
    limited = (shop.root / "build/limited/notes-to-the-cutter.txt").read_text()
    assert "not limited" not in limited


@pytest.mark.parametrize("name", ["vinyl", "hot"])
def test_peaks_are_left_alone_unless_a_ceiling_is_asked_for(shop: Studio, name: str) -> None:
    """A master is its premaster times a number, however loud it should be."""
    for song in ("one", "two"):
        before, after = shop.result(f"premaster:{song}"), shop.result(f"master:{song}@{name}")
        loudest = np.unravel_index(np.argmax(np.abs(before)), before.shape)
        assert np.allclose(after, before * (after[loudest] / before[loudest]), atol=1e-6)


def test_a_song_too_loud_comes_down_until_its_peak_fits(shop: Studio) -> None:
    for song in ("one", "two"):
        master = shop.result(f"master:{song}@hot")
        assert lufs(master, 44_100) < -9
        assert -1.05 < true_peak_dbtp(master) <= -0.99


def test_a_ceiling_that_is_asked_for_limits(shop: Studio) -> None:
    for song in ("one", "two"):
        master = shop.result(f"master:{song}@limited")
        assert lufs(master, 44_100) == pytest.approx(-10, abs=0.1)
        assert true_peak_dbtp(master) <= -2.95


def record(folder: Path, *songs: Block, **settings: Any) -> Studio:
    """An album of one record with one side, its songs as they are."""
    names = [f"s{number}" for number in range(len(songs))]
    album = {
        "title": "Salt & <Sand>",
        "artist": "Lights",
        "songs": {name: plain_song(name) for name in names},
        "deliverables": {
            "lp": {
                "type": "vinyl",
                "loudness": {"mode": "none"},
                "sides": {"A": names},
                **settings,
            },
        },
    }
    studio = Studio(folder, album)
    for name, song in zip(names, songs, strict=True):
        studio.stem(name, song)
    return studio


def bass(peak: float) -> Block:
    """Six seconds of 50 Hz, in phase."""
    return sine(50, rate_hz=RATE_HZ, frames=6 * RATE_HZ, channels=2, peak=peak)


def cuttability(studio: Studio, *, code: int = 0) -> dict[str, float]:
    """The figures of its only side, made again."""
    said = studio.run("make")
    assert said.code == code, said.err
    (side,) = studio.delivery("lp")["sides"]
    return dict(side["cuttability"])


def test_each_side_has_figures(shop: Studio) -> None:
    for side in shop.delivery("vinyl")["sides"]:
        figures = side["cuttability"]
        assert all(isinstance(value, float) for value in figures.values())
        assert figures["vertical_amplitude_um"] > 0
        assert figures["acceleration_weighted_g"] > 0
    hot, limited = (shop.delivery(name)["sides"][0]["cuttability"] for name in ("hot", "limited"))
    assert limited["lateral_amplitude_um"] > 1.3 * hot["lateral_amplitude_um"]


def test_a_tone_is_cut_as_the_textbook_has_it(tmp_path: Path) -> None:
    tone = sine(1_000, rate_hz=RATE_HZ, frames=4 * RATE_HZ, channels=2, peak=0.5)
    studio = record(tmp_path / "album", tone)
    studio.edit("songs.s0.stems.s0.fade_in_s", 0.5)  # at once, the stylus would swing out
    figures = cuttability(studio)
    assert figures["lateral_velocity_cm_s"] == pytest.approx(7.0, rel=0.01)
    assert figures["lateral_amplitude_um"] == pytest.approx(7e4 / (2 * np.pi * 1_000), rel=0.01)
    assert figures["vertical_amplitude_um"] == 0.0


def test_6_db_more_in_the_manifest_are_6_db_more_on_the_lathe(tmp_path: Path) -> None:
    studio = record(tmp_path / "album", bass(0.2))
    was = cuttability(studio)
    studio.edit("songs.s0.stems.s0.gain_db", 6.0)
    now = cuttability(studio)
    for name in ("lateral_amplitude_um", "lateral_velocity_cm_s"):
        assert 20 * np.log10(now[name] / was[name]) == pytest.approx(6.0, abs=0.01)


def test_notes_and_drawing_tell_of_out_of_phase_bass(tmp_path: Path) -> None:
    studio = record(tmp_path / "album", bass(0.3), bass(0.5) * [1, -1])
    assert cuttability(studio)["vertical_bass_um"] > 17.5
    notes = (studio.root / "build/lp/notes-to-the-cutter.txt").read_text()
    assert "0:08.00 to 0:14.00: out-of-phase bass, " in notes
    assert "advice: bring sound under 300 Hz into phase" in notes
    assert "it cuts as it is" not in notes
    drawing = Xml.parse(studio.root / "build/lp/Salt & Sand - side A-groove.svg").getroot()
    assert any("Salt & <Sand>" in (each.text or "") for each in drawing.iter())
    files = {each["path"] for each in studio.delivery("lp")["files"]}
    assert "notes-to-the-cutter.txt" in files
    assert not any(path.startswith(".") for path in files)


@pytest.mark.parametrize(
    ("song", "rule"),
    [
        (bass(1.0) * [1, -1], "uncuttable-depth"),
        (bass(0.5) + 0.5 * bass(1.0) * [1, -1], ""),
        (sine(19_000, rate_hz=RATE_HZ, frames=RATE_HZ * 5, channels=2), "uncuttable-treble"),
    ],
)
def test_a_side_that_cannot_be_cut_is_delivered_with_exit_3(
    song: Block, rule: str, tmp_path: Path
) -> None:
    studio = record(tmp_path / "album", song, disc="7in-33")
    for _ in range(2):  # told again where nothing is to be done
        said = studio.run("make", "--json")
        assert said.code == (3 if rule else 0)
        broken = json.loads(said.out)["broken_rules"]
        assert [each["rule"] for each in broken] == ([rule] if rule else [])
        assert (f"error[{rule}]: side `A` of `lp`" in said.err) == bool(rule)
        assert (studio.root / "build/lp/deliverable.json").is_file()
    assert not rule or "album.yaml:" in broken[0]["at"]


@pytest.mark.slow
def test_a_side_that_fits_only_far_under_its_level_breaks_a_rule(tmp_path: Path) -> None:
    sweep = sine(38, rate_hz=RATE_HZ, frames=330 * RATE_HZ, channels=2, peak=0.99)
    studio = record(tmp_path / "album", sweep, disc="7in-45")
    said = studio.run("make")
    assert said.code == 3
    assert "error[uncuttable-level]: side `A` of `lp` would have to be cut" in said.err
