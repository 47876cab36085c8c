"""Vinyl: a side a file, its times, and no limiter unless one is asked for."""

import numpy as np
import pytest

from albumbuild.formats.sound import probe
from tests.deliverables.test_loudness import lufs, true_peak_dbtp
from tests.studio import Studio


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
