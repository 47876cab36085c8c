"""What is seen of a build off a terminal."""

import pytest

from albumbuild import console as console_module
from albumbuild.console import Console, View
from albumbuild.engine.events import StepFinished, StepProgress, StepStarted


def test_a_long_step_is_told_of_every_half_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now_s = [0.0]
    monkeypatch.setattr(console_module.time, "monotonic", lambda: now_s[0])
    view = View(Console())
    view(StepStarted(id="mix:tide", kind="mix", why=[]))
    for now_s[0], done in ((10.0, 0.1), (29.0, 0.2), (31.0, 0.3), (40.0, 0.4), (62.0, 0.6)):
        view(StepProgress(id="mix:tide", done=done))
    view(StepFinished(id="mix:tide", status="ran", seconds=70.0, outputs={}, why=[]))
    assert capsys.readouterr().err.splitlines() == [
        "running      30%   mix:tide",
        "running      60%   mix:tide",
        "ran        70.0 s  mix:tide",
    ]
