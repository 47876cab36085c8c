"""Whether a groove can be cut: the room that it takes, how it plays by radius, what stands out."""

import math
from collections.abc import Iterator
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.groove import CELLS, Groove
from albumbuild.dsp.maths import db_to_gain, gain_to_db
from albumbuild.model.lathe import Lathe, RecordSize

Array = npt.NDArray[np.float64]
Kind = Literal["bass", "sibilance", "steep"]

SECTORS = 12
"""Parts of a turn for each of which a lathe with preview sets the pitch."""

MOST_DB = 24.0
"""No level is told that is further from the file's."""

_HALVINGS = 30


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a side that wants the cutter's ear; `worst` is in the unit of its kind.

    bass: out-of-phase excursion in um; sibilance and steep: per cent of what is allowed there.
    """

    kind: Kind
    start_s: float
    end_s: float
    worst: float


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A side as it would be cut at the file's level.

    Positive `..._db` say how much quieter it must be for that limit, negative how much louder
    it may be. `radius_um` is where the stylus is in each cell of the groove.
    """

    radius_um: Array
    turns: float
    room_used: float
    room_db: float
    depth_db: float
    steepness: Array
    curvature: Array
    hiss: Array
    weighted_g: Array
    events: tuple[Event, ...]

    @property
    def quieter_db(self) -> float:
        """How much quieter the whole side must be cut; negative where it may be louder.

        Treble that is too steep does not count: cutters hold it with a limiter of its own.
        """
        return max(self.room_db, self.depth_db)


