"""Records of a DDP fileset: fields at fixed places, and what may stand in each."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec

from albumbuild.model.finding import Finding

DDPID_BYTES = DDPMS_BYTES = 128
PQ_BYTES = 64


class Field(msgspec.Struct, frozen=True):
    """A field: where it is, its form as a regular expression, and that form in words."""

    name: str
    start: int
    length: int
    form: str
    wanted: str


class Record(msgspec.Struct, frozen=True):
    """One record of a file, as text of one character a byte; `offset` is where it begins."""

    file: str
    offset: int
    text: str

    def at(self, start: int, length: int) -> str:
        """The text of a field."""
        return self.text[start : start + length]

    def number(self, start: int, length: int) -> int | None:
        """A right-aligned number, filled up with zeros or spaces; None where it is none."""
        text = self.at(start, length).strip(" ")
        return int(text) if re.fullmatch(r"[0-9]+", text) else None

    def fault(self, rule: str, start: int, what: str, why: str = "") -> Finding:
        """Something wrong at a place in the record."""
        return Finding(rule=rule, file=self.file, offset=self.offset + start, what=what, why=why)


def _blank(name: str, start: int, length: int) -> Field:
    return Field(name, start, length, " *", "blank")


IDENTITY = (
    Field("DDPID", 0, 8, r"DDP 2\.00", "`DDP 2.00`"),
    Field("UPC", 8, 13, r"[0-9]{13}|[0-9]{12} | {13}", "13 digits, 12 and a space, or blank"),
    _blank("MSS", 21, 8),
    Field("MSL", 29, 8, r" *[0-9]*", "a number or blank"),
    _blank("MED", 37, 1),
    Field("BK", 86, 1, " ", "blank: other letters are of other books than the Red one"),
    Field("TYPE", 87, 2, "CD", "`CD`"),
    _blank("NSIDE to LAYER", 89, 4),
    Field(
        "SIZ", 93, 3, r" {3}|[0-9]{2}[!-~]| [0-9]{2}|[0-9]{2} ", "the length of the text, or blank"
    ),
)
_MAP = (
    Field("MPV", 0, 4, "VVVM", "`VVVM`"),
    _blank("DSP", 6, 8),
    Field("DSL", 14, 8, r" *[0-9]+", "a length"),
    _blank("PRE1", 42, 4),
    _blank("PST", 50, 4),
    _blank("MED", 54, 1),
    _blank("IDX", 57, 2),
    _blank("ISRC", 59, 12),
    Field("SIZ", 71, 3, "[ 0]17", "17, the width of the name"),
    Field("DSI", 74, 17, r"[!-.0-~][ -.0-~]* *", "a file name"),
    _blank("PRE1NXT to PAD", 92, 36),
)
_STREAM = (
    *_MAP,
    Field("DST", 4, 2, "S0", "`S0`"),
    _blank("DSS", 22, 8),
    _blank("CDM to SCR", 38, 4),
    _blank("PRE2", 46, 4),
    Field("TRK", 55, 2, "00|  ", "00 or blank"),
    _blank("NEW", 91, 1),
)
_AUDIO = (
    *_MAP,
    Field("DST", 4, 2, "D0", "`D0`"),
    Field("DSS", 22, 8, " {8}|0{8}| *0", "0 or blank: the pause is in the image"),
    _blank("SUB", 30, 8),
    Field("CDM", 38, 2, "DA", "`DA`"),
    Field("SSM", 40, 1, "[70]", "7: whole sectors of 2352 bytes"),
    Field("SCR", 41, 1, "[01]", "0 or 1"),
    Field("PRE2", 46, 4, r" *[0-9]+", "the sectors of the pause"),
    _blank("TRK", 55, 2),
    Field("NEW", 91, 1, " ", "blank: an audio CD has one session"),
)
STREAMS = {"CDTEXT": _STREAM, "PQ DESCR": _STREAM, "DA": _AUDIO}
PQ = (
    Field("SPV", 0, 4, "VVVS", "`VVVS`"),
    Field("TRK", 4, 2, "[0-9]{2}|AA", "00 to 99, or AA"),
    Field("IDX", 6, 2, "[0-9]{2}", "00 to 99"),
    Field("HRS", 8, 2, " {2}|00", "blank"),
    Field("MIN", 10, 2, "[0-9]{2}", "00 to 99"),
    Field("SEC", 12, 2, "[0-5][0-9]", "00 to 59"),
    Field("FRM", 14, 2, "[0-6][0-9]|7[0-4]", "00 to 74"),
    Field("CB1", 16, 2, "[0-3]1|[01]S", "01, 11, 21, 31, 0S or 1S"),
    _blank("CB2", 18, 2),
    Field(
        "ISRC", 20, 12, r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}| {12}", "an ISRC without hyphens, or blank"
    ),
    Field("UPC", 32, 13, r"[0-9]{13}|[0-9]{12} | {13}", "13 digits, 12 and a space, or blank"),
)


def records_of(data: bytes, name: str, size: int) -> tuple[list[Record], list[Finding]]:
    """The records of a file; what is over at its end is told and left out."""
    findings = []
    if not data or len(data) % size:
        what = f"`{name}` has {len(data)} bytes"
        why = f"it is made of records of {size} bytes"
        place = len(data) // size * size
        findings.append(Finding(rule="record-length", file=name, offset=place, what=what, why=why))
    text = data.decode("latin-1")
    starts = range(0, len(data) // size * size, size)
    records = [Record(name, start, text[start : start + size]) for start in starts]
    return records, [*findings, *(each for record in records for each in _unprintable(record))]


def field_faults(record: Record, fields: Sequence[Field]) -> Iterator[Finding]:
    """Every field that is not in its form."""
    for field in fields:
        text = record.at(field.start, field.length)
        if _form(field.form).fullmatch(text) is None:
            what = f"{field.name} is `{shown(text)}`"
            yield record.fault(
                f"{_slug(field.name)}-form", field.start, what, f"it is {field.wanted}"
            )


def shown(text: str) -> str:
    """The text with `?` for what cannot be printed."""
    return "".join(each if " " <= each <= "~" else "?" for each in text)


@cache
def _form(form: str) -> re.Pattern[str]:
    return re.compile(form)


def _slug(name: str) -> str:
    return "ddp-" + name.split()[0].lower()


def _unprintable(record: Record) -> Iterator[Finding]:
    found = re.search(r"[^ -~]", record.text)
    if found is not None:
        code = ord(found[0])
        what = f"the byte {code:02X} stands in a record of text"
        yield record.fault("ddp-ascii", found.start(), what, "records are printable ASCII")
