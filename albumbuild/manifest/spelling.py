"""Values that have spellings of their own: positions, levels, pans, points, assertions."""

import re
from collections.abc import Callable
from typing import Any

from albumbuild.manifest.hints import Hint
from albumbuild.manifest.wording import WANTED, Path, label, out_of_range, wrong_type
from albumbuild.model.check import FIGURES, SUBJECTS, Assertion
from albumbuild.model.level import level_from_text, pan_from_text
from albumbuild.model.node import Fields, Items, Node, Scalar
from albumbuild.model.problem import Problem, ProblemError, did_you_mean
from albumbuild.model.time import Point, Position, seconds_from_clock

LONGEST_S = 86_400.0
SHAPES = ("linear", "hold", "smooth")

_ASSERTION = re.compile(r"\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*")


def number(node: Node, path: Path, *, hint: Hint, wanted: str = "a number") -> float:
    """A finite number within the range of its setting."""
    if not isinstance(node, Scalar) or isinstance(node.value, (bool, str)) or node.value is None:
        raise ProblemError([wrong_type(node, path, wanted, hint)])
    value = float(node.value)
    if not value - value == 0.0:
        raise ProblemError([wrong_type(node, path, wanted, hint)])
    if (hint.low is not None and value < hint.low) or (hint.high is not None and value > hint.high):
        raise ProblemError([out_of_range(node, path, hint)])
    return value


def level(node: Node, path: Path, hint: Hint) -> float:
    """A number in dB, or `-inf`."""
    if isinstance(node, Scalar):
        off = level_from_text(str(node.value))
        if off is not None:
            return off
    return number(node, path, hint=hint, wanted=WANTED["level"])


def pan(node: Node, path: Path, hint: Hint) -> float:
    """A number from -100 to 100, or `L30`, `C`, `R30`."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        side = pan_from_text(node.value)
        if side is not None and abs(side) <= 100:
            return side
        if side is not None:
            what = f"`{node.value}` is further out than 100"
            why = "`L100` is hard left, `R100` hard right"
            fix = f"did you mean `{node.value[0]}100`?"
            problem = Problem(slug="out-of-range", at=node.span, what=what, why=why, fix=fix)
            raise ProblemError([problem])
    return number(node, path, hint=hint, wanted=WANTED["pan"])


def clock(node: Node, path: Path) -> float:
    """Seconds, or a clock time, as seconds."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        time_s = seconds_from_clock(node.value)
        if time_s is None:
            raise ProblemError([wrong_type(node, path, WANTED["position"])])
        return time_s
    hint = Hint(core=float, low=0.0, high=LONGEST_S, unit="s", description="a position")
    return number(node, path, hint=hint, wanted=WANTED["position"])


def automation(node: Node, path: Path, target: str) -> tuple[Point, ...]:
    """The points of one curve; every wrong point is told."""
    wanted = "a list of points such as `[[0, -3], [1:04, 0, hold]]`"
    if not isinstance(node, Items) or not node.items:
        raise ProblemError([wrong_type(node, path, wanted)])
    points: list[Point] = []
    problems: list[Problem] = []
    for index, item in enumerate(node.items):
        try:
            points.append(_point(item, (*path, index), target))
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(problems)
    return tuple(points)


def _point(node: Node, path: Path, target: str) -> Point:
    if not isinstance(node, Items) or len(node.items) not in (2, 3):
        raise ProblemError([wrong_type(node, path, "a point `[time, value]` or with its shape")])
    at = position(node.items[0], path)
    value = _VALUES.get(target, _any_number)(node.items[1], (*path, 1))
    shape = node.items[2] if len(node.items) == 3 else None
    if shape is None:
        return Point(at, value)
    if not isinstance(shape, Scalar) or shape.value not in SHAPES:
        what = f"{label(path)} has a shape that is none of `linear`, `hold`, `smooth`"
        said = str(shape.value) if isinstance(shape, Scalar) else ""
        fix = did_you_mean(said, SHAPES)
        raise ProblemError([Problem(slug="unknown-choice", at=shape.span, what=what, fix=fix)])
    return Point(at, value, shape.value)  # type: ignore[arg-type]


def position(node: Node, path: Path) -> Position:
    """Seconds, a clock time, or a bar and a beat."""
    if not isinstance(node, Fields):
        return Position(time_s=clock(node, path))
    problems = [
        Problem(
            slug="unknown-key",
            at=entry.key_span,
            what=f"a position has no key `{key}`",
            fix=did_you_mean(key, ("bar", "beat")),
        )
        for key, entry in node.entries.items()
        if key not in ("bar", "beat")
    ]
    if "bar" not in node.entries:
        problems.append(wrong_type(node, path, WANTED["position"]))
    if problems:
        raise ProblemError(problems)
    bars = Hint(core=float, low=1, high=9_999, description="bars count from 1")
    beats = Hint(core=float, low=1, high=4.999_999, description="beats count from 1, four a bar")
    bar_node = node.entries["bar"].node
    bar = number(bar_node, (*path, "bar"), hint=bars)
    if bar != int(bar):
        raise ProblemError([wrong_type(bar_node, (*path, "bar"), WANTED["int"])])
    beat = node.entries.get("beat")
    place = 1.0 if beat is None else number(beat.node, (*path, "beat"), hint=beats)
    return Position(bar=int(bar), beat=place)


def _any_number(node: Node, path: Path) -> float:
    """What a setting of an insert may be; its range, and how it is spelled, the insert knows."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        side = pan_from_text(node.value)
        if side is not None:
            return side
    return level(node, path, Hint(core=float))


_LEVEL = Hint(core=float, low=-120, high=40, unit="dB", description="a level")
_PAN = Hint(core=float, low=-100, high=100, description="place in the stereo field")
_VALUES: dict[str, Callable[[Node, Path], float]] = {
    "gain_db": lambda node, path: level(node, path, _LEVEL),
    "sends": lambda node, path: level(node, path, _LEVEL),
    "pan": lambda node, path: pan(node, path, _PAN),
}


def assertion(key: str, node: Node, path: Path) -> Assertion:
    """`<= -1`, or for a duration `<= 74:30`, as an operator and a number."""
    wanted = 'a comparison such as "<= -1"'
    found = None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        found = _ASSERTION.fullmatch(node.value)
    if found is None:
        raise ProblemError([wrong_type(node, path, wanted)])
    value = seconds_from_clock(found[2]) if key == "duration" else None
    try:
        value = float(found[2]) if value is None else value
    except ValueError as error:
        raise ProblemError([wrong_type(node, path, wanted)]) from error
    operator: Any = found[1]
    return Assertion(key, operator, value)


def figure_problem(key: str, node: Fields) -> Problem | None:
    """An assertion about a figure that nothing measures."""
    if key in FIGURES:
        return None
    at = node.entries[key].key_span
    what = f"nothing measures `{key}`"
    return Problem(
        slug="unknown-key", at=at, what=what, fix=did_you_mean(key, (*FIGURES, *SUBJECTS))
    )
