"""Laws that hold for every device, whatever its settings and however they move."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest

from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.device import Processor
from albumbuild.model.sound import Sound
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.declick import Declick
from albumbuild.processors.declip import Declip
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.expander import Expander
from albumbuild.processors.gain import Gain
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.match import Match
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.saturator import Saturator
from albumbuild.processors.stereo import Stereo
from albumbuild.registry import PROCESSORS
from albumbuild.steps.inserts import Insert
from tests import draws
from tests.signals import Block, impulse, noise, sine

RATES_HZ = (8_000, 44_100, 48_000, 96_000, 192_000)
SOUNDING = 1_800
LONGEST_TAIL = 400_000
PIECES = (63, 512, 4_096)
ONES = 120  # frames that come one by one, at the start and where the sound comes out
SEEDS = (2, 3)


class Case(NamedTuple):
    """What is known of one device.

    `neutral` are settings that give back a quiet tone, as late as the device says, but for
    `off` of it; None where no settings do. `rings`: its filters, or some of them, ring on
    after its tail, which is not rendered.
    """

    neutral: Processor | None = None
    off: float = 1e-12
    rings: bool = False


UNMATCHED = Match(reference=("a",), amount_pct=0).with_sounds(
    {"reference/0": draws.heard(noise(9_000, 1), 48_000)}
)
HARD = {"drive_db": -24, "output_db": 24}

CASES = {
    "gain": Case(Gain()),
    "eq": Case(Eq(bands=(Band(type="bell", freq_hz=900),), phase="linear"), rings=True),
    "compressor": Case(Compressor(ratio=1, lookahead_ms=7)),
    "limiter": Case(Limiter(lookahead_ms=3)),
    "reverb": Case(rings=True),
    "delay": Case(rings=True),
    "stereo": Case(Stereo(), rings=True),
    "expander": Case(Expander(ratio=1)),
    "gate": Case(Gate(range_db=0)),
    "deesser": Case(Deesser(range_db=0), rings=True),
    "multiband": Case(Multiband(crossovers_hz=(), bands=(MultibandBand(ratio=1),)), rings=True),
    "saturator": Case(Saturator(**HARD, curve="hard"), off=1e-4),
    "convolution": Case(Convolution(impulse="one frame"), rings=True),
    "chorus": Case(),
    "match": Case(draws.learned(UNMATCHED), rings=True),
    "declick": Case(Declick()),
    "declip": Case(Declip()),
    "dehum": Case(rings=True),
    "dc": Case(rings=True),
}
"""Every device that can be heard."""

EACH = pytest.mark.parametrize("name", CASES)
SEEDED = pytest.mark.parametrize("seed", SEEDS)


class Trial(NamedTuple):
    """A device in a slot, its curves, and a sound that lasts until after its latency."""

    device: Processor
    rate_hz: int
    curves: dict[str, Curve]
    block: Block
    key: Block | None
    latency: int

    def insert(self, curves: dict[str, Curve] | None = None) -> Insert:
        """The device in a slot, silent."""
        moved = self.curves if curves is None else curves
        return Insert(self.device, self.rate_hz, self.block.shape[1], curves=moved)

    def played(self, block: Block, pieces: "Iterator[slice]", insert: Insert) -> Block:
        """A sound as long as the trial's through a slot."""
        heard = [insert.process(block[piece], self.key_of(piece)) for piece in pieces]
        return np.concatenate(heard)

    def key_of(self, piece: slice) -> Block | None:
        """What a side chain hears meanwhile."""
        return None if self.key is None else self.key[piece]


def trial(name: str, seed: int, *, moving: bool | None = None) -> Trial:
    """Settings, curves, a rate, a width and a level, drawn by chance."""
    draw = np.random.default_rng([seed, *name.encode()])
    device = draws.device(PROCESSORS[name], draw)
    rate_hz, channels = RATES_HZ[draw.integers(len(RATES_HZ))], int(draw.integers(1, 3))
    latency = device.latency(rate_hz)
    frames = latency + SOUNDING
    curves = draws.curves(device, draw, frames=frames, rate_hz=rate_hz)
    if moving is False or (moving is None and draw.random() < 0.4):
        curves = {}
    listens = hasattr(device, "sidechain") and draw.random() < 0.4
    key = noise(frames, int(draw.integers(1, 3)), seed=seed + 1) if listens else None
    block = noise(frames, channels, seed=seed) * 10 ** draw.uniform(-3, 1)
    return Trial(device, rate_hz, curves, block, key, latency)


def pieces(frames: int, size: int) -> Iterator[slice]:
    """A sound in pieces of one size."""
    return (slice(at, min(at + size, frames)) for at in range(0, max(frames, 1), size))


