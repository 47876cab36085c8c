"""From a song's manifest to its desk: times in seconds, curves resolved, idle parts left out."""

from collections.abc import Container, Iterable, Mapping
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
from albumbuild.steps.ends import key_of, keys_of, members, nodes_of, senders


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
    return _without_idle(desk, root_fader(song).inserts)


def version_of(desk: Desk, version: Version, *, listeners: Iterable[Processor] = ()) -> Desk:
    """The desk of another mix: what is not heard sends nothing and serves side chains alone.

    `listeners` are devices outside the desk that have side chains too.
    """
    nodes = nodes_of(desk)
    silent = {name for name in version.mute if name in nodes}
    if version.only:
        only = [name for name in version.only if name in nodes]
        wanted = _beneath(desk, only) | _above(desk, only)
        silent |= {name for name in (*desk.strips, *desk.buses) if name not in wanted}
    dumb = {n: msgspec.structs.replace(nodes[n], sends={}) for n in _beneath(desk, silent)}
    whole = _with_nodes(desk, dumb)
    return _without_idle(msgspec.structs.replace(whole, silent=frozenset(silent)), listeners)


def part_of(
    desk: Desk,
    root: str,
    kept: Mapping[str, tuple[str, ...]],
    *,
    listeners: Iterable[Processor] = (),
) -> Desk:
    """What one step hears: all that reaches `root`, and the keys of its side chains.

    `kept` are the strips and buses that are steps of their own, each with the returns it
    feeds. `listeners` are devices outside the desk that have side chains too. The buses
    above what sends to a return are there as well: they say how the sends are summed.
    """
    around = {root, *(() if root == MIX else _above(desk, [root]))}
    own = _with_kept(desk, {name: fed for name, fed in kept.items() if name not in around})
    heard = _reaching(own, [root] if root != MIX else members(own, MIX))
    asked = {key for device in listeners if (key := key_of(device))}
    keys: set[str] = set()
    while missing := (_keys(own, heard | keys) | asked) - heard - keys:
        keys |= _reaching(own, missing) - heard
    inside = heard | keys
    frame = _above(own, _senders_to(own, inside)) - inside
    nodes = nodes_of(own)
    changed = {name: _sending_to(nodes[name], inside) for name in keys}
    changed |= {name: Fader(bus=nodes[name].bus) for name in frame}
    part = _only(_with_nodes(own, changed), inside | frame)
    silent = _ends_of(own, keys, frame) | (desk.silent & inside)
    return msgspec.structs.replace(part, silent=frozenset(silent))


def with_finished(desk: Desk, kept: Mapping[str, tuple[str, ...]]) -> Desk:
    """What a mix hears, and what leads to that, with finished sound in the place of what is kept.

    What is beneath a kept bus is there, and sends nothing; what is muted is there only for
    the side chains that listen to it.
    """
    own = _with_kept(desk, kept)
    heard = set(heard_in_mix(desk))
    keys: set[str] = set()
    while missing := _keys(own, heard | keys) - heard - keys:
        keys |= _reaching(own, missing) - heard
    part = _only(own, heard | keys)
    return msgspec.structs.replace(part, silent=desk.silent & (heard | keys))


def heard_in_mix(desk: Desk) -> list[str]:
    """The strips, buses and returns that reach the mix, in the order of the desk."""
    nodes = nodes_of(desk)
    return [name for name in nodes if desk.silent.isdisjoint((name, *_above(desk, [name])))]


def without_feeds(part: Desk) -> Desk:
    """A part of a desk less what it sends to returns that are not in it: for listening."""
    nodes = nodes_of(part)
    return _with_nodes(part, {n: _sending_to(node, part.returns) for n, node in nodes.items()})


def fed_returns(desk: Desk, name: str) -> tuple[str, ...]:
    """The returns that a strip, or a bus and all beneath it, feeds, in the desk's order."""
    beneath = _beneath(desk, [name])
    fed = {target for name in beneath for target in nodes_of(desk)[name].sends}
    return tuple(name for name in desk.returns if name in fed)


