"""Compiles the kernels beside this file into one shared library; needs Python alone."""

import contextlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = {"darwin": "kernels.dylib", "win32": "kernels.dll"}.get(sys.platform, "kernels.so")
STRICT = ("-std=c11", "-O3", "-ffp-contract=off", "-fno-fast-math", "-fno-math-errno")
SHARED = ("-shared", "-fvisibility=hidden", *(() if sys.platform == "win32" else ("-fPIC",)))


def compile_library(
    into: Path = HERE, *, compiler: Sequence[str] | None = None, flags: Sequence[str] = ()
) -> Path:
    """The path of the library, made in the folder `into` in one stroke.

    Without a compiler the machine's own is taken, or zig's where there is none.
    `flags` come last, so they win over ours.

    Raises: RuntimeError with the compiler's words when it fails, or when there is none.
    """
    command = list(compiler or working_compiler() or zig_compiler() or ())
    if not command:
        raise RuntimeError("no C compiler found: install one, or `pip install ziglang`")
    sources = [str(path) for path in sorted(HERE.glob("*.c"))]
    with tempfile.TemporaryDirectory(dir=into) as folder:
        made = Path(folder) / LIBRARY
        run = [*command, *STRICT, *SHARED, *flags, *sources, "-o", str(made)]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{shlex.join(run)}\n{done.stderr}")
        made.replace(into / LIBRARY)
    return into / LIBRARY


def working_compiler() -> list[str] | None:
    """The first of `$CC`, cc, gcc and clang that really makes a shared library."""
    return next((each for each in _candidates() if compiles(each)), None)


def zig_compiler() -> list[str] | None:
    """The C compiler of the `ziglang` wheel, when it is installed."""
    if importlib.util.find_spec("ziglang") is None:
        return None
    return [sys.executable, "-m", "ziglang", "cc", "-fno-sanitize=all", "-s"]


def compiles(command: Sequence[str], *flags: str) -> bool:
    """Whether `command` turns a line of C into a shared library with these flags."""
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(OSError):
        source = Path(folder) / "line.c"
        source.write_text("#include <stdint.h>\nint64_t one(void) { return 1; }\n")
        run = [*command, *STRICT, *SHARED, *flags, str(source), "-o", str(Path(folder) / LIBRARY)]
        return subprocess.run(run, capture_output=True, check=False).returncode == 0
    return False


def _candidates() -> Iterator[list[str]]:
    if os.environ.get("CC"):
        yield shlex.split(os.environ["CC"])
    yield from ([name] for name in ("cc", "gcc", "clang") if shutil.which(name))


if __name__ == "__main__":
    print(compile_library())
