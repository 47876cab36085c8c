"""`diff`: what two revisions say otherwise, and what that did to the sound."""

import json
import os
import re
import shutil
import signal
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albumbuild.deliverables.review import measured
from albumbuild.steps.figures import SOUND, read_figures
from albumbuild.steps.measuring import Measuring
from tests.processes import Running
from tests.repositories import begun, commit, git, line_of, within
from tests.studio import ALBUM, Studio, tune, write_stems

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def album(studio: Studio) -> Studio:
    """The album of three songs, made and committed."""
    return begun(studio)


def compared(studio: Studio, *arguments: str) -> dict[str, Any]:
    """What `diff --json` prints."""
    said = studio.run("diff", "--json", *arguments)
    assert said.code == 0, said.err
    return dict(json.loads(said.out))


def told(studio: Studio, *arguments: str) -> str:
    """What `diff` prints."""
    said = studio.run("diff", *arguments)
    assert said.code == 0, said.err
    return said.out


def song(found: dict[str, Any], name: str) -> dict[str, Any]:
    """One song of a comparison."""
    return next(each for each in found["songs"] if each["id"] == name)


def sound(found: dict[str, Any], name: str, label: str) -> dict[str, Any]:
    """One sound of a song of a comparison."""
    return next(each for each in song(found, name)["sounds"] if each["label"] == label)


