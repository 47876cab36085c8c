"""A small album of real sound that edits and kills work on, and the looks that compare builds."""

import copy
import hashlib
import json
import os
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import soundfile

from albumbuild.commands.account import ACCOUNT, LISTENING
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.wave import create_wave
from albumbuild.planner.review import REPORT
from tests.pictures import png
from tests.studio import Studio

EXAMPLE = Path(__file__).parents[2] / "example_album"
POOL = "pool"
SECONDS = 4.4
CUTS: dict[str, tuple[str, float]] = {
    "kick.wav": ("caesium/kick", 8),
    "hats.wav": ("caesium/alt-hats", 8),
    "synth.wav": ("caesium/minilogue-synth", 20),
    "lead.flac": ("caesium/vox-lead", 38),
    "choir.wav": ("caesium/bgvox-main", 38),
    "violin.flac": ("american-quartet/violin-1", 24),
    "viola.wav": ("american-quartet/viola", 24),
    "cello.wav": ("american-quartet/cello", 24),
    "second.flac": ("american-quartet/violin-2", 24),
    "drums.flac": ("e3m1/drums-kick", 6),
    "snare.wav": ("e3m1/drums-snare", 6),
    "bass.wav": ("e3m1/synth-lead", 6),
    "guitar.flac": ("e3m1/guitar-dist", 6),
    "organ.wav": ("e3m1/organ", 6),
    "claps.wav": ("francium/claps", 40),
    "voice.flac": ("francium/vox-lead", 20),
}
"""Where each stem is cut from, and at which second."""

State = tuple[dict[str, Any], dict[str, str], frozenset[str]]
"""A manifest, the sound of the pool that each file has, and the songs in files of their own."""


class Living(Studio):
    """An album whose manifest, sounds and split into files can all be edited and taken back."""

    def __init__(self, root: Path, album: dict[str, Any]) -> None:
        self.sounds = {f"stems/{name}": name for name in CUTS}
        self.apart: frozenset[str] = frozenset({"rock"})
        self.comment = ""
        self._written: dict[str, str] = {}
        super().__init__(root, album)

    def save(self) -> None:
        """Write the manifests, and the sounds that are not there yet."""
        songs = dict(self.album["songs"])
        for name in self.apart & set(songs):
            path = self.root / f"songs/{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(_further_in(songs[name]), indent=1))
            songs[name] = f"songs/{name}.yaml"
        whole = {**self.album, "songs": songs}
        text = json.dumps(whole, indent=2, allow_nan=False)
        (self.root / "album.yaml").write_text(f"{text}\n{self.comment}\n")
        for path_, sound in self.sounds.items():
            if self._written.get(path_) != sound:
                (self.root / path_).parent.mkdir(exist_ok=True)
                shutil.copyfile(self.root.parent / POOL / sound, self.root / path_)
        self._written = dict(self.sounds)

    def forget(self) -> None:
        """Have every sound written again at the next `save`."""
        self._written = {}

    @property
    def state(self) -> State:
        """All that an edit can change."""
        return copy.deepcopy(self.album), dict(self.sounds), self.apart

    @state.setter
    def state(self, state: State) -> None:
        album, sounds, self.apart = state
        self.album, self.sounds = copy.deepcopy(album), dict(sounds)
        self.save()

    def clean_digests(self) -> dict[str, str]:
        """What a build of a copy without anything built leaves under build/."""
        folder = self.root.parent / "clean"
        unbuilt = shutil.ignore_patterns(".albumbuild", "build", "events.jsonl")
        shutil.copytree(self.root, folder, ignore=unbuilt)
        clean = copy.copy(self)
        clean.root = folder
        said = clean.run("make")
        assert said.code == 0, f"a clean build ends in {said.code}\n{said.err}"
        digests = digests_of(folder / "build")
        shutil.rmtree(folder)
        return digests


def _further_in(song: dict[str, Any]) -> dict[str, Any]:
    """A song whose paths start from a folder below."""
    song = copy.deepcopy(song)
    for name, stem in song["stems"].items():
        if isinstance(stem, str):
            song["stems"][name] = f"../{stem}"
        else:
            for key, file in stem.items():
                if key == "file":
                    stem[key] = f"../{file}"
                elif key == "files":
                    stem[key] = [f"../{each}" for each in file]
    if "lyrics" in song:
        song["lyrics"] = f"../{song['lyrics']}"
    return song


TOLD = frozenset(f"{REPORT}/{name}" for name in (ACCOUNT, LISTENING))


