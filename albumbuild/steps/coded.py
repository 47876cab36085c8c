"""What becomes of a sound that is heard through a codec: encoded, decoded and measured."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Progress
from albumbuild.engine.spans import span
from albumbuild.formats.coding import Coding, CodingFormat, best_rate
from albumbuild.formats.sound import encode
from albumbuild.model.codec import codec_of
from albumbuild.model.delivery import CodedFigures
from albumbuild.steps.prepared import resampled
from albumbuild.steps.stream import blocks_of, stereo

if TYPE_CHECKING:
    import numpy.typing as npt

    from albumbuild.model.device import Block

SILENCE_DBTP = -120.0
"""What a decoder makes of silence may be some noise, far under the last bit of 16."""


def coding_for(
    format_: CodingFormat,
    *,
    rate_hz: int,
    bits: int = 24,
    bitrate_kbps: int | None = None,
    quality: float | None = None,
) -> Coding:
    """A stereo coding as the manifest tells it: `quality` from 0 to 10."""
    told = {} if quality is None else {"quality": quality / 10.0}
    return Coding(
        format=format_, rate_hz=rate_hz, channels=2, bits=bits, bitrate_kbps=bitrate_kbps, **told
    )


def coding_named(name: str, *, rate_hz: int) -> Coding:
    """The coding of a codec such as `aac-256`, at its best rate for sound of `rate_hz`."""
    codec = codec_of(name)
    at_hz = best_rate(codec.format, rate_hz)
    return coding_for(codec.format, rate_hz=at_hz, bitrate_kbps=codec.bitrate_kbps)


def write_coded(path: Path, blocks: "Iterable[npt.NDArray[Any]]", coding: Coding) -> None:
    """Writes the blocks in a coding: see `formats.sound.encode`."""
    with span("encode", coding.format):
        encode(path, blocks, coding=coding)


def coded(blocks: "Iterable[Block]", coding: Coding, *, rate_hz: int, folder: Path) -> CodedFigures:
    """What stereo sound of `rate_hz` measures after a codec; `folder` holds the file meanwhile."""
    with TemporaryDirectory(dir=folder) as own:
        path = Path(own) / "coded"
        write_coded(path, resampled(blocks, rate_hz, coding.rate_hz), coding)
        return decoded(stereo(blocks_of(path)), rate_hz=coding.rate_hz)


def decoded(blocks: "Iterable[Block]", *, rate_hz: int) -> CodedFigures:
    """What decoded blocks measure, to 0.01."""
    meter = Meter(rate_hz, 2)
    for block in blocks:
        meter.add(block)
    figures = meter.figures()
    is_silent = figures.true_peak_dbtp < SILENCE_DBTP
    return CodedFigures(
        dbtp=None if is_silent else round(figures.true_peak_dbtp, 2),
        lufs=round(figures.integrated_lufs, 2) if math.isfinite(figures.integrated_lufs) else None,
    )


def warn_of_overs(name: str, peaks_dbtp: Mapping[int, float | None], progress: Progress) -> None:
    """Say when a codec takes tracks above full scale; the peaks are those of each track."""
    over = {track: peak for track, peak in peaks_dbtp.items() if peak is not None and peak > 0.0}
    if not over:
        return
    worst = max(over, key=lambda track: over[track])
    count = "1 track" if len(over) == 1 else f"{len(over)} tracks"
    progress.log(
        "warning",
        f"{name} takes {count} above full scale, track {worst} to {over[worst]:+.2f} dBTP, which "
        "players clip; `codec_headroom: auto` lowers the ceiling just enough",
    )
