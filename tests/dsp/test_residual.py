"""The null test: what is left of one sound without another."""

import numpy as np
import pytest

from albumbuild.dsp.residual import NullTest, Residual
from tests.studio import tune

RATE_HZ = 44_100


def residual(first: np.ndarray, second: np.ndarray, *, block: int = 4_096) -> Residual:
    """What is left of two sounds, taken in blocks of a length."""
    test = NullTest(RATE_HZ)
    for at in range(0, len(first), block):
        test.add(first[at : at + block], second[at : at + block])
    return test.residual()


def test_a_sound_leaves_nothing_of_itself() -> None:
    sound = tune(1.05, seed=1, channels=2)
    left = residual(sound, sound.copy())
    assert left.db == (None,) * 11
    assert left.most_db is left.at_s is None
    assert left.gain_db == 0.0


def test_a_constant_has_its_own_level_where_it_begins() -> None:
    sound = tune(1.0, seed=2, channels=2)
    other = sound.copy()
    other[4_410 * 3 : 4_410 * 4] += 0.1
    left = residual(sound, other)
    assert left.db[3] == -20.0
    assert {each for number, each in enumerate(left.db) if number != 3} == {None}
    assert (left.most_db, left.at_s, left.gain_db) == (-20.0, 0.3, None)


@pytest.mark.parametrize("gain_db", [-12.0, -1.0, 0.5, 6.0])
def test_a_change_of_level_is_known_for_one(gain_db: float) -> None:
    sound = tune(0.5, seed=3, channels=2)
    assert residual(sound, sound * 10 ** (gain_db / 20)).gain_db == pytest.approx(gain_db, abs=1e-3)
    assert residual(sound, -sound).gain_db is None
    assert residual(np.zeros_like(sound), sound).gain_db is None


@pytest.mark.parametrize("block", [1_001, 44_100])
def test_blocks_are_not_heard(block: int) -> None:
    first, second = tune(1.0, seed=4, channels=2), tune(1.0, seed=5, channels=2)
    left, whole = residual(first, second, block=block), residual(first, second)
    assert left.db == pytest.approx(whole.db, abs=0.011)
    assert len(left.db) == 10
