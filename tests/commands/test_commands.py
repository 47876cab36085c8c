"""What commands print and how they end; `init` has tests of its own."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from albumbuild.formats.sound import probe
from tests.signals import sine
from tests.studio import ALBUM, Said, Studio, sound, tune, write_stems

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """The album before its first make; nothing here may write its store."""
    studio = Studio(tmp_path_factory.mktemp("fresh") / "album", copy.deepcopy(ALBUM))
    write_stems(studio)
    return studio


def typed(*arguments: str, cwd: Path, **environment: str) -> Said:
    """A command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "albumbuild", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return Said(done.returncode, done.stdout, done.stderr)


class TestMake:
    """The build."""

    def test_events_tell_the_whole_story_in_order(self, studio: Studio) -> None:
        studio.edit("songs.a.stems.vox.gain_db", 1)
        events = studio.events("-j", "2")
        first, *_, last = events
        assert (first["event"], first["album"], first["steps"]) == (
            *("build_started", "Salt & Static"),
            31,
        )
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", first["time"])
        ends = {e["id"]: e for e in events if e["event"] == "step_finished"}
        assert len(ends) == 31
        started = [e["id"] for e in events if e["event"] == "step_started"]
        assert set(started) == {step for step, e in ends.items() if e["status"] == "ran"}
        places = {(e["event"], e.get("id")): n for n, e in enumerate(events)}
        needs = {s["id"]: s["needs"] for s in graph(studio)}
        for step in started:
            assert places["step_started", step] < places["step_finished", step]
            for need in needs[step]:
                if need in started:
                    assert places["step_finished", need] < places["step_started", step]
        assert all(0 <= e["done"] <= 1 for e in events if e["event"] == "step_progress")
        assert all(
            re.fullmatch(r"(blake3:)?[0-9a-f]{64}", digest)
            for e in ends.values()
            for digest in e["outputs"].values()
        )
        assert ends["bus:a/fx"]["why"], "a reason"
        counted = [e["status"] for e in ends.values()]
        for status in ("ran", "restored", "current", "failed", "skipped"):
            assert last[status] == counted.count(status)
        assert (last["event"], last["status"]) == ("build_finished", "ok")

    def test_events_for_a_folder_that_is_not_there_are_refused(self, studio: Studio) -> None:
        for _ in range(2):
            said = studio.run("make", "--events", "none/events.jsonl")
            assert said.code == 4
            assert "none/events.jsonl" in said.err
            studio.make()

    def test_events_of_a_build_with_nothing_to_do(self, studio: Studio) -> None:
        studio.make()
        events = studio.events()
        assert [e["event"] for e in events] == [
            *("build_started", *["step_finished"] * 31, "build_finished"),
        ]
        assert {e["status"] for e in events[1:-1]} == {"current"}
        assert events[0]["steps"] == events[-1]["current"] == 31

    def test_json_is_the_summary_alone(self, studio: Studio) -> None:
        for _ in range(2):  # built, then up to date
            said = studio.run("make", "--json")
            summary = json.loads(said.out)
            assert summary["status"] == "ok"
            assert (summary["ran"], summary["current"], summary["failures"]) == (0, 31, {})
            assert set(summary["deliverables"]) == {"cd", "vinyl", "streaming", "mixes"}
            cd = summary["deliverables"]["cd"]
            assert cd["tracks"] == 3
            assert cd["folder"].endswith("build/cd")
            assert cd["dbtp_max"] <= -1

    def test_off_a_terminal_there_is_nothing_but_lines(self, studio: Studio) -> None:
        studio.edit("songs.a.title", "Tide²")
        said = typed("-C", str(studio.root), "make", cwd=studio.root, COLUMNS="20")
        assert said.code == 0
        assert "ok: 5 ran" in said.out
        assert not CONTROL.search(said.out + said.err)
        assert "deliver:cd" in said.err
        assert re.search(r"cd +3 tracks +0:1\d .*LUFS.*dBTP +build/cd", said.out)

    def test_quiet_leaves_results_alone(self, studio: Studio) -> None:
        studio.edit("songs.a.title", "Ebb")
        said = studio.run("-q", "make")
        assert said.err == ""
        assert "ok: 5 ran" in said.out

    def test_colour_only_where_it_is_wanted(self, studio: Studio) -> None:
        assert "\x1b[" in studio.run("--color", "always", "make", "nobody").err
        assert "\x1b[" not in studio.run("make", "nobody").err
        assert "\x1b[" not in studio.run("--color", "never", "make", "nobody").err

    def test_an_unknown_target_is_told(self, studio: Studio) -> None:
        for command in (["make"], ["plan"], ["graph"], ["make", "-n"]):
            said = studio.run(*command, "streamin")
            assert said.code == 2
            assert "`streamin`" in said.err
            assert "did you mean `streaming`?" in said.err

    @pytest.mark.parametrize("jobs", ["0", "-1", "many"])
    def test_jobs_must_be_a_number(self, studio: Studio, jobs: str) -> None:
        assert studio.run("make", "-j", jobs).code == 2

    def test_force_runs_the_target_again(self, studio: Studio) -> None:
        assert studio.make("--force", "mix:b") == {"mix:b"}
        assert studio.make() == set()

    @pytest.mark.parametrize(
        "text",
        ["{", "[1]", "{}", '{"tracks": [{"lufs": "loud"}]}', "\xff", '{"type": "\xff"}'],
    )
    def test_a_record_that_was_edited_by_hand_has_no_figures(
        self, studio: Studio, text: str
    ) -> None:
        (studio.root / "build/cd/deliverable.json").write_text(text, encoding="latin-1")
        said = studio.run("make")
        assert said.code == 1
        assert "error[output-edited]: `build/cd/deliverable.json`" in said.err
        assert re.search(r"cd +no figures", said.out)
        assert re.search(r"vinyl +3 tracks", said.out)
        cd = json.loads(studio.run("make", "--json").out)["deliverables"]["cd"]
        assert cd["folder"].endswith("build/cd")
        assert cd["tracks"] is cd["lufs_max"] is None

    @pytest.mark.parametrize(
        ("target", "link"),
        [("build/cd/cd.wav", False), ("build/cd", True), ("./build/cd/none.wav", True)],
    )
    def test_a_path_under_build_is_a_target_also_where_build_is_a_link(
        self, studio: Studio, tmp_path: Path, target: str, link: bool
    ) -> None:
        build, there = studio.root / "build", tmp_path / "there"
        if link:
            build.rename(there)
            build.symlink_to(there)
        said = typed("make", target, cwd=studio.root)
        assert "(19 steps" in said.out, said.err
        assert typed("-C", str(studio.root), "make", target, cwd=tmp_path).code == 0

    @pytest.mark.parametrize("link", [False, True])
    def test_a_path_is_taken_from_where_it_is_typed(
        self, studio: Studio, tmp_path: Path, link: bool
    ) -> None:
        if link:
            (studio.root / "build").rename(tmp_path / "there")
            (studio.root / "build").symlink_to(tmp_path / "there")
        for folder, named, steps in (("build/cd", ".", 19), ("build", ".", 31), (".", "build", 31)):
            said = typed("-C", str(studio.root), "make", named, cwd=studio.root / folder)
            assert f"({steps} steps" in said.out, said.err

    def test_a_path_that_leaves_build_is_none(self, studio: Studio) -> None:
        said = typed("make", "build/../stems", cwd=studio.root)
        assert said.code == 2
        assert "`build/../stems`" in said.err

    def test_an_album_is_found_from_within(self, studio: Studio) -> None:
        said = typed("make", cwd=studio.root / "stems")
        assert said.out.startswith("album is up to date")


