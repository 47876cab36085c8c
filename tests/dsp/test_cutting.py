"""Whether a side can be cut: room, depth, level, what happens towards the label, and when."""

import math

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from albumbuild.dsp.cutting import MOST_DB, Cut, cut, deepest_swing_um, figures_of, lift_um
from albumbuild.dsp.groove import Groove, GrooveMeter
from albumbuild.planner.lathe import house_lathe, record_sizes
from tests.signals import sine

Block = npt.NDArray[np.float64]

RATE_HZ = 44_100
LATHE, SIZES = house_lathe(), record_sizes()
LP = SIZES["12in-33"]


def music(level_db: float) -> Block:
    """30 turns of a 12in-33 of noise with the slope of music, bass in phase; peaks cut at 1."""
    draw = np.random.default_rng(7)
    frames = 54 * RATE_HZ
    freqs = np.fft.rfftfreq(frames, 1 / RATE_HZ)
    slope = np.where(freqs > 30, 1 / np.sqrt(np.maximum(freqs, 30)), 0.0)
    slope = slope / np.sqrt(1 + (freqs / 5_000) ** 4)
    middle, side = np.fft.irfft(np.fft.rfft(draw.standard_normal((2, frames))) * slope, frames)
    sound = np.stack((middle + 0.25 * side, middle - 0.25 * side), axis=1)
    return np.clip(sound / sound.std() * 10 ** (level_db / 20), -1, 1)


def groove_of(block: Block, *, turn_s: float = LP.turn_s) -> Groove:
    """The groove of a whole sound."""
    meter = GrooveMeter(RATE_HZ, lathe=LATHE, turn_s=turn_s)
    meter.add(block)
    return meter.groove()


def lasting(groove: Groove, times: int) -> Groove:
    """The same whole turns again and again."""
    names = Groove.__struct_fields__[:-2]
    cells = {name: np.tile(getattr(groove, name), times) for name in names}
    return msgspec.structs.replace(groove, **cells, seconds=groove.seconds * times)


def made(groove: Groove, disc: str = "12in-33") -> Cut:
    """The side that it makes."""
    return cut(groove, SIZES[disc], LATHE)


@pytest.fixture(scope="module")
def loud() -> Groove:
    """54 s of music at full level."""
    return groove_of(music(-12))


@pytest.fixture(scope="module")
def calm() -> Groove:
    """54 s of music 12 dB under it."""
    return groove_of(music(-24))


def test_26_minutes_at_full_level_do_not_fit_at_33(loud: Groove, calm: Groove) -> None:
    side = made(lasting(loud, 29))
    assert side.room_used > 1.2
    assert side.room_db > 4
    assert side.quieter_db >= side.room_db
    assert made(lasting(calm, 29)).room_used < 1


def test_lengths_that_plants_cut_at_full_level_fit_about(loud: Groove) -> None:
    """A 12 inch of 14 minutes is cut above the nominal level, one of 22 minutes under it."""
    assert made(lasting(loud, 16)).room_db < 0
    assert 0 < made(lasting(loud, 24)).room_db < 6


def test_the_level_that_is_told_fits_just_so(loud: Groove) -> None:
    side = lasting(loud, 26)
    gain = 10 ** (-made(side).room_db / 20)
    names = Groove.__struct_fields__[:-2]
    turned = {name: getattr(side, name) * gain for name in names}
    quieter = made(msgspec.structs.replace(side, **turned))
    assert quieter.room_used == pytest.approx(1.0, abs=0.001)
    assert quieter.room_db == pytest.approx(0.0, abs=0.01)


def test_silence_takes_a_groove_and_its_land_each_turn() -> None:
    side = made(lasting(groove_of(np.zeros((54 * RATE_HZ, 2))), 10))
    pitch_um = LATHE.groove_um + LATHE.land_um
    assert side.room_used * LP.room_um == pytest.approx(299 * pitch_um, rel=0.01)
    assert side.quieter_db == -MOST_DB
    assert made(groove_of(np.zeros((100, 2)))).quieter_db == -MOST_DB


def test_neighbours_lie_apart_only_where_they_swing() -> None:
    """Of two loud stretches in one direction, those beside each other in turns cost room once."""
    still = np.zeros((54 * RATE_HZ, 2))
    turn = round(1.8 * RATE_HZ)
    once = still.copy()
    once[10 * turn : 10 * turn + turn // 4] = 0.3 * sine(
        40, rate_hz=RATE_HZ, frames=turn // 4, channels=2
    )
    grown_um = (made(groove_of(once)).room_used - made(groove_of(still)).room_used) * LP.room_um
    swing_um = groove_of(once).lateral_um.max()
    assert swing_um < grown_um < 2.3 * swing_um


