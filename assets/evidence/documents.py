"""A document as text: what somebody typed in YAML as plain values, and values as the text of a file.

Belongs here: both ways, pure. Does not belong here: what is right or wrong in a document (`parsing.py`, `rows.py`), a
document with blanks (`templates.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from assets.evidence.model import EvidenceRow, Table, split_list
from assets.evidence.wording import misread

COMMON = tuple(name for name in EvidenceRow.model_fields if name != "id")

Document = dict[str, Any]


def document_text(table: Table, document: Mapping[str, Any], schema: str) -> str:
    """Return a document as the text of its file, keys in the order of the template, numbers and dates plain."""
    own = [name for name in table.model.model_fields if name not in COMMON and name in document]
    parts = [part for part in table.parts if document.get(part.key)]
    ordered = {name: document[name] for name in (*own, *(p.key for p in parts), *(c for c in COMMON if c in document))}
    ordered = _plain(table, ordered)
    for part in parts:
        if not part.value_column:
            ordered[part.key] = [_plain(part.table, entry) for entry in ordered[part.key]]
    text = yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
    return f"# yaml-language-server: $schema={schema}\n{text}"


def plain_document(text: str) -> Document:
    """Return a document with all values as text, as a sheet has them. The document is valid."""
    document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes nothing but text
    assert isinstance(document, dict)
    return {key: value for key, value in document.items() if value not in ("", None)}


def says_the_same(table: Table, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two documents have the same values, however they are written."""
    return _values(table, one) == _values(table, other)


def _values(table: Table, document: Mapping[str, Any]) -> Document:
    keys = {part.key: part for part in table.parts}
    found: Document = {}
    for name, value in document.items():
        if name not in keys:
            found[name] = _value(table, name, value)
        elif isinstance(value, dict):
            found[name] = {key: plain_text(answer) for key, answer in value.items()}
        else:
            part = keys[name].table
            found[name] = [_without_blanks({n: _value(part, n, v) for n, v in entry.items()}) for entry in value]
    return _without_blanks(found)


def _value(table: Table, name: str, value: Any) -> Any:
    if table.columns().get(name, "").endswith("[]"):
        return [plain_text(part) for part in split_list(value) or ()]
    return plain_text(value)


def _without_blanks(values: Document) -> Document:
    return {
        name: _without_blanks(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value not in ("", None, [], {})
    }


def plain_text(value: Any) -> Any:
    """Return a text as it counts: without blanks around it, lines ended by a line feed. What is no text stays."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else value


class _Plain(str):
    """A number or a date, which needs no quotes: its column says what it is."""


def _plain(table: Table, values: Mapping[str, Any]) -> Document:
    kinds = table.columns()
    is_text = {
        name: not isinstance(values[name], str)
        or kinds.get(name, "text").startswith("text")
        or misread(kinds[name], values[name])
        for name in values
    }
    return {name: value if is_text[name] else _Plain(value) for name, value in values.items()}


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines, and numbers and dates, as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number_or_date(dumper: yaml.SafeDumper, text: _Plain) -> yaml.ScalarNode:
    tag = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Plain, _number_or_date)
