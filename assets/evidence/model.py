"""What a row of evidence is: grades, the columns all rows share, tables, and what reading one gives.

Belongs here: types, pure. Does not belong here: how text becomes rows (`parsing.py`), files and SQL (`read_packs.py`),
the columns of single tables (`tables/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from assets.evidence.column_types import marks, postgres_type
from assets.evidence.sources import is_placeholder

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A table of typed facts is far below this; larger files are a mistake (a dump, a binary)."""

WORKBOOK = ".xlsx"
"""How the name of a workbook ends."""

MAX_LINE_CHARS = 1_000_000
"""A longer line is never something that a person typed."""


class Grade(StrEnum):
    """How strong a piece of evidence is, strongest first (see docs/evidence.md)."""

    MEASURED = "measured"
    PUBLISHED = "published"
    ESTIMATED = "estimated"
    ILLUSTRATIVE = "illustrative"
    NOT_FOUND = "not_found"


GRADE_ORDER: tuple[Grade, ...] = tuple(Grade)


def weakest(grades: Iterable[Grade | str]) -> Grade:
    """Return the weakest of `grades`; nothing to go by counts as not found."""
    return max((Grade(g) for g in grades), key=GRADE_ORDER.index, default=Grade.NOT_FOUND)


AsOfBasis = Literal[
    "source_date", "assigned", "observed", "committed", "page_date", "page_date_older", "retrieved", "recalled"
]
"""Where the date in `as_of` comes from.

`assigned`, `page_date_older`, `retrieved` and `recalled` mark an uncertain one.
"""

DatePrecision = Literal["day", "month", "year"]
"""How much of a date its source states; the rest is the first day or month."""


def split_list(value: Any) -> Any:
    """Return the values of a cell of a list column; what is not text is left as it is."""
    return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value


IDENTIFIER_PATTERN = r"^[a-z0-9]+(_[a-z0-9]+)*$"

Identifier = Annotated[str, Field(pattern=IDENTIFIER_PATTERN)]
"""A name in lower_snake_case."""
TextList = Annotated[list[str], BeforeValidator(split_list)]
"""Several values in one cell, separated by ';'."""
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Planned:
    """Marks a column whose date may lie in the future: `Annotated[date, Planned()]`. No other date may."""


@dataclass(frozen=True)
class AddedLater:
    """Marks a column that files from before may lack. Written as `Annotated[str | None, AddedLater()]`."""


@dataclass(frozen=True)
class Reference:
    """Marks a column whose value (each value, for a list) is an `id` of another table.

    Written as `Annotated[str, Reference("segments__segments")]`.
    """

    table: str
    besides: tuple[str, ...] = ()
    """Values that are allowed without being an id there, such as 'any'."""


@dataclass(frozen=True)
class Says:
    """The columns that tell a reader what a row says; of tables about people only what is published of them."""

    values: tuple[str, ...] = ()
    """Empty for the `value_columns` of the model."""
    unit: str = "unit"
    """Where the model has such a column."""
    per: tuple[str, ...] = ()
    """What the value is for, such as the number and the unit that a price buys."""
    conditions: tuple[str, ...] = ()
    """What is measured or asked, when it holds, or the words that were said."""