def test_out_of_phase_bass_raises_vertical_figures() -> None:
    """It asks for a deeper groove, so for room, and it is told with its time."""
    sound = music(-24)
    bass = np.zeros_like(sound)
    bass[20 * RATE_HZ : 22 * RATE_HZ] = sine(
        50, rate_hz=RATE_HZ, frames=2 * RATE_HZ, channels=2, peak=0.5
    )
    before, after = groove_of(sound), groove_of(sound + bass * [1, -1])
    was, now = (figures_of(each, made(each)) for each in (before, after))
    for name in ("vertical_amplitude_um", "vertical_bass_um"):
        assert now[name] > 3 * was[name]
    assert now["room_used_pct"] > was["room_used_pct"]
    (event,) = (each for each in made(after).events if each.kind == "bass")
    assert (event.start_s, event.end_s) == (pytest.approx(20, abs=0.1), pytest.approx(22, abs=0.1))
    assert lift_um(LATHE) < event.worst < deepest_swing_um(LATHE)
    in_phase = groove_of(sound + bass)
    assert not [each for each in made(in_phase).events if each.kind == "bass"]


def test_6_db_more_raise_lateral_figures_by_6_db() -> None:
    sound = music(-30)
    was, now = (figures_of(each, made(each)) for each in (groove_of(sound), groove_of(2 * sound)))
    for name in ("lateral_amplitude_um", "lateral_velocity_cm_s"):
        assert 20 * math.log10(now[name] / was[name]) == pytest.approx(6.02, abs=0.01)


@pytest.mark.parametrize("disc", SIZES)
def test_12_khz_bursts_are_worse_near_the_label(disc: str) -> None:
    burst = sine(12_000, rate_hz=RATE_HZ, frames=RATE_HZ // 10, channels=2, peak=0.1)
    sound = np.zeros((54 * RATE_HZ, 2))
    early, late = sound.copy(), sound.copy()
    early[RATE_HZ : RATE_HZ + len(burst)] = burst
    late[-RATE_HZ : -RATE_HZ + len(burst)] = burst
    size = SIZES[disc]
    grooves = [groove_of(each, turn_s=size.turn_s) for each in (early, late)]
    was, now = (figures_of(each, made(each, disc)) for each in grooves)
    assert grooves[0].wall_g.max() == pytest.approx(grooves[1].wall_g.max(), rel=0.02)
    for name in ("acceleration_weighted_g", "curvature_pct"):
        assert now[name] > 1.05 * was[name]


def test_at_the_end_of_a_full_side_weight_is_that_of_the_radius() -> None:
    calm = groove_of(music(-24))
    side = made(lasting(calm, 24))
    last = (LP.outer_mm / LP.inner_mm) ** 2
    assert side.radius_um[0] == LP.outer_um
    assert side.radius_um[-1] == pytest.approx(LP.inner_mm * 500, rel=0.01)
    assert side.weighted_g[-1] == pytest.approx(lasting(calm, 24).wall_g[-1] * last, rel=0.02)


def test_sibilance_and_steep_treble_are_told_where_they_are() -> None:
    sound = np.zeros((20 * RATE_HZ, 2))
    for at, peak in ((3, 0.9), (3.3, 0.9), (12, 0.02)):
        first = round(at * RATE_HZ)
        hiss = sine(7_000, rate_hz=RATE_HZ, frames=RATE_HZ // 10, channels=2, peak=peak)
        sound[first : first + len(hiss)] += hiss
    events = made(groove_of(sound, turn_s=SIZES["7in-33"].turn_s), "7in-33").events
    for kind in ("sibilance", "steep"):
        (event,) = (each for each in events if each.kind == kind)
        assert event.start_s == pytest.approx(3, abs=0.03)
        assert event.end_s == pytest.approx(3.4, abs=0.03)
        assert event.worst > 100


def test_figures_are_finite_numbers_whatever_the_sound() -> None:
    for sound in (np.zeros((0, 2)), np.zeros((1, 2)), np.ones((5_000, 2))):
        groove = groove_of(sound)
        assert all(map(math.isfinite, figures_of(groove, made(groove)).values()))


def test_what_the_house_knows_of_records_is_whole() -> None:
    assert sorted(SIZES) == sorted(f"{inch}in-{rpm}" for inch in (7, 10, 12) for rpm in (33, 45))
    for size in SIZES.values():
        assert size.good_min < size.most_min
        assert size.room_um > 20_000
        assert size.source
        assert size.checked_on
