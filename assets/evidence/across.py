"""What must hold between the files of all packs: ids that are there once, references that lead somewhere.

Belongs here: checks of files that have been read already, pure. Does not belong here: single rows (`rows.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from assets.evidence.model import Mention, Parsed, Problem, Reference
from assets.evidence.rows import ProblemList
from assets.evidence.wording import quoted, with_suggestion

MAX_IDS = 25
"""Ids that a message lists; of more it names the table."""


def _across(file: Parsed) -> ProblemList:
    known_keys = {mention.column for mention in file.mentions} | {"id"} if file.is_personal else None
    problems = ProblemList(file.file, known_keys)
    problems.cell_of = file.cell_of
    return problems


def check_across(parsed: Mapping[str, Sequence[Parsed]]) -> list[Problem]:
    """Return what is wrong between files, given by table: an id that two files have, references that lead nowhere.

    A reference to a table that could not be read, or is not given, is left alone.
    """
    found: list[Problem] = []
    for files in parsed.values():
        found += _repeated_ids(files)
    ids = {key: {i for file in files for i in file.ids} for key, files in parsed.items()}
    whole = {key for key, files in parsed.items() if all(file.has_all_ids for file in files)}

    def dangles(mention: Mention) -> bool:
        target = mention.reference.table
        return bool(mention.value) and target in whole and mention.value not in ids[target]

    for files in parsed.values():
        for file in files:
            problems = _across(file)
            for mention in file.mentions:
                if mention.follows_from and dangles(mention.follows_from):
                    continue
                if not mention.value:
                    problems.add(mention.line, mention.column, "has no value", _one_of(mention.reference, ids))
                elif dangles(mention):
                    expected = _one_of(mention.reference, ids)
                    if not problems.is_full:
                        expected = with_suggestion(expected, mention.value, ids[mention.reference.table])
                    message = f"{quoted(mention.value)} is not a known id"
                    problems.add(mention.line, mention.column, message, expected)
            found += problems.all()
    return found


def _one_of(reference: Reference, ids: Mapping[str, Collection[str]]) -> str:
    known = sorted({*reference.besides, *ids.get(reference.table, ())})
    if not 0 < len(known) <= MAX_IDS:
        return f"an id of {reference.table.replace('__', '/')}"
    return f"one of {', '.join(known)}"


def _repeated_ids(files: Sequence[Parsed]) -> Iterator[Problem]:
    first: dict[str, Parsed] = {}
    for file in files:
        problems = _across(file)
        for row_id, line in file.ids.items():
            other = first.setdefault(row_id, file)
            if other is not file:
                message = f"{quoted(row_id)} is already the id of {other.file}:{other.ids[row_id]}"
                problems.add(line, "id", message, "an id of its own for each row of all packs")
        yield from problems.all()
