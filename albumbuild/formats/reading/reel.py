"""The sound of a disc in one stream of sectors, wherever its pieces lie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from albumbuild.formats.reading.files import missing
from albumbuild.formats.sound import SoundError, SoundFormat, SoundReader
from albumbuild.formats.wave import wave_layout
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTOR_BYTES, SECTOR_FRAMES

Form = Literal["raw", "swapped", "file"]
"""Raw little-endian samples, raw big-endian ones, or a sound file that says what it holds."""

FRAME_BYTES = 4
_PIECE_SECTORS = 512
_RATE_HZ, _CHANNELS, _BITS = 44_100, 2, 16


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of sound, in frames; without a path it is silence.

    `name` is what messages call its file, `head` how many bytes of it stand before the sound.
    """

    path: Path | None = None
    name: str = ""
    form: Form = "raw"
    head: int = 0
    first: int = 0
    frames: int


class Reel(msgspec.Struct, frozen=True):
    """Pieces one after the other."""

    pieces: tuple[Piece, ...] = ()

    @property
    def frames(self) -> int:
        """How long it is."""
        return sum(piece.frames for piece in self.pieces)

    @property
    def sectors(self) -> int:
        """How many sectors it fills, the last one perhaps in part."""
        return -(-self.frames // SECTOR_FRAMES)

    def joined(self) -> "Reel":
        """The same sound, with pieces that follow one another in a file as one."""
        pieces: list[Piece] = []
        for piece in self.pieces:
            last = pieces[-1] if pieces else None
            if last is not None and _goes_on(last, piece):
                pieces[-1] = replace(last, frames=last.frames + piece.frames)
            else:
                pieces.append(piece)
        return Reel(tuple(pieces))

    def read(self, first_sector: int, sectors: int) -> Iterator[bytes]:
        """The samples of those sectors, 16 bit, little-endian, stereo; silence past the end.

        Raises: SoundError, OSError.
        """
        start, wanted = first_sector * SECTOR_FRAMES, sectors * SECTOR_FRAMES
        at = 0
        for piece in self.pieces:
            low, high = max(start, at), min(start + wanted, at + piece.frames)
            if low < high:
                yield from _stretch(piece, low - at, high - low)
            at += piece.frames
        lacking = start + wanted - max(start, at)
        if lacking > 0:
            yield bytes(lacking * FRAME_BYTES)

    def sound(self, first_sector: int, sectors: int) -> Iterator[bytes]:
        """The same in pieces of whole sectors."""
        size = _PIECE_SECTORS * SECTOR_BYTES
        waiting = b""
        for data in self.read(first_sector, sectors):
            waiting += data
            while len(waiting) >= size:
                yield waiting[:size]
                waiting = waiting[size:]
        if waiting:
            yield waiting


def piece_of(path: Path, name: str, form: Form) -> tuple[Piece, list[Finding]]:
    """All sound of a file; none, and a finding, where it is no sound of a CD."""
    piece = Piece(path=path, name=name, form=form, frames=0)
    try:
        if form != "file":
            return replace(piece, frames=-(-path.stat().st_size // FRAME_BYTES)), []
        with SoundReader(path) as reader:
            found = reader.format
        layout = wave_layout(path)
    except SoundError as error:
        what = f"`{name}` {error.what}"
        return piece, [Finding(rule="sound-unreadable", file=name, what=what, why=error.why)]
    except (OSError, ValueError) as error:
        return piece, [missing(name, str(getattr(error, "strerror", None) or error).lower())]
    if (found.rate_hz, found.channels, found.bits) != (_RATE_HZ, _CHANNELS, _BITS):
        return piece, [_not_of_a_cd(name, found)]
    if layout is not None:  # its samples need no decoder
        return replace(piece, form="raw", head=layout.start, frames=found.frames), []
    return replace(piece, frames=found.frames), []


def _not_of_a_cd(name: str, found: SoundFormat) -> Finding:
    bits = "lossy" if found.bits is None else f"{found.bits} bit"
    channels = "1 channel" if found.channels == 1 else f"{found.channels} channels"
    what = f"`{name}` is {bits}, {found.rate_hz} Hz, {channels}"
    why = "the sound of a CD is 16 bit, 44100 Hz, 2 channels"
    return Finding(rule="sound-form", file=name, what=what, why=why)


def _goes_on(last: Piece, piece: Piece) -> bool:
    """Whether a piece is the sound that follows another one in its file."""
    follows = last.path is None or last.first + last.frames == piece.first
    return follows and replace(last, first=piece.first, frames=piece.frames) == piece


def _stretch(piece: Piece, first: int, frames: int) -> Iterator[bytes]:
    size = _PIECE_SECTORS * SECTOR_FRAMES
    if piece.path is None:
        for at in range(0, frames, size):
            yield bytes(min(size, frames - at) * FRAME_BYTES)
    elif piece.form == "file":
        yield from _decoded(piece.path, piece.first + first, frames)
    else:
        with piece.path.open("rb") as file:
            file.seek(piece.head + (piece.first + first) * FRAME_BYTES)
            for at in range(0, frames, size):
                wanted = min(size, frames - at) * FRAME_BYTES
                data = file.read(wanted).ljust(wanted, b"\0")
                yield _swapped(data) if piece.form == "swapped" else data


def _decoded(path: Path, first: int, frames: int) -> Iterator[bytes]:
    with SoundReader(path) as reader:
        reader.seek(first)
        left = frames
        while left > 0:
            block = reader.read(min(left, _PIECE_SECTORS * SECTOR_FRAMES))
            if not len(block):
                yield bytes(left * FRAME_BYTES)
                return
            yield (block * 32_768.0).astype("<i2").tobytes()
            left -= len(block)


def _swapped(data: bytes) -> bytes:
    turned = bytearray(len(data))
    turned[::2], turned[1::2] = data[1::2], data[::2]
    return bytes(turned)
