"""How a file is encoded, and how its encoder is told so."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from albumbuild.formats.ogg import fix_serial

CodingFormat: TypeAlias = Literal["flac", "aiff", "mp3", "ogg", "opus", "aac", "alac"]

MP4_FORMATS = ("aac", "alac")
"""Formats that stand in an MP4, which PyAV makes."""

OPUS_RATE_HZ = 48_000
HIGHEST_LOSSY_RATE_HZ = 48_000
MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
MP3_BITRATES_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)

_VORBIS_KBPS = (
    64,
    80,
    96,
    112,
    128,
    160,
    192,
    224,
    256,
    320,
    500,
)  # quality 0 … 10, stereo 44.1 kHz

_FLAC_LEVEL = 5  # as `flac` has it: less than half the time of 8


class Coding(msgspec.Struct, frozen=True, kw_only=True):
    """One coding; `bits` counts in lossless ones, and says the range of integers in all.

    `bitrate_kbps` is constant in MP3 and nominal in Vorbis, Opus and AAC. Without it
    `quality`, 0 … 1 with 1 the best, chooses a variable rate.
    """

    format: CodingFormat
    rate_hz: int
    channels: int
    bits: int = 16
    bitrate_kbps: int | None = None
    quality: float = 0.8

    @property
    def is_lossless(self) -> bool:
        """Whether the samples come back as they went in."""
        return self.format in ("flac", "aiff", "alac")

    def arguments(self) -> dict[str, Any]:
        """What soundfile is opened with.

        Raises: ValueError for what the format cannot do.
        """
        self.check()
        name, subtype = {
            "flac": ("FLAC", f"PCM_{self.bits}"),
            "aiff": ("AIFF", f"PCM_{self.bits}"),
            "mp3": ("MP3", "MPEG_LAYER_III"),
            "ogg": ("OGG", "VORBIS"),
            "opus": ("OGG", "OPUS"),
        }[self.format]
        return {
            "samplerate": self.rate_hz,
            "channels": self.channels,
            "format": name,
            "subtype": subtype,
            **self._compression(),
        }

    def check(self) -> None:
        """Raise ValueError for a rate or a width that the format has not got."""
        best_hz = best_rate(self.format, self.rate_hz)
        if self.format in ("opus", "mp3", "aac") and self.rate_hz != best_hz:
            raise ValueError(f"{self.format} wants {best_hz} Hz, not {self.rate_hz}")
        if self.is_lossless and self.bits not in (16, 24):
            raise ValueError(f"{self.format} holds 16 or 24 bits, not {self.bits}")

    def aac_kbps(self) -> float:
        """The nominal bitrate of AAC: 64 … 304 kbit/s in stereo by quality, half of it in mono.

        The encoder's own variable rate is an experiment, by its manual; its nominal one
        varies with the sound as well.
        """
        if self.bitrate_kbps is not None:
            return self.bitrate_kbps
        return (32.0 + 120.0 * self.quality) * self.channels

    def finish(self, path: Path) -> None:
        """Take out of a written file what differs from run to run."""
        if self.format in ("ogg", "opus"):
            fix_serial(path)

    def _compression(self) -> dict[str, Any]:
        """libsndfile's one number from 0 to 1, which means another thing in each encoder."""
        if self.format == "flac":
            return {"compression_level": _FLAC_LEVEL / 8}
        if self.format == "mp3":
            return self._mp3()
        if self.format == "aiff":
            return {}
        if self.bitrate_kbps is None:
            return {"compression_level": 1.0 - self.quality}
        if self.format == "opus":
            share = (self.bitrate_kbps / self.channels - 6.0) / 250.0
        else:
            share = _vorbis_quality(self.bitrate_kbps)
        return {"compression_level": min(max(1.0 - share, 0.0), 1.0)}

    def _mp3(self) -> dict[str, Any]:
        if self.bitrate_kbps is None:
            return {"compression_level": 1.0 - self.quality, "bitrate_mode": "VARIABLE"}
        low, high = (32.0, 320.0) if self.rate_hz >= 32_000 else (8.0, 160.0)
        # libsndfile rounds down, hence the quarter
        level = (high - self.bitrate_kbps - 0.25) / (high - low)
        return {"compression_level": min(max(level, 0.0), 1.0), "bitrate_mode": "CONSTANT"}


def best_rate(format_: str, rate_hz: int) -> int:
    """The rate to encode sound of `rate_hz` at, in Hz: its own, wherever the format is for it.

    MP3, AAC and Vorbis are for 48000 Hz at most, in the family of 44100 Hz for that; MP3 and
    AAC know no rate between those of their standards, and Opus only one.

    Source: ISO/IEC 11172-3 and 13818-3 for MP3, 14496-3 for AAC, RFC 7845 for Opus.
    """
    if format_ == "opus":
        return OPUS_RATE_HZ
    if format_ not in ("mp3", "ogg", "aac"):
        return rate_hz
    if rate_hz > HIGHEST_LOSSY_RATE_HZ:
        return 44_100 if rate_hz % 44_100 == 0 else HIGHEST_LOSSY_RATE_HZ
    if format_ == "ogg":
        return rate_hz
    return next(each for each in MP3_RATES_HZ if each >= rate_hz)


def ending_of(format_: str) -> str:
    """How the name of a file ends, without the dot."""
    return "m4a" if format_ in MP4_FORMATS else format_


def _vorbis_quality(bitrate_kbps: float) -> float:
    """The quality, 0 … 1, whose nominal rate that is."""
    if bitrate_kbps <= _VORBIS_KBPS[0]:
        return 0.0
    for index, (low, high) in enumerate(pairwise(_VORBIS_KBPS)):
        if bitrate_kbps <= high:
            return (index + (bitrate_kbps - low) / (high - low)) / 10.0
    return 1.0
