"""The gain that meets a loudness, through limiters that give back less and less."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from albumbuild.dsp.loudness import energy_of
from albumbuild.dsp.solve import MOST_LIMITING_DB, Solved, solve_gain

MEASURED = -20.0
LAWS: dict[str, Callable[[float], float]] = {
    "nothing to limit": lambda over: over,
    "a soft knee": lambda over: 8 * math.log1p(over / 8) if over > 0 else over,
    "a hard knee": lambda over: min(over, 3 + 0.25 * (over - 3)),
    "hardly any more": lambda over: min(over, 4 + 0.06 * (over - 4)),
    "waves": lambda over: 0.5 * over + 0.4 * math.sin(2 * over),
    "a step": lambda over: 0.6 * over + (0.2 if over > 5 else 0.0),
}


def solved(law: Callable[[float], float], target_lufs: float) -> tuple[Solved, list[float]]:
    """What was found, and the gains that were tried."""
    tries: list[float] = []

    def energies(gain_db: float) -> np.ndarray:
        tries.append(gain_db)
        return np.full(50, energy_of(MEASURED + law(gain_db)))

    return solve_gain(energies, measured_lufs=MEASURED, target_lufs=target_lufs), tries


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("target_lufs", [-26.0, -18.0, -16.5, -15.7])
def test_a_target_within_reach_is_met(name: str, target_lufs: float) -> None:
    found, tries = solved(LAWS[name], target_lufs)
    assert found.lufs == pytest.approx(target_lufs, abs=0.02)
    assert found.lufs == pytest.approx(MEASURED + LAWS[name](found.gain_db), abs=1e-9)
    assert len(tries) <= 8


def test_without_limiting_one_try_is_enough() -> None:
    assert len(solved(LAWS["nothing to limit"], -14.0)[1]) == 1


@pytest.mark.parametrize("most", [1.0, 3.0, 7.0])
def test_out_of_reach_no_more_gain_is_given_than_helps(most: float) -> None:
    found, tries = solved(lambda over: min(over, most), -9.0)
    assert found.lufs >= MEASURED + most - 0.1
    assert found.gain_db < most + 1.5
    assert max(tries) <= 11 + MOST_LIMITING_DB
    assert len(tries) <= 17


def test_more_gain_that_makes_it_softer_is_not_taken() -> None:
    found, _ = solved(lambda over: over if over < 5 else 5 - 0.1 * (over - 5), -9.0)
    assert found.lufs > MEASURED + 4.7
    assert found.gain_db < 8


def test_silence_gets_no_gain() -> None:
    found = solve_gain(lambda _: np.zeros(0), measured_lufs=-math.inf, target_lufs=-14.0)
    assert found == Solved(0.0, -math.inf)
