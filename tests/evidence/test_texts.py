"""What holds of texts of the public pack: they know no later day, name nobody, and most sources open."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from assets.evidence.hindsight import later_days
from assets.evidence.packs import Pack
from assets.evidence.read_packs import read_packs
from assets.evidence.sources import first_link
from tests.places import PROJECT

TODAY = date(2026, 11, 30)
"""Days after it are not looked for: what was written until then was gone through."""

DECLARED = {
    ("benchmarks__archive_notes", "source"): "the commits are dated; up to which day they were searched stands beside",
    ("costs__node_requirements", "note"): "for how long a host stood is stated where it is described",
    ("costs__rln_parameters", "note"): "what fleets use since is stated where the default is",
    ("costs__rpc_usage", "component"): "the day of a software version names it",
    ("costs__workload_parameters", "note"): "from when a size was kept is stated where it is read",
    ("costs__workload_parameters", "source"): "figures of 2023 were first published in 2024",
    ("pricing__compute_offers", "note"): "when a price was confirmed or raised is stated where it is read",
    ("pricing__compute_offers", "source"): "who cites a price later is stated where it is read",
    ("pricing__rpc_plans", "source"): "which later file agrees is stated where the plan is read",
    ("pricing__storage_and_egress_prices", "note"): "whether a price was confirmed later is stated where it is read",
}
"""Columns outside of the record of the project in which a later day may stand, with the reason."""


def test_no_public_row_speaks_of_a_day_after_it_outside_of_what_is_declared(public: Path) -> None:
    evidence = read_packs([Pack("public", public)], today=TODAY)
    found = {
        (key, column): f"{record.row.id}: {later}"
        for key, records in evidence.records.items()
        for record in records
        for column, value in record.row.model_dump().items()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str) and column != "id"
        for later in later_days(text, getattr(record.row, "holds_from", None) or record.row.as_of, TODAY)
    }
    # A what-if is asked of an earlier day than that on which it was worked out; docs/gates.md says so.
    standing = {place for place in found if place[0] == "costs__scenarios"}
    assert {place: told for place, told in found.items() if place not in DECLARED and place not in standing} == {}


def test_what_the_project_ships_names_nobody(public: Path) -> None:
    """A name in a note is a mistake, also in the pack of made-up interviews."""
    packs = [Pack("public", public), Pack("sample", PROJECT / "evidence" / "sample")]
    assert read_packs(packs, today=TODAY).problems == []


def test_most_sources_of_the_public_evidence_open(public: Path) -> None:
    """Each file in a repository with a commit does; what is left are words that name no page."""
    sources = {
        row["source"]
        for path in public.glob("**/*.csv")
        if path.name != "measurements.csv"
        for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
    }
    without = {source for source in sources if first_link(source) is None}
    assert len(without) < len(sources) / 5
    assert [source for source in without if "@" in source] == []
