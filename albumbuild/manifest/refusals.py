"""Devices that do not take their settings as they stand together."""

from collections.abc import Iterator

from albumbuild.model.album import Album
from albumbuild.model.chains import devices_of
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem


def refusal_problems(album: Album, places: Places) -> Iterator[Problem]:
    """What every device of the album has against its settings; its files come later."""
    for path, device in devices_of(album):
        for refusal in device.refusals({}):
            yield refusal.problem(places.of(*path, *refusal.at))
