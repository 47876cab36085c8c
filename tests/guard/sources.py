"""Digests of code: a module and all beneath it, less what is written for readers alone."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from blake3 import blake3

import albumbuild

HOUSE = Path(albumbuild.__file__).parent
FLOORS = ("model", "dsp", "formats", "processors", "steps", "deliverables")
KERNELS = "dsp/kernels/"
DOOR = "dsp/kernels.py"
"""Who reaches this module reaches all kernels, and how they are compiled."""

_NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')', re.DOTALL)
_C_WORD = re.compile(
    r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[A-Za-z_]\w*|\.?\d(?:[eEpP][+-]|[\w.])*'
    r"|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|&&|\|\||[-+*/%&|^=!<>]=|\S"
)


def read_sources() -> dict[str, str]:
    """The text of every module of those floors and of every kernel, by its path in the house."""
    paths = [path for floor in FLOORS for path in (HOUSE / floor).rglob("*.py")]
    paths += [path for ending in ("c", "h") for path in (HOUSE / KERNELS).glob(f"*.{ending}")]
    return {path.relative_to(HOUSE).as_posix(): path.read_text("utf-8") for path in paths}


def code_digest(module: str, sources: Mapping[str, str]) -> str:
    """What changes when the code of a module, or of one that it imports, says something else.

    Comments, docstrings and layout do not count; neither does the Python that reads it.
    """
    hasher = blake3()
    for path in sorted(reached(module, sources)):
        spelled = python_code(sources[path]) if path.endswith(".py") else c_code(sources[path])
        hasher.update(f"{path}\n{spelled}\n".encode())
    return hasher.hexdigest(length=16)


def reached(module: str, sources: Mapping[str, str]) -> set[str]:
    """The module, those of `sources` that it imports, those that they import, and so on."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        found.add(path)
        if path == DOOR:
            ahead += [each for each in sources if each.startswith(KERNELS) and _is_sound(each)]
        if path.endswith(".py"):
            ahead += [each for each in _imported(sources[path]) if each in sources]
    return found


@cache
def python_code(text: str) -> str:
    """A module's syntax tree as text, without docstrings and places."""
    return _spelled(ast.parse(text))


@cache
def c_code(text: str) -> str:
    """The words of a C file, one space between them; each directive is a line of its own."""
    text = _NOT_CODE.sub(lambda found: found[1] or " ", text.replace("\\\n", " "))
    parts = [
        f"\n{' '.join(line.split())}\n"
        if line.lstrip().startswith("#")
        else " ".join(_C_WORD.findall(line))
        for line in text.split("\n")
    ]
    return " ".join(part for part in parts if part)


def _is_sound(path: str) -> bool:
    return path != f"{KERNELS}build.py"  # which packs a wheel


@cache
def _imported(text: str) -> frozenset[str]:
    """The files of the modules that a module may import, and some that are none."""
    return frozenset(f"{'/'.join(name.split('.')[1:])}.py" for name in _names(ast.parse(text)))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _spelled(node: Any) -> str:
    """A node without its empty fields, of which every Python has some more."""
    if isinstance(node, ast.Constant):
        return repr(node.value)
    if isinstance(node, ast.AST):
        fields = (f"{name}={_spelled(value)}" for name, value in ast.iter_fields(node) if value)
        return f"{type(node).__name__}({', '.join(fields)})"
    if isinstance(node, list):
        return f"[{', '.join(_spelled(each) for each in node if not _is_docstring(each))}]"
    return repr(node)


def _is_docstring(node: Any) -> bool:
    """Also of a constant or a field: a text that stands alone does nothing."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    return isinstance(node.value.value, str)
