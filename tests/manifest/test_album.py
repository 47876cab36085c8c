"""Manifests that are right: what is read, from where, and what is left to others."""

import math

import pytest

from albumbuild.manifest.album import find_album, load
from albumbuild.manifest.profiles import profile_names
from albumbuild.model.deliverable import Streaming
from albumbuild.model.mastering import Loudness
from albumbuild.model.problem import ProblemError
from albumbuild.model.song import Send
from albumbuild.model.time import Fade, Position

TIDE = "songs:\n  tide:\n    tempo: 120\n    stems:\n      kick:\n        file: stems/kick.wav\n"


def slugs(error: pytest.ExceptionInfo[ProblemError]) -> list[str]:
    return [problem.slug for problem in error.value.problems]


def test_a_strip_is_read_as_it_is_spelled(read):
    stem = (
        read(
            TIDE + "        gain_db: -.inf\n        pan: L30\n"
            "        start: {bar: 2}\n"
            "        fade_in_s: 0.5\n        fade_out: {time_s: 2, curve: s}\n"
            "        sends: {hall: -14, slap: {level_db: -20, pre: true}}\n"
            '        automation: {gain_db: [[0, -inf], ["1:04", 0, hold]], pan: [[0, R20]]}\n'
            "    returns: {hall: {}, slap: {}}\n"
        )
        .album.songs["tide"]
        .stems["kick"]
    )
    assert stem.gain_db == -math.inf
    assert stem.pan == -30
    assert stem.start.seconds(120) == 2.0
    assert stem.opening == Fade(time_s=0.5)
    assert stem.closing == Fade(time_s=2, curve="s")
    assert stem.sends == {"hall": Send(level_db=-14), "slap": Send(level_db=-20, pre=True)}
    points = stem.automation["gain_db"]
    assert [(point.at.seconds(None), point.value, point.shape) for point in points] == [
        (0.0, -math.inf, "linear"),
        (64.0, 0.0, "hold"),
    ]
    assert stem.automation["pan"][0].value == 20


def test_a_device_is_read_with_its_settings_and_a_list_is_its_bands(read):
    manifest = read(
        TIDE + "        inserts:\n"
        "          - eq: [{type: bell, freq_hz: 240, gain_db: -3}]\n"
        "          - compressor: {ratio: 4, sidechain: {from: kick2}}\n"
        "          - stereo:\n"
        "      kick2: {files: [stems/kick.wav, stems/vox.wav]}\n"
    )
    eq, compressor, stereo = manifest.album.songs["tide"].stems["kick"].inserts
    assert eq.bands[0].freq_hz == 240
    assert (compressor.ratio, compressor.sidechain.from_) == (4, "kick2")
    assert stereo.name == "stereo"
    at = manifest.places.of("songs", "tide", "stems", "kick", "inserts", 0, "bands", 0, "freq_hz")
    assert str(at) == "album.yaml:10:40"
    at = manifest.places.key_of("songs", "tide", "stems", "kick", "inserts", 1, "ratio")
    assert str(at) == "album.yaml:11:26"


def test_a_song_in_a_file_of_its_own_is_read_from_there(read, tmp_path):
    manifest = read(
        "songs: {tide: songs/tide.yaml}\n", tide="title: Tide\nstems: {bass: stems/bass.wav}\n"
    )
    assert manifest.album.songs["tide"].stems["bass"].paths == ("songs/stems/bass.wav",)
    assert str(manifest.places.of("songs", "tide", "title")) == "songs/tide.yaml:1:8"
    assert manifest.files == (tmp_path / "album.yaml", tmp_path / "songs/tide.yaml")


def test_two_songs_may_share_a_file(read):
    manifest = read(
        "songs: {tide: songs/tide.yaml, ebb: songs/tide.yaml}\n",
        tide="stems: {bass: stems/bass.wav}\n",
    )
    assert len(manifest.files) == 2
    assert set(manifest.album.songs) == {"tide", "ebb"}


def test_an_empty_song_file_has_no_stems(read):
    with pytest.raises(ProblemError) as error:
        read("songs: {tide: songs/tide.yaml}\n", tide="")
    assert slugs(error) == ["missing-key"]


