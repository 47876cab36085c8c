"""What is remembered of a finished step, sealed so that a damaged record counts as none."""

from typing import TypeVar

import msgspec
from blake3 import blake3

_Sealed = TypeVar("_Sealed", bound=msgspec.Struct)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One result: the recipe that led to it and what came out.

    `outputs` gives each file its content digest, `sizes` its bytes, and `why` says what
    made the step run. `warnings` are what it had to say of them.
    """

    key: str
    step: str
    recipe: str
    outputs: dict[str, str]
    sizes: dict[str, int] = {}
    why: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_bytes: int = 0
    versions: dict[str, str] = {}


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The key that a step had when it was last brought up to date."""

    step: str
    key: str


def sealed(record: msgspec.Struct) -> bytes:
    """The record as a line of JSON, and a line with its checksum."""
    line = msgspec.json.encode(record)
    return line + b"\n" + _checksum(line) + b"\n"


def unsealed(data: bytes, kind: type[_Sealed]) -> _Sealed | None:
    """The record, or None when a single byte is missing or wrong."""
    line, _, checksum = data.partition(b"\n")
    if checksum != _checksum(line) + b"\n":
        return None
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _checksum(line: bytes) -> bytes:
    return b"blake3:" + blake3(line).hexdigest().encode()
