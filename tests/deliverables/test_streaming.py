"""Streaming files: cut without a seam, tagged, and measured as they will be heard."""

import hashlib
from typing import Any

import mutagen
import numpy as np
import pytest
from mutagen.id3 import ID3

from albumbuild.deliverables.delivery import DITHER_SEED
from albumbuild.dsp.dither import quantise
from albumbuild.dsp.shaping import Shaper
from albumbuild.formats.sound import probe
from albumbuild.formats.wave import wave_layout
from tests.deliverables.conftest import CODECS
from tests.deliverables.test_loudness import true_peak_dbtp
from tests.studio import Block, Studio

FOLDERS = (
    *("cd", "secret", "vinyl", "hot", "limited", "flac", "dithered", "loud", "even", "asis"),
    *("mp3", "ogg", "opus", "aiff", "mixes", *CODECS),
)


def tracks(studio: Studio, name: str) -> list[dict[str, Any]]:
    """The tracks of a deliverable."""
    return list(studio.delivery(name)["tracks"])


def joined(studio: Studio, name: str) -> Block:
    """The files of a deliverable laid end to end."""
    return np.concatenate([studio.sound(f"{name}/{t['file']}") for t in tracks(studio, name)])


@pytest.mark.parametrize(
    ("name", "bits", "dither"),
    [
        ("flac", 24, "none"),
        ("dithered", 16, "tpdf"),
        *((name, 24, "tpdf") for name in CODECS if name == "alac"),
    ],
)
def test_tracks_end_to_end_are_the_programme(
    shop: Studio, name: str, bits: int, dither: Any
) -> None:
    whole = shop.result(f"sequence:{name}", "side.programme")
    drawn = quantise(whole, bits=bits, dither=dither, first_frame=0, seed=DITHER_SEED)
    assert np.array_equal(joined(shop, name) * 2 ** (bits - 1), drawn)
    for track in tracks(shop, name):
        assert probe(shop.root / f"build/{name}/{track['file']}").bits == bits


def test_shaped_noise_begins_anew_with_each_track(shop: Studio) -> None:
    whole = shop.result("sequence:shaped", "side.programme")
    for track in tracks(shop, "shaped"):
        first = round(track["start_s"] * 44_100)
        sound = shop.sound(f"shaped/{track['file']}")
        shaper = Shaper(44_100, 2, bits=16, first_frame=first, seed=DITHER_SEED)
        drawn = shaper.process(whole[first : first + len(sound)])
        assert np.array_equal(sound * 32_768, drawn)


def test_gaps_belong_to_the_song_before(shop: Studio) -> None:
    first, second, third = tracks(shop, "flac")
    assert first["start_s"] == 0
    assert first["seconds"] == pytest.approx(9.5, abs=1e-4)
    assert second["seconds"] == pytest.approx(6 - 0.75 + 0.4, abs=1e-4)
    assert third["start_s"] == pytest.approx(first["seconds"] + second["seconds"], abs=1e-9)
    tail = shop.sound(f"flac/{first['file']}")[round(8.01 * 44_100) :]
    assert not tail.any()


def test_standalone_tracks_have_no_gaps(shop: Studio) -> None:
    assert [t["seconds"] for t in tracks(shop, "loud")] == [8, 6, 7]
    for track in tracks(shop, "loud"):
        form = probe(shop.root / f"build/loud/{track['file']}")
        assert (form.rate_hz, form.frames) == (48_000, track["seconds"] * 48_000)


LOSSY = ["mp3", "ogg", "opus", *(name for name in CODECS if name == "aac")]


@pytest.mark.parametrize("name", LOSSY)
def test_lossy_tracks_keep_their_length(shop: Studio, name: str) -> None:
    for track in tracks(shop, name):
        form = probe(shop.root / f"build/{name}/{track['file']}")
        assert form.frames == round(track["seconds"] * form.rate_hz)
        assert form.rate_hz == (48_000 if name == "opus" else 44_100)


