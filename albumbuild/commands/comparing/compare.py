"""Two states of an album as one object of plain data: what changed, and what that did."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Both(NamedTuple):
    """Both sides, made; `renamed` are songs with another name: new → old."""

    old: Finished
    new: Finished
    renamed: Mapping[str, str]

    def row(self, change: Change) -> dict[str, Any]:
        """A change as plain data, its line in the file of the side that has it."""
        at, side = change.at, self.old.side
        if at is not None and change.was_there and side.commit is not None:
            at = of_revision(at, side.name)
        where = "" if at is None else f"{at.source.name}:{at.line}"
        return {
            "path": change.shown,
            "old": change.old,
            "new": change.new,
            "where": where,
            "note": change.note,
        }

    def rows(self, changes: Iterable[Change], *under: str) -> list[dict[str, Any]]:
        """The changes of one song, or of one deliverable."""
        return [self.row(each) for each in changes if each.path[:2] == under]


class Strip(NamedTuple):
    """A stem that is not as it was, and the step of its strip on either side that has it."""

    song: str
    stem: str
    old: str | None
    new: str | None


class Compared(NamedTuple):
    """Both sides, and what `diff --json` prints of them."""

    old: Finished
    new: Finished
    data: dict[str, Any]


def compared_sides(before: Side, after: Side, bench: Bench) -> Compared:
    """Two states of an album, made where they must be, and compared.

    Raises:
        Cancelled: the user had enough.
        NotBuilt: a side could not be made.
    """
    old, new = (Finished(each, bench, [*_targets(each)]) for each in (before, after))
    both = Both(old, new, renamed_songs(old, new))
    changes = [*_changes(both, bench)]
    pairs, strips = _pairs(both), _strips(both, changes)
    _fetch(both, pairs, strips)
    compare = partial(compared, old=old, new=new, stopped=bench.stopped)
    with ThreadPoolExecutor(bench.jobs) as threads:
        sounds = [*threads.map(compare, pairs)]
        stems = [*threads.map(partial(_strip, both), strips)]
    songs = [_song(name, was, pairs, sounds) for name, was in _song_names(both)]
    for song in songs:
        song["stems"] = [each for each in stems if each["song"] == song["id"]]
        song["changes"] = both.rows(changes, "songs", song["id"])
    sets = _sets(both, changes, sounds)
    known = {("songs", song["id"]) for song in songs}
    known |= {("deliverables", each["name"]) for each in sets}
    for made in (old, new):
        made.side.note(made.steps, bench.store)
    data = {
        "from": before.identity,
        "to": after.identity,
        "titles": [before.title, after.title],
        "notes": [*before.notes, *after.notes],
        "audible": any(each["audible"] for each in (*sounds, *sets)),
        "changes": [both.row(each) for each in changes if each.path[:2] not in known],
        "songs": songs,
        "sets": sets,
        "broken": newly_broken(old, new, bench),
    }
    return Compared(old, new, data)


def _sets(
    both: Both, changes: Iterable[Change], sounds: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The deliverables; what only rounding moves in their masters is not heard in them either."""
    sets = compared_sets(both.old, both.new, both.renamed)
    for each in sets:
        own = [sound for sound in sounds if sound["set"] == each["name"]]
        of_songs = any(sound["audible"] for sound in own)
        rounding = any(not sound["same"] for sound in own)
        each["audible"] = each.pop("moved") or of_songs or (each["audible"] and not rounding)
        each["changes"] = both.rows(changes, "deliverables", each["name"])
    return sets


def _songs(side: Side) -> "tuple[ReviewedSong, ...]":
    page: Report = side.opened.planned.plan[REPORT].action  # type: ignore[assignment]
    return page.songs


def _targets(side: Side) -> Iterator[str]:
    """The steps whose sounds are compared, and those that checks ask."""
    for song in _songs(side):
        yield from (sound.step for sound in song.sounds)
    page: Report = side.opened.planned.plan[REPORT].action  # type: ignore[assignment]
    yield from (each.sequence for each in page.sets if each.sequence is not None)


def _pairs(both: Both) -> list[Pair]:
    """Every sound of either side, with the one that it is compared with."""
    before = _sounds(both.old, {was: now for now, was in both.renamed.items()})
    after = _sounds(both.new, {})
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


