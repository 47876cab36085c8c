"""Devices that do not take their settings as they stand together, or not the place they are in."""

from collections.abc import Iterator

from albumbuild.model.album import Album
from albumbuild.model.chains import devices_of
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span


def refusal_problems(album: Album, places: Places) -> Iterator[Problem]:
    """What every device of the album has against its settings; its files come later."""
    for path, device in devices_of(album):
        for refusal in device.refusals({}):
            yield refusal.problem(places.of(*path, *refusal.at))
        if device.studying and path[0] == "songs" and path[2] != "master":
            yield _on_the_desk(device.name, places.key_of(*path))


def _on_the_desk(name: str, at: Span | None) -> Problem:
    """A device that has to hear all of its input first, where sound is made as it is heard."""
    return Problem(
        slug="not-in-a-mix",
        at=at,
        what=f"`{name}` works on masters alone",
        why="it has to hear the whole of a finished sound before its first frame",
        fix="move it to the song's `master.inserts`",
    )
