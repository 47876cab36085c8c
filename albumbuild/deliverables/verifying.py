"""What was delivered, read back: discs, folders with their record, and single sound files."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np

from albumbuild.deliverables.record import read_delivery
from albumbuild.formats.bext import CHUNK, read_bext
from albumbuild.formats.reading.ddp import is_fileset
from albumbuild.formats.reading.files import read_small
from albumbuild.formats.reading.folder import Read, listed_faults, read_disc
from albumbuild.formats.redbook import is_isrc, upc_check_digit
from albumbuild.formats.sound import SoundError, SoundReader
from albumbuild.formats.tags import Tags, read_tags
from albumbuild.formats.tagtexts import REPLAYGAIN_LUFS
from albumbuild.formats.wavechunk import read_chunk
from albumbuild.model.delivery import DELIVERY, DeliveredTrack, Delivery
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTORS_PER_SECOND, Disc
from albumbuild.steps.stream import blocks_of

LUFS_APART = 0.1
"""How far two meters may be from one another."""

_NEAR_LUFS = 0.02  # what rounding makes, in a gain of whole 256ths too
_LONGEST_S = 1_200.0  # what the second meter takes at once
_NEAR_S = 0.01
_LOSSY_S = 0.1  # a lossy coding's own padding, where a reader does not take it away


def verify(path: Path) -> list[tuple[str, Read]]:
    """Everything that can be read back at a path, each with its name; empty for nothing known.

    Raises: OSError for a path that cannot be looked at.
    """
    if path.is_dir() and not (path / DELIVERY).is_file():
        inner = [each for each in sorted(path.iterdir()) if (each / DELIVERY).is_file()]
        if inner:
            return [(each.name, _delivered(each)) for each in inner]
        sets = [each for each in sorted(path.iterdir()) if each.is_dir() and is_fileset(each)]
        if len(sets) > 1:
            return [(each.name, read) for each in sets if (read := read_disc(each))]
    if path.is_dir() and (path / DELIVERY).is_file():
        return [(path.name, _delivered(path))]
    read = read_disc(path)
    if read is None and path.is_file():
        read = _sound_file(path)
    return [] if read is None else [(path.name, read)]


def _delivered(folder: Path) -> Read:
    """A folder that a build placed, against its own record."""
    delivery, findings = _record(folder)
    read = read_disc(folder)
    if read is None:
        read = Read(what="deliverable", findings=tuple(listed_faults(folder, {})))
    if delivery is not None:
        findings += _listed(folder, delivery)
        if read.disc is not None:
            findings += _disc_faults(read.disc, delivery)
        else:
            findings += [
                each for track in delivery.tracks for each in _track_faults(folder, track, delivery)
            ]
            findings += _side_faults(folder, delivery)
        if delivery.type == "streaming":
            findings += [
                each for track in delivery.tracks for each in _tag_faults(folder, track, delivery)
            ]
        read = msgspec.structs.replace(read, what=f"{delivery.type} deliverable")
    return msgspec.structs.replace(read, findings=(*read.findings, *findings))


def _record(folder: Path) -> tuple[Delivery | None, list[Finding]]:
    data, findings = read_small(folder / DELIVERY, DELIVERY)
    if findings:
        return None, findings
    try:
        return read_delivery(data), []
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        what = f"`{DELIVERY}` is no record of a deliverable"
        return None, [Finding(rule="record-form", file=DELIVERY, what=what, why=str(error))]


def _listed(folder: Path, delivery: Delivery) -> Iterator[Finding]:
    """Files that the record lists, against those that are there."""
    for file in delivery.files:
        path = folder / file.path
        if not path.is_file():
            what = f"`{file.path}` is missing"
            yield Finding(rule="file-missing", file=file.path, what=what, why="the record lists it")
        elif path.stat().st_size != file.bytes:
            what = f"`{file.path}` has {path.stat().st_size} bytes"
            why = f"the record says {file.bytes}"
            yield Finding(rule="file-size", file=file.path, what=what, why=why)


def _disc_faults(disc: Disc, delivery: Delivery) -> Iterator[Finding]:
    """The record's tracks against those of the disc."""
    if len(disc.tracks) != len(delivery.tracks):
        what = f"the record has {len(delivery.tracks)} tracks, and the disc {len(disc.tracks)}"
        yield Finding(rule="differ-tracks", file=DELIVERY, what=what)
        return
    for track, told in zip(disc.tracks, delivery.tracks, strict=True):
        start_s = track.start_sector / SECTORS_PER_SECOND
        if track.number != told.number or abs(start_s - told.start_s) > _NEAR_S:
            what = f"track {told.number} starts at {told.start_s:.3f} s by the record"
            why = f"on the disc, track {track.number} starts at {start_s:.3f} s"
            yield Finding(rule="differ-time", file=DELIVERY, what=what, why=why)


