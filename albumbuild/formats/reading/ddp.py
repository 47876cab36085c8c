"""A DDP fileset read back: every record, every stream, and whether they agree."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from albumbuild.formats.cdtext import CODES, COMPOSER, LATIN, MESSAGE, PERFORMER, SONGWRITER, TITLE
from albumbuild.formats.genres import language_of
from albumbuild.formats.reading.cdtext import TextBlock, Texts, read_texts
from albumbuild.formats.reading.files import missing, read_small
from albumbuild.formats.reading.pq import Marks, read_marks
from albumbuild.formats.reading.records import (
    DDPID_BYTES,
    DDPMS_BYTES,
    IDENTITY,
    STREAMS,
    Record,
    field_faults,
    records_of,
    shown,
)
from albumbuild.formats.reading.reel import Piece, Reel
from albumbuild.formats.reading.sums import Sums, check_sums, sum_lists
from albumbuild.formats.redbook import disc_problems, upc_check_digit
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import (
    PAUSE_SECTORS,
    SECTOR_BYTES,
    SECTOR_FRAMES,
    Disc,
    DiscProblem,
    msf_text,
)

DDPID, DDPMS, CDTEXT = "DDPID", "DDPMS", "CDTEXT.BIN"
_ONCE = ("PQ DESCR", "DA")
_SILENT = bytes(SECTOR_BYTES)


class Fileset(msgspec.Struct, frozen=True, kw_only=True):
    """What a fileset holds; `disc` is None where it cannot be told."""

    disc: Disc | None = None
    texts: Texts = Texts()
    reel: Reel = Reel()
    findings: tuple[Finding, ...] = ()


class _Stream(msgspec.Struct, frozen=True):
    """A stream of the map."""

    record: Record
    kind: str
    file: str
    length: int


def is_fileset(folder: Path) -> bool:
    """Whether a folder is meant to be a fileset."""
    return (folder / DDPID).is_file() or (folder / DDPMS).is_file()


def read_fileset(folder: Path, *, known: Sums, prefix: str = "") -> Fileset:
    """The fileset in a folder; `prefix` goes before its files' names in messages.

    `known` takes the sums of its files in.
    """
    identity, findings = _identity(folder, prefix)
    streams, wrong = _streams(folder, prefix)
    findings += wrong
    marks = Marks(name=prefix)
    if "PQ DESCR" in streams:
        data, wrong = _stream_bytes(folder, streams["PQ DESCR"], prefix)
        marks = read_marks(data, prefix + streams["PQ DESCR"].file)
        findings += [*wrong, *marks.findings] if data else wrong
    texts = Texts()
    if "CDTEXT" in streams:
        data, wrong = _stream_bytes(folder, streams["CDTEXT"], prefix)
        texts = read_texts(data, prefix + streams["CDTEXT"].file) if data else Texts()
        findings += [*wrong, *texts.findings]
    reel = Reel()
    if "DA" in streams:
        reel, wrong = _image(folder, streams["DA"], marks, prefix)
        findings += wrong
    upc = identity.at(8, 13).strip() if identity else ""
    findings += _upc_faults(identity, marks)
    disc = _disc(marks, texts, upc=marks.upc or upc, identity=identity)
    if disc is not None:
        findings += _rule_faults(disc, marks)
        findings += _text_faults(disc, texts, streams, prefix)
    findings += _sum_faults(folder, streams, known, prefix)
    return Fileset(disc=disc, texts=texts, reel=reel, findings=tuple(findings))


def _identity(folder: Path, prefix: str) -> tuple[Record | None, list[Finding]]:
    name = prefix + DDPID
    data, findings = read_small(folder / DDPID, name)
    if not data:
        return None, findings or [missing(name, "it is empty")]
    records, findings = records_of(data, name, DDPID_BYTES)
    if len(records) > 1:
        what = f"`{name}` has {len(data)} bytes"
        why = f"it is one record of {DDPID_BYTES}"
        at = DDPID_BYTES
        findings.append(Finding(rule="record-length", file=name, offset=at, what=what, why=why))
    if not records:
        return None, findings
    findings += [*field_faults(records[0], IDENTITY), *_identity_faults(folder, records[0])]
    if not records[0].at(38, 48).strip():
        what = "the master has no identifier"
        why = "it is the only thing in a set that tells two masters apart"
        findings.append(
            msgspec.structs.replace(records[0].fault("ddp-mid", 38, what, why), severity="warning")
        )
    return records[0], findings


def _identity_faults(folder: Path, record: Record) -> Iterator[Finding]:
    """The optional parts of the identity, where they are filled in."""
    length, path = record.number(29, 8), folder / DDPMS
    if length is not None and path.is_file() and length != path.stat().st_size:
        what = f"MSL says that the map has {length} bytes, and it has {path.stat().st_size}"
        yield record.fault("ddp-msl", 29, what)
    for start in (93, 94):  # both places are seen for the length of the text
        length = record.number(start, 2) if record.at(start, 2).strip().isdigit() else None
        if length is not None and len(record.at(start, 2).strip()) == 2:
            text = record.text[start + 2 :]
            if length > len(text) or text[length:].strip():
                what = f"SIZ says that the text has {length} characters"
                why = f"it has {len(text.rstrip())}, and room for {len(text)}"
                yield record.fault("ddp-txt", start, what, why)
            return


def _streams(folder: Path, prefix: str) -> tuple[dict[str, _Stream], list[Finding]]:
    """The streams of the map by what they are; of two of a kind, the first."""
    name = prefix + DDPMS
    data, findings = read_small(folder / DDPMS, name)
    if not data:
        return {}, findings or [missing(name, "it is empty")]
    records, findings = records_of(data, name, DDPMS_BYTES)
    streams: dict[str, _Stream] = {}
    for record in records:
        kind = record.at(30, 8).strip() or record.at(38, 2).strip()
        if kind not in STREAMS:
            what = f"a stream is `{shown(record.at(4, 2))}` `{shown(kind)}`"
            why = "an audio master has PQ DESCR, CDTEXT and DA streams, no others"
            findings.append(record.fault("ddp-stream", 30, what, why))
            continue
        findings += field_faults(record, STREAMS[kind])
        file = record.at(74, 17).rstrip()
        if kind in streams:
            what = f"there are two {kind} streams"
            findings.append(record.fault("ddp-stream", 30, what, "an audio master has one"))
            continue
        wrong = [*_name_faults(folder, record, file, prefix)]
        if any(file == each.file for each in streams.values()):
            what = f"two streams have the file `{shown(file)}`"
            wrong.append(record.fault("ddp-name", 74, what, "each has a file of its own"))
        findings += wrong
        length = record.number(14, 8)
        if length is not None and not wrong:
            streams[kind] = _Stream(record, kind, file, length)
    lacking = [kind for kind in _ONCE if not any(_is(record, kind) for record in records)]
    for kind in lacking:
        what = f"there is no {kind} stream"
        findings.append(
            Finding(rule="ddp-stream", file=name, what=what, why="every audio master has one")
        )
    return streams, findings


def _is(record: Record, kind: str) -> bool:
    return kind in (record.at(30, 8).strip(), record.at(38, 2).strip())


def _name_faults(folder: Path, record: Record, file: str, prefix: str) -> Iterator[Finding]:
    """Whether the file of a stream is in the folder, under exactly that name."""
    if not file or "/" in file or "\\" in file or file.startswith("."):
        what = f"a stream's file is called `{shown(file)}`"
        yield record.fault("ddp-name", 74, what, "it is a plain name of a file beside the map")
        return
    names = {path.name for path in folder.iterdir()}
    if file in names:
        return
    other = next((each for each in sorted(names) if each.lower() == file.lower()), None)
    why = f"`{record.file}` names it at byte {record.offset + 74}"
    if other is not None:
        why += f"; there is a `{other}`, and large and small letters count"
    yield missing(prefix + shown(file), why)


def _stream_bytes(folder: Path, stream: _Stream, prefix: str) -> tuple[bytes, list[Finding]]:
    data, findings = read_small(folder / stream.file, prefix + stream.file)
    if not findings and not data:
        return data, [missing(prefix + stream.file, "it is empty")]
    if not findings and len(data) != stream.length:
        what = f"DSL says {stream.length} bytes, and `{prefix}{stream.file}` has {len(data)}"
        findings.append(stream.record.fault("ddp-dsl", 14, what))
    return data, findings


def _image(folder: Path, stream: _Stream, marks: Marks, prefix: str) -> tuple[Reel, list[Finding]]:
    """The sound, as long as the map says, and silent in the pause."""
    name, path = prefix + stream.file, folder / stream.file
    findings = []
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            for sector in range(PAUSE_SECTORS):
                data = file.read(SECTOR_BYTES)
                if data != _SILENT[: len(data)]:
                    at = sector * SECTOR_BYTES + next(n for n, byte in enumerate(data) if byte)
                    what = f"the pause before track 1 is not silent at {msf_text(sector)}"
                    why = "the first two seconds of an image are digital silence; players drop them"
                    findings.append(
                        Finding(rule="image-pause", file=name, offset=at, what=what, why=why)
                    )
                    break
    except OSError as error:
        return Reel(), [missing(name, str(error.strerror).lower())]
    if size != stream.length * SECTOR_BYTES:
        what = f"`{name}` has {size} bytes, which is {size / SECTOR_BYTES:g} sectors"
        why = f"the map says {stream.length} sectors of {SECTOR_BYTES} bytes"
        at = min(size, stream.length * SECTOR_BYTES)
        findings.append(Finding(rule="image-length", file=name, offset=at, what=what, why=why))
    findings += _map_faults(stream, marks, fits=size == stream.length * SECTOR_BYTES)
    frames = stream.length * SECTOR_FRAMES
    return Reel((Piece(path=path, name=name, form="raw", frames=frames),)), findings


def _map_faults(stream: _Stream, marks: Marks, *, fits: bool) -> Iterator[Finding]:
    """The map's word on the sound against that of the PQ descriptor.

    Where the image `fits` the map, it is the descriptor that is wrong.
    """
    if not marks.tracks:
        return
    if stream.length != marks.lead_out:
        what = f"the sound lasts {msf_text(stream.length)}, and the lead-out is at "
        what += msf_text(marks.lead_out)
        why = "both stand at the end of the image"
        if fits:
            at = marks.lead_out_at
            yield Finding(rule="pq-lead-out", file=marks.name, offset=at, what=what, why=why)
        else:
            yield stream.record.fault("ddp-lead-out", 14, what, why)
    pause, start = stream.record.number(46, 4), marks.tracks[0].start_sector
    if pause is not None and pause != start:
        what = (
            f"PRE2 says {pause} sectors, and track 1 starts at {msf_text(start)}, {start} sectors"
        )
        yield stream.record.fault("ddp-pre2", 46, what, "it counts the whole pause before track 1")


def _upc_faults(identity: Record | None, marks: Marks) -> Iterator[Finding]:
    if identity is None:
        return
    here, there = identity.at(8, 13).strip(), marks.upc
    if marks.tracks and here.zfill(13) != there.zfill(13) and (here or there):
        what = f"the UPC is {here or 'none'} in DDPID, and {there or 'none'} in `{marks.name}`"
        yield identity.fault("ddp-upc", 8, what, "both say the same")
    digits = here.zfill(13)
    if re.fullmatch("[0-9]+", here) and int(digits[12]) != upc_check_digit(digits):
        what = f"the check digit of the UPC {here} does not fit"
        yield identity.fault("ddp-upc", 8, what, f"it would be {upc_check_digit(digits)}")


def _disc(marks: Marks, texts: Texts, *, upc: str, identity: Record | None) -> Disc | None:
    if not marks.tracks:
        return None
    block = texts.blocks[0] if texts.blocks else None
    tracks = tuple(
        msgspec.structs.replace(
            track,
            title=text_of(block, TITLE, track.number),
            performer=text_of(block, PERFORMER, track.number),
            songwriter=text_of(block, SONGWRITER, track.number),
            composer=text_of(block, COMPOSER, track.number),
        )
        for track in marks.tracks
    )
    return Disc(
        title=text_of(block, TITLE, 0),
        performer=text_of(block, PERFORMER, 0),
        message=text_of(block, MESSAGE, 0),
        language=language_of(block.language) if block else "",
        upc=upc or None,
        master_id=(identity.at(38, 48).strip() if identity else "") or "none",
        sectors=marks.lead_out,
        tracks=tracks,
    )


def text_of(block: TextBlock | None, kind: int, track: int) -> str:
    """A text of a block; empty where it has none."""
    column = block.texts.get(kind, ()) if block else ()
    return column[track] if track < len(column) else ""


def _rule_faults(disc: Disc, marks: Marks) -> Iterator[Finding]:
    """What the Red Book says of the tracks, at their packets."""
    told = {each.rule for each in marks.findings}
    for found in disc_problems(disc, cd_text=False):
        problem = found.problem
        if problem.slug in ("cd-index-order", "cd-track-number") and told & {"pq-time", "pq-track"}:
            continue
        yield Finding(
            rule=problem.slug,
            file=marks.name,
            offset=_place(found, marks),
            what=problem.what,
            why=problem.why,
            severity=problem.severity,
        )


def _place(found: DiscProblem, marks: Marks) -> int | None:
    track = marks.tracks[found.track - 1] if 0 < found.track <= len(marks.tracks) else None
    if track is None:
        return marks.places.get((0, 0))
    first = 0 if track.pregap_sector is not None and found.part == "isrc" else 1
    return marks.places.get((track.number, found.index or first))


def _text_faults(
    disc: Disc, texts: Texts, streams: Mapping[str, _Stream], prefix: str
) -> Iterator[Finding]:
    """The texts against the tracks that there are."""
    if "CDTEXT" not in streams:
        return
    name = prefix + streams["CDTEXT"].file
    for number, block in enumerate(texts.blocks):
        if block.last_track != len(disc.tracks):
            there = f"there are {len(disc.tracks)}"
            what = f"block {number} is about {block.last_track} tracks, and {there}"
            at = block.sizes_at + 2
            yield Finding(rule="cd-text-tracks", file=name, offset=at, what=what)
            continue
        codes = block.texts.get(CODES, ())
        wanted = (disc.upc_13, *(track.isrc_code for track in disc.tracks))
        for at, (said, code) in enumerate(zip(codes, wanted, strict=False)):
            if said.replace("-", "") not in ("", code) and said.zfill(13) != code:
                of = f"track {at}" if at else "the disc"
                what = f"block {number} has the code {shown(said)} for {of}"
                why = f"the PQ descriptor has {code or 'none'}"
                place = block.places.get((CODES, at))
                yield Finding(rule="cd-text-codes", file=name, offset=place, what=what, why=why)
    if len({block.charset for block in texts.blocks}) > 1 and texts.blocks[0].charset == LATIN:
        what = "blocks have different character codes"
        why = "some readers take all by the last one's"
        yield Finding(rule="cd-text-mixed", file=name, what=what, why=why, severity="warning")


def _sum_faults(
    folder: Path, streams: Mapping[str, _Stream], known: Sums, prefix: str
) -> Iterator[Finding]:
    lists = sum_lists(folder)
    needed = (DDPID, DDPMS, *(stream.file for stream in streams.values()))
    there = [name for name in needed if (folder / name).is_file()]
    if not lists:
        what = "the set has no checksums"
        why = "nobody can tell whether it arrived whole"
        yield Finding(rule="sum-none", file=prefix or ".", what=what, why=why, severity="warning")
    checked = {name: check_sums(folder, name, known=known, prefix=prefix) for name in lists}
    right = {
        prefix + file
        for covered, findings in checked.values()
        for file in covered - {each.file.removeprefix(prefix) for each in findings}
    }
    for name, (covered, findings) in checked.items():
        for each in findings:
            blamed = each.rule == "sum-wrong" and each.file in right  # another list has it right
            yield msgspec.structs.replace(each, file=prefix + name) if blamed else each
        for file in there:
            if file not in covered:
                what = f"`{prefix}{name}` does not list `{prefix}{file}`"
                why = "a list has every file of the set"
                yield Finding(rule="sum-lacking", file=prefix + name, what=what, why=why)
    if "CDTEXT" not in streams and (folder / CDTEXT).is_file():
        what = f"there is a `{CDTEXT}`, and the map has no such stream"
        yield Finding(rule="ddp-stream", file=prefix + DDPMS, what=what, why="plants go by the map")
