"""What dbt knows of a table follows from its model: a column added there is in source, view and descriptions."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
import yaml
from pydantic import Field

from assets.evidence.dbt_files import dbt_files
from assets.evidence.model import EvidenceRow, Reference, StandingRow, Table, TextList
from assets.evidence.tables import ALL_TABLES
from orchestration.errors import UserError
from orchestration.transforms.dbt_files import write_dbt_files

FOLDER = "models/staging/generated"


class Ship(EvidenceRow):
    """One ship of a
    fleet."""

    subject: ClassVar[tuple[str, ...]] = ("id", "name")

    name: str = Field(description="Name for readers")
    built_on: date | None = Field(default=None, description="Day of its launch")


class Longer(Ship):
    """One ship of a fleet."""

    length_m: float | None = Field(default=None, description="Length: from bow to stern, m")
    yard_id: Annotated[str | None, Reference("fleet__yards", besides=("own", "unknown"))] = Field(
        default=None, description="Yard"
    )
    twin: Annotated[str | None, Reference("fleet__ships")] = Field(default=None, description="Built to the same plans")
    ports: Annotated[TextList, Reference("fleet__ports", besides=("any",))] = Field(default=[], description="Ports")


class Order(StandingRow):
    """What a ship is stated."""

    id_as: ClassVar[str] = "command_id"


class Voyage(EvidenceRow):
    """What a captain said."""

    consent: str = Field(description="What the captain agreed to")


SHIPS = Table("fleet", "ships", Ship, 'The "grand" fleet\'s ships')
ORDERS = Table("fleet", "orders", Order, "Orders")


def of_ships(files: Mapping[str, str]) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The source of the ships, their view and its description."""
    sources = yaml.safe_load(files[f"{FOLDER}/_sources.yml"])["sources"][0]["tables"]
    (source,) = [s for s in sources if s["name"] == "fleet__ships"]
    (model,) = yaml.safe_load(files[f"{FOLDER}/stg_fleet__ships.yml"])["models"]
    return source, files[f"{FOLDER}/stg_fleet__ships.sql"], model


def test_a_view_is_what_a_person_would_write() -> None:
    _, view, _ = of_ships(dbt_files([SHIPS]))
    assert (
        view
        == """\
with

source as (

    {{ as_known_on(source('raw', 'fleet__ships')) }}

),

renamed as (

    select

        ---------- ids
        id as ship_id,
        evidence_id,

        ---------- values
        name,

        ---------- times and provenance
        built_on,
        source,
        as_of,
        as_of_basis,
        grade,
        note,
        pack,
        file,
        line

    from source

)

select * from renamed
"""
    )


def test_a_column_that_is_added_to_a_model_is_in_source_view_and_descriptions() -> None:
    source, view, model = of_ships(dbt_files([Table("fleet", "ships", Longer, "Ships")]))
    length = {"name": "length_m", "description": "Length: from bow to stern, m"}
    assert {**length, "data_type": "double precision"} in source["columns"]
    assert "        length_m,\n" in view
    assert length in model["columns"]
    before, view_before, model_before = of_ships(dbt_files([SHIPS]))
    assert {c["name"] for c in source["columns"]} - {c["name"] for c in before["columns"]} == {
        *("length_m", "yard_id", "twin", "ports")
    }
    assert set(view.splitlines()) - set(view_before.splitlines()) == {
        *("        length_m,", "        yard_id,", "        twin,", "        ports,")
    }
    assert len(model["columns"]) == len(model_before["columns"]) + 4


def test_a_source_has_the_columns_of_the_loader() -> None:
    source, _, _ = of_ships(dbt_files([SHIPS]))
    assert source["description"] == "One ship of a fleet."
    assert {c["name"]: c["data_type"] for c in source["columns"]} == {
        **SHIPS.columns(),
        "evidence_id": "text",
        "pack": "text",
        "file": "text",
        "line": "integer",
    }
    assert all(column["description"] for column in source["columns"])


