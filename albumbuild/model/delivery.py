"""What a deliverable says about itself in `deliverable.json`."""

from typing import Any

import msgspec

DELIVERY = "deliverable.json"
DRAFT = ".deliverable.json"
"""The output of a deliver step from which `deliverable.json` is made when it is placed."""


class DeliveredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the folder; `path` is relative to it."""

    path: str
    bytes: int
    sha256: str


class CodedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The true peak and the loudness of a decoded sound; None where there is none."""

    dbtp: float | None
    lufs: float | None


class DeliveredTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One track in playing order; `start_s` counts in its programme or side.

    `codec_dbtp` is the true peak of a lossy file, `codecs` what others would make of a track.
    """

    number: int
    song: str
    title: str
    file: str
    side: str | None = None
    start_s: float
    seconds: float
    lufs: float | None
    lra_lu: float | None
    dbtp: float | None
    codec_dbtp: float | None = None
    codecs: dict[str, CodedFigures] = {}


class DeliveredSide(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a record."""

    side: str
    file: str
    seconds: float
    cuttability: dict[str, float] = {}


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it; `source` is filled in when the folder is placed."""

    type: str
    source: dict[str, Any] = {}
    files: tuple[DeliveredFile, ...]
    tracks: tuple[DeliveredTrack, ...]
    sides: tuple[DeliveredSide, ...] = ()
