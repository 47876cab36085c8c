"""Automation of devices of packages: what curves make of their settings, before it is planned."""

from collections.abc import Iterator

from albumbuild.model import song as manifest
from albumbuild.model.album import Album
from albumbuild.model.chains import Way, faders_of
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, Span
from albumbuild.planner.desks import fader_of, insert_targets
from albumbuild.steps.inserts import moves_of


def refused_curves(album: Album, rate_hz: int, places: Places) -> Iterator[Problem]:
    """Curves of which a device of a package does not take what they come to."""
    for song_id, song in album.songs.items():
        for at, fader in faders_of(song, ("songs", song_id)):
            yield from _refused(fader, song.tempo, rate_hz, at=(*at, "automation"), places=places)


def _refused(
    fader: manifest.Fader, tempo: float | None, rate_hz: int, *, at: Way, places: Places
) -> Iterator[Problem]:
    targets = insert_targets(fader)
    heard = fader_of(fader, tempo)
    for index, device in enumerate(heard.inserts):
        moved = [target for target, way in targets.items() if way.startswith(f"{index}/")]
        if not device.package or not moved:
            continue
        try:
            _, moves = moves_of(device, heard.curves_of(index), rate_hz)
            for _ in moves.every() if moves else ():
                pass  # settings that the device refuses are never made
        except (TypeError, ValueError) as error:
            yield _refusal(device, moved, str(error), places.key_of(*at, moved[0]))


def _refusal(device: Processor, targets: list[str], why: str, at: Span | None) -> Problem:
    """A package looks at the settings of its device, and does not want what curves come to."""
    named = " and ".join(f"`{target}`" for target in targets)
    return Problem(
        slug="refused-automation",
        at=at,
        what=f"`{device.name}` of {device.package} refuses what automation of {named} makes of it",
        why=why,
        fix=f"`albumbuild processors {device.name}` explains its settings",
    )