def test_a_part_that_is_broken_is_told_once(read):
    with pytest.raises(ProblemError) as error:
        read(
            "songs:\n  tide:\n    tempo: fast\n"
            "    stems:\n"
            "      kick: 3.5\n"
            "      bass:\n"
            "        file: [a]\n"
            "        start: {bar: 2}\n"
            "        bus: drums\n"
            "        inserts: [{compressor: {id: squash, sidechain: {from: kick}}}, {gain: 3}]\n"
            "        automation: {squash.ratio: [[0, 1]]}\n"
            "    buses: {drums: {gain_db: loud}}\n"
            "    versions: {instrumental: 3}\n"
            "deliverables: {web: {type: streaming, version: instrumental}}\n"
        )
    assert slugs(error) == [
        "wrong-type",  # tempo
        "missing-file",  # 3.5
        "wrong-type",  # file
        "wrong-type",  # gain
        "wrong-type",  # gain_db
        "wrong-type",  # instrumental
    ]


def test_problems_of_the_album_come_before_those_of_its_songs(read):
    with pytest.raises(ProblemError) as error:
        read(
            "songs: {tide: songs/tide.yaml}\nsequence: [ebb]\n",
            tide="stems: {bass: {file: stems/bass.wav, bus: drums}}\n",
        )
    assert [str(problem.at) for problem in error.value.problems] == [
        "album.yaml:4:12",
        "songs/tide.yaml:1:43",
    ]


def test_what_is_left_open_has_a_sensible_value(read):
    album = read("songs: {tide: {stems: {kick: stems/kick.wav}}}\nsequence:\n").album
    assert album.songs["tide"].title == "tide"
    assert [entry.song for entry in album.sequence] == ["tide"]
    assert album.sequence[0].silence_s == 2.0
    assert album.songs["tide"].mix.start is None


def test_an_album_is_found_from_a_folder_inside_of_it(read, tmp_path):
    read("songs: {tide: {stems: {kick: stems/kick.wav}}}\n")
    assert load(tmp_path / "songs/stems").root == tmp_path
    assert find_album(tmp_path / "songs") == tmp_path / "album.yaml"


def test_a_folder_without_an_album_says_how_to_begin_one(tmp_path):
    with pytest.raises(ProblemError) as error:
        load(tmp_path)
    assert slugs(error) == ["no-album"]


def test_numbers_may_stand_where_text_is_wanted_as_they_are_spelled(read):
    album = read("catalog: 014\nsongs: {tide: {title: 1999, stems: {k: stems/kick.wav}}}\n").album
    assert (album.catalog, album.songs["tide"].title) == ("014", "1999")


def test_a_profile_fills_what_a_deliverable_leaves_open(read):
    album = read(
        "songs: {tide: {stems: {kick: stems/kick.wav}}}\n"
        "profiles: {mine: {target_lufs: {value: -12, source: a letter}, formats: [wav]}}\n"
        "deliverables:\n"
        "  safe: {type: streaming, profile: generic-safe}\n"
        "  loud: {type: streaming, profile: spotify, loudness: {target_lufs: -11}}\n"
        "  own: {type: streaming, profile: mine}\n"
        "  none: {type: streaming}\n"
    ).album
    deliverables = album.deliverables
    safe, loud, own, none = (deliverables[name] for name in ("safe", "loud", "own", "none"))
    assert isinstance(safe, Streaming)
    assert (safe.format, safe.bit_depth, safe.rate_hz) == ("wav", 16, 44_100)
    assert (loud.format, loud.loudness) == ("flac", Loudness(target_lufs=-11, ceiling_dbtp=-1))
    assert (own.format, own.loudness.target_lufs) == ("wav", -12)
    assert {*album.profiles} == {*profile_names(), "mine"}
    assert (none.format, none.bit_depth, none.loudness) == ("flac", None, None)


def test_a_position_in_bars_is_kept_for_the_tempo(read):
    song = read(TIDE + "    mix: {end: {bar: 5, beat: 3}}\n").album.songs["tide"]
    assert song.mix.end == Position(bar=5, beat=3)
    assert song.mix.end.seconds(song.tempo) == 9.0


def test_anchors_and_merge_keys_are_read_as_what_they_stand_for(read):
    stems = (
        read(
            "songs:\n  tide:\n    stems:\n      a: &a {file: stems/kick.wav, gain_db: -3}\n"
            "      b: {<<: *a, pan: R50}\n"
        )
        .album.songs["tide"]
        .stems
    )
    assert (stems["b"].gain_db, stems["b"].pan) == (-3, 50)
