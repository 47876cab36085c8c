"""The manifests of a guessed album, with comments that say what was guessed and why."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from albumbuild.commands.beginning.guessing import GuessedSong, GuessedStem
from albumbuild.formats.document import scalar_value
from albumbuild.model.song import ROOT

SHORTEST_TRACK_S = 4.0
LONGEST_CD_S = 79 * 60.0
MOST_TRACKS = 99
GAP_S = 2.0
SAME_LENGTH_S = 0.1

_PLAIN = re.compile(r"[\w./][\w ./&'+-]*(?<=[\w.])")


def song_text(song: GuessedSong, paths: Mapping[Path, str]) -> str:
    """The manifest of a song; `paths` are those of its files from the folder of the manifest."""
    lines = [
        "# yaml-language-server: $schema=../schemas/song.schema.json",
        "",
        f"title: {quoted(song.title)}",
        "# tempo: 120      # for notes (1/8.) and for places in bars",
        "# isrc: GBAYE2600001",
        "",
        "stems:            # guessed from the names of the files; faders at 0 dB",
        *(_stem_line(stem, song, paths) for stem in song.stems),
        *(f"  # left out: {_shown(sound.path.name)} ({why})" for sound, why in song.left_out),
    ]
    if song.buses:
        lines += ["", "buses:            # one fader for all that name it"]
        lines += [f"  {quoted(bus)}: {{gain_db: 0}}" for bus in song.buses]
    if any(stem.bus.startswith("vocals") for stem in song.stems):
        bus = next(stem.bus for stem in song.stems if stem.bus.startswith("vocals"))
        lines += ["", "versions:", f"  instrumental: {{mute: [{quoted(bus)}]}}"]
    return "\n".join(lines) + "\n"


def album_text(title: str, songs: list[GuessedSong]) -> str:
    """The manifest of the album."""
    lines = [
        "# yaml-language-server: $schema=schemas/album.schema.json",
        "# Guessed from the names of sound files: look it over, then `albumbuild make`.",
        "",
        "albumbuild: 1",
        f"title: {quoted(title)}",
        "artist: Unknown Artist",
        "# date: 2026-11-20",
        '# upc: "5012345678900"',
        "# cover: art/cover.png",
        *_rate_lines(songs),
        "",
        "songs:",
        *(f"  {quoted(song.name)}: songs/{song.name}.yaml" for song in songs),
        "",
        "master:",
        "  inserts: []       # - compressor: {threshold_db: -16, ratio: 1.5}",
        "  loudness: {target_lufs: -14, ceiling_dbtp: -1, mode: track}",
        "",
        "sequence:           # 2 s of silence before each, unless it says `gap_s` or `crossfade_s`",
        *(f"  - {quoted(song.name)}" for song in songs),
        "",
        "deliverables:",
        *_cd_lines(songs),
        "  streaming: {type: streaming, format: flac}",
        "  mixes: {type: mixes}",
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """The text as a YAML scalar that is read as this text, in quotes only where it needs them."""
    if _PLAIN.fullmatch(text) and scalar_value(text) == text:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _stem_line(stem: GuessedStem, song: GuessedSong, paths: Mapping[Path, str]) -> str:
    files = [quoted(paths[sound.path]) for sound in stem.sounds]
    fields = [f"file: {files[0]}" if len(files) == 1 else f"files: [{', '.join(files)}]"]
    if stem.bus != ROOT:
        fields.append(f"bus: {quoted(stem.bus)}")
    said = "; ".join(_remarks(stem, song))
    return f"  {quoted(stem.name)}: {{{', '.join(fields)}}}" + (f"  # {said}" if said else "")


def _remarks(stem: GuessedStem, song: GuessedSong) -> list[str]:
    """What is odd about a stem among those of its song."""
    said = []
    first = stem.sounds[0]
    rates = [sound.rate_hz for each in song.stems for sound in each.sounds]
    usual = max(song.rates_hz, key=rates.count)
    if first.rate_hz != usual:
        said.append(f"{first.rate_hz} Hz, the others {usual}")
    if len(song.stems) > 1 and song.seconds - stem.seconds > SAME_LENGTH_S:
        said.append(f"{stem.seconds:.1f} s of {song.seconds:.1f} s")
    if max(each.seconds for each in stem.sounds) - stem.seconds > SAME_LENGTH_S:
        said.append("the two differ in length: it ends with the shorter one")
    return said


def _rate_lines(songs: list[GuessedSong]) -> list[str]:
    rates = sorted({rate for song in songs for rate in song.rates_hz})
    if len(rates) < 2:
        return []
    named = ", ".join(map(str, rates[:-1])) + f" and {rates[-1]}"
    return [f"# rate_hz: {rates[-1]}    # the stems have {named} Hz; default: the highest"]


def _cd_lines(songs: list[GuessedSong]) -> list[str]:
    cd = "{type: cd}"
    total_s = sum(song.seconds for song in songs) + GAP_S * len(songs)
    short = next((song for song in songs if song.seconds < SHORTEST_TRACK_S), None)
    if short is not None:
        return [f"  # cd: {cd}      # no track may be under 4 s, and {short.name} is"]
    if total_s > LONGEST_CD_S or len(songs) > MOST_TRACKS:
        return [f"  # cd: {cd}      # {len(songs)} songs of {total_s / 60:.0f} min are too much"]
    return [f"  cd: {cd}"]


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
