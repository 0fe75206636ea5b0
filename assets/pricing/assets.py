"""Refreshed prices as a Dagster asset: off by default, in a job of its own.

Belongs here: a thin asset and its check. Does not belong here: a refresh itself (`service.py`).
"""

import os
from datetime import UTC, datetime

import dagster as dg

from assets.common import keys
from assets.common.http import HttpClient
from assets.evidence.resource import EvidenceOfRun
from assets.pricing.refresh import SourceOutcome
from assets.pricing.registry import SOURCES
from assets.pricing.service import KnownPrices, RefreshRefused, refresh

CHECK = "prices_are_accepted"
SAMPLE = 5


@dg.asset(
    key=keys.LIVE_PRICES,
    group_name=keys.EVIDENCE,
    owners=[keys.OWNERS[keys.EVIDENCE]],
    kinds={"csv"},
    description="Prices as providers state them now: later rows of the same offers, laid over the public evidence.",
    check_specs=[
        dg.AssetCheckSpec(
            CHECK, asset=keys.LIVE_PRICES, description="Every source answers, and what it says is near what is known"
        )
    ],
)
def live_prices(evidence: dg.ResourceParam[EvidenceOfRun]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Ask all sources that the environment allows, add the accepted prices, warn of the rest; no source can fail it."""
    prices = KnownPrices(evidence.prices_dir, evidence.read, evidence.resolved)
    try:
        with HttpClient() as client:
            outcomes, added = refresh(prices, client, lambda: datetime.now(UTC), os.environ, listed=SOURCES)
    except RefreshRefused as refused:
        raise dg.Failure(str(refused), allow_retries=False) from refused
    return dg.MaterializeResult(
        metadata={"rows_added": added, **{o.source: f"{o.state} {o.message}".strip() for o in outcomes}},
        check_results=[check_result(outcomes)],
    )


def check_result(outcomes: list[SourceOutcome]) -> dg.AssetCheckResult:
    """Warn of sources that failed and of prices that were not accepted: number, bound, offenders, next step."""
    failed = [f"{o.source}: {o.message}" for o in outcomes if o.state == "failed"]
    rejected = [(o.source, r) for o in outcomes for r in o.verdicts.rejected]
    offenders = [*failed, *(f"{source}: {r.name}: {r.message}" for source, r in rejected)]
    steps = sorted({r.next_step for _, r in rejected})[:SAMPLE]
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=not offenders,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"failed_sources": len(failed), "rejected_prices": len(rejected)},
        description=None
        if not offenders
        else f"{len(failed)} sources failed and {len(rejected)} prices were rejected, 0 expected: "
        + "; ".join(offenders[:SAMPLE])
        + (f"; and {len(offenders) - SAMPLE} more" if len(offenders) > SAMPLE else "")
        + ". The last known prices stay. "
        + ("; ".join(steps) or "ask again later with `waku-fit refresh`"),
    )
