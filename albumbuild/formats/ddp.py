"""A DDP 2.00 fileset: what a pressing plant takes in place of a CD.

Layout and choices follow what public readers, writers and real filesets agree on; DDP is a
registered trademark of DCA, Inc., and nothing here is certified by them.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from albumbuild.formats.cdtext import encode_cdtext
from albumbuild.formats.latin import ascii_letters
from albumbuild.model.timeline import SECTOR_BYTES, Disc, DiscTrack, msf

DDPID, DDPMS, PQDESCR = "DDPID", "DDPMS", "PQDESCR"
CDTEXT, IMAGE = "CDTEXT.BIN", "IMAGE.DAT"
MASTER_ID_LENGTH = 48

_COPY_BYTES = 1 << 20
_CONTROL = "01"  # no pre-emphasis, no copy permission, normal Q


def write_ddp(
    folder: Path, disc: Disc, image: Path | Iterable[bytes], *, cd_text: bool = True
) -> None:
    """Write the whole fileset into `folder`.

    `image` is raw PCM: 16 bit, little-endian, stereo, 44.1 kHz, from the pause of track 1
    on. Its last sector is filled up with silence.

    Raises: ValueError when the image is not as long as the disc, or a text cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packs = encode_cdtext(disc) if cd_text else b""
    descriptor = pq_descriptor(disc)
    files = {DDPID: ddpid(disc), DDPMS: ddpms(disc, cd_text_bytes=len(packs))}
    if packs:
        files[CDTEXT] = packs
    files[PQDESCR] = descriptor
    sums = {name: (hashlib.md5(data), zlib.crc32(data)) for name, data in files.items()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    sums[IMAGE] = _write_image(folder / IMAGE, disc.sectors, _pieces(image))
    md5 = "".join(f"{digest.hexdigest()} *{name}\n" for name, (digest, _) in sums.items())
    crc = "".join(f"{name}={value:08X}\n" for name, (_, value) in sums.items())
    (folder / "CHECKSUM.MD5").write_bytes(md5.encode("ascii"))
    (folder / "CHECKSUM.TXT").write_bytes(f"[CRC32 Checksum]\n{crc}".encode("ascii"))


def ddpid(disc: Disc) -> bytes:
    """The 128 bytes that identify the master."""
    return _record(
        ("DDP 2.00", 8), (disc.upc_13, 13), ("", 8), ("", 8), ("", 1),
        (ascii_letters(disc.master_id)[:MASTER_ID_LENGTH], 48),
        ("", 1), ("CD", 2), ("", 4), ("", 2), ("", 33),
    )  # fmt: skip


def ddpms(disc: Disc, *, cd_text_bytes: int) -> bytes:
    """The map: 128 bytes for each stream, CD-Text, PQ descriptor and audio."""
    cd_text = _map_packet("S0", cd_text_bytes, CDTEXT, sub="CDTEXT", track="00")
    pq = _map_packet("S0", len(pq_descriptor(disc)), PQDESCR, sub="PQ DESCR")
    audio = _map_packet(
        "D0", disc.sectors, IMAGE, start="00000000", mode="DA70", pause=disc.tracks[0].start_sector
    )
    return (cd_text if cd_text_bytes else b"") + pq + audio


def pq_descriptor(disc: Disc) -> bytes:
    """64 bytes for each index: lead-in, tracks, and the lead-out twice, as plants are used to."""
    out = _pq_packet("AA", 1, disc.sectors)
    tracks = [packet for track in disc.tracks for packet in _track_packets(track)]
    return b"".join([_pq_packet("00", 0, 0, upc=disc.upc_13), *tracks, out, out])


class Fileset(msgspec.Struct, frozen=True):
    """A fileset read back: its streams' names, and the indexes as (track, index, sector)."""

    upc: str
    master_id: str
    streams: dict[str, str]
    sectors: int
    pause_sectors: int
    indexes: tuple[tuple[str, int, int], ...]
    isrcs: dict[str, str]


def read_ddp(folder: Path) -> Fileset:
    """The fileset in the folder, as its own map describes it.

    Raises: ValueError when a record is not what it should be, OSError when a file is missing.
    """
    identity = _text(folder / DDPID, 128)
    if not identity.startswith("DDP 2.00") or identity[87:89] != "CD":
        raise ValueError("this is no DDP 2.00 of a CD")
    packets = [_split(_text(folder / DDPMS, 128), 128, at) for at in range(3)]
    streams = {each[30:38].strip() or each[38:40]: each[74:91].strip() for each in packets if each}
    audio = next(each for each in packets if each[4:6] == "D0")
    descriptor = _text(folder / streams["PQ DESCR"], 64)
    records = [_split(descriptor, 64, at) for at in range(len(descriptor) // 64)]
    return Fileset(
        upc=identity[8:21].strip(),
        master_id=identity[38:86].strip(),
        streams=streams,
        sectors=int(audio[14:22]),
        pause_sectors=int(audio[46:50]),
        indexes=tuple((each[4:6], int(each[6:8]), _sector(each[10:16])) for each in records),
        isrcs={each[4:6]: each[20:32] for each in records if each[20:32].strip()},
    )


def _map_packet(
    stream: str,
    length: int,
    name: str,
    *,
    sub: str = "",
    track: str = "",
    start: str = "",
    mode: str = "",
    pause: int | None = None,
) -> bytes:
    """`length` is in bytes, and in sectors for audio; `mode` is coding, sector form, scrambling."""
    return _record(
        ("VVVM", 4), (stream, 2), ("", 8), (f"{length:08}", 8), (start, 8), (sub, 8), (mode, 4),
        ("", 4), ("" if pause is None else f"{pause:4}", 4), ("", 4), ("", 1), (track, 2), ("", 2),
        ("", 12), ("017", 3), (name, 17), ("", 1), ("", 4), ("", 8), ("", 9), ("", 15),
    )  # fmt: skip


def _track_packets(track: DiscTrack) -> Iterator[bytes]:
    """The ISRC stands on the first packet of the track alone."""
    isrc = track.isrc_code
    for index, sector in track.indexes():
        yield _pq_packet(f"{track.number:02}", index, sector, isrc=isrc)
        isrc = ""


def _pq_packet(track: str, index: int, sector: int, *, isrc: str = "", upc: str = "") -> bytes:
    minutes, seconds, rest = msf(sector)
    return _record(
        ("VVVS", 4), (track, 2), (f"{index:02}", 2), ("", 2), (f"{minutes:02}", 2),
        (f"{seconds:02}", 2), (f"{rest:02}", 2), (_CONTROL, 2), ("", 2), (isrc, 12), (upc, 13),
        ("", 19),
    )  # fmt: skip


def _record(*fields: tuple[str, int]) -> bytes:
    """Fields of fixed width, filled up with spaces.

    Raises: ValueError for a text that does not fit.
    """
    for text, width in fields:
        if len(text) > width:
            raise ValueError(f"`{text}` is longer than the {width} characters of its field")
    return "".join(text.ljust(width) for text, width in fields).encode("ascii")


def _pieces(image: Path | Iterable[bytes]) -> Iterator[bytes]:
    if not isinstance(image, Path):
        yield from image
        return
    with image.open("rb") as file:
        while piece := file.read(_COPY_BYTES):
            yield piece


def _write_image(path: Path, sectors: int, pieces: Iterator[bytes]) -> tuple["hashlib._Hash", int]:
    """Write the image; its MD5 and CRC-32 come out on the way."""
    digest, crc, size = hashlib.md5(), 0, 0
    with path.open("wb") as file:
        for piece in _filled_up(pieces):
            file.write(piece)
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
    if size != sectors * SECTOR_BYTES:
        raise ValueError(f"the image has {size / SECTOR_BYTES:g} sectors, the disc {sectors}")
    return digest, crc


def _filled_up(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        yield piece
    yield b"\0" * (-size % SECTOR_BYTES)


def _text(path: Path, record: int) -> str:
    text = path.read_bytes().decode("ascii")
    if not text or len(text) % record:
        raise ValueError(f"`{path.name}` is no whole number of records of {record} bytes")
    return text


def _split(text: str, record: int, at: int) -> str:
    return text[at * record : (at + 1) * record]


def _sector(time: str) -> int:
    return (int(time[:2]) * 60 + int(time[2:4])) * 75 + int(time[4:])
