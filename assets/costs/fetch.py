"""What the cost model knows, read from the marts.

Belongs here: SQL on `marts` and the way from its rows to `CostInputs` and `Scenario`. Writes nothing.
Does not belong here: arithmetic. Which row is the newest is decided by dbt, which is the cheapest by the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql

from assets.costs import inputs
from assets.evidence.model import Grade, weakest
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario
from assets.landing import read_frame

ARCHIVE_STUDY = "row-size-probe"
"""The study that measured how many bytes one archived message takes, at several sizes of payload."""

WORKLOAD_TABLE = "costs__workload_parameters"

PROVENANCE = ("grade", "evidence_ids")

MART_COLUMNS: dict[str, tuple[str, ...]] = {
    "compute_offers": (
        "offer_id",
        "provider",
        "region",
        "vcpus",
        "vcpu_kind",
        "architecture",
        "memory_gib",
        "local_disk_gb",
        "included_egress_gb_per_month",
        "cost_usd_per_month",
        *PROVENANCE,
    ),
    "volume_prices": ("price_id", "provider", "region", "item", "cost_usd_per_gb_month", *PROVENANCE),
    "egress_tiers": (
        "price_id",
        "provider",
        "region",
        "from_gb_per_month",
        "to_gb_per_month",
        "cost_usd_per_gb",
        *PROVENANCE,
    ),
    "rpc_plans": (
        "plan_id",
        "provider",
        "cost_usd_per_month",
        "included_period",
        "included_credits_per_period",
        "overage_usd_per_million_credits",
        "is_flat_rate",
        "supports_ethereum",
        "supports_linea",
        *PROVENANCE,
    ),
    "rpc_method_credits": ("provider", "chain", "method", "credits", *PROVENANCE),
    "network_fees": ("chain", "metric", "value", *PROVENANCE),
    "rpc_usage": ("component", "rpc_method", "calls", "per", *PROVENANCE),
    "archive_bytes_per_message": ("study", "payload_bytes", "total_bytes", *PROVENANCE),
    "workload_parameters": ("mid", *PROVENANCE),
    "rln_parameters": ("parameter", "value", "value_low", "value_high", "as_of", *PROVENANCE),
}
"""The columns of each mart that the model reads, in the order in which they are selected."""


def read_inputs(connection: psycopg.Connection) -> inputs.CostInputs:
    """Read everything that the model knows."""
    return inputs_from({mart: _read(connection, mart, columns) for mart, columns in MART_COLUMNS.items()})


def read_scenarios(connection: psycopg.Connection) -> tuple[Scenario, ...]:
    """Read the scenarios, by id."""
    columns = ("scenario_id", *(name for name in Scenario.model_fields if name != "id"))
    frame = _read(connection, "scenarios", columns).rename(columns={"scenario_id": "id"})
    return tuple(Scenario.model_validate(row) for row in sorted(_rows(frame), key=lambda row: str(row["id"])))


def inputs_from(marts: Mapping[str, pd.DataFrame]) -> inputs.CostInputs:
    """Turn frames with the columns of `MART_COLUMNS` into typed inputs. A row without its number is not taken over."""
    return inputs.CostInputs(
        offers=tuple(
            inputs.ComputeOffer(
                row["offer_id"],
                row["provider"],
                row["region"],
                row["vcpus"],
                row["vcpu_kind"],
                row["architecture"],
                row["memory_gib"],
                row["local_disk_gb"],
                row["included_egress_gb_per_month"],
                _quantity(row, "cost_usd_per_month"),
            )
            for row in _rows(marts["compute_offers"], "cost_usd_per_month")
        ),
        volume_prices=tuple(
            inputs.VolumePrice(
                row["price_id"],
                row["provider"],
                row["region"],
                row["item"],
                _quantity(row, "cost_usd_per_gb_month"),
            )
            for row in _rows(marts["volume_prices"], "cost_usd_per_gb_month")
        ),
        egress_tiers=tuple(
            inputs.EgressTier(
                row["price_id"],
                row["provider"],
                row["region"],
                row["from_gb_per_month"],
                row["to_gb_per_month"],
                _quantity(row, "cost_usd_per_gb"),
            )
            for row in _rows(marts["egress_tiers"], "cost_usd_per_gb")
        ),
        rpc_plans=tuple(
            inputs.RpcPlan(
                row["plan_id"],
                row["provider"],
                _quantity(row, "cost_usd_per_month"),
                row["included_period"],
                row["included_credits_per_period"],
                row["overage_usd_per_million_credits"],
                bool(row["is_flat_rate"]),
                row["supports_ethereum"],
                row["supports_linea"],
            )
            for row in _rows(marts["rpc_plans"], "cost_usd_per_month")
        ),
        method_credits=tuple(
            inputs.MethodCredits(row["provider"], row["chain"], row["method"], _quantity(row, "credits"))
            for row in _rows(marts["rpc_method_credits"], "credits")
        ),
        network_fees=tuple(
            inputs.NetworkFee(row["chain"], row["metric"], _quantity(row, "value"))
            for row in _rows(marts["network_fees"], "value")
        ),
        rpc_usage=tuple(
            inputs.RpcUsage(row["component"], row["rpc_method"], row["per"], _quantity(row, "calls"))
            for row in _rows(marts["rpc_usage"], "calls")
        ),
        probes=tuple(
            inputs.ArchiveProbe(row["payload_bytes"], _quantity(row, "total_bytes"))
            for row in _rows(marts["archive_bytes_per_message"], "total_bytes")
            if row["study"] == ARCHIVE_STUDY
        ),
        workload={
            evidence_id.removeprefix(f"{WORKLOAD_TABLE}/"): _quantity(row, "mid")
            for row in _rows(marts["workload_parameters"], "mid")
            for evidence_id in row["evidence_ids"]
            if evidence_id.startswith(f"{WORKLOAD_TABLE}/")
        },
        rln=_rln_parameters(marts["rln_parameters"]),
    )


def _rln_parameters(frame: pd.DataFrame) -> dict[str, Quantity]:
    """The newest value of each parameter; the middle of a range is estimated at best."""
    found: dict[str, Quantity] = {}
    for row in sorted(_rows(frame), key=lambda row: row["as_of"]):
        if row["value"] is not None:
            found[row["parameter"]] = _quantity(row, "value")
        elif row["value_low"] is not None and row["value_high"] is not None:
            middle = (row["value_low"] + row["value_high"]) / 2
            grade = weakest((Grade.ESTIMATED, row["grade"]))
            found[row["parameter"]] = Quantity(middle, grade, tuple(row["evidence_ids"]))
    return found


def _read(connection: psycopg.Connection, mart: str, columns: tuple[str, ...]) -> pd.DataFrame:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return read_frame(connection, sql.SQL("select {} from {}").format(names, sql.Identifier("marts", mart)))


def _rows(frame: pd.DataFrame, needed: str | None = None) -> list[dict[str, Any]]:
    """The rows as mappings with None for NULL, without those that lack `needed`."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {str(name): value for name, value in row.items()} for row in rows if needed is None or row[needed] is not None
    ]


def _quantity(row: Mapping[str, Any], column: str) -> Quantity:
    return Quantity(float(row[column]), Grade(row["grade"]), tuple(row["evidence_ids"]))
