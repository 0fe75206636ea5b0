"""A limit of latency: which share of the operations may come later, and how many operations tell whether they do.

Belongs here: limits, and what counting late operations says of a percentile, pure. Does not belong here: the limits
themselves, which are rows of `benchmarks__latency_targets`, and the search for a rate that keeps one
(`measuring/capacity_search.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

TIMES = 2
"""A try has enough operations to see that this many times the allowed share of them is late."""

DOUBT = 0.025
"""How often one try may tell it wrongly. A late rate is offered once more and passes wrongly in 5 of 100 cases."""

BEYOND_DOUBT = 0.001
"""A count of late operations that is less probable than this, if the limit is kept, shows that it is not."""

MILLISECONDS = {"ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Limit:
    """A latency that `percentile` of 100 operations have to be below; `target` is its row of evidence."""

    target: str
    ms: float
    percentile: float

    @property
    def allowed_share(self) -> float:
        """Share of the operations that may be late."""
        return round(1 - self.percentile / 100, 9)

    def is_kept(self, late_share: float) -> bool:
        """Return whether no more are late than may be."""
        return late_share <= self.allowed_share

    def is_missed(self, late: int, operations: int) -> bool:
        """Return whether `late` of `operations` are too many for chance to explain, were the limit kept."""
        return _more_than(late - 1, operations, self.allowed_share) <= BEYOND_DOUBT

    @property
    def least_operations(self) -> int:
        """How many operations a try needs for the percentile to mean something.

        A rate at which `TIMES` the allowed share is late then passes in at most `DOUBT` of all tries, and one at which
        it is the allowed share over `TIMES` fails in at most as many: exact binomial probabilities, for operations
        that are late independently of each other. Multiples of the number that allows one more to be late are
        looked at, between which fewer pass.
        """
        allowed = self.allowed_share
        for late in count(1):
            operations = math.ceil(late / allowed - 1e-6)
            passes_wrongly = 1 - _more_than(late, operations, min(1.0, TIMES * allowed))
            fails_wrongly = _more_than(late, operations, allowed / TIMES)
            if max(passes_wrongly, fails_wrongly) <= DOUBT:
                return operations
        raise AssertionError  # `count` does not end


def limits_by_target(rows: Iterable[Mapping[str, Any]]) -> dict[str, Limit]:
    """Return the limits by id from rows of `benchmarks__latency_targets` (id, value, unit, percentile).

    A row without value or percentile is no limit. Raises ValueError if a unit is not `ms` or `s`.
    """
    known = {}
    for row in rows:
        if row["unit"] not in MILLISECONDS:
            raise ValueError(f'latency target "{row["id"]}" has the unit "{row["unit"]}"; expected ms or s')
        if row["value"] is not None and row["percentile"] is not None:
            known[row["id"]] = Limit(row["id"], row["value"] * MILLISECONDS[row["unit"]], row["percentile"])
    return known


def _more_than(late: int, operations: int, share: float) -> float:
    """Return the probability of more than `late` late ones, if each operation is late with probability `share`."""
    return 1 - sum(
        math.comb(operations, i) * share**i * (1 - share) ** (operations - i) for i in range(max(0, late + 1))
    )
