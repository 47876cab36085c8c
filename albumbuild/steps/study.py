"""Devices that hear all of their input before they start: what they study, chain by chain."""

from typing import TYPE_CHECKING

import numpy as np

from albumbuild.steps.inserts import heard_by
from albumbuild.steps.stream import through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from albumbuild.engine.action import Progress
    from albumbuild.model.device import Block, Processor


def studied(
    devices: "Sequence[Processor]",
    sound: "Callable[[], Iterable[Block]]",
    *,
    rate_hz: int,
    progress: "Progress",
) -> "tuple[Processor, ...]":
    """A chain of a stereo sound, ready to start.

    Each device that is to study its input hears all of it as the devices before it leave it,
    and of that the part that it works on. `sound` begins anew each time.
    """
    ready: list[Processor] = []
    for device in devices:
        if not device.studying:
            ready.append(device)
            continue
        study = device.study(rate_hz, heard_by(device, np.zeros((0, 2))).shape[1])
        for block in through(ready, sound(), rate_hz=rate_hz):
            study.add(heard_by(device, block))
            progress.add(0)
        ready.append(device.studied(study))
    return tuple(ready)
