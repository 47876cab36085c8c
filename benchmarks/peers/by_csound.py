"""An album by Csound: an orchestra and a score for each song, rendered as fast as it goes.

    python benchmarks/peers/by_csound.py ALBUM OUT [--jobs 2]

Blocks of 512 frames in double precision; `compress2` hears the louder channel, `reverbsc` is the
hall, `compress2` that looks ahead the limiter, of samples only. Csound knows neither resampling
of a file nor dither: sox makes the CD's samples and flac the FLAC, and both are counted.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import chain
from chain import Song, gain
from disc import write_disc

HALL_FEEDBACK = 0.86  # decays in about 1.8 s

ORCHESTRA = f"""
sr = {chain.RATE_HZ}
ksmps = 512
nchnls = 2
0dbfs = 1
gamix1 init 0
gamix2 init 0
gahall1 init 0
gahall2 init 0
gaslap1 init 0
gaslap2 init 0

instr strip
  a1, a2 diskin2 p4, 1
  a1 butterhp a1, {chain.HIGHPASS_HZ}
  a2 butterhp a2, {chain.HIGHPASS_HZ}
  a1 rbjeq a1, {chain.BELL_HZ}, ampdb({chain.BELL_DB}), {chain.BELL_Q}, 1, 8
  a2 rbjeq a2, {chain.BELL_HZ}, ampdb({chain.BELL_DB}), {chain.BELL_Q}, 1, 8
  akey max abs(a1), abs(a2)
  a1 compress2 a1, akey, -90, {chain.THRESHOLD_DB - 3}, {chain.THRESHOLD_DB + 3}, {chain.RATIO}, \
{chain.ATTACK_MS / 1000}, {chain.RELEASE_MS / 1000}, 0.0001
  a2 compress2 a2, akey, -90, {chain.THRESHOLD_DB - 3}, {chain.THRESHOLD_DB + 3}, {chain.RATIO}, \
{chain.ATTACK_MS / 1000}, {chain.RELEASE_MS / 1000}, 0.0001
  a1 *= p5
  a2 *= p6
  gamix1 += a1
  gamix2 += a2
  gahall1 += a1 * p7
  gahall2 += a2 * p7
  gaslap1 += a1 * p8
  gaslap2 += a2 * p8
endin

instr master
  ah1, ah2 reverbsc gahall1, gahall2, {HALL_FEEDBACK}, 8000
  as1 delayr {chain.ECHO_MS / 1000}
  delayw gaslap1 + as1 * {chain.FEEDBACK_PCT / 100}
  as2 delayr {chain.ECHO_MS / 1000}
  delayw gaslap2 + as2 * {chain.FEEDBACK_PCT / 100}
  a1 = gamix1 + ah1 + as1
  a2 = gamix2 + ah2 + as2
  Smix strget p4
  fout Smix, 16, a1, a2
  a1 rbjeq a1, {chain.SHELF_HZ}, ampdb({chain.SHELF_DB}), 0.7071, 1, 10
  a2 rbjeq a2, {chain.SHELF_HZ}, ampdb({chain.SHELF_DB}), 0.7071, 1, 10
  akey max abs(a1), abs(a2)
  a1 compress2 a1, akey, -90, {chain.CEILING_DBTP}, {chain.CEILING_DBTP}, 1000, 0.002, 0.05, 0.005
  a2 compress2 a2, akey, -90, {chain.CEILING_DBTP}, {chain.CEILING_DBTP}, 1000, 0.002, 0.05, 0.005
  outs limit(a1, -1, 1), limit(a2, -1, 1)
  clear gamix1, gamix2, gahall1, gahall2, gaslap1, gaslap2
endin
"""


def main() -> None:
    album, out, jobs = chain.arguments(__doc__)
    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(partial(render, album, out), chain.read_session(album)))
    write_disc(out / "cd.wav", parts)


def render(album: Path, out: Path, song: Song) -> Path:
    """Writes a song's mix and its FLAC; gives where its 16-bit samples are."""
    csd, master, part = (out / f"{song.name}.{ending}" for ending in ("csd", "24.wav", "raw"))
    score = "\n".join(score_of(album, out, song))
    csd.write_text(
        f"<CsoundSynthesizer>\n<CsInstruments>{ORCHESTRA}</CsInstruments>\n"
        f"<CsScore>\n{score}\n</CsScore>\n</CsoundSynthesizer>\n"
    )
    run("csound", "-d", "-m0", "-W", "-3", "-o", master, csd)
    run("flac", "-s", "-5", "-f", "-o", out / f"{song.name}.flac", master)
    raw = ("-t", "raw", "-e", "signed-integer", "-b", "16", part)
    run("sox", master, *raw, "rate", "-v", str(chain.CD_RATE_HZ), "dither")
    master.unlink()
    return part


def score_of(album: Path, out: Path, song: Song) -> Iterator[str]:
    """A strip a stem, and after them the master, which lasts until the hall has died away."""
    for stem in song.stems:
        left, right = (gain(stem.gain_db) * side for side in stem.balance)
        sends = f"{gain(stem.hall_db)} {gain(stem.slap_db)}"
        yield f'i "strip" 0 {song.seconds} "{album / stem.file}" {left} {right} {sends}'
    yield f'i "master" 0 {song.seconds + chain.TAIL_S} "{out / song.name}.wav"'


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
