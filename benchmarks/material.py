"""Stems to measure with: a few sounds made from a seed, as long as a benchmark asks for."""

from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 48_000
CHUNK = 10 * RATE_HZ


def write_stems(folder: Path, *, stems: int, seconds: float) -> list[Path]:
    """Stereo 24-bit FLAC stems: noise bursts over a few partials, every stem its own."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index in range(stems):
        path = folder / f"stem-{index + 1:02}.flac"
        with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_24") as file:
            left = round(seconds * RATE_HZ)
            chunk = 0
            while left > 0:
                frames = min(left, CHUNK)
                file.write(_chunk(index, chunk, frames))
                left -= frames
                chunk += 1
        paths.append(path)
    return paths


def _chunk(index: int, chunk: int, frames: int) -> np.ndarray:
    random = np.random.default_rng((index, chunk))
    time_s = (np.arange(frames) + chunk * CHUNK) / RATE_HZ
    beat = np.exp(-8.0 * np.mod(time_s * (1.0 + 0.25 * index), 1.0))
    tone = sum(np.sin(2 * np.pi * 55.0 * (index + 1) * n * time_s) / n for n in (1, 2, 3))
    noise = random.standard_normal((frames, 2))
    return 0.1 * beat[:, None] * (tone[:, None] + 0.5 * noise)
