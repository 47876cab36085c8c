"""A problem as plain text: where, the line with a caret, what, why, fix."""

from unicodedata import combining, east_asian_width

from albumbuild.model.problem import Problem, Span

WIDTH = 100
TAB = 4
MOST_SHOWN = 4 * WIDTH
"""Characters of a line that are looked at on either side: a line may be a whole album."""


def render_problem(problem: Problem) -> str:
    """The problem as users read it, without a line break at the end.

    What it repeats of a manifest can hold anything, also what moves a terminal's cursor:
    each part stays on its line, and what cannot be seen shows as `\ufffd`.
    """
    lines = [f"{problem.severity}[{problem.slug}]: {_shown(problem.what)}"]
    margin = ""
    if problem.at is not None:
        number = str(problem.at.line)
        margin = " " * len(number)
        text, caret = _quoted(problem.at)
        lines += [
            f"{margin}--> {problem.at}",
            f"{margin} |",
            f"{number} | {text}".rstrip(),
            f"{margin} | {caret}",
        ]
    for name, said in (("why", problem.why), ("fix", problem.fix)):
        if said:
            lines.append(f"{margin} = {name}: {_shown(said)}")
    return "\n".join(lines)


def _quoted(span: Span) -> tuple[str, str]:
    """The line, cut to `WIDTH` around the span, and the caret under it."""
    lines = span.source.lines
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    before = _shown(line[max(0, start - MOST_SHOWN) : start])
    marked = _shown(line[start:end][:MOST_SHOWN])
    after = _shown(line[end:].rstrip()[:MOST_SHOWN])
    if _width(before + marked + after) > WIDTH:
        before, marked, after = _cut(before, marked, after)
    return before + marked + after, " " * _width(before) + "^" * max(1, _width(marked))


def _cut(before: str, marked: str, after: str) -> tuple[str, str, str]:
    marked = _head(marked, WIDTH - 20)
    room = WIDTH - _width(marked)
    tail = _head(after, max(room // 3, room - _width(before)))
    room -= _width(tail)
    if _width(before) > room:
        kept = before
        while _width(kept) > room - 1:
            kept = kept[1:]
        before = "…" + kept
    return before, marked, tail


def _head(text: str, room: int) -> str:
    if _width(text) <= room:
        return text
    while _width(text) > room - 1:
        text = text[:-1]
    return text + "…"


def _shown(text: str) -> str:
    expanded = text.replace("\t", " " * TAB)
    return "".join(each if each.isprintable() else "\ufffd" for each in expanded)


def _width(text: str) -> int:
    return sum(
        0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text
    )
