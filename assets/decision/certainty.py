"""How sure a gate is: the probability that it passes in truth, given what is not known and what may be mistaken.

Belongs here: the model of a count, pure. Does not belong here: the state of a gate (`model.py`), which compares what is
on record with what was asked and takes nothing for granted.

What is on record may be mistaken, and something may not be on record. The true count of a requirement is

    Binomial(count on record, 1 - mistaken) + Geometric(mean unrecorded)

`mistaken` goes by the grade of the count; what we counted ourselves is measured. `unrecorded` goes by what the count is
based on, and is a multiple of what is asked for. Both are declared as a range and drawn from a triangular distribution,
once for all counts of a kind. Given these, requirements are independent, but for those that count the same
conversations: of these the least likely one decides. The geometric distribution is that of the largest entropy among
counts of a given mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from assets.evidence import counters
from assets.evidence.model import Grade
from assets.readiness.model import Gate, GateStatus, MetricValue, NumberOrigin, Requirement, RequirementResult, Verdict
from assets.roadmap.inputs import DecisionRules, Spread

Array = npt.NDArray[np.float64]

DRAWS: Final = 4096
SEED: Final = 20261130
"""The same draws in each run."""
INTERVAL: Final = 0.9


@dataclass(frozen=True)
class CountPriors:
    """What is declared of counts: by origin how many are not on record, as a multiple of what is asked for; by grade
    which share may be mistaken."""

    unrecorded: Mapping[str, Spread]
    mistaken: Mapping[Grade, Spread]

    @classmethod
    def of(cls, rules: DecisionRules) -> CountPriors:
        """Return what is declared. Raises `ValueError` where a rule is missing."""
        return cls(
            {origin.value: rules.spread(f"unrecorded_{origin.value}") for origin in NumberOrigin},
            {
                grade: rules.spread(f"mistaken_{grade.value}")
                for grade in (Grade.MEASURED, Grade.PUBLISHED, Grade.ESTIMATED)
            },
        )


@dataclass(frozen=True)
class Certainty:
    """The probability that something holds, with the ends between which nine of ten draws of the priors lie."""

    probability: float
    low: float
    high: float

    @classmethod
    def of(cls, probabilities: Array) -> Certainty:
        """Return that of draws."""
        low, high = np.quantile(probabilities, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
        return cls(float(probabilities.mean()), float(low), float(high))


def probabilities_of(results: Sequence[RequirementResult], priors: CountPriors, draws: int = DRAWS) -> dict[str, Array]:
    """Return by requirement, in each draw of the priors, the probability that it is met; shape (draws,)."""
    unrecorded = {origin: _drawn(spread, origin, draws) for origin, spread in priors.unrecorded.items()}
    mistaken = {grade: _drawn(spread, grade.value, draws) for grade, spread in priors.mistaken.items()}
    none = np.zeros(draws)
    return {
        result.requirement.requirement_id: met(
            result.requirement,
            result.measurement,
            unrecorded[result.measurement.origin.value],
            mistaken.get(graded(result.measurement), none),
        )
        for result in results
    }


def graded(measured: MetricValue) -> Grade:
    """Return the grade of a count: what we counted ourselves is measured, whatever the rows are."""
    return Grade.MEASURED if measured.origin is NumberOrigin.COUNTED else measured.basis.grade


def met(requirement: Requirement, measured: MetricValue, unrecorded: Array, mistaken: Array) -> Array:
    """Return the probability that a requirement is met for each `unrecorded` multiple and `mistaken` share.

    Of a requirement without a threshold nothing is known: one half.
    """
    threshold = measured.of if requirement.comparison == "all" else requirement.threshold
    if threshold is None:
        return np.full(len(unrecorded), 0.5)
    tolerance, missed = requirement.tolerance or 0.0, unrecorded * threshold
    on_record = int(measured.value or 0)
    enough = _at_least(threshold - tolerance, on_record, missed, mistaken)
    if requirement.comparison != "within":
        return enough
    return enough - _at_least(np.floor(threshold + tolerance) + 1, on_record, missed, mistaken)


def gate_probability(gate: Gate, probabilities: Mapping[str, Array]) -> Array:
    """Return the probability that all requirements of a gate are met, in each draw."""
    groups: dict[str, list[Array]] = {}
    for result in gate.results:
        groups.setdefault(counts_what(result.requirement), []).append(probabilities[result.requirement.requirement_id])
    return _all(np.min(np.stack(group), axis=0) for group in groups.values())


def counts_what(requirement: Requirement) -> str:
    """Name the things that a requirement counts: the same for those that count some of the same conversations."""
    counter = requirement.counter
    if isinstance(counter, counters.SessionsAtEventCounter):
        return "session"
    if isinstance(counter, counters.ConversationsCounter):
        return counter.kind
    return requirement.requirement_id


def verdict_probability(verdict: Verdict, probabilities: Mapping[str, Array]) -> Array:
    """Return the probability that all gates pass, in each draw; one half where nothing is asked for."""
    if not verdict.gates:
        return np.full(1, 0.5)
    return _all(gate_probability(gate, probabilities) for gate in verdict.gates)


def chance_wrong(status: GateStatus, probability: float) -> float | None:
    """Return the chance that a state is wrong; None for one that says nothing."""
    return {GateStatus.PASS: 1 - probability, GateStatus.FAIL: probability}.get(status)


def _at_least(wanted: float, on_record: int, unrecorded: Array, mistaken: Array) -> Array:
    """Return the probability that the true count is `wanted` or more."""
    counts = np.arange(on_record + 1)
    held = binom.pmf(counts[:, None], on_record, 1 - mistaken)
    short = np.maximum(np.ceil(wanted) - counts, 0)[:, None]
    return np.asarray((held * (unrecorded / (1 + unrecorded)) ** short).sum(axis=0))


def _all(probabilities: Iterable[Array]) -> Array:
    return np.asarray(np.prod(np.stack(list(probabilities)), axis=0))


def _drawn(spread: Spread, name: str, draws: int) -> Array:
    # A seed of its own, so that one rule more leaves the others as they are.
    random = np.random.default_rng([SEED, *name.encode()])
    if spread.low == spread.high:
        return np.full(draws, spread.mid)
    return random.triangular(spread.low, spread.mid, spread.high, draws)
