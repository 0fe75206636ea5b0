"""What would change a gate: the smallest number of things more, or less, on record.

Belongs here: arithmetic on results, pure, and its words. Does not belong here: whether that is likely (`certainty.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assets.common.words import enumerated, number, sentence
from assets.readiness.model import Gate, GateStatus, RequirementResult


@dataclass(frozen=True)
class Flip:
    """What one requirement lacks to be met, or has to lose to be met no longer."""

    result: RequirementResult
    things: int

    @property
    def words(self) -> str:
        """The things with their number, as in "six more interviews on record"."""
        words = self.result.requirement.words
        return f"{number(self.things)} more {words.noun if self.things == 1 else words.nouns} {words.predicate}"

    @property
    def lost(self) -> str:
        """The same of what has to be lost, as in "two less of this: interviews on record"."""
        words = self.result.requirement.words
        return f"{number(self.things)} less of this: {words.nouns} {words.predicate}"


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
    spare = [Flip(result, things) for result in gate.results if (things := _spare(result)) is not None]
    return tuple(sorted(spare, key=lambda flip: flip.things)[:1])


def flip_sentence(gate: Gate) -> str:
    """Say what would flip a gate."""
    flips = flip_of(gate)
    if not flips:
        return "It is not known what would change this gate."
    if gate.status is GateStatus.PASS:
        return sentence([f"it would no longer pass with {flips[0].lost}"])
    return sentence([f"it would pass with {enumerated(flip.words for flip in flips)}"])


def _wanted(result: RequirementResult) -> int | None:
    """Return how many things are enough; None where that is not known."""
    if result.threshold is None:
        return None
    return math.ceil(result.threshold - (result.requirement.tolerance or 0))


def _lacks(result: RequirementResult) -> int | None:
    wanted = _wanted(result)
    return None if wanted is None else max(1, wanted - int(result.measurement.value or 0))


def _spare(result: RequirementResult) -> int | None:
    wanted, value = _wanted(result), result.measurement.value
    return None if wanted is None or value is None else int(value) - wanted + 1
