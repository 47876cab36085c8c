"""Which strips and buses of a song are steps of their own: where storing their sound pays."""

from collections.abc import Iterable, Mapping

import msgspec

from albumbuild.model.desk import MIX, Desk
from albumbuild.model.device import Processor
from albumbuild.model.song import Bus
from albumbuild.planner.desks import fed_returns
from albumbuild.steps.ends import key_of, keys_of, members, nodes_of

WORTH_KEEPING = 6.0
"""What costs less than this is mixed faster than it is read back."""


def with_stored(desk: Desk) -> Desk:
    """The desk, dear strips marked to leave as if they were kept: as 32-bit float.

    What a strip itself costs decides, whoever hears it: so a mix comes out the same
    whether its strips are rendered in it or come from the store.
    """
    dear = frozenset(name for name in desk.strips if _own_cost(desk, name) >= WORTH_KEEPING)
    return msgspec.structs.replace(desk, stored=dear)


def kept_parts(
    desk: Desk, buses: Mapping[str, Bus], *, listeners: Iterable[Processor]
) -> dict[str, tuple[str, ...]]:
    """The strips and buses to keep, each with the returns that it feeds.

    What hears a return is never kept: how that sounds is known only with the whole desk.
    Nor is a strip that a side chain listens to, also one of the `listeners` after the desk:
    that is heard before its pan.
    """
    asked = {key for name in nodes_of(desk) for key in keys_of(desk, name)}
    asked |= {key for device in listeners if (key := key_of(device))}
    names = [*(name for name in desk.strips if name in desk.stored - asked), *desk.buses]
    kept = [name for name in names if _is_kept(desk, name, buses)]
    return {name: fed_returns(desk, name) for name in kept}


def _is_kept(desk: Desk, name: str, buses: Mapping[str, Bus]) -> bool:
    """Whether a strip or bus is kept, if no side chain listens to it as a strip."""
    if _hears_a_return(desk, name):
        return False
    if name in desk.strips:
        return name in desk.stored
    if buses[name].keep != "auto" or not members(desk, name):
        return buses[name].keep == "always" and bool(members(desk, name))
    own = _own_cost(desk, name)
    below = sum(_cost(desk, member, buses) for member in members(desk, name))
    return own + (below if buses[name].bus == MIX else 0.0) >= WORTH_KEEPING


def _hears_a_return(desk: Desk, name: str) -> bool:
    """Whether a return leads to a strip or bus, or to what its side chains listen to."""
    heard = [*members(desk, name), *keys_of(desk, name)]
    return any(each in desk.returns or _hears_a_return(desk, each) for each in heard)


def _cost(desk: Desk, name: str, buses: Mapping[str, Bus]) -> float:
    """What a strip or bus costs with all that leads to it; what is kept is read."""
    if _is_kept(desk, name, buses):
        return 1.0
    below = sum(_cost(desk, member, buses) for member in members(desk, name))
    return _own_cost(desk, name) + below


def _own_cost(desk: Desk, name: str) -> float:
    own = sum(device.effort() for device in nodes_of(desk)[name].inserts)
    return own + (1.0 if name in desk.strips else 0.0)
