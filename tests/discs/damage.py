"""The tools of those who damage filesets: where things stand, how to change them, how to hide it.

A fileset to be damaged has three tracks or more, the first at two seconds, the
second with a pregap, an index 02 and five seconds, ISRCs, a UPC, checksums, and
CD-Text with titles of several packs, a genre and codes.
"""

import binascii
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MAP_SIZE, PQ_SIZE, PACK = 128, 64, 18
SECTOR_BYTES = 2352


@dataclass(frozen=True)
class Where:
    """What a verifier should say of a damage: the file, and a byte at or after whose record it is.

    `offset` is None where the file as a whole is to blame. `others` are files
    that it may name as well or instead, as the fileset cannot tell.
    """

    file: str
    offset: int | None
    others: tuple[str, ...] = ()


Damage = Callable[[Path], Where]

CORRUPTIONS: dict[str, Damage] = {}
"""Damages by name; checksums are made anew after them, but for those that only these show."""

STALE: dict[str, Damage] = {}
"""The same damages with checksums left as they were."""


def corruption(name: str) -> Callable[[Damage], Damage]:
    """Put a damage into the catalogue twofold: with checksums made anew, and left as they were."""

    def keep(damage: Damage) -> Damage:
        assert name not in CORRUPTIONS
        CORRUPTIONS[name] = resummed(damage)
        STALE[name] = damage
        return damage

    return keep


def untold(name: str) -> Callable[[Damage], Damage]:
    """Put a damage into the catalogue that only checksums show, which stay as the damage left them.

    Without checksums it raises LookupError.
    """

    def keep(damage: Damage) -> Damage:
        def done(folder: Path) -> Where:
            sum_files(folder)
            return damage(folder)

        assert name not in CORRUPTIONS
        CORRUPTIONS[name] = done
        return damage

    return keep


def resummed(damage: Damage) -> Damage:
    """A damage after which the checksums fit again."""

    def done(folder: Path) -> Where:
        where = damage(folder)
        resum(folder)
        return where

    return done


def sum_files(folder: Path) -> list[str]:
    """The checksum files of a fileset.

    Raises:
        LookupError: it has none.
    """
    found = sorted(
        path.name
        for path in folder.iterdir()
        if path.name.lower().endswith(".md5") or path.name.lower() == "checksum.txt"
    )
    if not found:
        raise LookupError("no checksums to damage")
    return found


def resum(folder: Path) -> None:
    """Make the checksums fit again; lines of files that are gone are left out."""
    try:
        sheets = sum_files(folder)
    except LookupError:
        return
    for sheet in sheets:
        lines = (folder / sheet).read_bytes().decode("latin-1").splitlines(keepends=True)
        whole = "".join(resummed_line(folder, line) for line in lines)
        put(folder, sheet, whole.encode("latin-1"))


def resummed_line(folder: Path, line: str) -> str:
    """A line of a checksum file with the sum that its file has now."""
    match = re.fullmatch(r"([0-9A-Fa-f]{32})( [ *])([^\r\n]+)([\r\n]*)", line)
    if match:
        path = folder / match[3]
        sum_now = hashlib.md5(path.read_bytes()).hexdigest() if path.is_file() else ""
        return f"{sum_now}{match[2]}{match[3]}{match[4]}" if sum_now else ""
    name, is_crc, _ = line.partition("=")
    if not is_crc:
        return line
    path = folder / name
    return f"{name}={zlib.crc32(path.read_bytes()):08X}\n" if path.is_file() else ""


def put(folder: Path, name: str, data: bytes) -> None:
    """Write a file anew; one that shares its content with other folders is cut loose."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(data)


def poke(folder: Path, name: str, offset: int, content: bytes) -> None:
    """Write over some bytes of a file."""
    data = bytearray((folder / name).read_bytes())
    data[offset : offset + len(content)] = content
    put(folder, name, bytes(data))


def map_packet(folder: Path, kind: str) -> int:
    """Where the packet of a stream stands in DDPMS: `pq`, `text` or `audio`.

    Raises:
        LookupError: the fileset has no such stream.
    """
    data = (folder / "DDPMS").read_bytes()
    marks = {"pq": (30, b"PQ DESCR"), "text": (30, b"CDTEXT  "), "audio": (4, b"D0")}
    start, mark = marks[kind]
    for at in range(0, len(data), MAP_SIZE):
        if data[at + start : at + start + len(mark)] == mark:
            return at
    raise LookupError(f"no {kind} stream to damage")


def name_of(folder: Path, kind: str) -> str:
    """The file of a stream."""
    at = map_packet(folder, kind)
    return (folder / "DDPMS").read_bytes()[at + 74 : at + 91].decode().rstrip()


def set_length(folder: Path, kind: str, length: int) -> None:
    """Write the length of a stream into its packet of the map, padded as it was."""
    at = map_packet(folder, kind) + 14
    pad = (folder / "DDPMS").read_bytes()[at : at + 1].decode()
    pad = pad if pad in " 0" else "0"
    poke(folder, "DDPMS", at, f"{length:{pad}>8}".encode())


def rewrite(folder: Path, kind: str, data: bytes) -> str:
    """Write the file of a subcode stream anew and its length into the map; its name."""
    name = name_of(folder, kind)
    put(folder, name, data)
    set_length(folder, kind, len(data))
    return name


def pq_packets(folder: Path) -> list[bytes]:
    """The packets of the PQ descriptor."""
    data = (folder / name_of(folder, "pq")).read_bytes()
    return [data[at : at + PQ_SIZE] for at in range(0, len(data), PQ_SIZE)]


def pq_place(folder: Path, track: str, index: str) -> int:
    """The number of the first packet of a track and index.

    Raises:
        LookupError: there is none.
    """
    for at, packet in enumerate(pq_packets(folder)):
        if packet[4:8].decode() == track + index:
            return at
    raise LookupError(f"no index {index} of track {track} to damage")


def sector_at(packet: bytes) -> int:
    """The time of a PQ packet in sectors."""
    minutes, seconds, frames = (int(packet[at : at + 2]) for at in (10, 12, 14))
    return (minutes * 60 + seconds) * 75 + frames


def time_field(sector: int) -> bytes:
    """Sectors as the time of a PQ packet."""
    return f"{sector // 4500:02}{sector // 75 % 60:02}{sector % 75:02}".encode()


def text_packs(folder: Path) -> list[bytearray]:
    """The packs of CD-Text."""
    data = (folder / name_of(folder, "text")).read_bytes()
    return [bytearray(data[at : at + PACK]) for at in range(0, len(data) // PACK * PACK, PACK)]


def put_packs(folder: Path, packs: list[bytearray]) -> None:
    """Write CD-Text anew, each pack with the checksum that it should have."""
    old = (folder / name_of(folder, "text")).read_bytes()
    for pack in packs:
        pack[16:] = (binascii.crc_hqx(bytes(pack[:16]), 0) ^ 0xFFFF).to_bytes(2, "big")
    rewrite(folder, "text", b"".join(packs) + old[len(old) // PACK * PACK :])


def pack_place(packs: list[bytearray], kind: int, nth: int = 0, block: int = 0) -> int:
    """The number of the nth pack of a type in a block.

    Raises:
        LookupError: there is none.
    """
    found = [at for at, pack in enumerate(packs) if pack[0] == kind and pack[3] >> 4 & 7 == block]
    if nth >= len(found):
        raise LookupError(f"no pack {nth} of type {kind:#04x} in block {block} to damage")
    return found[nth]
