"""Which codecs a streaming set is heard through, and which its ceiling has to make room for."""

from collections.abc import Sequence
from typing import cast

from albumbuild.formats.av import is_installed
from albumbuild.formats.coding import Coding, CodingFormat
from albumbuild.model.codec import LOSSY, USUAL, codec_of
from albumbuild.model.deliverable import Deliverable, Streaming
from albumbuild.model.profile import Profile
from albumbuild.steps.coded import coding_for, coding_named


def wanted_codecs(settings: Deliverable, profile: Profile | None) -> Sequence[str]:
    """The codecs of the preview: those asked for, else those that the profile's service plays.

    A ceiling that is to make room for codecs, of which none is named, is for the usual ones.
    A lossy file is what its listeners hear.
    """
    if not isinstance(settings, Streaming) or settings.format in LOSSY:
        return ()
    asked = settings.codec_preview
    if asked is None and profile is not None and profile.codecs:
        return profile.codecs
    if asked == "all" or (settings.codec_headroom == "auto" and not asked):
        return USUAL
    return () if asked is None or isinstance(asked, str) else asked


def at_hand(codecs: Sequence[str]) -> tuple[str, ...]:
    """Those that are installed."""
    return tuple(name for name in codecs if codec_of(name).format != "aac" or is_installed())


def headroom_codings(
    settings: Deliverable, codecs: Sequence[str], *, rate_hz: int
) -> tuple[Coding, ...]:
    """The codings whose decoded peaks are to stay under the ceiling; none unless asked for."""
    if not isinstance(settings, Streaming) or settings.codec_headroom == "none":
        return ()
    if settings.format not in LOSSY:
        return tuple(coding_named(name, rate_hz=rate_hz) for name in codecs)
    own = coding_for(
        cast("CodingFormat", settings.format),
        rate_hz=rate_hz,
        bitrate_kbps=settings.bitrate_kbps,
        quality=settings.quality,
    )
    return (own,)
