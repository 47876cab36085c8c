"""`make --profile`: where the time of a build went, for people and for trace viewers."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.engine.files import Disk, write_whole

if TYPE_CHECKING:
    from albumbuild.engine.spans import Span

Figures = dict[str, Any]


@contextmanager
def profile_to(path: str | None) -> Iterator[None]:
    """Writes the profile of what is done in the context to a file, where one is asked for.

    Raises: StorageError when it cannot be written.
    """
    if path is None:
        yield
        return
    from albumbuild.engine.spans import recording

    with recording() as recorder:
        yield
    text = msgspec.json.encode(profile_of(recorder.spans))
    write_whole(Disk(), Path(path), text + b"\n")


def profile_of(spans: "list[Span]") -> Figures:
    """Seconds by step and by what was done, and the same as events of Chrome's tracing.

    A span's own time leaves out the spans within it. Source: Trace Event Format, Google 2016.
    """
    return {
        "steps": _steps(spans),
        "work": _work(spans),
        "displayTimeUnit": "ms",
        "traceEvents": [_event(each) for each in spans],
    }


def _steps(spans: "list[Span]") -> list[Figures]:
    """What each step took, in the order in which they ended."""
    own: dict[str, list[Span]] = defaultdict(list)
    for each in spans:
        own[each.step].append(each)
    ended = {each.step: each for each in spans if each.work == "step"}
    return [
        {
            "step": step,
            "seconds": _seconds(each.length),
            "cpu_s": _seconds(sum(it.cpu for it in own[step] if it.work in ("step", "help"))),
            "work": _work(own[step]),
        }
        for step, each in ended.items()
    ]


def _work(spans: "list[Span]") -> list[Figures]:
    """What was done, the most CPU time first; its own, without what it has called."""
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for each, inside in _nested(spans):
        total = totals[(each.work, "" if each.work in ("step", "help") else each.name)]
        total[0] += 1
        total[1] += each.length - sum(other.length for other in inside)
        total[2] += each.cpu - sum(other.cpu for other in inside)
    rows = [
        {
            "work": work,
            "name": name,
            "times": times,
            "seconds": _seconds(length),
            "cpu_s": _seconds(cpu),
        }
        for (work, name), (times, length, cpu) in totals.items()
    ]
    return sorted(rows, key=lambda row: -row["cpu_s"])


def _nested(spans: "list[Span]") -> "Iterator[tuple[Span, list[Span]]]":
    """Each span with those right within it, of the same thread."""
    open_: dict[int, list[Span]] = defaultdict(list)
    for each in spans:  # in the order in which they ended: those within came before
        before = open_[each.thread]
        inside = []
        while before and before[-1].began >= each.began:
            inside.append(before.pop())
        before.append(each)
        yield each, inside


def _event(each: "Span") -> Figures:
    return {
        "name": each.name,
        "cat": each.work,
        "ph": "X",
        "ts": each.began / 1000,
        "dur": each.length / 1000,
        "tdur": each.cpu / 1000,
        "pid": 1,
        "tid": each.thread,
        "args": {"step": each.step},
    }


def _seconds(ns: int) -> float:
    return round(ns / 1e9, 6)
