"""What the checker finds, and the plain fields that all records of a fileset share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A broken rule: the file, the byte in it (None: all of it), the rule, what is wrong."""

    file: str
    offset: int | None
    rule: str
    what: str


def number(field: bytes) -> int | None:
    """The value of a right-aligned field padded with spaces or zeros; None for no number."""
    digits = field.lstrip(b" ")
    return int(digits) if digits.isdigit() else None


def is_number(text: str) -> bool:
    """Whether a text is of the digits 0 to 9 alone."""
    return text.isascii() and text.isdigit()


def shown(field: bytes) -> str:
    """A field for a message."""
    return repr(field.decode("latin-1"))


def unprintable(file: str, data: bytes, size: int) -> Iterator[Fault]:
    """One fault for each record of `size` bytes that holds more than printable ASCII."""
    for start in range(0, len(data), size):
        for at, byte in enumerate(data[start : start + size], start):
            if not 0x20 <= byte <= 0x7E:
                yield Fault(file, at, "ascii", f"byte {byte:#04x} is not printable ASCII")
                break


def check_digit(first: str) -> int:
    """The last digit of an EAN-13 from its first twelve."""
    return -sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(first)) % 10


def upc_of(field: bytes) -> str:
    """The 13 digits of a UPC field; 12 get a leading zero; empty for a blank or malformed one."""
    digits = field.rstrip(b" ").decode("latin-1")
    return digits.zfill(13) if re.fullmatch("[0-9]{12,13}", digits) else ""


def upc_faults(file: str, offset: int, field: bytes) -> Iterator[Fault]:
    """Whether a UPC field is blank or holds 12 or 13 digits, the last one right."""
    if not field.strip(b" "):
        return
    code = upc_of(field)
    if not code:
        yield Fault(file, offset, "upc-form", f"{shown(field)} is no UPC/EAN")
    elif check_digit(code[:12]) != int(code[12]):
        yield Fault(file, offset, "upc-digit", f"the last digit of {code} is wrong")


def is_isrc(code: str) -> bool:
    """Whether this is an ISRC as a disc holds it."""
    return re.fullmatch("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", code) is not None


def time_text(sector: int) -> str:
    """A sector as minutes, seconds and frames."""
    return f"{sector // 4500:02}:{sector // 75 % 60:02}:{sector % 75:02}"
