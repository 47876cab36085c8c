"""Edits of songs: strips, routes, inserts, curves, times and versions."""

import random
from typing import Any

from tests.soak.album import Living
from tests.soak.parts import GROUPS, Edit, owners, put, song_of, stem_of, strip_of
from tests.soak.settings import fade, insert, level, pan, position


def fader(living: Living, draw: random.Random) -> str:
    """Move a fader."""
    name, strip, _ = strip_of(living, draw)
    return f"{name} {put(strip, 'gain_db', level(draw), draw)}"


def place(living: Living, draw: random.Random) -> str:
    """Turn a pan."""
    name, strip, _ = strip_of(living, draw)
    return f"{name} {put(strip, 'pan', pan(draw), draw)}"


def more_inserts(living: Living, draw: random.Random) -> str:
    """Put a device anywhere into a chain."""
    name, owner, heard = draw.choice([*owners(living)])
    chain = owner.setdefault("inserts", [])
    device = insert(draw, heard)
    chain.insert(draw.randint(0, len(chain)), device)
    return f"{name} gets {device}"


def other_inserts(living: Living, draw: random.Random) -> str:
    """Change the settings of a device, its place in the chain, or take it out."""
    name, owner, heard = draw.choice([each for each in owners(living) if each[1].get("inserts")])
    chain = owner["inserts"]
    at = draw.randrange(len(chain))
    ((device, settings),) = chain[at].items()
    way = draw.choice(["out", "order", "bypass", "settings", "settings"])
    if way == "out":
        del chain[at]
    elif way == "order":
        draw.shuffle(chain)
    elif way == "bypass" and isinstance(settings, dict):
        settings["bypass"] = not settings.get("bypass", False)
    else:
        drawn = next(d for d in iter(lambda: insert(draw, heard), None) if device in d)
        both = isinstance(settings, dict) and isinstance(drawn[device], dict)
        chain[at] = {device: {**settings, **drawn[device]}} if both else drawn
    return f"{name} insert {at} `{device}` {way}: {chain}"


def curve(living: Living, draw: random.Random) -> str:
    """Draw a curve of automation, or wipe one."""
    name, strip, song = strip_of(living, draw)
    if draw.random() < 0.15:
        name, strip = f"{name} → mix", song.setdefault("mix", {})
    targets = ["gain_db", *(f"sends.{each}" for each in strip.get("sends", {}))]
    target = draw.choice([*targets, "pan"] if "→" not in name else targets)
    curves = strip.setdefault("automation", {})
    shapes = [[], [], ["hold"], ["smooth"], ["linear"]]
    times = sorted(round(draw.uniform(0, 4.5), 3) for _ in range(draw.randint(1, 5)))
    at: list[Any] = [f"0:{time_s:06.3f}" if draw.random() < 0.3 else time_s for time_s in times]
    if "tempo" in song and draw.random() < 0.3:
        at = [{"bar": 1, "beat": beat} for beat in range(1, 1 + min(4, len(at)))]
    value = pan if target == "pan" else level
    points = [[each, value(draw), *draw.choice(shapes)] for each in at]
    return f"{name} {put(curves, target, points, draw)}"


def send(living: Living, draw: random.Random) -> str:
    """Turn a send up, down, on or off."""
    name, strip, song = strip_of(living, draw)
    if not song.get("returns"):
        return more_returns(living, draw)
    sends = strip.setdefault("sends", {})
    to = draw.choice([*song["returns"]])
    amount: Any = level(draw)
    if draw.random() < 0.4:
        amount = {"level_db": amount, "pre": draw.random() < 0.6}
    if to in sends and draw.random() < 0.3:
        strip.get("automation", {}).pop(f"sends.{to}", None)
    return f"{name} send {to} {put(sends, to, amount, draw)}"


def route(living: Living, draw: random.Random) -> str:
    """Lead a strip to another bus."""
    name, strip, song = strip_of(living, draw)
    to = draw.choice(["mix", *song.get("buses", {})])
    return f"{name} {put(strip, 'bus', to, draw)}"