def _track_faults(folder: Path, track: DeliveredTrack, delivery: Delivery) -> Iterator[Finding]:
    """A track's sound: whether it decodes, is as long as told, and as loud to another meter."""
    path = folder / track.file
    own_file = track.side is None and sum(e.file == track.file for e in delivery.tracks) == 1
    try:
        with SoundReader(path) as reader:
            form = reader.format
        seconds = form.frames / form.rate_hz
        first = 0 if own_file else round(track.start_s * form.rate_hz)
        near = _LOSSY_S if form.bits is None else _NEAR_S
        if own_file and abs(seconds - track.seconds) > near:
            yield _other_length(track.file, seconds, track.seconds)
            return
        frames = round(track.seconds * form.rate_hz)
        lufs = _second_lufs(path, first, min(frames, form.frames - first), form.rate_hz)
    except SoundError as error:
        what = f"`{track.file}` {error.what}"
        yield Finding(rule="sound-unreadable", file=track.file, what=what, why=error.why)
        return
    if lufs is not None and track.lufs is not None and abs(lufs - track.lufs) > LUFS_APART:
        what = f"track {track.number} measures {lufs:.2f} LUFS by a second meter"
        why = f"the record says {track.lufs:.2f}"
        yield Finding(rule="differ-loudness", file=track.file, what=what, why=why)


def _side_faults(folder: Path, delivery: Delivery) -> Iterator[Finding]:
    """Sides that are not as long as told; those that cannot be read are told by their tracks."""
    for side in delivery.sides:
        with suppress(SoundError), SoundReader(folder / side.file) as reader:
            seconds = reader.format.frames / reader.format.rate_hz
            if abs(seconds - side.seconds) > _NEAR_S:
                yield _other_length(side.file, seconds, side.seconds)


def _other_length(file: str, seconds: float, told: float) -> Finding:
    what, why = f"`{file}` lasts {seconds:.3f} s", f"the record says {told:.3f}"
    return Finding(rule="differ-length", file=file, what=what, why=why)


def _tag_faults(folder: Path, track: DeliveredTrack, delivery: Delivery) -> Iterator[Finding]:
    """A track's tags, where its file has any: what the record tells of it too."""
    path = folder / track.file
    try:
        tags = read_tags(path)
        body = read_chunk(path, CHUNK) if path.suffix == ".wav" else None
        measured = None if body is None else read_bext(body).lufs
    except (ValueError, OSError):
        return  # found wanting as a sound already, or missing
    if tags != Tags():
        told = {
            "title": track.title,
            "number": track.number,
            "number of tracks": len(delivery.tracks),
        }
        pairs = zip(told.items(), (tags.title, tags.track, tags.tracks), strict=True)
        yield from (
            _differing_tag(track, f"the {name} `{value}`", f"`{said}`")
            for (name, said), value in pairs
            if value != said
        )
    gain_db = tags.replaygain.track_gain_db if tags.replaygain else None
    for name, lufs in (
        ("a gain for", None if gain_db is None else REPLAYGAIN_LUFS - gain_db),
        ("a loudness of", measured),
    ):
        if lufs is not None and track.lufs is not None and abs(lufs - track.lufs) > _NEAR_LUFS:
            yield _differing_tag(track, f"{name} {lufs:.2f} LUFS", f"{track.lufs:.2f} LUFS")


def _differing_tag(track: DeliveredTrack, tagged: str, told: str) -> Finding:
    what = f"`{track.file}` is tagged with {tagged}"
    return Finding(rule="differ-tags", file=track.file, what=what, why=f"the record says {told}")


def _second_lufs(path: Path, first: int, frames: int, rate_hz: int) -> float | None:
    """The loudness by the second meter; None for what is silent, short, or too long for it."""
    from albumbuild.dsp.secondmeter import second_lufs  # only here: it loads scipy

    if frames > _LONGEST_S * rate_hz:
        for _ in blocks_of(path, first=first, frames=frames):
            pass
        return None
    blocks = [*blocks_of(path, first=first, frames=frames)]
    return second_lufs(np.concatenate(blocks), rate_hz) if blocks else None


def _sound_file(path: Path) -> Read | None:
    """A single sound file: whether all of it decodes, and whether its codes are codes."""
    findings = []
    try:
        for _ in blocks_of(path):
            pass
        tags = read_tags(path)
    except SoundError as error:
        if error.what == "is not a sound file":
            return None
        what = f"`{path.name}` {error.what}"
        findings = [Finding(rule="sound-unreadable", file=path.name, what=what, why=error.why)]
        return Read(what="sound file", findings=tuple(findings))
    except ValueError:
        return Read(what="sound file without tags")
    if tags.isrc and not is_isrc(tags.isrc):
        what = f"`{tags.isrc}` is no ISRC"
        findings.append(Finding(rule="tag-isrc", file=path.name, what=what))
    digits = (tags.upc or "").zfill(13)
    if tags.upc and not (
        re.fullmatch("[0-9]{13}", digits) and int(digits[12]) == upc_check_digit(digits)
    ):
        what = f"`{tags.upc}` is no UPC or EAN"
        findings.append(Finding(rule="tag-upc", file=path.name, what=what))
    return Read(what="sound file", findings=tuple(findings))
