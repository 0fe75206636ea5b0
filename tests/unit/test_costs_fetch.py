"""Rows of the marts become typed inputs; a row without its number is missing, not zero."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from assets.costs.catalogue import MART_COLUMNS, catalogue_from
from assets.costs.distributions import Point, Triangular
from assets.costs.inputs import CostCatalogue
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.model import Grade
from assets.evidence.quantity import Quantity

GRADED = {"grade": "published", "evidence_ids": ["t/a"]}
ROWS: dict[str, list[dict[str, Any]]] = {
    "compute_offers": [
        {
            "offer_id": offer_id,
            "provider": "p",
            "region": "r",
            "vcpus": 2.0,
            "vcpu_kind": "shared",
            "architecture": "x86_64",
            "memory_gib": 4.0,
            "local_disk_gb": None,
            "included_egress_gb_per_month": egress,
            "cost_usd_per_month": cost,
            "availability": availability,
            **GRADED,
        }
        for offer_id, egress, cost, availability in (
            ("a", 20.0, 5.0, "orderable"),
            ("b", None, 6.0, "orderable"),
            ("no_price", 20.0, None, "orderable"),
            ("intermittent", 20.0, 1.0, "intermittent"),
            ("sold_out", 20.0, 1.0, "sold_out"),
            ("retired", 20.0, 1.0, "retired"),
        )
    ],
    "rpc_plans": [
        {
            "plan_id": "a_free",
            "provider": "a",
            "cost_usd_per_month": 0.0,
            "included_period": "day",
            "included_credits_per_period": None,
            "overage_usd_per_million_credits": None,
            "is_flat_rate": False,
            "rate_limit": 500.0,
            "rate_limit_unit": "credits_per_second",
            "supports_ethereum": True,
            "supports_linea": None,
            **GRADED,
        }
    ],
    "archive_bytes_per_message": [
        {
            "study": study,
            "stage": stage,
            "is_current": is_current,
            "payload_bytes": payload_bytes,
            "table_bytes": None,
            "total_bytes": 1341.0,
            **GRADED,
        }
        for study, stage, is_current, payload_bytes in (
            ("row-size-probe", None, False, 200),
            ("another study", None, False, 300),
            ("full_b", "grown_hex", True, 400),
            ("full_b", "grown_bytea", True, 500),
            ("full_a", "grown_hex", False, 600),
        )
    ],
    "workload_parameters": [
        {
            "profile_id": "a",
            "parameter": "size",
            "low": None,
            "mid": 5.0,
            "high": None,
            "unit": "bytes",
            "grade": "published",
            "evidence_ids": ["costs__workload_parameters/a_size"],
        },
        {
            "profile_id": "a",
            "parameter": "limit",
            "low": None,
            "mid": None,
            "high": None,
            "unit": "bytes",
            "grade": "published",
            "evidence_ids": ["costs__workload_parameters/a_limit"],
        },
        {
            "profile_id": "a",
            "parameter": "lost",
            "low": None,
            "mid": None,
            "high": None,
            "unit": "bytes",
            "grade": "not_found",
            "evidence_ids": ["costs__workload_parameters/a_lost"],
        },
    ],
    "rln_parameters": [
        {
            "parameter": "gas",
            "unit": "gas",
            "value": 2.0,
            "value_low": None,
            "value_high": None,
            "as_of": date(2025, 1, 1),
            "authority": 3,
            "stated_in": None,
            **GRADED,
        },
        {
            "parameter": "gas",
            "unit": "gas",
            "value": 1.0,
            "value_low": None,
            "value_high": None,
            "as_of": date(2024, 1, 1),
            "authority": 3,
            "stated_in": None,
            **GRADED,
        },
        {
            "parameter": "range",
            "unit": "gas",
            "value": None,
            "value_low": 2.0,
            "value_high": 3.0,
            "as_of": date(2025, 1, 1),
            "authority": 3,
            "stated_in": None,
            **GRADED,
        },
        {
            "parameter": "text",
            "unit": None,
            "value": None,
            "value_low": None,
            "value_high": None,
            "as_of": date(2025, 1, 1),
            "authority": 3,
            "stated_in": None,
            **GRADED,
        },
    ],
}
ALL_COLUMNS = {mart: (*columns, *BASIS_COLUMNS) for mart, columns in MART_COLUMNS.items()}


def catalogue(**rows: list[dict[str, Any]]) -> CostCatalogue:
    """The catalogue of `ROWS`, with other rows for some marts."""
    known = {**ROWS, **rows}
    return catalogue_from(
        {mart: pd.DataFrame(known.get(mart, []), columns=[*columns]) for mart, columns in ALL_COLUMNS.items()}
    )


CATALOGUE = catalogue()


def test_row_becomes_a_quantity_with_its_grade_and_evidence() -> None:
    assert CATALOGUE.offers[0].cost_usd_per_month == Quantity(5.0, Basis(Grade.PUBLISHED, frozenset({"t/a"})))


def test_parameter_becomes_an_input_under_the_id_of_its_row_unless_it_has_no_number() -> None:
    assert [name for name in CATALOGUE.inputs if name.startswith("workload/")] == ["workload/a_size"]
    known = CATALOGUE.inputs["workload/a_size"]
    assert (known.distribution, known.basis.grade) == (Point(5.0), Grade.PUBLISHED)
    assert known.basis.ids == {"costs__workload_parameters/a_size"}


def test_null_stays_unknown() -> None:
    assert [offer.included_egress_gb_per_month for offer in CATALOGUE.offers] == [20.0, None]
    assert CATALOGUE.offers[0].local_disk_gb is None
    assert (CATALOGUE.rpc_plans[0].included_credits_per_period, CATALOGUE.rpc_plans[0].supports_linea) == (None, None)


def test_row_without_its_number_is_left_out() -> None:
    assert [offer.offer_id for offer in CATALOGUE.offers] == ["a", "b"]


def test_sizes_of_the_archive_are_of_one_measurement_our_own_before_a_published_one() -> None:
    assert [probe.payload_bytes for probe in CATALOGUE.probes] == [400]
    published = [row for row in ROWS["archive_bytes_per_message"] if not row["is_current"]]
    assert [probe.payload_bytes for probe in catalogue(archive_bytes_per_message=published).probes] == [200]


def test_newest_parameter_counts_and_the_middle_of_a_range_is_estimated() -> None:
    found = {
        name: (known.distribution, known.basis.grade) for name, known in CATALOGUE.inputs.items() if "rln/" in name
    }
    assert found == {
        "rln/gas": (Point(2.0), Grade.PUBLISHED),
        "rln/range": (Triangular(2.0, 2.5, 3.0), Grade.ESTIMATED),
    }


def test_empty_marts_give_an_empty_catalogue() -> None:
    empty = catalogue_from({mart: pd.DataFrame(columns=[*columns]) for mart, columns in ALL_COLUMNS.items()})
    assert (empty.offers, empty.rpc_plans, empty.inputs) == ((), (), {})
