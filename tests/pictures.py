"""Small pictures, made of bytes."""

import struct
import zlib


def png(width: int = 1, height: int = 1, *, filling: bytes = b"") -> bytes:
    """A grey PNG; `filling` is a chunk of anything, for the weight of it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    parts = _chunk(b"IHDR", head) + (_chunk(b"tEXt", filling) if filling else b"")
    return b"\x89PNG\r\n\x1a\n" + parts + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def jpeg(width: int = 1, height: int = 1) -> bytes:
    """The segments of a progressive JPEG with a preview, a restart mark and a stuffed byte."""
    preview = b"Exif\0\0\xff\xd8\xff\xc0\0\x0b\x08\0\x09\0\x09\x01\x01\x11\0\xff\xd9"
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"
    scan = _segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    parts = _segment(0xE1, preview) + _segment(0xC2, frame) + _segment(0xC4, b"\xff\xd9\0")
    return b"\xff\xd8" + parts + scan + _segment(0xC4, b"\xff\xd9\1") + scan + b"\xff\xd9"


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