def _song_names(both: Both) -> Iterator[tuple[str, str | None]]:
    """Every song by its new name, and what it was called before; None where it was not there."""
    before = [song.credits.song for song in _songs(both.old.side)]
    after = [song.credits.song for song in _songs(both.new.side)]
    for name in after:
        was = both.renamed.get(name, name)
        yield name, was if was in before else None
    gone = {*after, *both.renamed.values()}
    yield from ((name, name) for name in before if name not in gone)


def _changes(both: Both, bench: Bench) -> Iterator[Change]:
    """What the manifests say otherwise, and the files that hold other things under their names."""
    first, second = (made.side.opened.manifest for made in (both.old, both.new))
    yield from manifest_changes(
        first.album, second.album, places=(first.places, second.places), renamed=both.renamed
    )
    sources = Sources(bench.store.root / "stat.sqlite", cancelled=bench.stopped)
    heard = stems_of(both.old), stems_of(both.new)
    known = {each.file for each in named_files(first.album)}
    altered: dict[str, bool] = {}
    for each in named_files(second.album):
        if each.file in known and each.file not in altered:
            files = [made.side.real(made.side.opened.root / each.file) for made in both[:2]]
            same = files[0] == files[1]
            altered[each.file] = not same and sources.digest(files[0]) != sources.digest(files[1])
        if altered.get(each.file):
            note = _note(each.told, heard, both.renamed)
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


def _strips(both: Both, changes: Iterable[Change]) -> list[Strip]:
    """The strips of stems that are not as they were."""
    found = {
        each.path[1:4:2]: None
        for each in changes
        if each.path[:1] == ("songs",) and each.path[2:3] == ("stems",) and len(each.path) > 3
    }
    return [
        Strip(
            song=song,
            stem=stem,
            old=_sounding_strip(both.old, both.renamed.get(song, song), stem),
            new=_sounding_strip(both.new, song, stem),
        )
        for song, stem in found
    ]


def _sounding_strip(made: Finished, song: str, stem: str) -> str | None:
    step = f"strip:{song}/{stem}"
    heard = listened(made.side.opened.planned, step)
    return step if heard is not None and heard.frames else None


def _fetch(both: Both, pairs: Iterable[Pair], strips: Iterable[Strip]) -> None:
    """Make what has to be read: figures of all, and the sound of what differs."""
    same = {pair: is_same(pair, both.old, both.new) for pair in pairs}
    for made, side in ((both.old, "old"), (both.new, "new")):
        wanted = [*set_outputs(made), *_asked(made)]
        for pair, is_alike in same.items():
            wanted += wanted_outputs(getattr(pair, side), same=is_alike)
        steps = (getattr(strip, side) for strip in strips)
        made.fetch(wanted, strips=[step for step in steps if step is not None])


def _asked(made: Finished) -> Iterator[tuple[str, str]]:
    """The figures that checks ask of the steps which were made."""
    for question in made.side.opened.planned.questions:
        yield from ((each.step, FIGURES) for each in question.heard if each.step in made.steps)


def _strip(both: Both, strip: Strip) -> dict[str, Any]:
    """What a strip measures on both sides."""
    old, new = (
        {} if step is None else strip_figures(made.blob(step, AUDIO))
        for made, step in ((both.old, strip.old), (both.new, strip.new))
    )
    return {"song": strip.song, "stem": strip.stem, **side_by_side(old, new)}


def _song(
    song: str, was: str | None, pairs: list[Pair], sounds: list[dict[str, Any]]
) -> dict[str, Any]:
    """One song: its mix stands for it, and its other sounds beside that."""
    own = [(pair, sound) for pair, sound in zip(pairs, sounds, strict=True) if pair.song == song]
    found = [sound for _, sound in own]
    status = "same" if all(sound["same"] for sound in found) else "changed"
    if was is None:
        status = "added"
    elif all(pair.new is None for pair, _ in own):
        status = "removed"
    first = {key: value for key, value in found[0].items() if key not in ("set", "label")}
    return {"id": song, "was": was, "status": status, **first, "sounds": found}
