"""Damages of the PQ descriptor."""

from collections.abc import Callable
from pathlib import Path

from tests.discs.damage import (
    PQ_SIZE,
    Where,
    corruption,
    map_packet,
    name_of,
    poke,
    pq_packets,
    pq_place,
    put,
    rewrite,
    sector_at,
    time_field,
)

FIELDS = {
    "PQ has a wrong mark": ("02", "01", 0, b"VVVM"),
    "PQ has a letter in the number of a track": ("03", "01", 4, b"A0"),
    "PQ has a blank in the number of a track": ("02", "01", 4, b" 2"),
    "PQ leaves a track out": ("03", "01", 4, b"04"),
    "PQ has a track twice": ("03", "01", 4, b"01"),
    "PQ has track 99 after track 2": ("03", "01", 4, b"99"),
    "PQ has a letter in the number of an index": ("02", "02", 6, b"0A"),
    "PQ leaves an index out": ("02", "02", 6, b"04"),
    "PQ has an index twice": ("02", "02", 6, b"01"),
    "PQ has index 02 for the lead-out": ("AA", "01", 6, b"02"),
    "PQ has an hour": ("02", "01", 8, b"01"),
    "PQ has 60 seconds": ("02", "01", 12, b"60"),
    "PQ has 75 frames": ("02", "01", 14, b"75"),
    "PQ has letters in a time": ("02", "01", 10, b"0O"),
    "PQ has a blank in a time": ("02", "01", 12, b" 7"),
    "PQ has no time": ("02", "01", 10, b" " * 6),
    "PQ has its lead-in late": ("00", "00", 10, b"000001"),
    "PQ has track 1 late": ("01", "00", 10, b"000001"),
    "PQ has a data track": ("03", "01", 16, b"41"),
    "PQ has four channels": ("03", "01", 16, b"81"),
    "PQ has four channels and pre-emphasis": ("03", "01", 16, b"91"),
    "PQ has four channels and free copies": ("03", "01", 16, b"A1"),
    "PQ has free copies and SCMS": ("03", "01", 16, b"2S"),
    "PQ has everything and SCMS": ("03", "01", 16, b"3S"),
    "PQ has control without an address": ("03", "01", 16, b"00"),
    "PQ has address 2": ("03", "01", 16, b"02"),
    "PQ has no control": ("03", "01", 16, b"  "),
    "PQ has other control in the middle of a track": ("02", "02", 16, b"11"),
    "PQ has control on the lead-in": ("00", "00", 16, b"21"),
    "PQ has control on the lead-out": ("AA", "01", 16, b"21"),
    "PQ has second control": ("02", "01", 18, b"01"),
    "PQ has an ISRC in small letters": ("03", "01", 20, b"gbaye2600003"),
    "PQ has an ISRC with hyphens": ("03", "01", 20, b"GB-AYE-26-00"),
    "PQ has an ISRC of eleven characters": ("03", "01", 20, b"GBAYE260000 "),
    "PQ has an ISRC on the right": ("03", "01", 20, b" GBAYE260003"),
    "PQ has an ISRC with a letter at its end": ("03", "01", 20, b"GBAYE260000O"),
    "PQ has an ISRC of digits alone": ("03", "01", 20, b"012345678901"),
    "PQ has another ISRC than CD-Text": ("03", "01", 20, b"GBAYE2699999"),
    "PQ has another ISRC on index 01": ("02", "01", 20, b"GBAYE2699999"),
    "PQ has an ISRC on index 02": ("02", "02", 20, b"GBAYE2699999"),
    "PQ has an ISRC on the lead-in": ("00", "00", 20, b"GBAYE2699999"),
    "PQ has an ISRC on the lead-out": ("AA", "01", 20, b"GBAYE2699999"),
    "PQ has a letter in its UPC": ("00", "00", 32, b"01234X6789012"),
    "PQ has another UPC on a track": ("02", "01", 32, b"4006381333931"),
    "PQ has something at the end of a packet": ("02", "01", 50, b"\0\0\0"),
    "PQ has a tab in a packet": ("02", "01", 63, b"\t"),
}
"""Track, index, the byte in the packet, what is put there."""

