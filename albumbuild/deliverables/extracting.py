"""The tracks of a disc as files of their own, with tags."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from albumbuild.formats.coding import Coding
from albumbuild.formats.reading.reel import Reel
from albumbuild.formats.sound import SoundError, encode
from albumbuild.formats.tags import Tags, TagsError, write_tags
from albumbuild.formats.wave import create_wave
from albumbuild.model.timeline import PAUSE_SECTORS, Disc, DiscTrack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumbuild.dsp.dither import Steps

TrackFormat = Literal["flac", "wav"]
RATE_HZ, BITS, CHANNELS = 44_100, 16, 2
HIDDEN = "hidden track"
_NOT_IN_NAMES = '<>:"/\\|?*'


def extract(disc: Disc, reel: Reel, into: Path, *, format_: TrackFormat) -> list[Path]:
    """Write each track from its index 01 to the next one's, and what is hidden before track 1.

    A file is written beside its name and put there when it is whole.

    Raises: SoundError, OSError.
    """
    into.mkdir(parents=True, exist_ok=True)
    files = []
    if disc.hidden_sectors and _sounds(reel, PAUSE_SECTORS, disc.hidden_sectors):
        tags = _tags(disc, None)
        name = f"00 - {HIDDEN}"
        files.append(_write(reel, PAUSE_SECTORS, disc.hidden_sectors, into / name, format_, tags))
    for track in disc.tracks:
        sectors = disc.end_sector(track.number) - track.start_sector
        name = f"{track.number:02}" + (f" - {_name(track.title)}" if track.title else "")
        tags = _tags(disc, track)
        files.append(_write(reel, track.start_sector, sectors, into / name, format_, tags))
    return files


def _sounds(reel: Reel, first: int, sectors: int) -> bool:
    return any(any(data) for data in reel.sound(first, sectors))


def _write(
    reel: Reel, first: int, sectors: int, path: Path, format_: TrackFormat, tags: Tags
) -> Path:
    whole = path.with_name(f"{path.name}.{format_}")
    part = path.with_name(f".{path.name}.part.{format_}")
    try:
        _write_sound(part, _steps(reel, first, sectors), format_)
        write_tags(part, tags)
        part.replace(whole)
    except TagsError as error:
        raise SoundError("cannot be tagged", str(error)) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return whole


def _write_sound(path: Path, steps: "Iterator[Steps]", format_: TrackFormat) -> None:
    if format_ == "flac":
        coding = Coding(format="flac", rate_hz=RATE_HZ, channels=CHANNELS, bits=BITS)
        encode(path, steps, coding=coding)
        return
    with create_wave(path, rate_hz=RATE_HZ, channels=CHANNELS, sample="pcm16") as out:
        for block in steps:
            out.write(block)


def _steps(reel: Reel, first: int, sectors: int) -> "Iterator[Steps]":
    for data in reel.sound(first, sectors):
        yield np.frombuffer(data, "<i2").reshape(-1, CHANNELS).astype(np.int32)


def _tags(disc: Disc, track: DiscTrack | None) -> Tags:
    """What the disc says of a track; the hidden one has no number and no code."""
    return Tags(
        title=(track.title if track else HIDDEN) or None,
        artist=(track.performer if track else "") or disc.performer or None,
        album=disc.title or None,
        album_artist=disc.performer or None,
        track=track.number if track else None,
        tracks=len(disc.tracks) if track else None,
        isrc=track.isrc if track else None,
        upc=disc.upc_13 or None,
        composer=(track.composer if track else "") or None,
        lyricist=(track.songwriter if track else "") or None,
    )


def _name(title: str) -> str:
    """The title as a file name that every system takes."""
    plain = "".join("_" if each in _NOT_IN_NAMES or each < " " else each for each in title)
    return plain[:120].rstrip(" .") or "_"
