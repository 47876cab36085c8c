"""What the headers of the stems say, before anything is decoded."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from albumbuild.engine.seal import Look, look
from albumbuild.formats.sound import SoundError, SoundFormat, probe
from albumbuild.model.album import Album
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, ProblemError, Span

Probes = Mapping[tuple[str, str], tuple[SoundFormat, ...]]
"""The formats of a stem's files, by song and stem."""


class Probed(msgspec.Struct, frozen=True):
    """What a file said of its sound, and what the file system said of it just before."""

    look: Look | None
    format: SoundFormat


def still_fits(path: Path, probed: Probed) -> bool:
    """Whether a file's sound has the rate, channels and length that were planned with."""
    try:
        return probe(path) == probed.format
    except SoundError:
        return False


def probe_stems(root: Path, album: Album, places: Places) -> tuple[Probes, Mapping[Path, Probed]]:
    """The formats of every stem, and all of their files.

    Raises:
        ProblemError: every file that cannot be used, named.
    """
    found: dict[Path, Probed] = {}
    probes: dict[tuple[str, str], tuple[SoundFormat, ...]] = {}
    problems: list[Problem] = []
    for song_id, song in album.songs.items():
        for stem_id, stem in song.stems.items():
            at = places.of("songs", song_id, "stems", stem_id, "files" if stem.files else "file")
            formats = []
            for name in stem.paths:
                try:
                    path = root / name
                    if path not in found:
                        found[path] = Probed(look(path), probe(path))
                    formats.append(found[path].format)
                except SoundError as error:
                    problems.append(_unusable(name, error, at))
            problems += _mismatch(stem_id, formats, at)
            probes[song_id, stem_id] = tuple(formats)
    if problems:
        raise ProblemError(problems)
    return probes, found


def _mismatch(stem: str, formats: list[SoundFormat], at: Span | None) -> list[Problem]:
    """What keeps files from being one stem of one or two channels."""
    if any(shape.channels > 2 for shape in formats):
        return [_too_wide(stem, max(shape.channels for shape in formats), at)]
    if len(formats) == 2 and any(shape.channels != 1 for shape in formats):
        return [_not_mono(stem, at)]
    if len({shape.rate_hz for shape in formats}) > 1:
        return [_two_rates(stem, formats, at)]
    return []


def _unusable(name: str, error: SoundError, at: Span | None) -> Problem:
    """A stem's file is no sound that can be read."""
    return Problem(
        slug="unusable-stem",
        at=at,
        what=f"`{name}` {error.what}",
        why=error.why or "a stem is a sound file that can be read to its end",
        fix=error.fix or "export the stem again, or name another file",
    )


def _too_wide(stem: str, channels: int, at: Span | None) -> Problem:
    """A stem with more channels than two."""
    return Problem(
        slug="too-many-channels",
        at=at,
        what=f"the stem `{stem}` has {channels} channels",
        why="a stem is mono or stereo",
        fix="export it as one mono or stereo file, or as several stems",
    )


def _not_mono(stem: str, at: Span | None) -> Problem:
    """A left and a right file that are not both mono."""
    return Problem(
        slug="files-not-mono",
        at=at,
        what=f"the two files of the stem `{stem}` are not both mono",
        why="`files` takes the left and the right channel, one mono file each",
        fix="name a single stereo file under `file`",
    )


def _two_rates(stem: str, formats: list[SoundFormat], at: Span | None) -> Problem:
    """A left and a right file of different rates."""
    rates = " and ".join(f"{shape.rate_hz} Hz" for shape in formats)
    return Problem(
        slug="files-of-two-rates",
        at=at,
        what=f"the two files of the stem `{stem}` have {rates}",
        why="left and right are one sound",
        fix="export both at the same rate",
    )