def graph(studio: Studio, *targets: str) -> list[dict[str, Any]]:
    """The graph as data."""
    said = studio.run("graph", "--format", "json", *targets)
    assert said.code == 0
    return list(json.loads(said.out)["steps"])


class TestPlan:
    """What would be done."""

    def test_everything_is_certain_before_the_first_make(self, fresh: Studio) -> None:
        said = fresh.run("plan", "--json", "--exit-code")
        rows = json.loads(said.out)
        assert said.code == 6
        assert len(rows) == 31
        assert {row["certainty"] for row in rows} == {"certain"}
        assert rows[0]["why"] == ["never built"]
        assert not (fresh.root / ".albumbuild").exists()

    def test_nothing_to_do(self, made: Studio) -> None:
        assert made.run("plan", "--exit-code") == (0, "nothing to do\n", "")
        assert made.run("make", "-n").out == "nothing to do\n"

    def test_an_edit_is_explained(self, studio: Studio) -> None:
        studio.edit("songs.a.stems.vox.gain_db", 0.5)
        rows = {r["id"]: r for r in json.loads(studio.run("plan", "--json").out)}
        assert rows["bus:a/fx"]["certainty"] == "certain"
        assert any("vox" in why and "0.5" in why for why in rows["bus:a/fx"]["why"])
        assert rows["mix:a"] == {
            "id": "mix:a",
            "certainty": "maybe",
            "why": ["input may change: bus:a/fx"],
        }
        assert "mix:b" not in rows
        said = studio.run("plan", "--exit-code", "mix:a")
        assert said.code == 6
        assert [line.split()[1] for line in said.out.splitlines()] == ["bus:a/fx", "mix:a"]


