"""Breakages of the desk's core: automation, latency, tails, what is kept, presets, parts."""

from typing import NamedTuple


class Breakage(NamedTuple):
    """A line of a core as it is, as it should not be, and the tests that say so.

    Tests of a core that is not the engine's are named with their folder under `tests`.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: str


DESK = [
    Breakage(
        "a ramp goes straight from point to point",
        "albumbuild/dsp/automation.py",
        "yield from (first + (last - first) * n // count for n in range(1, count))",
        "pass",
        "steps/test_moves.py",
    ),
    Breakage(
        "what stands before a jump is not looked at",
        "albumbuild/dsp/automation.py",
        'return self._points[index - 1].value if point.shape == "hold" else point.value',
        "return point.value",
        "steps/test_moves.py",
    ),
    Breakage(
        "numbers on their way never quite arrive",
        "albumbuild/dsp/kernels/kernels.h",
        "numbers[i] = *left ? numbers[i] + step[i] : goal[i];",
        "numbers[i] = numbers[i] + (*left ? step[i] : 0.0);",
        "steps/test_moves.py",
    ),
    Breakage(
        "settings of a late device come on its own time",
        "albumbuild/steps/inserts.py",
        "self._sounding + self._lead + done",
        "self._sounding + done",
        "steps/test_moves.py steps/test_moving_dynamics.py",
    ),
    Breakage(
        "dry sound does not wait while all is wet",
        "albumbuild/steps/inserts.py",
        "self._is_wet = self._wet == 1.0 and self._wet_lane is None",
        "self._is_wet = self._wet == 1.0",
        "steps/test_moves.py steps/test_automation.py",
    ),
    Breakage(
        "a device after a late one starts before the song",
        "albumbuild/steps/channel.py",
        "curves=curves, late=meeting)",
        "curves=curves)",
        "steps/test_moves.py steps/test_alignment.py steps/test_automation.py",
    ),
    Breakage(
        "a key is heard as early as it comes",
        "albumbuild/steps/channel.py",
        "        self._key_lag = meeting - key_latency\n",
        "        self._key_lag = 0\n",
        "steps/test_alignment.py",
    ),
    Breakage(
        "a tail that grows on its way is cut",
        "albumbuild/steps/moves.py",
        "        return max(each.tail(self._rate_hz) for each in found)\n",
        "        return found[0].tail(self._rate_hz)\n",
        "steps/test_moves.py",
    ),
    Breakage(
        "tails of strips are not heard out",
        "albumbuild/steps/ends.py",
        "head + fader_tail(nodes_of(desk)[name], rate_hz) if head else 0",
        "head",
        "steps/test_routing.py",
    ),
    Breakage(
        "a kept strip leaves the desk with more digits than its file has",
        "albumbuild/steps/desk.py",
        "return name in self._desk.buses or name in self._desk.stored",
        "return name in self._desk.buses",
        "commands/test_render.py planner/test_keeping.py",
    ),
    Breakage(
        "the fades of a part are those of a whole",
        "albumbuild/steps/mix.py",
        "self._faded(blocks, part.first, last - first)",
        "self._faded(blocks, 0, last - first)",
        "commands/test_render.py",
    ),
    Breakage(
        "an id means no more to a preset than a name",
        "albumbuild/manifest/overrides.py",
        "    ids = [target for name, target in _ids(inserts, processors) if name == key]\n",
        "    ids: list[Target] = []\n",
        "manifest/test_presets.py",
    ),
]
