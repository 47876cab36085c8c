"""The TOC file of a disc, as cdrdao burns it."""

from albumbuild.formats.cdtext import (
    CODES,
    COMPOSER,
    DISC_ID,
    PERFORMER,
    SONGWRITER,
    TITLE,
    disc_texts,
    language_code,
)
from albumbuild.formats.latin import transliterate
from albumbuild.model.timeline import Disc, DiscTrack, msf_text

_NAMES = {
    TITLE: "TITLE",
    PERFORMER: "PERFORMER",
    SONGWRITER: "SONGWRITER",
    COMPOSER: "COMPOSER",
    DISC_ID: "DISC_ID",
    CODES: "UPC_EAN",
}


def toc_text(disc: Disc, wav_name: str, *, cd_text: bool = True) -> str:
    """A TOC file over one WAV, which is the whole image with the pause of track 1.

    It is ASCII: letters of ISO 8859-1 are written as octal escapes.

    Raises: SpellingError for a text that CD-Text cannot spell.
    """
    lines = ["CD_DA", ""]
    if disc.upc_13:
        lines.insert(1, f'CATALOG "{disc.upc_13}"')
    texts = _texts(disc) if cd_text else {}
    if texts:
        lines += ["CD_TEXT {", f"  LANGUAGE_MAP {{ 0 : {language_code(disc.language)} }}"]
        lines += [*_language_block(texts, 0), "}", ""]
    for track in disc.tracks:
        lines += _track_lines(disc, track, wav_name, texts)
    return "\n".join(lines)


def _track_lines(
    disc: Disc, track: DiscTrack, wav_name: str, texts: dict[int, list[str]]
) -> list[str]:
    following = disc.tracks[track.number : track.number + 1]
    end = following[0].first_sector if following else disc.sectors
    first, start = track.first_sector, track.start_sector
    lines = [f"// track {track.number}", "TRACK AUDIO", "NO COPY", "NO PRE_EMPHASIS"]
    lines.append("TWO_CHANNEL_AUDIO")
    if track.isrc:
        lines.append(f'ISRC "{track.isrc_code}"')
    if texts:
        lines += ["CD_TEXT {", *_language_block(texts, track.number), "}"]
    lines.append(f'FILE "{wav_name}" {msf_text(first)} {msf_text(end - first)}')
    if start > first:
        lines.append(f"START {msf_text(start - first)}")
    return [*lines, *(f"INDEX {msf_text(sector - start)}" for sector in track.index_sectors), ""]


def _texts(disc: Disc) -> dict[int, list[str]]:
    """cdrdao wants every type on the disc and on all tracks; a disc's id, all ISRCs too."""
    texts = {kind: column for kind, column in disc_texts(disc).items() if kind in _NAMES}
    if DISC_ID in texts and not (disc.upc_13 and all(track.isrc for track in disc.tracks)):
        del texts[DISC_ID]
    return texts


def _language_block(texts: dict[int, list[str]], number: int) -> list[str]:
    lines = ["  LANGUAGE 0 {"]
    for kind, column in texts.items():
        if number < len(column):
            name = "ISRC" if kind == CODES and number else _NAMES[kind]
            lines.append(f"    {name} {_quoted(column[number])}")
    return [*lines, "  }"]


def _quoted(text: str) -> str:
    spelled, _ = transliterate(text)
    escaped = spelled.replace("\\", "\\134").replace('"', '\\"')
    return '"' + "".join(each if each.isascii() else f"\\{ord(each):03o}" for each in escaped) + '"'
