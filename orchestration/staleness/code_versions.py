"""The code behind each table: what makes it and what checks it. Another one of either is a change of the table.

Belongs here: which modules and which data are behind a table. Does not belong here: what a change leads to
(`freshness.py`), sources and libraries of a module (`source_code.py`), dbt models (`dbt_code.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import dagster as dg

from assets.common import keys
from assets.evidence.tables import ALL_TABLES
from checks.segments import CHECKED as CHECKED_SEGMENTS
from checks.statements import STATEMENTS
from checks.suites import SUITES
from orchestration.staleness.source_code import Code, named

MODELS = "assets.evidence.tables"
LOADING = "assets.evidence.assets"
NOT_LOADED = (MODELS, "assets.privacy", "assets.pricing")
"""Behind the loading of a table, but not behind its rows: the models of others; the search for identities, which every
run does on all evidence before it makes anything; where refreshed prices come from."""


def made_with(code: Code, module: str, made: Iterable[dg.AssetKey]) -> dict[dg.AssetKey, str]:
    """Name the code that makes each table of `module`; of a table of evidence its own model only."""
    if module != LOADING:
        return dict.fromkeys(made, code.version(module))
    loading = code.version(module, besides=NOT_LOADED)
    model_of = {keys.raw_key(table.key): table.model.__module__ for table in ALL_TABLES}
    return {key: named(loading, code.version(model_of[key]) if key in model_of else None) for key in made}


def checked_with(code: Code) -> dict[dg.AssetKey, str]:
    """Name the code that checks each table which Python checks: what must hold of it, and what runs that."""
    suites = code.version("checks.raw", besides=("checks.suites",))
    statements = code.version("checks.readiness", besides=("checks.statements",))
    said: dict[dg.AssetKey, list[object]] = {
        keys.raw_key(table): [suites, [asdict(expectation) for expectation in suite]] for table, suite in SUITES.items()
    }
    for statement in STATEMENTS:
        of_table = said.setdefault(statement.asset, [statements])
        of_table.append([statement.name, statement.offenders.as_string(None), statement.next_step])
    said.setdefault(CHECKED_SEGMENTS, []).append(code.version("checks.segments"))
    return {key: named(*parts) for key, parts in said.items()}


def with_checks(made: Mapping[dg.AssetKey, str], checked: Mapping[dg.AssetKey, str]) -> dict[dg.AssetKey, str]:
    """Name for each table the code that makes it together with the code that checks it."""
    return {key: named(version, checked.get(key)) for key, version in made.items()}
