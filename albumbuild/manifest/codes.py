"""Codes that a release carries: ISRC and UPC, in their form and used once."""

import re
from collections.abc import Iterator

from albumbuild.model.album import Album
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{2}\d{5}")


def code_problems(album: Album, places: Places) -> Iterator[Problem]:
    """Wrong codes; an ISRC that two songs share is a warning."""
    if album.upc is not None:
        yield from _upc_problems(album.upc, places)
    owners: dict[str, str] = {}
    for name, song in album.songs.items():
        if song.isrc is None:
            continue
        if not _ISRC.fullmatch(song.isrc):
            yield _wrong_isrc(song.isrc, name, places)
            continue
        owner = owners.setdefault(song.isrc, name)
        if owner != name:
            yield Problem(
                slug="isrc-used-twice",
                severity="warning",
                at=places.of("songs", name, "isrc"),
                what=f"`{name}` has the ISRC of `{owner}`",
                why="an ISRC names one recording",
                fix="ask for a second one, unless both are the same recording",
            )


def check_digit(digits: str) -> int:
    """The last digit of an EAN-13 or UPC-A, from those before it.

    Source: GS1 General Specifications, 7.9.1: weights 3 and 1 from the right.
    """
    weighted = (int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def _wrong_isrc(isrc: str, song: str, places: Places) -> Problem:
    plain = re.sub(r"[^A-Za-z0-9]", "", isrc).upper()
    fix = f"write it as `{plain}`" if _ISRC.fullmatch(plain) else "such as `GBAYE2600001`"
    return Problem(
        slug="wrong-isrc",
        at=places.of("songs", song, "isrc"),
        what=f"`{isrc}` is not an ISRC",
        why="an ISRC is 2 letters, 3 letters or digits, and 7 digits: country, registrant, year, "
        "number",
        fix=fix,
    )


def _upc_fix(upc: str) -> str:
    digits = re.sub(r"[\s-]", "", upc)
    if digits != upc and re.fullmatch(r"[0-9]{12,13}", digits):
        return f'write it as `"{digits}"`'
    if re.fullmatch(r"[0-9]{11}", digits):
        whole = f"{digits}{check_digit(digits)}"
        return f"compare it with the paper it came on: with its check digit it would be `{whole}`"
    return "compare it with the paper it came on, or take `upc` out until there is one"


def _upc_problems(upc: str, places: Places) -> Iterator[Problem]:
    at = places.of("upc")
    if not re.fullmatch(r"[0-9]{12,13}", upc):
        yield Problem(
            slug="wrong-upc",
            at=at,
            what=f"`{upc}` is not an EAN-13 or UPC-A",
            why="they have 13 or 12 digits, and nothing else",
            fix=_upc_fix(upc),
        )
    elif int(upc[-1]) != check_digit(upc[:-1]):
        yield Problem(
            slug="upc-check-digit",
            at=at,
            what=f"the check digit of `{upc}` does not fit",
            why=f"after `{upc[:-1]}` comes {check_digit(upc[:-1])}, not {upc[-1]}",
            fix="compare it with the paper it came on: a digit is wrong or two are swapped",
        )
