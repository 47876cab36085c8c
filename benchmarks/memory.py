"""Peak memory of a long song: 8 stems of 30 minutes, mixed, mastered and delivered.

python benchmarks/memory.py [--stems 8] [--minutes 30]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from albums import Size, write_album
from cost import cost_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stems", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        size = Size(songs=1, stems=options.stems, seconds=60 * options.minutes)
        write_album(Path(name), size)
        cost = cost_of([sys.executable, "-m", "albumbuild", "-C", name, "-q", "make"])
    print(f"{options.stems} stems of {options.minutes:g} minutes: peak {cost.peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
