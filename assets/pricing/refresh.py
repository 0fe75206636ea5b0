"""One refresh: every source is asked, its answer is judged, accepted prices are kept, and the outcome is returned.

Belongs here: the order of things, with client and clock given.
Does not belong here: files (`pack.py`, `ledger.py`), HTTP (`assets/common/http.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from assets.common.answers import Client, RemoteError
from assets.evidence.packs import Pack
from assets.pricing.interfaces import Clock, PriceSource
from assets.pricing.ledger import remember
from assets.pricing.model import PriceCatalogue, Verdicts, judge_all
from assets.pricing.pack import land
from assets.pricing.registry import Listed


@dataclass(frozen=True)
class SourceOutcome:
    """What became of one source. `skipped` is a source that the environment gives no token for."""

    source: str
    state: Literal["refreshed", "failed", "skipped"]
    checked_at: datetime
    message: str = ""
    verdicts: Verdicts = field(default_factory=Verdicts)

    def as_json(self) -> dict[str, Any]:
        """Return plain values: what is kept until the source is asked again."""
        return {
            "state": self.state,
            "checked_at": self.checked_at.isoformat(timespec="seconds"),
            "message": self.message,
            "accepted": [
                {"id": a.row.id, "table": a.table, "before": a.before, "after": a.after} for a in self.verdicts.accepted
            ],
            "rejected": [
                {"offer": r.name, "table": r.offer[0], "reason": r.reason, "message": r.message, "next": r.next_step}
                for r in self.verdicts.rejected
            ],
            "unchanged": self.verdicts.unchanged,
            "untracked": len(self.verdicts.untracked),
        }


def to_remember(outcomes: Iterable[SourceOutcome]) -> dict[str, dict[str, Any]]:
    """Return by source what is kept; a source that was left out keeps what became of it before."""
    return {outcome.source: outcome.as_json() for outcome in outcomes if outcome.state != "skipped"}


def keep(outcomes: Sequence[SourceOutcome], prices_dir: Path, others: Sequence[Pack], day: date) -> int:
    """Add what was accepted to the pack of refreshed prices over `others`, and remember what became of each source.

    Return the number of new rows. Raises `PackInvalid`.
    """
    added = land((one for outcome in outcomes for one in outcome.verdicts.accepted), prices_dir, others, day)
    remember(to_remember(outcomes), prices_dir)
    return added


def ask_all(
    listed: Iterable[Listed], catalogue: PriceCatalogue, client: Client, clock: Clock, environment: Mapping[str, str]
) -> list[SourceOutcome]:
    """Ask each source in turn. A source that fails never stops the others."""
    outcomes = []
    for entry in listed:
        source = entry.source(catalogue, environment)
        if source is None:
            outcomes.append(SourceOutcome(entry.name, "skipped", clock(), f"{entry.variable} is not set"))
        else:
            outcomes.append(ask(source, catalogue, client, clock))
    return outcomes


def ask(source: PriceSource, catalogue: PriceCatalogue, client: Client, clock: Clock) -> SourceOutcome:
    """Return what became of one source. An answer that breaks off is not accepted in part."""
    try:
        observations = list(source.observations(client, clock))
    except RemoteError as error:
        return SourceOutcome(source.name, "failed", clock(), str(error))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # An answer of another shape than documented; its text could hold anything and is not repeated.
        message = f"the answer has another shape than expected ({type(error).__name__}); the interface may have changed"
        return SourceOutcome(source.name, "failed", clock(), message)
    verdicts = judge_all(observations, catalogue)
    if not observations:
        return SourceOutcome(source.name, "failed", clock(), "the answer names no price that is looked for")
    return SourceOutcome(source.name, "refreshed", clock(), "", verdicts)