class EvidenceRow(BaseModel):
    """The columns that every row of evidence has."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        # one file is checked with three of forty models: building the others takes 0.1 s
        defer_build=True,
    )

    value_columns: ClassVar[tuple[str, ...]] = ()
    """What the row was looked up for.

    `not_found` means that all of them are empty, any other grade that one is filled.
    """
    says: ClassVar[Says] = Says()
    subject: ClassVar[tuple[str, ...]] = ("id",)
    """The columns that say what a row is about, in a list of rows of all tables."""
    id_as: ClassVar[str] = ""
    """What `id` is called in staging, where ids of several tables meet; if not given, after the name of the table."""

    id: Identifier = Field(description="Name of the row, unique in its table; never changed once published")
    source: str = Field(min_length=1, description="Where a reader can check the row")
    as_of: date = Field(description="Date of the observation")
    as_of_basis: AsOfBasis = Field(description="Where the date in as_of comes from")
    grade: Grade = Field(description="How strong the evidence is")
    note: str = Field(default="", description="What a reader must know besides, such as how an estimate was made")

    def refers_to(self) -> Iterator[tuple[str, str, Reference]]:
        """Yield column and value of each id of another table that is part of a value, with that table."""
        yield from ()

    @field_validator("source")
    @classmethod
    def _source_is_one(cls, value: str) -> str:
        if is_placeholder(value):
            raise ValueError("is a placeholder; expected where a reader can check the row, such as an address")
        return value

    @model_validator(mode="after")
    def _grade_agrees_with_values(self) -> EvidenceRow:
        if not self.value_columns:
            return self
        filled = [name for name in self.value_columns if getattr(self, name) not in (None, "", [])]
        names = ", ".join(self.value_columns)
        if self.grade is Grade.NOT_FOUND and filled:
            raise ValueError(f"grade not_found means that {names} are empty, but {', '.join(filled)} has a value")
        if self.grade is not Grade.NOT_FOUND and not filled:
            raise ValueError(f"none of {names} has a value; write one, or grade the row not_found")
        return self


class StandingRow(EvidenceRow):
    """A row that says what is asked, claimed or supposed. It counts from the day from which it holds.

    What was observed counts from the day of the observation. A requirement that was written down later than it was
    asked, or a scenario that was worked out later, would else leave an earlier day without anything to judge.
    """

    holds_from: date | None = Field(
        default=None, description="Day from which the row holds and counts, at the latest as_of; empty is as_of"
    )

    @model_validator(mode="after")
    def _holds_before_it_was_written(self) -> StandingRow:
        if self.holds_from is not None and self.holds_from > self.as_of:
            raise ValueError(f"holds_from {self.holds_from} is after as_of {self.as_of}")
        return self


class ValueRow(EvidenceRow):
    """A row whose value is a number, a range or words."""

    value_columns: ClassVar[tuple[str, ...]] = ("value", "value_low", "value_high", "value_text")

    value: float | None = Field(default=None, description="The number, in `unit`")
    value_low: float | None = Field(default=None, description="Lower end of a range or lower bound, in `unit`")
    value_high: float | None = Field(default=None, description="Upper end of a range or upper bound, in `unit`")
    value_text: str | None = Field(default=None, description="The value where it is words, such as a host type")

    @model_validator(mode="after")
    def _range_is_ordered(self) -> ValueRow:
        if self.value_low is not None and self.value_high is not None and self.value_low > self.value_high:
            raise ValueError(f"value_low {self.value_low:g} is above value_high {self.value_high:g}")
        return self


PROVENANCE = {"evidence_id": "text", "pack": "text", "file": "text", "line": "integer"}
"""Columns of every raw table besides those of its model."""
PROVENANCE_COMMENTS = {
    "evidence_id": "Name of the row in all of the evidence: <table>/<id>",
    "pack": "Pack that the row comes from",
    "file": "File that the row was typed in",
    "line": "Line of the file in which the row starts",
}

SCOPE = {"as_of": "date", "packs": "text[]", "content_key": "text"}
"""Columns of the raw table `evidence_scope`."""
SCOPE_COMMENTS = {
    "": "What the last load covered. One row.",
    "as_of": "Evidence dated later is unknown to all models; null is no limit",
    "packs": "Packs that were read, in the order in which they were laid over each other",
    "content_key": "Secret of this warehouse that hashes of rows about people are made with",
}
"""What they mean, and under '' the table."""


@dataclass(frozen=True)
class Table:
    """One table (a CSV file) or one kind of document (a folder of YAML files) in a pack."""

    area: str
    name: str
    model: type[EvidenceRow]
    title: str
    kind: Literal["csv", "yaml", "part"] = "csv"
    """`part`: no file of its own, its rows are entries in the documents of another table."""
    parts: tuple[Part, ...] = ()
    is_personal: bool = False
    """It holds what people said: it is searched for identities, and no message repeats a value of it."""
    may_be_missing: bool = False
    """Also from a pack that has to be complete, because there may rightly be none."""

    @property
    def key(self) -> str:
        """`<area>__<name>`: the name in the schema `raw` and in the asset key."""
        return f"{self.area}__{self.name}"

    @property
    def path(self) -> str:
        """Where it lives inside a pack: a file for a table, a folder for documents."""
        return f"{self.area}/{self.name}" + (".csv" if self.kind == "csv" else "")

    @property
    def workbook_path(self) -> str:
        """Where the table may lie in place of its CSV file: a workbook."""
        return f"{self.area}/{self.name}{WORKBOOK}"

    @property
    def id_column(self) -> str:
        """What `id` is called in staging."""
        return self.model.id_as or self.name.removesuffix("s") + "_id"

    @property
    def is_standing(self) -> bool:
        """Its rows count from the day from which they hold."""
        return issubclass(self.model, StandingRow)

    @property
    def is_under_consent(self) -> bool:
        """The person behind each row decides what is published of it."""
        return "consent" in self.model.model_fields

    def columns(self) -> dict[str, str]:
        """Map each column to its PostgreSQL type, in the order of the model."""
        return {name: postgres_type(info.annotation) for name, info in self.model.model_fields.items()}

    def header(self) -> list[str]:
        """Return the columns as they stand in a file: the id, its own, those that all tables share."""
        shared = [name for name in EvidenceRow.model_fields if name != "id"]
        return ["id", *(name for name in self.model.model_fields if name not in EvidenceRow.model_fields), *shared]

    def references(self) -> dict[str, Reference]:
        """Map each referring column to what it refers to."""
        return {
            name: mark
            for name, info in self.model.model_fields.items()
            for mark in marks(info)
            if isinstance(mark, Reference)
        }

    def added_later(self) -> frozenset[str]:
        """Return the columns that a file may lack; its rows have their defaults."""
        return frozenset(name for name, info in self.model.model_fields.items() if AddedLater() in marks(info))

    def column_at(self, place: Sequence[str | int]) -> tuple[Table, str]:
        """Return the table and the column that the value at a place of a document is of; '' is none."""
        part = next((part for part in self.parts if part.key == place[0]), None)
        if part is None:
            return self, str(place[0])
        return part.table, part.value_column or "".join(map(str, place[2:3]))

    def past_dates(self) -> frozenset[str]:
        """Return the columns whose date must not lie in the future."""
        planned = {name for name, info in self.model.model_fields.items() if Planned() in marks(info)}
        return frozenset(name for name, type_ in self.columns().items() if type_ == "date" and name not in planned)


@dataclass(frozen=True)
class Part:
    """A list in a document, or a mapping if `value_column` is given, whose entries are rows of a table of their own.

    An entry is named after its document and its number in the list, or its key in the mapping.
    """

    key: str
    """Of the document, such as `findings`."""
    table: Table
    parent_column: str
    """Column with the id of the document."""
    entry_column: str
    """Column with the number of the entry, from 1, or its key."""
    inherits: tuple[str, ...] = ()
    """Columns that have the value of the document, besides source, as_of, as_of_basis and grade."""
    value_column: str = ""
    entry_key: str = ""
    """For a list whose entries have a name: the key of an entry that has it. Its number is the name otherwise."""
    refers_by: tuple[str, str] | None = None
    """A column that joins the id in a column of the document and the name of the entry: `(column, that column)`."""

    @property
    def inherited(self) -> tuple[str, ...]:
        """All columns that an entry has from its document."""
        return ("source", "as_of", "as_of_basis", "grade", *self.inherits)

    @property
    def set_by_loader(self) -> frozenset[str]:
        """Columns that nobody types in an entry."""
        reference = self.refers_by[:1] if self.refers_by else ()
        return frozenset({"id", self.parent_column, self.entry_column, *self.inherited, *reference})


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in the evidence, in the form `file:line: column: what is wrong; expected ...`."""

    file: str
    line: int
    column: str
    message: str
    expected: str = ""
    count: int = 1
    """How many mistakes it stands for: the last problem of a file can stand for all that are not listed."""
    cell: str = ""
    """Of a workbook, such as `findings!F12`; it then stands in place of the line."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.cell or self.line}: " + (f"{self.column}: " if self.column else "")
        return where + self.message + (f"; expected {self.expected}" if self.expected else "")


@dataclass(frozen=True)
class Record:
    """A typed row with the place that it was typed in."""

    row: EvidenceRow
    pack: str
    file: str
    line: int


@dataclass(frozen=True)
class Mention:
    """A value that has to be an `id` of another table."""

    line: int
    column: str
    value: str
    reference: Reference
    follows_from: Mention | None = None
    """Another one of the same document that this one is made of: if that leads nowhere, so does this."""


@dataclass
class Parsed:
    """The rows of one file and every mistake found in it."""

    file: str
    pack: str
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    """Line of each id, also of rows with mistakes, so that a reference to such a row is not a second mistake."""
    mentions: list[Mention] = field(default_factory=list)
    has_all_ids: bool = True
    """False if the file could not be read so far: what is not in `ids` may still exist."""
    is_personal: bool = False
    """What its messages must not repeat is what was typed (see `Table`)."""
    parts: dict[str, Parsed] = field(default_factory=dict)
    """What the lists of a document hold, by table."""
    notes: tuple[str, ...] = ()
    """What a user should know of how the file was read."""
    cell_of: Callable[[int, str], str] | None = None
    """Names the cell of a line and a column, of a workbook."""
