"""Profiles: rules of services and plants that come with the house, and how they fill gaps."""

from functools import cache
from pathlib import Path

import msgspec

from albumbuild.formats.document import read_document
from albumbuild.manifest.hints import Hint
from albumbuild.manifest.reader import Reader
from albumbuild.model.codec import LOSSY
from albumbuild.model.deliverable import Streaming
from albumbuild.model.mastering import Loudness
from albumbuild.model.node import Scalar
from albumbuild.model.problem import ProblemError
from albumbuild.model.profile import Profile

FOLDER = Path(__file__).parent.parent / "profiles"
TABLES = {"discs", "lathe", "plants", "tapes"}
"""Data of that folder that is no profile."""


def profile_names() -> tuple[str, ...]:
    """The profiles that come with the house."""
    return tuple(sorted({path.stem for path in FOLDER.glob("*.yaml")} - TABLES))


@cache
def house_profile(name: str) -> Profile:
    """One of the house's profiles; each of its values has evidence."""
    node = read_document(FOLDER / f"{name}.yaml", f"profiles/{name}.yaml")
    reader = Reader(processors={}, deliverables={}, resolve=_no_files)
    profile = reader.read(node, Hint(core=Profile), ())
    if reader.problems:
        raise ProblemError(reader.problems)
    assert isinstance(profile, Profile)
    return profile


def with_profile(deliverable: Streaming, profile: Profile, *, format_given: bool) -> Streaming:
    """The deliverable with what it leaves open set as the profile asks.

    Its loudness covers the profile's, which in turn covers the album's.
    """
    first = profile.formats[0] if profile.formats else deliverable.format
    asked = Loudness(target_lufs=profile.target_lufs, ceiling_dbtp=profile.ceiling_dbtp)
    fits = deliverable.format in profile.formats or not profile.formats
    format_ = deliverable.format if format_given or fits else first
    bits = None if format_ in LOSSY else next(iter(profile.bit_depths), None)
    return msgspec.structs.replace(
        deliverable,
        format=format_,
        bit_depth=deliverable.bit_depth or bits,
        rate_hz=deliverable.rate_hz or next(iter(profile.rates_hz), None),
        loudness=(deliverable.loudness or Loudness()).over(asked),
    )


def _no_files(node: Scalar, _path: tuple[str | int, ...]) -> str:
    return node.text
