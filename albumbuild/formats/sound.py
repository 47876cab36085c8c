"""Sound files: probing, reading and encoding them."""

import errno
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
import soundfile

from albumbuild.formats.chunks import sound_chunk
from albumbuild.formats.coding import MP4_FORMATS
from albumbuild.formats.failure import SoundError, SoundFormat, said
from albumbuild.formats.lfs import pointed_to
from albumbuild.formats.mp3 import promised_end
from albumbuild.formats.ogg import is_cut_short
from albumbuild.formats.speakers import coded_order, masked_order
from albumbuild.formats.wave import WaveReader, wave_layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from albumbuild.formats.coding import Coding

    Block: TypeAlias = npt.NDArray[np.float64]

__all__ = ["SoundError", "SoundFormat", "SoundReader", "encode", "probe"]

_BITS = {
    "PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64,
    "ALAC_16": 16, "ALAC_20": 20, "ALAC_24": 24, "ALAC_32": 32,
}  # fmt: skip
_UNKNOWN_LENGTH = 1 << 60  # libsndfile's word for a stream that does not say how long it is
_COUNTING_FRAMES = 65_536
_LAST_FRAMES = 16_384  # more than any packet of a lossy coding holds


def probe(path: Path) -> SoundFormat:
    """What the file holds, from its headers.

    Raises: SoundError for a file that is missing, empty, no sound, or shorter than it says.
    """
    with SoundReader(path) as reader:
        return reader.format


