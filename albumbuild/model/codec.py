"""Lossy codings by name: what an album is heard through."""

import re
from typing import Annotated, Literal, NamedTuple, cast

from albumbuild.model.units import Text

Lossy = Literal["mp3", "ogg", "opus", "aac"]
LOSSY: tuple[Lossy, ...] = ("mp3", "ogg", "opus", "aac")

_CODEC = r"^(mp3|ogg|opus|aac)-([1-9]\d{1,2})$"
CodecName = Annotated[str, Text("a format and its kbit/s, as aac-256", pattern=_CODEC)]

USUAL: tuple[str, ...] = ("aac-256", "mp3-192", "ogg-160", "opus-128")
"""One of each format, at a rate that is common: those that `all` means."""


class Codec(NamedTuple):
    """A lossy format at a bitrate in kbit/s."""

    format: Lossy
    bitrate_kbps: int


def codec_of(name: str) -> Codec:
    """The codec that `name` is; a manifest's names are checked when it is read."""
    found = re.match(_CODEC, name)
    assert found is not None
    return Codec(cast("Lossy", found[1]), int(found[2]))
