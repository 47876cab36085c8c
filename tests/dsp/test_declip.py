"""Peaks that were cut are rebuilt; peaks that were not are left alone."""

import numpy as np
import pytest

from albumbuild.dsp.declip import Declipper, Rebuilt, declip_latency
from tests.signals import Block, sine

RATES_HZ = (44_100, 48_000, 96_000)


def mended(sound: Block, rate_hz: int, threshold_db: float) -> tuple[Block, list[Rebuilt]]:
    """A sound with its peaks, on time, and what they are."""
    late = declip_latency(rate_hz)
    declipper = Declipper(threshold_db, rate_hz, sound.shape[1])
    out = declipper.process(np.concatenate((sound, np.zeros((late, sound.shape[1])))))
    return out[late:], declipper.peaks


def chord(rate_hz: int) -> Block:
    """Four tones that beat, up to full scale."""
    at = np.arange(2 * rate_hz) / rate_hz
    total = sum(
        np.sin(2 * np.pi * f * at + f) / (1 + n) for n, f in enumerate((98, 247, 587, 1_319))
    )
    return (total / np.max(np.abs(total)))[:, np.newaxis]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("over_db", [3.0, 6.0])
@pytest.mark.parametrize("name", ["low", "high", "chord"])
def test_the_error_of_what_was_cut_falls_by_far_more_than_6_db(rate_hz, over_db, name):
    whole = {
        "low": lambda: sine(60, rate_hz=rate_hz, frames=rate_hz),
        "high": lambda: sine(997, rate_hz=rate_hz, frames=rate_hz),
        "chord": lambda: chord(rate_hz),
    }[name]()
    level = 10 ** (-over_db / 20)
    cut = np.clip(whole, -level, level)
    out, peaks = mended(cut, rate_hz, -over_db - 0.1)
    gone = np.abs(whole) > level - 1e-4
    before, after = (np.sum(np.square((each - whole)[gone])) for each in (cut, out))
    assert 10 * np.log10(before / after) > 10
    assert np.array_equal(out[~gone], cut[~gone])
    assert np.all(np.abs(out[gone]) >= np.abs(cut[gone]) - 1e-4)
    assert peaks


def test_peaks_that_are_round_stay_as_they_are():
    rate_hz = 44_100
    for freq_hz in (20, 50, 441, 5_000, 11_025):
        for peak in (1.0, 0.995):
            tone = sine(freq_hz, rate_hz=rate_hz, frames=rate_hz, peak=peak)
            stored = np.rint(tone * 32_767) / 32_768
            out, peaks = mended(stored, rate_hz, -0.1)
            assert peaks == []
            assert np.array_equal(out, stored)


def test_a_run_too_long_for_a_model_becomes_a_smooth_curve():
    whole = sine(20, rate_hz=44_100, frames=44_100)
    cut = np.clip(whole, -0.5, 0.5)
    out, _ = mended(cut, 44_100, -7)
    assert np.max(np.abs(out)) == pytest.approx(1.0, abs=0.15)


def test_the_kernel_is_its_twin():
    """One stretch, whose runs are rebuilt as the equations say."""
    rate_hz = 44_100
    whole = 0.9 * chord(rate_hz)[:4_000] + 1e-3 * np.random.default_rng(0).standard_normal(
        (4_000, 1)
    )
    cut = np.clip(whole, -0.6, 0.6)
    out, peaks = mended(cut, rate_hz, -5)
    hop, order = 882, 44
    total = 3 * hop + order + 4
    stretch = np.concatenate((out[: 1 * hop, 0], cut[hop:total, 0]))
    runs = [(p.frame, p.frames) for p in peaks if p.frame >= hop and p.frame < total - order - 2]
    expected = _twin(stretch, runs, order=order)
    inside = [
        frame for frame, count in runs for frame in range(frame, frame + count) if frame < 2 * hop
    ]
    assert np.max(np.abs(expected[inside] - out[inside, 0])) < 1e-9


def _twin(sound: Block, runs: list[tuple[int, int]], *, order: int) -> Block:
    kept, x = sound, sound.copy()
    for at, count in runs:
        u = np.arange(1, count + 1) / (count + 1)
        v, first, last = 1 - u, x[at - 1], x[at + count]
        out, back = first - x[at - 2], x[at + count + 1] - last
        bent = v**2 * ((1 + 2 * u) * first + u * out * (count + 1))
        x[at : at + count] = bent + u**2 * ((1 + 2 * v) * last - v * back * (count + 1))
        _no_lower(x, kept, at, count)
    window = np.hanning(len(x) + 2)[1:-1]
    for _ in range(3):
        heard = x * window
        r = np.array([heard[k:] @ heard[: len(x) - k] for k in range(order + 1)])
        matrix = r[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
        matrix[np.diag_indices(order)] *= 1 + 1e-11
        a = np.concatenate(([1.0], np.linalg.solve(matrix, -r[1:])))
        for at, count in runs:
            rows = np.zeros((count + order, len(x)))
            for row in range(count + order):
                rows[row, at + row - order : at + row + 1] = a[::-1]
            gap = np.arange(at, at + count)
            known = np.setdiff1d(np.arange(len(x)), gap)
            x[gap] = np.linalg.lstsq(rows[:, gap], -rows[:, known] @ x[known], rcond=None)[0]
            _no_lower(x, kept, at, count)
    return x


def _no_lower(x: Block, kept: Block, at: int, count: int) -> None:
    sign = np.sign(kept[at])
    x[at : at + count] = sign * np.maximum(sign * x[at : at + count], sign * kept[at])
