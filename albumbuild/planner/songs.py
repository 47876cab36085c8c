"""The steps of one song: ingest its stems, what of its desk is kept, its mixes and premasters."""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import msgspec

from albumbuild.dsp.resample import resampled_frames
from albumbuild.engine.plan import Need, Step
from albumbuild.formats.sound import SoundFormat
from albumbuild.model.album import Album
from albumbuild.model.desk import MIX, Desk, Fader, Strip
from albumbuild.model.device import Processor
from albumbuild.model.song import Song
from albumbuild.model.time import Part
from albumbuild.planner.desks import (
    desk_of,
    fed_returns,
    heard_in_mix,
    part_of,
    resolved,
    root_fader,
    version_of,
    with_finished,
    without_feeds,
)
from albumbuild.planner.keeping import kept_parts, with_stored
from albumbuild.planner.sounds import sources
from albumbuild.steps.ends import keys_of, members, node_ends, nodes_of
from albumbuild.steps.group import Group, Return, Solo, output_name
from albumbuild.steps.ingest import PCM, Ingest
from albumbuild.steps.inserts import fader_tail, tail_frames
from albumbuild.steps.mix import Mix
from albumbuild.steps.premaster import Premaster
from albumbuild.steps.sounds import CHAIN, desk_roles, roles
from albumbuild.steps.source import trimmed
from albumbuild.steps.stems import Stems
from albumbuild.steps.stream import AUDIO


class SongPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A song as the planner sees it: its desk, and how long its mix will be.

    `kept` are the strips and buses that are steps of their own, with the returns they feed.
    `sound` is where on its time line its first strip begins and its last tail has died away,
    in frames; its mix is a part of that, or all of it. `ends` says the latter of each strip,
    bus and return.
    """

    id: str
    song: Song
    desk: Desk
    kept: Mapping[str, tuple[str, ...]]
    rate_hz: int
    start_s: float
    frames: int
    sound: tuple[int, int]
    ends: Mapping[str, int]
    master_inserts: tuple[Processor, ...]

    @property
    def seconds(self) -> float:
        """How long its mix will be, in seconds."""
        return self.frames / self.rate_hz

    @property
    def premaster_frames(self) -> int:
        """How long the premaster will be."""
        return self.frames + tail_frames(self.master_inserts, self.rate_hz)


def plan_song(
    song_id: str, album: Album, formats: Mapping[str, tuple[SoundFormat, ...]], *, rate_hz: int
) -> SongPlan:
    """The plan of one song of the album; `formats` are those of its stems."""
    song = album.songs[song_id]
    desk = with_stored(desk_of(song))
    start_s = min((strip.start_s for strip in desk.strips.values()), default=0.0)
    if song.mix.start is not None:
        start_s = song.mix.start.seconds(song.tempo)
    inserts = resolved(song.master.inserts, song.tempo)
    if song.master.album_inserts:
        inserts += resolved(album.master.inserts, song.tempo)
    ends = _ends(desk, formats, rate_hz)
    sound = _extent(song, desk, ends, rate_hz)
    last = sound[1]
    if song.mix.end is not None:
        last = round(song.mix.end.seconds(song.tempo) * rate_hz)
    return SongPlan(
        id=song_id,
        song=song,
        desk=desk,
        kept=kept_parts(desk, song.buses, listeners=root_fader(song).inserts),
        rate_hz=rate_hz,
        start_s=start_s,
        frames=max(last - round(start_s * rate_hz), 0),
        sound=sound,
        ends=ends,
        master_inserts=inserts,
    )


def ingest_steps(plan: SongPlan, root: Path) -> Iterator[Step]:
    """A step for each stem."""
    for name, stem in plan.song.stems.items():
        yield Step(
            id=f"ingest:{plan.id}/{name}",
            action=Ingest(stem=f"{plan.id}/{name}", names=stem.paths),
            sources={f"file/{index}": root / path for index, path in enumerate(stem.paths)},
        )


def kept_steps(plan: SongPlan, root: Path) -> Iterator[Step]:
    """A step for each strip and bus that is kept."""
    for name in plan.kept:
        yield group_step(plan, name, root)


def group_step(plan: SongPlan, name: str, root: Path) -> Step:
    """One strip, bus or return as a step; what no build keeps has no sends: it is to listen to."""
    heard = part_of(plan.desk, name, plan.kept)
    return _group(plan, name, heard if name in plan.kept else without_feeds(heard), root)


def group_part(plan: SongPlan, name: str, root: Path, *, part: Part, kept: Container[str]) -> Step:
    """A part of one strip, bus or return; of what is kept, that in `kept` is taken as it is."""
    own = {each: fed for each, fed in plan.kept.items() if each in kept}
    return _group(plan, name, without_feeds(part_of(plan.desk, name, own)), root, part=part)


def mix_steps(plan: SongPlan, root: Path) -> Iterator[Step]:
    """The main mix and the other versions of it, and the premaster of each."""
    for version in (None, *plan.song.versions):
        mix = mix_step(plan, version, root)
        yield mix
        yield premaster_step(plan, version, root, mix=mix.id)


def mix_step(
    plan: SongPlan,
    version: str | None,
    root: Path,
    *,
    part: Part | None = None,
    kept: Container[str] | None = None,
) -> Step:
    """A mix of the song, or a `part` of it.

    What is kept is taken as it is where the version hears all that is beneath it, and is in
    `kept`, if that is given.
    """
    fader, settings = root_fader(plan.song), plan.song.mix
    heard = _mixed(plan, version, kept)
    action = Mix(
        desk=heard,
        mix=fader,
        rate_hz=plan.rate_hz,
        start_s=plan.start_s,
        end_s=_mix_end_s(plan, version),
        fade_in=settings.opening,
        fade_out=settings.closing,
        part=part,
    )
    needs, reads = _inputs(plan, heard, root)
    return Step(
        id=f"mix:{subject(plan.id, version)}",
        action=action,
        needs=needs,
        sources=sources([*desk_roles(heard), *roles(fader.inserts, MIX)], root),
        reads=reads,
    )


def stems_step(plan: SongPlan, version: str | None, root: Path) -> Step:
    """Every strip, bus and return of a mix, in one pass over the desk.

    What is kept is taken as it is.
    """
    whole, kept = _version(plan, version)
    desk = with_finished(whole, kept)
    needs, reads = _inputs(plan, desk, root)
    return Step(
        id=f"{Stems.kind}:{subject(plan.id, version)}",
        action=Stems(
            desk=desk,
            channels=tuple(heard_in_mix(whole)),
            rate_hz=plan.rate_hz,
            first=round(plan.start_s * plan.rate_hz),
            frames=plan.frames,
        ),
        needs=needs,
        sources=sources(desk_roles(desk), root),
        reads=reads,
    )


def premaster_step(
    plan: SongPlan, version: str | None, root: Path, *, mix: str, part: Part | None = None
) -> Step:
    """The premaster of the mix that a step leaves, or a `part` of it."""
    return Step(
        id=f"premaster:{subject(plan.id, version)}",
        action=Premaster(inserts=plan.master_inserts, rate_hz=plan.rate_hz, part=part),
        needs={"mix": Need(mix, AUDIO)},
        sources=sources(roles(plan.master_inserts, CHAIN), root),
    )


def nodes_by_kind(desk: Desk) -> dict[str, Mapping[str, Fader]]:
    """The strips, buses and returns of a desk, by the kind of their steps."""
    return {Solo.kind: desk.strips, Group.kind: desk.buses, Return.kind: desk.returns}


def kept_id(plan: SongPlan, name: str) -> str:
    """The step of a strip or bus that is kept."""
    return f"{(Solo if name in plan.desk.strips else Group).kind}:{plan.id}/{name}"


def subject(song_id: str, version: str | None) -> str:
    """How steps call a mix of a song."""
    return song_id if version is None else f"{song_id}+{version}"


def _mixed(plan: SongPlan, version: str | None, kept: Container[str] | None) -> Desk:
    """The desk that a mix hears: what is kept and whole in that version is taken as it is."""
    desk, whole = _version(plan, version)
    taken = {name: fed for name, fed in whole.items() if kept is None or name in kept}
    return part_of(desk, MIX, taken, listeners=root_fader(plan.song).inserts)


def _version(plan: SongPlan, version: str | None) -> tuple[Desk, dict[str, tuple[str, ...]]]:
    """The desk of a version, and what of it is kept, each with the returns that it feeds."""
    desk = plan.desk
    if version is not None:
        listeners = root_fader(plan.song).inserts
        desk = version_of(desk, plan.song.versions[version], listeners=listeners)
    kept = {name: fed_returns(desk, name) for name in plan.kept if _is_whole(plan.desk, desk, name)}
    return desk, kept


def _mix_end_s(plan: SongPlan, version: str | None) -> float | None:
    """Where a mix ends, if not with its own last tail: a version is as long as the main mix."""
    end = plan.song.mix.end
    if end is not None:
        return end.seconds(plan.song.tempo)
    if version is None:
        return None
    return (round(plan.start_s * plan.rate_hz) + plan.frames) / plan.rate_hz


def _group(plan: SongPlan, name: str, heard: Desk, root: Path, *, part: Part | None = None) -> Step:
    action = Solo if name in plan.desk.strips else Return if name in plan.desk.returns else Group
    needs, reads = _inputs(plan, heard, root)
    return Step(
        id=f"{action.kind}:{plan.id}/{name}",
        action=action(desk=heard, root=name, rate_hz=plan.rate_hz, part=part),
        needs=needs,
        sources=sources(desk_roles(heard), root),
        reads=reads,
    )


def _inputs(plan: SongPlan, part: Desk, root: Path) -> tuple[dict[str, Need], dict[str, Path]]:
    """The needs and the files of a part of the desk."""
    rendered = [name for name in part.strips if name not in part.kept]
    needs = {f"pcm/{name}": Need(f"ingest:{plan.id}/{name}", PCM) for name in rendered}
    reads = {
        f"stem/{name}/{index}": root / path
        for name in rendered
        for index, path in enumerate(plan.song.stems[name].paths)
    }
    for name in part.kept:
        for tap in ("audio", *nodes_of(part)[name].sends):
            output = output_name(tap)
            needs[f"kept/{name}/{output}"] = Need(kept_id(plan, name), output)
    return needs, reads


def _is_whole(desk: Desk, version: Desk, name: str) -> bool:
    """Whether a version hears all that is in a strip or bus, so that it may be taken as it is."""
    below = members(desk, name)
    return below == members(version, name) and all(
        _is_whole(desk, version, each) for each in (*below, *keys_of(desk, name))
    )


def _ends(
    desk: Desk, formats: Mapping[str, tuple[SoundFormat, ...]], rate_hz: int
) -> dict[str, int]:
    """Where on the song's time line the last tail of each strip, bus and return has died away."""
    heads = {name: _head(strip, formats[name], rate_hz) for name, strip in desk.strips.items()}
    return node_ends(desk, heads, rate_hz)


def _extent(song: Song, desk: Desk, ends: Mapping[str, int], rate_hz: int) -> tuple[int, int]:
    """Where on the song's time line its first strip begins, and its last tail has died away."""
    first = min((round(strip.start_s * rate_hz) for strip in desk.strips.values()), default=0)
    last = max((ends[name] for name in members(desk, MIX)), default=0)
    return first, last + fader_tail(root_fader(song), rate_hz) if last else 0


def _head(strip: Strip, formats: tuple[SoundFormat, ...], rate_hz: int) -> int:
    """Where a strip's file ends on the time line."""
    first, last = trimmed(strip, min(shape.frames for shape in formats), formats[0].rate_hz)
    return round(strip.start_s * rate_hz) + resampled_frames(
        last - first, formats[0].rate_hz, rate_hz
    )
