"""Ingest: what a stem sounds like, whatever file it comes in."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
import numpy as np
from blake3 import blake3

from albumbuild.dsp.maths import gain_to_db
from albumbuild.dsp.packing import packed
from albumbuild.engine.action import Action, Needs, Progress, StepError
from albumbuild.formats.sound import SoundError, SoundReader
from albumbuild.model.problem import Problem
from albumbuild.steps.stream import BLOCK

if TYPE_CHECKING:
    from albumbuild.model.device import Block

PCM = "pcm.json"
LOUDEST = 1e4
"""80 dB over full scale: what is louder was never sound."""


class Pcm(msgspec.Struct, frozen=True, kw_only=True):
    """A stem's sound as numbers: the digest of its samples, and their shape."""

    digest: str
    rate_hz: int
    channels: int
    frames: int


class Ingest(Action, frozen=True, kw_only=True):
    """Decodes a stem once and leaves the digest of its samples.

    Metadata and coding end here: the same samples in another file are the same stem.
    """

    kind: ClassVar[str] = "ingest"
    version: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("soundfile", "av")
    unheard: ClassVar[frozenset[str]] = frozenset({"stem", "names"})

    stem: str
    names: tuple[str, ...]

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write `pcm.json`: one record for each file of the stem."""
        found = []
        for name, role in zip(self.names, needs.roles("file"), strict=True):
            try:
                found.append(_digest(needs.source(role), progress))
            except SoundError as error:
                raise StepError(_unreadable(self.stem, name, error)) from error
        (into / PCM).write_bytes(msgspec.json.encode(found))


def _digest(path: Path, progress: Progress) -> Pcm:
    with SoundReader(path) as reader:
        shape = reader.format
        progress.total(shape.frames)
        if shape.channels > 2:
            raise SoundError(f"has {shape.channels} channels", "a stem is mono or stereo")
        hasher = blake3()
        position = 0
        while data := _packed(reader, position):
            hasher.update(data)
            position = min(position + BLOCK, shape.frames)
            progress.add(BLOCK)
    return Pcm(
        digest=hasher.hexdigest(),
        rate_hz=shape.rate_hz,
        channels=shape.channels,
        frames=position,
    )


def _packed(reader: SoundReader, position: int) -> bytes:
    """The next block of samples in the fewest bytes, whatever file they come in."""
    if reader.is_packed:
        return reader.read_packed(BLOCK)
    block = reader.read(BLOCK)
    if not len(block):
        return b""
    problem = absurd_at(block, position, reader.format.rate_hz)
    if problem is not None:
        raise problem
    return packed(block)


def absurd_at(block: "Block", position: int, rate_hz: int) -> SoundError | None:
    """The first sample that cannot be sound: no number, or far beyond any level."""
    if max(np.max(block), -np.min(block)) <= LOUDEST:  # a sample that is no number is not
        return None
    good = (np.abs(block) <= LOUDEST).all(axis=1)
    at = int(np.argmin(good))
    time = f"at {(position + at) / rate_hz:.3f} s"
    peak = float(np.max(np.abs(block[at])))
    if not isfinite(peak):
        return SoundError("holds a sample that is not a number", time)
    why = f"{time}; full scale is 1.0 in a float file, and this is {peak:.0f}"
    return SoundError(f"holds a sample of {gain_to_db(peak):+.1f} dBFS", why)


def _unreadable(stem: str, name: str, error: SoundError) -> Problem:
    """A stem's file cannot be used."""
    return Problem(
        slug="unusable-stem",
        what=f"the stem `{stem}` cannot be used: `{name}` {error.what}",
        why=error.why,
        fix="export the stem again, then run `albumbuild make`",
    )
