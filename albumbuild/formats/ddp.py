"""A DDP 2.00 fileset: what a pressing plant takes in place of a CD.

Layout and choices follow what public readers, writers and real filesets agree on; DDP is a
registered trademark of DCA, Inc., and nothing here is certified by them.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from albumbuild.formats.cdtext import encode_cdtext
from albumbuild.formats.latin import ascii_letters
from albumbuild.model.plant import Plant
from albumbuild.model.timeline import SECTOR_BYTES, Disc, DiscTrack, msf

DDPID, DDPMS, CDTEXT, IMAGE = "DDPID", "DDPMS", "CDTEXT.BIN", "IMAGE.DAT"
MASTER_ID_LENGTH = 48
MAX_TIME_SECTORS = 100 * 60 * 75 - 1
"""99:59:74: minutes have two digits."""

_COPY_BYTES = 1 << 20
_PLAIN = "01"  # no pre-emphasis, no copy permission, normal Q
_PRE_EMPHASIS, _COPY_PERMITTED = 1, 2


def write_ddp(
    folder: Path,
    disc: Disc,
    image: Path | Iterable[bytes],
    *,
    plant: Plant = Plant(),  # noqa: B008 - it cannot be changed
    cd_text: bool = True,
) -> None:
    """Write the whole fileset into `folder`, in the way of `plant`.

    `image` is raw PCM: 16 bit, little-endian, stereo, 44.1 kHz, from the pause of track 1
    on. Its last sector is filled up with silence.

    Raises: ValueError when the image is not as long as the disc, or a text cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if disc.sectors > MAX_TIME_SECTORS:
        raise ValueError("a time of the PQ descriptor ends at 99:59:74")
    packs = encode_cdtext(disc, basic=plant.texts == "basic") if cd_text else b""
    packs += b"\0" if packs and plant.text_end else b""
    files = {DDPID: ddpid(disc), DDPMS: ddpms(disc, plant, cd_text_bytes=len(packs))}
    if packs:
        files[CDTEXT] = packs
    files[plant.pq_name] = pq_descriptor(disc, plant)
    sums = {name: (hashlib.md5(data), zlib.crc32(data)) for name, data in files.items()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    sums[IMAGE] = _write_image(folder / IMAGE, disc.sectors, _pieces(image))
    end = "\r\n" if plant.md5_lines == "crlf" else "\n"
    md5 = "".join(f"{digest.hexdigest()} *{name}{end}" for name, (digest, _) in sums.items())
    (folder / plant.md5_name).write_bytes(md5.encode("ascii"))
    if plant.crc_name:
        crc = "".join(f"{name}={value:08X}\n" for name, (_, value) in sums.items())
        (folder / plant.crc_name).write_bytes(f"[CRC32 Checksum]\n{crc}".encode("ascii"))


def ddpid(disc: Disc) -> bytes:
    """The 128 bytes that identify the master."""
    return _record(
        ("DDP 2.00", 8), (disc.upc_13, 13), ("", 8), ("", 8), ("", 1),
        (ascii_letters(disc.master_id)[:MASTER_ID_LENGTH], 48),
        ("", 1), ("CD", 2), ("", 4), ("", 2), ("", 33),
    )  # fmt: skip


def ddpms(disc: Disc, plant: Plant, *, cd_text_bytes: int) -> bytes:
    """The map: 128 bytes for each stream, CD-Text, PQ descriptor and audio."""
    text_track = "00" if plant.text_track == "zeros" else ""
    cd_text = _map_packet("S0", cd_text_bytes, CDTEXT, plant, sub="CDTEXT", track=text_track)
    pq = _map_packet("S0", len(pq_descriptor(disc, plant)), plant.pq_name, plant, sub="PQ DESCR")
    audio = _map_packet(
        "D0",
        disc.sectors,
        IMAGE,
        plant,
        start="00000000" if plant.audio_start == "zeros" else "",
        mode=f"DA7{plant.scrambling}",
        pause=disc.tracks[0].start_sector,
    )
    return (cd_text if cd_text_bytes else b"") + pq + audio


def pq_descriptor(disc: Disc, plant: Plant) -> bytes:
    """64 bytes for each index: lead-in, tracks, and the lead-out, mostly twice."""
    every = disc.upc_13 if plant.upc_on == "every" else ""
    lead_in = _pq_packet("00", 0, 0, upc=disc.upc_13)
    tracks = [
        packet
        for track in disc.tracks
        for packet in _track_packets(track, upc=every, isrc_twice=plant.isrc_on == "both")
    ]
    out = _pq_packet("AA", 1, disc.sectors, upc=every)
    return b"".join([lead_in, *tracks, *[out] * plant.lead_outs])


def control(track: DiscTrack) -> str:
    """The control nibble of a track and what follows it: `1`, or `S` for one digital copy."""
    bits = (_PRE_EMPHASIS if track.pre_emphasis else 0) | (
        _COPY_PERMITTED if track.copy == "permitted" else 0
    )
    return f"{bits:X}{'S' if track.copy == 'once' else '1'}"


def _map_packet(
    stream: str,
    length: int,
    name: str,
    plant: Plant,
    *,
    sub: str = "",
    track: str = "",
    start: str = "",
    mode: str = "",
    pause: int | None = None,
) -> bytes:
    """`length` is in bytes, and in sectors for audio; `mode` is coding, sector form, scrambling."""
    wide, width = (f"{length:08}", "017") if plant.numbers == "zeros" else (f"{length:8}", " 17")
    return _record(
        ("VVVM", 4), (stream, 2), ("", 8), (wide, 8), (start, 8), (sub, 8), (mode, 4),
        ("", 4), ("" if pause is None else f"{pause:4}", 4), ("", 4), ("", 1), (track, 2), ("", 2),
        ("", 12), (width, 3), (name, 17), ("", 1), ("", 4), ("", 8), ("", 9), ("", 15),
    )  # fmt: skip


def _track_packets(track: DiscTrack, *, upc: str, isrc_twice: bool) -> Iterator[bytes]:
    """The ISRC stands on the first packet of the track, or on index 00 and 01."""
    last = 1 if isrc_twice else track.indexes()[0][0]
    for index, sector in track.indexes():
        isrc = track.isrc_code if index <= last else ""
        yield _pq_packet(
            f"{track.number:02}", index, sector, control=control(track), isrc=isrc, upc=upc
        )


def _pq_packet(
    track: str, index: int, sector: int, *, control: str = _PLAIN, isrc: str = "", upc: str = ""
) -> bytes:
    minutes, seconds, rest = msf(sector)
    return _record(
        ("VVVS", 4), (track, 2), (f"{index:02}", 2), ("", 2), (f"{minutes:02}", 2),
        (f"{seconds:02}", 2), (f"{rest:02}", 2), (control, 2), ("", 2), (isrc, 12), (upc, 13),
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
