"""Peak memory of a long song: 8 stems of 30 minutes, mixed, mastered and delivered.

python benchmarks/memory.py [--stems 8] [--minutes 30]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from clean_build import manifest
from material import write_stems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stems", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stems = write_stems(folder / "stems", stems=options.stems, seconds=60 * options.minutes)
        (folder / "album.yaml").write_text(manifest(stems))
        subprocess.run([sys.executable, "-m", "albumbuild", "-C", name, "-q", "make"], check=True)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{options.stems} stems of {options.minutes:g} minutes: peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
