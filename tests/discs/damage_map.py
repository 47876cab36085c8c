"""Damages of DDPID and DDPMS."""

from pathlib import Path

from tests.discs.damage import (
    MAP_SIZE,
    SECTOR_BYTES,
    Where,
    corruption,
    map_packet,
    name_of,
    poke,
    put,
    set_length,
)

ID_FIELDS = {
    "DDPID has level 1.01": (0, b"DDP 1.01"),
    "DDPID has level 2.10": (0, b"DDP 2.10"),
    "DDPID has a letter in its UPC": (8, b"01234X6789012"),
    "DDPID has a UPC that begins with a blank": (8, b" 123456789012"),
    "DDPID has a UPC of eleven digits": (8, b"12345678901  "),
    "DDPID has a start of the map": (21, b"00000001"),
    "DDPID has a wrong length of the map": (29, b"     999"),
    "DDPID has a medium number": (37, b"1"),
    "DDPID has a letter in its master ID that is no ASCII": (40, b"\xe9"),
    "DDPID has a line end in its master ID": (41, b"\n"),
    "DDPID has a book": (86, b"O"),
    "DDPID is of a DVD": (87, b"DV"),
    "DDPID has sides and layers": (89, b"1010"),
    "DDPID has a user text longer than there is room": (93, b"99Hello".ljust(35)),
    "DDPID has a user text longer than it says": (93, b"03Hello".ljust(35)),
}

MAP_FIELDS = {
    "the map has a wrong mark": ("pq", 0, b"VVVX"),
    "the map has an unknown kind of stream": ("pq", 4, b"S9"),
    "the map has a second data stream": ("audio", 4, b"D1"),
    "the map has a text stream": ("audio", 4, b"T0"),
    "the map has a position of the stream": ("pq", 6, b"00000001"),
    "the map has letters for a length": ("audio", 14, b"0000ABCD"),
    "the map has no length": ("pq", 14, b" " * 8),
    "the map has a length on the left": ("audio", 14, b"1200    "),
    "the map has a negative length": ("audio", 14, b"   -1200"),
    "the map starts the sound at the end of the pause": ("audio", 22, b"00000150"),
    "the map has an unknown subcode": ("pq", 30, b"PQ_DESCR"),
    "the map has graphics": ("text", 30, b"RW24XX  "),
    "the map has subcode with the sound": ("audio", 30, b"PQ DESCR"),
    "the map says data and not sound": ("audio", 38, b"10"),
    "the map has no mode": ("audio", 38, b"  "),
    "the map has a mode for subcode": ("pq", 38, b"DA"),
    "the map has storage mode 2": ("audio", 40, b"2"),
    "the map has no storage mode": ("audio", 40, b" "),
    "the map has scrambling 2": ("audio", 41, b"2"),
    "the map has a first pregap": ("audio", 42, b" 150"),
    "the map has a wrong second pregap": ("audio", 46, b" 151"),
    "the map has no second pregap": ("audio", 46, b"    "),
    "the map has letters for the second pregap": ("audio", 46, b" ABC"),
    "the map has a postgap": ("audio", 50, b" 150"),
    "the map has a medium": ("audio", 54, b"1"),
    "the map has a track for the sound": ("audio", 55, b"01"),
    "the map has an index": ("audio", 57, b"01"),
    "the map has an ISRC": ("audio", 59, b"GBAYE2600009"),
    "the map has the length of the name for its width": ("audio", 71, b"009"),
    "the map has letters for the width of the name": ("audio", 71, b"XVI"),
    "the map has a name with a way up": ("audio", 74, b"../IMAGE.DAT".ljust(17)),
    "the map has a name from the root": ("audio", 74, b"/IMAGE.DAT".ljust(17)),
    "the map has a name with a folder": ("pq", 74, b"A\\PQDESCR".ljust(17)),
    "the map has a name that begins with a blank": ("pq", 74, b" PQDESCR".ljust(17)),
    "the map has no name": ("audio", 74, b" " * 17),
    "the map has two dots for a name": ("pq", 74, b"..".ljust(17)),
    "the map has the name of the map": ("pq", 74, b"DDPMS".ljust(17)),
    "the map has a second session": ("audio", 91, b"S"),
    "the map has a next pregap": ("audio", 92, b" 150"),
    "the map has a pause to add": ("audio", 96, b"00000150"),
    "the map has an offset in the file": ("audio", 104, b"000000044"),
    "the map has something at its end": ("pq", 113, b"made by me"),
    "the map has NUL for a blank": ("pq", 120, b"\0"),
}


def damage_id_field(name: str, offset: int, content: bytes) -> None:
    """Put a damage of one field of DDPID into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        poke(folder, "DDPID", offset, content)
        return Where("DDPID", offset)


def damage_map_field(name: str, kind: str, offset: int, content: bytes) -> None:
    """Put a damage of one field of DDPMS into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        at = map_packet(folder, kind) + offset
        poke(folder, "DDPMS", at, content)
        return Where("DDPMS", at)


