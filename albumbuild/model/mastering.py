"""Loudness, and the chains that come after a mix."""

from typing import Annotated, Literal

import msgspec

from albumbuild.model.device import Processor
from albumbuild.model.units import Db, Dbtp, Lufs, Text

Mode = Literal["track", "album", "none"]


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """How loud masters are; what is not set here is taken from the record that this one covers."""

    target_lufs: Annotated[float, Lufs(-40, 0, "integrated loudness to reach")] | None = None
    ceiling_dbtp: Annotated[float, Dbtp(-20, 0, "true peak never above this")] | None = None
    mode: (
        Annotated[Mode, Text("one gain for each track, one for the whole album, or no gain at all")]
        | None
    ) = None

    def over(self, base: "Loudness | None") -> "Loudness":
        """These settings, and those of `base` wherever nothing is set here."""
        if base is None:
            return self
        return Loudness(
            target_lufs=base.target_lufs if self.target_lufs is None else self.target_lufs,
            ceiling_dbtp=base.ceiling_dbtp if self.ceiling_dbtp is None else self.ceiling_dbtp,
            mode=self.mode or base.mode,
        )


class AlbumMaster(msgspec.Struct, frozen=True, kw_only=True):
    """What every song passes after its own master inserts."""

    inserts: Annotated[tuple[Processor, ...], Text("devices, in order")] = ()
    loudness: Annotated[Loudness, Text("loudness of every deliverable")] | None = None


class SongMaster(msgspec.Struct, frozen=True, kw_only=True):
    """One song's own mastering."""

    inserts: Annotated[tuple[Processor, ...], Text("devices, before the album's")] = ()
    album_inserts: Annotated[bool, Text("whether the album's inserts follow")] = True
    loudness_offset_lu: Annotated[float, Db(-20, 20, "louder or softer than the others")] = 0.0
