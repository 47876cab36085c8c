"""What cue sheets and TOC files have in common: a disc out of tracks, codes and sound."""

from collections.abc import Iterator, Mapping
from typing import NoReturn

import msgspec

from albumbuild.formats.reading.reel import Piece, Reel
from albumbuild.formats.redbook import disc_problems
from albumbuild.formats.sound import SoundError
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import (
    PAUSE_SECTORS,
    SECTOR_FRAMES,
    Copy,
    Disc,
    DiscTrack,
    Words,
    msf_text,
)

_UNTOLD = ("cd-master-id",)
"""Rules about what no sheet holds."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet read back; `disc` is None where it cannot be told."""

    disc: Disc | None = None
    reel: Reel = Reel()
    has_texts: bool = False
    findings: tuple[Finding, ...] = ()


class SheetTrack(msgspec.Struct, kw_only=True):
    """One track while its sheet is read; frames count from the start of the sound."""

    number: int
    line: int
    words: dict[str, str] = {}
    isrc: str = ""
    copy: Copy = "prohibited"
    pre_emphasis: bool = False
    pregap: int | None = None
    starts: list[int] = msgspec.field(default_factory=list)
    """Index 01 and on."""


class SheetError(Exception):
    """A sheet that cannot be read on; the finding says where and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


def refuse(name: str, line: int, rule: str, what: str, why: str = "") -> NoReturn:
    """Give a sheet up.

    Raises: SheetError.
    """
    raise SheetError(Finding(rule=rule, file=name, line=line, what=what, why=why))


def finished(
    name: str,
    tracks: list[SheetTrack],
    reel: Reel,
    *,
    upc: str,
    words: Mapping[str, str],
    findings: list[Finding],
) -> Sheet:
    """The disc of a sheet; where the pause before track 1 is not in its sound, it is added."""
    has_texts = bool(words) or any(track.words for track in tracks)
    if not tracks:
        wrong = Finding(rule="sheet-tracks", file=name, what=f"`{name}` has no tracks")
        return Sheet(reel=reel, findings=(*findings, wrong))
    findings += _edge_faults(name, tracks)
    pause = 0 if _holds_pause(tracks[0], reel) else PAUSE_SECTORS
    if pause:
        silence = Piece(frames=PAUSE_SECTORS * SECTOR_FRAMES)
        reel = Reel((silence, *reel.pieces))
    disc = Disc(
        title=words.get("title", ""),
        performer=words.get("performer", ""),
        message=words.get("message", ""),
        upc=upc or None,
        master_id="none",
        sectors=reel.sectors,
        tracks=tuple(_track(track, at, pause) for at, track in enumerate(tracks)),
    )
    findings += _rule_faults(name, disc, tracks)
    return Sheet(disc=disc, reel=reel, has_texts=has_texts, findings=tuple(findings))


def _holds_pause(first: SheetTrack, reel: Reel) -> bool:
    """Whether the sound begins with the pause: index 00 is there, and two seconds are silent."""
    if first.pregap != 0 or first.starts[0] < PAUSE_SECTORS * SECTOR_FRAMES:
        return False
    try:
        return not any(any(data) for data in reel.read(0, PAUSE_SECTORS))
    except (SoundError, OSError):
        return True


def _track(track: SheetTrack, place: int, pause: int) -> DiscTrack:
    pregap = None if track.pregap is None else track.pregap // SECTOR_FRAMES + pause
    words = Words(**track.words)
    return DiscTrack(
        number=track.number,
        title=words.title,
        performer=words.performer,
        songwriter=words.songwriter,
        composer=words.composer,
        arranger=words.arranger,
        message=words.message,
        isrc=track.isrc or None,
        copy=track.copy,
        pre_emphasis=track.pre_emphasis,
        pregap_sector=0 if place == 0 else pregap,
        start_sector=track.starts[0] // SECTOR_FRAMES + pause,
        index_sectors=tuple(frame // SECTOR_FRAMES + pause for frame in track.starts[1:]),
    )


def _edge_faults(name: str, tracks: list[SheetTrack]) -> Iterator[Finding]:
    for track in tracks:
        for frame in filter(None, (track.pregap, *track.starts)):
            if frame % SECTOR_FRAMES:
                what = f"a mark of track {track.number} is off a sector's edge by "
                what += f"{frame % SECTOR_FRAMES} frames"
                why = f"sectors have {SECTOR_FRAMES} frames; files before the last end on an edge"
                yield Finding(rule="sheet-edge", file=name, line=track.line, what=what, why=why)
                break


def _rule_faults(name: str, disc: Disc, tracks: list[SheetTrack]) -> Iterator[Finding]:
    for found in disc_problems(disc, cd_text=False):
        problem = found.problem
        if problem.slug in _UNTOLD:
            continue
        line = tracks[found.track - 1].line if 0 < found.track <= len(tracks) else None
        yield Finding(
            rule=problem.slug,
            file=name,
            line=line,
            what=problem.what,
            why=problem.why,
            severity=problem.severity,
        )
    last = max(mark for track in disc.tracks for _, mark in track.indexes())
    if last >= disc.sectors:
        what = (
            f"the last mark is at {msf_text(last)}, and the sound ends at {msf_text(disc.sectors)}"
        )
        yield Finding(rule="sheet-past-end", file=name, line=tracks[-1].line, what=what)
