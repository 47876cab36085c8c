"""Presets: what stands in an insert list once they are written out, and where it is said."""

import time
from pathlib import Path

import pytest

from albumbuild.manifest.album import load
from albumbuild.model.problem import ProblemError
from albumbuild.planner.album import plan_album
from albumbuild.planner.origins import origin_of
from tests.manifest.conftest import HEAD
from tests.studio import Studio, tune

CHAIN = """presets:
  vocal-chain:
    - eq:
        - {id: mud, type: bell, freq_hz: 240, gain_db: -3}
        - {type: highpass, freq_hz: 80}
    - compressor: {id: squash, threshold_db: -18, sidechain: {highpass_hz: 90}}
    - gain: {level_db: -1}
"""


def song(items: str) -> str:
    """A song with those inserts in its mix."""
    stems = "{kick: stems/kick.wav}"
    return f"songs:\n  tide:\n    stems: {stems}\n    mix: {{inserts: [{items}]}}\n"


def inserts_of(manifest):
    """The inserts of that mix."""
    return manifest.album.songs["tide"].mix.inserts


def said(span) -> str:
    """The line and the text of a place."""
    text = span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return f"{span.line}: {text}"


def slugs(error: pytest.ExceptionInfo[ProblemError]) -> list[str]:
    return [problem.slug for problem in error.value.problems]


PLACES = """songs:
  tide:
    stems: {kick: {file: stems/kick.wav, inserts: INSERTS}}
    buses: {drums: {inserts: INSERTS}}
    returns: {hall: {inserts: INSERTS}}
    mix: {inserts: INSERTS}
    master: {inserts: INSERTS}
master: {inserts: INSERTS}
deliverables: {cd: {type: cd, inserts: INSERTS}}
"""


def test_a_preset_is_as_if_it_had_been_written_in_place_wherever_inserts_stand(read):
    used = "presets: {quiet: [{gain: {id: a, level_db: -2}}, {stereo: {}}]}\n"
    used += PLACES.replace("INSERTS", "[{gain: {}}, {preset: quiet}]")
    written = PLACES.replace("INSERTS", "[{gain: {}}, {gain: {id: a, level_db: -2}}, {stereo: {}}]")
    album = read(used).album
    assert album.presets["quiet"] == album.master.inserts[1:]
    assert read(written).album == type(album)(
        **{**{key: getattr(album, key) for key in album.__struct_fields__}, "presets": {}}
    )


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ("squash: {threshold_db: -24}", {"threshold_db": -24}),
        ("compressor: {ratio: 3, knee_db: 2}", {"ratio": 3, "knee_db": 2}),
        ("squash: {id: lead}", {"id": "lead"}),
        ("squash: {bypass: true}", {"bypass": True}),
        ("squash: ", {}),
    ],
)
def test_a_use_changes_the_settings_that_it_gives_and_no_others(read, changes, changed):
    plain = inserts_of(read(CHAIN + song("{preset: vocal-chain}")))
    manifest = read(CHAIN + song(f"{{preset: {{name: vocal-chain, {changes}}}}}"))
    eq, compressor, gain = inserts_of(manifest)
    assert (eq, gain) == (plain[0], plain[2])
    settings = {key: getattr(plain[1], key) for key in plain[1].__struct_fields__}
    assert compressor == type(compressor)(**(settings | changed))


def test_what_differs_may_stand_beside_the_name_too(read):
    inside = "{preset: {name: vocal-chain, squash: {ratio: 3}, eq: {bypass: true}}}"
    beside = "{preset: vocal-chain, squash: {ratio: 3}, eq: {bypass: true}}"
    chains = [inserts_of(read(CHAIN + song(each))) for each in (inside, beside)]
    assert chains[0] == chains[1]
    assert chains[0][1].ratio == 3


def test_a_mapping_inside_of_a_device_is_changed_by_its_keys(read):
    use = "{preset: {name: vocal-chain, squash: {sidechain: {from: kick}}}}"
    sidechain = inserts_of(read(CHAIN + song(use)))[1].sidechain
    assert (sidechain.from_, sidechain.highpass_hz) == ("kick", 90)


