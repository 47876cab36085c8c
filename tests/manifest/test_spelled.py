"""An album that is spelled out as one manifest is the same album when that is read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from albumbuild.manifest.album import load
from albumbuild.manifest.spelled import spelled
from albumbuild.model.album import Album
from albumbuild.model.device import Processor
from tests.guard.devices import DEVICES
from tests.pictures import png

ALBUM = """
title: Salt & Static
artist: Lights
cover: art/cover.png
allow_paths: [..]
presets:
  glue: [{compressor: {id: squash, threshold_db: -18, ratio: 2}}]
  warm: songs/warm.yaml
songs:
  tide: songs/tide.yaml
  ember: {stems: {a: {file: stems/a.wav, gain_db: -inf}}}
master:
  inserts: [{preset: glue, compressor: {ratio: 3}}, {preset: warm}]
  loudness: {target_lufs: -12}
sequence: [{song: ember, hidden: true, indexes: [1.5, "0:02"]}, {song: tide, gap_s: 0, mark: 0.25}]
deliverables:
  cd:
    type: cd
    ddp_profile: own
    cd_text: {blocks: {en: {}, de: {title: Salz, songs: {tide: {title: Flut}}}}}
  lp: {type: vinyl, sides: {B: [ember], A: [tide]}}
  tape: {type: streaming, format: mp3, quality: 3, inserts: [{gain: {level_db: -1}}]}
  safe: {type: streaming, profile: generic-safe, cover: art/cover.png}
  free: {type: streaming, profile: bandcamp, format: flac, loudness: {mode: none}}
  odd: {type: streaming, profile: mine, format: flac, bit_depth: 16, dither: none}
  against: {type: streaming, profile: loose, format: flac}
  auto: {type: vinyl, sides: auto, discs: 2, reorder: true}
  heard: {type: streaming, codec_preview: all, cover: {size_px: 500, fit: pad}}
  some: {type: streaming, codec_preview: [ogg-160], codec_headroom: auto}
  stems: {type: stems, version: dub, sequence: [tide]}
  archive: {type: archive}
plants: {own: {numbers: spaces, lead_outs: 1}}
profiles:
  loose: {formats: {value: [wav], source: hearsay}}
  mine:
    formats: {value: [wav, flac], source: a letter, confidence: read}
    turns_up: {value: true, source: another, checked_on: "2026-11-20"}
    min_track_s: 30
checks:
  - {song: "*", true_peak_dbtp: "<= -1", integrated_lufs: "> -inf"}
  - {deliverable: cd, duration: "<= 74:30"}
"""
TIDE = """
title: Tide
tempo: 92
lyrics: tide.txt
explicit: true
stems:
  kick: ../stems/a.wav
  voice:
    file: ../stems/a.wav
    start: {bar: 2, beat: 1.5}
    trim: {from: 0.5, to: "0:01"}
    fade_in_s: 0.1
    fade_out: {time_s: 0.2, curve: s}
    pan: L30
    sends: {slap: {level_db: -3, pre: true}}
    inserts: [{preset: {name: warm, bypass: true}}, {preset: glue}]
    automation:
      gain_db: [[0, -inf], [{bar: 2}, 0, hold]]
      sends.slap: [[0, -6], ["0:01.5", -3, smooth]]
  pair: {files: [../stems/a.wav, ../stems/a.wav], bus: drums, polarity: invert}
buses: {drums: {keep: never, inserts: [{compressor: {sidechain: {from: kick, highpass_hz: 90}}}]}}
returns:
  slap: {inserts: [{delay: {note: 1/8., feedback_pct: 25}}]}
  room: {inserts: [{convolution: {impulse: ../stems/a.wav}}]}
mix: {end: "0:09", gain_db: -1, fade_out: {time_s: 1}}
master: {album_inserts: false, loudness_offset_lu: -1.5}
versions: {dub: {mute: [voice]}}
"""
WARM = "- saturator: {drive_db: 3}\n- eq: [{type: lowshelf, freq_hz: 90, gain_db: 1}]\n"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a manifest among the files that it names."""
    root = tmp_path / "album"
    for name, text in (("tide.yaml", TIDE), ("warm.yaml", WARM), ("tide.txt", "la")):
        (root / "songs").mkdir(parents=True, exist_ok=True)
        (root / "songs" / name).write_text(text)
    for name in ("stems/a.wav", "art/cover.png"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(png())

    def write(text: str) -> Path:
        (root / "album.yaml").write_text(text)
        return root

    return write


def as_read_back(album: Album, write: Callable[[str], Path]) -> Album:
    """The album that the manifest of an album says, in JSON."""
    return load(write(json.dumps(spelled(album), ensure_ascii=False, allow_nan=False))).album


def test_the_same_album_comes_back_whatever_it_was_taken_from(
    written: Callable[[str], Path],
) -> None:
    album = load(written(ALBUM)).album
    again = as_read_back(album, written)
    assert again == replace(album, presets={})
    assert [*again.deliverables["lp"].sides] == ["B", "A"]  # type: ignore[attr-defined]
    assert spelled(again) == spelled(album)


def test_nothing_of_it_stands_in_another_manifest(written: Callable[[str], Path]) -> None:
    text = json.dumps(spelled(load(written(ALBUM)).album))
    assert ".yaml" not in text
    assert '"preset' not in text
    assert "songs/tide.txt" in text


@pytest.mark.parametrize("name", DEVICES)
def test_every_setting_of_a_device_comes_back(name: str, written: Callable[[str], Path]) -> None:
    album = load(written(ALBUM)).album
    devices: Any = tuple(each for each in DEVICES[name] if not each.files())
    song = album.songs["tide"]
    changed = replace(song, mix=replace(song.mix, inserts=tuple(map(_keyed, devices))))
    album = replace(album, songs=album.songs | {"tide": changed}, presets={})
    assert as_read_back(album, written) == album


def _keyed(device: Processor) -> Processor:
    """A device whose side chain listens to a strip that is there."""
    sidechain = getattr(device, "sidechain", None)
    return replace(device, sidechain=replace(sidechain, from_="kick")) if sidechain else device