def changes(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Everything that a comparison says of manifests: old and new, by path."""
    parts = [found, *found["songs"], *found["sets"]]
    return {row["path"]: (row["old"], row["new"]) for part in parts for row in part["changes"]}


class TestAFaderByOneDecibel:
    """The change that everything is made for."""

    def test_stem_field_line_and_loudness_are_told(self, album: Studio) -> None:
        album.edit("songs.a.stems.bass.gain_db", -2)
        text = told(album)
        line = line_of(album, '"gain_db": -2')
        assert re.search(
            r"^HEAD \([0-9a-f]{10}, As it was\) → work tree \(1 file changed\)$", text, re.M
        )
        assert f"  songs.a.stems.bass.gain_db  -3 → -2  album.yaml:{line}\n" in text
        assert re.search(r"strip bass: LUFS .* \(\+1\.00\), dBTP .* \(\+1\.00\)", text)
        assert re.search(r"^  mix: LUFS -\S+ → -\S+ \(\+0\.\d\d\)", text, re.M)
        assert re.search(r"residual: up to -\d\d\.\d dBFS at 0:0\d\.\d0", text)
        assert "unchanged, residual -inf: b, c" in text

    def test_an_unchanged_song_leaves_nothing(self, album: Studio) -> None:
        album.edit("songs.a.stems.bass.gain_db", -2)
        found = compared(album)
        for each in song(found, "b")["sounds"]:
            assert each["same"]
            assert each["null_max_db"] is each["null_at_s"] is None
            assert each["null"] == {"step_s": 0.1, "db": []}
            assert {old == new for old, new in each["figures"].values()} == {True}
        assert found["audible"] is True
        assert song(found, "b")["status"] == "same"

    def test_the_residual_is_the_difference_of_both_sounds(self, album: Studio) -> None:
        before = album.result("mix:a")
        album.edit("songs.a.stems.bass.gain_db", -2)
        found = sound(compared(album), "a", "mix")
        after = album.result("mix:a")
        left = after - before
        step = 4_410
        levels = [
            10 * np.log10(np.mean(part * part)) if part.any() else None
            for part in (left[at : at + step] for at in range(0, len(left), step))
        ]
        assert len(found["null"]["db"]) == len(levels)
        for shown, level in zip(found["null"]["db"], levels, strict=True):
            assert (shown is None) == (level is None)
            assert shown is None or shown == pytest.approx(level, abs=0.006)
        assert found["null_max_db"] == max(each for each in found["null"]["db"] if each is not None)
        assert found["null"]["db"][round(found["null_at_s"] * 10)] == found["null_max_db"]

    def test_figures_are_those_of_measure(self, album: Studio, tmp_path: Path) -> None:
        album.edit("songs.a.stems.bass.gain_db", -2)
        found = sound(compared(album), "a", "cd")
        album.run("render", "master:a@cd", "-o", str(tmp_path / "now.wav"))
        figures = Measuring(spectrum=True).of(tmp_path / "now.wav")
        for name, (_, new) in found["figures"].items():
            assert new == pytest.approx(figures[name], abs=1e-6), name
        kept = measured(read_figures(album.blob("master:a@cd", ".figures.json"))[SOUND])
        assert kept["spectrum_db"]["1000"] == pytest.approx(figures["spectrum_db"]["1000"])

    def test_a_song_that_is_one_stem_is_moved_by_its_level(self, album: Studio) -> None:
        album.edit("songs.c.stems.piano.gain_db", -1)
        found = sound(compared(album), "c", "mix")
        assert found["gain_db"] == pytest.approx(-1.0, abs=0.001)
        assert set(found["spectrum_db"].values()) == {-1.0}
        text = told(album)
        assert "it is the change of level, -1.00 dB" in text
        assert "which nobody hears" in text, "the masters are as loud as before"


class TestWhatIsNoDifference:
    """Other words, other spellings."""

    @pytest.mark.parametrize("rewrite", ["comment", "order", "decimals", "quotes"])
    def test_the_same_album_spelled_otherwise(self, album: Studio, rewrite: str) -> None:
        path = album.root / "album.yaml"
        text = path.read_text()
        if rewrite == "comment":
            path.write_text(f"# louder?\n{text}\n# no\n")
        elif rewrite == "order":
            path.write_text(json.dumps(dict(reversed(json.loads(text).items()))))
        elif rewrite == "decimals":
            path.write_text(text.replace('"gain_db": -3', '"gain_db": -3.0'))
        else:
            path.write_text(text.replace('"title"', "title").replace('"cd": {', "cd: {"))
        assert path.read_text() != text
        out = told(album)
        assert out.splitlines()[1:] == ["", "no audible difference"]
        assert changes(compared(album)) == {}

    def test_words_are_listed(self, album: Studio) -> None:
        album.edit("songs.b.title", "Cinder")
        album.edit("genre", "Dub")
        text = told(album)
        assert text.endswith("\n\nno audible difference\n")
        title, genre = line_of(album, '"Cinder"'), line_of(album, '"Dub"')
        assert f"  songs.b.title  Ember → Cinder  album.yaml:{title}\n" in text
        assert f"  genre  Indie rock → Dub  album.yaml:{genre}\n" in text

    def test_nothing_is_made_twice(self, album: Studio) -> None:
        album.edit("songs.a.stems.bass.gain_db", -2)
        assert "ran" in album.run("diff").err
        again = album.run("diff")
        assert again.err == ""
        album.make("mix:a")
        assert album.statuses("mix:a")["mix:a"] == "current"


class TestOtherChanges:
    """Whatever else an album says."""

    def test_another_take_under_the_same_name(self, album: Studio) -> None:
        album.stem("c-piano", tune(4.0, seed=40, channels=2))
        text = told(album)
        assert "  songs.c.stems.piano.file  stems/c-piano.wav: audio changed" in text
        assert "    strip piano: LUFS" in text
        assert "  mix: " in text

    def test_a_renamed_song_is_compared_with_itself(self, album: Studio) -> None:
        text = (album.root / "album.yaml").read_text()
        renamed = text.replace('"b": {', '"coal": {').replace('"song": "b"', '"song": "coal"')
        (album.root / "album.yaml").write_text(
            re.sub(r'^( +)"b"(,?)$', r'\1"coal"\2', renamed, flags=re.M)
        )
        found = compared(album)
        assert song(found, "coal")["was"] == "b"
        assert set(changes(found)) == {"songs.coal"}
        assert song(found, "coal")["sounds"][0]["same"] is True
        out = told(album)
        assert "coal, which was b" in out
        assert "renamed: b → coal" in out
        assert out.endswith("no audible difference\n")

    def test_a_song_that_is_new(self, album: Studio) -> None:
        album.edit("songs.d", {"stems": {"pad": {"file": "stems/b-pad.wav"}}})
        album.album["sequence"].append("d")
        album.save()
        found = compared(album)
        assert song(found, "d")["status"] == "added"
        assert sound(found, "d", "mix")["figures"]["integrated_lufs"][0] is None
        assert "d: added" in told(album)
        assert "order: a, b, c → a, b, c, d" in told(album)

    def test_gaps_and_order_move_what_comes_after(self, album: Studio) -> None:
        album.edit("sequence", ["a", {"song": "c", "gap_s": 0.5}, {"song": "b", "gap_s": 1}])
        text = told(album)
        assert re.search(r"  sequence +a, b, c → a, c, b  album.yaml:\d+", text)
        assert "  order: a, b, c → a, c, b" in text
        assert "no audible difference" not in text
        assert compared(album)["songs"][0]["status"] == "same"

    def test_a_deliverable_comes_and_another_goes(self, album: Studio) -> None:
        album.edit("deliverables.vinyl", None)
        album.edit(
            "deliverables.tape", {"type": "cassette", "sides": {"A": ["a"], "B": ["b", "c"]}}
        )
        sets = {each["name"]: each["status"] for each in compared(album)["sets"]}
        assert (sets["vinyl"], sets["tape"], sets["cd"]) == ("removed", "added", "same")

    def test_a_format_is_heard_though_its_master_is_not(self, album: Studio) -> None:
        album.edit("deliverables.streaming.bit_depth", 16)
        found = compared(album)
        assert found["audible"] is True
        assert changes(found) == {"deliverables.streaming.bit_depth": (None, 16)}

    def test_a_check_that_held_is_told(self, album: Studio) -> None:
        album.edit("checks", [{"song": "b", "integrated_lufs": "> -10"}])
        text = told(album)
        assert "newly broken rules" in text
        assert re.search(r"song b on cd: integrated_lufs is -\d+\.\d\d, wanted > -10", text)

    def test_inserts_are_known_by_what_they_are(self, album: Studio) -> None:
        inserts = [{"gain": {"level_db": 1}}, *ALBUM["master"]["inserts"]]
        album.edit("master.inserts", inserts)
        album.edit("master.inserts.1.eq.0.gain_db", -2)
        assert changes(compared(album)) == {
            "master.inserts.0.gain": (None, {"gain": {"level_db": 1.0}}),
            "master.inserts.1.eq.bands.0.gain_db": (-1.0, -2.0),
        }

    def test_a_preset_is_told_at_its_use_by_its_own_line(self, album: Studio) -> None:
        album.edit("presets", {"warm": [{"compressor": {"ratio": 2}}]})
        album.edit("songs.c.mix.inserts", [{"gain": {}}, {"preset": "warm"}])
        commit(album, "A preset")
        album.edit("presets.warm.0.compressor.ratio", 3)
        line = line_of(album, '"ratio": 3')
        path = "songs.c.mix.inserts.1.compressor.ratio"
        assert f"  {path}  2 → 3  album.yaml:{line}\n" in told(album)
        assert list(changes(compared(album))) == [path]

    def test_a_setting_that_is_gone_is_told_where_it_was(self, album: Studio) -> None:
        line = line_of(album, '"gain_db": -3')
        album.edit("songs.a.stems.bass.gain_db", None)
        assert f"songs.a.stems.bass.gain_db  -3 → 0  HEAD:album.yaml:{line}" in told(album)


class TestRevisions:
    """Which two are compared, and where they come from."""

    def test_two_of_them(self, album: Studio) -> None:
        album.edit("songs.a.stems.bass.gain_db", -2)
        commit(album, "Bass up")
        album.edit("songs.a.stems.bass.gain_db", -9)
        found = compared(album, "HEAD~1", "HEAD")
        assert changes(found) == {"songs.a.stems.bass.gain_db": (-3.0, -2.0)}
        assert found["to"] == git(album.root, "rev-parse", "HEAD").strip()
        assert changes(compared(album, "HEAD~1"))["songs.a.stems.bass.gain_db"] == (-3.0, -9.0)

    def test_a_take_of_the_past_is_heard(self, album: Studio) -> None:
        album.stem("c-piano", tune(4.0, seed=40, channels=2))
        commit(album, "Another take")
        shutil.rmtree(album.root / ".albumbuild")
        found = compared(album, "HEAD~1", "HEAD")
        assert sound(found, "c", "mix")["null_max_db"] > -60

    def test_an_album_in_a_folder_of_its_repository(self, studio: Studio, tmp_path: Path) -> None:
        top = tmp_path / "records"
        inner = studio.copied_to(top / "first")
        git(tmp_path, "init", "--quiet", str(top))
        within(inner)
        inner.edit("songs.a.stems.bass.gain_db", -2)
        assert list(changes(compared(inner))) == ["songs.a.stems.bass.gain_db"]

    @pytest.mark.parametrize("inside", [True, False])
    def test_sounds_beside_the_album_that_it_allows(
        self, studio: Studio, tmp_path: Path, inside: bool
    ) -> None:
        top = tmp_path / "records"
        inner = studio.copied_to(top / "first")
        git(tmp_path, "init", "--quiet", str(top if inside else inner.root))
        (top / "shared").mkdir()
        (inner.root / "stems/c-piano.wav").rename(top / "shared/piano.wav")
        inner.edit("allow_paths", ["../shared"])
        inner.edit("songs.c.stems.piano.file", "../shared/piano.wav")
        git(top if inside else inner.root, "add", "--all")
        within(inner)
        inner.edit("songs.c.stems.piano.gain_db", -1)
        said = inner.run("diff")
        assert "songs.c.stems.piano.gain_db  0 → -1" in said.out, said.err
        assert ("`../shared/piano.wav` is not in git" in said.err) is not inside

    def test_the_repository_stays_as_it_is(self, album: Studio) -> None:
        hook = album.root / ".git/hooks/post-checkout"
        hook.write_text(f"#!/bin/sh\ntouch {album.root}/hooked\n")
        hook.chmod(0o755)
        album.stem("c-piano", tune(4.0, seed=40, channels=2))
        commit(album, "Another take")
        album.edit("songs.a.stems.bass.gain_db", -2)
        before = looks(album.root / ".git"), looks(album.root / "stems")
        compared(album, "HEAD~1", "HEAD")
        compared(album)
        assert (looks(album.root / ".git"), looks(album.root / "stems")) == before
        assert not (album.root / "hooked").exists()
        assert list((album.root / ".albumbuild/tmp").iterdir()) == []

    def test_stems_that_git_ignores_come_from_the_work_tree(self, studio: Studio) -> None:
        (studio.root / ".gitignore").write_text("build/\nevents.jsonl\nstems/\n")
        git(studio.root, "init", "--quiet")
        commit(studio, "Without stems")
        studio.edit("songs.a.stems.bass.gain_db", -2)
        said = studio.run("diff")
        assert said.code == 0
        assert "note: `stems/a-kick.wav`, " in said.err
        assert "not in git at `HEAD`" in said.err
        assert "gain_db  -3 → -2" in said.out

    def test_content_that_git_lfs_has_stored_is_used(self, album: Studio) -> None:
        oid = into_lfs(album, "c-piano")
        assert oid
        (album.root / "stems/c-piano.wav").write_bytes(
            (album.root / "stems/b-pad.wav").read_bytes()
        )
        found = compared(album)
        assert sound(found, "c", "mix")["null_max_db"] > -60

    def test_a_link_that_leaves_the_album_is_not_followed(self, album: Studio) -> None:
        path = album.root / "stems/c-piano.wav"
        data = path.read_bytes()
        path.rename(album.root.parent / "elsewhere.wav")
        path.symlink_to(album.root.parent / "elsewhere.wav")
        commit(album, "Out")
        path.unlink()
        path.write_bytes(data)
        said = album.run("diff")
        assert said.code == 2
        assert (
            "error[path-outside]: `stems/c-piano.wav` is a link that leaves the album" in said.err
        )

    def test_a_link_within_the_album_is(self, album: Studio) -> None:
        path = album.root / "stems/c-piano.wav"
        path.rename(album.root / "stems/take.wav")
        path.symlink_to("take.wav")
        commit(album, "A link")
        album.edit("songs.a.stems.bass.gain_db", -2)
        assert list(changes(compared(album))) == ["songs.a.stems.bass.gain_db"]

    def test_ctrl_c_leaves_nothing_behind(self, album: Studio, tmp_path: Path) -> None:
        shutil.rmtree(album.root / ".albumbuild")
        with Running(album, tmp_path / "run", "diff", "-j", "1", events=False) as running:
            running.wait(lambda: "ingest" in running.err.read_text())
            os.killpg(running.process.pid, signal.SIGINT)
            assert running.end().code == 130
        assert not list((album.root / ".albumbuild/tmp").iterdir())


def looks(folder: Path) -> dict[str, tuple[int, ...]]:
    """How all files of a folder look, times of change included."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        found[str(path)] = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    return found


def into_lfs(studio: Studio, name: str) -> str:
    """Commit a pointer in place of a stem whose content Git LFS has; what it is called there."""
    path = studio.root / "stems" / f"{name}.wav"
    data = path.read_bytes()
    oid = sha256(data).hexdigest()
    stored = studio.root / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    stored.parent.mkdir(parents=True)
    stored.write_bytes(data)
    path.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"
    )
    commit(studio, "Into LFS")
    return oid


