"""A song with stand-ins for what could not be read, so that the rest can still be checked."""

from typing import Any

import msgspec

from albumbuild.manifest.wording import Path
from albumbuild.model.song import Bus, Fader, Return, Song, Stem, Version

STAND_INS: dict[str, msgspec.Struct] = {
    "stems": Stem(file="?"),
    "buses": Bus(),
    "returns": Return(),
    "versions": Version(),
}
ANY_TEMPO = 120.0


def mended_song(song: Song, path: Path, broken: set[Path]) -> Song | None:
    """The song as it may be meant: nothing that names a broken part seems to name nothing.

    None when too much of it is broken to say.
    """
    lost = [each[len(path) :] for each in broken if each[: len(path)] == path]
    changes: dict[str, Any] = {}
    for parts in lost:
        match parts:
            case () | ("stems" | "buses" | "returns" | "versions",):
                return None
            case ("tempo",):
                changes["tempo"] = ANY_TEMPO
            case (group, name) if group in STAND_INS:
                changes.setdefault(group, dict(getattr(song, group)))[name] = STAND_INS[group]
    for parts in lost:
        match parts:
            case ("stems" | "buses" | "returns" as group, name, key, *_):
                strips = changes.setdefault(group, dict(getattr(song, group)))
                if name in strips:
                    strips[name] = _mended(strips[name], str(key))
            case ("mix", key, *_):
                changes["mix"] = _mended(changes.get("mix", song.mix), str(key))
    return msgspec.structs.replace(song, **changes)


def _mended(part: Any, key: str) -> Any:
    if key in ("file", "files"):
        return msgspec.structs.replace(part, file="?", files=None)
    if key in ("inserts", "sends") and isinstance(part, Fader):
        return msgspec.structs.replace(part, automation={})
    return part
