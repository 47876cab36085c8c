"""What is told beside the review page: what a build did and found, and where previews are."""

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.commands.building import BUILD, store_of
from albumbuild.commands.checking import check_rows
from albumbuild.commands.summary import is_up_to_date
from albumbuild.deliverables.review import PAGE, plays
from albumbuild.engine.files import StorageError, clear_unfinished, write_whole
from albumbuild.formats.git import revision_of
from albumbuild.planner.review import REPORT, listening_steps
from albumbuild.steps.stream import AUDIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from albumbuild.commands.checking import Answer
    from albumbuild.commands.opening import Opened
    from albumbuild.engine.results import Result
    from albumbuild.model.problem import Problem, Span

ACCOUNT = "build.js"
LISTENING = "listen.js"
"""Tells of the previews."""

_HEAD = b"window.%s = "


def page_folder(root: "Path") -> "Path":
    """Where the review page of an album stands."""
    return root / BUILD / REPORT


def write_account(
    opened: "Opened",
    result: "Result",
    *,
    answers: "Sequence[Answer]",
    told: "Iterable[Problem]",
) -> None:
    """Tell the page, where there is one, of this build: it may have to do without on a full disk.

    `answers` are those to the album's checks and rules, `told` what stands out. Of a build with
    nothing to do it keeps what the one before has done.
    """
    folder = page_folder(opened.root)
    if not (folder / PAGE).is_file():
        return
    used = [*opened.manifest.files]
    for step in opened.planned.plan:
        used += step.sources.values()
    account = {
        **msgspec.to_builtins(revision_of(opened.root, used)),
        "sounds": _sounds(opened, result),
        "rules": check_rows(answers),
        "warnings": [*_warnings(opened, result, told)],
        "build": _build(result),
    }
    before = _read(folder / ACCOUNT)
    if is_up_to_date(result) and before is not None:
        account["build"] = before.get("build", account["build"])
    with suppress(StorageError):
        clear_unfinished(store_of(opened.root).disk, folder)
        write_script(opened, ACCOUNT, "albumBuild", account)
        if not (folder / LISTENING).is_file():
            write_script(opened, LISTENING, "albumListening", {})


def _build(result: "Result") -> dict[str, Any]:
    """What became of each step, and how long it took."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "status": result.status,
        "seconds": round(result.seconds, 2),
        "steps": [
            {"id": step, "status": end.status, "seconds": round(end.seconds, 2), "why": end.why}
            for step, end in result.steps.items()
        ],
    }


def write_script(opened: "Opened", name: str, variable: str, value: object) -> bool:
    """Put a file beside the page that gives it a value: whether it gave another one before.

    Raises: StorageError.
    """
    path = page_folder(opened.root) / name
    text = script(variable, value)
    is_new = not path.is_file() or path.read_bytes() != text
    if is_new:
        write_whole(store_of(opened.root).disk, path, text)
    return is_new


def script(variable: str, value: object) -> bytes:
    """What gives a page a value."""
    return _HEAD % variable.encode() + msgspec.json.encode(value) + b";\n"


def _read(path: "Path") -> dict[str, Any] | None:
    """The account that stands there, if it is one."""
    try:
        text = path.read_bytes().removeprefix(_HEAD % b"albumBuild").removesuffix(b";\n")
        return msgspec.json.decode(text, type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return None


def _sounds(opened: "Opened", result: "Result") -> dict[str, str]:
    """The digest of each sound that can be listened to, by what the page calls it."""
    listened = (step.needs[AUDIO] for step in listening_steps(opened.planned.plan))
    return {
        plays(need.step, need.output): result.steps[need.step].outputs[need.output]
        for need in listened
        if need.step in result.steps and need.output in result.steps[need.step].outputs
    }


def _warnings(
    opened: "Opened", result: "Result", told: "Iterable[Problem]"
) -> "Iterator[dict[str, Any]]":
    """Of the manifest and the album, of steps, and of what failed."""
    for problem in (*opened.manifest.warnings, *opened.planned.warnings, *told):
        yield _warning(problem.slug, problem.what, problem.why, problem.fix, problem.at)
    for step, end in result.steps.items():
        for text in end.warnings:
            yield _warning(step, f"`{step}` {text}", "", "", place_of(opened, step))
        if end.problem is not None:
            failed = end.problem
            at = failed.at or place_of(opened, step)
            yield _warning(failed.slug, failed.what, failed.why, failed.fix, at)


def _warning(slug: str, what: str, why: str, fix: str, at: "Span | None") -> dict[str, Any]:
    return {"slug": slug, "what": what, "why": why, "fix": fix, "where": str(at or "")}


def place_of(opened: "Opened", step_id: str) -> "Span | None":
    """The part of the manifest that a step is made from."""
    kind, _, subject = step_id.partition(":")
    song, _, rest = subject.partition("@")[0].partition("/")
    places = opened.manifest.places
    if kind in ("ingest", "strip"):
        return places.key_of("songs", song, "stems", rest)
    if kind in ("bus", "return"):
        return places.key_of("songs", song, "buses" if kind == "bus" else "returns", rest)
    if kind in ("mix", "premaster", "master", "stems"):
        return places.key_of("songs", song.partition("+")[0])
    return places.key_of("deliverables", subject.rpartition("@")[2])
