"""A device of a package fails by itself, and is named."""

from typing import ClassVar

import msgspec
import numpy as np
import pytest
from albumbuild_tremolo import Tremolo

from albumbuild.engine.action import Progress, StepError
from albumbuild.engine.fingerprint import recipe
from albumbuild.manifest.hints import settings_of
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.device import Processor, Refusal, RefusedError, ToneProcessor
from albumbuild.processors.gain import Gain
from albumbuild.processors.guest import guest
from albumbuild.steps.inserts import Chain, Insert, tail_frames
from albumbuild.steps.study import studied as learn
from tests.engine.fakes import Fake

BLOCK = np.linspace(-1, 1, 200).reshape(100, 2)


def giving(change):
    """A method `process` that gives the block, changed."""
    return lambda _self, block, *_: change(block)


def odd(**methods):
    """A guest with methods that are not as they should be."""
    body = {"process": giving(lambda block: block), "start": lambda *_: None}
    made = msgspec.defstruct(
        "Odd",
        [("amount", float, 0.0)],
        bases=(ToneProcessor,),
        namespace=body | methods,
        frozen=True,
        kw_only=True,
    )
    return guest(made, name="odd", package="odd-package 2.1")()


def running(device, channels=2):
    return Chain([device], 48_000, channels).process(BLOCK[:, :channels].copy())


def running_moved(**methods):
    """The same of a setting that jumps in the middle of the block: the device runs in pieces."""
    jump = Curve((CurvePoint(0.0, 0.0), CurvePoint(50 / 48_000, 1.0, "hold")))
    device = odd(glide=lambda *_: None, **methods)
    return Insert(device, 48_000, 2, curves={"amount": jump}).process(BLOCK.copy())


def raising(*_, **__):
    raise KeyError("no such table")


def writing(_self, block, *_):
    block *= 0.5
    return block


def writing_to_the_key(_self, block, _state, key):
    key[:] = 0.0
    return block


@pytest.mark.parametrize(
    ("methods", "why"),
    [
        ({"process": raising}, "KeyError: 'no such table'"),
        ({"start": raising}, "KeyError: 'no such table'"),
        ({"latency": raising}, "KeyError: 'no such table'"),
        ({"latency": lambda *_: 1.5}, "'float' object cannot be interpreted as an integer"),
        ({"latency": lambda *_: -1}, "-1 frames are less than none"),
        ({"channels_out": lambda *_: 3}, "3 channels come out of 2"),
        ({"process": lambda *_: None}, "it gave NoneType and no array"),
        ({"process": giving(lambda block: block[1:])}, "float64 of shape (99, 2), not"),
        ({"process": giving(lambda block: block[:, :1])}, "float64 of shape (100, 1), not"),
        ({"process": giving(lambda block: block.astype("float32"))}, "it gave float32"),
        ({"process": giving(lambda block: block * np.nan)}, "not finite"),
        ({"process": giving(lambda block: block + np.inf)}, "not finite"),
        ({"process": writing}, "read-only"),
        ({"lead": raising}, "KeyError: 'no such table'"),
        ({"lead": lambda *_: -1}, "-1 frames are less than none"),
    ],
)
def test_what_goes_wrong_in_a_device_is_told_of_it_and_its_package(methods, why):
    with pytest.raises(StepError) as failed:
        running(odd(**methods))
    problem = failed.value.problem
    assert problem.what == "the device `odd` of odd-package 2.1 failed"
    assert why in problem.why


def test_a_tail_is_looked_at_too():
    with pytest.raises(StepError):
        tail_frames([odd(tail=lambda *_: None)], 48_000)


def test_the_key_is_not_written_to():
    key = BLOCK.copy()
    with pytest.raises(StepError, match="`odd` of odd-package"):
        Insert(odd(process=writing_to_the_key), 48_000, 2).process(BLOCK.copy(), key)
    assert np.array_equal(key, BLOCK)


@pytest.mark.parametrize("dry", [raising, giving(lambda block: block[1:]), writing])
def test_the_dry_sound_is_looked_at_too(dry):
    device = msgspec.structs.replace(odd(dry=dry), mix_pct=50.0)
    with pytest.raises(StepError, match="`odd` of odd-package"):
        running(device)


@pytest.mark.parametrize(
    ("method", "asked"),
    [("files", ()), ("refusals", ({},)), ("with_sounds", ({},))],
)
@pytest.mark.parametrize("wrong", [raising, lambda *_: 7])
def test_what_it_says_of_its_files_is_looked_at_too(method, asked, wrong):
    with pytest.raises(StepError, match="`odd` of odd-package"):
        getattr(odd(**{method: wrong}), method)(*asked)


