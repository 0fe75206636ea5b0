"""What would change a gate: the smallest number of things more, or less, on record.

Belongs here: arithmetic on results, pure, and its words. Does not belong here: whether that is likely (`certainty.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from assets.common.words import enumerated, number, sentence
from assets.decision.certainty import counts_what
from assets.readiness.model import Gate, GateStatus, RequirementResult


@dataclass(frozen=True)
class Flip:
    """What one requirement lacks to be met, or has to lose to be met no longer."""

    result: RequirementResult
    things: int
    """Negative for fewer."""

    @property
    def words(self) -> str:
        """The things with their number, as in "six more interviews on record"."""
        words, many = self.result.requirement.words, abs(self.things)
        return (
            f"{number(many)} {'more' if self.things > 0 else 'fewer'} {words.noun if many == 1 else words.nouns} "
            f"{words.predicate}"
        )


def flip_of(gate: Gate) -> tuple[Flip, ...]:
    """Return the smallest change that flips a gate.

    For a gate that does not pass: what each of its requirements lacks. For one that passes: the single requirement
    with the least to lose. Nothing where no number of things would do, since it is not known how many are asked for.
    """
    if gate.status is not GateStatus.PASS:
        lacking = [(result, _lacks(result)) for result in gate.results if result.status is not GateStatus.PASS]
        if any(things is None for _, things in lacking):
            return ()
        return tuple(Flip(result, things) for result, things in lacking if things)
    spare = [Flip(result, things) for result in gate.results for things in _spare(result)]
    return tuple(sorted(spare, key=lambda flip: abs(flip.things))[:1])


def flip_sentence(gate: Gate) -> str:
    """Say what would flip a gate."""
    flips = flip_of(gate)
    if not flips:
        return "It is not known what would change this gate."
    if gate.status is GateStatus.PASS:
        return sentence([f"it would no longer pass with {flips[0].words}"])
    said = sentence([f"it would pass with {enumerated(flip.words for flip in flips)}"])
    counted = [counts_what(flip.result.requirement) for flip in flips]
    return f"{said} One may count for several of these." if len(set(counted)) < len(counted) else said


def _bounds(result: RequirementResult) -> tuple[int, int | None] | None:
    """Return how many things are enough, and at most allowed; None where it is not known how many are asked for."""
    if result.threshold is None:
        return None
    tolerance = result.requirement.tolerance or 0
    most = math.floor(result.threshold + tolerance) if result.requirement.comparison == "within" else None
    return math.ceil(result.threshold - tolerance), most


def _lacks(result: RequirementResult) -> int | None:
    """Return how many things are to come, or negative how many are too many."""
    if (bounds := _bounds(result)) is None:
        return None
    (wanted, most), value = bounds, int(result.measurement.value or 0)
    return most - value if most is not None and value > most else max(1, wanted - value)


def _spare(result: RequirementResult) -> Iterator[int]:
    """Yield how many things less, negative, and how many more would be no longer what is asked for."""
    bounds, value = _bounds(result), result.measurement.value
    if bounds is not None and value is not None:
        wanted, most = bounds
        if value >= wanted > 0:
            yield wanted - 1 - int(value)
        if most is not None:
            yield most + 1 - int(value)
