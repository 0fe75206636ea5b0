"""Days that a row speaks of although they came after it: what was learnt later belongs in a row of that later day.

Belongs here: finding such days in text, pure. Does not belong here: which rows are searched (`rows.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY = re.compile(
    r"(?<![\d.])(?P<iso_year>20\d\d)-(?P<iso_month>0[1-9]|1[0-2])(?:-(?P<iso_day>0[1-9]|[12]\d|3[01]))?(?!\d)"
    rf"|\b(?:(?P<day>\d{{1,2}})\s)?(?P<month>{'|'.join(MONTHS)})[a-z]*\.?\s(?P<year>20\d\d)\b"
    # A year alone may be a number of anything, unless a word of time stands before it.
    r"|\b(?:in|since|until|by|of|from|early|late|mid|H[12]|Q[1-4])[\s-](?P<only_year>20[0-3]\d)(?![-\w])"
)
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
    parts = found.groupdict()
    year = parts["iso_year"] or parts["year"] or parts["only_year"]
    month = MONTHS.index(parts["month"]) + 1 if parts["month"] else int(parts["iso_month"] or 1)
    try:
        return date(int(year), month, int(parts["iso_day"] or parts["day"] or 1))
    except ValueError:
        return None
