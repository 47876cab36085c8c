"""The process `albumbuild`: it ends with the exit code, however late an interrupt comes."""

import io
import os
import signal
import sys

TYPE_CHECKING = False  # without `typing`, which takes its time
if TYPE_CHECKING:
    from typing import TextIO


def start() -> int:
    """Run what was typed; the exit code of the process.

    Once it is known, an interrupt finds nothing more to stop.
    """
    try:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # we have threads of our own
        _open_streams()
        from albumbuild.cli import main

        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Stream(io.TextIOWrapper):
    """A stream that outlives its reader: what nobody can read any more goes nowhere.

    Where a disk refuses results, that is raised, once.
    """

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._let_go(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._let_go(error)

    def _let_go(self, error: OSError) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if self.fileno() == 1 and not isinstance(error, ConnectionError):
            raise error


def _open_streams() -> None:
    """Streams that take every letter, also where the process was started without them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: without this a file of ours would take its number
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdout = _stream(1, sys.stdout)
    sys.stderr = _stream(2, sys.stderr)


def _stream(number: int, like: "TextIO | None") -> _Stream:
    return _Stream(
        open(number, "wb", closefd=False),
        encoding=like.encoding if like else "utf-8",
        errors="replace",
        line_buffering=number == 2 or getattr(like, "line_buffering", False),
        write_through=getattr(like, "write_through", False),
    )


if __name__ == "__main__":
    sys.exit(start())
