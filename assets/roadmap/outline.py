"""Which USPs make the MVP: an exact choice, what comes second, and how often each choice wins when all is uncertain.

Belongs here: the optimisation, pure. Does not belong here: where shares, weights and efforts come from, and what is
missing for a choice (`mvp.py`), tables (`frames.py`).

A choice is a set of USPs and of segments that it serves. A segment counts by its weight, split evenly over its
problems; a problem counts by the share of customers who agree to the best chosen USP for it. A choice takes the weeks
of all deliverables that its USPs and segments need and that are not done, each once. Its value is

    weight_demand * demand served, as a share of all  -  weight_effort * weeks, as a share of all weeks

This is a facility location problem with shared set-up costs (Cornuejols, Nemhauser, Wolsey 1990), solved to its optimum
by HiGHS through `scipy.optimize.milp`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Array = npt.NDArray[np.float64]
INFEASIBLE: Final = 2
"""Status of `scipy.optimize.milp`."""
WHOLE_WITHIN: Final = 1e-6
"""How far from a whole number the solver may end (HiGHS: `mip_feasibility_tolerance`)."""
Row = tuple[dict[int, float], float]
"""Of the programme: by column what it is multiplied by, and what the sum is at most."""


@dataclass(frozen=True)
class Choice:
    """USPs and the segments that they serve, by name."""

    usps: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DemandCell:
    """A USP for a problem of a segment; without a problem, for the segment as a whole."""

    usp: str
    segment: str
    problem: str | None


@dataclass(frozen=True)
class Options:
    """What can be chosen. Deliverables are those that are not done; each name leads to all that it needs."""

    cells: tuple[DemandCell, ...]
    of_usp: dict[str, frozenset[str]]
    of_segment: dict[str, frozenset[str]]
    deliverables: tuple[str, ...]
    most_usps: int

    @property
    def usps(self) -> tuple[str, ...]:
        return tuple(sorted(self.of_usp))

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(sorted(self.of_segment))

    @property
    def done(self) -> Choice:
        """The USPs and segments that need nothing which is not done."""
        usps, segments = (
            frozenset(name for name, left in of.items() if not left) for of in (self.of_usp, self.of_segment)
        )
        return Choice(usps, segments)

    def needed(self, choice: Choice) -> frozenset[str]:
        """Return the deliverables that a choice needs and that are not done."""
        return frozenset().union(
            *(self.of_usp[usp] for usp in choice.usps), *(self.of_segment[segment] for segment in choice.segments)
        )


@dataclass(frozen=True)
class Values:
    """What is uncertain, at its middle or in one draw.

    `shares` are of the cells, 0 to 1; `segment_weights` of the segments in the order of `Options.segments`, any scale;
    `weeks` of the deliverables. `weight_demand` and `weight_effort` sum to one.
    """

    shares: Array
    segment_weights: Array
    weeks: Array
    weight_demand: float

    @property
    def weight_effort(self) -> float:
        return 1 - self.weight_demand


@dataclass(frozen=True)
class Ranked:
    """A choice with its value; higher is better, and nothing chosen is worth zero."""

    choice: Choice
    value: float


@dataclass(frozen=True)
class Outline:
    """The best choice, and the best one with other USPs, of which each serves something; None where there is none."""

    best: Ranked
    runner_up: Ranked | None

    @property
    def margin(self) -> float | None:
        """By how much the best one is better."""
        return None if self.runner_up is None else self.best.value - self.runner_up.value


@dataclass(frozen=True)
class Acceptability:
    """In what share of draws each set of USPs is the best one, most often first, and each USP is in it.

    With a set stand the segments that it serves most often.
    """

    sets: tuple[tuple[Choice, float], ...]
    usps: dict[str, float]
    draws: int


def outline(options: Options, values: Values) -> Outline:
    """Return the best choice, and the best one with other USPs."""
    model = ChoiceModel(options)
    best = model.best(values)
    return Outline(best, model.second(values, best.choice.usps))


def value_of(choice: Choice, options: Options, values: Values) -> float:
    """Return the value of a choice by its definition."""
    needed = options.needed(choice)
    weeks = sum(week for name, week in zip(options.deliverables, values.weeks, strict=True) if name in needed)
    served = sum(value for _, value in _served(choice, options, values))
    return values.weight_demand * served - values.weight_effort * float(weeks) / (values.weeks.sum() or 1.0)


def realised(options: Options, values: Values) -> dict[str, float]:
    """Return by USP the share of all demand that it serves already, where nothing is missing for it or its segment."""
    shares: dict[str, float] = {}
    for cell, value in _served(options.done, options, values):
        shares[cell.usp] = shares.get(cell.usp, 0.0) + value
    return shares


def benefits(choices: Sequence[Choice], options: Options, draws: Sequence[Values]) -> Array:
    """Return the value of each choice in each draw, shape (draws, choices)."""
    worth = np.array([demand(options, values) for values in draws])
    weights = np.array([values.weight_demand for values in draws])
    weeks = np.array([values.weeks / (values.weeks.sum() or 1.0) for values in draws])
    problems: dict[tuple[str, str | None], list[int]] = {}
    for column, cell in enumerate(options.cells):
        problems.setdefault((cell.segment, cell.problem), []).append(column)
    found = np.empty((len(draws), len(choices)))
    for position, choice in enumerate(choices):
        chosen = [cell.usp in choice.usps and cell.segment in choice.segments for cell in options.cells]
        served = [[column for column in columns if chosen[column]] for columns in problems.values()]
        needed = options.needed(choice)
        of_needed = np.array([name in needed for name in options.deliverables], dtype=bool)
        of_demand = sum((worth[:, columns].max(axis=1) for columns in served if columns), np.zeros(len(draws)))
        found[:, position] = weights * of_demand - (1 - weights) * weeks[:, of_needed].sum(axis=1)
    return found


def _served(choice: Choice, options: Options, values: Values) -> list[tuple[DemandCell, float]]:
    """Return the best chosen USP for each problem that is served, with the demand that it serves."""
    best: dict[tuple[str, str | None], tuple[DemandCell, float]] = {}
    for cell, value in zip(options.cells, demand(options, values).tolist(), strict=True):
        key = cell.segment, cell.problem
        if cell.usp in choice.usps and cell.segment in choice.segments and value > best.get(key, (cell, 0.0))[1]:
            best[key] = cell, value
    return list(best.values())


def demand(options: Options, values: Values) -> Array:
    """Return by cell the share of all demand that it serves where its USP is chosen."""
    weights = dict(zip(options.segments, values.segment_weights / values.segment_weights.sum(), strict=True))
    problems = Counter(segment for segment, _ in {(cell.segment, cell.problem) for cell in options.cells})
    share = np.array([weights[cell.segment] / problems[cell.segment] for cell in options.cells])
    return np.asarray(share * values.shares)


def acceptability(options: Options, draws: Iterable[Values]) -> Acceptability:
    """Return how often each set of USPs and each USP is in the best choice (SMAA: Lahdelma and Salminen 2001)."""
    model = ChoiceModel(options)
    won = [model.best(values).choice for values in draws]
    sets = Counter(choice.usps for choice in won)
    order = sorted(sets, key=lambda usps: (-sets[usps], len(usps), sorted(usps)))
    served = {usps: Counter(choice.segments for choice in won if choice.usps == usps) for usps in order}
    typical = {
        usps: max(found, key=lambda segments: (found[segments], sorted(segments))) for usps, found in served.items()
    }
    return Acceptability(
        sets=tuple((Choice(usps, typical[usps]), sets[usps] / len(won)) for usps in order),
        usps={usp: sum(usp in choice.usps for choice in won) / len(won) for usp in options.usps} if won else {},
        draws=len(won),
    )


class ChoiceModel:
    """The integer programme. Its columns are USPs, segments, deliverables and cells; no row depends on a value."""

    def __init__(self, options: Options) -> None:
        self._options = options
        names = [*options.usps, *options.segments, *options.deliverables]
        self._chosen = len(options.usps) + len(options.segments)
        self._needed = len(names)
        self._usp = {name: i for i, name in enumerate(options.usps)}
        self._segment = {name: len(self._usp) + i for i, name in enumerate(options.segments)}
        self._deliverable = {name: self._chosen + i for i, name in enumerate(options.deliverables)}
        self._rows = [*self._implications(), *self._limits()]

    def best(self, values: Values) -> Ranked:
        """Return the best choice. What serves nothing is left out of it."""
        if not self._options.cells:
            return Ranked(Choice(), 0.0)
        found = self._solved(values, self._rows)
        if found is None:  # to choose nothing is always allowed
            raise RuntimeError("the solver found no choice")
        return self._ranked(found, values)

    def second(self, values: Values, best: frozenset[str]) -> Ranked | None:
        """Return the best choice whose USPs are not `best` and each serve something; None where there is none.

        These USPs are excluded by a cut. Where others come to `best` again, since one of them serves nothing more in
        the segments that are chosen, they are excluded with these segments.
        """
        if not self._options.cells:
            return None
        rows = [*self._rows, *self._of_use(values), _cut(self._usp.values(), [self._usp[name] for name in best])]
        while (found := self._solved(values, rows)) is not None:
            ranked = self._ranked(found, values)
            if ranked.choice.usps != best:
                return ranked
            columns = range(self._chosen)
            rows.append(_cut(columns, [column for column in columns if found[column] > 0.5]))
        return None

    def _of_use(self, values: Values) -> Iterator[Row]:
        """Yield that a USP is chosen only with cells that it serves."""
        worth = demand(self._options, values).tolist()
        cells = [
            (column, cell.usp)
            for column, (cell, value) in enumerate(zip(self._options.cells, worth, strict=True), start=self._needed)
            if value > 0
        ]
        for usp, column in self._usp.items():
            yield {column: 1.0, **{served: -1.0 for served, by in cells if by == usp}}, 0

    def _ranked(self, found: Array, values: Values) -> Ranked:
        usps, segments = (
            frozenset(name for name, column in columns_of.items() if found[column] > 0.5)
            for columns_of in (self._usp, self._segment)
        )
        served = [cell for cell, _ in _served(Choice(usps, segments), self._options, values)]
        choice = Choice(frozenset(cell.usp for cell in served), frozenset(cell.segment for cell in served))
        return Ranked(choice, value_of(choice, self._options, values))

    def _solved(self, values: Values, rows: Sequence[Row]) -> Array | None:
        """Return what each column is in the best choice; None where the rows allow none.

        The programme that may take parts of things comes first, in a fifth of the time. Where it takes only whole ones,
        as it does on most draws of the record, no choice is better.
        """
        columns = self._needed + len(self._options.cells)
        must_be_whole = np.arange(columns) < self._needed  # a problem takes its best USP without being told
        for integrality in (np.zeros(columns), must_be_whole):
            found = milp(
                self._costs(values),
                integrality=integrality,
                bounds=Bounds(0, 1),
                constraints=LinearConstraint(_matrix(rows, columns), -np.inf, [limit for _, limit in rows]),
                options={"mip_rel_gap": 0},
            )
            if found.status == INFEASIBLE:
                return None
            if found.x is None:
                raise RuntimeError(f"the solver found no choice: {found.message}")
            of_choice = found.x[must_be_whole]
            if np.abs(of_choice - of_choice.round()).max() < WHOLE_WITHIN:
                break
        return np.asarray(found.x)

    def _costs(self, values: Values) -> Array:
        chosen = np.zeros(self._chosen)
        weeks = values.weight_effort * values.weeks / (values.weeks.sum() or 1.0)
        return np.concatenate([chosen, weeks, -values.weight_demand * demand(self._options, values)])

    def _implications(self) -> Iterator[Row]:
        """Yield that a thing is chosen only with what it needs."""
        needs = [(self._usp[name], needed) for name, needed in self._options.of_usp.items()]
        needs += [(self._segment[name], needed) for name, needed in self._options.of_segment.items()]
        for column, needed in needs:
            for name in sorted(needed):
                yield {column: 1.0, self._deliverable[name]: -1.0}, 0
        for column, cell in enumerate(self._options.cells, start=self._needed):
            yield {column: 1.0, self._usp[cell.usp]: -1.0}, 0
            yield {column: 1.0, self._segment[cell.segment]: -1.0}, 0

    def _limits(self) -> Iterator[Row]:
        """Yield that a problem is served by one USP, and how many USPs an MVP may have."""
        problems: dict[tuple[str, str | None], dict[int, float]] = {}
        for column, cell in enumerate(self._options.cells, start=self._needed):
            problems.setdefault((cell.segment, cell.problem), {})[column] = 1.0
        for served in problems.values():
            yield served, 1
        yield dict.fromkeys(self._usp.values(), 1.0), self._options.most_usps


def _cut(columns: Iterable[int], chosen: Sequence[int]) -> Row:
    """Return that of these columns not just the chosen ones are one."""
    return {column: 1.0 if column in chosen else -1.0 for column in columns}, len(chosen) - 1


def _matrix(rows: Sequence[Row], columns: int) -> csr_array:
    places = [(line, column, value) for line, (row, _) in enumerate(rows) for column, value in row.items()]
    lines, cells, values = zip(*places, strict=True)
    return csr_array((values, (lines, cells)), (len(rows), columns))
