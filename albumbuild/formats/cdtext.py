"""CD-Text: the texts of a disc as packs for its lead-in.

A block for each language, in ISO 8859-1, or in MS-JIS where Japanese wants it. The layout of
the packs follows libburn's `doc/cdtext.txt`.
"""

import binascii
import struct
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from albumbuild.formats.genres import base_language, genre_code, language_code
from albumbuild.formats.latin import SpellingError, ms_jis, transliterate
from albumbuild.model.timeline import Disc, DiscPart, Words

TITLE, PERFORMER, SONGWRITER, COMPOSER, ARRANGER, MESSAGE = range(0x80, 0x86)
DISC_ID, GENRE, CODES, SIZES = 0x86, 0x87, 0x8E, 0x8F
LATIN, MS_JIS = 0x00, 0x80
PACK_BYTES, PAYLOAD_BYTES = 18, 12
MAX_PACKS, MAX_BLOCKS = 256, 8
PARTS: dict[int, DiscPart] = {
    TITLE: "title", PERFORMER: "performer", SONGWRITER: "songwriter", COMPOSER: "composer",
    ARRANGER: "arranger", MESSAGE: "message", DISC_ID: "catalog", GENRE: "genre", CODES: "isrc",
}  # fmt: skip

_TAB = b"\t"
_DOUBLE = 0x80  # the bit of a pack whose characters have two bytes each
_SIZE_PACKS = 3
_BASIC = (TITLE, PERFORMER, SONGWRITER)


class TooMuchTextError(ValueError):
    """More text than the 256 packs of a block can hold."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of one language as bytes without their ends: type → the disc's, then each track's.

    `language` and `charset` are the codes that stand in the sizes.
    """

    language: int
    charset: int = LATIN
    texts: Mapping[int, Sequence[bytes]]

    def is_double(self, kind: int) -> bool:
        """Whether the characters of that type have two bytes; codes and ids are ASCII always."""
        return self.charset == MS_JIS and kind <= MESSAGE


def encode_cdtext(disc: Disc, *, basic: bool = False) -> bytes:
    """The packs of the disc's texts, codes and sizes, a block for each language.

    `basic` leaves all but titles, performers and songwriters out.

    Raises: SpellingError, TooMuchTextError; `text_problems` tells both beforehand.
    """
    return encode_blocks(blocks_of(disc, basic=basic), last_track=len(disc.tracks))


def blocks_of(disc: Disc, *, basic: bool = False) -> list[Block]:
    """A block for the disc's own language, and one for each translation.

    Where it would not fit, what a track shares with the one before it is said by a TAB; where
    that is not enough, the codes are left to the PQ descriptor.

    Raises: SpellingError for a text that the block's characters cannot spell.
    """
    found = []
    for language in languages(disc):
        texts = disc_texts(disc, language)
        if basic:
            texts = {kind: texts[kind] for kind in _BASIC if kind in texts}
        block = _block(texts, language, genre=disc.genre or "")
        block = block if _fits(block) else _shortened(block)
        found.append(block if _fits(block) else _without_codes(block))
    return found


def languages(disc: Disc) -> list[str]:
    """The languages of the blocks, in their order."""
    return [disc.language, *(each.language for each in disc.translations)]


def disc_texts(disc: Disc, language: str = "") -> dict[int, list[str]]:
    """The texts of one language by type: the disc's first, then every track's.

    What a translation leaves out is said in the disc's own language. A type that any track
    has is given to the disc too, since readers demand it.
    """
    whole, tracks = _words(disc, language)
    texts = {
        TITLE: [whole.title, *(track.title for track in tracks)],
        PERFORMER: [whole.performer, *(track.performer or whole.performer for track in tracks)],
    }
    for kind, of_disc, names in (
        (SONGWRITER, whole.songwriter, [track.songwriter for track in tracks]),
        (COMPOSER, whole.composer, [track.composer for track in tracks]),
        (ARRANGER, whole.arranger, [track.arranger for track in tracks]),
    ):
        if of_disc or any(names):
            texts[kind] = [of_disc or _of_all(names), *names]
    messages = [track.message for track in tracks]
    if whole.message or any(messages):
        texts[MESSAGE] = [whole.message or whole.title, *messages]
    if disc.catalog:
        texts[DISC_ID] = [disc.catalog]
    if disc.genre:
        texts[GENRE] = [disc.genre]
    if disc.upc_13:
        texts[CODES] = [disc.upc_13, *(track.isrc_code for track in disc.tracks)]
    return texts


