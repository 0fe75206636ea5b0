"""From rows of the marts to what the model knows: `Catalogue`, typed, each number with what it is based on.

Belongs here: which columns of a mart are read, and what a row of each becomes. Pure. Does not belong here: SQL
(`fetch.py`), which shape a row of evidence gets (`assumptions.py`). Which row is the newest is decided by dbt, which is
the cheapest by the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from assets.benchmarks.archive.stages import STAGES
from assets.benchmarks.archive.storage import GROWN, Encoding
from assets.costs import inputs
from assets.costs.assumptions import inputs_of
from assets.costs.distributions import UncertainInput
from assets.evidence.basis import Basis
from assets.evidence.quantity import Quantity
from assets.evidence.tables.costs import Scenario

GROWN_ARCHIVE = GROWN[Encoding.HEX]
"""The archive of our own benchmarks that grew row by row, as one in production does, at several sizes of payload."""

ARCHIVE_STUDY = "row-size-probe"
"""The published study of the same, which counts where there is no measurement of our own."""

WORKLOAD_TABLE = "costs__workload_parameters/"

RANGE = ("low", "mid", "high", "unit")

ORDERABLE = "orderable"
"""Availability of servers that a bill may be built on: a plan cannot wait for stock."""

OFFER_FIELDS = (
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
    "price_region",
)
"""The columns of each mart that the model reads besides grade and evidence, in the order in which they are selected."""

MART_COLUMNS: dict[str, tuple[str, ...]] = {
    "compute_offers": (*OFFER_FIELDS, "availability"),
    "volume_prices": ("price_id", "provider", "region", "cost_usd_per_gb_month", "disk_gb", "unsuitable_because"),
    "backup_prices": ("price_id", "provider", "region", "cost_usd_per_gb_month"),
    "address_prices": ("price_id", "provider", "region", "cost_usd_per_month"),
    "egress_tiers": ("price_id", "provider", "region", "from_gb_per_month", "to_gb_per_month", "cost_usd_per_gb"),
    "managed_postgres_offers": (
        "offer_id",
        "provider",
        "region",
        "high_availability",
        "servers_of",
        "vcpus",
        "vcpu_kind",
        "memory_gib",
        "included_storage_gb",
        "cost_usd_per_month",
        "storage_usd_per_gb_month",
        "backup_usd_per_gb_month",
    ),
    "rpc_plans": (
        "plan_id",
        "provider",
        "cost_usd_per_month",
        "included_period",
        "included_credits_per_period",
        "overage_usd_per_million_credits",
        "is_flat_rate",
        "rate_limit",
        "rate_limit_unit",
        "supports_ethereum",
        "supports_linea",
    ),
    "rpc_method_credits": ("provider", "chain", "method", "credits"),
    "rpc_usage": ("component", "rpc_method", "calls", "per"),
    "archive_bytes_per_message": ("study", "stage", "is_current", "payload_bytes", "table_bytes", "total_bytes"),
    "archive_capacity": (
        "stage",
        "workload",
        "archive_messages",
        "limit_ms",
        "percentile",
        "is_narrowest",
        "per_vcpu_per_s_low",
        "per_vcpu_per_s",
        "per_vcpu_per_s_high",
        "is_current",
    ),
    "messaging_alternatives": (
        "alternative_id",
        "provider",
        "product",
        "plan",
        "price_basis",
        "unit_quantity",
        "included_mau",
        "included_messages_per_month",
        "included_concurrent_connections",
        "unit",
        "counted_messages",
        "tier_from",
        "tier_to",
        "included_connections_per_mau",
        "is_trial",
        "is_orderable",
        "needs_base_plan",
        "billed_besides",
        "lacks",
        "cost_usd",
    ),
    "network_fee_history": (
        "chain",
        "metric",
        "unit",
        "period",
        "period_start",
        "observed_until",
        "as_of",
        "value",
        "value_min",
        "value_median",
        "value_p90",
        "value_max",
    ),
    "reality_figures": (
        "reality_figure_id",
        "system",
        "component",
        "users",
        "usd_per_user_month",
        "usd_per_user_month_low",
        "usd_per_user_month_high",
        "value",
        "value_low",
        "value_high",
        "unit",
        "condition",
        "includes",
    ),
    "workload_parameters": ("profile_id", "parameter", *RANGE),
    "assumptions": ("assumption_id", "title", *RANGE),
    "rln_parameters": ("parameter", "unit", "value", "value_low", "value_high", "as_of", "authority", "stated_in"),
}
"""The columns of each mart that the model reads besides grade and evidence, in the order in which they are selected."""

SCENARIO_COLUMNS = ("scenario_id", *(n for n in Scenario.model_fields if n not in ("id", "budget_eur_per_month")))
"""The columns of `marts.scenarios` that make a scenario. There a budget in EUR is one in USD besides."""

_MANAGED_FIELDS = frozenset(field.name for field in fields(inputs.ManagedOffer))

T = TypeVar("T")


def catalogue_from(marts: Mapping[str, pd.DataFrame]) -> inputs.CostCatalogue:
    """Turn frames with the columns of `MART_COLUMNS` into typed inputs. A row without its number is not taken over."""
    known = inputs.CostCatalogue(
        offers=_servers(marts),
        volume_prices=_typed(marts, "volume_prices", inputs.VolumePrice, "cost_usd_per_gb_month"),
        backup_prices=_typed(marts, "backup_prices", inputs.VolumePrice, "cost_usd_per_gb_month"),
        address_prices=_typed(marts, "address_prices", inputs.AddressPrice, "cost_usd_per_month"),
        egress_tiers=_typed(marts, "egress_tiers", inputs.EgressTier, "cost_usd_per_gb"),
        managed_offers=_managed(marts),
        rpc_plans=_rpc_plans(marts),
        method_credits=_typed(marts, "rpc_method_credits", inputs.MethodCredits, "credits"),
        rpc_usage=_typed(marts, "rpc_usage", inputs.RpcCalls, "calls"),
        probes=_probes(marts),
        alternatives=tuple(
            _alternative(row) for row in rows_of(marts["messaging_alternatives"], "cost_usd") if row["is_orderable"]
        ),
        reality_figures=tuple(_reality_figures(marts)),
    )
    return replace(known, inputs=_drawn(marts, known))


def scenarios_from(mart: pd.DataFrame) -> tuple[Scenario, ...]:
    """Return the scenarios of a frame with `SCENARIO_COLUMNS`, by id."""
    rows = rows_of(mart[list(SCENARIO_COLUMNS)].rename(columns={"scenario_id": "id"}))
    return tuple(Scenario.model_validate(row) for row in sorted(rows, key=lambda row: str(row["id"])))


def facts_from(frame: pd.DataFrame) -> dict[str, inputs.Fact]:
    """Return the figures of a table of `facts_frame`, by evidence id."""
    return {
        row["fact_id"]: inputs.Fact(
            Basis.of(row), row["low"], row["high"], row["known_on"], row["condition"] or "", row["payload_bytes"]
        )
        for row in rows_of(frame)
    }


def _typed(marts: Mapping[str, pd.DataFrame], mart: str, kind: type[T], quantity: str) -> tuple[T, ...]:
    """Return the rows of a mart as `kind`, whose fields are its columns. Those without `quantity` are left out."""
    return tuple(kind(**_fields(row, MART_COLUMNS[mart], quantity)) for row in rows_of(marts[mart], quantity))


def _servers(marts: Mapping[str, pd.DataFrame]) -> tuple[inputs.ServerOffer, ...]:
    """Return the servers that can be ordered."""
    return tuple(
        inputs.ServerOffer(**_fields(row, OFFER_FIELDS, "cost_usd_per_month"))
        for row in rows_of(marts["compute_offers"], "cost_usd_per_month")
        if row["availability"] == ORDERABLE
    )


def _managed(marts: Mapping[str, pd.DataFrame]) -> tuple[inputs.ManagedOffer, ...]:
    """Return hosted PostgreSQL without a standby, as one's own hosts have none."""
    return tuple(
        inputs.ManagedOffer(
            **_fields(row, [name for name in row if name in _MANAGED_FIELDS], "cost_usd_per_month")
            | {"included_storage_gb": row["included_storage_gb"] or 0.0}
        )
        for row in rows_of(marts["managed_postgres_offers"], "cost_usd_per_month")
        if not row["high_availability"]
    )


