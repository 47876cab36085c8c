"""Whether the songs of an album belong together: what stands out is told in a warning."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span
from albumbuild.planner.medium import Medium
from albumbuild.steps.figures import Named
from albumbuild.steps.loudfirst import as_played

LOUD_LU = 4.0
"""A song that much louder than both of its neighbours is told."""

TONE_DB = 4.5
"""A song whose octaves are that far from the album's median, in the mean, is told."""

MOST_DB = 12.0
"""No octave counts for more: an instrument without a lowest octave is no fault by itself."""

FEWEST = 3
"""Songs without which there is no album to stand out from."""

OCTAVES_HZ = (63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000)
FLOOR_DB = -120.0

Masters = Callable[[Medium, str], Named | None]
"""What the master of a song for a deliverable measures; None where it has not been built."""


def consistency_problems(
    media: Mapping[str, Medium], figures: Masters, places: Places
) -> Iterator[Problem]:
    """A warning for each song that is too loud for its place, or of another tone than the rest.

    Each is told once, with the deliverables where it is so.
    """
    loud: dict[str, dict[str, float]] = {}
    toned: dict[str, dict[str, Sequence[float]]] = {}
    for medium in media.values():
        if not medium.settings.mastered:
            continue
        named = {song: figures(medium, song) for song in medium.keys}
        for song, over_lu in _loud(medium, named):
            loud.setdefault(song, {})[medium.name] = over_lu
        for song, away_db in _toned(named):
            toned.setdefault(song, {})[medium.name] = away_db
    for song, found in loud.items():
        at = places.of("songs", song, "master", "loudness_offset_lu")
        yield _too_loud(song, found, at or places.key_of("songs", song))
    for song, shapes in toned.items():
        yield _other_tone(song, shapes, places.key_of("songs", song))


def _loud(medium: Medium, named: Mapping[str, Named | None]) -> Iterator[tuple[str, float]]:
    """Songs that are louder than those before and after them on their side, and by how much."""
    for side, slots in medium.sides.items():
        made = {slot.song: each for slot in slots if (each := named[slot.song])}
        starts = medium.runs.get(side, ()) if len(made) == len(slots) else ()
        played = as_played(slots, starts, made)
        levels = [_lufs(named[slot.song]) for slot in played]
        for index, slot in enumerate(played):
            beside = [levels[at] for at in (index - 1, index + 1) if 0 <= at < len(levels)]
            if not beside:
                continue
            over_lu = levels[index] - max(beside)
            if LOUD_LU <= over_lu < math.inf:
                yield slot.song, over_lu


def _lufs(named: Named | None) -> float:
    """The loudness of a song; that of one which is silent or not built is above all others."""
    value = named["integrated_lufs"] if named else None
    return math.inf if value is None else float(value)


def _toned(named: Mapping[str, Named | None]) -> Iterator[tuple[str, Sequence[float]]]:
    """Songs whose octaves are far from the median of all, and how far each octave is."""
    shapes = {song: shape for song, each in named.items() if each and (shape := _shape(each))}
    if len(shapes) < FEWEST:
        return
    usual = [median(levels) for levels in zip(*shapes.values(), strict=True)]
    for song, shape in shapes.items():
        away_db = [level - middle for level, middle in zip(shape, usual, strict=True)]
        counted = [min(abs(each), MOST_DB) for each in away_db]
        if math.fsum(counted) / len(counted) >= TONE_DB:
            yield song, away_db


def _shape(named: Named) -> list[float] | None:
    """The level of each octave against their mean; None for silence."""
    bands = named["spectrum_db"]
    power = {float(hz): 10.0 ** (level / 10.0) for hz, level in bands.items() if level is not None}
    if not power:
        return None
    levels = [_octave_db(power, centre) for centre in OCTAVES_HZ]
    mean = math.fsum(levels) / len(levels)
    return [level - mean for level in levels]


def _octave_db(power: Mapping[float, float], centre_hz: float) -> float:
    """The power of the three thirds of an octave about its centre."""
    within = math.fsum(each for hz, each in power.items() if 0.7 < hz / centre_hz < 1.4)
    return max(10.0 * math.log10(within), FLOOR_DB) if within > 0.0 else FLOOR_DB


def _too_loud(song: str, found: Mapping[str, float], at: Span | None) -> Problem:
    """A song that jumps out of the album."""
    return Problem(
        slug="song-stands-out",
        severity="warning",
        at=at,
        what=f"`{song}` is {max(found.values()):.1f} LU louder than the songs beside it",
        why=f"so it is in {_listed(found)}; who listens to the album reaches for the volume",
        fix="lower its `loudness_offset_lu`, or leave it as it is where that is meant",
    )


def _other_tone(song: str, found: Mapping[str, Sequence[float]], at: Span | None) -> Problem:
    """A song of another tone than the rest of the album."""
    away_db = next(iter(found.values()))
    octave, by_db = max(zip(OCTAVES_HZ, away_db, strict=True), key=lambda pair: abs(pair[1]))
    more = "more" if by_db > 0 else "less"
    return Problem(
        slug="tone-stands-out",
        severity="warning",
        at=at,
        what=f"the tone of `{song}` is far from that of the album",
        why=f"in {_listed(found)} it has {abs(by_db):.0f} dB {more} about {octave} Hz than the "
        "median of the songs",
        fix="an `eq` or a `match` in its `master.inserts` brings it nearer; leave it as it is "
        "where that is meant",
    )


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in names)
