"""Plants: how they want their DDP filesets, those of the house and an album's own."""

from collections.abc import Mapping
from functools import cache

from albumbuild.formats.document import read_document
from albumbuild.manifest.hints import hint_of
from albumbuild.manifest.profiles import FOLDER
from albumbuild.manifest.reader import Reader
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Cd
from albumbuild.model.node import Scalar
from albumbuild.model.plant import Plant
from albumbuild.model.problem import ProblemError


def plants_of(album: Album) -> Mapping[str, Plant]:
    """What `ddp_profile` may name; nothing but the album's own where it makes no CD."""
    makes_cds = any(isinstance(each, Cd) for each in album.deliverables.values())
    return {**house_plants(), **album.plants} if makes_cds else album.plants


@cache
def house_plants() -> dict[str, Plant]:
    """The plants that come with the house."""
    node = read_document(FOLDER / "plants.yaml", "profiles/plants.yaml")
    reader = Reader(processors={}, deliverables={}, resolve=_no_files)
    plants: dict[str, Plant] = reader.read(node, hint_of(dict[str, Plant]), ())
    if reader.problems:
        raise ProblemError(reader.problems)
    return plants


def _no_files(node: Scalar, _path: tuple[str | int, ...]) -> str:
    return node.text
