"""How a mistake in the evidence is said in plain words: what is wrong with a value, and what was expected.

Belongs here: the wording of single values, pure. Does not belong here: finding the mistakes (`parsing.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from assets.evidence.dates import days_of
from assets.evidence.model import IDENTIFIER_PATTERN, EvidenceRow
from assets.evidence.numbers import NOT_KNOWN, not_a_number

SHOWN_CHARS = 60
"""Of a value, so that a message stays one line."""

_LONGEST = 100
"""Characters of a number, a date or a name. Longer text is not worth a guess, and some guesses take long for it."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
"""Up to 18 digits are sure to fit PostgreSQL's bigint."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}", re.ASCII)
_SERIAL_DATE = re.compile(r"(\d{5})([.,]\d+)?", re.ASCII)
_SERIAL_DAYS = (32_874, 73_050)
"""What spreadsheets count for 1990 and 2099, in days since 1899-12-30."""

_BLANKS = "\u00a0\u2007\u202f"
"""Look like a blank and are none."""
_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
"""What word processors make of quotes. In text they are right; to a code or to YAML they mean nothing."""
_BULLETS = "\u2022\u2023\u25cf\u25e6\u00b7\u2013\u2014\u2212"
"""What they make of the dash before an entry of a list."""
_JOINERS = "\u200c\u200d\u200e\u200f\u061c\ufe00-\ufe0f"
"""What some scripts and pictures need between their characters, and nothing else does."""
_BREAKS = "\u2028\u2029"
"""Break a line in some programs and are not seen in others."""
_FILLERS = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\uffa0"
"""Take no room, or the room of a letter, and show nothing."""
_MARKS = "\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
"""Turn the direction of text around, annotate it, or hide other text in it."""
_HIDDEN = re.compile(f"[{_BLANKS}{_JOINERS}{_BREAKS}{_FILLERS}{_MARKS}]")
_JOINER = re.compile(f"[{_JOINERS}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


PLAIN_QUOTES = 'plain quotes (")'

_SIGNS = {"$": "USD", "€": "EUR", "%": "percent"}

FREE_TEXT = "text"
"""What is expected in a column that takes any."""


class Fault(NamedTuple):
    """What is wrong with a value, and a hint that goes with what was expected."""

    message: str
    hint: str = ""


def printable(text: str) -> str:
    """Return `text` with everything that a terminal does not print as itself written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts, such as `1 mistake` and `2 mistakes`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def quoted(value: object) -> str:
    text = str(value)
    return f'"{printable(text[:SHOWN_CHARS])}{"…" if len(text) > SHOWN_CHARS else ""}"'


def without_values(message: str, expected: str) -> tuple[str, str]:
    """Return what is wrong and what was expected without any value that was typed, for what people said."""
    message = re.sub(r'".*"…?', "the value", message, flags=re.DOTALL)
    message = re.sub(r"(this is not YAML):.*", r"\1", message, flags=re.DOTALL)
    return message, re.sub(r",? ?such as .*", "", expected, flags=re.DOTALL)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant by `word`, whatever its case."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    if not 0 < len(word) <= _LONGEST:
        return None
    said = word.lower()
    if any(part.strip() in by_lower for part in re.split(r"[,;|/]", said) if part.strip() != said.strip(",;|/ ")):
        return None  # several values in a cell that takes one
    if said in by_lower:
        return by_lower[said]
    longer = [candidate for candidate in by_lower if candidate.startswith(f"{said}_")]
    if len(longer) > 1:
        return None  # any of them may be meant
    longer = longer or [candidate for candidate in by_lower if len(said) > 2 and candidate.startswith(said)]
    found = get_close_matches(said, by_lower, n=1) or (longer if len(longer) == 1 else [])
    return by_lower[found[0]] if found else None


def with_suggestion(expected: str, word: str, candidates: Iterable[str]) -> str:
    """Return `expected` with the candidate that `word` is nearest to, if there is one."""
    suggestion = nearest(word, candidates)
    return "; ".join(part for part in (expected, f'did you mean "{suggestion}"?' if suggestion else "") if part)


def control_character(text: str) -> Fault | None:
    """Return what is wrong with text that no editor shows and no database takes."""
    found = _CONTROL.search(text)
    return Fault(f"contains the control character U+{ord(found[0]):04X}") if found else None


