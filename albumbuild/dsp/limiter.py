"""The true-peak limiter at work: no peak between samples passes the ceiling."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.dynamics import kept_after_one_frame, lookahead_frames
from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.peaks import HALF, POINTS, TAPS, WIDEST, limiter_tables, sample_tables

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_HOLD = 8  # frames on either side of a peak that are turned down as far as it
_MARGIN_DB = 0.03  # under the ceiling: what other meters read more than ours
_SAMPLE_MARGIN_DB = 1e-6
_CHARGE, _SLOW = 3.0, 10.0  # releases that it takes to learn that reduction lasts, and to forget
_ROOM = 2048  # frames taken in at a time
_ENVELOPE = 9  # numbers of an envelope before its rings


def limiter_latency(lookahead_ms: float, rate_hz: int) -> int:
    """How many frames a limiter's output comes late: look-ahead, hold and half its filter."""
    return HALF + _HOLD + lookahead_frames(lookahead_ms, rate_hz)


class LimiterSettings(NamedTuple):
    """What a limiter is told; look-ahead and `true_peak` stay, the rest can be moved."""

    ceiling_dbtp: float
    release_ms: float
    lookahead_ms: float
    true_peak: bool = True
    link_pct: float = 100.0
    drive_db: float = 0.0
    adaptive: bool = True


class Limiter:
    """A running limiter of up to eight channels; `reduction_db` is the most of the last block.

    Peaks over the ceiling are brought 0.03 dB under it, by a gain that falls over the
    look-ahead, smoothly, and rises 63 % of the way in dB in the release time. An `adaptive`
    release lets go of a short peak like that; what has been turned down for some three releases
    is let go of as far as to a level of its own, which takes ten. What stays under the ceiling
    comes out bit for bit, `limiter_latency` frames late.

    Raises: ValueError for more channels than that.
    """

    def __init__(self, rate_hz: int, channels: int, settings: LimiterSettings) -> None:
        if channels > WIDEST:
            raise ValueError(f"{channels} channels cannot be limited together")
        self.reduction_db = 0.0
        self._frame = 0
        lookahead = lookahead_frames(settings.lookahead_ms, rate_hz)
        late = limiter_latency(settings.lookahead_ms, rate_hz)
        past = max(late, TAPS + 1)
        window = lookahead + 2 * _HOLD + 1
        ring = 1 << (window - 1).bit_length()
        boxes = (lookahead // 2 + 1, lookahead - lookahead // 2 + 1)
        self._rate_hz = rate_hz
        self._channels = channels
        self._is_whole = settings.link_pct != 100 or channels == 1
        self._standing = (
            float(settings.true_peak), past, late, window, ring, *boxes,
            *(1 / box for box in boxes),
        )  # fmt: skip
        envelopes = channels if self._is_whole else 1
        self._glide = resting([*self._moving(settings), *self._standing, envelopes])
        self._line = np.zeros((past + _ROOM + POINTS, channels))
        self._tables = limiter_tables() if settings.true_peak else sample_tables()
        self._envelopes = np.zeros((envelopes, _ENVELOPE + 2 * ring + sum(boxes)), dtype=np.int64)

    def process(self, block: "Block") -> "Block":
        """The next block of output, as long as `block`."""
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        self.reduction_db = library.limiter_process(
            self._glide.numbers, self._glide.left, self._tables, self._line, _ROOM,
            self._envelopes, self._envelopes.shape[1], block, out, self._frame, *block.shape,
        )  # fmt: skip
        self._frame += len(block)
        return out

    def aim(self, settings: LimiterSettings, frames: int) -> None:
        """Move what can move, for sound that comes in from then on.

        The first time it is done before any sound: each channel gets an envelope, for a link
        that may be loosened.
        """
        if not self._is_whole:
            self._is_whole = True
            self._envelopes = np.repeat(self._envelopes, self._channels, axis=0)
        moving = self._moving(settings)
        self._glide.aim([*moving, *self._standing, len(self._envelopes)], frames)

    def _moving(self, settings: LimiterSettings) -> tuple[float, ...]:
        """Drive, ceiling, what peaks are brought down to, the releases, link."""
        margin_db = _MARGIN_DB if settings.true_peak else _SAMPLE_MARGIN_DB
        release_s = settings.release_ms / 1000
        charged = 1.0 - kept_after_one_frame(_CHARGE * release_s, self._rate_hz)
        return (
            maths.db_to_gain(settings.drive_db),
            maths.db_to_gain(settings.ceiling_dbtp),
            maths.db_to_gain(settings.ceiling_dbtp - margin_db),
            kept_after_one_frame(release_s, self._rate_hz),
            charged if settings.adaptive else 0.0,
            kept_after_one_frame(_SLOW * release_s, self._rate_hz),
            settings.link_pct / 100,
        )
