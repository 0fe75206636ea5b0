"""How a count is said in plain words: "Two of about ten interviews are on record".

Belongs here: sentences. Does not belong here: the words for what is counted (they are evidence), what is counted
(`measures.py`) and whether it is enough (`model.py`). No number is spelt here: all come from evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.common.words import number


@dataclass(frozen=True)
class Words:
    """`noun` and `nouns` name what is counted, `predicate` follows "is" or "are"."""

    noun: str
    nouns: str
    predicate: str


@dataclass(frozen=True)
class Asked:
    """How many are asked for: `low`, to `high` if there is one; `is_about` where fewer or other numbers do as well."""

    low: float
    high: float | None = None
    is_about: bool = False

    @property
    def text(self) -> str:
        """The number in words."""
        text = number(self.low) if self.high is None else f"{number(self.low)} to {number(self.high)}"
        return f"about {text}" if self.is_about else text


def counted(words: Words, value: float, asked: Asked) -> str:
    """Say how many there are of how many."""
    is_one_of_one = asked.low == 1 and asked.high is None
    if is_one_of_one and value in (0, 1):
        return f"{'one' if value else 'no'} {words.noun} is {words.predicate}"
    if value > asked.low or (asked.high is not None and value == asked.low):
        was = "was" if is_one_of_one else "were"
        return f"{number(value)} {words.nouns} are {words.predicate}, {asked.text} {was} asked for"
    return f"{number(value)} of {asked.text} {words.nouns} {'is' if value <= 1 else 'are'} {words.predicate}"


def not_counted(words: Words, why: str) -> str:
    """Say that the number is not known, and why."""
    return f"the number of {words.nouns} is not known: {why}"


def inferred_absent(words: Words) -> str:
    """Say that nothing was found, and that nothing more than that shows that there is nothing."""
    return f"no {words.noun} was found (inferred from absence)"


def beside(what: str) -> str:
    """Say what stands beside a number and is not part of it."""
    return f"not counted: {what}"
