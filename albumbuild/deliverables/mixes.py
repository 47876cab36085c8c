"""Mixes: each song's mix and its versions, 32-bit float at the working rate."""

from pathlib import Path
from typing import ClassVar

from albumbuild.deliverables.delivery import Deliver, write_draft
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.wave import create_wave
from albumbuild.model.delivery import DeliveredTrack, Delivery
from albumbuild.steps.figures import named, write_figures
from albumbuild.steps.sequence import track_figures
from albumbuild.steps.stream import blocks_of, frames_of, metered


class DeliverMixes(Deliver, frozen=True, kw_only=True):
    """Writes `SONG.wav` and `SONG+VERSION.wav`, as they were mixed, in `order`."""

    type: ClassVar[str] = "mixes"
    version: ClassVar[int] = 2

    order: tuple[str, ...]
    rate_hz: int

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of mixes, and what each measures."""
        mixes = {subject: needs.blob(f"mix/{subject}") for subject in self.order}
        progress.total(sum(frames_of(path) for path in mixes.values()))
        meters = {subject: Meter(self.rate_hz, 2) for subject in mixes}
        tracks = [
            self._mix(mixes[subject], subject, meter, number, into=into, progress=progress)
            for number, (subject, meter) in enumerate(meters.items(), start=1)
        ]
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks)))
        write_figures(into, {subject: named(meter) for subject, meter in meters.items()})

    def _mix(
        self,
        mix: Path,
        subject: str,
        meter: Meter,
        number: int,
        *,
        into: Path,
        progress: Progress,
    ) -> DeliveredTrack:
        name = f"{subject}.wav"
        frames = 0
        with create_wave(into / name, rate_hz=self.rate_hz, channels=2, sample="float32") as out:
            for block in metered(blocks_of(mix), meter):
                out.write(block)
                frames += len(block)
                progress.add(len(block))
        song, _, version = subject.partition("+")
        title = self.tracks[song].title
        figures = track_figures(meter)
        return DeliveredTrack(
            number=number,
            song=song,
            title=f"{title} ({version})" if version else title,
            file=name,
            start_s=0.0,
            seconds=frames / self.rate_hz,
            lufs=figures.lufs,
            lra_lu=figures.lra_lu,
            dbtp=figures.dbtp,
        )
