"""Pages of an Ogg stream: a fixed serial number, and whether the last one is whole."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

SERIAL = 1

_HEADER_BYTES = 27
_LAST_PAGE = 0x04
_LARGEST_PAGE = 65_307
_BIT_SWAP = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def fix_serial(path: Path, serial: int = SERIAL) -> None:
    """Give every page of the stream that serial number, and its checksum anew.

    Encoders draw the number by lot, which makes two files of the same sound differ.

    Raises: ValueError when a page is cut short, or the last one of the stream is missing.
    Source: RFC 3533, section 6.
    """
    data = bytearray(path.read_bytes())
    position = 0
    is_last = False
    while position < len(data):
        end = _page_end(data, position)
        is_last = bool(data[position + 5] & _LAST_PAGE)
        struct.pack_into("<I", data, position + 14, serial)
        struct.pack_into("<I", data, position + 22, 0)
        page = bytes(data[position:end])
        struct.pack_into("<I", data, position + 22, checksum(page))
        position = end
    if not is_last:
        raise ValueError("the last Ogg page is missing")
    path.write_bytes(data)


def checksum(page: bytes) -> int:
    """The CRC of a page whose own CRC field is zero.

    zlib's CRC has the same polynomial with all bits mirrored.
    """
    mirrored = zlib.crc32(page.translate(_BIT_SWAP), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def is_cut_short(file: BinaryIO) -> bool:
    """Whether an Ogg file ends inside a page; False for other files."""
    file.seek(0)
    if file.read(4) != b"OggS":
        return False
    size = file.seek(0, 2)
    file.seek(max(size - _LARGEST_PAGE, 0))
    tail = file.read()
    last = tail.rfind(b"OggS")
    if last < 0:
        return True
    try:
        return _page_end(tail, last) > len(tail)
    except ValueError:
        return True


def _page_end(data: bytes | bytearray, position: int) -> int:
    segments = position + _HEADER_BYTES
    if data[position : position + 4] != b"OggS" or len(data) < segments:
        raise ValueError(f"no Ogg page at byte {position}")
    sizes = data[segments : segments + data[segments - 1]]
    if len(sizes) < data[segments - 1]:
        raise ValueError(f"the Ogg page at byte {position} is cut short")
    return segments + len(sizes) + sum(sizes)
