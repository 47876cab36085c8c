"""An independent checker of DDP 2.00 audio filesets: a second opinion on what is written and read.

It shares no line with the program that it judges.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.discs import oracle_pq, oracle_text
from tests.discs.oracle_fields import Fault, is_number, time_text, upc_of
from tests.discs.oracle_map import Stream, id_faults, map_faults, streams
from tests.discs.oracle_pq import PACKET, PAUSE_SECTORS, Packet, Track, packets, pq_faults
from tests.discs.oracle_sums import sums_faults
from tests.discs.oracle_text import Said, text_faults

__all__ = ["Fault", "Track", "faults", "genres", "texts", "tracks"]

SECTOR_BYTES = 2352
CD_TEXT_NAME = "CDTEXT.BIN"


def tracks(folder: Path) -> list[Track]:
    """The tracks of a good fileset."""
    return oracle_pq.table(streams_by_kind(folder)["pq"])


def texts(folder: Path) -> dict[int, dict[int, list[str]]]:
    """The strings of a good fileset by block and pack type; empty without CD-Text."""
    return oracle_text.texts(streams_by_kind(folder).get("text", b""))


def genres(folder: Path) -> dict[int, int]:
    """The genre code of each block of a good fileset."""
    return oracle_text.genres(streams_by_kind(folder).get("text", b""))


def streams_by_kind(folder: Path) -> dict[str, bytes]:
    """The content of the streams of a good fileset, without its sound."""
    found = streams((folder / "DDPMS").read_bytes())
    return {
        stream.kind: (folder / stream.name).read_bytes()
        for stream in found
        if stream.kind != "audio"
    }


def faults(folder: Path) -> list[Fault]:
    """Every rule that a fileset breaks; none for a good one. In the order of files and bytes."""
    files = {path.name: path for path in folder.iterdir() if path.is_file()}
    found = list(all_faults(files))
    return sorted(found, key=lambda fault: (fault.file, fault.offset or 0, fault.rule))


def all_faults(files: Mapping[str, Path]) -> Iterator[Fault]:
    """Every rule that the files of a folder break."""
    missing = [name for name in ("DDPID", "DDPMS") if name not in files]
    yield from (Fault(name, None, "missing", "there is no such file") for name in missing)
    id_data = files["DDPID"].read_bytes() if "DDPID" in files else b""
    map_data = files["DDPMS"].read_bytes() if "DDPMS" in files else b""
    found = streams(map_data)
    if "DDPID" in files:
        yield from id_faults(id_data, len(map_data))
    if "DDPMS" in files:
        yield from map_faults(map_data)
        yield from unnamed_faults(files, found)
    for stream in found:
        if stream.name not in files:
            what = f"there is no {stream.name}"
            yield Fault(stream.name, None, "missing", what)
            yield Fault("DDPMS", stream.at + 74, "missing", what)
    here = {stream.kind: stream for stream in reversed(found) if stream.name in files}
    yield from stream_faults(files, here, id_data)
    needed = {"DDPID", "DDPMS"} | {stream.name for stream in found if stream.name in files}
    yield from sums_faults(files, sorted(needed))


def unnamed_faults(files: Mapping[str, Path], found: list[Stream]) -> Iterator[Fault]:
    """Whether CD-Text stands in the folder that the map does not name."""
    if CD_TEXT_NAME in files and CD_TEXT_NAME not in {stream.name for stream in found}:
        yield Fault("DDPMS", None, "unnamed", f"no packet names {CD_TEXT_NAME}")


def stream_faults(
    files: Mapping[str, Path], here: Mapping[str, Stream], id_data: bytes
) -> Iterator[Fault]:
    """What is wrong in the streams, and between them."""
    pq_data = files[here["pq"].name].read_bytes() if "pq" in here else b""
    table = packets(pq_data)
    if "pq" in here:
        yield from pq_faults(here["pq"].name, pq_data)
        yield from length_faults(here["pq"], len(pq_data), PACKET)
        yield from upc_pair_faults(here["pq"].name, table, id_data)
    if "text" in here:
        text_data = files[here["text"].name].read_bytes()
        yield from length_faults(here["text"], len(text_data), 1)
        if "pq" in here:
            told = said(here["pq"].name, table, id_data)
            yield from text_faults(here["text"].name, text_data, told)
    if "audio" in here:
        yield from audio_faults(files[here["audio"].name], here, table)


def length_faults(stream: Stream, size: int, whole: int) -> Iterator[Fault]:
    """Whether a stream has the size that the map gives; a broken packet is the file's fault."""
    if stream.length == size:
        return
    what = f"{stream.name} has {size} bytes, DSL is {stream.length}"
    yield Fault(stream.name, None, "length", what)
    if size % whole == 0:
        yield Fault("DDPMS", stream.at + 14, "length", what)


