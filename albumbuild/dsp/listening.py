"""A side chain: what a device of dynamics listens to, and the filters before its ear."""

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from albumbuild.dsp import prototypes
from albumbuild.dsp.filters import Filter

if TYPE_CHECKING:
    from albumbuild.model.device import Block
    from albumbuild.model.sidechain import Sidechain


class Running(Protocol):
    """A device at work that turns sound down by what it hears."""

    reduction_db: float

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block; `key` is listened to in its place."""


Device = TypeVar("Device", bound=Running)


class Listening(Generic[Device]):
    """A running device, and the filters before its ear.

    The key is as wide as it comes, so the filters are made with its first block.
    """

    def __init__(self, running: Device, sidechain: "Sidechain | None", rate_hz: int) -> None:
        self.running = running
        self._rate_hz = rate_hz
        self._prototypes = tuple(_filters(sidechain)) if sidechain else ()
        self._filter: Filter | None = None
        self._aims: list[tuple[Sidechain, int]] = []
        self._aimed: Sidechain | None = None

    @property
    def reduction_db(self) -> float:
        """The most that the last block was turned down."""
        return self.running.reduction_db

    def process(self, block: "Block", key: "Block | None") -> "Block":
        """The next block, turned down by what the filtered key asks for."""
        if not self._prototypes:
            return self.running.process(block, key)
        heard = block if key is None else key
        if self._filter is None:
            self._filter = Filter(self._prototypes, self._rate_hz, heard.shape[1])
        for sidechain, frames in self._aims:
            self._filter.aim(_filters(sidechain), frames)
        self._aims.clear()
        return self.running.process(block, self._filter.process(heard))

    def aim(self, sidechain: "Sidechain | None", frames: int) -> None:
        """Move the filters before the ear; those that stay where they are cost nothing."""
        if self._prototypes and sidechain and sidechain != self._aimed:
            self._aimed = sidechain
            self._aims.append((sidechain, frames))


def _filters(sidechain: "Sidechain") -> list[prototypes.Prototype]:
    """Both of second order."""
    found = []
    if sidechain.highpass_hz is not None:
        found.append(prototypes.highpass(sidechain.highpass_hz, order=2))
    if sidechain.lowpass_hz is not None:
        found.append(prototypes.lowpass(sidechain.lowpass_hz, order=2))
    return found