def crumbs(frames: int, latency: int) -> Iterator[slice]:
    """A sound in pieces of all sizes, frame by frame where it begins to come in and out."""
    at = 0
    alone = (range(ONES), range(latency - ONES // 3, latency + ONES))
    while at < frames:
        size = 1 if any(at in each for each in alone) else 701
        ahead = [each.start for each in alone if each.start > at]
        until = min(at + size, frames, *ahead)
        yield slice(at, until)
        at = until


def same(one: Block, other: Block) -> bool:
    """Whether two sounds are the same bit for bit, signs of zeros too."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def test_every_device_has_a_case():
    """A device that is new here wants a line in CASES."""
    assert set(CASES) == {name for name, device in PROCESSORS.items() if device.available}


@EACH
@SEEDED
def test_the_cut_into_blocks_is_not_heard_and_the_input_is_left_alone(name, seed):
    each = trial(name, seed)
    block, frames = each.block.copy(), len(each.block)
    key = None if each.key is None else each.key.copy()
    whole = each.played(each.block, pieces(frames, frames), each.insert())
    assert whole.shape == (frames, each.device.channels_out(block.shape[1]))
    assert same(each.block, block)
    assert key is None or same(each.key, key)
    for size in PIECES:
        assert same(each.played(block, pieces(frames, size), each.insert()), whole), size
    assert same(each.played(block, crumbs(frames, each.latency), each.insert()), whole)


SIGNALS = {
    "full scale": lambda frames, channels: np.clip(4 * noise(frames, channels), -1, 1),
    "40 dB over": lambda frames, channels: 400 * noise(frames, channels),
    "a step": lambda frames, channels: np.ones((frames, channels)),
    "denormals": lambda frames, channels: 1e-310 * noise(frames, channels),
    "an impulse": impulse,
}


@EACH
@SEEDED
def test_what_comes_out_is_finite(name, seed):
    each = trial(name, seed)
    for signal, make in SIGNALS.items():
        block = make(*each.block.shape)
        out = each.played(block, pieces(len(block), 1_024), each.insert())
        assert np.isfinite(out).all(), signal


@EACH
@SEEDED
def test_silence_stays_silence(name, seed):
    """Also while settings move, and while a side chain hears something."""
    each = trial(name, seed, moving=True)
    out = each.played(np.zeros_like(each.block), pieces(len(each.block), 700), each.insert())
    assert not out.any()


@EACH
@SEEDED
def test_after_latency_and_tail_there_is_nothing_left(name, seed):
    """90 dB under its peak: but for filters that ring, which is promised for no device."""
    each = trial(name, seed, moving=False)
    tail = each.device.tail(each.rate_hz)
    if CASES[name].rings or tail > LONGEST_TAIL:
        pytest.skip("its filters ring, or it lasts too long for a test")
    insert, channels = each.insert(), each.block.shape[1]
    loud = insert.process(each.block)
    dying = insert.process(np.zeros((each.latency + tail, channels)))
    left = insert.process(np.zeros((SOUNDING, channels)))
    assert np.max(np.abs(left)) <= 10 ** (-90 / 20) * max(np.max(np.abs(loud)), _peak(dying))


def _peak(block: Block) -> float:
    return float(np.max(np.abs(block), initial=0.0))


@EACH
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_latency_is_what_it_says(name, rate_hz):
    """Dry and wet, half and half, are the sound itself, that much later."""
    neutral, off, _ = CASES[name]
    if neutral is None:
        pytest.skip("no settings leave sound as it is")
    one = Sound(rate_hz=rate_hz, channels=1, frames=1, samples=np.ones((1, 1)))
    neutral = neutral.with_sounds(dict.fromkeys(neutral.files(), one))
    latency = neutral.latency(rate_hz)
    tone = sine(441, rate_hz=rate_hz, frames=latency + SOUNDING, channels=2, peak=0.01)
    curves = {"mix_pct": Curve((CurvePoint(0.0, 50.0),))} if hasattr(neutral, "mix_pct") else {}
    out = Insert(neutral, rate_hz, 2, curves=curves).process(tone)
    settled = 2 * latency if name == "saturator" else latency  # its filters fill
    assert _peak(out[settled:] - tone[settled - latency : len(tone) - latency]) < off


@EACH
@SEEDED
def test_two_of_a_kind_share_nothing(name, seed):
    """And what has come out of one is not written to again."""
    each = trial(name, seed)
    frames = len(each.block)
    alone = each.played(each.block, pieces(frames, 500), each.insert())
    one, other, heard = each.insert(), each.insert(), []
    for piece in pieces(frames, 500):
        heard.append(one.process(each.block[piece], each.key_of(piece)))
        other.process(-3 * each.block[piece][::-1], each.key_of(piece))
    assert same(np.concatenate(heard), alone)


@EACH
@SEEDED
def test_a_jump_is_not_heard_before_its_frame(name, seed):
    each = trial(name, seed)
    draw = np.random.default_rng(seed)
    numbers = list(draws.movable(each.device).items())
    if not numbers:
        pytest.skip("it has no settings that move")
    path, hint = numbers[seed % len(numbers)]
    start, jump = (float(draws.number(hint, draw)) for _ in range(2))
    at = int(draw.integers(1, SOUNDING))
    first = CurvePoint(0.0, start)
    stays = {path: Curve((first,))}
    jumps = {path: Curve((first, CurvePoint(at / each.rate_hz, jump, "hold")))}
    frames, lead = len(each.block), each.device.lead(each.rate_hz)
    still = each.played(each.block, pieces(frames, 999), each.insert(stays))
    moved = each.played(each.block, pieces(frames, 1_001), each.insert(jumps))
    before = each.latency + at - lead
    assert same(still[:before], moved[:before])
