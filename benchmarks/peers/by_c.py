"""An album by one program in C that knows this chain and nothing else: what work costs at least.

    python benchmarks/peers/by_c.py ALBUM OUT [--jobs 2]

Compiles `monolith.c` for this very machine when it is not compiled yet (`--compile` does no
more); needs libFLAC, libsoxr and a C compiler. Reads WAV stems only.
"""

import os
import subprocess
import sys
from pathlib import Path

import chain
from chain import Song, gain

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "build" / "monolith"
FLAGS = ("-std=gnu11", "-O3", "-march=native", "-ffast-math", "-Wall")
LIBRARIES = ("-lFLAC", "-lsoxr", "-lm", "-lpthread")


def main() -> None:
    compile_program()
    if "--compile" in sys.argv:
        return
    album, out, jobs = chain.arguments(__doc__)
    session = out / "session.txt"
    songs = chain.read_session(album)
    lines = [f"{len(songs)}", *(line for song in songs for line in lines_of(song))]
    session.write_text("\n".join(lines) + "\n")
    os.execv(PROGRAM, [str(each) for each in (PROGRAM, album, out, session, jobs)])


def lines_of(song: Song) -> list[str]:
    """A song as the program reads it, with gains in place of levels."""
    frames = round((song.seconds + chain.TAIL_S) * chain.RATE_HZ)
    lines = [f"song {song.name} {frames} {len(song.stems)}"]
    for stem in song.stems:
        left, right = (gain(stem.gain_db) * side for side in stem.balance)
        sends = f"{gain(stem.hall_db):.17g} {gain(stem.slap_db):.17g}"
        lines.append(f"{stem.file} {left:.17g} {right:.17g} {sends}")
    return lines


def compile_program() -> None:
    """Compile what is newer than the program, with the chain's numbers."""
    sources = [HERE / "monolith.c", HERE / "chain.py", *(HERE / "monolith").glob("*.h")]
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > max(s.stat().st_mtime for s in sources):
        return
    PROGRAM.parent.mkdir(exist_ok=True)
    numbers = [
        f"-D{name}={value}"
        for name, value in vars(chain).items()
        if name.isupper() and isinstance(value, int | float)
    ]
    compiler = os.environ.get("CC", "cc")
    command = [compiler, *FLAGS, *numbers, str(sources[0]), "-o", str(PROGRAM), *LIBRARIES]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
