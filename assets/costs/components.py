"""What the lines of a bill are called, who pays them, and in which totals they count.

Belongs here: names and what is declared of them, so that pages know them without the model. Does not belong here: what
a line costs (`bill.py`), bills (`model.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

INFRASTRUCTURE, ALL_IN = "infrastructure", "all_in"
"""The two totals: what whoever runs the fleet pays; and that with all that its users pay besides."""

OPERATOR, MEMBERS, WALLET_OWNERS = "operator", "members", "wallet owners"
"""Who pays."""

SELF_MANAGED, MANAGED = "self_managed_postgresql", "managed_postgresql"
"""Databases that one runs oneself and hosted ones, which a bill compares."""


@dataclass(frozen=True)
class Component:
    """One line of a bill: what is bought, by whom, and in which totals it counts."""

    unit: str
    payer: str

    @property
    def is_infrastructure(self) -> bool:
        """Whether it counts in the infrastructure: what the operator pays."""
        return self.payer == OPERATOR


COMPONENTS = {
    "compute": Component("hosts", OPERATOR),
    "addresses": Component("addresses", OPERATOR),
    "database": Component("hosts", OPERATOR),
    "archive_storage": Component("GB in all copies", OPERATOR),
    "backups": Component("GB", OPERATOR),
    "egress": Component("GB a month", OPERATOR),
    "rpc": Component("calls a month", OPERATOR),
    "rln_gas": Component("gas a month", MEMBERS),
    "capital_cost": Component("USD of deposits", MEMBERS),
    "rpc_rln_clients": Component("calls a month", MEMBERS),
    "rpc_wallet": Component("calls a month", WALLET_OWNERS),
}
"""The parts of a bill in its order. All of them add up to `all_in` in every draw."""

USED_TOTALS = {"gates": ALL_IN, "sensitivity": ALL_IN, "alternatives": INFRASTRUCTURE}
"""Which total each of these uses. No seller of hosted messaging sells what users pay; the gates and the drivers are
about everything that is paid."""

CONFIDENCE = 0.95
"""Hosts that are named as what to rent are large enough in this share of all draws."""
