"""One type of CD-Text: its strings out of the payload of its packs, and what those say of them."""

from collections.abc import Iterator

import msgspec

from albumbuild.formats.cdtext import PAYLOAD_BYTES
from albumbuild.model.finding import Finding

_MOST_TOLD = 15
_TAB = "\t"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The packs of a type: where each is in the file, its first four bytes, all payloads in a row.

    `head` bytes stand before the first string; `strings` are due; a character has `width` bytes.
    """

    name: str
    kind: int
    offsets: tuple[int, ...]
    heads: tuple[bytes, ...]
    stream: bytes
    head: int
    strings: int
    width: int
    coding: str

    def fault(self, rule: str, place: int, what: str, why: str = "") -> Finding:
        """Something wrong at a byte of the payloads."""
        return Finding(
            rule=f"cd-text-{rule}", file=self.name, offset=self.place(place), what=what, why=why
        )

    def place(self, at: int) -> int:
        """Where a byte of the payloads is in the file."""
        pack, rest = divmod(min(at, len(self.stream) - 1), PAYLOAD_BYTES)
        return self.offsets[pack] + 4 + rest


class _String(msgspec.Struct, frozen=True):
    start: int
    data: bytes


class Texts(msgspec.Struct, frozen=True):
    """The texts of a column, the disc's first, with the place of each in the file."""

    texts: tuple[str, ...]
    places: tuple[int, ...]
    findings: tuple[Finding, ...]


def read_column(column: Column) -> Texts:
    """The texts, with what is wrong."""
    strings, end = _split(column)
    findings = [*_count_faults(column, strings, end), *_pack_faults(column, strings, end)]
    texts: list[str] = []
    for number, string in enumerate(strings):
        text, wrong = _decoded(column, string, number)
        findings += wrong
        if text == _TAB * column.width:
            text = texts[-1] if number > 1 else ""
        texts.append(text)
    places = tuple(column.place(string.start) for string in strings)
    return Texts(tuple(texts), places, tuple(findings))


def _split(column: Column) -> tuple[list[_String], int]:
    """The strings that are there, and where the last one ends."""
    strings: list[_String] = []
    width, at = column.width, column.head
    while len(strings) < column.strings and at < len(column.stream):
        end = at
        while end < len(column.stream) and any(column.stream[end : end + width]):
            end += width
        if end >= len(column.stream):
            break
        strings.append(_String(at, column.stream[at:end]))
        at = end + width
    return strings, at


def _count_faults(column: Column, strings: list[_String], end: int) -> Iterator[Finding]:
    kind = f"type {column.kind:02X}"
    if len(strings) < column.strings:
        what = f"{kind} has {len(strings)} whole texts"
        why = f"{column.strings} are due: the disc's, and one for each track it has"
        yield column.fault("strings", len(column.stream), what, why)
        return
    rest = column.stream[end:]
    again = column.stream[: column.head]
    if any(rest) and not (column.head and rest.startswith(again)):
        place = end + next(at for at, byte in enumerate(rest) if byte)
        yield column.fault(
            "padding", place, f"something follows the last text of {kind}", "zeros do"
        )
    elif len(rest) >= PAYLOAD_BYTES and not any(rest):
        yield column.fault("padding", end, f"a whole pack of zeros follows the texts of {kind}")


def _pack_faults(column: Column, strings: list[_String], end: int) -> Iterator[Finding]:
    """Whose text each pack says its first byte belongs to, and how far into it that is."""
    for pack, head in enumerate(column.heads):
        place = pack * PAYLOAD_BYTES
        if bool(head[3] & 0x80) != (column.width == 2):
            what = (
                f"pack {head[2]} says that its characters have {2 if head[3] & 0x80 else 1} bytes"
            )
            yield _of_pack(column, pack, 3, "double", what)
        if place >= end or not strings:
            continue
        place = max(place, column.head)
        track = max(number for number, each in enumerate(strings) if each.start <= place)
        if head[1] & 0x7F != track:
            what = f"pack {head[2]} begins in the text of {_owner(track)}"
            yield _of_pack(column, pack, 1, "track", what, f"it says {_owner(head[1] & 0x7F)}")
            continue
        passed = (place - strings[track].start) // column.width
        told = head[3] & 0x0F
        if column.head and told == min(passed + column.head, _MOST_TOLD):
            continue  # some writers count the code of the genre with its text
        early = strings[track].start < place - PAYLOAD_BYTES
        if told != min(passed, _MOST_TOLD) and not (early and told == _MOST_TOLD):
            what = f"pack {head[2]} says that {told} characters of its text came before"
            yield _of_pack(column, pack, 3, "position", what, f"it is {min(passed, _MOST_TOLD)}")


def _of_pack(column: Column, pack: int, at: int, rule: str, what: str, why: str = "") -> Finding:
    return Finding(
        rule=f"cd-text-{rule}",
        file=column.name,
        offset=column.offsets[pack] + at,
        what=what,
        why=why,
    )


def _owner(track: int) -> str:
    return f"track {track}" if track else "the disc"


def _decoded(column: Column, string: _String, number: int) -> tuple[str, list[Finding]]:
    try:
        text = string.data.decode(column.coding)
    except UnicodeDecodeError as error:
        what = (
            f"the text of {_owner(number)} of type {column.kind:02X} is not in its character code"
        )
        wrong = column.fault("letters", string.start + error.start, what)
        return string.data.decode("latin-1"), [wrong]
    if text == _TAB * column.width:
        if number > 1:
            return text, []
        what = f"the text of {_owner(number)} of type {column.kind:02X} is a TAB"
        why = "a TAB stands for the text of the track before, and readers drop it on track 1"
        return text, [column.fault("tab", string.start, what, why)]
    odd = next((at for at, each in enumerate(text) if not _is_letter(each)), None)
    if odd is None:
        return text, []
    what = f"U+{ord(text[odd]):04X} stands in the text of {_owner(number)}"
    why = "control characters are no text: 80 to 9F are letters in Windows' code, and in no CD's"
    return text, [column.fault("letters", string.start + odd * column.width, what, why)]


def _is_letter(character: str) -> bool:
    return character >= " " and not "\x7f" <= character <= "\x9f"
