"""The tremolo keeps what a device promises."""

import numpy as np
import pytest
from albumbuild_tremolo import Tremolo

RATE_HZ = 48_000
SOUND = np.random.default_rng(3).standard_normal((20_000, 2))


def played(device: Tremolo, size: int, *, moved_to: Tremolo | None = None) -> np.ndarray:
    """The sound in blocks of that size; moved in between over 5,000 frames, where wanted."""
    state = device.start(RATE_HZ, 2)
    parts = []
    for begin, end in ((0, 7_000), (7_000, len(SOUND))):
        if begin and moved_to is not None:
            moved_to.glide(state, 5_000)
        for at in range(begin, end, size):
            parts.append(device.process(SOUND[at : min(at + size, end)], state))
    return np.concatenate(parts)


@pytest.mark.parametrize("wave", ["round", "straight"])
@pytest.mark.parametrize("moved_to", [None, Tremolo(speed_hz=9, depth_pct=20)])
def test_the_block_size_is_not_heard(wave, moved_to):
    device = Tremolo(speed_hz=6.3, depth_pct=80, wave=wave)
    whole = played(device, len(SOUND), moved_to=moved_to)
    for size in (1, 63, 512, 4_096):
        assert np.array_equal(played(device, size, moved_to=moved_to), whole)


def test_no_depth_gives_back_every_bit():
    assert np.array_equal(played(Tremolo(depth_pct=0), 512), SOUND)


def test_it_goes_down_by_its_depth_at_its_speed():
    device = Tremolo(speed_hz=8, depth_pct=75)
    gains = device.process(np.ones((RATE_HZ, 1)), device.start(RATE_HZ, 1))[:, 0]
    assert gains[0] == gains.max() == 1
    assert gains.min() == pytest.approx(0.25)
    lowest = np.flatnonzero((gains[1:-1] < gains[:-2]) & (gains[1:-1] <= gains[2:]))
    assert np.allclose(np.diff(lowest), RATE_HZ / 8, atol=1)


def test_a_glide_ends_where_it_was_aimed_and_starts_where_it_stood():
    state = Tremolo(speed_hz=2, depth_pct=0).start(RATE_HZ, 1)
    Tremolo(speed_hz=2, depth_pct=100).glide(state, RATE_HZ)
    gains = Tremolo().process(np.ones((2 * RATE_HZ, 1)), state)[:, 0]
    assert gains[0] == 1
    assert gains[RATE_HZ // 4] == pytest.approx(0.75)
    assert gains[RATE_HZ * 5 // 4] == pytest.approx(0)
    assert np.abs(np.diff(gains)).max() < 1e-3
