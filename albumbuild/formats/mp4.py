"""Atoms of an MP4 file: which part of its sound is to be heard, by its edit list."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

AAC_FRAME = 1_024
"""Frames that one packet of AAC decodes to."""

_TRACK = (b"moov", b"trak")


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """`frames` are heard after `delay` frames that an encoder put before the sound."""

    delay: int
    frames: int

    def as_itunes(self) -> str:
        """The same for players that read `iTunSMPB`: delay, padding and length in hexadecimal.

        Source: the files that iTunes writes; there is no public text.
        """
        padding = -(self.delay + self.frames) % AAC_FRAME
        counts = f"{self.delay:08X} {padding:08X} {self.frames:016X}"
        return f" 00000000 {counts}" + " 00000000" * 8


def edit_of(path: Path) -> Edit | None:
    """The first edit of a sound, in frames; None without one, or where it counts otherwise.

    Source: ISO/IEC 14496-12, 8.6.6.
    """
    with path.open("rb") as file:
        movie = _body(file, (b"moov", b"mvhd"))
        media = _body(file, (*_TRACK, b"mdia", b"mdhd"))
        edits = _body(file, (*_TRACK, b"edts", b"elst"))
    scales = [_time_scale(each) for each in (movie, media)]
    if scales[0] != scales[1] or len(edits) < 20:
        return None
    is_long = edits[0] == 1
    layout, last = (">Qq", 24) if is_long else (">Ii", 16)
    if len(edits) < last:
        return None
    count, delay = struct.unpack(layout, edits[8:last])
    return Edit(delay=delay, frames=count) if delay >= 0 else None


def atoms(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The atoms between two places: name, first byte of the body, and the byte after it."""
    while start + 8 <= end:
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        body = start + 8
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
            body += 8
        if size == 0:
            size = end - start
        if size < body - start:
            return
        yield name, body, start + size
        start += size


def _body(file: BinaryIO, names: tuple[bytes, ...]) -> bytes:
    """What stands in the first atom at that path; nothing where there is none."""
    start, end = 0, file.seek(0, 2)
    for name in names:
        found = next((each for each in atoms(file, start, end) if each[0] == name), None)
        if found is None:
            return b""
        start, end = found[1], min(found[2], end)
    file.seek(start)
    return file.read(end - start)


def _time_scale(header: bytes) -> int:
    at = 20 if header[:1] == b"\x01" else 12
    return int.from_bytes(header[at : at + 4], "big")
