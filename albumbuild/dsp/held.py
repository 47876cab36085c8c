"""Samples that stand still: tops that were clipped, and gaps where sound is missing."""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault
from albumbuild.dsp.pieces import Pieces

Array = npt.NDArray[np.float64]

PIECE_S, AROUND_S = 1.0, 0.25
MOST = 1_000  # stretches of one channel that are kept

_FULL_SCALE = 1.0 - 1.0 / 32_768.0
_CLIPPED = 3  # samples alike
_LOWEST_TOP = 0.25  # -12 dBFS: lower tops are not looked at
_SAME_TOP = 1e-4  # tops are alike within that share
_CORNER = 8.0 / 32_768.0  # how far the samples beside a cut top lie under it, at least
_TOPS = 3  # cut tops under full scale, before they are believed
_TOGETHER_S = 0.05  # runs no further apart are one stretch

_GAP_S = (0.001, 0.2)
_BESIDE_S = 0.005
_LOUD = 0.003  # -50 dBFS RMS on both sides of a gap
_ALIKE = 4.0  # and no more than 12 dB apart
_HARD = 0.1  # of the RMS: what is jumped over at each end of a gap,
_BENT = 0.3  # or how steep, of the RMS of all steps, the sound is that stops there
_INSIDE = 0.9  # a gap holds a value below that share of the peak beside it
_STILL = 0.2  # of the samples beside a gap stand still, at most
_GAPS_A_PIECE = 4  # more are the shape of a wave


class Stretch(msgspec.Struct):
    """Frames of one channel, and how many runs of how many samples were seen in them."""

    start: int
    end: int
    value: float
    runs: int = 1
    longest: int = 0


