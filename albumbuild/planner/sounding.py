"""Whether there is anything to hear: trims within their files, mixes within their sound."""

from collections.abc import Iterator, Mapping

from albumbuild.formats.sound import SoundFormat
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.model.song import Stem
from albumbuild.planner.songs import SongPlan


def sound_problems(
    plan: SongPlan, formats: Mapping[str, tuple[SoundFormat, ...]], places: Places
) -> Iterator[Problem]:
    """Parts of one song that would be silent for its times; `formats` are those of its stems."""
    trims = [
        problem
        for name, stem in plan.song.stems.items()
        for problem in _trim_problems(plan, name, stem, formats[name], places)
    ]
    yield from trims
    if not any(problem.severity == "error" for problem in trims):
        yield from _mix_problems(plan, places)


def _trim_problems(
    plan: SongPlan,
    name: str,
    stem: Stem,
    shapes: tuple[SoundFormat, ...],
    places: Places,
) -> Iterator[Problem]:
    if stem.trim is None:
        return
    path = ("songs", plan.id, "stems", name, "trim")
    rate_hz, frames = shapes[0].rate_hz, min(shape.frames for shape in shapes)
    length_s = frames / rate_hz
    from_s = stem.trim.from_.seconds(plan.song.tempo)
    to_s = stem.trim.to.seconds(plan.song.tempo) if stem.trim.to else length_s
    if round(from_s * rate_hz) >= frames:
        yield Problem(
            slug="trim-after-file",
            at=places.of(*path, "from"),
            what=f"`trim` begins at {from_s:g} s, and the file of `{name}` lasts {length_s:.3f} s",
            why="nothing of the file is left",
            fix="set `from` within the file, or use `start` to move the stem in the song",
        )
    elif round(to_s * rate_hz) > frames:
        yield Problem(
            slug="trim-past-file",
            severity="warning",
            at=places.of(*path, "to"),
            what=f"`trim` ends at {to_s:g} s, and the file of `{name}` lasts {length_s:.3f} s",
            why="the stem ends with its file",
            fix="take `to` out, or see whether the file was exported whole",
        )


def _mix_problems(plan: SongPlan, places: Places) -> Iterator[Problem]:
    path = ("songs", plan.id, "mix")
    first_s, last_s = (frame / plan.rate_hz for frame in plan.sound)
    start, end = round(plan.start_s * plan.rate_hz), plan.song.mix.end
    if start >= plan.sound[1]:
        yield Problem(
            slug="mix-without-sound",
            at=places.of(*path, "start"),
            what=f"the mix of `{plan.id}` starts at {plan.start_s:g} s, and its last sound has "
            f"died away at {last_s:.3f} s",
            why="there would be nothing in it",
            fix="set `start` earlier, or take it out",
        )
    elif end and round((end_s := end.seconds(plan.song.tempo)) * plan.rate_hz) <= plan.sound[0]:
        yield Problem(
            slug="mix-without-sound",
            at=places.of(*path, "end"),
            what=f"the mix of `{plan.id}` ends at {end_s:g} s, and its first stem begins at "
            f"{first_s:g} s",
            why="there would be nothing in it",
            fix="set `end` later, or take it out",
        )
