"""The limiter: no meter reads more than the ceiling, and what is under it stays as it was."""

import shutil
import subprocess

import numpy as np
import pytest
import scipy.signal

from albumbuild.dsp.meter import Meter
from albumbuild.processors.limiter import Limiter
from tests.signals import PIECES, noise, sine, through

RATES = [44_100, 48_000, 96_000]


def limited(settings, block, rate_hz=44_100, piece=32_768):
    """The output, in time with its input."""
    late = settings.latency(rate_hz)
    padded = np.concatenate((block, np.zeros((late, block.shape[1]))))
    return through(settings, padded, rate_hz=rate_hz, piece=piece)[late:]


def programme(block, rate_hz):
    """The block without what lies over 20 kHz."""
    taps = scipy.signal.firwin(401, 20_000 / (rate_hz / 2), window=("kaiser", 9))
    return scipy.signal.fftconvolve(block, taps[:, np.newaxis], "same")


def made(name, rate_hz):
    """A second of sound that is hard on a limiter."""
    times = np.arange(rate_hz) / rate_hz
    beat = times * 4 % 1
    both = np.array([1.0, 0.8])
    if name == "noise":
        return programme(3 * noise(rate_hz), rate_hz)
    if name == "square":
        return np.sign(np.sin(2 * np.pi * 441.3 * times))[:, np.newaxis] * both * 1.2
    if name == "low square":
        return programme(made("square", rate_hz) * 2, rate_hz)
    if name == "clipped drums":
        hits = noise(rate_hz, 1)[:, 0] * 4 * np.exp(-20 * beat)
        drums = hits + 2 * np.sin(2 * np.pi * 60 * times) * np.exp(-8 * beat)
        return np.clip(drums[:, np.newaxis] * both * 2, -1, 1)
    if name == "quarter":
        wave = np.sin(np.pi / 2 * np.arange(rate_hz) + np.pi / 4)
        return (wave * np.minimum(1, 20 * times))[:, np.newaxis] * both * 1.4
    sparse = np.random.default_rng(3).random(rate_hz) < 0.001
    return programme(sparse[:, np.newaxis] * noise(rate_hz) * 40, rate_hz)


NAMES = ["noise", "square", "low square", "clipped drums", "quarter", "clicks"]


def finest_dbtp(block):
    """The true peak of a meter of another make, sixteen times oversampled."""
    padded = np.pad(block, ((2_000, 2_000), (0, 0)))
    return 20 * np.log10(np.abs(scipy.signal.resample(padded, 16 * len(padded), axis=0)).max())


def fourfold_dbtp(block, beta):
    taps = 4 * scipy.signal.firwin(4 * 32 + 1, 1 / 4, window=("kaiser", beta))
    points = scipy.signal.upfirdn(taps, block, 4, axis=0)
    return 20 * np.log10(np.abs(points).max())


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "settings",
    [
        Limiter(),
        Limiter(lookahead_ms=1, release_ms=20, ceiling_dbtp=-3, drive_db=3),
        Limiter(link_pct=50),
    ],
)
def test_no_true_peak_passes_the_ceiling(name, settings, rate_hz):
    out = limited(settings, made(name, rate_hz), rate_hz)
    meter = Meter(rate_hz, 2)
    meter.add(out)
    figures = meter.figures()
    assert figures.sample_peak_dbfs <= settings.ceiling_dbtp
    assert figures.true_peak_dbtp <= settings.ceiling_dbtp
    for beta in (6, 9):
        assert fourfold_dbtp(out, beta) <= settings.ceiling_dbtp + 0.05
    if name not in ("square", "clipped drums"):  # these go on above 20 kHz, where meters differ
        assert finest_dbtp(out) <= settings.ceiling_dbtp + 0.05


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_ffmpeg_reads_no_more_than_the_ceiling(name):
    out = limited(Limiter(ceiling_dbtp=-2), made(name, 48_000), 48_000)
    command = "ffmpeg -hide_banner -nostats -f f64le -ar 48000 -ac 2 -i - -af ebur128=peak=true"
    done = subprocess.run(
        [*command.split(), "-f", "null", "-"], input=out.tobytes(), capture_output=True, check=True
    )
    peak = [line for line in done.stderr.decode().splitlines() if "Peak:" in line][-1]
    assert float(peak.split()[1]) <= -2.0


@pytest.mark.parametrize("link_pct", [0, 100])
@pytest.mark.parametrize("true_peak", [True, False])
def test_what_stays_under_the_ceiling_keeps_every_bit(true_peak, link_pct):
    block = noise(50_000) * 0.1
    block[-100:] = 0.5
    settings = Limiter(ceiling_dbtp=-0.5, true_peak=true_peak, link_pct=link_pct)
    assert np.array_equal(limited(settings, block), block)


