"""Convolution: the sound of a room or a box, from its impulse."""

from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from albumbuild.dsp import convolution, impulse
from albumbuild.dsp.filters import Filter
from albumbuild.dsp.glide import Glide, resting, scaled
from albumbuild.dsp.maths import db_to_gain
from albumbuild.dsp.predelay import Predelay
from albumbuild.dsp.prototypes import cuts
from albumbuild.model.device import Refusal, ToneProcessor
from albumbuild.model.sound import LONGEST_S, Sound
from albumbuild.model.units import Db, File, Hz, Ms, Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albumbuild.dsp.prototypes import Prototype
    from albumbuild.model.device import Block

LONGEST_PREDELAY_MS = 1_000.0


class Run(msgspec.Struct):
    """A convolution with sound in it."""

    rate_hz: int
    convolver: convolution.Convolver
    cuts: Filter
    predelay: Predelay
    gain: Glide


class Convolution(ToneProcessor, frozen=True, kw_only=True):
    """The sound of a room or a box, from its impulse; the impulse's level is kept.

    A mono impulse serves both sides; of a stereo one the left serves the left and the right
    the right; four channels are left to left, left to right, right to left, right to right.
    One of another rate keeps its frequency response. Where `length_s` cuts it, its last 5 ms
    fade out.
    """

    name: ClassVar[str] = "convolution"
    unheard: ClassVar[frozenset[str]] = frozenset({"impulse"})  # what is in the file is heard
    unmoved: ClassVar[dict[str, str]] = {"length_s": "it makes another impulse"}

    impulse: Annotated[
        str, File("the impulse response: mono, stereo, or four channels, LL LR RL RR")
    ]
    predelay_ms: Annotated[float, Ms(0, LONGEST_PREDELAY_MS, "silence before it")] = 0.0
    length_s: Annotated[float, Seconds(0.01, LONGEST_S, "how much of it is used")] | None = None
    gain_db: Annotated[float, Db(-80, 40, "gain after it")] = 0.0
    low_cut_hz: Annotated[float, Hz(10, 20_000, "cut below")] | None = None
    high_cut_hz: Annotated[float, Hz(20, 22_000, "cut above")] | None = None

    def files(self) -> dict[str, str]:
        """The impulse."""
        return {"impulse": self.impulse}

    def with_sounds(self, sounds: "Mapping[str, Sound]") -> "Convolver":
        """The same with its impulse."""
        own = {name: getattr(self, name) for name in Convolution.__struct_fields__}
        return Convolver(**own, sound=sounds["impulse"])

    def refusals(self, sounds: "Mapping[str, Sound]") -> tuple[Refusal, ...]:
        """Why the impulse does not do."""
        sound = sounds.get("impulse")
        if sound is None:
            return ()
        if sound.channels not in (1, 2, convolution.TRUE_STEREO):
            return (_wrong_width(self.impulse, sound.channels),)
        if self.length_s is None and sound.frames > LONGEST_S * sound.rate_hz:
            return (_too_long(self.impulse, sound.frames / sound.rate_hz),)
        return ()

    def process(self, block: "Block", state: Run, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The wet sound, `latency` frames late."""
        wet = state.cuts.process(state.convolver.process(block))
        return scaled(state.predelay.process(wet), state.gain)

    def glide(self, state: Run, frames: int) -> None:
        """Move the cuts, the predelay and the gain."""
        state.cuts.aim(self.cuts(), frames)
        state.predelay.glide.aim([self.predelay(state.rate_hz)], frames)
        state.gain.aim([db_to_gain(self.gain_db)], frames)

    def predelay(self, rate_hz: int) -> int:
        """The silence before it, in frames."""
        return round(self.predelay_ms * rate_hz / 1000)

    def cuts(self) -> "tuple[Prototype, ...]":
        """The filters that it passes."""
        return cuts(self.low_cut_hz, self.high_cut_hz)


class Convolver(Convolution, frozen=True, kw_only=True):
    """A convolution that has its impulse, or knows its shape.

    All that moves comes after the impulse, whose output is late: so it moves on time.
    """

    unheard: ClassVar[frozenset[str]] = frozenset({"sound"})

    sound: Sound

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 4.0

    def start(self, rate_hz: int, channels: int) -> Run:
        """The impulse at the working rate, silent.

        Raises:
            ValueError: it knows the shape of its impulse alone.
        """
        width = self.channels_out(channels)
        taps = impulse.at_rate(self.sound, rate_hz, length_s=self.length_s)
        longest = round(LONGEST_PREDELAY_MS * rate_hz / 1000)
        return Run(
            rate_hz=rate_hz,
            convolver=convolution.Convolver(convolution.response(taps, self._part(rate_hz)), width),
            cuts=Filter(self.cuts(), rate_hz, width),
            predelay=Predelay(self.predelay(rate_hz), width, longest=longest),
            gain=resting([db_to_gain(self.gain_db)]),
        )

    def latency(self, rate_hz: int) -> int:
        """A part of the impulse, and what comes before it at another rate."""
        return self._part(rate_hz) + impulse.lead(self.sound, rate_hz)

    def tail(self, rate_hz: int) -> int:
        """To the end of the impulse."""
        return self.predelay(rate_hz) + impulse.frames(self.sound, rate_hz, self.length_s)

    def _part(self, rate_hz: int) -> int:
        lead = impulse.lead(self.sound, rate_hz)
        return convolution.part_for(lead + impulse.frames(self.sound, rate_hz, self.length_s))

    def channels_out(self, channels: int) -> int:
        """As many as the wider of sound and impulse has, two at most."""
        return min(max(channels, self.sound.channels), 2)


def _wrong_width(name: str, channels: int) -> Refusal:
    """An impulse that is neither mono, stereo nor true stereo."""
    return Refusal(
        slug="impulse-channels",
        at=("impulse",),
        what=f"the impulse `{name}` has {channels} channels",
        why="an impulse is mono, stereo, or has four: LL, LR, RL, RR",
        fix="export the channels that you want, in that order",
    )


def _too_long(name: str, seconds: float) -> Refusal:
    """An impulse that is rather a song."""
    return Refusal(
        slug="impulse-too-long",
        at=("impulse",),
        what=f"the impulse `{name}` lasts {seconds:.0f} s",
        why=f"no more than {LONGEST_S} s of one are used",
        fix="add `length_s`, or name another file",
    )
