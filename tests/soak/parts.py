"""The parts of an album that an edit picks by lot, and how it sets a key of one."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.soak.album import Living

Edit = Callable[[Living, random.Random], str]
"""Changes an album's manifest or sounds, unsaved; what was done."""

GROUPS = ("stems", "buses", "returns")


def song_of(living: Living, draw: random.Random) -> tuple[str, dict[str, Any]]:
    """A song and its name."""
    name = draw.choice([*living.album["songs"]])
    return name, living.album["songs"][name]


def strip_of(living: Living, draw: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A strip, what to call it, and its song."""
    name, song = song_of(living, draw)
    group = draw.choice([each for each in GROUPS if song.get(each)])
    strip = draw.choice([*song[group]])
    return f"{name}.{group}.{strip}", song[group][strip], song


def stem_of(living: Living, draw: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A stem, what to call it, and its song."""
    name, song = song_of(living, draw)
    stem = draw.choice([*song["stems"]])
    return f"{name}.stems.{stem}", song["stems"][stem], song


def owners(living: Living) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """All that can have inserts, and what a side chain can hear there."""
    for name, song in living.album["songs"].items():
        heard = [*song["stems"], *song.get("buses", {})]
        for group in GROUPS:
            for strip, settings in song.get(group, {}).items():
                yield f"{name}.{group}.{strip}", settings, heard
        yield f"{name}.mix", song.setdefault("mix", {}), heard
        yield f"{name}.master", song.setdefault("master", {}), []
    yield "master", living.album.setdefault("master", {}), []
    for name, medium in living.album["deliverables"].items():
        yield f"deliverables.{name}", medium, []


def put(owner: dict[str, Any], key: str, value: Any, draw: random.Random) -> str:
    """Set a key, or at times take it out; what was done."""
    if key in owner and draw.random() < 0.25:
        del owner[key]
        return f"{key} taken out"
    owner[key] = value
    return f"{key}: {value}"
