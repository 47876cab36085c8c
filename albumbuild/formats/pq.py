"""The PQ sheet of a disc, which a plant checks the master against, as text and as a page."""

import msgspec

from albumbuild.formats.sheet import Sheet, sheet_html, sheet_text
from albumbuild.model.timeline import Copy, Disc, DiscTrack, msf_text

_COPIES: dict[Copy, str] = {
    "prohibited": "prohibited",
    "permitted": "permitted",
    "once": "one digital generation (SCMS)",
}
_COLUMNS = ("track", "index", "time", "length", "ISRC", "title", "performer")
_TIMES = ("time", "length")


class _Row(msgspec.Struct, frozen=True):
    track: str
    index: str
    time: str
    length: str
    isrc: str
    title: str
    performer: str

    def cells(self) -> tuple[str, ...]:
        return (
            self.track, self.index, self.time, self.length, self.isrc, self.title, self.performer
        )  # fmt: skip


def pq_text(disc: Disc) -> str:
    """The PQ sheet as plain text.

    Times are mm:ss:ff from the start of the image, as the subcode counts them; the length of a
    track runs from its index 01 to the next track's.
    """
    return sheet_text(_sheet(disc))


def pq_html(disc: Disc) -> str:
    """The PQ sheet as one page without any other file, made to be printed."""
    return sheet_html(_sheet(disc))


def _sheet(disc: Disc) -> Sheet:
    return Sheet(
        title=f"PQ sheet: {disc.title}",
        facts=tuple(_facts(disc)),
        columns=_COLUMNS,
        rows=tuple(row.cells() for row in _rows(disc)),
        times=_TIMES,
        notes=tuple(_notes(disc)),
    )


def _facts(disc: Disc) -> list[tuple[str, str]]:
    facts = [
        ("title", disc.title),
        ("performer", disc.performer),
        ("master", disc.master_id),
        ("UPC/EAN", disc.upc_13 or "none"),
        ("catalogue", disc.catalog or "none"),
        ("tracks", str(len(disc.tracks))),
        ("lead-out", msf_text(disc.sectors)),
        ("playing time", msf_text(disc.sectors - disc.tracks[0].start_sector)),
        ("sound", "44.1 kHz, 16 bit, stereo"),
        ("copies", _COPIES[disc.tracks[0].copy]),
        ("pre-emphasis", _emphasised(disc)),
    ]
    return [(name, value) for name, value in facts if value]


def _emphasised(disc: Disc) -> str:
    numbers = [f"{track.number:02}" for track in disc.tracks if track.pre_emphasis]
    if not numbers:
        return "none"
    return "all tracks" if len(numbers) == len(disc.tracks) else f"tracks {', '.join(numbers)}"


def _rows(disc: Disc) -> list[_Row]:
    rows = [row for track in disc.tracks for row in _track_rows(disc, track)]
    return [*rows, _Row("AA", "01", msf_text(disc.sectors), "", "", "lead-out", "")]


def _track_rows(disc: Disc, track: DiscTrack) -> list[_Row]:
    rows = []
    for index, sector in track.indexes():
        number, start = f"{track.number:02}", index == 1
        length = ""
        if index == 0:
            length = msf_text(track.start_sector - sector)
        elif start:
            length = msf_text(disc.end_sector(track.number) - sector)
        said = (track.isrc_code, track.title, track.performer or disc.performer)
        pause = ("", "(pregap)" if index == 0 else "", "")
        rows.append(
            _Row(number, f"{index:02}", msf_text(sector), length, *(said if start else pause))
        )
    return rows


def _notes(disc: Disc) -> list[str]:
    notes = ["Times are minutes:seconds:frames from the start of the image, 75 frames a second."]
    notes.append("The image holds the 2 s pause before track 1.")
    if disc.hidden_sectors:
        hidden = msf_text(disc.hidden_sectors)
        notes.append(
            f"The pregap of track 1 goes on after the pause for {hidden}: sound may be there."
        )
    return notes
