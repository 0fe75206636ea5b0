"""Which state of the roadmap is news: pure, from what a tracker said and what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assets.evidence.model import Record
from assets.evidence.packs import LIVE_ROADMAP
from assets.evidence.tables.roadmap import DELIVERABLES, STATES, Deliverable, DeliverableState
from assets.refresh.outcome import Accepted, Rejection
from assets.roadmap.live.model import KnownRoadmap, Tracked, WorkObservation, judge_roadmap, judge_state

TODAY = date(2026, 11, 23)
PAGE = "https://github.com/waku-org/pm/issues"


def seen(status: str = "not_done", since: date | None = None, **values: Any) -> WorkObservation:
    given: dict[str, Any] = {"url": f"{PAGE}/257", "title": "Audit", "seen": TODAY, "milestone": None, "due": None}
    return WorkObservation(status=status, since=since, **(given | values))  # type: ignore[arg-type]


def state(status: str, day: date = date(2026, 6, 1), **values: Any) -> DeliverableState:
    given = {"source": "said", "as_of_basis": "source_date", "grade": "published", "basis": "reported"}
    return DeliverableState.model_validate(
        {"id": f"audit_{status}", "deliverable_id": "audit", "status": status, "as_of": day, **given, **values}
    )


def judged(said: WorkObservation, status: str | None, *, is_ours: bool = False) -> Any:
    return judge_state(said, Tracked("audit", state(status) if status else None, is_ours))


CLOSED = {"status": "closed", "since": date(2026, 10, 5)}
LATE = {"status": "late", "since": date(2026, 9, 1)}


@pytest.mark.parametrize("known", ["planned", "ongoing", "partial", "late", "postponed", "dropped", "not_planned"])
def test_an_open_issue_says_less_than_a_person(known: str) -> None:
    assert judged(seen(), known) is None


@pytest.mark.parametrize(
    ("said", "known", "day"),
    [
        (seen(**CLOSED), "ongoing", date(2026, 10, 5)),
        (seen("closed"), "ongoing", TODAY),  # nobody says since when
        (seen("dropped", date(2026, 10, 5)), "planned", date(2026, 10, 5)),
        (seen("superseded", date(2026, 10, 5)), "planned", date(2026, 10, 5)),
        (seen(**LATE), "planned", date(2026, 9, 1)),
        (seen(), "unknown", TODAY),
        (seen(), None, TODAY),
        (seen(**LATE), None, date(2026, 9, 1)),
        (seen("closed", date(2026, 6, 1)), "ongoing", TODAY),  # on the day on which it was still on record as ongoing
    ],
)
def test_what_a_person_could_not_know_is_news(said: WorkObservation, known: str | None, day: date) -> None:
    verdict = judged(said, known)
    assert isinstance(verdict, Accepted)
    assert (verdict.before, verdict.after, verdict.row.as_of) == (known, said.status, day)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (seen("closed", date(2026, 5, 1)), "partial"),  # closed before a person called it partial
        (seen("late", date(2026, 5, 1)), "planned"),
        (seen("closed", date(2026, 5, 1)), "dropped"),
        (seen(**CLOSED), "done_privately"),
        (seen(**LATE), "postponed"),
    ],
)
def test_what_a_person_knew_or_says_better_is_left(said: WorkObservation, known: str) -> None:
    assert judged(said, known) is None


@pytest.mark.parametrize(
    ("said", "known", "message"),
    [
        (seen(), "done", "it is open, and done on record since 2026-06-01 (audit_done)"),
        (seen(**LATE), "closed", "it is open, and closed on record since 2026-06-01 (audit_closed)"),
        (seen(**CLOSED), "dropped", "it is closed, and dropped on record since 2026-06-01 (audit_dropped)"),
    ],
)
def test_a_contradiction_is_left_to_a_person(said: WorkObservation, known: str, message: str) -> None:
    verdict = judged(said, known)
    assert isinstance(verdict, Rejection)
    assert verdict.message == message
    assert f"look at {PAGE}/257, and if it is right, add a row to evidence/public/roadmap/" in verdict.next_step


def test_what_a_refresh_wrote_is_followed_by_what_github_says_next() -> None:
    assert judged(seen(), "closed", is_ours=True).row.status == "not_done"
    assert judged(seen(), "late", is_ours=True).row.status == "not_done"  # due later by now
    assert judged(seen(**CLOSED), "dropped", is_ours=True).row.status == "closed"
    # it was closed on the day of the last row, after that was written
    assert judged(seen("closed", date(2026, 6, 1)), "not_done", is_ours=True).row.as_of == TODAY


def known_roadmap(*kinds: str, url: str = f"{PAGE}/257") -> KnownRoadmap:
    def states() -> Iterator[DeliverableState]:
        for kind in kinds:
            yield state("ongoing", id=f"{kind}_1", deliverable_id=kind)
            yield state("unknown", date(2026, 9, 1), id=f"{kind}_2", deliverable_id=kind, grade="not_found")

    return KnownRoadmap(
        [Record(known_deliverable(kind, url), "public", "f.csv", 2) for kind in kinds],
        [Record(s, "public", "f.csv", 2) for s in states()],
    )


def test_work_is_found_by_its_page_and_what_only_refers_to_it_is_left_alone() -> None:
    known = known_roadmap("roadmap_item", "derived_gap", url="https://github.com/Waku-Org/pm/issues/257/")
    (found,) = known.at(f"{PAGE}/257")
    assert (found.deliverable_id, found.is_ours) == ("roadmap_item", False)
    assert found.last is not None
    assert found.last.status == "ongoing"  # a later search that found nothing takes nothing back


def test_two_states_of_one_issue_are_none() -> None:
    verdicts = judge_roadmap([seen(), seen(**CLOSED)], known_roadmap("roadmap_item"))
    assert verdicts.accepted == []
    assert [r.message for r in verdicts.rejected] == ["one answer gives it two states, expected one"]


def test_the_newest_state_counts_and_of_two_of_a_day_that_with_the_first_name() -> None:
    def newest(*states: DeliverableState) -> str:
        work = known_deliverable("roadmap_item")
        known = KnownRoadmap(
            [Record(work, "public", "f.csv", 2)], [Record(one, "public", "f.csv", 2) for one in states]
        )
        (found,) = known.at(f"{PAGE}/257")
        return "none" if found.last is None else found.last.status

    def of(status: str, day: date, name: str, **values: Any) -> DeliverableState:
        return state(status, day, id=name, deliverable_id="roadmap_item", **values)

    june, july = date(2026, 6, 1), date(2026, 7, 1)
    assert newest(of("ongoing", june, "b"), of("done", july, "a")) == "done"
    assert newest(of("done", july, "a"), of("ongoing", june, "b")) == "done"
    assert newest(of("ongoing", june, "b"), of("done", june, "a")) == "done"
    assert newest(of("done", june, "a"), of("ongoing", june, "b")) == "done"
    assert newest(of("done", june, "a", grade="illustrative")) == "none"
    assert newest() == "none"


def known_deliverable(kind: str, url: str = f"{PAGE}/257") -> Deliverable:
    given = {"source": "said", "as_of": TODAY, "as_of_basis": "observed", "grade": "published", "milestone": "m"}
    return Deliverable.model_validate(
        {"id": kind, "title": kind, "url": url, "kind": kind, "mvp_relevance": "core", **given}
    )


@pytest.mark.parametrize(("pack", "is_ours"), [(LIVE_ROADMAP, True), ("public", False)])
def test_a_state_is_ours_where_a_refresh_wrote_it(pack: str, is_ours: bool) -> None:
    states = [Record(state("ongoing", deliverable_id="roadmap_item"), pack, "f.csv", 2)]
    (found,) = KnownRoadmap([Record(known_deliverable("roadmap_item"), "public", "f.csv", 2)], states).at(f"{PAGE}/257")
    assert found.is_ours is is_ours


NEW = {"url": f"{PAGE}/350", "title": "Rate limits", "milestone": "Chat SDK: 2nd release!"}


def test_open_work_in_a_milestone_becomes_a_deliverable_with_a_state() -> None:
    said = seen(**NEW, due=date(2027, 3, 31), labels=("Deliverable", "E:RLN"))
    verdicts = judge_roadmap([said], KnownRoadmap([], []))
    work, first = verdicts.accepted
    assert (work.table, work.before, work.after) == (DELIVERABLES, None, "Rate limits")
    assert work.row.model_dump(mode="json", exclude_defaults=True) == {
        "id": "waku_org_pm_issues_350",
        "title": "Rate limits",
        "url": f"{PAGE}/350",
        "kind": "roadmap_item",
        "milestone": "chat_sdk_2nd_release",
        "planned_end": "2027-03-31",
        "mvp_relevance": "context",
        "source": f"{PAGE}/350",
        "as_of": "2026-11-23",
        "as_of_basis": "observed",
        "grade": "published",
        "note": "refreshed; planned until 2027-03-31; labels: Deliverable, E:RLN",
    }
    assert (first.table, first.before, first.after) == (STATES, None, "not_done")
    assert first.row.model_dump(mode="json", exclude_defaults=True) == {
        "id": "waku_org_pm_issues_350_2026_11_23",
        "deliverable_id": "waku_org_pm_issues_350",
        "status": "not_done",
        "basis": "reported",
        "source": f"{PAGE}/350",
        "as_of": "2026-11-23",
        "as_of_basis": "observed",
        "grade": "published",
        "note": "refreshed; planned until 2027-03-31; labels: Deliverable, E:RLN",
    }


def test_new_work_has_the_day_from_which_its_state_holds() -> None:
    late = seen(**LATE, **NEW)
    (_, first) = judge_roadmap([late], KnownRoadmap([], [])).accepted
    assert (first.row.as_of, first.row.as_of_basis, first.row.note) == (date(2026, 9, 1), "source_date", "refreshed")
    (work, _) = judge_roadmap([replace(late, milestone="!")], KnownRoadmap([], [])).accepted
    assert work.row.milestone == "unnamed"


def test_what_nobody_tracks_and_is_closed_or_in_no_milestone_is_named_only() -> None:
    closed = seen(**CLOSED, **NEW)
    alone = seen(url=f"{PAGE}/100")
    verdicts = judge_roadmap([closed, alone], KnownRoadmap([], []))
    assert (verdicts.accepted, verdicts.untracked) == ([], [f"{PAGE}/100", f"{PAGE}/350"])


def test_each_deliverable_of_a_page_is_judged_and_what_says_nothing_new_is_counted() -> None:
    known = known_roadmap("roadmap_item", "milestone_deliverable")
    news = judge_roadmap([seen(**CLOSED)], known)
    assert [one.row.deliverable_id for one in news.accepted] == ["roadmap_item", "milestone_deliverable"]
    assert [(one.before, one.after) for one in news.accepted] == [("ongoing", "closed")] * 2
    assert (news.unchanged, news.rejected, news.untracked) == (0, [], [])
    old = judge_roadmap([seen(), seen()], known)
    assert (old.accepted, old.unchanged, old.rejected, old.untracked) == ([], 2, [], [])
    two = judge_roadmap([seen(**CLOSED), seen(**NEW)], known)
    assert len(two.accepted) == 4


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (seen("closed", date(2026, 6, 1)), "dropped"),  # on the day on which a person called it dropped
        (seen("closed"), "dropped"),
    ],
)
def test_what_a_person_settled_on_a_day_that_may_be_earlier_is_contradicted(said: WorkObservation, known: str) -> None:
    assert isinstance(judged(said, known), Rejection)


def test_a_tracker_that_says_nothing_newer_than_the_last_row_is_not_followed() -> None:
    today = state("closed", TODAY)
    assert judge_state(seen(), Tracked("audit", today, is_ours=True)) is None
    yesterday = state("closed", date(2026, 11, 22))
    assert judge_state(seen(), Tracked("audit", yesterday, is_ours=True)) is not None
    assert judge_state(seen("closed"), Tracked("audit", yesterday, is_ours=True)) is None
    before = judge_state(seen(**LATE), Tracked("audit", state("closed", date(2026, 9, 2)), is_ours=True))
    assert isinstance(before, Accepted)
    assert (before.row.as_of, before.row.as_of_basis) == (TODAY, "observed")
