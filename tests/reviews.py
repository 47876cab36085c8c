"""A review as the page is made from: an album with all that may stand on it."""

import math
from typing import Any

BANDS = ("25", "100", "1000", "10000", "20000")


def review(*titles: str, **more: Any) -> dict[str, Any]:
    """The review of an album of such songs, each with a mix and a master for a CD."""
    songs = [song(f"s{number}", title, number) for number, title in enumerate(titles)]
    placed, at_s = [], 2.0
    for each in songs:
        placed.append(
            {
                "song": each["id"],
                "title": each["title"],
                "start_s": at_s,
                "end_s": at_s + each["seconds"],
                "gap_s": 2.0,
                "fade_in_s": 0.0,
                "fade_out_s": 0.0,
            }
        )
        at_s += each["seconds"] + 2.0
    tracks = [
        {
            **{name: each[name] for name in ("song", "title", "start_s", "end_s")},
            "number": number,
            "pregap_s": None,
            "indexes_s": [],
            "lufs": -14.0,
            "lra_lu": None,
            "dbtp": -1.0,
            "codec_dbtp": {"ogg-160": -0.5},
            "file": None,
        }
        for number, each in enumerate(placed, start=1)
    ]
    cd = {
        "name": "cd",
        "type": "cd",
        "format": None,
        "rate_hz": 44_100,
        "bits": 16,
        "profile": None,
        "target_lufs": -14.0,
        "ceiling_dbtp": -1.0,
        "lufs": -14.0,
        "lra_lu": 4.0,
        "dbtp": -1.0,
        "seconds": at_s,
        "sides": [{"name": "programme", "seconds": at_s, "songs": placed, "tracks": tracks}],
    }
    mixes = {
        **cd,
        "name": "mixes",
        "type": "mixes",
        "sides": [],
        "lufs": None,
        "seconds": None,
    }
    return {
        "album": {
            "title": "Ebb & <Flow>",
            "artist": "The Harbour Lights",
            "date": None,
            **dict.fromkeys(("label", "catalog", "upc", "genre", "copyright", "cover")),
        },
        "sets": [cd, mixes],
        "songs": songs,
        "median_spectrum_db": {"mix": dict.fromkeys(BANDS, -30.0), "cd": dict.fromkeys(BANDS)},
        "graph": {
            "nodes": [
                {"id": "ingest:s0", "kind": "ingest", "count": 3},
                {"id": "mix:s0", "kind": "mix", "count": 1},
            ],
            "edges": [("ingest:s0", "mix:s0")],
        },
    } | more


def song(name: str, title: str, number: int = 0, *, seconds: float = 6.0) -> dict[str, Any]:
    """A song of so many seconds."""
    return {
        "id": name,
        "title": title,
        "artist": "Someone",
        "isrc": None,
        "composer": None,
        "lyricist": None,
        "explicit": False,
        "seconds": seconds,
        "sounds": [
            sound(f"mix:{name}", "mix", seconds, lufs=-20.0 - number),
            sound(f"master:{name}@cd", "cd", seconds, lufs=-14.0, made="cd", number=number),
        ],
    }


def sound(
    step: str,
    label: str,
    seconds: float,
    *,
    lufs: float | None,
    made: str | None = None,
    number: int = 0,
) -> dict[str, Any]:
    """One sound: it swells and fades, with a hole where it has no value."""
    count = round(seconds * 10)
    swell = [math.sin(math.pi * at / count) for at in range(count)]
    levels = [None if value < 0.1 else -40.0 + 30.0 * value for value in swell]
    return {
        "step": step,
        "set": made,
        "label": label,
        "plays": step if made is None else f"sequence:{made}/side.programme",
        "from_s": 0.0 if made is None else 2.0 + number * (seconds + 2.0),
        "figures": {
            "integrated_lufs": lufs,
            "lra_lu": 4.25,
            "momentary_max_lufs": -10.0,
            "short_term_max_lufs": -11.0,
            "true_peak_dbtp": -1.005,
            "sample_peak_dbfs": -1.2,
            "plr_lu": 12.0,
            "crest_db": 13.0,
            "dc": (0.0, 0.0001),
            "clipped_runs": 0,
            "correlation": None,
            "mono_loss_lu": 0.5,
            "head_silence_s": 0.0,
            "tail_silence_s": 0.25,
            "duration_s": seconds,
            "rate_hz": 44_100,
            "channels": 2,
        },
        "spectrum_db": {**dict.fromkeys(BANDS, -35.0), "20000": None},
        "curve": {
            "step_s": 0.1,
            "low": [-value for value in swell],
            "high": swell,
            "short_lufs": levels,
            "dbtp": levels,
            "correlation": [None] * count,
        },
        "reductions": [
            {"device": "limiter", "place": "master", "step_s": 0.1, "db": [0.0, 3.0] * (count // 2)}
        ]
        if made
        else [],
    }
