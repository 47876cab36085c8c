"""What was accepted of each subject, and what is said when it is so no longer."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

GOLDEN = Path(__file__).with_name("golden.json")
ACCEPT = "run `python -m tests.guard`"
RAISE = f"its sound changed: raise `version`, then {ACCEPT}"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One subject: the version and the code that it has, and what comes out.

    `outputs` are digests by key. The key of a step says its version, those of its devices
    and all settings: where it is the same, an album's store gives back what it has.
    """

    version: int
    libraries: dict[str, str]
    code: str
    outputs: dict[str, str]


def faults(now: Record | None, kept: Record | None) -> list[str]:
    """What is wrong with a subject, and how it is mended; `kept` is what was accepted of it."""
    if kept is None:
        return [f"it is not in golden.json: {ACCEPT}"]
    if now is None:
        return [f"it is in golden.json alone: {ACCEPT}"]
    if sounds_other(now, kept):
        return [RAISE]
    found = []
    if now.version != kept.version:
        found.append(f"its version is {now.version}, and {kept.version} was accepted: {ACCEPT}")
    elif now.outputs.keys() != kept.outputs.keys() and other_libraries(now, kept) is None:
        found.append(f"its keys changed: {ACCEPT}")
    if now.code != kept.code:
        found.append(f"its code changed: {ACCEPT}")
    return found


def sounds_other(now: Record, kept: Record) -> bool:
    """Whether something else comes out under the same key."""
    return any(kept.outputs.get(key, output) != output for key, output in now.outputs.items())


def other_libraries(now: Record, kept: Record) -> str | None:
    """Why the sound of two records cannot be compared, if so."""
    if now.libraries == kept.libraries:
        return None
    return f"accepted with {_versions(kept)}, here is {_versions(now)}: sound is not compared"


def accepted(
    now: Mapping[str, Record], kept: Mapping[str, Record]
) -> tuple[dict[str, Record], list[str]]:
    """The records to keep, and the names of those refused, which stay as they were.

    What sounds other under the same key is refused: a store would go on with the old sound.
    """
    refused = [name for name in now if name in kept and sounds_other(now[name], kept[name])]
    return {name: (kept if name in refused else now)[name] for name in sorted(now)}, refused


def read_golden(path: Path = GOLDEN) -> dict[str, Record]:
    """The records that were accepted, by subject."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Record])


def write_golden(records: Mapping[str, Record], path: Path = GOLDEN) -> None:
    """Keep these, a line a value, so that a change reads well."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n")


def _versions(record: Record) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(record.libraries.items()))
