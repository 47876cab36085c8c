"""What `verify` found, as text."""

from collections.abc import Iterator

from albumbuild.model.finding import Finding
from albumbuild.model.timeline import Disc, DiscTrack, msf_text


def tracks_text(disc: Disc) -> str:
    """The disc and a line for each of its tracks."""
    return "\n".join([*_facts(disc), *(_track_line(disc, track) for track in disc.tracks)])


def finding_text(finding: Finding) -> str:
    """One finding: rule, what, where and why."""
    lines = [f"  {finding.severity}[{finding.rule}]: {_shown(finding.what)}"]
    lines.append(f"   --> {_shown(finding.file)}{_place(finding)}")
    if finding.why:
        lines.append(f"    = why: {_shown(finding.why)}")
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    if finding.line is not None:
        return f":{finding.line}"
    return "" if finding.offset is None else f", byte {finding.offset} (0x{finding.offset:X})"


def _facts(disc: Disc) -> Iterator[str]:
    named = " - ".join(filter(None, (disc.performer, disc.title)))
    yield _shown(
        f"  {named or 'no title'}, UPC {disc.upc_13 or 'none'}, lead-out {msf_text(disc.sectors)}"
    )
    if disc.hidden_sectors:
        yield f"  {msf_text(disc.hidden_sectors)} before track 1, after the pause"


def _track_line(disc: Disc, track: DiscTrack) -> str:
    length = msf_text(disc.end_sector(track.number) - track.start_sector)
    pregap = (
        "" if track.pregap_sector is None else msf_text(track.start_sector - track.pregap_sector)
    )
    more = "".join(f"  index {at:02} {msf_text(mark)}" for at, mark in track.indexes() if at > 1)
    cells = f"{track.number:02}  {msf_text(track.start_sector)}  {length}  {pregap:8}"
    return _shown(f"  {cells}  {track.isrc_code:12}  {track.title}{more}").rstrip()


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
