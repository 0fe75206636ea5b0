"""What a number of a report is made of: types only.

Belongs here: plain data. Does not belong here: how a number of some table is made (`derivations.py`), HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A row of a released table, and which of its numbers are meant where they are not based on the same."""

    table: str
    key: str
    part: str = ""


class CellName(NamedTuple):
    """A cell of a released table and how it is written."""

    table: str
    key: str
    column: str
    form: str = "plain"


@dataclass(frozen=True)
class Input:
    """One thing that goes into a number."""

    label: str | CellName | Place
    """Words without digits, since what is read as a number comes from a cell; a cell; or what the row of a place is
    about."""
    value: CellName | None = None
    leads_to: Place | None = None
    """Where it is said what this is made of."""
    rows: tuple[str, ...] = ()
    """Evidence ids of what it is based on, where that is not said elsewhere."""
    ends: tuple[CellName, CellName] | None = None
    """The ends between which nine draws of ten lie, or the ends of an interval."""
    unit: CellName | None = None


@dataclass(frozen=True)
class Derivation:
    """How a number is made: in words, from what, and the rows of evidence that go into it directly."""

    formula: str = ""
    """A sentence without figures; empty for what is shown as it stands in the evidence."""
    inputs: tuple[Input, ...] = ()
    rows: tuple[str, ...] = ()

    @property
    def is_observed(self) -> bool:
        """Whether the number is one row of evidence."""
        return not self.formula and not self.inputs and len(self.rows) == 1


Derive = Callable[[str, str], Derivation]
"""From the table and the key of a row."""
