"""Own arithmetic of the whitepaper: numbers that follow from others, each by one line.

Belongs here: sums, products and ratios of bound numbers, and which row of a table is meant where its key changes with
each run. Does not belong here: any number that is not computed from a release.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assets.common.numerals import significant
from assets.reports.page.cells import Cells
from assets.reports.page.formats import count, quantity

NETWORK = "benchmarks__network_results"


class NotKnownError(Exception):
    """A row is not on record."""


@dataclass(frozen=True)
class ReleaseValues:
    """What arithmetic may read: rows of evidence by `rln/epoch_length`, and rows of tables."""

    of: Callable[[str], float]
    cells: Cells
    known: frozenset[str]

    def row(self, table: str, **where: Any) -> Mapping[str, Any]:
        """Return the one row with these values; raises `NotKnownError` without one."""
        rows = [self.cells.row(table, key) for key in self.cells.keys(table)] if table in self.known else []
        found = [row for row in rows if all(row.get(column) == value for column, value in where.items())]
        if not found:
            raise NotKnownError(table)
        return found[0]


def _rate(value: float) -> str:
    return significant(value, 3)


def _deposit_of_all(values: ReleaseValues) -> str:
    return count(values.of("rln/deposit_per_message_per_epoch") * values.of("rln/total_rate_limit_cap"))


def _most_members(values: ReleaseValues) -> str:
    return count(values.of("rln/total_rate_limit_cap") // values.of("rln/membership_rate_min"))


def _fewest_members(values: ReleaseValues) -> str:
    return count(math.ceil(values.of("rln/total_rate_limit_cap") / values.of("rln/membership_rate_max")))


def _message_rate_cap(values: ReleaseValues) -> str:
    return count(math.floor(values.of("rln/total_rate_limit_cap") / values.of("rln/epoch_length")))


def _message_rate_cap_in_deploy_script(values: ReleaseValues) -> str:
    return count(math.floor(values.of("rln/total_rate_limit_cap_deploy_script") / values.of("rln/epoch_length")))


def _nullifier_log_mib(values: ReleaseValues) -> str:
    return significant(values.of("rln/nullifier_log_entry") * values.of("rln/total_rate_limit_cap") / 2**20, 3)


def _proof_share_of_small(values: ReleaseValues) -> str:
    overhead = values.of("rln/proof_overhead_per_message")
    return significant(100 * overhead / values.of("load/status_1to1_small_message_bytes"), 2)


def _proof_share_of_mean(values: ReleaseValues) -> str:
    overhead = values.of("rln/proof_overhead_per_message")
    return significant(100 * overhead / values.of("p/message_mean_network"), 2)


def _mix_packets_of_largest(values: ReleaseValues) -> str:
    return count(math.ceil(values.of("p/message_limit_network") / values.of("p/mix_payload")))


def _mix_packets_of_mean(values: ReleaseValues) -> str:
    return count(math.ceil(values.of("p/message_mean_network") / values.of("p/mix_payload")))


def _relay_times_published(values: ReleaseValues) -> str:
    """Bytes out of a node for each byte published, from the traffic at two rates."""
    out = values.of("net/dst_relay_bandwidth_1_msg_per_s_libp2p_out_per_node")
    less = values.of("net/dst_relay_bandwidth_0_1_msg_per_s_libp2p_out_per_node")
    return significant((out - less) / 0.9, 2)


def _discovery_over_relay(values: ReleaseValues) -> str:
    discovery = values.of("net/dst_discv5_bandwidth_1024_bytes_discv5_out_per_node")
    return significant(discovery / values.of("net/dst_relay_bandwidth_0_1_msg_per_s_libp2p_out_per_node"), 2)


def _relay_nodes(values: ReleaseValues) -> str:
    row = values.row("evidence_index", evidence_id=f"{NETWORK}/dst_relay_bandwidth_1_msg_per_s_libp2p_out_per_node")
    found = re.search(r"workload (\d+) relay nodes", str(row["condition"]))
    if found is None:
        raise NotKnownError(str(row["evidence_id"]))
    return count(float(found[1]))


def _seconds_per_message(values: ReleaseValues) -> str:
    return count(values.of("rln/epoch_length") / values.of("rln/membership_rate_min"))


def _parameters(values: ReleaseValues) -> str:
    return _count_of(values, disputed=False)


def _disputes(values: ReleaseValues) -> str:
    return _count_of(values, disputed=True)


def _count_of(values: ReleaseValues, *, disputed: bool) -> str:
    if "protocol_parameters" not in values.known:
        raise NotKnownError("protocol_parameters")
    where = {"is_disputed": True} if disputed else {}
    keys = values.cells.keys("protocol_parameters", **where)
    return count(len({values.cells.value("protocol_parameters", key, "parameter") for key in keys}))


def _run(column: str, form: Callable[[float], str]) -> Callable[[ReleaseValues], str]:
    def of(values: ReleaseValues) -> str:
        return form(values.row("archive_runs", is_newest=True)[column])

    return of


def _run_text(column: str) -> Callable[[ReleaseValues], str]:
    return lambda values: str(values.row("archive_runs", is_newest=True)[column])


DERIVED: Mapping[str, Callable[[ReleaseValues], str]] = {
    "deposit_of_all": _deposit_of_all,
    "discovery_over_relay": _discovery_over_relay,
    "disputes": _disputes,
    "fewest_members": _fewest_members,
    "message_rate_cap": _message_rate_cap,
    "message_rate_cap_in_deploy_script": _message_rate_cap_in_deploy_script,
    "mix_packets_of_largest": _mix_packets_of_largest,
    "mix_packets_of_mean": _mix_packets_of_mean,
    "most_members": _most_members,
    "nullifier_log_mib": _nullifier_log_mib,
    "parameters": _parameters,
    "proof_share_of_mean": _proof_share_of_mean,
    "proof_share_of_small": _proof_share_of_small,
    "relay_times_published": _relay_times_published,
    "relay_nodes": _relay_nodes,
    "seconds_per_message": _seconds_per_message,
    "run_cores": _run("cpu_cores", count),
    "run_cpu": _run_text("cpu_model"),
    "run_hours": _run("duration_seconds", lambda seconds: quantity(seconds / 60)),
    "run_memory": _run("memory_gib", quantity),
    "run_postgres": _run_text("postgres_version"),
    "run_rounds": _run("rounds", count),
}
"""By the name that the text binds: `#n("own/...")`."""
