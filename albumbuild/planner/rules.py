"""What a medium cannot hold, said before anything is rendered."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from albumbuild.deliverables.cd import disc_of
from albumbuild.dsp.resample import resampled_frames
from albumbuild.formats.document import read_document
from albumbuild.formats.latin import SpellingError
from albumbuild.formats.redbook import disc_problems
from albumbuild.model.deliverable import Cd, Mixes, Streaming, Vinyl
from albumbuild.model.node import Fields, Places, Scalar
from albumbuild.model.problem import Problem
from albumbuild.model.programme import Layout, lay_out
from albumbuild.model.timeline import SECTOR_FRAMES
from albumbuild.planner.credits import album_credits, track_credits
from albumbuild.planner.desks import resolved
from albumbuild.planner.media import Medium
from albumbuild.planner.names import side_names, track_names
from albumbuild.planner.order import CD_LEAD_IN, PROGRAMME
from albumbuild.steps.inserts import tail_frames

DISCS = Path(__file__).parent.parent / "profiles" / "discs.yaml"


def medium_problems(medium: Medium, places: Places) -> Iterator[Problem]:
    """What is wrong with a deliverable, as far as lengths and names can tell."""
    if isinstance(medium.settings, Mixes):
        return
    at = places.of("deliverables", medium.name)
    for problem in _problems(medium):
        yield problem if problem.at else msgspec.structs.replace(problem, at=at)


def _problems(medium: Medium) -> Iterator[Problem]:
    lengths = {song: _master_frames(medium, song) for song in medium.order}
    is_cd = isinstance(medium.settings, Cd)
    for side, slots in medium.sides.items():
        try:
            layout = lay_out(
                slots,
                lengths,
                rate_hz=medium.rate_hz,
                lead_in=CD_LEAD_IN if is_cd else 0,
                sector=SECTOR_FRAMES if is_cd else None,
            )
        except ValueError as error:
            yield _crossfade_too_long(medium.name, str(error))
            continue
        yield from _layout_problems(medium, side, layout)
    yield from _name_problems(medium)


def _layout_problems(medium: Medium, side: str, layout: Layout) -> Iterator[Problem]:
    settings = medium.settings
    if isinstance(settings, Cd):
        tracks = {song: track_credits(medium.album, song) for song in medium.order}
        disc = disc_of(layout, album_credits(medium.album), tracks, name=medium.name)
        yield from disc_problems(disc, cd_text=settings.cd_text)
    if isinstance(settings, Vinyl):
        minutes = layout.frames / layout.rate_hz / 60
        good, most = disc_minutes(settings.disc)
        if minutes > most:
            yield _side_too_long(medium, side, minutes, most)
        elif minutes > good:
            yield _side_long(medium, side, minutes, good)


def _name_problems(medium: Medium) -> Iterator[Problem]:
    try:
        names = _files(medium)
    except SpellingError as error:
        yield _not_ascii(medium.name, error)
        return
    counted = Counter(name.casefold() for name in names)
    twice = [name for name in names if counted[name.casefold()] > 1]
    if twice:
        yield _same_file(medium.name, twice[0])


def _files(medium: Medium) -> list[str]:
    """The files whose names are made from a template."""
    settings, album = medium.settings, medium.album
    if isinstance(settings, Vinyl):
        return list(side_names(album, settings, medium.sides).values())
    if isinstance(settings, Streaming):
        profile = album.profiles.get(settings.profile or "")
        return list(track_names(album, settings, medium.sides[PROGRAMME], profile).values())
    return []


def _master_frames(medium: Medium, song_id: str) -> int:
    """How long a master will be."""
    inserts = resolved(medium.settings.inserts, None)
    frames = medium.songs[song_id].premaster_frames + tail_frames(inserts, medium.rate_in_hz)
    return resampled_frames(frames, medium.rate_in_hz, medium.rate_hz)


@cache
def disc_minutes(disc: str) -> tuple[float, float]:
    """Minutes a side of a record that cut well, and the most that plants take."""
    node = read_document(DISCS, "profiles/discs.yaml")
    assert isinstance(node, Fields)
    row = node.entries[disc].node
    assert isinstance(row, Fields)
    good, most = (row.entries[key].node for key in ("good_min", "most_min"))
    assert isinstance(good, Scalar)
    assert isinstance(most, Scalar)
    return float(good.value or 0), float(most.value or 0)


def _crossfade_too_long(name: str, what: str) -> Problem:
    """A song is shorter than its overlaps."""
    return Problem(
        slug="crossfade-too-long",
        what=f"in `{name}` {what}",
        why="a crossfade takes its time from both songs",
        fix="make `crossfade_s` shorter",
    )


def _side_too_long(medium: Medium, side: str, minutes: float, most: float) -> Problem:
    """A side that no plant cuts."""
    return Problem(
        slug="side-too-long",
        what=f"side `{side}` of `{medium.name}` is {_clock(minutes)} long",
        why=f"plants take at most {_clock(most)} a side at this size and speed",
        fix="move a song to another side, or choose another `disc`",
    )


def _side_long(medium: Medium, side: str, minutes: float, good: float) -> Problem:
    """A side that must be cut quieter."""
    return Problem(
        slug="side-long",
        severity="warning",
        what=f"side `{side}` of `{medium.name}` is {_clock(minutes)} long",
        why=f"above {_clock(good)} a side is cut at a lower level",
        fix="move a song to another side if it should be loud",
    )


def _not_ascii(name: str, error: SpellingError) -> Problem:
    """A file name that the profile wants in ASCII, and that has no such spelling."""
    return Problem(
        slug="name-not-ascii",
        what=f"a track of `{name}` cannot be named in ASCII: {error}",
        why="the profile takes file names of plain letters alone",
        fix='name the files by their ids: `names: "{number:02} - {song}"`',
    )


def _same_file(name: str, file: str) -> Problem:
    """Two tracks or sides would be written to one file."""
    return Problem(
        slug="two-outputs-of-one-path",
        what=f"two parts of `{name}` would be the file `{file}`",
        why="one would overwrite the other",
        fix="put `{number}` into `names`",
    )


def _clock(minutes: float) -> str:
    return f"{int(minutes)}:{round(minutes * 60) % 60:02}"
