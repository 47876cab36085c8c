"""Filesets whose checksums were recorded from cue2ddp, made again byte for byte."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albumbuild.formats.ddp import write_ddp
from albumbuild.manifest.plants import house_plants
from albumbuild.model.timeline import SECTOR_BYTES, SECTOR_FRAMES, Disc, DiscTrack

UPC = "0123456789012"
NOBODY = "187970110683c92c25bdb82256354780"  # DDPID of a set without a UPC


def pattern(sectors: int, *, pause: int = 150) -> bytes:
    """The recorded sets' sound: the number of each frame, 16 bits left and the rest right."""
    at = np.arange(sectors * SECTOR_FRAMES, dtype=np.uint32)
    frames = np.stack((at & 0xFFFF, at >> 16), axis=1).astype("<u2")
    return bytes(pause * SECTOR_BYTES) + frames.tobytes()


def track(number: int, start: int, **rest: Any) -> DiscTrack:
    """A track without texts; the first begins with the pause."""
    if number == 1:
        rest["pregap_sector"] = 0
    return DiscTrack(number=number, title="", start_sector=start, **rest)


CASES: dict[str, tuple[tuple[DiscTrack, ...], str | None, bytes, dict[str, str]]] = {
    "005 codes": (
        (track(1, 150, isrc="USABC1234567"),),
        UPC,
        pattern(750),
        {
            "DDPID": "dd89c874714f94418b20feea4d9b2ac6",
            "DDPMS": "4ddcd3c75e054c6685453524a0973a1a",
            "SD": "e6d506c61b61150a572f5290379e47d9",
            "IMAGE.DAT": "bcebec4d225e28c6899a24a4c5b968b3",
        },
    ),
    "009 a pause of three seconds": (
        (track(1, 225),),
        None,
        pattern(750, pause=0),
        {
            "DDPID": NOBODY,
            "DDPMS": "33271a39835f8d735b7e02f8a9d8823f",
            "SD": "87cb4e54c49bf4f79a8216aec39da777",
            "IMAGE.DAT": "2f7a0d68e4be5408bb7bf6448f64823a",
        },
    ),
    "014 pregaps and an index": (
        (
            track(1, 150),
            track(2, 825, pregap_sector=750, index_sectors=(1125,)),
            track(3, 1650, pregap_sector=1500),
        ),
        None,
        pattern(2250, pause=0),
        {
            "DDPID": NOBODY,
            "DDPMS": "7f773da844b9b1091352eab67fb9e670",
            "SD": "2bec8bd934a93dbdfb982c209865b7d6",
            "IMAGE.DAT": "16551afeac0b9d80e6d90af18c8a8d7e",
        },
    ),
    "029 ninety-nine tracks": (
        tuple(track(number, 150 + 300 * (number - 1)) for number in range(1, 100)),
        None,
        pattern(29_700),
        {
            "DDPID": NOBODY,
            "DDPMS": "d9aa94fdd3eb800807bcd8f360b522a1",
            "SD": "c56cf58383f40e9d0aa2c047580d57db",
            "IMAGE.DAT": "af28fd7d4ffe161aebc94229d2a9b1fa",
        },
    ),
    "077 flags": (
        (track(1, 150, pre_emphasis=True, copy="permitted"),),
        None,
        pattern(750),
        {
            "DDPID": NOBODY,
            "DDPMS": "4ddcd3c75e054c6685453524a0973a1a",
            "SD": "acfbd730c80473fbd7a713aa2b358b52",
            "IMAGE.DAT": "bcebec4d225e28c6899a24a4c5b968b3",
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_profile_of_cue2ddp_writes_its_bytes(case: str, tmp_path: Path) -> None:
    tracks, upc, image, wanted = CASES[case]
    sectors = len(image) // SECTOR_BYTES
    disc = Disc(title="", performer="", tracks=tracks, sectors=sectors, upc=upc, master_id="")
    write_ddp(tmp_path, disc, [image], plant=house_plants()["cue2ddp"], cd_text=False)
    lines = (tmp_path / "CHECKSUM.MD5").read_text().splitlines()
    assert lines == [f"{md5} *{name}" for name, md5 in wanted.items()]