class TestExplain:
    """Why a step would run."""

    def test_old_and_new_stand_side_by_side_with_their_line(self, studio: Studio) -> None:
        studio.edit("songs.a.stems.vox.gain_db", 0.5)
        said = studio.run("explain", "bus:a/fx")
        assert said.code == 0
        assert said.out.startswith("bus:a/fx would run\n")
        line = next(line for line in said.out.splitlines() if "vox.gain_db" in line)
        assert "0 → 0.5" in line
        found = re.search(r"album\.yaml:(\d+)", said.out)
        assert found is not None
        text = (studio.root / "album.yaml").read_text().splitlines()
        assert '"gain_db": 0.5' in text[int(found[1]) - 1]

    @pytest.mark.parametrize(
        ("path", "value", "step"),
        [
            ("songs.a.stems.bass.pan", "L31", "mix:a"),
            ("songs.a.stems.vox.sends.hall", -10.5, "bus:a/fx"),
            ("songs.a.stems.gtr.automation.gain_db.1.1", -3.75, "bus:a/fx"),
            ("songs.a.buses.fx.inserts.0.compressor.threshold_db", -17.5, "bus:a/fx"),
            ("songs.a.returns.hall.inserts.0.delay.feedback_pct", 21.5, "mix:a"),
            ("songs.a.mix.end", 4.25, "mix:a"),
            ("master.inserts.0.eq.0.freq_hz", 310.5, "premaster:b"),
            ("master.loudness.target_lufs", -15.5, "master:b@cd"),
            ("deliverables.streaming.loudness.target_lufs", -16.5, "master:c@streaming"),
            ("deliverables.cd.loudness", {"ceiling_dbtp": -2.5}, "master:a@cd"),
            ("deliverables.cd.inserts", [{"gain": {"level_db": -2.5}}], "master:a@cd"),
            ("songs.b.title", "Cinder", "deliver:streaming"),
            ("songs.b.isrc", "GBAYE2600099", "deliver:cd"),
            ("genre", "Dub", "deliver:streaming"),
            ("deliverables.streaming.format", "wav", "deliver:streaming"),
        ],
    )
    def test_what_changed_is_told_with_the_line_that_says_it(
        self, studio: Studio, path: str, value: Any, step: str
    ) -> None:
        studio.edit(path, value)
        said = studio.run("explain", step)
        assert "would run" in said.out.splitlines()[0]
        text = (studio.root / "album.yaml").read_text().splitlines()
        spelled = "-2.5" if isinstance(value, dict | list) else json.dumps(value)
        line = next(at for at, each in enumerate(text, 1) if spelled in each)
        told = [each for each in said.out.splitlines() if f"(album.yaml:{line})" in each]
        assert told, said.out
        new = "-31" if value == "L31" else spelled.strip('"')
        assert any("→" in each and new in each.partition("→")[2] for each in told)

    def test_a_point_of_a_curve_is_told_with_its_own_line(self, studio: Studio) -> None:
        automation = {"low.gain_db": [[0, 1.25], [2, 3]], "sends.hall": [[0, -12], [2, -9]]}
        band = {"id": "low", "type": "bell", "freq_hz": 200}
        studio.edit("songs.a.buses.fx.inserts", [{"eq": [band]}])
        studio.edit("songs.a.buses.fx.sends", {"hall": -12})
        studio.edit("songs.a.buses.fx.automation", automation)
        studio.make("bus:a/fx")
        automation["low.gain_db"] = [[0, 1.25], [2, 2.625]]
        automation["sends.hall"] = [[0.375, -12], [2, -9]]
        studio.edit("songs.a.buses.fx.automation", automation)
        said = studio.run("explain", "bus:a/fx")
        text = (studio.root / "album.yaml").read_text().splitlines()
        for value in ("2.625", "0.375"):
            line = next(at for at, each in enumerate(text, 1) if value in each)
            assert any(value in e and f"(album.yaml:{line})" in e for e in said.out.splitlines())

    def test_a_current_step_tells_why_it_ran(self, made: Studio) -> None:
        said = made.run("explain", "mix:b")
        assert said.code == 0
        assert said.out.startswith("mix:b is current\n")
        assert "never built" in said.out

    def test_an_unknown_step_is_told(self, made: Studio) -> None:
        said = made.run("explain", "mix:z")
        assert said.code == 2
        assert "`mix:z`" in said.err

    @pytest.mark.parametrize("command", ["explain", "render"])
    @pytest.mark.parametrize("step", ["strip:a/kick", "bus:a/fx", "return:a/hall"])
    def test_places_that_no_build_keeps_are_meant_too(
        self, made: Studio, command: str, step: str
    ) -> None:
        said = made.run(command, f"{step}e")
        assert said.code == 2
        assert f"did you mean `{step}`?" in said.err

    def test_it_is_for_one_step(self, made: Studio) -> None:
        said = made.run("explain", "mix:*")
        assert said.code == 2
        assert "error[not-one-step]: `mix:*` is not the id of one step" in said.err
        assert made.run("explain", "cd").out.startswith("deliver:cd is current\n")

    def test_a_log_of_something_else_is_left_aside(self, studio: Studio) -> None:
        log = max((studio.root / ".albumbuild/runs").glob("*/events.jsonl"))
        before = studio.run("explain", "mix:b")
        other = b'{"b":2}\n[1]\n\xff\n{"event":"\xff"}\n'
        other += b'{"event":"step_finished","id":1}\n{"event":"step_fin'
        log.write_bytes(other + b"\n" + log.read_bytes() + other)
        assert studio.run("explain", "mix:b") == before


