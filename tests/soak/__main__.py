"""Many rounds by hand: `python -m tests.soak edits|kill|interrupt|damage --count N --seed S`."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.damages import damage_rounds
from tests.soak.kills import interrupt_rounds, kill_rounds
from tests.soak.rounds import edit_rounds

WAYS = {
    "edits": edit_rounds,
    "kill": kill_rounds,
    "interrupt": interrupt_rounds,
    "damage": damage_rounds,
}


def main() -> int:
    """A line a round and a summary; 1 when a round went wrong, whose album is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    began, done, wrong = time.monotonic(), 0, 0
    for each in WAYS[options.way](folder, count=options.count, seed=options.seed):
        done += 1
        wrong += bool(each.wrong)
        mark = "WRONG" if each.wrong else "ok"
        print(f"{mark:5} {each.said}", *each.wrong.splitlines(), sep="\n      ", flush=True)
    seconds = time.monotonic() - began
    kept = f"; kept in {folder}" if wrong else ""
    print(f"{done} rounds of seed {options.seed} in {seconds:.0f} s, {wrong} wrong{kept}")
    if not wrong:
        shutil.rmtree(folder)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
