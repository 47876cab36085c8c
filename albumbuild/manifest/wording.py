"""Sentences of the reader: what was given, what is wanted, and the likely slip."""

import re
from math import inf
from typing import TYPE_CHECKING, Any

from albumbuild.model.node import Items, Node, Scalar
from albumbuild.model.plant import TIME
from albumbuild.model.problem import Problem, Span, did_you_mean
from albumbuild.model.song import DATE
from albumbuild.model.time import NOTE_PATTERN

if TYPE_CHECKING:
    from collections.abc import Collection

    from albumbuild.manifest.hints import Hint

Path = tuple[str | int, ...]

PRESET = "preset"
"""What stands for a preset among inserts, where others name a device."""

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
    PRESET: "the name of a preset",
    "digits": "digits in quotes",
    "position": 'seconds, a clock time such as "1:02.250", or `{bar: 17, beat: 1}`',
}

SWITCHES = {
    **dict.fromkeys(("yes", "on", "y", "true", "1"), "true"),
    **dict.fromkeys(("no", "off", "n", "false", "0"), "false"),
}
"""What elsewhere means `true` or `false`."""

_EXAMPLES = {
    WANTED["float"]: "a plain number such as `-1.5`, in digits and without its unit",
    WANTED["int"]: "a number such as `2`, without a fraction",
    WANTED["level"]: "a plain number such as `-6`, in digits and without its unit",
    WANTED["bool"]: "write `true` or `false`, without quotes",
    WANTED["str"]: "write one line of text",
    WANTED["list"]: "put it in brackets, `[…]`, or each item on a line that begins with `- `",
    WANTED["map"]: "write `key: value`, each on a line of its own below, further in",
    WANTED["path"]: "a path such as `stems/kick.wav`, from the folder of this manifest",
    WANTED[PRESET]: "write `preset: NAME`, or `preset: {name: NAME, …}` with what differs",
    WANTED["position"]: 'count from the start: `62.25`, or in quotes "1:02.250"',
}
"""How what is wanted looks."""

