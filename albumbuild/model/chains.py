"""Every chain of inserts of an album, and where it stands in the manifest."""

from collections.abc import Iterator
from typing import TypeAlias

from albumbuild.model.album import Album
from albumbuild.model.device import Processor
from albumbuild.model.song import Fader, Song

Way: TypeAlias = tuple[str | int, ...]
Chain: TypeAlias = tuple[Way, tuple[Processor, ...]]

GROUPS = ("stems", "buses", "returns")
"""The parts of a song that hold strips, each with a chain."""


def chains_of(album: Album) -> Iterator[Chain]:
    """Every chain that sound goes through: of songs, of the album, of deliverables."""
    for name, song in album.songs.items():
        yield from chains_of_song(song, ("songs", name))
    yield ("master", "inserts"), album.master.inserts
    for name, deliverable in album.deliverables.items():
        yield ("deliverables", name, "inserts"), deliverable.inserts


def chains_of_song(song: Song, path: Way) -> Iterator[Chain]:
    """Every chain of a song that stands at `path`."""
    for group in GROUPS:
        for name, strip in getattr(song, group).items():
            yield (*path, group, name, "inserts"), strip.inserts
    yield (*path, "mix", "inserts"), song.mix.inserts
    yield (*path, "master", "inserts"), song.master.inserts


def faders_of(song: Song, path: Way) -> Iterator[tuple[Way, Fader]]:
    """Every fader of a song that stands at `path`."""
    for group in GROUPS:
        for name, fader in getattr(song, group).items():
            yield (*path, group, name), fader
    yield (*path, "mix"), song.mix


def devices_of(album: Album) -> Iterator[tuple[Way, Processor]]:
    """Every insert of those chains."""
    for path, inserts in chains_of(album):
        for index, device in enumerate(inserts):
            yield (*path, index), device
