"""What a build has measured: the album's own checks as a table, and what stands out."""

import math
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.commands.building import store_of
from albumbuild.engine.results import GOOD
from albumbuild.model.check import Assertion
from albumbuild.planner.checks import Heard, master_of
from albumbuild.planner.consistency import consistency_problems
from albumbuild.planner.cutting import cutting_problems
from albumbuild.steps.figures import FIGURES, read_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from albumbuild.commands.opening import Opened
    from albumbuild.engine.results import Result
    from albumbuild.engine.store import Store
    from albumbuild.model.problem import Problem
    from albumbuild.planner.checks import Question
    from albumbuild.planner.medium import Medium
    from albumbuild.steps.figures import Named


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one question; `measured` is None where there is no such figure."""

    question: "Question"
    measured: float | None

    @property
    def holds(self) -> bool:
        """Whether the figure is what it must be."""
        return self.question.assertion.holds(self.measured)


class Readings:
    """The figures of all steps that a build has brought up to date, in the album's own store."""

    def __init__(self, opened: "Opened", result: "Result", *, store: "Store | None" = None) -> None:
        self._planned = opened.planned
        self._places = opened.manifest.places
        self._store = store or store_of(opened.root)
        self._good = {name: step for name, step in result.steps.items() if step.status in GOOD}
        self._read: dict[str, Mapping[str, Named]] = {}

    def answers(self) -> list[Answer]:
        """The answers to all questions whose sounds have been measured."""
        return [
            Answer(question=each, measured=each.measured(self._figures))
            for each in self._planned.questions
            if all(heard.step in self._good for heard in each.heard)
        ]

    def warnings(self) -> "list[Problem]":
        """What stands out among the songs of the album."""
        return [*consistency_problems(self._planned.media, self._of_master, self._places)]

    def broken_rules(self) -> "list[Problem]":
        """What was delivered and yet cannot be used as it is."""
        return [*cutting_problems(self._planned.media, self._of_sides, self._places)]

    def _of_sides(self, medium: "Medium") -> "Mapping[str, Named] | None":
        heard = Heard(f"deliver:{medium.name}")
        return self._figures(heard) if heard.step in self._good else None

    def _of_master(self, medium: "Medium", song: str) -> "Named | None":
        heard = master_of(medium, song)
        return self._figures(heard)[heard.sound] if heard.step in self._good else None

    def _figures(self, heard: "Heard") -> "Mapping[str, Named]":
        """What a step has measured, by the name of each of its sounds."""
        if heard.step not in self._read:
            blob = self._store.blob(self._good[heard.step].outputs[FIGURES])
            self._read[heard.step] = read_figures(blob)
        return self._read[heard.step]


def check_lines(found: "Sequence[Answer]") -> list[str]:
    """A line that counts them, and one for each that does not hold."""
    broken = [each for each in found if not each.holds]
    if not broken:
        return [f"checks: {_counted(len(found))}"] if found else []
    rows = [_row(each) for each in broken]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"checks: {len(broken)} of {len(found)} {_do(len(broken))} not hold"]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True))
        lines.append(f"  {'  '.join(cells)}".rstrip())
    return lines


def check_figures(found: "Iterable[Answer]") -> list[dict[str, Any]]:
    """Answers for JSON."""
    return [
        {
            "subject": each.question.subject,
            "figure": each.question.assertion.figure,
            "asked": _asked(each.question.assertion),
            "measured": _finite(each.measured),
            "at": str(each.question.at or ""),
            "because": each.question.because,
        }
        for each in found
    ]


def check_rows(found: "Iterable[Answer]") -> list[dict[str, Any]]:
    """Answers as the review page shows them, in words."""
    return [
        {
            "subject": each.question.subject,
            "rule": each.question.assertion.figure,
            "wanted": _asked(each.question.assertion),
            "figure": _shown(each.question.assertion.figure, each.measured),
            "holds": each.holds,
            "because": each.question.because,
            "where": str(each.question.at or ""),
        }
        for each in found
    ]


def rule_figures(broken: "Sequence[Problem]") -> list[dict[str, Any]]:
    """The rules that what was delivered breaks, for JSON."""
    return [
        {"rule": each.slug, "what": each.what, "why": each.why, "at": str(each.at or "")}
        for each in broken
    ]


def _row(answer: Answer) -> tuple[str, ...]:
    """Subject, figure, what it is, what was asked, and where."""
    question = answer.question
    assertion, at = question.assertion, question.at
    where = f"{at or ''}  {question.because}".strip()
    measured = _shown(assertion.figure, answer.measured)
    return question.subject, assertion.figure, measured, _asked(assertion), where


def _asked(assertion: Assertion) -> str:
    return f"{assertion.operator} {_shown(assertion.figure, assertion.value, plain=True)}"


def _shown(figure: str, value: float | None, *, plain: bool = False) -> str:
    """A figure as it is written in a manifest; measured ones to a hundredth."""
    if value is None:
        return "no value"
    if figure == "duration":
        minutes, hundredths = divmod(round(value * 100), 6000)
        return f"{minutes}:{hundredths / 100:05.2f}"
    if plain or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.5f}" if figure == "dc" else f"{value:.2f}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _counted(number: int) -> str:
    return "the one holds" if number == 1 else f"all {number} hold"


def _do(number: int) -> str:
    return "does" if number == 1 else "do"
