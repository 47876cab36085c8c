"""A sound that a device reads from a file, as the file's header tells it or whole."""

from typing import Any

import msgspec

LONGEST_S = 60
"""More of a file than that is never read at once."""


class Sound(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Its shape and, where a device is to be started with it, its samples.

    `samples` are (frames, channels), float64; a device that reads all of a file, however long,
    has `stream` in their place, which gives its blocks. One sound equals itself alone.
    """

    rate_hz: int
    channels: int
    frames: int
    samples: Any = None
    stream: Any = None
