"""Where settings of inserts stand, for automation: `squash.threshold_db` is `2/threshold_db`."""

from collections.abc import Iterable, Iterator

import msgspec

from albumbuild.model.device import Processor


class Named(msgspec.Struct, frozen=True):
    """An insert, or a part of one, that has an `id`; `address` leads to it from its chain."""

    id: str
    insert: int
    address: str
    record: msgspec.Struct


def named_parts(inserts: Iterable[Processor]) -> Iterator[Named]:
    """Every insert, and every part of a list in one, that has an `id`."""
    for number, insert in enumerate(inserts):
        for address, record in ((f"{number}", insert), *_parts(insert, f"{number}")):
            name = getattr(record, "id", None)
            if name is not None:
                yield Named(name, number, address, record)


def part_of_target(target: str, parts: Iterable[Named]) -> tuple[Named, list[str]] | None:
    """The part that a target such as `squash.sidechain.highpass_hz` moves, and the way in it.

    The longest `id` that fits is meant: one may hold a dot.
    """
    fits = [part for part in parts if target.startswith(f"{part.id}.")]
    if not fits:
        return None
    part = max(fits, key=lambda each: len(each.id))
    return part, target.removeprefix(f"{part.id}.").split(".")


def address_of(target: str, inserts: Iterable[Processor]) -> str | None:
    """The address of the setting that a target moves; an item of a list is counted from 1."""
    found = part_of_target(target, named_parts(inserts))
    if found is None:
        return None
    part, way = found
    return "/".join((part.address, *(str(int(key) - 1) if key.isdecimal() else key for key in way)))


def _parts(insert: Processor, address: str) -> Iterator[tuple[str, msgspec.Struct]]:
    for field in insert.__struct_fields__:
        held = getattr(insert, field)
        if isinstance(held, tuple):
            for index, each in enumerate(held):
                if isinstance(each, msgspec.Struct):
                    yield f"{address}/{field}/{index}", each
