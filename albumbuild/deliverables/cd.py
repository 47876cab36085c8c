"""The CD: a DDP fileset, cue and wav, cdrdao's toc and the PQ sheet."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.cue import cue_text
from albumbuild.formats.ddp import MASTER_ID_LENGTH, write_ddp
from albumbuild.formats.latin import SpellingError, ascii_letters
from albumbuild.formats.pq import pq_html, pq_text
from albumbuild.formats.sums import write_sums
from albumbuild.formats.toc import toc_text
from albumbuild.formats.wave import sample_bytes
from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.delivery import Delivery
from albumbuild.model.programme import PROGRAMME, Layout, TrackSpan
from albumbuild.model.timeline import SECTOR_FRAMES, Disc, DiscTrack
from albumbuild.steps.sequence import LAYOUT, read_layout
from albumbuild.steps.stream import blocks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

RATE_HZ = 44_100
BITS = 16


class DeliverCd(Deliver, frozen=True, kw_only=True):
    """Writes a CD: image, sheets and checksums, all from one layout."""

    type: ClassVar[str] = "cd"

    dither: Dither
    cd_text: bool

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the CD."""
        programme = needs.blob(PROGRAMME)
        side = read_layout(needs.blob(LAYOUT))[PROGRAMME]
        disc = disc_of(side.layout, self.album, self.tracks, name=self.name)
        progress.total(2 * side.layout.frames)
        wav = into / f"{self.name}.wav"
        steps = whole_numbers(programme, rate_hz=RATE_HZ, bits=BITS, dither=self.dither)
        write_pcm(wav, steps, rate_hz=RATE_HZ, bits=BITS, progress=progress)
        write_ddp(into / "ddp", disc, _image(wav, progress), cd_text=self.cd_text)
        for ending, text in (
            (".cue", cue_text(disc, wav.name)),
            (".toc", toc_text(disc, wav.name, cd_text=self.cd_text)),
            ("-pq.txt", pq_text(disc)),
            ("-pq.html", pq_html(disc)),
        ):
            (into / f"{self.name}{ending}").write_text(text, encoding="utf-8", newline="")
        tracks = tuple(
            delivered_track(
                track,
                figures,
                words=self.tracks[track.song],
                file=wav.name,
                rate_hz=RATE_HZ,
            )
            for track, figures in pairs(side)
        )
        names = [path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()]
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))
        write_sums(into, names, kind="md5")


def disc_of(
    layout: Layout, album: AlbumCredits, tracks: "Mapping[str, TrackCredits]", *, name: str
) -> Disc:
    """The disc that a layout is; the pause before track 1 belongs to it."""
    return Disc(
        title=album.title,
        performer=album.artist,
        upc=album.upc,
        catalog=album.catalog,
        genre=album.genre,
        language=album.language or "en",
        master_id=_master_id(album.catalog, album.artist, "-", album.title, name),
        sectors=layout.frames // SECTOR_FRAMES,
        tracks=tuple(_disc_track(track, tracks[track.song]) for track in layout.tracks),
    )


def _master_id(*parts: str | None) -> str:
    """What tells two masters apart, as far as ASCII can spell it and it has room."""
    spelled = []
    for part in filter(None, parts):
        with suppress(SpellingError):
            spelled.append(ascii_letters(part))
    return " ".join(spelled)[:MASTER_ID_LENGTH].rstrip()


def _disc_track(track: TrackSpan, words: TrackCredits) -> DiscTrack:
    pregap = 0 if track.number == 1 else track.pregap
    return DiscTrack(
        number=track.number,
        title=words.title,
        performer=words.artist,
        songwriter=words.lyricist or "",
        composer=words.composer or "",
        isrc=words.isrc,
        pregap_sector=None if pregap is None else pregap // SECTOR_FRAMES,
        start_sector=track.start // SECTOR_FRAMES,
        index_sectors=tuple(index // SECTOR_FRAMES for index in track.indexes),
    )


def _image(wav: Path, progress: Progress) -> Iterator[bytes]:
    """The samples of a finished 16-bit file, as they go to the disc."""
    for block in blocks_of(wav):
        progress.add(len(block))
        yield sample_bytes((block * 32_768.0).astype("int32"), "pcm16")
