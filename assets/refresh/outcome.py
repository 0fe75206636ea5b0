"""What became of a source that was asked, and of each thing that it said.

Belongs here: types, pure. Does not belong here: why something is accepted (`pricing/model.py`,
`roadmap/live/model.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assets.evidence.model import EvidenceRow


@dataclass(frozen=True)
class Rejection:
    """Something that was not accepted. What was known before stays."""

    table: str
    name: str
    """What it is about."""
    reason: str
    message: str
    next_step: str


@dataclass(frozen=True)
class Accepted:
    """A new row of a table of evidence, and the value that it follows; None where it is the first."""

    table: str
    row: EvidenceRow
    before: float | str | None
    after: float | str


@dataclass(frozen=True)
class Verdicts:
    """What became of the observations of one source."""

    accepted: Sequence[Accepted] = ()
    rejected: Sequence[Rejection] = ()
    unchanged: int = 0
    untracked: Sequence[str] = ()
    """Names of what no row of evidence names: ignored, we do not track it."""
    remarks: Sequence[str] = ()
    """Sentences that a person should read although nothing was rejected."""


@dataclass(frozen=True)
class SourceOutcome:
    """What became of one source. `skipped` is a source that the environment does not set up."""

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
                {"offer": r.name, "table": r.table, "reason": r.reason, "message": r.message, "next": r.next_step}
                for r in self.verdicts.rejected
            ],
            "unchanged": self.verdicts.unchanged,
            "untracked": len(self.verdicts.untracked),
            "remarks": list(self.verdicts.remarks),
        }
