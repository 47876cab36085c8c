"""Songs from loud to calm."""

import pytest

from albumbuild.model.programme import Slot
from albumbuild.steps.loudfirst import as_played


def played(
    lufs: dict[str, float | None], starts: tuple[int, ...], frames: dict[str, int] | None = None
) -> str:
    """The order of songs of one letter that are so loud and so long."""
    figures = {
        song: {"integrated_lufs": loudness, "frames": (frames or {}).get(song, 100)}
        for song, loudness in lufs.items()
    }
    slots = [Slot(song=song) for song in lufs]
    return "".join(slot.song for slot in as_played(slots, starts, figures))


@pytest.mark.parametrize(
    ("lufs", "starts", "order"),
    [
        ((-20.0, -12.0, -16.0), (0, 1, 2), "bca"),
        ((-14.02, -13.98, -14.0), (0, 1, 2), "abc"),
        ((-14.0, -14.2, -13.0), (0, 1, 2), "cab"),
        ((-90.0, None, -69.0, -30.0), (0, 1, 2, 3), "dcab"),
        ((-18.0, -18.0, -16.0), (0, 2), "cab"),
        ((-20.0, -12.0, -16.0), (), "abc"),
    ],
)
def test_runs_go_from_loud_to_calm_and_the_alike_stay(
    lufs: tuple[float | None, ...], starts: tuple[int, ...], order: str
) -> None:
    assert played(dict(zip("abcd", lufs, strict=False)), starts) == order


def test_a_run_is_as_loud_as_its_songs_by_their_lengths() -> None:
    lufs: dict[str, float | None] = {"a": -15.0, "b": -10.0, "c": -18.0}
    assert played(lufs, (0, 1), {"b": 900}) == "bca"
    assert played(lufs, (0, 1), {"c": 900}) == "abc"
