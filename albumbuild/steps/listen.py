"""A sound made ready to be listened to on the review page: a small file, and its faults."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from albumbuild.dsp.faults import FaultFinder, shown
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.formats.coding import OPUS_RATE_HZ
from albumbuild.steps.coded import coding_for, write_coded
from albumbuild.steps.prepared import resampled
from albumbuild.steps.stream import AUDIO, blocks_of, frames_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albumbuild.model.device import Block

PREVIEW = "preview.opus"
FAULTS = "faults.json"
BITRATE_KBPS = 96


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was found wrong in a sound: the first faults of each kind, and how many there are."""

    faults: tuple[dict[str, Any], ...] = ()
    counts: dict[str, int] = {}


class Listen(Action, frozen=True, kw_only=True):
    """Encodes a stereo sound as a preview and, where it is asked for, looks for its faults."""

    kind: ClassVar[str] = "listen"
    libraries: ClassVar[tuple[str, ...]] = ("soundfile", "soxr")

    rate_hz: int
    faults: bool = False

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the preview and the list of faults."""
        audio = needs.blob(AUDIO)
        progress.total(frames_of(audio))
        finder = FaultFinder(self.rate_hz, 2, bits=None) if self.faults else None
        coding = coding_for("opus", rate_hz=OPUS_RATE_HZ, bitrate_kbps=BITRATE_KBPS)
        heard = _heard(blocks_of(audio), finder, progress)
        write_coded(into / PREVIEW, resampled(heard, self.rate_hz, OPUS_RATE_HZ), coding)
        first, counts = shown(finder.faults()) if finder else ([], {})
        found = Heard(faults=tuple(map(msgspec.to_builtins, first)), counts=counts)
        (into / FAULTS).write_bytes(msgspec.json.encode(found))


def read_faults(path: Path) -> Heard:
    """What a listening has found."""
    return msgspec.json.decode(path.read_bytes(), type=Heard)


def _heard(
    blocks: "Iterator[Block]", finder: FaultFinder | None, progress: Progress
) -> "Iterator[Block]":
    """The same blocks, on their way past the finder."""
    for block in blocks:
        if finder is not None:
            finder.add(block)
        progress.add(len(block))
        yield block
