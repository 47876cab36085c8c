"""Where sound goes inside a song: buses, sends and side chains that exist and never circle."""

from collections.abc import Iterator
from typing import Literal

from albumbuild.manifest.wording import Path
from albumbuild.model.device import Processor
from albumbuild.model.node import Places
from albumbuild.model.problem import Problem, did_you_mean
from albumbuild.model.song import ROOT, Song, Strip

Means = Literal["bus", "send", "sidechain"]
Wire = tuple[str, Means, Path]
"""Where a wire leads, what it is, and where the manifest says so."""


def routing_problems(song: Song, path: Path, places: Places) -> Iterator[Problem]:
    """Wires of one song that lead nowhere, or round in a circle."""
    wires: dict[str, list[Wire]] = {}
    for group, strips in _groups(song):
        for name, strip in strips.items():
            place = (*path, group, name)
            yield from _bus_problems(song, strip, place, places)
            yield from _send_problems(song, strip, place, places)
            wires.setdefault(_node(group, name), []).extend(_ways_out(strip, place))
            for source, key in keys_of(strip.inserts, place):
                wires.setdefault(source, []).append((_node(group, name), "sidechain", key))
                yield from _key_problems(song, source, key, places)
    for source, key in keys_of(song.mix.inserts, (*path, "mix")):
        yield from _key_problems(song, source, key, places)
    yield from _circles(wires, places)


def keys_of(inserts: tuple[Processor, ...], path: Path) -> Iterator[tuple[str, Path]]:
    """What the inserts of a strip at `path` listen to, and where they say so."""
    for index, insert in enumerate(inserts):
        sidechain = getattr(insert, "sidechain", None)
        if sidechain is not None and sidechain.from_ is not None:
            yield sidechain.from_, (*path, "inserts", index, "sidechain", "from")


def _groups(song: Song) -> tuple[tuple[str, dict[str, Strip]], ...]:
    return (
        ("stems", dict(song.stems)),
        ("buses", dict(song.buses)),
        ("returns", dict(song.returns)),
    )


def _node(group: str, name: str) -> str:
    return f"return {name}" if group == "returns" else name


def _ways_out(strip: Strip, path: Path) -> Iterator[Wire]:
    if strip.bus != ROOT:
        yield strip.bus, "bus", (*path, "bus")
    for name in strip.sends:
        yield _node("returns", name), "send", (*path, "sends", name)


def _bus_problems(song: Song, strip: Strip, path: Path, places: Places) -> Iterator[Problem]:
    if strip.bus not in song.buses and strip.bus != ROOT:
        yield Problem(
            slug="unknown-bus",
            at=places.of(*path, "bus"),
            what=f"there is no bus `{strip.bus}` in this song",
            fix=did_you_mean(strip.bus, [*song.buses, ROOT]),
        )


def _send_problems(song: Song, strip: Strip, path: Path, places: Places) -> Iterator[Problem]:
    for name in strip.sends:
        if name not in song.returns:
            fix = did_you_mean(name, song.returns) if song.returns else "add it under `returns:`"
            yield Problem(
                slug="unknown-return",
                at=places.key_of(*path, "sends", name),
                what=f"there is no return `{name}` in this song",
                why="a send leads to one of `returns:`",
                fix=fix,
            )


def _key_problems(song: Song, source: str, path: Path, places: Places) -> Iterator[Problem]:
    if source not in song.stems and source not in song.buses:
        yield Problem(
            slug="unknown-sidechain",
            at=places.of(*path),
            what=f"there is no stem or bus `{source}` in this song",
            why="a side chain listens to a stem or a bus",
            fix=did_you_mean(source, [*song.stems, *song.buses]),
        )


def _circles(wires: dict[str, list[Wire]], places: Places) -> Iterator[Problem]:
    """The first circle of wires that a walk from each node comes upon."""
    done: set[str] = set()
    for start in wires:
        circle = _circle_from(start, wires, done)
        if circle:
            means = {each[1] for each in circle}
            worst = next(each for each in ("sidechain", "send", "bus") if each in means)
            at = next(each[2] for each in reversed(circle) if each[1] == worst)
            way = " → ".join(f"`{each[0]}`" for each in (circle[-1], *circle))
            yield Problem(
                slug=f"{worst}-circle",
                at=places.of(*at),
                what=f"sound would go round in a circle: {way}",
                why="each of them would have to be finished before the others",
                fix="take one of these wires out",
            )


def _circle_from(start: str, wires: dict[str, list[Wire]], done: set[str]) -> list[Wire]:
    """The wires of a circle, in the order of the sound, or none; adds finished nodes to `done`."""
    trail: list[Wire] = []
    stack = [(start, iter(wires.get(start, ())))]
    on_way = {start} - done
    while stack and on_way:
        node, ways = stack[-1]
        wire = next((each for each in ways if each[0] not in done), None)
        if wire is None:
            stack.pop()
            done.add(node)
            on_way.discard(node)
            trail = trail[:-1]
        elif wire[0] in on_way:
            nodes = [each for each, _ in stack]
            done.update(nodes)
            return [*trail[nodes.index(wire[0]) :], wire]
        else:
            trail.append(wire)
            on_way.add(wire[0])
            stack.append((wire[0], iter(wires.get(wire[0], ()))))
    return []