def test_ids_grades_and_references_are_tested() -> None:
    _, _, model = of_ships(dbt_files([Table("fleet", "ships", Longer, "Ships")]))
    assert {c["name"]: c["data_tests"] for c in model["columns"] if "data_tests" in c} == {
        "ship_id": ["not_null", "unique"],
        "yard_id": [
            {
                "relationships": {
                    "name": "stg_fleet__ships_yard_id_exists",
                    "arguments": {"to": "source('raw', 'fleet__yards')", "field": "id"},
                    "config": {"where": "yard_id <> 'own' and yard_id <> 'unknown'"},
                }
            }
        ],
        "twin": [
            {
                "relationships": {
                    "name": "stg_fleet__ships_twin_exists",
                    "arguments": {"to": "source('raw', 'fleet__ships')", "field": "id"},
                }
            }
        ],
        "ports": [
            {
                "each_relates_to": {
                    "name": "stg_fleet__ships_ports_exist",
                    "arguments": {"to": "source('raw', 'fleet__ports')", "field": "id", "besides": ["any"]},
                }
            }
        ],
        "grade": [
            {
                "accepted_values": {
                    "name": "stg_fleet__ships_grade_is_known",
                    "arguments": {"values": ["measured", "published", "estimated", "illustrative", "not_found"]},
                }
            }
        ],
    }


def test_rows_that_hold_from_a_day_of_their_own_are_read_as_such() -> None:
    files = dbt_files([ORDERS])
    view = files[f"{FOLDER}/stg_fleet__orders.sql"]
    assert "{{ as_known_on(source('raw', 'fleet__orders'), is_standing=True) }}" in view
    assert "id as command_id," in view
    (model,) = yaml.safe_load(files[f"{FOLDER}/stg_fleet__orders.yml"])["models"]
    assert model["description"] == "What a ship is stated. Only rows that hold on the as-of date."


def test_the_view_of_what_needs_consent_is_written_by_hand_and_described_here() -> None:
    files = dbt_files([Table("fleet", "voyages", Voyage, "Voyages")])
    assert f"{FOLDER}/stg_fleet__voyages.sql" not in files
    (model,) = yaml.safe_load(files[f"{FOLDER}/stg_fleet__voyages.yml"])["models"]
    assert model["description"].endswith("What its consent does not cover is left in raw.")


def test_the_list_of_tables_says_what_models_over_all_tables_need() -> None:
    files = dbt_files([SHIPS, ORDERS, Table("fleet", "voyages", Voyage, "Voyages")])
    listed = files["macros/generated/evidence_tables.sql"].split("return(")[1].split(") }}")[0]
    assert yaml.safe_load(listed) == [
        {
            "key": "fleet__ships",
            "title": 'The "grand" fleet\'s ships',
            "subject": ["ship_id", "name"],
            "is_standing": False,
            "is_about_people": False,
        },
        {
            "key": "fleet__orders",
            "title": "Orders",
            "subject": ["command_id"],
            "is_standing": True,
            "is_about_people": False,
        },
        {
            "key": "fleet__voyages",
            "title": "Voyages",
            "subject": ["voyage_id"],
            "is_standing": False,
            "is_about_people": True,
        },
    ]


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.key)
def test_what_a_row_is_about_is_said_by_columns_of_its_model(table: Table) -> None:
    assert table.model.subject
    assert set(table.model.subject) <= set(table.model.model_fields)
    assert table.id_column not in set(table.model.model_fields), "two columns of the view would be called alike"


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write_dbt_files(tmp_path, [SHIPS, ORDERS])
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (1, 1))
    write_dbt_files(tmp_path, [SHIPS, ORDERS])
    assert {path.stat().st_mtime for path in tmp_path.rglob("*.*")} == {1}
    write_dbt_files(tmp_path, [Table("fleet", "ships", Longer, SHIPS.title), ORDERS])
    written = {path.name for path in tmp_path.rglob("*.*") if path.stat().st_mtime != 1}
    assert written == {"_sources.yml", "stg_fleet__ships.sql", "stg_fleet__ships.yml"}


def test_what_no_table_stands_behind_any_more_is_removed(tmp_path: Path) -> None:
    write_dbt_files(tmp_path, [SHIPS, ORDERS])
    write_dbt_files(tmp_path, [SHIPS])
    texts = dbt_files([SHIPS])
    on_disk = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.*")}
    assert on_disk == texts


def test_a_project_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "macros").write_text("in the way of a folder")
    with pytest.raises(UserError, match="cannot be written"):
        write_dbt_files(tmp_path, [SHIPS])
