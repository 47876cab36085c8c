"""What services make of an album's loudness."""

import pytest

from albumbuild.deliverables.services import Service, Sound, gain_db, services_text

PLAIN = Service(target_lufs=-14, ceiling_dbtp=-1, album_as_one=False, turns_up=True)
DOWN = Service(target_lufs=-14, ceiling_dbtp=-1, album_as_one=True, turns_up=False)


@pytest.mark.parametrize(
    ("service", "lufs", "dbtp", "gain"),
    [
        (PLAIN, -9.0, -1.0, -5.0),
        (PLAIN, -20.0, -8.0, 6.0),
        (PLAIN, -20.0, -3.0, 2.0),
        (PLAIN, -20.0, -0.5, 0.0),
        (DOWN, -20.0, -8.0, 0.0),
        (DOWN, -9.0, -1.0, -5.0),
        (PLAIN, None, None, 0.0),
    ],
)
def test_a_gain_goes_to_the_target_and_up_as_far_as_peaks_allow(
    service: Service, lufs: float | None, dbtp: float | None, gain: float
) -> None:
    assert gain_db(service, Sound(title="x", lufs=lufs, dbtp=dbtp)) == gain


def test_the_page_tells_album_and_tracks() -> None:
    tracks = [Sound(title="Tide", lufs=-9.0, dbtp=-1.0), Sound(title="Ebb", lufs=-18.0, dbtp=-2.0)]
    album = Sound(title="Salt", lufs=-11.0, dbtp=-1.0)
    lines = services_text({"b": DOWN, "a": PLAIN}, album, tracks).splitlines()
    assert lines[5:] == [
        "a: -14 LUFS",
        "  Tide                  -5.0  to -14.0 LUFS, -6.0 dBTP",
        "  Ebb                   +1.0  to -17.0 LUFS, -1.0 dBTP; its peaks allow no more",
        "",
        "b: -14 LUFS",
        "  the album as one      -3.0  to -14.0 LUFS, -4.0 dBTP",
        "  Tide                  -5.0  to -14.0 LUFS, -6.0 dBTP",
        "  Ebb               as it is  to -18.0 LUFS, -2.0 dBTP",
    ]
