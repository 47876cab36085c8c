"""The checker's reading of the PQ descriptor, with the rules of the Red Book."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tests.discs.oracle_fields import (
    Fault,
    is_isrc,
    is_number,
    shown,
    time_text,
    unprintable,
    upc_faults,
    upc_of,
)

PACKET = 64
PAUSE_SECTORS = 150
LEAST_TRACK_SECTORS = 300
MOST_PACKETS = 1 + 99 * 100 + 2
LAST_SECTOR = (79 * 60 + 59) * 75 + 74
LEAD_IN, LEAD_OUT = "00", "AA"
CONTROLS = {b"01", b"11", b"21", b"31", b"0S", b"1S"}


class Packet(NamedTuple):
    """One packet; `sector` counts from the start of the image, None when its time is no time."""

    at: int
    track: str
    index: str
    sector: int | None
    control: bytes
    isrc: str
    upc: bytes


class Track(NamedTuple):
    """A track of the disc, in sectors from the start of the image."""

    number: int
    pregap: int | None
    start: int
    indexes: tuple[int, ...]
    isrc: str


def packets(data: bytes) -> list[Packet]:
    """The whole packets of a PQ descriptor, as many as a disc can need."""
    found = []
    for at in range(0, min(len(data), MOST_PACKETS * PACKET) - PACKET + 1, PACKET):
        raw = data[at : at + PACKET]
        text = raw.decode("latin-1")
        packet = Packet(
            at, text[4:6], text[6:8], sector_of(raw), raw[16:18], text[20:32].strip(" "), raw[32:45]
        )
        found.append(packet)
    return found


def sector_of(raw: bytes) -> int | None:
    """The time of a packet in sectors."""
    fields = raw[10:12], raw[12:14], raw[14:16]
    if not all(field.isdigit() for field in fields):
        return None
    minutes, seconds, frames = map(int, fields)
    return (minutes * 60 + seconds) * 75 + frames if seconds < 60 and frames < 75 else None


def table(data: bytes) -> list[Track]:
    """The tracks of a good PQ descriptor."""
    found: dict[int, dict[int, int]] = {}
    codes: dict[int, str] = {}
    for packet in packets(data):
        if packet.track not in (LEAD_IN, LEAD_OUT) and packet.sector is not None:
            number = int(packet.track)
            found.setdefault(number, {})[int(packet.index)] = packet.sector
            codes[number] = codes.get(number) or packet.isrc
    return [
        Track(
            number,
            points.get(0),
            points[1],
            tuple(points[index] for index in sorted(points) if index > 1),
            codes[number],
        )
        for number, points in found.items()
    ]


def pq_faults(file: str, data: bytes) -> Iterator[Fault]:
    """All that is wrong in the PQ descriptor itself."""
    if not 4 * PACKET <= len(data) <= MOST_PACKETS * PACKET or len(data) % PACKET:
        yield Fault(file, None, "pq-size", f"{len(data)} bytes, not n x {PACKET}")
    yield from unprintable(file, data[: MOST_PACKETS * PACKET], PACKET)
    found = packets(data)
    for packet in found:
        yield from field_faults(file, packet, data[packet.at : packet.at + PACKET])
    yield from order_faults(file, found)
    yield from time_faults(file, found)
    yield from length_faults(file, found)
    yield from control_faults(file, found)
    yield from isrc_faults(file, found)
    yield from upc_place_faults(file, found)


def field_faults(file: str, packet: Packet, raw: bytes) -> Iterator[Fault]:
    """What is wrong in one packet alone."""
    if raw[:4] != b"VVVS":
        yield Fault(file, packet.at, "pq-mark", f"SPV is {shown(raw[:4])}, not 'VVVS'")
    if not raw[4:6].isdigit() and packet.track != LEAD_OUT:
        yield Fault(file, packet.at + 4, "pq-track", f"track {packet.track!r}")
    if not raw[6:8].isdigit():
        yield Fault(file, packet.at + 6, "pq-index", f"index {packet.index!r}")
    if raw[8:10] not in (b"  ", b"00"):
        yield Fault(file, packet.at + 8, "pq-hours", f"hours are {shown(raw[8:10])}")
    if packet.sector is None:
        yield Fault(file, packet.at + 10, "pq-time", f"time {shown(raw[10:16])} is none")
    for start, end, name in ((18, 20, "CB2"), (45, 64, "TXT")):
        if raw[start:end].strip(b" "):
            what = f"{name} is {shown(raw[start:end])}, not blank"
            yield Fault(file, packet.at + start, "pq-blank", what)


def order_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether lead-in, tracks, indexes and lead-out follow each other as they must."""
    track, index = "", ""
    for packet in found:
        here = (packet.track, packet.index)
        if here not in followers(track, index):
            before = f"after {track}/{index}" if track else "first"
            yield Fault(file, packet.at, "pq-order", f"{packet.track}/{packet.index} {before}")
        track, index = here
    if found and track != LEAD_OUT:
        yield Fault(file, found[-1].at, "pq-order", "no lead-out at the end")
    outs = [packet for packet in found if packet.track == LEAD_OUT]
    for packet in outs[2:]:
        yield Fault(file, packet.at, "pq-order", "a third lead-out")
    for number in sorted({packet.track for packet in found} - {LEAD_IN, LEAD_OUT}):
        places = [packet for packet in found if packet.track == number]
        if "01" not in {packet.index for packet in places}:
            yield Fault(file, places[0].at, "pq-index", f"track {number} has no index 01")


