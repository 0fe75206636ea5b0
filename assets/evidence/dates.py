"""Days as programs and people write them.

Belongs here: from a text to the days that it may mean, pure. Does not belong here: what is done about two of them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

_TIME = r"(?:[T ,]+(?:at )?\d{1,2}:\d{2}.*)?"
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan jän", "feb fev fév", "mar mär mrz", "apr avr", "may mai", "jun juin", "jul juil", "aug aou aoû", "sep",
         "oct okt", "nov", "dec dez déc"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""How the names of months begin in English, German and French."""
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-zéû]*\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"

_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_WITH_DOTS = re.compile(rf"(\d{{1,2}})\. ?(\d{{1,2}})\. ?(\d{{4}}){_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_IN_WORDS = re.compile(
    rf"{_WEEKDAY}(?:{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})"
    rf"|(?P<day_2>\d{{1,2}})(?:st|nd|rd|th|er|\.)?[ -]{_MONTH.replace('month', 'month_2')}[ -](?P<year_2>\d{{4}}))"
    rf"{_TIME}",
    re.ASCII | re.IGNORECASE,
)


def days_of(text: str) -> list[date]:
    """Return the days that a text may mean, without its time: none, one, or two where month and day may be swapped."""
    text = " ".join(text.split())
    if found := _YEAR_FIRST.fullmatch(text):
        return _days((found[1], found[3], found[4]))
    if found := _WITH_DOTS.fullmatch(text):
        return _days((found[3], found[2], found[1]))
    if found := _YEAR_LAST.fullmatch(text):
        return _days((found[4], found[1], found[3]), (found[4], found[3], found[1]))
    if found := _IN_WORDS.fullmatch(text):
        month = _MONTHS[(found["month"] or found["month_2"]).lower()]
        return _days((found["year"] or found["year_2"], str(month), found["day"] or found["day_2"]))
    return []


def _days(*readings: tuple[str, str, str]) -> list[date]:
    found = []
    for year, month, day in readings:
        with suppress(ValueError):
            found.append(date(int(year), int(month), int(day)))
    return list(dict.fromkeys(found))
