"""The mixing desk of one song as it is heard: strips, buses and returns, times in seconds."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from albumbuild.model.curve import Curve
from albumbuild.model.device import Processor
from albumbuild.model.time import Fade

MIX = "mix"
"""The bus at the root."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A send: how much of a strip or bus goes to a return."""

    level_db: float
    pre: bool = False
    curve: Curve | None = None


class Fader(msgspec.Struct, frozen=True, kw_only=True):
    """What strips, buses and returns have alike: inserts, fader, sends, and where they go.

    `insert_curves` move settings of inserts, by number and field: `0/threshold_db`,
    `1/bands/2/freq_hz`.
    """

    inserts: tuple[Processor, ...] = ()
    insert_curves: Mapping[str, Curve] = {}
    gain_db: float = 0.0
    gain_curve: Curve | None = None
    pan: float = 0.0
    pan_curve: Curve | None = None
    sends: Mapping[str, Feed] = {}
    bus: str = MIX

    def curves_of(self, index: int) -> dict[str, Curve]:
        """What moves the insert of that number, by the path of its field."""
        head = f"{index}/"
        return {
            path.removeprefix(head): curve
            for path, curve in self.insert_curves.items()
            if path.startswith(head)
        }


class Strip(Fader, frozen=True, kw_only=True):
    """The way of one stem to its bus."""

    start_s: float = 0.0
    trim_from_s: float = 0.0
    trim_to_s: float | None = None
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    invert: bool = False


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A song's strips, buses and returns, or those of them that one step hears.

    `kept` strips and buses are steps of their own: they come in as finished sound. `stored`
    strips leave as a step of their own would, whether or not they are one; buses always do.
    `silent` strips and buses are rendered for side chains alone and go nowhere.
    """

    version: ClassVar[int] = 4  # raise it when the way strips are summed changes

    strips: Mapping[str, Strip] = {}
    buses: Mapping[str, Fader] = {}
    returns: Mapping[str, Fader] = {}
    kept: tuple[str, ...] = ()
    stored: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
