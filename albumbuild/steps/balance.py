"""The loudness of an album: one gain for its songs, found together."""

import math
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.meter import integrated_lufs
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.coding import Coding
from albumbuild.model.device import Processor
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.headroom import coded_peak_dbtp, with_headroom
from albumbuild.steps.master import warn_of_target
from albumbuild.steps.prepared import Prepared
from albumbuild.steps.pressing import Gain, Pressed, pressed
from albumbuild.steps.sounds import with_sounds
from albumbuild.steps.stream import frames_of


class Balance(Action, frozen=True, kw_only=True):
    """The one gain at which several songs together meet a loudness, each with its offset.

    With a `peak_dbtp` in place of a limiter, all are turned down alike until the highest
    true peak is under it. Gains are rounded to 0.01 dB, so that a change too small to
    hear masters no other song again. `codings` are those whose peaks stay under the
    limiter's ceiling once decoded, those of every song.
    """

    kind: ClassVar[str] = "measure"
    version: ClassVar[int] = 3
    libraries: ClassVar[tuple[str, ...]] = ("soxr", "soundfile", "av")

    target_lufs: float
    offsets_lu: Mapping[str, float]
    inserts: tuple[Processor, ...]
    rate_in_hz: int
    rate_hz: int
    limiter: Limiter | None
    peak_dbtp: float | None
    codings: tuple[Coding, ...] = ()

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write a file with the gain of each song, by the name that the offsets have for it."""
        inserts = with_sounds(self.inserts, needs)
        paths = {song: needs.blob(f"premaster/{song}") for song in self.offsets_lu}
        progress.total(sum(frames_of(path) for path in paths.values()))
        with ExitStack() as stack:
            songs = {
                song: stack.enter_context(
                    Prepared(
                        path,
                        inserts,
                        rate_in_hz=self.rate_in_hz,
                        rate_hz=self.rate_hz,
                        folder=into.parent,
                        progress=progress,
                    )
                )
                for song, path in paths.items()
            }
            found = self._solved(songs, into, progress)
            gain_db = self._under_peak(songs, found.gain_db)
        for song, offset_lu in self.offsets_lu.items():
            gain = Gain(gain_db=round(gain_db + offset_lu, 2), limiter=found.limiter)
            (into / song).write_bytes(msgspec.json.encode(gain))

    def _solved(self, songs: Mapping[str, Prepared], into: Path, progress: Progress) -> Pressed:
        """The gain on top of the offsets, and its limiter."""

        def coded_dbtp(tried: Pressed) -> float:
            peaks = progress.map(
                lambda song: coded_peak_dbtp(
                    songs[song],
                    tried.gain_db + self.offsets_lu[song],
                    tried.limiter,
                    self.codings,
                    folder=into.parent,
                ),
                songs,
            )
            return max(peaks)

        if self.limiter is None or not self.codings:
            found = self._pressed(songs, self.limiter)
        else:
            found = with_headroom(
                lambda limiter: self._pressed(songs, limiter), coded_dbtp, self.limiter, progress
            )
        warn_of_target(self.target_lufs, found, self.limiter, progress)
        return found

    def _pressed(self, songs: Mapping[str, Prepared], limiter: Limiter | None) -> Pressed:
        def energies(gain_db: float, limiter: Limiter | None) -> npt.NDArray[np.float64]:
            return np.concatenate(
                [
                    prepared.limited_energies(gain_db + self.offsets_lu[song], limiter)
                    for song, prepared in songs.items()
                ]
            )

        return pressed(
            energies,
            limiter,
            measured_lufs=integrated_lufs(energies(0.0, None)),
            target_lufs=self.target_lufs,
        )

    def _under_peak(self, songs: Mapping[str, Prepared], gain_db: float) -> float:
        if self.peak_dbtp is None:
            return gain_db
        peaks = (
            prepared.figures.true_peak_dbtp + self.offsets_lu[song]
            for song, prepared in songs.items()
        )
        return min(gain_db, math.floor((self.peak_dbtp - max(peaks)) * 100.0) / 100.0)
