"""What the cutter reads about one side: the predicted groove, when what happens, and advice."""

from collections.abc import Iterator

from albumbuild.dsp.cutting import Cut, Event, Kind, deepest_swing_um, lift_um
from albumbuild.dsp.groove import BASS_HZ, Groove
from albumbuild.model.lathe import Lathe, RecordSize
from albumbuild.model.time import clock

MOST_EVENTS = 12
"""Of each kind, the worst; the rest are counted."""

KINDS: dict[Kind, str] = {
    "bass": "out-of-phase bass",
    "sibilance": "sibilance",
    "steep": "steep treble",
}


def reference_line(lathe: Lathe) -> str:
    """At which level all figures of the notes are told."""
    return (
        f"figures hold for a level at which a 1 kHz sine of 0 dBFS in both channels is cut with "
        f"{lathe.reference_cm_s:g} cm/s peak"
    )


def side_lines(groove: Groove, made: Cut, size: RecordSize, lathe: Lathe) -> Iterator[str]:
    """The lines about one side."""
    yield from _groove_lines(groove)
    yield from _room_lines(groove, made, size)
    for kind in KINDS:
        yield from _event_lines([each for each in made.events if each.kind == kind])
    yield from (f"  advice: {line}" for line in advice(groove, made, lathe))


def advice(groove: Groove, made: Cut, lathe: Lathe) -> Iterator[str]:
    """What is to be done, a sentence each; that nothing is, where that is so."""
    told = False
    for holds, sentence in (
        (
            made.quieter_db > 0,
            f"cut it {made.quieter_db:.1f} dB quieter, or make the side shorter",
        ),
        (
            groove.vertical_um.max(initial=0.0) > deepest_swing_um(lathe),
            "the groove would go too deep or vanish: the sound must change before it is cut",
        ),
        (
            any(each.kind == "bass" for each in made.events),
            f"bring sound under {BASS_HZ:g} Hz into phase (an elliptical equaliser, or a "
            "`stereo` insert with `mono_below_hz`), or cut a deeper groove there",
        ),
        (
            any(each.kind == "sibilance" for each in made.events),
            "turn sibilance down at the times above (a `deesser` insert), or move the song "
            "outwards",
        ),
        (
            any(each.kind == "steep" for each in made.events),
            "hold treble at the times above with a treble limiter, or cut at half speed",
        ),
    ):
        if holds:
            told = True
            yield sentence
    if not told:
        yield "it cuts as it is"


def _groove_lines(groove: Groove) -> Iterator[str]:
    for label, amplitude, velocity, acceleration in (
        ("sideways", groove.lateral_um, groove.lateral_cm_s, groove.lateral_g),
        ("up and down", groove.vertical_um, groove.vertical_cm_s, groove.vertical_g),
    ):
        most = [float(each.max(initial=0.0)) for each in (amplitude, velocity, acceleration)]
        yield (
            f"  {label}: amplitude {most[0]:.1f} um, velocity {most[1]:.1f} cm/s, "
            f"acceleration {most[2]:.0f} g"
        )


def _room_lines(groove: Groove, made: Cut, size: RecordSize) -> Iterator[str]:
    pitch_um = made.room_used * size.room_um / max(made.turns, 1e-9)
    fits_s = groove.seconds / made.room_used
    first_mm, last_mm = (float(made.radius_um[at]) / 1000 for at in (0, -1))
    yield (
        f"  {made.turns:.0f} turns, {pitch_um:.0f} um apart at the closest; "
        f"spread over radii of {first_mm:.1f} to {last_mm:.1f} mm"
    )
    yield (
        f"  {100 * made.room_used:.0f} % of the room is used: {clock(min(fits_s, 5999))} like this "
        f"would fit, {_level(made.quieter_db)}"
    )
    yield (
        f"  treble against the radius: walls {100 * made.steepness.max(initial=0.0):.0f} % as steep"
        f" as can be cut, curves {100 * made.curvature.max(initial=0.0):.0f} % as tight as a "
        "spherical stylus"
    )


def _level(quieter_db: float) -> str:
    if quieter_db > 0:
        return f"this must be {quieter_db:.1f} dB quieter"
    return f"its length and depth allow {-quieter_db:.1f} dB more"


def _event_lines(events: list[Event]) -> Iterator[str]:
    worst = sorted(events, key=lambda each: -each.worst)[:MOST_EVENTS]
    for each in sorted(worst, key=lambda each: each.start_s):
        unit = " um" if each.kind == "bass" else " % of what plays there"
        yield (
            f"  {clock(each.start_s)} to {clock(each.end_s)}: {KINDS[each.kind]}, "
            f"{each.worst:.0f}{unit}"
        )
    if len(events) > len(worst):
        kind = KINDS[events[0].kind]
        yield f"  and {len(events) - len(worst)} more times of {kind}, less than those"


def limits_line(lathe: Lathe) -> str:
    """What the events are counted from."""
    return (
        f"told are out-of-phase bass over {lift_um(lathe):.1f} um, sibilance whose curves are "
        f"tighter than a stylus of {lathe.tip_um:g} um, and walls that the cutting stylus cannot "
        "follow"
    )
