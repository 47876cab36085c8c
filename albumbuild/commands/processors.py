"""`processors`: the devices for inserts, or all the settings of one."""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from textwrap import wrap

import msgspec

from albumbuild.commands import exits
from albumbuild.console import Console, console_for
from albumbuild.manifest.leaflets import Leaflet, Line, caption, leaflet
from albumbuild.manifest.packages import Devices
from albumbuild.manifest.wording import plain, unknown_processor
from albumbuild.model.problem import ProblemError

WIDEST = 100
NARROWEST = 72
GAP = "  "
HANGING = "  "
LONGEST_VALUES = 22
LONGEST_DEFAULT = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `processors`."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="explain every setting of one")
    parser.add_argument("--json", action="store_true", help="the same as JSON")


def run(options: argparse.Namespace) -> int:
    """List the devices, or explain one; the exit code."""
    console = console_for(options)
    if options.name is None:
        _list(console, as_json=options.json)
    else:
        _explain(options.name, console, as_json=options.json)
    return exits.DONE


def _list(console: Console, *, as_json: bool) -> None:
    """A line a device; those of packages that are broken are told as warnings."""
    devices, broken = Devices().sound()
    console.problems(broken)
    if as_json:
        rows = [
            {
                "name": name,
                "version": device.version,
                "package": device.package,
                "available": device.available,
                "description": caption(device),
            }
            for name, device in devices.items()
        ]
        console.result(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max(map(len, devices))
    for name, device in devices.items():
        notes = [] if device.available else ["not available yet"]
        notes += [f"from {device.package}"] if device.package else []
        text = caption(device) + (f" ({', '.join(notes)})" if notes else "")
        for line in _cells([(name, width), (text, _width() - width - len(GAP))]):
            console.result(line)
    console.note("\n`albumbuild processors NAME` explains every setting of one.")


def _explain(name: str, console: Console, *, as_json: bool) -> None:
    """The leaflet of one device.

    Raises: ProblemError, where there is none of that name, or its package is broken.
    """
    devices = Devices()
    device = devices.get(name)
    if device is None:
        raise ProblemError([unknown_processor(name, None, known=devices)])
    console.problems(devices.warnings())
    told = leaflet(device)
    if as_json:
        console.result(json.dumps(msgspec.to_builtins(told), indent=2, ensure_ascii=False))
    else:
        console.result("\n".join(_page(told, _width())))


def _page(told: Leaflet, width: int) -> Iterator[str]:
    """The lines of a leaflet, none wider than `width` where words allow it."""
    origin = f" from {told.package}" if told.package else ""
    waits = "" if told.available else ", not available yet"
    yield f"{told.name}, version {told.version}{origin}{waits}"
    yield ""
    for paragraph in told.description.split("\n\n"):
        yield from _paragraph(paragraph, width)
        yield ""
    yield from _table(told.settings, width)
    if told.latency_ms or told.tail_s or any(line.moves for line in told.settings):
        yield ""
    for sentence in (*_lateness(told), *_automation(told)):
        yield from wrap(sentence, width, subsequent_indent=HANGING, break_on_hyphens=False)
    short = f" (a plain list stands for `{told.shorthand}`)" if told.shorthand else ""
    yield ""
    yield f"Among the inserts of a strip{short}:"
    yield f"  {told.example}"


def _paragraph(text: str, width: int) -> Iterator[str]:
    """Text that flows, or line by line where one is set in columns or further in."""
    lines = text.split("\n") if re.search("^ |\\S  ", text, re.MULTILINE) else [text]
    for line in lines:
        yield from wrap(line, width, subsequent_indent="" if line is text else HANGING)


def _lateness(told: Leaflet) -> Iterator[str]:
    """How late its sound comes, and how long it stays."""
    if told.latency_ms:
        yield f"As it stands it comes {told.latency_ms:.3g} ms late, which is compensated."
    if told.tail_s:
        yield f"As it stands its sound goes on for {_time(told.tail_s)} after its input has ended."


def _time(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 0.1 else f"{seconds * 1000:.3g} ms"


def _automation(told: Leaflet) -> Iterator[str]:
    """What can be moved, and what not."""
    moving = [*_moving(told.settings)]
    if moving:
        yield f"Automation, once the insert has an `id`: {_targets(moving)}."
    for line in told.settings:
        if line.kind == "list" and (moving := [*_moving(line.inside)]):
            yield f"Automation, once an item of `{line.key}` has an `id`: {_targets(moving)}."
    for key, why in told.unmoved.items():
        yield f"`{key}` cannot be automated: {why}."


def _moving(settings: Iterable[Line], path: str = "") -> Iterator[str]:
    """What can be moved by one `id`; the items of a list are counted from 1."""
    for line in settings:
        if line.moves:
            yield f"{path}{line.key}.1" if line.kind == "list" else f"{path}{line.key}"
        elif line.kind == "record":
            yield from _moving(line.inside, f"{path}{line.key}.")


def _targets(keys: Iterable[str]) -> str:
    return ", ".join(f"`ID.{key}`" for key in keys)


def _table(settings: Iterable[Line], width: int) -> Iterator[str]:
    rows = [_row(line, depth) for line, depth in _walk(settings, 0)]
    limits = (width, LONGEST_VALUES, LONGEST_DEFAULT)
    columns = [min(max(len(row[at]) for row in rows), limits[at]) for at in range(3)]
    rest = max(width - sum(columns) - 3 * len(GAP), 20)
    for row in rows:
        yield from _cells(list(zip(row, (*columns, rest), strict=True)))


def _walk(settings: Iterable[Line], depth: int) -> Iterator[tuple[Line, int]]:
    for line in settings:
        yield line, depth
        yield from _walk(line.inside, depth + 1)


def _row(line: Line, depth: int) -> tuple[str, str, str, str]:
    default = "required" if line.required else _default(line.default)
    return f"{'  ' * depth}{line.key}", line.values, default, line.description


def _default(value: object) -> str:
    if value in (None, [], (), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(_default, value))
    return "settings" if isinstance(value, dict) else plain(value)


def _cells(cells: list[tuple[str, int]]) -> Iterator[str]:
    """Texts beside one another, each in a column of its width; as many lines as it takes."""
    columns = [[text] if len(text) <= width else wrap(text, width) for text, width in cells]
    for at in range(max(map(len, columns))):
        parts = (
            f"{column[at] if at < len(column) else '':{width}}"
            for column, (_, width) in zip(columns, cells, strict=True)
        )
        yield GAP.join(parts).rstrip()


def _width() -> int:
    """As wide as the terminal, within what reads well; off a terminal always the same."""
    if not sys.stdout.isatty():
        return WIDEST
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
