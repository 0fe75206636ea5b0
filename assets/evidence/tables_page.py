"""All tables of evidence as a page of the documentation: each column, what it means, what may stand there.

Belongs here: Markdown, pure. Does not belong here: columns (`columns.py`), what is said of tables by hand
(docs/evidence.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assets.evidence.columns import FormColumn, SheetPlan, sheet_plans
from assets.evidence.model import EvidenceRow, Table

_START = """\
# Tables and their columns

`make schemas` writes this page from the models in `assets/evidence/tables/`. The workbook, the JSON Schemas in
`evidence/schemas/`, dbt and Dagster say the same of each column. What a row is, and how dates and units are written:
[evidence.md](evidence.md).

`waku-fit new TABLE` adds a row with blanks to a pack of yours, `waku-fit new workbook --table TABLE` a sheet to fill in
([workbook.md](workbook.md)).

**Every table** has the columns `id`, `source`, `as_of`, `as_of_basis`, `grade` and `note`. They are listed once, here.

"""


def tables_page(tables: Sequence[Table]) -> str:
    """Return the page. Columns that all tables have are listed once, and again where a table says more of them."""
    shared = {name: info.description for name, info in EvidenceRow.model_fields.items()}
    plans = [
        plan for table in tables if table.kind != "part" for plan in sheet_plans(table, entries={"<question>": ""})
    ]
    first = next(plan for plan in plans if plan.table.kind == "csv")
    lines = [_START + _listed([column for column in first.columns if column.name in shared])]
    for area, of_area in groupby(plans, key=lambda plan: plan.table.area):
        lines.append(f"\n## {area}\n")
        for plan in of_area:
            own = [column for column in plan.columns if shared.get(column.name) != column.meaning]
            lines.append(f"\n### {plan.name}\n\n{_where(plan)} {plan.one_row_is}\n\n{_listed(own)}")
    return "".join(lines)


def _where(plan: SheetPlan) -> str:
    if plan.part:
        return f"Entries of `{plan.part.key}` in a document of `{plan.table.name}`."
    if plan.table.kind == "yaml":
        return f"Documents `{plan.table.path}/<id>.yaml`."
    return f"`{plan.table.path}`."


def _listed(columns: Sequence[FormColumn]) -> str:
    rows = [f"| `{column.heading}` | {_plain(column.meaning)} | {_plain(column.takes)} |\n" for column in columns]
    return "".join(["| column | what it means | what may stand there |\n|---|---|---|\n", *rows])


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
