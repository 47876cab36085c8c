"""The cue sheet of a disc."""

from contextlib import suppress

from albumbuild.formats.latin import SpellingError, transliterate
from albumbuild.model.timeline import Disc, DiscTrack, msf_text


def cue_text(disc: Disc, wav_name: str) -> str:
    """A cue sheet over one WAV, which is the whole image with the pause of track 1.

    Typographic characters become plain ones, which every burner shows. A double quote
    cannot be written in a cue sheet and becomes a single one.
    """
    lines = [f"REM GENRE {_quoted(disc.genre)}"] if disc.genre else []
    if disc.upc_13:
        lines.append(f"CATALOG {disc.upc_13}")
    lines += [f"TITLE {_quoted(disc.title)}", f"PERFORMER {_quoted(disc.performer)}"]
    lines.append(f'FILE "{wav_name}" WAVE')
    for track in disc.tracks:
        lines += _track_lines(track, disc.performer)
    return "\n".join(lines) + "\n"


def _track_lines(track: DiscTrack, performer: str) -> list[str]:
    lines = [f"  TRACK {track.number:02} AUDIO", f"    TITLE {_quoted(track.title)}"]
    lines.append(f"    PERFORMER {_quoted(track.performer or performer)}")
    if track.songwriter:
        lines.append(f"    SONGWRITER {_quoted(track.songwriter)}")
    if track.composer:
        lines.append(f"    REM COMPOSER {_quoted(track.composer)}")
    if track.isrc:
        lines.append(f"    ISRC {track.isrc_code}")
    return lines + [f"    INDEX {number:02} {msf_text(at)}" for number, at in track.indexes()]


def _quoted(text: str) -> str:
    with suppress(SpellingError):
        text, _ = transliterate(text)
    return '"' + " ".join(text.replace('"', "'").split()) + '"'
