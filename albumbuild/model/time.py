"""Places on a time line, points of a curve, fades and note lengths."""

import re
from typing import Annotated, Literal, TypeAlias

import msgspec

from albumbuild.model.units import Number, Seconds

BEATS_A_BAR = 4
NOTE_PATTERN = r"\d{1,3}/\d{1,3}[.t]?"
"""A note length: `1/8`, `1/4.` dotted, `1/8t` triplet."""

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")

Curve: TypeAlias = Literal["linear", "equal_power", "s", "log"]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A place on a time line: seconds, or a bar and a beat, both counted from 1."""

    time_s: float | None = None
    bar: Annotated[int, Number(1, 9_999, "bar, counted from 1")] | None = None
    beat: Annotated[float, Number(1, 4.999_999, "beat in the bar, counted from 1")] = 1.0

    def seconds(self, tempo: float | None) -> float:
        """Seconds from the start, at `tempo` quarter notes a minute and four of them a bar.

        Raises:
            ValueError: the position is in bars and there is no tempo.
        """
        if self.time_s is not None:
            return self.time_s
        if self.bar is None or not tempo:
            raise ValueError("a position in bars needs a tempo")
        return ((self.bar - 1) * BEATS_A_BAR + self.beat - 1) * 60.0 / tempo


START = Position(time_s=0.0)


class Point(msgspec.Struct, frozen=True):
    """One point of a curve; `shape` is how the value gets there from the point before."""

    at: Position
    value: float
    shape: Literal["linear", "hold", "smooth"] = "linear"


class Fade(msgspec.Struct, frozen=True, kw_only=True):
    """A fade of a length and a curve."""

    time_s: Annotated[float, Seconds(0, 600, "how long the fade lasts")]
    curve: Annotated[Curve, msgspec.Meta(description="how the level moves")] = "linear"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a sound: its frames `first` … `last`, the end not included."""

    first: int
    last: int


class Trim(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The part of a file that is used."""

    from_: Annotated[Position, msgspec.Meta(description="where the used part begins")] = START
    to: Annotated[Position, msgspec.Meta(description="where it ends; default: the file's end")] | (
        None
    ) = None


def either(fade: Fade | None, time_s: float | None) -> Fade | None:
    """A fade that was written in full or as plain seconds, which is a straight line."""
    return fade or (None if time_s is None else Fade(time_s=time_s))


def seconds_from_clock(text: str) -> float | None:
    """`1:02.250` or `1:02:00.5` in seconds; nothing for any other text."""
    found = _CLOCK.fullmatch(text)
    if found is None or float(found[3]) >= 60 or (found[1] and int(found[2]) >= 60):
        return None
    return int(found[1] or 0) * 3_600 + int(found[2]) * 60 + float(found[3])


def clock(seconds: float) -> str:
    """`m:ss.hh`, to the nearest hundredth."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def short_clock(seconds: float) -> str:
    """`m:ss`, to the nearest second."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def note_seconds(note: str, tempo: float) -> float:
    """How long a note lasts at `tempo` quarter notes a minute.

    Raises:
        ValueError: `note` is no note length, such as `1/8`, `1/4.` or `1/8t`.
    """
    if re.fullmatch(NOTE_PATTERN, note) is None:
        raise ValueError(f"`{note}` is no note length")
    over, _, under = note.rstrip(".t").partition("/")
    if not int(over) or not int(under):
        raise ValueError(f"`{note}` is no note length")
    stretch = {".": 1.5, "t": 2.0 / 3.0}.get(note[-1], 1.0)
    return int(over) / int(under) * 4 * 60.0 / tempo * stretch