def test_it_comes_to_rest_again_exactly():
    block = noise(200_000) * 0.1
    block[1_000] = 1.5
    out = limited(Limiter(release_ms=20), block)
    assert np.array_equal(out[:700], block[:700])
    assert np.array_equal(out[100_000:], block[100_000:])
    assert np.abs(out[1_000]).max() < 1


@pytest.mark.parametrize("settings", [Limiter(), Limiter(link_pct=30), Limiter(true_peak=False)])
@pytest.mark.parametrize("piece", PIECES)
def test_blocks_are_not_heard(settings, piece):
    block = noise(6_000) * np.linspace(0, 8, 6_000)[:, np.newaxis]
    whole = through(settings, block, piece=len(block))
    assert np.array_equal(through(settings, block, piece=piece), whole)


def test_samples_alone_count_when_asked():
    block = made("quarter", 44_100)
    out = limited(Limiter(ceiling_dbtp=-1, true_peak=False), block)
    assert 20 * np.log10(np.abs(out).max()) == pytest.approx(-1, abs=0.01)
    assert finest_dbtp(out) > 1


def test_release_takes_63_per_cent_of_the_way_in_its_time():
    rate_hz = 48_000
    tone = sine(1_000, rate_hz=rate_hz, frames=2 * rate_hz, peak=0.1)
    tone[: rate_hz // 2] *= 40
    settings = Limiter(release_ms=200, lookahead_ms=1, adaptive=False)
    out = limited(settings, tone, rate_hz)
    heard = np.abs(tone[:, 0]) > 0.05
    down = -20 * np.log10(np.abs(out[heard, 0] / tone[heard, 0]))
    full = 20 * np.log10(4) + 1
    times = np.flatnonzero(heard) / rate_hz - 0.5
    left = down[(times > 0.2) & (times < 0.202)].mean()
    assert left == pytest.approx(full / np.e, abs=0.15)


def left_db(settings, loud_s, after_s):
    """How far a tone is still turned down that long after one of 13 dB over the ceiling."""
    rate_hz = 48_000
    tone = sine(1_000, rate_hz=rate_hz, frames=4 * rate_hz, peak=0.1)
    tone[: round(loud_s * rate_hz)] *= 40
    out = limited(settings, tone, rate_hz)
    at = slice(round((loud_s + after_s) * rate_hz), round((loud_s + after_s + 0.01) * rate_hz))
    return -20 * np.log10(np.abs(out[at]).max() / np.abs(tone[at]).max())


def test_an_adaptive_release_lets_go_of_short_peaks_and_holds_on_to_what_lasts():
    still, adaptive = Limiter(release_ms=100, adaptive=False), Limiter(release_ms=100)
    assert left_db(adaptive, 0.003, 0.1) < left_db(still, 0.003, 0.1) + 0.4
    assert left_db(adaptive, 0.003, 0.6) < 0.4
    assert left_db(still, 2.0, 0.4) < 0.3
    assert 6 < left_db(adaptive, 2.0, 0.4) < 9
    assert left_db(adaptive, 1.0, 2.9) < 1.0


@pytest.mark.parametrize("freq_hz", [40, 50])
def test_an_adaptive_release_keeps_bass_clean(freq_hz):
    rate_hz = 48_000
    tone = sine(freq_hz, rate_hz=rate_hz, frames=6 * rate_hz, peak=10 ** (2 / 20))

    def distortion_db(adaptive):
        settings = Limiter(release_ms=40, lookahead_ms=2, adaptive=adaptive)
        steady = limited(settings, tone, rate_hz)[-2 * rate_hz :, 0]
        lines = np.abs(np.fft.rfft(steady))[2 * freq_hz :: 2 * freq_hz]
        return 20 * np.log10(np.sqrt(np.sum(lines[1:20] ** 2)) / lines[0])

    assert distortion_db(True) < distortion_db(False) - 4


def test_linked_channels_keep_their_balance_and_free_ones_do_not():
    block = made("noise", 44_100) * [1.0, 0.05]
    linked = limited(Limiter(), block)
    assert linked[:, 1] / block[:, 1] == pytest.approx(linked[:, 0] / block[:, 0], rel=1e-9)
    assert np.array_equal(limited(Limiter(link_pct=0), block)[:, 1], block[:, 1])


def test_one_over_is_turned_down_smoothly():
    block = np.full((48_000, 1), 0.5)
    block[24_000] = 2.0
    gain = limited(Limiter(true_peak=False), block, 48_000)[:, 0] / block[:, 0]
    assert np.abs(np.diff(20 * np.log10(gain))).max() < 0.2
    assert gain.max() <= 1


def test_latency_is_look_ahead_and_detector():
    late = Limiter(lookahead_ms=5).latency(48_000)
    block = noise(4_000) * 0.01
    assert np.array_equal(through(Limiter(), block, rate_hz=48_000)[late:], block[:-late])
    assert late < 0.0065 * 48_000
