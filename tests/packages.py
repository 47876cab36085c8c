"""Packages with devices, installed without a network: a folder to put on `sys.path`."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parent / "example_package"
GROUP = "albumbuild.processors"

DEVICE = """
from typing import Annotated, ClassVar
from albumbuild.model.device import Processor
from albumbuild.model.units import Number

class Device(Processor, frozen=True, kw_only=True):
    \"\"\"Says what it is told to.\"\"\"

    amount: Annotated[float, Number(0, 10, "how much")] = 1.0

    def start(self, rate_hz, channels):
        return None

    def process(self, block, state, key=None):
        return block
"""
"""The source of a module with the plainest device."""

BROKEN = {
    "lacking": "import no_such_module",
    "helper": "def Device(): ...",
    "listing": f"{DEVICE.replace('float', 'list[float]')}",
    "later": DEVICE.replace("float", '"Somewhere"'),
    "fussy": f"""{DEVICE}
    def __post_init__(self):
        if self.amount > 5:
            raise ValueError("more than 5 is too much of it")
""",
}
"""Sources of devices that cannot be used, or not as one likes, by their names."""


def install(
    folder: Path,
    distribution: str,
    version: str,
    *,
    devices: Mapping[str, str],
    files: Mapping[str, str],
) -> Path:
    """What an installer leaves in `folder`: files, metadata, and a record of them."""
    metadata = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    entries = "".join(f"{name} = {value}\n" for name, value in devices.items())
    written = {
        **files,
        f"{metadata.name}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\n"
        f"Version: {version}\n",
        f"{metadata.name}/entry_points.txt": f"[{GROUP}]\n{entries}",
    }
    written[f"{metadata.name}/RECORD"] = "".join(f"{name},,\n" for name in written)
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return metadata


def install_example(folder: Path, *, version: str | None = None) -> Path:
    """Install the example package, as its pyproject.toml says, over what was there of it."""
    project: dict[str, Any] = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    for old in folder.glob("albumbuild_tremolo-*"):
        shutil.rmtree(old)
    source = EXAMPLE / "src"
    files = {path.relative_to(source).as_posix(): path.read_text() for path in source.rglob("*.py")}
    return install(
        folder,
        project["name"],
        version or project["version"],
        devices=project["entry-points"][GROUP],
        files=files,
    )


def install_broken(folder: Path) -> None:
    """A package a device of `BROKEN`; two that are alike, and one with a device of the house."""
    for name, source in BROKEN.items():
        module = f"{name}_device"
        devices, files = {name: f"{module}:Device"}, {f"{module}.py": source}
        install(folder, f"{name}-package", "1.0", devices=devices, files=files)
    for name, maker in (("twice", "one"), ("twice", "other"), ("stereo", "wide")):
        devices, files = {name: "plain_device:Device"}, {"plain_device.py": DEVICE}
        install(folder, f"{maker}-package", "1.0", devices=devices, files=files)
