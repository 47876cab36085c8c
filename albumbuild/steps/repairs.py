"""What the inserts of a step have repaired: a line for each in its log, and a file of all."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from albumbuild.engine.action import Progress
    from albumbuild.model.repair import Repair
    from albumbuild.steps.inserts import Insert

REPAIRS = "repairs.json"
"""The output that lists repairs; there is none where no device repairs."""

SHOWN = 20
"""So many times stand in a line of the log."""

_SAID = {"click": ("click repaired", "clicks repaired"), "clip": ("peak rebuilt", "peaks rebuilt")}


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device and what it has repaired; `on` is the strip, bus or chain that it stands in."""

    device: str
    on: str
    repairs: "tuple[Repair, ...]"


class List(msgspec.Struct, frozen=True, kw_only=True):
    """All that a step has repaired, in frames of its time line at `rate_hz`."""

    rate_hz: int
    devices: tuple[Device, ...]


class RepairLog:
    """Watches the inserts of a step that repair, and writes down what they have done."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._watched: list[tuple[str, Insert]] = []

    def watch(self, on: str, inserts: "Iterable[Insert]") -> None:
        """Keep an eye on the inserts of a strip, a bus or a chain."""
        self._watched += [(on, insert) for insert in inserts if insert.device.repairing]

    def write(self, into: "Path", progress: "Progress") -> None:
        """Tell of each device, and leave the whole list; all sound has gone through by now."""
        if not self._watched:
            return
        devices = tuple(
            Device(device=insert.device.name, on=on, repairs=insert.repairs())
            for on, insert in self._watched
        )
        for device in devices:
            progress.log("info", told(device, self._rate_hz))
        listed = msgspec.json.encode(List(rate_hz=self._rate_hz, devices=devices))
        (into / REPAIRS).write_bytes(msgspec.json.format(listed, indent=1) + b"\n")


def told(device: Device, rate_hz: int) -> str:
    """One line about what a device has repaired."""
    head = f"{device.device} on `{device.on}`: "
    if not device.repairs:
        return f"{head}nothing to repair"
    kind = device.repairs[0].kind
    if kind in ("hum", "offset"):
        level_db = max(repair.level_db for repair in device.repairs)
        return f"{head}{level_db:.1f} dBFS of {kind} taken out"
    count = len(device.repairs)
    return f"{head}{count} {_SAID[kind][count > 1]}, at {_times(device.repairs, rate_hz)}"


def _times(repairs: "Sequence[Repair]", rate_hz: int) -> str:
    """Where they are, each time once, however many channels share it."""
    times = list(dict.fromkeys(clock(frame, rate_hz) for frame in sorted(r.frame for r in repairs)))
    more = f", … (first {SHOWN})" if len(times) > SHOWN else ""
    return ", ".join(times[:SHOWN]) + more


def clock(frame: int, rate_hz: int) -> str:
    """`m:ss.mmm`, to the millisecond in which the frame is."""
    milliseconds = max(frame, 0) * 1_000 // rate_hz
    return f"{milliseconds // 60_000}:{milliseconds // 1_000 % 60:02}.{milliseconds % 1_000:03}"
