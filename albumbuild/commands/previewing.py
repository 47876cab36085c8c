"""Previews beside the review page: `audio/`, and `listen.js`, which tells of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from albumbuild.commands.account import LISTENING, page_folder, write_script
from albumbuild.commands.building import store_of
from albumbuild.commands.opening import Opened
from albumbuild.engine.files import clear_unfinished, storage_error
from albumbuild.engine.plan import Need, Plan
from albumbuild.engine.results import GOOD
from albumbuild.planner.review import REPORT, listening_steps
from albumbuild.steps.listen import FAULTS, PREVIEW, read_faults
from albumbuild.steps.stream import AUDIO

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class Preview(NamedTuple):
    """A sound that was encoded: the step that did it, the digest of the sound, and both files."""

    step: str
    digest: str
    sound: Path
    faults: Path


def keep_previews(listening: Listening, result: "Result") -> bool:
    """Put the previews that a build has made beside the page, and remove those of other sounds.

    Gives whether there are other ones now.

    Raises: StorageError.
    """
    opened = listening.opened
    store = store_of(opened.root)
    previews = []
    for step, sound in listening.sounds.items():
        end, made = result.steps.get(step), result.steps.get(sound.step)
        if end is not None and made is not None and end.status in GOOD:
            previews.append(
                Preview(
                    step=step,
                    digest=made.outputs[sound.output],
                    sound=store.blob(end.outputs[PREVIEW]),
                    faults=store.blob(end.outputs[FAULTS]),
                )
            )
    if not previews:
        return False
    heard = place_previews(previews, page_folder(opened.root), store.disk)
    return write_script(opened, LISTENING, "albumListening", heard)


def place_previews(previews: "Iterable[Preview]", page: Path, disk: "Disk") -> dict[str, Any]:
    """Put previews beside a page, remove those of other sounds: what it is to know, by digest.

    Raises: StorageError.
    """
    folder = page / FOLDER
    heard: dict[str, dict[str, Any]] = {}
    try:
        for each in previews:
            subject = each.step.partition(":")[2].replace("@", "-")
            name = f"{subject}-{each.digest[:_DIGITS]}.opus"
            if not (folder / name).is_file():
                disk.make_folder(folder)
                beside = folder / f".{name}.tmp"
                disk.copy(each.sound, beside)
                disk.rename(beside, folder / name)
            found = read_faults(each.faults)
            told = {"faults": found.faults, "counts": found.counts}
            heard[each.digest] = {"file": f"{FOLDER}/{name}", **told}
        _clear(disk, folder, {each["file"].rpartition("/")[2] for each in heard.values()})
    except OSError as error:
        raise storage_error(error, folder) from error
    return heard


def _clear(disk: "Disk", folder: Path, kept: set[str]) -> None:
    """Remove the previews that nothing plays any more, and those that were never finished."""
    clear_unfinished(disk, folder)
    for path in folder.glob("*-" + "?" * _DIGITS + ".opus"):
        if path.name not in kept:
            disk.remove(path)
