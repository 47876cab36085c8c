"""Every setting changes the key of the step that holds it, or is called `unheard`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

import msgspec
import pytest

from albumbuild.engine.action import Action
from albumbuild.engine.fingerprint import recipe
from albumbuild.model.device import Processor
from albumbuild.registry import PROCESSORS
from tests.guard.devices import Play
from tests.guard.fields import misheard, records_in, values
from tests.guard.subjects import kinds_of_step, step_name

STEPS = sorted(kinds_of_step(), key=step_name)


def of_step(action: Action) -> str:
    """What a step's key is made of."""
    return recipe(action, {}, {})


def of_device(device: Processor) -> str:
    """What a key says of a device."""
    return recipe(Play(device=device, rate_hz=44_100), {}, {})


@pytest.mark.parametrize("step", STEPS, ids=step_name)
def test_every_field_of_a_step_is_in_its_key_or_unheard(step: type[Action]) -> None:
    assert misheard(step, of_step) == []


@pytest.mark.parametrize("name", PROCESSORS)
def test_every_setting_of_a_device_is_in_the_key_or_unheard(name: str) -> None:
    assert misheard(PROCESSORS[name], of_device) == []


def test_no_two_kinds_of_step_have_one_key() -> None:
    assert len({of_step(next(values(step)).value) for step in STEPS}) == len(STEPS)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    unheard: ClassVar[frozenset[str]] = frozenset({"label"})
    size: Literal["s", "l"]
    label: str = ""


class Whole(Part, frozen=True, kw_only=True):
    name: ClassVar[str] = "whole"
    parts: Mapping[str, tuple[Part, ...]] = {}
    gain_db: float | None = None
    muted: frozenset[str] = frozenset()


def spelled(whole: Whole) -> str:
    """A key that hears all of a `Whole` that may be heard."""
    parts = [(name, [part.size for part in parts]) for name, parts in whole.parts.items()]
    return repr((whole.size, parts, whole.gain_db, sorted(whole.muted)))


def test_a_key_that_hears_all_is_right() -> None:
    assert misheard(Whole, spelled) == []
    assert records_in(Whole) == [Whole, Part]


@pytest.mark.parametrize(
    ("deaf", "told"),
    [
        ("size", [".size='l'"]),
        ("gain_db", [".gain_db=0.5", ".gain_db=1.5"]),
        ("muted", [".muted={a}", ".muted={b}", ".muted={ab}"]),
    ],
)
def test_a_field_that_changes_no_key_is_told(deaf: str, told: list[str]) -> None:
    plain: dict[str, Any] = {"size": "s", "gain_db": None, "muted": frozenset()}

    def spell(whole: Whole) -> str:
        return spelled(msgspec.structs.replace(whole, **{deaf: plain[deaf]}))

    assert misheard(Whole, spell) == [
        f"{path}: changes no key, and is not `unheard`" for path in told
    ]


def test_a_field_deep_inside_that_changes_no_key_is_told() -> None:
    def spell(whole: Whole) -> str:
        parts = [(name, len(parts)) for name, parts in whole.parts.items()]
        return repr((whole.size, parts, whole.gain_db, sorted(whole.muted)))

    assert misheard(Whole, spell) == [
        ".parts[a][0].size='l': changes no key, and is not `unheard`",
    ]


def test_an_unheard_field_that_changes_the_key_is_told() -> None:
    assert misheard(Whole, repr) == [
        ".label='b': is `unheard`, and changes the key",
        ".parts[a][0].label='b': is `unheard`, and changes the key",
    ]


def test_an_unheard_name_that_is_no_field_is_told() -> None:
    class Renamed(Whole, frozen=True, kw_only=True):
        unheard: ClassVar[frozenset[str]] = frozenset({"title"})

    assert misheard(Renamed, spelled) == ["Renamed: `unheard` names `title`, which is no field"]


@pytest.mark.parametrize("hint", [Decimal, bytes, list[int], tuple[int, str], Mapping[int, str]])
def test_a_type_without_known_values_is_an_error(hint: Any) -> None:
    unknown = msgspec.defstruct("Unknown", [("field", hint | None)])
    with pytest.raises(TypeError, match="the guard knows no values of the type"):
        misheard(unknown, repr)


def test_a_device_of_any_sort_is_tried_where_one_may_stand() -> None:
    tried = {type(each.value).name for each in values(Processor)}
    assert tried == PROCESSORS.keys()
