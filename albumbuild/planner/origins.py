"""From a line of a step's recipe back to the line of the manifest that says it."""

import re

from albumbuild.deliverables.review import Report
from albumbuild.model.node import Places
from albumbuild.model.problem import Span
from albumbuild.model.song import Fader, Song
from albumbuild.planner.album import AlbumPlan
from albumbuild.planner.desks import insert_targets
from albumbuild.planner.review import REPORT
from albumbuild.planner.songs import SongPlan

Path = tuple[str | int, ...]

RENAMED: dict[str, Path] = {
    "start_s": ("start",),
    "end_s": ("end",),
    "trim_from_s": ("trim", "from"),
    "trim_to_s": ("trim", "to"),
    "invert": ("polarity",),
    "points": (),
    "at_s": (0,),
    "value": (1,),
    "shape": (2,),
    "gain_curve": ("automation", "gain_db"),
    "pan_curve": ("automation", "pan"),
    "indexes_s": ("indexes",),
    "mark_s": ("mark",),
    "peak_dbtp": ("ceiling_dbtp",),
}
"""Settings that the planner calls otherwise, for their unit."""

NODES = {"strips": "stems", "buses": "buses", "returns": "returns"}


def origin_of(planned: AlbumPlan, places: Places, step_id: str, line: str) -> Span | None:
    """Where the manifest says what a line `path: old → new` is about; the nearest place known."""
    kind, _, subject = step_id.partition(":")
    path = _parts(line.partition(":")[0])
    if line.startswith(("@", "input", "output", "never", "forced", "kind", "library", "and ")):
        return None
    path = _automated(path, planned.songs.get(re.split("[/+@]", subject)[0]))
    medium = planned.media.get(subject.rpartition("@")[2])
    songs = {key: song for song, key in medium.keys.items()} if medium is not None else {}
    if kind == REPORT:
        likely = _shown_paths(planned, path)
    else:
        likely = _manifest_paths(kind, subject, tuple(songs.get(str(part), part) for part in path))
    spelled = next((each for each in likely if places.has(*each)), likely[0])
    found = places.of(*spelled)
    return None if found == places.of() else found


def _parts(text: str) -> Path:
    """`a.b[0].c_s` as `a, b, 0, c`, each by the manifest's name."""
    parts: list[str | int] = []
    for part in re.findall(r"[^.\[\]]+", text):
        parts += [int(part)] if part.isdigit() else RENAMED.get(part, (part,))
    return tuple(parts)


def _automated(path: Path, plan: SongPlan | None) -> Path:
    """A path through the curve of a send or of an insert, as `automation` calls it."""
    if "curve" in path:
        at = path.index("curve")
        return (*path[: at - 2], "automation", f"sends.{path[at - 1]}", *path[at + 1 :])
    if "insert_curves" not in path or plan is None:
        return path
    at = path.index("insert_curves")
    fader = _fader(plan.song, path[:at])
    targets = {address: target for target, address in insert_targets(fader).items()}
    keys = (targets.get(str(key)) for key in path[at + 1 : at + 2])
    return (*path[:at], "automation", *(key for key in keys if key), *path[at + 2 :])


def _fader(song: Song, path: Path) -> Fader:
    """The fader at `desk.strips.NAME` and the like; the mix for any other path."""
    if len(path) < 3 or path[1] not in NODES:
        return song.mix
    faders: dict[str, Fader] = getattr(song, NODES[str(path[1])])
    return faders.get(str(path[2]), song.mix)


def _shown_paths(planned: AlbumPlan, path: Path) -> list[Path]:
    """The places that may have said what the review page shows."""
    page = planned.plan[REPORT].action
    assert isinstance(page, Report)
    match path:
        case ("songs", int(at), "credits", *rest) if at < len(page.songs):
            return [("songs", page.songs[at].credits.song, *rest), tuple(rest)]
        case ("sets", int(at), *rest) if at < len(page.sets):
            return [("deliverables", page.sets[at].name, *rest)]
        case ("album", *rest):
            return [tuple(rest)]
    return [()]


def _manifest_paths(kind: str, subject: str, path: Path) -> list[Path]:
    """The places that may have said it, the likeliest first."""
    song = ("songs", re.split("[/+@]", subject)[0])
    medium = ("deliverables", subject.rpartition("@")[2])
    if path[:1] == ("desk",) and len(path) > 1 and path[1] in NODES:
        return [(*song, NODES[str(path[1])], *path[2:])]
    if kind == "ingest":
        return [("songs", *subject.replace("/", "/stems/").split("/"))]
    if kind in ("mix", "stems"):
        return [(*song, "mix", *(path[1:] if path[:1] == ("mix",) else path))]
    if kind == "premaster":
        return [(*song, "master", *path), ("master", *path), ("master", "inserts")]
    if path[:1] == ("offsets_lu",):
        return [("songs", *path[1:], "master", "loudness_offset_lu")]
    if kind in ("master", "measure"):
        told = [(*owner, "loudness", path[-1]) for owner in (medium, ("master",))]
        return [*told, (*medium, *path), (*medium, "loudness"), ("master", "loudness"), medium]
    if kind == "sequence":
        return [(*medium, "sequence", *path[2:]), ("sequence", *path[2:]), medium]
    if path[:1] == ("tracks",):
        return [("songs", *path[1:]), path[2:]]
    return [path[1:]] if path[:1] == ("album",) else [(*medium, *path)]
