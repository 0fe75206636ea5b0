"""Values of frames as plain Python: what JSON and pages are written from.

Belongs here: the marks of pandas and numpy, taken off. Does not belong here: how a value is shown (`numerals.py`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

PLAIN = frozenset({str, int, bool, type(None)})
"""Types of values that have no mark."""


def plain_value(value: Any) -> Any:
    """Return a value without the marks of pandas: NaN is None, a whole number has no point, an array is a list."""
    if type(value) in PLAIN:  # nearly every one of a million values in the pages of a release
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return list(value)
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