def _rpc_plans(marts: Mapping[str, pd.DataFrame]) -> tuple[inputs.RpcOffer, ...]:
    return tuple(
        inputs.RpcOffer(
            **_fields(row, MART_COLUMNS["rpc_plans"], "cost_usd_per_month")
            | {"is_flat_rate": bool(row["is_flat_rate"])}
        )
        for row in rows_of(marts["rpc_plans"], "cost_usd_per_month")
    )


def _probes(marts: Mapping[str, pd.DataFrame]) -> tuple[inputs.ArchiveProbe, ...]:
    """Return what an archived message takes, bytes, at each size of payload."""
    return tuple(
        inputs.ArchiveProbe(
            row["payload_bytes"],
            None if row["table_bytes"] is None else _quantity(row, "table_bytes"),
            _quantity(row, "total_bytes"),
        )
        for row in _archive_sizes(rows_of(marts["archive_bytes_per_message"], "total_bytes"))
    )


def _drawn(marts: Mapping[str, pd.DataFrame], known: inputs.CostCatalogue) -> Mapping[str, UncertainInput]:
    """Return all that is drawn, by name; prices of providers among it, where they are not sure."""
    return inputs_of(
        workload=[
            _range(row, evidence_id.removeprefix(WORKLOAD_TABLE), _words(row["profile_id"], row["parameter"]))
            for row in rows_of(marts["workload_parameters"])
            for evidence_id in row["evidence_ids"]
            if evidence_id.startswith(WORKLOAD_TABLE)
        ],
        assumptions=[_range(row, row["assumption_id"], row["title"]) for row in rows_of(marts["assumptions"])],
        rln=[_rln(row) for row in rows_of(marts["rln_parameters"])],
        fees=[
            inputs.FeeRow(Basis.of(row), *(row[name] for name in MART_COLUMNS["network_fee_history"]))
            for row in rows_of(marts["network_fee_history"], "value")
        ],
        capacities=_capacities(marts),
        prices=_prices(known),
    )


