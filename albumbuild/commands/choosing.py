"""The one step that a command is for."""

from typing import TYPE_CHECKING

from albumbuild.model.problem import Problem, ProblemError
from albumbuild.planner.album import on_demand, with_step

if TYPE_CHECKING:
    from albumbuild.engine.plan import Plan
    from albumbuild.planner.album import AlbumPlan


def one_step(planned: "AlbumPlan", typed: str, *, command: str) -> tuple["Plan", str]:
    """The step that was typed, by its id or as a deliverable: a plan that has it, and its id.

    Raises:
        ProblemError: it is a glob, or the place of several steps.
        UnknownTarget: there is no such step.
    """
    plan = with_step(planned, typed)
    found = plan.select([typed], others=on_demand(planned))
    if found != [typed] and [plan[each].place for each in found] != [typed]:
        raise ProblemError([_not_one_step(typed, command)])
    return plan, found[0]


def _not_one_step(typed: str, command: str) -> Problem:
    """A target that is more than one step."""
    return Problem(
        slug="not-one-step",
        what=f"`{typed}` is not the id of one step",
        why=f"`{command}` is for a single step",
        fix="type the id in full, such as `mix:tide`",
    )