def followers(track: str, index: str) -> set[tuple[str, str]]:
    """The track and index that may stand after these; nothing stands before the lead-in."""
    if not track:
        return {(LEAD_IN, "00")}
    if track == LEAD_IN:
        return {("01", "00")}
    if track == LEAD_OUT:
        return {(LEAD_OUT, "01")}
    if not is_number(track + index):
        return set()
    more = {(track, f"{int(index) + 1:02}")}
    if index == "00":
        return more
    after = f"{int(track) + 1:02}"
    return more | {(after, "00"), (after, "01"), (LEAD_OUT, "01")}


def time_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether times rise from 00:00:00, with two seconds before track 1."""
    for packet in found:
        least = PAUSE_SECTORS if (packet.track, packet.index) == ("01", "01") else 0
        is_zero = packet.track == LEAD_IN or (packet.track, packet.index) == ("01", "00")
        if packet.sector is None:
            continue
        if is_zero and packet.sector:
            what = f"{packet.track}/00 is not at 00:00:00"
            yield Fault(file, packet.at + 10, "time-zero", what)
        if packet.sector < least:
            yield Fault(file, packet.at + 10, "time-pause", "track 1 before 00:02:00")
    for before, packet in pairwise(found[1:]):
        if before.sector is None or packet.sector is None:
            continue
        if before.track == packet.track == LEAD_OUT:
            is_right = before.sector == packet.sector
        else:
            is_right = before.sector < packet.sector
        if not is_right:
            what = f"{time_text(packet.sector)} after {time_text(before.sector)}"
            yield Fault(file, packet.at + 10, "time-order", what)


def length_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether each track has four seconds and the disc no more than it can hold."""
    starts = [packet for packet in found if packet.index == "01" and packet.sector is not None]
    for packet, after in pairwise(starts):
        length = (after.sector or 0) - (packet.sector or 0)
        if packet.track != LEAD_OUT and length < LEAST_TRACK_SECTORS:
            what = f"track {packet.track} has {length} sectors, fewer than {LEAST_TRACK_SECTORS}"
            yield Fault(file, packet.at + 10, "track-length", what)
    for packet in found:
        if packet.track == LEAD_OUT and (packet.sector or 0) > LAST_SECTOR:
            yield Fault(file, packet.at + 10, "disc-length", "the lead-out is past 79:59:74")


def control_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether control characters are known, allowed, and the same all through a track."""
    firsts: dict[str, bytes] = {}
    for packet in found:
        control = packet.control
        first = firsts.setdefault(packet.track, control)
        if packet.track in (LEAD_IN, LEAD_OUT) and control != b"01":
            what = f"lead-in and lead-out have '01', not {shown(control)}"
            yield Fault(file, packet.at + 16, "control-lead", what)
        elif control not in CONTROLS:
            what = f"control {shown(control)} is refused"
            yield Fault(file, packet.at + 16, "control", what)
        elif control != first:
            what = f"track {packet.track} has {shown(first)} and {shown(control)}"
            yield Fault(file, packet.at + 16, "control-mixed", what)


def isrc_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether ISRCs are well-formed and stand on a track's first packet, or also on index 01."""
    firsts: dict[str, Packet] = {}
    for packet in found:
        first = firsts.setdefault(packet.track, packet)
        if not packet.isrc:
            continue
        if packet.track in (LEAD_IN, LEAD_OUT):
            yield Fault(file, packet.at + 20, "isrc-place", "an ISRC outside of tracks")
        elif not is_isrc(packet.isrc):
            yield Fault(file, packet.at + 20, "isrc-form", f"{packet.isrc!r} is no ISRC")
        elif first is not packet and (packet.index != "01" or packet.isrc != first.isrc):
            what = f"{packet.isrc} on index {packet.index}, {first.isrc or 'none'} before it"
            yield Fault(file, packet.at + 20, "isrc-differs", what)


def upc_place_faults(file: str, found: list[Packet]) -> Iterator[Fault]:
    """Whether the UPC stands on the lead-in alone or, always the same, on every packet."""
    with_one = [packet for packet in found if packet.upc.strip(b" ")]
    for packet in with_one:
        yield from upc_faults(file, packet.at + 32, packet.upc)
    first = upc_of(found[0].upc) if found else ""
    is_spread = len(with_one) > 1 or any(packet.track != LEAD_IN for packet in with_one)
    for packet in found if is_spread else ():
        if not packet.upc.strip(b" "):
            yield Fault(file, packet.at + 32, "upc-place", "a UPC on other packets, none here")
        elif upc_of(packet.upc) != first:
            yield Fault(file, packet.at + 32, "upc-differs", "not the UPC of the first packet")
