"""The house keeps its floors and doors, its captions and its sizes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import Studio

HOUSE = Path(__file__).parent.parent / "albumbuild"
MODULES = sorted(path for path in HOUSE.rglob("*.py"))

BELOW: dict[str, set[str]] = {
    "model": set(),
    "dsp": {"model"},
    "formats": {"model"},
    "engine": {"model"},
    "processors": {"model", "dsp", "formats", "engine"},
    "steps": {"model", "dsp", "formats", "engine", "processors"},
    "deliverables": {"model", "dsp", "formats", "engine", "processors", "steps"},
    "registry": {"model", "processors", "steps", "deliverables"},
    "manifest": {"model", "formats", "processors", "registry"},
    "planner": {
        *("model", "dsp", "formats", "engine", "processors", "steps", "deliverables", "registry"),
    },
    "console": {"model", "engine"},
    "profiles": set(),
}
"""What the modules of each shelf may import besides their own."""

DOORS = {
    "av": {"formats/av.py"},
    "yaml": {"formats/document.py"},
    "soundfile": {"formats/sound.py"},
    "networkx": {"engine/plan.py"},
    "ctypes": {"dsp/kernels.py", "engine/files.py"},  # our kernels; one system call without Python
    "rich": {"console.py"},
    "mutagen": {"formats/tags.py"},
    "soxr": {"dsp/resample.py"},
    "watchfiles": {"commands/watching.py"},
    "pyloudnorm": {"dsp/secondmeter.py"},
    "PIL": {"formats/pictures.py"},
    "jinja2": {"deliverables/page/page.py"},
}
"""The modules that may import each library."""

FORBIDDEN = {"utils", "helpers", "common", "core", "misc", "manager", "handler", "info"}
HEAVY = {
    *("av", "numpy", "scipy", "networkx", "soundfile", "soxr", "yaml", "rich", "mutagen"),
    *("pyloudnorm", "PIL", "jinja2"),
}


def name_of(path: Path) -> str:
    """A module as a test's name."""
    return path.relative_to(HOUSE).as_posix()


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at its top, in functions, or for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return found


def shelf_of(module: str) -> str:
    """The shelf that a dotted name of the house stands on; empty for the house itself."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_floor_looks_down(path: Path) -> None:
    shelf = name_of(path).split("/")[0].removesuffix(".py")
    if shelf not in BELOW:
        assert shelf in ("cli", "commands", "__init__", "__main__"), "a shelf that nobody knows"
        return
    shelves = {shelf_of(name) for name in imported(path) if name.startswith("albumbuild.")}
    assert shelves - BELOW[shelf] - {shelf} == set()


@pytest.mark.parametrize(("library", "door"), DOORS.items())
def test_each_library_has_one_door(library: str, door: set[str]) -> None:
    users = {
        name_of(path)
        for path in MODULES
        if any(name.split(".")[0] == library for name in imported(path))
    }
    assert users == door


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_a_caption_and_a_readable_length(path: Path) -> None:
    text = path.read_text()
    caption = ast.get_docstring(ast.parse(text))
    assert caption
    assert caption.split("\n")[0].endswith(".")
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_name_says_nothing(path: Path) -> None:
    assert FORBIDDEN.isdisjoint(name_of(path).removesuffix(".py").split("/"))


@pytest.mark.parametrize("path", sorted((HOUSE / "dsp").rglob("*.py")), ids=name_of)
def test_sound_takes_no_power(path: Path) -> None:
    """Those of the C library differ from machine to machine in their last place."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    powers = [node.lineno for node in nodes if isinstance(getattr(node, "op", None), ast.Pow)]
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    called |= {node.id for node in nodes if isinstance(node, ast.Name)}
    assert powers == []
    assert called.isdisjoint({"pow", "power", "float_power"})


def test_public_things_have_docstrings() -> None:
    bare = [
        f"{name_of(path)}: {node.name}"
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and ast.get_docstring(node) is None
        if not any(
            isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list
        )
    ]
    assert bare == []


def loaded(*arguments: str) -> set[str]:
    """The modules that are loaded once a command has run to its end with exit code 0."""
    code = (
        "import sys\n"
        "from albumbuild.cli import main\n"
        "try:\n"
        "    code = main(sys.argv[1:])\n"
        "except SystemExit as ended:\n"
        "    code = ended.code or 0\n"
        "print('modules', *sys.modules)\n"
        "sys.exit(code)\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("modules ")[2].split())


def test_help_loads_nothing_heavy() -> None:
    modules = loaded("--help")
    assert "albumbuild.cli" in modules
    assert modules & (HEAVY | {"msgspec", "blake3"}) == set()


def test_an_up_to_date_make_loads_nothing_heavy(made: Studio) -> None:
    modules = loaded("-C", str(made.root), "make")
    assert "albumbuild.engine.seal" in modules
    assert modules & (HEAVY | {"msgspec", "blake3"}) == set()