def digests_of(build: Path) -> dict[str, str]:
    """The SHA-256 of every file under a folder, hidden ones too; folders end in a slash.

    What tells of one build alone is left out.
    """
    found: dict[str, str] = {}
    for path in sorted(build.rglob("*")):
        name = path.relative_to(build).as_posix()
        if path.is_dir():
            found[f"{name}/"] = ""
        elif name not in TOLD:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def difference(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """The first file that two builds do not share, or nothing."""
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            where = "differs" if name in one and name in other else "is in one of them alone"
            return f"{name} {where}"
    return ""


def living_album(folder: Path) -> Living:
    """The album of three songs, not built yet, beside the pool of sounds that it draws from."""
    (folder / POOL).mkdir(parents=True)
    for name, (stem, at_s) in CUTS.items():
        _cut(EXAMPLE / f"stems/{stem}.flac", folder / POOL / name, at_s)
    living = Living(folder / "album", copy.deepcopy(ALBUM))
    (living.root / "art").mkdir()
    for number in (1, 2):
        (living.root / f"art/cover-{number}.png").write_bytes(png(640, 640, filling=b"x" * number))
    (living.root / "words.txt").write_text("La la la.\n")
    return living


def _cut(source: Path, target: Path, at_s: float) -> None:
    with SoundReader(source) as reader:
        rate_hz, channels = reader.format.rate_hz, reader.format.channels
        reader.seek(round(at_s * rate_hz))
        block = reader.read(round(SECONDS * rate_hz))
    if target.suffix == ".wav":
        with create_wave(target, rate_hz=rate_hz, channels=channels, sample="float32") as out:
            out.write(block)
    else:
        soundfile.write(str(target), block, rate_hz, subtype="PCM_16")


def touched(path: Path, draw: random.Random) -> None:
    """The same file with the time of another day."""
    when = 1_700_000_000 + draw.randrange(10_000_000)
    os.utime(path, (when, when))


ALBUM: dict[str, Any] = {
    "title": "Common Ground",
    "artist": "Various Artists",
    "date": "2026-11-20",
    "upc": "2999990000016",
    "genre": "Electronic",
    "cover": "art/cover-1.png",
    "rate_hz": 48_000,
    "songs": {
        "caesium": {
            "title": "Caesium",
            "isrc": "ZZEX12600002",
            "tempo": 130,
            "stems": {
                "kick": {"file": "stems/kick.wav", "gain_db": 1, "bus": "drums"},
                "hats": {"file": "stems/hats.wav", "pan": "R12", "bus": "drums"},
                "synth": {
                    "file": "stems/synth.wav",
                    "inserts": [{"compressor": {"ratio": 4, "sidechain": {"from": "kick"}}}],
                    "sends": {"plate": -20},
                },
                "lead": {
                    "file": "stems/lead.flac",
                    "gain_db": 3,
                    "bus": "vocals",
                    "inserts": [{"eq": [{"type": "highpass", "freq_hz": 100}]}],
                    "sends": {"plate": -14, "echo": {"level_db": -17, "pre": True}},
                },
                "choir": {"file": "stems/choir.wav", "bus": "vocals"},
            },
            "buses": {
                "drums": {"inserts": [{"limiter": {"ceiling_dbtp": -6}}]},
                "vocals": {"keep": "always", "inserts": [{"compressor": {"detector": "rms"}}]},
            },
            "returns": {
                "plate": {"inserts": [{"reverb": {"decay_s": 0.9, "predelay_ms": 12}}]},
                "echo": {"inserts": [{"delay": {"note": "1/8.", "feedback_pct": 25}}]},
            },
            "mix": {"end": 4.6, "fade_out": {"time_s": 0.4, "curve": "s"}},
            "versions": {"dub": {"mute": ["vocals"]}},
        },
        "quartet": {
            "title": "String Quartet No. 12",
            "isrc": "ZZEX12600003",
            "stems": {
                "violin": {"file": "stems/violin.flac", "pan": "L42", "sends": {"hall": -8}},
                "second": {"file": "stems/second.flac", "pan": "L15", "sends": {"hall": -7}},
                "viola": {"file": "stems/viola.wav", "pan": "R18", "sends": {"hall": -8}},
                "cello": {"file": "stems/cello.wav", "pan": "R45", "sends": {"hall": -9}},
            },
            "returns": {"hall": {"inserts": [{"reverb": {"decay_s": 1.4}}]}},
            "mix": {"end": 5},
            "master": {"album_inserts": False},
        },
        "rock": {
            "title": "E3M1",
            "isrc": "ZZEX12600004",
            "tempo": 100,
            "stems": {
                "drums": {"file": "stems/drums.flac", "bus": "band"},
                "snare": {"file": "stems/snare.wav", "bus": "band"},
                "bass": {"file": "stems/bass.wav", "gain_db": 2},
                "guitar": {
                    "file": "stems/guitar.flac",
                    "pan": "L45",
                    "automation": {"gain_db": [[0, 0], [2, -3, "smooth"]]},
                },
            },
            "buses": {"band": {"gain_db": -0.5}},
            "mix": {"end": 4.5},
        },
    },
    "master": {
        "inserts": [{"eq": [{"type": "highshelf", "freq_hz": 9_000, "gain_db": 0.8}]}],
        "loudness": {"target_lufs": -14, "ceiling_dbtp": -1},
    },
    "sequence": ["caesium", {"song": "quartet", "gap_s": 0.5}, {"song": "rock", "gap_s": 0}],
    "deliverables": {
        "cd": {"type": "cd"},
        "vinyl": {
            "type": "vinyl",
            "sides": {"A": ["caesium"], "B": ["quartet", "rock"]},
            "loudness": {"target_lufs": -22},
        },
        "flac": {"type": "streaming", "format": "flac", "bit_depth": 24},
        "mp3": {"type": "streaming", "format": "mp3", "bitrate_kbps": 128, "cut": "standalone"},
        "mixes": {"type": "mixes"},
    },
}
