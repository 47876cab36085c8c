"""Multiband compressors whose crossovers and bands do not fit together."""

import itertools
from collections.abc import Iterator

from albumbuild.manifest.availability import chains_of
from albumbuild.manifest.wording import Path, plain
from albumbuild.model.album import Album
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.processors.multiband import Multiband


def band_problems(album: Album, places: Places) -> Iterator[Problem]:
    """Every multiband compressor of the album that cannot be built."""
    for path, device in _multibands(album):
        yield from _count_problems(device, path, places)
        yield from _order_problems(device, path, places)


def _multibands(album: Album) -> Iterator[tuple[Path, Multiband]]:
    chains = [
        *(each for name, song in album.songs.items() for each in chains_of(song, ("songs", name))),
        (("master", "inserts"), album.master.inserts),
        *(
            (("deliverables", name, "inserts"), deliverable.inserts)
            for name, deliverable in album.deliverables.items()
        ),
    ]
    for place, inserts in chains:
        for index, insert in enumerate(inserts):
            if isinstance(insert, Multiband):
                yield (*place, index), insert


def _count_problems(device: Multiband, path: Path, places: Places) -> Iterator[Problem]:
    parted, bands = len(device.crossovers_hz), len(device.bands)
    if bands != parted + 1:
        yield Problem(
            slug="band-count",
            at=places.of(*path, "bands"),
            what=f"there are {bands} bands, and the crossovers make {parted + 1}",
            why="each crossover parts one band from the next",
            fix=f"write {parted + 1} bands, or one crossover fewer than bands",
        )


def _order_problems(device: Multiband, path: Path, places: Places) -> Iterator[Problem]:
    for index, (low, high) in enumerate(itertools.pairwise(device.crossovers_hz), start=1):
        if high <= low:
            yield Problem(
                slug="crossovers-not-rising",
                at=places.of(*path, "crossovers_hz", index),
                what=f"a crossover at {plain(high)} Hz stands after one at {plain(low)} Hz",
                why="bands go from low to high, and each has its own place",
                fix="write crossovers from low to high, each once",
            )
