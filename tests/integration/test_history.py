"""The verdict of each month-end as a run makes it: what is judged again, and that nothing of the past stays behind."""

from __future__ import annotations

import csv
import json
import shutil
from typing import Any

from orchestration.warehouse.connection import connect, open_warehouse
from tests.integration.chain import Chain

REPORTED = "2025-07-15"
PLANTED = '[{"gate_id": "planted", "milestone_id": "planted", "title": "Remembered"}]'


def rows_of(chain: Chain, table: str) -> list[dict[str, str]]:
    with (chain.latest / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def execute(chain: Chain, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements as the software does and return the rows of the last one."""
    with open_warehouse(None, chain.root / "state") as database, connect(database.url, "waku_fit_admin") as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        connection.commit()
    return found


def test_it_begins_with_the_milestone_and_ends_with_the_evidence(chain: Chain) -> None:
    days = sorted({row["month_end"] for row in rows_of(chain, "verdict_history")})
    assert days[0] == "2024-09-30"
    assert days[-1] <= max(row["as_of"] for row in rows_of(chain, "evidence_index"))
    gates = [row for row in rows_of(chain, "gate_history") if row["month_end"] == days[0]]
    assert {row["gate_id"]: row["status"] for row in gates if row["milestone_id"] == gates[0]["milestone_id"]} == {
        "cost": "unknown",
        "whitepaper": "unknown",
        "usps": "fail",
        "target_customers": "unknown",
        "interviews": "unknown",
        "codesign": "unknown",
        "mvp_review": "unknown",
    }


def test_nothing_of_the_past_stays_in_the_warehouse(chain: Chain) -> None:
    assert execute(chain, "select as_of from raw.evidence_scope") == [(None,)]
    for table in ("evidence_index", "milestone_progress", "archive_capacity"):
        counted = execute(chain, f"select count(*) from marts.{table}")
        assert counted == [(len(rows_of(chain, table)),)]


def test_the_command_draws_it(chain: Chain) -> None:
    done = chain.waku_fit("history")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "at each month-end by what was known and asked then" in done.stdout
    assert "2024-10  Customer Interviews: unknown → fail (1 of 10)" in done.stdout
    typed = json.loads(chain.waku_fit("history", "--json").stdout)
    assert len(typed["gates"]) == len(rows_of(chain, "gate_history"))
    assert typed["verdicts"][0]["passed"] == 0
    unknown = chain.waku_fit("history", "--milestone", "tomorrow")
    assert (unknown.returncode, "expected one of demonstrate_product_market_fit" in unknown.stderr) == (1, True)


def test_only_month_ends_are_judged_again_of_which_more_is_known_now(chain: Chain) -> None:
    """What is remembered of earlier ones is taken as it is, also where dbt's own files are gone."""
    before = rows_of(chain, "gate_history")
    execute(chain, f"update readiness.judged_days set gates = '{PLANTED}'")
    shutil.rmtree(chain.root / "state" / "dbt" / "build")
    path = chain.root / "evidence" / "public" / "roadmap" / "milestone_progress.csv"
    lines = path.read_text().splitlines(keepends=True)
    names = lines[0].strip().split(",")
    (newest,) = [line for line in lines if ",2024-11-04,interviews_held_cumulative," in line]
    reported = next(csv.DictReader([lines[0], newest]))
    later = {"id": "interviews_later", "value": "7", "observed_on": REPORTED, "as_of": REPORTED, "note": ""}
    with path.open("a", newline="") as file:
        csv.DictWriter(file, names, lineterminator="\n").writerow(reported | later)
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    found = rows_of(chain, "gate_history")
    assert {row["gate_id"] for row in found if row["month_end"] < REPORTED} == {"planted"}
    again = [row for row in found if row["month_end"] > REPORTED]
    assert {row["gate_id"] for row in again} == {row["gate_id"] for row in before}
    held = {row["month_end"]: row["value"] for row in again if row["gate_id"] == "interviews"}
    assert set(held.values()) == {"7.0"}
