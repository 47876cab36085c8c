"""What a step amounts to, once all that it needs is known: its key, and why it is stale."""

from collections.abc import Mapping

import msgspec

from albumbuild.engine.action import StepError
from albumbuild.engine.fingerprint import changes, key_of, recipe
from albumbuild.engine.plan import Step
from albumbuild.engine.records import Record
from albumbuild.engine.sources import Sources, Unplanned
from albumbuild.model.problem import Problem

Outputs = Mapping[str, Mapping[str, str]]
"""The outputs of steps: step id → file name → digest."""

_MOST_REASONS = 8


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """A step's recipe and key, and the digest in each role of its needs and sources."""

    key: str
    recipe: str
    blobs: dict[str, str]
    sources: dict[str, str]


def resolve(step: Step, outputs: Outputs, sources: Sources) -> Resolved:
    """The recipe and key of a step whose needs are all in `outputs`.

    Raises:
        StepError: a file of the user cannot be read, or not as it was planned with.
    """
    blobs = {role: _output(step, outputs, role) for role in step.needs}
    found = {}
    for role, path in step.sources.items():
        try:
            found[role] = sources.digest(path)
        except OSError as error:
            raise StepError(_unreadable(path.name, error)) from error
        except Unplanned as error:
            raise StepError(_unplanned(path.name)) from error
    text = recipe(step.action, blobs, found)
    return Resolved(key=key_of(text), recipe=text, blobs=blobs, sources=found)


UNKNOWN = "not known yet"
"""What a recipe says of an input that a build has not come to."""


def reasons(step: Step, old: Record | None, text: str) -> tuple[str, ...]:
    """Why a step with this recipe runs, as short sentences, the first ones of many."""
    if old is None:
        return ("never built",)
    return differing(step, old, text) or ("output missing",)


def differing(step: Step, old: Record, text: str) -> tuple[str, ...]:
    """How a recipe differs from the last one, less what stands for an input not known yet."""
    found = [_reason(step, *change) for change in changes(old.recipe, text) if change[2] != UNKNOWN]
    if len(found) > _MOST_REASONS:
        return (*found[:_MOST_REASONS], f"and {len(found) - _MOST_REASONS} more")
    return tuple(found)


def _reason(step: Step, path: str, was: str, now: str) -> str:
    if path == "@kind":
        return f"kind changed: {was} → {now}"
    if path == "@version":
        return f"kind's version: {was} → {now}"
    if path.startswith("@library."):
        return f"library changed: {path.removeprefix('@library.')}: {was} → {now}"
    if path.startswith("@need."):
        role = path.removeprefix("@need.")
        need = step.needs.get(role)
        return f"input changed: {need.step}" if need else f"input removed: {role}"
    if path.startswith("@source."):
        role = path.removeprefix("@source.")
        source = step.sources.get(role)
        return f"input changed: {source.name}" if source else f"input removed: {role}"
    return f"parameter changed: {path}: {was} → {now}"


def _output(step: Step, outputs: Outputs, role: str) -> str:
    need = step.needs[role]
    try:
        return outputs[need.step][need.output]
    except KeyError:
        raise ValueError(f"{need.step} gives no {need.output}, which {step.id} needs") from None


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(
        slug="source-unreadable",
        what=f"`{name}` cannot be read",
        why=error.strerror or str(error),
        fix="put the file back, or name another",
    )


def _unplanned(name: str) -> Problem:
    return Problem(
        slug="saved-since-planned",
        what=f"`{name}` was saved with another rate, length or number of channels meanwhile",
        why="the build was planned with what its header said before",
        fix="make again",
    )
