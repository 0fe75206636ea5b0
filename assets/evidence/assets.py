"""Evidence files as Dagster assets: what people edit (`evidence/*`) and what it is loaded into (`raw/*`).

Belongs here: the two outermost layers of the graph. Does not belong here: parsing and SQL (`parsing.py`,
`read_packs.py`).
"""

from collections.abc import Iterator
from dataclasses import replace

import dagster as dg

from assets.common import keys
from assets.common.asset_tables import sql_table_metadata
from assets.common.resources import Warehouse
from assets.common.tables import table_statistics
from assets.evidence.load_raw import AnotherDateError, load_raw
from assets.evidence.read_packs import Evidence, Scope, format_problems
from assets.evidence.resource import EvidenceOfRun
from assets.evidence.tables import ALL_TABLES, pricing, roadmap

SCOPE_TITLE = "The as-of date and the packs of the last load: the only place where evidence is cut off by date"

MEASURED_HERE = ("benchmarks__runs", "benchmarks__measurements")
"""Tables that benchmarks on this machine add a pack to."""


REFRESHED = {
    **dict.fromkeys(pricing.REFRESHED_TABLES, keys.LIVE_PRICES),
    **dict.fromkeys(roadmap.REFRESHED_TABLES, keys.LIVE_ROADMAP),
}
"""By table, the asset that asks for newer rows."""


def evidence_specs() -> list[dg.AssetSpec]:
    """One external asset per table or folder that an analyst edits, or a benchmark writes."""
    return [
        dg.AssetSpec(
            keys.evidence_key(table.key),
            deps=[keys.ARCHIVE_BENCHMARKS] if table.key in MEASURED_HERE else [],
            description=table.title,
            group_name=keys.EVIDENCE,
            owners=[keys.OWNERS[keys.EVIDENCE]],
            kinds={table.kind},
            code_version="1",
            metadata={"path_in_pack": table.path},
        )
        for table in ALL_TABLES
        if table.kind != "part"
    ]


def raw_specs() -> list[dg.AssetSpec]:
    """One table in schema `raw` per evidence table, and the scope of the load."""
    file_of = {table.key: table.key for table in ALL_TABLES}
    file_of |= {part.table.key: table.key for table in ALL_TABLES for part in table.parts}
    common = {"group_name": keys.RAW, "owners": [keys.OWNERS[keys.RAW]], "kinds": {"postgres"}}
    tables = [
        dg.AssetSpec(
            keys.raw_key(t.key),
            deps=_typed_in(file_of[t.key]),
            description=t.title,
            **common,  # type: ignore[arg-type]
        )
        for t in ALL_TABLES
    ]
    return [*tables, dg.AssetSpec(keys.EVIDENCE_SCOPE, description=SCOPE_TITLE, **common)]  # type: ignore[arg-type]


def _typed_in(table_key: str) -> list[dg.AssetKey]:
    """Return where the rows of a table come from: what people type, and for some of them what was refreshed."""
    return [keys.evidence_key(table_key), *([REFRESHED[table_key]] if table_key in REFRESHED else [])]


@dg.multi_asset(specs=raw_specs(), can_subset=True, name="load_evidence")
def raw_tables(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse], evidence: dg.ResourceParam[EvidenceOfRun]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetObservation]:
    """Validate all packs, then replace the selected tables in one transaction; one mistake anywhere lands nothing.

    The UI shows of what people type when it was read, and how many rows it has.
    """
    found = evidence.read()
    if found.problems:
        raise dg.Failure(
            "The evidence has mistakes; nothing was loaded.\n" + format_problems(found.problems), allow_retries=False
        )
    wanted = [t.key for t in ALL_TABLES if keys.raw_key(t.key) in context.selected_asset_keys]
    versions = raw_data_versions(found, evidence.scope)
    with warehouse.connect("waku_fit_loader") as connection:
        try:
            load_raw(
                connection, found, wanted, evidence.scope, move_date=keys.EVIDENCE_SCOPE in context.selected_asset_keys
            )
        except AnotherDateError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        typed = {keys.raw_key(table.key): keys.evidence_key(table.key) for table in ALL_TABLES if table.kind != "part"}
        for key in sorted(context.selected_asset_keys):
            held = table_statistics(connection, key.path)
            if key == keys.EVIDENCE_SCOPE:  # each load writes its packs there, whatever else it makes
                held = replace(held, content=None)
            if key in typed:
                yield dg.AssetObservation(typed[key], metadata={"dagster/row_count": held.rows})
            yield dg.MaterializeResult(
                asset_key=key, data_version=dg.DataVersion(versions[key]), metadata=sql_table_metadata(held)
            )


def raw_data_versions(evidence: Evidence, scope: Scope) -> dict[dg.AssetKey, str]:
    """Name the content of each raw table: it changes when, and only when, what would be loaded changes.

    Of the scope it is the date: every staging view reads that. A pack that adds no row to a table changes nothing.
    """
    tables = {keys.raw_key(table.key): evidence.content_hash(table.key) for table in ALL_TABLES}
    return {**tables, keys.EVIDENCE_SCOPE: f"as_of={scope.as_of}"}