FORMS = {
    TIME: "minutes, seconds and sectors, such as `79:57:74`",
    DATE: "such as `2026-11-20`, `2026-11` or `2026`",
    f"^{NOTE_PATTERN}$": "such as `1/8`, `1/4.` dotted, or `1/8t` for a triplet",
}
"""How a text looks that fits its pattern."""

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What a text of one line does not hold: controls, breaks, halves of characters."""


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
        odd = isinstance(node.value, bool) or node.value in (inf, -inf) or node.value != node.value
        return f"`{node.text}`" if odd else f"the number {node.text}"
    return "a list" if isinstance(node, Items) else "a mapping"


def wrong_type(node: Node, path: Path, wanted: str, hint: "Hint | None" = None) -> Problem:
    """A value is of a type that its setting does not take; `hint` knows its range."""
    why, fix = _right_type(node, path, wanted)
    if not fix and hint is not None:
        bare = _without_unit(node, hint.unit)
        fix = f"write the number alone: {_pair(path, bare)}" if bare else _range_in_words(hint)
    return Problem(
        slug="wrong-type",
        at=node.span,
        what=f"{label(path)} wants {wanted}, not {given(node)}",
        why=why,
        fix=fix or _EXAMPLES.get(wanted, ""),
    )


def _right_type(node: Node, path: Path, wanted: str) -> tuple[str, str]:
    """Why a value is not what it looks like, and how it is written to be that."""
    text = str(node.value) if isinstance(node, Scalar) and node.value is not None else ""
    if "number" in wanted and (number := _number(node)) is not None:
        return "a number in quotes is text", f"write it without quotes: {_pair(path, number)}"
    if wanted == WANTED["bool"] and text.casefold() in SWITCHES:
        why = f"in YAML 1.2 `{text}` is text" if text.isalpha() else "0 and 1 are numbers"
        return why, f"write {_pair(path, SWITCHES[text.casefold()])}"
    if wanted == WANTED["str"] and isinstance(node, Scalar) and isinstance(node.value, bool):
        fix = _pair(path, f'"{node.text}"')
        return f"`{node.text}` without quotes is a truth value", f"write it in quotes: {fix}"
    if wanted == WANTED["list"] and text:
        return "", f"write it in brackets: {_pair(path, f'[{node.text}]')}"  # type: ignore[union-attr]
    return "", ""


def not_a_word(node: Scalar, path: Path, hint: "Hint") -> Problem:
    """One value where a word or a mapping is wanted, and it is neither."""
    words = " or ".join(f"`{word}`" for word in hint.words)
    close = _closest(node.value, hint.words)
    example = _EXAMPLES[WANTED[hint.kind]].removeprefix("write ")
    return Problem(
        slug="wrong-type",
        at=node.span,
        what=f"{label(path)} wants {words} or {WANTED[hint.kind]}, not {given(node)}",
        why=hint.description,
        fix=close or f"write {_pair(path, hint.words[0])}, or {example}",
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


def wrong_form(node: Scalar, path: Path, hint: "Hint") -> Problem:
    """A text is not written as its setting asks."""
    return Problem(
        slug="wrong-form",
        at=node.span,
        what=f"{_pair(path, node.text)} is not in its form",
        why=hint.description,
        fix=FORMS.get(hint.pattern or "", ""),
    )


def not_one_line(node: Scalar, path: Path, unseen: str) -> Problem:
    """A line break or another character that is not seen, in a text of one line."""
    name = f"the character U+{ord(unseen):04X}"
    breaks = unseen in "\n\r\v\f\x85\u2028\u2029"
    block = node.text != node.text.strip() or "\n" in node.text.strip()
    return Problem(
        slug="not-one-line",
        at=node.span,
        what=f"{label(path)} holds {'a line break' if breaks else name}",
        why="sheets, tags and file names have one line for it",
        fix="write it on one line, after the key" if block and breaks else "take it out",
    )


def unknown_key(key: str, at: Span, *, known: "Collection[str]", owner: str) -> Problem:
    """A key that its mapping does not have."""
    return Problem(
        slug="unknown-key",
        at=at,
        what=f"{owner} has no key `{key}`",
        fix=did_you_mean(key, known),
    )


def unknown_processor(name: str, at: Span | None, *, known: "Collection[str]") -> Problem:
    """A name that no device has."""
    return Problem(
        slug="unknown-processor",
        at=at,
        what=f"unknown processor `{name}`",
        why="`albumbuild processors` lists them",
        fix=did_you_mean(name, known),
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
    known = "one of " + ", ".join(f"`{choice}`" for choice in choices)
    close = _closest(node.value, choices)
    return Problem(
        slug="unknown-choice",
        at=node.span,
        what=f"{_pair(path, node.text)} is none of the choices",
        why=f"it is {known}" if close else "",
        fix=close or f"write {known}",
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


def _without_unit(node: Node, unit: str) -> str:
    """The number of a text such as `-3 dB`; empty for any other."""
    if not unit or not isinstance(node, Scalar):
        return ""
    found = re.fullmatch(rf"([+-]?\d+(?:\.\d+)?)\s*{re.escape(unit)}", node.text, re.IGNORECASE)
    return found[1] if found else ""


def number_range(hint: "Hint") -> str:
    """The range of a number with its unit; empty where there is no bound."""
    if hint.low is None and hint.high is None:
        return ""
    return f"{_range(hint)} {hint.unit}".rstrip()


def _range(hint: "Hint") -> str:
    low, high = hint.low, hint.high
    if low is None or high is None:
        return f"at most {plain(high)}" if low is None else f"at least {plain(low)}"
    return f"{plain(low)} … {plain(high)}"


def _range_in_words(hint: "Hint") -> str:
    """What a setting may be; empty where no range or choice says it."""
    if hint.kind == "choice":
        return "one of " + ", ".join(f"`{choice}`" for choice in hint.choices)
    if hint.low is None and hint.high is None:
        return ""
    both = hint.low is not None and hint.high is not None
    span = f"from {_range(hint)}".replace(" … ", " to ") if both else _range(hint)
    return f"a number {span}{f' {hint.unit}' if hint.unit else ''}"


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
    return _range_in_words(hint)
