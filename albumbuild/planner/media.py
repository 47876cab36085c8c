"""The steps of one deliverable: masters, their balance, the sequence and the files."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from albumbuild.deliverables import cd
from albumbuild.deliverables.cassette import DeliverCassette
from albumbuild.deliverables.cd import DeliverCd
from albumbuild.deliverables.delivery import Deliver
from albumbuild.deliverables.disc import DiscWords
from albumbuild.deliverables.mixes import DeliverMixes
from albumbuild.deliverables.services import service_of
from albumbuild.deliverables.streaming import DeliverStreaming
from albumbuild.deliverables.vinyl import DeliverVinyl
from albumbuild.dsp.resample import resampled_frames
from albumbuild.engine.plan import Need, Step
from albumbuild.formats.coding import best_rate
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Cassette, Cd, Deliverable, Mixes, Sided, Streaming, Vinyl
from albumbuild.model.mastering import Loudness
from albumbuild.model.plant import Plant
from albumbuild.model.profile import Profile
from albumbuild.model.programme import Slot
from albumbuild.model.timeline import SECTOR_FRAMES
from albumbuild.planner.credits import album_credits, track_credits
from albumbuild.planner.desks import resolved
from albumbuild.planner.lathe import house_lathe, record_sizes
from albumbuild.planner.names import file_names
from albumbuild.planner.order import lead_in_of, order_of
from albumbuild.planner.songs import SongPlan, subject
from albumbuild.planner.sounds import sources
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.balance import Balance
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.inserts import tail_frames
from albumbuild.steps.master import Master
from albumbuild.steps.sequence import LAYOUT, Sequence, side_output
from albumbuild.steps.sounds import CHAIN, roles
from albumbuild.steps.stream import AUDIO

DEFAULT_CEILING_DBTP = -1.0


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """One deliverable as the planner sees it: whose songs, at which rate, how loud."""

    name: str
    settings: Deliverable
    album: Album
    root: Path
    songs: Mapping[str, SongPlan]
    sides: Mapping[str, tuple[Slot, ...]]
    runs: Mapping[str, tuple[int, ...]]
    """Where on a side songs begin that stay together and may change places; see `Sequence`."""
    why_these_sides: tuple[str, ...]
    rate_in_hz: int
    rate_hz: int
    loudness: Loudness
    limited: bool

    @property
    def order(self) -> list[str]:
        """Its songs, side after side."""
        return [slot.song for slots in self.sides.values() for slot in slots]

    @property
    def keys(self) -> dict[str, str]:
        """What its steps call each song: a number, so that a song's name is not heard."""
        songs = dict.fromkeys(self.order)
        return {song: str(number) for number, song in enumerate(songs, start=1)}

    @property
    def bits(self) -> int:
        """Bits a sample of its files."""
        default = 16 if isinstance(self.settings, Cd) else 24
        return self.settings.bit_depth or default

    @property
    def limiter(self) -> Limiter | None:
        """The final limiter; None where peaks are left alone."""
        return Limiter(ceiling_dbtp=self.ceiling_dbtp) if self.limited else None

    @property
    def peak_dbtp(self) -> float | None:
        """What the gain alone keeps peaks under, where no limiter does."""
        return None if self.limited else self.ceiling_dbtp

    @property
    def is_balanced(self) -> bool:
        """Whether the gains of the songs depend on one another."""
        return self.loudness.target_lufs is not None and self.loudness.mode == "album"

    @property
    def is_as_loud_as_the_album(self) -> bool:
        """Whether it goes by the loudness that the album has for all."""
        return self.loudness == (self.album.master.loudness or Loudness())

    @property
    def profile(self) -> Profile | None:
        """The rules that it goes by, if it names any."""
        settings = self.settings
        asked = settings.profile if isinstance(settings, Streaming) else None
        return None if asked is None else self.album.profiles.get(asked)

    @property
    def plant(self) -> Plant:
        """How its DDP fileset is written."""
        assert isinstance(self.settings, Cd)
        return self.album.plants[self.settings.ddp_profile]

    @property
    def files(self) -> dict[str, str]:
        """The files that are named by a template; see `file_names`."""
        return file_names(self.album, self.settings, self.sides, self.profile)

    @property
    def lead_in(self) -> int:
        """Frames of silence before its first song."""
        return lead_in_of(self.settings, self.rate_hz)

    @property
    def sector(self) -> int | None:
        """Frames between the edges that its marks stand on, where it has such."""
        return SECTOR_FRAMES if isinstance(self.settings, Cd) else None

    @property
    def ceiling_dbtp(self) -> float:
        """What true peaks stay under."""
        ceiling = self.loudness.ceiling_dbtp
        return DEFAULT_CEILING_DBTP if ceiling is None else ceiling

    def version_of(self, song_id: str) -> str | None:
        """The version of a song that goes into it; the main mix where a song has none so called."""
        version = self.settings.version
        return version if version in self.songs[song_id].song.versions else None


