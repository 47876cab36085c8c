"""Five small instruments, made of sines and noise: the same bits on every machine."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.maths import db_to_gain, exp2, sin

Wave: TypeAlias = npt.NDArray[np.float64]
"""One channel of sound, (frames,)."""
Voice: TypeAlias = Callable[[float, float], Wave]
"""A note of that frequency in Hz and of that length in seconds."""
Notes: TypeAlias = list[tuple[float, float, float, float]]
"""What a voice plays: start and length in seconds, frequency in Hz, level in dB."""

RATE_HZ = 44_100
TURN = 6.283185307179586
HIGHEST_HZ = 9_000.0
RELEASE_S = 0.02


def kick(freq_hz: float, length_s: float) -> Wave:
    """A drum whose pitch falls to `freq_hz`, with a click in front."""
    time_s = _times(length_s)
    fall_s, ln2 = 0.035, 0.6931471805599453
    swept = 4.5 * freq_hz * fall_s / ln2 * (1.0 - exp2(-time_s / fall_s))
    body = sin(TURN * (freq_hz * time_s + swept)) * exp2(-time_s / 0.075)
    return 0.85 * body + 0.08 * _noise(len(time_s), seed=1) * exp2(-time_s / 0.003)


def hat(freq_hz: float, length_s: float) -> Wave:
    """A short cymbal: noise without its low end; the seed of the noise is `freq_hz`."""
    noise = _noise(len(_times(length_s)) + 2, seed=round(freq_hz))
    bright = noise[2:] - 2.0 * noise[1:-1] + noise[:-2]
    return 0.08 * bright * exp2(-_times(length_s) / 0.022)


def bass(freq_hz: float, length_s: float) -> Wave:
    """A round low note that gets darker as it rings."""
    time_s = _times(length_s)
    tone = np.zeros_like(time_s)
    for partial in range(1, 9):
        decay = exp2(-time_s * partial / 1.6)
        tone += sin(TURN * partial * freq_hz * time_s) * decay / (partial * partial**0.5)
    return 0.42 * tone * _envelope(time_s, length_s, attack_s=0.006)


def pad(freq_hz: float, length_s: float) -> Wave:
    """A soft held note of three players who are not quite in tune."""
    time_s = _times(length_s)
    tone = np.zeros_like(time_s)
    for player, detune in enumerate((0.9978, 1.0, 1.0025)):
        for partial in range(1, 8):
            hz = partial * freq_hz * detune
            if hz < HIGHEST_HZ:
                tone += sin(TURN * hz * time_s + 1.7 * player * partial) / partial**2
    return 0.055 * tone * _envelope(time_s, length_s, attack_s=0.35)


def bell(freq_hz: float, length_s: float) -> Wave:
    """A struck tine: bright at first, pure at last."""
    time_s = _times(length_s)
    tone = np.zeros_like(time_s)
    for ratio, level, half_s in ((1.0, 1.0, 0.5), (2.0, 0.35, 0.25), (4.01, 0.22, 0.09)):
        tone += level * sin(TURN * ratio * freq_hz * time_s) * exp2(-time_s / half_s)
    return 0.24 * tone * _envelope(time_s, length_s, attack_s=0.003)


def pitch_hz(key: float) -> float:
    """The frequency of a key of the piano as MIDI counts them: 69 is 440 Hz."""
    return 440.0 * exp2((key - 69.0) / 12.0)


def played(voice: Voice, notes: Notes, length_s: float) -> Wave:
    """Notes of one voice on a track of that length.

    What rings past the end of the track is cut off.
    """
    track = np.zeros(round(length_s * RATE_HZ))
    rung: dict[tuple[float, float], Wave] = {}
    for start_s, note_s, freq_hz, level_db in notes:
        if (freq_hz, note_s) not in rung:
            rung[freq_hz, note_s] = voice(freq_hz, note_s)
        at = round(start_s * RATE_HZ)
        note = rung[freq_hz, note_s][: max(len(track) - at, 0)]
        track[at : at + len(note)] += db_to_gain(level_db) * note
    return track


def _times(length_s: float) -> Wave:
    return np.arange(round(length_s * RATE_HZ), dtype=np.float64) / RATE_HZ


def _envelope(time_s: Wave, length_s: float, *, attack_s: float) -> Wave:
    """Up in a straight line, and down in a short one at the end."""
    release_s = min(max(RELEASE_S, attack_s), length_s / 2)
    return np.clip(time_s / attack_s, 0.0, 1.0) * np.clip((length_s - time_s) / release_s, 0.0, 1.0)


def _noise(frames: int, *, seed: int) -> Wave:
    """White noise from -1 to 1.

    Source: G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014 (SplitMix64).
    """
    state = np.arange(1, frames + 1, dtype=np.uint64) + np.uint64(seed << 32)
    state *= np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
