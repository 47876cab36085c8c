"""Another rate: length, moment, level, and nothing that was not there."""

import numpy as np
import pytest

from albumbuild.dsp.resample import Resampler, resampled_frames
from tests.signals import impulse, level_db, noise, sine

RATES = [
    (44_100, 48_000),
    (48_000, 44_100),
    (24_000, 44_100),
    (96_000, 44_100),
    (88_200, 44_100),
    (192_000, 48_000),
    (8_000, 44_100),
    (44_100, 96_000),
]


def resampled(block, rate_in, rate_out, piece=4_096):
    resampler = Resampler(rate_in, rate_out, block.shape[1])
    pieces = [resampler.process(block[at : at + piece]) for at in range(0, len(block), piece)]
    return np.concatenate([*pieces, resampler.finish()])


@pytest.mark.parametrize(("rate_in", "rate_out"), RATES)
@pytest.mark.parametrize("frames", [0, 1, 2, 4_096, 10_007])
def test_the_length_is_exact(rate_in, rate_out, frames):
    out = resampled(noise(frames), rate_in, rate_out)
    assert out.shape == (resampled_frames(frames, rate_in, rate_out), 2)
    assert abs(len(out) - frames * rate_out / rate_in) <= 0.5


@pytest.mark.parametrize("piece", [1, 63, 512, 4_096, 1 << 30])
def test_pieces_are_not_heard(piece):
    block = noise(9_000)
    whole = resampled(block, 48_000, 44_100)
    assert np.array_equal(resampled(block, 48_000, 44_100, piece), whole)


@pytest.mark.parametrize(("rate_in", "rate_out"), RATES)
def test_an_impulse_comes_out_at_its_moment(rate_in, rate_out):
    frames = rate_in // 2
    block = np.roll(impulse(frames), rate_in // 10, axis=0)
    out = resampled(block, rate_in, rate_out)[:, 0]
    assert np.argmax(np.abs(out)) == rate_out // 10
    around = out[rate_out // 10 - 200 : rate_out // 10 + 201]
    assert np.allclose(around, around[::-1], atol=1e-9)


@pytest.mark.parametrize(("rate_in", "rate_out"), RATES)
def test_the_pass_band_is_flat(rate_in, rate_out):
    for freq_hz in (20, 1_000, 10_000, 16_000, 20_000):
        if freq_hz > 0.4535 * min(rate_in, rate_out):
            continue
        tone = sine(freq_hz, rate_hz=rate_in, frames=rate_in)
        out = resampled(tone, rate_in, rate_out)[rate_out // 4 : 3 * rate_out // 4]
        assert level_db(out)[0] == pytest.approx(-3.0103, abs=0.01)


@pytest.mark.parametrize(
    ("rate_in", "rate_out", "freq_hz"),
    [(96_000, 44_100, 26_000), (48_000, 44_100, 23_000), (192_000, 48_000, 70_000)],
)
def test_what_has_no_place_at_the_new_rate_is_gone(rate_in, rate_out, freq_hz):
    tone = sine(freq_hz, rate_hz=rate_in, frames=rate_in)
    out = resampled(tone, rate_in, rate_out)[rate_out // 4 : 3 * rate_out // 4]
    assert level_db(out)[0] < -123


@pytest.mark.parametrize(("rate_in", "rate_out"), [(8_000, 44_100), (24_000, 44_100)])
def test_no_image_appears_above(rate_in, rate_out):
    freq_hz = rate_in // 8
    tone = sine(freq_hz, rate_hz=rate_in, frames=rate_in)
    out = resampled(tone, rate_in, rate_out)[rate_out // 4 : 3 * rate_out // 4, 0]
    spectrum = np.abs(np.fft.rfft(out * np.blackman(len(out))))
    freqs_hz = np.fft.rfftfreq(len(out), 1 / rate_out)
    images = spectrum[np.abs(freqs_hz - freq_hz) > 200]
    assert 20 * np.log10(images.max() / spectrum.max()) < -120


def test_the_same_rate_gives_back_every_bit():
    block = noise(1_000)
    assert np.array_equal(resampled(block, 44_100, 44_100), block)
