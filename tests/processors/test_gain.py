"""The gain."""

import math

import numpy as np
import pytest

from albumbuild.processors.gain import Gain
from tests.signals import level_db, noise, through


@pytest.mark.parametrize("gain_db", [-60.0, -6.0, 0.5, 40.0])
def test_the_level_moves_by_what_is_set(gain_db):
    block = noise(1_000)
    moved = level_db(through(Gain(level_db=gain_db), block)) - level_db(block)
    assert moved == pytest.approx(gain_db, abs=1e-9)


def test_at_rest_it_leaves_every_bit():
    assert np.array_equal(through(Gain(), noise(100)), noise(100))


def test_off_is_digital_silence():
    assert not through(Gain(level_db=-math.inf), noise(100)).any()
