"""From a song's manifest to its desk: times in seconds, curves resolved, idle parts left out."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from albumbuild.dsp.levels import SILENT_DB
from albumbuild.model import song as manifest
from albumbuild.model.addresses import address_of
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.desk import MIX, Desk, Fader, Feed, Strip
from albumbuild.model.device import Processor
from albumbuild.model.song import Song, Stem, Version
from albumbuild.model.time import Point
from albumbuild.processors.delay import Delay
from albumbuild.steps.ends import key_of, members, nodes_of


def desk_of(song: Song) -> Desk:
    """The whole desk of a song's main mix.

    Sorted by name: in which order a manifest writes its keys is heard in no sum.
    """
    tempo = song.tempo
    desk = Desk(
        strips={name: _strip(stem, tempo) for name, stem in sorted(song.stems.items())},
        buses={name: Fader(**_routed(bus, tempo)) for name, bus in sorted(song.buses.items())},
        returns={
            name: Fader(**_routed(each, tempo)) for name, each in sorted(song.returns.items())
        },
    )
    return _without_idle(desk)


def version_of(desk: Desk, version: Version) -> Desk:
    """The desk of another mix: what is not heard sends nothing and serves side chains alone."""
    silent = set(version.mute)
    if version.only:
        wanted = _beneath(desk, version.only) | _above(desk, version.only)
        silent |= {name for name in (*desk.strips, *desk.buses) if name not in wanted}
    nodes = nodes_of(desk)
    dumb = {n: msgspec.structs.replace(nodes[n], sends={}) for n in _beneath(desk, silent)}
    whole = _with_nodes(desk, dumb)
    return _without_idle(msgspec.structs.replace(whole, silent=frozenset(silent)))


def part_of(
    desk: Desk,
    root: str,
    kept: Mapping[str, tuple[str, ...]],
    *,
    listeners: Iterable[Processor] = (),
) -> Desk:
    """What one step hears: all that reaches `root`, and the keys of its side chains.

    `kept` are the buses that are steps of their own, each with the returns it feeds.
    `listeners` are devices outside the desk that have side chains too.
    """
    own = msgspec.structs.replace(desk, kept=tuple(name for name in kept if name != root))
    heard = _reaching(own, [root] if root != MIX else members(own, MIX))
    asked = {key for device in listeners if (key := key_of(device))}
    keys: set[str] = set()
    while missing := (_keys(own, heard | keys) | asked) - heard - keys:
        keys |= _reaching(own, missing)
    nodes = {}
    for name, node in nodes_of(desk).items():
        if name in own.kept:
            sends = {} if name in keys else {target: Feed(level_db=0.0) for target in kept[name]}
            nodes[name] = Fader(bus=node.bus, sends=sends)
        elif name in heard | keys:
            nodes[name] = msgspec.structs.replace(node, sends={}) if name in keys else node
    return Desk(
        strips={name: node for name, node in nodes.items() if isinstance(node, Strip)},
        buses={n: node for n, node in nodes.items() if n in desk.buses and n in heard | keys},
        returns={name: nodes[name] for name in desk.returns if name in nodes},
        kept=tuple(name for name in own.kept if name in heard | keys),
        silent=frozenset(_ends_of(own, keys) | (desk.silent & (heard | keys))),
    )


def fed_returns(desk: Desk, bus: str) -> tuple[str, ...]:
    """The returns that a bus and all beneath it feed, in the desk's order."""
    beneath = _beneath(desk, [bus])
    fed = {target for name in beneath for target in nodes_of(desk)[name].sends}
    return tuple(name for name in desk.returns if name in fed)


def root_fader(song: Song) -> Fader:
    """The fader and inserts of the mix itself."""
    return Fader(**_faded(song.mix, song.tempo))


def resolved(inserts: Iterable[Processor], tempo: float | None) -> tuple[Processor, ...]:
    """The inserts that are at work, note lengths as times."""
    return tuple(
        each.with_tempo(tempo) if isinstance(each, Delay) and tempo else each
        for each in inserts
        if not each.bypass
    )


def insert_targets(fader: manifest.Fader) -> dict[str, str]:
    """The address of each setting of an insert at work that is automated, by its target."""
    at_work = [each for each in fader.inserts if not each.bypass]
    found = ((target, address_of(target, at_work)) for target in fader.automation)
    return {target: address for target, address in found if address is not None}


