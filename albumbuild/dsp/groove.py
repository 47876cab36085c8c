"""The groove that a sound makes: what the cutting stylus does, in short pieces of each turn.

A stylus is driven by the velocity that the recording characteristic gives. In-phase sound moves
it sideways, out-of-phase sound up and down, and each channel one wall of the groove.
"""

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.filters import Filter, Sections
from albumbuild.dsp.kernels import library
from albumbuild.dsp.matching import matched
from albumbuild.dsp.prototypes import Prototype, bandpass, lowpass
from albumbuild.model.lathe import Lathe

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

CELLS = 120
"""Pieces of a turn: 15 ms each at 33 1/3, 11 ms at 45."""

BASS_HZ = 300.0
"""Sound under it has to be in phase."""

HISS_HZ = 7_000.0
"""Where sibilance is: the band has its middle there, and is as wide."""

BASS_S, MIDDLE_S, TREBLE_S = 3180e-6, 318e-6, 75e-6
GRAVITY_M_S2 = 9.80665
_FIGURES = 14  # as in groove.c
_ROOT_2 = math.sqrt(2.0)


class Groove(msgspec.Struct, frozen=True, kw_only=True):
    """What the stylus does in each cell, a piece of a turn: the most of it there, (cells,) each.

    Amplitudes are excursions from rest: of the groove's middle sideways and of its bottom, and
    how far the outer edge goes outwards, the inner edge inwards. `wall` is the worse channel's
    edge. `hiss_g` is the peak of a sine with the power of what is sibilance in the cell.
    """

    lateral_um: Array
    vertical_um: Array
    outwards_um: Array
    inwards_um: Array
    shallower_um: Array
    bass_um: Array
    lateral_cm_s: Array
    vertical_cm_s: Array
    wall_cm_s: Array
    lateral_g: Array
    vertical_g: Array
    wall_g: Array
    hiss_g: Array
    cell_s: float
    seconds: float


class GrooveMeter:
    """Follows the stylus through a stereo sound as it passes; blocks may be of any length.

    Peaks are those of samples. What is above 20 kHz counts too, as far as the cutting amplifier
    lets it through.
    """

    def __init__(self, rate_hz: int, *, lathe: Lathe, turn_s: float) -> None:
        self._rate_hz = rate_hz
        self._lathe = lathe
        self._cell_s = turn_s / CELLS
        velocity = (*recording(), lowpass(lathe.highest_hz, order=2))
        self._velocity = Filter(velocity, rate_hz, 2)
        self._amplitude = _sections(_sums_above(lathe.lowest_hz), rate_hz)
        self._acceleration = Filter([_SLOPE], rate_hz, 2)
        self._bass = _sections(lowpass(BASS_HZ, order=2), rate_hz)
        self._hiss = Filter([bandpass(HISS_HZ, q=1.0)], rate_hz, 2)
        self._open = np.zeros(_FIGURES)
        self._closed: list[Array] = []
        self._cells = self._frames = 0

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        velocity = self._velocity.process(np.ascontiguousarray(block, dtype=np.float64))
        amplitude = self._amplitude.process(velocity)
        acceleration = self._acceleration.process(velocity)
        per_cell = self._cell_s * self._rate_hz
        cells = np.zeros((int(len(block) / per_cell) + 3, _FIGURES))
        cells[0] = self._open
        done = library.groove_add(
            cells,
            per_cell,
            self._cells,
            self._frames,
            amplitude,
            self._bass.process(amplitude),
            velocity,
            acceleration,
            self._hiss.process(acceleration),
            len(block),
        )
        self._closed.append(cells[:done].copy())
        self._open = cells[done].copy()
        self._cells += done
        self._frames += len(block)

    def groove(self) -> Groove:
        """What the stylus has done so far."""
        cells = np.concatenate([*self._closed, self._open[np.newaxis]])
        cells = cells[cells[:, -1] > 0].T
        lathe = self._lathe
        velocity_cm_s = lathe.reference_cm_s / _middle()
        amplitude_um = velocity_cm_s * 1e4 / (2 * math.pi * lathe.lowest_hz)
        acceleration_g = velocity_cm_s * 1e-2 * 2 * math.pi * _SLOPE.freq_hz / GRAVITY_M_S2
        return Groove(
            lateral_um=cells[0] * amplitude_um,
            vertical_um=cells[1] * amplitude_um,
            outwards_um=cells[2] * amplitude_um,
            inwards_um=cells[3] * amplitude_um,
            shallower_um=cells[4] * amplitude_um,
            bass_um=cells[5] * amplitude_um,
            lateral_cm_s=cells[6] * velocity_cm_s,
            vertical_cm_s=cells[7] * velocity_cm_s,
            wall_cm_s=cells[8] * velocity_cm_s,
            lateral_g=cells[9] * acceleration_g,
            vertical_g=cells[10] * acceleration_g,
            wall_g=cells[11] * acceleration_g,
            hiss_g=np.sqrt(cells[12] / cells[13]) * (_ROOT_2 * acceleration_g),
            cell_s=self._cell_s,
            seconds=self._frames / self._rate_hz,
        )


def recording() -> tuple[Prototype, ...]:
    """The recording characteristic: velocity for a voltage, 0 dB far under 50 Hz.

    (1 + s·3180 us)(1 + s·75 us) / (1 + s·318 us), the inverse of what a record is played with;
    the 7950 us of playback are not part of recording.
    Source: IEC 60098:1987, 7.1, the time constants of RIAA.
    """
    bass = ((0.0, BASS_S / MIDDLE_S, 1.0), (0.0, 1.0, 1.0))
    treble = ((0.0, 1.0, 1.0), (0.0, 0.0, 1.0))
    return (
        Prototype(1 / (2 * math.pi * MIDDLE_S), (bass,)),
        Prototype(1 / (2 * math.pi * TREBLE_S), (treble,)),
    )


_SLOPE = Prototype(1_000.0, (((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),))
"""What changes in time: 1 at 1 kHz, rising with frequency."""


def _sums_above(freq_hz: float) -> Prototype:
    """What adds up in time, as far as the amplifier passes it: falling with frequency above.

    Two orders of high-pass are in it.
    """
    return Prototype(freq_hz, (((0.0, 1.0, 0.0), (1.0, _ROOT_2, 1.0)),))


def _sections(prototype: Prototype, rate_hz: int) -> Sections:
    """A filter of low frequencies, right within 1 % to a tenth of the rate."""
    return Sections(matched((prototype,), rate_hz).sections, 2)


def _middle() -> float:
    """The gain of the recording characteristic at 1 kHz, where its 0 dB is by convention."""
    at = np.array([1_000.0])
    bass, treble = recording()
    return float((bass.magnitude(at) * treble.magnitude(at))[0])