class TestGraph:
    """What needs what."""

    def test_text_marks_what_is_stale(self, studio: Studio) -> None:
        studio.edit("songs.b.stems.pad.gain_db", -1)
        marks = {}
        for line in studio.run("graph", "--format", "text").out.split("\n\n")[0].splitlines():
            marks[line[2:].split()[0]] = line[0]
        assert len(marks) == 31
        assert (marks["mix:b"], marks["premaster:b"], marks["mix:a"]) == ("*", "?", " ")

    def test_data_names_what_each_step_needs(self, made: Studio) -> None:
        steps = {step["id"]: step for step in graph(made)}
        assert set(steps["mix:b"]["needs"]) == {"ingest:b/kick", "ingest:b/pad"}
        assert steps["mix:b"]["kind"] == "mix"
        assert steps["mix:b"]["stale"] is None
        assert {step["id"] for step in graph(made, "mix:c")} == {"ingest:c/piano", "mix:c"}

    @pytest.mark.parametrize(
        ("form", "opening", "edge"),
        [
            ("dot", "digraph", r'"ingest:c/piano" -> "mix:c"'),
            ("mermaid", "flowchart", r"s0 --> s1"),
            ("text", "  ingest:c/piano", r"mix:c +ingest:c/piano"),
        ],
    )
    def test_pictures(self, made: Studio, form: str, opening: str, edge: str) -> None:
        said = made.run("graph", "--format", form, "mix:c")
        assert said.code == 0
        assert said.out.startswith(opening)
        assert re.search(edge, said.out)

    def test_an_unknown_format_is_refused(self, made: Studio) -> None:
        assert made.run("graph", "--format", "jpeg").code == 2


