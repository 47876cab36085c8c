"""Previews beside the review page: `audio/`, and `listen.js`, which tells of them."""

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from albumbuild.commands.account import LISTENING, page_folder, write_script
from albumbuild.commands.building import store_of
from albumbuild.commands.opening import Opened
from albumbuild.engine.plan import Need, Plan
from albumbuild.engine.results import GOOD
from albumbuild.planner.review import REPORT, listening_steps
from albumbuild.steps.listen import FAULTS, PREVIEW, read_faults
from albumbuild.steps.stream import AUDIO

if TYPE_CHECKING:
    from pathlib import Path

    from albumbuild.engine.files import Disk
    from albumbuild.engine.results import Result

FOLDER = "audio"
_DIGITS = 12  # of a digest in the name of a file


class Listening(NamedTuple):
    """An album whose plan has the previews too; `sounds` has each by the step that encodes it."""

    opened: Opened
    sounds: dict[str, Need]

    @property
    def targets(self) -> list[str]:
        """The page and its previews."""
        return [REPORT, *self.sounds]


def with_previews(opened: Opened) -> Listening:
    """The same album, its plan with a preview of every sound on the page."""
    planned = opened.planned
    previews = [*listening_steps(planned.plan)]
    plan = Plan([*planned.plan, *previews])
    sounds = {step.id: step.needs[AUDIO] for step in previews}
    return Listening(Opened(opened.manifest, replace(planned, plan=plan), opened.since_ns), sounds)


def keep_previews(listening: Listening, result: "Result") -> bool:
    """Put the previews that a build has made beside the page, and remove those of other sounds.

    Gives whether there are new ones.

    Raises: StorageError.
    """
    opened = listening.opened
    store, folder = store_of(opened.root), page_folder(opened.root) / FOLDER
    heard: dict[str, dict[str, Any]] = {}
    is_new = False
    for step, sound in listening.sounds.items():
        end, made = result.steps.get(step), result.steps.get(sound.step)
        if end is None or made is None or end.status not in GOOD:
            continue
        digest = made.outputs[sound.output]
        name = f"{step.partition(':')[2].replace('@', '-')}-{digest[:_DIGITS]}.opus"
        if not (folder / name).is_file():
            is_new = True
            store.disk.make_folder(folder)
            store.disk.copy(store.blob(end.outputs[PREVIEW]), folder / name)
        found = read_faults(store.blob(end.outputs[FAULTS]))
        heard[digest] = {"file": f"{FOLDER}/{name}", "faults": found.faults, "counts": found.counts}
    if heard:
        write_script(opened, LISTENING, "albumListening", heard)
        _clear(store.disk, folder, {each["file"].rpartition("/")[2] for each in heard.values()})
    return is_new


def _clear(disk: "Disk", folder: "Path", kept: set[str]) -> None:
    """Remove the previews that nothing plays any more."""
    for path in folder.glob("*-" + "?" * _DIGITS + ".opus"):
        if path.name not in kept:
            disk.remove(path)
