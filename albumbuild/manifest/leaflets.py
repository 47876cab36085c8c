"""What is printed about a device: each setting with its range, its unit and its default."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from albumbuild.manifest.hints import Hint, Setting, settings_of
from albumbuild.manifest.targets import NUMBERS
from albumbuild.manifest.wording import FORMS, number_range, plain
from albumbuild.model.device import Processor

EVERYONES = ("id", "bypass", "mix_pct", "channels")
"""Settings that (nearly) every device has, last in a leaflet and never in an example."""
LONGEST_EXAMPLE = 72
RATE_HZ = 48_000


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One setting in words; `inside` are those of the records that it holds.

    `values` says what it may be, with the unit; `moves` whether automation can move it.
    """

    key: str
    kind: str
    values: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str | int, ...] = ()
    required: bool = False
    default: Any = None
    description: str = ""
    moves: bool = False
    inside: "tuple[Line, ...]" = ()


class Leaflet(msgspec.Struct, frozen=True, kw_only=True):
    """A device in words; `package` is empty for one of the house.

    `shorthand` is the setting that a plain list stands for. `latency_ms` and `tail_s` are those
    of its defaults, None where some setting has none.
    """

    name: str
    version: int
    package: str
    available: bool
    description: str
    settings: tuple[Line, ...]
    unmoved: dict[str, str]
    shorthand: str | None
    latency_ms: float | None
    tail_s: float | None
    example: str


def leaflet(device: type[Processor]) -> Leaflet:
    """All that the declaration of a device says.

    Raises:
        StepError: a device of a package fails to say how late it is.
    """
    still = {*device.unmoved} if device.glide is not Processor.glide else None
    lines = tuple(_lines(device, still))
    plainest = _plainest(device)
    return Leaflet(
        name=device.name,
        version=device.version,
        package=device.package,
        available=device.available,
        description=cleandoc(device.__doc__ or ""),
        settings=tuple(sorted(lines, key=lambda line: line.key in EVERYONES)),
        unmoved=dict(device.unmoved),
        shorthand=device.shorthand,
        latency_ms=plainest.latency(RATE_HZ) * 1000 / RATE_HZ if plainest else None,
        tail_s=plainest.tail(RATE_HZ) / RATE_HZ if plainest else None,
        example=f"- {device.name}: {device.example or _example(device)}",
    )


def caption(device: type[Processor]) -> str:
    """The first line of what is said of a device."""
    return cleandoc(device.__doc__ or "").partition("\n")[0]


def _plainest(device: type[Processor]) -> Processor | None:
    """The device with all its defaults, if there are such."""
    try:
        return device()
    except (TypeError, ValueError):
        return None


def _lines(record: type[msgspec.Struct], still: set[str] | None) -> Iterator[Line]:
    """The settings of a record; the numbers called `still` stay as they are, for None all."""
    for key, setting in settings_of(record).items():
        hint = setting.hint
        free = still is not None and key not in still
        yield Line(
            key=key,
            kind=hint.kind,
            values=_values(hint),
            unit=hint.unit,
            low=hint.low,
            high=hint.high,
            choices=hint.choices if hint.kind == "choice" else (),
            required=setting.required,
            default=_default(setting),
            description=_description(hint),
            moves=_is_number(hint) and (free or key == "mix_pct"),
            inside=tuple(_inside(hint, still)),
        )


def _is_number(hint: Hint) -> bool:
    """Whether it is one, or a list of them."""
    return (hint.item if hint.kind == "list" else hint).kind in NUMBERS


def _default(setting: Setting) -> Any:
    default = None if setting.required else msgspec.to_builtins(setting.default)
    return "-inf" if default == float("-inf") else default


def _inside(hint: Hint, still: set[str] | None) -> Iterator[Line]:
    if hint.kind == "record":
        yield from _lines(hint.core, still)
    elif hint.kind == "list" and hint.item.kind == "record":
        has_id = "id" in settings_of(hint.item.core)
        yield from _lines(hint.item.core, still if has_id else None)
    elif hint.kind in ("list", "map"):
        yield from _inside(hint.item, None)


def _description(hint: Hint) -> str:
    if hint.kind == "record" and not hint.description:
        said = cleandoc(hint.core.__doc__ or "").partition("\n")[0].rstrip(".")
        return said[:1].lower() + said[1:]
    form = FORMS.get(hint.pattern or "", "")
    return f"{hint.description}, {form.replace('`', '')}" if form else hint.description


def _values(hint: Hint) -> str:
    match hint.kind:
        case "choice":
            return ", ".join(map(str, hint.choices))
        case "list":
            return f"list of: {_values(hint.item)}"
        case "map":
            return f"by name: {_values(hint.item)}"
        case "level":
            return f"{number_range(hint) or 'a number'}, -inf"
        case "float" | "int" | "pan":
            number = "a whole number" if hint.kind == "int" else "a number"
            return number_range(hint) or f"{number} {hint.unit}".strip()
    return _WORDS.get(hint.kind, hint.kind)


_WORDS = {
    "bool": "true, false",
    "str": "text",
    "path": "a file",
    "digits": "digits in quotes",
    "record": "settings",
}


def _example(device: type[Processor]) -> str:
    """Its required settings, and as many of the others as stand on a line."""
    settings = settings_of(device)
    pairs = [f"{key}: {_sample(each)}" for key, each in settings.items() if each.required]
    for key, each in settings.items():
        lists = each.hint.kind == "list" and each.hint.item.kind == "record"
        if each.required or key in EVERYONES or (each.default is None or each.default == {}):
            continue
        pair = f"{key}: {_sample(each)}"
        if len(", ".join([device.name, *pairs, pair])) > LONGEST_EXAMPLE and not lists:
            break
        pairs.append(pair)
    return f"{{{', '.join(pairs)}}}"


def _sample(setting: Setting) -> str:
    """A value that the setting takes: its default, or one from the middle of its range."""
    default = setting.default
    if not setting.required and isinstance(default, bool | int | float | str):
        return _yaml(default)
    hint = setting.hint
    return f"[{_value(hint.item)}]" if hint.kind == "list" else _value(hint)


def _value(hint: Hint) -> str:
    match hint.kind:
        case "record":
            inner = settings_of(hint.core).items()
            return f"{{{', '.join(f'{key}: {_sample(s)}' for key, s in inner if s.required)}}}"
        case "choice":
            return _yaml(hint.choices[-1])
        case "path":
            return "sounds/file.wav"
        case "bool":
            return "true"
        case "str" | "digits":
            return '"…"'
        case "map":
            return "{}"
    return plain(float(f"{_middle(hint.low, hint.high):.1g}"))


def _middle(low: float | None, high: float | None) -> float:
    """Between the bounds as one hears: by ratio where both are over zero."""
    if low is None or high is None:
        return low if low is not None else high or 0.0
    return (low * high) ** 0.5 if low > 0 else (low + high) / 2


def _yaml(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value)
