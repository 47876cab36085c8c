"""WAV and RF64, written by ourselves so that the same sound gives the same bytes."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Self, TypeAlias

import msgspec
import numpy as np

from albumbuild.formats.chunks import Chunk, riff_chunks

if TYPE_CHECKING:
    import numpy.typing as npt

    Block: TypeAlias = npt.NDArray[np.float64]
    Samples: TypeAlias = npt.NDArray[Any]

Sample: TypeAlias = Literal["float32", "pcm16", "pcm24", "pcm32"]

RIFF_LIMIT = 0xFFFFFFFF  # what a RIFF size can say; a longer file becomes an RF64

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SAMPLE_BYTES: dict[Sample, int] = {"float32": 4, "pcm16": 2, "pcm24": 3, "pcm32": 4}


@contextmanager
def create_wave(
    path: Path, *, rate_hz: int, channels: int, sample: Sample, riff_limit: int = RIFF_LIMIT
) -> Iterator["WaveWriter"]:
    """A new WAV to write blocks to; its header is right once the context has ended well.

    16 bit has the plain header of 44 bytes, which every reader of the world takes. The
    others keep room for a `ds64`, and become an RF64 when they pass `riff_limit` bytes.
    Nothing stands after the sound.
    """
    with path.open("wb") as file:
        writer = WaveWriter(file, rate_hz=rate_hz, channels=channels, sample=sample)
        file.write(writer.header(riff_limit))
        yield writer
        if writer.frames * writer.frame_bytes % 2:
            file.write(b"\0")
        file.seek(0)
        file.write(writer.header(riff_limit))


class WaveWriter:
    """Takes blocks of sound: float64 for `float32`, integers in the range of the sample for PCM."""

    def __init__(self, file: BinaryIO, *, rate_hz: int, channels: int, sample: Sample) -> None:
        self.frames = 0
        self.frame_bytes = channels * _SAMPLE_BYTES[sample]
        self._file = file
        self._rate_hz = rate_hz
        self._channels = channels
        self._sample = sample

    def write(self, block: "Samples") -> None:
        """Append a block of (frames, channels)."""
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"{self._channels} channels wanted, got an array of {block.shape}")
        if (block.dtype.kind == "f") != (self._sample == "float32"):
            raise ValueError(f"{self._sample} cannot be written from {block.dtype}")
        self._file.write(sample_bytes(block, self._sample))
        self.frames += len(block)

    def header(self, riff_limit: int) -> bytes:
        """Everything before the sound, for the frames written so far."""
        data = self.frames * self.frame_bytes
        body = self._format_chunk()
        if self._sample == "float32":
            body += struct.pack("<4sII", b"fact", 4, min(self.frames, RIFF_LIMIT))
        room = self._sample != "pcm16"
        return wave_head(body, data=data, frames=self.frames, room=room, riff_limit=riff_limit)

    def _format_chunk(self) -> bytes:
        return struct.pack(
            "<4sIHHIIHH",
            b"fmt ",
            16,
            _FLOAT if self._sample == "float32" else _PCM,
            self._channels,
            self._rate_hz,
            self._rate_hz * self.frame_bytes,
            self.frame_bytes,
            8 * _SAMPLE_BYTES[self._sample],
        )


def wave_head(
    chunks: bytes,
    *,
    data: int,
    frames: int,
    room: bool,
    after: int = 0,
    riff_limit: int = RIFF_LIMIT,
) -> bytes:
    """Everything before `data` bytes of sound: the form, the chunks, the header of the sound.

    `room` keeps a place for a `ds64`, and `after` counts the bytes of chunks behind the sound.

    Raises: ValueError for a file past `riff_limit` without that room.
    Source: EBU Tech 3306.
    """
    riff = 4 + (36 if room else 0) + len(chunks) + 8 + data + data % 2 + after
    if riff <= riff_limit:
        junk = struct.pack("<4sI28x", b"JUNK", 28) if room else b""
        head = struct.pack("<4sI4s", b"RIFF", riff, b"WAVE") + junk + chunks
        return head + struct.pack("<4sI", b"data", data)
    if not room:
        raise ValueError("a WAV without room for a `ds64` ends at 4 GiB")
    long = struct.pack("<4sIQQQI", b"ds64", 28, riff, data, frames, 0)
    head = struct.pack("<4sI4s", b"RF64", RIFF_LIMIT, b"WAVE") + long + chunks
    return head + struct.pack("<4sI", b"data", RIFF_LIMIT)


def sample_bytes(block: "Samples", sample: Sample) -> bytes:
    """The samples as they stand in a WAV: interleaved, little-endian."""
    if sample == "float32":
        return block.astype("<f4").tobytes()
    if sample == "pcm24":
        wide = np.ascontiguousarray(block, dtype="<i4").view(np.uint8)
        return wide.reshape(-1, 4)[:, :3].tobytes()
    return block.astype("<i2" if sample == "pcm16" else "<i4").tobytes()


class WaveLayout(msgspec.Struct, frozen=True):
    """What a WAV says of itself; `frames_there` of its `frames` are in the file.

    `speakers` is the mask that tells which channel is which; 0 where there is none.
    """

    rate_hz: int
    channels: int
    bits: int
    is_float: bool
    start: int
    frames: int
    frames_there: int
    speakers: int = 0

    @property
    def frame_bytes(self) -> int:
        """The size of one frame."""
        return self.channels * self.bits // 8


def wave_layout(path: Path) -> WaveLayout | None:
    """How the sound lies in a WAV or RF64; None for other files and other codings."""
    form: tuple[int, ...] = ()
    with path.open("rb") as file:
        file_bytes = path.stat().st_size
        for chunk in riff_chunks(file):
            if chunk.name == b"fmt " and chunk.size >= 16:
                file.seek(chunk.start)
                form = _format(file.read(min(chunk.size, 40)))
            elif chunk.name == b"data":
                return _layout(form, chunk, file_bytes)
    return None


def _format(data: bytes) -> tuple[int, ...]:
    """Coding, channels, rate, frame bytes, bits, mask of speakers of a `fmt ` chunk."""
    if len(data) < 16:
        return ()
    coding, channels, rate_hz, _, frame_bytes, bits = struct.unpack("<HHIIHH", data[:16])
    speakers = 0
    if coding == _EXTENSIBLE and len(data) >= 26:
        speakers, coding = struct.unpack("<IH", data[20:26])
    return coding, channels, rate_hz, frame_bytes, bits, speakers


def _layout(form: tuple[int, ...], data: Chunk, file_bytes: int) -> WaveLayout | None:
    if not form:
        return None
    coding, channels, rate_hz, frame_bytes, bits, speakers = form
    known = (coding == _PCM and bits in (8, 16, 24, 32)) or (coding == _FLOAT and bits in (32, 64))
    if not known or not channels or not rate_hz or frame_bytes != channels * bits // 8:
        return None
    there = min(data.size, max(file_bytes - data.start, 0))
    return WaveLayout(
        rate_hz=rate_hz,
        channels=channels,
        bits=bits,
        is_float=coding == _FLOAT,
        start=data.start,
        frames=data.size // frame_bytes,
        frames_there=there // frame_bytes,
        speakers=speakers,
    )


class WaveReader:
    """Reads a WAV of PCM or float as float64; several times faster than a general decoder."""

    def __init__(self, path: Path, layout: WaveLayout) -> None:
        self._layout = layout
        self._file = path.open("rb")
        self.seek(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def seek(self, frame: int) -> None:
        """Read on from that frame."""
        self._next = min(max(frame, 0), self._layout.frames)
        self._file.seek(self._layout.start + self._next * self._layout.frame_bytes)

    @property
    def is_packed(self) -> bool:
        """Whether samples are whole numbers of 24 bits."""
        return self._layout.bits == 24

    def read(self, frames: int) -> "Block":
        """The next frames, fewer at the end: (frames, channels), full scale is 1."""
        flat = _decoded(self.read_bytes(frames), self._layout)
        return flat.reshape(-1, self._layout.channels)

    def read_bytes(self, frames: int) -> bytes:
        """The same as they lie in the file."""
        layout = self._layout
        count = max(min(frames, layout.frames - self._next), 0)
        data = self._file.read(count * layout.frame_bytes)
        whole = len(data) // layout.frame_bytes
        self._next += whole
        return data[: whole * layout.frame_bytes]


def _decoded(data: bytes, layout: WaveLayout) -> "Block":
    if layout.is_float:
        floats = np.frombuffer(data, "<f4" if layout.bits == 32 else "<f8")
        with np.errstate(invalid="ignore"):  # a NaN is for the caller to find
            return floats.astype(np.float64)
    if layout.bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128.0) / 128.0
    if layout.bits == 24:
        # Each sample with the byte before it, which is then cleared, is a number of 32 bits.
        wide = np.ndarray(len(data) // 3, "<i4", b"\0" + data, strides=(3,))
        return _scaled(wide & -256, 2.0**-31)
    whole = np.frombuffer(data, "<i2" if layout.bits == 16 else "<i4")
    return _scaled(whole, 2.0 ** (1 - layout.bits))


def _scaled(whole: "Samples", step: float) -> "Block":
    block = whole.astype(np.float64)
    block *= step  # in place: the system gives new memory slowly
    return block
