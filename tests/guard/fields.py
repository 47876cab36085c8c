"""Every field of every record that a step holds, each with values that must be told apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from albumbuild.model.device import Processor
from albumbuild.registry import PROCESSORS

Spell = Callable[[Any], str]

PLAIN: dict[Any, tuple[Any, ...]] = {
    NoneType: (None,),
    bool: (False, True),
    int: (1, 2),
    float: (0.5, 1.5),
    str: ("a", "b"),
}


class Value(NamedTuple):
    """A value, where it differs from the plain one, and whether that may be heard."""

    value: Any
    path: str = ""
    heard: bool = True


def misheard(record: type[msgspec.Struct], spell: Spell) -> list[str]:
    """What is wrong with the keys of a record: `spell` gives the text that a key is made of.

    Two values that differ in a field that is heard have two keys; two that differ in an
    `unheard` one have one.

    Raises:
        TypeError: a field has a type of which no values are known here.
    """
    found = [
        f"{each.__name__}: `unheard` names `{name}`, which is no field"
        for each in records_in(record)
        for name in sorted(unheard(each) - set(each.__struct_fields__))
    ]
    tried = list(values(record))
    keys: dict[str, Value] = {}
    for each in (each for each in tried if each.heard):
        if keys.setdefault(spell(each.value), each) is not each:
            found.append(f"{each.path}: changes no key, and is not `unheard`")
    for each in (each for each in tried if not each.heard):
        if spell(each.value) not in keys:
            found.append(f"{each.path}: is `unheard`, and changes the key")
    return found


def values(hint: Any) -> Iterator[Value]:
    """Values of a type, all different, the plainest first; every field in it differs in some.

    Raises:
        TypeError: a type of which no values are known here.
    """
    if hint in PLAIN:
        yield from (Value(value, f"={value!r}") for value in PLAIN[hint])
    elif hint is Processor:
        for name, device in PROCESSORS.items():
            yield from _under(f"({name})", values(device))
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield from _of_record(hint)
    elif get_origin(hint) is Literal:
        yield from (Value(value, f"={value!r}") for value in get_args(hint))
    elif get_origin(hint) in (Union, UnionType):
        members = sorted(get_args(hint), key=lambda member: member is not NoneType)
        for member in members:
            yield from values(member)
    else:
        yield from _of_container(hint)


def records_in(hint: Any) -> list[type[msgspec.Struct]]:
    """Every type of record that a value of that type may hold, itself first."""
    found: dict[type[msgspec.Struct], None] = {}
    ahead = [hint]
    while ahead:
        each = ahead.pop()
        if each is Processor:
            ahead += PROCESSORS.values()
        elif isinstance(each, type) and issubclass(each, msgspec.Struct):
            if each not in found:
                found[each] = None
                ahead += hints_of(each).values()
        else:
            ahead += get_args(each)
    return list(found)


def hints_of(record: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of a record's fields, without what is annotated."""
    hints = get_type_hints(record)
    return {name: hints[name] for name in record.__struct_fields__}


def unheard(record: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that a record, or one that it is made of, calls unheard."""
    return frozenset().union(*(vars(base).get("unheard", ()) for base in record.__mro__))


def _of_record(record: type[msgspec.Struct]) -> Iterator[Value]:
    fields = {name: list(values(hint)) for name, hint in hints_of(record).items()}
    plain = record(**{name: found[0].value for name, found in fields.items()})
    silent = unheard(record)
    yield Value(plain)
    for name, found in fields.items():
        for each in found[1:]:
            changed = msgspec.structs.replace(plain, **{name: each.value})
            yield Value(changed, f".{name}{each.path}", each.heard and name not in silent)


def _of_container(hint: Any) -> Iterator[Value]:
    """Empty ones, such with one entry of every value, and such with two."""
    match get_origin(hint), get_args(hint):
        case origin, (key, held) if origin in (dict, Mapping) and key is str:
            found = list(values(held))
            yield Value({}, "={}")
            yield from (each._replace(value={"a": each.value}) for each in _under("[a]", found))
            yield Value({"b": found[0].value}, "[b]")
            yield Value({"a": found[0].value, "b": found[0].value}, "[a, b]")
        case origin, (held, more) if origin is tuple and more is ...:
            found = list(values(held))
            yield Value((), "=()")
            yield from (each._replace(value=(each.value,)) for each in _under("[0]", found))
            yield Value((found[0].value, found[0].value), "[0, 1]")
        case origin, (held,) if origin is frozenset and held is str:
            yield from (Value(frozenset(names), f"={{{names}}}") for names in ("", "a", "b", "ab"))
        case _:
            raise TypeError(f"the guard knows no values of the type {hint!r}")


def _under(path: str, found: Iterable[Value]) -> Iterator[Value]:
    return (each._replace(path=f"{path}{each.path}") for each in found)
