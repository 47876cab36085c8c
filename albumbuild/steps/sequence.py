"""The sequence: masters laid on one time line with gaps and crossfades, and its track marks."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
import numpy as np
from msgspec.structs import replace

from albumbuild.dsp.levels import faded
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.model.programme import Layout, PlacedSong, Slot, lay_out
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.figures import SOUND, named, read_figures, write_figures
from albumbuild.steps.loudfirst import as_played
from albumbuild.steps.pressing import read_gain
from albumbuild.steps.stream import BLOCK, FileSource, frames_of, measure, through, write_sound

if TYPE_CHECKING:
    from albumbuild.model.device import Block

LAYOUT = "layout.json"


class TrackFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter reads on one track of the programme; None where there is no value."""

    lufs: float | None
    lra_lu: float | None
    dbtp: float | None
    momentary_lufs: float | None = None
    short_term_lufs: float | None = None


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One programme: the only one of a medium without sides, which is called `programme`."""

    layout: Layout
    figures: tuple[TrackFigures, ...]


class Sequence(Action, frozen=True, kw_only=True):
    """Lays the masters of one deliverable on the time line of each of its sides, in `order`.

    The limiter is there where songs overlap, since two masters under a ceiling may sum
    to more; where they do not, it changes nothing. Where masters were made with a lower
    ceiling, which needs called `gain/SONG` tell, it goes by the lowest. `runs` tell where on a
    side the songs begin that stay together; on a side that has any, these change places and go
    from loud to calm.
    """

    kind: ClassVar[str] = "sequence"
    version: ClassVar[int] = 3

    order: tuple[str, ...]
    sides: Mapping[str, tuple[Slot, ...]]
    runs: Mapping[str, tuple[int, ...]] = {}
    rate_hz: int
    limiter: Limiter | None = None
    lead_in: int = 0
    sector: int | None = None

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `side.NAME` for each side, `layout.json`, and what all sides in a row measure."""
        masters = {
            slot.song: needs.blob(f"master/{slot.song}")
            for slots in self.sides.values()
            for slot in slots
        }
        lengths = {song: frames_of(path) for song, path in masters.items()}
        layouts = {
            side: lay_out(
                self._slots(side, needs),
                lengths,
                rate_hz=self.rate_hz,
                lead_in=self.lead_in,
                sector=self.sector,
            )
            for side in self.order
        }
        progress.total(sum(layout.frames for layout in layouts.values()))
        whole = Meter(self.rate_hz, 2)
        sides = {
            side: self._side(
                layout,
                masters,
                into / side_output(side),
                whole=whole,
                limiter=self._limiter(needs),
                progress=progress,
            )
            for side, layout in layouts.items()
        }
        (into / LAYOUT).write_bytes(msgspec.json.encode(sides))
        write_figures(into, {SOUND: named(whole)})

    def _limiter(self, needs: Needs) -> Limiter | None:
        """The limiter of the overlaps."""
        gains = [read_gain(needs.blob(role)) for role in needs.roles("gain/")]
        used = [gain.limiter.ceiling_dbtp for gain in gains if gain.limiter is not None]
        if self.limiter is None or not used:
            return self.limiter
        return replace(self.limiter, ceiling_dbtp=min(used))

    def _slots(self, side: str, needs: Needs) -> tuple[Slot, ...]:
        """The songs of a side in the order in which they play."""
        slots, starts = self.sides[side], self.runs.get(side, ())
        measured = {
            slot.song: read_figures(needs.blob(f"figures/{slot.song}"))[SOUND]
            for slot in slots
            if starts
        }
        return as_played(slots, starts, measured)

    def _side(
        self,
        layout: Layout,
        masters: Mapping[str, Path],
        path: Path,
        *,
        whole: Meter,
        limiter: Limiter | None,
        progress: Progress,
    ) -> Side:
        meters = [Meter(self.rate_hz, 2) for _ in layout.tracks]
        blocks = programme(layout, masters)
        if limiter is not None:
            blocks = through((limiter,), blocks, rate_hz=self.rate_hz)
        spans = [(track.start, track.end) for track in layout.tracks]
        spans.append((self.lead_in, layout.frames))
        read = _metered(spans, [*meters, whole], blocks)
        write_sound(path, read, rate_hz=self.rate_hz, progress=progress)
        over_db = max((meter.figures().sample_peak_dbfs for meter in meters), default=0.0)
        if over_db > 0.0:
            progress.log(
                "warning",
                f"peaks reach {over_db:+.1f} dBFS where songs overlap, and will be clipped in a "
                "file of whole numbers; ask for a `ceiling_dbtp`, or a lower `target_lufs`",
            )
        return Side(layout=layout, figures=tuple(track_figures(meter) for meter in meters))


def side_output(side: str) -> str:
    """The output that holds the sound of a side."""
    return f"side.{side}"


def read_layout(path: Path) -> dict[str, Side]:
    """What a sequence left about its sides."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Side])


def programme(layout: Layout, masters: Mapping[str, Path]) -> "Iterator[Block]":
    """The songs on their time line, overlaps summed."""
    with ExitStack() as stack:
        sources: dict[int, FileSource] = {}
        for first in range(0, layout.frames, BLOCK):
            block = np.zeros((min(BLOCK, layout.frames - first), 2))
            for index, song in enumerate(layout.songs):
                begin, end = max(first, song.start), min(first + len(block), song.end)
                if begin < end:
                    if index not in sources:
                        sources[index] = stack.enter_context(FileSource(masters[song.song]))
                    part = sources[index].read(begin - song.start, end - begin)
                    block[begin - first : end - first] += _crossfaded(song, part, begin)
            yield block


def _crossfaded(song: PlacedSong, block: "Block", first: int) -> "Block":
    """A part of a song that begins at frame `first` of the programme, with its fades."""
    ahead = np.arange(first - song.start, first - song.start + len(block), dtype=np.float64)
    opened = faded(block, song.curve_in, ahead, song.fade_in)
    return faded(opened, song.curve_out, song.frames - ahead, song.fade_out)


def _metered(
    spans: list[tuple[int, int]], meters: list[Meter], blocks: "Iterator[Block]"
) -> "Iterator[Block]":
    """The same blocks, each span of frames read by its meter."""
    position = 0
    for block in blocks:
        for meter, (first, last) in zip(meters, spans, strict=True):
            begin, end = max(first - position, 0), min(last - position, len(block))
            if begin < end:
                measure(meter, np.ascontiguousarray(block[begin:end]))
        position += len(block)
        yield block


def track_figures(meter: Meter) -> TrackFigures:
    """What `deliverable.json` says of a track, to 0.01."""
    figures = meter.figures()
    return TrackFigures(
        lufs=_rounded(figures.integrated_lufs),
        lra_lu=_rounded(figures.lra_lu),
        dbtp=_rounded(figures.true_peak_dbtp),
        momentary_lufs=_rounded(figures.momentary_max_lufs),
        short_term_lufs=_rounded(figures.short_term_max_lufs),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 2)
