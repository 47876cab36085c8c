"""Deliverables, old and new: their order and lengths, their figures, and the rules they break."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from albumbuild.commands.checking import Readings, check_rows
from albumbuild.commands.comparing.sounds import side_by_side
from albumbuild.deliverables.review import measured
from albumbuild.engine.results import Result
from albumbuild.planner.review import REPORT
from albumbuild.steps.figures import FIGURES, SOUND, read_figures
from albumbuild.steps.sequence import LAYOUT, read_layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumbuild.commands.comparing.bench import Bench, Finished
    from albumbuild.deliverables.review import Report
    from albumbuild.model.review import ReviewedSet

FORM = ("type", "format", "rate_hz", "bits")
SETTINGS = ("dither", "bitrate_kbps", "quality", "cut")
"""What shapes the sound of files after their masters."""


def sets_of(made: "Finished") -> dict[str, "ReviewedSet"]:
    """The deliverables of a side, by name."""
    page: Report = made.side.opened.planned.plan[REPORT].action  # type: ignore[assignment]
    return {each.name: each for each in page.sets}


def set_outputs(made: "Finished") -> "Iterator[tuple[str, str]]":
    """What must be in the store for deliverables to be compared."""
    for each in sets_of(made).values():
        if each.sequence is not None:
            yield from ((each.sequence, FIGURES), (each.sequence, LAYOUT))


def compared_sets(
    old: "Finished", new: "Finished", renamed: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every deliverable of either side as data; songs go by their new names."""
    before, after = sets_of(old), sets_of(new)
    now_called = {was: now for now, was in renamed.items()}
    found = []
    for name in (*after, *(name for name in before if name not in after)):
        was = _state(before.get(name), old, now_called)
        now = _state(after.get(name), new, {})
        found.append(
            {
                "name": name,
                "status": _status(was, now),
                "moved": _placing(was) != _placing(now),
                "audible": was.get("sounds") != now.get("sounds"),
                "form": [was.get("form"), now.get("form")],
                "seconds": [was.get("seconds"), now.get("seconds")],
                **side_by_side(was.get("figures", {}), now.get("figures", {})),
                "order": [was.get("order"), now.get("order")],
                "songs": [was.get("songs"), now.get("songs")],
            }
        )
    return found


def _status(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if not was:
        return "added"
    return "removed" if not now else "same" if was == now else "changed"


def _placing(state: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(state.get(key) for key in ("form", "songs"))


def _state(
    made: "ReviewedSet | None", side: "Finished", now_called: Mapping[str, str]
) -> dict[str, Any]:
    """A deliverable of one side; empty where it has none."""
    if made is None:
        return {}
    settings = side.side.opened.manifest.album.deliverables[made.name]
    form = {key: getattr(made, key) for key in FORM}
    form |= {key: getattr(settings, key) for key in SETTINGS if hasattr(settings, key)}
    if made.sequence is None:
        return {"form": form}
    outputs = side.outputs(made.sequence)
    sides = read_layout(side.blob(made.sequence, LAYOUT))
    songs = {key: now_called.get(song, song) for key, song in made.songs.items()}
    placed = [
        {
            "side": name,
            "song": songs[each.song],
            "start_s": each.start / part.layout.rate_hz,
            "end_s": each.end / part.layout.rate_hz,
            "fade_in_s": each.fade_in / part.layout.rate_hz,
            "gap_s": max(each.start - before, 0) / part.layout.rate_hz,
            "mark_s": next(
                (t.start / part.layout.rate_hz for t in part.layout.tracks if t.song == each.song),
                None,
            ),
        }
        for name, part in sides.items()
        for each, before in zip(
            part.layout.songs, (0, *(song.end for song in part.layout.songs)), strict=False
        )
    ]
    return {
        "form": form,
        "sounds": {name: each for name, each in outputs.items() if name.startswith("side.")},
        "figures": measured(read_figures(side.blob(made.sequence, FIGURES))[SOUND]),
        "seconds": sum(part.layout.frames / part.layout.rate_hz for part in sides.values()),
        "order": [each["song"] for each in placed],
        "songs": placed,
    }


def newly_broken(old: "Finished", new: "Finished", bench: "Bench") -> list[dict[str, Any]]:
    """Checks and rules that do not hold now, and did before or were not asked."""
    rows = [check_rows(_readings(each, bench).answers()) for each in (old, new)]
    before = {(row["subject"], row["rule"], row["wanted"]) for row in rows[0] if not row["holds"]}
    return [
        row
        for row in rows[1]
        if not row["holds"] and (row["subject"], row["rule"], row["wanted"]) not in before
    ]


def _readings(made: "Finished", bench: "Bench") -> Readings:
    result = Result(status="ok", seconds=0.0, steps=made.steps, run=bench.store.root)
    return Readings(made.side.opened, result, store=bench.store)
