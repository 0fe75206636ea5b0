"""A suite of Great Expectations on a loaded table: what holds is silent, what does not is named with a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.gx import run_suites
from checks.suites import between, not_null
from orchestration.resources import WarehouseResource
from orchestration.warehouse.connection import connect

LOADER = "waku_fit_loader"


@pytest.fixture
def table_url(fresh_database: str, tmp_path: Path) -> str:
    """An SQLAlchemy URL of a database with `raw.prices`: 10 prices, three of them too high and one missing."""
    with connect(fresh_database, LOADER) as connection:
        connection.execute("create table raw.prices (price double precision)")
        connection.execute("insert into raw.prices values (1), (2), (3), (4), (5), (6), (1000), (2000), (3000), (null)")
        connection.execute("create table raw.sound as select * from raw.prices")
        connection.commit()
    warehouse = WarehouseResource(state_dir=str(tmp_path))
    warehouse._url = fresh_database
    return warehouse.sqlalchemy_url(LOADER)


def test_what_does_not_hold_is_counted_with_a_sample_and_what_holds_is_silent(table_url: str) -> None:
    suites = {"prices": (between("price", 0.5, 50), not_null("price")), "sound": (between("price", 0.5, 5000),)}
    found = run_suites(table_url, "raw", suites)
    assert found["sound"] == []
    high, missing = sorted(found["prices"], key=lambda finding: -finding.unexpected)
    assert (high.unexpected, high.rows, set(high.sample)) == (3, 10, {"1000.0", "2000.0", "3000.0"})
    assert (missing.expectation, missing.unexpected) == ("expect_column_values_to_not_be_null", 1)
    assert str(high).startswith("expect_column_values_to_be_between on price: 3 of 10 rows, e.g. ")


def test_a_suite_on_a_column_that_is_missing_is_an_error(table_url: str) -> None:
    with pytest.raises(RuntimeError, match="the suite of prices could not run"):
        run_suites(table_url, "raw", {"prices": (not_null("cost"),)})
