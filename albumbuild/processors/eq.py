"""The equaliser: any number of bands, each an analogue curve up to 20 kHz."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import msgspec

from albumbuild.dsp import linear, prototypes
from albumbuild.dsp.filters import Filter
from albumbuild.dsp.linear import LinearPhase
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Number, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumbuild.dsp.prototypes import Prototype
    from albumbuild.model.device import Block

DB_AN_OCTAVE_PER_ORDER = 6

BandType = Literal[
    "highpass", "lowpass", "bandpass", "bell", "lowshelf", "highshelf", "notch", "tilt"
]
Slope = Literal[6, 12, 18, 24, 30, 36, 42, 48]


class Band(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One curve. `q` counts for bells, shelves, bandpass, notch and passes of 12 dB an octave."""

    unheard: ClassVar[frozenset[str]] = frozenset({"id"})

    type: Annotated[BandType, Text("the shape of the curve")]
    freq_hz: Annotated[float, Hz(20, 20_000, "corner or centre")]
    gain_db: Annotated[float, Db(-36, 36, "of a bell, a shelf or a tilt")] = 0.0
    q: Annotated[float, Number(0.1, 40, "narrower when higher; 0.7071 is a slope of 1")] = 0.7071
    slope_db: Annotated[Slope, Text("of a pass, dB an octave")] = 12
    id: Annotated[str | None, Text("a name for automation")] = None

    def prototype(self) -> "Prototype":
        """The analogue filter that the band stands for."""
        order, q = self.slope_db // DB_AN_OCTAVE_PER_ORDER, self.q
        match self.type:
            case "highpass":
                return prototypes.highpass(self.freq_hz, order=order, q=q)
            case "lowpass":
                return prototypes.lowpass(self.freq_hz, order=order, q=q)
            case "bandpass":
                return prototypes.bandpass(self.freq_hz, q=q)
            case "bell":
                return prototypes.bell(self.freq_hz, gain_db=self.gain_db, q=q)
            case "lowshelf":
                return prototypes.lowshelf(self.freq_hz, gain_db=self.gain_db, q=q)
            case "highshelf":
                return prototypes.highshelf(self.freq_hz, gain_db=self.gain_db, q=q)
            case "notch":
                return prototypes.notch(self.freq_hz, q=q)
            case "tilt":
                return prototypes.tilt(self.freq_hz, gain_db=self.gain_db)


class Eq(ToneProcessor, frozen=True, kw_only=True):
    """Shapes the spectrum; bands without effect leave every bit as it was.

    Minimum phase is within 0.05 dB of the analogue curve. Linear phase keeps the shape of
    the wave, and rings before a sound as long as after it.
    """

    name: ClassVar[str] = "eq"
    version: ClassVar[int] = 2
    shorthand: ClassVar[str | None] = "bands"
    example: ClassVar[str] = (
        "[{type: highpass, freq_hz: 30}, {type: bell, freq_hz: 250, gain_db: -3}]"
    )

    bands: Annotated[tuple[Band, ...], Text("in any order")] = ()
    phase: Annotated[Literal["minimum", "linear"], Text("minimum adds no delay")] = "minimum"

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 3.0 if self.phase == "linear" else 1.0

    def start(self, rate_hz: int, channels: int) -> Filter | LinearPhase:
        """The filters of all bands, at rest."""
        kind = LinearPhase if self._is_late else Filter
        return kind(self._prototypes(), rate_hz, channels)

    def process(
        self,
        block: "Block",
        state: Filter | LinearPhase,
        key: "Block | None" = None,  # noqa: ARG002 - it has no side chain
    ) -> "Block":
        """The next block, filtered."""
        return state.process(block)

    def glide(self, state: Filter | LinearPhase, frames: int) -> None:
        """Move the filters of all bands."""
        state.aim(self._prototypes(), frames)

    def latency(self, rate_hz: int) -> int:
        """That of a linear phase; bands without effect have it too: they may come to have one."""
        return linear.latency(rate_hz) if self._is_late else 0

    def tail(self, rate_hz: int) -> int:
        """What a linear phase rings after a sound, as before it; none of a minimum phase."""
        return linear.tail(self._prototypes(), rate_hz) if self._is_late else 0

    @property
    def _is_late(self) -> bool:
        return self.phase == "linear" and bool(self.bands)

    def _prototypes(self) -> "Iterator[Prototype]":
        return (band.prototype() for band in self.bands)
