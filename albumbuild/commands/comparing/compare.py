"""Two states of an album as one object of plain data: what changed, and what that did."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from albumbuild.commands.comparing.bench import Bench, Finished
from albumbuild.commands.comparing.renaming import renamed_songs, stems_of
from albumbuild.commands.comparing.sets import compared_sets, newly_broken, set_outputs
from albumbuild.commands.comparing.side import Side, of_revision
from albumbuild.commands.comparing.sounds import (
    Pair,
    compared,
    is_same,
    side_by_side,
    strip_figures,
    wanted_outputs,
)
from albumbuild.engine.sources import Sources
from albumbuild.manifest.comparing import Change, manifest_changes, named_files
from albumbuild.planner.listening import listened
from albumbuild.planner.review import REPORT
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.stream import AUDIO

if TYPE_CHECKING:
    from albumbuild.deliverables.review import Report
    from albumbuild.model.review import ReviewedSong


def compare_object(before: Side, after: Side, bench: Bench) -> dict[str, Any]:
    """What `diff --json` prints, and a page shows under `compare`.

    Raises:
        Cancelled: the user had enough.
        NotBuilt: a side could not be made.
    """
    old, new = (Finished(each, bench, [*_targets(each)]) for each in (before, after))
    renamed = renamed_songs(old, new)
    changes = [*_changes(old, new, renamed, bench)]
    pairs = _pairs(old, new, renamed)
    strips = _strips(changes, old, new, renamed)
    _fetch(old, new, pairs, strips)
    compare = partial(compared, old=old, new=new, stopped=bench.stopped)
    with ThreadPoolExecutor(bench.jobs) as threads:
        sounds = [*threads.map(compare, pairs)]
        measured_strips = [*threads.map(partial(_strip, old=old, new=new), strips)]
    songs = [
        _song(song, was, changes=changes, pairs=pairs, sounds=sounds, strips=measured_strips)
        for song, was in _song_names(old, new, renamed)
    ]
    sets = compared_sets(old, new, renamed)
    for made in (old, new):
        made.side.note(made.steps, bench.store)
    for each in sets:
        own = [sound for sound in sounds if sound["set"] == each["name"]]
        of_songs = any(sound["audible"] for sound in own)
        rounding = any(not sound["same"] for sound in own)
        each["audible"] = each.pop("moved") or of_songs or (each["audible"] and not rounding)
        each["changes"] = _rows(changes, before, after, ("deliverables", each["name"]))
    known = {("songs", song["id"]) for song in songs} | {
        ("deliverables", each["name"]) for each in sets
    }
    return {
        "from": before.identity,
        "to": after.identity,
        "titles": [before.title, after.title],
        "notes": [*before.notes, *after.notes],
        "audible": any(sound["audible"] for sound in sounds)
        or any(each["audible"] for each in sets),
        "changes": [_row(each, before, after) for each in changes if each.path[:2] not in known],
        "songs": [
            {**song, "changes": _rows(changes, before, after, ("songs", song["id"]))}
            for song in songs
        ],
        "sets": sets,
        "broken": newly_broken(old, new, bench),
    }


def _songs(side: Side) -> "tuple[ReviewedSong, ...]":
    page: Report = side.opened.planned.plan[REPORT].action  # type: ignore[assignment]
    return page.songs


def _targets(side: Side) -> Iterator[str]:
    """The steps whose sounds are compared, and those that checks ask."""
    for song in _songs(side):
        yield from (sound.step for sound in song.sounds)
    page: Report = side.opened.planned.plan[REPORT].action  # type: ignore[assignment]
    yield from (each.sequence for each in page.sets if each.sequence is not None)


def _pairs(old: Finished, new: Finished, renamed: Mapping[str, str]) -> list[Pair]:
    """Every sound of either side, with the one that it is compared with."""
    before = _sounds(old, {was: now for now, was in renamed.items()})
    after = _sounds(new, {})
    pairs = []
    for key in (*after, *(key for key in before if key not in after)):
        place = (after.get(key) or before[key])[0]
        was, now = before.get(key, (None, None))[1], after.get(key, (None, None))[1]
        pairs.append(Pair(song=key[0], label=key[1], set=place, old=was, new=now))
    return pairs


def _sounds(
    made: Finished, called: Mapping[str, str]
) -> dict[tuple[str, str], tuple[str | None, str]]:
    """The deliverable and the step of every sound of a side, by song and label."""
    return {
        (called.get(song.credits.song, song.credits.song), each.label): (each.set, each.step)
        for song in _songs(made.side)
        for each in song.sounds
    }


def _song_names(
    old: Finished, new: Finished, renamed: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    """Every song by its new name, and what it was called before; None where it was not there."""
    before = [song.credits.song for song in _songs(old.side)]
    after = [song.credits.song for song in _songs(new.side)]
    for name in after:
        was = renamed.get(name, name)
        yield name, was if was in before else None
    gone = {*after, *renamed.values()}
    yield from ((name, name) for name in before if name not in gone)


def _changes(
    old: Finished, new: Finished, renamed: Mapping[str, str], bench: Bench
) -> Iterator[Change]:
    """What the manifests say otherwise, and the files that hold other things under their names."""
    first, second = old.side.opened.manifest, new.side.opened.manifest
    yield from manifest_changes(
        first.album, second.album, places=(first.places, second.places), renamed=renamed
    )
    sources = Sources(bench.store.root / "stat.sqlite", cancelled=bench.stopped)
    heard = (stems_of(old), stems_of(new))
    known = {each.file for each in named_files(first.album)}
    altered: dict[str, bool] = {}
    for each in named_files(second.album):
        if each.file not in known:
            continue
        if each.file not in altered:
            paths = [made.side.real(made.side.opened.root / each.file) for made in (old, new)]
            same = paths[0] == paths[1]
            altered[each.file] = not same and sources.digest(paths[0]) != sources.digest(paths[1])
        if altered[each.file]:
            note = _note(each.told, heard, renamed)
            at = second.places.of(*each.place)
            yield Change(path=each.told, old=each.file, new=each.file, at=at, note=note)


def _note(
    told: tuple[str, ...],
    heard: tuple[Mapping[str, Mapping[str, str | None]], ...],
    renamed: Mapping[str, str],
) -> str:
    """What is said of a file that holds something else."""
    if told[0] != "songs" or told[2] != "stems" or told[4] not in ("file", "files"):
        return "content changed"
    song, stem = told[1], told[3]
    was = heard[0].get(renamed.get(song, song), {}).get(stem)
    same = was is not None and was == heard[1].get(song, {}).get(stem)
    return "file changed, the same audio" if same else "audio changed"


def _strips(
    changes: Iterable[Change], old: Finished, new: Finished, renamed: Mapping[str, str]
) -> list[tuple[str, str, str | None, str | None]]:
    """The strips of stems that are not as they were: song, stem, and the step of either side."""
    found: dict[tuple[str, str], None] = {}
    for each in changes:
        if each.path[:1] == ("songs",) and each.path[2:3] == ("stems",) and len(each.path) > 3:
            found[each.path[1], each.path[3]] = None
    return [
        (
            song,
            stem,
            _sounding_strip(old, renamed.get(song, song), stem),
            _sounding_strip(new, song, stem),
        )
        for song, stem in found
    ]


def _sounding_strip(made: Finished, song: str, stem: str) -> str | None:
    step = f"strip:{song}/{stem}"
    heard = listened(made.side.opened.planned, step)
    return step if heard is not None and heard.frames else None


def _fetch(
    old: Finished,
    new: Finished,
    pairs: Iterable[Pair],
    strips: Iterable[tuple[str, str, str | None, str | None]],
) -> None:
    """Make what has to be read: figures of all, and the sound of what differs."""
    same = {pair: is_same(pair, old, new) for pair in pairs}
    for made, of_pair, at in ((old, "old", 2), (new, "new", 3)):
        wanted = [*set_outputs(made), *_asked(made)]
        for pair, is_alike in same.items():
            wanted += wanted_outputs(getattr(pair, of_pair), same=is_alike)
        made.fetch(wanted, strips=[str(each[at]) for each in strips if each[at] is not None])


def _asked(made: Finished) -> Iterator[tuple[str, str]]:
    """The figures that checks ask of the steps which were made."""
    for question in made.side.opened.planned.questions:
        yield from ((each.step, FIGURES) for each in question.heard if each.step in made.steps)


def _strip(
    strip: tuple[str, str, str | None, str | None], *, old: Finished, new: Finished
) -> dict[str, Any]:
    song, stem, was, now = strip
    figures = [
        {} if step is None else strip_figures(made.blob(step, AUDIO))
        for made, step in ((old, was), (new, now))
    ]
    return {"song": song, "stem": stem, **side_by_side(figures[0], figures[1])}


def _song(
    song: str,
    was: str | None,
    *,
    changes: Iterable[Change],
    pairs: list[Pair],
    sounds: list[dict[str, Any]],
    strips: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """One song: its mix stands for it, and its other sounds beside that."""
    own = [(pair, sound) for pair, sound in zip(pairs, sounds, strict=True) if pair.song == song]
    found = [sound for _, sound in own]
    gone = all(pair.new is None for pair, _ in own)
    status = "same" if all(sound["same"] for sound in found) else "changed"
    if was is None or gone:
        status = "added" if was is None else "removed"
    first = {key: value for key, value in found[0].items() if key not in ("set", "label")}
    mine = any(each.path[:2] == ("songs", song) for each in changes)
    return {
        "id": song,
        "was": was,
        "status": status if mine or status != "same" else "untouched",
        **first,
        "sounds": found,
        "stems": [
            {key: value for key, value in strip.items() if key != "song"}
            for strip in strips
            if strip["song"] == song
        ],
    }


def _rows(
    changes: Iterable[Change], old: Side, new: Side, under: tuple[str, str]
) -> list[dict[str, Any]]:
    return [_row(each, old, new) for each in changes if each.path[:2] == under]


def _row(change: Change, old: Side, new: Side) -> dict[str, Any]:
    at = change.at
    side = old if change.was_there else new
    if at is not None and side.commit is not None and change.was_there:
        at = of_revision(at, side.name)
    where = "" if at is None else f"{at.source.name}:{at.line}"
    return {
        "path": change.shown,
        "old": change.old,
        "new": change.new,
        "where": where,
        "note": change.note,
    }
