"""Damages of CD-Text."""

from collections.abc import Callable
from pathlib import Path

from tests.discs.damage import (
    PACK,
    Where,
    corruption,
    name_of,
    pack_place,
    poke,
    put,
    put_packs,
    rewrite,
    text_packs,
)

Change = Callable[[list[bytearray]], int]
"""A damage of packs; it gives the number of the pack to blame."""

TITLE, PERFORMER, GENRE, CODES, SIZES = 0x80, 0x81, 0x87, 0x8E, 0x8F


def damage_packs(name: str, change: Change) -> None:
    """Put a change of packs into the catalogue; their own checksums are made anew."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        packs = text_packs(folder)
        at = change(packs)
        put_packs(folder, packs)
        return Where(name_of(folder, "text"), at * PACK)


FIELDS = {
    "CD-Text has a reserved type": (TITLE, 1, 0, 0x8B),
    "CD-Text has a type below all": (TITLE, 1, 0, 0x20),
    "CD-Text has an extension": (TITLE, 1, 1, 0x81),
    "CD-Text has another track": (TITLE, 2, 1, 0x09),
    "CD-Text has a wrong sequence number": (TITLE, 1, 2, 0x37),
    "CD-Text has a wrong character position": (TITLE, 1, 3, 0x0E),
    "CD-Text has another block in the middle": (TITLE, 1, 3, 0x50),
    "CD-Text has a mark of double bytes": (TITLE, 1, 3, 0x80),
    "CD-Text has a letter of Windows": (TITLE, 0, 4, 0x93),
    "CD-Text has a control character": (TITLE, 0, 5, 0x07),
    "CD-Text has a genre that is none": (GENRE, 0, 5, 0xC8),
    "CD-Text has a UPC with a wrong digit": (CODES, 0, 4, 0x39),
    "CD-Text has a letter in a code": (CODES, 0, 5, 0x58),
    "sizes have an unknown character code": (SIZES, 0, 4, 0x42),
    "sizes begin with track 0": (SIZES, 0, 5, 0x00),
    "sizes have a track too many": (SIZES, 0, 6, 0x04),
    "sizes have copyright 1": (SIZES, 0, 7, 0x01),
    "sizes have no titles": (SIZES, 0, 8, 0x00),
    "sizes have performers too many": (SIZES, 0, 9, 0x7F),
    "sizes have a type that is not there": (SIZES, 1, 9, 0x02),
    "sizes count themselves wrong": (SIZES, 1, 11, 0x01),
    "sizes have a wrong end of block 0": (SIZES, 1, 12, 0x63),
    "sizes have an end of an absent block": (SIZES, 2, 7, 0x05),
    "sizes have an unassigned language": (SIZES, 2, 8, 0x30),
    "sizes have a language that cannot be": (SIZES, 2, 8, 0x99),
    "sizes have a language of an absent block": (SIZES, 2, 15, 0x08),
    "sizes have a wrong part number": (SIZES, 1, 1, 0x02),
    "sizes have a character position": (SIZES, 1, 3, 0x04),
}
"""Type, which pack of it in block 0, the byte in the pack, what is put there."""


def field_change(kind: int, nth: int, offset: int, value: int) -> Change:
    """A change of one byte of a pack."""

    def change(packs: list[bytearray]) -> int:
        at = pack_place(packs, kind, nth)
        packs[at][offset] = value
        return at

    return change


for each, row in FIELDS.items():
    damage_packs(each, field_change(*row))


def numbered(packs: list[bytearray]) -> None:
    """Number the packs of each block anew."""
    counts: dict[int, int] = {}
    for pack in packs:
        block = pack[3] >> 4 & 7
        pack[2] = counts.get(block, 0)
        counts[block] = pack[2] + 1


def swapped(packs: list[bytearray]) -> int:
    """Two packs in each other's place."""
    at = pack_place(packs, TITLE, 1)
    packs[at], packs[at + 1] = packs[at + 1], packs[at]
    return at


def swapped_and_numbered(packs: list[bytearray]) -> int:
    """The same with sequence numbers that rise."""
    at = swapped(packs)
    numbered(packs)
    return at


def gone(packs: list[bytearray]) -> int:
    """A pack less in the middle."""
    at = pack_place(packs, TITLE, 1)
    del packs[at]
    return at


def gone_and_numbered(packs: list[bytearray]) -> int:
    """The same with sequence numbers that have no gap."""
    at = gone(packs)
    numbered(packs)
    return at


def type_again(packs: list[bytearray]) -> int:
    """The last pack of the titles after the performers."""
    pack = packs.pop(pack_place(packs, PERFORMER) - 1)
    at = max(n for n, each in enumerate(packs) if each[0] == PERFORMER and not each[3] & 0x70) + 1
    packs.insert(at, pack)
    numbered(packs)
    return at


def sizes_gone(packs: list[bytearray]) -> int:
    """The last pack of sizes of block 0 is gone."""
    at = pack_place(packs, SIZES, 2)
    del packs[at]
    return at - 1


