"""Multiband compressor: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar, Literal

import msgspec

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, Hz, Ms, Number, Text


class MultibandBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The compressor of one band."""

    threshold_db: Annotated[float, Db(-80, 0, "level above which it works")] = -20.0
    ratio: Annotated[float, Number(1, 100, "input change for 1 dB of output")] = 2.0
    attack_ms: Annotated[float, Ms(0.05, 500, "time to 63 % of a rise in reduction")] = 10.0
    release_ms: Annotated[float, Ms(1, 5_000, "time to 63 % of a fall in reduction")] = 100.0
    knee_db: Annotated[float, Db(0, 36, "width of the bend around the threshold")] = 6.0
    makeup_db: Annotated[float, Db(-40, 40, "gain after it")] = 0.0
    detector: Annotated[Literal["peak", "rms"], Text("what it measures")] = "peak"


class Multiband(ToneProcessor, frozen=True, kw_only=True):
    """A compressor for each band; bands at rest sum to the input's own spectrum."""

    name: ClassVar[str] = "multiband"
    available: ClassVar[bool] = False

    crossovers_hz: Annotated[
        tuple[Annotated[float, Hz(20, 20_000, "where two bands meet")], ...],
        Text("where bands meet, rising"),
    ]
    bands: Annotated[tuple[MultibandBand, ...], Text("one more than crossovers, low to high")]
