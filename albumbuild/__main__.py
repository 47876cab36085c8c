"""The process `albumbuild`: it ends with the exit code, however late an interrupt comes."""

import signal
import sys


def start() -> int:
    """Run what was typed; the exit code of the process.

    Once it is known, an interrupt finds nothing more to stop.
    """
    try:
        from albumbuild.cli import main

        return main()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(start())
