"""Our own exp2, log2, sin, cos and I0 against those of numpy and scipy."""

import math

import numpy as np
import pytest
import scipy.special

from albumbuild.dsp import maths

WIDE = np.concatenate([np.linspace(-1000, 1000, 200_001), np.linspace(-1, 1, 200_001)])


def relative(ours, theirs):
    return np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300))


def test_exp2_is_within_a_few_last_places():
    assert relative(maths.exp2(WIDE), np.exp2(WIDE)) < 1e-15


def test_log2_is_within_a_few_last_places():
    values = np.concatenate([np.exp2(np.linspace(-1000, 1000, 100_001)), np.linspace(0.5, 2, 1000)])
    assert relative(maths.log2(values), np.log2(values)) < 1e-15


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_sin_and_cos_are_within_a_few_last_places(name):
    angles = np.concatenate([WIDE, np.linspace(-7, 7, 100_001)])
    assert np.max(np.abs(getattr(maths, name)(angles) - getattr(np, name)(angles))) < 4e-16


def test_tan_near_the_nyquist_frequency():
    assert maths.tan(math.pi * 0.4999) == pytest.approx(math.tan(math.pi * 0.4999), rel=1e-11)


def test_bessel_is_within_a_few_last_places():
    values = np.linspace(0, 20, 20_001)
    assert relative(maths.bessel(values), scipy.special.i0(values)) < 1e-14
    assert maths.bessel(0.0) == 1.0


def test_whole_powers_are_exact():
    assert [maths.exp2(float(n)) for n in (-1022, -1, 0, 10, 1023)] == [
        2.0**n for n in (-1022, -1, 0, 10, 1023)
    ]
    assert maths.log2(1.0) == 0.0
    assert maths.log2(2.0**-20) == -20.0


def test_the_ends_of_the_range():
    assert maths.exp2(-math.inf) == 0.0
    assert maths.exp2(1024.0) == math.inf
    assert maths.log2(0.0) == -math.inf
    assert maths.log2(math.inf) == math.inf
    for value in (maths.log2(-1.0), maths.sin(math.inf), maths.exp2(math.nan)):
        assert math.isnan(value)


def test_decibels():
    assert maths.db_to_gain(0.0) == 1.0
    assert maths.db_to_gain(-math.inf) == 0.0
    assert maths.db_to_gain(20.0) == pytest.approx(10.0, rel=1e-15)
    assert maths.gain_to_db(0.1) == pytest.approx(-20.0, rel=1e-15)
    assert maths.gain_to_db(0.0) == -math.inf


def test_an_array_gives_the_bits_of_each_number():
    angles = np.linspace(-3, 3, 24).reshape(4, 3, 2)
    assert maths.sin(angles).shape == angles.shape
    assert maths.sin(angles).ravel().tolist() == [maths.sin(float(x)) for x in angles.ravel()]
    assert maths.sin(angles[::2]).ravel().tolist() == [
        maths.sin(float(x)) for x in angles[::2].ravel()
    ]
    assert maths.bessel(angles[0]).ravel().tolist() == [
        maths.bessel(float(x)) for x in angles[0].ravel()
    ]
