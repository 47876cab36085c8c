"""The multiband compressor: each band is turned down for itself."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import msgspec

from albumbuild.dsp.dynamics import Curve
from albumbuild.dsp.multiband import Multiband as Running
from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Ms, Number, Pct, Text

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class MultibandBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The compressor of one band."""

    unheard: ClassVar[frozenset[str]] = frozenset({"id"})

    threshold_db: Annotated[float, Db(-80, 0, "level above which it works")] = -20.0
    ratio: Annotated[float, Number(1, 100, "input change for 1 dB of output")] = 2.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of a rise in reduction")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")] = 100.0
    knee_db: Annotated[float, Db(0, 36, "width of the bend around the threshold")] = 6.0
    makeup_db: Annotated[float, Db(-40, 40, "gain after it")] = 0.0
    detector: Annotated[Literal["peak", "rms"], Text("what it measures")] = "peak"
    link_pct: Annotated[float, Pct(0, 100, "how far channels share one gain")] = 100.0
    id: Annotated[str | None, Text("a name for automation")] = None

    def curve(self) -> Curve:
        """The compressor that the band stands for."""
        return Curve(
            threshold_db=self.threshold_db,
            ratio=self.ratio,
            knee_db=self.knee_db,
            attack_ms=self.attack_ms,
            release_ms=self.release_ms,
            makeup_db=self.makeup_db,
            detector=self.detector,
            lookahead_ms=0.0,
            link_pct=self.link_pct,
        )


class Multiband(ToneProcessor, frozen=True, kw_only=True):
    """A compressor for each band; bands at rest sum to the input's own spectrum.

    Bands meet at -6 dB and fall by 24 dB an octave. Each works as the compressor does; what is
    at rest is altered in phase alone.
    """

    name: ClassVar[str] = "multiband"
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
        return [band.curve() for band in self.bands]
