"""Two short songs, note by note, and the stems that they give."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from albumbuild.commands.beginning import voices
from albumbuild.commands.beginning.voices import RATE_HZ, Notes, Voice, pitch_hz, played
from albumbuild.dsp.dither import quantise
from albumbuild.formats.wave import create_wave

KICK_HZ = 47.0
BITS = 16


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A song: chords of four beats each, and what is played over them.

    Keys are those of MIDI, times and lengths are beats. The figures of the kick and the hat
    are beats of a bar and repeat in each but the last, which rings out for `ring_beats`.
    """

    tempo: float
    chords: tuple[tuple[int, ...], ...]
    melody: tuple[tuple[float, float, int], ...]
    kick: tuple[float, ...]
    hat: tuple[float, ...]
    bass: tuple[tuple[float, float], ...]
    ring_beats: float


SCORES = {
    "lantern": Score(
        tempo=104,
        chords=((57, 60, 64, 67), (53, 57, 60, 64), (55, 60, 64), (55, 59, 62, 64)) * 2 + ((57,),),
        melody=(
            (0, 1.5, 76), (1.5, 1.5, 79), (3, 1, 81), (4, 2, 84), (6, 1, 83), (7, 1, 79),
            (8, 3, 76), (11, 1, 74), (12, 2, 74), (14, 1, 71), (15, 1, 74),
            (16, 1.5, 76), (17.5, 1.5, 79), (19, 1, 84), (20, 2, 86), (22, 1, 84), (23, 1, 81),
            (24, 3, 79), (27, 1, 76), (28, 2, 74), (30, 2, 71), (32, 4, 69),
        ),
        kick=(0, 1, 2, 3),
        hat=(0.5, 1.5, 2.5, 3.5, 3.75),
        bass=((0, 0.9), (1.5, 0.4), (2, 0.9), (3.5, 0.4)),
        ring_beats=4,
    ),
    "paper-boats": Score(
        tempo=84,
        chords=((55, 59, 62, 66), (52, 55, 59, 62), (48, 55, 59, 64), (50, 57, 60, 66), (55, 62)),
        melody=(
            (0, 2, 74), (2, 1, 78), (3, 1, 79), (4, 3, 83), (7, 1, 81),
            (8, 2, 79), (10, 1, 76), (11, 1, 74), (12, 2, 72), (14, 2, 69), (16, 4, 67),
        ),
        kick=(0, 2.5),
        hat=(1, 2, 3),
        bass=((0, 1.9), (2.5, 1.4)),
        ring_beats=4,
    ),
}  # fmt: skip


def stem_writers() -> dict[str, Callable[[Score, Path], None]]:
    """What writes each stem of a song to a path, as 16-bit WAV at 44.1 kHz."""
    return {
        "kick": _write_kick,
        "hat": _write_hat,
        "bass": _write_bass,
        "pad": _write_pad,
        "melody": _write_melody,
    }


def _write_kick(score: Score, path: Path) -> None:
    _write(path, score, [(voices.kick, _drum(score, score.kick, KICK_HZ))])


def _write_hat(score: Score, path: Path) -> None:
    _write(path, score, [(voices.hat, _drum(score, score.hat))])


def _write_bass(score: Score, path: Path) -> None:
    _write(path, score, [(voices.bass, _bass(score))])


def _write_pad(score: Score, path: Path) -> None:
    _write(path, score, [(voices.pad, _pad(score, side)) for side in (-1, 1)])


def _write_melody(score: Score, path: Path) -> None:
    _write(path, score, [(voices.bell, _melody(score))])


def _write(path: Path, score: Score, parts: list[tuple[Voice, Notes]]) -> None:
    """One channel for each part."""
    channels = [played(voice, notes, _seconds(score)) for voice, notes in parts]
    block = np.stack(channels, axis=1)
    steps = quantise(block, bits=BITS, dither="tpdf", first_frame=0, seed=0)
    with create_wave(path, rate_hz=RATE_HZ, channels=len(parts), sample="pcm16") as file:
        file.write(steps)


def _seconds(score: Score) -> float:
    return _beat_s(score) * ((len(score.chords) - 1) * 4 + score.ring_beats)


def _beat_s(score: Score) -> float:
    return 60.0 / score.tempo


def _drum(score: Score, beats: tuple[float, ...], freq_hz: float | None = None) -> Notes:
    """The figure in each bar but the last, where the first beat alone is struck.

    Without a frequency each stroke is another noise.
    """
    strokes = [4 * bar + beat for bar in range(len(score.chords) - 1) for beat in beats]
    strokes.append(4.0 * (len(score.chords) - 1) + beats[0])
    return [
        (beat * _beat_s(score), 0.5, freq_hz or 100.0 + number, 0.0 if beat % 1 == 0 else -3.0)
        for number, beat in enumerate(strokes)
    ]


def _bass(score: Score) -> Notes:
    notes = []
    for bar, chord in enumerate(score.chords):
        figure = score.bass if bar < len(score.chords) - 1 else ((0.0, score.ring_beats),)
        for beat, length in figure:
            start_s, length_s = ((4 * bar + beat) * _beat_s(score), length * _beat_s(score))
            notes.append((start_s, length_s, pitch_hz(chord[0] - 24 + _octave(chord[0])), 0.0))
    return notes


def _octave(key: int) -> int:
    """Twelve keys up for a root that would be lower than most speakers go."""
    return 12 if key < 53 else 0


def _pad(score: Score, side: int) -> Notes:
    """The chords; left and right are a few cents apart, which makes them wide."""
    notes = []
    for bar, chord in enumerate(score.chords):
        beats = 4.2 if bar < len(score.chords) - 1 else score.ring_beats
        for key in chord:
            start_s, length_s = (4 * bar * _beat_s(score), beats * _beat_s(score))
            notes.append((start_s, length_s, pitch_hz(key + 0.03 * side), 0.0))
    return notes


def _melody(score: Score) -> Notes:
    beat_s = _beat_s(score)
    return [
        (beat * beat_s, max(length * beat_s, 0.8), pitch_hz(key), -2.0 * (number % 2))
        for number, (beat, length, key) in enumerate(score.melody)
    ]
