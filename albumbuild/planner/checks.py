"""The album's own checks: what each is about, and whether it holds once that is measured."""

import math
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from itertools import pairwise

import msgspec

from albumbuild.model.album import Album
from albumbuild.model.check import LEVELS, SPREAD_FIGURES, Assertion, Check
from albumbuild.model.deliverable import Archive, Mixes
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span, did_you_mean
from albumbuild.planner.medium import Medium
from albumbuild.steps.figures import SOUND, Named
from albumbuild.steps.loudfirst import as_played


class Heard(msgspec.Struct, frozen=True):
    """One sound, as a step measured it."""

    step: str
    sound: str = SOUND


Figures = Callable[[Heard], Mapping[str, Named]]
"""What the step of a sound has measured, by the name of each of its sounds."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One assertion about one subject; the figure is that of its sound, or lies between several.

    `added` counts to what is measured. `because` says whose rule it is, where not the album's.
    `order` puts several into their order, where only what is measured tells it.
    """

    subject: str
    assertion: Assertion
    at: Span | None
    heard: tuple[Heard, ...]
    added: float = 0.0
    because: str = ""
    order: Callable[[Figures], tuple[Heard, ...]] | None = None

    def measured(self, figures: Figures) -> float | None:
        """The figure; None where there is none."""
        heard = self.heard if self.order is None else self.order(figures)
        named = [figures(each)[each.sound] for each in heard]
        figure = self.assertion.figure
        if figure in SPREAD_FIGURES:
            return _between(figure, [_value("integrated_lufs", each) for each in named])
        value = _value(figure, named[0])
        return None if value is None else value + self.added


def questions(album: Album, media: Mapping[str, Medium], places: Places) -> Iterator[Question]:
    """Every assertion of the album about every subject that it fits, in the order of the manifest.

    Those that fit none are left to `check_problems`.
    """
    for index, check in enumerate(album.checks):
        for assertion in check.assertions:
            at = places.of("checks", index, assertion.figure)
            spread = assertion.figure in SPREAD_FIGURES
            for name, heard in _subjects(check, media):
                yield Question(
                    subject=f"{check.kind} {name}",
                    assertion=assertion,
                    at=at,
                    heard=_masters(media[name]) if spread else (heard,),
                    order=partial(_as_played, media[name]) if spread else None,
                )


def check_problems(album: Album, media: Mapping[str, Medium], places: Places) -> Iterator[Problem]:
    """Checks that are about nothing, or ask what their subject cannot answer."""
    for index, check in enumerate(album.checks):
        at = places.of("checks", index, check.kind)
        if not any(True for _ in _subjects(check, media)):
            yield _about_nothing(check, _names(check, media), at)
        for assertion in check.assertions:
            if assertion.figure in SPREAD_FIGURES and check.kind != "deliverable":
                yield _no_spread(assertion.figure, places.key_of("checks", index, assertion.figure))


def _subjects(check: Check, media: Mapping[str, Medium]) -> Iterator[tuple[str, Heard]]:
    """What a check is about, by name, and where its figures are."""
    for name, heard in _all_subjects(check.kind, media):
        if fnmatchcase(name.partition(" ")[0], check.name):
            yield name, heard


def _all_subjects(kind: str, media: Mapping[str, Medium]) -> Iterator[tuple[str, Heard]]:
    mastered = [each for each in media.values() if each.settings.mastered]
    if kind == "deliverable":
        yield from ((each.name, Heard(f"sequence:{each.name}")) for each in mastered)
    elif kind == "master":
        for medium in mastered:
            yield from ((f"{song}@{medium.name}", master_of(medium, song)) for song in medium.keys)
    else:
        songs = dict.fromkeys(song for medium in media.values() for song in medium.order)
        for song in songs:
            yield from ((f"{song} on {name}", heard) for name, heard in _of_song(song, media))


def _of_song(song: str, media: Mapping[str, Medium]) -> Iterator[tuple[str, Heard]]:
    """The sounds that a song is judged by, each with the deliverable that it is for."""
    holding = [medium for medium in media.values() if song in medium.keys]
    masters = [each for each in holding if each.settings.mastered]
    common = [each for each in masters if each.is_as_loud_as_the_album]
    for medium in common or masters:
        yield medium.name, master_of(medium, song)
    if not masters:
        whole = (each for each in holding if isinstance(each.settings, Mixes | Archive))
        yield from ((each.name, Heard(f"deliver:{each.name}", song)) for each in [*whole][:1])


def master_of(medium: Medium, song: str) -> Heard:
    """The master of a song for a deliverable."""
    return Heard(f"master:{song}@{medium.name}")


def _masters(medium: Medium) -> tuple[Heard, ...]:
    return tuple(master_of(medium, song) for song in medium.keys)


def _as_played(medium: Medium, figures: Figures) -> tuple[Heard, ...]:
    """The masters in the order in which they play."""
    measured = {song: figures(master_of(medium, song))[SOUND] for song in medium.keys}
    return tuple(
        master_of(medium, slot.song)
        for side, slots in medium.sides.items()
        for slot in as_played(slots, medium.runs.get(side, ()), measured)
    )


def _value(figure: str, named: Named) -> float | None:
    if figure == "duration":
        return float(named["frames"]) / float(named["rate_hz"])
    if figure == "dc":
        return max((abs(each) for each in named["dc"]), default=0.0)
    value = named[figure]
    if value is None:
        return -math.inf if figure.endswith(LEVELS) else None
    return float(value)


def _between(figure: str, loudness: list[float | None]) -> float | None:
    """What lies between the loudness of songs, silent ones left out."""
    heard = [each for each in loudness if each is not None and math.isfinite(each)]
    if len(heard) < 2:
        return 0.0 if heard else None
    if figure == "loudness_spread_lu":
        return max(heard) - min(heard)
    return max(abs(after - before) for before, after in pairwise(heard))


def _names(check: Check, media: Mapping[str, Medium]) -> list[str]:
    """What a check of this kind could be about."""
    return [name.partition(" ")[0] for name, _ in _all_subjects(check.kind, media)]


def _about_nothing(check: Check, known: list[str], at: Span | None) -> Problem:
    """A check whose subject no deliverable holds."""
    why = {
        "song": "a song is judged as a deliverable holds it",
        "master": "a master is called `SONG@DELIVERABLE`",
        "deliverable": "a deliverable is judged by its programme; `mixes`, `stems` and `archive` "
        "have none",
    }[check.kind]
    return Problem(
        slug="check-about-nothing",
        at=at,
        what=f"there is no {check.kind} `{check.name}` to check",
        why=why,
        fix=did_you_mean(check.name, known),
    )


def _no_spread(figure: str, at: Span | None) -> Problem:
    """A figure between songs, asked of one."""
    return Problem(
        slug="check-of-one",
        at=at,
        what=f"`{figure}` is no figure of one sound",
        why="it lies between the songs of a deliverable",
        fix='begin the check with `deliverable`, such as `deliverable: "*"`',
    )