class SoundReader:
    """Reads one file as float64 blocks of (frames, channels), full scale being 1.

    What seeking finds is what reading through would have found, in lossy files too.

    Raises: SoundError, at the start or as soon as a promised frame turns out missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        _check_readable(path)
        layout = wave_layout(path)
        self._file: Any
        if layout is not None:
            _check_frames(layout.frames, layout.frames_there)
            rate_hz, channels, frames = layout.rate_hz, layout.channels, layout.frames
            order = masked_order(layout.speakers, channels)
            self.format = SoundFormat(rate_hz, channels, frames, layout.bits, order)
            self._file = WaveReader(path, layout)
        else:
            _check_whole(path)
            self._file = _mp4(path) or _open(path)
            is_known = not isinstance(self._file, soundfile.SoundFile)
            self.format = self._file.format if is_known else _format(self._file)
            if self.format.bits is None and not is_known:
                self._file = _LossyDecoder(self._file, self.format.frames)
        if self.format.frames <= 0:
            self._file.close()
            raise SoundError("holds no sound", "it has a header and no frames")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def seek(self, frame: int) -> None:
        """Read on from that frame; past the end there is nothing to read."""
        frame = min(max(frame, 0), self.format.frames)
        if not isinstance(self._file, _LossyDecoder):
            self._file.seek(frame)
            self._position = frame
            return
        if frame < self._position:  # a lossy decoder must have heard what came before
            self._file.close()
            self._file = _LossyDecoder(_open(self._path), self.format.frames)
            self._position = 0
        while self._position < frame:
            self.read(min(frame - self._position, _COUNTING_FRAMES))

    def read(self, frames: int) -> "Block":
        """The next `frames` frames, fewer only at the end of the sound."""
        block: Block
        wanted = max(min(frames, self.format.frames - self._position), 0)
        try:
            if isinstance(self._file, soundfile.SoundFile):
                block = self._file.read(wanted, dtype="float64", always_2d=True)
            else:
                block = self._file.read(wanted)
        except (OSError, RuntimeError) as error:
            place = f"the decoder stops after frame {self._position} of {self.format.frames}"
            raise SoundError("is damaged or cut short", f"{place} ({said(error)})") from error
        self._position += len(block)
        if len(block) < wanted:
            _check_frames(self.format.frames, self._position)
        return block

    @property
    def is_packed(self) -> bool:
        """Whether `read_packed` can be used: samples lie in the file as 24 bits each."""
        return isinstance(self._file, WaveReader) and self._file.is_packed

    def read_packed(self, frames: int) -> bytes:
        """The next frames as they lie in the file, three bytes a sample, the lowest first."""
        wanted = max(min(frames, self.format.frames - self._position), 0)
        data: bytes = self._file.read_bytes(wanted)
        count = len(data) // (3 * self.format.channels)
        self._position += count
        if count < wanted:
            _check_frames(self.format.frames, self._position)
        return data

    def blocks(self, frames: int) -> Iterator["Block"]:
        """All that is left, in blocks of `frames` frames, the last one shorter."""
        while len(block := self.read(frames)):
            yield block


class _LossyDecoder:
    """Decodes in pieces of its own, whatever the pieces that are asked for.

    libsndfile 1.2.2 decodes the last packet of an Opus file twice when a read ends in it, so
    the end is always read at once.
    """

    def __init__(self, file: "soundfile.SoundFile", frames: int) -> None:
        self._file = file
        self._left = frames
        self._ahead: Block = np.zeros((0, file.channels))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, frames: int) -> "Block":
        """The next frames, fewer at the end."""
        parts = [self._ahead]
        found = len(self._ahead)
        while found < frames and self._left > 0:
            is_last = self._left < _COUNTING_FRAMES + _LAST_FRAMES
            count = self._left if is_last else _COUNTING_FRAMES
            parts.append(self._file.read(count, dtype="float64", always_2d=True))
            found += len(parts[-1])
            self._left = self._left - count if len(parts[-1]) == count else 0
        whole = np.concatenate(parts) if len(parts) > 1 else parts[0]
        self._ahead = whole[frames:]
        return whole[:frames]


def encode(path: Path, blocks: "Iterable[npt.NDArray[Any]]", *, coding: "Coding") -> None:
    """Write the blocks in that coding; the same sound gives the same bytes.

    Lossless codings take integers in the range of `coding.bits`, (frames, channels);
    the lossy ones take float64 too.

    Raises: SoundError when the encoder refuses; OSError when not all of it reached the disk,
    which encoders that end on a full one do not tell.
    """
    if coding.format in MP4_FORMATS:
        from albumbuild.formats.av import encode_mp4  # only here: an extra that few have

        frames = encode_mp4(path, (_for_encoder(block, coding) for block in blocks), coding=coding)
    else:
        frames = _encode(path, blocks, coding)
    try:
        coding.finish(path)
        written = probe(path).frames if frames else 0
    except (SoundError, ValueError) as error:
        raise _not_written(path) from error
    if written != frames:
        raise _not_written(path)


def _encode(path: Path, blocks: "Iterable[npt.NDArray[Any]]", coding: "Coding") -> int:
    frames = 0
    try:
        with soundfile.SoundFile(str(path), "w", **coding.arguments()) as file:
            for block in blocks:
                file.write(_for_encoder(block, coding))
                frames += len(block)
    except soundfile.LibsndfileError as error:
        raise SoundError("cannot be encoded", said(error)) from error
    return frames


def _not_written(path: Path) -> OSError:
    return OSError(errno.EIO, "not all of the encoded sound was written", str(path))


def _for_encoder(block: "npt.NDArray[Any]", coding: "Coding") -> "npt.NDArray[Any]":
    """Floats as they are, and whole numbers in the range of 32 bits."""
    if block.dtype.kind == "f":
        if coding.is_lossless:
            raise ValueError("a lossless file is written from integers: quantise first")
        return block
    return np.left_shift(block.astype(np.int32), 32 - coding.bits)


def _check_readable(path: Path) -> None:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise SoundError("is not a sound file", "it is a folder")
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise SoundError("does not exist", "") from error
    except OSError as error:
        raise SoundError("cannot be read", said(error)) from error
    if size == 0:
        raise SoundError("is empty", "it has 0 bytes")


def _check_whole(path: Path) -> None:
    """Raise when the bytes that the headers promise are not all there.

    libsndfile trims the length of a file that was cut short, and says nothing.
    """
    with path.open("rb") as file:
        chunk = sound_chunk(file)
        end = promised_end(file) if chunk is None else chunk.start + chunk.size
        there = file.seek(0, 2)
        cut = is_cut_short(file)
    missing = 0 if end is None else end - there
    if missing > 0 or cut:
        why = "its last page is incomplete" if cut else f"its last {missing} bytes are missing"
        raise SoundError("is cut short", why)


def _mp4(path: Path) -> Any:
    """A reader of an MP4; None for other files.

    Raises: SoundError for an MP4 that cannot be read, or without the library that would.
    """
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            return None
    from albumbuild.formats.av import Mp4Reader  # only here: an extra that few have

    return Mp4Reader(path)


def _open(path: Path) -> "soundfile.SoundFile":
    try:
        return soundfile.SoundFile(str(path))
    except (soundfile.LibsndfileError, TypeError, ValueError) as error:
        if pointed_to(path) is not None:
            why = "its sound is kept by Git LFS, and was not fetched"
            raise SoundError(
                "stands for a file elsewhere", why, fix="run `git lfs pull`"
            ) from error
        raise SoundError("is not a sound file", said(error)) from error


def _format(file: "soundfile.SoundFile") -> SoundFormat:
    frames = file.frames
    if frames >= _UNKNOWN_LENGTH:
        frames = 0
        try:
            while count := len(file.read(_COUNTING_FRAMES, dtype="float32", always_2d=True)):
                frames += count
            file.seek(0)
        except soundfile.LibsndfileError as error:
            place = f"the decoder stops after frame {frames}"
            raise SoundError("is damaged or cut short", f"{place} ({said(error)})") from error
    bits, order = _BITS.get(file.subtype), coded_order(file.format, file.channels)
    return SoundFormat(file.samplerate, file.channels, frames, bits, order)


def _check_frames(promised: int, there: int) -> None:
    if there < promised:
        raise SoundError("is cut short", f"it promises {promised} frames, {there} are there")
