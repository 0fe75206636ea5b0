"""What has to be done again: staleness by content, never by time.

Belongs here: the rule, over what the Dagster instance has recorded.
Does not belong here: reading files, running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dagster import AssetKey, DagsterInstance, DagsterRunStatus

from assets.common import keys
from assets.common.asset_tables import CONTENT

CODE_VERSION_TAG = "dagster/code_version"
DATA_VERSION_TAG = "dagster/data_version"
INPUT_VERSION_PREFIX = "dagster/input_data_version/"


@dataclass(frozen=True)
class Node:
    """An asset as the code and the database have it now.

    `content` is given where the content is known beforehand (evidence files), `rows` tells of the rows of a table; None
    where the database was not asked.
    """

    key: AssetKey
    parents: frozenset[AssetKey]
    code_version: str | None
    content: str | None = None
    rows: str | None = None
    made_with: frozenset[AssetKey] = frozenset()
    """Assets of the same op, which makes all of them or none."""


@dataclass(frozen=True)
class Materialized:
    """What the newest materialisation of an asset says of itself.

    `is_sound`: the run that made it succeeded. `rows` tells of the rows that a table had then.
    """

    data_version: str | None
    code_version: str | None
    inputs: Mapping[AssetKey, str]
    is_sound: bool
    rows: str | None = None


def stale(nodes: Iterable[Node], found: Mapping[AssetKey, Materialized]) -> dict[AssetKey, str]:
    """Map each stale asset to the reason. `nodes` come parents first.

    An asset is stale when it was never made, its run failed or was killed (its checks may not have run), its code, its
    content or its rows changed, a parent is stale or has a data version other than the one it was made from, or another
    one that is made with it is stale.
    """
    ordered = list(nodes)
    reasons: dict[AssetKey, str] = {}
    before = None
    while before != len(reasons):  # what is made with a stale one may have come before it, and so what is based on that
        before = len(reasons)
        for node in ordered:
            made = found.get(node.key)
            if node.key not in reasons and (
                reason := _own_reason(node, made) or _inherited_reason(node, made, found, reasons)
            ):
                reasons[node.key] = reason
    return reasons


def _own_reason(node: Node, made: Materialized | None) -> str | None:
    if made is None:
        return "never made"
    if not made.is_sound:
        return "its run did not succeed"
    if made.code_version != node.code_version:
        return "its code changed"
    if node.content is not None and made.data_version != node.content:
        return "its content changed"
    if node.rows is not None and made.rows is not None and node.rows != made.rows:
        return "its rows were changed by hand"
    return None


def _inherited_reason(
    node: Node, made: Materialized | None, found: Mapping[AssetKey, Materialized], stale_before: Mapping[AssetKey, str]
) -> str | None:
    for other in sorted(node.parents) + sorted(node.made_with):
        if other in stale_before:
            return f"{other.to_user_string()} is made again"
    for parent in sorted(node.parents):
        if made is not None and parent in found and made.inputs.get(parent) != found[parent].data_version:
            return f"{parent.to_user_string()} changed"
    return None


def chain_nodes(
    graph: Any,
    content: Mapping[AssetKey, str] | None = None,
    rows: Mapping[str, str] | None = None,
    exclude_layers: tuple[str, ...] = (),
) -> list[Node]:
    """Return what is materialised by the chain, parents first; `content` names what is known of some beforehand.

    `graph` is a Dagster asset graph, `rows` tells of the tables of the database by schema.name. Evidence itself is not
    materialised: its content is compared at the raw tables.
    """
    left_out = {keys.EVIDENCE, *exclude_layers}
    return [
        Node(
            key=key,
            parents=frozenset(p for p in graph.get(key).parent_keys if keys.layer_of(p) not in left_out),
            code_version=graph.get(key).code_version,
            content=(content or {}).get(key),
            rows=None if rows is None else rows.get(".".join(key.path), "no table"),
            made_with=frozenset(graph.get(key).execution_set_asset_keys) - {key},
        )
        for key in graph.toposorted_asset_keys
        if keys.layer_of(key) not in left_out
    ]


def recorded(
    instance: DagsterInstance, asset_keys: Iterable[AssetKey], current_run_id: str | None = None
) -> dict[AssetKey, Materialized]:
    """Read the newest materialisation of each of `keys`; what the current run made counts as sound."""
    result: dict[AssetKey, Materialized] = {}
    statuses: dict[str, bool] = {}
    for record in instance.get_asset_records(list(asset_keys)):
        entry = record.asset_entry.last_materialization
        if entry is None or entry.asset_materialization is None:
            continue
        run_id, tags = entry.run_id, entry.asset_materialization.tags or {}
        if run_id not in statuses:
            run = instance.get_run_by_id(run_id)
            statuses[run_id] = run_id == current_run_id or (run is not None and run.status is DagsterRunStatus.SUCCESS)
        result[record.asset_entry.asset_key] = Materialized(
            data_version=tags.get(DATA_VERSION_TAG),
            code_version=tags.get(CODE_VERSION_TAG),
            inputs={
                AssetKey.from_user_string(tag.removeprefix(INPUT_VERSION_PREFIX)): version
                for tag, version in tags.items()
                if tag.startswith(INPUT_VERSION_PREFIX)
            },
            is_sound=statuses[run_id],
            rows=str(held.value) if (held := entry.asset_materialization.metadata.get(CONTENT)) else None,
        )
    return result
