"""What dbt has to know of the tables of evidence, as texts of its files: each follows from the models in `tables/`.

Belongs here: from tables to their sources, staging views, descriptions, tests and their list, and from marts to what
is made of them; pure.
Does not belong here: writing the files (`orchestration.transforms.dbt_files`), staging views with a logic of their own,
which are written by hand in `dbt_project/models/staging`; these too are described here.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

import yaml

from assets.evidence.model import (
    GRADE_ORDER,
    PROVENANCE,
    PROVENANCE_COMMENTS,
    SCOPE,
    SCOPE_COMMENTS,
    EvidenceRow,
    Reference,
    Table,
)

GENERATED = "generated"
"""The name of each folder of such files. Git does not keep them, and nobody edits them."""
_STAGING = f"models/staging/{GENERATED}"
_LIST = f"macros/{GENERATED}/evidence_tables.sql"
_EXPOSURES = f"models/{GENERATED}/exposures.yml"

_HEADER = "# From the models in assets/evidence/tables and the marts.\n"
_MADE_OF_MARTS = {
    "readiness_report": (
        "Readiness report",
        "dashboard",
        "The verdict, its gates and every number behind them, as a site and as a PDF.",
    ),
    "data_files": (
        "data/*.csv and data/*.parquet",
        "analysis",
        "One file per released table, stable in name and columns, for scripts.",
    ),
}
"""Label, type and description of what readers get. It is made from a copy of the marts, never while they are built."""


def dbt_files(tables: Sequence[Table], marts: Sequence[str] = ()) -> dict[str, str]:
    """Map the path of each file, inside of the dbt project, to its text; `marts` are the names of all marts."""
    files = {
        _LIST: _list_of_tables(tables),
        f"{_STAGING}/_sources.yml": _sources(tables),
        _EXPOSURES: _exposures(marts),
    }
    for table in tables:
        files[f"{_STAGING}/{_name(table)}.yml"] = _description(table)
        if not table.is_under_consent:
            files[f"{_STAGING}/{_name(table)}.sql"] = _view(table)
    return files


def _name(table: Table) -> str:
    return f"stg_{table.key}"


def _list_of_tables(tables: Sequence[Table]) -> str:
    rows = [
        json.dumps(
            {
                "key": table.key,
                "title": table.title,
                "subject": [_renamed(table, column) for column in table.model.subject],
                "is_standing": table.is_standing,
                "is_about_people": table.is_under_consent,
            }
        )
        for table in tables
    ]
    return (
        "{#-\n    Every table of evidence with its title and the columns that say what a row is about: for models that"
        " read all of staging.\n    From the models in assets/evidence/tables.\n-#}\n"
        "{% macro evidence_tables() -%}\n    {{ return([\n        "
        + ",\n        ".join(rows)
        + "\n    ]) }}\n{%- endmacro %}\n"
    )


def _sources(tables: Sequence[Table]) -> str:
    raw = {
        "name": "raw",
        "description": "Evidence as it was typed, all packs, all dates. Written only by the loader, after the evidence"
        " was checked.",
        "schema": "raw",
        "tables": [
            _source("evidence_scope", SCOPE, SCOPE_COMMENTS),
            *(
                _source(t.key, {**t.columns(), **PROVENANCE}, {**_comments(t), **PROVENANCE_COMMENTS, "": _says(t)})
                for t in tables
            ),
        ],
    }
    return _yaml({"sources": [raw]})


def _source(name: str, columns: dict[str, str], comments: dict[str, str]) -> dict[str, Any]:
    described = [{"name": c, "data_type": kind, "description": comments[c]} for c, kind in columns.items()]
    return {"name": name, "description": comments[""], "columns": described}


def _exposures(marts: Sequence[str]) -> str:
    exposures = [
        {
            "name": name,
            "label": label,
            "type": kind,
            "maturity": "medium",
            "description": description,
            "owner": {"name": "Waku PMF team", "email": "waku-pmf-team@example.org"},
            "depends_on": [f"ref('{mart}')" for mart in marts],
        }
        for name, (label, kind, description) in _MADE_OF_MARTS.items()
    ]
    return _yaml({"exposures": exposures})


def _view(table: Table) -> str:
    standing = ", is_standing=True" if table.is_standing else ""
    sections = ",\n\n".join(
        f"        ---------- {title}\n" + ",\n".join(f"        {_selected(table, column)}" for column in columns)
        for title, columns in _sections(table).items()
        if columns
    )
    return f"""\
