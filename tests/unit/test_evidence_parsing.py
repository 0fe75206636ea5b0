"""How text becomes typed rows: every type, every accepted spelling, and how a mistake in a value is worded.

Belongs here: the parser with small tables of its own.
Does not belong here: the real tables (`test_evidence_tables.py`), whole packs (`test_evidence_mistakes.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field

from assets.evidence.model import (
    AddedLater,
    EvidenceRow,
    Grade,
    Identifier,
    Mention,
    NonNegative,
    Parsed,
    Planned,
    Reference,
    Share,
    Table,
    TextList,
)
from assets.evidence.parsing import decode, parse_csv, parse_yaml

TODAY = date(2026, 11, 23)


class Offer(EvidenceRow):
    """A row with a column of every type."""

    value_columns: ClassVar[tuple[str, ...]] = ("price",)

    price: NonNegative | None = Field(default=None, description="Price")
    share: Share | None = Field(default=None, description="Share")
    cores: int | None = Field(default=None, ge=1, description="Cores")
    currency: Literal["USD", "EUR"] = Field(default="EUR", description="Currency")
    is_shared: bool | None = Field(default=None, description="Whether it is shared")
    bought_on: date | None = Field(default=None, description="Day")
    ends_on: Annotated[date, Planned()] | None = Field(default=None, description="Last day")
    plan: Identifier | None = Field(default=None, description="Plan")
    like: Annotated[str | None, Reference("demo__offers", besides=("any",))] = Field(default=None, description="Offer")
    tags: TextList = Field(default=[], description="Tags")
    kinds: list[Literal["small", "large"]] = Field(default=[], description="Kinds")
    others: Annotated[TextList, Reference("demo__offers")] = Field(default=[], description="Offers")


OFFERS = Table("demo", "offers", Offer, "Offers")
DOCUMENTS = Table("demo", "documents", Offer, "Offers as documents", kind="yaml")
COLUMNS = list(OFFERS.columns())
GOOD = {
    "id": "a",
    "source": "page",
    "as_of": "2026-01-31",
    "as_of_basis": "observed",
    "grade": "published",
    "price": "1",
}


def parsed(text: str) -> Parsed:
    return parse_csv(OFFERS, text, file="demo/offers.csv", pack="demo", today=TODAY)


def csv_of(*rows: dict[str, str]) -> str:
    """A whole table, one line a row; the cells are put in as they are."""
    lines = [",".join(COLUMNS), *(",".join(row.get(column, "") for column in COLUMNS) for row in rows)]
    return "\n".join(lines) + "\n"


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in parsed(text).problems]


def document(text: str, file: str = "demo/documents/a.yaml") -> Parsed:
    return parse_yaml(DOCUMENTS, text, file=file, pack="demo", today=TODAY)


def yaml_of(**more: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in {**GOOD, **more}.items())


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("price", "5.49", 5.49),
        ("price", "0", 0.0),
        ("price", "1e-9", 1e-9),
        ("price", " 7. ", 7.0),
        ("share", ".5", 0.5),
        ("cores", "4", 4),
        ("currency", "USD", "USD"),
        ("is_shared", "true", True),
        ("is_shared", "FALSE", False),
        ("is_shared", "no", False),
        ("bought_on", "2024-02-29", date(2024, 2, 29)),
        ("bought_on", "2026-11-24", date(2026, 11, 24)),
        ("ends_on", "2031-01-01", date(2031, 1, 1)),
        ("plan", "s3_standard", "s3_standard"),
        ("grade", "measured", Grade.MEASURED),
        ("tags", "one; two ;;three", ["one", "two", "three"]),
        ("kinds", "small;large", ["small", "large"]),
        ("note", ' "said ""so"", twice"', 'said "so", twice'),
        ("note", "Zürich – 東京 – 🦉", "Zürich – 東京 – 🦉"),
        ("like", "any", "any"),
    ],
)
def test_a_cell_becomes_a_value(column: str, cell: str, value: Any) -> None:
    found = parsed(csv_of({**GOOD, column: cell}))
    assert found.problems == []
    assert getattr(found.records[0].row, column) == value


@pytest.mark.parametrize("column", ["share", "cores", "is_shared", "bought_on", "plan", "like"])
def test_an_empty_cell_is_no_value(column: str) -> None:
    assert getattr(parsed(csv_of({**GOOD, column: "  "})).records[0].row, column) is None


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("price", "abc", '"abc" is not a number; expected a number >= 0'),
        ("price", "-5", '"-5" is out of range; expected a number >= 0'),
        ("share", "1.2", '"1.2" is out of range; expected a number >= 0 and <= 1'),
        ("price", "5 EUR", '"5 EUR" has text beside the number; expected a number >= 0, without a unit, such as 5'),
        ("price", "€ 5.49", '"€ 5.49" has text beside the number; expected a number >= 0, without a unit, such as'),
        ("price", "5%", '"5%" has text beside the number; expected a number >= 0, without a unit, such as 5'),
        ("price", '"3,49"', "with a point for decimals and no thousands separator, such as 3.49"),
        ("price", '"1,234"', "with a point for decimals and no thousands separator, such as 1.234 or 1234"),
        ("price", '"1,234,567"', "such as 1234567"),
        ("price", '"1,234.50"', "such as 1234.50"),
        ("price", '"1.234,50"', "such as 1234.50"),
        ("price", "1 000", '"1 000" has a thousands separator; expected a number >= 0, written without one, such as'),
        ("price", "1_000", "such as 1000"),
        ("price", "1'000.5", "such as 1000.5"),
        ("price", "NaN", '"NaN" is not a finite number; expected a number >= 0, or nothing if it is not known'),
        ("price", "-inf", '"-inf" is not a finite number'),
        ("price", "1e999", '"1e999" does not fit'),
        ("price", "٣", '"٣" is not a number'),
        ("price", "9" * 200, "is too long"),
        ("price", " " * 50_000 + "a" + " " * 50_000 + "b", "is too long"),
        ("cores", "2.5", '"2.5" is not a whole number; expected a whole number >= 1'),
        ("cores", "0", '"0" is out of range; expected a whole number >= 1'),
        ("cores", "9223372036854775808", '"9223372036854775808" has too many digits'),
        ("currency", "usd", '"usd" is not allowed; expected one of USD, EUR; did you mean "USD"?'),
        ("currency", "GBP", '"GBP" is not allowed; expected one of USD, EUR'),
        ("kinds", "small;lagre", '"lagre" is not allowed; expected one of small, large; did you mean "large"?'),
        ("is_shared", "maybe", '"maybe" is neither true nor false; expected true or false, yes or no'),
        ("bought_on", "31.12.2024", 'is written day first; expected a date in the form YYYY-MM-DD, such as 2024-12-31'),
        ("bought_on", "12/31/2024", '"12/31/2024" is not a date; expected a date in the form YYYY-MM-DD'),
        ("bought_on", "2024-02-30", '"2024-02-30" is not in the calendar'),
        ("bought_on", "2024-12", '"2024-12" is not a date; expected a date in the form YYYY-MM-DD'),
        ("bought_on", "1700000000", '"1700000000" is not a date; expected a date in the form YYYY-MM-DD'),
        ("bought_on", "2024-12-31T10", 'more than a date; expected a date in the form YYYY-MM-DD, such as 2024-12-31'),
        ("bought_on", "2026-11-25", '"2026-11-25" lies in the future; expected a date up to today, 2026-11-23'),
        ("plan", "Cloud CX23", 'is not in lower_snake_case; expected lower_snake_case, such as cloud_cx23'),
        ("grade", "measuredd", 'published, estimated, illustrative, not_found; did you mean "measured"?'),
        ("source", " ", "has no value; expected text"),
        ("note", "bell\a", "contains the control character U+0007; expected plain text"),
        ("note", "esc \x1b[2J", "contains the control character U+001B; expected plain text"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_cell_is_said_in_plain_words(column: str, cell: str, problem: str) -> None:
    (found,) = problems_of(csv_of({**GOOD, column: cell}))
    assert found.startswith(f"demo/offers.csv:2: {column}: ")
    assert problem in found


def test_a_value_is_shown_short_and_without_what_a_terminal_would_obey() -> None:
    (found,) = problems_of(csv_of({**GOOD, "currency": "\ue000" + "x" * 500}))
    assert f'"\\ue000{"x" * 59}…" is not allowed' in found


def test_a_record_knows_the_line_in_which_its_row_starts() -> None:
    rows = [{**GOOD, "note": '"one\ntwo\nthree"'}, {**GOOD, "id": "b"}]
    assert [(r.row.id, r.pack, r.file, r.line) for r in parsed(csv_of(*rows)).records] == [
        ("a", "demo", "demo/offers.csv", 2),
        ("b", "demo", "demo/offers.csv", 5),
    ]


def test_byte_order_mark_crlf_and_blank_lines_are_accepted() -> None:
    text = "\ufeff" + csv_of(GOOD).replace("\n", "\r\n\r\n")
    assert [(record.row.id, record.line) for record in parsed(text).records] == [("a", 3)]
    assert problems_of(text) == []


def test_columns_may_be_in_any_order_and_a_table_may_have_no_row() -> None:
    assert parsed(",".join(reversed(COLUMNS))) == Parsed("demo/offers.csv", "demo")


def test_references_are_noted_with_their_line() -> None:
    reference, others = OFFERS.references()["like"], OFFERS.references()["others"]
    assert parsed(csv_of({**GOOD, "like": "b", "others": "c;d"})).mentions == [
        Mention(2, "like", "b", reference),
        Mention(2, "others", "c", others),
        Mention(2, "others", "d", others),
    ]


def test_all_mistakes_are_found_at_once() -> None:
    rows = [{**GOOD, "price": "x", "cores": "y"}, {**GOOD, "id": "b", "as_of": "soon"}, GOOD]
    assert [(p.line, p.column) for p in parsed(csv_of(*rows)).problems] == [
        (2, "price"),
        (2, "cores"),
        (3, "as_of"),
        (4, "id"),
    ]


def test_beyond_a_hundred_mistakes_are_counted() -> None:
    found = parsed(csv_of(*({**GOOD, "id": f"row_{n}", "price": "x"} for n in range(130)))).problems
    assert len(found) == 101
    assert str(found[-1]) == "demo/offers.csv:131: 30 more mistakes in this file are not listed"
    assert sum(problem.count for problem in found) == 130


def test_reading_goes_on_after_a_bad_quote() -> None:
    rows = [
        {**GOOD, "note": '"open'},
        {**GOOD, "id": "b"},
        {**GOOD, "id": "c", "price": "x"},
        {**GOOD, "id": "d", "note": '"a" b'},
    ]
    assert [(p.line, p.column, p.message) for p in parsed(csv_of(*rows)).problems] == [
        (2, "", 'a quote (") is opened in this row and not closed where its value ends'),
        (4, "price", '"x" is not a number'),
        (5, "", 'there is text after a closing quote (")'),
    ]  # fmt: skip


def test_the_rest_of_a_value_cut_by_a_bad_quote_is_no_mistake_of_its_own() -> None:
    text = csv_of({**GOOD, "note": '"one\ntwo "three"\nfour"'}, {**GOOD, "id": "b"})
    assert [problem.line for problem in parsed(text).problems] == [2]


def test_a_document_is_a_row() -> None:
    found = document(
        "# comment\n\nid: a\nsource: page\nas_of: 2026-01-31\nas_of_basis: observed\ngrade: published\n"
        "price: 5\nis_shared: no\nplan: null\nlike: ~\nnote: >-\n  two\n  lines\ntags: [one, 2024-01-01]\n"
        "kinds:\n  - small\n  - large\nothers: b; c\n"
    )
    assert found.problems == []
    (record,) = found.records
    row = record.row
    assert isinstance(row, Offer)
    assert (row.price, row.is_shared, row.plan, row.like, row.note) == (5.0, False, None, None, "two lines")
    assert (row.tags, row.kinds, row.others) == (["one", "2024-01-01"], ["small", "large"], ["b", "c"])
    assert (record.file, record.line) == ("demo/documents/a.yaml", 3)
    assert found.ids == {"a": 3}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (yaml_of(price="abc"), ':6: price: "abc" is not a number; expected a number >= 0'),
        (yaml_of(price="1_000"), ":6: price: "),
        (yaml_of(price="[1, 2]"), ":6: price: a list was given; expected a number >= 0"),
        (yaml_of(note="{a: b}"), ":7: note: a mapping was given; expected text"),
        (yaml_of(kinds="[small, [large]]"), ":7: kinds: a list was given; expected one of small, large"),
        (yaml_of(kinds="[small, ~]"), ":7: kinds: an empty value was given"),
        (yaml_of(kinds="\n  - small\n  - lagre"), ':9: kinds: "lagre" is not allowed'),
        (yaml_of(nots="x"), ":7: nots: is not a key of this document; expected one of id, source"),
        (yaml_of(nots="x"), 'did you mean "note"?'),
        (yaml_of(note='"\\0"'), ":7: note: contains the control character U+0000"),
        (yaml_of(note='"\\ud800"'), ":7: note: contains the control character U+D800"),
        (yaml_of(source=""), ":2: source: has no value; expected text"),
        (yaml_of(id="b"), ':1: id: "b" is not the name of the file; expected a, the name of the file'),
        (yaml_of() + "grade: measured\n", ":7: grade: the key is there twice, first in line 5; expected each key once"),
        (yaml_of() + "? [a]\n: b\n", ":7: a key is a list or a mapping"),
        (yaml_of(note="one: two"), ":7: a colon with a blank after it inside of a text; expected quotes"),
        (yaml_of(note="\n\tindented"), ":8: a tab before or between values; expected spaces"),
        (yaml_of() + "just words\n", "a key without a colon; expected key: value"),
        (yaml_of(note="[open"), ":7: a bracket opens a list or mapping that does not end as one; expected quotes"),
        (yaml_of(note="[laughs] never"), ":7: there is text after a closing bracket; expected quotes"),
        (yaml_of(note="'we don't'"), ":7: the quote that begins in this line ends at an apostrophe in the middle"),
        (yaml_of(note='"no" they said'), ":7: the quote that begins in this line ends at a quote in the middle"),
        (
            yaml_of(source="'open", note="we don't"),
            ":2: the quote that begins in this line ends at an apostrophe in line 7",
        ),
        (yaml_of(source='"open'), ":2: a quote begins in this line and is never closed; expected the same quote after"),
        (
            yaml_of(note="- no idea"),
            ":7: text begins with a dash and a blank, as an entry of a list does; expected quotes",
        ),
        (
            yaml_of(note="C# #2\n  of two"),
            ":7: the text ends before the #: the 2 characters from there on are a comment",
        ),
        (yaml_of() + "  note: x\n", ":7: the line is indented differently from what it belongs to; expected as many"),
        (yaml_of(tags="\n  - a\n - b"), ":9: the line is indented differently from what it belongs to"),
        (
            yaml_of(note="one\ntwo") + "tags: x\n",
            ":8: a key without a colon; expected key: value; or, if it is the rest",
        ),
        (yaml_of(note='"C:\\path"'), ":7: a backslash in quotes"),
        (yaml_of(note="*bold"), ':7: anchors (&) and aliases (*) are not allowed, found "bold"'),
        (
            yaml_of(note="**bold**"),
            ':7: text begins with a character that means something in YAML; expected quotes (")',
        ),
        (yaml_of(note="@name"), ":7: text begins with a character that means something in YAML"),
        (yaml_of(note="!!python/object:os.system x"), ":7: tags (!) are not allowed"),
        (yaml_of(note="[" * 50 + "]" * 50), ":7: values are nested more than 8 deep; expected one level of keys"),
        (yaml_of(note="a\0b"), ":7: contains the control character U+0000"),
        (yaml_of() + "---\nid: b\n", ":7: a second document begins; expected one document in a file"),
        ("- a\n- b\n", ":1: the document is a list; expected a mapping: lines of 'key: value'"),
        ("hello\n", ":1: the document is text"),
        ("", ":1: the file is empty; expected keys and values: id, source"),
        ("# only a comment\n", ":1: the file is empty"),
    ],
)
def test_a_mistake_in_a_document_has_the_line_of_its_key(text: str, problem: str) -> None:
    (found,) = document(text).problems
    assert str(found).startswith("demo/documents/a.yaml:")
    assert problem in str(found)


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("our choice was #2 of the list", None),
        ("#2 of the list", None),
        ("\n  over two\n  lines # note", 9),
    ],
)
def test_a_text_does_not_end_at_a_hash(note: str, problem: int | None) -> None:
    (found,) = document(yaml_of(note=note)).problems
    lost = len(note[note.index("#") :])
    assert (found.line, found.column) == (problem or 7, "note")
    assert found.message == f"the text ends before the #: the {lost} characters from there on are a comment and lost"
    assert found.expected == 'quotes (") around the whole text, or the comment in a line of its own'


def test_a_text_of_a_list_does_not_end_at_a_hash() -> None:
    assert [p.line for p in document(yaml_of(tags="\n  - one\n  - two # three\n  - four")).problems] == [9]


@pytest.mark.parametrize(
    "text",
    [
        yaml_of(
            currency="USD  # from the list", plan="s3 # our own", price="5 # a month", as_of="2026-01-31 # Saturday"
        ),
        yaml_of(note='"the #2 of the list"  # as they said'),
        yaml_of(note="issue#2, and C#"),
        yaml_of(note=">-\n  the #2\n  of the list"),
        "# of its own\n" + yaml_of(kinds="[small] # or large") + "  # indented\n",
    ],
)
def test_comments_that_cut_no_text_are_accepted(text: str) -> None:
    assert document(text).problems == []


def test_bytes_that_are_no_utf8_are_found_in_every_line() -> None:
    text, problems = decode("id\ncafé\nok\nmaß\n".encode("latin-1"), "x.csv")
    assert text == "id\ncaf\ufffd\nok\nma\ufffd\n"
    assert list(map(str, problems)) == [
        'x.csv:2: byte 0xe9 is not UTF-8 (it is "é" in Latin-1); expected a file saved as UTF-8',
        'x.csv:4: byte 0xdf is not UTF-8 (it is "ß" in Latin-1); expected a file saved as UTF-8',
    ]


@pytest.mark.parametrize(("data", "problem"), [
    (b"\x89PNG\r\n\x1a\n\0\0", "x.csv:3: a NUL byte: this is not a text file; expected a text file saved as UTF-8"),
    ("id\n".encode("utf-16"), "x.csv:1: the file is saved as UTF-16; expected a file saved as UTF-8"),
])  # fmt: skip
def test_what_is_no_text_is_not_read(data: bytes, problem: str) -> None:
    text, problems = decode(data, "x.csv")
    assert text is None
    assert list(map(str, problems)) == [problem]


class Widened(EvidenceRow):
    """A row with a column that older files do not have."""

    value_columns: ClassVar[tuple[str, ...]] = ("price",)

    price: NonNegative | None = Field(default=None, description="Price")
    stock: Annotated[Literal["short"] | None, AddedLater()] = Field(default=None, description="Stock")


def test_a_file_from_before_a_column_was_added_is_read_with_its_default_and_a_misspelt_one_is_still_found() -> None:
    table = Table("t", "widened", Widened, "Widened")
    head, row = "id,price,source,as_of,as_of_basis,grade,note", "a,1,page,2026-01-01,observed,published,"

    def read(header: str, line: str) -> Parsed:
        return parse_csv(table, f"{header}\n{line}\n", file="f.csv", pack="p", today=TODAY)

    older = read(head, row)
    assert (older.problems, older.records[0].row.model_dump()["stock"]) == ([], None)
    assert read(f"{head},stock", f"{row},short").records[0].row.model_dump()["stock"] == "short"
    (problem,) = read(f"{head},stok", f"{row},short").problems
    assert (problem.column, problem.expected) == ("stok", "stock")
