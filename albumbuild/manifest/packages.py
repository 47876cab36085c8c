"""Devices to choose from: the house's, and those that installed packages offer."""

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

import msgspec

from albumbuild.manifest.hints import unreadable
from albumbuild.manifest.wording import PRESET
from albumbuild.model.device import Processor
from albumbuild.model.problem import Problem, ProblemError
from albumbuild.processors.guest import guest
from albumbuild.registry import PROCESSORS

GROUP = "albumbuild.processors"
"""The group of entry points: each is `name = "module:Class"`."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A device that an installed package offers; nothing of it is imported yet."""

    name: str
    distribution: str
    version: str
    entry: EntryPoint

    @property
    def package(self) -> str:
        """The package and its version."""
        return f"{self.distribution} {self.version}"


class Devices(Mapping[str, type[Processor]]):
    """Every device by its name: the house's first, then those of packages by their names.

    A package is imported when its device is asked for. No package replaces a device of the
    house. `asked` are the names that were.
    """

    def __init__(self, house: Mapping[str, type[Processor]] = PROCESSORS) -> None:
        self._house = house
        self._offers = _offers(tuple(sys.path))
        self.asked: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        yield from self._house
        yield from (name for name in self._offers if name not in self._house)

    def __len__(self) -> int:
        return len({*self._house, *self._offers})

    def __contains__(self, name: object) -> bool:
        return name in self._house or name in self._offers

    def __getitem__(self, name: str) -> type[Processor]:
        """The device of that name.

        Raises:
            KeyError: there is none.
            ProblemError: the package that offers it is broken, or two offer it.
        """
        self.asked.add(name)
        if name in self._house:
            return self._house[name]
        offer, *others = self._offers[name]
        if others:
            raise ProblemError([_alike(name, (offer, *others))])
        return _device(offer)

    def sound(self) -> tuple[dict[str, type[Processor]], list[Problem]]:
        """All devices that can be used, and as warnings why the others cannot."""
        found: dict[str, type[Processor]] = {}
        problems: list[Problem] = []
        for name in self:
            try:
                found[name] = self[name]
            except ProblemError as error:
                problems += error.problems
        warnings = (msgspec.structs.replace(each, severity="warning") for each in problems)
        return found, [*self.warnings(), *warnings]

    def offer(self, name: str) -> Offer | None:
        """Where a device comes from that is not of the house."""
        return None if name in self._house else next(iter(self._offers.get(name, ())), None)

    def offers(self) -> tuple[Offer, ...]:
        """Where those come from that were asked for and are not of the house."""
        found = (self.offer(name) for name in sorted(self.asked))
        return tuple(offer for offer in found if offer is not None)

    def warnings(self) -> Iterator[Problem]:
        """Devices that were asked for, and stand behind one of the house."""
        for name in sorted(self.asked & self._house.keys() & self._offers.keys()):
            yield from (_shadowed(offer) for offer in self._offers[name])


class UsableDevices(Devices):
    """The same devices without those that are broken, for who is not to tell of these."""

    def __getitem__(self, name: str) -> type[Processor]:
        """The device of that name.

        Raises:
            KeyError: there is none that can be used.
        """
        try:
            return super().__getitem__(name)
        except ProblemError as error:
            raise KeyError(name) from error


@cache
def _offers(_path: tuple[str, ...]) -> dict[str, tuple[Offer, ...]]:
    """What is installed on that path, which is `sys.path`, by the names of the devices."""
    found: dict[str, list[Offer]] = {}
    for entry in entry_points(group=GROUP):
        of = entry.dist
        distribution, version = (of.metadata["Name"], of.version) if of else (entry.module, "")
        offer = Offer(name=entry.name, distribution=distribution, version=version, entry=entry)
        found.setdefault(entry.name, []).append(offer)
    return {
        name: tuple(sorted(found[name], key=lambda offer: offer.package)) for name in sorted(found)
    }


@cache
def _device(offer: Offer) -> type[Processor]:
    """The device that an offer stands for.

    Raises: ProblemError, where it cannot be used.
    """
    if offer.name == PRESET:
        raise ProblemError([_broken(offer, f"`{PRESET}` among inserts stands for a preset")])
    try:
        found = offer.entry.load()
    except Exception as error:
        raise ProblemError([_broken(offer, f"{type(error).__name__}: {error}")]) from error
    if not isinstance(found, type) or not issubclass(found, Processor):
        why = f"`{offer.entry.value}` is no subclass of `albumbuild.model.device.Processor`"
        raise ProblemError([_broken(offer, why)])
    try:
        device = guest(found, name=offer.name, package=offer.package)
        unread = unreadable(device)
    except Exception as error:
        raise ProblemError([_broken(offer, f"{type(error).__name__}: {error}")]) from error
    if unread is not None:
        why = f"its setting `{unread}` has a type that no device of a package may have"
        raise ProblemError([_broken(offer, why)])
    return device


def _broken(offer: Offer, why: str) -> Problem:
    """A package offers what cannot be used."""
    return Problem(
        slug="broken-package",
        what=f"the device `{offer.name}` of {offer.package} cannot be used",
        why=why,
        fix=f"install another version of `{offer.distribution}`, or tell those who make it",
    )


def _alike(name: str, offers: tuple[Offer, ...]) -> Problem:
    """Which device is meant depends on nothing that stands in the manifest."""
    packages = " and ".join(offer.package for offer in offers)
    return Problem(
        slug="packages-alike",
        what=f"`{name}` is offered by {packages}",
        why="an insert names one device",
        fix=f"uninstall one of them: `pip uninstall {offers[-1].distribution}`",
    )


def _shadowed(offer: Offer) -> Problem:
    """What a package offers under that name is not what is heard."""
    return Problem(
        slug="shadowed-package",
        what=f"`{offer.name}` is the house's device, not that of {offer.package}",
        why="no package replaces a device of the house",
        fix=f"`pip uninstall {offer.distribution}`, or ask its makers for another name",
        severity="warning",
    )
