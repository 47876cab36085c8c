"""Streaming: a file a track, tagged, cut from one programme without a seam."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, cast

from msgspec.structs import replace

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.deliverables.services import Service, Sound, services_text
from albumbuild.deliverables.tagging import (
    Peak,
    broadcast,
    replaygain,
    tagged,
    track_tags,
)
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.coding import Coding, CodingFormat
from albumbuild.formats.sound import encode
from albumbuild.formats.tags import Tags
from albumbuild.model.deliverable import LOSSY
from albumbuild.model.delivery import DeliveredTrack, Delivery
from albumbuild.model.programme import PROGRAMME, TrackSpan
from albumbuild.steps.figures import FIGURES, SOUND, read_figures
from albumbuild.steps.sequence import LAYOUT, TrackFigures, read_layout, track_figures
from albumbuild.steps.stream import blocks_of, stereo, write_sound

Format = Literal["wav", "aiff", "flac", "mp3", "ogg", "opus", "aac", "alac"]
SILENCE_DBTP = -120.0
"""What a decoder makes of silence may be some noise, far under the last bit of 16."""


SERVICES = "services.txt"
"""What services do to the loudness of these tracks."""


class Written(NamedTuple):
    """A file that has its sound; `peak` is the highest sample that it gives, full scale being 1."""

    track: TrackSpan
    figures: TrackFigures
    peak: float
    codec_dbtp: float | None = None


class DeliverStreaming(Deliver, frozen=True, kw_only=True):
    """Writes the tracks of a programme; `files` names each song's file.

    The noise of the dither is drawn over the whole programme, so tracks laid end to end
    are the programme as one file would hold it.
    """

    type: ClassVar[str] = "streaming"
    version: ClassVar[int] = 4
    libraries: ClassVar[tuple[str, ...]] = ("soundfile", "mutagen", "av")

    files: Mapping[str, str]
    services: Mapping[str, Service]
    format: Format
    rate_hz: int
    bits: int
    dither: Dither
    bitrate_kbps: int | None = None
    quality: float | None = None
    tags: bool = True
    gapless: bool = True

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of tracks."""
        side = read_layout(needs.blob(LAYOUT))[PROGRAMME]
        progress.total(side.layout.frames)
        written = progress.map(
            lambda pair: self._sound(*pair, needs=needs, into=into, progress=progress),
            pairs(side),
        )
        if self.tags:
            self._tag(written, needs, into)
        tracks = tuple(map(self._record, written))
        (into / SERVICES).write_text(self._services(tracks, needs), encoding="utf-8", newline="")
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))

    def _services(self, tracks: tuple[DeliveredTrack, ...], needs: Needs) -> str:
        """What each service's normalisation does to these tracks."""
        whole = read_figures(needs.blob(FIGURES))[SOUND]
        album = Sound(
            title=self.album.title, lufs=whole["integrated_lufs"], dbtp=whole["true_peak_dbtp"]
        )
        sounds = [
            Sound(title=f"{each.number}. {each.title}", lufs=each.lufs, dbtp=each.dbtp)
            for each in tracks
        ]
        return services_text(self.services, album, sounds)

    def _record(self, written: Written) -> DeliveredTrack:
        song = written.track.song
        return delivered_track(
            written.track,
            written.figures,
            words=self.tracks[song],
            file=self.files[song],
            rate_hz=self.rate_hz,
            codec_dbtp=written.codec_dbtp,
        )

    def _sound(
        self,
        track: TrackSpan,
        figures: TrackFigures,
        *,
        needs: Needs,
        into: Path,
        progress: Progress,
    ) -> Written:
        """Write one file, without its tags."""
        path = into / self.files[track.song]
        path.parent.mkdir(parents=True, exist_ok=True)
        peak = Peak(1.0 if self.bits == 32 or self.format in LOSSY else 2.0 ** (self.bits - 1))
        self._write(needs.blob(PROGRAMME), track, path, peak=peak, progress=progress)
        if self.format not in LOSSY:
            return Written(track, figures, peak.linear)
        return self._decoded(track, figures, path)

    def _write(
        self, programme: Path, track: TrackSpan, path: Path, *, peak: Peak, progress: Progress
    ) -> None:
        first, frames = track.start, track.end - track.start
        floats = blocks_of(programme, first=first, frames=frames)
        if self.format in LOSSY:
            encode(path, _reported(floats, progress), coding=self._coding())
        elif self.bits == 32:
            blocks = peak.of(floats)
            write_sound(path, blocks, rate_hz=self.rate_hz, progress=progress)
        else:
            drawn = whole_numbers(
                programme,
                rate_hz=self.rate_hz,
                bits=self.bits,
                dither=self.dither,
                first=first,
                frames=frames,
            )
            steps = peak.of(drawn)
            if self.format == "wav":
                write_pcm(path, steps, rate_hz=self.rate_hz, bits=self.bits, progress=progress)
            else:
                encode(path, _reported(steps, progress), coding=self._coding())

    def _coding(self) -> Coding:
        quality = {} if self.quality is None else {"quality": self.quality / 10.0}
        return Coding(
            format=cast("CodingFormat", self.format),
            rate_hz=self.rate_hz,
            channels=2,
            bits=self.bits,
            bitrate_kbps=self.bitrate_kbps,
            **quality,
        )

    def _tag(self, written: list[Written], needs: Needs, into: Path) -> None:
        """Give every file its tags, which hold figures of the whole album too."""
        album_lufs = read_figures(needs.blob(FIGURES))[SOUND]["integrated_lufs"]
        peaks = [each.peak for each in written]
        cover = needs.source("cover").read_bytes() if needs.roles("cover") else None
        for each in written:
            song = each.track.song
            gains = replaygain(each.figures.lufs, album_lufs, peak=each.peak, peaks=peaks)
            words = track_tags(
                self.album, self.tracks[song], number=each.track.number, tracks=len(self.files)
            )
            tags = replace(
                words, replaygain=gains, lyrics=self._lyrics(song, needs), gapless=self.gapless
            )
            tagged(into / self.files[song], tags, cover=cover, chunks=self._chunks(words, each))

    def _lyrics(self, song: str, needs: Needs) -> str | None:
        roles = needs.roles(f"lyrics/{song}")
        return needs.source(roles[0]).read_text(encoding="utf-8") if roles else None

    def _chunks(self, tags: Tags, written: Written) -> Mapping[bytes, bytes]:
        """What stands in a WAV besides its sound and its tags."""
        if self.format != "wav":
            return {}
        form = f"A=PCM,F={self.rate_hz},W={self.bits},M=stereo"
        noise = "float" if self.bits == 32 else f"dither {self.dither}"
        history = f"{form},T=albumbuild; {noise}\n"
        start = written.track.start if self.gapless else 0
        return broadcast(tags, written.figures, start_frame=start, history=history)

    def _decoded(self, track: TrackSpan, figures: TrackFigures, path: Path) -> Written:
        """The peaks that a listener of a lossy file gets; no true peak for silence."""
        meter = Meter(self.rate_hz, 2)
        peak = Peak()
        for block in peak.of(stereo(blocks_of(path))):
            meter.add(block)
        dbtp = track_figures(meter).dbtp
        heard = None if dbtp is None or dbtp < SILENCE_DBTP else dbtp
        return Written(track, figures, peak.linear, heard)


def _reported(blocks: "Iterator[Any]", progress: Progress) -> "Iterator[Any]":
    for block in blocks:
        yield block
        progress.add(len(block))
