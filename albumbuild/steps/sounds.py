"""Sounds that devices read from files: which role each stands in, and how it reaches its device."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from albumbuild.engine.action import Needs, StepError
from albumbuild.formats.sound import SoundError, SoundReader, probe
from albumbuild.model.desk import Desk, Fader
from albumbuild.model.device import Processor, RefusedError
from albumbuild.model.problem import Problem, Span
from albumbuild.model.sound import LONGEST_S, Sound
from albumbuild.steps.ends import nodes_of
from albumbuild.steps.ingest import absurd_at
from albumbuild.steps.stream import BLOCK

if TYPE_CHECKING:
    from albumbuild.model.device import Block

CHAIN = "chain"
"""What the roles of a step's own inserts begin with; those of a desk have the node's name."""


def roles(inserts: Iterable[Processor], place: str) -> Iterator[tuple[str, str]]:
    """The role of each file that a chain reads, and its path as the manifest has it.

    A role names the slot and not the file: a file that is renamed is the same sound.
    """
    for index, device in enumerate(inserts):
        for field, path in device.files().items():
            yield f"sound/{place}/{index}/{field}", path


def desk_roles(desk: Desk) -> Iterator[tuple[str, str]]:
    """The same for every strip, bus and return that is rendered."""
    for name, node in nodes_of(desk).items():
        yield from roles(node.inserts, name)


def with_sounds(
    inserts: Iterable[Processor], needs: Needs, place: str = CHAIN
) -> tuple[Processor, ...]:
    """The inserts, each with the sounds of its files.

    Raises:
        StepError: a file cannot be read, holds what is no sound, or does not do for its device.
    """
    return tuple(
        _with_sounds(device, needs, f"sound/{place}/{index}")
        for index, device in enumerate(inserts)
    )


def _with_sounds(device: Processor, needs: Needs, role: str) -> Processor:
    paths = {field: needs.source(f"{role}/{field}") for field in device.files()}
    try:
        return device.with_sounds(
            {
                field: streamed_sound(path) if device.streaming else read_sound(path)
                for field, path in paths.items()
            }
        )
    except RefusedError as error:
        raise StepError(error.refusal.problem(None)) from error


def loaded_fader(fader: Fader, needs: Needs, place: str) -> Fader:
    """A fader whose inserts have their sounds."""
    if not any(device.files() for device in fader.inserts):
        return fader
    return replace(fader, inserts=with_sounds(fader.inserts, needs, place))


def loaded_desk(desk: Desk, needs: Needs) -> Desk:
    """A desk whose inserts have their sounds."""
    parts = {
        part: {name: loaded_fader(node, needs, name) for name, node in nodes.items()}
        for part, nodes in (
            ("strips", desk.strips),
            ("buses", desk.buses),
            ("returns", desk.returns),
        )
    }
    return replace(desk, **parts)


def read_sound(path: Path) -> Sound:
    """The sound of a file, its first minute at most.

    Raises:
        StepError: it cannot be read, or holds what is no sound.
    """
    try:
        with SoundReader(path) as reader:
            shape = reader.format
            samples = reader.read(min(shape.frames, LONGEST_S * shape.rate_hz))
            problem = absurd_at(samples, 0, shape.rate_hz)
            if problem is not None:
                raise problem
    except SoundError as error:
        raise StepError(unusable_sound(path.name, error)) from error
    return Sound(
        rate_hz=shape.rate_hz,
        channels=shape.channels,
        frames=shape.frames,
        samples=np.ascontiguousarray(samples),
    )


def streamed_sound(path: Path) -> Sound:
    """The sound of a file as a stream, all of it, which may be taken up again.

    Raises:
        StepError: it cannot be read, or as soon as it turns out to hold what is no sound.
    """
    try:
        shape = probe(path)
    except SoundError as error:
        raise StepError(unusable_sound(path.name, error)) from error

    def stream() -> "Iterator[Block]":
        position = 0
        try:
            with SoundReader(path) as reader:
                for block in reader.blocks(BLOCK):
                    problem = absurd_at(block, position, shape.rate_hz)
                    if problem is not None:
                        raise problem
                    yield block
                    position += len(block)
        except SoundError as error:
            raise StepError(unusable_sound(path.name, error)) from error

    return Sound(rate_hz=shape.rate_hz, channels=shape.channels, frames=shape.frames, stream=stream)


def unusable_sound(name: str, error: SoundError, *, at: Span | None = None) -> Problem:
    """A sound that a device reads is none that can be read."""
    return Problem(
        slug="unusable-sound",
        at=at,
        what=f"`{name}` {error.what}",
        why=error.why or "it is a sound file that can be read to its end",
        fix="export the file again, or name another",
    )
