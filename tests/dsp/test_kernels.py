"""The library of kernels: how it is built, how it fails, and that it stays in its memory."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from albumbuild.dsp import kernels
from albumbuild.dsp.filters import Sections

FOLDER = Path(kernels.__file__).with_name("kernels")
BUILD = runpy.run_path(str(FOLDER / "compile.py"))
COMPILER = BUILD["working_compiler"]() or BUILD["zig_compiler"]()
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler is installed")
SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")

EXERCISE = """
import sys
from pathlib import Path
import numpy as np
from msgspec.structs import replace
from albumbuild.dsp import kernels
kernels.library = kernels.load(Path(sys.argv[1]))
from albumbuild.model.sidechain import Sidechain
from albumbuild.dsp.dither import quantise
from albumbuild.dsp.maths import cos, exp2, log2
from albumbuild.dsp.meter import Meter
from albumbuild.model.sound import Sound
from albumbuild.processors.chorus import Chorus
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.expander import Expander
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.saturator import Saturator
from albumbuild.processors.stereo import Stereo

def room(channels, **settings):
    samples = np.ones((20_000, channels))
    sound = Sound(rate_hz=44_100, channels=channels, frames=20_000, samples=samples)
    return Convolution(impulse="room", **settings).with_sounds({"impulse": sound})

devices = [
    room(1, predelay_ms=1000), room(2, low_cut_hz=50), room(4),
    Eq(bands=(Band(type="bell", freq_hz=1500, gain_db=9),), phase="linear"),
    Delay(time_ms=3, feedback_pct=100, pingpong=True, low_cut_hz=100, high_cut_hz=5000),
    Delay(time_ms=0.1),
    Compressor(detector="rms", lookahead_ms=3, link_pct=50),
    Compressor(threshold_db=-40),
    Limiter(ceiling_dbtp=-20),
    Limiter(ceiling_dbtp=-20, lookahead_ms=0, link_pct=0, true_peak=False),
    Eq(bands=(Band(type="highpass", freq_hz=30, slope_db=48),)),
    Eq(bands=(Band(type="bell", freq_hz=15000, gain_db=9),)),
    Reverb(size_pct=20, modulation_pct=100, predelay_ms=17, low_cut_hz=100),
    Reverb(size_pct=200, modulation_pct=0, decay_s=30),
    Stereo(width_pct=50, mono_below_hz=120),
    Chorus(), Chorus(voices=8, depth_pct=100), Saturator(drive_db=40),
    Saturator(curve="tube", oversample=2), Saturator(oversample=1),
    Saturator(curve="soft", oversample=8), Saturator(curve="hard", oversample=4),
    Gate(threshold_db=-6), Expander(threshold_db=0, sidechain=Sidechain(highpass_hz=500)),
    Deesser(freq_hz=2000, threshold_db=-60), Deesser(freq_hz=12000, mode="wide"),
    Multiband(crossovers_hz=(90,), bands=(MultibandBand(), MultibandBand(detector="rms"))),
]
moved = {
    Compressor: dict(threshold_db=-40, knee_db=0, link_pct=0),
    Limiter: dict(ceiling_dbtp=-6, link_pct=20),
    Gate: dict(threshold_db=-60, hold_ms=0),
    Deesser: dict(freq_hz=2500, threshold_db=-50),
    Stereo: dict(rotate_deg=20),
}
for rate_hz in (8_000, 44_100, 192_000):
    for channels in (1, 2):
        sound = np.random.default_rng(0).standard_normal((9_000, channels))
        for device in devices:
            state = device.start(rate_hz, channels)
            for start, end in ((0, 0), (0, 1), (1, 64), (64, 9_000)):
                assert np.isfinite(device.process(sound[start:end].copy(), state)).all()
            if type(device) in moved:
                state = device.start(rate_hz, channels)
                device.glide(state, 0)
                replace(device, **moved[type(device)]).glide(state, 700)
                assert np.isfinite(device.process(sound, state)).all()
        meter = Meter(rate_hz, channels)
        for start, end in ((0, 0), (0, 1), (1, 64), (64, 9_000)):
            meter.add(sound[start:end].copy())
        meter.figures()
        quantise(sound, bits=24, dither="tpdf", first_frame=0, seed=1)
for value in (0.0, -1.0, np.inf, -np.inf, np.nan, 1e300, 5e-324):
    exp2(value), log2(value), cos(value)