with

source as (

    {{{{ as_known_on(source('raw', '{table.key}'){standing}) }}}}

),

renamed as (

    select

{sections}

    from source

)

select * from renamed
"""  # noqa: S608 - names of our own, for dbt


def _sections(table: Table) -> dict[str, list[str]]:
    """Return the columns of the view, called as in the model, in three groups."""
    own = [name for name in table.model.model_fields if name not in EvidenceRow.model_fields]
    shared = [name for name in EvidenceRow.model_fields if name != "id"]
    types, references = table.columns(), table.references()
    dates = [name for name in own if types[name] == "date"]
    ids = [name for name in own if name.endswith("_id") or (name in references and not types[name].endswith("[]"))]
    values = [name for name in own if name not in {*dates, *ids}]
    places = [name for name in PROVENANCE if name != "evidence_id"]
    return {
        "ids": ["id", "evidence_id", *ids],
        "values": values,
        "times and provenance": [*dates, *shared, *places],
    }


def _selected(table: Table, column: str) -> str:
    return f"id as {table.id_column}" if column == "id" else column


def _renamed(table: Table, column: str) -> str:
    return table.id_column if column == "id" else column


def _description(table: Table) -> str:
    known = "Only rows that hold on the as-of date." if table.is_standing else "Only rows known on the as-of date."
    sentences = [_says(table), known]
    if table.is_under_consent:
        sentences.append("What its consent does not cover is left in raw.")
    comments = {**_comments(table), **PROVENANCE_COMMENTS}
    columns = []
    for name in (column for columns in _sections(table).values() for column in columns):
        column: dict[str, Any] = {"name": _renamed(table, name), "description": comments[name]}
        if tests := _tests(table, name):
            column["data_tests"] = tests
        columns.append(column)
    return _yaml({"models": [{"name": _name(table), "description": " ".join(sentences), "columns": columns}]})


def _tests(table: Table, column: str) -> list[Any]:
    if column == "id":
        return ["not_null", "unique"]
    if column == "grade":
        known = {
            "name": f"{_name(table)}_grade_is_known",
            "arguments": {"values": [str(grade) for grade in GRADE_ORDER]},
        }
        return [{"accepted_values": known}]
    if reference := table.references().get(column):
        return [_reference_test(table, column, reference)]
    return []


def _reference_test(table: Table, column: str, reference: Reference) -> dict[str, Any]:
    """Return the test that each value is an id of the other table, whatever of it is known on the as-of date."""
    name = f"{_name(table)}_{column}_exist"
    to: dict[str, Any] = {"to": f"source('raw', '{reference.table}')", "field": "id"}
    if table.columns()[column].endswith("[]"):
        besides = {"besides": list(reference.besides)} if reference.besides else {}
        return {"each_relates_to": {"name": name, "arguments": to | besides}}
    test: dict[str, Any] = {"name": f"{name}s", "arguments": to}
    if reference.besides:
        test["config"] = {"where": " and ".join(f"{column} <> '{value}'" for value in reference.besides)}
    return {"relationships": test}


def _says(table: Table) -> str:
    return " ".join((inspect.getdoc(table.model) or "").split())


def _comments(table: Table) -> dict[str, str]:
    return {name: info.description or "" for name, info in table.model.model_fields.items()}


def _yaml(value: Any) -> str:
    # written in C where that is there: tens of thousands of words, at each start of Dagster
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return _HEADER + yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1000)
