"""Accepts what has changed: `python -m tests.guard` rewrites golden.json.

A subject that sounds other under the same key is refused. The kernels are made from their
sources first, so that old ones are not listened to.
"""

import runpy
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from albumbuild.dsp import kernels
from tests.guard.golden import (
    GOLDEN,
    RAISE,
    accepted,
    faults,
    other_libraries,
    read_golden,
    write_golden,
)


def main() -> int:
    """0 when all is accepted, 1 when a subject is refused."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        use_fresh_kernels(Path(folder))
        return accept(GOLDEN, Path(folder))


def use_fresh_kernels(folder: Path) -> None:
    """Compile them; to be done before any module has taken hold of those installed."""
    compiling = Path(kernels.__file__).with_name("kernels") / "compile.py"
    library = runpy.run_path(str(compiling))["compile_library"](folder)
    kernels.library = kernels.load(library)


def accept(golden: Path, folder: Path) -> int:
    """Say what changed, and write down what may; the folder is for what subjects are fed with."""
    from tests.guard.subjects import records  # takes hold of the kernels

    kept = read_golden(golden)
    now = records(folder)
    keep, refused = accepted(now, kept)
    for name in sorted(now.keys() | kept.keys()):
        said = [fault.partition(":")[0] for fault in faults(now.get(name), kept.get(name))]
        if name in keep and name in kept:
            said += filter(None, [other_libraries(now[name], kept[name])])
        for each in said:
            print(f"{name}: {each}")
    write_golden(keep, golden)
    for name in refused:
        print(f"refused: {name}: {RAISE}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
