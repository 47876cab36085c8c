"""What a sound file holds, and how it is told that its sound cannot be had."""

import msgspec


class SoundFormat(msgspec.Struct, frozen=True):
    """What a file holds; `bits` is None where the coding is lossy.

    `surround` says of a 5.0 or 5.1 file which channel is which: where L R C Ls Rs, or L R C
    LFE Ls Rs, stand in it. It is empty for all others, and where the file does not tell.
    """

    rate_hz: int
    channels: int
    frames: int
    bits: int | None
    surround: tuple[int, ...] = ()


class SoundError(Exception):
    """A file whose sound cannot be had: `what` it is, and `why`, both without a full stop.

    `fix` says what would help, where anything would.
    """

    def __init__(self, what: str, why: str, *, fix: str = "") -> None:
        super().__init__(f"{what}: {why}" if why else what)
        self.what = what
        self.why = why
        self.fix = fix


def said(error: Exception) -> str:
    """The words of a library's error, as the end of a sentence."""
    text = getattr(error, "error_string", "") or getattr(error, "strerror", None) or str(error)
    return str(text).strip().rstrip(".").lower()
