"""A sheet to be printed: facts, a table and notes, as plain text and as one page of HTML."""

from html import escape

import msgspec

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


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on it; the columns called in `times` keep their digits under one another."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    times: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def sheet_text(sheet: Sheet) -> str:
    """The sheet as plain text, its columns in line."""
    wide = max(len(name) for name, _ in sheet.facts)
    lines = [sheet.title, "", *(f"{name:{wide}}  {value}" for name, value in sheet.facts), ""]
    rows = [sheet.columns, *sheet.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, "", *sheet.notes]) + "\n"


def sheet_html(sheet: Sheet) -> str:
    """The sheet as one page without any other file, made to be printed."""
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts
    )
    heads = "".join(f"<th>{name}</th>" for name in sheet.columns)
    rows = "\n".join(_html_row(sheet, row) for row in sheet.rows)
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in sheet.notes)
    title = escape(sheet.title)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<dl>{facts}</dl>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n"
        f"</tbody>\n</table>\n{notes}</body>\n</html>\n"
    )


def _html_row(sheet: Sheet, row: tuple[str, ...]) -> str:
    cells = []
    for name, cell in zip(sheet.columns, row, strict=True):
        kind = ' class="time"' if name in sheet.times else ""
        cells.append(f"<td{kind}>{escape(cell)}</td>")
    return f"<tr>{''.join(cells)}</tr>"