ISRC_OFFSETS = range(20, 32)


def damage_field(name: str, track: str, index: str, change: tuple[int, bytes]) -> None:
    """Put a damage of one field of a packet into the catalogue."""
    offset, content = change

    @corruption(name)
    def damage(folder: Path) -> Where:
        at = pq_place(folder, track, index) * PQ_SIZE + offset
        poke(folder, name_of(folder, "pq"), at, content)
        others = (name_of(folder, "text"),) if offset in ISRC_OFFSETS else ()
        return Where(name_of(folder, "pq"), at, others)


for each, (of_track, of_index, place, field) in FIELDS.items():
    damage_field(each, of_track, of_index, (place, field))


def damage_upc(name: str, change: Callable[[bytes], bytes]) -> None:
    """Put a damage of the lead-in's UPC into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        pq = name_of(folder, "pq")
        code = (folder / pq).read_bytes()[32:45]
        poke(folder, pq, 32, change(code).ljust(13))
        return Where(pq, 32, ("DDPID",))


damage_upc("PQ has a wrong last digit of the UPC", lambda code: code[:12] + b"%d" % (57 - code[12]))
damage_upc("PQ has no UPC and DDPID has", lambda _: b"")
damage_upc("PQ has the UPC of another album", lambda _: b"4006381333931")


def damage_time(name: str, track: str, index: str, sector: Callable[[Path], int]) -> None:
    """Put a packet that stands at another time into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        at = pq_place(folder, track, index) * PQ_SIZE + 10
        poke(folder, name_of(folder, "pq"), at, time_field(sector(folder)))
        return Where(name_of(folder, "pq"), at, ("DDPMS",))


def time_of(folder: Path, track: str, index: str) -> int:
    """The sector of a track's index."""
    return sector_at(pq_packets(folder)[pq_place(folder, track, index)])


damage_time("PQ has track 1 before two seconds", "01", "01", lambda _: 149)
damage_time(
    "PQ has tracks that overlap", "03", "01", lambda folder: time_of(folder, "02", "01") + 20
)
damage_time(
    "PQ has an index in the track before", "02", "00", lambda folder: time_of(folder, "01", "01")
)
damage_time(
    "PQ has two indexes at one time", "02", "02", lambda folder: time_of(folder, "02", "01")
)
damage_time(
    "PQ has an index after the next one", "02", "01", lambda folder: time_of(folder, "02", "02") + 1
)
damage_time(
    "PQ has a track of three seconds", "03", "01", lambda folder: time_of(folder, "AA", "01") - 225
)
damage_time(
    "PQ has a track of four seconds less a frame",
    "03",
    "01",
    lambda folder: time_of(folder, "AA", "01") - 299,
)
damage_time("PQ has a lead-out of 99 minutes", "AA", "01", lambda _: 99 * 4500)