def test_a_band_is_changed_by_its_id(read):
    use = "{preset: {name: vocal-chain, mud: {gain_db: -6}, eq: {mix_pct: 50}}}"
    eq = inserts_of(read(CHAIN + song(use)))[0]
    assert [(band.freq_hz, band.gain_db) for band in eq.bands] == [(240, -6), (80, 0)]
    assert eq.mix_pct == 50


@pytest.mark.parametrize("spelled", ["[BAND]", "{bands: [BAND]}"])
def test_a_list_takes_the_place_of_the_whole_list(read, spelled):
    bands = spelled.replace("BAND", "{type: notch, freq_hz: 50}")
    eq = inserts_of(read(CHAIN + song(f"{{preset: {{name: vocal-chain, eq: {bands}}}}}")))[0]
    assert [band.type for band in eq.bands] == ["notch"]


def test_an_id_comes_before_the_name_of_a_device(read):
    chain = "presets: {a: [{gain: {level_db: -1}}, {compressor: {id: gain}}]}\n"
    gain, compressor = inserts_of(read(chain + song("{preset: {name: a, gain: {ratio: 7}}}")))
    assert (gain.level_db, compressor.ratio) == (-1, 7)


@pytest.mark.parametrize("more", ["", ", bypass: true"])
def test_automation_moves_what_a_preset_names(read, more):
    stem = f"{{file: stems/kick.wav, inserts: [{{preset: {{name: vocal-chain{more}}}}}], "
    stem += "automation: {squash.mix_pct: [[0, 50]], mud.gain_db: [[0, -3]]}}"
    manifest = read(CHAIN + f"songs: {{tide: {{stems: {{kick: {stem}}}}}}}\n")
    inserts = manifest.album.songs["tide"].stems["kick"].inserts
    assert [each.bypass for each in inserts] == [bool(more)] * 3
    assert [each.id for each in inserts] == [None, "squash", None]


def test_bypass_false_changes_nothing(read):
    chain = "presets: {a: [{gain: {}}, {stereo: {bypass: true}}]}\n"
    inserts = inserts_of(read(chain + song("{preset: {name: a, bypass: false}}")))
    assert [each.bypass for each in inserts] == [False, True]


def test_presets_stand_in_presets_and_changes_reach_through(read):
    chains = CHAIN + "  lead:\n    - preset: {name: vocal-chain, squash: {ratio: 6}}\n"
    chains += "    - delay: {time_ms: 90}\n"
    use = "{preset: {name: lead, squash: {threshold_db: -30}, delay: {feedback_pct: 5}}}"
    _, compressor, _, delay = inserts_of(read(chains + song(use)))
    assert (compressor.ratio, compressor.threshold_db, delay.feedback_pct) == (6, -30, 5)


def test_each_use_is_a_device_of_its_own(read):
    stems = "{preset: {name: vocal-chain, squash: {ratio: 9}}}"
    text = f"songs: {{tide: {{stems: {{kick: {{file: stems/kick.wav, inserts: [{stems}]}}, "
    text += "vox: {file: stems/vox.wav, inserts: [{preset: vocal-chain}]}}}}\n"
    stems = read(CHAIN + text).album.songs["tide"].stems
    assert (stems["kick"].inserts[1].ratio, stems["vox"].inserts[1].ratio) == (9, 2)


def test_a_song_in_a_file_of_its_own_uses_the_presets_of_the_album(read):
    tide = "stems: {bass: stems/bass.wav}\nmix: {inserts: [{preset: vocal-chain}]}\n"
    assert len(inserts_of(read(CHAIN + "songs: {tide: songs/tide.yaml}\n", tide=tide))) == 3


def test_a_preset_in_a_file_of_its_own_names_files_from_there(read, tmp_path):
    (tmp_path / "chains/irs").mkdir(parents=True)
    (tmp_path / "chains/irs/hall.wav").write_text("sound")
    (tmp_path / "chains/room.yaml").write_text("- convolution: {impulse: irs/hell.wav}\n")
    with pytest.raises(ProblemError) as told:
        read("presets: {room: chains/room.yaml}\n" + song("{preset: room}"))
    missing = [each for each in told.value.problems if each.slug == "missing-file"]
    assert [str(each.at) for each in missing] == ["chains/room.yaml:1:26"]
    assert missing[0].fix == "did you mean `irs/hall.wav`?"