def plan_medium(
    name: str, album: Album, root: Path, songs: Mapping[str, SongPlan], *, rate_hz: int
) -> Medium:
    """The plan of one deliverable; `rate_hz` is the working rate."""
    settings = album.deliverables[name]
    own = settings.loudness or Loudness()
    rate_out_hz = _delivery_rate(settings, rate_hz)

    def frames(song_id: str) -> int:
        return master_frames(settings, songs[song_id], rate_hz, rate_out_hz)

    order = order_of(settings, album, frames, rate_hz=rate_out_hz)
    return Medium(
        name=name,
        settings=settings,
        album=album,
        root=root,
        songs=songs,
        sides=order.sides,
        runs=order.runs,
        why_these_sides=order.why,
        rate_in_hz=rate_hz,
        rate_hz=rate_out_hz,
        loudness=own.over(album.master.loudness),
        limited=not isinstance(settings, Sided) or own.ceiling_dbtp is not None,
    )


def medium_steps(medium: Medium) -> Iterator[Step]:
    """Every step of a deliverable, from its masters to its files."""
    if isinstance(medium.settings, Mixes):
        yield _mixes_step(medium)
        return
    if medium.is_balanced:
        yield _balance_step(medium)
    for song_id in medium.keys:
        yield _master_step(medium, song_id)
    yield _sequence_step(medium)
    yield _deliver_step(medium)


def master_frames(settings: Deliverable, song: SongPlan, rate_in_hz: int, rate_hz: int) -> int:
    """How long the master of a song will be in a deliverable, at the deliverable's rate."""
    tail = tail_frames(resolved(settings.inserts, None), rate_in_hz)
    return resampled_frames(song.premaster_frames + tail, rate_in_hz, rate_hz)


def _delivery_rate(settings: Deliverable, working_hz: int) -> int:
    if isinstance(settings, Cd):
        return cd.RATE_HZ
    rate_hz = settings.rate_hz or working_hz
    return best_rate(settings.format, rate_hz) if isinstance(settings, Streaming) else rate_hz


def _balance_step(medium: Medium) -> Step:
    keys = medium.keys
    return Step(
        id=f"measure:album@{medium.name}",
        action=Balance(
            target_lufs=medium.loudness.target_lufs or 0.0,
            offsets_lu={
                key: medium.songs[song].song.master.loudness_offset_lu for song, key in keys.items()
            },
            inserts=resolved(medium.settings.inserts, None),
            rate_in_hz=medium.rate_in_hz,
            rate_hz=medium.rate_hz,
            limiter=medium.limiter,
            peak_dbtp=medium.peak_dbtp,
        ),
        needs={f"premaster/{key}": _premaster(medium, song) for song, key in keys.items()},
        sources=_sounds(medium),
    )


def _master_step(medium: Medium, song_id: str) -> Step:
    loudness = medium.loudness
    target_lufs = None
    if not medium.is_balanced and loudness.target_lufs is not None and loudness.mode != "none":
        offset_lu = medium.songs[song_id].song.master.loudness_offset_lu
        target_lufs = loudness.target_lufs + offset_lu
    needs = {"premaster": _premaster(medium, song_id)}
    if medium.is_balanced:
        needs["gain"] = Need(f"measure:album@{medium.name}", medium.keys[song_id])
    return Step(
        id=f"master:{song_id}@{medium.name}",
        action=Master(
            inserts=resolved(medium.settings.inserts, None),
            limiter=medium.limiter,
            peak_dbtp=medium.peak_dbtp,
            rate_in_hz=medium.rate_in_hz,
            rate_hz=medium.rate_hz,
            target_lufs=target_lufs,
        ),
        needs=needs,
        sources=_sounds(medium),
    )


def _sounds(medium: Medium) -> dict[str, Path]:
    """What the inserts of a deliverable read."""
    return sources(roles(resolved(medium.settings.inserts, None), CHAIN), medium.root)


def _premaster(medium: Medium, song_id: str) -> Need:
    return Need(f"premaster:{subject(song_id, medium.version_of(song_id))}", AUDIO)


def _sequence_step(medium: Medium) -> Step:
    overlaps = any(slot.crossfade_s for slots in medium.sides.values() for slot in slots)
    heard = (("master", AUDIO), *([("figures", FIGURES)] if medium.runs else []))
    return Step(
        id=f"sequence:{medium.name}",
        action=Sequence(
            order=tuple(medium.sides),
            sides={
                side: tuple(replace(slot, song=medium.keys[slot.song]) for slot in slots)
                for side, slots in medium.sides.items()
            },
            runs=medium.runs,
            rate_hz=medium.rate_hz,
            limiter=medium.limiter if overlaps else None,
            lead_in=medium.lead_in,
            sector=medium.sector,
        ),
        needs={
            f"{role}/{key}": Need(f"master:{song}@{medium.name}", output)
            for song, key in medium.keys.items()
            for role, output in heard
        },
    )


