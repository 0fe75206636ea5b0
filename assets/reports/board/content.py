"""What the board PDF shows: which rows, in which order, each value as a reader sees it.

Belongs here: choosing rows, cells as text. Does not belong here: types (`parts.py`), sentences and layout
(`templates/`), typesetting (`typeset.py`), judgement (the models).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assets.costs.components import ALL_IN, COMPONENTS, INFRASTRUCTURE
from assets.evidence.model import Grade
from assets.reports.board.parts import (
    Board,
    PrintedBill,
    PrintedCertainty,
    PrintedChange,
    PrintedClaim,
    PrintedCosts,
    PrintedCounted,
    PrintedCustomers,
    PrintedGap,
    PrintedGate,
    PrintedMoreOften,
    PrintedOutline,
    PrintedPiece,
    PrintedRecord,
    PrintedScenario,
    PrintedSecond,
    PrintedSegment,
    PrintedSince,
    PrintedSpread,
)
from assets.reports.page.cells import Cells
from assets.reports.page.changes import CHANGES, changes_section, form_of, state_differs, value_differs
from assets.reports.page.charts import marks
from assets.reports.page.cost_section import CostSection, cost_section
from assets.reports.page.decision_section import decision_section
from assets.reports.page.formats import MISSING, shortened, word
from assets.reports.page.market_section import MarketSection, market_section
from assets.reports.page.site import ReleaseData, manifest_frame, shown_requirements
from assets.reports.page.spans import FactorScale, share_span

MOST_SCENARIOS, MOST_CLAIMS, MOST_SEGMENTS, MOST_GAPS, MOST_CHANGES = 6, 6, 7, 8, 6
"""Rows of each list, so that the document stays short whatever is added to the evidence; the page has all."""

NAME, SENTENCE, REASON = 60, 120, 220
"""Characters after which a text is cut, for the same reason."""

MIDDLE = "p50"
"""Of all draws, in names of columns."""

NEARLY_ALWAYS = 0.95
"""Share of draws in which whoever pays wants to have enough."""

HELD = "what=held"
"""Parameter of a requirement that counts interviews or sessions, and no property of them."""

LOOKS = {"ready": "pass", "not_ready": "fail"}
"""How an answer is drawn; any other one as unknown."""


def _columns(total: str) -> tuple[str, str, str]:
    """Return the columns of the low end, the middle and the high end of a total."""
    low, middle, high = (f"{total}_{quantile}_usd_per_month" for quantile in ("p5", MIDDLE, "p95"))
    return low, middle, high


def board_of(release: ReleaseData) -> Board:
    """Return what the document says of a release."""
    cells = _cells(release)
    (milestone,) = cells.keys("verdict", is_default=True)
    market, decision = market_section(cells), decision_section(cells)
    gaps = [key for members in decision.gaps.values() for key in members]
    answer = cells.value("verdict", milestone, "verdict")
    return Board(
        title=_short(cells, "verdict", milestone, "question", SENTENCE),
        answer=cells.text("verdict", milestone, "verdict", "answer"),
        look=LOOKS.get(answer, "unknown"),
        reason=_short(cells, "verdict", milestone, "reason", REASON),
        packs=cells.text("manifest", "only", "packs", "listed"),
        is_usual=release.manifest.as_of is None and list(release.manifest.packs) == ["public"],
        as_of=_optional(cells, "manifest", "only", "as_of", "day"),
        made_on=cells.text("manifest", "only", "created_at", "day"),
        release_id=cells.text("manifest", "only", "release_id"),
        code_version=cells.text("manifest", "only", "code_version"),
        checks_passed=cells.text("manifest", "only", "checks_passed", "count"),
        checks_warned=cells.text("manifest", "only", "checks_warned", "count"),
        is_illustrative=bool((release.frames["evidence_index"]["grade"] == Grade.ILLUSTRATIVE.value).any()),
        gates=_gates(cells, milestone),
        weakest=_weakest(cells, milestone),
        since=_since(cells, milestone),
        costs=_costs(cells, cost_section(cells)),
        customers=_customers(cells, market, milestone),
        outlines=[_outline(cells, key) for key in decision.outlines],
        gaps=[_gap(cells, key) for key in gaps[:MOST_GAPS]],
        has_more_gaps=len(gaps) > MOST_GAPS,
        interviews=[_next_piece(cells, key) for key in decision.interviews],
        others=[_next_piece(cells, key) for key in decision.others],
        certainty=_certainty(cells, "verdict_certainty", milestone),
    )


def _cells(release: ReleaseData) -> Cells:
    return Cells({**release.frames, "manifest": manifest_frame(release.manifest)})


def _optional(cells: Cells, table: str, key: str, column: str, form: str = "plain") -> str | None:
    return None if cells.value(table, key, column) is None else cells.text(table, key, column, form)


def _counted(cells: Cells, table: str, key: str, column: str, form: str = "count") -> PrintedCounted:
    return PrintedCounted(cells.text(table, key, column, form), cells.value(table, key, column) == 1)


def _short(cells: Cells, table: str, key: str, column: str, longest: int, form: str = "plain") -> str:
    return shortened(cells.text(table, key, column, form), longest)


def _named(cells: Cells, table: str, column: str, ids: Iterable[str] | None, longest: int = NAME) -> list[str]:
    """Return the names of rows that are on record on the day of the release; the others have none yet."""
    known = cells.keys(table)
    return [_short(cells, table, name, column, longest) for name in ids or () if name in known]


def _usps(cells: Cells, ids: Iterable[str] | None) -> list[str]:
    return _named(cells, "usp_register", "name", ids)


def _segments(cells: Cells, ids: Iterable[str] | None) -> list[str]:
    return _named(cells, "segment_profiles", "name", ids)


def _problems(cells: Cells, ids: Iterable[str] | None) -> list[str]:
    return _named(cells, "customer_problems", "statement", ids, SENTENCE)


def _first(names: Sequence[str]) -> str | None:
    return names[0] if names else None


def _gates(cells: Cells, milestone: str) -> list[PrintedGate]:
    gates = cells.keys("gates", milestone_id=milestone)
    shown = shown_requirements(cells, gates)
    has_flip = set(cells.keys("gate_certainty"))
    return [
        PrintedGate(
            title=_short(cells, "gates", key, "title", NAME),
            status=cells.value("gates", key, "status"),
            status_word=cells.text("gates", key, "status", "word"),
            record=_record(cells, key, shown[key]),
            grade=cells.text("gates", key, "grade", "word"),
            what_flips_it=_short(cells, "gate_certainty", key, "flip", REASON)
            if key in has_flip
            else _short(cells, "gates", key, "reason", REASON),
            certainty=_certainty(cells, "gate_certainty", key),
        )
        for key in gates
    ]


def _record(cells: Cells, gate: str, requirement: str) -> PrintedRecord:
    found, asked = (cells.value("gates", gate, column) for column in ("value", "threshold"))
    table, is_within = "requirement_results", cells.value("requirement_results", requirement, "comparison") == "within"
    return PrintedRecord(
        found=_optional(cells, "gates", gate, "value", "count"),
        asked=_optional(cells, "gates", gate, "threshold", "count"),
        asked_high=_optional(cells, table, requirement, "threshold_high", "count"),
        tolerance=_optional(cells, table, requirement, "tolerance", "count"),
        is_within=is_within,
        is_more=found is not None and asked is not None and found > asked and not is_within,
        unit=None if asked == 1 else cells.text("gates", gate, "unit", "word"),
        basis=cells.text("gates", gate, "basis", "word"),
        is_inferred=cells.value("gates", gate, "basis") == "inferred_from_absence",
        marks=marks(found, asked, cells.value(table, requirement, "threshold_high")),
    )


def _certainty(cells: Cells, table: str, key: str) -> PrintedCertainty | None:
    columns = ("probability_low", "probability", "probability_high")
    if not cells.has(table, key):
        return None
    low, middle, high = (cells.text(table, key, column, "chance") for column in columns)
    return PrintedCertainty(middle, low, high, share_span(*(cells.value(table, key, column) for column in columns)))


def _weakest(cells: Cells, milestone: str) -> tuple[str, str, str] | None:
    path = cells.value("verdict", milestone, "weakest_path")
    if not path:
        return None
    gate, requirement, *row = path
    is_listed = bool(row) and cells.has("evidence_index", row[0])
    weakest = ("evidence_index", row[0]) if is_listed else ("requirement_results", requirement)
    return (
        _short(cells, "gates", gate, "title", NAME),
        _short(cells, "requirement_results", requirement, "title", NAME),
        cells.text(*weakest, "grade", "word"),
    )


def _since(cells: Cells, milestone: str) -> PrintedSince | None:
    """Return what readers of both releases see differ; None without a release before."""
    if cells.value("manifest", "only", "previous") is None:
        return None
    found = changes_section(cells, milestone)
    verdicts = [key for key in found.of_it if cells.value(CHANGES, key, "kind") == "verdict"]
    before = next((cells.text(CHANGES, key, "state_before", "answer") for key in verdicts), None)
    now = cells.text("verdict", milestone, "verdict", "answer")
    changes = [change for key in found.of_it if key not in verdicts for change in _changes(cells, key)]
    return PrintedSince(
        made_on=cells.text("manifest", "only", "previous_on", "day"),
        release_id=cells.text("manifest", "only", "previous"),
        answer_before=before or now,
        is_same_answer=before in (None, now),
        changes=changes[:MOST_CHANGES],
        has_more=len(changes) > MOST_CHANGES,
    )


def _changes(cells: Cells, key: str) -> Iterator[PrintedChange]:
    kind = cells.value(CHANGES, key, "kind")
    title, with_rln = _short(cells, CHANGES, key, "title", NAME), cells.value(CHANGES, key, "with_rln")
    for part, differs in (("state", state_differs(cells, key)), ("value", value_differs(cells, key))):
        if differs:
            named = "cost" if kind == "cost" else "status" if part == "state" else "count"
            form = "word" if part == "state" else form_of(cells, key)
            before, now = (_optional(cells, CHANGES, key, f"{part}_{when}", form) for when in ("before", "after"))
            yield PrintedChange(title, named, with_rln, before, now or MISSING)


def _costs(cells: Cells, section: CostSection) -> PrintedCosts:
    shown = dict(list(section.scenarios.items())[:MOST_SCENARIOS])
    columns = [_columns(total) for total in (INFRASTRUCTURE, ALL_IN)]
    keys = [key for members in shown.values() for key in members]
    scale = FactorScale.over(
        value
        for key in keys
        for names in columns
        for value in (cells.value("cost_summary", key, name) for name in names)
        if value is not None
    )
    bills = {key: _bill(cells, section, key, scale) for key in keys}
    used = {part.component for bill in bills.values() for part in bill.parts}
    return PrintedCosts(
        scenarios=[
            PrintedScenario(_short(cells, "cost_summary", members[0], "title", NAME), [bills[key] for key in members])
            for members in shown.values()
        ],
        has_more=len(section.scenarios) > len(shown),
        tens=scale.tens(),
        components=[(component, word(component)) for component in COMPONENTS if component in used],
    )


def _bill(cells: Cells, section: CostSection, key: str, scale: FactorScale) -> PrintedBill:
    table = "cost_summary"
    infrastructure, all_in = (_spread(cells, key, _columns(total), scale) for total in (INFRASTRUCTURE, ALL_IN))
    bar = section.bars.get(key)
    cannot_run = cells.value(table, key, "is_feasible") is False
    return PrintedBill(
        with_rln=cells.value(table, key, "with_rln"),
        provider=cells.text(table, key, "provider", "word"),
        region=cells.text(table, key, "region", "word"),
        is_everywhere=cells.value(table, key, "region") == "all",
        infrastructure=infrastructure,
        all_in=all_in,
        unknown_because=_short(cells, table, key, "reason", SENTENCE) if infrastructure is None else None,
        enough=_enough(cells, section, key),
        memberships=(
            _counted(cells, table, key, "memberships_needed"),
            cells.text(table, key, "memberships_available", "count"),
        )
        if cannot_run
        else None,
        parts=bar.segments if bar else (),
        mean=cells.text("scenario_cost", section.totals[key][ALL_IN], "mean_usd_per_month", "usd") if bar else None,
    )


def _enough(cells: Cells, section: CostSection, key: str) -> str | None:
    table = "cost_of_confidence"
    found = (row for row in section.confidence[key] if cells.value(table, row, "confidence") == NEARLY_ALWAYS)
    return next((_optional(cells, table, row, f"{MIDDLE}_usd_per_month", "usd") for row in found), None)


def _spread(cells: Cells, key: str, columns: tuple[str, str, str], scale: FactorScale) -> PrintedSpread | None:
    low, middle, high = (cells.value("cost_summary", key, column) for column in columns)
    if middle is None:
        return None
    texts = [cells.text("cost_summary", key, column, "usd") for column in columns]
    return PrintedSpread(texts[0], texts[1], texts[2], middle == 0, scale.span(low, middle, high))


def _customers(cells: Cells, market: MarketSection, milestone: str) -> PrintedCustomers:
    claims = [key for members in market.by_usp.values() for key in members]
    unheard = dict.fromkeys(cells.value("validation_summary", key, "usp_id") for key in market.unheard)
    return PrintedCustomers(
        held=_held(cells, milestone),
        most_said=_most_said(cells, claims),
        claims=[_claim(cells, key) for key in claims[:MOST_CLAIMS]],
        has_more_claims=len(claims) > MOST_CLAIMS,
        unheard=_usps(cells, [usp for usp in unheard if usp is not None and usp not in market.by_usp]),
        segments=[_segment(cells, key) for key in list(market.ranking)[:MOST_SEGMENTS]],
        has_more_segments=len(market.ranking) > MOST_SEGMENTS,
    )


def _held(cells: Cells, milestone: str) -> list[str]:
    """Return what the requirements say that count conversations as they are held."""
    table = "gate_requirements"
    counting = cells.keys(table, milestone_id=milestone, counter="conversations")
    held = [key for key in counting if HELD in (cells.value(table, key, "parameters") or ())]
    return [_short(cells, "requirement_results", key, "reason", SENTENCE) for key in held]


def _most_said(cells: Cells, claims: Sequence[str]) -> tuple[str, str] | None:
    if not claims:
        return None
    usp = _first(_usps(cells, [cells.value("validation_summary", claims[0], "usp_id")]))
    return None if usp is None else (usp, _short(cells, "validation_summary", claims[0], "reason", SENTENCE))


def _claim(cells: Cells, key: str) -> PrintedClaim:
    table = "validation_summary"
    usp, problem = (cells.value(table, key, column) for column in ("usp_id", "problem_id"))
    columns = ("posterior_low", "posterior_mean", "posterior_high")
    return PrintedClaim(
        usp=_first(_usps(cells, [usp] if usp else [])),
        problem=_first(_problems(cells, [problem] if problem else [])),
        status=cells.text(table, key, "status", "word"),
        worth=cells.text(table, key, "effective_n", "ratio"),
        heard=[
            (kind, _counted(cells, table, key, kind), cells.text(table, key, f"{kind}_agree", "count"))
            for kind in ("interviews", "sessions", "signals")
            if cells.value(table, key, kind)
        ],
        span=share_span(*(cells.value(table, key, column) for column in columns)),
        low=cells.text(table, key, "posterior_low", "ratio"),
        high=cells.text(table, key, "posterior_high", "ratio"),
    )


def _segment(cells: Cells, key: str) -> PrintedSegment:
    table = "segment_ranking"
    name = cells.value(table, key, "segment_id")
    return PrintedSegment(
        name=_first(_segments(cells, [name])) or _short(cells, table, key, "segment_id", NAME, "word"),
        decision=cells.text(table, key, "decision", "word"),
        among_first=cells.text(table, key, "among_first_share", "ratio"),
        among_first_percent=round(100 * cells.value(table, key, "among_first_share"), 3),
        known=cells.text(table, key, "known_criteria", "count"),
        criteria=cells.text(table, key, "criteria", "count"),
    )


def _outline(cells: Cells, key: str) -> PrintedOutline:
    return PrintedOutline(
        kind=cells.value("mvp_outline", key, "outline"),
        finding=_short(cells, "mvp_outline", key, "finding", REASON),
        usps=_usps(cells, cells.value("mvp_outline", key, "usps")),
        segments=_segments(cells, cells.value("mvp_outline", key, "segments")),
        weeks=_counted(cells, "mvp_outline", key, "weeks", "quantity"),
        win_share=_optional(cells, "mvp_outline", key, "win_share", "chance"),
        more_often=_more_often(cells, key),
        second=_second(cells, key),
    )


def _more_often(cells: Cells, key: str) -> PrintedMoreOften | None:
    first = next(iter(cells.keys("mvp_sets", outline=cells.value("mvp_outline", key, "outline"))), None)
    if first is None or cells.value("mvp_sets", first, "is_chosen"):
        return None
    usps = _usps(cells, cells.value("mvp_sets", first, "usps"))
    return PrintedMoreOften(usps, cells.text("mvp_sets", first, "win_share", "chance"))


def _second(cells: Cells, key: str) -> PrintedSecond | None:
    if cells.value("mvp_outline", key, "margin") is None:
        return None
    return PrintedSecond(
        usps=_usps(cells, cells.value("mvp_outline", key, "runner_up_usps")),
        worth=cells.text("mvp_outline", key, "runner_up_value", "ratio"),
        worth_of_best=cells.text("mvp_outline", key, "value", "ratio"),
    )


def _gap(cells: Cells, key: str) -> PrintedGap:
    return PrintedGap(
        standing=cells.text("mvp_gaps", key, "standing", "heading"),
        title=_short(cells, "mvp_gaps", key, "title", NAME),
        state=cells.text("mvp_gaps", key, "status", "state"),
        weeks=None
        if cells.value("mvp_gaps", key, "weeks") is None
        else _counted(cells, "mvp_gaps", key, "weeks", "quantity"),
        is_effort_stated=bool(cells.value("mvp_gaps", key, "is_effort_stated")),
        usps=_usps(cells, cells.value("mvp_gaps", key, "usps")),
    )


def _next_piece(cells: Cells, key: str) -> PrintedPiece:
    table = "next_evidence"
    segment = cells.value(table, key, "segment_id")
    return PrintedPiece(
        kind=cells.value(table, key, "kind"),
        segment=_first(_segments(cells, [segment] if segment else [])),
        problems=_problems(cells, cells.value(table, key, "problem_ids")),
        requirements=_named(cells, "requirement_results", "title", cells.value(table, key, "requirement_ids")),
        criterion=_optional(cells, table, key, "criterion", "word"),
        hours=_counted(cells, table, key, "hours", "quantity"),
        takes_away=[
            (part, cells.text(table, key, f"{part}_share", "chance"))
            for part in ("gates", "segments", "usps")
            if cells.value(table, key, f"{part}_share")
        ],
    )
