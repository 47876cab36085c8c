"""The multiband compressor: bands that sum to the whole, and one compressor in each."""

import numpy as np
import pytest

from albumbuild.processors.compressor import Compressor
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.steps.inserts import Insert
from tests.signals import PIECES, impulse, level_db, noise, response_db, sine, through

RATE = 48_000
CROSSOVERS = [(), (200,), (120, 3_000), (60, 250, 1_000, 5_000), (150, 165, 180, 190, 20_000)]


def bands(count, **settings):
    """So many bands alike."""
    return tuple(MultibandBand(**settings) for _ in range(count))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("crossovers_hz", CROSSOVERS)
def test_bands_at_rest_sum_to_an_all_pass(crossovers_hz, rate_hz):
    device = Multiband(crossovers_hz=crossovers_hz, bands=bands(len(crossovers_hz) + 1, ratio=1))
    freqs = np.geomspace(20, 20_000, 60)
    found = response_db(device, freqs, rate_hz=rate_hz, frames=rate_hz // 4)
    assert found == pytest.approx(np.zeros(60), abs=0.001)


@pytest.mark.parametrize("makeup_db", [-12, 6])
def test_all_bands_turned_up_are_all_turned_up(makeup_db):
    device = Multiband(crossovers_hz=(300, 4_000), bands=bands(3, ratio=1, makeup_db=makeup_db))
    found = response_db(device, np.geomspace(30, 20_000, 30), rate_hz=RATE, frames=RATE // 4)
    assert found == pytest.approx(np.full(30, makeup_db), abs=0.001)


def test_bands_meet_at_6_db_and_fall_by_24_db_an_octave():
    quiet, loud = MultibandBand(ratio=1, makeup_db=-40), MultibandBand(ratio=1, makeup_db=40)
    device = Multiband(crossovers_hz=(1_000,), bands=(loud, quiet))
    found = response_db(device, np.array([50, 1_000, 2_000, 4_000]), rate_hz=RATE, frames=RATE)
    analogue = [40 - 20 * np.log10(1 + x**4) for x in (0.05, 1, 2, 4)]
    assert found == pytest.approx(np.array(analogue), abs=0.6)


def test_one_band_alone_is_a_compressor():
    numbers = {"threshold_db": -30, "ratio": 3, "attack_ms": 2, "knee_db": 4, "makeup_db": 2}
    device = Multiband(crossovers_hz=(), bands=bands(1, **numbers))
    assert np.array_equal(
        through(device, noise(9_000)), through(Compressor(**numbers), noise(9_000))
    )


@pytest.mark.parametrize(("freq_hz", "band"), [(40, 0), (700, 1), (11_000, 2)])
def test_each_band_is_turned_down_for_itself(freq_hz, band):
    settings = [MultibandBand(ratio=1)] * 3
    settings[band] = MultibandBand(threshold_db=-20, ratio=4, knee_db=0)
    device = Multiband(crossovers_hz=(180, 3_000), bands=tuple(settings))
    for probe in (40, 700, 11_000):
        tone = sine(probe, rate_hz=RATE, frames=RATE)
        out = through(device, tone, rate_hz=RATE)
        found = (level_db(out[RATE // 2 :]) - level_db(tone[RATE // 2 :]))[0]
        wanted = -15 if probe == freq_hz else 0
        assert found == pytest.approx(wanted, abs=0.5)  # some of a tone is in the bands beside


@pytest.mark.parametrize("piece", PIECES)
def test_blocks_are_not_heard(piece):
    device = Multiband(crossovers_hz=(200, 2_000), bands=bands(3, threshold_db=-40))
    whole = through(device, noise(6_000), piece=6_000)
    assert np.array_equal(through(device, noise(6_000), piece=piece), whole)


@pytest.mark.parametrize("share", [25, 50, 75])
def test_dry_and_wet_mix_without_holes(share):
    """Bands at rest turn the phase about each crossover; the dry sound is turned with them."""
    device = Multiband(crossovers_hz=(200, 3_000), bands=(MultibandBand(),) * 3, mix_pct=share)
    insert = Insert(device, 48_000, 1)
    lines = np.fft.rfft(insert.process(1e-3 * impulse(1 << 15))[:, 0])
    heard = np.fft.rfftfreq(1 << 15, 1 / 48_000) > 20
    assert np.max(np.abs(20 * np.log10(np.abs(lines[heard]) * 1e3))) < 1e-6


def test_bands_that_do_not_fit_their_crossovers_are_refused_all_at_once():
    def refused(crossovers_hz, count):
        device = Multiband(crossovers_hz=crossovers_hz, bands=bands(count))
        return [(each.slug, each.at) for each in device.refusals({})]

    assert refused((), 1) == refused((200, 2_500), 3) == []
    assert refused((200,), 1) == [("band-count", ("bands",))]
    assert refused((900, 200, 200), 2) == [
        ("band-count", ("bands",)),
        ("crossovers-not-rising", ("crossovers_hz", 1)),
        ("crossovers-not-rising", ("crossovers_hz", 2)),
    ]
