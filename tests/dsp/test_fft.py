"""The fast Fourier transform, against numpy's and against its definition."""

import numpy as np
import pytest

from albumbuild.dsp.fft import spectra, turns, twist


def complex_of(signals):
    return signals[:, 0] + 1j * signals[:, 1]


def two_signals(size):
    return np.random.default_rng(size).standard_normal((size, 2, 2))


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16, 32, 64, 128])
def test_it_is_the_sum_that_defines_it(size):
    signals = two_signals(size)
    slow = np.array(
        [
            sum(complex_of(signals)[n] * np.exp(-2j * np.pi * k * n / size) for n in range(size))
            for k in range(size)
        ]
    )
    assert np.max(np.abs(complex_of(spectra(signals)) - slow)) < 1e-11


@pytest.mark.parametrize("size", [1 << power for power in range(18)])
def test_it_equals_that_of_numpy(size):
    signals = two_signals(size)
    wanted = np.fft.fft(complex_of(signals), axis=0)
    error = np.max(np.abs(complex_of(spectra(signals)) - wanted))
    assert error < 1e-14 * np.max(np.abs(wanted))


def test_the_two_signals_do_not_hear_one_another():
    signals = two_signals(512)
    other = signals.copy()
    other[:, :, 1] = 0.0
    assert np.array_equal(spectra(signals)[:, :, 0], spectra(other)[:, :, 0])
    assert not spectra(other)[:, :, 1].any()


@pytest.mark.parametrize("size", [1, 2, 64, 8_192])
def test_the_circles_are_true(size):
    angles = np.arange(size) * np.pi / size
    assert np.max(np.abs(turns(size) - np.stack((np.cos(2 * angles), -np.sin(2 * angles)), 1))) < (
        1e-15
    )
    assert np.max(np.abs(twist(size) - np.stack((np.cos(angles / 2), -np.sin(angles / 2)), 1))) < (
        1e-15
    )
