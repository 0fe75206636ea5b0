"""What readers say of evidence: the model of the table in which they mark rows as reviewed or doubtful.

Belongs here: the columns of `evidence/<pack>/reviews/marks.csv`. Does not belong here: which mark counts
(`assets.evidence.marks`).
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from assets.evidence.model import EvidenceRow, Reference, Says, Table
from assets.evidence.wording import with_suggestion

Role = Literal["analyst", "board_member", "customer", "engineer", "outside_expert", "product_lead"]
"""Of whoever marks a row: what somebody is, never who."""


class Mark(EvidenceRow):
    """What a reader of one row of evidence thinks of it."""

    says: ClassVar[Says] = Says(("mark",), conditions=("marked_row", "role"))

    marked_row: str = Field(description="Row that is marked, as `<table>/<id>`, such as pricing__rpc_plans/infura_team")
    mark: Literal["reviewed", "doubtful"] = Field(
        description="reviewed: compared with its source, and right; doubtful: something speaks against it"
    )
    role: Role = Field(description="Role of whoever looked at it, never a name")

    @field_validator("marked_row")
    @classmethod
    def _table_is_known(cls, marked_row: str) -> str:
        from assets.evidence.tables import TABLES_BY_KEY  # which is made of this module among others

        table, slash, row = marked_row.partition("/")
        if not (slash and row):
            raise ValueError(f'"{marked_row}" is no row; expected <table>/<id>, such as pricing__rpc_plans/infura_team')
        if table not in TABLES_BY_KEY:
            expected = with_suggestion("the key of a table, such as pricing__rpc_plans", table, TABLES_BY_KEY)
            raise ValueError(f'"{table}" is not a table of evidence; expected {expected}')
        return marked_row

    def refers_to(self) -> Iterator[tuple[str, str, Reference]]:
        """Yield the row that is marked, with its table."""
        table, _, row = self.marked_row.partition("/")
        yield "marked_row", row, Reference(table)


TABLES: tuple[Table, ...] = (
    Table("reviews", "marks", Mark, "Marks of readers: reviewed or doubtful", may_be_missing=True),
)
