"""Why a text is no YAML, by its likely cause: what somebody typed, not what the parser met after it.

Belongs here: from an error of PyYAML to a line and words, pure; no message repeats what was typed.
Does not belong here: documents that can be read (`parsing.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import yaml

from assets.evidence.wording import control_character, printable, riddle

IN_QUOTES = 'quotes (") around the whole text'

_COMMENT = re.compile(r"[ \t]+#[^\r\n\0]*")
_KEY_AND_BLANK = re.compile(r"[ \t]*(- +)*[^\s:#][^:]*:[ \t]")
"""A line up to its value. What is met after it belongs to the value."""


class SyntaxFault(NamedTuple):
    """The line of a mistake, what is wrong in it and what was expected."""

    line: int
    message: str
    expected: str


def comment_after(mark: yaml.Mark) -> str:
    """Return the comment that follows the end of a value in its line, with the blanks before its #."""
    found = _COMMENT.match(mark.buffer or "", mark.pointer)
    return found[0] if found else ""


def comment_fault(line: int, comment: str) -> SyntaxFault:
    """Say that a text ends where its writer did not mean to begin a comment."""
    message = f"the text ends before the #: the {len(comment.strip())} characters from there on are a comment and lost"
    return SyntaxFault(line, message, f"{IN_QUOTES}, or the comment in a line of its own")


def syntax_fault(error: yaml.YAMLError, text: str) -> SyntaxFault:
    """Say why `text` could not be read."""
    if isinstance(error, yaml.reader.ReaderError):
        line, fault = text.count("\n", 0, error.position) + 1, control_character(chr(error.character))
        return SyntaxFault(line, fault.message if fault else str(error.reason), "plain text")
    assert isinstance(error, yaml.MarkedYAMLError)
    met = error.problem_mark or error.context_mark
    assert met is not None
    began = (error.context_mark or met).line + 1
    if found := _riddle(text, sorted({began, met.line + 1, met.line})):
        return found
    return _never_closed(error, began) or _ended_early(error, met, text) or _misplaced(error, met, began)


def _riddle(text: str, numbers: Sequence[int]) -> SyntaxFault | None:
    """Look for a line that looks right and is not, where the parser began and where it stopped."""
    lines = text.splitlines()
    for number in numbers:
        if 0 < number <= len(lines) and (fault := riddle(lines[number - 1])):
            return SyntaxFault(number, fault.message, fault.hint)
    return None


def _never_closed(error: yaml.MarkedYAMLError, began: int) -> SyntaxFault | None:
    context, problem = error.context or "", error.problem or ""
    if "quoted scalar" in context and "found unexpected" in problem:
        return SyntaxFault(began, "a quote begins in this line and is never closed", "the same quote after the text")
    if "flow" in context:
        message = "a bracket opens a list or mapping that does not end as one"
        return SyntaxFault(began, message, f"{IN_QUOTES} if it is text")
    return None


def _ended_early(error: yaml.MarkedYAMLError, met: yaml.Mark, text: str) -> SyntaxFault | None:
    """Look at the value before the place where nothing more was allowed: did it end before its writer meant it to?"""
    value = _token_before(met, text)
    if value is None:
        return None
    line, end = value.start_mark.line + 1, value.end_mark.line
    in_its_line = end == met.line
    if isinstance(value, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken) and in_its_line:
        return SyntaxFault(line, "there is text after a closing bracket", IN_QUOTES)
    if not isinstance(value, yaml.ScalarToken):
        return None
    if value.style in ("'", '"') and in_its_line:
        closing, inside = (
            ("an apostrophe", "the apostrophe twice") if value.style == "'" else ("a quote", '\\" for a quote')
        )
        where = "in the middle of the text" if line == end + 1 else f"in line {end + 1} only"
        message = f"the quote that begins in this line ends at {closing} {where}"
        return SyntaxFault(line, message, f"{IN_QUOTES}, or {inside} inside of it")
    if value.plain and (comment := comment_after(value.end_mark)) and "'<scalar>'" in (error.problem or ""):
        return comment_fault(end + 1, comment)
    return None


def _token_before(met: yaml.Mark, text: str) -> yaml.Token | None:
    """Return the last token before a place that has any text. Scanned again, because an error does not tell it."""
    scanner = yaml.SafeLoader(text)
    with suppress(yaml.YAMLError):
        while not scanner.done:
            scanner.fetch_more_tokens()
    before = [t for t in scanner.tokens if t.start_mark.index < t.end_mark.index <= met.index]
    return before[-1] if before else None


def _misplaced(error: yaml.MarkedYAMLError, met: yaml.Mark, began: int) -> SyntaxFault:
    """Go by what the parser met, and by whether it met it in a value or where a line begins."""
    problem, line = error.problem or "", met.line + 1
    before = (met.buffer or "")[met.pointer - met.column : met.pointer]
    in_value = _KEY_AND_BLANK.match(before) is not None
    if r"'\t'" in problem:
        return SyntaxFault(line, "a tab before or between values", "spaces")
    if "mapping values are not allowed" in problem and in_value:
        return SyntaxFault(line, "a colon with a blank after it inside of a text", IN_QUOTES)
    if "sequence entries are not allowed" in problem and in_value:
        return SyntaxFault(line, "text begins with a dash and a blank, as an entry of a list does", IN_QUOTES)
    if re.search("cannot start any|expected alphabetic|node content|comment or a line break|keys are not", problem):
        return SyntaxFault(line, "text begins with a character that means something in YAML", IN_QUOTES)
    if "unknown escape character" in problem or "escape sequence" in problem:
        return SyntaxFault(line, 'a backslash in quotes (") begins an escape', "two backslashes for one")
    if "found another document" in problem:
        return SyntaxFault(line, "a second document begins", "one document in a file")
    if "could not find expected ':'" in problem:
        expected = "key: value; or, if it is the rest of the text above, more blanks at its start than that key has"
        return SyntaxFault(began, "a key without a colon", expected)
    if "not allowed" in problem or "expected <block end>" in problem:
        expected = f"as many blanks at its start as the keys or dashes beside it, or {IN_QUOTES} that goes on here"
        return SyntaxFault(line, "the line is indented differently from what it belongs to", expected)
    return SyntaxFault(line, f"this is not YAML: {printable(problem)}", "lines of 'key: value', lists as '- value'")
