"""The CD: a DDP fileset, cue and wav, cdrdao's toc, the PQ sheet and a note of what is what."""

from collections.abc import Iterator, Mapping
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
from albumbuild.deliverables.disc import DiscWords, disc_of
from albumbuild.deliverables.note import cd_note, write_note
from albumbuild.engine.action import Needs, Progress, StepError
from albumbuild.formats.cue import cue_text
from albumbuild.formats.ddp import write_ddp
from albumbuild.formats.pq import pq_html, pq_text
from albumbuild.formats.reading.folder import read_disc
from albumbuild.formats.sums import write_sums
from albumbuild.formats.toc import toc_text
from albumbuild.formats.wave import sample_bytes
from albumbuild.model.deliverable import TextBlock
from albumbuild.model.delivery import Delivery
from albumbuild.model.finding import Finding
from albumbuild.model.plant import Plant
from albumbuild.model.problem import Problem
from albumbuild.model.programme import PROGRAMME
from albumbuild.model.timeline import PAUSE_SECTORS, SECTOR_FRAMES, Copy, Disc
from albumbuild.steps.sequence import LAYOUT, Side, read_layout
from albumbuild.steps.stream import blocks_of

if TYPE_CHECKING:
    from albumbuild.dsp.dither import Steps
    from albumbuild.formats.reading.sums import Sums

RATE_HZ = 44_100
BITS = 16
DDP, DUPLICATOR = "ddp", "duplicator"


class DeliverCd(Deliver, frozen=True, kw_only=True):
    """Writes a CD: image, sheets and checksums, all from one layout."""

    type: ClassVar[str] = "cd"
    version: ClassVar[int] = 2

    dither: Dither
    cd_text: bool
    blocks: Mapping[str, TextBlock]
    copy: Copy
    emphasised: tuple[str, ...]
    plant: Plant
    duplicator: bool

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the CD."""
        programme = needs.blob(PROGRAMME)
        side = read_layout(needs.blob(LAYOUT))[PROGRAMME]
        disc = disc_of(side.layout, self._words())
        progress.total((3 if self.duplicator else 2) * side.layout.frames)
        wav = into / f"{self.name}.wav"
        steps = whole_numbers(programme, rate_hz=RATE_HZ, bits=BITS, dither=self.dither)
        write_pcm(wav, steps, rate_hz=RATE_HZ, bits=BITS, progress=progress)
        image = map(_bytes, _whole_numbers(wav, progress))
        write_ddp(into / DDP, disc, image, plant=self.plant, cd_text=self.cd_text)
        if self.duplicator:
            self._write_for_duplicator(into / DUPLICATOR, disc, wav, progress)
        for ending, text in (
            (".cue", cue_text(disc, wav.name)),
            (".toc", toc_text(disc, wav.name, cd_text=self.cd_text)),
            ("-pq.txt", pq_text(disc)),
            ("-pq.html", pq_html(disc)),
        ):
            (into / f"{self.name}{ending}").write_text(text, encoding="utf-8", newline="")
        write_note(into, cd_note(disc, self.name, duplicator=self.duplicator))
        known = _verified(into)
        self._write_record(into, side, wav.name, known)

    def _words(self) -> DiscWords:
        return DiscWords(
            name=self.name,
            album=self.album,
            tracks=self.tracks,
            blocks=self.blocks,
            copy=self.copy,
            emphasised=self.emphasised,
        )

    def _write_for_duplicator(
        self, folder: Path, disc: Disc, wav: Path, progress: Progress
    ) -> None:
        """The same sound and times without the pause, which CD-R programs add themselves."""
        folder.mkdir()
        path = folder / wav.name
        sound = _whole_numbers(wav, progress, first=PAUSE_SECTORS * SECTOR_FRAMES)
        write_pcm(path, sound, rate_hz=RATE_HZ, bits=BITS, progress=progress)
        sheet = cue_text(disc, path.name, first_sector=PAUSE_SECTORS)
        (folder / f"{self.name}.cue").write_text(sheet, encoding="utf-8", newline="")

    def _write_record(
        self, into: Path, side: Side, wav_name: str, known: Mapping[str, str]
    ) -> None:
        tracks = tuple(
            delivered_track(
                track,
                figures,
                words=self.tracks[track.song],
                file=wav_name,
                rate_hz=RATE_HZ,
            )
            for track, figures in pairs(side)
        )
        names = [path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()]
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))
        write_sums(into, names, kind="md5", known=known)


def _verified(folder: Path) -> Mapping[str, str]:
    """The MD5 sums of the files that were read back.

    Raises: StepError when the set is not what it should be.
    """
    sums: Sums = {}
    read = read_disc(folder, sums)
    wrong = [each for each in read.findings if each.severity == "error"] if read else []
    if wrong:
        raise StepError(_not_verified(wrong[0], len(wrong)))
    return {path.relative_to(folder).as_posix(): each["MD5"] for path, each in sums.items()}


def _not_verified(finding: Finding, count: int) -> Problem:
    """The set was written, and does not read back as it should."""
    more = f", and {count - 1} more" if count > 1 else ""
    return Problem(
        slug="cd-not-verified",
        what=f"the CD's files do not read back right: {finding.file}: {finding.what}{more}",
        why=finding.why or f"the rule is {finding.rule}",
        fix="make again; if it comes back, the disk loses what is written, or the fault is ours",
    )


def _whole_numbers(wav: Path, progress: Progress, *, first: int = 0) -> "Iterator[Steps]":
    """The samples of a finished 16-bit file, as they go to the disc."""
    for block in blocks_of(wav, first=first):
        progress.add(len(block))
        yield (block * 32_768.0).astype("int32")


def _bytes(block: "Steps") -> bytes:
    return sample_bytes(block, "pcm16")
