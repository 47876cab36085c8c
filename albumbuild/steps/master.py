"""The master: one song for one deliverable, at its loudness, its rate and under its ceiling."""

import math
from pathlib import Path
from typing import ClassVar

from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.coding import Coding
from albumbuild.model.device import Processor
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.figures import SOUND, ToneMeter, write_figures
from albumbuild.steps.headroom import coded_peak_dbtp, with_headroom
from albumbuild.steps.prepared import Prepared
from albumbuild.steps.pressing import Gain, Pressed, pressed, read_gain, write_gain
from albumbuild.steps.reductions import ReductionLog
from albumbuild.steps.repairs import RepairLog
from albumbuild.steps.sounds import with_sounds
from albumbuild.steps.stream import AUDIO, frames_of, metered, write_sound
from albumbuild.steps.traces import Traced, write_trace

MOST_HONEST_LIMITING_DB = 6.0
"""More limiting than this is said in a warning."""

FAR_LU = 0.1
"""A loudness this far from the target is said in a warning."""


class Master(Action, frozen=True, kw_only=True):
    """Loudness gain, delivery rate and limiter over one premaster.

    With a `target_lufs` the gain is solved here; without one it is that of the need
    `gain`, or none. Without a limiter the peaks keep their shape; the gain is then no
    higher than keeps them under `peak_dbtp`. `codings` are those whose peaks, once decoded,
    stay under the limiter's ceiling as well, where the gain is solved here.
    """

    kind: ClassVar[str] = "master"
    version: ClassVar[int] = 5
    libraries: ClassVar[tuple[str, ...]] = ("soxr", "soundfile", "av")

    inserts: tuple[Processor, ...]
    limiter: Limiter | None
    peak_dbtp: float | None
    rate_in_hz: int
    rate_hz: int
    target_lufs: float | None = None
    codings: tuple[Coding, ...] = ()

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `audio`, float at the delivery rate, what it measures and how it was made."""
        premaster = needs.blob("premaster")
        progress.total(2 * frames_of(premaster) * self.rate_hz // self.rate_in_hz)
        repairs, reductions = RepairLog(self.rate_in_hz), ReductionLog(self.rate_in_hz)
        with Prepared(
            premaster,
            with_sounds(self.inserts, needs),
            rate_in_hz=self.rate_in_hz,
            rate_hz=self.rate_hz,
            folder=into.parent,
            progress=progress,
            watchers=(repairs, reductions),
        ) as prepared:
            repairs.write(into, progress)
            gain = self._gain(needs, prepared, into, progress)
            gain_db = self._under_peak(gain.gain_db, prepared, progress)
            self._warn(prepared.figures.true_peak_dbtp + gain_db, progress)
            meter, limited = ToneMeter(self.rate_hz), ReductionLog(self.rate_hz)
            blocks = metered(prepared.blocks(gain_db, gain.limiter, (limited,)), meter)
            write_sound(into / AUDIO, blocks, rate_hz=self.rate_hz, progress=progress)
            frames = prepared.figures.frames
            reduced = (
                *reductions.reductions(frames * self.rate_in_hz // self.rate_hz),
                *limited.reductions(frames),
            )
            write_trace(into, Traced(sound=meter.trace(), reductions=reduced))
            write_figures(into, {SOUND: meter.named()})
            write_gain(into, Gain(gain_db=gain_db, limiter=gain.limiter))

    def _gain(self, needs: Needs, prepared: Prepared, into: Path, progress: Progress) -> Gain:
        if needs.roles("gain"):
            return read_gain(needs.blob("gain"))

        def coded_dbtp(tried: Pressed) -> float:
            return coded_peak_dbtp(
                prepared, tried.gain_db, tried.limiter, self.codings, folder=into.parent
            )

        if self.limiter is None or not self.codings:
            found = self._pressed(prepared, self.limiter)
        else:
            found = with_headroom(
                lambda limiter: self._pressed(prepared, limiter), coded_dbtp, self.limiter, progress
            )
        if self.target_lufs is not None:
            warn_of_target(self.target_lufs, found, self.limiter, progress)
        return Gain(gain_db=found.gain_db, limiter=found.limiter)

    def _pressed(self, prepared: Prepared, limiter: Limiter | None) -> Pressed:
        measured_lufs = prepared.figures.integrated_lufs
        if self.target_lufs is None:
            return Pressed(gain_db=0.0, limiter=limiter, lufs=measured_lufs)
        return pressed(
            prepared.limited_energies,
            limiter,
            measured_lufs=measured_lufs,
            target_lufs=self.target_lufs,
        )

    def _under_peak(self, gain_db: float, prepared: Prepared, progress: Progress) -> float:
        """The gain, or the one that brings the highest peak to `peak_dbtp`."""
        if self.peak_dbtp is None:
            return gain_db
        over_db = prepared.figures.true_peak_dbtp + gain_db - self.peak_dbtp
        if over_db > 0.0 and self.target_lufs is not None:
            progress.log(
                "warning",
                f"stays {over_db:.1f} LU under {self.target_lufs:g} LUFS, so that its peaks are "
                f"under {self.peak_dbtp:g} dBTP without a limiter; a lower target keeps the "
                "songs in balance",
            )
        return gain_db - max(over_db, 0.0)

    def _warn(self, peak_dbtp: float, progress: Progress) -> None:
        if self.limiter is None:
            return
        over_db = peak_dbtp - self.limiter.ceiling_dbtp
        if over_db > MOST_HONEST_LIMITING_DB:
            aim = (
                "the gain"
                if self.target_lufs is None
                else f"the gain for {self.target_lufs:g} LUFS"
            )
            progress.log(
                "warning",
                f"{aim} under {self.limiter.ceiling_dbtp:g} dBTP takes {over_db:.1f} dB of "
                "limiting at the highest peak; a lower target keeps more of the mix",
            )


def warn_of_target(
    target_lufs: float, found: Pressed, limiter: Limiter | None, progress: Progress
) -> None:
    """Say when a loudness is not what was asked for, or takes another limiter than usual."""
    if found.lufs == -math.inf:
        progress.log("warning", "is too short or too quiet to be measured, and gets no gain")
    elif abs(target_lufs - found.lufs) > FAR_LU:
        progress.log(
            "warning",
            f"comes to {found.lufs:.1f} LUFS and not to {target_lufs:g}: the limiter gives no "
            "more; ask for less, or for denser mixes",
        )
    elif found.limiter is not None and limiter is not None and _is_quicker(found.limiter, limiter):
        progress.log(
            "warning",
            f"comes to {target_lufs:g} LUFS by a limiter that lets go in "
            f"{found.limiter.release_ms:g} ms, which is heard; a lower target sounds cleaner",
        )


def _is_quicker(found: Limiter, limiter: Limiter) -> bool:
    return found.release_ms < limiter.release_ms
