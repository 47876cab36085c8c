"""What is guarded: every device that can be heard, and every kind of step."""

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import mutagen
import numpy as np
from blake3 import blake3

import albumbuild.deliverables
import albumbuild.steps
from albumbuild.deliverables.streaming import DeliverStreaming
from albumbuild.engine.action import Action, Needs, Progress
from albumbuild.engine.fingerprint import key_of, library_version, recipe
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.tags import read_cover
from albumbuild.model.codec import LOSSY
from albumbuild.model.delivery import DRAFT
from albumbuild.model.device import Processor
from albumbuild.registry import PROCESSORS
from tests.guard.devices import DEVICES, Play, read
from tests.guard.golden import Record
from tests.guard.kinds import KINDS, Case
from tests.guard.material import write_material
from tests.guard.sources import code_digest, read_sources

ENCODED = {".flac", ".aiff", ".mp3", ".ogg", ".opus"}


class Subject(NamedTuple):
    """A device or a kind of step, with the cases that it is tried in."""

    guarded: type[Processor] | type[Action]
    cases: Callable[[], Iterable[Case]]

    @property
    def module(self) -> str:
        """Where its code begins, in the house."""
        return "/".join(self.guarded.__module__.split(".")[1:]) + ".py"


def subjects() -> dict[str, Subject]:
    """All of them by name."""
    found = [
        *((name, Subject(type(cases[0]), plays(cases))) for name, cases in DEVICES.items()),
        *((step_name(action), Subject(action, cases)) for action, cases in KINDS.items()),
    ]
    assert len(dict(found)) == len(found), "two subjects have one name"
    return dict(found)


def step_name(action: type[Action]) -> str:
    """A kind of step; of deliveries, the medium too."""
    medium = getattr(action, "type", None)
    return f"step {action.kind}" if medium is None else f"step {action.kind} {medium}"


def kinds_of_step() -> set[type[Action]]:
    """Every action of the house that a plan may hold."""
    for shelf in (albumbuild.steps, albumbuild.deliverables):
        for module in pkgutil.iter_modules(shelf.__path__, f"{shelf.__name__}."):
            import_module(module.name)
    return {
        action
        for action in _beneath(Action)
        if action.__module__.startswith("albumbuild.") and action.run is not Action.run
    }


def available_devices() -> dict[str, type[Processor]]:
    """The devices that can be heard today."""
    return {name: device for name, device in PROCESSORS.items() if device.available}


def records(folder: Path) -> dict[str, Record]:
    """Every subject as it is now; the folder is for what they are fed with."""
    write_material(folder)
    sources = read_sources()
    return {name: record(subject, folder, sources) for name, subject in subjects().items()}


def record(subject: Subject, material: Path, sources: Mapping[str, str]) -> Record:
    """A subject as it is now."""
    libraries = getattr(subject.guarded, "libraries", ())
    return Record(
        version=subject.guarded.version,
        libraries={name: library_version(name) for name in libraries},
        code=code_digest(subject.module, sources),
        outputs=dict(outcome(case, material) for case in subject.cases()),
    )


def outcome(case: Case, material: Path) -> tuple[str, str]:
    """The key of a case, and the digest of all that comes out."""
    blobs, sources = (
        {role: material / name for role, name in files.items()}
        for files in (case.blobs, case.sources)
    )
    key = key_of(recipe(case.action, _digests(blobs), _digests(sources)))
    hasher = blake3()
    with TemporaryDirectory() as folder:
        into = Path(folder) / "into"
        into.mkdir()
        case.action.run(Needs(blobs, sources), into, Progress())
        for path in sorted(path for path in into.rglob("*") if path.is_file()):
            hasher.update(f"{path.relative_to(into).as_posix()}\n".encode())
            hasher.update(_heard(path, case.action))
    return key[:32], hasher.hexdigest(length=16)


def _heard(path: Path, action: Action) -> bytes:
    """What counts in a file: its bytes, but not those that an encoder chose."""
    if path.name == DRAFT:
        return _without_sums(path.read_bytes())
    if path.suffix not in ENCODED:
        return path.read_bytes()
    told: list[Any] = []
    if isinstance(action, DeliverStreaming):
        told = sorted(action._coding().arguments().items())
    tags = mutagen.File(path).tags
    texts = b"%r %r %r" % (told, tags and tags.pprint(), read_cover(path))
    if path.suffix.removeprefix(".") in LOSSY:
        with SoundReader(path) as reader:
            return texts + repr(reader.format).encode()
    return texts + np.ascontiguousarray(read(path), dtype="<f8").tobytes()


def _without_sums(draft: bytes) -> bytes:
    """The record of a delivery less the sums of its files, and less what a codec did."""
    said: dict[str, Any] = msgspec.json.decode(draft)
    said["files"] = [file["path"] for file in said["files"]]
    for track in said["tracks"]:
        del track["codec_dbtp"]
    return msgspec.json.encode(said)


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {role: blake3(path.read_bytes()).hexdigest() for role, path in files.items()}


def plays(devices: tuple[Processor, ...]) -> Callable[[], Iterator[Case]]:
    """Every setting in stereo, and the first in mono at another rate."""

    def cases() -> Iterator[Case]:
        key = {"key": "key.wav"}
        for device in devices:
            yield Case(Play(device=device, rate_hz=44_100), {"sound": "stereo.wav"} | key)
        yield Case(Play(device=devices[0], rate_hz=96_000), {"sound": "mono.wav"} | key)

    return cases


def _beneath(action: type[Action]) -> Iterator[type[Action]]:
    for each in action.__subclasses__():
        yield each
        yield from _beneath(each)
