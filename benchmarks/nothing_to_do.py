"""How soon a build with nothing to do says so, against doit with a task for each stem.

    pip install doit && python benchmarks/nothing_to_do.py

Makes an album of 6 songs of 12 stems and one of 20 songs of 100 stems, builds both, lets them be
for a moment, and times `albumbuild make` as a whole process, and `albumbuild --help`. doit has one
task a stem that depends on its file, and nothing to do either. Each figure is the median of 7, in
seconds, with a warm file cache.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from albums import Size, write_album
from cost import QUIET_S

ALBUMBUILD = [sys.executable, "-m", "albumbuild"]
RUNS = 7
LIMITS_S = {"help": 0.1, "6 x 12 stems": 0.12, "2000 stems": 0.3}


def main() -> None:
    figures = {
        "interpreter": median_s([sys.executable, "-c", "pass"]),
        "help": median_s([*ALBUMBUILD, "--help"]),
    }
    with tempfile.TemporaryDirectory() as name:
        for label, songs, stems in (("6 x 12 stems", 6, 12), ("2000 stems", 20, 100)):
            folder = Path(name) / label.replace(" ", "-")
            write_album(folder, Size(songs=songs, stems=stems, seconds=2.0))
            make = [*ALBUMBUILD, "-C", str(folder), "make"]
            subprocess.run(make, check=True, capture_output=True)
            time.sleep(QUIET_S)
            said = subprocess.run(make, check=True, capture_output=True, text=True).stdout
            assert said.startswith("album is up to date"), said
            figures[label] = median_s(make)
            figures[f"doit, {label}"] = median_s(doit(folder))
    base = figures["interpreter"]
    rows = {
        label: {"seconds": round(each, 4), "interpreters": round(each / base, 1)}
        for label, each in figures.items()
    }
    print(json.dumps(rows, indent=2))
    late = [label for label, limit in LIMITS_S.items() if figures[label] > limit]
    if late:
        sys.exit(f"over the limit: {', '.join(late)}")


def doit(folder: Path) -> list[str]:
    """The command with which doit finds nothing to do, after it has done all once."""
    (folder / "dodo.py").write_text(
        "from pathlib import Path\n"
        "def task_stem():\n"
        "    for path in sorted(Path('stems').rglob('*.wav')):\n"
        "        yield {'name': str(path), 'file_dep': [str(path)], 'actions': ['true']}\n"
    )
    command = [sys.executable, "-m", "doit", "--dir", str(folder), "-f", str(folder / "dodo.py")]
    subprocess.run(command, check=True, capture_output=True)
    return command


def median_s(command: list[str]) -> float:
    """The median of the seconds that a command takes, after one that warms the file cache."""
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