@pytest.mark.parametrize("name", LOSSY)
def test_the_codec_s_peak_is_told(shop: Studio, name: str) -> None:
    for track in tracks(shop, name):
        decoded = shop.sound(f"{name}/{track['file']}")
        assert track["codec_dbtp"] == pytest.approx(true_peak_dbtp(decoded), abs=0.15)
    assert all(track["codec_dbtp"] is None for track in tracks(shop, "flac"))


def test_silence_has_no_peak_in_a_codec_either(empty: Any) -> None:
    media = {name: {"type": "streaming", "format": name} for name in LOSSY}
    song = {"title": "Rest", "stems": {"x": {"file": "stems/x.wav"}}}
    studio = empty({"songs": {"rest": song}, "sequence": ["rest"], "deliverables": media})
    studio.stem("x", np.zeros((44_100, 2)))
    studio.make()
    for name in media:
        assert [track["codec_dbtp"] for track in tracks(studio, name)] == [None]


def text_of(tags: Any, *names: str) -> list[str]:
    """The values of tags, whatever the format."""
    return [str(tags[name][0] if isinstance(tags[name], list) else tags[name]) for name in names]


@pytest.mark.parametrize("name", ["flac", "ogg", "opus"])
def test_vorbis_comments_read_back(shop: Studio, name: str) -> None:
    file = mutagen.File(shop.root / f"build/{name}" / tracks(shop, name)[1]["file"])
    assert text_of(
        file.tags, "title", "artist", "album", "albumartist", "tracknumber", "isrc", "genre"
    ) == ["Two / Too", "Guest", "Salt", "Lights", "2", "GBAYE2600002", "Indie"]
    assert "la la" in text_of(file.tags, "lyrics")[0]
    cover = shop.root / "cover.png"
    if name == "flac":
        assert file.pictures[0].data == cover.read_bytes()
    else:
        assert file.tags["metadata_block_picture"]


@pytest.mark.parametrize("name", ["mp3", "aiff", "loud"])
def test_id3_tags_read_back(shop: Studio, name: str) -> None:
    path = shop.root / f"build/{name}" / tracks(shop, name)[0]["file"]
    tags = mutagen.File(path).tags
    assert isinstance(tags, ID3)
    assert text_of(tags, "TIT2", "TPE1", "TALB", "TRCK", "TSRC", "TCOM", "TEXT") == [
        *("Señor Blues", "Lights", "Salt", "1/3", "GBAYE2600001", "H. Silver", "N. Bates"),
    ]
    pictures = tags.getall("APIC")
    assert [picture.data for picture in pictures] == [(shop.root / "cover.png").read_bytes()]


def test_a_wave_ends_with_its_sound(shop: Studio) -> None:
    for track in tracks(shop, "loud"):
        path = shop.root / f"build/loud/{track['file']}"
        layout = wave_layout(path)
        assert layout is not None
        assert path.stat().st_size == layout.start + layout.frame_bytes * layout.frames


def test_a_profile_without_tags_has_waves_of_nothing_but_sound(shop: Studio) -> None:
    for track in tracks(shop, "dithered"):
        path = shop.root / f"build/dithered/{track['file']}"
        assert path.stat().st_size == 44 + 4 * probe(path).frames


@pytest.mark.parametrize("name", FOLDERS)
def test_the_record_lists_every_file_truly(shop: Studio, name: str) -> None:
    folder = shop.root / "build" / name
    record = shop.delivery(name)
    listed = {file["path"]: file for file in record["files"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there - set(listed) == {"deliverable.json", "SHA256SUMS"} | (
        {"MD5SUMS"} if record["type"] == "cd" else set()
    )
    assert set(listed) <= there
    for path, file in listed.items():
        data = (folder / path).read_bytes()
        assert file["bytes"] == len(data)
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert {track["file"] for track in record["tracks"]} <= set(listed)


def test_mixes_are_the_mixes(shop: Studio) -> None:
    assert [track["file"] for track in tracks(shop, "mixes")] == [
        *("one.wav", "one+half.wav", "two.wav", "three.wav"),
    ]
    for song in ("one", "two", "three"):
        assert np.array_equal(shop.sound(f"mixes/{song}.wav"), shop.result(f"mix:{song}"))
        assert probe(shop.root / f"build/mixes/{song}.wav").bits == 32
