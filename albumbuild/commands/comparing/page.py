"""A comparison as the review page: both states of what has changed, side by side, to listen to."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from albumbuild.commands.account import ACCOUNT, LISTENING, script
from albumbuild.commands.comparing.telling import NO_DIFFERENCE, difference, set_lines
from albumbuild.commands.previewing import Preview, place_previews
from albumbuild.deliverables.page.page import page_html
from albumbuild.deliverables.review import COVER, PAGE, Report, plays
from albumbuild.engine.action import Needs, Progress
from albumbuild.engine.files import write_whole
from albumbuild.planner.review import REPORT, listening_steps
from albumbuild.steps.listen import FAULTS, PREVIEW
from albumbuild.steps.stream import AUDIO

if TYPE_CHECKING:
    from albumbuild.commands.comparing.bench import Bench, Finished

WHEN = ("before", "after")
Data = dict[str, Any]


def write_page(
    old: "Finished", new: "Finished", compare: Data, folder: Path, bench: "Bench"
) -> None:
    """Write the page of a comparison into a folder, with what it plays.

    Raises:
        Cancelled: the user had enough.
        NotBuilt: a preview could not be made.
        StorageError: the disk refuses.
    """
    before, after = (_review(each) for each in (old, new))
    page = {
        **after,
        "songs": [*_songs(before, after, compare)],
        "compare": _told(compare, before, after),
    }
    heard = {sound["plays"] for song in page["songs"] for sound in song["sounds"]}
    previews: list[Preview] = []
    sounds: dict[str, str] = {}
    for made, when in zip((old, new), WHEN, strict=True):
        for name, found in _previews(made, heard, when).items():
            previews.append(found)
            sounds[name] = found.digest
    disk = bench.store.disk
    listening = place_previews(previews, folder, disk)
    for name, data in (
        (PAGE, page_html(page).encode()),
        (ACCOUNT, script("albumBuild", {"sounds": sounds})),
        (LISTENING, script("albumListening", listening)),
    ):
        write_whole(disk, folder / name, data)


def _review(made: "Finished") -> Data:
    """What the page shows of one side."""
    step = made.side.opened.planned.plan[REPORT]
    page = step.action
    assert isinstance(page, Report)
    wanted = {
        role: (need.step, need.output)
        for role, need in step.needs.items()
        if need.step in made.steps
    }
    made.fetch(wanted.values())
    blobs = {role: made.blob(*output) for role, output in wanted.items()}
    sources = {role: made.side.real(path) for role, path in step.sources.items() if role == COVER}
    bare = replace(page, sets=tuple(replace(each, preview=None) for each in page.sets))
    return bare.review(Needs(blobs, sources), Progress())


def _songs(before: Data, after: Data, compare: Data) -> "list[Data]":
    """Each song; of one that has changed, every sound before and after."""
    was = {song["id"]: song for song in before["songs"]}
    now = {song["id"]: song for song in after["songs"]}
    found = []
    for song in compare["songs"]:
        pair = (was.get(song["was"]), now.get(song["id"]))
        shown = pair[1] or pair[0]
        if shown is None:
            continue
        if song["status"] == "same":
            sounds = [_placed(sound, WHEN[1], sound["label"]) for sound in shown["sounds"]]
        else:
            sounds = [
                _placed(sound, when, f"{sound['label']}, {when}")
                for each, when in zip(pair, WHEN, strict=True)
                for sound in (each or {"sounds": ()})["sounds"]
            ]
        found.append({**shown, "id": song["id"], "sounds": sounds})
    return found


def _placed(sound: Data, when: str, label: str) -> Data:
    return {**sound, "label": label, "plays": f"{when} {sound['plays']}"}


def _told(compare: Data, before: Data, after: Data) -> Data:
    """The comparison as the page words it."""
    titles = {song["id"]: song["title"] for song in (*before["songs"], *after["songs"])}
    return {
        **compare,
        "changes": _worded(compare["changes"]),
        "songs": [
            {
                **song,
                "title": titles.get(song["id"], song["id"]),
                "changes": _worded(song["changes"]),
            }
            for song in compare["songs"]
        ],
        "sets": [{**each, "words": [*set_lines(each)]} for each in compare["sets"]],
        "verdict": "" if compare["audible"] else NO_DIFFERENCE,
    }


def _worded(changes: "list[Data]") -> "list[Data]":
    return [{**each, "words": difference(each)} for each in changes]


def _previews(made: "Finished", heard: "set[str]", when: str) -> Mapping[str, Preview]:
    """What of a side is played, by what the page calls it."""
    steps = {
        f"{when} {plays(step.needs[AUDIO].step, step.needs[AUDIO].output)}": step
        for step in listening_steps(made.side.opened.planned.plan)
    }
    wanted = {name: step for name, step in steps.items() if name in heard}
    made.fetch([(step.id, output) for step in wanted.values() for output in (PREVIEW, FAULTS)])
    found = {}
    for name, step in wanted.items():
        need = step.needs[AUDIO]
        digest = made.digest(need.step, need.output)
        assert digest is not None
        found[name] = Preview(
            step=step.id,
            digest=digest,
            sound=made.blob(step.id, PREVIEW),
            faults=made.blob(step.id, FAULTS),
        )
    return found