def bus(living: Living, draw: random.Random) -> str:
    """Add a bus over some strips, change how one is kept, or take one out."""
    name, song = song_of(living, draw)
    buses = song.setdefault("buses", {})
    way = draw.choice(["add", "keep", "keep", "out"])
    if way == "add" or not buses:
        new = f"bus-{draw.randrange(100)}"
        buses[new] = {"keep": draw.choice(["auto", "always", "never"])}
        for strip in draw.sample([*song["stems"].values()], min(2, len(song["stems"]))):
            strip["bus"] = new
        return f"{name} gets {new}: {buses[new]}"
    old = draw.choice([*buses])
    if way == "keep":
        keep = draw.choice(["auto", "always", "never"])
        return f"{name}.buses.{old} {put(buses[old], 'keep', keep, draw)}"
    del buses[old]
    for group in GROUPS:
        for strip in song.get(group, {}).values():
            if strip.get("bus") == old:
                del strip["bus"]
    return f"{name} loses bus {old}"


def more_returns(living: Living, draw: random.Random) -> str:
    """Add a return with a send to it, or take one out."""
    name, song = song_of(living, draw)
    returns = song.setdefault("returns", {})
    if returns and draw.random() < 0.35:
        old = draw.choice([*returns])
        del returns[old]
        for group in GROUPS:
            for strip in song.get(group, {}).values():
                strip.get("sends", {}).pop(old, None)
                strip.get("automation", {}).pop(f"sends.{old}", None)
        return f"{name} loses return {old}"
    new = f"return-{draw.randrange(100)}"
    returns[new] = {"inserts": [insert(draw)]}
    stem = draw.choice([*song["stems"]])
    song["stems"][stem].setdefault("sends", {})[new] = level(draw)
    return f"{name} gets {new}: {returns[new]}, sent to by {stem}"


def times(living: Living, draw: random.Random) -> str:
    """Move a stem, trim it, fade it, or turn its wave over."""
    name, stem, song = stem_of(living, draw)
    key = draw.choice(["start", "trim", "fade_in", "fade_out", "polarity"])
    bars = "tempo" in song
    if key.startswith("fade"):
        for each in ("", "_s"):
            stem.pop(f"{key}{each}", None)
        drawn = {f"{key}{ending}": value for ending, value in fade(draw).items()}
        stem.update(drawn)
        return f"{name} {drawn}"
    if key == "trim":
        trim = {"from": position(draw, bars=bars, longest_s=1), "to": draw.uniform(2, 6)}
        drawn = dict(draw.sample([*trim.items()], draw.randint(1, 2)))
        return f"{name} {put(stem, key, drawn, draw)}"
    if key == "polarity":
        return f"{name} {put(stem, key, draw.choice(['normal', 'invert']), draw)}"
    return f"{name} {put(stem, key, position(draw, bars=bars, longest_s=1.5), draw)}"


def cut(living: Living, draw: random.Random) -> str:
    """Set a mix's fader, or where it is cut and how it fades."""
    name, song = song_of(living, draw)
    mix = song.setdefault("mix", {})
    key = draw.choice(["gain_db", "start", "end", "end", "fade_in", "fade_out"])
    if key.startswith("fade"):
        for each in ("", "_s"):
            mix.pop(f"{key}{each}", None)
        drawn = {f"{key}{ending}": value for ending, value in fade(draw).items()}
        mix.update(drawn)
        return f"{name}.mix {drawn}"
    start = position(draw, bars="tempo" in song, longest_s=0.5)
    value = {"gain_db": level(draw), "start": start, "end": round(draw.uniform(4.1, 6), 2)}[key]
    return f"{name}.mix {put(mix, key, value, draw)}"


def version(living: Living, draw: random.Random) -> str:
    """Add another mix, change one, or take one out."""
    name, song = song_of(living, draw)
    versions = song.setdefault("versions", {})
    parts = [*song["stems"], *song.get("buses", {})]
    chosen = draw.sample(parts, draw.randint(1, min(2, len(parts))))
    drawn = {draw.choice(["mute", "only"]): chosen}
    return f"{name} version {put(versions, draw.choice(['dub', 'a-cappella']), drawn, draw)}"


def parts(living: Living, draw: random.Random) -> str:
    """The parts of a song, the sends of a strip, or the songs, in another order."""
    name, strip, song = strip_of(living, draw)
    owners_ = [(song, group) for group in (*GROUPS, "versions")]
    owner, key = draw.choice([*owners_, (strip, "sends"), (living.album, "songs")])
    names = draw.sample([*owner[key]], len(owner[key]))
    owner[key] = {each: owner[key][each] for each in names}
    return f"{name} → {key} in the order {', '.join(names)}"


DESK_EDITS: tuple[Edit, ...] = (
    *(fader, place, more_inserts, more_inserts, other_inserts, other_inserts, curve, curve, send),
    *(route, bus, more_returns, times, times, cut, version, parts),
)
