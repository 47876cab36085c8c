"""What a pressing plant's or another program's filesets look like, where they differ."""

from typing import Annotated, Literal

import msgspec

from albumbuild.model.units import Text

TIME = r"\d{2}:[0-5]\d:(?:[0-6]\d|7[0-4])"
"""Minutes, seconds and sectors, as `79:59:74`."""


class Plant(msgspec.Struct, frozen=True, kw_only=True):
    """One way to write a DDP fileset."""

    numbers: Annotated[Literal["zeros", "spaces"], Text("what lengths are filled up with")] = (
        "zeros"
    )
    audio_start: Annotated[Literal["zeros", "blank"], Text("DSS of the sound")] = "zeros"
    scrambling: Annotated[Literal[0, 1], Text("SCR of the sound")] = 0
    text_track: Annotated[Literal["zeros", "blank"], Text("TRK of the CD-Text")] = "zeros"
    pq_name: Annotated[str, Text("file name of the PQ descriptor")] = "PQDESCR"
    isrc_on: Annotated[Literal["first", "both"], Text("packets with the ISRC")] = "first"
    upc_on: Annotated[Literal["lead_in", "every"], Text("packets with the UPC")] = "lead_in"
    lead_outs: Annotated[Literal[1, 2], Text("packets of the lead-out")] = 2
    texts: Annotated[Literal["all", "basic"], Text("basic: titles, performers, songwriters")] = (
        "all"
    )
    text_end: Annotated[bool, Text("a zero byte after the CD-Text")] = False
    md5_name: Annotated[str, Text("file name of the MD5 sums")] = "CHECKSUM.MD5"
    md5_lines: Annotated[Literal["lf", "crlf"], Text("how their lines end")] = "lf"
    crc_name: Annotated[str, Text("file name of the CRC-32 sums; empty: none")] = "CHECKSUM.TXT"
    max_leadout: Annotated[str, Text("the latest lead-out", pattern=TIME)] = "79:59:74"
    source: Annotated[str, Text("where that was read")] = ""
    checked_on: Annotated[str, Text("when it was read")] = ""