def hidden_character(text: str, *, is_free_text: bool = False) -> Fault | None:
    """Return what is wrong with text that holds a character which is not seen.

    Free text may have blanks of any kind, and what joins letters of a script other than ours.
    """
    for found in _HIDDEN.finditer(text):
        character = found[0]
        around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        if is_free_text and (character in _BLANKS or (_JOINER.match(character) and not around.isascii())):
            continue
        what = "with a blank in its place" if character in _BLANKS + _BREAKS else "with nothing in its place"
        where = f"as character {found.start() + 1}, which is not seen"
        return Fault(
            f"contains U+{ord(character):04X} ({unicodedata.name(character, 'no name').lower()}) {where}", what
        )
    return None


def typeset_character(text: str, characters: str = _QUOTES) -> Fault | None:
    """Return what is wrong with text that holds a quote as word processors make it, where it means nothing."""
    found = next(((n, c) for n, c in enumerate(text, start=1) if c in characters), None)
    if found is None:
        return None
    number, character = found
    named = f"U+{ord(character):04X} ({unicodedata.name(character).lower()})"
    return Fault(f"contains {named} as character {number}", "without it, or with the plain character")


def riddle(line: str) -> Fault | None:
    """Return what is wrong with a line of YAML that looks right and is not: another character, a missing blank."""
    start = line.lstrip(" ")
    if start[:1] in _BULLETS and start:
        return Fault(
            f"the line begins with U+{ord(start[0]):04X} ({unicodedata.name(start[0]).lower()})", "- and a blank"
        )
    if fault := hidden_character(line):
        return Fault(f"the line {fault.message}", f"the line {fault.hint}")
    value = re.sub(r"^ *(?:- +)*[^\s:]+: *", "", line)
    if value[:1] in (*_QUOTES, '"', "'") and value and (fault := typeset_character(line)):
        return Fault(f"the line {fault.message}", f"{PLAIN_QUOTES}, or none")
    if re.match(r" *(?:- +)*[a-z][a-z0-9_]*:[^\s:/]", line):
        return Fault("there is no blank after the colon", "key: value")
    if re.match(r" *-[a-z][a-z0-9_]*:(?: |$)", line):
        return Fault("there is no blank after the dash", "- key: value")
    if "\uff1a" in line and not re.search(r":(?: |$)", line):
        return Fault("the line contains U+FF1A (fullwidth colon)", "a plain colon and a blank")
    return None


def misread(kind: str, text: str, column: str = "") -> Fault | None:
    """Return why `text` is no value of the PostgreSQL type `kind`, or None if it is one.

    It is stricter than pydantic, which reads 1_000 as a number and 1700000000 as a date. The name of the column may
    tell the unit.
    """
    if kind in ("double precision", "bigint", "date") and len(text) > _LONGEST:
        return Fault(f"{quoted(text)} is too long")
    if kind == "double precision":
        return None if _NUMBER.fullmatch(text) else Fault(*not_a_number(text, quoted(text), column))
    if kind == "bigint":
        return None if _WHOLE_NUMBER.fullmatch(text) else _not_a_whole_number(text, column)
    if kind == "date":
        return _not_a_date(text)
    if kind == "boolean" and text.lower() not in ("true", "false", "yes", "no"):
        meant = {"y": "yes", "n": "no", "t": "true", "f": "false"}.get(text.lower(), "")
        return Fault(f"{quoted(text)} is neither true nor false", meant and f"such as {meant}")
    return None


def _not_a_whole_number(text: str, column: str) -> Fault:
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return Fault(f"{quoted(text)} has too many digits")
    if _NUMBER.fullmatch(text):
        return Fault(f"{quoted(text)} is not a whole number")
    return Fault(*not_a_number(text, quoted(text), column))


