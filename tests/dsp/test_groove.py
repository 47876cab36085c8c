"""The groove of a sound: the recording characteristic, its motions, and its pieces of a turn."""

import math
import time

import numpy as np
import numpy.typing as npt
import pytest

from albumbuild.dsp.groove import CELLS, GRAVITY_M_S2, Groove, GrooveMeter
from albumbuild.dsp.kernels import library
from albumbuild.dsp.meter import Meter
from albumbuild.planner.lathe import house_lathe
from tests.signals import PIECES, noise, sine

Block = npt.NDArray[np.float64]

LATHE = house_lathe()
TURN_S = 1.8
HALF_CM_S = 7.0  # of a 1 kHz sine at half of full scale in both channels


def groove_of(block: Block, *, rate_hz: int = 44_100, turn_s: float = TURN_S) -> Groove:
    """The groove of a whole sound."""
    meter = GrooveMeter(rate_hz, lathe=LATHE, turn_s=turn_s)
    meter.add(block)
    return meter.groove()


def tone(freq_hz: float, *, rate_hz: int = 44_100, seconds: float = 1.0) -> Block:
    """A sine at half of full scale in both channels."""
    frames = round(seconds * rate_hz)
    return sine(freq_hz, rate_hz=rate_hz, frames=frames, channels=2, peak=0.5)


