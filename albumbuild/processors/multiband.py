"""The multiband compressor: each band is turned down for itself."""

import itertools
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from albumbuild.dsp.dynamics import Curve
from albumbuild.dsp.multiband import Multiband as Running
from albumbuild.model.device import Refusal, ToneProcessor
from albumbuild.model.units import Hz, Text
from albumbuild.processors.squashing import (
    UNSET,
    Attack,
    Detector,
    Knee,
    Link,
    Makeup,
    Ratio,
    Release,
    Threshold,
    curve_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albumbuild.model.device import Block
    from albumbuild.model.sound import Sound


class MultibandBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The compressor of one band."""

    unheard: ClassVar[frozenset[str]] = frozenset({"id"})

    threshold_db: Threshold = UNSET.threshold_db
    ratio: Ratio = UNSET.ratio
    attack_ms: Attack = UNSET.attack_ms
    release_ms: Release = UNSET.release_ms
    knee_db: Knee = UNSET.knee_db
    makeup_db: Makeup = UNSET.makeup_db
    detector: Detector = UNSET.detector
    link_pct: Link = UNSET.link_pct
    id: Annotated[str | None, Text("a name for automation")] = None


class Multiband(ToneProcessor, frozen=True, kw_only=True):
    """A compressor for each band; bands at rest sum to the input's own spectrum.

    Bands meet at -6 dB and fall by 24 dB an octave. Each works as the compressor does; what is
    at rest is altered in phase alone. A band with `ratio: 1` stays at rest.
    """

    name: ClassVar[str] = "multiband"
    reducing: ClassVar[bool] = True
    example: ClassVar[str] = (
        "{crossovers_hz: [200, 2500], bands: [{threshold_db: -24}, {}, {ratio: 3}]}"
    )

    crossovers_hz: Annotated[
        tuple[Annotated[float, Hz(20, 20_000, "where two bands meet")], ...],
        Text("where bands meet, rising"),
    ]
    bands: Annotated[tuple[MultibandBand, ...], Text("one more than crossovers, low to high")]

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 4.0

    def refusals(self, sounds: "Mapping[str, Sound]") -> tuple[Refusal, ...]:  # noqa: ARG002
        """Bands and crossovers that do not count up, and crossovers that do not rise."""
        parted = len(self.crossovers_hz) + 1
        miscounted = [] if len(self.bands) == parted else [_count(len(self.bands), parted)]
        return (*miscounted, *_falling(self.crossovers_hz))

    def start(self, rate_hz: int, channels: int) -> Running:
        """Crossovers and compressors at rest."""
        return Running(self.crossovers_hz, self._curves(), rate_hz, channels)

    def process(self, block: "Block", state: Running, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, each of its bands turned down as it asks for."""
        return state.process(block)

    def dry(self, block: "Block", state: Running) -> "Block":
        """The sound in the phase of the bands, so that both mix without holes."""
        return state.beside(block)

    def glide(self, state: Running, frames: int) -> None:
        """Move crossovers and bands."""
        state.aim(self.crossovers_hz, self._curves(), frames)

    def _curves(self) -> list[Curve]:
        return [curve_of(band) for band in self.bands]


def _count(bands: int, parted: int) -> Refusal:
    """A band that has no compressor, or a compressor that has no band."""
    return Refusal(
        slug="band-count",
        at=("bands",),
        what=f"there are {bands} bands, and the crossovers make {parted}",
        why="each crossover parts one band from the next",
        fix=f"write {parted} bands, or one crossover fewer than bands",
    )


def _falling(crossovers_hz: tuple[float, ...]) -> "Iterator[Refusal]":
    """Each crossover that is not above the one before it."""
    for index, (low, high) in enumerate(itertools.pairwise(crossovers_hz), start=1):
        if high <= low:
            yield Refusal(
                slug="crossovers-not-rising",
                at=("crossovers_hz", index),
                what=f"a crossover at {high:.9g} Hz stands after one at {low:.9g} Hz",
                why="bands go from low to high, and each has its own place",
                fix="write crossovers from low to high, each once",
            )