def test_what_is_right_about_its_files_is_passed_on():
    said = (Refusal(slug="no-room", what="no room", why="it is full", fix="make some"),)
    device = odd(files=lambda _: {"room": "room.wav"}, refusals=lambda *_: said)
    assert (device.files(), device.refusals({})) == ({"room": "room.wav"}, said)
    assert device.with_sounds({}) is device


class Sum:
    """A study that adds up what it hears, and may be told to write to it."""

    def __init__(self, *, writes=False):
        self.total, self.writes = 0.0, writes

    def add(self, block):
        if self.writes:
            block *= 2.0
        self.total += block.sum()


def studying(study, studied):
    """A guest that is to hear all of its input, after it has heard the block."""
    device = odd(studying=True, study=lambda *_: study, studied=studied)
    (ready,) = learn([device], lambda: iter([BLOCK + 1.0]), rate_hz=48_000, progress=Progress())
    return ready


def test_a_device_studies_its_input():
    ready = studying(Sum(), lambda self, study: msgspec.structs.replace(self, amount=study.total))
    assert ready.amount == pytest.approx((BLOCK + 1.0).sum())
    assert np.array_equal(running(ready), BLOCK)


@pytest.mark.parametrize(
    ("study", "studied"),
    [
        (Sum(writes=True), lambda self, _: self),
        (Sum(), raising),
        (Sum(), lambda *_: 7),
        (None, lambda self, _: self),
    ],
)
def test_what_goes_wrong_in_a_study_is_told_too(study, studied):
    with pytest.raises(StepError, match="`odd` of odd-package"):
        studying(study, studied)


def test_a_sound_that_does_not_do_is_no_fault_of_the_device():
    silent = Refusal(slug="silent", what="it is silent", why="it must sound", fix="name another")

    def refusing(*_):
        raise RefusedError(silent)

    with pytest.raises(RefusedError, match="it is silent"):
        odd(with_sounds=refusing).with_sounds({})


def test_a_device_may_use_its_output_again():
    buffer = np.empty((200, 2))

    def doubling(_self, block, *_):
        return np.multiply(block, 2.0, out=buffer[: len(block)])

    assert np.array_equal(running_moved(process=doubling), 2.0 * BLOCK)


def test_what_the_device_says_of_itself_is_not_wrapped_twice():
    def failing(*_, **__):
        raise StepError(failed)

    failed = StepError.__new__(StepError)  # any object that can be told apart
    with pytest.raises(StepError) as told:
        running(odd(process=lambda *_: (_ for _ in ()).throw(failed)))
    assert told.value is failed


def test_a_device_gives_the_sound_that_it_gives_alone():
    made = guest(Tremolo, name="tremolo", package="albumbuild-tremolo 1.0.0")
    alone = Chain([Tremolo(depth_pct=70, mix_pct=60, channels="mid")], 48_000, 2)
    hosted = Chain([made(depth_pct=70, mix_pct=60, channels="mid")], 48_000, 2)
    assert np.array_equal(alone.process(BLOCK), hosted.process(BLOCK))
    assert np.array_equal(running(odd()), BLOCK)


def test_sound_that_comes_out_may_be_written_to():
    assert running(odd(process=giving(lambda block: block[:]))).flags.writeable
    mono = odd(channels_out=lambda *_: 1, process=giving(lambda block: block[:, :1]))
    assert running(mono).flags.c_contiguous


def test_a_guest_keeps_settings_docstring_and_what_can_be_moved():
    made = guest(Tremolo, name="wobble", package="p 1")
    assert made.name == "wobble"
    assert made.__doc__ == Tremolo.__doc__
    assert settings_of(made) == settings_of(Tremolo)
    assert made.glide is not Processor.glide
    assert type(odd()).glide is Processor.glide
    state = made().start(48_000, 1)
    made(depth_pct=0.0).glide(state, 0)
    assert np.array_equal(made().process(BLOCK, state), BLOCK)


class Holding(Fake, frozen=True, kw_only=True):
    """A step with a device."""

    kind: ClassVar[str] = "holding"

    device: Processor


def test_the_package_and_its_version_are_part_of_the_recipe():
    def line(device):
        return recipe(Holding(device=device), {}, {}).partition("\ndevice = ")[2].split("\n")[0]

    assert line(guest(Tremolo, name="tremolo", package="albumbuild-tremolo 1.0.0")()) == (
        "tremolo version 1 of albumbuild-tremolo 1.0.0"
    )
    assert line(Gain()) == "gain version 1"
