"""What is in a sound file, as far as a first manifest wants to know."""

from pathlib import Path

import msgspec
import numpy as np

from albumbuild.formats.sound import SoundError, SoundReader

BLOCK = 65_536
SILENT_PEAK = 1e-4  # -80 dBFS: below the noise of any recording
ENDINGS = frozenset(
    (".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".aif", ".aiff", ".aifc", ".caf", ".au",
     ".snd", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".alac", ".wma", ".wv", ".ape")
)  # fmt: skip


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read to its end; `trouble` says why it cannot be a stem."""

    path: Path
    rate_hz: int = 0
    channels: int = 0
    frames: int = 0
    peak: float = 0.0
    trouble: tuple[str, str] | None = None

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.rate_hz if self.rate_hz else 0.0

    @property
    def is_silent(self) -> bool:
        """Whether nothing in it could be heard."""
        return self.trouble is None and self.peak < SILENT_PEAK


def is_sound(path: Path) -> bool:
    """Whether the file is sound by its ending, and no shadow that a system leaves beside one."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def listened(path: Path) -> Sound:
    """The file, read once to its end."""
    try:
        with SoundReader(path) as reader:
            shape = reader.format
            if shape.channels > 2:
                raise SoundError(f"has {shape.channels} channels", "a stem is mono or stereo")
            peak = 0.0
            for block in reader.blocks(BLOCK):
                if not np.isfinite(block).all():
                    raise SoundError("holds a sample that is not a number", "")
                peak = max(peak, float(np.abs(block).max()))
    except SoundError as error:
        return Sound(path=path, trouble=(error.what, error.why))
    return Sound(
        path=path,
        rate_hz=shape.rate_hz,
        channels=shape.channels,
        frames=shape.frames,
        peak=peak,
    )
