"""The CD image of peers whose songs are 16-bit samples in files of their own."""

import wave
from collections.abc import Iterable
from pathlib import Path

import chain


def write_disc(path: Path, parts: Iterable[Path]) -> None:
    """One WAV of all songs with the gaps between them; the parts are gone then."""
    gap = bytes(4 * round(chain.GAP_S * chain.CD_RATE_HZ))
    with wave.open(str(path), "wb") as disc:
        disc.setparams((2, 2, chain.CD_RATE_HZ, 0, "NONE", ""))
        for number, part in enumerate(parts):
            disc.writeframesraw(gap if number else b"")
            disc.writeframesraw(part.read_bytes())
            part.unlink()
