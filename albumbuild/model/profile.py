"""What a service, a plant or a distributor asks for."""

from typing import Annotated, ClassVar, Literal

import msgspec

from albumbuild.model.codec import CodecName
from albumbuild.model.units import Dbtp, Lufs, Number, Seconds, Text

Rate = Annotated[int, Number(8_000, 384_000, "frames a second")]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a value was found, and how far it is trusted."""

    source: Annotated[str, Text("where it was read")] = ""
    checked_on: Annotated[str, Text("when it was read, as 2026-11-20")] = ""
    confidence: Annotated[
        Literal["read", "excerpt", "secondary", "unconfirmed"], Text("how well it is known")
    ] = "unconfirmed"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one profile; what is not set is not asked for.

    A value may be written with its evidence, as `{value: -14, source: …, checked_on: …}`.
    """

    with_evidence: ClassVar[bool] = True

    kind: Annotated[Literal["service", "distributor", "plant"], Text("who asks")] = "service"
    target_lufs: Annotated[float, Lufs(-40, 0, "loudness it plays at")] | None = None
    ceiling_dbtp: Annotated[float, Dbtp(-20, 0, "true peak it asks for")] | None = None
    album_as_one: Annotated[
        bool, Text("whether an album that is played as one gets one gain, by its loudness")
    ] = False
    turns_up: Annotated[bool, Text("whether it turns quiet sound up, as far as peaks allow")] = True
    formats: Annotated[
        tuple[Literal["wav", "aiff", "flac", "mp3", "ogg", "opus", "aac", "alac"], ...],
        Text("file formats it takes, the best first; none: any"),
    ] = ()
    bit_depths: Annotated[
        tuple[Literal[16, 24, 32], ...], Text("bits a sample it takes, the best first; none: any")
    ] = ()
    rates_hz: Annotated[tuple[Rate, ...], Text("rates it takes, the best first; none: any")] = ()
    min_rate_hz: Annotated[int, Number(8_000, 192_000, "the least frames a second")] | None = None
    channels: Annotated[int, Number(1, 2, "channels of a file")] | None = None
    names: Annotated[Literal["any", "ascii"], Text("characters of file names")] = "any"
    tags: Annotated[bool, Text("whether tags may stand in the files")] = True
    cover_min_px: Annotated[int, Number(1, 20_000, "the least side of the cover")] | None = None
    cover_px: Annotated[int, Number(100, 20_000, "the cover's side, made smaller to that")] | (
        None
    ) = None
    cover_formats: Annotated[
        tuple[Literal["jpeg", "png"], ...], Text("pictures it takes, the best first; none: any")
    ] = ()
    cover_srgb: Annotated[bool, Text("whether the cover is plain sRGB without a profile")] = False
    cover_square: Annotated[bool, Text("whether the cover must be square")] = False
    max_silence_s: Annotated[float, Seconds(0, 60, "at a track's start or end")] | None = None
    min_track_s: Annotated[float, Seconds(0, 600, "the shortest track")] | None = None
    codecs: Annotated[tuple[CodecName, ...], Text("what its listeners hear, as ogg-160")] = ()
    evidence: Annotated[dict[str, Evidence], Text("where each value was found")] = {}
