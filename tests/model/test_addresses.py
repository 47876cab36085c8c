"""From the targets of automation to the settings that they move."""

import pytest

from albumbuild.model.addresses import address_of
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.multiband import Multiband, MultibandBand

CHAIN = (
    Eq(bands=(Band(type="bell", freq_hz=90.0), Band(type="bell", freq_hz=900.0, id="mud"))),
    Compressor(id="a"),
    Compressor(id="a.b"),
    Multiband(id="split", crossovers_hz=(200.0, 900.0), bands=(MultibandBand(id="low"),) * 3),
)


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("mud.gain_db", "0/bands/1/gain_db"),
        ("a.ratio", "1/ratio"),
        ("a.b.ratio", "2/ratio"),
        ("a.sidechain.lowpass_hz", "1/sidechain/lowpass_hz"),
        ("split.crossovers_hz.2", "3/crossovers_hz/1"),
        ("low.ratio", "3/bands/0/ratio"),
        ("split.crossovers_hz.²", "3/crossovers_hz/²"),
        ("nobody.ratio", None),
        ("gain_db", None),
    ],
)
def test_a_target_leads_to_its_setting(target: str, address: str | None) -> None:
    assert address_of(target, CHAIN) == address
