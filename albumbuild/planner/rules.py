"""What a medium cannot hold, said before anything is rendered."""

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from albumbuild.deliverables.disc import disc_of
from albumbuild.formats.latin import SpellingError
from albumbuild.formats.redbook import disc_problems
from albumbuild.model.deliverable import Cd, Sided
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.model.programme import Layout, OverlapError, Slot, lay_out
from albumbuild.model.timeline import sector_of
from albumbuild.planner.media import disc_words
from albumbuild.planner.medium import Medium, master_frames
from albumbuild.planner.siderules import even_problems, number_problems, side_problems
from albumbuild.planner.whereabouts import Whereabouts


def medium_problems(medium: Medium, places: Places) -> Iterator[Problem]:
    """What is wrong with a deliverable, as far as lengths and names can tell."""
    if not medium.settings.mastered:
        return
    where = Whereabouts(medium, places)
    for problem in _problems(medium, where):
        yield problem if problem.at else replace(problem, at=where.whole())


def _problems(medium: Medium, where: Whereabouts) -> Iterator[Problem]:
    lengths = {song: _master_frames(medium, song) for song in medium.order}
    layouts: dict[str, Layout] = {}
    yield from number_problems(medium, where)
    for side, slots in medium.sides.items():
        try:
            layout = lay_out(
                slots,
                lengths,
                rate_hz=medium.rate_hz,
                lead_in=medium.lead_in,
                sector=medium.sector,
            )
        except OverlapError as error:
            yield _crossfade_too_long(medium, side, error, where)
            continue
        layouts[side] = layout
        late = [*_mark_problems(medium, side, layout, where)]
        yield from late or _layout_problems(medium, side, layout, where)
    yield from even_problems(medium, layouts, where)
    yield from (replace(each, at=where.whole("names")) for each in _name_problems(medium))


def _mark_problems(
    medium: Medium, side: str, layout: Layout, where: Whereabouts
) -> Iterator[Problem]:
    """Marks that leave a song without a track."""
    slots = medium.sides[side]
    first = len(slots) - len(layout.tracks)
    for index, (slot, song) in enumerate(zip(slots, layout.songs, strict=True)):
        track = layout.tracks[index - first] if index >= first else None
        at = where.slot(side, index, "mark")
        if slot.mark_s and round(slot.mark_s * layout.rate_hz) >= song.frames:
            yield replace(_mark_after_song(slot, song.frames / layout.rate_hz), at=at)
        elif slot.mark_s and track is not None and track.start >= track.end:
            yield replace(_mark_after_track(slot), at=at)


def _layout_problems(
    medium: Medium, side: str, layout: Layout, where: Whereabouts
) -> Iterator[Problem]:
    settings = medium.settings
    if isinstance(settings, Cd):
        disc = disc_of(layout, disc_words(medium, {song: song for song in medium.order}))
        latest = sector_of(settings.max_leadout or medium.plant.max_leadout)
        for found in disc_problems(disc, max_sectors=latest, cd_text=settings.cd_text.write):
            yield replace(found.problem, at=where.disc(found))
    if isinstance(settings, Sided):
        yield from side_problems(medium, side, layout.frames / layout.rate_hz / 60, where)


def _name_problems(medium: Medium) -> Iterator[Problem]:
    try:
        names = list(medium.files.values())
    except SpellingError as error:
        yield _not_ascii(medium.name, error)
        return
    counted = Counter(name.casefold() for name in names)
    twice = [name for name in names if counted[name.casefold()] > 1]
    if twice:
        yield _same_file(medium.name, twice[0])


def _master_frames(medium: Medium, song_id: str) -> int:
    """How long a master will be."""
    song = medium.songs[song_id]
    return master_frames(medium.settings, song, medium.rate_in_hz, medium.rate_hz)


def _crossfade_too_long(
    medium: Medium, side: str, error: OverlapError, where: Whereabouts
) -> Problem:
    """A song is shorter than its overlaps; the longer of them is where it is told."""
    slots = medium.sides[side]
    near = range(error.slot, min(error.slot + 2, len(slots)))
    longest = max(near, key=lambda index: slots[index].crossfade_s)
    length, overlap = (frames / medium.rate_hz for frames in (error.frames, error.overlap))
    return Problem(
        slug="crossfade-too-long",
        at=where.slot(side, longest, "crossfade_s"),
        what=f"`{slots[error.slot].song}` lasts {length:.2f} s, and its crossfades {overlap:.2f} s",
        why="a crossfade takes its time from both songs, and two never overlap",
        fix="make `crossfade_s` shorter",
    )


def _mark_after_song(slot: Slot, seconds: float) -> Problem:
    """A track that would begin when its song is over."""
    return Problem(
        slug="mark-too-late",
        what=f"`{slot.song}` lasts {seconds:.2f} s, and its `mark` is at {slot.mark_s:g} s",
        why="a mark counts from the song's start, and a track begins within its song",
        fix="set `mark` before the song's end, or take it out",
    )


def _mark_after_track(slot: Slot) -> Problem:
    """A track that would begin after the next one."""
    return Problem(
        slug="mark-too-late",
        what=f"the `mark` of `{slot.song}` is at {slot.mark_s:g} s, when the next track has begun",
        why="a mark counts from the song's start, and the next song overlaps this one",
        fix="set `mark` earlier, or give the next song a `mark` too",
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
