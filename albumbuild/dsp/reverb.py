"""A room as it runs: the lengths, gains and filters of a feedback delay network."""

import math
from itertools import count
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.filters import Filter
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import db_to_gain, exp2, log2, tan

if TYPE_CHECKING:
    from albumbuild.dsp.prototypes import Prototype
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LINES = 16
HIGHEST = 0.49  # of the rate, for the damping frequency
STEP = 32  # frames done at one go in reverb.c: no line is shorter
SHORTEST_MS, LONGEST_MS = 29.0, 97.0  # of the lines, at size 100 %
MOVEMENT_MS = 0.35  # at modulation 100 %
SLOWEST_HZ, FASTEST_HZ = 0.31, 1.13
MOST_DIFFUSION = 0.7
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
    """A room with sound in it."""

    layout: Whole
    settings: Array
    times: Whole
    gains: Array
    lines: Array
    room: Array
    diffusers: Array
    damped: Array
    clock: Whole
    cuts: Filter

    def process(self, block: "Block") -> "Block":
        """The wet sound of a stereo block."""
        block = np.ascontiguousarray(self.cuts.process(block))
        assert block.shape[1] == 2
        out = np.empty_like(block)
        library.reverb_process(
            self.layout, self.settings, self.times, self.gains, self.lines, self.room,
            self.diffusers, self.damped, self.clock, block, out, len(block),
        )  # fmt: skip
        return out


def reverb(room: Room, *, rate_hz: int, cuts: "tuple[Prototype, ...]") -> Reverb:
    """A silent room; `cuts` are the filters that its input passes."""
    lengths = line_lengths(room.size, rate_hz)
    depth = room.modulation * MOVEMENT_MS * rate_hz / 1000
    predelay = round(room.predelay_s * rate_hz)
    times = np.array(
        [[predelay + round(ms * room.size * rate_hz / 1000) for ms in side] for side in EARLY_MS]
    )
    diffusers = [max(STEP, round(ms * rate_hz / 1000)) for side in DIFFUSERS_MS for ms in side]
    capacity = _power_of_two(max(lengths) + int(depth) + STEP)
    entrance = _power_of_two(int(times.max()) + STEP)
    diffuser = _power_of_two(max(diffusers) + STEP)
    layout = [capacity, entrance, diffuser, predelay, len(EARLY_MS[0]), *lengths, *diffusers]
    return Reverb(
        layout=np.array(layout, dtype=np.int64),
        settings=np.array(_settings(room, lengths, depth=depth, rate_hz=rate_hz)),
        times=times,
        gains=_early_gains(),
        lines=np.zeros((LINES, capacity)),
        room=np.zeros((2, entrance)),
        diffusers=np.zeros((len(diffusers), diffuser)),
        damped=np.zeros((2, LINES)),
        clock=np.zeros(1, dtype=np.int64),
        cuts=Filter(cuts, rate_hz, 2),
    )


def line_lengths(size: float, rate_hz: int) -> list[int]:
    """Sixteen primes, so no two lines share a rhythm; evenly spread by ratio, none under 64."""
    lengths: list[int] = []
    for k in range(LINES):
        octaves = log2(LONGEST_MS / SHORTEST_MS) * k / (LINES - 1)
        wanted = round(SHORTEST_MS * exp2(octaves) * size * rate_hz / 1000)
        first = max(wanted, 2 * STEP, lengths[-1] + 1 if lengths else 0)
        lengths.append(next(n for n in count(first) if _is_prime(n)))
    return lengths


def _settings(room: Room, lengths: list[int], *, depth: float, rate_hz: int) -> list[float]:
    """The record `Settings` of reverb.c, in its order."""
    corner = tan(math.pi * min(room.damping_hz / rate_hz, HIGHEST))
    losses = [db_to_gain(-60.0 * n / (rate_hz * room.decay_s)) for n in lengths]
    filters = [_damping(loss, corner) for loss in losses]
    kept = _total([loss * loss for loss in losses]) / LINES
    # Steady sound keeps its level: what 16 lines gather from two sides, over what they lose.
    late = math.sqrt((1.0 - kept) / (2.0 * LINES * kept))
    rates = [_movement_hz(k) / rate_hz if depth and k % 2 else 0.0 for k in range(LINES)]
    return [
        MOST_DIFFUSION * room.diffusion,
        db_to_gain(room.early_db),
        late,
        room.width,
        depth,
        *[filters[k][n] for n in range(5) for k in range(LINES)],
        *rates,
        *[sign for bits in IN_SIGNS for sign in _signs(bits)],
        *[sign for bits in OUT_SIGNS for sign in _signs(bits)],
    ]


def _damping(loss: float, corner: float) -> list[float]:
    """b0 b1 b2 a1 a2 of a low-pass that doubles the loss, in dB, at the damping frequency.

    So the decay time there is half of that at low frequencies, in each line alike.
    `corner` is the tangent of half the damping frequency's angle.
    Source: |H|² = loss² / (1 + (1/loss² - 1)·(tan/corner)⁴), a Butterworth of order 2.
    """
    k = corner / math.sqrt(math.sqrt(1.0 / (loss * loss) - 1.0))
    slant = math.sqrt(2.0) * k
    below = 1.0 + slant + k * k
    b = loss * k * k / below
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