def _strip(stem: Stem, tempo: float | None) -> Strip:
    trim = stem.trim
    return Strip(
        **_routed(stem, tempo),
        start_s=stem.start.seconds(tempo),
        trim_from_s=trim.from_.seconds(tempo) if trim else 0.0,
        trim_to_s=trim.to.seconds(tempo) if trim and trim.to else None,
        fade_in=stem.opening,
        fade_out=stem.closing,
        invert=stem.polarity == "invert",
    )


def _routed(strip: manifest.Strip, tempo: float | None) -> dict[str, Any]:
    curves = strip.automation
    feeds = {
        name: Feed(
            level_db=send.level_db,
            pre=send.pre,
            curve=_curve(curves.get(f"sends.{name}"), tempo),
        )
        for name, send in strip.sends.items()
    }
    return _faded(strip, tempo) | {
        "pan": strip.pan,
        "pan_curve": _curve(curves.get("pan"), tempo),
        "sends": {name: feed for name, feed in feeds.items() if _audible(feed)},
        "bus": strip.bus,
    }


def _faded(fader: manifest.Fader, tempo: float | None) -> dict[str, Any]:
    return {
        "inserts": resolved(fader.inserts, tempo),
        "insert_curves": {
            address: curve
            for target, address in insert_targets(fader).items()
            if (curve := _curve(fader.automation[target], tempo))
        },
        "gain_db": fader.gain_db,
        "gain_curve": _curve(fader.automation.get("gain_db"), tempo),
    }


def _audible(feed: Feed) -> bool:
    return feed.curve is not None or feed.level_db > SILENT_DB


def _curve(points: tuple[Point, ...] | None, tempo: float | None) -> Curve | None:
    if not points:
        return None
    return Curve(tuple(CurvePoint(p.at.seconds(tempo), float(p.value), p.shape) for p in points))


def _without_idle(desk: Desk) -> Desk:
    """The desk less the buses and returns that nothing reaches, and what those alone would feed."""
    while True:
        nodes = nodes_of(desk).values()
        fed = {target for node in nodes for target in (*node.sends, node.bus)}
        fed |= {key for node in nodes for device in node.inserts if (key := key_of(device))}
        buses = {name: node for name, node in desk.buses.items() if name in fed}
        returns = {name: node for name, node in desk.returns.items() if name in fed}
        if len(buses) == len(desk.buses) and len(returns) == len(desk.returns):
            return desk
        desk = msgspec.structs.replace(desk, buses=buses, returns=returns)


def _reaching(desk: Desk, names: Iterable[str]) -> set[str]:
    """`names` and all that goes through buses to them."""
    found = set(names)
    for name in names:
        found |= _reaching(desk, members(desk, name))
    return found


def _beneath(desk: Desk, names: Iterable[str]) -> set[str]:
    """`names` and the strips and buses that lead to them."""
    found = set(names)
    while more := {n for n, node in nodes_of(desk).items() if node.bus in found} - found:
        found |= more
    return found


def _above(desk: Desk, names: Iterable[str]) -> set[str]:
    """The buses that `names` lead to."""
    found: set[str] = set()
    for name in names:
        while (bus := nodes_of(desk)[name].bus) != MIX:
            found.add(bus)
            name = bus  # noqa: PLW2901 - up one bus after the other
    return found


def _keys(desk: Desk, names: set[str]) -> set[str]:
    """What the side chains of `names` listen to."""
    nodes = nodes_of(desk)
    rendered = (name for name in names if name not in desk.kept)
    return {key for name in rendered for d in nodes[name].inserts if (key := key_of(d))}


def _ends_of(desk: Desk, keys: set[str]) -> set[str]:
    """Those of `keys` that do not lead to another of them: they go nowhere."""
    nodes = nodes_of(desk)
    return {name for name in keys if nodes[name].bus not in keys}


def _with_nodes(desk: Desk, changed: Mapping[str, Fader]) -> Desk:
    strips = {n: changed.get(n, node) for n, node in desk.strips.items()}
    return msgspec.structs.replace(
        desk,
        strips=strips,
        buses={n: changed.get(n, node) for n, node in desk.buses.items()},
        returns={n: changed.get(n, node) for n, node in desk.returns.items()},
    )
