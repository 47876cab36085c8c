"""Streaming: a file a track, tagged, cut from one programme without a seam."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, cast

from msgspec.structs import replace

from albumbuild.deliverables.codecnotes import codecs_text
from albumbuild.deliverables.cover import COVER, IN_TAGS, cover_file
from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.deliverables.note import streaming_note, write_note
from albumbuild.deliverables.papers import write_papers
from albumbuild.deliverables.preview import CODECS, read_codecs
from albumbuild.deliverables.services import Service, Sound, services_text
from albumbuild.deliverables.tagging import (
    Peak,
    broadcast,
    replaygain,
    tagged,
    track_tags,
)
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.coding import Coding, CodingFormat
from albumbuild.formats.tags import Tags
from albumbuild.model.codec import LOSSY
from albumbuild.model.delivery import CodedFigures, DeliveredTrack, Delivery
from albumbuild.model.programme import PROGRAMME, TrackSpan
from albumbuild.steps.coded import coding_for, decoded, warn_of_overs, write_coded
from albumbuild.steps.figures import FIGURES, SOUND, read_figures
from albumbuild.steps.sequence import LAYOUT, TrackFigures, read_layout
from albumbuild.steps.stream import blocks_of, stereo, write_sound

Format = Literal["wav", "aiff", "flac", "mp3", "ogg", "opus", "aac", "alac"]
SERVICES = "services.txt"
"""What services do to the loudness of these tracks."""

CODEC_NOTES = "codecs.txt"
"""What codecs do to their peaks."""


class Written(NamedTuple):
    """A file that has its sound; `peak` is the highest sample that it gives, full scale being 1."""

    track: TrackSpan
    figures: TrackFigures
    peak: float
    codec_dbtp: float | None = None


Pages = Mapping[str, tuple[str, str]]
"""Pages of text by their file, each with what it is about."""


class DeliverStreaming(Deliver, frozen=True, kw_only=True):
    """Writes the tracks of a programme; `files` names each song's file.

    The noise of the dither is drawn over the whole programme, so tracks laid end to end
    are the programme as one file would hold it.
    """

    type: ClassVar[str] = "streaming"
    version: ClassVar[int] = 6
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
    untried: tuple[str, ...] = ()

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of tracks."""
        side = read_layout(needs.blob(LAYOUT))[PROGRAMME]
        progress.total(side.layout.frames)
        written = progress.map(
            lambda pair: self._sound(*pair, needs=needs, into=into, progress=progress),
            pairs(side),
        )
        cover = self._cover(needs, into)
        if self.tags:
            self._tag(written, needs, into)
        heard = read_codecs(needs.blob(CODECS)) if needs.roles(CODECS) else {}
        tracks = tuple(self._record(each, heard.get(each.track.song, {})) for each in written)
        warn_of_overs(self.format, {each.number: each.codec_dbtp for each in tracks}, progress)
        pages = self._pages(tracks, needs)
        for page, (text, _) in pages.items():
            (into / page).write_text(text, encoding="utf-8", newline="")
        words = (self.tracks[each.track.song] for each in written)
        write_papers(into, self.name, album=self.album, words=words, tracks=tracks)
        write_note(into, self._note(cover, pages))
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))

    def _cover(self, needs: Needs, into: Path) -> str | None:
        """Write the cover beside the tracks; what its file is called."""
        if not needs.roles(COVER):
            return None
        data = needs.blob(COVER).read_bytes()
        name = cover_file(data)
        (into / name).write_bytes(data)
        return name

    def _note(self, cover: str | None, pages: Pages) -> str:
        return streaming_note(
            self.album,
            self.name,
            tracks=len(self.files),
            form=self.format,
            gapless=self.gapless,
            cover=cover,
            heard={page: what for page, (_, what) in pages.items()},
        )

    def _pages(self, tracks: tuple[DeliveredTrack, ...], needs: Needs) -> Pages:
        """The pages about how the tracks will be heard, and what each is about."""
        pages = {SERVICES: (self._services(tracks, needs), "what services do to the loudness")}
        if tracks[0].codecs or self.untried:
            notes = codecs_text(self.album, tracks, self.untried)
            pages[CODEC_NOTES] = (notes, "what codecs do to the peaks")
        return pages

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

    def _record(self, written: Written, heard: Mapping[str, CodedFigures]) -> DeliveredTrack:
        song = written.track.song
        track = delivered_track(
            written.track,
            written.figures,
            words=self.tracks[song],
            file=self.files[song],
            rate_hz=self.rate_hz,
        )
        return replace(track, codec_dbtp=written.codec_dbtp, codecs=dict(heard))

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
            write_coded(path, _reported(floats, progress), self._coding())
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
                write_coded(path, _reported(steps, progress), self._coding())

    def _coding(self) -> Coding:
        return coding_for(
            cast("CodingFormat", self.format),
            rate_hz=self.rate_hz,
            bits=self.bits,
            bitrate_kbps=self.bitrate_kbps,
            quality=self.quality,
        )

    def _tag(self, written: list[Written], needs: Needs, into: Path) -> None:
        """Give every file its tags, which hold figures of the whole album too."""
        cover = needs.blob(IN_TAGS).read_bytes() if needs.roles(IN_TAGS) else None
        album_lufs = read_figures(needs.blob(FIGURES))[SOUND]["integrated_lufs"]
        peaks = [each.peak for each in written]
        for each in written:
            song = each.track.song
            gains = replaygain(each.figures.lufs, album_lufs, peak=each.peak, peaks=peaks)
            words = track_tags(
                self.album, self.tracks[song], number=each.track.number, tracks=len(self.files)
            )
            tags = replace(
                words, replaygain=gains, lyrics=self._lyrics(song, needs), gapless=self.gapless
            )
            tagged(
                into / self.files[song],
                tags,
                cover=cover,
                chunks=self._chunks(words, each),
            )

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
        peak = Peak()
        heard = decoded(peak.of(stereo(blocks_of(path))), rate_hz=self.rate_hz)
        return Written(track, figures, peak.linear, heard.dbtp)


def _reported(blocks: "Iterator[Any]", progress: Progress) -> "Iterator[Any]":
    for block in blocks:
        yield block
        progress.add(len(block))
