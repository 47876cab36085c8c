"""What every medium's files have in common: a programme in, a folder with its record out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec

from albumbuild.dsp.dither import quantise
from albumbuild.dsp.shaping import Shaper
from albumbuild.engine.action import Action
from albumbuild.engine.placing import is_placed
from albumbuild.formats.sums import file_sum
from albumbuild.formats.wave import create_wave
from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.delivery import DRAFT, DeliveredFile, DeliveredTrack, Delivery
from albumbuild.model.programme import TrackSpan
from albumbuild.steps.sequence import Side, TrackFigures
from albumbuild.steps.stream import blocks_of

if TYPE_CHECKING:
    from albumbuild.dsp.dither import Steps
    from albumbuild.engine.action import Progress

Dither = Literal["none", "tpdf", "shaped"]
DITHER_SEED = 0x616C6275
"""One noise for all: it is keyed by the frame, so every build draws the same."""


class Deliver(Action, frozen=True, kw_only=True):
    """Makes the files of one deliverable; what they say about the album stands here."""

    kind: ClassVar[str] = "deliver"
    type: ClassVar[str]

    name: str
    album: AlbumCredits
    tracks: Mapping[str, TrackCredits]
    """What is said of each song, by what the layout calls it."""


def whole_numbers(
    path: Path,
    *,
    rate_hz: int,
    bits: int,
    dither: Dither,
    first: int = 0,
    frames: int | None = None,
) -> "Iterator[Steps]":
    """A stretch of a stereo float file in whole steps of `bits` bits, dithered by its place.

    Shaped noise begins anew with each stretch.
    """
    position = first
    shaper = Shaper(rate_hz, 2, bits=bits, first_frame=first, seed=DITHER_SEED)
    for block in blocks_of(path, first=first, frames=frames):
        if dither == "shaped":
            yield shaper.process(block)
            continue
        yield quantise(block, bits=bits, dither=dither, first_frame=position, seed=DITHER_SEED)
        position += len(block)


def write_pcm(
    path: Path, blocks: "Iterator[Steps]", *, rate_hz: int, bits: int, progress: "Progress"
) -> None:
    """A stereo WAV of whole numbers."""
    sample: Literal["pcm16", "pcm24"] = "pcm16" if bits == 16 else "pcm24"
    with create_wave(path, rate_hz=rate_hz, channels=2, sample=sample) as out:
        for block in blocks:
            out.write(block)
            progress.add(len(block))


def delivered_track(
    track: TrackSpan,
    figures: TrackFigures,
    *,
    words: TrackCredits,
    file: str,
    rate_hz: int,
    side: str | None = None,
) -> DeliveredTrack:
    """The record of one track."""
    return DeliveredTrack(
        number=track.number,
        song=words.song,
        title=words.title,
        file=file,
        side=side,
        start_s=track.start / rate_hz,
        seconds=(track.end - track.start) / rate_hz,
        lufs=figures.lufs,
        lra_lu=figures.lra_lu,
        dbtp=figures.dbtp,
    )


def pairs(side: Side) -> Iterator[tuple[TrackSpan, TrackFigures]]:
    """Each track of a side with what was measured on it."""
    return zip(side.layout.tracks, side.figures, strict=True)


def write_draft(into: Path, delivery: Delivery) -> None:
    """Write the record of the folder, with every file so far that is to be placed."""
    paths = {path.relative_to(into).as_posix(): path for path in sorted(into.rglob("*"))}
    files = tuple(
        DeliveredFile(path=name, bytes=path.stat().st_size, sha256=file_sum(path, "sha256"))
        for name, path in paths.items()
        if path.is_file() and is_placed(name)
    )
    whole = msgspec.structs.replace(delivery, files=files)
    (into / DRAFT).write_bytes(msgspec.json.encode(whole))
