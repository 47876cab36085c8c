"""Times inside a song: ends after starts, curves that rise in time, bars that have a tempo."""

from collections.abc import Iterator

from albumbuild.manifest.wording import Path, plain
from albumbuild.model.chains import faders_of
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.model.song import MixSettings, Song, Stem
from albumbuild.model.time import Point, Position


def timing_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """Times of one song that cannot be."""
    yield from _bars_without_tempo(song, path, places)
    for name, stem in song.stems.items():
        yield from _stem_problems(stem, song.tempo, path=(*path, "stems", name), places=places)
    for place, fader in faders_of(song, path):
        for target, points in fader.automation.items():
            where = (*place, "automation", target)
            yield from _falling(points, song.tempo, path=where, places=places)
    yield from fade_problems(song.mix, (*path, "mix"), places)
    start, end = _seconds(song.mix.start, song.tempo), _seconds(song.mix.end, song.tempo)
    if start is not None and end is not None and end <= start:
        yield Problem(
            slug="end-before-start",
            at=places.of(*path, "mix", "end"),
            what=f"the song ends at {plain(end)} s, and starts at {plain(start)} s",
            fix="set `end` after `start`",
        )


def fade_problems(owner: Stem | MixSettings, path: Path, places: Places) -> Iterator[Problem]:
    """A fade that is written in both of its ways."""
    for side in ("fade_in", "fade_out"):
        short = f"{side}_s"
        if getattr(owner, side) is not None and getattr(owner, short) is not None:
            yield Problem(
                slug="fade-twice",
                at=places.key_of(*path, short),
                what=f"`{short}` and `{side}` are both given",
                why=f"`{short}` is the short way to write a linear `{side}`",
                fix="keep one of them",
            )


def _stem_problems(
    stem: Stem, tempo: float | None, *, path: Path, places: Places
) -> Iterator[Problem]:
    yield from fade_problems(stem, path, places)
    if (stem.file is None) == (stem.files is None):
        both = stem.file is not None
        yield Problem(
            slug="stem-file",
            at=places.key_of(*path, "files") if both else places.key_of(*path),
            what=f"stem `{path[-1]}` has {'both `file` and `files`' if both else 'no file'}",
            why="`file` is one sound file; `files` are two mono ones, left and right",
            fix="keep one of them" if both else "add `file: …`",
        )
    elif stem.files is not None and len(stem.files) != 2:
        yield Problem(
            slug="stem-files",
            at=places.of(*path, "files"),
            what=f"`files` wants two files, not {len(stem.files)}",
            why="they are the left and the right channel of one stereo stem",
            fix="name one file alone with `file: …`" if len(stem.files) == 1 else "",
        )
    if stem.trim is not None and stem.trim.to is not None:
        start, end = _seconds(stem.trim.from_, tempo), _seconds(stem.trim.to, tempo)
        if start is not None and end is not None and end <= start:
            yield Problem(
                slug="trim-empty",
                at=places.of(*path, "trim"),
                what=f"`trim` ends at {plain(end)} s, and begins at {plain(start)} s",
                fix="set `to` after `from`",
            )


def _falling(
    points: tuple[Point, ...], tempo: float | None, *, path: Path, places: Places
) -> Iterator[Problem]:
    before = None
    for point in points:
        now = _seconds(point.at, tempo)
        if now is None:
            return
        if before is not None and now <= before:
            yield Problem(
                slug="points-not-rising",
                at=places.of(*path),
                what=f"points of `{path[-1]}` do not rise in time: {plain(now)} s after "
                f"{plain(before)} s",
                why="each point is later than the one before",
                fix="put the points in order; a jump is a `hold` point: `[1:04, -3, hold]`",
            )
            return
        before = now


def _bars_without_tempo(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    if song.tempo is not None:
        return
    for place, position in _positions(song, path):
        if position is not None and position.bar is not None:
            yield bar_without_tempo(place, places)


def bar_without_tempo(path: Path, places: Places) -> Problem:
    """A position in bars in a song that has no tempo."""
    return Problem(
        slug="bar-without-tempo",
        at=places.of(*path),
        what="a position in bars needs the song's tempo",
        why="without a tempo a bar has no length",
        fix="add `tempo: …` to the song, or write the position in seconds",
    )


def _positions(song: Song, path: Path) -> Iterator[tuple[Path, Position | None]]:
    for name, stem in song.stems.items():
        place = (*path, "stems", name)
        yield (*place, "start"), stem.start
        if stem.trim is not None:
            yield (*place, "trim", "from"), stem.trim.from_
            yield (*place, "trim", "to"), stem.trim.to
    yield (*path, "mix", "start"), song.mix.start
    yield (*path, "mix", "end"), song.mix.end
    for place, fader in faders_of(song, path):
        for target, points in fader.automation.items():
            bars = next((point.at for point in points if point.at.bar is not None), None)
            yield (*place, "automation", target), bars


def _seconds(position: Position | None, tempo: float | None) -> float | None:
    if position is None or (position.bar is not None and tempo is None):
        return None
    return position.seconds(tempo)
