"""Where each strip, bus and return of a desk falls silent, known before a note is rendered."""

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from albumbuild.model.desk import Desk, Fader
from albumbuild.steps.inserts import fader_tail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albumbuild.model.device import Processor


def key_of(device: "Processor") -> str | None:
    """The strip or bus whose sound a device's side chain listens to."""
    sidechain = getattr(device, "sidechain", None)
    return getattr(sidechain, "from_", None)


def keys_of(desk: Desk, name: str) -> list[str]:
    """What the side chains of a strip, bus or return listen to; none where it is kept."""
    inserts = () if name in desk.kept else nodes_of(desk)[name].inserts
    return [key for device in inserts if (key := key_of(device))]


def nodes_of(desk: Desk) -> dict[str, Fader]:
    """Every strip, bus and return by its name, in the order of the desk."""
    return {**desk.strips, **desk.buses, **desk.returns}


def members(desk: Desk, bus: str) -> list[str]:
    """What goes straight to `bus` and is heard there, in the order of the desk."""
    if bus in desk.strips or bus in desk.kept:
        return []
    heard = ((name, node) for name, node in nodes_of(desk).items() if name not in desk.silent)
    return [name for name, node in heard if node.bus == bus]


def senders(desk: Desk, target: str) -> list[str]:
    """What sends to a return, in the order of the desk."""
    return [name for name, node in nodes_of(desk).items() if target in node.sends]


def desk_order(desk: Desk) -> list[str]:
    """Every node after those that it hears: members, senders and keys.

    Raises:
        graphlib.CycleError: nodes hear each other.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in nodes_of(desk):
        sorter.add(name, *members(desk, name), *keys_of(desk, name))
        if name in desk.returns:
            sorter.add(name, *senders(desk, name))
    return list(sorter.static_order())


def node_ends(desk: Desk, heads: "Mapping[str, int]", rate_hz: int) -> dict[str, int]:
    """The frame at which each node's last tail has died away; 0 for one that never sounds.

    `heads` are the ends of the strips' files on the time line, of what is kept as `NAME`,
    and of what that sends as `NAME>RETURN`.
    """
    ends: dict[str, int] = {}
    for name in desk_order(desk):
        if name in desk.kept:
            ends[name] = heads[name]
            continue
        if name in desk.strips:
            head = heads[name]
        else:
            heard = [ends[member] for member in members(desk, name)]
            heard += [
                heads[f"{sender}>{name}"] if sender in desk.kept else ends[sender]
                for sender in (senders(desk, name) if name in desk.returns else ())
            ]
            head = max(heard, default=0)
        ends[name] = head + fader_tail(nodes_of(desk)[name], rate_hz) if head else 0
    return ends
