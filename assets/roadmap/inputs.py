"""What the outline of an MVP takes in: market evidence, the roadmap, and the rules of the decision.

Belongs here: types, pure. Does not belong here: SQL (`fetch.py`), what follows from them (`mvp.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.evidence.basis import Basis
from assets.roadmap.graph import RoadmapGraph
from assets.segments.inputs import MarketInputs


@dataclass(frozen=True)
class Spread:
    """A declared value with the range in which it lies; all three are the same for what is one value."""

    low: float
    mid: float
    high: float

    @property
    def mean(self) -> float:
        """Of the triangular distribution with these corners."""
        return (self.low + self.mid + self.high) / 3


@dataclass(frozen=True)
class DecisionRules:
    """Rows of `evidence/public/readiness/decision_rules.csv` by name; the reasons stand there."""

    spreads: Mapping[str, Spread]
    bases: Mapping[str, Basis]

    def spread(self, name: str) -> Spread:
        """Return a rule with its range. Raises `ValueError` for one that is missing."""
        if name not in self.spreads:
            raise ValueError(f"readiness/decision_rules.csv lacks {name}; add a row for it")
        return self.spreads[name]

    def value(self, name: str) -> float:
        """Return the value of a rule. Raises `ValueError` for one that is missing."""
        return self.spread(name).mid

    def basis(self, *beginnings: str) -> Basis:
        """Return the evidence of all rules whose names begin so."""
        return Basis.all_of(basis for name, basis in self.bases.items() if name.startswith(beginnings))


@dataclass(frozen=True)
class RoadmapInputs:
    """All that the outline takes in. `rules` is None on a day before there were any: then nothing is computed."""

    market: MarketInputs
    graph: RoadmapGraph
    rules: DecisionRules | None
