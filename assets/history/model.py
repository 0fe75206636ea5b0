"""Month-ends, and what of the evidence was known on a day: what decides whether a past day has to be judged again.

Belongs here: days and names of content, pure. Does not belong here: how a day is judged (`fetch.py`), tables
(`frames.py`).
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

FIRST_MONTH_END = date(2024, 9, 30)
"""Of the month in which the default milestone was written."""


@dataclass(frozen=True)
class DatedEvidence:
    """A row of evidence by a hash of what it says, with the day from which it counts.

    `observed_on` is the day of a published observation; None where that is not published, or where the row says what is
    asked for and no observation.
    """

    evidence_id: str
    content_hash: str
    day: date
    observed_on: date | None = None

    @property
    def table(self) -> str:
        """The table of evidence that it is a row of."""
        return self.evidence_id.partition("/")[0]


def month_ends(last: date | None) -> list[date]:
    """Return the month-ends from the first one to the newest that is not after `last`; none without a last day."""
    days = []
    day = FIRST_MONTH_END
    while last is not None and day <= last:
        days.append(day)
        following = day + timedelta(days=1)
        day = following.replace(day=monthrange(following.year, following.month)[1])
    return days


def last_day(as_of: date | None, rows: Iterable[DatedEvidence]) -> date | None:
    """Return the day up to which there is a history: the as-of day, else that of the newest observation."""
    return as_of or max((row.observed_on for row in rows if row.observed_on), default=None)


def names_of_known(rows: Iterable[DatedEvidence], days: Sequence[date]) -> dict[date, str]:
    """Name what was known on each of `days`, which ascend. Two days with one name have one answer.

    A row that counts later changes no name of an earlier day.
    """
    ordered = sorted(rows, key=attrgetter("day", "evidence_id"))
    total, position = hashlib.sha256(), 0
    names = {}
    for day in days:
        while position < len(ordered) and ordered[position].day <= day:
            row = ordered[position]
            total.update(f"{row.evidence_id}\0{row.content_hash}\0".encode())
            position += 1
        names[day] = total.hexdigest()
    return names
