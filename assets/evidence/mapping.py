"""How the columns and values of another program become ours: a mapping that a person writes once.

Belongs here: what a mapping says, reading it, cells of a file by our columns; pure.
Does not belong here: a first mapping (`proposal.py`), sheets (`sheet.py`), what is right in a row (`rows.py`).

Without a mapping the headings are ours. Codes may be written as their labels, days with their time: what has one
reading is taken and said, what has two is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeAlias

from assets.evidence.dates import days_of
from assets.evidence.importer import HeadedTable, SourceFile
from assets.evidence.model import IDENTIFIER_PATTERN, Table
from assets.evidence.parsing import composed
from assets.evidence.rows import ProblemList
from assets.evidence.wording import choices_of, quoted, with_suggestion

COLUMNS, VALUES, SAME_FOR_ALL, OF_EACH = "columns", "values", "same_for_all", "of_each"
KEYS = (COLUMNS, VALUES, SAME_FOR_ALL, OF_EACH)
CONSENT = "consent"

Titles: TypeAlias = Mapping[str, Mapping[str, str]]
"""By table, the title of each id."""

_LINK = re.compile(r"\s*\((?:https?|notion)://[^()]*\)")
"""What Notion writes after the name of a page that a cell refers to."""
_BETWEEN = (re.compile(r"[;\n]"), re.compile(r"[,|]"))
"""What separates several labels, the surest first: a label may have a comma in it."""


def normal(text: str) -> str:
    """Return a label or a heading without what differs between programs: case, blanks, punctuation."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


