"""The codec preview: what each track of a streaming set is once a service has coded it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec

from albumbuild.deliverables.delivery import Dither, whole_numbers
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.coding import Coding
from albumbuild.model.delivery import CodedFigures
from albumbuild.model.programme import PROGRAMME, TrackSpan
from albumbuild.steps.coded import coded, warn_of_overs
from albumbuild.steps.sequence import LAYOUT, read_layout
from albumbuild.steps.stream import blocks_of

if TYPE_CHECKING:
    from albumbuild.model.device import Block

CODECS = "codecs.json"
"""The output: figures by song, and for each by codec."""

Heard = Mapping[str, Mapping[str, CodedFigures]]


class Preview(Action, frozen=True, kw_only=True):
    """Encodes and decodes every track with each of `codings`, which are called by name.

    What is encoded is what stands in the files: `bits` a sample, with their dither.
    """

    kind: ClassVar[str] = "preview"
    libraries: ClassVar[tuple[str, ...]] = ("soundfile", "av", "soxr")

    codings: Mapping[str, Coding]
    rate_hz: int
    bits: int
    dither: Dither

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the figures, and warn of tracks that a codec takes above full scale."""
        layout = read_layout(needs.blob(LAYOUT))[PROGRAMME].layout
        progress.total(layout.frames * len(self.codings))
        pairs = [(name, track) for name in self.codings for track in layout.tracks]

        def heard(pair: tuple[str, TrackSpan]) -> CodedFigures:
            name, track = pair
            blocks = self._delivered(needs.blob(PROGRAMME), track)
            figures = coded(blocks, self.codings[name], rate_hz=self.rate_hz, folder=into.parent)
            progress.add(track.end - track.start)
            return figures

        found = dict(zip(pairs, progress.map(heard, pairs), strict=True))
        for name in self.codings:
            peaks = {track.number: found[name, track].dbtp for track in layout.tracks}
            warn_of_overs(name, peaks, progress)
        figures: Heard = {
            track.song: {name: found[name, track] for name in self.codings}
            for track in layout.tracks
        }
        (into / CODECS).write_bytes(msgspec.json.encode(figures))

    def _delivered(self, programme: Path, track: TrackSpan) -> "Iterator[Block]":
        """The sound of one file."""
        first, frames = track.start, track.end - track.start
        if self.bits == 32:
            yield from blocks_of(programme, first=first, frames=frames)
            return
        full_scale = 2.0 ** (self.bits - 1)
        for steps in whole_numbers(
            programme,
            rate_hz=self.rate_hz,
            bits=self.bits,
            dither=self.dither,
            first=first,
            frames=frames,
        ):
            yield steps / full_scale


def read_codecs(path: Path) -> Heard:
    """What a preview has measured."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, CodedFigures]])
