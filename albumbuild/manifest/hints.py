"""What a record's type hints say about each setting: the one source of reader and schema."""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from albumbuild.model.deliverable import Deliverable
from albumbuild.model.device import Processor
from albumbuild.model.profile import Profile


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One type hint, taken apart."""

    core: Any
    optional: bool = False
    low: float | None = None
    high: float | None = None
    unit: str = ""
    spelling: str = ""
    pattern: str | None = None
    description: str = ""
    words: tuple[str, ...] = ()
    """Words that may stand in place of it, such as `auto`."""
    kind: str = ""

    def __post_init__(self) -> None:
        """Sets `kind`: how it is spelled, else list, map, choice, record, or a plain type."""
        msgspec.structs.force_setattr(self, "kind", self.spelling or _kind(self.core))

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values of a choice."""
        return get_args(self.core)

    @property
    def item(self) -> "Hint":
        """What each item of a list, or each value of a map, must be."""
        args = get_args(self.core)
        return hint_of(args[0] if get_origin(self.core) is tuple else args[1])


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a record: its name in Python, its hint, and what it is when unset."""

    name: str
    hint: Hint
    required: bool
    default: Any = None


@cache
def hint_of(annotation: Any) -> Hint:
    """A type hint with its `Annotated` and its `| None` taken off."""
    facts: dict[str, Any] = {}
    core = annotation
    while True:
        origin = get_origin(core)
        if origin is Annotated:
            core, *metas = get_args(core)
            for meta in metas:
                facts |= _facts(meta)
        elif origin in (Union, UnionType):
            args = get_args(core)
            words = [arg for arg in args if get_origin(arg) is Literal]
            rest = [arg for arg in args if arg is not type(None) and arg not in words]
            facts["optional"] = type(None) in args
            if rest and words:
                facts["words"] = tuple(word for each in words for word in get_args(each))
            (core,) = rest or words
        else:
            return Hint(core=core, **facts)


def _kind(core: Any) -> str:
    origin = get_origin(core)
    if origin is Literal:
        return "choice"
    if origin in (tuple, dict):
        return "list" if origin is tuple else "map"
    if isinstance(core, type) and issubclass(core, msgspec.Struct):
        return "record"
    return str(core.__name__)


def _facts(meta: Any) -> dict[str, Any]:
    if not isinstance(meta, msgspec.Meta):
        return {}
    extra = meta.extra or {}
    found = {
        "low": extra.get("low", meta.ge),
        "high": meta.le,
        "unit": extra.get("unit"),
        "spelling": extra.get("spelling"),
        "pattern": meta.pattern,
        "description": meta.description,
    }
    return {key: value for key, value in found.items() if value is not None}


@cache
def settings_of(record: type[msgspec.Struct]) -> dict[str, Setting]:
    """The fields of a record by the keys that users write."""
    annotations = get_type_hints(record, include_extras=True)
    return {
        field.encode_name: Setting(
            name=field.name,
            hint=hint_of(annotations[field.name]),
            required=field.required,
            default=field.default_factory()
            if field.default_factory is not msgspec.NODEFAULT
            else field.default,
        )
        for field in msgspec.structs.fields(record)
    }


def unreadable(record: type[msgspec.Struct], path: str = "", *, files: bool = False) -> str | None:
    """The first setting of a record, or of one inside it, that no manifest could give.

    With its dots, as `bands.curve`. Records of packages are not as tried as the house's; nor
    may they name `files`, whose content no step would know of.

    Raises:
        NameError: a type hint names what is known to type checkers alone.
    """
    annotations = get_type_hints(record, include_extras=True)
    for field in msgspec.structs.fields(record):
        key = f"{path}{field.encode_name}"
        try:
            hint = hint_of(annotations[field.name])
            inner = _unread(hint, key, files=files)
        except (AttributeError, IndexError, TypeError, ValueError):
            return key  # it cannot even be taken apart
        if inner is not None:
            return inner
    return None


def _unread(hint: Hint, key: str, *, files: bool) -> str | None:
    if hint.words:
        return key
    match hint.kind:
        case "record":
            known = not issubclass(hint.core, Processor | Deliverable | Profile)
            return unreadable(hint.core, f"{key}.", files=files) if known else key
        case "list" if len(get_args(hint.core)) == 2 and get_args(hint.core)[1] is Ellipsis:
            return _unread(hint.item, key, files=files)
        case "map" if get_args(hint.core)[0] is str:
            return _unread(hint.item, key, files=files)
        case "choice":
            return None if all(type(each) in (str, int) for each in hint.choices) else key
        case "path" | "digits":
            allowed = hint.core is str and (files or hint.kind != "path")
            return None if allowed else key
        case "level" | "pan":
            return None if hint.core is float else key
    return None if hint.core in (float, int, bool, str) and not hint.spelling else key
