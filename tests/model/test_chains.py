"""Chains of inserts are found wherever an album has them."""

from albumbuild.model.album import Album
from albumbuild.model.chains import chains_of, devices_of
from albumbuild.model.deliverable import Cd
from albumbuild.model.mastering import AlbumMaster, SongMaster
from albumbuild.model.song import Bus, MixSettings, Return, Song, Stem
from albumbuild.processors.gain import Gain

PLACES = (
    ("songs", "tide", "stems", "kick"),
    ("songs", "tide", "buses", "drums"),
    ("songs", "tide", "returns", "plate"),
    ("songs", "tide", "mix"),
    ("songs", "tide", "master"),
    ("master",),
    ("deliverables", "disc"),
)


def gains(number: float) -> tuple[Gain, Gain]:
    """Two inserts that tell whose they are."""
    return Gain(level_db=number), Gain(level_db=-number)


def test_every_chain_is_found_with_its_place():
    song = Song(
        stems={"kick": Stem(file="kick.wav", inserts=gains(0))},
        buses={"drums": Bus(inserts=gains(1))},
        returns={"plate": Return(inserts=gains(2))},
        mix=MixSettings(inserts=gains(3)),
        master=SongMaster(inserts=gains(4)),
    )
    album = Album(
        title="Salt",
        artist="Lights",
        songs={"tide": song},
        master=AlbumMaster(inserts=gains(5)),
        deliverables={"disc": Cd(inserts=gains(6))},
    )
    expected = [((*place, "inserts"), gains(at)) for at, place in enumerate(PLACES)]
    assert [*chains_of(album)] == expected
    assert [*devices_of(album)] == [
        ((*place, index), device)
        for place, inserts in expected
        for index, device in enumerate(inserts)
    ]
