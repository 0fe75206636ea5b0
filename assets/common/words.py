"""How clauses become sentences, and small numbers words.

Belongs here: grammar, pure. Does not belong here: what is said, numbers in digits (`numerals.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(value: float) -> str:
    """Say a small whole number in words, any other in digits."""
    is_small = value == int(value) and 0 <= value < len(NUMBERS)
    return NUMBERS[int(value)] if is_small else f"{value:,.10g}"


def sentence(clauses: Iterable[str]) -> str:
    """Join clauses to one sentence."""
    return sentences(["; ".join(clauses)])


def sentences(clauses: Iterable[str]) -> str:
    """Return each clause as a sentence of its own."""
    return " ".join(f"{clause[:1].upper()}{clause[1:]}." for clause in clauses)


def enumerated(names: Iterable[str]) -> str:
    """Join names as in "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
