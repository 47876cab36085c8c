"""Streaming: a file a track, tagged, cut from one programme without a seam."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.coding import Coding, CodingFormat
from albumbuild.formats.sound import encode
from albumbuild.formats.tags import Tags, write_tags
from albumbuild.model.delivery import DeliveredTrack, Delivery
from albumbuild.model.programme import PROGRAMME, TrackSpan
from albumbuild.steps.sequence import LAYOUT, TrackFigures, read_layout, track_figures
from albumbuild.steps.stream import blocks_of, stereo, write_sound

Format = Literal["wav", "aiff", "flac", "mp3", "ogg", "opus"]
LOSSY = ("mp3", "ogg", "opus")
SILENCE_DBTP = -120.0
"""What a decoder makes of silence may be some noise, far under the last bit of 16."""


class DeliverStreaming(Deliver, frozen=True, kw_only=True):
    """Writes the tracks of a programme; `files` names each song's file.

    The noise of the dither is drawn over the whole programme, so tracks laid end to end
    are the programme as one file would hold it.
    """

    type: ClassVar[str] = "streaming"
    version: ClassVar[int] = 3
    libraries: ClassVar[tuple[str, ...]] = ("soundfile", "mutagen")

    files: Mapping[str, str]
    format: Format
    rate_hz: int
    bits: int
    dither: Dither
    bitrate_kbps: int | None = None
    quality: float | None = None
    tags: bool = True

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of tracks."""
        side = read_layout(needs.blob(LAYOUT))[PROGRAMME]
        progress.total(side.layout.frames)
        tracks = progress.map(
            lambda pair: self._track(*pair, needs=needs, into=into, progress=progress),
            pairs(side),
        )
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks)))

    def _track(
        self,
        track: TrackSpan,
        figures: TrackFigures,
        *,
        needs: Needs,
        into: Path,
        progress: Progress,
    ) -> DeliveredTrack:
        """Write one file with its tags; its record."""
        path = into / self.files[track.song]
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(needs.blob(PROGRAMME), track, path, progress)
        if self.tags:
            write_tags(path, self._tags(track, needs), self._cover(needs))
        return delivered_track(
            track,
            figures,
            words=self.tracks[track.song],
            file=self.files[track.song],
            rate_hz=self.rate_hz,
            codec_dbtp=self._decoded_dbtp(path),
        )

    def _write(self, programme: Path, track: TrackSpan, path: Path, progress: Progress) -> None:
        first, frames = track.start, track.end - track.start
        floats = blocks_of(programme, first=first, frames=frames)
        if self.format in LOSSY:
            encode(path, _reported(floats, progress), coding=self._coding())
        elif self.bits == 32:
            write_sound(path, floats, rate_hz=self.rate_hz, progress=progress)
        else:
            steps = whole_numbers(
                programme,
                rate_hz=self.rate_hz,
                bits=self.bits,
                dither=self.dither,
                first=first,
                frames=frames,
            )
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

    def _tags(self, track: TrackSpan, needs: Needs) -> Tags:
        album, words = self.album, self.tracks[track.song]
        lyrics = needs.roles(f"lyrics/{track.song}")
        return Tags(
            title=words.title,
            artist=words.artist,
            album=album.title,
            album_artist=album.artist,
            track=track.number,
            tracks=len(self.files),
            date=words.date or album.date,
            genre=words.genre or album.genre,
            isrc=words.isrc,
            upc=album.upc,
            composer=words.composer,
            lyricist=words.lyricist,
            copyright=words.copyright or album.copyright,
            label=album.label,
            catalog=album.catalog,
            language=words.language or album.language,
            explicit=words.explicit,
            lyrics=needs.source(lyrics[0]).read_text(encoding="utf-8") if lyrics else None,
        )

    def _cover(self, needs: Needs) -> bytes | None:
        return needs.source("cover").read_bytes() if needs.roles("cover") else None

    def _decoded_dbtp(self, path: Path) -> float | None:
        """The true peak that a listener of a lossy file gets.

        None for a lossless file, and for silence.
        """
        if self.format not in LOSSY:
            return None
        meter = Meter(self.rate_hz, 2)
        for block in stereo(blocks_of(path)):
            meter.add(block)
        dbtp = track_figures(meter).dbtp
        return None if dbtp is None or dbtp < SILENCE_DBTP else dbtp


def _reported(blocks: "Iterator[Any]", progress: Progress) -> "Iterator[Any]":
    for block in blocks:
        yield block
        progress.add(len(block))
