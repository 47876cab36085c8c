"""DDP filesets: records to the byte, against filesets of the public black-box record."""

import hashlib
import shutil
import subprocess
import zlib

import pytest

from albumbuild.formats.ddp import ddpid, ddpms, pq_descriptor, write_ddp
from albumbuild.formats.reading.ddp import read_fileset
from albumbuild.model.plant import Plant
from albumbuild.model.timeline import Disc, DiscTrack
from tests.formats.discs import UPC, disc, ebb, flow, image, slack

BLANK = " " * 46
PLANT = Plant()


def black_box() -> Disc:
    """The layout of experiment 014: three tracks, two pregaps and an index 02."""
    tracks = (
        DiscTrack(number=1, title="", pregap_sector=0, start_sector=150),
        DiscTrack(number=2, title="", pregap_sector=750, start_sector=825, index_sectors=(1125,)),
        DiscTrack(number=3, title="", pregap_sector=1500, start_sector=1650),
    )
    return Disc(title="", performer="", tracks=tracks, sectors=2250, master_id="")


def test_the_pq_descriptor_equals_that_of_a_real_fileset():
    points = (
        "0000  000000 0100  000000 0101  000200 0200  001000 0201  001100 0202  001500 "
        "0300  002000 0301  002200 AA01  003000 AA01  003000"
    )
    points = [points[at : at + 12] for at in range(0, len(points), 13)]
    expected = "".join(f"VVVS{point}01{BLANK}" for point in points)
    assert pq_descriptor(black_box(), PLANT).decode() == expected
    # the checksum that was recorded for the file
    assert zlib.crc32(pq_descriptor(black_box(), PLANT)) == 0x9E1F343B


def test_the_upc_is_in_the_lead_in_and_the_isrc_on_the_first_packet():
    track = DiscTrack(number=1, title="", isrc="USABC1234567", pregap_sector=0, start_sector=150)
    made = Disc(title="", performer="", tracks=(track,), sectors=900, master_id="", upc=UPC)
    expected = (
        "VVVS0000  00000001              0123456789012                   "
        "VVVS0100  00000001  USABC1234567                                "
        f"VVVS0101  00020001{BLANK}VVVSAA01  00120001{BLANK}VVVSAA01  00120001{BLANK}"
    )
    assert pq_descriptor(made, PLANT).decode() == expected
    assert ddpid(made).decode() == f"DDP 2.00{UPC}".ljust(87) + "CD".ljust(41)


def test_a_upc_of_12_digits_gets_its_leading_zero():
    assert ddpid(disc(upc=UPC[1:]))[8:21] == UPC.encode()
    assert ddpid(disc(upc=None))[8:21] == b" " * 13


def test_the_map_names_every_stream():
    data = ddpms(disc(), PLANT, cd_text_bytes=360).decode()
    cd_text, pq, audio = (data[start : start + 128] for start in (0, 128, 256))
    assert cd_text == "VVVMS0        00000360        CDTEXT  ".ljust(55) + (
        "00              017CDTEXT.BIN".ljust(73)
    )
    assert pq == "VVVMS0        00000640        PQ DESCR".ljust(71) + "017PQDESCR".ljust(57)
    assert audio == "VVVMD0        0000225000000000        DA70     150".ljust(71) + (
        "017IMAGE.DAT".ljust(57)
    )


def test_the_whole_pregap_of_track_1_is_told():
    made = disc(tracks=(ebb(start_sector=225), flow(), slack()))
    assert ddpms(made, PLANT, cd_text_bytes=0)[128 + 46 : 128 + 50] == b" 225"


def test_a_fileset_is_whole_and_reads_back(tmp_path):
    made = disc()
    sound = image(made.sectors)
    write_ddp(tmp_path / "ddp", made, [sound[:1_000], sound[1_000:-500]])
    folder = tmp_path / "ddp"
    names = ["DDPID", "DDPMS", "CDTEXT.BIN", "PQDESCR", "IMAGE.DAT"]
    assert {each.name for each in folder.iterdir()} == {*names, "CHECKSUM.MD5", "CHECKSUM.TXT"}
    assert (folder / "IMAGE.DAT").read_bytes() == sound[:-500] + bytes(500)
    read = read_fileset(folder, known={})
    assert [each.rule for each in read.findings] == ["image-pause"], "this image is never silent"
    found = read.disc
    assert found is not None
    assert (found.upc, found.master_id, found.sectors) == (UPC, "MOL-001 1a2b3c4", 2250)
    codes = [track.isrc for track in found.tracks]
    assert codes == ["GBAYE2600001", "GBAYE2600002", "GBAYE2600003"]
    assert [track.indexes() for track in found.tracks] == [
        [(0, 0), (1, 150)], [(0, 750), (1, 825), (2, 1125), (3, 1200)], [(1, 1650)]
    ]  # fmt: skip
    md5 = "".join(
        f"{hashlib.md5((folder / name).read_bytes()).hexdigest()} *{name}\n" for name in names
    )
    crc = "".join(f"{name}={zlib.crc32((folder / name).read_bytes()):08X}\n" for name in names)
    assert (folder / "CHECKSUM.MD5").read_bytes() == md5.encode()
    assert (folder / "CHECKSUM.TXT").read_bytes() == f"[CRC32 Checksum]\n{crc}".encode()


def test_a_fileset_without_cd_text_has_no_stream_for_it(tmp_path):
    (tmp_path / "image").write_bytes(image(2250))
    write_ddp(tmp_path / "ddp", disc(), tmp_path / "image", cd_text=False)
    read = read_fileset(tmp_path / "ddp", known={})
    assert [each.rule for each in read.findings] == ["image-pause"]
    assert read.texts.blocks == ()
    assert not (tmp_path / "ddp" / "CDTEXT.BIN").exists()
    assert "CDTEXT" not in (tmp_path / "ddp" / "CHECKSUM.MD5").read_text()


def test_an_image_of_another_length_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the image has 2249 sectors, the disc 2250"):
        write_ddp(tmp_path, disc(), [image(2249)])


@pytest.mark.skipif(not shutil.which("md5sum"), reason="md5sum is not installed")
def test_md5sum_checks_the_fileset(tmp_path):
    write_ddp(tmp_path, disc(), [image(2250)])
    subprocess.run(["md5sum", "--check", "--strict", "CHECKSUM.MD5"], cwd=tmp_path, check=True)
