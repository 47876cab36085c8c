"""The `LIST` chunk of kind `INFO` of a WAV: the words that programs without ID3 show."""

import struct
from collections.abc import Iterator

from albumbuild.formats.tagtexts import Tags

CHUNK = b"LIST"


def packed_info(tags: Tags) -> bytes:
    """The body of the chunk: an entry a word that is known, in UTF-8.

    Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0, 1991, ch. 2,
    which leaves the character set open.
    """
    entries = (
        (b"INAM", tags.title),
        (b"IART", tags.artist),
        (b"IPRD", tags.album),
        (b"ITRK", str(tags.track) if tags.track else None),
        (b"ICRD", tags.date),
        (b"IGNR", tags.genre),
        (b"ICOP", tags.copyright),
    )
    return b"INFO" + b"".join(_entry(name, text) for name, text in entries if text)


def read_info(body: bytes) -> dict[str, str]:
    """The words of a chunk by the names of its entries; nothing for a list of another kind."""
    return dict(_entries(body)) if body.startswith(b"INFO") else {}


def _entries(body: bytes) -> Iterator[tuple[str, str]]:
    at = 4
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        text = body[at + 8 : at + 8 + size].rstrip(b"\0")
        yield name.decode("ascii", "replace"), text.decode("utf-8", "replace")
        at += 8 + size + size % 2


def _entry(name: bytes, text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)
