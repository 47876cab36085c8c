"""The checker's reading of DDPID, which identifies a master, and of DDPMS, its map."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.discs.oracle_fields import Fault, number, shown, unprintable, upc_faults

ID_SIZE = MAP_SIZE = 128
FIXED = {"DDPID", "DDPMS"}
KINDS = {
    (b"S0", b"PQ DESCR"): "pq",
    (b"S0", b"CDTEXT  "): "text",
    (b"D0", b" " * 8): "audio",
}

ID_BLANKS = ((21, 29, "MSS"), (37, 38, "MED"), (86, 87, "BK"), (89, 93, "NSIDE to LAYER"))

MAP_BLANKS = (
    *((6, 14, "DSP"), (42, 46, "PRE1"), (50, 54, "PST"), (54, 55, "MED"), (57, 59, "IDX")),
    *((59, 71, "ISRC"), (91, 92, "NEW"), (92, 96, "PRE1NXT"), (96, 104, "PAUSEADD")),
    *((104, 113, "OFS"), (113, 128, "PAD")),
)

SUBCODE_FIELDS = (
    *((22, 30, "DSS", {b" " * 8}), (38, 40, "CDM", {b"  "}), (40, 41, "SSM", {b" "})),
    *((41, 42, "SCR", {b" "}), (46, 50, "PRE2", {b" " * 4})),
)

MAP_FIELDS = {
    "pq": (*SUBCODE_FIELDS, (55, 57, "TRK", {b"  "})),
    "text": (*SUBCODE_FIELDS, (55, 57, "TRK", {b"  ", b"00"})),
    "audio": (
        *((22, 30, "DSS", {b" " * 8, b"0" * 8, b"       0"}), (38, 40, "CDM", {b"DA"})),
        *((40, 41, "SSM", {b"7", b"0"}), (41, 42, "SCR", {b"0", b"1"}), (55, 57, "TRK", {b"  "})),
    ),
}


class Stream(NamedTuple):
    """A packet of the map: its place, what it leads to, how long that is, its file."""

    at: int
    kind: str
    length: int | None
    name: str
    pregap: int | None


def id_faults(data: bytes, map_bytes: int) -> Iterator[Fault]:
    """All that is wrong in DDPID; `map_bytes` is the size of DDPMS."""
    if len(data) != ID_SIZE:
        yield Fault("DDPID", None, "id-size", f"{len(data)} bytes, not {ID_SIZE}")
        return
    yield from unprintable("DDPID", data, ID_SIZE)
    if data[:8] != b"DDP 2.00":
        yield Fault("DDPID", 0, "id-level", f"level {shown(data[:8])}, not 'DDP 2.00'")
    yield from upc_faults("DDPID", 8, data[8:21])
    for start, end, name in ID_BLANKS:
        if data[start:end].strip(b" "):
            yield Fault("DDPID", start, "id-blank", f"{name} is {shown(data[start:end])}")
    length = data[29:37]
    if length.strip(b" ") and number(length) != map_bytes:
        yield Fault("DDPID", 29, "id-map-length", f"MSL is {shown(length)}, DDPMS {map_bytes}")
    if data[87:89] != b"CD":
        yield Fault("DDPID", 87, "id-type", f"type {shown(data[87:89])}, not 'CD'")
    yield from user_text_faults(data[93:])


def user_text_faults(rest: bytes) -> Iterator[Fault]:
    """Whether the user text is as long as it says, in either of the two known layouts."""
    if not rest.strip(b" "):
        return
    layouts = [rest] if rest[:1] != b" " else [rest[1:]]
    for layout in layouts:
        size = layout[:2]
        text = layout[2:]
        if not size.isdigit():
            yield Fault("DDPID", 93, "id-text", f"user text without a length: {shown(rest)}")
        elif not len(text.rstrip(b" ")) <= int(size) <= len(text):
            yield Fault("DDPID", 93, "id-text", f"{shown(size)} does not fit {shown(text)}")


def streams(data: bytes) -> list[Stream]:
    """The packets of the map that say what they lead to."""
    found = []
    for at in range(0, len(data) - MAP_SIZE + 1, MAP_SIZE):
        packet = data[at : at + MAP_SIZE]
        kind = KINDS.get((packet[4:6], packet[30:38]))
        if kind:
            name = packet[74:91].rstrip(b" ").decode("latin-1")
            found.append(Stream(at, kind, number(packet[14:22]), name, number(packet[46:50])))
    return found


def map_faults(data: bytes) -> Iterator[Fault]:
    """All that is wrong in DDPMS itself."""
    if not data or len(data) % MAP_SIZE:
        yield Fault("DDPMS", None, "map-size", f"{len(data)} bytes, not n x {MAP_SIZE}")
    yield from unprintable("DDPMS", data, MAP_SIZE)
    for at in range(0, len(data) - MAP_SIZE + 1, MAP_SIZE):
        yield from packet_faults(at, data[at : at + MAP_SIZE])
    found = streams(data)
    for kind, least in (("pq", 1), ("text", 0), ("audio", 1)):
        places = [stream.at for stream in found if stream.kind == kind]
        if len(places) < least:
            yield Fault("DDPMS", None, "map-streams", f"no {kind} stream")
        for at in places[1:]:
            yield Fault("DDPMS", at, "map-streams", f"one more {kind} stream")
    yield from name_faults(found)


def packet_faults(at: int, packet: bytes) -> Iterator[Fault]:
    """All that is wrong in one packet of the map."""
    if packet[:4] != b"VVVM":
        yield Fault("DDPMS", at, "map-mark", f"MPV is {shown(packet[:4])}, not 'VVVM'")
    kind = KINDS.get((packet[4:6], packet[30:38]))
    if kind is None:
        what = f"a stream of DST {shown(packet[4:6])} and SUB {shown(packet[30:38])}"
        yield Fault("DDPMS", at + 4, "map-kind", f"{what} is not known")
    if not number(packet[14:22]):
        yield Fault("DDPMS", at + 14, "map-length", f"DSL is {shown(packet[14:22])}")
    for start, end, name in MAP_BLANKS:
        if packet[start:end].strip(b" "):
            what = f"{name} is {shown(packet[start:end])}, not blank"
            yield Fault("DDPMS", at + start, "map-blank", what)
    for start, end, name, allowed in MAP_FIELDS.get(kind or "", ()):
        if packet[start:end] not in allowed:
            what = f"{name} of the {kind} stream is {shown(packet[start:end])}"
            yield Fault("DDPMS", at + start, "map-field", what)
    if kind == "audio" and number(packet[46:50]) is None:
        yield Fault("DDPMS", at + 46, "map-field", f"PRE2 is {shown(packet[46:50])}")
    if packet[71:74] not in (b"017", b" 17"):
        yield Fault("DDPMS", at + 71, "map-name-size", f"SIZ is {shown(packet[71:74])}, not 17")
    name = packet[74:91].rstrip(b" ").decode("latin-1")
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", name):
        yield Fault("DDPMS", at + 74, "map-name", f"{name!r} is no plain file name")


def name_faults(found: list[Stream]) -> Iterator[Fault]:
    """Whether each stream has a file of its own."""
    taken = [*FIXED, *(stream.name.upper() for stream in found)]
    for stream in found:
        if taken.count(stream.name.upper()) > 1:
            what = f"{stream.name} is the file of something else as well"
            yield Fault("DDPMS", stream.at + 74, "map-name-twice", what)
