"""One deliverable as the planner sees it: whose songs, on which sides, at which rate, how loud."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from albumbuild.deliverables import cd
from albumbuild.dsp.resample import resampled_frames
from albumbuild.formats.coding import Coding, best_rate
from albumbuild.formats.pictures import Rendition
from albumbuild.model.album import Album
from albumbuild.model.deliverable import Cd, Deliverable, Sided, Streaming
from albumbuild.model.mastering import Loudness
from albumbuild.model.plant import Plant
from albumbuild.model.profile import Profile
from albumbuild.model.programme import Slot
from albumbuild.model.timeline import SECTOR_FRAMES
from albumbuild.planner.codecs import at_hand, headroom_codings, wanted_codecs
from albumbuild.planner.covers import rendition_of
from albumbuild.planner.desks import resolved
from albumbuild.planner.names import file_names
from albumbuild.planner.order import lead_in_of, order_of
from albumbuild.planner.songs import SongPlan
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.inserts import tail_frames

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

    @property
    def previewed(self) -> tuple[str, ...]:
        """The codecs that its tracks are heard through, as far as they are installed."""
        return at_hand(wanted_codecs(self.settings, self.profile))

    @property
    def untried(self) -> tuple[str, ...]:
        """The codecs that are not installed."""
        wanted = wanted_codecs(self.settings, self.profile)
        return tuple(name for name in wanted if name not in self.previewed)

    @property
    def headroom(self) -> tuple[Coding, ...]:
        """The codings that its ceiling makes room for."""
        return headroom_codings(self.settings, self.previewed, rate_hz=self.rate_hz)

    @property
    def cover(self) -> str | None:
        """The picture that goes with it, if there is one."""
        if not isinstance(self.settings, Streaming):
            return None
        return self.settings.cover.file or self.album.cover

    @property
    def rendition(self) -> Rendition:
        """What that picture is to be."""
        assert isinstance(self.settings, Streaming)
        return rendition_of(self.settings.cover, self.profile)

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


def master_frames(settings: Deliverable, song: SongPlan, rate_in_hz: int, rate_hz: int) -> int:
    """How long the master of a song will be in a deliverable, at the deliverable's rate."""
    tail = tail_frames(resolved(settings.inserts, None), rate_in_hz)
    return resampled_frames(song.premaster_frames + tail, rate_in_hz, rate_hz)


def _delivery_rate(settings: Deliverable, working_hz: int) -> int:
    if isinstance(settings, Cd):
        return cd.RATE_HZ
    rate_hz = settings.rate_hz or working_hz
    return best_rate(settings.format, rate_hz) if isinstance(settings, Streaming) else rate_hz
