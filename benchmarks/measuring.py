"""How soon `albumbuild measure` has measured a song, against ffmpeg's meter on the same file.

    python benchmarks/measuring.py [FILE …]

Without a file it makes a song of 5 minutes, as WAV and as FLAC, at 44.1 and 48 kHz. Whole
processes, in turn; each figure is the median of 7 runs with a warm file cache: seconds of wall
clock, and of CPU. `ratio` is ffmpeg's wall clock over ours.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

RUNS = 7
SECONDS = 300
FFMPEG = ["ffmpeg", "-hide_banner", "-nostats", "-i"]
METER = ["-af", "ebur128=peak=true", "-f", "null", "-"]
ALBUMBUILD = [sys.executable, "-m", "albumbuild", "measure"]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(each) for each in sys.argv[1:]] or written(Path(name))
        print(json.dumps({path.name: compared(path) for path in paths}, indent=2))


def written(folder: Path) -> list[Path]:
    """A song of notes and noise that swells, 24 bits at 48 kHz and 16 at 44.1."""
    paths = []
    for rate_hz, subtype in ((48_000, "PCM_24"), (44_100, "PCM_16")):
        rng = np.random.default_rng(rate_hz)
        frames = SECONDS * rate_hz
        swell = np.interp(np.arange(frames), np.arange(0, frames, rate_hz), rng.random(SECONDS))
        turns = 2 * np.pi * 220 * np.arange(frames) / rate_hz
        tones = sum(np.sin(turns * k) / k for k in (1, 2, 3, 5))
        noise = rng.standard_normal((frames, 2)) * 0.05
        song = (noise + 0.15 * np.asarray(tones)[:, np.newaxis]) * swell[:, np.newaxis]
        for ending in ("wav", "flac"):
            paths.append(folder / f"song-{rate_hz}.{ending}")
            soundfile.write(paths[-1], song, rate_hz, subtype=subtype)
    return paths


def compared(path: Path) -> dict[str, object]:
    """The seconds of both on one file; runs take turns, so that both see the same machine."""
    commands = {
        "albumbuild": [*ALBUMBUILD, str(path)],
        "albumbuild --spectrum": [*ALBUMBUILD, "--spectrum", str(path)],
        "ffmpeg": [*FFMPEG, str(path), *METER],
    }
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in commands}
    for _ in range(RUNS + 1):
        for label, command in commands.items():
            times[label].append(timed(command))
    wall = {label: statistics.median(each[0] for each in runs[1:]) for label, runs in times.items()}
    cpu = {label: statistics.median(each[1] for each in runs[1:]) for label, runs in times.items()}
    return {
        "seconds": {label: round(each, 3) for label, each in wall.items()},
        "cpu_seconds": {label: round(each, 3) for label, each in cpu.items()},
        "ratio": round(wall["ffmpeg"] / wall["albumbuild"], 1),
        "ratio --spectrum": round(wall["ffmpeg"] / wall["albumbuild --spectrum"], 1),
        "cpu ratio": round(cpu["ffmpeg"] / cpu["albumbuild"], 1),
    }


def timed(command: list[str]) -> tuple[float, float]:
    """Wall clock and CPU of one run."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    cpu_s = after.children_user + after.children_system
    return time.perf_counter() - began, cpu_s - before.children_user - before.children_system


if __name__ == "__main__":
    main()
