"""Sides that no lathe cuts as they are: told once they have been built."""

from collections.abc import Callable, Iterator, Mapping

from albumbuild.dsp.cutting import deepest_swing_um
from albumbuild.model.deliverable import Vinyl
from albumbuild.model.lathe import Lathe
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span
from albumbuild.planner.lathe import house_lathe
from albumbuild.planner.medium import Medium
from albumbuild.steps.figures import Named

Sides = Callable[[Medium], Mapping[str, Named] | None]
"""What each side of a record will ask of the lathe; None where it has not been built."""


def cutting_problems(
    media: Mapping[str, Medium], sides: Sides, places: Places
) -> Iterator[Problem]:
    """The rules that a side breaks: its length at its level, its depth, its treble."""
    lathe = house_lathe()
    for medium in media.values():
        if not isinstance(medium.settings, Vinyl):
            continue
        for side, figures in (sides(medium) or {}).items():
            at = places.of("deliverables", medium.name, "sides", side)
            subject = f"side `{side}` of `{medium.name}`"
            if figures["vertical_amplitude_um"] > deepest_swing_um(lathe):
                yield _too_deep(subject, figures, lathe, at)
            elif figures["level_reduction_db"] > lathe.most_quieter_db:
                yield _too_quiet(subject, figures, lathe, at)
            if figures["steepness_pct"] > 100 * lathe.most_steep:
                yield _too_steep(subject, figures, lathe, at)


def _too_quiet(subject: str, figures: Named, lathe: Lathe, at: Span | None) -> Problem:
    """A side that would only fit far under its level."""
    return Problem(
        slug="uncuttable-level",
        at=at,
        what=f"{subject} would have to be cut {figures['level_reduction_db']:.1f} dB quieter",
        why=(
            f"it takes {figures['room_used_pct']:.0f} % of the room at its level, and more than "
            f"{lathe.most_quieter_db:g} dB quieter is lost in the noise of the record"
        ),
        fix="move a song to another side, or turn bass down, most of all out of phase",
    )


def _too_deep(subject: str, figures: Named, lathe: Lathe, at: Span | None) -> Problem:
    """Out-of-phase sound that no depth of groove bears."""
    return Problem(
        slug="uncuttable-depth",
        at=at,
        what=f"{subject} moves the stylus {figures['vertical_amplitude_um']:.0f} um up and down",
        why=(
            f"beyond {deepest_swing_um(lathe):.0f} um the groove is too deep in one place or gone "
            "in another; that is out-of-phase bass"
        ),
        fix="add a `stereo` insert with `mono_below_hz: 150` or higher",
    )


def _too_steep(subject: str, figures: Named, lathe: Lathe, at: Span | None) -> Problem:
    """Treble that the back of the cutting stylus would wipe out."""
    return Problem(
        slug="uncuttable-treble",
        at=at,
        what=f"{subject} has walls {figures['steepness_pct']:.0f} % as steep as can be cut",
        why=f"a treble limiter on the lathe holds no more than {100 * lathe.most_steep:.0f} %",
        fix="turn treble down, or move the song outwards; the notes to the cutter say when",
    )
