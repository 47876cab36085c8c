"""`init`: an album that builds at once, and one guessed from a folder of stems."""

import os
import shutil
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from albumbuild.cli import main
from albumbuild.commands.beginning import drafting
from albumbuild.commands.beginning.grouping import groups_of
from albumbuild.commands.beginning.manifests import quoted
from albumbuild.commands.beginning.naming import (
    bus_of,
    id_of,
    is_generic,
    is_mix,
    numbered,
    sided,
    title_of,
)
from albumbuild.commands.beginning.score import SCORES
from albumbuild.formats.document import scalar_value
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.wave import create_wave
from albumbuild.manifest.album import Manifest, load
from albumbuild.model.song import Song


def sound(path: Path, *, seconds: float = 4.5, rate_hz: int = 8_000, channels: int = 1) -> None:
    """A file of a steady tone."""
    steps = np.full((round(seconds * rate_hz), channels), 1_000, np.int32)
    steps[::2] = -1_000
    write(path, steps, rate_hz)


def write(path: Path, steps: np.ndarray, rate_hz: int = 8_000) -> None:
    """A 16-bit file of these steps, (frames, channels)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with create_wave(path, rate_hz=rate_hz, channels=steps.shape[1], sample="pcm16") as file:
        file.write(steps)


def tree(root: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def guessed(source: Path, root: Path) -> Manifest:
    """The album that `init --from` writes, as `check` reads it."""
    assert main(["init", str(root), "--from", str(source)]) == 0
    return load(root)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new album, for tests that only look at it."""
    root = tmp_path_factory.mktemp("new")
    assert main(["init", str(root)]) == 0
    return root


def files(song: Song) -> dict[str, tuple[str, ...]]:
    """The files of each stem."""
    return {name: stem.paths for name, stem in song.stems.items()}


