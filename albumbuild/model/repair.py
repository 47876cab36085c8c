"""What a device of error correction has repaired, or taken out."""

from typing import Literal

import msgspec


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """One click, one cut-off peak; or a hum or an offset, over all of a sound.

    `frame` is counted on the time line of the step. `level_db` is the height of the click, the
    peak that was rebuilt, the power of the hum or the offset; 0 dB is full scale.
    """

    kind: Literal["click", "clip", "hum", "offset"]
    frame: int
    frames: int
    channel: int
    level_db: float
