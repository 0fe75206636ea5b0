"""Numbers as people write them: what is wrong with one, and which number was meant, as far as its text tells.

Belongs here: from a text to words about it, pure. Does not belong here: days (`dates.py`), what a column takes
(`wording.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

NOT_KNOWN = "or nothing if it is not known"
ALONE = "the number alone, in the unit of its column or row"

_NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_WITH_COMMA = re.compile(r"[+-]?\d[\d.]*(,\d+)+(\.\d+)?", re.ASCII)
_WITH_GAPS = re.compile(r"([+-]?\d{1,3})([ _'’\u00a0\u202f]\d{3})+([.,]\d+)?", re.ASCII)
_WITH_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}", re.ASCII)
_WITH_UNIT = re.compile(r"[^\d.+-]*([+-]?\d+(\.\d+)?)\s*[^\d\s.,][^\d,]*|[^\d.,+-]+\s*([+-]?\d+(\.\d+)?)", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_BOUND = re.compile(r"\s*[<>≤≥~≈±]|\s*(?:ca|about|up to|at least|over|under)\b", re.IGNORECASE)
"""How a text begins that is a bound or a guess and no number."""
_DASHES = {"\u2013": "en dash", "\u2014": "em dash", "\u2212": "minus sign"}
_NOBODY_KNOWS = re.compile(r"n\.? ?/? ?a\.?|tbd|tbc|to ?do|unknown|not known|none|null|nil|[-–—?]+", re.IGNORECASE)
_CURRENCY = r"(?:[$€£¥]|usd|eur|gbp|chf|dollars?|euros?)"
_PARTS = re.compile(
    rf"{_CURRENCY}?\s*(?P<number>[+-]?\d[\d.,'’_]*(?:[ \u00a0\u202f]\d{{3}})*(?:[.,]\d+)?)\s*(?P<rest>\D*)",
    re.IGNORECASE | re.ASCII,
)
_SCALES: tuple[tuple[str, int, str], ...] = (
    ("thousands", 10**3, r"k|tsd|thousands?|tausend"),
    ("lakhs", 10**5, r"lakhs?"),
    ("millions", 10**6, r"m|mm|mn|mio|mln|millions?"),
    ("crores", 10**7, r"crores?"),
    ("billions", 10**9, r"b|bn|mrd|billions?"),
    ("trillions", 10**12, r"tn|trillions?"),
)
"""What a word after a number counts, in the plural; how many that is; the words."""
_OF_COLUMN: tuple[tuple[str, dict[str, str]], ...] = (
    (r".*_gib", {"gib": "1", "tib": "1024", "mib": "0.0009765625"}),
    (r".*_gb", {"gb": "1", "tb": "1000"}),
    (r".*_tb_per_month", {"tb": "1", "gb": "0.001"}),
    (r"vcpus|cpu_cores", dict.fromkeys(("vcpu", "vcpus", "cpu", "cpus", "core", "cores"), "1")),
    (r".*_per_month", dict.fromkeys(("/mo", "/month", "per month", "a month", "monthly"), "1")),
    (r".*_per_hour", dict.fromkeys(("/h", "/hr", "/hour", "per hour", "an hour", "hourly"), "1")),
    (r".*_bytes", {"b": "1", "byte": "1", "bytes": "1", "kib": "1024", "mib": "1048576"}),
)
"""By the name of a column, how many of its unit a unit is that somebody may write."""


def not_a_number(text: str, shown: str, column: str) -> tuple[str, str]:
    """Return what is wrong with a text that is no number, and a hint: what was meant, or what is missing.

    `shown` is the text as messages show it.
    """
    if _NOT_FINITE.fullmatch(text):
        return f"{shown} is not a finite number", NOT_KNOWN
    if _NOBODY_KNOWS.fullmatch(text):
        return f"{shown} is not a number", NOT_KNOWN
    if found := next((c for c in text if c in _DASHES), None):
        return f"{shown} has U+{ord(found):04X} ({_DASHES[found]}) in place of -", "a plain -"
    if _WITH_COMMA.fullmatch(text):
        hint = f"with a point for decimals and no thousands separator, such as {_either(readings(text))}"
        return f"{shown} has a comma", hint
    if _WITH_GAPS.fullmatch(text):
        return f"{shown} has a thousands separator", f"written without one, such as {_either(readings(text))}"
    if _WITH_POINTS.fullmatch(text):
        return f"{shown} has points between thousands", f"written without one, such as {_either(readings(text))}"
    if not _BOUND.match(text) and (hint := _without_unit(text, column)):
        return f"{shown} has text beside the number", hint
    return f"{shown} is not a number", ""


def readings(text: str) -> list[Decimal]:
    """Return the numbers that a text with separators may mean: none, one, or two where a comma may be either."""
    plain = re.sub(r"[ _'’\u00a0\u202f]", "", text)
    if _WITH_POINTS.fullmatch(plain):
        return [Decimal(plain.replace(".", ""))]
    if _PLAIN.fullmatch(plain):
        return [Decimal(plain)]
    if not _WITH_COMMA.fullmatch(plain):
        return []
    as_point, left_out = plain.replace(".", "").replace(",", "."), plain.replace(",", "")
    if "." in plain:
        chosen = [left_out if plain.rindex(".") > plain.rindex(",") else as_point]
    elif plain.count(",") > 1:
        chosen = [left_out]  # groups of two or three digits, as in 12,34,567
    elif len(plain.rpartition(",")[2]) == 3 and plain == text:
        chosen = [as_point, left_out]
    else:
        chosen = [as_point]
    return [Decimal(one) for one in chosen if one.count(".") < 2]


def _without_unit(text: str, column: str) -> str:
    """Return what is meant by a number with text beside it, as far as the text tells; "" if it has none."""
    parts = _PARTS.fullmatch(text)
    found = readings(parts["number"]) if parts else []
    if parts is None or not found:
        return ALONE if _WITH_UNIT.fullmatch(text) else ""
    rest = re.sub(_CURRENCY, "", parts["rest"].lower(), count=1).strip()
    if not rest:
        return f"without a unit, such as {_either(found)}"
    if rest == "%" and len(found) == 1:
        return f"without a unit, such as {_text(found[0])}, or {_text(found[0] / 100)} where it is a share of 1"
    for name, scale, words in _SCALES:
        if len(found) == 1 and re.fullmatch(rf"(?:{words})\.?", rest):
            counts = f"or {_text(found[0])} where the unit of the row counts {name}"
            return f"written out, such as {_text(found[0] * scale)}, {counts}"
    for columns, units in _OF_COLUMN:
        if re.fullmatch(columns, column) and rest in units:
            return f"without a unit, such as {' or '.join(_text(one * Decimal(units[rest])) for one in found)}"
    return ALONE


def _either(numbers: Sequence[Decimal]) -> str:
    return " or ".join(dict.fromkeys(f"{number:f}" for number in numbers))


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
