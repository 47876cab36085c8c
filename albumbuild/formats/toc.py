"""The TOC file of a disc, as cdrdao burns it."""

from contextlib import suppress

from albumbuild.formats.cdtext import (
    ARRANGER,
    CODES,
    COMPOSER,
    DISC_ID,
    MESSAGE,
    PERFORMER,
    SONGWRITER,
    TITLE,
    disc_texts,
    languages,
)
from albumbuild.formats.genres import language_code
from albumbuild.formats.latin import SpellingError, transliterate
from albumbuild.model.timeline import Disc, DiscTrack, msf_text

Block = tuple[int, dict[int, list[str]]]
"""The code of a language, and its texts by type."""

_NAMES = {
    TITLE: "TITLE",
    PERFORMER: "PERFORMER",
    SONGWRITER: "SONGWRITER",
    COMPOSER: "COMPOSER",
    ARRANGER: "ARRANGER",
    MESSAGE: "MESSAGE",
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
    blocks = _blocks(disc) if cd_text else []
    if blocks:
        codes = " ".join(f"{number} : {code}" for number, (code, _) in enumerate(blocks))
        lines += ["CD_TEXT {", f"  LANGUAGE_MAP {{ {codes} }}", *_text_lines(blocks, 0), "}", ""]
    for track in disc.tracks:
        lines += _track_lines(disc, track, wav_name, blocks)
    return "\n".join(lines)


def _track_lines(disc: Disc, track: DiscTrack, wav_name: str, blocks: list[Block]) -> list[str]:
    following = disc.tracks[track.number : track.number + 1]
    end = following[0].first_sector if following else disc.sectors
    first, start = track.first_sector, track.start_sector
    copy = "COPY" if track.copy == "permitted" else "NO COPY"
    pre = "PRE_EMPHASIS" if track.pre_emphasis else "NO PRE_EMPHASIS"
    lines = [f"// track {track.number}", "TRACK AUDIO", copy, pre, "TWO_CHANNEL_AUDIO"]
    if track.isrc:
        lines.append(f'ISRC "{track.isrc_code}"')
    if blocks:
        lines += ["CD_TEXT {", *_text_lines(blocks, track.number), "}"]
    lines.append(f'FILE "{wav_name}" {msf_text(first)} {msf_text(end - first)}')
    if start > first:
        lines.append(f"START {msf_text(start - first)}")
    return [*lines, *(f"INDEX {msf_text(sector - start)}" for sector in track.index_sectors), ""]


def _blocks(disc: Disc) -> list[Block]:
    """The texts of each language that ISO 8859-1 can spell; the file has no other letters."""
    found = []
    for language in languages(disc):
        with suppress(SpellingError):
            found.append((language_code(language), _texts(disc, language)))
    return found


def _texts(disc: Disc, language: str) -> dict[int, list[str]]:
    """cdrdao wants every type on the disc and on all tracks; a disc's id, all ISRCs too."""
    texts = {kind: column for kind, column in disc_texts(disc, language).items() if kind in _NAMES}
    if DISC_ID in texts and not (disc.upc_13 and all(track.isrc for track in disc.tracks)):
        del texts[DISC_ID]
    return {kind: [transliterate(text)[0] for text in column] for kind, column in texts.items()}


def _text_lines(blocks: list[Block], number: int) -> list[str]:
    lines = []
    for block, (_, texts) in enumerate(blocks):
        lines.append(f"  LANGUAGE {block} {{")
        for kind, column in texts.items():
            if number < len(column):
                name = "ISRC" if kind == CODES and number else _NAMES[kind]
                lines.append(f"    {name} {_quoted(column[number])}")
        lines.append("  }")
    return lines


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\134").replace('"', '\\"')
    return '"' + "".join(each if each.isascii() else f"\\{ord(each):03o}" for each in escaped) + '"'
