"""From an album to its plan: every step of every song and every deliverable."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from albumbuild.engine.plan import Plan, Step
from albumbuild.engine.seal import Look
from albumbuild.model.album import Album
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, ProblemError
from albumbuild.planner.checks import Question, check_problems, questions
from albumbuild.planner.curves import refused_curves
from albumbuild.planner.demands import demand_problems, demands
from albumbuild.planner.media import medium_steps
from albumbuild.planner.medium import Medium, plan_medium
from albumbuild.planner.probes import Probed, probe_stems, still_fits
from albumbuild.planner.review import review_step
from albumbuild.planner.rules import medium_problems
from albumbuild.planner.songs import (
    SongPlan,
    group_step,
    ingest_steps,
    kept_steps,
    mix_steps,
    nodes_by_kind,
    plan_song,
)
from albumbuild.planner.sounding import sound_problems
from albumbuild.planner.sounds import with_sounds
from albumbuild.planner.unmastered import Spell, unmastered_steps


class AlbumPlan(msgspec.Struct, frozen=True, kw_only=True):
    """An album ready to be built; `warnings` do not keep it from that.

    `files` are those of its stems and of its devices, as they were when it was planned.
    `questions` are what its checks ask of what is built.
    """

    root: Path
    plan: Plan
    songs: Mapping[str, SongPlan]
    media: Mapping[str, Medium]
    warnings: tuple[Problem, ...]
    files: Mapping[Path, Probed]
    questions: tuple[Question, ...]

    @property
    def looked(self) -> dict[Path, Look | None]:
        """What the file system said of each of its files before its header was read."""
        return {path: each.look for path, each in self.files.items()}

    def fits(self, path: Path) -> bool:
        """Whether the plan holds for a file as it is now."""
        return path not in self.files or still_fits(path, self.files[path])

    def sound_s(self, step_id: str) -> float:
        """How many seconds of an album's sound a step works on."""
        kind, _, subject = step_id.partition(":")
        medium = self.media.get(subject.rpartition("@")[2])
        if medium is not None and kind != "master":
            return sum(self.songs[song].seconds for song in medium.order)
        song = self.songs.get(re.split("[/+@]", subject)[0])
        return song.seconds if song else 0.0


def plan_album(root: Path, album: Album, places: Places, *, spell: Spell = dict) -> AlbumPlan:
    """Every step that `make` may take; `spell` says the album as an archive keeps it.

    Raises:
        ProblemError: stems and curves that cannot be used, and rules of a medium that cannot
            hold.
    """
    probes, stems = probe_stems(root, album, places)
    album, sounds = with_sounds(root, album, places)
    rate_hz = album.rate_hz or max(
        (shape.rate_hz for shapes in probes.values() for shape in shapes), default=44_100
    )
    _usable(refused_curves(album, rate_hz, places))
    formats = {
        song_id: {stem: probes[song_id, stem] for stem in song.stems}
        for song_id, song in album.songs.items()
    }
    songs = {
        song_id: plan_song(song_id, album, formats[song_id], rate_hz=rate_hz)
        for song_id in album.songs
    }
    silent = _usable(
        each for song in songs.values() for each in sound_problems(song, formats[song.id], places)
    )
    media = {
        name: plan_medium(name, album, root, songs, rate_hz=rate_hz) for name in album.deliverables
    }
    unfit = (
        each
        for medium in media.values()
        for each in (*medium_problems(medium, places), *demand_problems(medium, places))
    )
    told = _usable([*silent, *unfit, *check_problems(album, media, places)])
    asked = (each for medium in media.values() for each in demands(medium, places))
    steps = _steps(root, songs.values(), media.values(), spell)
    page = review_step(root, album, media, steps)
    return AlbumPlan(
        root=root,
        plan=Plan([*steps.values(), page]),
        songs=songs,
        media=media,
        warnings=told,
        files={**sounds, **stems},
        questions=(*questions(album, media, places), *asked),
    )


def _usable(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, each once, if all of them are warnings."""
    told = tuple(dict.fromkeys(problems))
    if any(problem.severity == "error" for problem in told):
        raise ProblemError(told)
    return told


def with_step(planned: AlbumPlan, step_id: str) -> Plan:
    """The plan and, where `step_id` is a strip, bus or return that no build keeps, its step too."""
    kind, _, rest = step_id.partition(":")
    song_id, _, name = rest.partition("/")
    song = planned.songs.get(song_id)
    if step_id in planned.plan or song is None:
        return planned.plan
    if name not in nodes_by_kind(song.desk).get(kind, {}):
        return planned.plan
    return Plan([*planned.plan, group_step(song, name, planned.root)])


def on_demand(planned: AlbumPlan) -> Iterator[str]:
    """The ids of all strips, buses and returns, kept by a build or not."""
    for song in planned.songs.values():
        for kind, nodes in nodes_by_kind(song.desk).items():
            yield from (f"{kind}:{song.id}/{name}" for name in nodes)


def _steps(
    root: Path, songs: Iterable[SongPlan], media: Iterable[Medium], spell: Spell
) -> dict[str, Step]:
    """Every step of songs and deliverables by id: two of these may want the stems of one song."""
    made_by = [step for song in songs for step in _song_steps(song, root)]
    steps = {step.id: step for step in made_by}
    for medium in media:
        if medium.settings.mastered:
            own = medium_steps(medium)
        else:
            own = unmastered_steps(medium, made_by, spell)
        steps |= {step.id: step for step in own}
    return steps


def _song_steps(song: SongPlan, root: Path) -> Iterator[Step]:
    yield from ingest_steps(song, root)
    yield from kept_steps(song, root)
    yield from mix_steps(song, root)