def _deliver_step(medium: Medium) -> Step:
    sequence = f"sequence:{medium.name}"
    needs = {side: Need(sequence, side_output(side)) for side in medium.sides}
    outputs = (LAYOUT, FIGURES) if isinstance(medium.settings, Streaming) else (LAYOUT,)
    return Step(
        id=f"deliver:{medium.name}",
        action=_deliver_action(medium),
        needs=needs | {output: Need(sequence, output) for output in outputs},
        sources=_sources(medium),
        place=medium.name,
    )


def _deliver_action(medium: Medium) -> Deliver:
    settings = medium.settings
    album = album_credits(medium.album)
    tracks = {key: track_credits(medium.album, song) for song, key in medium.keys.items()}
    said: dict[str, Any] = {"name": medium.name, "album": album, "tracks": tracks}
    if isinstance(settings, Cd):
        words = disc_words(medium, medium.keys)
        return DeliverCd(
            **said,
            dither=settings.dither,
            cd_text=settings.cd_text.write,
            blocks=words.blocks,
            copy=words.copy,
            emphasised=words.emphasised,
            plant=medium.plant,
            duplicator=settings.duplicator,
        )
    if isinstance(settings, Sided):
        return _sided_action(medium, settings, said)
    assert isinstance(settings, Streaming)
    services = {
        name: service_of(profile)
        for name, profile in medium.album.profiles.items()
        if profile.kind == "service" and profile.target_lufs is not None
    }
    return DeliverStreaming(
        name=medium.name,
        services=services,
        album=album,
        tracks=tracks,
        files={medium.keys[song]: name for song, name in medium.files.items()},
        format=settings.format,
        rate_hz=medium.rate_hz,
        bits=medium.bits,
        dither=settings.dither,
        bitrate_kbps=settings.bitrate_kbps,
        quality=settings.quality,
        tags=_is_tagged(medium),
        gapless=settings.cut == "gapless",
    )


def _sided_action(medium: Medium, settings: Sided, said: Mapping[str, Any]) -> Deliver:
    common: dict[str, Any] = {
        "files": medium.files,
        "rate_hz": medium.rate_hz,
        "bits": medium.bits,
        "dither": settings.dither,
        "limited": medium.limited,
        "why_these_sides": medium.why_these_sides,
    }
    if isinstance(settings, Cassette):
        return DeliverCassette(**said, **common, tape=settings.tape)
    assert isinstance(settings, Vinyl)
    size = record_sizes()[settings.disc]
    return DeliverVinyl(**said, **common, disc=settings.disc, size=size, lathe=house_lathe())


def disc_words(medium: Medium, keys: Mapping[str, str]) -> DiscWords:
    """What a CD is beside its sound; songs are called by `keys`."""
    settings = medium.settings
    assert isinstance(settings, Cd)
    entries = medium.album.sequence if settings.sequence is None else settings.sequence
    blocks = {
        language: replace(
            block, songs={keys[song]: said for song, said in block.songs.items() if song in keys}
        )
        for language, block in settings.cd_text.blocks.items()
    }
    return DiscWords(
        name=medium.name,
        album=album_credits(medium.album),
        tracks={key: track_credits(medium.album, song) for song, key in keys.items()},
        blocks=blocks,
        copy=settings.copy,
        emphasised=tuple(keys[entry.song] for entry in entries if entry.pre_emphasis),
    )


def _is_tagged(medium: Medium) -> bool:
    is_streaming = isinstance(medium.settings, Streaming)
    return is_streaming and (medium.profile is None or medium.profile.tags)


def _sources(medium: Medium) -> dict[str, Path]:
    if not isinstance(medium.settings, Streaming) or not _is_tagged(medium):
        return {}
    cover = medium.settings.cover or medium.album.cover
    sources = {"cover": medium.root / cover} if cover else {}
    for song, key in medium.keys.items():
        if lyrics := medium.songs[song].song.lyrics:
            sources[f"lyrics/{key}"] = medium.root / lyrics
    return sources


def _mixes_step(medium: Medium) -> Step:
    subjects = [
        subject(song_id, version)
        for song_id in dict.fromkeys(medium.order)
        for version in (None, *sorted(medium.songs[song_id].song.versions))
    ]
    return Step(
        id=f"deliver:{medium.name}",
        action=DeliverMixes(
            name=medium.name,
            album=album_credits(medium.album),
            tracks={song: track_credits(medium.album, song) for song in medium.keys},
            order=tuple(subjects),
            rate_hz=medium.rate_in_hz,
        ),
        needs={f"mix/{each}": Need(f"mix:{each}", AUDIO) for each in subjects},
        place=medium.name,
    )
