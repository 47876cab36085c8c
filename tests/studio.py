"""An album repository that tests edit, make and look at."""

import copy
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from albumbuild.cli import main
from albumbuild.deliverables.review import PAGE
from albumbuild.engine.store import Store
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.wave import create_wave
from albumbuild.planner.review import REPORT
from albumbuild.steps.stream import AUDIO

Block = npt.NDArray[np.float64]
RATE_HZ = 44_100


class Said(NamedTuple):
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


class Studio:
    """An album repository; `album` is its manifest as data, written at every edit.

    YAML holds JSON, so the manifest is written as such. `told` is where `make` tells its events.
    """

    def __init__(self, root: Path, album: dict[str, Any]) -> None:
        self.root = root
        self.album = album
        self.told = root / "events.jsonl"
        self.root.mkdir(parents=True, exist_ok=True)
        self.save()

    def save(self) -> None:
        """Write the manifest."""
        (self.root / "album.yaml").write_text(json.dumps(self.album, indent=2, allow_nan=False))

    def edit(self, path: str, value: Any) -> Any:
        """Set what stands at a dotted path (`sequence.1.gap_s`); what stood there before.

        None takes the key out.
        """
        *folders, last = path.split(".")
        at: Any = self.album
        for name in folders:
            at = at[int(name)] if isinstance(at, list) else at.setdefault(name, {})
        key: Any = int(last) if isinstance(at, list) else last
        before = at[key] if isinstance(at, list) else at.get(key)
        if value is None:
            del at[key]
        else:
            at[key] = value
        self.save()
        return copy.deepcopy(before)

    def stem(self, name: str, block: Block, *, rate_hz: int = RATE_HZ) -> Path:
        """Write a float WAV under `stems/`, over what was there."""
        path = self.root / "stems" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        channels = block.shape[1]
        with create_wave(path, rate_hz=rate_hz, channels=channels, sample="float32") as out:
            out.write(block)
        return path

    def run(self, *arguments: str) -> Said:
        """Type a command in the album's folder, off a terminal."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(["-C", str(self.root), *arguments])
            except SystemExit as exit_:
                code = int(exit_.code or 0)
        return Said(code, out.getvalue(), err.getvalue())

    def events(self, *flags: str, code: int = 0) -> list[dict[str, Any]]:
        """The events of a `make` that must end in that exit code."""
        said = self.run("make", "--events", str(self.told), *flags)
        assert said.code == code, said.err
        return [json.loads(line) for line in self.told.read_text().splitlines()]

    def statuses(self, *flags: str, code: int = 0) -> dict[str, str]:
        """How every step of a `make` ended, but for the page."""
        return ends(self.events(*flags, code=code))

    def make(self, *flags: str, code: int = 0) -> set[str]:
        """The steps that a `make` ran, failed ones left out."""
        return {s for s, status in self.statuses(*flags, code=code).items() if status == "ran"}

    def result(self, step: str, output: str = AUDIO) -> Block:
        """The sound that a step leaves, brought up to date."""
        said = self.run("make", step)
        assert said.code == 0, said.err
        return sound(self.blob(step, output))

    def blob(self, step: str, output: str = AUDIO) -> Path:
        """Where the store keeps what a step left."""
        store = Store(self.root / ".albumbuild")
        record = store.last(step)
        assert record is not None
        return store.blob_path(record.outputs[output])

    def unseal(self) -> None:
        """Make the next `make` look at everything."""
        (self.root / ".albumbuild/seal").unlink(missing_ok=True)

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file under build/, but for those that tell of one build."""
        files = sorted(
            path
            for path in (self.root / "build").rglob("*")
            if (path.is_file() and path.parent.name != REPORT) or path.name == PAGE
        )
        return {
            path.relative_to(self.root / "build").as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in files
        }

    def delivery(self, name: str) -> dict[str, Any]:
        """The `deliverable.json` of a folder."""
        return dict(json.loads((self.root / "build" / name / "deliverable.json").read_text()))

    def sound(self, path: str) -> Block:
        """The samples of a file under build/."""
        return sound(self.root / "build" / path)

    def copied_to(self, folder: Path) -> "Studio":
        """The same album elsewhere, with its build folder and its store, whose blobs it shares."""
        shutil.copytree(self.root, folder, copy_function=_copied)
        return Studio(folder, copy.deepcopy(self.album))


