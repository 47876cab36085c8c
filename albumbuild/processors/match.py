"""Tonal matching: settings of a device whose sound comes later."""

from typing import Annotated, ClassVar

from albumbuild.model.device import ToneProcessor
from albumbuild.model.units import Db, File, Pct, Text


class Match(ToneProcessor, frozen=True, kw_only=True):
    """Brings the spectrum nearer to that of references."""

    name: ClassVar[str] = "match"
    available: ClassVar[bool] = False

    reference: Annotated[tuple[Annotated[str, File("a sound file")], ...], Text("sound files")]
    amount_pct: Annotated[float, Pct(0, 100, "how much of the difference")] = 50.0
    max_db: Annotated[float, Db(0, 24, "the most at any frequency")] = 6.0
