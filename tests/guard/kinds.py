"""A case or two of every kind of step: a tiny album in which each is fed by hand.

No step hears another here, so what changes in one is not told of all that come after it.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from albumbuild.deliverables.archive import DeliverArchive, MadeWith
from albumbuild.deliverables.cassette import DeliverCassette
from albumbuild.deliverables.cd import DeliverCd
from albumbuild.deliverables.cover import COVER, IN_TAGS, Cover
from albumbuild.deliverables.mixes import DeliverMixes
from albumbuild.deliverables.preview import CODECS, Preview
from albumbuild.deliverables.review import CODECS as CODECS_ROLE
from albumbuild.deliverables.review import Report, figures_role, layout_role, trace_role
from albumbuild.deliverables.services import Service
from albumbuild.deliverables.stems import DeliverStems
from albumbuild.deliverables.streaming import DeliverStreaming
from albumbuild.deliverables.vinyl import DeliverVinyl
from albumbuild.engine.action import Action
from albumbuild.formats.pictures import Rendition
from albumbuild.model.credits import AlbumCredits, TrackCredits
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.deliverable import SongTexts, TextBlock
from albumbuild.model.desk import Desk, Fader, Feed, Strip
from albumbuild.model.plant import Plant
from albumbuild.model.programme import PROGRAMME, Slot
from albumbuild.model.review import PlanShape, ReviewedSet, ReviewedSong, ReviewedSound
from albumbuild.model.sidechain import Sidechain
from albumbuild.model.time import Fade, Part
from albumbuild.planner.lathe import house_lathe, record_sizes
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.gain import Gain
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.stereo import Stereo
from albumbuild.steps.balance import Balance
from albumbuild.steps.coded import coding_named
from albumbuild.steps.figures import FIGURES
from albumbuild.steps.group import Group, Return, Solo
from albumbuild.steps.ingest import Ingest
from albumbuild.steps.listen import Listen
from albumbuild.steps.master import Master
from albumbuild.steps.mix import Mix
from albumbuild.steps.premaster import Premaster
from albumbuild.steps.sequence import LAYOUT, Sequence
from albumbuild.steps.stems import Stems
from albumbuild.steps.stream import AUDIO
from tests.guard.material import RATE_HZ, SECTOR

STEMS = {
    "bass": ("bass-left.wav", "bass-right.wav"),
    "gtr": ("gtr.wav",),
    "kick": ("kick.wav",),
    "pad": ("other-rate.wav",),
    "vox": ("vox.wav",),
}
STRIPS = {
    "bass": Strip(
        gain_db=-3.0,
        pan=-20.0,
        start_s=0.05,
        trim_from_s=0.02,
        trim_to_s=0.5,
        fade_in=Fade(time_s=0.05, curve="s"),
        fade_out=Fade(time_s=0.1, curve="log"),
        invert=True,
        inserts=(Compressor(threshold_db=-30, sidechain=Sidechain(from_="kick")),),
    ),
    "gtr": Strip(
        bus="fx",
        fade_in=Fade(time_s=0.1, curve="s"),
        fade_out=Fade(time_s=0.1, curve="log"),
        inserts=(Gain(level_db=-6, channels="left"), Gain(level_db=-4, channels="right")),
        gain_curve=Curve(
            (CurvePoint(0.1, -130.0), CurvePoint(0.4, 0.0, "smooth"), CurvePoint(0.6, -9, "hold"))
        ),
        pan_curve=Curve((CurvePoint(0.0, -40.0), CurvePoint(0.8, 30.0))),
    ),
    "kick": Strip(pan=100.0, inserts=(Limiter(ceiling_dbtp=-9, mix_pct=50),)),
    "pad": Strip(gain_db=-6.0),
    "vox": Strip(
        bus="fx",
        start_s=0.1,
        fade_in=Fade(time_s=0.1, curve="equal_power"),
        fade_out=Fade(time_s=0.2),
        pan_curve=Curve((CurvePoint(0.2, -100.0), CurvePoint(0.7, 100.0))),
        sends={
            "echo": Feed(level_db=-3.0, pre=True),
            "hall": Feed(level_db=0.0, curve=Curve((CurvePoint(0.2, -30.0), CurvePoint(0.6, 0)))),
        },
    ),
}
FX = Fader(
    inserts=(
        Compressor(threshold_db=-28, lookahead_ms=2, channels="side", mix_pct=60),
        Eq(bands=(Band(type="bell", freq_hz=400, gain_db=-3),), channels="mid"),
    ),
    gain_db=-1.5,
    sends={"hall": Feed(level_db=-12.0)},
)
RETURNS = {
    "echo": Fader(inserts=(Delay(time_ms=40, feedback_pct=10),), pan=30.0),
    "hall": Fader(inserts=(Reverb(decay_s=0.15),), gain_db=-4.0),
}
FINISH = (
    Eq(bands=(Band(type="highshelf", freq_hz=6_000, gain_db=2),), channels="mid", mix_pct=80),
    Multiband(crossovers_hz=(400,), bands=(MultibandBand(threshold_db=-40),) * 2, mix_pct=50),
    Stereo(width_pct=110),
)

ALBUM = AlbumCredits(
    title="Salt & Static",
    artist="The Harbour Lights",
    date="2026-11-20",
    label="Breakwater",
    catalog="BW-014",
    upc="5012345678900",
    genre="Indie rock",
    copyright="2026 Breakwater",
    language="en",
)
TRACKS = {
    "1": TrackCredits(
        song="tide",
        title="Señor – Tide",
        artist="The Harbour Lights",
        isrc="GBAYE2600001",
        composer="Anna Ström",
        lyricist="Ida",
        genre="Folk",
        date="2026-03-01",
        copyright="2026 Ström",
        language="sv",
        explicit=True,
    ),
    "2": TrackCredits(song="ember", title="Ember", artist="Guest"),
}
SAID: dict[str, Any] = {"name": "set", "album": ALBUM, "tracks": TRACKS}


class Case(NamedTuple):
    """A step, and the names of the files that it is fed with, by role."""

    action: Action
    blobs: dict[str, str] = {}
    sources: dict[str, str] = {}


def ingest() -> Iterator[Case]:
    """Files of our own decoder and of libsndfile, one and two of them."""
    for files in (("vox.wav",), ("pcm.wav", "pcm.aiff")):
        sources = {f"file/{index}": file for index, file in enumerate(files)}
        yield Case(Ingest(stem="stem", names=files), sources=sources)


def group() -> Iterator[Case]:
    """Two strips, their bus and what they send; a stem at another rate."""
    desk = Desk(strips=_strips("gtr", "vox"), buses={"fx": FX})
    yield Case(Group(desk=desk, root="fx", rate_hz=RATE_HZ), sources=_stems("gtr", "vox"))
    pad = Desk(strips={"pad": Strip(bus="fx")}, buses={"fx": Fader()})
    yield Case(Group(desk=pad, root="fx", rate_hz=RATE_HZ), sources=_stems("pad"))
    part = Part(first=5_000, last=20_000)
    yield Case(Group(desk=pad, root="fx", rate_hz=RATE_HZ, part=part), sources=_stems("pad"))


def solo() -> Iterator[Case]:
    """Each strip alone: one with what it sends, one with the key that it hears; another rate."""
    for root, key in (("gtr", ""), ("vox", ""), ("bass", "kick"), ("pad", "")):
        names = tuple(filter(None, (root, key)))
        silent = frozenset(filter(None, (key,)))
        desk = Desk(strips=_strips(*names), silent=silent)
        yield Case(Solo(desk=desk, root=root, rate_hz=RATE_HZ), sources=_stems(*names))
    desk = Desk(strips=_strips("vox"), stored=frozenset({"vox"}))
    yield Case(Solo(desk=desk, root="vox", rate_hz=RATE_HZ), sources=_stems("vox"))


def returned() -> Iterator[Case]:
    """A return that hears a bus and the strips on it, one of them dear."""
    desk = Desk(
        strips=_strips("gtr", "vox"),
        buses={"fx": FX},
        returns={"hall": RETURNS["hall"]},
        stored=frozenset({"vox"}),
    )
    yield Case(Return(desk=desk, root="hall", rate_hz=RATE_HZ), sources=_stems("gtr", "vox"))


def mix() -> Iterator[Case]:
    """A whole desk; a part of one; a stem at another rate."""
    root = Fader(inserts=FINISH, gain_db=-2.0)
    whole = Desk(strips=_strips("bass", "gtr", "kick", "vox"), buses={"fx": FX}, returns=RETURNS)
    yield Case(
        Mix(desk=whole, mix=root, rate_hz=RATE_HZ, start_s=0.0), sources=_stems(*whole.strips)
    )
    yield _partial_mix()
    yield _part_of_a_mix()
    pad = Desk(strips=_strips("pad"))
    yield Case(Mix(desk=pad, mix=Fader(), rate_hz=RATE_HZ, start_s=0.0), sources=_stems("pad"))


def _partial_mix() -> Case:
    """A bus that is a step of its own, a strip for a side chain alone, and a cut with fades."""
    desk = Desk(
        strips=_strips("bass", "kick"),
        buses={"fx": Fader(sends={"hall": Feed(level_db=0.0)})},
        returns={"hall": RETURNS["hall"]},
        kept=("fx",),
        silent=frozenset({"kick"}),
    )
    return Case(
        Mix(
            desk=desk,
            mix=Fader(gain_curve=Curve((CurvePoint(0.0, -3.0), CurvePoint(0.5, 0.0)))),
            rate_hz=RATE_HZ,
            start_s=0.03,
            end_s=0.75,
            fade_in=Fade(time_s=0.05),
            fade_out=Fade(time_s=0.2, curve="s"),
        ),
        blobs={"kept/fx/audio": "bus.wav", "kept/fx/send.hall": "send.wav"},
        sources=_stems("bass", "kick"),
    )


def _part_of_a_mix() -> Case:
    """A strip that is a step of its own, one that leaves like it, and the middle alone."""
    desk = Desk(
        strips={"bass": Strip(sends={"hall": Feed(level_db=0.0)}), **_strips("gtr", "vox")},
        returns={"hall": RETURNS["hall"]},
        kept=("bass",),
        stored=frozenset({"vox"}),
    )
    return Case(
        Mix(
            desk=desk,
            mix=Fader(inserts=FINISH),
            rate_hz=RATE_HZ,
            start_s=0.03,
            fade_out=Fade(time_s=0.7, curve="s"),
            part=Part(first=8_000, last=30_000),
        ),
        blobs={"kept/bass/audio": "bus.wav", "kept/bass/send.hall": "send.wav"},
        sources=_stems("gtr", "vox"),
    )


def premaster() -> Iterator[Case]:
    """A chain with look-ahead and a tail, and the middle of what it leaves."""
    inserts = (
        *FINISH,
        Limiter(ceiling_dbtp=-8, channels="mid"),
        Reverb(decay_s=0.1, channels="side", mix_pct=20),
    )
    yield Case(Premaster(inserts=inserts, rate_hz=RATE_HZ), {"mix": "one.wav"})
    part = Part(first=4_000, last=30_000)
    yield Case(Premaster(inserts=inserts, rate_hz=RATE_HZ, part=part), {"mix": "one.wav"})


def balance() -> Iterator[Case]:
    """Two songs at one loudness: under a limiter, by their peaks, and at another rate."""
    limiter = Limiter(ceiling_dbtp=-1)
    ways = ((limiter, None, RATE_HZ), (None, -3.0, RATE_HZ), (limiter, None, 48_000))
    for limited, peak_dbtp, rate_hz in ways:
        yield Case(
            Balance(
                target_lufs=-6.0,
                offsets_lu={"1": 0.0, "2": -1.5},
                inserts=FINISH,
                rate_in_hz=RATE_HZ,
                rate_hz=rate_hz,
                limiter=limited,
                peak_dbtp=peak_dbtp,
            ),
            {"premaster/1": "one.wav", "premaster/2": "two.wav"},
        )
    yield Case(
        Balance(
            target_lufs=-8.0,
            offsets_lu={"1": 0.0, "2": -1.5},
            inserts=(),
            rate_in_hz=RATE_HZ,
            rate_hz=RATE_HZ,
            limiter=limiter,
            peak_dbtp=None,
            codings=(coding_named("ogg-128", rate_hz=RATE_HZ),),
        ),
        {"premaster/1": "one.wav", "premaster/2": "two.wav"},
    )


def master() -> Iterator[Case]:
    """A gain that is solved, the most there is, one given, one that peaks allow; another rate."""
    limiter = Limiter(ceiling_dbtp=-1.0)
    plain: dict[str, Any] = {"inserts": (), "limiter": limiter, "peak_dbtp": None}
    plain |= {"rate_in_hz": RATE_HZ, "rate_hz": RATE_HZ}
    blobs = {"premaster": "one.wav"}
    yield Case(Master(**plain | {"target_lufs": -6.0, "inserts": FINISH}), blobs)
    yield Case(Master(**plain | {"target_lufs": 0.0}), blobs)
    yield Case(Master(**plain), blobs | {"gain": "gain"})
    peaks = plain | {"limiter": None, "peak_dbtp": -3.0}
    yield Case(Master(**peaks | {"target_lufs": -3.0}), blobs)
    yield Case(Master(**plain | {"rate_hz": 48_000, "target_lufs": -14.0}), blobs)
    coded = {"target_lufs": -8.0, "codings": (coding_named("ogg-128", rate_hz=RATE_HZ),)}
    yield Case(Master(**plain | coded), blobs)


def sequence() -> Iterator[Case]:
    """A disc with sectors, every crossfade and a hidden song; two sides; one that moves."""
    crossed = (
        Slot(song="2", crossfade_s=0.3, curve="s", mark_s=0.1, indexes_s=(0.2,)),
        Slot(song="1", crossfade_s=0.2, curve="log"),
        Slot(song="2", crossfade_s=0.2, curve="equal_power"),
        Slot(song="1", crossfade_s=0.2, curve="linear"),
    )
    masters = {"master/1": "one.wav", "master/2": "two.wav"}
    yield Case(
        Sequence(
            order=(PROGRAMME,),
            sides={PROGRAMME: (Slot(song="1", hidden=True), *crossed, Slot(song="2", gap_s=0.2))},
            rate_hz=RATE_HZ,
            limiter=Limiter(ceiling_dbtp=-4),
            lead_in=2 * SECTOR,
            sector=SECTOR,
        ),
        masters,
    )
    lower = Sequence(
        order=(PROGRAMME,),
        sides={PROGRAMME: (Slot(song="1"), crossed[0])},
        rate_hz=RATE_HZ,
        limiter=Limiter(ceiling_dbtp=-1),
    )
    yield Case(lower, masters | {"gain/1": "gain", "gain/2": "gain"})
    sides = {"A": (Slot(song="1"), Slot(song="2", gap_s=0.1)), "B": (Slot(song="2"),)}
    yield Case(Sequence(order=("B", "A"), sides=sides, rate_hz=RATE_HZ), masters)
    moving = {"A": (Slot(song="2", gap_s=0.1), Slot(song="1", gap_s=0.2))}
    figures = {"figures/1": "figures.json", "figures/2": "calm.json"}
    yield Case(
        Sequence(order=("A",), sides=moving, runs={"A": (0, 1)}, rate_hz=RATE_HZ),
        masters | figures,
    )


def cd() -> Iterator[Case]:
    """A disc with all its sheets; one with neither CD-Text nor dither, and flags; two languages."""
    blobs = {PROGRAMME: "cd.wav", LAYOUT: "cd.json"}
    plain: dict[str, Any] = {
        "dither": "none", "cd_text": True, "blocks": {}, "copy": "prohibited", "emphasised": (),
        "plant": Plant(), "duplicator": False,
    }  # fmt: skip
    plain |= SAID
    yield Case(DeliverCd(**plain | {"dither": "tpdf"}), blobs)
    flags = {"copy": "permitted", "emphasised": ("1",), "duplicator": True}
    plant = Plant(numbers="spaces", isrc_on="both", upc_on="every", lead_outs=1, crc_name="")
    yield Case(DeliverCd(**plain | {"cd_text": False, "plant": plant} | flags), blobs)
    german = TextBlock(title="Gezeiten", songs={"1": SongTexts(title="Ebbe", arranger="Ida")})
    japanese = TextBlock(title="潮", songs={"2": SongTexts(title="満ち潮", message="聴いて")})
    blocks = {"de": german, "ja": japanese}
    yield Case(DeliverCd(**plain | {"blocks": blocks, "copy": "once"}), blobs)


def vinyl() -> Iterator[Case]:
    """Two sides, in whole numbers and in float."""
    asked: dict[str, Any] = {"disc": "12in-33", "size": record_sizes()["12in-33"]}
    for sided in _sided():
        yield Case(DeliverVinyl(**sided, **asked, lathe=house_lathe()), SIDED)


def cassette() -> Iterator[Case]:
    """As a record, on tape."""
    for sided in _sided():
        yield Case(DeliverCassette(**sided, tape="C60"), SIDED)


SIDED = {"A": "one.wav", "B": "two.wav", LAYOUT: "vinyl.json"}


def _sided() -> Iterator[dict[str, Any]]:
    """Two sides, given and in whole numbers, chosen and in float."""
    plain = SAID | {"files": {"A": "a.wav", "B": "b.wav"}, "rate_hz": RATE_HZ, "dither": "tpdf"}
    yield plain | {"bits": 24, "limited": True}
    yield plain | {"bits": 32, "limited": False, "why_these_sides": ("they are even", "so be it")}


def streaming() -> Iterator[Case]:
    """Every format, with cover and words; one without tags."""
    blobs = {PROGRAMME: "streaming.wav", LAYOUT: "streaming.json", FIGURES: "figures.json"}
    blobs |= {COVER: "cover.png", IN_TAGS: "cover.jpg"}
    sources = {"lyrics/1": "lyrics.txt"}
    asked: dict[str, dict[str, Any]] = {
        "flac": {"bits": 24},
        "aiff": {"bits": 16, "dither": "shaped"},
        "wav": {"bits": 24, "dither": "none"},
        "mp3": {"bitrate_kbps": 128},
        "ogg": {"quality": 5.0},
        "opus": {"bitrate_kbps": 96, "rate_hz": 48_000},
    }
    service = Service(target_lufs=-14, ceiling_dbtp=-1, album_as_one=True, turns_up=True)
    plain: dict[str, Any] = {"bits": 16, "dither": "tpdf", "rate_hz": RATE_HZ}
    plain["services"] = {"spotify": service}
    for form, settings in asked.items():
        files = {"1": f"01 tide.{form}", "2": f"disc/02.{form}"}
        whole = plain | {"format": form, "files": files} | settings
        yield Case(DeliverStreaming(**SAID, **whole), blobs, sources)
    files = {"1": "1.wav", "2": "2.wav"}
    bare = plain | {"format": "wav", "bits": 32, "tags": False}
    bare["untried"] = ("aac-256",)
    yield Case(DeliverStreaming(**SAID, files=files, **bare), blobs | {CODECS: "codecs.json"})


def preview() -> Iterator[Case]:
    """Two codecs, one at another rate; whole numbers and float."""
    codings = {name: coding_named(name, rate_hz=RATE_HZ) for name in ("ogg-128", "opus-96")}
    blobs = {PROGRAMME: "streaming.wav", LAYOUT: "streaming.json"}
    for bits, dither in ((16, "shaped"), (24, "tpdf"), (32, "none")):
        told: dict[str, Any] = {"bits": bits, "dither": dither}
        yield Case(Preview(codings=codings, rate_hz=RATE_HZ, **told), blobs)


def cover() -> Iterator[Case]:
    """A picture as it is, and one that is cut, made smaller and coded anew."""
    yield Case(Cover(rendition=Rendition(size_px=9_000)), sources={COVER: "cover.png"})
    asked = Rendition(size_px=40, fit="crop", kinds=("png",), srgb=True)
    yield Case(Cover(rendition=asked), sources={COVER: "cover.png"})
    yield Case(Cover(rendition=Rendition(fit="pad")), sources={COVER: "cover.png"})


def mixes() -> Iterator[Case]:
    """A mix and a version of another."""
    credits = SAID | {"tracks": {"tide": TRACKS["1"], "ember": TRACKS["2"]}}
    yield Case(
        DeliverMixes(**credits, order=("tide", "ember+dub"), rate_hz=RATE_HZ),
        {"mix/tide": "one.wav", "mix/ember+dub": "two.wav"},
    )


def take_stems() -> Iterator[Case]:
    """A whole desk: a strip of it that comes finished, and one that serves a key alone."""
    desk = Desk(
        strips={"bass": Strip(bus="fx"), **_strips("gtr", "kick", "pad")},
        buses={"fx": FX},
        returns={"hall": RETURNS["hall"]},
        kept=("bass",),
        stored=frozenset({"pad"}),
        silent=frozenset({"kick"}),
    )
    yield Case(
        Stems(
            desk=desk,
            channels=("bass", "gtr", "pad", "fx", "hall"),
            rate_hz=RATE_HZ,
            first=1_323,
            frames=30_000,
        ),
        blobs={"kept/bass/audio": "bus.wav"},
        sources=_stems("gtr", "kick", "pad"),
    )


def stems() -> Iterator[Case]:
    """Two songs, one of them a version: in float and in whole numbers."""
    credits = SAID | {"tracks": {"tide": TRACKS["1"], "ember": TRACKS["2"]}}
    blobs = {"tide/kick": "one.wav", "tide/fx": "two.wav", "ember+dub/vox": "one.wav"}
    for bits, dither in ((32, "none"), (24, "tpdf"), (16, "shaped")):
        asked: dict[str, Any] = {"bits": bits, "dither": dither, "rate_hz": RATE_HZ}
        yield Case(
            DeliverStems(
                **credits,
                order=("tide", "ember+dub"),
                channels={"tide": ("kick", "fx"), "ember+dub": ("vox",)},
                direct={"tide": ("fx",), "ember+dub": ("vox",)},
                **asked,
            ),
            blobs,
        )


def archive() -> Iterator[Case]:
    """Two masters, a manifest, and files of the user."""
    credits = SAID | {"tracks": {"tide": TRACKS["1"], "ember": TRACKS["2"]}}
    made_with = MadeWith(
        program={"albumbuild": "1"},
        libraries={"soxr": "2"},
        steps={"mix": 3},
        devices={"gain": "4"},
    )
    yield Case(
        DeliverArchive(
            **credits,
            order=("tide", "ember+dub"),
            rate_hz=RATE_HZ,
            manifest=("{", '  "title": "Ebb"', "}"),
            made_with=made_with,
        ),
        {"premaster/tide": "one.wav", "premaster/ember+dub": "two.wav"},
        {"material/stems/kick.wav": "kick.wav", "material/art/cover.jpg": "cover.jpg"},
    )


def listen() -> Iterator[Case]:
    """A mix that is looked through, and a master that is not."""
    for faults in (True, False):
        yield Case(Listen(rate_hz=RATE_HZ, faults=faults), {AUDIO: "one.wav"})


def report() -> Iterator[Case]:
    """Two songs, a set with a programme and previews, and one without."""
    songs = tuple(
        ReviewedSong(
            credits=credits,
            sounds=(
                ReviewedSound(step=f"mix:{credits.song}", label="mix"),
                ReviewedSound(
                    step=f"master:{credits.song}@lp",
                    label="lp",
                    set="lp",
                    chain=(f"premaster:{credits.song}",),
                ),
            ),
        )
        for credits in TRACKS.values()
    )
    common: dict[str, Any] = {"rate_hz": RATE_HZ, "bits": 24, "songs": {"1": "tide", "2": "ember"}}
    made = ReviewedSet(
        name="lp",
        type="streaming",
        format="flac",
        profile="generic-safe",
        target_lufs=-14.0,
        ceiling_dbtp=-1.0,
        files={"1": "01 Tide"},
        sequence="sequence:lp",
        preview="preview:lp",
        **common,
    )
    bare = replace(made, name="mixes", type="mixes", sequence=None, preview=None, files={})
    shape = PlanShape(
        kinds={"ingest:tide": "ingest", "mix:tide": "mix"},
        counts={"ingest:tide": 4},
        needs={"mix:tide": ("ingest:tide",)},
    )
    blobs = {
        figures_role("sequence:lp"): "whole.json",
        layout_role("sequence:lp"): "streaming.json",
        f"preview:lp/{CODECS_ROLE}": "codecs.json",
    }
    for sound in (sound for song in songs for sound in song.sounds):
        blobs |= {figures_role(sound.step): "whole.json", trace_role(sound.step): "trace.json"}
        blobs |= {trace_role(step): "trace.json" for step in sound.chain}
    yield Case(
        Report(album=ALBUM, songs=songs, sets=(made, bare), shape=shape),
        blobs,
    )


KINDS: dict[type[Action], Callable[[], Iterator[Case]]] = {
    Ingest: ingest,
    Group: group,
    Solo: solo,
    Return: returned,
    Mix: mix,
    Premaster: premaster,
    Balance: balance,
    Master: master,
    Sequence: sequence,
    DeliverCd: cd,
    DeliverVinyl: vinyl,
    DeliverCassette: cassette,
    DeliverStreaming: streaming,
    Preview: preview,
    Cover: cover,
    DeliverMixes: mixes,
    Stems: take_stems,
    DeliverStems: stems,
    DeliverArchive: archive,
    Listen: listen,
    Report: report,
}


def _strips(*names: str) -> dict[str, Strip]:
    return {name: STRIPS[name] for name in names}


def _stems(*names: str) -> dict[str, str]:
    """The files of these strips, by role."""
    return {
        f"stem/{name}/{index}": file for name in names for index, file in enumerate(STEMS[name])
    }