def root_fader(song: Song) -> Fader:
    """The fader and inserts of the mix itself."""
    return fader_of(song.mix, song.tempo)


def fader_of(fader: manifest.Fader, tempo: float | None) -> Fader:
    """The inserts, the level and the curves of a fader, wherever it goes."""
    return Fader(**_faded(fader, tempo))


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


def _without_idle(desk: Desk, listeners: Iterable[Processor]) -> Desk:
    """The desk less the buses and returns that nothing reaches, and what those alone would feed."""
    asked = {key for device in listeners if (key := key_of(device))}
    while True:
        nodes = nodes_of(desk).values()
        fed = asked | {target for node in nodes for target in (*node.sends, node.bus)}
        fed |= {key for node in nodes for device in node.inserts if (key := key_of(device))}
        buses = {name: node for name, node in desk.buses.items() if name in fed}
        returns = {name: node for name, node in desk.returns.items() if name in fed}
        if len(buses) == len(desk.buses) and len(returns) == len(desk.returns):
            return desk
        desk = msgspec.structs.replace(desk, buses=buses, returns=returns)


def _with_kept(desk: Desk, kept: Mapping[str, tuple[str, ...]]) -> Desk:
    """The desk with finished sound in the place of what is kept; what is beneath sends nothing."""
    changed = {}
    for name, node in nodes_of(desk).items():
        beneath = not kept.keys().isdisjoint(_above(desk, [name]))
        if name in kept:
            sends = {} if beneath else {target: Feed(level_db=0.0) for target in kept[name]}
            changed[name] = (Strip if name in desk.strips else Fader)(bus=node.bus, sends=sends)
        elif beneath:
            changed[name] = msgspec.structs.replace(node, sends={})
    return msgspec.structs.replace(_with_nodes(desk, changed), kept=tuple(kept))


def _only(desk: Desk, names: set[str]) -> Desk:
    """Those nodes of a desk, and no others."""
    return Desk(
        strips={name: node for name, node in desk.strips.items() if name in names},
        buses={name: node for name, node in desk.buses.items() if name in names},
        returns={name: node for name, node in desk.returns.items() if name in names},
        kept=tuple(name for name in desk.kept if name in names),
        stored=(desk.stored & names) - set(desk.kept),
    )


def _reaching(desk: Desk, names: Iterable[str]) -> set[str]:
    """`names` and all that goes to them through buses and returns."""
    found: set[str] = set()
    ahead = [*names]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += members(desk, name)
            ahead += senders(desk, name) if name in desk.returns else ()
    return found


def _senders_to(desk: Desk, names: set[str]) -> list[str]:
    """Those of `names` that send to a return among them."""
    nodes = nodes_of(desk)
    return [name for name in names if not names.isdisjoint(nodes[name].sends)]


def _sending_to(node: Fader, returns: Container[str]) -> Fader:
    """A node less its sends to any but these."""
    sends = {target: feed for target, feed in node.sends.items() if target in returns}
    return msgspec.structs.replace(node, sends=sends)


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
    return {key for name in names for key in keys_of(desk, name)}


def _ends_of(desk: Desk, keys: set[str], frame: set[str]) -> set[str]:
    """Those of `keys` that lead to none of them, nor to a bus of the frame: they go nowhere."""
    nodes = nodes_of(desk)
    return {name for name in keys if nodes[name].bus not in keys | frame}


def _with_nodes(desk: Desk, changed: Mapping[str, Fader]) -> Desk:
    strips = {n: changed.get(n, node) for n, node in desk.strips.items()}
    return msgspec.structs.replace(
        desk,
        strips=strips,
        buses={n: changed.get(n, node) for n, node in desk.buses.items()},
        returns={n: changed.get(n, node) for n, node in desk.returns.items()},
    )