def _rln(row: Mapping[str, Any]) -> inputs.RlnRow:
    columns = ("parameter", "unit", "value", "value_low", "value_high", "as_of", "authority", "stated_in")
    return inputs.RlnRow(Basis.of(row), *(row[name] for name in columns))


def _prices(known: inputs.CostCatalogue) -> list[tuple[str, Quantity]]:
    """Return every price with its provider."""
    return [
        *((offer.provider, offer.cost_usd_per_month) for offer in known.offers),
        *((offer.provider, offer.cost_usd_per_month) for offer in known.managed_offers),
        *((plan.provider, plan.cost_usd_per_month) for plan in known.rpc_plans),
        *((volume.provider, volume.cost_usd_per_gb_month) for volume in (*known.volume_prices, *known.backup_prices)),
        *((address.provider, address.cost_usd_per_month) for address in known.address_prices),
        *((tier.provider, tier.cost_usd_per_gb) for tier in known.egress_tiers),
        *((hosted.provider, hosted.cost_usd) for hosted in known.alternatives),
    ]


def _capacities(marts: Mapping[str, pd.DataFrame]) -> Iterator[inputs.CapacityInput]:
    """The capacities of released stages in the current run, those among them that are known from above only."""
    for row in rows_of(marts["archive_capacity"]):
        released_on = STAGES[row["stage"]].since if row["stage"] in STAGES else None
        if row["is_current"] and row["grade"] is not None and released_on is not None:
            yield _capacity(row, released_on)