def test_a_new_album_builds_at_once(new, tmp_path, capsys):
    root = tmp_path / "new"
    shutil.copytree(new, root)
    assert main(["-C", str(root), "check"]) == 0
    assert main(["-C", str(root), "make"]) == 0
    captured = capsys.readouterr()
    assert "warning" not in captured.err
    assert {path.name for path in (root / "build").iterdir()} == {
        "cd",
        "streaming",
        "mixes",
        "report",
    }
    assert main(["-C", str(root), "make"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_new_album_says_where_an_editor_finds_the_schema(new):
    for manifest in ("album.yaml", "songs/lantern.yaml", "songs/paper-boats.yaml"):
        first = (new / manifest).read_text(encoding="utf-8").splitlines()[0]
        _, _, schema = first.partition("$schema=")
        assert ((new / manifest).parent / schema).is_file()


def test_two_new_albums_are_the_same_bytes(new, tmp_path):
    main(["init", str(tmp_path)])
    assert tree(tmp_path) == tree(new)


@pytest.mark.parametrize("song", SCORES)
def test_the_stems_of_a_new_album_are_heard_and_do_not_clip(song, new):
    for path in (new / "stems" / song).iterdir():
        with SoundReader(path) as reader:
            assert 12 < reader.format.frames / reader.format.rate_hz < 22
            peak = np.abs(reader.read(reader.format.frames)).max()
        assert 0.1 < peak < 0.99


@pytest.mark.parametrize("name", ["album.yaml", "README.md", "stems/lantern/kick.wav"])
@pytest.mark.parametrize("how", ["plain", "from"])
def test_nothing_is_written_over_what_exists(how, name, tmp_path, capsys):
    source, root = tmp_path / "lantern", tmp_path / "root"
    sound(source / "kick.wav")
    (root / name).parent.mkdir(parents=True)
    (root / name).write_text("mine")
    before = tree(tmp_path)
    assert main(["init", str(root), *(["--from", str(source)] if how == "from" else [])]) == 2
    assert tree(tmp_path) == before
    assert f"`{name}` already" in capsys.readouterr().err


def test_a_file_is_no_place_for_an_album(tmp_path, capsys):
    (tmp_path / "here").write_text("mine")
    assert main(["init", str(tmp_path / "here")]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_a_broken_off_init_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    source, root = tmp_path / "tide", tmp_path / "deep" / "root"
    sound(source / "kick.wav")
    monkeypatch.setattr(drafting.shutil, "copyfile", full)
    assert main(["init", str(root), "--from", str(source)]) == 4
    assert not (tmp_path / "deep").exists()


def test_paths_start_from_the_folder_that_the_command_works_in(tmp_path, capsys):
    sound(tmp_path / "in" / "kick.wav")
    assert main(["-C", str(tmp_path), "init", "out", "--from", "in"]) == 0
    assert f"build it: albumbuild -C {tmp_path / 'out'} make" in capsys.readouterr().out
    assert load(tmp_path / "out").album.title == "In"


def test_a_guessed_album_builds(tmp_path):
    for name in ("01 Tide/kick.wav", "01 Tide/snare.wav", "02 Ember/bass.wav"):
        sound(tmp_path / "demo" / name)
    manifest = guessed(tmp_path / "demo", tmp_path / "out")
    assert [song.title for song in manifest.album.songs.values()] == ["Tide", "Ember"]
    assert main(["-C", str(tmp_path / "out"), "make"]) == 0
    assert (tmp_path / "out" / "build" / "cd" / "cd.cue").is_file()


def test_files_are_copied_under_clean_names(tmp_path):
    sound(tmp_path / "demo" / "Señor Tide!" / "Lead Vox (2).WAV")
    song = guessed(tmp_path / "demo", tmp_path / "out").album.songs["señor-tide"]
    assert files(song) == {"lead-vox-2": ("stems/señor-tide/lead-vox-2.wav",)}
    assert song.title == "Señor Tide!"


def test_files_inside_of_the_album_stay_where_they_are(tmp_path):
    sound(tmp_path / "takes" / "Tide" / "Lead Vox.wav")
    before = tree(tmp_path)
    song = guessed(tmp_path / "takes", tmp_path).album.songs["tide"]
    assert files(song) == {"lead-vox": ("takes/Tide/Lead Vox.wav",)}
    assert not (tmp_path / "stems").exists()
    assert before.items() <= tree(tmp_path).items()


def test_a_link_is_copied_and_so_never_leads_out(tmp_path):
    sound(tmp_path / "elsewhere" / "kick.wav")
    (tmp_path / "out" / "takes").mkdir(parents=True)
    (tmp_path / "out" / "takes" / "kick.wav").symlink_to(tmp_path / "elsewhere" / "kick.wav")
    song = guessed(tmp_path / "out" / "takes", tmp_path / "out").album.songs["takes"]
    assert files(song) == {"kick": ("stems/takes/kick.wav",)}


def test_two_mono_files_for_left_and_right_are_one_stem(tmp_path):
    for name in ("gtr_L", "gtr_R", "keys.left", "keys.right", "OH (L)", "OH (R)", "solo_L"):
        sound(tmp_path / "tide" / f"{name}.wav")
    for name in ("wide_L", "wide_R"):
        sound(tmp_path / "tide" / f"{name}.wav", channels=2)
    song = guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"]
    assert files(song) == {
        "gtr": ("stems/tide/gtr.l.wav", "stems/tide/gtr.r.wav"),
        "keys": ("stems/tide/keys.l.wav", "stems/tide/keys.r.wav"),
        "oh": ("stems/tide/oh.l.wav", "stems/tide/oh.r.wav"),
        "solo-l": ("stems/tide/solo-l.wav",),
        "wide-l": ("stems/tide/wide-l.wav",),
        "wide-r": ("stems/tide/wide-r.wav",),
    }


def test_sides_of_two_rates_are_no_pair(tmp_path):
    sound(tmp_path / "tide" / "gtr_L.wav")
    sound(tmp_path / "tide" / "gtr_R.wav", rate_hz=16_000)
    song = guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"]
    assert set(song.stems) == {"gtr-l", "gtr-r"}


def test_what_cannot_be_a_stem_is_left_out_and_named(tmp_path, capsys):
    folder = tmp_path / "tide"
    sound(folder / "kick.wav")
    write(folder / "silent.wav", np.zeros((40_000, 1), np.int32))
    sound(folder / "six.wav", channels=6)
    sound(folder / "Tide mix.wav")
    (folder / "empty.wav").touch()
    (folder / "text.flac").write_text("no sound")
    (folder / "notes.txt").write_text("no sound either")
    cut = (folder / "kick.wav").read_bytes()[:-100]
    (folder / "cut.wav").write_bytes(cut)
    manifest = guessed(folder, tmp_path / "out")
    assert set(manifest.album.songs["tide"].stems) == {"kick"}
    said = capsys.readouterr().err
    for name in ("six.wav", "empty.wav", "text.flac", "cut.wav"):
        assert f"warning[unreadable-sound]: `{name}`" in said
    assert "silent.wav" not in said
    text = (tmp_path / "out" / "songs" / "tide.yaml").read_text(encoding="utf-8")
    for reason in ("silent.wav (silent)", "Tide mix.wav (a finished mix", "empty.wav (is empty"):
        assert f"# left out: {reason}" in text


def test_a_sample_that_is_no_number_is_told(tmp_path, capsys):
    sound(tmp_path / "tide" / "kick.wav")
    block = np.full((9_000, 1), np.nan)
    path = tmp_path / "tide" / "bad.wav"
    with create_wave(path, rate_hz=8_000, channels=1, sample="float32") as file:
        file.write(block)
    assert set(guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"].stems) == {"kick"}
    assert "not a number" in capsys.readouterr().err


def test_rates_and_lengths_that_differ_are_remarked(tmp_path):
    sound(tmp_path / "tide" / "kick.wav")
    sound(tmp_path / "tide" / "bass.wav")
    sound(tmp_path / "tide" / "vox.wav", seconds=6.0, rate_hz=16_000)
    guessed(tmp_path / "tide", tmp_path / "out")
    text = (tmp_path / "out" / "songs" / "tide.yaml").read_text(encoding="utf-8")
    assert "kick.wav}  # 4.5 s of 6.0 s\n" in text
    assert "vox.wav}  # 16000 Hz, the others 8000\n" in text
    assert "# rate_hz: 16000" in (tmp_path / "out" / "album.yaml").read_text(encoding="utf-8")


def test_buses_are_guessed_where_two_stems_ask_for_them(tmp_path):
    for name in ("kick", "snare", "lead vox", "bgvox", "bass", "that chat"):
        sound(tmp_path / "tide" / f"{name}.wav")
    song = guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"]
    assert {name: stem.bus for name, stem in song.stems.items()} == {
        "kick": "drums",
        "snare": "drums",
        "lead-vox": "vocals",
        "bgvox": "vocals",
        "bass": "mix",
        "that-chat": "mix",
    }
    assert song.versions["instrumental"].mute == ("vocals",)


def test_one_drum_needs_no_bus(tmp_path):
    sound(tmp_path / "tide" / "kick.wav")
    sound(tmp_path / "tide" / "bass.wav")
    assert not guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"].buses


def test_a_stem_called_drums_leaves_the_bus_another_name(tmp_path):
    sound(tmp_path / "tide" / "drums.wav")
    sound(tmp_path / "tide" / "clap.wav")
    song = guessed(tmp_path / "tide", tmp_path / "out").album.songs["tide"]
    assert set(song.buses) == {"drums-bus"}


def test_a_song_too_short_for_a_cd_gets_none(tmp_path):
    sound(tmp_path / "tide" / "kick.wav", seconds=1.0)
    manifest = guessed(tmp_path / "tide", tmp_path / "out")
    assert set(manifest.album.deliverables) == {"streaming", "mixes"}
    assert "# cd: {type: cd}" in (tmp_path / "out" / "album.yaml").read_text(encoding="utf-8")


def test_names_that_yaml_would_misread_stay_names(tmp_path):
    for name in (
        "no",
        "true",
        "null",
        "1e5",
        "012",
        "a: b #c, {d}",
        "~",
        "-",
        "'q'",
        "back\\slash",
    ):
        sound(tmp_path / "take: 2 #1" / f"{name}.wav")
    songs = guessed(tmp_path / "take: 2 #1", tmp_path / "out").album.songs
    assert set(songs["take-2-1"].stems) == {
        "no", "true", "null", "1e5", "012", "a-b-c-d", "stem", "stem-2", "q", "back-slash",
    }  # fmt: skip
    assert songs["take-2-1"].title == "Take: 2 #1"


def test_file_names_that_are_no_text_are_copied_under_others(tmp_path):
    folder = tmp_path / "tide"
    sound(folder / "kick.wav")
    os.rename(folder / "kick.wav", os.fsencode(folder) + b"/k\xffck\n.wav")  # noqa: PTH104
    song = guessed(folder, tmp_path).album.songs["tide"]
    assert files(song) == {"k-ck": ("stems/tide/k-ck.wav",)}


@pytest.mark.parametrize("source", ["missing", "empty", "a-file"])
def test_a_folder_without_sound_is_an_error(source, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").touch()
    assert main(["init", str(tmp_path / "out"), "--from", str(tmp_path / source)]) == 2
    assert not (tmp_path / "out").exists()
    assert "nothing was written" in capsys.readouterr().err


def test_a_song_of_which_nothing_can_be_used_is_told(tmp_path, capsys):
    sound(tmp_path / "demo" / "Tide" / "kick.wav")
    write(tmp_path / "demo" / "Ember" / "pad.wav", np.zeros((40_000, 1), np.int32))
    assert set(guessed(tmp_path / "demo", tmp_path / "out").album.songs) == {"tide"}
    assert "`Ember` was left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "paths", "songs"),
    [
        ("demo", "kick snare lead_vox", {"demo": "kick lead_vox snare"}),
        ("Tide/Stems", "kick bass", {"Tide": "bass kick"}),
        ("demo", "Tide/kick Tide/bass Ember/kick", {"Ember": "kick", "Tide": "bass kick"}),
        ("demo", "02 Tide/kick|01 Zoo/kick", {"Zoo": "kick", "Tide": "kick"}),
        ("demo", "Album/Tide/stems/kick Album/Ember/stems/kick", {"Ember": "kick", "Tide": "kick"}),
        ("Tide", "Drums/kick Vox/lead", {"Tide": "kick lead"}),
        ("Tide", "stems/kick mix", {"Tide": "mix kick"}),
        ("demo", "Tide - Kick|Tide - Lead Vox", {"Tide": "Kick|Lead Vox"}),
        ("demo", "Band - Tide - Kick|Band - Tide - Bass", {"Tide": "Bass|Kick"}),
        ("demo", "01 Tide_Kick|01 Tide_Bass|02 Ash_Pad", {"Tide": "Bass|Kick", "Ash": "Pad"}),
        ("demo", "01_Kick|02_Bass|10_Pad", {"demo": "Kick|Bass|Pad"}),
        ("demo", "Paper_Boats_Kick|Paper_Boats_Lead_Vox", {"Paper Boats": "Kick|Lead Vox"}),
        ("demo", "drums_kick|drums_snare|bass_di", {"demo": "bass_di|drums_kick|drums_snare"}),
        ("Tide", "Tide Kick|Tide Bass", {"Tide": "Bass|Kick"}),
        ("demo", "Tide - Kick|Tide - Bass|Tide", {"Tide": "Bass|Kick|Tide"}),
        ("demo", "808 Kick|808 Snare", {"demo": "808 Kick|808 Snare"}),
    ],
)
def test_songs_are_guessed_from_names(folder, paths, songs):
    split = "|" if "|" in paths else " "
    found = [PurePosixPath(f"{path}.wav") for path in paths.split(split)]
    groups = groups_of(found, PurePosixPath("/home/me") / folder)
    names = {group.name: "|".join(name for name, _ in group.files) for group in groups}
    assert list(names.items()) == [(song, stems.replace(" ", "|") if split == " " else stems)
                                   for song, stems in songs.items()]  # fmt: skip


def test_small_rules_of_naming():
    assert numbered("01 - Tide") == (1, "Tide")
    assert numbered("1999") == (None, "1999")
    assert numbered("808 Kick") == (None, "808 Kick")
    assert sided("Gtr.L") == ("Gtr", "l")
    assert sided("Gtr - Right") == ("Gtr", "r")
    assert sided("vocal") == ("vocal", "")
    assert sided("L") == ("L", "")
    assert is_generic("Audio Files")
    assert not is_generic("Tide")
    assert is_mix("Rough Mix 3")
    assert not is_mix("Vox Mix")
    assert bus_of("HiHats_02") == "drums"
    assert bus_of("that") is None
    assert title_of("paper_boats-live") == "Paper Boats Live"
    assert title_of("Re-Entry") == "Re-Entry"
    assert id_of("Straße", ["strasse"], fallback="x") == "straße-2"


@pytest.mark.parametrize("text", ["Tide", "no", "true", "1:30", "0x1F", "a: b", "é\n\x85", '"', ""])
def test_a_quoted_text_is_read_as_it_was(text):
    shown = quoted(text)
    assert shown.startswith('"') or scalar_value(shown) == text
