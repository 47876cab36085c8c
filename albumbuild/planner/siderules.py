"""What a side of a record or a tape cannot hold, and what its listeners should be spared."""

from collections.abc import Iterator, Mapping

from albumbuild.model.deliverable import Cassette, Sided, Vinyl
from albumbuild.model.problem import Problem, Span
from albumbuild.model.programme import Layout
from albumbuild.model.time import short_clock
from albumbuild.planner.lathe import record_sizes, tape_lengths
from albumbuild.planner.medium import Medium
from albumbuild.planner.whereabouts import Whereabouts


def disc_minutes(disc: str) -> tuple[float, float]:
    """Minutes a side of a record that cut well, and the most that plants take."""
    size = record_sizes()[disc]
    return size.good_min, size.most_min


def side_problems(
    medium: Medium, side: str, minutes: float, where: Whereabouts
) -> Iterator[Problem]:
    """A side that is longer than its medium, or than is good for it."""
    settings, at = medium.settings, where.whole("sides", side)
    if isinstance(settings, Cassette):
        most = tape_lengths()[settings.tape].most_min
        if minutes > most:
            yield _tape_too_short(medium, side, minutes, most, at)
    elif isinstance(settings, Vinyl):
        good, most = disc_minutes(settings.disc)
        if minutes > most:
            yield _side_too_long(medium, side, minutes, most, at)
        elif minutes > good:
            yield _side_long(medium, side, minutes, good, at)


def number_problems(medium: Medium, where: Whereabouts) -> Iterator[Problem]:
    """Sides that are to be planned, and that nothing is left for."""
    settings = medium.settings
    if not isinstance(settings, Sided) or settings.sides != "auto":
        return
    wanted, found = settings.side_count, len(medium.sides)
    if found < wanted:
        yield Problem(
            slug="too-few-songs",
            at=where.whole("sides"),
            what=f"`{medium.name}` has {wanted} sides, and songs for no more than {found}",
            why="no side is empty, and songs that overlap stay on one side",
            fix="name the sides yourself, such as `sides: {A: [one, two]}`"
            if wanted == 2
            else f"write `discs: {max(found // 2, 1)}`",
        )


def even_problems(
    medium: Medium, layouts: Mapping[str, Layout], where: Whereabouts
) -> Iterator[Problem]:
    """Two sides of one tape that are not alike, or of which the second is the longer one."""
    settings = medium.settings
    if not isinstance(settings, Cassette):
        return
    uneven = tape_lengths()[settings.tape].uneven_min
    minutes = [(side, each.frames / each.rate_hz / 60) for side, each in layouts.items()]
    for (first, begins), (second, ends) in zip(minutes[::2], minutes[1::2], strict=False):
        if begins - ends > uneven:
            yield _uneven(medium, first, second, begins - ends, where)
        elif round(60 * (ends - begins)) > 0:
            yield _uneven(medium, second, first, ends - begins, where)


def _tape_too_short(
    medium: Medium, side: str, minutes: float, most: float, at: Span | None
) -> Problem:
    """A side that runs off its tape."""
    settings = medium.settings
    assert isinstance(settings, Cassette)
    longer = [
        name
        for name, each in sorted(tape_lengths().items(), key=lambda item: item[1].most_min)
        if each.most_min >= minutes
    ]
    tape = f", or write `tape: {longer[0]}`" if longer else ""
    return Problem(
        slug="side-too-long",
        at=at,
        what=f"side `{side}` of `{medium.name}` is {short_clock(60 * minutes)} long",
        why=f"a {settings.tape} holds {short_clock(60 * most)} a side",
        fix=_way_out(settings) + tape,
    )


def _side_too_long(
    medium: Medium, side: str, minutes: float, most: float, at: Span | None
) -> Problem:
    """A side that no plant cuts."""
    return Problem(
        slug="side-too-long",
        at=at,
        what=f"side `{side}` of `{medium.name}` is {short_clock(60 * minutes)} long",
        why=f"plants take at most {short_clock(60 * most)} a side at this size and speed",
        fix=f"{_way_out(medium.settings)}, or choose another `disc`",
    )


def _side_long(medium: Medium, side: str, minutes: float, good: float, at: Span | None) -> Problem:
    """A side that must be cut quieter."""
    return Problem(
        slug="side-long",
        at=at,
        severity="warning",
        what=f"side `{side}` of `{medium.name}` is {short_clock(60 * minutes)} long",
        why=f"above {short_clock(60 * good)} a side is cut at a lower level",
        fix=f"{_way_out(medium.settings)} if it should be loud",
    )


def _uneven(medium: Medium, long: str, short: str, minutes: float, where: Whereabouts) -> Problem:
    """A tape that is turned over after a silence, or that ends with one."""
    longer = f"{short_clock(60 * minutes)} longer"
    return Problem(
        slug="sides-uneven",
        at=where.whole("sides"),
        severity="warning",
        what=f"side `{long}` of `{medium.name}` is {longer} than `{short}`",
        why="a tape is as long as its longer side, the first one at best, and the other ends in "
        "silence",
        fix=_way_out(medium.settings),
    )


def _way_out(settings: object) -> str:
    """What makes a side shorter."""
    if not isinstance(settings, Sided) or settings.sides != "auto":
        return "move a song to another side, or write `sides: auto`"
    ways = ["leave a song out with a `sequence` of its own"]
    if not settings.reorder:
        ways.insert(0, "write `reorder: true`")
    if isinstance(settings, Vinyl) and settings.discs < 4:
        ways.insert(0, f"write `discs: {settings.discs + 1}`")
    return ", or ".join(ways)
