"""Random edits of an album: every key that a user can write and this version can do.

Some draws make no sense; the program refuses them, and another is drawn.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from albumbuild.manifest.codes import check_digit
from tests.soak.album import CUTS, Living
from tests.soak.settings import fade, insert, level, pan, position

Edit = Callable[[Living, random.Random], str]
"""Changes an album's manifest or sounds, unsaved; what was done."""

GROUPS = ("stems", "buses", "returns")
CURVES = ("linear", "equal_power", "s", "log")
WORDS = ("Ebb", "Señor", "Flow & Go", "L’été", "a/b", "Ünder", "日本", "  x", "Nº 1", "{title}")


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


def mastering(living: Living, draw: random.Random) -> str:
    """Loudness of the album, of a song or of a deliverable, and whose inserts a song hears."""
    way = draw.choice(["album", "song", "inserts", "medium"])
    if way == "song" or way == "inserts":
        name, song = song_of(living, draw)
        key = "album_inserts" if way == "inserts" else "loudness_offset_lu"
        value: Any = draw.random() < 0.5 if way == "inserts" else round(draw.uniform(-4, 4), 1)
        return f"{name}.master {put(song.setdefault('master', {}), key, value, draw)}"
    owner, name = living.album.setdefault("master", {}), "master"
    if way == "medium":
        name = draw.choice([*living.album["deliverables"]])
        owner = living.album["deliverables"][name]
    loudness = owner.setdefault("loudness", {})
    choices = {
        "target_lufs": round(draw.uniform(-26, -9), 1),
        "ceiling_dbtp": round(draw.uniform(-6, 0), 1),
        "mode": draw.choice(["track", "album", "album", "none"]),
    }
    key = draw.choice([*choices])
    return f"{name}.loudness {put(loudness, key, choices[key], draw)}"


def order_of(living: Living, draw: random.Random) -> list[Any]:
    """The songs in a random order, with gaps, crossfades, marks and indexes between them."""
    names = [*living.album["songs"]]
    entries: list[Any] = []
    for name in draw.sample(names, draw.randint(max(1, len(names) - 1), len(names))):
        entry: dict[str, Any] = {"song": name}
        if entries and draw.random() < 0.35:
            entry |= {
                "crossfade_s": round(draw.uniform(0.05, 0.4), 2),
                "curve": draw.choice(CURVES),
            }
            if draw.random() < 0.4:
                entry["mark"] = round(draw.uniform(0, 0.3), 2)
        elif draw.random() < 0.7:
            entry["gap_s"] = draw.choice([0, 0.5, round(draw.uniform(0, 2), 2)])
        if draw.random() < 0.2:
            entry["indexes"] = [round(draw.uniform(1, 3), 2)]
        if not entries and draw.random() < 0.1:
            entry["hidden"] = True
        entries.append(name if entry.keys() == {"song"} else entry)
    return entries


def order(living: Living, draw: random.Random) -> str:
    """Another order, for the album or for one deliverable."""
    drawn = order_of(living, draw)
    if draw.random() < 0.7:
        return put(living.album, "sequence", drawn, draw)
    name = draw.choice([*living.album["deliverables"]])
    return f"{name} {put(living.album['deliverables'][name], 'sequence', drawn, draw)}"


def medium_of(living: Living, draw: random.Random) -> dict[str, Any]:
    """A deliverable of any type."""
    kind = draw.choice(["cd", "vinyl", "streaming", "streaming", "streaming", "mixes"])
    if kind == "vinyl":
        names = draw.sample([*living.album["songs"]], len(living.album["songs"]))
        half = draw.randint(1, max(1, len(names) - 1))
        sides = {"A": names[:half], "B": names[half:]}
        discs = ["12in-33", "12in-45", "10in-33", "7in-45"]
        return {
            "type": kind,
            "disc": draw.choice(discs),
            "sides": {side: songs for side, songs in sides.items() if songs},
            "loudness": {"target_lufs": round(draw.uniform(-30, -20), 1)},
        }
    if kind == "streaming":
        form = draw.choice(["flac", "wav", "aiff", "mp3", "ogg", "opus"])
        return {"type": kind, "format": form, "cut": draw.choice(["gapless", "standalone"])}
    return {"type": kind}


def media(living: Living, draw: random.Random) -> str:
    """Add a deliverable, rename one, or take one out."""
    known = living.album["deliverables"]
    way = draw.choice(["add", "add", "out", "name"])
    new = f"{draw.choice(['set', 'Über', 'x.y'])}-{draw.randrange(100)}"
    if way == "add" and len(known) < 7:
        known[new] = medium_of(living, draw)
        return f"deliverable {new}: {known[new]}"
    if way == "out" and len(known) > 2:
        old = draw.choice([*known])
        del known[old]
        return f"deliverable {old} taken out"
    old = draw.choice([*known])
    known[new] = known.pop(old)
    return f"deliverable {old} is now {new}"


def medium(living: Living, draw: random.Random) -> str:
    """Change the settings of a deliverable."""
    name = draw.choice([*living.album["deliverables"]])
    settings = living.album["deliverables"][name]
    choices: dict[str, Any] = {
        "rate_hz": draw.choice([44_100, 48_000, 88_200, 96_000]),
        "bit_depth": draw.choice([16, 24, 32]),
        "dither": draw.choice(["none", "tpdf"]),
        "version": draw.choice(["dub", "a-cappella"]),
    }
    if settings["type"] == "streaming":
        names = ["{number} {title}", "{song}", "{artist} - {number:03}{title}", "{title} {isrc}"]
        choices |= {
            "names": draw.choice(names),
            "cut": draw.choice(["gapless", "standalone"]),
            "profile": draw.choice(["generic-safe", "spotify", "apple-music", "bandcamp"]),
            "bitrate_kbps": draw.choice([96, 128, 192, 320]),
            "quality": draw.choice([2, 5, 8.5]),
            "cover": f"art/cover-{draw.randint(1, 2)}.png",
            "format": draw.choice(["flac", "wav", "aiff", "mp3", "ogg", "opus"]),
        }
    if settings["type"] == "cd":
        choices["cd_text"] = draw.random() < 0.5
    key = draw.choice([*choices])
    return f"{name} {put(settings, key, choices[key], draw)}"


