"""Laws of level: pan, balance, fades and crossfades."""

from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    import numpy.typing as npt

    from albumbuild.model.device import Block
    from albumbuild.model.time import Curve as FadeCurve
    from albumbuild.model.time import Fade

    Values = npt.NDArray[np.float64]

SILENT_DB = -120.0
"""A level at or under this is off: its gain is exactly 0."""

QUARTER_TURN = 1.5707963267948966
LOG_FADE_FLOOR_DB = -60.0


def gain(level_db: "float | Values") -> "float | Values":
    """Linear gain of a level in dB; 0 at and below `SILENT_DB`."""
    if isinstance(level_db, float):
        return 0.0 if level_db <= SILENT_DB else float(maths.db_to_gain(level_db))
    audible = level_db > SILENT_DB
    gains = np.asarray(maths.db_to_gain(np.where(audible, level_db, SILENT_DB)))
    return np.where(audible, gains, 0.0)


def pan_gains(pan: "float | Values") -> "tuple[float | Values, float | Values]":
    """Left and right gain of a mono signal: equal power, -3.01 dB at the centre.

    `pan` runs from -100 (left) to 100 (right).
    """
    angle = (pan + 100.0) / 200.0 * QUARTER_TURN
    left, right = maths.cos(angle), maths.sin(angle)
    if isinstance(pan, float):
        return (0.0 if pan >= 100.0 else float(left)), (0.0 if pan <= -100.0 else float(right))
    return np.where(pan >= 100.0, 0.0, left), np.where(pan <= -100.0, 0.0, right)


def balance_gains(pan: "float | Values") -> "tuple[float | Values, float | Values]":
    """Left and right gain of a stereo signal: the near side stays, the far side goes to 0."""
    if isinstance(pan, float):
        return min(1.0, 1.0 - pan / 100.0), min(1.0, 1.0 + pan / 100.0)
    return np.minimum(1.0, 1.0 - pan / 100.0), np.minimum(1.0, 1.0 + pan / 100.0)


def placed(block: "Block", pan: "float | Values") -> "Block":
    """A mono or stereo block as stereo: panned when mono, balanced when stereo."""
    left, right = (pan_gains if block.shape[1] == 1 else balance_gains)(pan)
    out = np.empty((len(block), 2))
    np.multiply(block[:, 0], left, out=out[:, 0])
    np.multiply(block[:, -1], right, out=out[:, 1])
    return out


def mixed(block: "Block", gains: "float | Values", pan: "float | Values") -> "Block":
    """A mono or stereo block after a fader and its pan, as stereo."""
    if not (isinstance(gains, float) and isinstance(pan, float)):
        return placed(scaled(block, gains), pan)
    left, right = (pan_gains if block.shape[1] == 1 else balance_gains)(pan)
    out = np.empty((len(block), 2))
    library.fader_process(np.ascontiguousarray(block), out, *block.shape, gains, left, right)
    return out


def add(total: "Block", block: "Block", gains: "float | Values" = 1.0) -> None:
    """Adds a block times a gain, or times one gain a frame, to a sum."""
    if isinstance(gains, float):
        library.gain_add(total, np.ascontiguousarray(block), gains, total.size)
    else:
        total += scaled(block, gains)


def scaled(block: "Block", gains: "float | Values") -> "Block":
    """A block times a gain, or times one gain a frame; the block itself at gain 1."""
    if isinstance(gains, float):
        return block if gains == 1.0 else block * gains
    return block * gains[:, np.newaxis]


def fade_gains(curve: "FadeCurve", share: "Values") -> "Values":
    """Gain of a fade-in at each `share` (0 … 1) of its time; a fade-out runs the share back."""
    share = np.clip(share, 0.0, 1.0)
    if curve == "equal_power":
        return np.asarray(maths.sin(share * QUARTER_TURN))
    if curve == "s":
        return 0.5 - 0.5 * np.asarray(maths.cos(share * (2.0 * QUARTER_TURN)))
    if curve == "log":
        gains = np.asarray(maths.db_to_gain(LOG_FADE_FLOOR_DB * (1.0 - share)))
        return np.where(share > 0.0, gains, 0.0)
    return share


def under_fades(
    block: "Block",
    fade_in: "Fade | None",
    fade_out: "Fade | None",
    *,
    position: int,
    frames: int,
    rate_hz: int,
) -> "Block":
    """A block that begins at `position` of a sound of so many frames, under its fades."""
    if fade_in is None and fade_out is None:
        return block
    ahead = np.arange(position, position + len(block), dtype=np.float64)
    for fade, distance in ((fade_in, ahead), (fade_out, frames - ahead)):
        if fade is not None:
            block = faded(block, fade.curve, distance, fade.time_s * rate_hz)
    return block


def faded(block: "Block", curve: "FadeCurve", ahead: "Values", length: float) -> "Block":
    """A block under a fade of `length` frames; `ahead` is each frame's distance from its silence.

    The block itself where the fade is over, or not yet begun.
    """
    if ahead.min() >= length:
        return block
    return scaled(block, fade_gains(curve, ahead / length))
