"""The PQ descriptor read back: tracks with their indexes, and whether they follow one another."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from albumbuild.formats.reading.records import PQ, PQ_BYTES, Record, field_faults, records_of
from albumbuild.model.finding import Finding
from albumbuild.model.timeline import SECTORS_PER_SECOND, Copy, DiscTrack, msf_text

LEAD_IN, LEAD_OUT = "00", "AA"
_MAX_LEAD_OUTS = 2


class Point(msgspec.Struct, frozen=True):
    """One packet: an index of a track, and what stands beside it."""

    record: Record
    track: str
    index: int
    sector: int
    control: str
    isrc: str
    upc: str


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """What the descriptor says: tracks without texts, the lead-out, the UPC.

    `places` are the offsets of the packets, by track number and index, `lead_out_at` is that
    of the lead-out.
    """

    name: str
    tracks: tuple[DiscTrack, ...] = ()
    lead_out: int = 0
    lead_out_at: int | None = None
    upc: str = ""
    places: dict[tuple[int, int], int] = {}
    findings: tuple[Finding, ...] = ()


def read_marks(data: bytes, name: str) -> Marks:
    """The descriptor, with everything that is wrong with its packets and their order."""
    records, findings = records_of(data, name, PQ_BYTES)
    points = []
    for record in records:
        wrong = [*field_faults(record, PQ)]
        findings += wrong
        point = _point(record)
        if point is not None:
            points.append(point)
    findings += _order_faults(points)
    groups = _groups(points)
    findings += [each for group in groups for each in _track_faults(group)]
    findings += _upc_faults(points)
    outs = [point for point in points if point.track == LEAD_OUT]
    tracks = [_track(group) for group in groups]
    return Marks(
        name=name,
        tracks=tuple(track for track in tracks if track is not None),
        lead_out=outs[0].sector if outs else 0,
        lead_out_at=outs[0].record.offset if outs else None,
        upc=next((point.upc for point in points if point.upc), ""),
        places={(int(p.track), p.index): p.record.offset for p in points if p.track.isdigit()},
        findings=tuple(findings),
    )


def _point(record: Record) -> Point | None:
    """The packet, where its numbers are numbers."""
    parts = [record.at(start, 2) for start in (6, 10, 12, 14)]
    track = record.at(4, 2)
    if not all(_is_number(part) for part in parts) or not (track == LEAD_OUT or _is_number(track)):
        return None
    index, minutes, seconds, rest = map(int, parts)
    sector = (minutes * 60 + seconds) * SECTORS_PER_SECOND + rest
    isrc, upc = record.at(20, 12).strip(), record.at(32, 13).strip()
    return Point(record, track, index, sector, record.at(16, 2), isrc, upc)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _groups(points: Sequence[Point]) -> list[list[Point]]:
    """The packets of each track, in the order in which the tracks first stand."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        if point.track not in (LEAD_IN, LEAD_OUT):
            groups.setdefault(point.track, []).append(point)
    return [*groups.values()]


def _order_faults(points: Sequence[Point]) -> Iterator[Finding]:
    if not points:
        return
    first = points[0]
    if (first.track, first.index, first.sector) != (LEAD_IN, 0, 0):
        what = f"the first packet is {_named(first)} at {msf_text(first.sector)}"
        why = "it is the lead-in, track 00 index 00 at 00:00:00"
        yield first.record.fault("pq-lead-in", 4, what, why)
    outs = [point for point in points if point.track == LEAD_OUT]
    if not outs:
        what = "there is no lead-out"
        why = "the last packet is track AA index 01, at the end of the image"
        yield points[-1].record.fault("pq-lead-out", 4, what, why)
    for point in outs[_MAX_LEAD_OUTS:]:
        what = f"the lead-out stands {len(outs)} times"
        yield point.record.fault("pq-lead-out", 4, what, "it stands once or twice")
    for earlier, point in pairwise(points):
        yield from _step_faults(earlier, point)


