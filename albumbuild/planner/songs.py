"""The steps of one song: ingest its stems, its kept buses, its mixes and premasters."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from albumbuild.dsp.resample import resampled_frames
from albumbuild.engine.plan import Need, Step
from albumbuild.formats.sound import SoundFormat
from albumbuild.model.album import Album
from albumbuild.model.desk import MIX, Desk, Strip
from albumbuild.model.device import Processor
from albumbuild.model.song import Song
from albumbuild.planner.desks import desk_of, fed_returns, part_of, resolved, root_fader, version_of
from albumbuild.planner.keeping import kept_buses
from albumbuild.planner.sounds import sources
from albumbuild.steps.ends import members, node_ends
from albumbuild.steps.group import Group, Solo, output_name
from albumbuild.steps.ingest import PCM, Ingest
from albumbuild.steps.inserts import fader_tail, tail_frames
from albumbuild.steps.mix import Mix
from albumbuild.steps.premaster import Premaster
from albumbuild.steps.sounds import CHAIN, desk_roles, roles
from albumbuild.steps.source import trimmed
from albumbuild.steps.stream import AUDIO


class SongPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A song as the planner sees it: its desk, and how long its mix will be.

    `sound` is where on its time line its first strip begins and its last tail has died away,
    in frames; its mix is a part of that, or all of it.
    """

    id: str
    song: Song
    desk: Desk
    kept: Mapping[str, tuple[str, ...]]
    rate_hz: int
    start_s: float
    frames: int
    sound: tuple[int, int]
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
    desk = desk_of(song)
    start_s = min((strip.start_s for strip in desk.strips.values()), default=0.0)
    if song.mix.start is not None:
        start_s = song.mix.start.seconds(song.tempo)
    inserts = resolved(song.master.inserts, song.tempo)
    if song.master.album_inserts:
        inserts += resolved(album.master.inserts, song.tempo)
    sound = _extent(song, desk, formats, rate_hz)
    last = sound[1]
    if song.mix.end is not None:
        last = round(song.mix.end.seconds(song.tempo) * rate_hz)
    return SongPlan(
        id=song_id,
        song=song,
        desk=desk,
        kept=kept_buses(desk, song.buses),
        rate_hz=rate_hz,
        start_s=start_s,
        frames=max(last - round(start_s * rate_hz), 0),
        sound=sound,
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


def bus_steps(plan: SongPlan, root: Path) -> Iterator[Step]:
    """A step for each bus that is kept."""
    for name in plan.kept:
        yield group_step(plan, name, root)


def group_step(plan: SongPlan, name: str, root: Path) -> Step:
    """One bus, or one strip alone, as a step."""
    part = part_of(plan.desk, name, plan.kept)
    action, kind = (Solo, "strip") if name in plan.desk.strips else (Group, "bus")
    needs, reads = _inputs(plan, part, root)
    return Step(
        id=f"{kind}:{plan.id}/{name}",
        action=action(desk=part, root=name, rate_hz=plan.rate_hz),
        needs=needs,
        sources=sources(desk_roles(part), root),
        reads=reads,
    )


def mix_steps(plan: SongPlan, root: Path) -> Iterator[Step]:
    """The main mix and the other versions of it, and the premaster of each."""
    yield from _mix_and_premaster(plan, plan.desk, plan.kept, root, version=None)
    for name, version in plan.song.versions.items():
        desk = version_of(plan.desk, version)
        kept = {bus: fed for bus, fed in plan.kept.items() if _is_whole(plan.desk, desk, bus)}
        yield from _mix_and_premaster(plan, desk, kept, root, version=name)


def subject(song_id: str, version: str | None) -> str:
    """How steps call a mix of a song."""
    return song_id if version is None else f"{song_id}+{version}"


def _mix_and_premaster(
    plan: SongPlan,
    desk: Desk,
    kept: Mapping[str, tuple[str, ...]],
    root: Path,
    *,
    version: str | None,
) -> Iterator[Step]:
    fader = root_fader(plan.song)
    part = part_of(desk, MIX, kept, listeners=fader.inserts)
    needs, reads = _inputs(plan, part, root)
    settings = plan.song.mix
    end_s = settings.end.seconds(plan.song.tempo) if settings.end else None
    if version is not None and end_s is None:
        end_s = (round(plan.start_s * plan.rate_hz) + plan.frames) / plan.rate_hz
    name = subject(plan.id, version)
    yield Step(
        id=f"mix:{name}",
        action=Mix(
            desk=part,
            mix=fader,
            rate_hz=plan.rate_hz,
            start_s=plan.start_s,
            end_s=end_s,
            fade_in=settings.opening,
            fade_out=settings.closing,
        ),
        needs=needs,
        sources=sources([*desk_roles(part), *roles(fader.inserts, MIX)], root),
        reads=reads,
    )
    yield Step(
        id=f"premaster:{name}",
        action=Premaster(inserts=plan.master_inserts, rate_hz=plan.rate_hz),
        needs={"mix": Need(f"mix:{name}", AUDIO)},
        sources=sources(roles(plan.master_inserts, CHAIN), root),
    )


def _inputs(plan: SongPlan, part: Desk, root: Path) -> tuple[dict[str, Need], dict[str, Path]]:
    """The needs and the files of a part of the desk."""
    needs = {f"pcm/{name}": Need(f"ingest:{plan.id}/{name}", PCM) for name in part.strips}
    reads = {
        f"stem/{name}/{index}": root / path
        for name in part.strips
        for index, path in enumerate(plan.song.stems[name].paths)
    }
    for bus in part.kept:
        for tap in ("audio", *part.buses[bus].sends):
            output = output_name(tap)
            needs[f"kept/{bus}/{output}"] = Need(f"bus:{plan.id}/{bus}", output)
    return needs, reads


def _is_whole(desk: Desk, version: Desk, bus: str) -> bool:
    """Whether a version hears all that is beneath a bus, so that it may be taken as it is."""
    return members(desk, bus) == members(version, bus) and all(
        _is_whole(desk, version, name) and fed_returns(desk, name) == fed_returns(version, name)
        for name in members(desk, bus)
    )


def _extent(
    song: Song, desk: Desk, formats: Mapping[str, tuple[SoundFormat, ...]], rate_hz: int
) -> tuple[int, int]:
    """Where on the song's time line its first strip begins, and its last tail has died away."""
    first = min((round(strip.start_s * rate_hz) for strip in desk.strips.values()), default=0)
    heads = {name: _head(strip, formats[name], rate_hz) for name, strip in desk.strips.items()}
    ends = node_ends(desk, heads, rate_hz)
    last = max((ends[name] for name in members(desk, MIX)), default=0)
    return first, last + fader_tail(root_fader(song), rate_hz) if last else 0


def _head(strip: Strip, formats: tuple[SoundFormat, ...], rate_hz: int) -> int:
    """Where a strip's file ends on the time line."""
    first, last = trimmed(strip, min(shape.frames for shape in formats), formats[0].rate_hz)
    return round(strip.start_s * rate_hz) + resampled_frames(
        last - first, formats[0].rate_hz, rate_hz
    )
