"""What the review page is about: an album's songs, sounds and sets, and the shape of its plan."""

from collections.abc import Mapping

import msgspec

from albumbuild.model.credits import TrackCredits


class ReviewedSound(msgspec.Struct, frozen=True, kw_only=True):
    """A mix, or the master of a song for a set, by the step that made it.

    `chain` are the steps that turned down by what they heard on the way to it.
    """

    step: str
    label: str
    set: str | None = None
    chain: tuple[str, ...] = ()


class ReviewedSong(msgspec.Struct, frozen=True, kw_only=True):
    """One song, and what can be heard of it, mixes first."""

    credits: TrackCredits
    sounds: tuple[ReviewedSound, ...]


class ReviewedSet(msgspec.Struct, frozen=True, kw_only=True):
    """One deliverable; `songs` are those of its programme, by what its sequence calls them.

    `sequence` and `preview` are the steps that tell more; None where there is no such step.
    """

    name: str
    type: str
    format: str | None
    rate_hz: int
    bits: int
    profile: str | None
    target_lufs: float | None
    ceiling_dbtp: float | None
    songs: Mapping[str, str]
    files: Mapping[str, str]
    sequence: str | None
    preview: str | None


class PlanShape(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a plan as nodes, each with its kind and those nodes that it `needs`.

    The stems of a song stand as one node; `counts` tells how many steps a node is, where many.
    """

    kinds: Mapping[str, str]
    counts: Mapping[str, int]
    needs: Mapping[str, tuple[str, ...]]