def test_the_file_of_a_preset_is_one_of_the_manifest(read, tmp_path):
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains/room.yaml").write_text("- gain: {level_db: -3}\n")
    presets = "presets: {room: chains/room.yaml, same: chains/room.yaml}\n"
    manifest = read(presets + song("{preset: room}"))
    assert manifest.files == (tmp_path / "album.yaml", tmp_path / "chains/room.yaml")
    assert inserts_of(manifest)[0].level_db == -3


def test_a_preset_of_nothing_is_nothing(read):
    assert inserts_of(read("presets: {a: , b: []}\n" + song("{preset: a}, {preset: b}"))) == ()
    assert read("presets:\n" + song("{gain: {}}")).album.presets == {}


def test_places_are_those_of_the_preset_and_of_what_is_changed(read):
    manifest = read(CHAIN + song("{preset: {name: vocal-chain, squash: {ratio: 6}, mud: {q: 2}}}"))

    def at(*path):
        return said(manifest.places.of("songs", "tide", "mix", "inserts", *path))

    assert at(1, "threshold_db") == "8: -18"
    assert at(1, "ratio") == "13: 6"
    assert at(0, "bands", 0, "gain_db") == "6: -3"
    assert at(0, "bands", 0, "q") == "13: 2"


@pytest.mark.parametrize(
    "preset",
    [
        "[{compressor: {ratio: 0}}]",
        "[{compressor: 3}]",
        "[{gain: {}, stereo: {}}]",
        "[{compresor: {}}]",
        "[{eq: [{freq_hz: 100}]}]",
        "[{preset: nowhere}]",
        "[{preset: {name: fine, gian: {}}}]",
        "[{preset: {name: fine, gain: {level_db: x}}}]",
        "[{plugin: {path: tape}}]",
        "3",
        "{gain: {}}",
        "[{preset: broken}]",
        "nowhere.yaml",
    ],
)
@pytest.mark.parametrize(
    "uses", ["", "{preset: broken}", "{gain: {}}, {preset: broken}, {preset: broken}"]
)
def test_a_mistake_in_a_preset_is_told_once_however_often_it_is_used(read, preset, uses):
    presets = "presets: {fine: [{gain: {}}], around: [{stereo: {}}, {preset: broken}], broken: "
    if uses:
        uses = uses.rstrip(", ") + ", {preset: around}"
    with pytest.raises(ProblemError) as told:
        read(presets + preset + "}\n" + song(uses))
    assert len(told.value.problems) == 1
    assert str(told.value.problems[0].at).startswith("album.yaml:3:")


def test_both_keys_that_are_missing_are_told(read):
    with pytest.raises(ProblemError) as told:
        read("presets: {a: [{eq: [{q: 2}]}], b: [{preset: a}]}\n" + song("{preset: b}"))
    assert slugs(told) == ["missing-key", "missing-key"]


def test_what_automation_names_in_a_broken_preset_is_not_told_as_missing(read):
    stem = "{file: stems/kick.wav, inserts: [{preset: nowhere}], automation: {a.ratio: [[0, 2]]}}"
    with pytest.raises(ProblemError) as told:
        read(f"songs: {{tide: {{stems: {{kick: {stem}}}}}}}\n")
    assert slugs(told) == ["unknown-preset"]


def test_what_does_not_fit_a_song_is_told_where_the_preset_is_used(read):
    presets = "presets: {duck: [{compressor: {sidechain: {from: snare}}}]}\n"
    with pytest.raises(ProblemError) as told:
        read(presets + song("{preset: duck}"))
    assert [(each.slug, said(each.at)) for each in told.value.problems] == [
        ("unknown-sidechain", "7: duck")
    ]
    use = "{preset: {name: duck, compressor: {sidechain: {from: drum}}}}"
    with pytest.raises(ProblemError) as told:
        read(presets + song(use))
    assert said(told.value.problems[0].at) == "7: drum"