def ends(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    """How every step of a build ended, but for the page, which nearly every edit changes."""
    finished = (event for event in events if event["event"] == "step_finished")
    return {event["id"]: event["status"] for event in finished if event["id"] != REPORT}


def _copied(source: str, target: str) -> None:
    """A copy of a file, or another name for a blob, which is never written again."""
    if "cas" in Path(source).parts:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def sound(path: Path) -> Block:
    """All samples of a file."""
    with SoundReader(path) as reader:
        return reader.read(reader.format.frames)


def tune(seconds: float, *, seed: int, rate_hz: int = RATE_HZ, channels: int = 1) -> Block:
    """A little music-like noise: beats of a tone and some hiss, in steps of 16 bits."""
    draw = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch = 110.0 * 2 ** (seed % 24 / 12)
    beat = np.exp(-6.0 * (at % 0.4))
    wave = 0.35 * beat * np.sin(2 * np.pi * pitch * at)
    hiss = 0.02 * draw.standard_normal((len(at), channels))
    return np.asarray(np.rint((wave[:, np.newaxis] + hiss) * 32_768) / 32_768)


def plain_song(*stems: str, end: float | None = None, **more: Any) -> dict[str, Any]:
    """A song of stems that are as they are in their files."""
    song: dict[str, Any] = {"stems": {name: {"file": f"stems/{name}.wav"} for name in stems}}
    if end is not None:
        song["mix"] = {"end": end}
    return song | more


ALBUM: dict[str, Any] = {
    "title": "Salt & Static",
    "artist": "The Harbour Lights",
    "date": "2026-11-20",
    "label": "Breakwater",
    "catalog": "BW-014",
    "upc": "5012345678900",
    "genre": "Indie rock",
    "songs": {
        "a": {
            "title": "Tide",
            "isrc": "GBAYE2600001",
            "stems": {
                "kick": {"file": "stems/a-kick.wav"},
                "bass": {"file": "stems/a-bass.wav", "gain_db": -3, "pan": "L20"},
                "vox": {"file": "stems/a-vox.wav", "bus": "fx", "sends": {"hall": -12}},
                "gtr": {
                    "file": "stems/a-gtr.wav",
                    "bus": "fx",
                    "automation": {"gain_db": [[0, 0], [1, -3], [2, 0]]},
                },
            },
            "buses": {"fx": {"keep": "always", "inserts": [{"compressor": {"threshold_db": -18}}]}},
            "returns": {"hall": {"inserts": [{"delay": {"time_ms": 200, "feedback_pct": 20}}]}},
            "mix": {"end": 4.2},
        },
        "b": {
            "title": "Ember",
            "isrc": "GBAYE2600002",
            "stems": {"kick": {"file": "stems/b-kick.wav"}, "pad": {"file": "stems/b-pad.wav"}},
            "mix": {"end": 4.4},
        },
        "c": {
            "title": "Harbour",
            "isrc": "GBAYE2600003",
            "stems": {"piano": {"file": "stems/c-piano.wav"}},
            "mix": {"end": 4.6},
        },
    },
    "master": {
        "inserts": [{"eq": [{"type": "bell", "freq_hz": 300, "gain_db": -1, "q": 0.9}]}],
        "loudness": {"target_lufs": -16, "ceiling_dbtp": -1},
    },
    "sequence": ["a", {"song": "b", "gap_s": 1}, {"song": "c", "gap_s": 0.5}],
    "deliverables": {
        "cd": {"type": "cd"},
        "vinyl": {
            "type": "vinyl",
            "sides": {"A": ["a", "b"], "B": ["c"]},
            "loudness": {"target_lufs": -26},
        },
        "streaming": {
            "type": "streaming",
            "format": "flac",
            "loudness": {"target_lufs": -15},
        },
        "mixes": {"type": "mixes"},
    },
}
STEMS: dict[str, tuple[float, int]] = {
    "a-kick": (2.0, 1),
    "a-bass": (2.5, 2),
    "a-vox": (3.0, 1),
    "a-gtr": (2.2, 1),
    "b-kick": (2.0, 1),
    "b-pad": (4.4, 2),
    "c-piano": (4.0, 2),
}


def write_stems(studio: Studio, names: Iterable[str] = STEMS) -> None:
    """The stems of `ALBUM`, alike every time."""
    for number, (name, (seconds, channels)) in enumerate(STEMS.items()):
        if name in names:
            studio.stem(name, tune(seconds, seed=number, channels=channels))