def settled(cells: Block) -> float:
    """The figure of a steady tone, its beginning left out."""
    return float(np.max(cells[len(cells) // 2 : -1]))


def recorded_cm_s(freq_hz: float) -> float:
    """What `tone` is recorded with: the time constants of IEC 60098 and the amplifier's end."""
    turn = 2j * math.pi

    def gain(at_hz: float) -> complex:
        s = turn * at_hz
        return (1 + s * 3180e-6) * (1 + s * 75e-6) / (1 + s * 318e-6)

    end = 1 / math.sqrt(1 + (freq_hz / LATHE.highest_hz) ** 4)
    return HALF_CM_S * abs(gain(freq_hz)) / abs(gain(1_000)) * end


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
def test_a_tone_of_7_cm_s_has_the_amplitude_of_the_textbook(rate_hz: int) -> None:
    groove = groove_of(tone(1_000, rate_hz=rate_hz), rate_hz=rate_hz)
    assert settled(groove.lateral_cm_s) == pytest.approx(7.0, rel=0.005)
    assert settled(groove.lateral_um) == pytest.approx(7e4 / (2 * math.pi * 1_000), rel=0.01)
    textbook_g = 7e-2 * 2 * math.pi * 1_000 / GRAVITY_M_S2
    assert settled(groove.lateral_g) == pytest.approx(textbook_g, rel=0.01)
    assert groove.vertical_um.max() < 1e-9


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("freq_hz", [30, 50, 200, 500, 2_100, 6_013, 12_007, 17_011])
def test_velocity_follows_the_recording_characteristic(freq_hz: float, rate_hz: int) -> None:
    groove = groove_of(tone(freq_hz, rate_hz=rate_hz, seconds=2.0), rate_hz=rate_hz)
    wanted = recorded_cm_s(freq_hz)
    assert settled(groove.lateral_cm_s) == pytest.approx(wanted, rel=0.01)
    assert settled(groove.lateral_g) == pytest.approx(
        wanted * 1e-2 * 2 * math.pi * freq_hz / GRAVITY_M_S2, rel=0.01
    )
    if 50 <= freq_hz <= 3_000:  # the high-pass is heard under, summing is coarse above
        amplitude_um = wanted * 1e4 / (2 * math.pi * freq_hz)
        assert settled(groove.lateral_um) == pytest.approx(amplitude_um, rel=0.01)


def test_out_of_phase_sound_goes_up_and_down() -> None:
    bass = tone(60)
    across = groove_of(bass * [1, -1])
    along = groove_of(bass)
    assert across.vertical_um.max() == along.lateral_um.max()
    assert across.lateral_um.max() < 1e-9
    assert settled(across.bass_um) == pytest.approx(settled(across.vertical_um), rel=0.01)
    treble = groove_of(tone(2_000) * [1, -1])
    assert settled(treble.bass_um) < 0.03 * settled(treble.vertical_um)


def test_6_db_more_are_6_db_more_of_all() -> None:
    sound = noise(30_000)
    once, twice = groove_of(sound), groove_of(sound * 2)
    for name in Groove.__struct_fields__[:-2]:
        assert np.array_equal(getattr(once, name) * 2, getattr(twice, name)), name


def test_one_channel_moves_one_wall() -> None:
    """The right channel moves the outer edge alone, the left one the inner edge."""
    right = groove_of(tone(300) * [0, 1])
    assert right.inwards_um.max() == 0.0
    assert settled(right.outwards_um) == pytest.approx(2 * settled(right.lateral_um), rel=0.001)
    assert groove_of(tone(300) * [1, 0]).outwards_um.max() == 0.0


@pytest.mark.parametrize("turn_s", [1.8, 60 / 45])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_blocks_are_not_heard(rate_hz: int, turn_s: float) -> None:
    sound = noise(20_000)
    whole = groove_of(sound, rate_hz=rate_hz, turn_s=turn_s)
    assert len(whole.wall_g) == math.ceil(20_000 / rate_hz / turn_s * CELLS)
    for piece in PIECES[:-1]:
        meter = GrooveMeter(rate_hz, lathe=LATHE, turn_s=turn_s)
        for at in range(0, len(sound), piece):
            meter.add(sound[at : at + piece])
        groove = meter.groove()
        for name in Groove.__struct_fields__:
            assert np.array_equal(getattr(whole, name), getattr(groove, name)), (name, piece)


def test_silence_is_a_groove_without_motion() -> None:
    groove = groove_of(np.zeros((10_000, 2)))
    assert all(not np.any(getattr(groove, name)) for name in Groove.__struct_fields__[:-2])
    assert groove_of(np.zeros((0, 2))).seconds == 0.0


def test_sibilance_is_told_by_its_power() -> None:
    groove = groove_of(tone(7_000))
    assert settled(groove.hiss_g) == pytest.approx(settled(groove.lateral_g), rel=0.03)
    assert settled(groove_of(tone(500)).hiss_g) < 0.2 * settled(groove_of(tone(500)).lateral_g)


def test_the_kernel_finds_what_its_twin_finds() -> None:
    x, low, v, a, high = (noise(997, seed=seed) for seed in range(5))
    per_cell, first, at = 100.3, 41, 0
    cells = np.zeros((13, 14))
    last = library.groove_add(cells, per_cell, at, first, x, low, v, a, high, len(x))
    wanted = np.zeros((13, 14))
    for frame in range(len(x)):
        row = next(k for k in range(13) if first + frame < int((at + k + 1) * per_cell))
        motions = [abs(x[frame].sum()) / 2, abs(np.diff(x[frame])[0]) / 2]
        motions += [x[frame, 1], -x[frame, 0], (x[frame, 0] - x[frame, 1]) / 2]
        motions.append(abs(np.diff(low[frame])[0]) / 2)
        for each in (v[frame], a[frame]):
            motions += [abs(each.sum()) / 2, abs(np.diff(each)[0]) / 2, np.abs(each).max()]
        wanted[row, :12] = np.maximum(wanted[row, :12], motions)
        wanted[row, 12] += (high[frame] ** 2).sum() / 2
        wanted[row, 13] += 1
    assert last == row
    assert np.array_equal(cells[:, :12], wanted[:, :12])
    assert np.allclose(cells[:, 12:], wanted[:, 12:], rtol=1e-12)


@pytest.mark.slow
def test_it_takes_no_more_than_three_times_the_meter() -> None:
    sound = noise(44_100 * 20)
    took = []
    for make in (
        lambda: Meter(44_100, 2),
        lambda: GrooveMeter(44_100, lathe=LATHE, turn_s=TURN_S),
    ):
        times = []
        for _ in range(5):
            meter = make()
            began = time.process_time()
            for at in range(0, len(sound), 32_768):
                meter.add(sound[at : at + 32_768])
            times.append(time.process_time() - began)
        took.append(min(times))
    assert took[1] < 4 * took[0]  # a margin for a busy machine
