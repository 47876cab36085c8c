"""A device for an insert slot: settings that start a state, and what it does to a block."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, TypeAlias

import msgspec

from albumbuild.model.problem import Problem, Span
from albumbuild.model.units import Pct

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from albumbuild.model.repair import Repair
    from albumbuild.model.sound import Sound

    Block: TypeAlias = npt.NDArray[np.float64]
    """Sound: (frames, channels), float64, C order."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a device does not take its settings, each of which would do alone.

    `at` is the way to the one that is wrong, by keys and by places in lists; the rest is told
    as that of a `Problem`.
    """

    slug: str
    at: tuple[str | int, ...] = ()
    what: str
    why: str
    fix: str

    def problem(self, at: Span | None) -> Problem:
        """The mistake, once it is known where that setting was read."""
        return Problem(slug=self.slug, at=at, what=self.what, why=self.why, fix=self.fix)


class RefusedError(Exception):
    """A device cannot do its work, for a reason that only its sounds could tell."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.what)
        self.refusal = refusal


class Study(Protocol):
    """What hears all of a sound before a device starts."""

    def add(self, block: "Block") -> None:
        """Takes the next block in."""


class Processor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one device.

    Output does not depend on how the sound is cut into blocks. `latency` is in
    frames and is compensated by whoever runs the device; `tail` is how many frames
    sound goes on after its input has ended.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1  # raise it when the sound changes
    available: ClassVar[bool] = True  # False: settings are read, the sound comes later
    shorthand: ClassVar[str | None] = None  # the field that a plain list stands for
    repairing: ClassVar[bool] = False  # True: it has something to tell in `repairs`
    reducing: ClassVar[bool] = False  # True: it has something to tell in `reduction_db`
    unheard: ClassVar[frozenset[str]] = frozenset({"id", "bypass"})
    unmoved: ClassVar[dict[str, str]] = {}  # numbers that automation cannot move, and why
    streaming: ClassVar[bool] = False  # whether it reads its files as streams, in full
    studying: ClassVar[bool] = False  # whether it hears all of its input before it starts
    example: ClassVar[str] = ""  # settings that show it well, as they stand in a manifest
    package: ClassVar[str] = ""  # name and version of the package it comes from, if not ours

    id: Annotated[str | None, msgspec.Meta(description="a name for automation")] = None
    bypass: Annotated[bool, msgspec.Meta(description="leave the device out")] = False

    def start(self, rate_hz: int, channels: int) -> Any:
        """The state before the first frame, for sound of that rate and width."""
        raise NotImplementedError

    def process(self, block: "Block", state: Any, key: "Block | None" = None) -> "Block":
        """The next block of output, as long as `block`; `key` feeds a side chain."""
        raise NotImplementedError

    def dry(self, block: "Block", state: Any) -> "Block":  # noqa: ARG002 - for devices that need it
        """The untouched sound as it is mixed with the output, once it is as late."""
        return block

    def glide(self, state: Any, frames: int) -> None:
        """Bring a state to these settings over the next `frames` frames; at once for 0.

        The state is that of a device which differs from this one in numbers alone. What is
        derived from the settings goes in straight lines, frame by frame, from where it
        stands. A state that is ever moved is first aimed for 0 frames before any sound.

        Raises:
            NotImplementedError: settings of this device cannot be moved.
        """
        raise NotImplementedError

    def latency(self, rate_hz: int) -> int:  # noqa: ARG002 - for devices that need it
        """How many frames the output comes late."""
        return 0

    def lead(self, rate_hz: int) -> int:  # noqa: ARG002 - for devices that need it
        """How many frames before they are heard settings are wanted, where they move."""
        return 0

    def tail(self, rate_hz: int) -> int:  # noqa: ARG002 - for devices that need it
        """How many frames the output outlasts the input."""
        return 0

    def repairs(self, state: Any) -> "tuple[Repair, ...]":  # noqa: ARG002 - for devices that mend
        """What was repaired so far, in frames of the input, first to last."""
        return ()

    def reduction_db(self, state: Any) -> float:
        """How far the last block was turned down at most, of a device that is `reducing`."""
        reduction_db: float = state.reduction_db
        return reduction_db

    def effort(self) -> float:
        """Work against that of reading one strip: whether its sound is worth keeping."""
        return 1.0

    def channels_out(self, channels: int) -> int:
        """How many channels come out where `channels` go in."""
        return channels

    def files(self) -> dict[str, str]:
        """The sound files that it reads, by the field that names each."""
        return {}

    def refusals(self, sounds: "Mapping[str, Sound]") -> tuple[Refusal, ...]:  # noqa: ARG002
        """What does not fit together: its settings, and the sounds of its files, by field.

        Sounds are told from their shapes; without any, before files are looked at, settings
        alone are judged.
        """
        return ()

    def with_sounds(self, sounds: "Mapping[str, Sound]") -> "Processor":  # noqa: ARG002
        """The same with the sounds of its files, by field.

        Their shapes are enough for latency, tail and channels; to start, it needs samples.

        Raises:
            RefusedError: a sound does not do.
        """
        return self

    def study(self, rate_hz: int, channels: int) -> Study:
        """What is to hear the whole input of a device that is `studying`, before `studied`."""
        raise NotImplementedError

    def studied(self, study: Study) -> "Processor":
        """The same with what it has learned, ready to start."""
        raise NotImplementedError


class ToneProcessor(Processor, frozen=True, kw_only=True):
    """A device that alters tone or dynamics: it can be mixed with the dry sound and aimed."""

    mix_pct: Annotated[float, Pct(0, 100, "share of the processed sound, linear")] = 100.0
    channels: Annotated[
        Literal["stereo", "mid", "side", "left", "right"],
        msgspec.Meta(description="which part of a stereo signal it works on"),
    ] = "stereo"
