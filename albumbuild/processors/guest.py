"""Devices of other packages at work: what goes wrong in one is told as its own fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import index
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from albumbuild.engine.action import StepError
from albumbuild.model.device import Processor, Refusal, RefusedError, Study
from albumbuild.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from albumbuild.model.device import Block
    from albumbuild.model.sound import Sound


def guest(device: type[Processor], *, name: str, package: str) -> type[Processor]:
    """The device as the house runs it: under that name, and not trusted.

    `package` is the name and the version of where it comes from.
    """
    namespace: dict[str, Any] = {"name": name, "package": package, "__doc__": device.__doc__}
    if device.glide is Processor.glide:
        namespace["glide"] = Processor.glide  # so that it shows that nothing can be moved
    made = msgspec.defstruct(
        device.__name__,
        [],
        bases=(Guest, device),
        namespace=namespace,
        module=device.__module__,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    assert issubclass(made, Processor)
    return made


class Guest(Processor, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stands before a device in its class, and looks at all that it says.

    An error in it, and sound of another shape, of another type or not finite, fails the step.
    The device writes to nothing that it is handed, and what it gives is copied: it may be an
    array that it uses again.
    """

    def start(self, rate_hz: int, channels: int) -> Any:
        """The state of the device."""
        with self._blamed():
            return super().start(rate_hz, channels)

    def process(self, block: "Block", state: Any, key: "Block | None" = None) -> "Block":
        """The next block; the device may look at its input and its key, and not write to them."""
        heard, listened = _shown(block), None if key is None else _shown(key)
        with self._blamed():
            out: Any = super().process(heard, state, listened)
        self._check(out, (len(block), self.channels_out(block.shape[1])))
        return block if out is heard else np.array(out, order="C")

    def dry(self, block: "Block", state: Any) -> "Block":
        """The untouched sound as the device gives it back, of the same shape."""
        heard = _shown(block)
        with self._blamed():
            out: Any = super().dry(heard, state)
        self._check(out, block.shape)
        return block if out is heard else np.array(out, order="C")

    def glide(self, state: Any, frames: int) -> None:
        """Move the state of the device."""
        with self._blamed():
            super().glide(state, frames)

    def latency(self, rate_hz: int) -> int:
        """What the device says, if it is a number of frames."""
        with self._blamed():
            return _frames(super().latency(rate_hz))

    def lead(self, rate_hz: int) -> int:
        """What the device says, if it is a number of frames."""
        with self._blamed():
            return _frames(super().lead(rate_hz))

    def tail(self, rate_hz: int) -> int:
        """What the device says, if it is a number of frames."""
        with self._blamed():
            return _frames(super().tail(rate_hz))

    def channels_out(self, channels: int) -> int:
        """What the device says, if it is one channel or two."""
        with self._blamed():
            width = index(super().channels_out(channels))
            if width not in (1, 2):
                raise ValueError(f"{width} channels come out of {channels}")
            return width

    def files(self) -> dict[str, str]:
        """What the device says, if it is paths by the names of fields."""
        with self._blamed():
            return msgspec.convert(super().files(), dict[str, str])

    def refusals(self, sounds: "Mapping[str, Sound]") -> tuple[Refusal, ...]:
        """What the device says, if it is refusals."""
        with self._blamed():
            return msgspec.convert(super().refusals(sounds), tuple[Refusal, ...])

    def with_sounds(self, sounds: "Mapping[str, Sound]") -> Processor:
        """What the device makes of itself, if it is one of its kind."""
        with self._blamed():
            return msgspec.convert(super().with_sounds(sounds), type(self))

    def study(self, rate_hz: int, channels: int) -> Study:
        """What is to hear the whole input of the device."""
        with self._blamed():
            return GuestStudy(super().study(rate_hz, channels), self._blamed)

    def studied(self, study: Study) -> Processor:
        """What the device makes of itself, if it is one of its kind."""
        assert isinstance(study, GuestStudy)
        with self._blamed():
            return msgspec.convert(super().studied(study.own), type(self))

    def _check(self, out: Any, shape: tuple[int, ...]) -> None:
        with self._blamed():
            if not isinstance(out, np.ndarray):
                raise TypeError(f"it gave {type(out).__name__} and no array")
            if out.shape != shape or out.dtype != np.float64:
                wanted = f"float64 of shape {shape}"
                raise ValueError(f"it gave {out.dtype} of shape {out.shape}, not {wanted}")
            if not np.isfinite(out).all():
                raise ValueError("it gave sound that is not finite")

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        try:
            yield
        except (StepError, RefusedError):
            raise
        except Exception as error:
            raise StepError(_fault(self.name, self.package, error)) from error


class GuestStudy:
    """Stands before what a device studies its input with; `own` is that."""

    def __init__(self, own: Study, blamed: "Callable[[], AbstractContextManager[None]]") -> None:
        self.own = own
        self._blamed = blamed

    def add(self, block: "Block") -> None:
        """Let it look at the next block."""
        with self._blamed():
            self.own.add(_shown(block))


def _shown(block: "Block") -> "Block":
    """The same sound, to look at alone."""
    seen = block.view()
    seen.flags.writeable = False
    return seen


def _frames(number: Any) -> int:
    frames = index(number)
    if frames < 0:
        raise ValueError(f"{frames} frames are less than none")
    return frames


def _fault(name: str, package: str, error: Exception) -> Problem:
    """A device of a package did not do its work."""
    return Problem(
        slug="device-failed",
        what=f"the device `{name}` of {package} failed",
        why=f"{type(error).__name__}: {error}",
        fix="tell those who make that package, install another version of it, or take the "
        "insert out",
    )
