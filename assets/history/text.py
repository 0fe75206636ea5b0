"""The history as a chart of text: a mark for each month-end.

Belongs here: layout. Does not belong here: what is shown, and reading it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

MARKS = {"pass": "✔", "ready": "✔", "fail": "✘", "not_ready": "✘", "unknown": "?"}
LEGEND = "✔ passes   ✘ fails   ? cannot be judged"
NOTHING, NOT_ASKED = "·", "not asked for"
"""On a day on which there was no such gate."""


def chart(days: Sequence[date], rows: Mapping[str, Mapping[date, str]]) -> list[str]:
    """Return a line of marks for each of `rows`, titles to states by day, under two lines of years and months."""
    width = max((len(title) for title in rows), default=0)
    lines = [
        f"{'':<{width}}  {_years(days)}",
        f"{'':<{width}}  {' '.join(f'{day:%B}'[0] for day in days)}",
    ]
    for title, states in rows.items():
        marks = (MARKS[states[day]] if day in states else NOTHING for day in days)
        lines.append(f"{title:<{width}}  {' '.join(marks)}")
    return [line.rstrip() for line in lines]


def changes(days: Sequence[date], rows: Mapping[str, Mapping[date, str]]) -> list[str]:
    """Return a line for each of `rows`, titles to words by day, that differs from the month-end before."""
    return [
        f"{day:%Y-%m}  {title}: {words.get(before, NOT_ASKED)} → {words.get(day, NOT_ASKED)}"
        for before, day in pairwise(days)
        for title, words in rows.items()
        if words.get(before) != words.get(day)
    ]


def _years(days: Sequence[date]) -> str:
    """Put each year above its first month, each of which is two characters wide."""
    line = ""
    for position, day in enumerate(days):
        if position == 0 or days[position - 1].year != day.year:
            line = f"{line:<{position * 2}}{day.year}"
    return line
