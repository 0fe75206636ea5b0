"""Tables and figures of the whitepaper that are made of rows of a release, each cell as a reader sees it.

Belongs here: which rows, in which order, and where marks lie in figures. Does not belong here: words and layout
(`templates/`), single numbers in sentences (`bound.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assets.reports.page.cells import Cells
from assets.reports.page.formats import FORMATS, count
from assets.reports.page.spans import FactorScale

PARAMETERS = "protocol_parameters"
CAPACITY = "archive_capacity"
ENCODING = "archive_encoding"
COSTS = "cost_summary"

SIZES = ("2048", "25600", "102400", "512000")
"""Bytes of the messages whose latency was simulated."""
STATISTICS = ("min", "p50", "p95", "max")
SIMULATED = "benchmarks__network_results/shadow_rln_latency_paper_run_{size}_bytes_propagation_{statistic}"
FIVE_HOSTS = "benchmarks__network_results/multi_host_latency_{size}_bytes_propagation_{statistic}"
SLOWEST = 4000.0
"""Milliseconds at the right end of the figure of latency."""

WORKLOADS = {"insert": "Insert", "first_page_20": "First page of history", "by_hashes": "Look up by hash"}
COMPARED_STAGES = ("lookup_partitioned", "bytea_daily")
"""The newest that was released, and what the measurements propose."""


def tables_of(cells: Cells, tables: Iterable[str]) -> dict[str, Any]:
    """Return the rows of each table and figure by name; none of what a release does not have."""
    known = frozenset(tables)
    return {
        "disputes": list(_disputes(cells)) if PARAMETERS in known else [],
        "parameters": _parameters(cells) if PARAMETERS in known else [],
        "latency": list(_latency(cells)) if "evidence_index" in known else [],
        "slowest": count(SLOWEST),
        "capacity": list(_capacity(cells)) if CAPACITY in known else [],
        "encoding": [_encoding(cells, key) for key in cells.keys(ENCODING)] if ENCODING in known else [],
        **(_costs(cells) if COSTS in known else {"costs": [], "tens": []}),
    }


def documents_cited(tables: Mapping[str, Any]) -> set[str]:
    """Return the keys of references that rows cite."""
    rows = [*tables["disputes"], *tables["parameters"]]
    return {key for row in rows for statement in row["statements"] for key in statement["documents"]}


def _stated(cells: Cells, key: str) -> str:
    """Return the value of a parameter with its unit."""
    row = cells.row(PARAMETERS, key)
    low, high = (None if row[name] is None else count(row[name]) for name in ("value_low", "value_high"))
    if row["value"] is not None:
        text = count(row["value"]).replace("-", "−")
    elif low is not None and high is not None:
        text = f"{low} to {high}"
    elif low is not None:
        text = f"at least {low}"
    else:
        text = f"at most {high}" if high is not None else str(row["value_text"])
    unit = row["unit"]
    if unit in (None, "count"):
        return text
    return f"{text} {unit.removesuffix('s') if text == '1' and len(unit) > len('s') else unit}"


def _statements(cells: Cells, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return each value once, with the documents that state it; what holds is last."""
    values: dict[tuple[bool, str], list[str]] = {}
    for key in sorted(keys, key=lambda key: bool(cells.value(PARAMETERS, key, "holds"))):
        says = (bool(cells.value(PARAMETERS, key, "holds")), _stated(cells, key))
        values.setdefault(says, []).append(cells.value(PARAMETERS, key, "document"))
    return [{"value": value, "documents": documents, "holds": holds} for (holds, value), documents in values.items()]


def _by_parameter(cells: Cells, *, disputed: bool) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for key in cells.keys(PARAMETERS, is_disputed=disputed):
        row = cells.row(PARAMETERS, key)
        found.setdefault((row["topic"], row["parameter"]), []).append(key)
    return found


def _disputes(cells: Cells) -> Iterator[dict[str, Any]]:
    for (topic, parameter), keys in _by_parameter(cells, disputed=True).items():
        notes = [cells.value(PARAMETERS, key, "note") for key in keys if cells.value(PARAMETERS, key, "holds")]
        yield {
            "topic": topic,
            "parameter": parameter.replace("_", " "),
            "statements": _statements(cells, keys),
            "why": FORMATS["heading"](next(iter(notes), "")),
        }


def _parameters(cells: Cells) -> list[dict[str, Any]]:
    return [
        {"topic": topic, "parameter": parameter.replace("_", " "), "statements": _statements(cells, keys)}
        for (topic, parameter), keys in _by_parameter(cells, disputed=False).items()
    ]


def _latency(cells: Cells) -> Iterator[dict[str, Any]]:
    rows = set(cells.keys("evidence_index"))
    for size in SIZES:
        names = [SIMULATED.format(size=size, statistic=statistic) for statistic in STATISTICS]
        hosts = [FIVE_HOSTS.format(size=size, statistic=statistic) for statistic in ("min", "max")]
        if rows.issuperset([*names, *hosts]):
            values = [float(cells.value("evidence_index", name, "value")) for name in names]
            measured = [float(cells.value("evidence_index", name, "value")) for name in hosts]
            yield {
                "size": count(int(size)),
                "texts": [count(value) for value in values],
                "at": [round(100 * value / SLOWEST, 2) for value in values],
                "hosts": [count(value) for value in measured],
                "hosts_at": [round(100 * value / SLOWEST, 2) for value in measured],
            }


