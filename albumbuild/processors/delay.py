"""The delay: echoes at a time or a note length, with what a tape does on the way back."""

from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec
import numpy as np

from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.delay import Array, Echoes, echoes, tail_frames
from albumbuild.dsp.prototypes import cuts
from albumbuild.dsp.stereo import both
from albumbuild.model.device import ToneProcessor
from albumbuild.model.time import NOTE_PATTERN, note_seconds
from albumbuild.model.units import Hz, Ms, Pct, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block

DEFAULT_MS = 250.0
LONGEST_MS = 5_000.0

Time = Annotated[float, Ms(0.1, LONGEST_MS, "from the sound to its first echo")]
Note = Annotated[str, Text("the same as a note length; needs `tempo`", pattern=f"^{NOTE_PATTERN}$")]


class DelayTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The time of one side; the note goes before the time."""

    time_ms: Time | None = None
    note: Note | None = None

    def in_ms(self, tempo: float) -> "DelayTime":
        """The same without a note."""
        if self.note is None:
            return self
        return DelayTime(time_ms=note_seconds(self.note, tempo) * 1000)


class Delay(ToneProcessor, frozen=True, kw_only=True):
    """Echoes alone: the first at full level, each next one turned down by the feedback.

    `note` goes before `time_ms`; `left` and `right` before both. Ping-pong starts on the
    left with the sum of both sides, halved.
    """

    name: ClassVar[str] = "delay"
    example: ClassVar[str] = "{time_ms: 350, feedback_pct: 40, high_cut_hz: 5000}"

    time_ms: Time | None = None
    note: Note | None = None
    left: DelayTime | None = None
    right: DelayTime | None = None
    feedback_pct: Annotated[float, Pct(0, 100, "level of each echo against the one before")] = 30.0
    pingpong: Annotated[bool, Text("echoes change sides")] = False
    low_cut_hz: Annotated[float, Hz(20, 20_000, "thins each next echo below it")] | None = None
    high_cut_hz: Annotated[float, Hz(20, 20_000, "dulls each next echo above it")] | None = None

    def needs_tempo(self) -> bool:
        """Whether a note length waits for a tempo."""
        return any(each is not None and each.note is not None for each in self._times())

    def with_tempo(self, tempo: float) -> "Delay":
        """The same with times in place of note lengths, at `tempo` quarter notes a minute."""
        common, left, right = (each and each.in_ms(tempo) for each in self._times())
        time_ms = common.time_ms if common else None
        return msgspec.structs.replace(self, time_ms=time_ms, note=None, left=left, right=right)

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 2.0

    def start(self, rate_hz: int, channels: int) -> Echoes:
        """The lines, silent.

        Raises:
            ValueError: a note length is still there: see `with_tempo`.
        """
        return echoes(
            self._lengths(rate_hz, self.channels_out(channels)),
            feedback=self.feedback_pct / 100,
            crossed=self.pingpong,
            sections=self._sections(rate_hz),
            rate_hz=rate_hz,
        )

    def process(self, block: "Block", state: Echoes, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The echoes without the sound that makes them."""
        if len(state.lines) > 1:
            block = both(block)
        if self.pingpong:
            middle = (block[:, :1] + block[:, 1:]) * 0.5
            block = np.concatenate([middle, np.zeros_like(middle)], axis=1)
        return state.process(block)

    def glide(self, state: Echoes, frames: int) -> None:
        """Move times, feedback and cuts."""
        state.make_room(round(LONGEST_MS * state.rate_hz / 1000))
        state.aim(
            self._lengths(state.rate_hz, len(state.lines)),
            feedback=self.feedback_pct / 100,
            sections=self._sections(state.rate_hz),
            frames=frames,
        )

    def tail(self, rate_hz: int) -> int:
        """Until the echoes are 90 dB down, but no more than half a minute."""
        lengths = self._lengths(rate_hz, 2)
        return tail_frames(lengths, feedback=self.feedback_pct / 100, rate_hz=rate_hz)

    def channels_out(self, channels: int) -> int:
        """Two where the sides differ."""
        return 2 if self.pingpong or self.left or self.right else channels

    def _times(self) -> tuple[DelayTime | None, DelayTime | None, DelayTime | None]:
        return DelayTime(time_ms=self.time_ms, note=self.note), self.left, self.right

    def _lengths(self, rate_hz: int, sides: int) -> list[float]:
        """Of the line of each side, in frames, not rounded."""
        if self.needs_tempo():
            raise ValueError("a delay in note lengths needs a tempo")
        common = DEFAULT_MS if self.time_ms is None else self.time_ms
        own = [side.time_ms if side else None for side in (self.left, self.right)][:sides]
        times = [common if time_ms is None else time_ms for time_ms in own]
        return [max(1.0, time_ms * rate_hz / 1000) for time_ms in times]

    def _sections(self, rate_hz: int) -> Array:
        return bilinear(cuts(self.low_cut_hz, self.high_cut_hz), rate_hz)
