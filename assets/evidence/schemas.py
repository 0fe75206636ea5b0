"""JSON Schemas of documents, so that editors complete and check what is typed, and of rows, for programs.

Belongs here: from a model to its schema, pure. Does not belong here: writing files (`orchestration.commands.analyst`).
A schema helps with typing; `waku-fit check` decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assets.evidence.model import IDENTIFIER_PATTERN, EvidenceRow, Reference, Table

FOLDER = "schemas"
"""Beside the packs: `evidence/schemas/<table>.json`."""


ROWS = "rows.json"
"""The file with the schemas of rows, by key of their table."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of_rows(tables: Sequence[Table]) -> dict[str, Any]:
    """Return the JSON Schemas (2020-12) of the rows of tables that are no documents, in one."""
    rows = {
        table.key: {"title": table.title, **_object(table.model, {}, {})} for table in tables if table.kind == "csv"
    }
    return {"$schema": _DIALECT, "title": "Rows of evidence, by table", "$defs": rows}


def schema_of(table: Table, ids: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of document, with its parts.

    `ids` by table are suggested where a value refers to that table; ids of other packs are right too.
    """
    schema = _object(table.model, table.references(), ids)
    for part in table.parts:
        entry = _object(part.table.model, part.table.references(), ids, leave_out=part.set_by_loader)
        if part.entry_key:
            entry["properties"] = {
                part.entry_key: {"type": "string", "pattern": IDENTIFIER_PATTERN},
                **entry["properties"],
            }
            entry["required"] = [part.entry_key, *entry.get("required", [])]
        if part.value_column:
            value = entry["properties"][part.value_column]
            schema["properties"][part.key] = {"type": "object", "additionalProperties": value}
        else:
            schema["properties"][part.key] = {"type": "array", "items": entry}
        schema["properties"][part.key]["description"] = part.table.title
    return {"$schema": _DIALECT, "title": table.title, **schema}


def as_text(schema: Mapping[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(
    model: type[EvidenceRow],
    references: Mapping[str, Reference],
    ids: Mapping[str, Sequence[str]],
    leave_out: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    full = model.model_json_schema()
    properties = {
        name: _resolved(column, full.get("$defs", {}))
        for name, column in full["properties"].items()
        if name not in leave_out
    }
    for name in properties.keys() & references.keys():
        _suggest(properties[name], references[name], ids)
    required = [name for name in full.get("required", []) if name not in leave_out]
    return {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _resolved(column: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a column without references to definitions, titles and defaults."""
    resolved = {key: value for key, value in column.items() if key not in ("title", "default")}
    if "$ref" in resolved:
        definition = definitions[resolved.pop("$ref").rpartition("/")[2]]
        resolved = {"type": definition["type"], "enum": definition["enum"], **resolved}
    return resolved


def _suggest(column: dict[str, Any], reference: Reference, ids: Mapping[str, Sequence[str]]) -> None:
    known = {"enum": [*reference.besides, *ids.get(reference.table, ())]}
    options = column.get("anyOf", [column])
    for option in options:
        if option.get("type") == "array":
            option["items"] = {"anyOf": [known, {"type": "string"}]}
        elif option.get("type") == "string":
            option.pop("type")
            option["anyOf"] = [known, {"type": "string"}]
