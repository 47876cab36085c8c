"""How a command that could not go on says so."""

import argparse
import traceback

from albumbuild.commands import exits
from albumbuild.console import console_for
from albumbuild.engine.action import StepError
from albumbuild.engine.files import StorageError
from albumbuild.engine.lock import Busy
from albumbuild.engine.plan import UnknownTarget
from albumbuild.model.problem import Problem, ProblemError


def told(error: Exception, options: argparse.Namespace) -> int:
    """Tell the user what stopped the command; its exit code."""
    console = console_for(options)
    if isinstance(error, ProblemError):
        console.problems(error.problems)
        return exits.WRONG
    if isinstance(error, StepError):  # a device of a package that fails while steps are planned
        console.problems([error.problem])
        return exits.FAILED
    if isinstance(error, UnknownTarget):
        console.problems([_unknown_target(error)])
        return exits.WRONG
    if isinstance(error, StorageError):
        console.problems([_storage(error)])
        return exits.STORAGE
    if isinstance(error, Busy):
        console.problems([_busy(error)])
        return exits.BUSY
    if isinstance(error, OSError):
        console.problems([_system(error)])
        return exits.STORAGE
    console.problems([_our_fault(error)])
    if options.verbose:
        console.note("".join(traceback.format_exception(error)).rstrip())
    return exits.OUR_FAULT


def _unknown_target(error: UnknownTarget) -> Problem:
    """A target that names nothing of the album."""
    return Problem(
        slug="unknown-target",
        what=str(error),
        why="a target is a deliverable, a step id, a glob of step ids, or a path under `build/`",
        fix=error.fix,
    )


def _storage(error: StorageError) -> Problem:
    """The store or `build/` cannot be read or written."""
    return Problem(
        slug="storage",
        what=str(error),
        why="albumbuild keeps its results under `.albumbuild/` and `build/`",
        fix=error.fix
        or "make room or give permission, then run it again; nothing that was finished is lost",
    )


def _busy(error: Busy) -> Problem:
    """Another process has the album."""
    return Problem(slug="locked", what=f"the album is {error}", fix="wait until it is done")


def _system(error: OSError) -> Problem:
    """The system refused a file."""
    where = f"`{error.filename}`: " if error.filename else ""
    reason = (error.strerror or str(error)).lower()
    return Problem(slug="storage", what=f"{where}{reason}", fix="check the path, then run it again")


def _our_fault(error: Exception) -> Problem:
    """A mistake of albumbuild's own."""
    return Problem(
        slug="our-fault",
        what=f"albumbuild made a mistake: {type(error).__name__}: {error}",
        why="this is not something that you did",
        fix="run it again with `-v` in front of the command and report what it prints",
    )
