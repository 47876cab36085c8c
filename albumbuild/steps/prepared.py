"""A premaster made ready for its loudness: the deliverable's inserts and rate, held on disk."""

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from albumbuild.dsp import levels
from albumbuild.dsp.meter import Meter
from albumbuild.dsp.resample import Resampler
from albumbuild.engine.spans import span
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.stream import BLOCK, blocks_of, measure, through
from albumbuild.steps.study import studied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from albumbuild.engine.action import Progress
    from albumbuild.model.device import Block, Processor
    from albumbuild.steps.stream import Watcher

_FRAME_BYTES = 8
IDLE_DB = 0.1
"""This far under the ceiling a true peak leaves the limiter idle, however it is read."""


class Prepared:
    """Sound that only gain and limiter are still to be run over, as often as it takes.

    `figures` are those of the sound before any gain.
    """

    def __init__(
        self,
        path: "Path",
        inserts: "Sequence[Processor]",
        *,
        rate_in_hz: int,
        rate_hz: int,
        folder: "Path",
        progress: "Progress",
        watchers: "Sequence[Watcher]" = (),
    ) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the record
        self.rate_hz = rate_hz
        self._progress = progress
        meter = Meter(rate_hz, 2)
        ready = studied(inserts, lambda: blocks_of(path), rate_hz=rate_in_hz, progress=progress)
        blocks = through(ready, blocks_of(path), rate_hz=rate_in_hz, watchers=watchers)
        for block in resampled(blocks, rate_in_hz, rate_hz):
            stored = np.ascontiguousarray(block, dtype=np.float32)
            self._file.write(stored.data)
            measure(meter, stored.astype(np.float64))
            progress.add(len(block))
        self.figures = meter.figures()
        self.energies: npt.NDArray[np.float64] = meter.energies()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._file.close()

    def blocks(
        self, gain_db: float, limiter: Limiter | None, watchers: "Sequence[Watcher]" = ()
    ) -> "Iterator[Block]":
        """The sound after a gain and the limiter, if any."""
        gained = (levels.scaled(block, levels.gain(gain_db)) for block in self._stored())
        devices = (limiter,) if limiter else ()
        return through(devices, gained, rate_hz=self.rate_hz, watchers=watchers)

    def limited_energies(
        self, gain_db: float, limiter: Limiter | None
    ) -> "npt.NDArray[np.float64]":
        """Gating-block energies after gain and limiter."""
        peak_dbtp = self.figures.true_peak_dbtp + gain_db
        if limiter is None or peak_dbtp <= limiter.ceiling_dbtp - IDLE_DB:
            gain = levels.gain(gain_db)
            scaled: npt.NDArray[np.float64] = self.energies * (gain * gain)
            return scaled
        meter = Meter(self.rate_hz, 2)
        for block in self.blocks(gain_db, limiter):
            meter.add(block)
            self._progress.add(0)
        return meter.energies()

    def _stored(self) -> "Iterator[Block]":
        self._file.seek(0)
        while data := self._file.read(BLOCK * _FRAME_BYTES):
            yield np.frombuffer(data, np.float32).reshape(-1, 2).astype(np.float64)


def resampled(blocks: "Iterable[Block]", rate_in_hz: int, rate_hz: int) -> "Iterator[Block]":
    """Stereo blocks at another rate."""
    if rate_in_hz == rate_hz:
        yield from blocks
        return
    resampler = Resampler(rate_in_hz, rate_hz, 2)
    for block in blocks:
        with span("device", "resampler"):
            out = resampler.process(block)
        yield out
    yield resampler.finish()
