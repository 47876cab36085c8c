"""Small good DDP filesets in the style of several writers, from the standard library alone."""

import binascii
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

SECTOR_BYTES = 2352
PAUSE_SECTORS = 150
UPC = "0123456789012"
ENGLISH, JAPANESE = 0x09, 0x69
LATIN, ASCII, MS_JIS = 0x00, 0x01, 0x80

Texts = Mapping[int, Mapping[int, Sequence[str]]]
"""Strings by block and pack type: that of the disc first, then one for each track."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """Where a track lies, in sectors from the start of the image, and its codes.

    The first track's pregap is 0. `control` is a packet's two control characters.
    """

    start: int
    pregap: int | None = None
    indexes: tuple[int, ...] = ()
    isrc: str = ""
    control: str = "01"


@dataclass(frozen=True, kw_only=True)
class Style:
    """What one writer does in its own way."""

    pq_name: str = "PQDESCR"
    pad: str = "0"
    start: str = "0" * 8
    sector_form: str = "70"
    text_track: str = "00"
    upc_digits: int = 13
    upc_everywhere: bool = False
    isrc_twice: bool = False
    lead_outs: int = 2
    text_end: bytes = b""
    user_text: str = ""
    map_length: bool = False
    audio_first: bool = False
    sums: Mapping[str, str] = field(default_factory=dict)
    companion: str = ""
    is_companion_summed: bool = False


STYLES = {
    "cue2ddp": Style(
        pq_name="SD",
        pad=" ",
        start=" " * 8,
        sector_form="71",
        sums={"CHECKSUM.MD5": "{md5} *{name}\n", "CHECKSUM.TXT": "{name}={crc}\n"},
        companion="IMAGE.cue",
    ),
    "sonoris": Style(
        text_end=b"\0", user_text="Cut at noon", sums={"MD5-Checksum.md5": "{md5} *{name}\n"}
    ),
    "hofa": Style(
        text_track="  ",
        upc_digits=12,
        upc_everywhere=True,
        user_text="Cut at one",
        sums={"MD5_CHECKSUM.MD5": "{md5} *{name}\r\n"},
    ),
    "reaper": Style(isrc_twice=True),
    "ad": Style(
        start=" " * 8,
        sector_form="00",
        text_track="  ",
        lead_outs=1,
        map_length=True,
        audio_first=True,
        sums={"CHECKSUM.MD5": "{md5}  {name}\n"},
        companion="PQSHEET.TXT",
        is_companion_summed=True,
    ),
}


def write(
    folder: Path,
    style: str,
    *,
    tracks: Sequence[Track],
    sectors: int,
    texts: Texts | None = None,
    languages: Sequence[int] = (ENGLISH, JAPANESE),
    codes: Sequence[int] = (LATIN, MS_JIS),
    genre: int = 11,
    has_toc: bool = False,
    upc: str = "",
    master_id: str = "MOL-001",
    sound: bytes = b"",
) -> None:
    """Write a fileset of `sectors` sectors into a new folder.

    Block n of the texts is in language n and character code n. `sound` takes
    the place of the usual noise.
    """
    ways = STYLES[style]
    folder.mkdir(parents=True)
    names = {"pq": ways.pq_name, "audio": "IMAGE.DAT"}
    files = {ways.pq_name: pq_descriptor(ways, tracks=tracks, sectors=sectors, upc=upc)}
    files["IMAGE.DAT"] = sound or image(sectors)
    if texts:
        tocs = {0: toc_payload(tracks, sectors)} if has_toc else {}
        packs = [
            block_packs(at, texts[at], code=codes[at], genre=genre, toc=tocs.get(at, b""))
            for at in sorted(texts)
        ]
        whole = cd_text(packs, languages, codes, last=len(tracks))
        files[names.setdefault("text", "CDTEXT.BIN")] = whole + ways.text_end
    lengths = {kind: len(files[name]) for kind, name in names.items()} | {"audio": sectors}
    files["DDPMS"] = ddpms(ways, names, lengths=lengths, pregap=tracks[0].start)
    files["DDPID"] = ddpid(ways, upc=upc, master_id=master_id, map_bytes=len(files["DDPMS"]))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    write_beside(folder, ways, ["DDPID", "DDPMS", *names.values()])


def write_beside(folder: Path, style: Style, listed: Sequence[str]) -> None:
    """Write what stands beside a fileset: a sheet for people, and checksums of these files."""
    if style.companion:
        (folder / style.companion).write_bytes(b"A sheet for people.\n")
    covered = [*listed, style.companion] if style.is_companion_summed else listed
    for name, line in style.sums.items():
        write_sums(folder / name, covered, line)


def write_sums(path: Path, names: Sequence[str], line: str) -> None:
    """Write a checksum file of these files of its folder."""
    lines = ["[CRC32 Checksum]\n"] if "{crc}" in line else []
    for name in names:
        content = (path.parent / name).read_bytes()
        md5 = hashlib.md5(content).hexdigest()
        lines.append(line.format(name=name, md5=md5, crc=f"{zlib.crc32(content):08X}"))
    path.unlink(missing_ok=True)
    path.write_bytes("".join(lines).encode())


@cache
def image(sectors: int) -> bytes:
    """A pause of two seconds, then noise; the same each time."""
    noise = Random(1).randbytes(3 * SECTOR_BYTES + 4)
    size = (sectors - PAUSE_SECTORS) * SECTOR_BYTES
    return bytes(PAUSE_SECTORS * SECTOR_BYTES) + (noise * (size // len(noise) + 1))[:size]


def ddpid(style: Style, *, upc: str, master_id: str, map_bytes: int) -> bytes:
    """The record that identifies the master."""
    is_short = style.upc_digits == 12 and upc.startswith("0")
    code = upc[1:] if is_short else upc
    length = f"{map_bytes:8}" if style.map_length else ""
    start = f"DDP 2.00{code:13}{'':8}{length:8} {master_id:48} CD".ljust(94)
    text = f"{len(style.user_text):02}{style.user_text}" if style.user_text else ""
    return (start + text).ljust(128).encode()


def ddpms(
    style: Style, names: Mapping[str, str], *, lengths: Mapping[str, int], pregap: int
) -> bytes:
    """The map: one packet for each stream."""
    order = ("audio", "text", "pq") if style.audio_first else ("text", "pq", "audio")
    head = {
        "text": f"{'':8}CDTEXT  ".ljust(33) + style.text_track,
        "pq": f"{'':8}PQ DESCR".ljust(35),
        "audio": f"{style.start}{'':8}DA{style.sector_form}    {pregap:4}".ljust(35),
    }
    packets = (
        f"VVVM{'D0' if kind == 'audio' else 'S0'}{'':8}{lengths[kind]:{style.pad}>8}{head[kind]}"
        f"{'':14}{17:{style.pad}>3}{names[kind]:17}".ljust(128)
        for kind in order
        if kind in names
    )
    return "".join(packets).encode()


def pq_descriptor(style: Style, *, tracks: Sequence[Track], sectors: int, upc: str) -> bytes:
    """The table of tracks and indexes."""
    packets = [pq_packet("00", "00", 0, upc=upc)]
    every = upc if style.upc_everywhere else ""
    for number, track in enumerate(tracks, 1):
        points = [] if track.pregap is None else [(0, track.pregap)]
        points += enumerate((track.start, *track.indexes), 1)
        for at, (index, sector) in enumerate(points):
            has_isrc = at == 0 or (style.isrc_twice and index == 1)
            isrc = track.isrc if has_isrc else ""
            name, place = f"{number:02}", f"{index:02}"
            packets.append(
                pq_packet(name, place, sector, upc=every, isrc=isrc, control=track.control)
            )
    packets += [pq_packet("AA", "01", sectors, upc=every)] * style.lead_outs
    return b"".join(packets)


def pq_packet(
    track: str, index: str, sector: int, *, upc: str = "", isrc: str = "", control: str = "01"
) -> bytes:
    """One packet of the table of tracks."""
    time = f"{sector // 4500:02}{sector // 75 % 60:02}{sector % 75:02}"
    return f"VVVS{track}{index}  {time}{control}  {isrc:12}{upc:13}".ljust(64).encode()


def toc_payload(tracks: Sequence[Track], sectors: int) -> bytes:
    """The table of contents as CD-Text holds it."""
    times = [
        bytes((each // 4500, each // 75 % 60, each % 75))
        for each in (sectors, *(track.start for track in tracks))
    ]
    return bytes((1, len(tracks), 0)) + times[0] + bytes(6) + b"".join(times[1:])


def block_packs(
    block: int, texts: Mapping[int, Sequence[str]], *, code: int, genre: int, toc: bytes
) -> list[bytearray]:
    """The packs of one language without their numbers and sums."""
    contents = {kind: list(strings) for kind, strings in texts.items()}
    if toc:
        contents[0x88] = []
    packs: list[bytearray] = []
    for kind in sorted(contents):
        is_double = code == MS_JIS and kind <= 0x85
        cells = [encoded(each, is_double, kind) for each in contents[kind]]
        if kind == 0x88:
            cells = [toc]
        if kind == 0x87:
            cells[0] = genre.to_bytes(2, "big") + cells[0]
        packs += type_packs(kind, cells, block << 4 | is_double << 7)
    return packs


def encoded(text: str, is_double: bool, kind: int) -> bytes:
    """A string as CD-Text holds it, with its end."""
    if is_double:
        return (text * 2 if text == "\t" else text).encode("cp932") + b"\0\0"
    return text.encode("latin-1" if kind <= 0x85 else "ascii") + b"\0"


def type_packs(kind: int, cells: Sequence[bytes], marks: int) -> list[bytearray]:
    """The packs of one type: each says which string its first byte belongs to."""
    width = 2 if marks & 0x80 else 1
    payload = b"".join(cells)
    owners = [(track, at) for track, cell in enumerate(cells) for at in range(len(cell))]
    packs = []
    for start in range(0, len(payload), 12):
        track, before = owners[start]
        position = min(15, before // width)
        packs.append(bytearray([kind, track, 0, marks | position]))
        packs[-1] += payload[start : start + 12].ljust(12, b"\0")
    return packs


def cd_text(
    blocks: Sequence[Sequence[bytearray]],
    languages: Sequence[int],
    codes: Sequence[int],
    *,
    last: int,
) -> bytes:
    """All blocks, each with its size information, numbered and summed."""
    ends = bytes(len(packs) + 2 for packs in blocks).ljust(8, b"\0")
    spoken = bytes(languages[: len(blocks)]).ljust(8, b"\0")
    data = b""
    for block, packs in enumerate(blocks):
        counts = bytes(sum(pack[0] == kind for pack in packs) for kind in range(0x80, 0x8F))
        sizes = bytes((codes[block], 1, last, 0)) + counts + b"\3" + ends + spoken
        parts = [
            bytearray([0x8F, part, 0, block << 4]) + sizes[part * 12 : part * 12 + 12]
            for part in range(3)
        ]
        for sequence, pack in enumerate([*packs, *parts]):
            pack[2] = sequence
            data += summed(bytes(pack))
    return data


def summed(pack: bytes) -> bytes:
    """A pack of 16 bytes with its checksum."""
    return pack + (binascii.crc_hqx(pack, 0) ^ 0xFFFF).to_bytes(2, "big")


TRACKS = (
    Track(start=150, pregap=0, isrc="GBAYE2600001", control="21"),
    Track(start=525, pregap=475, indexes=(700, 760), isrc="GBAYE2600002"),
    Track(start=850, isrc="GBAYE2600003"),
)
SECTORS = 1200

ENGLISH_TEXTS = {
    0x80: ("Tidal Works", "Señor Ebb", "Flow and a rather long second name", "Slack Water"),
    0x81: ("The Moles", "The Moles", "\t", "Guest"),
    0x82: ("Anna Ström", "Anna Ström", "", "Bo"),
    0x86: ("MOL-001",),
    0x87: ("Folk of the coast",),
    0x8E: (UPC, "GBAYE2600001", "GBAYE2600002", "GBAYE2600003"),
}
JAPANESE_TEXTS = {
    0x80: ("潮の仕事", "引き潮", "とても長い二番目の曲の名前です", "静かな水"),
    0x81: ("もぐら", "もぐら", "\t", "客"),
}


def write_good(folder: Path, style: str = "cue2ddp") -> None:
    """Write three tracks of four seconds and more that have everything a fileset can hold."""
    texts = {0: ENGLISH_TEXTS, 1: JAPANESE_TEXTS}
    write(folder, style, tracks=TRACKS, sectors=SECTORS, texts=texts, upc=UPC)