def encode_blocks(blocks: Sequence[Block], *, last_track: int) -> bytes:
    """The packs of all blocks; each ends with the sizes, which tell of the others too.

    Raises: TooMuchTextError.
    """
    packs = [_text_packs(block) for block in blocks]
    lasts = [len(each) + _SIZE_PACKS - 1 for each in packs]
    codes = [block.language for block in blocks]
    if max(lasts) >= MAX_PACKS:
        raise TooMuchTextError(f"{max(lasts) + 1} packs of CD-Text, and a block holds {MAX_PACKS}")
    data = b""
    for number, (block, made) in enumerate(zip(blocks, packs, strict=True)):
        counts = [sum(pack[0] == kind for pack in made) for kind in range(0x80, SIZES)]
        sizes = bytes(
            [block.charset, 1, last_track, 0, *counts, _SIZE_PACKS, *_eight(lasts), *_eight(codes)]
        )
        for part, start in enumerate(range(0, len(sizes), PAYLOAD_BYTES)):
            payload = sizes[start : start + PAYLOAD_BYTES]
            made.append(bytes([SIZES, part, len(made), 0]) + payload)
        data += b"".join(_sealed(pack, number) for pack in made)
    return data


def pack_sum(pack: bytes) -> bytes:
    """The checksum behind the first sixteen bytes of a pack: CRC-16 of 0x1021, inverted."""
    return struct.pack(">H", binascii.crc_hqx(pack, 0) ^ 0xFFFF)


def _words(disc: Disc, language: str) -> tuple[Words, list[Words]]:
    """The words of the disc and of its tracks, those of a translation first."""
    own = Words(title=disc.title, performer=disc.performer, message=disc.message)
    tracks = [track.words for track in disc.tracks]
    for each in disc.translations:
        if each.language == language:
            pairs = zip(each.tracks, tracks, strict=True)
            return _over(each.disc, own), [_over(mine, theirs) for mine, theirs in pairs]
    return own, tracks


def _over(mine: Words, theirs: Words) -> Words:
    said = {name: value for name, value in msgspec.structs.asdict(mine).items() if value}
    return msgspec.structs.replace(theirs, **said)


def _of_all(names: Sequence[str]) -> str:
    found = list(dict.fromkeys(name for name in names if name))
    return found[0] if len(found) == 1 else "Various"


def _block(texts: Mapping[int, Sequence[str]], language: str, *, genre: str) -> Block:
    try:
        charset = LATIN
        spelled = {kind: [latin(text) for text in column] for kind, column in texts.items()}
    except SpellingError:
        if not may_be_ms_jis(language):
            raise
        charset = MS_JIS
        spelled = {
            kind: [ms_jis(text) if kind <= MESSAGE else latin(text) for text in column]
            for kind, column in texts.items()
        }
    if GENRE in spelled:
        spelled[GENRE][0] = struct.pack(">H", genre_code(genre)) + spelled[GENRE][0]
    return Block(language=language_code(language), charset=charset, texts=spelled)


def _shortened(block: Block) -> Block:
    """The block with a TAB for each text that repeats the one of the track before.

    Not for track 1: there readers drop it.
    """
    texts = {kind: list(column) for kind, column in block.texts.items()}
    for kind in texts.keys() - {DISC_ID, GENRE, CODES}:
        tab = _TAB * (2 if block.is_double(kind) else 1)
        column = block.texts[kind]
        for track in range(2, len(column)):
            if column[track] == column[track - 1] and len(column[track]) > len(tab):
                texts[kind][track] = tab
    return msgspec.structs.replace(block, texts=texts)


def _without_codes(block: Block) -> Block:
    texts = {kind: column for kind, column in block.texts.items() if kind != CODES}
    return msgspec.structs.replace(block, texts=texts)


def _fits(block: Block) -> bool:
    return len(_text_packs(block)) + _SIZE_PACKS <= MAX_PACKS


def latin(text: str) -> bytes:
    """The text in ISO 8859-1.

    Raises: SpellingError for what cannot be spelled in it.
    """
    return transliterate(text)[0].encode("latin-1")


def may_be_ms_jis(language: str) -> bool:
    """Whether a block of that language may be in MS-JIS."""
    return base_language(language) == "ja"


def _eight(numbers: Sequence[int]) -> bytes:
    return bytes(numbers).ljust(MAX_BLOCKS, b"\0")


def _text_packs(block: Block) -> list[bytes]:
    packs: list[bytes] = []
    for kind in sorted(block.texts):
        packs += _column_packs(block, kind, first_number=len(packs))
    return packs


def _column_packs(block: Block, kind: int, *, first_number: int) -> Iterator[bytes]:
    """Strings one after the other; a pack says whose string its first byte belongs to."""
    width = 2 if block.is_double(kind) else 1
    texts = block.texts[kind]
    stream = b"".join(text + bytes(width) for text in texts)
    owners = [
        (track, at)
        for track, text in enumerate(texts)
        for at in range((len(text) + width) // width)
        for _ in range(width)
    ]
    for number, start in enumerate(range(0, len(stream), PAYLOAD_BYTES), first_number):
        track, position = owners[start]
        place = min(position, 15) | (_DOUBLE if width == 2 else 0)
        payload = stream[start : start + PAYLOAD_BYTES].ljust(PAYLOAD_BYTES, b"\0")
        yield bytes([kind, track, number & 0xFF, place]) + payload


def _sealed(pack: bytes, block: int) -> bytes:
    """The pack with the number of its block and its checksum."""
    whole = pack[:3] + bytes([pack[3] | block << 4]) + pack[4:]
    return whole + pack_sum(whole)
