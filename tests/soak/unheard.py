"""Random edits that mean nothing: other spelling, other times of files, other places of text."""

import random
from collections.abc import Iterator
from typing import Any

from albumbuild.manifest.hints import settings_of
from albumbuild.model.song import Bus, Return, Stem
from albumbuild.registry import PROCESSORS
from tests.soak.album import Living, touched
from tests.soak.parts import Edit

MAPS = ("songs", "stems", "buses", "returns", "versions", "deliverables", "sides", "sends")
"""Mappings whose order is an order of the album's parts."""

WHOLE = ("bit_depth", "slope_db")
STRIPS = {"stems": Stem, "buses": Bus, "returns": Return}


def key_order(living: Living, draw: random.Random) -> str:
    """The keys of every record in another order."""
    living.album = _shuffled(living.album, draw, is_map=False)
    return "keys in another order"


def _shuffled(node: Any, draw: random.Random, *, is_map: bool) -> Any:
    if isinstance(node, list):
        return [_shuffled(each, draw, is_map=False) for each in node]
    if not isinstance(node, dict):
        return node
    keys = [*node]
    if not is_map:
        draw.shuffle(keys)
    return {key: _shuffled(node[key], draw, is_map=not is_map and key in MAPS) for key in keys}


def fractions(living: Living, _draw: random.Random) -> str:
    """`0` as `0.0`, wherever a number may have a fraction."""
    living.album = _with_fractions(living.album)
    return "whole numbers with a fraction"


def _with_fractions(node: Any, key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: _with_fractions(part, name) for name, part in node.items()}
    if isinstance(node, list):
        return [_with_fractions(part, key) for part in node]
    is_whole = isinstance(node, int) and not isinstance(node, bool) and key not in WHOLE
    return float(node) if is_whole else node


def defaults(living: Living, draw: random.Random) -> str:
    """A setting that nobody wrote, spelled out."""
    name, settings, known = draw.choice([*_records(living)])
    plain = [
        key
        for key, setting in known.items()
        if setting.hint.kind in ("float", "level", "pan", "bool", "choice")
        and key not in settings
        and setting.default is not None
    ]
    if plain:
        key = draw.choice(plain)
        settings[key] = known[key].default
        return f"{name} spells out {key}: {settings[key]}"
    return f"{name} has nothing left to spell out"


def _records(living: Living) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for song_name, song in living.album["songs"].items():
        for group, kind in STRIPS.items():
            for name, strip in song.get(group, {}).items():
                yield f"{song_name}.{name}", strip, settings_of(kind)
                for item in strip.get("inserts", ()):
                    ((device, settings),) = item.items()
                    if isinstance(settings, dict):
                        yield (
                            f"{song_name}.{name}.{device}",
                            settings,
                            settings_of(PROCESSORS[device]),
                        )


def touch(living: Living, draw: random.Random) -> str:
    """Every file of sound has another time."""
    for path in living.sounds:
        touched(living.root / path, draw)
    return "every stem touched"


def saved_again(living: Living, _draw: random.Random) -> str:
    """Every file of sound written again, as it was."""
    living.forget()
    return "every stem saved again"


def comment(living: Living, draw: random.Random) -> str:
    """Another comment."""
    living.comment = f"# {draw.randrange(1_000_000)}"
    return f"comment {living.comment}"


def apart(living: Living, draw: random.Random) -> str:
    """A song moves into a file of its own, or out of it."""
    name = draw.choice([*living.album["songs"]])
    living.apart ^= {name}
    return f"song {name} is in {'a' if name in living.apart else 'no'} file of its own"


UNHEARD: tuple[Edit, ...] = (key_order, fractions, defaults, touch, saved_again, comment, apart)
"""Edits after which nothing may run."""
