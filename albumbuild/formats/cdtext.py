"""CD-Text: the texts of a disc as packs for its lead-in.

One block, in ISO 8859-1. The layout of the packs follows libburn's `doc/cdtext.txt`.
"""

import binascii
import struct
from collections.abc import Mapping, Sequence

import msgspec

from albumbuild.formats.latin import SpellingError, transliterate
from albumbuild.model.problem import Problem
from albumbuild.model.timeline import Disc, DiscPart, DiscProblem

TITLE, PERFORMER, SONGWRITER, COMPOSER = 0x80, 0x81, 0x82, 0x83
DISC_ID, GENRE, CODES, SIZES = 0x86, 0x87, 0x8E, 0x8F
PACK_BYTES = 18
_PARTS: dict[int, DiscPart] = {
    TITLE: "title", PERFORMER: "performer", SONGWRITER: "songwriter", COMPOSER: "composer",
    DISC_ID: "catalog", GENRE: "genre", CODES: "isrc",
}  # fmt: skip
MAX_PACKS = 256

_PAYLOAD = 12
_GENRES = (
    "", "", "adult contemporary", "alternative rock", "children", "classical",
    "contemporary christian", "country", "dance", "easy listening", "erotic", "folk", "gospel",
    "hip hop", "jazz", "latin", "musical", "new age", "opera", "operetta", "pop", "rap", "reggae",
    "rock", "r&b", "sound effects",
)  # fmt: skip
_LANGUAGES = {  # EBU Tech 3264, Appendix 3
    "sq": 0x01, "br": 0x02, "ca": 0x03, "hr": 0x04, "cy": 0x05, "cs": 0x06, "da": 0x07,
    "de": 0x08, "en": 0x09, "es": 0x0A, "eo": 0x0B, "et": 0x0C, "eu": 0x0D, "fo": 0x0E,
    "fr": 0x0F, "fy": 0x10, "ga": 0x11, "gd": 0x12, "gl": 0x13, "is": 0x14, "it": 0x15,
    "la": 0x17, "lv": 0x18, "lb": 0x19, "lt": 0x1A, "hu": 0x1B, "mt": 0x1C, "nl": 0x1D,
    "no": 0x1E, "nb": 0x1E, "oc": 0x1F, "pl": 0x20, "pt": 0x21, "ro": 0x22, "rm": 0x23,
    "sr": 0x24, "sk": 0x25, "sl": 0x26, "fi": 0x27, "sv": 0x28, "tr": 0x29, "wa": 0x2B,
    "ja": 0x69,
}  # fmt: skip


class TooMuchTextError(ValueError):
    """More text than the 256 packs of a block can hold."""


class CdText(msgspec.Struct, frozen=True):
    """The first block of a CD-Text, read back: type → the disc's text and one for each track."""

    texts: dict[int, tuple[str, ...]]
    genre_code: int
    language: int


def encode_cdtext(disc: Disc) -> bytes:
    """The packs of the disc's texts, codes and sizes.

    Raises: SpellingError, TooMuchTextError; `text_problems` tells both beforehand.
    """
    texts = {
        kind: [transliterate(text)[0].encode("latin-1") for text in column]
        for kind, column in disc_texts(disc).items()
    }
    if disc.genre:
        texts[GENRE][0] = struct.pack(">H", genre_code(disc.genre)) + texts[GENRE][0]
    return encode_block(texts, last_track=len(disc.tracks), language=language_code(disc.language))


def disc_texts(disc: Disc) -> dict[int, list[str]]:
    """The texts by type: the disc's first, then every track's.

    A type that any track has is given to the disc too, since readers demand it.
    """
    tracks = disc.tracks
    texts = {
        TITLE: [disc.title, *(track.title for track in tracks)],
        PERFORMER: [disc.performer, *(track.performer or disc.performer for track in tracks)],
    }
    for kind, names in (
        (SONGWRITER, [track.songwriter for track in tracks]),
        (COMPOSER, [track.composer for track in tracks]),
    ):
        if any(names):
            texts[kind] = [_of_all(names), *names]
    if disc.catalog:
        texts[DISC_ID] = [disc.catalog]
    if disc.genre:
        texts[GENRE] = [disc.genre]
    if disc.upc_13:
        texts[CODES] = [disc.upc_13, *(track.isrc_code for track in tracks)]
    return texts


def encode_block(texts: Mapping[int, Sequence[bytes]], *, last_track: int, language: int) -> bytes:
    """One block of packs: the texts, disc first, then the sizes.

    Raises: TooMuchTextError.
    """
    packs: list[bytes] = []
    counts = [0] * 16
    for kind in sorted(texts):
        made = _text_packs(kind, texts[kind], first_number=len(packs))
        counts[kind - 0x80] = len(made)
        packs += made
    counts[15] = 3
    if len(packs) + 3 > MAX_PACKS:
        raise TooMuchTextError(f"{len(packs) + 3} packs of CD-Text, and a block holds {MAX_PACKS}")
    sizes = bytes([0, 1, last_track, 0, *counts, len(packs) + 2, *[0] * 7, language, *[0] * 7])
    for part in range(3):
        payload = sizes[part * _PAYLOAD : (part + 1) * _PAYLOAD]
        packs.append(_pack(SIZES, part, len(packs), position=0, payload=payload))
    return b"".join(packs)