def sizes_first(packs: list[bytearray]) -> int:
    """The sizes before the titles."""
    at = pack_place(packs, SIZES)
    packs[:] = packs[at : at + 3] + packs[:at] + packs[at + 3 :]
    numbered(packs)
    return at + 2


def end_gone(packs: list[bytearray]) -> int:
    """A letter for the end of the disc's title: two strings have become one."""
    at = pack_place(packs, TITLE)
    byte = next((n for n in range(4, 16) if packs[at][n] == 0), None)
    if byte is None:
        raise LookupError("no short title to damage")
    packs[at][byte] = 0x58
    return pack_place(packs, PERFORMER) - 1


def padding_filled(packs: list[bytearray]) -> int:
    """Letters where NULs fill the last pack of the codes."""
    at = pack_place(packs, SIZES) - 1
    if packs[at][14:16] != b"\0\0":
        raise LookupError("no padding to damage")
    packs[at][15] = 0x58
    return at


def padding_pack(packs: list[bytearray]) -> int:
    """A pack of NULs after the codes."""
    at = pack_place(packs, SIZES)
    pack = bytearray(packs[at - 1])
    pack[4:16] = bytes(12)
    packs.insert(at, pack)
    numbered(packs)
    return at


def tab_on_track_1(packs: list[bytearray]) -> int:
    """A TAB for the first performer; its other letters move to the disc's."""
    at = pack_place(packs, PERFORMER)
    packs[at][4:16] = b"Mole\0\t\0x\0y\0\0"
    return at


def ascii_told(packs: list[bytearray]) -> int:
    """The sizes say ASCII, and a title has an accent."""
    packs[pack_place(packs, SIZES)][4] = 0x01
    at = pack_place(packs, TITLE)
    packs[at][4] = 0xE9
    return at


def languages_differ(packs: list[bytearray]) -> int:
    """Block 1 has other languages than block 0 says."""
    at = pack_place(packs, SIZES, 2, block=1)
    packs[at][8] = 0x08
    return at


def block_skipped(packs: list[bytearray]) -> int:
    """Block 1 is called 2."""
    at = next((n for n, pack in enumerate(packs) if pack[3] >> 4 & 7 == 1), None)
    if at is None:
        raise LookupError("no second block to damage")
    for pack in packs[at:]:
        pack[3] += 0x10
    return at


def first_block_gone(packs: list[bytearray]) -> int:
    """The blocks begin with 1."""
    for pack in packs:
        pack[3] += 0x10
    return 0


CHANGES = {
    "CD-Text has packs in wrong order": swapped,
    "CD-Text has packs in wrong order with right numbers": swapped_and_numbered,
    "CD-Text has lost a pack": gone,
    "CD-Text has lost a pack and has right numbers": gone_and_numbered,
    "CD-Text has titles after performers": type_again,
    "CD-Text has a string too few": end_gone,
    "CD-Text has something in its padding": padding_filled,
    "CD-Text has a pack of padding alone": padding_pack,
    "CD-Text has a TAB on track 1": tab_on_track_1,
    "CD-Text says ASCII and has an accent": ascii_told,
    "CD-Text skips a block": block_skipped,
    "CD-Text begins with block 1": first_block_gone,
    "sizes have lost a pack": sizes_gone,
    "sizes stand before the texts": sizes_first,
    "sizes have other languages in block 1": languages_differ,
}

for each, made in CHANGES.items():
    damage_packs(each, made)


def damage_raw(name: str, nth: int, offset: int) -> None:
    """Put a flipped bit of a title's pack into the catalogue; the pack's sum stays as it was."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        text = name_of(folder, "text")
        data = (folder / text).read_bytes()
        at = nth * PACK + offset
        poke(folder, text, at, bytes([data[at] ^ 1]))
        return Where(text, at)


damage_raw("CD-Text has a flipped bit in a title", 0, 5)
damage_raw("CD-Text has a flipped bit in a pack's sum", 1, 17)
damage_raw("CD-Text has a flipped bit in a pack's head", 2, 2)


def damage_file(name: str, change: Callable[[bytes], bytes], *, is_told: bool = True) -> None:
    """Put a file of another length into the catalogue; the map knows if told."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        text = name_of(folder, "text")
        data = change((folder / text).read_bytes())
        if is_told:
            rewrite(folder, "text", data)
        else:
            put(folder, text, data)
        return Where(text, None, () if is_told else ("DDPMS",))


damage_file("CD-Text is cut in a pack", lambda data: data[:-7])
damage_file("CD-Text is cut and the map does not know", lambda data: data[:-25], is_told=False)
damage_file("CD-Text is empty", lambda _: b"", is_told=False)
damage_file(
    "CD-Text has the head of a drive",
    lambda data: (len(data) + 2).to_bytes(2, "big") + b"\0\0" + data,
)
damage_file("CD-Text has two NULs at its end", lambda data: data.rstrip(b"\0") + b"\0\0")
