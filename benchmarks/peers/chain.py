"""The chain that every album of `albums.py` asks for, and the session that peers read of it."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

RATE_HZ, CD_RATE_HZ = 48_000, 44_100
HIGHPASS_HZ = 40.0
BELL_HZ, BELL_DB, BELL_Q = 300.0, -3.0, 1.0
THRESHOLD_DB, RATIO, ATTACK_MS, RELEASE_MS = -24.0, 3.0, 10.0, 120.0
DECAY_S = 1.8
ECHO_MS, FEEDBACK_PCT = 180.0, 30.0
SHELF_HZ, SHELF_DB = 100.0, 1.0
CEILING_DBTP = -1.0
GAP_S = 2.0
TAIL_S = 2.797
"""How long a mix rings on after its stems: the hall by 90 dB."""


@dataclass(frozen=True, kw_only=True)
class Stem:
    """A stem and its way to the mix; `pan` from -100 to 100, `file` from the album's folder."""

    name: str
    file: str
    gain_db: float
    pan: float
    hall_db: float
    slap_db: float

    @property
    def balance(self) -> tuple[float, float]:
        """Gain of left and right by pan: the near side stays, the far side goes to 0."""
        return min(1.0, 1.0 - self.pan / 100), min(1.0, 1.0 + self.pan / 100)


@dataclass(frozen=True, kw_only=True)
class Song:
    """A song's name and its stems, all equally long."""

    name: str
    seconds: float
    stems: tuple[Stem, ...]


def gain(level_db: float) -> float:
    """A level as a factor."""
    return 10.0 ** (level_db / 20)


def read_session(folder: Path) -> list[Song]:
    """The songs of an album in its order, from `session.json` beside its manifest."""
    songs = json.loads((folder / "session.json").read_text())
    return [
        Song(
            name=song["name"],
            seconds=song["seconds"],
            stems=tuple(Stem(**stem) for stem in song["stems"]),
        )
        for song in songs
    ]


def arguments(about: str) -> tuple[Path, Path, int]:
    """The command line of a peer: the album, the folder to write to, how many songs at once."""
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("album", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    return options.album, options.out, options.jobs
