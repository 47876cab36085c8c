"""The checker's reading of CD-Text packs: each alone, their blocks, their size information."""

import binascii
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from tests.discs.oracle_fields import Fault

PACK = 18
PAYLOAD = 12
TEXTS = range(0x80, 0x86)
DISC_ID, GENRE, TOC, CLOSED, CODES, SIZES = 0x86, 0x87, 0x88, 0x8D, 0x8E, 0x8F
RESERVED = range(0x8A, 0x8D)
LATIN, ASCII, MS_JIS = 0x00, 0x01, 0x80
UNASSIGNED_LANGUAGES = range(0x2C, 0x45)
LAST_LANGUAGE = 0x7F
MOST_PACKS = 256
BLOCKS = 8
MOST_BYTES = BLOCKS * MOST_PACKS * PACK


class Pack(NamedTuple):
    """One pack of CD-Text and its place in the file."""

    at: int
    kind: int
    track: int
    sequence: int
    is_double: bool
    block: int
    position: int
    payload: bytes
    sum: int
    real_sum: int


def packs(data: bytes) -> list[Pack]:
    """The whole packs of a file, as many as eight blocks can have."""
    found = []
    for at in range(0, min(len(data), MOST_BYTES) - PACK + 1, PACK):
        raw = data[at : at + PACK]
        marks = raw[3]
        found.append(
            Pack(
                at=at,
                kind=raw[0],
                track=raw[1],
                sequence=raw[2],
                is_double=bool(marks & 0x80),
                block=marks >> 4 & 7,
                position=marks & 15,
                payload=raw[4:16],
                sum=int.from_bytes(raw[16:], "big"),
                real_sum=binascii.crc_hqx(raw[:16], 0) ^ 0xFFFF,
            )
        )
    return found


def blocks(found: list[Pack]) -> list[list[Pack]]:
    """Packs cut where the number of the block changes."""
    return [list(run) for _, run in groupby(found, key=lambda pack: pack.block)]


def types(block: list[Pack]) -> list[list[Pack]]:
    """The packs of a block cut where the type changes."""
    return [list(run) for _, run in groupby(block, key=lambda pack: pack.kind)]


def sizes(block: list[Pack]) -> bytes:
    """The 36 bytes of size information; fewer when packs of it are missing."""
    return b"".join(pack.payload for pack in block if pack.kind == SIZES)


def frame_faults(file: str, data: bytes) -> Iterator[Fault]:
    """Whether the file holds whole packs; one NUL after them is a known habit."""
    rest = data[len(data) // PACK * PACK :]
    if rest not in (b"", b"\0"):
        what = f"{len(data)} bytes are not whole packs"
        yield Fault(file, len(data) - len(rest), "text-size", what)
    if not PACK <= len(data) <= MOST_BYTES + 1:
        yield Fault(file, None, "text-size", f"{len(data)} bytes of packs")


def pack_faults(file: str, found: list[Pack]) -> Iterator[Fault]:
    """What is wrong in one pack alone."""
    for pack in found:
        if pack.sum != pack.real_sum:
            what = f"CRC {pack.sum:04X}, not {pack.real_sum:04X}"
            yield Fault(file, pack.at + 16, "text-crc", what)
        if not 0x80 <= pack.kind <= SIZES or pack.kind in RESERVED:
            yield Fault(file, pack.at, "text-type", f"pack type {pack.kind:#04x}")
        if pack.track & 0x80:
            yield Fault(file, pack.at + 1, "text-extension", "the extension bit is set")


def block_faults(file: str, found: list[Pack]) -> Iterator[Fault]:
    """Whether blocks and types are whole, numbered, and end with their size information."""
    cut = blocks(found)
    for expected, block in enumerate(cut):
        if block[0].block != expected:
            what = f"block {block[0].block} where block {expected} should begin"
            yield Fault(file, block[0].at + 3, "text-block", what)
        for sequence, pack in enumerate(block):
            if pack.sequence != sequence % MOST_PACKS or sequence >= MOST_PACKS:
                what = f"sequence number {pack.sequence}, not {sequence}"
                yield Fault(file, pack.at + 2, "text-sequence", what)
        seen: set[int] = set()
        for run in types(block):
            if run[0].kind in seen:
                what = f"type {run[0].kind:#04x} again"
                yield Fault(file, run[0].at, "text-order", what)
            seen.add(run[0].kind)
        parts = [(pack.kind, pack.track, pack.position) for pack in block[-3:]]
        if parts != [(SIZES, part, 0) for part in range(3)] or len(sizes(block)) != 36:
            what = f"block {block[0].block} does not end with three packs of sizes"
            yield Fault(file, block[-1].at, "sizes-packs", what)


def size_faults(file: str, found: list[Pack], last_track: int) -> Iterator[Fault]:
    """Whether the size information of each block tells what is there."""
    cut = blocks(found)
    ends = bytes(block[-1].sequence for block in cut[:BLOCKS]).ljust(BLOCKS, b"\0")
    spoken = sizes(cut[0])[28:36].ljust(BLOCKS, b"\0") if cut else b""
    for block in cut:
        told = sizes(block)
        if len(told) != 36:
            continue
        counts = bytes(sum(pack.kind == kind for pack in block) & 255 for kind in range(0x80, 0x90))
        expected = bytes((told[0], 1, last_track, told[3])) + counts + ends + spoken
        for at, (has, should) in enumerate(zip(told, expected, strict=True)):
            if has != should:
                what = f"byte {at} of the sizes is {has}, not {should}"
                yield Fault(file, place(block, at), "sizes", what)
        if told[0] not in (LATIN, ASCII, MS_JIS):
            yield Fault(file, place(block, 0), "sizes-code", f"character code {told[0]:#04x}")
        if told[3] not in (0, 3):
            yield Fault(file, place(block, 3), "sizes-copyright", f"copyright byte {told[3]}")
        yield from language_faults(file, block, told[28:36], count=len(cut))


def language_faults(file: str, block: list[Pack], spoken: bytes, *, count: int) -> Iterator[Fault]:
    """Whether every block has a language that exists and no other one has any."""
    for number, language in enumerate(spoken):
        at = place(block, 28 + number)
        if language > LAST_LANGUAGE or language in UNASSIGNED_LANGUAGES:
            yield Fault(file, at, "language", f"language code {language:#04x} is not assigned")
        elif language and number >= count:
            yield Fault(file, at, "language", f"a language for block {number}, which is absent")


def place(block: list[Pack], byte: int) -> int:
    """Where a byte of the size information stands in the file."""
    parts = [pack for pack in block if pack.kind == SIZES]
    return parts[byte // PAYLOAD].at + 4 + byte % PAYLOAD
