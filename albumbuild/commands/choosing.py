"""The one step that a command is for."""

from typing import TYPE_CHECKING

from albumbuild.model.problem import Problem, ProblemError

if TYPE_CHECKING:
    from albumbuild.engine.plan import Plan


def one_step(plan: "Plan", typed: str, *, command: str) -> str:
    """The id of the step that was typed: by its id, or as a deliverable.

    Raises:
        ProblemError: it is a glob, or the place of several steps.
        UnknownTarget: there is no such step.
    """
    found = plan.select([typed])
    if found != [typed] and [plan[each].place for each in found] != [typed]:
        raise ProblemError([_not_one_step(typed, command)])
    return found[0]


def _not_one_step(typed: str, command: str) -> Problem:
    """A target that is more than one step."""
    return Problem(
        slug="not-one-step",
        what=f"`{typed}` is not the id of one step",
        why=f"`{command}` is for a single step",
        fix="type the id in full, such as `mix:tide`",
    )
