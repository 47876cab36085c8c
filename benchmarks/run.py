"""Albums built by albumbuild and by its peers, in turns: medians and ratios of what they cost.

    python benchmarks/run.py [--case clean fader …] [--runs 5] [--peers c pedalboard …]

Cases: a `clean` build; then, of the album that is built, `nothing` to do and one edit each of a
`fader` by 1 dB, of the `master` and of a `gap`; `wide`: 2,000 short stems; `long`: 60 stems of
10 minutes, only when asked for. Peers build all of an album each time, as they know no other way.
A ratio is the cost of albumbuild over that of the peer: under 1 is less.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from albums import Edit, Size, add_sizes, size_of, write_album, write_manifest
from cost import QUIET_S, Contender, Cost, cost_of, interleaved, median

PEERS = Path(__file__).resolve().parent / "peers"
PEER_NAMES = ("c", "pedalboard", "csound", "ffmpeg")
OURS = "albumbuild"
WIDE = Size(songs=20, stems=100, seconds=2.0)
LONG = Size(songs=1, stems=60, seconds=600.0)

Rows = dict[str, list[Cost]]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """An album, and how it is built."""

    folder: Path
    size: Size
    runs: int
    jobs: int
    albumbuild: str
    python: str
    peers: tuple[str, ...]

    @property
    def album(self) -> Path:
        return self.folder / "album"

    def ours(self, *words: str) -> list[str]:
        """An albumbuild command on the album."""
        return [self.albumbuild, "-C", str(self.album), "-q", *words]

    def make(self) -> list[str]:
        return self.ours("make", "-j", str(self.jobs))

    def contenders(self) -> list[Contender]:
        """Each peer, into a folder that is empty."""
        return [
            Contender(name=name, command=self.peer(name), prepare=lambda _: self.forget("out"))
            for name in self.peers
        ]

    def peer(self, name: str) -> list[str]:
        python = self.python if name == "pedalboard" else sys.executable
        script, out = str(PEERS / f"by_{name}.py"), str(self.folder / "out")
        return [python, script, str(self.album), out, "--jobs", str(self.jobs)]

    def forget(self, *names: str) -> None:
        for name in names:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def edit(self, edit: Edit) -> None:
        write_manifest(self.album, self.size, edit)


def main() -> None:
    options = arguments()
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        bench = Bench(
            folder=Path(name),
            size=size_of(options),
            runs=options.runs,
            jobs=options.jobs,
            albumbuild=options.albumbuild,
            python=options.peer_python,
            peers=tuple(options.peers),
        )
        if "c" in bench.peers:
            subprocess.run([sys.executable, str(PEERS / "by_c.py"), "--compile"], check=True)
        for case, cases in grouped(options.case).items():
            sized = replace(bench, size={"wide": WIDE, "long": LONG}.get(case, bench.size))
            write_album(sized.album, sized.size)
            for label, rows in measured(sized, cases).items():
                print_table(label, sized, rows)
                report[label] = as_json(sized, rows)
            bench.forget("album", "out")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    beside = Path(sys.executable).with_name("albumbuild")
    usual = [*EDITS, "wide"]
    parser.add_argument("--case", nargs="+", choices=[*EDITS, "wide", "long"], default=usual)
    parser.add_argument("--peers", nargs="*", choices=PEER_NAMES, default=list(PEER_NAMES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2, help="songs or steps at once")
    parser.add_argument("--albumbuild", default=str(beside), help="the program")
    parser.add_argument("--peer-python", default=sys.executable, help="one that has pedalboard")
    parser.add_argument("--folder", type=Path, help="where albums are written; default: /tmp")
    parser.add_argument("--json", type=Path, metavar="FILE")
    add_sizes(parser)
    return parser.parse_args()


def grouped(cases: list[str]) -> dict[str, list[str]]:
    """The cases by the album that they need; one album serves all of `EDITS`."""
    groups: dict[str, list[str]] = {}
    for case in cases:
        groups.setdefault("album" if case in EDITS else case, []).append(case)
    return groups


def measured(bench: Bench, cases: list[str]) -> dict[str, Rows]:
    """The costs of each case on the album that stands there."""
    if cases[0] in EDITS:
        return {case: EDITS[case](bench) for case in EDITS if case in cases}
    kinds = [clean, nothing, fader, plan] if cases == ["wide"] else [clean]
    return {f"{cases[0]}, {kind.__name__}": kind(bench) for kind in kinds}


def clean(bench: Bench) -> Rows:
    """All of it, from nothing but the stems."""
    store = ("album/.albumbuild", "album/build")
    ours = Contender(name=OURS, command=bench.make(), prepare=lambda _: bench.forget(*store))
    return interleaved([ours, *bench.contenders()], bench.runs)


def nothing(bench: Bench) -> Rows:
    """A build when all is built; beside it, an interpreter that does nothing."""
    built(bench)
    bare = Contender(name="python -c pass", command=[sys.executable, "-c", "pass"])
    return interleaved([Contender(name=OURS, command=bench.make()), bare], bench.runs)


def plan(bench: Bench) -> Rows:
    """What a fader's edit would do, told and not done."""
    built(bench)
    bench.edit(Edit(fader_db=-0.5))
    return interleaved([Contender(name=OURS, command=bench.ours("plan"))], bench.runs)


def fader(bench: Bench) -> Rows:
    return edited(bench, lambda run: Edit(fader_db=-1.0 - run))


def master(bench: Bench) -> Rows:
    return edited(bench, lambda run: Edit(shelf_db=0.1 + 0.1 * run))


def gap(bench: Bench) -> Rows:
    return edited(bench, lambda run: Edit(gap_s=0.5 + 0.5 * run))


def edited(bench: Bench, edit: Callable[[int], Edit]) -> Rows:
    """A build after an edit, each run another one, so that no result is known already."""
    built(bench)
    ours = Contender(name=OURS, command=bench.make(), prepare=lambda run: bench.edit(edit(run)))
    rows = interleaved([ours], bench.runs)
    bench.edit(Edit())
    return rows


def built(bench: Bench) -> None:
    """Brings the album to where nothing is left to do, and lets it rest."""
    cost_of(bench.make())
    time.sleep(QUIET_S)
    cost_of(bench.make())


EDITS: dict[str, Callable[[Bench], Rows]] = {
    "clean": clean,
    "nothing": nothing,
    "fader": fader,
    "master": master,
    "gap": gap,
}
"""Cases on one album, in the order that they are measured."""


def print_table(label: str, bench: Bench, rows: Rows) -> None:
    size = bench.size
    print(f"\n{label}: {size.songs} songs × {size.stems} stems × {size.seconds:g} s\n")
    print("| | CPU s | wall s | peak MB | CPU ratio | wall ratio | memory ratio |")
    print("|---|---|---|---|---|---|---|")
    ours = median(rows[OURS])
    for name, costs in rows.items():
        cost = median(costs)
        ratios = (
            ours.cpu_s / cost.cpu_s,
            ours.wall_s / cost.wall_s,
            ours.peak_mb / cost.peak_mb,
        )
        figures = f"{cost.cpu_s:.2f} | {cost.wall_s:.2f} | {cost.peak_mb:.0f}"
        print(f"| {name} | {figures} | {' | '.join(f'{each:.2f}' for each in ratios)} |")
    sys.stdout.flush()


def as_json(bench: Bench, rows: Rows) -> dict[str, Any]:
    return {
        "size": asdict(bench.size),
        "medians": {name: asdict(median(costs)) for name, costs in rows.items()},
        "runs": {name: [asdict(each) for each in costs] for name, costs in rows.items()},
    }


if __name__ == "__main__":
    main()
