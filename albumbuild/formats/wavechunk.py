"""Chunks of a WAV or RF64: put before its sound, or read back."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from albumbuild.formats.chunks import Chunk, riff_chunks
from albumbuild.formats.wave import RIFF_LIMIT, WaveLayout, wave_head, wave_layout

_PIECE = 1 << 20


def read_chunk(path: Path, name: bytes) -> bytes | None:
    """The body of the first chunk of that name, in small or capital letters; None without one.

    Raises: ValueError for a file that is no WAV.
    """
    with path.open("rb") as file:
        chunks = list(riff_chunks(file))
        if not chunks:
            raise ValueError(f"`{path.name}` is no WAV")
        found = next((each for each in chunks if _is_called(each, name)), None)
        return None if found is None else _body(file, found)


def put_chunks(path: Path, bodies: Mapping[bytes, bytes], *, riff_limit: int = RIFF_LIMIT) -> None:
    """Write the file anew with those chunks right before its sound, in place of any so called.

    The sound and all other chunks stay as they are. An RF64 stays one, and a WAV becomes one
    when it passes `riff_limit` bytes. The file is changed whole or not at all.

    Raises: ValueError for an odd body, since libsndfile 1.2.2 finds no sound behind one in an
    RF64, and for a file that is no WAV of PCM or float, or is cut short.
    """
    if any(len(body) % 2 for body in bodies.values()):
        raise ValueError("a chunk before the sound has an even number of bytes")
    layout = wave_layout(path)
    if layout is None or layout.frames_there < layout.frames:
        raise ValueError(f"`{path.name}` is no whole WAV of PCM or float")
    half = path.with_name(f".{path.name}.part")
    try:
        with path.open("rb") as old, half.open("wb") as new:
            _rewrite(old, new, bodies=bodies, layout=layout, riff_limit=riff_limit)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _rewrite(
    old: BinaryIO,
    new: BinaryIO,
    *,
    bodies: Mapping[bytes, bytes],
    layout: WaveLayout,
    riff_limit: int,
) -> None:
    chunks = list(riff_chunks(old))
    had_room = chunks[0].name == b"ds64" or (chunks[0].name == b"JUNK" and chunks[0].size == 28)
    sound = next(each for each in chunks if each.name == b"data")
    anew = {name.lower() for name in bodies}
    kept = [each for each in chunks[had_room:] if each.name.lower() not in anew]
    others = [each for each in kept if each != sound]
    before = b"".join(_whole(old, each) for each in others if each.start < sound.start)
    before += b"".join(_packed(name, body) for name, body in bodies.items())
    after = b"".join(_whole(old, each) for each in others if each.start > sound.start)
    riff = 4 + len(before) + 8 + sound.size + sound.size % 2 + len(after)
    head = wave_head(
        before,
        data=sound.size,
        frames=layout.frames,
        room=had_room or riff > riff_limit,
        after=len(after),
        riff_limit=0 if chunks[0].name == b"ds64" else riff_limit,
    )
    new.write(head)
    _copy(old, new, sound)
    new.write(b"\0" * (sound.size % 2) + after)


def _is_called(chunk: Chunk, name: bytes) -> bool:
    return chunk.name.lower() == name.lower()


def _body(file: BinaryIO, chunk: Chunk) -> bytes:
    file.seek(chunk.start)
    return file.read(chunk.size)


def _whole(file: BinaryIO, chunk: Chunk) -> bytes:
    return _packed(chunk.name, _body(file, chunk))


def _packed(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


def _copy(old: BinaryIO, new: BinaryIO, chunk: Chunk) -> None:
    old.seek(chunk.start)
    left = chunk.size
    while left > 0:
        piece = old.read(min(left, _PIECE))
        if not piece:
            raise ValueError("the sound ends before its header says so")
        new.write(piece)
        left -= len(piece)
