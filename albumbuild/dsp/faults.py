"""Everything that can be wrong in a sound, looked for in one pass."""

from collections import Counter
from typing import TYPE_CHECKING

from albumbuild.dsp.clicks import Clicks
from albumbuild.dsp.depth import Depth
from albumbuild.dsp.fault import Fault, Finder
from albumbuild.dsp.held import Held
from albumbuild.dsp.hum import Hum
from albumbuild.dsp.offset import Offset
from albumbuild.dsp.sides import Sides
from albumbuild.dsp.spectrum import Spectrum
from albumbuild.dsp.wall import walls

if TYPE_CHECKING:
    from albumbuild.model.device import Block

SHOWN = 100
"""Faults of one kind that are told one by one; all are counted."""

_LOWEST_RATE_HZ = 4_000  # for hum


class FaultFinder:
    """Takes in a sound, blocks of any length, and tells what is wrong with it.

    `bits` is the word length of its file, None for a lossy one. Each finder tells what it
    takes for a fault; what is played on purpose like one cannot be told from it.
    """

    def __init__(self, rate_hz: int, channels: int, *, bits: int | None) -> None:
        self._rate_hz = rate_hz
        self._bits = bits
        self._spectrum = Spectrum(rate_hz, channels)
        self._finders: list[Finder] = [
            Clicks(rate_hz, channels),
            Held(rate_hz, channels),
            Offset(rate_hz, channels),
        ]
        if rate_hz >= _LOWEST_RATE_HZ:
            self._finders.append(Hum(rate_hz, channels))
        if channels == 2:
            self._finders.append(Sides(rate_hz))
        self._finders.append(Depth(bits))

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        self._spectrum.add(block)
        for finder in self._finders:
            finder.add(block)

    def faults(self) -> list[Fault]:
        """What was found, kind by kind; the sound is over."""
        found = [fault for finder in self._finders for fault in finder.faults()]
        found += walls(self._spectrum.mean_squares(), self._rate_hz, bits=self._bits)
        return found


def shown(faults: list[Fault]) -> tuple[list[Fault], dict[str, int]]:
    """The first hundred of each kind, and how many of each there are."""
    counts: Counter[str] = Counter()
    first = []
    for fault in faults:
        counts[fault.kind] += 1
        if counts[fault.kind] <= SHOWN:
            first.append(fault)
    return first, dict(counts)
