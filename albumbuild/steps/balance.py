"""The loudness of several songs found together: one gain for an album, or peaks left alone."""

import math
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.meter import integrated_lufs
from albumbuild.dsp.solve import solved_gain_db
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.model.device import Processor
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.master import Gain
from albumbuild.steps.prepared import Prepared
from albumbuild.steps.stream import frames_of


class Balance(Action, frozen=True, kw_only=True):
    """The gains that bring the songs of a deliverable to their loudness together.

    In mode `album` one gain serves all, so that the album as a whole meets the target.
    With a `peak_dbtp` in place of a limiter, all songs are turned down alike until the
    highest true peak is under it. Gains are rounded to 0.01 dB, so that a change too
    small to hear masters no other song again.
    """

    kind: ClassVar[str] = "measure"
    libraries: ClassVar[tuple[str, ...]] = ("soxr",)

    mode: Literal["track", "album", "none"]
    offsets_lu: Mapping[str, float]
    inserts: tuple[Processor, ...]
    rate_in_hz: int
    rate_hz: int
    target_lufs: float | None = None
    limiter: Limiter | None = None
    peak_dbtp: float | None = None

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write a `SONG.json` with the gain of each song."""
        paths = {song: needs.blob(f"premaster/{song}") for song in self.offsets_lu}
        progress.total(sum(frames_of(path) for path in paths.values()))
        with ExitStack() as stack:
            songs = {
                song: stack.enter_context(
                    Prepared(
                        path,
                        self.inserts,
                        rate_in_hz=self.rate_in_hz,
                        rate_hz=self.rate_hz,
                        folder=into.parent,
                        progress=progress,
                    )
                )
                for song, path in paths.items()
            }
            gains = self._under_peak(songs, self._gains(songs))
        for song, gain_db in gains.items():
            gain = Gain(gain_db=round(gain_db, 2))
            (into / f"{song}.json").write_bytes(msgspec.json.encode(gain))

    def _gains(self, songs: Mapping[str, Prepared]) -> dict[str, float]:
        if self.mode == "none" or self.target_lufs is None:
            return dict.fromkeys(songs, 0.0)
        if self.mode == "track":
            return {
                song: self._solved({song: songs[song]}, {song: 0.0}, self.target_lufs + offset)
                for song, offset in self.offsets_lu.items()
            }
        gain_db = self._solved(songs, self.offsets_lu, self.target_lufs)
        return {song: gain_db + offset for song, offset in self.offsets_lu.items()}

    def _solved(
        self, songs: Mapping[str, Prepared], offsets: Mapping[str, float], target_lufs: float
    ) -> float:
        """One gain for `songs`, on top of their offsets."""

        def energies(gain_db: float, limiter: Limiter | None) -> npt.NDArray[np.float64]:
            return np.concatenate(
                [
                    prepared.limited_energies(gain_db + offsets[song], limiter)
                    for song, prepared in songs.items()
                ]
            )

        return solved_gain_db(
            lambda gain_db: energies(gain_db, self.limiter),
            measured_lufs=integrated_lufs(energies(0.0, None)),
            target_lufs=target_lufs,
        )

    def _under_peak(
        self, songs: Mapping[str, Prepared], gains: dict[str, float]
    ) -> dict[str, float]:
        if self.peak_dbtp is None:
            return gains
        peaks = [songs[song].figures.true_peak_dbtp + gain for song, gain in gains.items()]
        down_db = max(0.0, max(peaks) - self.peak_dbtp)
        return {song: gain - math.ceil(down_db * 100.0) / 100.0 for song, gain in gains.items()}
