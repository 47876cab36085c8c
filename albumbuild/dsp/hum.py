"""Mains hum: lines at multiples of 50 or 60 Hz that never change."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault
from albumbuild.dsp.fft import spectra
from albumbuild.dsp.pieces import Pieces
from albumbuild.dsp.resample import Resampler

Array = npt.NDArray[np.float64]

MAINS_HZ = (50, 60)
RATE_HZ = 2_000
SIZE = 8_192  # 4.1 s: notes beside the mains are other lines, 50 Hz lies above G1

_HARMONICS = 8
_WINDOWS = 4  # before anything is said: 10 s
_LINE_HZ = 0.6  # a line is what lies so near
_BESIDE_HZ = (1.5, 6.0)  # and is held against what lies there
_OVER_DB = 12.0
_SPREAD_DB = 3.0
_LOWEST_DB = -100.0
_SILENCE = 1e-12  # of a line with what lies beside it: -120 dB
_QUIET = 0.25  # of all windows that are not silent, those in which the least lies beside a line
_LINES = 2


class Hum:
    """Finds hum: at least two of the first eight multiples of 50 Hz, or of 60 Hz.

    Each stands 12 dB over every line within 6 Hz and moves by less than 3 dB, in the quietest
    quarter of all stretches of 4 s, since music covers it in the others. Nothing is said of less
    than 10 s, nor of lines under -100 dBFS.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._resampler = Resampler(rate_hz, RATE_HZ, channels)
        self._pieces = Pieces(SIZE // 2, channels, around=SIZE // 4)
        angles: Array = np.arange(SIZE, dtype=np.float64) * (2 * math.pi / SIZE)
        self._window = (0.5 - 0.5 * maths.cos(angles))[:, np.newaxis]
        self._found: list[Array] = []

    def add(self, block: Array) -> None:
        """Takes the next block in."""
        for _, piece in self._pieces.add(self._resampler.process(block)):
            squares = np.zeros(SIZE)
            for channel in range(piece.shape[1]):
                signals = np.zeros((SIZE, 2, 2))
                signals[:, :1, 0] = piece[:, channel : channel + 1] * self._window
                squares += np.square(spectra(signals)[:, :, 0]).sum(axis=1)
            self._found.append(_lines(squares / len(piece[0])))

    def faults(self) -> Iterator[Fault]:
        """At most one: the mains that more is heard of."""
        if len(self._found) < _WINDOWS:
            return
        found = np.array(self._found)
        heard = [_heard(found[:, number]) for number in range(len(MAINS_HZ))]
        number = max(range(len(heard)), key=lambda each: len(heard[each]))
        lines = heard[number]
        if len(lines) >= _LINES:
            level_db = maths.gain_to_db(sum(lines.values())) / 2
            named = ", ".join(f"{MAINS_HZ[number] * each}" for each in lines)
            yield Fault(
                kind="hum",
                level_db=level_db,
                detail=f"{level_db:.1f} dBFS of mains hum: {named} Hz",
            )


def _lines(squares: Array) -> Array:
    """The power of each line, and of one as high as the highest beside: (mains, harmonics, 2)."""
    bin_hz = RATE_HZ / SIZE
    scale = 2 / (0.375 * SIZE * SIZE)  # a Hann window's bins hold 0.375 of the mean square
    found = np.zeros((len(MAINS_HZ), _HARMONICS, 2))
    for number, mains_hz in enumerate(MAINS_HZ):
        for harmonic in range(_HARMONICS):
            away = np.abs(np.arange(SIZE // 2) * bin_hz - mains_hz * (harmonic + 1))
            line = squares[: SIZE // 2][away <= _LINE_HZ]
            beside = squares[: SIZE // 2][(away >= _BESIDE_HZ[0]) & (away <= _BESIDE_HZ[1])]
            found[number, harmonic] = line.sum() * scale, beside.max() * len(line) * scale
    return found


def _heard(found: Array) -> dict[int, float]:
    """The mean power of each multiple, from 1, that is a line all along; found: (windows, ...)."""
    heard = {}
    for harmonic in range(_HARMONICS):
        is_heard = found[:, harmonic].sum(axis=1) > _SILENCE
        line, beside = found[is_heard, harmonic].T
        if len(line) < _WINDOWS:
            continue
        quiet = np.argsort(beside, kind="stable")[: max(_WINDOWS, round(_QUIET * len(beside)))]
        line_db = maths.gain_to_db(np.maximum(line[quiet], 1e-30)) / 2
        over_db = line_db - maths.gain_to_db(np.maximum(beside[quiet], 1e-30)) / 2
        low, high = (float(np.sort(line_db)[round(part * (len(quiet) - 1))]) for part in (0.1, 0.9))
        if high - low < _SPREAD_DB and float(over_db.min()) > _OVER_DB and low > _LOWEST_DB:
            heard[harmonic + 1] = float(line[quiet].mean())
    return heard
