"""Parts of sounds as steps, for listening: of strips, buses, returns, mixes and premasters."""

from collections.abc import Container, Iterator

import msgspec

from albumbuild.engine.plan import Plan, Step
from albumbuild.model.time import Part
from albumbuild.planner.album import AlbumPlan
from albumbuild.planner.songs import (
    SongPlan,
    group_part,
    kept_id,
    mix_step,
    nodes_by_kind,
    premaster_step,
    subject,
)

PART = "part"


class Listened(msgspec.Struct, frozen=True, kw_only=True):
    """A step whose sound may be made in part: a place on a song's desk, a mix or a premaster.

    `name` is that of the strip, bus or return, or of the version of the mix. The sound is
    `frames` long.
    """

    kind: str
    song: SongPlan
    name: str | None
    frames: int


def listened(planned: AlbumPlan, step_id: str) -> Listened | None:
    """What a step is to a listener; None where its sound is made as a whole alone."""
    kind, _, rest = step_id.partition(":")
    on_desk = "/" in rest
    song_id, _, name = rest.partition("/" if on_desk else "+")
    song = planned.songs.get(song_id)
    if song is None:
        return None
    if on_desk:
        if name not in nodes_by_kind(song.desk).get(kind, {}):
            return None
        return Listened(kind=kind, song=song, name=name, frames=song.ends[name])
    frames = {"mix": song.frames, "premaster": song.premaster_frames}.get(kind)
    if frames is None or (name and name not in song.song.versions):
        return None
    return Listened(kind=kind, song=song, name=name or None, frames=frames)


def with_part(
    planned: AlbumPlan, plan: Plan, step_id: str, *, part: Part, ready: Container[str]
) -> tuple[Plan, str]:
    """The plan with a step for a part of a sound, and the id of that step.

    What is kept is heard from the store where its step is `ready`, and else rendered within
    the part, as far as that goes. The bits are those of the whole either way.

    Raises:
        ValueError: the step's sound is made as a whole alone.
    """
    asked = listened(planned, step_id)
    if asked is None:
        raise ValueError(f"{step_id} is not made in parts")
    steps = list(_steps(planned, asked, part=part, ready=ready))
    return Plan([*plan, *steps]), steps[-1].id


def _steps(
    planned: AlbumPlan, asked: Listened, *, part: Part, ready: Container[str]
) -> Iterator[Step]:
    song, name, root = asked.song, asked.name, planned.root
    kept = {each for each in song.kept if kept_id(song, each) in ready}
    if asked.kind == "premaster":
        yield from _premaster(planned, asked, part=part, ready=ready)
    elif asked.kind == "mix":
        yield _as_part(mix_step(song, name, root, part=part, kept=kept))
    elif name is not None:
        yield _as_part(group_part(song, name, root, part=part, kept=kept))


def _premaster(
    planned: AlbumPlan, asked: Listened, *, part: Part, ready: Container[str]
) -> Iterator[Step]:
    """The mix as far as the inserts hear it, where there is no whole one, and the premaster."""
    song = asked.song
    mix_id = f"mix:{subject(song.id, asked.name)}"
    whole = any(device.studying for device in song.master_inserts)
    if mix_id not in ready and not whole:
        late = sum(device.latency(song.rate_hz) for device in song.master_inserts)
        mix = msgspec.structs.replace(asked, kind="mix")
        ahead = Part(first=0, last=min(part.last + late, song.frames))
        yield from _steps(planned, mix, part=ahead, ready=ready)
        mix_id = f"{PART}:{mix_id}"
    yield _as_part(premaster_step(song, asked.name, planned.root, mix=mix_id, part=part))


def _as_part(step: Step) -> Step:
    """The step under an id of its own: what is known of the whole one stays."""
    return msgspec.structs.replace(step, id=f"{PART}:{step.id}")
