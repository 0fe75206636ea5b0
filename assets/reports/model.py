"""What a release is: its name, its tables, its manifest.

Belongs here: types and plain data. Does not belong here: SQL and files (`release/publish.py`), pages (`page/site.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

BOARD_PDF = "board.pdf"
"""The file of a release that says the same on a few pages of paper."""

WHITEPAPER = "whitepaper"
"""The deliverable that it is a draft of."""

WHITEPAPER_PDF = "whitepaper.pdf"
"""The file of a release that explains the protocols: a draft until somebody publishes it."""

TARGET_CUSTOMERS = "documents/target_customers.md"
VALIDATION_MATRIX = "documents/validation_matrix"
"""Without its suffix: there is one for each kind of file."""

WEBSITE_PAGE, WEBSITE_JSON, WEBSITE_CHANGES = (
    f"documents/website/{name}" for name in ("usps.mdx", "usps.json", "changes.md")
)
"""The page on selling points for the website, its values, and what to change on the page of today."""

DOCUMENTS = (
    TARGET_CUSTOMERS,
    *(f"{VALIDATION_MATRIX}.{kind}" for kind in ("md", "xlsx", "csv")),
    *(WEBSITE_PAGE, WEBSITE_JSON, WEBSITE_CHANGES),
)
"""The documents of a release that the milestone names."""


ID_TIME = "%Y%m%dT%H%M%SZ"
"""How the name of a release begins."""


def release_id(created_at: datetime, run_id: str) -> str:
    """Name a release so that names sort by time: `20261123T120000Z-1a2b3c4d`. `created_at` is in UTC."""
    return f"{created_at:{ID_TIME}}-{run_id[:8]}"


def made_at(release: str | None) -> datetime | None:
    """Return when a release was made, by its name; None where the name does not say."""
    try:
        return datetime.strptime((release or "").partition("-")[0], ID_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True)
class Manifest:
    """Where a release comes from, as in `manifest.json`."""

    release_id: str
    created_at: datetime
    run_id: str
    as_of: date | None
    packs: Sequence[str]
    evidence_hash: str
    evidence: Mapping[str, str]
    code_version: str
    verdict: str
    checks_passed: int
    checks_failed: int
    tools: Mapping[str, str]
    checks_warned: int = 0
    warnings: Sequence[str] = ()
    """Each check that warns, by the table that it looks at: `marts/segment_capture: all_six_parts_are_captured`."""
    rows: Mapping[str, int] = field(default_factory=dict)
    previous: str | None = None
    """The newest release before it in its line, with which its documents compare it."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """Of each Parquet file by its path in the release. Only files know it: rows in the database have no bytes."""
    database: str = ""
    """The database that it was made in; empty in a release of before this was noted."""
    line: str = ""
    """The line that it is of (`lines.py`); empty in a release of before there were lines."""
    cleaned_by: str = ""
    """The release with which something was taken out of it, because a consent was withdrawn; empty otherwise."""

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Manifest:
        """Return the manifest that `as_json` wrote."""
        as_of = date.fromisoformat(plain["as_of"]) if plain["as_of"] else None
        known = {name: plain[name] for name in cls.__dataclass_fields__ if name in plain}
        return cls(**{**known, "created_at": datetime.fromisoformat(plain["created_at"]), "as_of": as_of})

    @classmethod
    def from_jsonb(cls, plain: Mapping[str, Any]) -> Manifest:
        """Return the manifest that a column of type jsonb has, which keeps no order of keys: they are sorted."""
        sorted_again = {name: dict(sorted(plain[name].items())) for name in ("evidence", "tools")}
        return cls.from_json({**plain, **sorted_again})

    def as_json(self) -> dict[str, Any]:
        """Return plain values: dates as ISO 8601."""
        plain = asdict(self)
        plain["created_at"] = self.created_at.isoformat()
        plain["as_of"] = self.as_of.isoformat() if self.as_of else None
        plain["packs"] = list(self.packs)
        plain["warnings"] = list(self.warnings)
        for name in ("database", "line", "cleaned_by"):
            if not plain[name]:  # so that a release of before is as it was
                del plain[name]
        return plain
