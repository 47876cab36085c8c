"""A room as it runs: the lengths, gains and filters of a feedback delay network."""

import math
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.bilinear import HIGHEST
from albumbuild.dsp.filters import Filter
from albumbuild.dsp.glide import Glide, resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import db_to_gain, exp2, log2, tan

if TYPE_CHECKING:
    from albumbuild.dsp.prototypes import Prototype
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LINES = 16
DULLED = 0.6  # of the damping frequency: the corner that all sound passes once
STRETCH = 1.012  # of the decay at low frequencies, so that all together decay as they should
STEP = 32  # frames done at one go in reverb.c: no line is shorter
TAPS = 8  # of its interpolator
DELAYS = LINES + 1 + 2 * 10  # the lines, the predelay, the early reflections
SMALLEST_DECAY_S = 0.2  # of a room of size 1: walls are no further than sound lasts
LARGEST, LATEST_S = 2.0, 0.5  # the most size and predelay that a moved room has space for
SPARE = 256  # frames more than a whole delay may be away from the exact one
SHORTEST_MS, LONGEST_MS = 29.0, 97.0  # of the lines, at size 100 %
MOVEMENT_MS = 0.35  # at modulation 100 %
SLOWEST_HZ, FASTEST_HZ = 0.31, 1.13
MOST_DIFFUSION = 0.7
RINGING = 0.4  # of the decay: the longest that an all-pass may take to fall by 60 dB
DIFFUSERS_MS = ((4.77, 3.60, 12.73, 9.31), (5.11, 3.37, 13.49, 8.87))
EARLY_MS = (
    (7.9, 13.1, 19.7, 24.3, 31.1, 38.9, 45.7, 54.1, 63.7, 73.3),
    (9.3, 11.9, 17.9, 26.7, 33.7, 36.1, 48.1, 51.7, 66.1, 71.9),
)
EARLY_SIGNS = ((1, -1, 1, 1, -1, 1, -1, -1, 1, -1), (1, 1, -1, 1, 1, -1, -1, 1, -1, 1))
# A bit a line: searched for a tail whose sides have little in common and that does not flutter.
IN_SIGNS = (0b0011_0010_0001_1001, 0b0100_0000_1011_1111)
OUT_SIGNS = (0b0011_0011_0100_0111, 0b0110_1001_0001_1101)


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What a room is like; units are in the names, shares run from 0 to 1."""

    decay_s: float
    predelay_s: float
    size: float
    damping_hz: float
    width: float
    early_db: float
    diffusion: float
    modulation: float


class Reverb(msgspec.Struct):
    """A room with sound in it.

    `exact` are the delays (37,) that its settings ask for, `rest` the whole ones that it
    comes to rest at. `is_whole`: its rings have room for any settings.
    """

    glide: Glide
    exact: Array
    rest: Array
    layout: Whole
    shape: Array
    rate_hz: int
    cuts: Filter
    lines: Array
    room: Array
    diffusers: Array
    filters: Array
    sway: Array
    clock: Whole
    is_whole: bool = False

    def process(self, block: "Block") -> "Block":
        """The wet sound of a stereo block."""
        block = np.ascontiguousarray(self.cuts.process(block))
        assert block.shape[1] == 2
        out = np.empty_like(block)
        library.reverb_process(
            self.glide.numbers, self.glide.left, self.rest, self.layout, self.shape,
            self.lines, self.room, self.diffusers, self.filters, self.sway, self.clock,
            block, out, len(block),
        )  # fmt: skip
        return out

    def aim(self, room: Room, *, cuts: "tuple[Prototype, ...]", frames: int) -> None:
        """Become that room in `frames` frames; the first time it is done before any sound.

        Delays go to what the settings ask for, as far off as they are now, so that no wall
        jerks from one prime to the next; at rest again they settle where they belong.
        """
        if not self.is_whole:
            self.is_whole = True
            self._make_rings(_most_frames(self.rate_hz), _latest_frames(self.rate_hz))
        self.cuts.aim(cuts, frames)
        asked = _exact_delays(room, self.rate_hz)
        self.rest = _whole_delays(room, self.rate_hz)
        now = self.glide.numbers[0, -DELAYS:]
        off = np.clip(now - self.exact, -0.5, SPARE)
        goal = np.maximum(asked + off, 0.0) if frames else self.rest
        delays = np.where(asked == self.exact, now, goal)
        self.exact = asked
        self.glide.aim([*_tone(room, self.rate_hz), *delays], frames)
        if frames == 0:
            self.clock[1] = 0

    def _make_rings(self, line: int, entrance: int) -> None:
        """Silent lines for at least so many frames of delay."""
        self.layout[:2] = _power_of_two(line + STEP + TAPS), _power_of_two(entrance + STEP + TAPS)
        self.lines = np.zeros((LINES, int(self.layout[0])))
        self.room = np.zeros((2, int(self.layout[1])))


def reverb(room: Room, *, rate_hz: int, cuts: "tuple[Prototype, ...]") -> Reverb:
    """A silent room; `cuts` are the filters that its input passes."""
    delays = _whole_delays(room, rate_hz)
    diffusers = [_diffuser(ms, rate_hz) for side in DIFFUSERS_MS for ms in side]
    ring = _power_of_two(max(diffusers) + STEP)
    made = Reverb(
        glide=resting([*_tone(room, rate_hz), *delays]),
        exact=_exact_delays(room, rate_hz),
        rest=delays,
        layout=np.array([0, 0, ring, *diffusers], dtype=np.int64),
        shape=np.array(_shape(rate_hz)),
        rate_hz=rate_hz,
        cuts=Filter(cuts, rate_hz, 2),
        lines=np.zeros((LINES, 0)),
        room=np.zeros((2, 0)),
        diffusers=np.zeros((len(diffusers), ring)),
        filters=np.zeros((2, 2 + LINES)),
        sway=np.zeros((3 + 2 * TAPS) * LINES),
        clock=np.zeros(2, dtype=np.int64),
    )
    depth = int(_depth(room, rate_hz))
    made._make_rings(int(delays[:LINES].max()) + depth, int(delays[LINES:].max()))
    return made


def longest_s(size: float) -> float:
    """The longest way that sound takes through a room once, in seconds."""
    return max(LONGEST_MS * _spread(size), max(map(max, EARLY_MS)) * size) / 1000


def _spread(size: float) -> float:
    """How long lines are, against those at size 1: walls near one another still ring densely."""
    return math.sqrt(size)


@lru_cache(maxsize=64)
def line_lengths(size: float, rate_hz: int) -> tuple[int, ...]:
    """Sixteen primes, so no two lines share a rhythm; evenly spread by ratio, none under 64."""
    lengths: list[int] = []
    for wanted in _exact_lengths(size, rate_hz):
        first = max(round(wanted), 2 * STEP, lengths[-1] + 1 if lengths else 0)
        lengths.append(next(n for n in count(first) if _is_prime(n)))
    return tuple(lengths)


def _size(room: Room) -> float:
    """How large the room is, but no larger than its decay allows."""
    return min(room.size, room.decay_s / SMALLEST_DECAY_S)


def _exact_lengths(size: float, rate_hz: int) -> list[float]:
    octaves = [log2(LONGEST_MS / SHORTEST_MS) * k / (LINES - 1) for k in range(LINES)]
    shortest = SHORTEST_MS * _spread(size) * rate_hz / 1000
    return [max(shortest * exp2(each), 2.0 * STEP) for each in octaves]


def _exact_delays(room: Room, rate_hz: int) -> Array:
    """The record `Delays` of reverb.c, in frames, not rounded."""
    predelay = room.predelay_s * rate_hz
    size = _size(room)
    early = [predelay + ms * size * rate_hz / 1000 for side in EARLY_MS for ms in side]
    return np.array([*_exact_lengths(size, rate_hz), predelay, *early])


def _whole_delays(room: Room, rate_hz: int) -> Array:
    """The same in whole frames."""
    lengths = line_lengths(_size(room), rate_hz)
    return np.array([*lengths, *np.rint(_exact_delays(room, rate_hz)[LINES:])])


def _tone(room: Room, rate_hz: int) -> list[float]:
    """The record `Settings` of reverb.c as far as its delays."""
    highest = min(room.damping_hz, HIGHEST * rate_hz)
    lengths = line_lengths(_size(room), rate_hz)
    losses = [db_to_gain(-60.0 * n / (rate_hz * STRETCH * room.decay_s)) for n in lengths]
    filters = [_damping(loss, tan(math.pi * highest / rate_hz)) for loss in losses]
    kept = _total([loss * loss for loss in losses]) / LINES
    # Steady sound keeps its level: what 16 lines gather from two sides, over what they lose.
    late = math.sqrt((1.0 - kept) / (2.0 * LINES * kept))
    return [
        *_lowpass(1.0, tan(math.pi * DULLED * highest / rate_hz)),
        *[_diffusion(room, ms) for side in DIFFUSERS_MS for ms in side],
        db_to_gain(room.early_db),
        late,
        room.width,
        *[filters[k][n] for n in range(5) for k in range(LINES)],
        _depth(room, rate_hz),
    ]


def _shape(rate_hz: int) -> list[float]:
    """The record `Shape` of reverb.c."""
    return [
        *[_movement_hz(k) / rate_hz if k % 4 != 3 else 0.0 for k in range(LINES)],
        *[sign for bits in IN_SIGNS for sign in _signs(bits)],
        *[sign for bits in OUT_SIGNS for sign in _signs(bits)],
        *_early_gains().reshape(-1),
    ]


def _diffusion(room: Room, ms: float) -> float:
    """The gain of an all-pass, which rings for no more than a part of the room's decay."""
    fastest = db_to_gain(-60.0 * ms / (1000.0 * RINGING * room.decay_s))
    return min(MOST_DIFFUSION * room.diffusion, fastest)