def cut(groove: Groove, size: RecordSize, lathe: Lathe) -> Cut:
    """The side that this groove makes.

    It begins at the outermost diameter. A short side is spread over the record as far as the
    widest pitch goes, and a long one that does not fit is pressed together, to tell where on
    the record each sound would be.
    """
    turns = groove.seconds / size.turn_s
    walls = _Walls(groove, lathe)
    places = walls.places_um(1.0)
    travel_um = max(float(places[-1]), 1e-9)
    fill = min(size.room_um / travel_um, max(lathe.widest_um * turns / travel_um, 1.0))
    radius_um = size.outer_um - fill * np.repeat(places, CELLS // SECTORS)[: len(groove.wall_g)]
    speed_m_s = radius_um * (2e-6 * math.pi / size.turn_s)
    bend_g = speed_m_s * speed_m_s / (lathe.tip_um * 1e-6 * _GRAVITY)
    steepness = groove.wall_cm_s / (100.0 * lathe.steepest * speed_m_s)
    outer = size.outer_um / radius_um
    made = Cut(
        radius_um=radius_um,
        turns=turns,
        room_used=travel_um / size.room_um,
        room_db=walls.room_db(size.room_um),
        depth_db=_over_db(2 * groove.vertical_um.max(initial=0.0) / _depth_um(lathe)),
        steepness=steepness,
        curvature=groove.wall_g / bend_g,
        hiss=groove.hiss_g / bend_g,
        weighted_g=groove.wall_g * (outer * outer),
        events=(),
    )
    return msgspec.structs.replace(made, events=tuple(_events(groove, made, lathe)))


def figures_of(groove: Groove, made: Cut) -> dict[str, float]:
    """What `deliverable.json` says of a side: larger is worse, whichever it is.

    Accelerations grow inwards: `acceleration_weighted_g` is what the outermost groove would
    have to bear to be as hard to follow. A negative `level_reduction_db` is room for more.
    """
    values = {
        "lateral_amplitude_um": groove.lateral_um.max(initial=0.0),
        "lateral_velocity_cm_s": groove.lateral_cm_s.max(initial=0.0),
        "vertical_amplitude_um": groove.vertical_um.max(initial=0.0),
        "vertical_velocity_cm_s": groove.vertical_cm_s.max(initial=0.0),
        "vertical_bass_um": groove.bass_um.max(initial=0.0),
        "acceleration_weighted_g": made.weighted_g.max(initial=0.0),
        "steepness_pct": 100 * made.steepness.max(initial=0.0),
        "curvature_pct": 100 * made.curvature.max(initial=0.0),
        "sibilance_pct": 100 * made.hiss.max(initial=0.0),
        "room_used_pct": 100 * made.room_used,
        "level_reduction_db": made.quieter_db,
    }
    return {name: round(float(value), 3) for name, value in values.items()}


def lift_um(lathe: Lathe) -> float:
    """The out-of-phase excursion that a groove of the usual depth bears."""
    return (lathe.groove_um - lathe.least_um) / 2


def deepest_swing_um(lathe: Lathe) -> float:
    """The out-of-phase excursion that no groove bears: at its bottom too deep, at its top gone."""
    return _depth_um(lathe) / 2


_GRAVITY = 9.80665


def _depth_um(lathe: Lathe) -> float:
    """From the shallowest that a groove may be to the deepest."""
    return lathe.deepest_um - lathe.least_um / 2


class _Walls:
    """The edges of the groove in each sector, by turns: (turns, SECTORS) each."""

    def __init__(self, groove: Groove, lathe: Lathe) -> None:
        self._lathe = lathe
        self._sectors = -(-len(groove.wall_g) // (CELLS // SECTORS))
        self._outwards = self._by_turns(groove.outwards_um)
        self._inwards = self._by_turns(groove.inwards_um)
        self._shallower = self._by_turns(groove.shallower_um)

    def places_um(self, gain: float) -> Array:
        """How far in the stylus is in each sector, at the narrowest pitch that keeps turns apart.

        Each sector stays clear of the one beside it, a turn before: half of both grooves, as
        deep as their out-of-phase sound asks, what the one swings inwards and the other
        outwards, and the land. The stylus never goes back.
        """
        lathe = self._lathe
        half = np.maximum(lathe.groove_um / 2, lathe.least_um / 2 + gain * self._shallower)
        before = lathe.land_um + half + gain * self._inwards
        after = half + gain * self._outwards
        places = np.zeros_like(half)
        for turn in range(1, len(half)):
            clear = places[turn - 1] + before[turn - 1] + after[turn]
            places[turn] = np.maximum.accumulate(np.maximum(clear, places[turn - 1, -1]))
        return places.reshape(-1)[: max(self._sectors, 1)]

    def room_db(self, room_um: float) -> float:
        """How much quieter it must be to fit, within `MOST_DB` either way."""
        quieter, louder = -MOST_DB, MOST_DB
        for gain_db in (quieter, louder):
            fits = self.places_um(db_to_gain(gain_db))[-1] <= room_um
            if fits == (gain_db == louder):
                return -gain_db
        for _ in range(_HALVINGS):
            middle = (quieter + louder) / 2
            if self.places_um(db_to_gain(middle))[-1] <= room_um:
                quieter = middle
            else:
                louder = middle
        return -quieter

    def _by_turns(self, cells: Array) -> Array:
        turns = max(-(-len(cells) // CELLS), 1)
        padded = np.concatenate((cells, np.zeros(turns * CELLS - len(cells))))
        highest: Array = padded.reshape(turns, SECTORS, -1).max(axis=2)
        return highest


def _over_db(share: float) -> float:
    return max(gain_to_db(float(share)), -MOST_DB)


def _events(groove: Groove, made: Cut, lathe: Lathe) -> Iterator[Event]:
    found: list[Event] = []
    for kind, values, allowed in (
        ("bass", groove.bass_um, lift_um(lathe)),
        ("sibilance", 100 * made.hiss, 100.0),
        ("steep", 100 * made.steepness, 100.0),
    ):
        found += _stretches(kind, values, allowed, groove, lathe)  # type: ignore[arg-type]
    yield from sorted(found, key=lambda event: event.start_s)


def _stretches(
    kind: Kind, values: Array, allowed: float, groove: Groove, lathe: Lathe
) -> Iterator[Event]:
    """Where values are over what is allowed; stretches that are close become one."""
    over = np.flatnonzero(values > allowed)
    if not len(over):
        return
    apart = np.flatnonzero(np.diff(over) * groove.cell_s > lathe.event_gap_s)
    firsts = over[np.concatenate(([0], apart + 1))]
    lasts = over[np.concatenate((apart, [len(over) - 1]))]
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield Event(
            kind=kind,
            start_s=round(first * groove.cell_s, 2),
            end_s=round(min((last + 1) * groove.cell_s, groove.seconds), 2),
            worst=round(float(values[first : last + 1].max()), 1),
        )
