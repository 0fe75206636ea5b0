"""What somebody fills in: for each table its sheets, and for each column what it means and what may stand there.

Belongs here: from models to sheets and columns, pure. The workbook and the page of all tables are made of them.
Does not belong here: files (`workbook.py`, `workbook_rows.py`), the columns themselves (`tables/`).

A table is one sheet, and so are the documents of a kind, a row each. Each of their lists is a sheet of its own, whose
rows name the document, and each of their mappings is columns, such as `answer_must_haves`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assets.evidence.documents import COMMON
from assets.evidence.model import Part, Reference, Table
from assets.evidence.wording import FREE_TEXT, choices_of, expectation

DAY_OF_CONVERSATION = {"interviews__interviews": "interviewed_on", "interviews__sessions": "held_on"}
"""Column that says the day of a conversation, which is also that of the row if nobody says otherwise."""


@dataclass(frozen=True)
class FormColumn:
    """One column of a sheet."""

    heading: str
    table: Table
    """Whose model says what it means."""
    name: str
    """In the model."""
    entry: str = ""
    """Of a mapping in a document: the key, such as the name of a question."""
    says: str = ""
    """What it means, where that is not said of the column in the model."""

    @property
    def meaning(self) -> str:
        return self.says or self.table.model.model_fields[self.name].description or ""

    @property
    def may_be_empty(self) -> bool:
        return bool(self.entry or self.empty_is) or not self.table.model.model_fields[self.name].is_required()

    @property
    def empty_is(self) -> str:
        """The column whose value an empty cell stands for."""
        return DAY_OF_CONVERSATION.get(self.table.key, "") if self.name == "as_of" else ""

    @property
    def kind(self) -> str:
        """The PostgreSQL type."""
        return self.table.columns()[self.name]

    @property
    def is_list(self) -> bool:
        return self.kind.endswith("[]")

    @property
    def is_number(self) -> bool:
        return self.kind in ("double precision", "bigint", "integer")

    @property
    def reference(self) -> Reference | None:
        return self.table.references().get(self.name)

    @property
    def choices(self) -> list[str]:
        """The values of a closed list, none for another column."""
        return ["true", "false"] if self.kind == "boolean" else choices_of(self.table.model, self.name)

    @property
    def is_free_text(self) -> bool:
        return not self.choices and self.reference is None and self.expected == FREE_TEXT

    @property
    def expected(self) -> str:
        """What may stand in a cell, in words, such as `a number >= 0`."""
        if self.reference:
            besides = "".join(f", or {value}" for value in self.reference.besides)
            each = "ids" if self.is_list else "an id"
            return f"{each} of {self.reference.table.partition('__')[2]}{besides}"
        return expectation(self.table.model, self.name)

    @property
    def takes(self) -> str:
        """What may stand in a cell, and whether it may be empty."""
        several = ", several with a semicolon between them" if self.is_list else ""
        if self.empty_is:
            return f"{self.expected}; empty is {self.empty_is}"
        return f"{self.expected}{several}{'; may be empty' if self.may_be_empty else ''}"

    @property
    def example(self) -> str:
        """A value as the model gives one, the first of a closed list, or nothing."""
        given = self.table.model.model_fields[self.name].examples
        return str(given[0]) if given else next(iter(self.choices), "")


@dataclass(frozen=True)
class SheetPlan:
    """The columns of one sheet, in their order."""

    table: Table
    """That the sheet is filled in for."""
    columns: tuple[FormColumn, ...]
    part: Part | None = None
    """Of the table, if the rows are entries of its documents."""

    @property
    def name(self) -> str:
        return (self.part.table if self.part else self.table).name

    @property
    def title(self) -> str:
        return (self.part.table if self.part else self.table).title

    @property
    def one_row_is(self) -> str:
        """What the model says of itself."""
        return " ".join(((self.part.table if self.part else self.table).model.__doc__ or "").split())

    @cached_property
    def by_heading(self) -> Mapping[str, FormColumn]:
        return {column.heading: column for column in self.columns}

    def open_column(self, heading: str) -> FormColumn | None:
        """Return the column of a heading, also of an entry that the plan does not list."""
        if known := self.by_heading.get(heading):
            return known
        part = mapping_of(self.table) if self.part is None else None
        entry = heading.removeprefix(f"{part.value_column}_") if part else heading
        return FormColumn(heading, part.table, part.value_column, entry) if part and entry != heading else None


def mapping_of(table: Table) -> Part | None:
    """Return the part of a document that is a mapping, such as the answers of an interview."""
    return next((part for part in table.parts if part.value_column), None)


def sheet_plans(
    table: Table, header: Sequence[str] = (), entries: Mapping[str, str] | None = None
) -> tuple[SheetPlan, ...]:
    """Return the sheets of a table: itself, then the lists of its documents.

    `header` gives the order of columns that a file has; `entries` by key of a mapping what it asks.
    """
    header = header or table.header()
    own = [FormColumn(name, table, name) for name in header if name in table.model.model_fields]
    if mapping := mapping_of(table):
        first = next(position for position, column in enumerate(own) if column.name in COMMON)
        own[first:first] = [
            FormColumn(f"{mapping.value_column}_{key}", mapping.table, mapping.value_column, key, says)
            for key, says in (entries or {}).items()
        ]
    lists = (part for part in table.parts if not part.value_column)
    return SheetPlan(table, tuple(own)), *(_entries(table, part) for part in lists)


def _entries(table: Table, part: Part) -> SheetPlan:
    names = [name for name in part.table.model.model_fields if name not in part.set_by_loader and name != "note"]
    keys = [part.parent_column, *([part.entry_column] if part.entry_key else [])]
    said = {part.parent_column: f"The id of its row in the sheet {table.name}"}
    columns = (FormColumn(name, part.table, name, says=said.get(name, "")) for name in (*keys, *names, "note"))
    return SheetPlan(table, tuple(columns), part)
