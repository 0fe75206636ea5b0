"""Days that a row speaks of although they came after it: what was learnt later belongs in a row of that later day.

Belongs here: finding such days in text, pure. Does not belong here: which rows are searched (`rows.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"
_DAY = re.compile(
    # 2024-11-04, 2024-11
    r"(?<![\d.])(?P<iso_year>20\d\d)-(?P<iso_month>0[1-9]|1[0-2])(?:-(?P<iso_day>0[1-9]|[12]\d|3[01]))?(?!\d)"
    # 4 Nov 2024, 4th November 2024, Nov 2024, November 4, 2024
    rf"|\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s)?(?P<month>{_MONTH})"
    r"(?:\s(?P<day_after>\d{1,2})(?:st|nd|rd|th)?,?)?\s(?P<year>20\d\d)\b"
    # H2 2024, Q3 2024, 2024H2, 2024 Q3
    r"|\b(?P<part>H[12]|Q[1-4])[\s-]?(?P<year_of_part>20[0-3]\d)(?![-\w])"
    r"|\b(?P<year_before_part>20[0-3]\d)[\s-]?(?P<part_after>H[12]|Q[1-4])\b"
    # A year alone may be a number of anything, unless a word of time stands before it.
    r"|\b(?:in|since|until|by|of|from|early|late|mid)[\s-](?P<only_year>20[0-3]\d)(?![-\w]|\s?[HQ][1-4]\b)"
)
_FIRST_MONTH = {"H1": 1, "H2": 7, "Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10}
_YEARS = ("iso_year", "year", "year_of_part", "year_before_part", "only_year")
_PLANNED = re.compile(r"\b(?:planned|due)(?: (?:for|from|until|by))? $")
"""What stands before a day that was planned on the day of the row, and so was known then."""


def later_days(text: str, day: date, today: date) -> Iterator[str]:
    """Yield each day, month or year in `text` that begins after `day`, as it is written.

    A day after `today` can only be planned. So is one with "planned" or "due" before it.
    """
    for found in _DAY.finditer(text):
        begins = _begins(found)
        if begins is not None and day < begins <= today and not _PLANNED.search(text[: found.start()]):
            yield found[0]


def _begins(found: re.Match[str]) -> date | None:
    """Return the first day of what was found; None where there is no such day, as in 2025-02-30."""
    said = found.groupdict()
    year = next(said[name] for name in _YEARS if said[name])
    part = said["part"] or said["part_after"]
    month = (
        MONTHS.index(said["month"][:3]) + 1 if said["month"] else _FIRST_MONTH[part] if part else said["iso_month"] or 1
    )
    try:
        return date(int(year), int(month), int(said["iso_day"] or said["day"] or said["day_after"] or 1))
    except ValueError:
        return None
