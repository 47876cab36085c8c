"""Sentences of the reader: what was given, what is wanted, and the likely slip."""

from typing import TYPE_CHECKING, Any

from albumbuild.model.node import Items, Node, Scalar
from albumbuild.model.problem import Problem, Span, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from albumbuild.manifest.hints import Hint

Path = tuple[str | int, ...]

WANTED = {
    "float": "a number",
    "int": "a whole number",
    "bool": "`true` or `false`",
    "str": "text",
    "list": "a list",
    "map": "a mapping",
    "record": "a mapping",
    "level": "a number in dB or `-inf`",
    "pan": "a number from -100 to 100, or `L30`, `C`, `R30`",
    "path": "the path of a file",
    "digits": "digits in quotes",
    "position": 'seconds, a clock time such as "1:02.250", or `{bar: 17, beat: 1}`',
}


def plain(value: Any) -> str:
    """A number as a user would write it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def label(path: Path) -> str:
    """How a message calls the part at `path`: its key, or the item of its list."""
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "the manifest")
    if path and isinstance(path[-1], int):
        return f"item {path[-1] + 1} of `{key}`"
    return f"`{key}`"


def given(node: Node) -> str:
    """What stands there, in words."""
    if isinstance(node, Scalar):
        if node.value is None:
            return "nothing"
        if isinstance(node.value, str):
            return f"the text `{node.value}`"
        return f"`{node.text}`" if isinstance(node.value, bool) else f"the number {node.text}"
    return "a list" if isinstance(node, Items) else "a mapping"


def wrong_type(node: Node, path: Path, wanted: str) -> Problem:
    """A value is of a type that its setting does not take."""
    fix, number = "", _number(node)
    if "number" in wanted and number is not None:
        fix = f"write it without quotes: {_pair(path, number)}"
    return Problem(
        slug="wrong-type",
        at=node.span,
        what=f"{label(path)} wants {wanted}, not {given(node)}",
        why="a number in quotes is text" if fix else "",
        fix=fix,
    )


def unquoted_digits(node: Scalar, path: Path) -> Problem:
    """A code of digits that was written as a number."""
    return Problem(
        slug="wrong-type",
        at=node.span,
        what=f"{label(path)} wants {WANTED['digits']}, not {given(node)}",
        why="a number loses the zeros that it begins with",
        fix=f'write it in quotes: `{path[-1]}: "{node.text}"`',
    )


def out_of_range(node: Scalar, path: Path, hint: "Hint") -> Problem:
    """A number lies outside the range of its setting."""
    value = float(node.value)  # type: ignore[arg-type]
    low, high, unit = hint.low, hint.high, f" {hint.unit}" if hint.unit else ""
    is_low = low is not None and value < low
    bound = plain(low if is_low else high)
    return Problem(
        slug="out-of-range",
        at=node.span,
        what=f"{_pair(path, node.text)} is {'below' if is_low else 'above'} {bound}{unit}",
        why=f"{hint.description}: {_range(hint)}{unit}" if hint.description else "",
        fix=_slip(value, path, hint),
    )


def unknown_key(key: str, at: Span, *, known: "Collection[str]", owner: str) -> Problem:
    """A key that its mapping does not have."""
    return Problem(
        slug="unknown-key",
        at=at,
        what=f"{owner} has no key `{key}`",
        fix=did_you_mean(key, known),
    )


def missing_key(key: str, at: Span | None, *, owner: str, hint: "Hint") -> Problem:
    """A key without which its mapping means nothing."""
    return Problem(
        slug="missing-key",
        at=at,
        what=f"{owner} has no `{key}`",
        why=hint.description,
        fix=f"add `{key}: …`",
    )


def unknown_choice(node: Scalar, path: Path, choices: "Collection[Any]") -> Problem:
    """A word that is none of those the setting takes."""
    return Problem(
        slug="unknown-choice",
        at=node.span,
        what=f"{_pair(path, node.text)} is none of the choices",
        why="it is one of " + ", ".join(f"`{choice}`" for choice in choices),
        fix=_closest(node.value, choices),
    )


def _closest(value: Any, choices: "Collection[Any]") -> str:
    if isinstance(value, str) and value in map(str, choices):
        return f"write it without quotes: `{value}`"
    fix = did_you_mean(str(value), [str(choice) for choice in choices])
    return fix if fix.startswith("did") else ""


def _pair(path: Path, text: str) -> str:
    if path and isinstance(path[-1], int):
        return f"`{text}` in {label(path[:-1])}"
    return f"`{path[-1] if path else ''}: {text}`"


def _number(node: Node) -> str | None:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    try:
        float(node.value)
    except ValueError:
        return None
    return node.value


def _range(hint: "Hint") -> str:
    low, high = hint.low, hint.high
    if low is None or high is None:
        return f"at most {plain(high)}" if low is None else f"at least {plain(low)}"
    return f"{plain(low)} … {plain(high)}"


_SLIPS = {
    "ms": ((1_000, "milliseconds are wanted, and {given} looks like seconds"),),
    "s": ((0.001, "seconds are wanted, and {given} looks like milliseconds"),),
    "Hz": (
        (1_000, "hertz are wanted, and {given} looks like kilohertz"),
        (0.001, "{given} looks a thousand times too high"),
    ),
    "dB": ((-1, "the sign looks turned round"),),
    "LUFS": ((-1, "loudness is below zero"),),
    "dBTP": ((-1, "true peaks are below zero"),),
    "%": ((100, "per cent are wanted, and {given} looks like a share of one"),),
}


def _slip(value: float, path: Path, hint: "Hint") -> str:
    for factor, reason in _SLIPS.get(hint.unit, ()):
        meant = value * factor
        above = hint.low is None or meant >= hint.low
        if value and above and (hint.high is None or meant <= hint.high):
            pair = _pair(path, plain(round(meant, 9)))
            return f"did you mean {pair}? {reason.format(given=plain(value))}"
    return f"a number from {_range(hint).replace(' … ', ' to ')}" if hint.low is not None else ""
