"""Tonal matching: the curve of a known equaliser is found again, limited and without loudness."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scipy.signal

from albumbuild.dsp import tone
from albumbuild.dsp.meter import Meter
from albumbuild.dsp.spectrum import Spectrum
from albumbuild.engine.action import Progress
from albumbuild.model.device import RefusedError
from albumbuild.model.sound import Sound
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.match import Match
from albumbuild.steps.stream import through as through_chain
from albumbuild.steps.study import studied
from tests.signals import Block, noise, through

RATE_HZ = 48_000
SHAPE = Eq(
    bands=(
        Band(type="lowshelf", freq_hz=150, gain_db=5),
        Band(type="bell", freq_hz=1_200, gain_db=-4, q=0.8),
        Band(type="highshelf", freq_hz=6_000, gain_db=4),
    )
)


def pink(seconds: float, *, seed: int, rate_hz: int = RATE_HZ) -> Block:
    """Noise that falls by 3 dB an octave, in both channels."""
    b, a = [0.04992, -0.09599, 0.05061, -0.00441], [1, -2.49496, 2.01727, -0.52219]
    white = noise(round(seconds * rate_hz), seed=seed)
    return np.asarray(scipy.signal.lfilter(b, a, white, axis=0)) * 2


def reference(block: Block, rate_hz: int = RATE_HZ) -> Sound:
    """A block as a file that is read as a stream."""

    def stream() -> Iterator[Block]:
        yield from (block[at : at + 5_000] for at in range(0, len(block), 5_000))

    frames, channels = block.shape
    return Sound(rate_hz=rate_hz, channels=channels, frames=frames, stream=stream)


def ready(block: Block, *references: Sound, **settings: Any) -> Match:
    """A match that has heard its references and the block."""
    names = tuple(f"{number}.wav" for number in range(len(references)))
    device = Match(reference=names, **settings)
    heard = device.with_sounds(dict(zip(device.files(), references, strict=True)))
    (whole,) = studied([heard], lambda: iter([block]), rate_hz=RATE_HZ, progress=Progress())
    assert isinstance(whole, Match)
    return whole


def matched(block: Block, device: Match, piece: int = 4_096) -> Block:
    """What it makes of the block, in time with it."""
    late = device.latency(RATE_HZ)
    padded = np.pad(block, ((0, late), (0, 0)))
    return through(device, padded, rate_hz=RATE_HZ, piece=piece)[late:]


def tone_of(block: Block) -> Block:
    """Its levels in thirds of an octave."""
    spectrum = Spectrum(RATE_HZ, block.shape[1])
    spectrum.add(block)
    return tone.tone_db(spectrum.mean_squares(), RATE_HZ)


def lufs(block: Block) -> float:
    """Its loudness."""
    meter = Meter(RATE_HZ, 2)
    meter.add(block)
    return meter.figures().integrated_lufs


def off_db(block: Block, wanted: Block) -> Block:
    """How far its tone is from another, loudness left aside, from 40 Hz to 16 kHz."""
    away = tone_of(block) - tone_of(wanted)
    hz = tone.places_hz()
    away = away[(hz > 40) & (hz < 16_000)]
    return away - np.median(away)


@pytest.fixture(scope="module")
def plain() -> Block:
    """Pink noise."""
    return pink(12, seed=1)


@pytest.fixture(scope="module")
def shaped() -> Block:
    """Other pink noise through an equaliser, softer than the reference."""
    return 0.4 * through(SHAPE, pink(12, seed=2), rate_hz=RATE_HZ)


def test_the_tone_becomes_that_of_the_reference_and_the_loudness_stays(
    plain: Block, shaped: Block
) -> None:
    assert np.abs(off_db(shaped, plain)).max() > 4
    out = matched(shaped, ready(shaped, reference(plain), amount_pct=100, max_db=12))
    assert np.abs(off_db(out, plain)).max() < 1.0
    assert lufs(out) == pytest.approx(lufs(shaped), abs=0.3)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 96_000])
def test_a_reference_of_another_rate_or_width_tells_the_same(rate_hz: int, shaped: Block) -> None:
    mono = pink(12, seed=3, rate_hz=48_000)[:, :1]
    other = scipy.signal.resample(mono, len(mono) * rate_hz // 48_000)
    same = ready(shaped, reference(mono), amount_pct=100, max_db=12)
    found = ready(shaped, reference(other, rate_hz), amount_pct=100, max_db=12)
    hz = tone.places_hz()
    audible = (hz > 40) & (hz < 0.4 * rate_hz) & (hz < 16_000)
    away = (found.curve - same.curve)[audible]  # type: ignore[attr-defined]
    assert np.abs(away - np.median(away)).max() < 0.5


def test_half_the_amount_is_half_the_curve_and_no_place_passes_the_most(
    plain: Block, shaped: Block
) -> None:
    whole = ready(shaped, reference(plain), amount_pct=100, max_db=24).curve  # type: ignore[attr-defined]
    half = ready(shaped, reference(plain), amount_pct=50, max_db=24).curve  # type: ignore[attr-defined]
    assert np.abs((half - np.median(half)) * 2 - (whole - np.median(whole))).max() < 1e-6
    little = ready(shaped, reference(plain), amount_pct=100, max_db=2).curve  # type: ignore[attr-defined]
    assert np.abs(little).max() == pytest.approx(2)


def test_several_references_count_alike(plain: Block, shaped: Block) -> None:
    bright = 9 * through(SHAPE, plain, rate_hz=RATE_HZ)
    ways = [(plain,), (bright,), (plain, bright)]
    first, second, both = (
        ready(shaped, *map(reference, way), amount_pct=100, max_db=24).curve  # type: ignore[attr-defined]
        for way in ways
    )
    away = (both - (first + second) / 2)[tone.places_hz() > tone.RISES_FROM_HZ]
    assert np.abs(away - np.median(away)).max() < 1e-6


def test_its_own_tone_leaves_it_as_it_is(plain: Block) -> None:
    device = ready(plain, reference(plain), amount_pct=100)
    assert np.abs(matched(plain, device) - plain).max() < 1e-9


@pytest.mark.parametrize("none", [{"amount_pct": 0}, {"max_db": 0}])
def test_none_of_it_keeps_every_bit(none: dict[str, Any], plain: Block, shaped: Block) -> None:
    device = ready(shaped, reference(plain), **none)
    assert np.array_equal(matched(shaped, device), shaped)
    assert device.tail(RATE_HZ) == 0


def lossy(block: Block) -> Block:
    """A block as a coder leaves it: nothing over 15 kHz."""
    wall = scipy.signal.firwin(801, 15_000, fs=RATE_HZ, window=("kaiser", 9))
    return np.asarray(scipy.signal.fftconvolve(block, wall[:, np.newaxis], "same", axes=0))


def test_the_wall_of_a_lossy_reference_is_not_matched(shaped: Block, plain: Block) -> None:
    curve = ready(shaped, reference(lossy(plain)), amount_pct=100, max_db=24).curve  # type: ignore[attr-defined]
    assert np.abs(curve[-4:] - curve[-6]).max() < 3


@pytest.mark.parametrize("which", ["own", "reference", "both"])
def test_nothing_is_turned_up_where_either_ends(which: str, plain: Block) -> None:
    bright = through(SHAPE, plain, rate_hz=RATE_HZ)
    own = lossy(plain) if which != "reference" else plain
    other = lossy(bright) if which != "own" else bright
    curve = ready(own, reference(other), amount_pct=100, max_db=24).curve  # type: ignore[attr-defined]
    hz = tone.places_hz()
    assert curve[(hz > 7_000) & (hz < 11_000)].max() > 1.5
    assert curve[hz > 15_500].max() <= 0


@pytest.mark.parametrize("order", [4, 8])
def test_a_low_cut_stays(order: int, plain: Block) -> None:
    cut = scipy.signal.butter(order, 60, "highpass", fs=RATE_HZ, output="sos")
    own = scipy.signal.sosfilt(cut, plain, axis=0)
    curve = ready(own, reference(pink(12, seed=4)), amount_pct=100, max_db=24).curve  # type: ignore[attr-defined]
    assert curve[tone.places_hz() < 50].max() <= 0
    assert np.abs(curve).max() < 2.5


def tones(seed: int) -> tuple[Block, list[Block]]:
    """A rough tone, and some that it is to come near, with holes and low ends of their own."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(4):
        one = draw.normal(0.0, draw.uniform(1, 20), len(tone.places_hz()))
        one[draw.integers(0, len(one), 3)] = -np.inf
        one[: draw.integers(0, 12)] -= 40
        made.append(one)
    return made[0], made[1:]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_tones_the_curve_keeps_its_limits(seed: int) -> None:
    own, wanted = tones(seed)
    curve = tone.matching_db(own, wanted, share=1.0, most_db=9.0)
    hz = tone.places_hz()
    assert np.abs(curve).max() <= 9.0
    assert curve[hz < tone.RISES_FROM_HZ].max() <= 0.0
    assert curve[np.isinf(np.stack((own, *wanted))).any(axis=0)].max() <= 0.0
    for side in (np.maximum(curve, 0.0), np.minimum(curve, 0.0)):
        assert np.abs(np.diff(side)).max() <= tone.STEEPEST_DB + 1e-9


