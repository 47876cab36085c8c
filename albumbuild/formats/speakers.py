"""Which channel of a surround file is which."""

_MASKS = {0x37: 5, 0x607: 5, 0x3F: 6, 0x60F: 6}
"""5.0 and 5.1, the surrounds behind or at the sides: channels stand in the order of the bits."""

_VORBIS = {5: (0, 2, 1, 3, 4), 6: (0, 2, 1, 5, 3, 4)}
"""Ogg has L C R Ls Rs, and the LFE last."""


def masked_order(mask: int, channels: int) -> tuple[int, ...]:
    """Where L R C (LFE) Ls Rs stand by the mask of a WAV; nothing where it does not tell.

    Source: Microsoft, WAVEFORMATEXTENSIBLE.
    """
    return tuple(range(channels)) if _MASKS.get(mask) == channels else ()


def coded_order(container: str, channels: int) -> tuple[int, ...]:
    """The same by the rule of a format, as libsndfile calls it.

    Source: RFC 9639, 9.1.3, for FLAC; Vorbis I, 4.3.9, and RFC 7845, 5.1.1.2, for Ogg.
    """
    if channels not in (5, 6):
        return ()
    if container == "FLAC":
        return tuple(range(channels))
    return _VORBIS[channels] if container == "OGG" else ()