@dataclass(frozen=True)
class OurColumn:
    """What may stand in one of our columns."""

    spellings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of its codes: by the normal form of ids and titles, the ids that are spelt so. Empty for free text."""
    is_date: bool = False
    is_code_of_ours: bool = False
    """An id that a person makes up."""
    is_list: bool = False
    """Several codes of one cell stay in one, separated by semicolons."""
    splits: bool = False
    """Several codes of one cell become as many rows."""
    is_exact: bool = False
    """Of a code the whole label must be there."""

    @property
    def choices(self) -> list[str]:
        """Its codes; empty for free text."""
        return sorted(frozenset().union(*self.spellings.values()))

    def parts(self, text: str) -> list[str]:
        """Return the labels in a cell, without the links that Notion writes after them."""
        parts = [_LINK.sub("", text).strip()]
        for between in _BETWEEN if self.splits or self.is_list else ():
            parts = [p for part in parts for p in ([part] if self.codes(part) else between.split(part))]
        return [part.strip() for part in parts if part.strip()]

    def codes(self, text: str) -> frozenset[str]:
        """Return the codes that a label may mean: one, several, or none."""
        wanted = normal(text)
        if found := self.spellings.get(wanted):
            return found
        if self.is_exact or not wanted:
            return frozenset()
        longer = [ids for spelling, ids in self.spellings.items() if spelling.startswith(f"{wanted}_")]
        return frozenset().union(*longer)


def columns_of(table: Table, names: Iterable[str], titles: Titles) -> dict[str, OurColumn]:
    """Return what may stand in columns of a table. `titles` has the tables that they refer to, as far as known."""
    references, kinds = table.references(), table.columns()
    found = {}
    for name in names:
        reference = references.get(name)
        codes = {code: code for code in choices_of(table.model, name)}
        if reference:
            codes |= dict(titles.get(reference.table, {})) | {code: code for code in reference.besides}
        found[name] = OurColumn(
            _spellings(codes),
            is_date=kinds[name] == "date",
            is_code_of_ours=name == "id",
            is_list=kinds[name].endswith("[]"),
            is_exact=name == CONSENT,
        )
    return found


def _spellings(codes: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for code, title in codes.items():
        for spelling in filter(None, {normal(code), normal(title)}):
            found[spelling] = found.get(spelling, frozenset()) | {code}
    # an id is itself, whatever the title of another says
    return found | {normal(code): frozenset({code}) for code in codes}


@dataclass
class ColumnMap:
    """What a person wrote: their headings and values, and ours."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    """By their heading, our columns."""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """By our column, what stands in theirs and what it is."""
    same_for_all: dict[str, str] = field(default_factory=dict)
    of_each: dict[str, dict[str, str]] = field(default_factory=dict)
    """By id, what the file does not say of it."""

    @property
    def targets(self) -> set[str]:
        """All our columns that it fills."""
        filled = {name for names in self.columns.values() for name in names} | self.same_for_all.keys()
        return filled.union(*(values.keys() for values in self.of_each.values()))


def read_mapping(text: str, file: str, known: Collection[str], prefix: str = "") -> tuple[ColumnMap, ProblemList]:
    """Return a mapping, and what is wrong in it. `known` are our columns, `prefix` begins further ones.

    No message repeats a value: those of people may be among them.
    """
    problems = ProblemList(file)
    root, lines = composed(text, problems)
    mapping = ColumnMap()
    if problems.count:
        return mapping, problems
    if not isinstance(root, dict):
        problems.add(1, "", "this is no mapping", f"the keys {', '.join(KEYS)}")
        return mapping, problems

    def is_known(name: object, place: tuple[str | int, ...]) -> bool:
        if isinstance(name, str) and (name in known or (prefix and name.startswith(prefix))):
            return True
        expected = with_suggestion("one of our columns", str(name), known)
        problems.add(lines.get(place, 1), str(place[0]), f"{quoted(name)} is no column of ours", expected)
        return False

    for key, given in root.items():
        if key not in KEYS:
            problems.add(lines[key,], str(key), "is no key of a mapping", with_suggestion(", ".join(KEYS), key, KEYS))
        elif given is not None and not isinstance(given, dict):
            problems.add(lines[key,], key, "does not have the right form", "lines of 'key: value' below it")
    parts: dict[str, dict[str, Any]] = {key: {} for key in KEYS}
    parts |= {key: given for key, given in root.items() if isinstance(given, dict)}
    for theirs, ours in parts[COLUMNS].items():
        names = ours if isinstance(ours, list) else [ours]
        mapping.columns[theirs] = [n for n in names if n is not None and is_known(n, (COLUMNS, theirs))]
    for name, values in parts[VALUES].items():
        if is_known(name, (VALUES, name)) and isinstance(values, dict):
            mapping.values[name] = {_folded(theirs): str(ours or "") for theirs, ours in values.items()}
    for name, value in parts[SAME_FOR_ALL].items():
        if name == CONSENT:
            expected = (
                f"a column of the file, or a line for each under {OF_EACH}: consent is one person's, and never assumed"
            )
            problems.add(lines[SAME_FOR_ALL, name], CONSENT, "is the same for all", expected)
        elif is_known(name, (SAME_FOR_ALL, name)) and value:
            mapping.same_for_all[name] = str(value)
    for row_id, values in parts[OF_EACH].items():
        if isinstance(values, dict):
            kept = {n: str(v) for n, v in values.items() if is_known(n, (OF_EACH, row_id, n)) and v}
            mapping.of_each[str(row_id)] = kept
    return mapping, problems


def inline_mapping(texts: Sequence[str], known: Collection[str], prefix: str = "") -> tuple[ColumnMap, list[str]]:
    """Return the mapping of `Theirs=ours` texts, several separated by commas, and what is wrong in them."""
    mapping, wrong = ColumnMap(), []
    for pair in (pair for text in texts for pair in text.split(",")):
        theirs, is_pair, ours = (part.strip() for part in pair.rpartition("="))
        if not is_pair or not (ours in known or (prefix and ours.startswith(prefix))):
            wrong.append(with_suggestion(f"{quoted(pair)}; expected THEIRS=OURS, with a column of ours", ours, known))
        else:
            mapping.columns.setdefault(theirs, []).append(ours)
    return mapping, wrong


@dataclass
class Translation:
    """Turns the rows of a file into ours."""

    columns: Mapping[str, OurColumn]
    mapping: ColumnMap | None = None
    prefix: str = ""
    """Of further columns of ours, free text each."""
    together: frozenset[str] = frozenset()
    """Columns that are the same for all rows in which one of them has a cell."""
    headings: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By our column, the normal forms of headings that programs are known to give it."""
    key: str = "id"
    """Of a row, which `of_each` goes by."""

    def targets(self, table: HeadedTable, source: SourceFile) -> list[list[str]]:
        """Return our columns of each heading; note headings of the mapping that are not there, and columns of two."""
        if self.mapping and self.mapping.columns:
            missing = [theirs for theirs in self.mapping.columns if theirs not in table.headings]
            for theirs in missing:
                listed = ", ".join(filter(None, table.headings))
                source.wrong("", f"the mapping names {quoted(theirs)}, which is no heading", with_suggestion(
                    f"one of {listed}", theirs, table.headings
                ))  # fmt: skip
            found = [self.mapping.columns.get(heading, []) for heading in table.headings]
        else:
            found = [[ours] if (ours := self._ours(heading)) else [] for heading in table.headings]
            found = self._exact_ones(found, table.headings)
        for name in sorted({name for names in found for name in names}):
            if len(of_it := [h for h, names in zip(table.headings, found, strict=True) if name in names]) > 1:
                source.wrong(name, f"{' and '.join(map(quoted, of_it))} are both this column", "one, or a mapping")
        return found

    def _ours(self, heading: str) -> str:
        if heading in self.columns or (self.prefix and heading.startswith(self.prefix)):
            return heading
        spelt = normal(heading)
        return next((o for o in self.columns if spelt and spelt in (normal(o), *self.headings.get(o, ()))), "")

    def _exact_ones(self, found: list[list[str]], headings: Sequence[str]) -> list[list[str]]:
        """Drop what is spelt otherwise where a heading is spelt as we do."""
        exact = {name for name in self.columns if name in headings}
        return [[n for n in names if n == h or n not in exact] for names, h in zip(found, headings, strict=True)]

    def rows(
        self, table: HeadedTable, targets: Sequence[Sequence[str]], source: SourceFile
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each row by our columns, `targets` of each heading; note what has two readings, say what was read."""
        aside = [h for h, names in zip(table.headings, targets, strict=True) if h and not names]
        if self.mapping and aside:
            source.notes.append(f"left aside: {', '.join(aside)}")
        read: dict[tuple[str, str], str] = {}
        for source.line, texts in table.rows:
            cells: dict[str, str] = {}
            for names, text in zip(targets, texts, strict=True):
                cells |= {name: text for name in names if text}
            values = {name: self._value(name, text, source, read) for name, text in cells.items()}
            several = {name: parts for name, parts in values.items() if len(parts) > 1}
            for choice in product(*several.values()):
                row = {name: parts[0] for name, parts in values.items() if parts and parts[0]}
                row |= dict(zip(several, choice, strict=True))
                yield source.line, self._completed(row)
        for (name, label), code in sorted(read.items()):
            source.notes.append(f"{name}: {quoted(label)} was read as {code}")

    def _completed(self, row: dict[str, str]) -> dict[str, str]:
        if self.mapping is None or self.key not in row:
            return row
        has_own = not self.together.isdisjoint(row)
        same = {n: v for n, v in self.mapping.same_for_all.items() if has_own or n not in self.together}
        return same | self.mapping.of_each.get(row[self.key], {}) | row

    def _value(self, name: str, text: str, source: SourceFile, read: dict[tuple[str, str], str]) -> list[str]:
        """Return what a cell holds of one of our columns."""
        column = self.columns.get(name, OurColumn())
        given = self.mapping.values.get(name, {}) if self.mapping else {}
        if (ours := given.get(_folded(text))) is not None:
            return [ours]
        if column.is_date:
            return [self._day(name, text, source)]
        if column.is_code_of_ours:
            plain = _LINK.sub("", text).strip()
            return [plain.lower() if re.fullmatch(IDENTIFIER_PATTERN, plain.lower()) else plain]
        if not column.spellings:
            return [text]
        labels = column.parts(text)
        codes = []
        for label in labels:
            ours = given.get(_folded(label))
            codes.append(self._code(name, label, source, read) if ours is None else ours)
        return [";".join(codes)] if column.is_list else codes

    def _code(self, name: str, label: str, source: SourceFile, read: dict[tuple[str, str], str]) -> str:
        found = sorted(self.columns[name].codes(label))
        if len(found) > 1:
            source.wrong(name, f"{quoted(label)} may be {' or '.join(found)}", "one of these codes")
            return ""
        if found and found[0] != label:
            read[name, label] = found[0]
        return found[0] if found else label

    def _day(self, name: str, text: str, source: SourceFile) -> str:
        found = days_of(text)
        if len(found) > 1:
            source.wrong(name, f"{quoted(text)} may be {' or '.join(map(str, found))}", "one of these two")
            return ""
        return str(found[0]) if found else text


def _folded(text: object) -> str:
    return " ".join(str(text).split()).casefold()
