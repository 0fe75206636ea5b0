"""Which past days are judged again, what of them is published, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assets.evidence.model import Grade
from assets.history.fetch import closure, raw_tables_of
from assets.history.frames import gate_history_frame, judged_day
from assets.history.model import DatedEvidence, last_day, month_ends, names_of_known
from assets.history.text import changes, chart
from assets.readiness.inputs import Conversations
from assets.readiness.measures import results_of
from assets.readiness.model import gates_of, verdicts_of
from tests.unit.bases import based
from tests.unit.readiness_world import world

SEPTEMBER, OCTOBER, NOVEMBER = date(2024, 9, 30), date(2024, 10, 31), date(2024, 11, 30)
OLD = DatedEvidence("roadmap__states/old", "1", date(2024, 9, 30), date(2024, 9, 30))
NEW = DatedEvidence("roadmap__states/new", "2", date(2024, 10, 1), date(2024, 10, 1))
ASKED = DatedEvidence("readiness__gates/asked", "3", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (None, []),
        (date(2024, 9, 29), []),
        (date(2024, 9, 30), [SEPTEMBER]),
        (date(2024, 11, 29), [SEPTEMBER, OCTOBER]),
        (date(2024, 11, 30), [SEPTEMBER, OCTOBER, NOVEMBER]),
    ],
)
def test_the_history_goes_to_the_newest_month_end_that_is_over(last: date | None, found: list[date]) -> None:
    assert month_ends(last) == found


def test_february_ends_where_it_does() -> None:
    assert {day.day for day in month_ends(date(2028, 2, 29)) if day.month == 2} == {28, 29}


def test_it_goes_to_the_as_of_day_or_the_newest_observation_and_not_to_a_day_from_which_something_is_asked() -> None:
    assert last_day(None, [NEW, OLD, ASKED]) == date(2024, 10, 1)
    assert last_day(date(2024, 12, 5), [NEW, OLD, ASKED]) == date(2024, 12, 5)
    assert last_day(None, []) is None


def test_later_evidence_changes_no_earlier_day() -> None:
    days = [SEPTEMBER, OCTOBER]
    before, after = names_of_known([OLD], days), names_of_known([NEW, OLD], days)
    assert before[SEPTEMBER] == before[OCTOBER] == after[SEPTEMBER]
    assert after[OCTOBER] != after[SEPTEMBER]


def test_another_content_changes_every_later_day() -> None:
    days = [SEPTEMBER, OCTOBER]
    before, after = (names_of_known([old, NEW], days) for old in (OLD, replace(OLD, content_hash="4")))
    assert before.keys() == after.keys()
    assert all(before[day] != after[day] for day in days)


def test_models_come_after_what_they_are_made_of() -> None:
    models = {
        ("marts", "b"): 'select * from "db"."marts"."a" join "db"."intermediate"."c" using (id)',
        ("intermediate", "c"): 'select * from "db"."staging"."s"',
        ("marts", "a"): 'select * from "db"."staging"."s"',
        ("staging", "s"): 'select * from "db"."raw"."s"',
        ("marts", "unrelated"): "select 1",
    }
    found = list(closure(models, [("marts", "b"), ("model", "made_by_python")]))
    assert sorted(found) == sorted(model for model in models if model[1] != "unrelated")
    assert found.index(("marts", "a")) < found.index(("marts", "b"))


def test_a_model_is_made_of_the_raw_tables_behind_all_that_it_reads() -> None:
    models = {
        ("staging", "s"): 'select * from "db"."raw"."s" where day <= (select as_of from "db"."raw"."scope")',
        ("staging", "t"): 'select * from "db"."raw"."t"',
        ("marts", "a"): 'select "s"."id" from "db"."staging"."s" as s',
        ("marts", "b"): 'select * from "db"."marts"."a" join "db"."staging"."t" using (id)',
    }
    found = raw_tables_of(closure(models, [("marts", "b")]))
    assert found["marts", "a"] == {"s", "scope"}
    assert found["marts", "b"] == {"s", "scope", "t"}
    assert NEW.table == "roadmap__states"


def test_a_number_that_counts_conversations_is_not_told_nor_are_they() -> None:
    told = Conversations(based("measured", "interviews__interviews/p1"), "interview", 3, 3, 1, 1)
    inputs = world(conversations=[told])
    inputs = replace(
        inputs,
        evidence_grades={**inputs.evidence_grades, "interviews__interviews/p1": Grade.MEASURED},
        evidence_days={**dict.fromkeys(inputs.evidence_grades, OCTOBER), "interviews__interviews/p1": None},
    )
    gates = gates_of(results_of(inputs))
    verdicts = verdicts_of(inputs.milestones, gates, inputs.evidence_grades)
    judged = judged_day(verdicts, gates, inputs.evidence_days)
    (held,) = [gate for gate in gates if gate.gate_id == "interviews"]
    (row,) = [row for row in judged.gates if row["gate_id"] == "interviews"]
    assert "interviews__interviews/p1" in held.basis.ids
    assert held.shown.measurement.value is not None
    assert (row["status"], row["value"]) == (held.status.value, None)
    assert not [i for rows in (judged.gates, judged.verdicts) for row in rows for i in row["evidence_ids"] if "p1" in i]
    frame = gate_history_frame({OCTOBER: judged})
    assert len(frame) == len(gates)
    assert set(frame["month_end"]) == {OCTOBER}


def test_a_chart_has_a_mark_for_each_month_under_its_year() -> None:
    days = month_ends(date(2025, 2, 28))[1:]
    rows = {
        "Verdict": dict.fromkeys(days, "not_ready"),
        "Talks": dict(zip(days, ("unknown", "unknown", "fail", "pass", "pass"), strict=True)),
        "New one": {days[4]: "unknown"},
    }
    assert chart(days, rows) == [
        "         2024  2025",
        "         O N D J F",
        "Verdict  ✘ ✘ ✘ ✘ ✘",
        "Talks    ? ? ✘ ✔ ✔",
        "New one  · · · · ?",
    ]
    assert changes(days, rows) == [
        "2024-12  Talks: unknown → fail",
        "2025-01  Talks: fail → pass",
        "2025-02  New one: not asked for → unknown",
    ]
