"""What is usual among rows that are alike: the declared comparisons that find a slipped decimal or another unit.

Belongs here: which columns are compared, with what, and from where on a value is odd; each factor leaves today's
extremes alone. Does not belong here: comparing (`plausible.py`), bounds that refuse a value (`bounds.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

COMPUTE = "pricing__compute_offers"
STORAGE = "pricing__storage_and_egress_prices"
MANAGED = "pricing__managed_postgres_offers"
RPC_PLANS = "pricing__rpc_plans"
ALTERNATIVES = "pricing__messaging_alternatives"

HOURS_PER_MONTH = 730


@dataclass(frozen=True)
class Usual:
    """A column of a table that is compared with rows which are alike, first with those that are most alike."""

    column: str
    value: Callable[[Any], float | None]
    alike: tuple[tuple[tuple[str, ...], float], ...]
    """Columns that are equal in rows which are alike, and how many times beyond their range is odd."""
    what: str = ""
    """What the value is where it is not the column alone."""
    follows: bool = False
    """It is made of columns that are compared before: a row that is odd already is not asked again."""


def _month(row: Any) -> float | None:
    if row.price_per_month is None and row.price_per_hour is not None:
        return float(row.price_per_hour * HOURS_PER_MONTH)
    return row.price_per_month  # type: ignore[no-any-return]


def _month_by_size(row: Any) -> float | None:
    price = _month(row)
    return None if price is None else price / (4 * row.vcpus + row.memory_gib)


def _of(column: str) -> Callable[[Any], float | None]:
    return lambda row: getattr(row, column)


_SAME_TYPE = (("provider", "instance_type"), 1.02)
"""A server type has one size, wherever and whenever it is sold."""
_SAME_SIZE = ("vcpu_kind", "vcpus", "memory_gib")

USUAL: Mapping[str, tuple[Usual, ...]] = {
    COMPUTE: (
        Usual("vcpus", _of("vcpus"), (_SAME_TYPE,)),
        Usual("memory_gib", _of("memory_gib"), (_SAME_TYPE,)),
        Usual("memory_gib", lambda row: row.memory_gib / row.vcpus, (((), 3),), "GiB for each vCPU"),
        Usual("local_disk_gb", _of("local_disk_gb"), (_SAME_TYPE,)),
        Usual(
            "local_disk_gb",
            lambda row: row.local_disk_gb and row.local_disk_gb / row.vcpus,
            (((), 4),),
            "GB for each vCPU",
        ),
        Usual("included_egress_tb_per_month", _of("included_egress_tb_per_month"), (((), 10),)),
        Usual(
            "price_per_month",
            _month,
            (
                (("provider", "instance_type"), 4),  # prices of some types tripled in 2026
                (("provider", *_SAME_SIZE), 4),
                (_SAME_SIZE, 4),  # large providers sell at three times the price of small ones
            ),
            "a month",
        ),
        Usual(
            "price_per_month",
            _month_by_size,
            ((("provider", "vcpu_kind"), 3), (("vcpu_kind",), 3)),
            "a month for each of 4 x vcpus + memory_gib",
            follows=True,
        ),
    ),
    STORAGE: (
        Usual(
            "price",
            _of("price"),
            (
                (("provider", "item", "unit", "tier_from_tb_per_month"), 8),  # traffic of Singapore costs 7.4 times
                (("category", "unit"), 8),
            ),
        ),
    ),
    MANAGED: (
        Usual("price_per_month", _of("price_per_month"), ((("provider", "plan"), 4),)),
        Usual("unit_price", _of("unit_price"), ((("unit_price_unit",), 4),)),
        Usual("storage_price_per_gb_month", _of("storage_price_per_gb_month"), ((("provider",), 4), ((), 4))),
        Usual("backup_price_per_gb_month", _of("backup_price_per_gb_month"), ((("provider",), 4), ((), 4))),
        Usual(
            "memory_gib",
            lambda row: row.memory_gib and row.vcpus and row.memory_gib / row.vcpus,
            (((), 4),),
            "GiB for each vCPU",
        ),
    ),
    RPC_PLANS: (
        Usual("price_per_month", _of("price_per_month"), ((("provider", "plan"), 4), ((), 4))),
        Usual("overage_price_per_million_credits", _of("overage_price_per_million_credits"), ((("credit_unit",), 8),)),
    ),
    "pricing__rpc_method_credits": (Usual("credits", _of("credits"), ((("provider", "method"), 4),)),),
    "pricing__chain_fees": (Usual("value", _of("value"), ((("chain", "metric"), 8),)),),
    "pricing__exchange_rates": (Usual("rate", _of("rate"), ((("base_currency", "quote_currency"), 1.15),)),),
    ALTERNATIVES: (
        Usual(
            "price",
            lambda row: row.price and row.price / row.unit_quantity,
            ((("provider", "product", "plan", "price_basis", "unit", "tier_from"), 4), (("price_basis", "unit"), 25)),
            "for one unit",
        ),
    ),
    "costs__workload_parameters": (Usual("mid", _of("mid"), ((("profile_id", "parameter"), 8), (("parameter",), 8))),),
}
"""By table."""


@dataclass(frozen=True)
class Together:
    """Which units go with the values of a column."""

    column: str
    units: Mapping[str, tuple[str, ...]]
    """Values that are not named go with any."""


_PEOPLE = ("users", "accounts", "identities", "keys", "wallets")
_DATA = ("gb", "gib", "tb")
_STORED = ("gb_month", "gib_month")

TOGETHER: Mapping[str, Together] = {
    "segments__market_sizes": Together(
        "family",
        {
            "held": ("USD",),
            "traded": ("USD per month", "USD per quarter"),
            "raised": ("USD",),
            "earned": ("USD per month", "USD per quarter"),
            "token_value": ("USD",),
            "daily_users": ("wallets per day", *_PEOPLE),
            "registered_users": _PEOPLE,
        },
    ),
    STORAGE: Together(
        "category",
        {
            "block_iops": ("iops_month", "10k_operations"),
            "block_storage": (*_STORED, "disk_month", "month"),
            "block_throughput": ("mbps_month",),
            "egress": _DATA,
            "ip_address": ("month",),
            "network": (*_DATA, "month"),
            "object_or_backup_storage": (*_STORED, *_DATA, "month", "10k_operations"),
            "snapshot": _STORED,
        },
    ),
    "pricing__chain_fees": Together(
        "metric",
        {"base_fee": ("gwei",), "gas_price": ("gwei",), "priority_fee": ("gwei",), "eth_price": ("usd_per_eth",)},
    ),
    ALTERNATIVES: Together(
        "price_basis",
        {
            "channel_minute": ("minutes",),
            "concurrent_connection": ("connection",),
            "connection_minute": ("minutes",),
            "download_gb": ("gb", "gib"),
            "mau": ("mau", "user"),
            "storage_gb": ("gb", "gib"),
            "subscription": ("month", "unit_month"),
            "throughput_gb": ("gb", "gib"),
        },
    ),
}
"""By table with a column `unit`."""

ONE_UNIT: Mapping[str, str] = {
    "costs__rln_parameters": "parameter",
    "costs__workload_parameters": "parameter",
    "protocol__protocol_parameters": "parameter",
}
"""By table, the column whose equal values have one unit."""