class TestRender:
    """Listening to one step."""

    @pytest.mark.parametrize(
        "step", ["mix:a", "bus:a/fx", "strip:a/vox", "premaster:b", "master:c@cd", "sequence:cd"]
    )
    def test_a_part_is_that_part_of_the_whole(
        self, studio: Studio, tmp_path: Path, step: str
    ) -> None:
        whole, part = tmp_path / "whole.wav", tmp_path / "part.wav"
        assert studio.run("-q", "render", step, "-o", str(whole)) == (0, f"{whole}\n", "")
        said = studio.run("render", step, "--from", "0.7", "--to", "0:01.9", "-o", str(part))
        assert said.code == 0
        block = sound(whole)
        first, last = round(0.7 * 44_100), round(1.9 * 44_100)
        assert np.array_equal(sound(part), block[first:last])
        assert block.any()
        assert probe(whole).bits == 32
        assert probe(whole).rate_hz == 44_100

    @pytest.mark.parametrize("ending", ["flac", "aiff", "mp3", "ogg", "opus", "wav"])
    def test_the_ending_says_the_format(self, studio: Studio, tmp_path: Path, ending: str) -> None:
        path = tmp_path / f"mix.{ending}"
        assert studio.run("render", "mix:c", "-o", str(path)).code == 0
        shape = probe(path)
        assert shape.frames == round(4.6 * shape.rate_hz)

    def test_a_strip_stands_where_it_is_in_the_song(self, studio: Studio, tmp_path: Path) -> None:
        studio.edit("songs.a.stems.vox.start", 0.5)
        studio.edit("songs.a.stems.vox.gain_db", -6)
        path = tmp_path / "vox.wav"
        assert studio.run("render", "strip:a/vox", "-o", str(path)).code == 0
        block, stem = sound(path), sound(studio.root / "stems/a-vox.wav")
        assert not block[:22_050].any()
        expected = stem * 10 ** (-6 / 20) / np.sqrt(2)
        assert np.allclose(block[22_050:], expected, rtol=1e-5)

    def test_render_places_nothing(self, studio: Studio, tmp_path: Path) -> None:
        before = studio.digests()
        studio.edit("songs.a.mix.gain_db", -2)
        assert studio.run("render", "sequence:cd", "-o", str(tmp_path / "x.wav")).code == 0
        assert studio.digests() == before

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["mix:z"], "mix:z"),
            (["mix:*"], "not the id of one step"),
            (["deliver:cd"], "leaves no sound"),
            (["ingest:a/kick"], "leaves no sound"),
            (["mix:a", "--from", "soon"], "`soon` is no position"),
            (["mix:a", "--to", "-1"], "no position"),
            (["mix:a", "-o", "x.xyz"], "cannot write a `.xyz` file"),
            (["strip:a/nobody"], "strip:a/nobody"),
        ],
    )
    def test_mistakes_are_told(self, studio: Studio, arguments: list[str], said: str) -> None:
        done = studio.run("render", *arguments)
        assert done.code == 2
        assert said in done.err

    @pytest.mark.parametrize("span", [("--from", "100"), ("--from", "2", "--to", "1")])
    def test_a_part_without_a_frame_is_told(
        self, studio: Studio, tmp_path: Path, span: tuple[str, ...]
    ) -> None:
        path = tmp_path / "x.wav"
        said = studio.run("render", "mix:a", *span, "-o", str(path))
        assert said.code == 2
        assert not path.exists()


MEASURED = {
    *("file", "integrated_lufs", "lra_lu", "momentary_max_lufs", "short_term_max_lufs"),
    *("true_peak_dbtp", "sample_peak_dbfs", "plr_lu", "dc", "clipped_runs", "correlation"),
    *("mono_loss_lu", "duration_s", "rate_hz", "channels", "bit_depth", "silent"),
    *("crest_db", "head_silence_s", "tail_silence_s"),
}


