"""How much sound a CPU second renders: a clean mix by albumbuild, and the same by pedalboard.

    pip install pedalboard && python benchmarks/clean_build.py [--stems 12] [--seconds 180]

Both read the same FLAC stems and give each an equaliser (high-pass and bell), a compressor, a
fader and a pan, send to one reverb and one delay, sum, and limit. pedalboard works in float32
with plain bilinear filters and per-channel compression, and does not measure loudness;
albumbuild works in float64 and digests every stem first. CPU seconds are user and system of
the whole process; the figure is stem-seconds a CPU second, and their ratio.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from material import RATE_HZ, write_stems

INSERTS = (
    "[{eq: [{type: highpass, freq_hz: 40, slope_db: 12}, "
    "{type: bell, freq_hz: 300, gain_db: -3, q: 1}]}, "
    "{compressor: {threshold_db: -24, ratio: 3, attack_ms: 10, release_ms: 120}}]"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stems", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--peer", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(Path(options.peer))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stems = write_stems(folder / "stems", stems=options.stems, seconds=options.seconds)
        (folder / "album.yaml").write_text(manifest(stems))
        sound = options.stems * options.seconds
        ours = measured([sys.executable, "-m", "albumbuild", "-C", name, "-q", "make", "master:*"])
        theirs = measured([sys.executable, __file__, "--peer", name])
        row = {
            "stem_seconds": sound,
            "albumbuild": {**ours, "stem_seconds_a_cpu_s": round(sound / ours["cpu_s"], 1)},
            "pedalboard": {**theirs, "stem_seconds_a_cpu_s": round(sound / theirs["cpu_s"], 1)},
            "cpu_ratio": round(ours["cpu_s"] / theirs["cpu_s"], 2),
            "wall_ratio": round(ours["wall_s"] / theirs["wall_s"], 2),
        }
        print(json.dumps(row, indent=2))


def manifest(stems: list[Path]) -> str:
    """An album of one song with those stems."""
    lines = ["title: Benchmark", "artist: Nobody", "songs:", "  song:", "    stems:"]
    for index, stem in enumerate(stems):
        pan = -60 + 120 * index // max(len(stems) - 1, 1)
        lines.append(
            f"      s{index}: {{file: stems/{stem.name}, gain_db: -6, pan: {pan}, "
            f"inserts: {INSERTS}, "
            "sends: {hall: -18, slap: -22}}"
        )
    lines += [
        "    returns:",
        "      hall: {inserts: [{reverb: {decay_s: 1.8}}]}",
        "      slap: {inserts: [{delay: {time_ms: 180, feedback_pct: 30}}]}",
        "master: {loudness: {mode: none, ceiling_dbtp: -1}}",
        "deliverables:",
        "  set: {type: streaming, format: wav}",
    ]
    return "\n".join(lines) + "\n"


def measured(command: list[str]) -> dict[str, float]:
    """CPU and wall seconds of a command, and its peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(command, check=True, env=os.environ)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": round(cpu, 2), "wall_s": round(wall, 2)}


def peer(folder: Path) -> None:
    """The same mix with pedalboard, block by block."""
    from contextlib import ExitStack

    import numpy as np
    from pedalboard import (
        Compressor,
        Delay,
        Gain,
        HighpassFilter,
        Limiter,
        PeakFilter,
        Pedalboard,
        Reverb,
    )
    from pedalboard.io import AudioFile

    paths = sorted((folder / "stems").glob("*.flac"))
    strips = [
        Pedalboard(
            [
                HighpassFilter(40),
                PeakFilter(300, -3, 1),
                Compressor(-24, 3, 10, 120),
                Gain(-6),
            ]
        )
        for _ in paths
    ]
    hall = Pedalboard([Reverb(room_size=0.6, wet_level=1.0, dry_level=0.0)])
    slap = Pedalboard([Delay(0.18, 0.3, 1.0)])
    limiter = Pedalboard([Limiter(-1.0, 100.0)])
    with ExitStack() as stack:
        files = [stack.enter_context(AudioFile(str(path))) for path in paths]
        out = stack.enter_context(
            AudioFile(str(folder / "peer.wav"), "w", RATE_HZ, 2, bit_depth=24)
        )
        while True:
            blocks = [file.read(32_768) for file in files]
            if not blocks[0].shape[1]:
                break
            total = np.zeros_like(blocks[0])
            for index, (strip, block) in enumerate(zip(strips, blocks, strict=True)):
                pan = -0.6 + 1.2 * index / max(len(paths) - 1, 1)
                gains = np.array([[min(1.0, 1.0 - pan)], [min(1.0, 1.0 + pan)]], dtype=np.float32)
                total += strip.process(block, RATE_HZ, reset=False) * gains
            wet = hall.process(total * 0.126, RATE_HZ, reset=False)
            wet += slap.process(total * 0.079, RATE_HZ, reset=False)
            out.write(limiter.process(total + wet, RATE_HZ, reset=False))


if __name__ == "__main__":
    main()
