"""A comparison as text."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from albumbuild.model.time import clock

Data = Mapping[str, Any]

NO_DIFFERENCE = "no audible difference"
LEAST_DB = 0.1
"""Bands that have moved by less are not worth a word."""

FIGURES = (
    ("integrated_lufs", "LUFS", 2),
    ("lra_lu", "LRA", 1),
    ("true_peak_dbtp", "dBTP", 2),
    ("correlation", "correlation", 2),
    ("mono_loss_lu", "mono loss LU", 1),
)
_BANDS, _LONGEST = 4, 60
_NOTHING = "–"


def lines_of(compare: Data) -> Iterator[str]:
    """The whole comparison, line by line."""
    yield f"{compare['titles'][0]} → {compare['titles'][1]}"
    changes = compare["changes"]
    songs = [song for song in compare["songs"] if song["changes"] or song["status"] != "same"]
    sets = [each for each in compare["sets"] if each["changes"] or each["status"] != "same"]
    if changes:
        yield from ("", "album", *_changes(changes))
    for song in songs:
        yield from ("", *_song(song))
    for lines in map(list, map(set_lines, sets)):
        if len(lines) > 1 or ":" in lines[0]:
            yield from ("", *lines)
    if compare["broken"]:
        yield from ("", "newly broken rules", *map(_broken, compare["broken"]))
    yield ""
    if not compare["audible"]:
        yield NO_DIFFERENCE
        return
    same = [song["id"] for song in compare["songs"] if song not in songs]
    if same:
        yield f"unchanged, residual -inf: {', '.join(same)}"


def _changes(changes: Sequence[Data]) -> Iterator[str]:
    rows = [(each["path"], difference(each), each["where"]) for each in changes]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    for path, words, where in rows:
        yield f"  {path:{widths[0]}}  {words:{widths[1]}}  {where}".rstrip()


def difference(change: Data) -> str:
    """What a key of the manifest said, and says now."""
    note, old, new = change["note"], change["old"], change["new"]
    if note == "renamed":
        return f"renamed: {old} → {new}"
    if note and note != "order":
        return f"{_value(new)}: {note}"
    return f"{_value(old)} → {_value(new)}"


def _value(value: Any) -> str:
    """A setting in a few words."""
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _cut(", ".join(value)) or "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _cut("".join(each if each.isprintable() else "\ufffd" for each in text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _song(song: Data) -> Iterator[str]:
    name, was = song["id"], song["was"]
    status = song["status"]
    if status in ("added", "removed"):
        yield f"{name}: {status}"
    elif was != name:
        yield f"{name}, which was {was}"
    else:
        yield name
    yield from _changes(song["changes"]) if song["changes"] else ()
    for strip in song["stems"]:
        figures = [_figure(strip, *each) for each in FIGURES[:3]]
        told = ", ".join(each for each in figures if each)
        yield f"    strip {strip['stem']}: {told or 'as loud as before'}"
    if status == "same":
        yield "  the same to the ear: residual -inf"
        return
    for sound in song["sounds"]:
        yield from _sound(sound)


def _sound(sound: Data) -> Iterator[str]:
    """One sound: what its figures did, then its spectrum and what is left."""
    if sound["same"]:
        yield f"  {sound['label']}: the same, residual -inf"
        return
    figures = [each for each in (_figure(sound, *figure) for figure in FIGURES) if each]
    length = _length(sound["figures"].get("duration_s", [None, None]))
    yield f"  {sound['label']}: {', '.join([*figures, *length]) or 'loudness and peaks as before'}"
    bands = _spectrum(sound["spectrum_db"])
    if bands:
        yield f"    spectrum: {bands}"
    if sound["note"]:
        yield f"    {sound['note']}"
    elif not sound["audible"]:
        yield f"    residual: {sound['null_max_db']:.1f} dBFS at most, which nobody hears"
    elif sound["null_max_db"] is not None:
        yield f"    {_residual(sound)}"


def _residual(sound: Data) -> str:
    most_db, at_s = sound["null_max_db"], sound["null_at_s"]
    heard = sum(each is not None for each in sound["null"]["db"])
    spent = f"{heard * sound['null']['step_s']:.1f} s of it"
    whole = heard == len(sound["null"]["db"])
    where = "all the way" if whole else spent
    text = f"residual: up to {most_db:.1f} dBFS at {clock(at_s)}, {where}"
    gain_db = sound["gain_db"]
    return text if gain_db is None else f"{text}; it is the change of level, {gain_db:+.2f} dB"


def _figure(sound: Data, key: str, unit: str, digits: int) -> str:
    """What one figure did; empty where that is nothing to speak of."""
    was, now = sound["figures"].get(key, (None, None))
    if was is None and now is None:
        return ""
    if was is None or now is None:
        return f"{unit} {_number(was, digits)} → {_number(now, digits)}"
    if abs(now - was) < 0.5 * 10.0**-digits:
        return ""
    return f"{unit} {was:.{digits}f} → {now:.{digits}f} ({now - was:+.{digits}f})"


def _number(value: float | None, digits: int) -> str:
    return _NOTHING if value is None else f"{value:.{digits}f}"


def _length(seconds: Sequence[float | None]) -> list[str]:
    was, now = seconds
    if was == now:
        return []
    shown = [_NOTHING if each is None else clock(each) for each in (was, now)]
    return [f"length {shown[0]} → {shown[1]}"]


def _spectrum(moved: Mapping[str, float | None]) -> str:
    """The bands that have moved most, from low to high."""
    known = [(abs(db), float(hz), db) for hz, db in moved.items() if db is not None]
    most = sorted((each for each in known if each[0] >= LEAST_DB), reverse=True)[:_BANDS]
    shown = [f"{_hertz(hz)} {db:+.1f} dB" for _, hz, db in sorted(most, key=lambda each: each[1])]
    more = sum(each[0] >= LEAST_DB for each in known) - len(shown)
    return ", ".join(shown) + (f" and {more} more bands" if more > 0 else "")


def _hertz(hz: float) -> str:
    return f"{hz:g} Hz" if hz < 1000 else f"{hz / 1000:g} kHz"


def set_lines(each: Data) -> Iterator[str]:
    """One set, line by line; nothing but its name where nothing is to be told."""
    if each["status"] in ("added", "removed"):
        yield f"deliverable {each['name']}: {each['status']}"
    else:
        yield f"deliverable {each['name']}"
    yield from _changes(each["changes"]) if each["changes"] else ()
    if each["status"] != "changed":
        return
    figures = [_figure(each, *figure) for figure in FIGURES[:3]]
    told = [*(figure for figure in figures if figure), *_length(each["seconds"])]
    if told:
        yield f"  {', '.join(told)}"
    was, now = each["order"]
    if was != now:
        yield f"  order: {_order(was)} → {_order(now)}"
    yield from _placing(*each["songs"])


def _order(songs: Sequence[str] | None) -> str:
    return ", ".join(songs) if songs else _NOTHING


def _placing(was: Sequence[Data] | None, now: Sequence[Data] | None) -> Iterator[str]:
    """Gaps, crossfades and starts that are others."""
    before = {each["song"]: each for each in was or ()}
    for each in now or ():
        old = before.get(each["song"])
        if old is None:
            continue
        found = [
            f"{name} {clock(old[key])} → {clock(each[key])}"
            for key, name in (
                ("start_s", "starts at"),
                ("gap_s", "gap"),
                ("fade_in_s", "crossfade"),
                ("mark_s", "track at"),
            )
            if _has_moved(old[key], each[key])
            and not (key == "mark_s" and math.isclose(each[key], each["start_s"], abs_tol=0.02))
        ]
        if old["side"] != each["side"]:
            found.insert(0, f"side {old['side']} → {each['side']}")
        if found:
            yield f"  {each['song']}: {', '.join(found)}"


def _has_moved(was: float | None, now: float | None) -> bool:
    return was is not None and now is not None and abs(now - was) >= 0.005


def _broken(row: Data) -> str:
    where = f"  {row['where']}" if row["where"] else ""
    return f"  {row['subject']}: {row['rule']} is {row['figure']}, wanted {row['wanted']}{where}"