class Held:
    """Finds clipping and dropouts.

    Clipping is three or more samples alike at full scale; or alike at the highest level of the
    channel, over -12 dBFS, with a hard corner on both sides, three times in the sound at least.
    A dropout is a millisecond up to a fifth of a second of samples alike, amid sound over -50
    dBFS RMS that is as loud before as after it, and breaks off at both edges. Waves that stand
    still by nature, like pulses, have such places again and again, and are left alone.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        around = round(AROUND_S * rate_hz)
        self._pieces = Pieces(round(PIECE_S * rate_hz), channels, around=around)
        self._tops = [_Tops(round(_TOGETHER_S * rate_hz)) for _ in range(channels)]
        self._gaps: list[list[Stretch]] = [[] for _ in range(channels)]

    def add(self, block: Array) -> None:
        """Takes the next block in."""
        for first, piece in self._pieces.add(block):
            self._look(first, piece)

    def faults(self) -> Iterator[Fault]:
        """Clipping, then dropouts, channel by channel."""
        for first, piece in self._pieces.finish():
            self._look(first, piece)
        for channel, tops in enumerate(self._tops):
            for stretch in tops.believed():
                yield self._clipping(channel, stretch)
        for channel, gaps in enumerate(self._gaps):
            for stretch in gaps:
                yield self._dropout(channel, stretch)

    def _look(self, first: int, piece: Array) -> None:
        around, size = self._pieces.around, self._pieces.size
        for channel in range(piece.shape[1]):
            x = np.ascontiguousarray(piece[:, channel])
            starts, ends = _runs(x, _CLIPPED)
            mine = (starts >= around) & (starts < around + size)
            starts, ends = starts[mine], ends[mine]
            self._tops[channel].heard(x[around : around + size])
            inner = (starts > 0) & (ends < len(x))
            for start, end in zip(starts[inner].tolist(), ends[inner].tolist(), strict=True):
                if _is_cut(x, start, end):
                    at = first - around
                    self._tops[channel].add(at + start, at + end, float(x[start]))
            gaps = self._gaps_in(x, starts[inner], ends[inner])
            if len(gaps) <= _GAPS_A_PIECE and len(self._gaps[channel]) < MOST:
                self._gaps[channel] += [
                    Stretch(first - around + start, first - around + end, level)
                    for start, end, level in gaps
                ]

    def _gaps_in(self, x: Array, starts: Array, ends: Array) -> list[tuple[int, int, float]]:
        lengths = (ends - starts) / self._rate_hz
        long = (lengths >= _GAP_S[0]) & (lengths <= _GAP_S[1])
        beside = max(8, round(_BESIDE_S * self._rate_hz))
        return [
            (start, end, maths.gain_to_db(_rms(x[start - beside : start])))
            for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True)
            if _is_gap(x[start - beside : start], float(x[start]), x[end : end + beside])
        ]

    def _clipping(self, channel: int, stretch: Stretch) -> Fault:
        level_db = maths.gain_to_db(abs(stretch.value))
        many = "1 run" if stretch.runs == 1 else f"{stretch.runs} runs"
        return Fault(
            kind="clipping",
            at_s=stretch.start / self._rate_hz,
            length_s=(stretch.end - stretch.start) / self._rate_hz,
            channel=channel,
            level_db=level_db,
            detail=f"{many} of up to {stretch.longest} samples at {level_db:.2f} dBFS",
        )

    def _dropout(self, channel: int, stretch: Stretch) -> Fault:
        length_s = (stretch.end - stretch.start) / self._rate_hz
        return Fault(
            kind="dropout",
            at_s=stretch.start / self._rate_hz,
            length_s=length_s,
            channel=channel,
            level_db=stretch.value,
            detail=f"{1_000 * length_s:.1f} ms stand still amid sound of {stretch.value:.1f} dBFS",
        )


class _Tops:
    """Cut tops of one channel, of which only those at its highest level count."""

    def __init__(self, together: int) -> None:
        self._together = together
        self._highest = [0.0, 0.0]  # above and below
        self._found: list[list[Stretch]] = [[], []]
        self._runs = [0, 0]

    def heard(self, x: Array) -> None:
        """Learn how high the channel goes; what was cut lower was not cut."""
        for side, highest in ((0, float(x.max())), (1, -float(x.min()))):
            if min(highest, _FULL_SCALE) > self._highest[side] * (1.0 + _SAME_TOP):
                self._found[side], self._runs[side] = [], 0
            self._highest[side] = max(self._highest[side], min(highest, _FULL_SCALE))

    def add(self, start: int, end: int, value: float) -> None:
        """A run of samples alike, with corners."""
        side = 0 if value > 0 else 1
        if abs(value) < self._highest[side] * (1.0 - _SAME_TOP):
            return
        self._runs[side] += 1
        found = self._found[side]
        if found and start - found[-1].end <= self._together:
            last = found[-1]
            last.end, last.runs = end, last.runs + 1
            last.longest = max(last.longest, end - start)
        elif len(found) < MOST:
            found.append(Stretch(start, end, value, longest=end - start))

    def believed(self) -> list[Stretch]:
        """Those at full scale, and those below it that come again, in order."""
        sides = [
            found
            for found, runs, highest in zip(self._found, self._runs, self._highest, strict=True)
            if runs >= _TOPS or highest >= _FULL_SCALE
        ]
        return sorted((each for found in sides for each in found), key=lambda each: each.start)


def _runs(x: Array, least: int) -> tuple[Array, Array]:
    """Where `least` or more samples in a row are alike: starts, and ends (exclusive)."""
    changes = np.flatnonzero(x[1:] != x[:-1]) + 1
    starts = np.concatenate(([0], changes))
    ends = np.concatenate((changes, [len(x)]))
    long = ends - starts >= least
    return starts[long], ends[long]


def _is_cut(x: Array, start: int, end: int) -> bool:
    size = abs(x[start])
    if size >= _FULL_SCALE:
        return True
    if size < _LOWEST_TOP:
        return False
    side = 1.0 if x[start] > 0 else -1.0
    return bool(max(side * x[start - 1], side * x[end]) <= size - _CORNER)


def _is_gap(before: Array, value: float, after: Array) -> bool:
    """Whether sound stops and goes on around samples that hold a value."""
    if len(before) < 8 or len(after) < len(before):
        return False
    levels = _rms(before), _rms(after)
    if min(levels) < _LOUD or max(levels) > _ALIKE * min(levels):
        return False
    if abs(value) >= _INSIDE * max(np.abs(before).max(), np.abs(after).max()):
        return False
    if not (_is_hard(before, value, levels[0]) and _is_hard(after[::-1], value, levels[1])):
        return False
    still = max(float((np.diff(side) == 0).mean()) for side in (before, after))
    return still <= _STILL


def _is_hard(sound: Array, value: float, level: float) -> bool:
    """Whether a sound that ends at a held value breaks off, and does not come to rest."""
    steps = np.diff(sound)
    return bool(
        abs(sound[-1] - value) >= _HARD * level or abs(steps[-1]) >= _BENT * max(_rms(steps), 1e-9)
    )


def _rms(x: Array) -> float:
    return float(np.sqrt(np.mean(np.square(x))))
