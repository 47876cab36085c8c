"""An album by ffmpeg: a filter graph for each song, from its stems to the samples of its CD.

    python benchmarks/peers/by_ffmpeg.py ALBUM OUT [--jobs 2]

Single precision. The hall is `afir` with decaying noise of 1.8 s, the slap four echoes of `aecho`,
the limiter `alimiter`, which looks ahead but not between samples; soxr resamples, with dither.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import chain
from chain import Song, Stem, gain
from disc import write_disc

FFMPEG = (
    "ffmpeg",
    "-v",
    "error",
    "-y",
    "-nostdin",
    "-threads",
    "1",
    "-filter_complex_threads",
    "1",
)
NOISE = 0.022  # so that a steady sound keeps its level
FALL = 6.9078 / chain.DECAY_S  # nepers a second: 60 dB

STRIP = (
    f"aformat=fltp,highpass=f={chain.HIGHPASS_HZ}:p=2,"
    f"equalizer=f={chain.BELL_HZ}:t=q:w={chain.BELL_Q}:g={chain.BELL_DB},"
    f"acompressor=threshold={gain(chain.THRESHOLD_DB):.6f}:ratio={chain.RATIO}:"
    f"attack={chain.ATTACK_MS}:release={chain.RELEASE_MS}:knee=2:link=maximum:detection=peak"
)
ECHOES = [(chain.ECHO_MS * n, (chain.FEEDBACK_PCT / 100) ** n) for n in (1, 2, 3)]
SLAP = (
    f"adelay={chain.ECHO_MS}:all=1,aecho=1:1:{'|'.join(f'{ms:g}' for ms, _ in ECHOES)}:"
    f"{'|'.join(f'{level:g}' for _, level in ECHOES)}"
)
MASTER = (
    f"lowshelf=f={chain.SHELF_HZ}:t=q:w=0.7071:g={chain.SHELF_DB},"
    f"alimiter=limit={gain(chain.CEILING_DBTP):.6f}:attack=5:release=50:level=0:latency=1"
)
CD = f"aresample={chain.CD_RATE_HZ}:resampler=soxr:precision=28:dither_method=triangular:osf=s16"


def main() -> None:
    album, out, jobs = chain.arguments(__doc__)
    write_impulse(out / "hall.wav")
    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(partial(render, album, out), chain.read_session(album)))
    write_disc(out / "cd.wav", parts)


def write_impulse(path: Path) -> None:
    """Noise that falls by 60 dB in the hall's decay, another one on either side."""
    sides = [f"anoisesrc=d={chain.DECAY_S}:r={chain.RATE_HZ}:a={NOISE}:seed={n}" for n in (1, 2)]
    graph = f"{sides[0]}[l];{sides[1]}[r];[l][r]amerge,volume='exp(-{FALL:.4f}*t)':eval=frame"
    output = ("-filter_complex", graph, "-c:a", "pcm_f32le", str(path))
    subprocess.run([*FFMPEG, *output], check=True)


def render(album: Path, out: Path, song: Song) -> Path:
    """Writes a song's mix and its FLAC; gives where its 16-bit samples are."""
    part = out / f"{song.name}.raw"
    files = [*(album / stem.file for stem in song.stems), out / "hall.wav"]
    inputs = [word for path in files for word in ("-i", str(path))]
    graph = ";".join(graph_of(song))
    mix = ("-map", "[mix]", "-c:a", "pcm_f32le", str(out / f"{song.name}.wav"))
    flac = ("-map", "[wide]", "-c:a", "flac", "-compression_level", "5", "-sample_fmt", "s32")
    disc = ("-map", "[cd]", "-f", "s16le", str(part))
    name = str(out / f"{song.name}.flac")
    subprocess.run(
        [*FFMPEG, *inputs, "-filter_complex", graph, *mix, *flac, name, *disc], check=True
    )
    return part


def graph_of(song: Song) -> Iterator[str]:
    """The chains of a graph: strips, the three sums, the returns, the mix and what follows."""
    count = len(song.stems)
    for number, stem in enumerate(song.stems):
        yield f"[{number}:a]{STRIP},{placed(stem)},asplit=3[m{number}][h{number}x][s{number}x]"
        yield f"[h{number}x]volume={gain(stem.hall_db):.6f}[h{number}]"
        yield f"[s{number}x]volume={gain(stem.slap_db):.6f}[s{number}]"
    for bus in "mhs":
        ends = "".join(f"[{bus}{number}]" for number in range(count))
        yield f"{ends}amix=inputs={count}:normalize=0,apad=pad_dur={chain.TAIL_S}[{bus}]"
    yield f"[h][{count}:a]afir=gtype=none[hall]"
    yield f"[s]{SLAP}[slap]"
    yield "[m][hall][slap]amix=inputs=3:normalize=0:duration=first,asplit=2[mix][premaster]"
    yield f"[premaster]{MASTER},asplit=2[wide][narrow]"
    yield f"[narrow]{CD}[cd]"


def placed(stem: Stem) -> str:
    """Fader and balance."""
    left, right = (gain(stem.gain_db) * side for side in stem.balance)
    return f"pan=stereo|c0={left:.6f}*c0|c1={right:.6f}*c1"


if __name__ == "__main__":
    sys.exit(main())
