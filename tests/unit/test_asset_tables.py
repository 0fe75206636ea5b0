"""What the UI of Dagster shows beside a materialisation: counts, columns, and first rows that may be shown."""

from __future__ import annotations

from datetime import date

from assets.common.asset_tables import PREVIEW_COLUMNS, preview, sql_table_metadata
from assets.common.tables import ABOUT_PEOPLE, TableStatistics
from assets.evidence.tables import ALL_TABLES


def statistics(*rows: tuple[object, ...], columns: tuple[str, ...] = ("id", "value", "day", "tags")) -> TableStatistics:
    return TableStatistics(len(rows), dict.fromkeys(columns, "text"), {}, rows)


def test_first_rows_are_a_table_in_markdown() -> None:
    shown = statistics(("audit", 2.5, date(2026, 6, 1), ["rln", "contract"]), ("mainnet", None, None, []))
    assert preview(shown).splitlines() == [
        "| id | value | day | tags |",
        "| --- | --- | --- | --- |",
        "| audit | 2.5 | 2026-06-01 | rln, contract |",
        "| mainnet |  |  |  |",
    ]
    assert sql_table_metadata(shown)["preview"].md_str == preview(shown)


def test_text_of_evidence_stays_text() -> None:
    hostile = "![x](http://evil.example) | <b>"
    row = preview(statistics((hostile,), columns=("note",))).splitlines()[2]
    assert row == "| &#33;&#91;x&#93;(http://evil.example) &#124; &#60;b&#62; |"
    assert "lines" in preview(statistics(("two\n\nlines",), columns=("note",))).splitlines()[2]


def test_long_rows_are_cut() -> None:
    wide = tuple(f"c{n}" for n in range(PREVIEW_COLUMNS + 3))
    shown = preview(statistics(("x" * 100,) * len(wide), columns=wide))
    assert shown.splitlines()[2] == "|" + f" {'x' * 39}… |" * PREVIEW_COLUMNS
    assert shown.endswith("\n\n*3 more columns are not shown.*")


def test_a_table_without_such_rows_says_so() -> None:
    assert preview(statistics()) == "*No row that can be shown: there is none, or all are based on what people said.*"


def test_no_table_about_people_is_forgotten() -> None:
    personal = {part.table.key for table in ALL_TABLES for part in table.parts if part.table.is_personal}
    personal |= {table.key for table in ALL_TABLES if table.is_personal}
    assert sorted(personal) == sorted(ABOUT_PEOPLE)
