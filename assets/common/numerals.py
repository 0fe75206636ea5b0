"""How numbers are written: one rule for each kind of quantity, in sentences and in cells alike.

Belongs here: value in, text out. Does not belong here: money, dates and words (`assets.reports.page.formats`), what is
told.
"""

from __future__ import annotations

import math


def significant(value: float, digits: int) -> str:
    """Write `value` rounded to `digits` significant digits, with thousands separators and no exponent."""
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return without_zeros(f"{rounded:,.{max(decimals, 0)}f}")


def ratio(value: float) -> str:
    """Write a ratio or a small amount with two decimals, a large or a tiny one with three digits."""
    return f"{value:.2f}" if 0.1 <= abs(value) < 100 else significant(value, 3)


def without_zeros(text: str) -> str:
    """Return a number as text without the zeros that end its decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def beside(value: float, *bounds: float) -> str:
    """Write a ratio in a sentence that compares it with `bounds`: one that looks like a bound is said to be beside it.

    What is written is what a cell with the same value shows, so that one number is not written in two ways.
    """
    text = without_zeros(ratio(value))
    hidden = next((bound for bound in bounds if value != bound and float(text.replace(",", "")) == bound), None)
    return text if hidden is None else f"just {'below' if value < hidden else 'above'} {hidden:g}"