def _step_faults(earlier: Point, point: Point) -> Iterator[Finding]:
    """Whether a packet may follow the one before it."""
    track, number = point.track, _number(earlier)
    if point.track == LEAD_IN:
        yield point.record.fault(
            "pq-lead-in", 4, "the lead-in stands again", "it is the first packet"
        )
        return
    if track == LEAD_OUT:
        yield from _lead_out_faults(earlier, point)
        return
    if earlier.track == LEAD_OUT:
        what = f"{_named(point)} stands after the lead-out"
        yield point.record.fault("pq-order", 4, what, "the lead-out is last")
        return
    if track == earlier.track:
        if point.index != earlier.index + 1:
            what = f"{_named(point)} follows index {earlier.index:02}"
            yield point.record.fault("pq-index", 6, what, "indexes count up by one")
    elif int(track) != number + 1:
        what = f"{_named(point)} follows track {earlier.track}"
        yield point.record.fault("pq-track", 4, what, "tracks count up by one, from 01")
    elif point.index > 1 or (int(track) == 1 and point.index != 0):
        wanted = "00" if int(track) == 1 else "00 or 01"
        what = f"track {track} begins with index {point.index:02}"
        yield point.record.fault("pq-index", 6, what, f"it begins with index {wanted}")
    if point.sector <= earlier.sector and earlier.track != LEAD_IN:
        what = f"{_named(point)} is at {msf_text(point.sector)}, and {_named(earlier)} at "
        yield point.record.fault("pq-time", 10, what + msf_text(earlier.sector), "times only rise")


def _lead_out_faults(earlier: Point, point: Point) -> Iterator[Finding]:
    if point.index != 1:
        what = f"the lead-out has index {point.index:02}"
        yield point.record.fault("pq-lead-out", 6, what, "it has index 01")
    if earlier.track == LEAD_OUT and point.sector != earlier.sector:
        what = f"the lead-out is at {msf_text(earlier.sector)} and at {msf_text(point.sector)}"
        yield point.record.fault("pq-lead-out", 10, what, "both packets say the same")
    elif earlier.track != LEAD_OUT and point.sector <= earlier.sector:
        what = f"the lead-out is at {msf_text(point.sector)}, and {_named(earlier)} at "
        yield point.record.fault("pq-time", 10, what + msf_text(earlier.sector), "times only rise")


def _number(point: Point) -> int:
    return 0 if point.track in (LEAD_IN, LEAD_OUT) else int(point.track)


def _named(point: Point) -> str:
    return f"track {point.track} index {point.index:02}"


def _track_faults(group: Sequence[Point]) -> Iterator[Finding]:
    """What stands at all packets of a track alike, or at its first alone."""
    first = group[0]
    if not any(point.index == 1 for point in group):
        what = f"track {first.track} has no index 01"
        yield first.record.fault("pq-index", 6, what, "that is where a track starts")
    for point in group[1:]:
        if point.control != first.control:
            what = f"{_named(point)} has the flags {point.control}, and index {first.index:02} "
            why = "all packets of a track have the same"
            yield point.record.fault("pq-control", 16, f"{what}{first.control}", why)
        if point.isrc and point.isrc != first.isrc:
            what = f"the ISRC of {_named(point)} is {point.isrc}, and of index {first.index:02} "
            why = "it stands on the first packet, or twice and alike"
            yield point.record.fault("pq-isrc", 20, what + (first.isrc or "none"), why)
        elif point.isrc and point.index > 1:
            what = f"{_named(point)} has an ISRC"
            yield point.record.fault("pq-isrc", 20, what, "it stands on index 00 and 01 at most")


def _upc_faults(points: Sequence[Point]) -> Iterator[Finding]:
    lead = points[0].upc if points else ""
    for point in points[1:]:
        if point.upc and point.upc != lead:
            what = f"the UPC of {_named(point)} is {point.upc}, and of the lead-in {lead or 'none'}"
            yield point.record.fault("pq-upc", 32, what, "it stands in the lead-in, or everywhere")
    for point in points:
        if point.track in (LEAD_IN, LEAD_OUT) and point.isrc:
            what = f"{_named(point)} has an ISRC"
            yield point.record.fault("pq-isrc", 20, what, "only tracks have one")
        if point.track in (LEAD_IN, LEAD_OUT) and point.control != "01":
            what = f"{_named(point)} has the flags {point.control}"
            yield point.record.fault("pq-control", 16, what, "lead-in and lead-out have 01")


def _track(group: Sequence[Point]) -> DiscTrack | None:
    by_index = {point.index: point.sector for point in reversed(group)}
    if 1 not in by_index:
        return None
    first = group[0]
    return DiscTrack(
        number=int(first.track),
        title="",
        isrc=next((point.isrc for point in group if point.isrc), None),
        copy=copy_of(first.control),
        pre_emphasis=first.control[0] in "13",
        pregap_sector=by_index.get(0),
        start_sector=by_index[1],
        index_sectors=tuple(by_index[index] for index in sorted(by_index) if index > 1),
    )


def copy_of(control: str) -> Copy:
    """What the flags of a track say of digital copies."""
    if control[1:] == "S":
        return "once"
    return "permitted" if control[0] in "23" else "prohibited"
