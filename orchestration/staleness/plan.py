"""What a run would make again: decided in one way for the command line and for the schedule.

Belongs here: putting together what the code, the evidence and the run history say. Does not belong here: the rule
itself (`freshness.py`), running anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
import psycopg

from assets.common import keys
from assets.common.tables import contents
from assets.evidence.assets import raw_data_versions
from assets.evidence.packs import resolve_packs
from assets.evidence.read_packs import Evidence, Scope
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request, known_warehouse, latest_release_id
from orchestration.staleness.freshness import chain_nodes, recorded, stale
from orchestration.warehouse.connection import warehouse_id


@dataclass(frozen=True)
class RunPlan:
    """The tables that are out of date, with the reason; `tables` is how many there are."""

    tables: int
    reasons: Mapping[dg.AssetKey, str]


@dataclass(frozen=True)
class Held:
    """What the database holds: its name, and for each table (schema.name) what `contents` says of it."""

    warehouse: str
    rows: Mapping[str, str]

    @classmethod
    def by(cls, connection: psycopg.Connection) -> Held:
        """Ask the database."""
        return cls(warehouse_id(connection), contents(connection, keys.LAYERS))


def make_plan(
    settings: Settings, request: Request, evidence: Evidence, instance: dg.DagsterInstance, graph: Any, held: Held
) -> RunPlan:
    """Compare what was made with what there is now.

    `graph` is a Dagster asset graph. In another one than that of the newest release
    nothing counts as made: the run history tells of the old one. What was published last counts if it is the newest
    release of the line that is asked for.
    """
    packs = tuple(pack.name for pack in resolve_packs(request.packs, settings.evidence_dir, settings.state_dir))
    content = raw_data_versions(evidence, Scope(as_of=request.as_of, packs=packs))
    content[keys.LATEST] = latest_release_id(settings, request.line) or "none"
    nodes = chain_nodes(graph, content, held.rows)
    is_known = known_warehouse(settings) == held.warehouse
    return RunPlan(len(nodes), stale(nodes, recorded(instance, [node.key for node in nodes]) if is_known else {}))