"""

DIGEST = """
import sys
from hashlib import sha256
from pathlib import Path
import numpy as np
from albumbuild.dsp import kernels
kernels.library = kernels.load(Path(sys.argv[1]))
from albumbuild.model.sound import Sound
from albumbuild.processors.chorus import Chorus
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.expander import Expander
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.saturator import Saturator
from albumbuild.processors.stereo import Stereo
sound = np.random.default_rng(0).standard_normal((80_000, 2))
room = Sound(rate_hz=44_100, channels=2, frames=20_000, samples=sound[:20_000])
for device in (
    Convolution(impulse="room", predelay_ms=5).with_sounds({"impulse": room}),
    Eq(bands=(Band(type="bell", freq_hz=1_500, gain_db=9),), phase="linear"),
    Eq(bands=(Band(type="lowpass", freq_hz=9_000, slope_db=24),)),
    Delay(high_cut_hz=3_000), Reverb(), Stereo(width_pct=70, rotate_deg=3, mono_below_hz=99),
    Compressor(), Compressor(detector="rms", link_pct=30), Limiter(), Saturator(drive_db=30),
    Saturator(curve="tube"), Saturator(curve="soft"), Saturator(curve="hard", oversample=4),
    Chorus(voices=5),
    Gate(threshold_db=-9), Expander(threshold_db=-9), Deesser(threshold_db=-40),
    Multiband(crossovers_hz=(150, 3_000), bands=(MultibandBand(threshold_db=-40),) * 3),
):
    print(device.name, sha256(device.process(sound, device.start(44_100, 2)).tobytes()).hexdigest())
"""


def digests(library):
    """What each device makes of the same sound with that library."""
    run = [sys.executable, "-c", DIGEST, str(library)]
    folder = FOLDER.parents[2]
    return subprocess.run(run, capture_output=True, text=True, check=True, cwd=folder).stdout


@needs_compiler
def test_the_kernels_compile_without_a_warning(tmp_path):
    flags = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
    assert BUILD["compile_library"](tmp_path, flags=flags).is_file()


@pytest.mark.skipif(shutil.which("nm") is None, reason="nm reads the library's symbols")
def test_they_need_no_mathematics_library():
    look = ["nm", "-D", kernels.library._name]
    loads = subprocess.run(look, capture_output=True, text=True, check=True)
    wanted = {line.split()[-1].split("@")[0] for line in loads.stdout.splitlines() if " U " in line}
    assert wanted <= {"mallopt", "memcpy", "memset", "memmove", "__stack_chk_fail"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libasan is preloaded")
def test_they_stay_in_their_memory(tmp_path):
    compiler = BUILD["working_compiler"]()
    if compiler is None or not BUILD["compiles"](compiler, *SANITIZERS):
        pytest.skip("the compiler has no sanitizers")
    library = BUILD["compile_library"](tmp_path, compiler=compiler, flags=SANITIZERS)
    found = [*compiler, "-print-file-name=libasan.so"]
    asan = subprocess.run(found, capture_output=True, text=True, check=True).stdout.strip()
    environment = os.environ | {"LD_PRELOAD": asan, "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run(
        [sys.executable, "-c", EXERCISE, str(library)],
        env=environment, capture_output=True, text=True, check=False,
        cwd=FOLDER.parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@needs_compiler
def test_optimising_changes_no_bit(tmp_path):
    plain = BUILD["compile_library"](tmp_path, flags=("-O1",))
    assert digests(plain) == digests(kernels.library._name)


@pytest.mark.slow
@pytest.mark.skipif(BUILD["zig_compiler"]() is None, reason="the ziglang wheel is not installed")
def test_another_compiler_gives_the_same_bits(tmp_path):
    other = BUILD["compile_library"](tmp_path, compiler=BUILD["zig_compiler"]())
    assert digests(other) == digests(kernels.library._name)


def test_without_a_library_the_error_says_what_to_do(tmp_path):
    with pytest.raises(ImportError, match="pip install"):
        kernels.load(tmp_path / "kernels.so")


@needs_compiler
def test_a_compiler_that_fails_is_quoted(tmp_path):
    with pytest.raises(RuntimeError, match="-no-such-flag"):
        BUILD["compile_library"](tmp_path, flags=("-no-such-flag",))


def test_a_broken_compiler_is_passed_over(monkeypatch):
    monkeypatch.setenv("CC", "false")
    assert BUILD["working_compiler"]() != ["false"]


def test_an_array_of_another_type_or_layout_is_refused():
    good = np.zeros(8)
    for bad in (good.astype(np.float32), good[::2], [0.0] * 8):
        with pytest.raises(Exception, match="a kernel wants"):
            kernels.library.exp2_array(bad, good, 4)


def test_denormals_are_flushed_inside_and_kept_outside():
    decaying = Sections([[1.0, 0.0, 0.0, -0.5, 0.0]], 1)
    out = decaying.process(np.concatenate([np.ones((1, 1)), np.zeros((1_200, 1))]))
    assert out[1_000, 0] == 2.0**-1_000
    assert not out[1_030:].any()
    assert np.array([2.0**-1_030])[0] * 2.0 == 2.0**-1_029
