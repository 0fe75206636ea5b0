"""Templates of documents and rows: every key with what it means, blank where somebody has to write.

Belongs here: from a model to text, pure. Does not belong here: where a template is written
(`orchestration.commands.analyst`).
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence

from assets.evidence.model import EvidenceRow, Part, Reference, Table
from assets.evidence.wording import expectation

WIDTH = 118
RARE = frozenset({"consent_withdrawn_on", "note"})
"""Columns that most documents leave out."""


def document_template(
    table: Table,
    row_id: str,
    filled: Mapping[str, str],
    *,
    schema: str,
    check: str,
    ids: Mapping[str, Sequence[str]],
    entries: Mapping[str, Mapping[str, str]],
) -> str:
    """Return a commented YAML document with blanks.

    `filled` are values by key, `ids` by table what a reference may be, `entries` by part and key what stands above the
    key of a mapping, such as the question above its answer.
    """
    lines = [
        f"# yaml-language-server: $schema={schema}",
        *_comment(f"{table.model.__doc__} Fill the blanks, then run: {check}"),
        *(
            _comment("No name, address, number or account of a person, anywhere: the check stops on them.")
            if table.is_personal
            else ()
        ),
        *_comment(
            'A text with a colon or a # after a blank in it, or a quote or a dash at its start, stands in quotes (").'
        ),
        "",
        f"id: {row_id}",
    ]
    common = [name for name in EvidenceRow.model_fields if name != "id"]
    own = [name for name in table.model.model_fields if name not in (*common, "id")]
    for name in own:
        lines += _key(table.model, name, filled.get(name, ""), table.references().get(name), ids)
    for part in table.parts:
        what = part.table.model.__doc__ or ""
        lines += ["", *_comment(f"Each entry is {what[:1].lower()}{what[1:]}"), f"{part.key}:"]
        lines += _entries(part, entries.get(part.key, {}), ids)
    lines += ["", "# Where it comes from"]
    for name in common:
        lines += _key(table.model, name, filled.get(name, ""), None, ids)
    return "\n".join(lines) + "\n"


def _entries(part: Part, above: Mapping[str, str], ids: Mapping[str, Sequence[str]]) -> list[str]:
    lines: list[str] = []
    if part.value_column:
        for key, text in above.items():
            lines += [*_comment(text, 2), f"  {key}:"]
        return lines
    names = [name for name in part.table.model.model_fields if name not in part.set_by_loader and name not in RARE]
    for name in [part.entry_key, *names] if part.entry_key else names:
        if name in part.table.model.model_fields:
            lines += _key(part.table.model, name, "", part.table.references().get(name), ids, indent=4)
        else:
            lines.append(f"    {name}:")
    first = next(position for position, line in enumerate(lines) if not line.lstrip().startswith("#"))
    lines[first] = "  - " + lines[first].lstrip()
    return lines


def _key(
    model: type[EvidenceRow],
    name: str,
    value: str,
    reference: Reference | None,
    ids: Mapping[str, Sequence[str]],
    indent: int = 0,
) -> list[str]:
    info = model.model_fields[name]
    allowed = "; ".join([*reference.besides, *ids.get(reference.table, ())]) if reference else ""
    what = f"one of: {allowed}" if allowed else expectation(model, name)
    optional = "" if info.is_required() else "; may be left out"
    commented = "# " if name in RARE and not value else ""
    key = f"{' ' * indent}{commented}{name}:{' ' + value if value else ''}"
    return [*_comment(f"{info.description} ({what}{optional})", indent), key]


def _comment(text: str, indent: int = 0) -> list[str]:
    start = " " * indent + "# "
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=start, subsequent_indent=start)


def row_template(header: Sequence[str], filled: Mapping[str, str]) -> str:
    """Return one line of a table with blanks, in the order of its header."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([filled.get(name, "") for name in header])
    return line.getvalue()


def row_guide(table: Table) -> str:
    """Say what each column of a table takes, a line each."""
    lines = []
    for name, info in table.model.model_fields.items():
        optional = "" if info.is_required() else "; may be empty"
        lines.append(f"  {name:<28} {info.description} ({expectation(table.model, name)}{optional})")
    return "\n".join(lines)
