"""The headline of a deliverable: its folder, loudness, true peak and length."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albumbuild.engine.results import Result
    from albumbuild.model.delivery import Delivery

DELIVERABLE = "deliver:"
FIGURES = ("type", "tracks", "seconds", "lufs_min", "lufs_max", "dbtp_max")


def is_up_to_date(result: "Result") -> bool:
    """Whether nothing had to be done."""
    return all(step.status == "current" for step in result.steps.values())


def deliverables(root: Path, result: "Result") -> dict[str, Any]:
    """The figures of each deliverable of a build that stands in its place."""
    names = [
        step.removeprefix(DELIVERABLE) for step in result.steps if step.startswith(DELIVERABLE)
    ]
    folders = {name: root / "build" / name for name in names}
    return {name: figures_of(folder) for name, folder in folders.items() if folder.is_dir()}


def figures_of(folder: Path) -> dict[str, Any]:
    """Folder, length, and the loudest of what was measured on the tracks.

    All but the folder are None where the record cannot be read: it may have been edited.
    """
    figures: dict[str, Any] = {"folder": str(folder), **dict.fromkeys(FIGURES)}
    record = _record(folder)
    if record is None:
        return figures
    loudness = [track.lufs for track in record.tracks if track.lufs is not None]
    peaks = [track.dbtp for track in record.tracks if track.dbtp is not None]
    return figures | {
        "type": record.type,
        "tracks": len(record.tracks),
        "seconds": round(sum(track.seconds for track in record.tracks), 3),
        "lufs_min": min(loudness, default=None),
        "lufs_max": max(loudness, default=None),
        "dbtp_max": max(peaks, default=None),
    }


def _record(folder: Path) -> "Delivery | None":
    """What a folder says of itself; None where that is no record."""
    import msgspec  # only here: a build with nothing to do needs none

    from albumbuild.model.delivery import DELIVERY, Delivery

    try:
        return msgspec.json.decode((folder / DELIVERY).read_bytes(), type=Delivery)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def deliverable_lines(root: Path, result: "Result") -> list[str]:
    """A line for each deliverable."""
    lines = []
    for name, figures in deliverables(root, result).items():
        if figures["tracks"] is None:
            lines.append(f"  {name:12} no figures: its record cannot be read  build/{name}")
            continue
        minutes, seconds = divmod(round(figures["seconds"]), 60)
        lines.append(
            f"  {name:12} {figures['tracks']:2} tracks  {minutes}:{seconds:02}  "
            f"{_range(figures)}  {_value(figures['dbtp_max'])} dBTP  build/{name}"
        )
    return lines


def _range(figures: dict[str, Any]) -> str:
    low, high = figures["lufs_min"], figures["lufs_max"]
    if low is None or round(low, 1) == round(high, 1):
        return f"{_value(low)} LUFS"
    return f"{_value(low)} … {_value(high)} LUFS"


def _value(number: float | None) -> str:
    return "-inf" if number is None else f"{number:.1f}"
