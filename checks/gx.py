"""Great Expectations, behind one function and in a process of its own.

Importing it takes seconds and 230 MB: another process does so while this one is still busy with something else.

Belongs here: how a suite is run on PostgreSQL. Does not belong here: what is expected (`suites.py`).
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

from assets.common import helper_process

if TYPE_CHECKING:
    from checks.suites import Expectation

SAMPLE = 5
"""Offending values shown at most. They are values of typed columns; free text is never under a value expectation."""

QUIET = {"GX_ANALYTICS_ENABLED": "false"}
"""Environment that Great Expectations reads when it is imported."""


@dataclass(frozen=True)
class FailedExpectation:
    """One expectation that does not hold: what, in how many of how many rows, and a bounded sample."""

    expectation: str
    column: str
    unexpected: int
    rows: int
    sample: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.sample)
        return f"{self.expectation} on {self.column}: {self.unexpected} of {self.rows} rows, e.g. {shown}"


def run_suites(
    url: str, schema: str, suites: Mapping[str, Sequence[Expectation]]
) -> dict[str, list[FailedExpectation]]:
    """Run each table's suite in the database at `url` and return what does not hold, per table.

    `url` is an SQLAlchemy URL. A suite that cannot run (a missing column) raises `RuntimeError` with GX's reason.
    """
    helper = helper_process.take(__name__)
    helper.ask(
        [url, schema, {table: [asdict(expectation) for expectation in suite] for table, suite in suites.items()}]
    )
    found = helper.answer()
    helper.end()
    return {
        table: [FailedExpectation(**{**finding, "sample": tuple(finding["sample"])}) for finding in findings]
        for table, findings in found.items()
    }


def serve() -> None:
    """Answer one request of `run_suites` (see `assets.common.helper_process`)."""
    gc.disable()  # nearly all that there is stays to the end
    os.environ.update(QUIET)
    _postpone("scipy.stats")
    import great_expectations  # noqa: F401  before the request is there

    request = sys.stdin.readline()
    if not request:
        return
    try:
        found = _found(*json.loads(request))
    except RuntimeError as error:
        sys.exit(str(error))
    json.dump({table: [asdict(finding) for finding in findings] for table, findings in found.items()}, sys.stdout)
    gc.freeze()  # and needs no looking through then


def _postpone(module: str) -> None:
    """Let `module` be imported when something of it is used: no suite here needs `scipy.stats`, a third of the time."""
    if module in sys.modules:
        return
    spec = find_spec(module)
    assert spec is not None
    assert spec.loader is not None
    spec.loader = LazyLoader(spec.loader)
    sys.modules[module] = lazy = module_from_spec(spec)
    spec.loader.exec_module(lazy)
    package, _, name = module.rpartition(".")
    setattr(import_module(package), name, lazy)


def _found(
    url: str, schema: str, suites: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[FailedExpectation]]:
    """Run suites in this process, given as plain values."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    datasource = context.data_sources.add_postgres("warehouse", connection_string=url)
    return {table: _run(gx, datasource, schema, table, suite) for table, suite in suites.items()}


def _run(
    gx: Any, datasource: Any, schema: str, table: str, suite: Sequence[Mapping[str, Any]]
) -> list[FailedExpectation]:
    asset = datasource.add_table_asset(table, table_name=table, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    expectations = [getattr(gx.expectations, e["kind"])(**e["arguments"]) for e in suite]
    # COMPLETE would copy every offending text into the event log
    result = batch.validate(gx.ExpectationSuite(name=table, expectations=expectations), result_format="SUMMARY")
    return [_finding(table, r) for r in result.results if not r.success]


def _finding(table: str, result: Any) -> FailedExpectation:
    if result.exception_info.get("raised_exception") or any(
        isinstance(v, Mapping) and v.get("raised_exception") for v in result.exception_info.values()
    ):
        raise RuntimeError(f"the suite of {table} could not run: {result.exception_info}")
    details = result.result
    return FailedExpectation(
        expectation=result.expectation_config.type,
        column=str(result.expectation_config.kwargs.get("column", "")),
        unexpected=int(details.get("unexpected_count", 0)),
        rows=int(details.get("element_count", 0)),
        sample=tuple(str(v) for v in details.get("partial_unexpected_list", [])[:SAMPLE]),
    )
