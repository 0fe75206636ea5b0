"""Refreshed evidence as a Dagster asset: off by default, in a job of its own.

Belongs here: a thin asset and its check, the same for all that is refreshed. Does not belong here: a refresh itself
(`service.py`).
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from assets.common import keys
from assets.common.http import HttpClient
from assets.evidence.resource import EvidenceOfRun
from assets.refresh.interfaces import Refreshed
from assets.refresh.outcome import SourceOutcome
from assets.refresh.service import KnownEvidence, RefreshRefused, refresh

SAMPLE = 5


def live_asset(
    key: dg.AssetKey, refreshed: Refreshed[Any, Any], description: str, check: dg.AssetCheckSpec
) -> dg.AssetsDefinition:
    """Return an asset that asks all sources which the environment sets up, and whose check warns of what went wrong.

    It adds what is accepted; no source can fail it.
    """

    @dg.asset(
        key=key,
        group_name=keys.EVIDENCE,
        owners=[keys.OWNERS[keys.EVIDENCE]],
        kinds={"csv"},
        description=description,
        check_specs=[check],
    )
    def live(evidence: dg.ResourceParam[EvidenceOfRun]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        before = KnownEvidence(evidence.local_pack(refreshed.pack), evidence.read, evidence.resolved)
        try:
            with HttpClient() as client:
                outcomes, added = refresh(refreshed, before, client, lambda: datetime.now(UTC), os.environ)
        except RefreshRefused as refused:
            raise dg.Failure(str(refused), allow_retries=False) from refused
        return dg.MaterializeResult(
            metadata={
                "rows_added": added,
                **{o.source: f"{o.state} {o.message}".strip() for o in outcomes},
                "remarks": [remark for o in outcomes for remark in o.verdicts.remarks],
            },
            check_results=[check_result(check.name, refreshed.looked_for, outcomes)],
        )

    return live


def check_result(name: str, looked_for: str, outcomes: Sequence[SourceOutcome]) -> dg.AssetCheckResult:
    """Warn of sources that failed and of what was not accepted: number, bound, offenders, next step."""
    failed = [f"{o.source}: {o.message}" for o in outcomes if o.state == "failed"]
    rejected = [(o.source, r) for o in outcomes for r in o.verdicts.rejected]
    offenders = [*failed, *(f"{source}: {r.name}: {r.message}" for source, r in rejected)]
    steps = sorted({r.next_step for _, r in rejected})[:SAMPLE]
    return dg.AssetCheckResult(
        check_name=name,
        passed=not offenders,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"failed_sources": len(failed), f"rejected_{looked_for}s": len(rejected)},
        description=None
        if not offenders
        else f"{len(failed)} sources failed and {len(rejected)} {looked_for}s were rejected, 0 expected: "
        + "; ".join(offenders[:SAMPLE])
        + (f"; and {len(offenders) - SAMPLE} more" if len(offenders) > SAMPLE else "")
        + f". The last known {looked_for}s stay. "
        + ("; ".join(steps) or "ask again later with `waku-fit refresh`"),
    )