def upc_pair_faults(pq_name: str, table: list[Packet], id_data: bytes) -> Iterator[Fault]:
    """Whether DDPID and the PQ descriptor have the same UPC."""
    in_id, in_pq = upc_of(id_data[8:21]), upc_of(table[0].upc) if table else ""
    if in_id != in_pq:
        what = f"UPC {in_id or 'none'} in DDPID, {in_pq or 'none'} in {pq_name}"
        yield Fault("DDPID", 8, "upc-pair", what)
        yield Fault(pq_name, 32, "upc-pair", what)


def said(pq_name: str, table: list[Packet], id_data: bytes) -> Said:
    """What CD-Text must agree with; the UPC is that of DDPID where the table has none."""
    starts: dict[int, int] = {}
    isrcs: dict[int, str] = {}
    places: dict[int, int] = {}
    lead_out = 0
    for packet in table:
        if packet.track == oracle_pq.LEAD_OUT:
            lead_out = packet.sector or 0
        elif is_number(packet.track) and packet.track != oracle_pq.LEAD_IN:
            number = int(packet.track)
            isrcs[number] = isrcs.get(number) or packet.isrc
            places.setdefault(number, packet.at + 20)
            if packet.index == "01":
                starts[number] = packet.sector or 0
    times = [time_bytes(sector) for sector in (lead_out, *starts.values())]
    toc = bytes((1, len(isrcs), 0)) + times[0] + bytes(6) + b"".join(times[1:])
    upc = upc_of(table[0].upc if table else b"") or upc_of(id_data[8:21])
    codes = (upc, *isrcs.values())
    return Said(pq_name, len(isrcs), codes, (32, *places.values()), toc)


def time_bytes(sector: int) -> bytes:
    """Minutes, seconds and frames of a sector, a byte each."""
    return bytes((sector // 4500 % 256, sector // 75 % 60, sector % 75))


def audio_faults(path: Path, here: Mapping[str, Stream], table: list[Packet]) -> Iterator[Fault]:
    """Whether the image is as long as map and lead-out say, and begins with silence.

    Of three lengths the odd one out is to blame.
    """
    stream = here["audio"]
    size = path.stat().st_size
    whole, odd = divmod(size, SECTOR_BYTES)
    outs = [packet for packet in table if packet.track == oracle_pq.LEAD_OUT]
    end = outs[0].sector if outs else None
    if odd:
        what = f"{size} bytes are not whole sectors"
        yield Fault(path.name, whole * SECTOR_BYTES, "image-size", what)
    elif whole != stream.length:
        what = f"{whole} sectors in {path.name}, DSL is {stream.length}"
        if end != stream.length:
            yield Fault("DDPMS", stream.at + 14, "length", what)
        if end != whole:
            yield Fault(path.name, min(whole, stream.length or 0) * SECTOR_BYTES, "length", what)
    if end is not None and end not in (whole, stream.length):
        what = f"lead-out at {time_text(end)}, DSL is {stream.length}"
        yield Fault(here["pq"].name, outs[0].at + 10, "lead-out", what)
    yield from pregap_faults(stream, table)
    with path.open("rb") as file:
        pause = file.read(PAUSE_SECTORS * SECTOR_BYTES)
    if pause.strip(b"\0"):
        first = len(pause) - len(pause.lstrip(b"\0"))
        yield Fault(path.name, first, "pause", "the first two seconds are not silent")


def pregap_faults(stream: Stream, table: list[Packet]) -> Iterator[Fault]:
    """Whether the map has the pregap of track 1 as it is in the table."""
    starts = [packet.sector for packet in table if (packet.track, packet.index) == ("01", "01")]
    if starts and starts[0] is not None and stream.pregap not in (None, starts[0]):
        what = f"PRE2 is {stream.pregap}, track 1 starts at sector {starts[0]}"
        yield Fault("DDPMS", stream.at + 46, "pregap", what)