def credits_(living: Living, draw: random.Random) -> str:
    """Change what is written about the album or about a song."""
    text = f"{draw.choice(WORDS)} {draw.randrange(100)}"
    digits = f"29999900{draw.randrange(10_000):04}"
    choices: dict[str, Any] = {
        "artist": text,
        "genre": text,
        "copyright": text,
        "language": draw.choice(["en", "de", "fr"]),
        "date": draw.choice(["2026", "2027-03", "2026-12-01"]),
    }
    if draw.random() < 0.5:
        choices |= {"title": text, "label": text, "catalog": f"EX-{draw.randrange(100):03}"}
        choices |= {"upc": f"{digits}{check_digit(digits)}", "cover": "art/cover-2.png"}
        choices["rate_hz"] = draw.choice([44_100, 48_000, 96_000])
        key, owner, name = draw.choice([*choices]), living.album, "album"
    else:
        name, owner = song_of(living, draw)
        choices |= {"title": text, "composer": text, "lyricist": text, "lyrics": "words.txt"}
        choices |= {"isrc": f"ZZEX126{draw.randrange(100_000):05}", "tempo": draw.uniform(60, 180)}
        choices["explicit"] = draw.random() < 0.5
        key = draw.choice([*choices])
    return f"{name} {put(owner, key, choices[key], draw)}"


def sounds(living: Living, draw: random.Random) -> str:
    """Put other sound under the name of a stem, or let two stems change places."""
    paths = [each for each in living.sounds if living.sounds[each] in CUTS]
    one, other = draw.sample(paths, 2)
    if draw.random() < 0.4:
        living.sounds[one], living.sounds[other] = living.sounds[other], living.sounds[one]
        return f"{one} and {other} change places"
    living.sounds[one] = draw.choice([*CUTS])
    return f"{one} is now {living.sounds[one]}"


def stems(living: Living, draw: random.Random) -> str:
    """Add a stem, take one out, or let one read another file or two."""
    name, stem, song = stem_of(living, draw)
    way = draw.choice(["add", "out", "file", "files"])
    path = draw.choice([*living.sounds])
    if way == "add":
        new = f"stem-{draw.randrange(100)}"
        song["stems"][new] = {"file": path, "gain_db": level(draw)}
        return f"{name.partition('.')[0]} gets {new}: {song['stems'][new]}"
    if way == "out":
        old = name.rpartition(".")[2]
        del song["stems"][old]
        return f"{name} taken out"
    stem.pop("file", None)
    stem.pop("files", None)
    if way == "files":
        stem["files"] = draw.sample([*living.sounds], 2)
        return f"{name} files: {stem['files']}"
    stem["file"] = path
    return f"{name} file: {path}"


def songs(living: Living, draw: random.Random) -> str:
    """Add a song, take one out, or give one another name."""
    known = living.album["songs"]
    way = draw.choice(["add", "out", "name"])
    new = f"song-{draw.randrange(100)}"
    if way == "add" and len(known) < 5:
        chosen = draw.sample([*living.sounds], 3)
        parts = {f"part-{at}": {"file": path, "pan": pan(draw)} for at, path in enumerate(chosen)}
        known[new] = {"stems": parts, "mix": {"end": 4.4}}
        if "sequence" in living.album:
            living.album["sequence"].append({"song": new, "gap_s": 0.5})
        return f"song {new} of {chosen}"
    old = draw.choice([*known])
    if way == "out" and len(known) > 2:
        del known[old]
        _everywhere(living, old, "")
        return f"song {old} taken out"
    living.album["songs"] = {new if name == old else name: song for name, song in known.items()}
    _everywhere(living, old, new)
    return f"song {old} is now {new}"


def _everywhere(living: Living, old: str, new: str) -> None:
    """Every order with another name for a song, or without it."""
    for owner in (living.album, *living.album["deliverables"].values()):
        if "sequence" in owner:
            owner["sequence"] = [
                {**entry, "song": new or entry["song"]}
                if isinstance(entry, dict) and entry["song"] == old
                else new or entry
                if entry == old
                else entry
                for entry in owner["sequence"]
                if new or old not in (entry, entry["song"] if isinstance(entry, dict) else entry)
            ]
        for side, names in owner.get("sides", {}).items():
            owner["sides"][side] = [new if each == old else each for each in names]
            if not new:
                owner["sides"][side] = [each for each in names if each != old]


def parts(living: Living, draw: random.Random) -> str:
    """The parts of a song, the sends of a strip, or the songs, in another order."""
    name, strip, song = strip_of(living, draw)
    owners_ = [(song, group) for group in (*GROUPS, "versions")]
    owner, key = draw.choice([*owners_, (strip, "sends"), (living.album, "songs")])
    names = draw.sample([*owner[key]], len(owner[key]))
    owner[key] = {each: owner[key][each] for each in names}
    return f"{name} → {key} in the order {', '.join(names)}"


HEARD: tuple[Edit, ...] = (
    *(fader, place, more_inserts, more_inserts, other_inserts, other_inserts, curve, curve, send),
    *(route, bus, more_returns, times, times, cut, version, mastering, mastering, order, order),
    *(media, media, medium, medium, credits_, credits_, sounds, stems, songs, parts),
)
"""Edits that may be heard or read somewhere; one twice in it is drawn twice as often."""
