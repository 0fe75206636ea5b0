"""The parts of the board PDF, as its templates get them.

Belongs here: types. Does not belong here: which rows fill them (`content.py`), sentences and layout (`templates/`).

Each text is a cell of the release or of the one before it: a number is never computed here. Floats are positions in
figures, which nobody reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assets.reports.page.charts import BarPart
from assets.reports.page.spans import Span


@dataclass(frozen=True)
class PrintedCounted:
    """A number and whether it is one, for the word after it."""

    text: str
    is_one: bool


@dataclass(frozen=True)
class PrintedRecord:
    """What is on record of what a gate asks for; None where there is no such number."""

    found: str | None
    asked: str | None
    asked_high: str | None
    tolerance: str | None
    is_within: bool
    """Whether more than asked for is too much."""
    is_more: bool
    """Whether more is on record than asked for."""
    unit: str | None
    """None after a threshold of one, where it would be wrong."""
    basis: str
    is_inferred: bool
    """Whether nothing was found, which is taken as nothing being there."""
    marks: Sequence[str]


@dataclass(frozen=True)
class PrintedCertainty:
    """How likely something holds in truth."""

    probability: str
    low: str
    high: str
    span: Span


@dataclass(frozen=True)
class PrintedGate:
    """One thing that the milestone must reach."""

    title: str
    status: str
    status_word: str
    record: PrintedRecord
    grade: str
    what_flips_it: str
    """The smallest change on record that flips it, else why it stands as it does."""
    certainty: PrintedCertainty | None


@dataclass(frozen=True)
class PrintedChange:
    """What readers saw before and see now; None for what was not there."""

    title: str
    kind: str
    """A status, a count or a cost."""
    with_rln: bool | None
    """None for what is no cost case."""
    before: str | None
    now: str


@dataclass(frozen=True)
class PrintedSince:
    """What changed since another release."""

    made_on: str
    release_id: str
    answer_before: str
    is_same_answer: bool
    changes: Sequence[PrintedChange]
    has_more: bool


@dataclass(frozen=True)
class PrintedSpread:
    """A cost: the middle of all draws, and between which two nine of ten lie."""

    low: str
    middle: str
    high: str
    is_zero: bool
    span: Span


@dataclass(frozen=True)
class PrintedBill:
    """A cost case: a scenario, with or without RLN."""

    with_rln: bool
    provider: str
    region: str
    is_everywhere: bool
    """Whether the price holds in all regions."""
    infrastructure: PrintedSpread | None
    all_in: PrintedSpread | None
    unknown_because: str | None
    enough: str | None
    """Infrastructure that is enough in 95 of a hundred draws."""
    memberships: tuple[PrintedCounted, str] | None
    """How many are needed and how many the network allows, where that is too few."""
    parts: Sequence[BarPart]
    mean: str | None


@dataclass(frozen=True)
class PrintedScenario:
    """A workload, and its bills without and with RLN."""

    title: str
    bills: Sequence[PrintedBill]


@dataclass(frozen=True)
class PrintedCosts:
    """What running it costs a month."""

    scenarios: Sequence[PrintedScenario]
    has_more: bool
    tens: Sequence[float]
    """Where the powers of ten lie in the figures of intervals."""
    components: Sequence[tuple[str, str]]
    """Parts of any bill that cost anything, as programs and as readers call them."""


@dataclass(frozen=True)
class PrintedClaim:
    """A selling point and the problem that it is to solve, by what was said about it."""

    usp: str | None
    problem: str | None
    status: str
    worth: str
    heard: Sequence[tuple[str, PrintedCounted, str]]
    """How many agree of how many, by kind."""
    span: Span
    low: str
    high: str


@dataclass(frozen=True)
class PrintedSegment:
    """A customer segment in the ranking."""

    name: str
    decision: str
    among_first: str
    among_first_percent: float
    known: str
    criteria: str


@dataclass(frozen=True)
class PrintedCustomers:
    """What customers said."""

    held: Sequence[str]
    """Sentences on how many interviews and sessions are on record."""
    most_said: tuple[str, str] | None
    """The selling point about which most was said, and how much that is; None without one."""
    claims: Sequence[PrintedClaim]
    has_more_claims: bool
    unheard: Sequence[str]
    """Selling points of which nobody has spoken about any claim."""
    segments: Sequence[PrintedSegment]
    has_more_segments: bool


@dataclass(frozen=True)
class PrintedSecond:
    """The selling points that come second, and demand served less work of them and of the best."""

    usps: Sequence[str]
    worth: str
    worth_of_best: str


@dataclass(frozen=True)
class PrintedMoreOften:
    """Selling points that are the best in more draws than those that are chosen, and in how many."""

    usps: Sequence[str]
    win_share: str


@dataclass(frozen=True)
class PrintedOutline:
    """What the MVP would be."""

    kind: str
    finding: str
    usps: Sequence[str]
    segments: Sequence[str]
    weeks: PrintedCounted
    win_share: str | None
    more_often: PrintedMoreOften | None
    second: PrintedSecond | None


@dataclass(frozen=True)
class PrintedGap:
    """Work that is demanded and not done."""

    standing: str
    title: str
    state: str
    weeks: PrintedCounted | None
    is_effort_stated: bool
    """Whether the weeks are of work; else they are those that were planned."""
    usps: Sequence[str]


@dataclass(frozen=True)
class PrintedPiece:
    """Evidence to get next."""

    kind: str
    segment: str | None
    problems: Sequence[str]
    requirements: Sequence[str]
    criterion: str | None
    hours: PrintedCounted
    takes_away: Sequence[tuple[str, str]]
    """Of which risk it takes away which share, those above nothing."""


@dataclass(frozen=True)
class Board:
    """The whole document."""

    title: str
    answer: str
    look: str
    reason: str
    packs: str
    is_usual: bool
    """Whether the release is of the public evidence of all days, as usual."""
    as_of: str | None
    made_on: str
    release_id: str
    code_version: str
    checks_passed: str
    checks_warned: str
    is_illustrative: bool
    gates: Sequence[PrintedGate]
    weakest: tuple[str, str, str] | None
    """Gate, requirement and grade of the weakest link of what decides."""
    since: PrintedSince | None
    costs: PrintedCosts
    customers: PrintedCustomers
    outlines: Sequence[PrintedOutline]
    gaps: Sequence[PrintedGap]
    has_more_gaps: bool
    interviews: Sequence[PrintedPiece]
    others: Sequence[PrintedPiece]
    certainty: PrintedCertainty | None
