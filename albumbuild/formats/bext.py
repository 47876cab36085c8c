"""The `bext` chunk of a Broadcast Wave: who made the sound, how, and how loud it is."""

import re
import struct

import msgspec

from albumbuild.formats.latin import SpellingError, ascii_letters

CHUNK = b"bext"

_VERSION = 2
_FIXED = struct.Struct("<256s32s32s10s8sQH64s5h180x")
_ABSENT = 0x7FFF


class Bext(msgspec.Struct, frozen=True, kw_only=True):
    """What the chunk says; figures are in LUFS, LU and dBTP to 0.01, None where not known.

    `start_frame` is where the sound begins on its time line, `history` what it went through.
    """

    description: str = ""
    originator: str = ""
    reference: str = ""
    date: str = ""
    start_frame: int = 0
    lufs: float | None = None
    lra_lu: float | None = None
    dbtp: float | None = None
    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    history: str = ""

    def packed(self) -> bytes:
        """The body of the chunk, of an even number of bytes.

        Texts are in ASCII: what has no such spelling becomes a question mark. A date that is
        no day is left out.

        Source: EBU Tech 3285 version 2; EBU R 98 for the history.
        """
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", self.date)
        fixed = _FIXED.pack(
            *(_ascii(each) for each in (self.description, self.originator, self.reference)),
            _ascii(self.date) if is_day else b"",
            b"",
            self.start_frame,
            _VERSION,
            b"",
            *map(_hundredths, self._figures()),
        )
        history = b"".join(_ascii(line) + b"\r\n" for line in self.history.splitlines())
        return fixed + history + b"\0" * (len(history) % 2)

    def _figures(self) -> tuple[float | None, ...]:
        return self.lufs, self.lra_lu, self.dbtp, self.momentary_lufs, self.short_term_lufs


def read_bext(body: bytes) -> Bext:
    """What a chunk says, of any version.

    Raises: ValueError for one that is too short.
    """
    if len(body) < _FIXED.size:
        raise ValueError("a `bext` chunk has 602 bytes at least")
    texts, numbers = _FIXED.unpack(body[: _FIXED.size])[:5], _FIXED.unpack(body[: _FIXED.size])[5:]
    description, originator, reference, date, _ = (_text(each) for each in texts)
    start_frame, version, _, *figures = numbers
    known = [_figure(each) if version >= _VERSION else None for each in figures]
    return Bext(
        description=description,
        originator=originator,
        reference=reference,
        date=date,
        start_frame=start_frame,
        lufs=known[0],
        lra_lu=known[1],
        dbtp=known[2],
        momentary_lufs=known[3],
        short_term_lufs=known[4],
        history=_text(body[_FIXED.size :]).replace("\r\n", "\n"),
    )


def _ascii(text: str) -> bytes:
    return "".join(map(_letters, text)).encode("ascii")


def _letters(letter: str) -> str:
    try:
        return ascii_letters(letter)
    except SpellingError:
        return "?"


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace")


def _hundredths(value: float | None) -> int:
    """Rounded away from zero at a half; what no two bytes hold is absent."""
    if value is None:
        return _ABSENT
    whole = int(abs(value) * 100.0 + 0.5)
    return _ABSENT if whole >= _ABSENT else (whole if value >= 0.0 else -whole)


def _figure(hundredths: int) -> float | None:
    return None if hundredths == _ABSENT else hundredths / 100.0
