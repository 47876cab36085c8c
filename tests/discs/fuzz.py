"""Bytes and lines of a set changed at random."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

ODD = (b"\0", b"\xff", b'"', b"\n", b"\xb2", b"99:99:99", b"{", b"}", b"-1", b"1e9")
SOUNDS = (".DAT", ".wav")
MOST = 12
"""Changes of a file at once."""


def damaged(good: Path, into: Path, draw: Random) -> Path:
    """A copy of a folder in which one or two files of descriptions are changed."""
    shutil.copytree(good, into, copy_function=os.link)
    files = [path for path in sorted(into.rglob("*")) if path.is_file()]
    small = [path for path in files if path.suffix not in SOUNDS]
    for path in draw.sample(small, draw.randint(1, min(2, len(small)))):
        data = changed(path.read_bytes(), draw)
        path.unlink()
        path.write_bytes(data)
    return into


def changed(data: bytes, draw: Random) -> bytes:
    """The bytes after a few changes."""
    for _ in range(draw.randint(1, MOST)):
        data = draw.choice(CHANGES)(data, draw)
    return data


def _flip(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]


def _bit(data: bytes, draw: Random) -> bytes:
    if not data:
        return data
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[at + draw.choice([1, 2, 18, 64, 128]) :]


def _double(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[max(0, at - draw.choice([1, 18, 64, 128])) :]


def _digit(data: bytes, draw: Random) -> bytes:
    places = [at for at, byte in enumerate(data) if 48 <= byte < 58]
    if not places:
        return data
    at = draw.choice(places)
    return data[:at] + bytes([48 + draw.randrange(10)]) + data[at + 1 :]


def _insert(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    odd = draw.choice(
        [b"\0", b"\xff", b'"', b"\n", b"\xb2", b"99:99:99", b"{", b"}", b"-1", b"1e9"]
    )
    return data[:at] + odd + data[at:]


def _line(data: bytes, draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


CHANGES: list[Callable[[bytes, Random], bytes]] = [
    _flip, _bit, _cut, _double, _digit, _insert, _line
]  # fmt: skip
