"""Names that users give: what they may be made of, and when two are too alike."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from albumbuild.manifest.wording import Path
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem
from albumbuild.model.song import ROOT, Song

_NAME = re.compile(r"(?![.-])[\w.-]{1,80}")


def name_problems(names: Collection[str], path: Path, places: Places) -> Iterator[Problem]:
    """Names with characters that files and step ids cannot bear, and look-alikes."""
    seen: dict[str, str] = {}
    for name in names:
        at = places.key_of(*path, name)
        if not _NAME.fullmatch(name):
            yield Problem(
                slug="bad-name",
                at=at,
                what=f"`{name}` cannot be a name",
                why="names are made of letters, digits, `-`, `_` and `.`, and begin with a letter, "
                "a digit or `_`",
                fix=_mended(name),
            )
        alike = seen.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if alike != name:
            yield Problem(
                slug="names-alike",
                at=at,
                what=f"`{name}` and `{alike}` differ in case alone",
                why="some disks take both for the same file",
                fix="give one of them another name",
            )


def song_name_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """The names inside of one song."""
    for group in ("stems", "buses", "returns", "versions"):
        yield from name_problems(getattr(song, group), (*path, group), places)
    if ROOT in song.buses:
        yield Problem(
            slug="bus-named-mix",
            at=places.key_of(*path, "buses", ROOT),
            what=f"a bus cannot be called `{ROOT}`",
            why=f"`{ROOT}` is the root that every bus ends in",
            fix="its settings stand under `mix:` of the song",
        )
    for group, kind in (("stems", "stem"), ("returns", "return")):
        if ROOT in getattr(song, group):
            yield Problem(
                slug="reserved-name",
                at=places.key_of(*path, group, ROOT),
                what=f"a {kind} cannot be called `{ROOT}`",
                why=f"`{ROOT}` is the root that every bus ends in",
                fix="give it another name",
            )
    owners = dict.fromkeys(song.stems, "stem")
    for group, kind in (("buses", "bus"), ("returns", "return")):
        for name in getattr(song, group):
            owner = owners.setdefault(name, kind)
            if owner != kind:
                yield Problem(
                    slug="name-used-twice",
                    at=places.key_of(*path, group, name),
                    what=f"`{name}` is a {owner} and a {kind}",
                    why="stems, buses and returns of a song share one desk, each with its own name",
                    fix="give one of them another name",
                )


def _mended(name: str) -> str:
    better = re.sub(r"[^\w.-]+", "-", name).strip("-.")
    return f"did you mean `{better}`?" if _NAME.fullmatch(better) else ""
