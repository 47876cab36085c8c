"""The PQ sheet of a disc, which a plant checks the master against, as text and as a page."""

from html import escape

import msgspec

from albumbuild.model.timeline import Copy, Disc, DiscTrack, msf_text

_STYLE = """
body { font: 11pt/1.4 Georgia, serif; margin: 2em auto; max-width: 60em; color: #111; }
h1 { font-size: 1.4em; margin-bottom: 0.2em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1em 1.5em; }
dt { color: #555; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.2em 0.8em 0.2em 0; border-bottom: 1px solid #ccc; }
th { border-bottom: 2px solid #111; }
td.time { font-family: monospace; white-space: nowrap; }
@media print { body { margin: 0; } tr { break-inside: avoid; } }
"""
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
    facts = _facts(disc)
    wide = max(len(name) for name, _ in facts)
    lines = [f"PQ sheet: {disc.title}", ""]
    lines += [f"{name:{wide}}  {value}" for name, value in facts]
    rows = [_COLUMNS, *(row.cells() for row in _rows(disc))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_COLUMNS))]
    lines.append("")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *_notes(disc)]) + "\n"


def pq_html(disc: Disc) -> str:
    """The PQ sheet as one page without any other file, made to be printed."""
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _facts(disc)
    )
    heads = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    rows = "\n".join(_html_row(row) for row in _rows(disc))
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in _notes(disc))
    title = escape(f"PQ sheet: {disc.title}")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<dl>{facts}</dl>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n"
        f"</tbody>\n</table>\n{notes}</body>\n</html>\n"
    )


def _html_row(row: _Row) -> str:
    cells = []
    for name, cell in zip(_COLUMNS, row.cells(), strict=True):
        kind = ' class="time"' if name in _TIMES else ""
        cells.append(f"<td{kind}>{escape(cell)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


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
