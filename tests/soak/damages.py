"""Rounds that change bytes of a CD's descriptions: reading it back never stumbles, nor dawdles."""

import random
import shutil
import time
import wave
from collections.abc import Iterator
from pathlib import Path

from albumbuild.formats.cue import cue_text
from albumbuild.formats.ddp import write_ddp
from albumbuild.formats.reading.folder import read_disc
from albumbuild.formats.toc import toc_text
from albumbuild.model.timeline import PAUSE_SECTORS, SECTOR_BYTES
from tests.discs.fuzz import damaged
from tests.formats.discs import disc, image
from tests.soak.rounds import Round

MOST_S = 2.0
"""No set may take longer to read, whatever is in it."""


def damage_rounds(folder: Path, *, count: int, seed: int) -> Iterator[Round]:
    """Damage a set, read it; what it stumbles over is kept."""
    good = folder / "good"
    _write(good)
    draw = random.Random(seed)
    for number in range(count):
        bad = damaged(good, folder / "bad", draw)
        began, wrong = time.monotonic(), ""
        try:
            read = read_disc(bad)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        if seconds > MOST_S:
            wrong = f"{seconds:.1f} s"
        if wrong:
            shutil.copytree(bad, folder / f"wrong-{number}")
        shutil.rmtree(bad)
        findings = "" if wrong or read is None else f"{len(read.findings)} findings"
        yield Round(f"damage {number}: {findings}", wrong)


def _write(folder: Path) -> None:
    """A fileset, a cue sheet and a TOC file over one sound."""
    made = disc()
    sound = (
        bytes(PAUSE_SECTORS * SECTOR_BYTES) + image(made.sectors)[PAUSE_SECTORS * SECTOR_BYTES :]
    )
    folder.mkdir()
    write_ddp(folder / "ddp", made, [sound])
    with wave.open(str(folder / "cd.wav"), "wb") as out:
        out.setparams((2, 2, 44_100, 0, "NONE", ""))
        out.writeframes(sound)
    (folder / "cd.cue").write_text(cue_text(made, "cd.wav"), encoding="utf-8")
    (folder / "cd.toc").write_text(toc_text(made, "cd.wav"), encoding="ascii")
