"""The meter: loudness, peaks and faults of a sound in one pass over its blocks."""

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.kernels import library
from albumbuild.dsp.loudness import (
    Array,
    channel_weights,
    gated,
    integrated_lufs,
    k_weighting,
    loudness_range_lu,
    lufs,
    lufs_of,
    mean,
    moving_sums,
)
from albumbuild.dsp.peaks import HALF, POINTS, TAPS, sharp_reach, sharp_taps

if TYPE_CHECKING:
    from albumbuild.model.device import Block

__all__ = ["Figures", "Meter", "figures_json", "integrated_lufs"]

MEASURED = (1, 2, 5, 6)
"""How many channels a sound may have."""

_SHARED = 7  # numbers of the kernel's memory before those of the channels
_BEFORE, _HEARD = 5, 6  # frames of silence at the head, frames up to the tail's
_PAIR = 18  # numbers of each two channels
_SUM, _SQUARE, _PEAK = 10, 12, 14  # where among them
_MOMENTARY, _SHORT_TERM, _HOP = 40, 300, 10  # slots of 10 ms


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound measures. None where there is no value, -inf where there is no sound.

    `crest_db` is the highest sample over the RMS of the loudest channel: 3.01 dB for a sine.
    Silence is what no sample of reaches -60 dBFS; a sound that is nothing else is all head
    and all tail.
    """

    integrated_lufs: float
    lra_lu: float | None
    momentary_max_lufs: float
    short_term_max_lufs: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    plr_lu: float | None
    crest_db: float | None
    dc: tuple[float, ...]
    clipped_runs: int
    correlation: float | None
    mono_loss_lu: float | None
    head_silence_s: float
    tail_silence_s: float
    frames: int
    rate_hz: int
    channels: int


class Meter:
    """Measures a sound as it passes; blocks may be of any length.

    Loudness is that of ITU-R BS.1770-5 and EBU R 128: momentary over 400 ms and short-term
    over 3 s, both every 10 ms; mono counts as one channel, 3 LU below the same sound in
    both. Five channels are L R C Ls Rs, six L R C LFE Ls Rs. A sound shorter than a
    gating block has peaks, and a loudness of -inf.

    Raises: ValueError for other numbers of channels.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        if channels not in MEASURED:
            raise ValueError(f"{channels} channels cannot be measured")
        self._rate_hz = rate_hz
        self._channels = channels
        self._filters = k_weighting(rate_hz)
        self._weights = channel_weights(channels)
        self._memory = np.zeros(_SHARED + _PAIR * ((channels + 1) // 2))
        self._line = np.zeros((TAPS + 1 + POINTS, channels))
        self._peak = 0.0
        self._slots: list[Array] = []

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        block = np.ascontiguousarray(block, dtype=np.float64)
        self.weigh(block)
        self.find_peaks(block)

    def find_peaks(self, block: "Block") -> None:
        """The half of `add` that finds true peaks; each half may run in a thread of its own."""
        self._peak = self._true_peak(self._line, block, over=self._peak)

    def peak_of(self, block: "Block") -> float:
        """What `find_peaks` does, and the true peak of this block alone, 1 being full scale."""
        peak = self._true_peak(self._line, block, over=0.0)
        self._peak = max(self._peak, peak)
        return peak

    def weigh(self, block: "Block") -> None:
        """The half of `add` that all other figures come from."""
        frames = len(block)
        slots = np.empty((frames * 100 // self._rate_hz + 2, 2))
        filled = library.meter_add(
            self._memory,
            self._filters,
            self._weights,
            block,
            slots,
            frames,
            self._channels,
            self._rate_hz,
        )
        self._slots.append(slots[:filled].copy())

    def energies(self) -> Array:
        """K-weighted mean squares of the gating blocks: 400 ms every 100 ms, channels weighted."""
        return self._means(_slot_column(self._slots, 0), _MOMENTARY)[::_HOP].copy()

    def momentary_lufs(self) -> Array:
        """Loudness over 400 ms, a hundred a second; the first when 400 ms have passed."""
        return lufs_of(self._means(_slot_column(self._slots, 0), _MOMENTARY))

    def short_term_lufs(self) -> Array:
        """Loudness over 3 s, a hundred a second; the first when 3 s have passed."""
        return lufs_of(self._means(_slot_column(self._slots, 0), _SHORT_TERM))

    def figures(self) -> Figures:
        """What has been measured so far."""
        energies = self.energies()
        integrated = integrated_lufs(energies)
        slots = _slot_column(self._slots, 0)
        short_term = self._means(slots, _SHORT_TERM)
        sample_peak = float(self._of_channels(_PEAK).max())
        ending = np.zeros((HALF, self._channels))
        true_peak = max(sample_peak, self._true_peak(self._line.copy(), ending, over=self._peak))
        silent = integrated == -math.inf
        frames = int(self._memory[0])
        return Figures(
            integrated_lufs=integrated,
            lra_lu=loudness_range_lu(short_term),
            momentary_max_lufs=_highest_lufs(self._means(slots, _MOMENTARY)),
            short_term_max_lufs=_highest_lufs(short_term),
            true_peak_dbtp=maths.gain_to_db(true_peak),
            sample_peak_dbfs=maths.gain_to_db(sample_peak),
            plr_lu=None if silent else maths.gain_to_db(true_peak) - integrated,
            crest_db=self._crest_db(sample_peak),
            dc=tuple(float(each) / max(1, frames) for each in self._of_channels(_SUM)),
            clipped_runs=int(self._memory[2]),
            correlation=self._correlation(),
            mono_loss_lu=self._mono_loss_lu(energies),
            head_silence_s=float(self._memory[_BEFORE]) / self._rate_hz,
            tail_silence_s=(frames - float(self._memory[_HEARD])) / self._rate_hz,
            frames=frames,
            rate_hz=self._rate_hz,
            channels=self._channels,
        )

    def _true_peak(self, line: Array, block: "Block", *, over: float) -> float:
        """The true peak of what has passed the filter with a block, or `over` if that is higher."""
        peak: float = library.meter_true_peak(
            line, sharp_taps(), sharp_reach(), over, block, len(block), self._channels
        )
        return peak

    def _of_channels(self, place: int) -> Array:
        pairs = self._memory[_SHARED:].reshape(-1, _PAIR)
        return pairs[:, place : place + 2].reshape(-1)[: self._channels]

    def _means(self, slots: Array, length: int) -> Array:
        """Mean squares of `length` slots, at each slot that has them all behind it."""
        tens = moving_sums(slots, _HOP)
        count = max(0, len(slots) - length + 1)
        sums = np.zeros(count)
        for at in range(0, length, _HOP):
            sums += tens[at : at + count]
        starts = np.arange(count)
        lengths = (starts + length) * self._rate_hz // 100 - starts * self._rate_hz // 100
        return sums / lengths

    def _crest_db(self, sample_peak: float) -> float | None:
        square = float(self._of_channels(_SQUARE).max())
        if square == 0.0:
            return None
        rms_db = maths.gain_to_db(square / float(self._memory[0])) / 2
        return maths.gain_to_db(sample_peak) - rms_db

    def _correlation(self) -> float | None:
        """Of left and right, -1 to 1; None for other widths and where a side is silent."""
        if self._channels != 2:
            return None
        left, right = (float(each) for each in self._of_channels(_SQUARE))
        if left == 0 or right == 0:
            return None
        return max(-1.0, min(1.0, float(self._memory[4]) / (math.sqrt(left) * math.sqrt(right))))

    def _mono_loss_lu(self, energies: Array) -> float | None:
        """How much quieter both sides are when each plays their mean, over what counts."""
        counts = gated(energies)
        if self._channels != 2 or not counts.any():
            return None
        cross = self._means(_slot_column(self._slots, 1), _MOMENTARY)[::_HOP]
        stereo, product = mean(energies[counts]), mean(cross[counts])
        return lufs(stereo) - lufs(max(0.0, stereo / 2 + product))


def figures_json(figures: Figures) -> dict[str, Any]:
    """The figures by name, with null for what is not a finite number."""
    named: dict[str, Any] = msgspec.to_builtins(figures)
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in named.items()
    }


def _highest_lufs(energies: Array) -> float:
    return lufs(float(energies.max())) if energies.size else -math.inf


def _slot_column(slots: list[Array], column: int) -> Array:
    return np.concatenate([np.zeros((0, 2)), *slots])[:, column].copy()
