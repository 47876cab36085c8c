"""Discs for the tests: small layouts that have everything a sheet can spell."""

from typing import Any

from albumbuild.model.timeline import SECTOR_BYTES, Disc, DiscTrack

UPC = "0123456789012"


def disc(**changes: Any) -> Disc:
    """Three tracks: a pregap, indexes 02 and 03, a segue, codes, letters beyond ASCII."""
    settings: dict[str, Any] = {
        "title": "Tidal Works",
        "performer": "The Moles",
        "tracks": (ebb(), flow(), slack()),
        "sectors": 2250,
        "master_id": "MOL-001 1a2b3c4",
        "upc": UPC,
        "catalog": "MOL-001",
        "genre": "folk",
    }
    return Disc(**{**settings, **changes})


def ebb(**changes: Any) -> DiscTrack:
    """Track 1, after the pause of two seconds."""
    settings: dict[str, Any] = {
        "number": 1,
        "title": "Señor Ebb",
        "songwriter": "Anna Ström",
        "isrc": "GBAYE2600001",
        "pregap_sector": 0,
        "start_sector": 150,
    }
    return DiscTrack(**{**settings, **changes})


def flow(**changes: Any) -> DiscTrack:
    """Track 2, with a pregap of a second and two index points."""
    settings: dict[str, Any] = {
        "number": 2,
        "title": "Flow",
        "performer": "Guest “Q”",
        "isrc": "GB-AYE-26-00002",
        "pregap_sector": 750,
        "start_sector": 825,
        "index_sectors": (1125, 1200),
    }
    return DiscTrack(**{**settings, **changes})


def slack(**changes: Any) -> DiscTrack:
    """Track 3, which follows without a pregap."""
    settings: dict[str, Any] = {
        "number": 3,
        "title": "Slack – Water",
        "isrc": "GBAYE2600003",
        "start_sector": 1650,
    }
    return DiscTrack(**{**settings, **changes})


def image(sectors: int) -> bytes:
    """Raw sound that is neither silent nor the same in two sectors."""
    size = sectors * SECTOR_BYTES
    return (bytes(range(251)) * (size // 251 + 1))[:size]