class TestWhatCannotBeCompared:
    """Each with a word that helps."""

    def refused(self, studio: Studio, *arguments: str) -> str:
        said = studio.run("diff", *arguments)
        assert said.code == 2, said.out + said.err
        assert said.out == ""
        return said.err

    def test_an_album_without_a_repository(self, made: Studio) -> None:
        text = self.refused(made)
        assert "error[no-repository]: this album is in no git repository" in text
        assert "git init" in text

    def test_a_repository_without_a_commit(self, studio: Studio) -> None:
        git(studio.root, "init", "--quiet")
        text = self.refused(studio)
        assert "error[unknown-revision]: there is no revision `HEAD` yet" in text

    @pytest.mark.parametrize("name", ["nobody", "HEAD~7", "HEAD:album.yaml"])
    def test_an_unknown_revision(self, album: Studio, name: str) -> None:
        assert f"there is no revision `{name}`" in self.refused(album, name)

    def test_an_ambiguous_revision(self, album: Studio) -> None:
        git(album.root, "branch", "x")
        git(album.root, "tag", "x")
        text = self.refused(album, "x")
        assert "error[ambiguous-revision]: `x` means more than one revision" in text
        assert "`heads/x` or `tags/x`" in text

    def test_a_revision_from_before_the_album(self, studio: Studio) -> None:
        text = (studio.root / "album.yaml").read_text()
        (studio.root / "album.yaml").unlink()
        begun(studio)
        (studio.root / "album.yaml").write_text(text)
        commit(studio, "The album")
        told_of = self.refused(studio, "HEAD~1")
        assert "error[no-album-then]: there is no album in `HEAD~1`" in told_of
        assert "that revision has no `album.yaml`" in told_of

    def test_a_manifest_of_the_past_that_is_wrong(self, album: Studio) -> None:
        album.edit("songs.a.stems.bass.pan", "sideways")
        commit(album, "Wrong")
        album.edit("songs.a.stems.bass.pan", 0)
        text = self.refused(album)
        line = int(re.search(r"HEAD:album.yaml:(\d+):", text)[1])  # type: ignore[index]
        wrong = git(album.root, "show", "HEAD:album.yaml").splitlines()
        assert "sideways" in wrong[line - 1]

    def test_content_that_git_lfs_has_not_stored(self, album: Studio) -> None:
        into_lfs(album, "c-piano")
        shutil.rmtree(album.root / ".git/lfs")
        text = self.refused(album)
        assert "error[lfs-missing]: `stems/c-piano.wav` of `HEAD` was not fetched" in text
        assert "git lfs fetch --all" in text
        said = album.run("make")
        assert "git lfs pull" in said.err

    def test_a_shallow_clone(self, album: Studio, tmp_path: Path) -> None:
        album.edit("songs.a.title", "Ebb")
        commit(album, "Two")
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{album.root}", "shallow")
        shallow = Studio(tmp_path / "shallow", album.album)
        text = self.refused(shallow, "HEAD~1")
        assert "git fetch --unshallow" in text


def test_the_album_of_a_fresh_clone_is_made_first(empty: Any) -> None:
    studio = begun(one_song(empty))
    said = studio.run("diff")
    assert said.code == 0
    assert "ran" in said.err
    assert said.out.endswith("no audible difference\n")


def one_song(empty: Any) -> Studio:
    """An album of one song."""
    studio: Studio = empty({"songs": {"c": ALBUM["songs"]["c"]}})
    write_stems(studio, ["c-piano"])
    return studio
