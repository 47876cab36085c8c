"""Names of files as people give them: words, numbers in front, sides, and what they stand for."""

import re
import unicodedata
from collections.abc import Collection, Iterable

GENERIC = frozenset(
    ("audio", "bounce", "bounces", "export", "exports", "file", "files", "flac", "multitrack",
     "multitracks", "render", "rendered", "renders", "stem", "stems", "track", "tracks", "wav",
     "wavs")
)  # fmt: skip
"""Folders that are called so say nothing of what is in them."""

BUSES = {
    "drums": re.compile(
        r"(bassdrum|kickdrum|kick|bd|snare|sd|hat|hihat|hh|drum|drumkit|perc|percussion|clap|"
        r"cymbal|crash|ride|tom|overhead|oh|rim|shaker|tambourine|beat|conga|bongo)s?\d*"
    ),
    "vocals": re.compile(r"(vox|vocal|voc|voice|bgvox|bgv|bv|choir|adlib|acapella)s?\d*"),
}
"""The words in a stem's name that send it to a bus."""

_INSTRUMENT = re.compile(
    r"(bass|guitar|gtr|gt|synth|pad|lead|arp|keys?|piano|organ|strings?|violin|viola|cello|horn|"
    r"brass|sax|trumpet|flute|fx|sfx|effect|melody|chord|di|amp|loop|room|bell)s?\d*"
)
_MIX = frozenset({"mix", "mixdown", "master", "mastered", "premaster", "2mix", "mixed"})
_MIX_BEFORE = frozenset({"final", "full", "main", "rough", "song", "stereo", "the"})
_BETWEEN = re.compile(r"[\s_.\-]+")
_NUMBER = re.compile(r"(?P<number>\d{1,2}|0\d\d)[\s_.\-)]+(?P<rest>.*\w.*)")
_SIDE = re.compile(r"(?P<base>.*?\w)[\s_.\-]*[\s_.\-(\[](?P<side>l|r|left|right)[)\]]?", re.I)


def words(text: str) -> list[str]:
    """The words of a name, in small letters."""
    return [each for each in _BETWEEN.split(text.casefold()) if each]


def numbered(text: str) -> tuple[int | None, str]:
    """The number in front of a name, and the rest: `01 Tide` is 1 and `Tide`."""
    found = _NUMBER.fullmatch(text)
    return (int(found["number"]), found["rest"]) if found else (None, text)


def sided(text: str) -> tuple[str, str]:
    """What is before `_L` or `_R` at the end of a name, and `l`, `r` or nothing."""
    found = _SIDE.fullmatch(text)
    return (found["base"], found["side"][0].casefold()) if found else (text, "")


def is_generic(name: str) -> bool:
    """Whether a folder's name says nothing, as `Stems` or `Audio Files` do."""
    return all(word in GENERIC or word.isdigit() for word in words(name))


def bus_of(name: str) -> str | None:
    """The bus that a stem's name asks for."""
    for bus, pattern in BUSES.items():
        if any(pattern.fullmatch(word) for word in words(name)):
            return bus
    return None


def is_part(name: str) -> bool:
    """Whether a name is that of an instrument, and so of a stem rather than a song."""
    return bus_of(name) is not None or any(_INSTRUMENT.fullmatch(each) for each in words(name))


def is_mix(name: str) -> bool:
    """Whether a name is that of a finished mix, which holds all of the stems already."""
    rest = words(name)
    while len(rest) > 1 and rest[0] in _MIX_BEFORE:
        rest = rest[1:]
    return bool(rest) and rest[0] in _MIX


def title_of(name: str) -> str:
    """A name as a title: `paper_boats` is Paper Boats; one with capitals keeps its own."""
    text = "".join(each if each.isprintable() else " " for each in name)
    is_plain = text == text.lower()
    text = " ".join(
        re.split(r"[-_\s]+" if is_plain and " " not in text else r"[_\s]+", text)
    ).strip()
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" ")) if is_plain else text


def id_of(name: str, taken: Collection[str], *, fallback: str) -> str:
    """A name that a manifest may use, and that none of `taken` is."""
    text = unicodedata.normalize("NFC", name).lower()
    text = re.sub(r"[\W_]+", "-", text).strip("-")[:60].rstrip("-") or fallback
    held = {each.casefold() for each in taken}
    candidates = (text, *(f"{text}-{number}" for number in range(2, len(held) + 3)))
    return next(each for each in candidates if each.casefold() not in held)


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts `take 2` before `take 10`."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def common_words(names: Iterable[str]) -> int:
    """How many words all names begin with alike, leaving each at least one of its own."""
    split = [words(name) for name in names]
    shortest = min(map(len, split), default=1) - 1
    alike = (len({each[place] for each in split}) == 1 for place in range(shortest))
    count = 0
    for same in alike:
        if not same:
            break
        count += 1
    return count
