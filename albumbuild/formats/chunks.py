"""Where the sound lies in a file made of chunks, by the file's own word."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from albumbuild.formats.mp4 import atoms

UNKNOWN_32 = 0xFFFFFFFF  # a size that a writer into a pipe, or an RF64, leaves open

_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")


class Chunk(msgspec.Struct, frozen=True):
    """One chunk: `start` is its first byte after the header; the file may hold less than `size`."""

    name: bytes
    start: int
    size: int


def riff_chunks(file: BinaryIO) -> Iterator[Chunk]:
    """The chunks of a WAV, RF64 or BW64; nothing when the file is none of them.

    A `data` chunk of unknown size reaches to the end of the file.

    Source: EBU Tech 3306 for `ds64`.
    """
    file_bytes = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return
    position, long_data = 12, None
    while position + 8 <= file_bytes:
        file.seek(position)
        name, size = struct.unpack("<4sI", file.read(8))
        start = position + 8
        if name == b"ds64" and size >= 16:
            long_data = struct.unpack("<8xQ", file.read(16))[0]
        elif name == b"data" and size == UNKNOWN_32:
            size = file_bytes - start if long_data is None else long_data
        yield Chunk(name, start, size)
        position = start + size + size % 2


def sound_chunk(file: BinaryIO) -> Chunk | None:
    """The chunk that holds the sound, in WAV, RF64, AIFF, CAF, W64 and MP4; None in others."""
    file.seek(0)
    magic = file.read(12)
    if magic[:4] == b"FORM":
        return next((each for each in _aiff_chunks(file) if each.name == b"SSND"), None)
    if magic[:4] == b"caff":
        return next((each for each in _caf_chunks(file) if each.name == b"data"), None)
    if magic[4:8] == b"ftyp":
        found = (each for each in atoms(file, 0, file.seek(0, 2)) if each[0] == b"mdat")
        return next((Chunk(name, start, end - start) for name, start, end in found), None)
    if magic[:4] == b"riff":
        return next((each for each in _w64_chunks(file) if each.name == _W64_DATA), None)
    return next((each for each in riff_chunks(file) if each.name == b"data"), None)


def _aiff_chunks(file: BinaryIO) -> Iterator[Chunk]:
    """`SSND` is told without the eight bytes of offset and block size that it begins with."""
    position = 12
    while len(header := _at(file, position, 8)) == 8:
        name, size = struct.unpack(">4sI", header)
        skip = 8 if name == b"SSND" else 0
        yield Chunk(name, position + 8 + skip, max(size - skip, 0))
        position += 8 + size + size % 2


def _caf_chunks(file: BinaryIO) -> Iterator[Chunk]:
    """`data` is told without the four bytes of edit count; a size of -1 reaches to the end."""
    position = 8
    while len(header := _at(file, position, 12)) == 12:
        name, size = struct.unpack(">4sq", header)
        start = position + 12
        if size < 0:
            size = file.seek(0, 2) - start
        skip = 4 if name == b"data" else 0
        yield Chunk(name, start + skip, max(size - skip, 0))
        position = start + size


def _w64_chunks(file: BinaryIO) -> Iterator[Chunk]:
    position = 40
    while len(header := _at(file, position, 24)) == 24:
        name, size = struct.unpack("<16sQ", header)
        yield Chunk(name, position + 24, max(size - 24, 0))
        position += max(size + -size % 8, 24)


def _at(file: BinaryIO, position: int, size: int) -> bytes:
    if position > file.seek(0, 2):  # where a damaged size may point
        return b""
    file.seek(position)
    return file.read(size)