def _diffuser(ms: float, rate_hz: int) -> int:
    return max(STEP, round(ms * rate_hz / 1000))


def _depth(room: Room, rate_hz: int) -> float:
    return room.modulation * MOVEMENT_MS * rate_hz / 1000


def _most_frames(rate_hz: int) -> int:
    """Of a line in the largest room, at the most modulation."""
    return max(line_lengths(LARGEST, rate_hz)) + math.ceil(MOVEMENT_MS * rate_hz / 1000) + SPARE


def _latest_frames(rate_hz: int) -> int:
    """From the entrance to the last reflection, in the largest room after the most predelay."""
    return math.ceil((LATEST_S + max(map(max, EARLY_MS)) * LARGEST / 1000) * rate_hz) + SPARE


def _damping(loss: float, corner: float) -> list[float]:
    """b0 b1 b2 a1 a2 of a low-pass that doubles the loss, in dB, at the damping frequency.

    So the decay time there is half of that at low frequencies, in each line alike.
    `corner` is the tangent of half the damping frequency's angle.
    Source: |H|² = loss² / (1 + (1/loss² - 1)·(tan/corner)⁴), a Butterworth of order 2.
    """
    return _lowpass(loss, corner / math.sqrt(math.sqrt(1.0 / (loss * loss) - 1.0)))


def _lowpass(gain: float, k: float) -> list[float]:
    """b0 b1 b2 a1 a2 of a Butterworth low-pass of order 2; `k` is the tangent of its corner."""
    slant = math.sqrt(2.0) * k
    below = 1.0 + slant + k * k
    b = gain * k * k / below
    return [b, 2.0 * b, b, 2.0 * (k * k - 1.0) / below, (1.0 - slant + k * k) / below]


def _movement_hz(line: int) -> float:
    return SLOWEST_HZ + (FASTEST_HZ - SLOWEST_HZ) * line / (LINES - 1)


def _early_gains() -> Array:
    """Gains (2, taps) that fall with time, as by distance; each side's energy is 1."""
    sides = []
    for times, signs in zip(EARLY_MS, EARLY_SIGNS, strict=True):
        fall = [sign / ms for sign, ms in zip(signs, times, strict=True)]
        norm = math.sqrt(_total([gain * gain for gain in fall]))
        sides.append([gain / norm for gain in fall])
    return np.array(sides)


def _signs(bits: int) -> list[float]:
    return [1.0 if bits >> k & 1 else -1.0 for k in range(LINES)]


def _total(values: list[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % divisor for divisor in range(2, math.isqrt(n) + 1))