def _capacity(cells: Cells) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, int], dict[str, str]] = {}
    payloads: dict[tuple[str, int], str] = {}
    limits: dict[str, str] = {}
    for key in cells.keys(CAPACITY, is_current=True, is_narrowest=True):
        row = cells.row(CAPACITY, key)
        if row["workload"] not in WORKLOADS or row["stage"] not in COMPARED_STAGES:
            continue
        place = (row["workload"], row["archive_messages"])
        found.setdefault(place, {})[row["stage"]] = _rate(cells, key)
        payloads[place] = f"{cells.text(CAPACITY, key, 'payload_bytes', 'count')} bytes"
        percentile, limit = (cells.text(CAPACITY, key, column, "count") for column in ("percentile", "limit_ms"))
        limits[row["workload"]] = f"{percentile} per cent within {limit} ms"
    for workload, title in WORKLOADS.items():
        for name, messages in sorted(found, key=lambda place: place[1]):
            if name == workload:
                yield {
                    "workload": title,
                    "limit": limits[name],
                    "messages": FORMATS["quantity"](messages),
                    "payload": payloads[name, messages],
                    "rates": [found[name, messages].get(one) for one in COMPARED_STAGES],
                }


def _rate(cells: Cells, key: str) -> str:
    row = cells.row(CAPACITY, key)
    low, middle, high = (f"per_vcpu_per_s{end}" for end in ("_low", "", "_high"))
    if row[middle] is None:
        return f"below {cells.text(CAPACITY, key, high, 'whole')}"
    texts = [cells.text(CAPACITY, key, column, "whole") for column in (middle, low, high)]
    return f"{texts[0]} ({texts[1]} to {texts[2]})" if row[low] is not None else texts[0]


def _encoding(cells: Cells, key: str) -> dict[str, Any]:
    row = cells.row(ENCODING, key)
    low, high = row["ratio_low"], row["ratio_high"]
    shares = [100.0, round(100 * row["bytea_bytes"] / row["hex_bytes"], 2)] if row["hex_bytes"] else [0.0, 0.0]
    ratios = [cells.text(ENCODING, key, column, "ratio") for column in ("ratio_low", "ratio_high")]
    return {
        "payload": cells.text(ENCODING, key, "payload_bytes", "count"),
        "bytes": [cells.text(ENCODING, key, column, "whole") for column in ("hex_bytes", "bytea_bytes")],
        "at": shares,
        "ratio": cells.text(ENCODING, key, "ratio", "ratio"),
        "interval": None if low is None or high is None or ratios[0] == ratios[1] else ratios,
    }


@dataclass(frozen=True)
class _Bill:
    title: str
    with_rln: bool
    totals: list[dict[str, Any] | None]
    per_user: str | None
    reason: str


def _costs(cells: Cells) -> dict[str, Any]:
    names = [[f"{total}_{end}_usd_per_month" for end in ("p5", "p50", "p95")] for total in ("infrastructure", "all_in")]
    keys = sorted(cells.keys(COSTS), key=lambda key: _order(cells, key))
    values = [cells.value(COSTS, key, column) for key in keys for columns in names for column in columns]
    scale = FactorScale.over(value for value in values if value is not None)
    bills = [
        _Bill(
            title=cells.text(COSTS, key, "title"),
            with_rln=bool(cells.value(COSTS, key, "with_rln")),
            totals=[_total(cells, key, columns, scale) for columns in names],
            per_user=None
            if cells.value(COSTS, key, "all_in_p50_usd_per_active_user_month") is None
            else cells.text(COSTS, key, "all_in_p50_usd_per_active_user_month", "usd").rpartition(" ")[2],
            reason=cells.text(COSTS, key, "reason") if cells.value(COSTS, key, "reason") else "",
        )
        for key in keys
    ]
    return {"costs": [asdict(bill) for bill in bills], "tens": _tens(scale)}


def _tens(scale: FactorScale) -> list[dict[str, Any]]:
    """Return where the powers of ten lie that a figure marks, with what they are."""
    powers = range(int(scale.first) + 1, int(scale.last))
    return [{"at": at, "text": count(10**power)} for power, at in zip(powers, scale.tens(), strict=True)]


def _order(cells: Cells, key: str) -> tuple[str, float, str, bool]:
    """Return where a bill stands: scenarios of one kind together, by their users."""
    title, users = cells.text(COSTS, key, "title"), cells.value(COSTS, key, "active_users")
    return title.split()[0], users or 0.0, title, bool(cells.value(COSTS, key, "with_rln"))


def _total(cells: Cells, key: str, columns: Sequence[str], scale: FactorScale) -> dict[str, Any] | None:
    low, middle, high = (cells.value(COSTS, key, column) for column in columns)
    if middle is None:
        return None
    texts = [cells.text(COSTS, key, column, "usd").removeprefix("≈ ").removeprefix("USD ") for column in columns]
    return {"low": texts[0], "middle": texts[1], "high": texts[2], "span": asdict(scale.span(low, middle, high))}