def _capacity(row: Mapping[str, Any], released_on: date) -> inputs.CapacityInput:
    return inputs.CapacityInput(
        Basis.of(row),
        row["workload"],
        released_on,
        float(row["archive_messages"] or 1),  # an imported run may not know it
        row["per_vcpu_per_s_low"],
        row["per_vcpu_per_s"],
        row["per_vcpu_per_s_high"],
        row["limit_ms"],
        row["percentile"],
        bool(row["is_narrowest"]),
    )


def _reality_figures(marts: Mapping[str, pd.DataFrame]) -> Iterator[inputs.PublishedFigure]:
    """The published costs that come to a sum for a user and month."""
    for row in rows_of(marts["reality_figures"]):
        found = [row[f"usd_per_user_month{end}"] for end in ("_low", "", "_high")]
        known = [value for value in found if value]
        if not known:
            continue
        stated = [f"{row[name]:,.12g}" for name in ("value_low", "value", "value_high") if row[name] is not None]
        of_users = f", {row['users']:,.0f} users" if row["users"] else ""
        yield inputs.PublishedFigure(
            row["reality_figure_id"],
            row["system"],
            row["component"],
            row["users"],
            min(known),
            max(known),
            tuple(part.replace("_", " ") for part in row["includes"] or ()),
            f"{' to '.join(dict.fromkeys(stated))} {row['unit']}{of_users}; {row['condition'] or row['system']}",
            Basis.of(row),
        )


def _alternative(row: Mapping[str, Any]) -> inputs.Alternative:
    return inputs.Alternative(
        row["alternative_id"],
        row["provider"],
        row["product"],
        row["plan"],
        row["price_basis"],
        row["unit_quantity"],
        row["included_mau"],
        row["included_messages_per_month"],
        row["included_concurrent_connections"],
        row["included_connections_per_mau"],
        row["counted_messages"],
        row["tier_from"],
        row["tier_to"],
        row["unit"] == "unit_month",
        row["is_trial"],
        row["needs_base_plan"],
        row["billed_besides"] or "",
        tuple(row["lacks"]),
        _quantity(row, "cost_usd"),
    )


def _archive_sizes(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows that say what an archived message takes: those of one measurement, our own before others'."""
    rows = list(rows)
    own = [row for row in rows if row["is_current"] and row["stage"] == GROWN_ARCHIVE]
    return own or [row for row in rows if row["study"] == ARCHIVE_STUDY]


def _range(row: Mapping[str, Any], name: str, label: str) -> inputs.RangeRow:
    return inputs.RangeRow(Basis.of(row), name, label, row["unit"] or "", row["low"], row["mid"], row["high"])


def _words(profile: str, parameter: str) -> str:
    return f"{profile.replace('_', ' ')}: {parameter.replace('_', ' ')}"


def _fields(row: Mapping[str, Any], names: Iterable[str], quantity: str) -> dict[str, Any]:
    """Return the columns `names` of a row, with the number `quantity` as what it is based on."""
    return {name: row[name] for name in names} | {quantity: _quantity(row, quantity)}


def rows_of(frame: pd.DataFrame, needed: str | None = None) -> list[dict[str, Any]]:
    """The rows as mappings with None for NULL, without those that lack `needed`."""
    names = [str(name) for name in frame.columns]
    columns = [[None if value != value else value for value in frame[name].tolist()] for name in frame.columns]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return [row for row in rows if needed is None or row[needed] is not None]


def _quantity(row: Mapping[str, Any], column: str) -> Quantity:
    return Quantity(float(row[column]), Basis.of(row))
