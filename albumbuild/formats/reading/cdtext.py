"""CD-Text read back: packs into blocks, blocks into texts, with everything that is wrong."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from albumbuild.formats.cdtext import (
    CODES,
    DISC_ID,
    GENRE,
    LATIN,
    MAX_BLOCKS,
    MAX_PACKS,
    MESSAGE,
    MS_JIS,
    PACK_BYTES,
    PAYLOAD_BYTES,
    SIZES,
    TITLE,
    pack_sum,
)
from albumbuild.formats.reading.columns import Column, read_column
from albumbuild.model.finding import Finding

_ASCII = 0x01
_CHARSETS = {LATIN: "latin-1", _ASCII: "ascii", MS_JIS: "cp932"}
_CLOSED = 0x8D
_OF_DISC = (DISC_ID, GENRE, _CLOSED)
_SIZE_PACKS = 3
_MOST_TRACKS = 99
_LAST_GENRE = 28
_UNASSIGNED = range(0x2C, 0x45)
_LAST_LANGUAGE = 0x7F


class TextBlock(msgspec.Struct, frozen=True, kw_only=True):
    """One language: type → the disc's text, then each track's. `language` is its code.

    `places` are the offsets of the texts by type and track, `sizes_at` that of the sizes.
    """

    language: int
    charset: int
    last_track: int
    texts: Mapping[int, tuple[str, ...]]
    genre_code: int = 0
    places: Mapping[tuple[int, int], int] = {}
    sizes_at: int = 0


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """All blocks, in their order."""

    blocks: tuple[TextBlock, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Pack(msgspec.Struct, frozen=True):
    offset: int
    data: bytes

    @property
    def kind(self) -> int:
        return self.data[0]

    @property
    def block(self) -> int:
        return self.data[3] >> 4 & 7

    @property
    def payload(self) -> bytes:
        return self.data[4:16]

    def fault(self, name: str, rule: str, at: int, what: str, why: str = "") -> Finding:
        return Finding(
            rule=f"cd-text-{rule}", file=name, offset=self.offset + at, what=what, why=why
        )


def read_texts(data: bytes, name: str) -> Texts:
    """The blocks of a file of packs."""
    findings = [*_length_faults(data, name)]
    starts = range(0, len(data) // PACK_BYTES * PACK_BYTES, PACK_BYTES)
    packs = [_Pack(start, data[start : start + PACK_BYTES]) for start in starts]
    findings += [each for number, pack in enumerate(packs) for each in _faults(pack, number, name)]
    groups = _groups(packs)
    for number, group in enumerate(groups):
        findings += _sequence_faults(group, number, name)
    blocks = []
    for group in groups:
        sizes = _sizes(group)
        if sizes is None:
            what = "the block does not end with three packs of sizes"
            findings.append(group[-1].fault(name, "sizes", 0, what, "they are its last packs, 8F"))
            continue
        findings += _size_faults(group, sizes, groups, name)
        block, wrong = _read_block(group, sizes, name)
        blocks.append(block)
        findings += wrong
    return Texts(blocks=tuple(blocks), findings=tuple(findings))


def _length_faults(data: bytes, name: str) -> Iterator[Finding]:
    over = len(data) % PACK_BYTES
    end = len(data) - over
    if not data:
        yield Finding(rule="cd-text-length", file=name, what=f"`{name}` is empty")
    elif over == 1 and data[-1] == 0:
        what = "a zero byte follows the last pack"
        why = "some programs write one, and some plants' checks refuse it"
        yield Finding(
            rule="cd-text-end", file=name, offset=end, what=what, why=why, severity="warning"
        )
    elif over:
        what = f"`{name}` has {len(data)} bytes"
        why = f"it is made of packs of {PACK_BYTES} bytes"
        yield Finding(rule="cd-text-length", file=name, offset=end, what=what, why=why)


def _faults(pack: _Pack, number: int, name: str) -> Iterator[Finding]:
    wanted = pack_sum(pack.data[:16])
    if pack.data[16:] != wanted:
        what = f"the checksum of pack {number} is {pack.data[16:].hex().upper()}"
        yield pack.fault(name, "crc", 16, what, f"its bytes give {wanted.hex().upper()}")
    if not TITLE <= pack.kind <= SIZES:
        what = f"pack {number} is of type {pack.kind:02X}"
        yield pack.fault(name, "type", 0, what, "types are 80 to 8F")
    if pack.data[1] & 0x80:
        what = f"pack {number} has the extension bit set"
        yield pack.fault(name, "extension", 1, what, "it is 0 on audio discs")


def _groups(packs: Sequence[_Pack]) -> list[list[_Pack]]:
    """The packs of each block, as they stand."""
    groups: list[list[_Pack]] = []
    for pack in packs:
        if groups and groups[-1][0].block == pack.block:
            groups[-1].append(pack)
        else:
            groups.append([pack])
    return groups


def _sequence_faults(group: Sequence[_Pack], number: int, name: str) -> Iterator[Finding]:
    if group[0].block != number:
        what = f"block {group[0].block} stands in place {number}"
        yield group[0].fault(name, "block", 3, what, "blocks count from 0, each in one piece")
    if len(group) > MAX_PACKS:
        what = f"block {number} has {len(group)} packs"
        yield group[MAX_PACKS].fault(name, "packs", 0, what, f"a block holds {MAX_PACKS}")
    earlier = 0
    for place, pack in enumerate(group):
        if pack.data[2] != place & 0xFF:
            what = f"pack {place} of block {number} has the number {pack.data[2]}"
            yield pack.fault(name, "sequence", 2, what, "packs count from 0 in each block")
        if pack.kind < earlier:
            what = f"a pack of type {pack.kind:02X} follows one of {earlier:02X}"
            yield pack.fault(name, "order", 0, what, "types only rise in a block")
        earlier = max(earlier, pack.kind)


def _sizes(group: Sequence[_Pack]) -> bytes | None:
    last = group[-_SIZE_PACKS:]
    if [pack.kind for pack in group].count(SIZES) != _SIZE_PACKS or len(last) < _SIZE_PACKS:
        return None
    if any(pack.kind != SIZES for pack in last):
        return None
    return b"".join(pack.payload for pack in last)


def _size_faults(
    group: Sequence[_Pack], sizes: bytes, groups: Sequence[Sequence[_Pack]], name: str
) -> Iterator[Finding]:
    """The sizes against the packs that are there, of this block and of the others."""

    def fault(place: int, what: str, why: str = "") -> Finding:
        pack = group[place // PAYLOAD_BYTES - _SIZE_PACKS]
        return pack.fault(name, "sizes", 4 + place % PAYLOAD_BYTES, what, why)

    for part, pack in enumerate(group[-_SIZE_PACKS:]):
        if pack.data[1] != part:
            yield pack.fault(name, "sizes", 1, f"part {part} of the sizes says {pack.data[1]}")
        if pack.data[3] & 0x8F:
            what = f"part {part} of the sizes has a character position"
            yield pack.fault(name, "sizes", 3, what, "sizes are no text")
    if sizes[0] not in _CHARSETS:
        known = ", ".join(f"{code:02X}" for code in _CHARSETS)
        yield fault(0, f"the character code is {sizes[0]:02X}", f"known ones are {known}")
    if sizes[1] != 1 or not 1 <= sizes[2] <= _MOST_TRACKS:
        yield fault(1, f"the block is about tracks {sizes[1]} to {sizes[2]}", "they count from 1")
    if sizes[3] not in (0, 3):
        yield fault(3, f"the copyright byte is {sizes[3]}", "it is 0 or 3")
    for kind in range(TITLE, SIZES + 1):
        there = sum(pack.kind == kind for pack in group)
        place = 4 + kind - TITLE
        if sizes[place] != there:
            yield fault(
                place, f"{sizes[place]} packs of type {kind:02X} are told, {there} are there"
            )
    for number in range(MAX_BLOCKS):
        last = len(groups[number]) - 1 if number < len(groups) else 0
        if sizes[20 + number] != last & 0xFF:
            what = f"the last pack of block {number} is told as {sizes[20 + number]}"
            yield fault(20 + number, what, f"it is {last}")
        if number >= len(groups) and sizes[28 + number]:
            what = f"block {number} has the language {sizes[28 + number]:02X}"
            yield fault(28 + number, what, "there is no such block")
        language = sizes[28 + number]
        if language in _UNASSIGNED or language > _LAST_LANGUAGE:
            what = f"block {number} has the language {language:02X}"
            yield fault(28 + number, what, "EBU Tech 3264 gives that code to no language")
    first = _sizes(groups[0])
    if first is not None and first[20:] != sizes[20:]:
        place = next(at for at in range(20, 36) if first[at] != sizes[at])
        yield fault(place, "the blocks tell different things of one another")


def _read_block(group: Sequence[_Pack], sizes: bytes, name: str) -> tuple[TextBlock, list[Finding]]:
    texts: dict[int, tuple[str, ...]] = {}
    places: dict[tuple[int, int], int] = {}
    findings: list[Finding] = []
    genre = 0
    for kind in [*range(TITLE, GENRE + 1), CODES]:
        packs = [pack for pack in group if pack.kind == kind]
        if not packs:
            continue
        double = sizes[0] == MS_JIS and kind <= MESSAGE
        head = 2 if kind == GENRE else 0
        column = Column(
            name=name,
            kind=kind,
            offsets=tuple(pack.offset for pack in packs),
            heads=tuple(pack.data[:4] for pack in packs),
            stream=b"".join(pack.payload for pack in packs),
            head=head,
            strings=1 if kind in _OF_DISC else 1 + sizes[2],
            width=2 if double else 1,
            coding=_CHARSETS.get(sizes[0], "latin-1") if kind <= MESSAGE else "ascii",
        )
        if head:
            genre = int.from_bytes(column.stream[:2], "big")
            if genre > _LAST_GENRE:
                what, why = f"the genre has the code {genre}", f"codes go to {_LAST_GENRE}"
                findings.append(column.fault("genre", 0, what, why))
        found = read_column(column)
        texts[kind] = found.texts
        places |= {(kind, track): place for track, place in enumerate(found.places)}
        findings += found.findings
    block = TextBlock(
        language=sizes[28 + group[0].block],
        charset=sizes[0],
        last_track=sizes[2],
        texts=texts,
        genre_code=genre,
        places=places,
        sizes_at=group[-_SIZE_PACKS].offset + 4,
    )
    return block, findings
