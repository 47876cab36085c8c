"""Which buses of a song are steps of their own: where storing their sound pays."""

from collections.abc import Mapping

from albumbuild.model.desk import MIX, Desk
from albumbuild.model.song import Bus
from albumbuild.planner.desks import fed_returns
from albumbuild.steps.ends import members, nodes_of

DEVICE_COST = {
    "reverb": 8.0,
    "limiter": 4.0,
    "convolution": 4.0,
    "compressor": 2.0,
    "delay": 2.0,
}
"""Work against that of reading one strip; what is not named here costs 1."""

WORTH_KEEPING = 6.0
"""A bus that costs less than this is mixed faster than it is read back."""


def kept_buses(desk: Desk, buses: Mapping[str, Bus]) -> dict[str, tuple[str, ...]]:
    """The buses to keep, each with the returns that it feeds.

    A bus that a return flows into is never kept: what it sounds like is known only with
    the whole desk.
    """
    return {
        name: fed_returns(desk, name) for name in desk.buses if _is_kept(desk, name, buses[name])
    }


def _is_kept(desk: Desk, name: str, bus: Bus) -> bool:
    if bus.keep == "never" or _hears_a_return(desk, name) or not members(desk, name):
        return False
    return bus.keep == "always" or (bus.bus == MIX and _cost(desk, name) >= WORTH_KEEPING)


def _hears_a_return(desk: Desk, name: str) -> bool:
    return any(
        member in desk.returns or _hears_a_return(desk, member) for member in members(desk, name)
    )


def _cost(desk: Desk, name: str) -> float:
    own = sum(DEVICE_COST.get(device.name, 1.0) for device in nodes_of(desk)[name].inserts)
    strip = 1.0 if name in desk.strips else 0.0
    return strip + own + sum(_cost(desk, member) for member in members(desk, name))
