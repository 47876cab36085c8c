"""The cue sheet of a disc."""

from contextlib import suppress

from albumbuild.formats.latin import SpellingError, transliterate
from albumbuild.model.timeline import Copy, Disc, DiscTrack, msf_text

_COPY_FLAGS: dict[Copy, list[str]] = {"prohibited": [], "permitted": ["DCP"], "once": ["SCMS"]}


def cue_text(disc: Disc, wav_name: str, *, first_sector: int = 0) -> str:
    """A cue sheet over one WAV, which is the image from `first_sector` on.

    With the pause of track 1 in the file, from sector 0 on, it has the times of the image;
    duplicators' programs add the pause themselves and want the sound that follows it.
    Typographic characters become plain ones, which every burner shows. A double quote
    cannot be written in a cue sheet and becomes a single one.
    """
    lines = [f"REM GENRE {_quoted(disc.genre)}"] if disc.genre else []
    if disc.upc_13:
        lines.append(f"CATALOG {disc.upc_13}")
    lines += [f"TITLE {_quoted(disc.title)}", f"PERFORMER {_quoted(disc.performer)}"]
    lines.append(f'FILE "{wav_name}" WAVE')
    for track in disc.tracks:
        lines += _track_lines(track, disc.performer, first_sector)
    return "\n".join(lines) + "\n"


def _track_lines(track: DiscTrack, performer: str, first_sector: int) -> list[str]:
    lines = [f"  TRACK {track.number:02} AUDIO", f"    TITLE {_quoted(track.title)}"]
    lines.append(f"    PERFORMER {_quoted(track.performer or performer)}")
    if track.songwriter:
        lines.append(f"    SONGWRITER {_quoted(track.songwriter)}")
    for name, text in (
        ("COMPOSER", track.composer),
        ("ARRANGER", track.arranger),
        ("MESSAGE", track.message),
    ):
        if text:
            lines.append(f"    REM {name} {_quoted(text)}")
    if flags := _flags(track):
        lines.append(f"    FLAGS {flags}")
    if track.isrc:
        lines.append(f"    ISRC {track.isrc_code}")
    indexes = [(number, max(at - first_sector, 0)) for number, at in track.indexes()]
    if indexes[0] == (0, 0) and indexes[1] == (1, 0):
        del indexes[0]
    return lines + [f"    INDEX {number:02} {msf_text(at)}" for number, at in indexes]


def _flags(track: DiscTrack) -> str:
    pre = ["PRE"] if track.pre_emphasis else []
    return " ".join([*pre, *_COPY_FLAGS[track.copy]])


def _quoted(text: str) -> str:
    with suppress(SpellingError):
        text, _ = transliterate(text)
    return '"' + " ".join(text.replace('"', "'").split()) + '"'