def _not_a_date(text: str) -> Fault | None:
    if _ISO_DATE.fullmatch(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            return Fault(f"{quoted(text)} is not in the calendar")
        return None
    meant = " or ".join(map(str, days_of(text) or days_of(text[:10])))
    hint = meant and f"such as {meant}"
    if not meant and (dash := next((c for c in text if c in "\u2013\u2014\u2212"), "")):
        written = days_of(text.replace(dash, "-"))
        message = f"{quoted(text)} has U+{ord(dash):04X} ({unicodedata.name(dash).lower()}) in place of -"
        return Fault(message, " or ".join(f"such as {day}" for day in written[:1]))
    if _DAY_FIRST.fullmatch(text):
        return Fault(f"{quoted(text)} is written day first", hint)
    if _ISO_DATE.match(text):
        return Fault(f"{quoted(text)} has more than a date", hint)
    if meant and days_of(text):
        return Fault(f"{quoted(text)} is not a date", hint)
    if (found := _SERIAL_DATE.fullmatch(text)) and _SERIAL_DAYS[0] <= int(found[1]) <= _SERIAL_DAYS[1]:
        day = date(1899, 12, 30) + timedelta(days=int(found[1]))
        return Fault(f"{quoted(text)} is how a spreadsheet counts a day", f"such as {day}")
    return Fault(f"{quoted(text)} is not a date")


@cache
def _schema(model: type[EvidenceRow]) -> dict[str, Any]:
    return model.model_json_schema()


def _column(model: type[EvidenceRow], name: str) -> dict[str, Any]:
    """Return the JSON Schema of a column, or of the values of a list column."""
    schema = _schema(model)
    column = schema["properties"][name]
    (column,) = (option for option in column.get("anyOf", [column]) if option.get("type") != "null")
    values = column.get("items", column)
    return schema["$defs"][values["$ref"].rpartition("/")[2]] if "$ref" in values else values  # type: ignore[no-any-return]


def choices_of(model: type[EvidenceRow], name: str) -> list[str]:
    """Return the values of a closed list, none for another column."""
    column = _column(model, name)
    return [str(value) for value in column.get("enum", [column["const"]] if "const" in column else [])]


def expectation(model: type[EvidenceRow], name: str) -> str:
    """Say what a value of a column is, e.g. 'a number >= 0'."""
    column = _column(model, name)
    if "enum" in column:
        return "one of " + ", ".join(map(str, column["enum"]))
    if "const" in column:
        return str(column["const"])
    if column.get("format") == "date":
        return "a date in the form YYYY-MM-DD"
    if column.get("pattern") == IDENTIFIER_PATTERN:
        (example,) = _schema(model)["properties"][name].get("examples", ["hetzner_cloud_fsn1_cx23"])
        return f"lower_snake_case, such as {example}"
    if "pattern" in column:
        return f"text of the form {column['pattern']}"
    nouns = {
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false, yes or no",
        "string": FREE_TEXT,
    }
    bounds = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    stated = [f"{sign} {column[bound]:g}" for bound, sign in bounds.items() if bound in column]
    return " ".join([nouns[column["type"]], " and ".join(stated)]).strip()


def expected_instead(model: type[EvidenceRow], name: str, fault: Fault) -> str:
    """Say what was expected in place of a value with `fault`."""
    hint = "" if fault.hint == NOT_KNOWN and model.model_fields[name].is_required() else fault.hint
    return ", ".join(part for part in (expectation(model, name), hint) if part)


def explained(model: type[EvidenceRow], error: ErrorDetails, known: Sequence[str] = ()) -> tuple[str, str]:
    """Translate one of pydantic's errors into (what is wrong, what was expected).

    `known` are the keys that a person may write, all columns if not given.
    """
    kind, value = error["type"], error["input"]
    if kind == "value_error":
        return str(error["ctx"]["error"]), ""
    if not error["loc"]:
        return error["msg"], ""
    name = str(error["loc"][0])
    if kind == "extra_forbidden":
        known = known or list(model.model_fields)
        if fault := hidden_character(name) or typeset_character(name, _QUOTES + _BULLETS):
            return f"the key {fault.message}", with_suggestion("a key of this document", name, known)
        return "is not a key of this document", with_suggestion(f"one of {', '.join(known)}", name, known)
    expected = expectation(model, name)
    if kind in ("missing", "too_short"):
        return "has no value", expected
    if kind in ("literal_error", "enum"):
        column = _column(model, name)
        choices = column.get("enum", [column.get("const")])
        meant = _SIGNS.get(str(value), str(value))
        return f"{quoted(value)} is not allowed", with_suggestion(expected, meant, choices)
    if kind == "string_pattern_mismatch" and error["ctx"]["pattern"] == IDENTIFIER_PATTERN:
        return f"{quoted(value)} is not in lower_snake_case", _snake_case(str(value)) or expected
    is_bound = kind.startswith(("greater_than", "less_than"))
    return f"{quoted(value)} {'is out of range' if is_bound else 'does not fit'}", expected


def _snake_case(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
    return f"lower_snake_case, such as {'_'.join(words)}" if words and len(text) <= SHOWN_CHARS else ""
