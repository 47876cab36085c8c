"""How cost grows: with stems, songs, length, edits and what the store holds; by which power.

    python benchmarks/growth.py [--runs 3] [--albumbuild PROGRAM]

Albums of short sounds, of four sizes each. A power of 1 is in step with the size, 0 is not at
all; CPU seconds less those of `albumbuild --version`.
"""

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from albums import Edit, Size, write_album, write_manifest
from cost import QUIET_S, cost_of

SMALL = Size(songs=2, stems=8, seconds=2.0)


class Album:
    """An album of one size, and what is done with it; each gives CPU seconds."""

    def __init__(self, folder: Path, size: Size, program: str) -> None:
        self._folder, self._size, self._program = folder, size, program
        write_album(folder, size)

    def make(self) -> float:
        return cost_of([self._program, "-C", str(self._folder), "-q", "make"]).cpu_s

    def plan(self) -> float:
        return cost_of([self._program, "-C", str(self._folder), "-q", "plan"]).cpu_s

    def nothing(self) -> float:
        time.sleep(QUIET_S)
        self.make()
        return self.make()

    def fader(self, number: int) -> float:
        write_manifest(self._folder, self._size, Edit(fader_db=-0.01 * (number + 1)))
        return self.make()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--albumbuild", default=str(Path(sys.executable).with_name("albumbuild")))
    options = parser.parse_args()
    idle = min(cost_of([options.albumbuild, "--version"]).cpu_s for _ in range(5))
    print("| grows | of | sizes | CPU s | power |\n|---|---|---|---|---|")
    for grows, sizes, sized in GROWTHS:
        rows = [costs(sized(each), options.albumbuild, options.runs) for each in sizes]
        for of in rows[0]:
            found = [max(row[of] - idle, 0.001) for row in rows]
            figures = ", ".join(f"{each:.2f}" for each in found)
            steps = ", ".join(map(str, sizes))
            print(f"| {grows} | {of} | {steps} | {figures} | {power(sizes, found):.2f} |")
    edits(options.albumbuild, idle)


def costs(size: Size, program: str, runs: int) -> dict[str, float]:
    """The least of some runs of each kind."""
    with tempfile.TemporaryDirectory() as name:
        album = Album(Path(name), size, program)
        return {
            "a clean build": album.make(),
            "nothing to do": album.nothing(),
            "a plan": min(album.plan() for _ in range(runs)),
            "one fader": min(album.fader(run) for run in range(runs)),
        }


def edits(program: str, idle: float) -> None:
    """One fader again and again: the store holds more each time."""
    with tempfile.TemporaryDirectory() as name:
        album = Album(Path(name), SMALL, program)
        album.make()
        found = [max(album.fader(run) - idle, 0.001) for run in range(48)]
    early, late = (float(np.median(part)) for part in (found[:8], found[-8:]))
    print(f"| results in the store | one fader | 8, 48 edits | {early:.2f}, {late:.2f} | – |")


def power(sizes: tuple[int, ...], found: list[float]) -> float:
    """The slope of cost over size, both as logarithms, by least squares."""
    logs = [math.log(each) for each in sizes]
    return float(np.polyfit(logs, [math.log(each) for each in found], 1)[0])


def growths() -> Iterator[tuple[str, tuple[int, ...], Callable[[int], Size]]]:
    yield "stems of a song", (8, 32, 128, 512), lambda stems: replace(SMALL, songs=1, stems=stems)
    yield "songs", (2, 8, 32, 128), lambda songs: replace(SMALL, songs=songs, stems=4)
    yield "seconds", (4, 16, 64, 256), lambda seconds: replace(SMALL, seconds=float(seconds))


GROWTHS = tuple(growths())

if __name__ == "__main__":
    main()