def test_an_item_keeps_its_number_after_a_preset(read):
    with pytest.raises(ProblemError) as told:
        read(CHAIN + song("{preset: vocal-chain}, {gain: 3}"))
    assert told.value.problems[0].what.startswith("item 2 of `inserts`")


def test_a_list_of_presets_is_none(read):
    with pytest.raises(ProblemError) as told:
        read("presets: [{gain: {}}]\n" + song("{preset: a}"))
    assert slugs(told) == ["wrong-type"]


def test_presets_that_multiply_are_refused_at_once(read):
    levels = [f"  p{n}: [{{preset: p{n - 1}}}, {{preset: p{n - 1}}}]\n" for n in range(1, 400)]
    for order in (levels, levels[::-1]):
        began = time.monotonic()
        with pytest.raises(ProblemError) as told:
            read("presets:\n  p0: [{gain: {}}]\n" + "".join(order) + song("{preset: p399}"))
        assert slugs(told) == ["preset-bomb"]
        assert time.monotonic() - began < 20


def test_presets_may_be_nested_deep(read):
    levels = [f"  p{n}: [{{preset: p{n - 1}}}]\n" for n in range(400, 0, -1)]
    manifest = read("presets:\n" + "".join(levels) + "  p0: [{gain: {}}]\n" + song("{preset: p9}"))
    assert len(inserts_of(manifest)) == 1


@pytest.mark.parametrize(
    ("presets", "way"),
    [
        ("a: [{preset: a}]", "`a` → `a`"),
        ("a: [{preset: b}], b: [{preset: a}], c: [{preset: b}]", "`a` → `b` → `a`"),
    ],
)
def test_a_circle_is_told_once(read, presets, way):
    with pytest.raises(ProblemError) as told:
        read(f"presets: {{{presets}}}\n" + song("{preset: a}"))
    (problem,) = told.value.problems
    assert problem.slug == "preset-circle"
    assert problem.what.endswith(way)


USES = """songs:
  tide:
    tempo: 120
    stems:
      kick: {file: stems/kick.wav, inserts: [KICK]}
      vox: {file: stems/vox.wav}
    mix: {inserts: [MIX]}
master: {inserts: [MASTER]}
deliverables: {mixes: {type: mixes}, cd: {type: cd}}
"""


@pytest.fixture
def tide(tmp_path: Path) -> Studio:
    """An album of one song, whose stems are there."""
    studio = Studio(tmp_path / "tide", {})
    for seed, name in enumerate(("kick", "vox")):
        studio.stem(name, tune(4.5, seed=seed))
    return studio


def with_uses(studio: Studio, head: str, kick: str, mix: str, master: str) -> None:
    uses = USES.replace("KICK", kick).replace("MIX", mix).replace("MASTER", master)
    (studio.root / "album.yaml").write_text(HEAD + head + uses)


def test_moving_inserts_into_a_preset_runs_nothing_again(tide):
    squash = "{compressor: {id: squash, threshold_db: -24, ratio: 4}}"
    cut = "{eq: [{type: highpass, freq_hz: 80}]}"
    with_uses(tide, "", f"{cut}, {squash}", cut, squash)
    assert "mix:tide" in tide.make()
    presets = (
        f"presets: {{cut: [{cut}], voice: [{{preset: cut}}, {squash.replace('-24', '-9')}]}}\n"
    )
    voice = "{preset: {name: voice, squash: {threshold_db: -24}}}"
    with_uses(tide, presets, voice, "{preset: cut}", squash)
    assert tide.make() == set()


def test_an_explanation_names_the_line_of_the_preset_or_of_the_change(tide):
    presets = "presets:\n  cut:\n    - eq: [{id: low, type: highpass, freq_hz: 80}]\n"
    with_uses(tide, presets, "{preset: cut}", "{preset: {name: cut, low: {q: 0.9}}}", "{gain: {}}")
    manifest = load(tide.root)
    planned = plan_album(manifest.root, manifest.album, manifest.places)
    lines = ["desk.strips.kick.inserts[0].bands[0].freq_hz: 1 → 2", "inserts[0].bands[0].q: 1 → 2"]
    places = [origin_of(planned, manifest.places, "mix:tide", line) for line in lines]
    assert [said(each) for each in places] == ["5: 80", "12: 0.9"]