def text_problems(disc: Disc) -> list[DiscProblem]:
    """A warning for each text that is written otherwise, an error for what cannot be written."""
    found: list[DiscProblem] = []
    told = {""}
    for kind, column in disc_texts(disc).items():
        for track, text in enumerate(column):
            problem = None if text in told else _letter_problem(text)
            told.add(text)
            if problem is not None:
                found.append(DiscProblem(problem=problem, track=track, part=_PARTS[kind]))
    if not any(each.problem.severity == "error" for each in found):
        try:
            encode_cdtext(disc)
        except TooMuchTextError as error:
            found.append(DiscProblem(problem=_too_much(error)))
    return found


def _letter_problem(text: str) -> Problem | None:
    try:
        spelled, changed = transliterate(text)
    except SpellingError as error:
        return _untranslatable(error)
    return _transliterated(text, spelled) if changed else None


def parse_cdtext(data: bytes) -> CdText:
    """The first block, read back.

    Raises: ValueError for a wrong length, CRC or sequence.
    """
    if len(data) % PACK_BYTES:
        raise ValueError(f"{len(data)} bytes are no whole number of packs")
    payloads: dict[int, bytes] = {}
    for number, start in enumerate(range(0, len(data), PACK_BYTES)):
        pack = data[start : start + PACK_BYTES]
        if pack[3] >> 4 & 7:
            break
        if pack[16:] != _crc(pack[:16]) or pack[2] != number:
            raise ValueError(f"pack {number} has a wrong checksum or number")
        payloads[pack[0]] = payloads.get(pack[0], b"") + pack[4:16]
    sizes = payloads.pop(SIZES, b"")
    if len(sizes) != 36:
        raise ValueError("the sizes are not three packs")
    genre = payloads.get(GENRE, b"\0\0")
    payloads[GENRE] = genre[2:]
    texts = {}
    for kind, payload in payloads.items():
        wanted = 1 if kind in (DISC_ID, GENRE) else 1 + sizes[2]
        texts[kind] = tuple(part.decode("latin-1") for part in payload.split(b"\0")[:wanted])
    return CdText(texts, int.from_bytes(genre[:2], "big"), sizes[28])


def genre_code(genre: str) -> int:
    """The code of a genre that all readers agree on, else 1, "not defined"."""
    name = genre.strip().lower().replace("-", " ")
    return _GENRES.index(name) if name in _GENRES[2:] else 1


def language_code(language: str) -> int:
    """The code of an ISO 639-1 language such as `en` or `pt-BR`; 0 for an unknown one."""
    return _LANGUAGES.get(language.lower().replace("_", "-").split("-")[0], 0)


def _of_all(names: Sequence[str]) -> str:
    found = list(dict.fromkeys(name for name in names if name))
    return found[0] if len(found) == 1 else "Various"


def _text_packs(kind: int, texts: Sequence[bytes], first_number: int) -> list[bytes]:
    """Strings one after the other; a pack says whose string its first byte belongs to."""
    stream = b"".join(text + b"\0" for text in texts)
    owners = [(track, at) for track, text in enumerate(texts) for at in range(len(text) + 1)]
    packs = []
    for number, start in enumerate(range(0, len(stream), _PAYLOAD)):
        track, position = owners[start]
        payload = stream[start : start + _PAYLOAD].ljust(_PAYLOAD, b"\0")
        packs.append(
            _pack(kind, track, first_number + number, position=min(position, 15), payload=payload)
        )
    return packs


def _pack(kind: int, track: int, number: int, *, position: int, payload: bytes) -> bytes:
    pack = bytes([kind, track, number & 0xFF, position]) + payload
    return pack + _crc(pack)


def _crc(pack: bytes) -> bytes:
    return struct.pack(">H", binascii.crc_hqx(pack, 0) ^ 0xFFFF)


def _transliterated(text: str, spelled: str) -> Problem:
    """Letters that CD-Text has not got, with a spelling that it has."""
    return Problem(
        slug="cd-text-transliterated",
        what=f"CD-Text will say `{spelled}` for `{text}`",
        why="CD-Text is written in ISO 8859-1",
        fix="nothing, if that reads well",
        severity="warning",
    )


def _untranslatable(error: SpellingError) -> Problem:
    """Letters that CD-Text has not got, and no way to spell them."""
    return Problem(
        slug="cd-text-characters",
        what=f"CD-Text cannot spell `{error.text}`",
        why=f"CD-Text is written in ISO 8859-1, which has no `{error.characters}`",
        fix="give the text in Latin letters, or write `cd_text: false` for this CD",
    )


def _too_much(error: TooMuchTextError) -> Problem:
    """A block has an end."""
    return Problem(
        slug="cd-text-too-long",
        what=f"the texts need {error}",
        why="a player reads no further",
        fix="shorten the titles and names",
    )
