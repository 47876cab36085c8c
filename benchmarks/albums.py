"""Albums to measure with: stems in sections of sound and silence, and their manifest.

    python benchmarks/albums.py FOLDER [--songs 6] [--stems 12] [--seconds 180] [--format wav]

48 kHz, stereo, 24 bit, made from a seed. Every stem is cut out of a few long sounds at places of
its own, and is digital silence for a third of its time, in whole sections, as real stems are.
Writes `session.json` too, the same album for programs that do not read our manifest.
"""

import argparse
import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from peers import chain
from peers.chain import RATE_HZ, Song, Stem

Sound = npt.NDArray[np.float64]
Packed = npt.NDArray[np.uint8]

SOUNDS, SOUND_S = 8, 40  # the long ones that stems are cut out of
SECTION_S = 8.0
SILENT = 1 / 3
MIX_PEAK = 1.6  # about how high the stems of a song add up: the limiter has work to do
FRAME_BYTES = 6

INSERTS = (
    f"{{eq: [{{type: highpass, freq_hz: {chain.HIGHPASS_HZ:g}, slope_db: 12}}, "
    f"{{type: bell, freq_hz: {chain.BELL_HZ:g}, gain_db: {chain.BELL_DB:g}, "
    f"q: {chain.BELL_Q:g}}}]}}",
    f"{{compressor: {{threshold_db: {chain.THRESHOLD_DB:g}, ratio: {chain.RATIO:g}, "
    f"attack_ms: {chain.ATTACK_MS:g}, release_ms: {chain.RELEASE_MS:g}}}}}",
)
RETURNS = (
    f"hall: {{inserts: [{{reverb: {{decay_s: {chain.DECAY_S:g}}}}}]}}",
    f"slap: {{inserts: [{{delay: {{time_ms: {chain.ECHO_MS:g}, "
    f"feedback_pct: {chain.FEEDBACK_PCT:g}}}}}]}}",
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is of an album."""

    songs: int = 6
    stems: int = 12
    seconds: float = 180.0
    format: str = "wav"
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a manifest says differently: the first stem's gain, the master's shelf, a gap."""

    fader_db: float = 0.0
    shelf_db: float = 0.0
    gap_s: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    add_sizes(parser)
    options = parser.parse_args()
    write_album(options.folder, size_of(options))


def add_sizes(parser: argparse.ArgumentParser, size: Size | None = None) -> None:
    """The options that `size_of` reads."""
    usual = size or Size()
    parser.add_argument("--songs", type=int, default=usual.songs)
    parser.add_argument("--stems", type=int, default=usual.stems, help="of each song")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of each stem")
    parser.add_argument("--format", choices=("wav", "flac"), default=usual.format)
    parser.add_argument("--seed", type=int, default=usual.seed)


def size_of(options: argparse.Namespace) -> Size:
    """What the options of `add_sizes` ask for."""
    return Size(
        songs=options.songs,
        stems=options.stems,
        seconds=options.seconds,
        format=options.format,
        seed=options.seed,
    )


def write_album(folder: Path, size: Size) -> None:
    """Stems, `album.yaml` and `session.json` of an album of that size."""
    sounds = long_sounds(size.seed)
    for number, song in enumerate(songs_of(size)):
        (folder / "stems" / song.name).mkdir(parents=True, exist_ok=True)
        for place, stem in enumerate(song.stems):
            random = np.random.default_rng((size.seed, number, place))
            write_stem(folder / stem.file, sections(sounds, size.seconds, random), size)
    write_manifest(folder, size)


def write_manifest(folder: Path, size: Size, edit: Edit | None = None) -> None:
    """The album's manifest, and the session that says the same."""
    edit = edit or Edit()
    songs = songs_of(size)
    first = songs[0].stems[0]
    moved = replace(first, gain_db=first.gain_db + edit.fader_db)
    songs[0] = replace(songs[0], stems=(moved, *songs[0].stems[1:]))
    (folder / "album.yaml").write_text("\n".join(manifest(songs, edit)) + "\n")
    (folder / "session.json").write_text(json.dumps([asdict(song) for song in songs], indent=1))


def songs_of(size: Size) -> list[Song]:
    """All songs with their strips: faders, pans and sends differ from stem to stem."""
    return [
        Song(
            name=f"song-{number + 1:02}",
            seconds=size.seconds,
            stems=tuple(
                Stem(
                    name=f"s{place + 1:02}",
                    file=f"stems/song-{number + 1:02}/{place + 1:02}.{size.format}",
                    gain_db=8.0 - place % 4,
                    pan=float((place * 37 + number * 11) % 121 - 60),
                    hall_db=-16.0 - place % 5,
                    slap_db=-20.0 - place % 3,
                )
                for place in range(size.stems)
            ),
        )
        for number in range(size.songs)
    ]


def manifest(songs: list[Song], edit: Edit) -> Iterator[str]:
    """The lines of `album.yaml`."""
    yield from ("title: Benchmark", "artist: Nobody", f"rate_hz: {RATE_HZ}")
    yield from ("presets:", "  strip:", *(f"    - {insert}" for insert in INSERTS), "songs:")
    for song in songs:
        yield from (f"  {song.name}:", f"    title: {song.name}", "    stems:")
        for stem in song.stems:
            yield f"      {stem.name}:"
            yield f"        file: {stem.file}"
            yield f"        gain_db: {stem.gain_db:g}"
            yield f"        pan: {stem.pan:g}"
            yield "        inserts: [{preset: strip}]"
            yield f"        sends: {{hall: {stem.hall_db:g}, slap: {stem.slap_db:g}}}"
        yield from ("    returns:", *(f"      {each}" for each in RETURNS))
    shelf_db = chain.SHELF_DB + edit.shelf_db
    shelf = f"{{type: lowshelf, freq_hz: {chain.SHELF_HZ:g}, gain_db: {shelf_db:g}}}"
    yield from ("master:", f"  inserts: [{{eq: [{shelf}]}}]")
    yield f"  loudness: {{mode: none, ceiling_dbtp: {chain.CEILING_DBTP:g}}}"
    yield from ("sequence:", f"  - {songs[0].name}")
    for place, song in enumerate(songs[1:]):
        gap_s = chain.GAP_S + (edit.gap_s if place == 0 else 0.0)
        yield f"  - {{song: {song.name}, gap_s: {gap_s:g}}}"
    yield from ("deliverables:", "  cd: {type: cd}")
    yield "  streaming: {type: streaming, format: flac, bit_depth: 24}"


def long_sounds(seed: int) -> list[Sound]:
    """A few sounds of other notes, beats and noise, each (frames, 2), within -1 … 1."""
    random = np.random.default_rng(seed)
    time_s = np.arange(SOUND_S * RATE_HZ) / RATE_HZ
    noise = random.standard_normal((len(time_s), 2)).clip(-3, 3) / 3
    sounds = []
    for number in range(SOUNDS):
        beat = np.exp(-(3.0 + number) * np.mod(time_s * (1.0 + 0.37 * number), 1.0))
        turns = 2 * np.pi * 55.0 * 1.5**number * time_s
        tone = (np.sin(turns) + np.sin(2 * turns) / 2 + np.sin(3 * turns) / 3) / 1.6
        part = 0.2 + 0.08 * number
        mixed = (1 - part) * tone[:, np.newaxis] + part * np.roll(noise, 7919 * number, axis=0)
        sounds.append(beat[:, np.newaxis] * mixed)
    return sounds


def sections(sounds: list[Sound], seconds: float, random: np.random.Generator) -> list[Sound]:
    """A stem: pieces of the long sounds, and silence a third of the time."""
    left = round(seconds * RATE_HZ)
    length = min(round(SECTION_S * RATE_HZ), -(-left // 3))
    count = -(-left // length)
    silent = set(random.permutation(count)[: round(count * SILENT)].tolist())
    pieces = []
    for number in range(count):
        frames = min(length, left - number * length)
        sound = sounds[random.integers(len(sounds))]
        first = random.integers(len(sound) - frames)
        pieces.append(sound[first : first + frames] * float(number not in silent))
    return pieces


def write_stem(path: Path, pieces: list[Sound], size: Size) -> None:
    """Such a stem as a file, as loud as leaves room for the others."""
    level = min(0.7, MIX_PEAK / size.stems**0.5)
    if size.format == "flac":
        import soundfile

        with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_24") as file:
            for piece in pieces:
                file.write(piece * level)
        return
    with path.open("wb") as out:
        out.write(wave_header(sum(len(piece) for piece in pieces)))
        for piece in pieces:
            out.write(packed(piece * level))


def packed(sound: Sound) -> Packed:
    """Samples as 24-bit little-endian whole numbers."""
    whole = np.rint(sound * (2**23 - 1)).astype("<i4")
    return np.ascontiguousarray(whole.view(np.uint8).reshape(*whole.shape, 4)[..., :3])


def wave_header(frames: int) -> bytes:
    """The head of a WAV of 24-bit stereo."""
    data = frames * FRAME_BYTES
    form = struct.pack("<HHIIHH", 1, 2, RATE_HZ, RATE_HZ * FRAME_BYTES, FRAME_BYTES, 24)
    return struct.pack(
        "<4sI4s4sI16s4sI", b"RIFF", 36 + data, b"WAVE", b"fmt ", 16, form, b"data", data
    )


if __name__ == "__main__":
    main()
