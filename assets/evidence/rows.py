"""What must hold of the rows of a file, and between the files of all packs.

Belongs here: checks of values that have been read already, pure. Does not belong here: CSV and YAML (`parsing.py`),
how a mistake is worded (`wording.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from assets.evidence.bounds import beyond_bounds
from assets.evidence.hindsight import later_days
from assets.evidence.model import (
    IDENTIFIER_PATTERN,
    EvidenceRow,
    Mention,
    Parsed,
    Problem,
    Record,
    Table,
    split_list,
)
from assets.evidence.packs import LOCAL_PACKS, PUBLIC
from assets.evidence.wording import (
    FREE_TEXT,
    Fault,
    control_character,
    expectation,
    expected_instead,
    explained,
    hidden_character,
    misread,
    printable,
    quoted,
    typeset_character,
    without_values,
)

if TYPE_CHECKING:
    from assets.privacy.identities import Identity

MAX_PROBLEMS = 100
"""Listed for one file; more of them are counted."""

MAX_PLACES = 5
"""In one text that a message lists; of more it tells the number."""

Value: TypeAlias = str | list["Value"] | dict[str, "Value"] | None
"""A value before it has a type: text, or a list or mapping of a YAML document."""

Place: TypeAlias = tuple[str | int, ...]
"""Where a value is in a document: a key, and for a value of a list its position."""

INSTEAD = "no name, address, number or account of a person, but a role or a code"
ADDRESS = "the address of an account"
MAIL = "a mail address"
A_NAME = "a name"
PHONE = "a phone number"
UNREADABLE = "text in a script that cannot be searched"

OF_THE_RECORD = ("interviews", "readiness", "roadmap", "segments")
"""Areas that say what was known of the project on a day. No row of their public tables speaks of a later one, so that
a past verdict is stated in the words of its day. A plan may: it was known."""

ABOUT_PEOPLE = ("reviews", "roadmap", "segments")
"""Areas in whose notes somebody may say whom they met, or who they are. Of the public pack only these notes are
searched."""

_KIND = {list: "a list", dict: "a mapping", type(None): "an empty value"}


class ProblemList:
    """The problems of one file, counted but not kept beyond `MAX_PROBLEMS`."""

    def __init__(self, file: str, known_keys: Collection[str] | None = None) -> None:
        """With `known_keys` the file is personal: no message repeats a value, or a key that is none of these."""
        self.file = file
        self.known_keys = known_keys
        self.kept: list[Problem] = []
        self.left_out = 0
        self.last_line = 1
        self.cell_of: Callable[[int, str], str] | None = None
        """Names the cell of a line and a column, of a workbook."""

    @property
    def count(self) -> int:
        return len(self.kept) + self.left_out

    @property
    def is_full(self) -> bool:
        return len(self.kept) >= MAX_PROBLEMS

    def add(self, line: int, column: str, message: str, expected: str = "") -> None:
        self.last_line = max(self.last_line, line)
        if self.known_keys is not None:
            message, expected = without_values(message, expected)
            column = column if column in self.known_keys else ""
        if self.is_full:
            self.left_out += 1
        else:
            cell = self.cell_of(line, column) if self.cell_of else ""
            self.kept.append(Problem(self.file, line, printable(column), message, expected, cell=cell))

    def all(self) -> list[Problem]:
        if not self.left_out:
            return self.kept
        message = f"{self.left_out} more mistakes in this file are not listed"
        return [*self.kept, Problem(self.file, self.last_line, "", message, count=self.left_out)]


class Rows:
    """Checks the rows of one file and collects what is in them."""

    def __init__(
        self,
        table: Table,
        file: str,
        pack: str,
        today: date,
        *,
        set_by_loader: Collection[str] = (),
        known_words: Collection[str] = (),
    ) -> None:
        self.table = table
        self.pack = pack
        self.known_words = frozenset(known_words)
        self.today = today
        self.kinds = table.columns()
        self.lists = {column for column, kind in self.kinds.items() if kind.endswith("[]")}
        self.references = table.references()
        self.past_dates = table.past_dates()
        # columns with texts that were found sound: most cells of a large table repeat one above
        self._sound: set[tuple[str, str]] = set()
        self.latest = today + timedelta(days=1)  # it is already tomorrow elsewhere
        self.typed = [name for name in self.kinds if name not in set_by_loader] + [part.key for part in table.parts]
        self.problems = ProblemList(file, _keys(table) if table.is_personal else None)
        self.parsed = Parsed(file, pack, is_personal=table.is_personal)

    def refuse(self, line: int, message: str, expected: str) -> Parsed:
        """Note a mistake that makes the whole file unreadable."""
        self.problems.add(line, "", message, expected)
        self.parsed.has_all_ids = False
        return self.finish()

    def finish(self) -> Parsed:
        self.parsed.problems = self.problems.all()
        return self.parsed

    def note_id(self, row_id: Value, line: int) -> None:
        """Note an id, which a second row must not have; `take` does it for whole rows."""
        if not isinstance(row_id, str) or not (row_id := row_id.strip()):
            return
        if row_id in self.parsed.ids:
            message = f"{quoted(row_id)} is already the id of line {self.parsed.ids[row_id]}"
            self.problems.add(line, "id", message, "an id of its own for each row")
        self.parsed.ids.setdefault(row_id, line)

    def take(
        self,
        values: Mapping[str, Value],
        line: int,
        *,
        absent: Collection[str] = (),
        places: Mapping[Place, int] | None = None,
        looked_up: Collection[str] = (),
    ) -> None:
        """Check one row that starts in `line`.

        Nothing is said about `absent` columns, which the header lacks, nor of what `looked_up` columns refer to.
        """
        before = self.problems.count
        filled = {column: self._filled(column, raw) for column, raw in values.items()}
        given = {column: value for column, value in filled.items() if value or column not in self.kinds}
        if not given:
            self.problems.add(line, "", "the row is empty", "values, or no row")
            return
        self.note_id(given.get("id"), line)
        lines = places or {}
        sound = self._sound
        wrong = {
            column
            for column, value in given.items()
            if not (isinstance(value, str) and (column, value) in sound)
            and not self._is_sound(column, value, lines.get((column,), line))
        }
        for column in self.references:
            if column in given and column not in wrong and column not in looked_up:
                self._mention(column, given[column], line, lines)
        try:
            row = self.table.model.model_validate(given)
        except ValidationError as error:
            self._explain(error, line, lines, told=wrong, absent=absent)
            return
        for column, value, reference in row.refers_to():
            self.parsed.mentions.append(Mention(lines.get((column,), line), column, value, reference))
        if self.table.area in OF_THE_RECORD and self.table.kind == "csv" and not self.table.may_be_missing:
            self._note_hindsight(row, given, line, lines)
        # what a source says has bounds of its own, and the loaded table is checked once more
        for column, *fault in beyond_bounds(self.table.key, row) if self.pack not in LOCAL_PACKS else ():
            self.problems.add(lines.get((column,), line), column, *fault)
        if self.problems.count == before:
            self.parsed.records.append(Record(row, self.parsed.pack, self.parsed.file, line))

    def _explain(
        self,
        error: ValidationError,
        line: int,
        lines: Mapping[Place, int],
        *,
        told: Collection[str],
        absent: Collection[str],
    ) -> None:
        """Note what the model finds wrong in a row, but for `absent` columns and those of which something is `told`."""
        for detail in error.errors(include_url=False):
            place = detail["loc"]
            column = str(place[0]) if place else ""
            # What is said of the row as a whole may only follow from the columns that are not there.
            if column in told or column in absent or (absent and not place):
                continue
            # what is said of the whole row begins with the column that it is about
            named = column or str(detail.get("ctx", {}).get("error", "")).partition(" ")[0]
            where = lines.get(place, lines.get((named,), line))
            if detail["type"] == "missing" and column in self.references:
                # which ids there are is known when all files are read
                self.parsed.mentions.append(Mention(where, column, "", self.references[column]))
                continue
            self.problems.add(where, column, *explained(self.table.model, detail, self.typed))

    def search(self, value: Value, line: int, column: str = "", places: Mapping[Place, int] | None = None) -> bool:
        """Note what in a value, and in all that is inside of it, may tell who a person is; tell whether there is any.

        Of a table about people everything is searched, keys too; of others what `is_searched`.
        """
        before = self.problems.count

        def visit(inner: Value, place: Place, key: str) -> None:
            where = (places or {}).get(place, line)
            if isinstance(inner, dict):
                for name, below in inner.items():
                    if self.table.is_personal:
                        find(name, (places or {}).get((*place, name), where), "")
                    visit(below, (*place, name), name)
            elif isinstance(inner, list):
                for position, below in enumerate(inner):
                    visit(below, (*place, position), key)
            elif inner and self.is_searched(key):
                find(inner, where, key)

        def find(text: str, where: int, key: str) -> None:
            found = self._identities(text, key)
            for kind in dict.fromkeys(one.kind for one in found):
                spans = [f"{one.start}-{one.end}" for one in found if one.kind == kind]
                more = f" and {len(spans) - MAX_PLACES} more" if len(spans) > MAX_PLACES else ""
                listed = f"{kind}, characters {', '.join(spans[:MAX_PLACES])}{more}"
                self.problems.add(where, key, f"this may tell who somebody is: {listed}", INSTEAD)

        visit(value, (column,) if column else (), column)
        return self.problems.count > before

    def text_column(self, place: Place) -> str:
        """Return the column of the value at a place of a document if it takes free text, else ''."""
        table, column = self.table.column_at(place)
        if column not in table.model.model_fields or column in table.references():
            return ""
        return column if expectation(table.model, column) == FREE_TEXT else ""

    def is_searched(self, column: str) -> bool:
        """Tell whether values of a column are searched for what may tell who a person is."""
        if self.table.is_personal:
            return column not in self.references and "date" not in self.kinds.get(column, "")
        if self.pack == PUBLIC:
            return column == "note" and self.table.area in ABOUT_PEOPLE
        # Generated files contain processor names and hashes, no personal data.
        return self.pack not in LOCAL_PACKS and self.kinds.get(column, "").startswith("text")

    def _identities(self, text: str, column: str) -> Sequence[Identity]:
        is_code = " " not in text and re.fullmatch(IDENTIFIER_PATTERN, text.lower()) is not None
        # what people said is not kept in memory
        search = _identities_in if self.table.is_personal else _identities_in_note
        found = search(text, is_code, self.known_words)
        if not self.table.is_personal:
            if column == "source":  # who published something is part of where it was
                return [one for one in found if one.kind == MAIL]
            if is_code:  # the time of a benchmark session is part of its id, and looks like a number to call
                found = [one for one in found if one.kind != PHONE]
            # A product may be called by one word, and a company in any script.
            return [one for one in found if one.kind != UNREADABLE and (" " in text or one.kind != A_NAME)]
        if column == "source" and not self.kinds.get("consent"):
            # A public signal is checked at an address, and the owner of a repository is part of one.
            return [one for one in found if one.kind != ADDRESS]
        return found

    def _filled(self, column: str, raw: Value) -> Value:
        """Return a value without blanks around it and, for a list column, as a list; what is empty is None."""
        if isinstance(raw, str):
            return (split_list(raw) if column in self.lists else raw.strip()) or None
        return raw or None

    def _is_sound(self, column: str, value: Value, line: int) -> bool:
        """Tell whether the text of a value can be of the column's type, and note the problem if it cannot."""
        kind = self.kinds.get(column)
        if kind is None:
            return True  # said by the model, which knows no such key
        texts = value if column in self.lists and isinstance(value, list) else [value]
        for text in texts:
            if not isinstance(text, str):
                self.problems.add(line, column, f"{_KIND[type(text)]} was given", expectation(self.table.model, column))
                return False
            fault = misread(kind.removesuffix("[]"), text, column)
            if not (fault and fault.hint) and (unseen := self._unseen(column, text)):
                self.problems.add(line, column, unseen.message, "plain text" + (unseen.hint and f" {unseen.hint}"))
                return False
            if fault:
                self.problems.add(line, column, fault.message, expected_instead(self.table.model, column, fault))
                return False
            if column in self.past_dates and date.fromisoformat(text) > self.latest:
                today = self.latest - timedelta(days=1)
                self.problems.add(line, column, f"{quoted(text)} lies in the future", f"a date up to today, {today}")
                return False
        if again := next((text for n, text in enumerate(texts) if text in texts[:n]), None):
            self.problems.add(line, column, f"{quoted(again)} is there twice", "each value once")
            return False
        if isinstance(value, str):
            self._sound.add((column, value))
        return True

    def _unseen(self, column: str, text: str) -> Fault | None:
        """Return what is wrong with characters that no editor shows; free text may have some that scripts need."""
        if fault := control_character(text):
            return fault
        if text.isascii():
            return None
        is_free_text = expectation(self.table.model, column) == FREE_TEXT and column not in self.references
        found = hidden_character(text, is_free_text=is_free_text)
        return found or (None if is_free_text else typeset_character(text))

    def _note_hindsight(
        self, row: EvidenceRow, given: Mapping[str, Value], line: int, lines: Mapping[Place, int]
    ) -> None:
        """Note texts that speak of a day after the one from which the row counts."""
        day = getattr(row, "holds_from", None) or row.as_of
        for column, value in given.items():
            if "text" not in self.kinds.get(column, "") or column == "id":
                continue
            for text in value if isinstance(value, list) else [value]:
                for later in dict.fromkeys(later_days(text, day, self.today)) if isinstance(text, str) else ():
                    message = f"{quoted(later)} is later than the day of the row, {day}"
                    expected = "a row of its own for what was learnt then, or `planned` before a day that was planned"
                    self.problems.add(lines.get((column,), line), column, message, expected)

    def _mention(self, column: str, value: Value, line: int, lines: Mapping[Place, int]) -> None:
        reference = self.references[column]
        for position, text in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(text, str) and text not in reference.besides:
                where = lines.get((column, position), lines.get((column,), line))
                self.parsed.mentions.append(Mention(where, column, text, reference))


def _identities_in(text: str, is_code: bool, known_words: frozenset[str]) -> Sequence[Identity]:
    from assets.privacy.identities import identities_in, identities_in_code

    return (identities_in_code if is_code else identities_in)(text, known_words)


_identities_in_note = lru_cache(maxsize=4096)(_identities_in)
"""Many rows have the same note, and a search takes a millisecond."""


def _keys(table: Table) -> frozenset[str]:
    """Return all keys that somebody may write in a document: messages may repeat them."""
    inner = (part.table.model.model_fields for part in table.parts)
    return frozenset(
        {*table.model.model_fields, *(part.key for part in table.parts), *(k for keys in inner for k in keys)}
    )