@pytest.mark.parametrize("piece", [1, 63, 512, 1 << 30])
def test_blocks_are_not_heard(piece: int, plain: Block, shaped: Block) -> None:
    device = ready(shaped, reference(plain))
    short = shaped[:2_000]
    assert np.array_equal(matched(short, device, piece), matched(short, device))


def test_the_filter_is_symmetric() -> None:
    draw = np.random.default_rng(5)
    taps = tone.filter_taps(draw.uniform(-9, 9, len(tone.places_hz())), RATE_HZ)
    assert taps[0] == 0
    assert np.array_equal(taps[1:], taps[:0:-1])


def test_each_hears_what_those_before_it_leave_and_the_part_it_works_on(
    plain: Block, shaped: Block
) -> None:
    dull = Eq(bands=(Band(type="highshelf", freq_hz=3_000, gain_db=-9),))
    names = {"amount_pct": 100, "max_db": 24}
    device = Match(reference=("0.wav",), channels="mid", **names)  # type: ignore[arg-type]
    heard = device.with_sounds({"reference/0": reference(plain)})
    chain = studied([dull, heard], lambda: iter([shaped]), rate_hz=RATE_HZ, progress=Progress())
    out = np.concatenate(list(through_chain(chain, [shaped], rate_hz=RATE_HZ)))[: len(shaped)]
    mid = out.sum(axis=1, keepdims=True)
    assert np.abs(off_db(mid, plain)).max() < 1.2
    before = through(dull, shaped, rate_hz=RATE_HZ)
    assert np.allclose(out[:, 0] - out[:, 1], before[:, 0] - before[:, 1], atol=1e-12)


def test_silence_is_no_reference_and_silence_is_not_changed(plain: Block) -> None:
    with pytest.raises(RefusedError, match=r"the reference `0\.wav` is silent"):
        ready(plain, reference(np.zeros((900, 2))))
    silence = np.zeros((5_000, 2))
    assert not matched(silence, ready(silence, reference(plain))).any()