for each, (place, field) in ID_FIELDS.items():
    damage_id_field(each, place, field)
for each, (stream, place, field) in MAP_FIELDS.items():
    damage_map_field(each, stream, place, field)


@corruption("DDPID has a wrong last digit of the UPC")
def id_upc_digit(folder: Path) -> Where:
    """Its check digit is one too high."""
    digits = (folder / "DDPID").read_bytes()[8:21].rstrip()
    wrong = digits[:-1] + b"%d" % ((int(digits[-1:]) + 1) % 10)
    poke(folder, "DDPID", 8, wrong)
    return Where("DDPID", 8)


@corruption("DDPID has the UPC of another album")
def id_other_upc(folder: Path) -> Where:
    """A good code, but not that of the PQ descriptor."""
    poke(folder, "DDPID", 8, b"4006381333931")
    return Where("DDPID", 8, (name_of(folder, "pq"),))


@corruption("DDPID has no UPC and the PQ descriptor has")
def id_no_upc(folder: Path) -> Where:
    """The field is blank."""
    poke(folder, "DDPID", 8, b" " * 13)
    return Where("DDPID", 8, (name_of(folder, "pq"),))


@corruption("DDPID is a byte short")
def id_short(folder: Path) -> Where:
    """127 bytes."""
    put(folder, "DDPID", (folder / "DDPID").read_bytes()[:-1])
    return Where("DDPID", None)


@corruption("DDPID has a line end after it")
def id_long(folder: Path) -> Where:
    """129 bytes."""
    put(folder, "DDPID", (folder / "DDPID").read_bytes() + b"\n")
    return Where("DDPID", None)


@corruption("the map is cut")
def map_cut(folder: Path) -> Where:
    """The last packet has 100 bytes."""
    put(folder, "DDPMS", (folder / "DDPMS").read_bytes()[: 2 * MAP_SIZE + 100])
    return Where("DDPMS", None)


@corruption("the map is empty")
def map_empty(folder: Path) -> Where:
    """No byte."""
    put(folder, "DDPMS", b"")
    return Where("DDPMS", None)


@corruption("the map has a line end after it")
def map_long(folder: Path) -> Where:
    """One byte more than its packets."""
    put(folder, "DDPMS", (folder / "DDPMS").read_bytes() + b"\n")
    return Where("DDPMS", None)


def damage_length(name: str, kind: str, factor: int, more: int) -> None:
    """Put a wrong length of a stream into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        at = map_packet(folder, kind) + 14
        length = int((folder / "DDPMS").read_bytes()[at : at + 8])
        set_length(folder, kind, length * factor + more)
        return Where("DDPMS", at, (name_of(folder, kind),))


damage_length("the map has a sector of sound too many", "audio", 1, 1)
damage_length("the map has a sector of sound too few", "audio", 1, -1)
damage_length("the map has the sound in bytes", "audio", SECTOR_BYTES, 0)
damage_length("the map has a packet of PQ too few", "pq", 1, -64)
damage_length("the map has a byte of PQ too many", "pq", 1, 1)
damage_length("the map has a pack of CD-Text too many", "text", 1, 18)


def damage_count(name: str, kind: str, times: int) -> None:
    """Put a map with a packet twice, or without it, into the catalogue."""

    @corruption(name)
    def damage(folder: Path) -> Where:
        at = map_packet(folder, kind)
        data = (folder / "DDPMS").read_bytes()
        packet = data[at : at + MAP_SIZE]
        put(folder, "DDPMS", data[:at] + packet * times + data[at + MAP_SIZE :])
        return Where("DDPMS", at + MAP_SIZE if times > 1 else None)


damage_count("the map has a second PQ stream", "pq", 2)
damage_count("the map has a second CD-Text stream", "text", 2)
damage_count("the map has a second stream of sound", "audio", 2)
damage_count("the map has no PQ stream", "pq", 0)
damage_count("the map has no CD-Text stream beside its file", "text", 0)
damage_count("the map has no stream of sound", "audio", 0)


@corruption("the map has a name in the wrong case")
def map_case(folder: Path) -> Where:
    """Small letters for the capitals of the file."""
    at = map_packet(folder, "audio") + 74
    name = name_of(folder, "audio")
    poke(folder, "DDPMS", at, name.swapcase().encode())
    return Where("DDPMS", at, (name.swapcase(), name))


@corruption("the map has the name of a file that is not there")
def map_absent(folder: Path) -> Where:
    """Nothing is called so."""
    at = map_packet(folder, "pq") + 74
    poke(folder, "DDPMS", at, b"NOWHERE.DAT".ljust(17))
    return Where("DDPMS", at, ("NOWHERE.DAT",))


@corruption("the map has one name for two streams")
def map_name_twice(folder: Path) -> Where:
    """The PQ stream leads to the sound."""
    at = map_packet(folder, "pq") + 74
    poke(folder, "DDPMS", at, name_of(folder, "audio").ljust(17).encode())
    return Where("DDPMS", at, (name_of(folder, "audio"),))
