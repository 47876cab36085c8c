"""The checker's reading of the strings of CD-Text, and what they say of the disc."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.discs.oracle_fields import Fault, check_digit, is_isrc
from tests.discs.oracle_packs import (
    ASCII,
    CLOSED,
    CODES,
    DISC_ID,
    GENRE,
    LATIN,
    MS_JIS,
    PAYLOAD,
    TEXTS,
    TOC,
    Pack,
    block_faults,
    blocks,
    frame_faults,
    pack_faults,
    packs,
    size_faults,
    sizes,
    types,
)

LAST_GENRE = 28
TAB = "\t"


class Said(NamedTuple):
    """What the PQ descriptor says, for comparison: among it the codes of disc and tracks.

    `places` are the bytes in it where the codes stand.
    """

    pq_name: str
    last_track: int
    codes: tuple[str, ...]
    places: tuple[int, ...]
    toc: bytes


class Owner(NamedTuple):
    """To which string the first byte of a pack belongs, and how much of it went before."""

    string: int
    characters: int
    is_from_before: bool


class Strings(NamedTuple):
    """Strings of one type without their ends; `rest` has no end."""

    found: list[bytes]
    ends: list[int]
    owners: list[Owner]
    rest: bytes


def split(payload: bytes, width: int) -> Strings:
    """Cut the payload of a type into its strings; a character is `width` bytes."""
    strings = Strings([], [], [], payload)
    start = 0
    for at in range(0, len(payload), width):
        if at % PAYLOAD == 0:
            is_from_before = start < at - PAYLOAD
            owner = Owner(len(strings.found), (at - start) // width, is_from_before)
            strings.owners.append(owner)
        if payload[at : at + width] == bytes(width):
            strings.found.append(payload[start:at])
            start = at + width
            strings.ends.append(start)
    return strings._replace(rest=payload[start:])


def payload_of(run: list[Pack]) -> bytes:
    """The bytes of the strings of a type; the code of a genre is taken out."""
    joined = b"".join(pack.payload for pack in run)
    if run[0].kind != GENRE:
        return joined
    code = joined[:2]
    follow_up = [pack.payload for pack in run[1:]]
    if follow_up and code != b"\0\0" and all(each[:2] == code for each in follow_up):
        follow_up = [each[2:] for each in follow_up]
    return joined[2:PAYLOAD] + b"".join(follow_up)


def width_of(kind: int, code: int) -> int:
    """How many bytes a character of this type has in a block of this character code."""
    return 2 if code == MS_JIS and kind in TEXTS else 1


def decoded(string: bytes, kind: int, code: int) -> str:
    """A string as text.

    Raises:
        ValueError: it has bytes that the block's characters do not.
    """
    if kind in TEXTS and code == MS_JIS:
        return string.decode("cp932")
    is_latin = kind == CLOSED or (kind in TEXTS and code == LATIN)
    text = string.decode("latin-1" if is_latin else "ascii")
    if text != TAB and any(ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0 for each in text):
        raise ValueError(f"{text!r} has control characters")
    return text


def texts(data: bytes) -> dict[int, dict[int, list[str]]]:
    """The strings of good CD-Text by block and type; a TAB is the string before it."""
    found: dict[int, dict[int, list[str]]] = {}
    for block in blocks(packs(data)):
        told = sizes(block)
        of_block = found.setdefault(block[0].block, {})
        for run in types(block):
            kind = run[0].kind
            if kind in TEXTS or kind in (DISC_ID, GENRE, CLOSED, CODES):
                count = 1 + told[2] if kind in TEXTS or kind == CODES else 1
                strings = split(payload_of(run), width_of(kind, told[0])).found[:count]
                of_block[kind] = filled([decoded(each, kind, told[0]) for each in strings])
    return found


def genres(data: bytes) -> dict[int, int]:
    """The genre code of each block that has one."""
    first = {pack.block: pack for pack in reversed(packs(data)) if pack.kind == GENRE}
    return {block: int.from_bytes(pack.payload[:2], "big") for block, pack in first.items()}


def filled(strings: list[str]) -> list[str]:
    """Strings with each TAB as the string before it."""
    whole: list[str] = []
    for each in strings:
        whole.append(whole[-1] if whole and each.strip(TAB) == "" and each else each)
    return whole


def text_faults(file: str, data: bytes, said: Said) -> Iterator[Fault]:
    """All that is wrong in a file of CD-Text."""
    yield from frame_faults(file, data)
    found = packs(data)
    yield from pack_faults(file, found)
    yield from block_faults(file, found)
    yield from size_faults(file, found, said.last_track)
    for block in blocks(found):
        code = sizes(block)[:1] or b"\0"
        for run in types(block):
            yield from run_faults(file, run, code[0], said)


def run_faults(file: str, run: list[Pack], code: int, said: Said) -> Iterator[Fault]:
    """All that is wrong in the strings of one type."""
    kind = run[0].kind
    for pack in run:
        is_double = width_of(kind, code) == 2
        if pack.is_double != is_double and (kind in TEXTS or code != MS_JIS):
            yield Fault(file, pack.at + 3, "text-double", "the mark of double bytes is wrong")
    if kind in TEXTS or kind in (DISC_ID, GENRE, CLOSED, CODES):
        count = 1 + said.last_track if kind in TEXTS or kind == CODES else 1
        strings = split(payload_of(run), width_of(kind, code))
        yield from count_faults(file, run, strings, count)
        yield from string_faults(file, run, strings.found[:count], code)
        if kind != GENRE:
            yield from owner_faults(file, run, strings.owners)
    if kind == GENRE and not run[0].payload[0] * 256 + run[0].payload[1] <= LAST_GENRE:
        yield Fault(file, run[0].at + 4, "genre", "no such genre")
    if kind == TOC:
        joined = b"".join(pack.payload for pack in run)
        if joined != said.toc.ljust(-(-len(said.toc) // PAYLOAD) * PAYLOAD, b"\0"):
            yield Fault(file, run[0].at, "text-toc", "not the table of the PQ descriptor")
    if kind == CODES:
        yield from code_faults(file, run, strings.found[:count], said)


def count_faults(file: str, run: list[Pack], strings: Strings, count: int) -> Iterator[Fault]:
    """Whether there are as many strings as the disc needs, then NULs to the end of the pack."""
    kind = f"type {run[0].kind:#04x}"
    if len(strings.found) < count:
        what = f"{kind} has {len(strings.found)} strings, not {count}"
        yield Fault(file, run[-1].at, "text-count", what)
    elif any(strings.found[count:]) or strings.rest:
        yield Fault(file, run[-1].at, "text-count", f"{kind} has more than {count} strings")
    else:
        padding = sum(map(len, strings.found[count:])) + len(strings.found) - count
        if padding >= PAYLOAD:
            yield Fault(file, run[-1].at, "text-padding", f"{kind} has a pack of padding alone")


def owner_faults(file: str, run: list[Pack], owners: list[Owner]) -> Iterator[Fault]:
    """Whether each pack says which string it begins with, and where in it."""
    for pack, owner in zip(run, owners, strict=False):
        if pack.track != owner.string:
            what = f"track {pack.track}, not {owner.string}"
            yield Fault(file, pack.at + 1, "text-track", what)
        allowed = {min(15, owner.characters)} | ({15} if owner.is_from_before else set())
        if pack.position not in allowed:
            what = f"character position {pack.position}, not {min(allowed)}"
            yield Fault(file, pack.at + 3, "text-position", what)


def string_faults(file: str, run: list[Pack], strings: list[bytes], code: int) -> Iterator[Fault]:
    """Whether strings hold characters of their block, and no TAB that stands for nothing."""
    kind = run[0].kind
    if code not in (LATIN, ASCII, MS_JIS):
        return
    for at, string in enumerate(strings):
        try:
            text = decoded(string, kind, code)
        except ValueError as wrong:
            yield Fault(file, run[0].at, "text-characters", f"string {at}: {wrong}")
            continue
        if at < 2 and text in (TAB, TAB * 2):
            yield Fault(file, run[0].at, "text-tab", f"string {at} stands for one before it")


def code_faults(file: str, run: list[Pack], strings: list[bytes], said: Said) -> Iterator[Fault]:
    """Whether the codes are well-formed, and those of the PQ descriptor."""
    expected = said.codes
    for at, string in enumerate(strings):
        code = string.decode("latin-1")
        owner = next((pack for pack in reversed(run) if pack.track <= at), run[0])
        is_right = is_upc(code) if at == 0 else is_isrc(code)
        if code and not is_right:
            yield Fault(file, owner.at, "text-code-form", f"{code!r} is no code")
        if at < len(expected) and code.zfill(13 * (at == 0)) != expected[at].zfill(13 * (at == 0)):
            what = f"string {at} is {code!r}, the PQ descriptor says {expected[at]!r}"
            yield Fault(file, owner.at, "text-code", what)
            yield Fault(said.pq_name, said.places[at], "text-code", what)


def is_upc(code: str) -> bool:
    """Whether this is a UPC or an EAN with its check digit."""
    whole = code.zfill(13)
    is_number = whole.isascii() and whole.isdigit() and len(code) in (12, 13)
    return is_number and check_digit(whole[:12]) == int(whole[12])
