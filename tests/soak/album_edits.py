"""Edits of the album: mastering, the order, deliverables, what is said of it, its songs."""

import random
from typing import Any

from albumbuild.manifest.codes import check_digit
from tests.soak.album import CUTS, Living
from tests.soak.parts import Edit, put, song_of, stem_of
from tests.soak.settings import level, pan

CURVES = ("linear", "equal_power", "s", "log")
WORDS = ("Ebb", "Señor", "Flow & Go", "L’été", "a/b", "Ünder", "日本", "  x", "Nº 1", "{title}")


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
        german = {"title": draw.choice(["Salz", "Flut"]), "message": "Hallo"}
        choices |= {
            "cd_text": draw.choice([True, False, {"blocks": {"de": german}}]),
            "ddp_profile": draw.choice(["default", "cue2ddp", "hofa", "isrc-twice"]),
            "copy": draw.choice(["prohibited", "permitted", "once"]),
            "duplicator": draw.random() < 0.5,
        }
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


ALBUM_EDITS: tuple[Edit, ...] = (
    *(mastering, mastering, order, order, media, media, medium, medium),
    *(credits_, credits_, sounds, stems, songs),
)
