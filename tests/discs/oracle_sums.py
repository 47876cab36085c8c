"""The checker's reading of checksum files, in every form that is known."""

import hashlib
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.discs.oracle_fields import Fault

MD5_LINE = re.compile(r"([0-9A-Fa-f]{32}) [ *](.+)")
CRC_LINE = re.compile(r"([^=]+)=([0-9A-Fa-f]{8})")
CRC_HEAD = "[CRC32 Checksum]"


class Line(NamedTuple):
    """A line of a checksum file: where it is, the file it speaks of, the sum it gives."""

    file: str
    at: int
    name: str
    sum: str


def is_sums(name: str) -> bool:
    """Whether a file of this name holds checksums."""
    return name.lower().endswith(".md5") or name.lower() == "checksum.txt"


def sums_of(path: Path) -> set[str]:
    """MD5 and CRC-32 of a file, as lower-case digits."""
    md5, crc = hashlib.md5(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            md5.update(piece)
            crc = zlib.crc32(piece, crc)
    return {md5.hexdigest(), f"{crc:08x}"}


def sums_faults(files: Mapping[str, Path], needed: Collection[str]) -> Iterator[Fault]:
    """All that is wrong in the checksum files, or with what they speak of.

    `needed` are the files that each of them must cover.
    """
    sheets = sorted(name for name in files if is_sums(name))
    lines: list[Line] = []
    for sheet in sheets:
        found, garbage = read_lines(sheet, files[sheet].read_bytes())
        lines += found
        yield from garbage
        named = [line.name for line in found]
        for name in needed:
            if name not in named:
                yield Fault(sheet, None, "sums-cover", f"no line for {name}")
        for line in found:
            if line.name not in files:
                yield Fault(sheet, line.at, "sums-missing", f"there is no {line.name}")
            elif named.count(line.name) > 1:
                yield Fault(sheet, line.at, "sums-twice", f"{line.name} is listed twice")
    yield from mismatches(files, lines)


def read_lines(sheet: str, data: bytes) -> tuple[list[Line], list[Fault]]:
    """The lines of a checksum file, and what in it is no such line."""
    lines, garbage = [], []
    at = 0
    for raw in data.splitlines(keepends=True):
        text = raw.decode("latin-1").rstrip("\r\n")
        if match := MD5_LINE.fullmatch(text):
            lines.append(Line(sheet, at, match[2], match[1].lower()))
        elif match := CRC_LINE.fullmatch(text):
            lines.append(Line(sheet, at, match[1], match[2].lower()))
        elif text.strip() and text != CRC_HEAD:
            garbage.append(Fault(sheet, at, "sums-form", f"{text!r} is no line of checksums"))
        at += len(raw)
    if not lines and not garbage:
        garbage.append(Fault(sheet, None, "sums-form", "no checksums in it"))
    return lines, garbage


def mismatches(files: Mapping[str, Path], lines: list[Line]) -> Iterator[Fault]:
    """Sums that do not fit; the line is to blame alone when another sum of the file fits."""
    for name in sorted({line.name for line in lines if line.name in files}):
        real = sums_of(files[name])
        about = [line for line in lines if line.name == name]
        wrong = [line for line in about if line.sum not in real]
        for line in wrong:
            yield Fault(line.file, line.at, "sum", f"the sum of {name} does not fit")
        if wrong and wrong == about:
            yield Fault(name, None, "sum", "not the file that was summed")
