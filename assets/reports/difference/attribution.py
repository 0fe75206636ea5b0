"""How much of a change each of several groups of changes makes: one at a time, or by Shapley values.

Belongs here: the arithmetic over any function of a set of groups, pure. Does not belong here: what a group is
(`rows.py`), what is computed of it (`costs.py`, `gates.py`).

Shapley, L. S. (1953): A value for n-person games.
Sampling: Castro, Gomez and Tejada (2009), doi:10.1016/j.cor.2008.04.004.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import factorial
from typing import Literal, TypeAlias

MOST_INTERACTION = 0.1
"""Of the total: what effects one at a time may differ from it by before they are taken together."""
MOST_EXACT = 6
"""Up to this many groups, all their 2^n sets are computed. Of more groups, random orders are drawn."""
ORDERS = 12
SEED = 20261123

Group: TypeAlias = str
Worth: TypeAlias = Callable[[frozenset[Group]], float | None]
"""The number with some groups of changes made; None where it is not known."""
Method: TypeAlias = Literal["one at a time", "Shapley", "Shapley, sampled"]


@dataclass(frozen=True)
class Attribution:
    """The effect of each group. Shapley values add up to `total`, effects one at a time nearly."""

    method: Method
    total: float
    effects: Mapping[Group, float]

    @property
    def adds_up(self) -> bool:
        """Whether the effects differ from the total by no more than changes may act together."""
        return abs(sum(self.effects.values()) - self.total) <= MOST_INTERACTION * abs(self.total)


@dataclass(frozen=True)
class JudgementAttribution:
    """What moved a judgement: its state, whose effects add up to one, or else its value."""

    is_of_state: bool
    attribution: Attribution


@dataclass(frozen=True)
class CostAttribution:
    """What moved the cost of a scenario. `code` is what its number changed by without any input of the model."""

    attribution: Attribution
    code: float


def one_at_a_time(worth: Worth, groups: Sequence[Group]) -> Attribution | None:
    """Return what each group does alone. None where what one of them, none or all of them make is not known."""
    nothing, everything = worth(frozenset()), worth(frozenset(groups))
    alone = [worth(frozenset([group])) for group in groups]
    if nothing is None or everything is None or None in alone:
        return None
    effects = {group: value - nothing for group, value in zip(groups, alone, strict=True) if value is not None}
    return Attribution("one at a time", everything - nothing, effects)


def attributed(worth: Worth, groups: Sequence[Group]) -> Attribution | None:
    """Attribute `worth` of all groups, less that of none, to each. None where one that is asked for is not known."""
    known = cache(worth)
    alone = one_at_a_time(known, groups)
    if alone is None or alone.adds_up:
        return alone
    is_exact = len(groups) <= MOST_EXACT
    values = (shapley_values if is_exact else sampled_shapley_values)(known, groups)
    return None if values is None else Attribution("Shapley" if is_exact else "Shapley, sampled", alone.total, values)


def shapley_values(worth: Worth, groups: Sequence[Group]) -> dict[Group, float] | None:
    """Return the mean of what each group adds to those before it, over all orders of the groups.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (worth(S + i) - worth(S)). None where one is not known.
    """
    count = len(groups)
    values = dict.fromkeys(groups, 0.0)
    for group in groups:
        others = [other for other in groups if other != group]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                before, after = worth(frozenset(chosen)), worth(frozenset((*chosen, group)))
                if before is None or after is None:
                    return None
                values[group] += weight * (after - before)
    return values


def sampled_shapley_values(worth: Worth, groups: Sequence[Group], orders: int = ORDERS) -> dict[Group, float] | None:
    """Return the same over some orders, half of them drawn with a fixed seed and half those reversed."""
    draw = random.Random(SEED)  # noqa: S311 - no secret
    values = dict.fromkeys(groups, 0.0)
    for _ in range(orders // 2):
        drawn = draw.sample(list(groups), len(groups))
        for order in (drawn, drawn[::-1]):
            for position, group in enumerate(order):
                before, after = worth(frozenset(order[:position])), worth(frozenset(order[: position + 1]))
                if before is None or after is None:
                    return None
                values[group] += (after - before) / (orders // 2 * 2)
    return values
