"""Recipes: what can be heard changes the key, and nothing else does."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumbuild.engine.action import Action
from albumbuild.engine.fingerprint import differences, key_of, leaves, recipe


class Device(msgspec.Struct, frozen=True, kw_only=True):
    name: ClassVar[str] = "device"
    version: ClassVar[int] = 1
    unheard: ClassVar[frozenset[str]] = frozenset({"id"})
    gain_db: float = 0.0
    id: str | None = None


class Newer(Device, frozen=True, kw_only=True):
    version: ClassVar[int] = 2
    unheard: ClassVar[frozenset[str]] = frozenset({"label"})
    label: str = ""


class Mix(Action, frozen=True, kw_only=True):
    kind: ClassVar[str] = "mix"
    strips: Mapping[str, object] = {}
    inserts: tuple[object, ...] = ()


words = st.text(max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def text(value, **roles):
    return recipe(Mix(strips={"x": value}), roles, {})


def canonical(value):
    """The value with what is equal made the same, and what differs kept apart."""
    if isinstance(value, dict):
        return ("map", tuple(sorted((key, canonical(each)) for key, each in value.items())))
    if isinstance(value, list):
        return ("list", tuple(canonical(each) for each in value))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, repr(value))
    return (
        "number",
        repr(value) if value == math.inf or value == -math.inf else repr(exact(value)),
    )


def exact(value):
    return int(value) if value == int(value) else value


@given(values, values)
def test_two_recipes_are_alike_exactly_when_the_values_are(one, other):
    assert (text(one) == text(other)) == (canonical(one) == canonical(other))


@given(values)
def test_a_recipe_has_one_line_a_leaf(value):
    found = text(value)
    assert found.count("\n") == len(leaves(found)) == len(found[:-1].split("\n"))


@pytest.mark.parametrize("same", [(0, 0.0, -0.0), (1, 1.0), ([1], (1.0,)), ({1, 2.0},)])
def test_equal_numbers_are_spelled_alike(same):
    assert len({text(each) for each in same}) == 1


@pytest.mark.parametrize(
    "pair",
    [(1, True), (0, None), (0, "0"), (None, "null"), ([], {}), ({"a.b": 1}, {"a": {"b": 1}}),
     (["1"], {"0": "1"}), (Device(), Newer()), ({}, None), ("absent", None), (math.inf, "inf")],
)  # fmt: skip
def test_what_differs_is_spelled_differently(pair):
    assert text(pair[0]) != text(pair[1])


def test_unheard_fields_of_a_record_and_of_its_bases_are_left_out():
    assert text(Newer(id="a", label="x")) == text(Newer(id="b"))
    assert text(Newer(gain_db=1)) != text(Newer())


def test_order_counts_in_lists_and_not_in_mappings():
    assert text([1, 2]) != text([2, 1])
    assert text({"a": 1, "b": 2}) == text({"b": 2, "a": 1})


def test_roles_and_digests_count():
    assert text(1, kick="aa") != text(1, kick="bb")
    assert text(1, kick="aa") != text(1, snare="aa")
    assert recipe(Mix(), {"a": "d"}, {}) != recipe(Mix(), {}, {"a": "d"})


def test_libraries_that_shape_the_sound_stand_in_the_recipe():
    class Resampled(Mix, frozen=True, kw_only=True):
        libraries: ClassVar[tuple[str, ...]] = ("msgspec", "no-such-library")

    found = leaves(recipe(Resampled(), {}, {}))
    assert found["@library.msgspec"] == msgspec.__version__
    assert found["@library.no-such-library"] == "absent"


def test_a_path_has_no_place_in_a_recipe():
    with pytest.raises(TypeError):
        text(Path("stems/kick.wav"))


def test_a_difference_names_the_path_and_both_values():
    old = recipe(Mix(strips={"kick": {"gain_db": -2}}), {}, {})
    new = recipe(Mix(strips={"kick": {"gain_db": -1.5, "pan": 3}}), {}, {})
    assert differences(old, new) == [
        "strips.kick.gain_db: -2 → -1.5",
        "strips.kick.pan: absent → 3",
    ]
    assert key_of(old) != key_of(new)


def test_the_key_of_a_recipe_stays_the_same_between_releases():
    found = recipe(Mix(inserts=(Device(gain_db=-0.5),), strips={"kick": [1]}), {"stem": "ab"}, {})
    assert found == (
        "@kind = mix\n@version = 1\n@need.stem = ab\n"
        "strips.kick[0] = 1\ninserts[0] = device version 1\ninserts[0].gain_db = -0.5\n"
    )