class TestMeasure:
    """Figures of sound files."""

    def measured(self, studio: Studio, *names: str, code: int = 0) -> list[dict[str, Any]]:
        def refused(word: str) -> None:
            raise AssertionError(f"{word} is no JSON")

        said = studio.run("measure", "--json", *names)
        assert said.code == code
        return list(json.loads(said.out, parse_constant=refused))

    def test_a_tone_reads_as_it_should(self, empty: Any) -> None:
        studio = empty({})
        tone = sine(1_000, rate_hz=48_000, frames=480_000, channels=2, peak=10 ** (-18 / 20))
        studio.stem("tone", tone, rate_hz=48_000)
        (found,) = self.measured(studio, "stems/tone.wav")
        assert set(found) == MEASURED
        assert found["integrated_lufs"] == pytest.approx(-18, abs=0.05)
        assert found["true_peak_dbtp"] == pytest.approx(-18, abs=0.05)
        assert found["lra_lu"] == pytest.approx(0, abs=0.1)
        assert found["correlation"] == pytest.approx(1)
        assert found["mono_loss_lu"] == pytest.approx(0, abs=0.05)
        assert (found["duration_s"], found["rate_hz"], found["channels"]) == (10, 48_000, 2)
        assert (found["bit_depth"], found["silent"], found["clipped_runs"]) == (32, False, 0)

    def test_silence_has_no_figures(self, empty: Any) -> None:
        studio = empty({})
        studio.stem("silence", np.zeros((48_000, 2)), rate_hz=48_000)
        (found,) = self.measured(studio, "stems/silence.wav")
        assert set(found) == MEASURED
        assert found["silent"] is True
        for key in ("integrated_lufs", "true_peak_dbtp", "sample_peak_dbfs", "plr_lu"):
            assert found[key] is None
        assert studio.run("measure", "stems/silence.wav").code == 0

    def test_files_come_in_their_order_and_bad_ones_are_named(self, empty: Any) -> None:
        studio = empty({})
        for name in ("b", "a"):
            studio.stem(name, tune(1.0, seed=1))
        (studio.root / "bad.wav").write_text("no sound")
        names = ("stems/b.wav", "bad.wav", "nobody.wav", "stems/a.wav")
        found = self.measured(studio, *names, code=1)
        assert [each["file"] for each in found] == ["stems/b.wav", "stems/a.wav"]
        said = studio.run("measure", *names)
        assert said.code == 1
        assert "`bad.wav`" in said.err
        assert "`nobody.wav`" in said.err
        assert "true peak" in said.out

    def test_samples_that_are_no_numbers_are_told(self, empty: Any) -> None:
        studio = empty({})
        block = tune(1.0, seed=1)
        block[100] = np.nan
        studio.stem("nan", block)
        said = studio.run("measure", "--json", "stems/nan.wav")
        assert said.code == 1
        assert "`stems/nan.wav`" in said.err


class TestOthers:
    """Check, schema, help, and what is wrong with a line that was typed."""

    def test_check_says_what_there_is(self, fresh: Studio) -> None:
        assert fresh.run("check") == (
            *(0, "Salt & Static: 3 songs, 4 deliverables, no errors\n", ""),
        )
        assert not (fresh.root / ".albumbuild").exists()

    def test_the_printed_schema_takes_the_album(self, made: Studio) -> None:
        schema = json.loads(made.run("schema").out)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(made.album, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**made.album, "titel": "Salt"}, schema)
        song = json.loads(made.run("schema", "song").out)
        jsonschema.validate(made.album["songs"]["a"], song)

    @pytest.mark.parametrize("arguments", [[], ["mak"], ["make", "--frobnicate"], ["schema", "x"]])
    def test_a_wrong_line_is_usage(self, made: Studio, arguments: list[str]) -> None:
        said = made.run(*arguments)
        assert said.code == 2
        assert "usage:" in said.err
        assert said.out == ""

    def test_help_names_every_command(self, made: Studio) -> None:
        from albumbuild.cli import COMMANDS

        said = made.run("--help")
        assert said.code == 0
        assert all(name in said.out for name in COMMANDS)
        for name in COMMANDS:
            assert made.run(name, "--help").code == 0

    def test_a_closed_pipe_is_no_error(self, made: Studio) -> None:
        command = f"{sys.executable} -m albumbuild -C {made.root} graph --format json | head -c 10"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
