"""A first mapping of the columns of another program, for a person to complete.

Belongs here: which headings usually mean what, the text of the mapping; pure. Does not belong here: what a mapping does
(`mapping.py`). Nothing is decided that a person has to: whose consent it is, and which words of theirs are which code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import yaml

from assets.evidence.importer import HeadedTable
from assets.evidence.interview_sheet import ANSWER
from assets.evidence.mapping import COLUMNS, CONSENT, OF_EACH, SAME_FOR_ALL, VALUES, Translation, normal
from assets.evidence.model import IDENTIFIER_PATTERN

USUAL_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "participant",
        "participant_id",
        "interview",
        "session",
        "respondent",
        "interviewee",
        "record",
        "name",
        "code",
    ),
    "segment_id": ("segment", "field", "which_field_are_you_in", "industry", "sector", "market"),
    "role_class": ("role", "your_role", "job", "job_title", "position"),
    "interviewed_on": ("date", "interview_date", "session_date", "timestamp", "submitted_at", "date_of_interview"),
    "channel": ("channel", "medium", "format"),
    CONSENT: ("consent", "permission", "may_we_quote_you", "may_we_quote_you_", "can_we_quote_you", "quote_permission"),
    "organisation_code": ("organisation", "organization", "company"),
    "tag": ("tags", "highlight_tags", "codes", "themes", "theme", "labels"),
    "strength": ("strength", "severity"),
    "relation": ("relation", "sentiment"),
    "usp_id": ("usp", "usps", "selling_point"),
    "problem_id": ("problem", "problems", "pain", "pain_point"),
    "quote": ("quote", "highlight", "verbatim", "text", "excerpt", "content", "snippet"),
    "importance": ("importance",),
    "satisfaction": ("satisfaction",),
    "finding_note": ("comment", "comments", "notes"),
}
"""By our column, what programs and people call it, the likeliest first."""

DOVETAIL = {"Title": "tag", "Text": "quote", "Note": "id"}
"""A highlight of Dovetail: its tag, its words, the note that it is in."""

EACH_ITS_OWN = ("segment_id", "role_class", "interviewed_on", "channel", CONSENT)
SAME = {"as_of_basis": "observed", "grade": "published"}
MOST = 50
"""Lines of one kind that are written out."""
SHARED_WORDS = 0.4
"""Of a heading's words with a question's, from which on it is that question."""


def proposal(
    table: HeadedTable,
    translation: Translation,
    questions: Mapping[str, str],
    question_set: str,
    new_code: Callable[[], str],
) -> str:
    """Return the text of a first mapping. `questions` are those of a set by name; `new_code` draws a code."""
    columns = _columns(table.headings, questions)
    by_target = {name: heading for heading, names in columns.items() for name in names}
    cells = {name: _cells(table, heading) for name, heading in by_target.items()}
    ids = {cell: cell if re.fullmatch(IDENTIFIER_PATTERN, cell) else new_code() for cell in cells.get("id", ())}
    values = dict(_unclear(translation, cells))
    if any(cell != code for cell, code in ids.items()):
        values["id"] = ids
    missing = [name for name in EACH_ITS_OWN if name not in by_target]
    same = {"question_set_id": question_set, "source": "", **SAME}
    same |= {"strength": ""} if "tag" in by_target else {}
    same |= {"relation": ""} if {"usp_id", "problem_id"} & by_target.keys() else {}
    same = {name: value for name, value in same.items() if name not in by_target}
    each = {code: dict.fromkeys(missing, "") for code in list(ids.values())[:MOST]} if missing else {}
    parts: dict[str, Mapping[str, object]] = {COLUMNS: {h: n[0] if len(n) == 1 else n for h, n in columns.items()}}
    parts |= {VALUES: values, SAME_FOR_ALL: same, OF_EACH: each}
    return HEAD + "".join(_part(key, content, translation) for key, content in parts.items() if content)


HEAD = """\
# What the columns and values of this file are (docs/research_tools.md). Fill the blanks, then give the command again.
# Keep it beside the file: what it says of people must not leave this folder.
"""
ABOUT = {
    COLUMNS: "their heading: our column, or [several]; take out what is not meant",
    VALUES: "our column, and below it what stands in theirs: what it is",
    SAME_FOR_ALL: "of all rows; never consent",
    OF_EACH: "of one interview, by its code: what the file does not say",
}


def _columns(headings: Sequence[str], questions: Mapping[str, str]) -> dict[str, list[str]]:
    """Return by heading the columns of ours that it probably is."""
    if DOVETAIL.keys() <= set(headings):
        return {heading: [DOVETAIL[heading]] for heading in headings if heading in DOVETAIL}
    left = list(dict.fromkeys(filter(None, headings)))
    found: dict[str, list[str]] = {}
    for ours, usual in USUAL_HEADINGS.items():
        for spelling in (ours, *usual):
            if heading := next((h for h in left if normal(h) == spelling), ""):
                left.remove(heading)
                found[heading] = [ours]
                break
    for heading in left:
        if (name := _question(heading, questions)) and [ANSWER + name] not in found.values():
            found[heading] = [ANSWER + name]
    if ["id"] not in found.values() and (date := next((h for h, n in found.items() if n == ["interviewed_on"]), "")):
        found[date] = ["id", "interviewed_on"]  # of a form, the time of an answer is all that tells it from others
    return {heading: found[heading] for heading in headings if heading in found}


def _question(heading: str, questions: Mapping[str, str]) -> str:
    """Return the name of the question that a heading asks, or nothing."""
    asked = set(normal(heading).split("_"))
    best, name = max(((_shared(asked, f"{key} {text}"), key) for key, text in questions.items()), default=(0.0, ""))
    return name if best >= SHARED_WORDS else ""


def _shared(words: set[str], text: str) -> float:
    long = {word for word in words if len(word) > len("the")}
    return len(long & set(normal(text).split("_"))) / len(long) if len(long) > 1 else 0.0


def _cells(table: HeadedTable, heading: str) -> list[str]:
    position = table.headings.index(heading)
    return list(dict.fromkeys(cells[position] for _, cells in table.rows if cells[position]))


def _unclear(translation: Translation, cells: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the columns of codes with those of their values that are no label of one code, to be filled."""
    for name, texts in cells.items():
        column = translation.columns.get(name)
        if column is None or not column.spellings:
            continue
        parts = dict.fromkeys(part for text in texts for part in column.parts(text))
        if unclear := [part for part in parts if len(column.codes(part)) != 1][:MOST]:
            yield name, dict.fromkeys(unclear, "")


def _part(key: str, content: Mapping[str, object], translation: Translation) -> str:
    text = yaml.safe_dump({key: content}, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False)
    text = re.sub(r"(?m): ''$", ":", text)
    named = [] if key == COLUMNS else [n for n in translation.columns if re.search(rf"(?m)^ +{n}:", text)]
    codes = ((name, translation.columns[name].choices) for name in named)
    listed = [f"#   {name}: {', '.join(choices)}\n" for name, choices in codes if 0 < len(choices) <= MOST]
    return f"\n# {ABOUT[key]}\n{''.join(listed)}{text}"
