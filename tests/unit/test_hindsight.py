"""No row says on a day what was learnt later, unless the exception is declared here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.evidence.hindsight import later_days
from assets.evidence.packs import resolve_packs
from assets.evidence.read_packs import read_packs
from tests.places import FROZEN

PUBLIC = FROZEN
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dropped on 2025-12-10", ["2025-12-10"]),
        ("content/waku/updates/2024-11-05.md@43ec517", ["2024-11-05"]),
        ("first half of 2025, and in 2026", ["of 2025", "in 2026"]),
        ("since 2024-11-05, from 2025-01", ["2024-11-05", "2025-01"]),
        ("call on 5 November 2024; fixed in Dec 2024", ["5 November 2024", "Dec 2024"]),
        ("November 5, 2024 and 5th Nov. 2024, not November 4, 2024", ["November 5, 2024", "5th Nov. 2024"]),
        ("in H1 2025, by 2025Q2, after 2025H2-SUMMARY.md", ["H1 2025", "2025Q2", "2025H2"]),
        ("H2 2024 and Q4 2024", []),
        ("held by 4 Nov 2024", []),
        ("before 2024-11, on 2024-11-04, in 2024", []),
        ("ends on planned 2025-01-15, due by 2025-02-01", []),
        ("unplanned 2025-01-15", ["2025-01-15"]),
        ("next on 2027-03-01", []),
        ("2048 nodes, commit 20250101a, 1.2025-01", []),
        ("on 2025-02-30", []),
    ],
)
def test_days_after_the_day_of_a_row(text: str, found: list[str]) -> None:
    assert list(later_days(text, date(2024, 11, 4), TODAY)) == found


@pytest.mark.parametrize("column", ["note", "source", "statement"])
def test_a_later_day_in_a_row_of_the_record_is_a_mistake(tmp_path: Path, column: str) -> None:
    header = "id,segment_id,kind,statement,tag,strength,relation,usp_id,problem_id,integration_id,progress_id"
    texts = {"statement": "said", "source": "report", "note": ""} | {column: "told on 2025-06-16"}
    row = f"one,chat,issue,{texts['statement']},latency,weak,,,,,,{texts['source']},2024-11-04,source_date,published,"
    folder = tmp_path / "ours" / "interviews"
    folder.mkdir(parents=True)
    (folder / "signals.csv").write_text(f"{header},source,as_of,as_of_basis,grade,note\n{row}{texts['note']}\n")
    packs = resolve_packs(("public", str(tmp_path / "ours")), PUBLIC, tmp_path)
    found = [problem for problem in read_packs(packs, today=TODAY).problems if problem.column == column]
    assert ["later than the day of the row" in problem.message for problem in found] == [True]
