"""The gain-reduction meter of a chain: in time, and never heard."""

import numpy as np
import pytest

from albumbuild.processors.compressor import Compressor
from albumbuild.processors.eq import Eq
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.reductions import ReductionLog
from albumbuild.steps.stream import through
from tests.signals import noise

RATE_HZ = 44_100


def run(devices, block, size=32_768, *, watched=True):
    log = ReductionLog(RATE_HZ)
    blocks = (block[at : at + size] for at in range(0, len(block), size))
    out = np.concatenate(
        [*through(devices, blocks, rate_hz=RATE_HZ, watchers=(log,) if watched else ())]
    )
    return out, log.reductions(len(block))


def loud_from(second, level=0.9, quiet=0.01, seconds=3):
    block = np.full((seconds * RATE_HZ, 2), quiet)
    block[second * RATE_HZ :] = level
    return block * np.sign(noise(len(block), channels=1, seed=1))


@pytest.mark.parametrize("size", [500, 4_410, 32_768])
def test_a_meter_is_not_heard(size):
    block = noise(2 * RATE_HZ, channels=2, seed=2)
    devices = (Compressor(threshold_db=-30, lookahead_ms=5), Limiter(ceiling_dbtp=-6), Gate())
    plain, _ = run(devices, block, watched=False)
    metered, reductions = run(devices, block, size)
    assert np.array_equal(plain, metered)
    assert reductions == run(devices, block)[1]


def test_only_what_turns_down_has_one():
    _, reductions = run((Eq(), Compressor(), Limiter()), noise(RATE_HZ, channels=2, seed=2))
    assert [each.device for each in reductions] == ["compressor", "limiter"]


@pytest.mark.parametrize("lookahead_ms", [0, 20])
def test_it_stands_where_the_sound_is_turned_down(lookahead_ms):
    device = Compressor(threshold_db=-20, ratio=4, knee_db=0, lookahead_ms=lookahead_ms)
    _, (reduction,) = run((device,), loud_from(1))
    assert len(reduction.db) == 30
    assert set(reduction.db[:9]) == {0.0}
    level_db = 20 * np.log10(0.9)
    assert reduction.db[25] == pytest.approx((level_db + 20) * 0.75, abs=0.05)


def test_of_a_limiter_it_is_what_is_over_the_ceiling():
    _, (reduction,) = run((Limiter(ceiling_dbtp=-6, true_peak=False),), loud_from(1))
    assert set(reduction.db[:9]) == {0.0}
    assert reduction.db[20] == pytest.approx(20 * np.log10(0.9) + 6, abs=0.05)


def test_a_part_of_the_time_line_has_its_own():
    log = ReductionLog(RATE_HZ)
    [*through((Limiter(ceiling_dbtp=-6),), [loud_from(1)], rate_hz=RATE_HZ, watchers=(log,))]
    (whole,), (part,) = log.reductions(3 * RATE_HZ), log.reductions(RATE_HZ, first=RATE_HZ)
    assert part.db == whole.db[10:20]