def damage_lead_out(name: str, more: int, which: slice) -> None:
    """Put lead-outs at another time into the catalogue; the set gets two if it has one."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        packets = [packet for packet in pq_packets(folder) if packet[4:6] != b"AA"]
        end = pq_packets(folder)[-1]
        outs = [end, end]
        moved = end[:10] + time_field(sector_at(end) + more) + end[16:]
        outs[which] = [moved] * len(outs[which])
        pq = rewrite(folder, "pq", b"".join(packets + outs))
        return Where(pq, (len(packets) + (which.start or 0)) * PQ_SIZE)


damage_lead_out("PQ has the lead-out after the sound", 1, slice(0, 2))
damage_lead_out("PQ has the lead-out before the end of the sound", -1, slice(0, 2))
damage_lead_out("PQ has lead-outs that differ", 1, slice(1, 2))


def damage_packets(name: str, change: Callable[[Path, list[bytes]], int]) -> None:
    """Put packets in another order or number into the catalogue.

    The change is made in the list; it gives the number of the packet to blame.
    """

    @corruption(name)
    def damage(folder: Path) -> Where:
        packets = pq_packets(folder)
        at = change(folder, packets)
        return Where(rewrite(folder, "pq", b"".join(packets)), at * PQ_SIZE)


def without(track: str, index: str) -> Callable[[Path, list[bytes]], int]:
    """A change that takes a packet out; the one after it is to blame."""

    def change(folder: Path, packets: list[bytes]) -> int:
        at = pq_place(folder, track, index)
        del packets[at]
        return at

    return change


def without_lead_out(_: Path, packets: list[bytes]) -> int:
    """Take both lead-outs out."""
    packets[:] = [packet for packet in packets if packet[4:6] != b"AA"]
    return len(packets) - 1


def with_again(
    track: str, index: str, *, at_end: bool = False
) -> Callable[[Path, list[bytes]], int]:
    """A change that repeats a packet, behind itself or at the end."""

    def change(folder: Path, packets: list[bytes]) -> int:
        at = pq_place(folder, track, index)
        place = len(packets) if at_end else at + 1
        packets.insert(place, packets[at])
        return place

    return change


def third_lead_out(_: Path, packets: list[bytes]) -> int:
    """Make three lead-outs of one or two."""
    packets[:] = [packet for packet in packets if packet[4:6] != b"AA"] + packets[-1:] * 3
    return len(packets) - 1


def swapped(folder: Path, packets: list[bytes]) -> int:
    """Change the places of track 1 and the packet after it."""
    at = pq_place(folder, "01", "01")
    packets[at], packets[at + 1] = packets[at + 1], packets[at]
    return at


damage_packets("PQ has no lead-in", without("00", "00"))
damage_packets("PQ has no index 00 of track 1", without("01", "00"))
damage_packets("PQ has no index 01 of track 1", without("01", "01"))
damage_packets("PQ has no index 01 of track 2", without("02", "01"))
damage_packets("PQ has no lead-out", without_lead_out)
damage_packets("PQ has two lead-ins", with_again("00", "00"))
damage_packets("PQ has a packet twice", with_again("02", "01"))
damage_packets("PQ has a track after the lead-out", with_again("03", "01", at_end=True))
damage_packets("PQ has three lead-outs", third_lead_out)
damage_packets("PQ has two packets in wrong order", swapped)


@corruption("PQ has a lead-out in the middle")
def lead_out_in_the_middle(folder: Path) -> Where:
    """The last one stands before track 3."""
    packets = pq_packets(folder)
    at = pq_place(folder, "03", "01")
    packets.insert(at, packets[-1])
    return Where(rewrite(folder, "pq", b"".join(packets)), at * PQ_SIZE)


@corruption("PQ is cut in a packet")
def cut(folder: Path) -> Where:
    """Its last 40 bytes are gone; the map says so too."""
    data = b"".join(pq_packets(folder))
    return Where(rewrite(folder, "pq", data[:-40]), None)


@corruption("PQ has line ends after its packets")
def with_lines(folder: Path) -> Where:
    """Each packet has 65 bytes."""
    data = b"\n".join(pq_packets(folder)) + b"\n"
    return Where(rewrite(folder, "pq", data), None)


@corruption("PQ is cut and the map does not know")
def cut_untold(folder: Path) -> Where:
    """The last lead-out and a half packet are gone."""
    pq = name_of(folder, "pq")
    put(folder, pq, (folder / pq).read_bytes()[: -PQ_SIZE - 32])
    return Where(pq, None, ("DDPMS",))


@corruption("PQ is empty")
def emptied(folder: Path) -> Where:
    """No byte."""
    pq = name_of(folder, "pq")
    put(folder, pq, b"")
    return Where(pq, None, ("DDPMS",))


@corruption("PQ and map do not agree on the pregap")
def other_pregap(folder: Path) -> Where:
    """Track 1 starts a frame later than the map says."""
    at = pq_place(folder, "01", "01") * PQ_SIZE + 10
    poke(folder, name_of(folder, "pq"), at, time_field(time_of(folder, "01", "01") + 1))
    return Where("DDPMS", map_packet(folder, "audio") + 46, (name_of(folder, "pq"),))
