"""An album by pedalboard: songs block by block, a process for each of so many at once.

    python benchmarks/peers/by_pedalboard.py ALBUM OUT [--jobs 2]

Less than ours: float32 with bilinear filters, a compressor for each channel alone, Freeverb, a
limiter of samples and not of what lies between them, resampling by a sinc of 32 points, no
loudness and no digests. Like ours it lets go of a stem while that is silent.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import chain
import numpy as np
import numpy.typing as npt
from chain import CD_RATE_HZ, RATE_HZ, Song, gain
from disc import write_disc
from pedalboard import (
    Compressor,
    Delay,
    HighpassFilter,
    Limiter,
    LowShelfFilter,
    PeakFilter,
    Pedalboard,
    Reverb,
)
from pedalboard.io import AudioFile, StreamResampler

Block = npt.NDArray[np.float32]

BLOCK = 32_768
ROOM = 0.64  # Freeverb's for a decay of 1.8 s


def main() -> None:
    album, out, jobs = chain.arguments(__doc__)
    songs = chain.read_session(album)
    with ProcessPoolExecutor(jobs) as pool:
        parts = list(pool.map(partial(render, album, out), songs))
    write_disc(out / "cd.wav", parts)


def render(album: Path, out: Path, song: Song) -> Path:
    """Writes a song's mix and its FLAC; gives where its 16-bit samples are."""
    part = out / f"{song.name}.raw"
    random = np.random.default_rng(1)
    shelf = LowShelfFilter(chain.SHELF_HZ, chain.SHELF_DB, 0.7071)
    master = Pedalboard([shelf, Limiter(chain.CEILING_DBTP, 50.0)])
    resampler = StreamResampler(RATE_HZ, CD_RATE_HZ, 2)
    with ExitStack() as stack:
        mix = stack.enter_context(
            AudioFile(str(out / f"{song.name}.wav"), "w", RATE_HZ, 2, bit_depth=32)
        )
        flac = stack.enter_context(
            AudioFile(str(out / f"{song.name}.flac"), "w", RATE_HZ, 2, bit_depth=24, quality=5)
        )
        cd = stack.enter_context(part.open("wb"))
        for block in mixed(album, song):
            mix.write(block)
            mastered = master.process(block, RATE_HZ, reset=False)
            flac.write(mastered)
            cd.write(dithered(resampler.process(mastered), random))
        cd.write(dithered(resampler.process(), random))
    return part


def mixed(album: Path, song: Song) -> Iterator[Block]:
    """The song's mix, (2, frames) at a time, until the hall has died away."""
    hall = Pedalboard([Reverb(room_size=ROOM, wet_level=0.33, dry_level=0.0)])
    slap = Pedalboard([Delay(chain.ECHO_MS / 1000, chain.FEEDBACK_PCT / 100, 1.0)])
    strips = [strip() for _ in song.stems]
    was_silent = [True] * len(strips)
    left = round((song.seconds + chain.TAIL_S) * RATE_HZ)
    with ExitStack() as stack:
        files = [stack.enter_context(AudioFile(str(album / each.file))) for each in song.stems]
        while left > 0:
            frames = min(BLOCK, left)
            left -= frames
            mix, to_hall, to_slap = (np.zeros((2, frames), np.float32) for _ in range(3))
            for place, stem in enumerate(song.stems):
                block = files[place].read(frames)
                is_silent = not block.any()
                if is_silent and was_silent[place]:
                    continue
                was_silent[place] = is_silent
                block = strips[place].process(block, RATE_HZ, reset=False)
                left_gain, right_gain = (gain(stem.gain_db) * side for side in stem.balance)
                block *= np.array([[left_gain], [right_gain]], np.float32)
                span = slice(block.shape[1])
                mix[:, span] += block
                to_hall[:, span] += np.float32(gain(stem.hall_db)) * block
                to_slap[:, span] += np.float32(gain(stem.slap_db)) * block
            mix += hall.process(to_hall, RATE_HZ, reset=False)
            mix += slap.process(to_slap, RATE_HZ, reset=False)
            yield mix


def strip() -> Pedalboard:
    """The inserts of a stem."""
    return Pedalboard(
        [
            HighpassFilter(chain.HIGHPASS_HZ),
            PeakFilter(chain.BELL_HZ, chain.BELL_DB, chain.BELL_Q),
            Compressor(chain.THRESHOLD_DB, chain.RATIO, chain.ATTACK_MS, chain.RELEASE_MS),
        ]
    )


def dithered(block: Block, random: np.random.Generator) -> bytes:
    """16-bit samples with triangular noise."""
    noise = random.random(block.shape, np.float32) - random.random(block.shape, np.float32)
    steps = np.rint(block * np.float32(32_768) + noise).clip(-32_768, 32_767)
    return steps.astype("<i2").T.tobytes()


if __name__ == "__main__":
    sys.exit(main())
