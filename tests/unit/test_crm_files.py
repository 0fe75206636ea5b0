"""Organisations as the neutral file of a CRM, and what differs between two sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.evidence.importer import Importer
from assets.segments.crm import CRM_CSV, CRM_JSON, OrganisationRecord, differences, to_csv, to_json

RAILGUN = OrganisationRecord("railgun", "Railgun", ("defi_private_relayers",), "ongoing", (), "")
STATUS = OrganisationRecord(
    "status", "Status", ("private_messaging", "status_communities"), "ongoing", ("store_v3",), "call"
)


def read(importer: Importer, tmp_path: Path, text: str) -> tuple[list[OrganisationRecord], list[str]]:
    (tmp_path / "crm").write_text(text)
    found, problems, _ = importer.rows(tmp_path / "crm", "crm")
    return [one for _, one in found], [str(problem).removeprefix("crm:") for problem in problems]


def test_both_files_come_back_as_they_went(tmp_path: Path) -> None:
    both = [RAILGUN, STATUS, OrganisationRecord("odd", '=1+1, "x"', (), "", (), "line one\nline two")]
    both += [OrganisationRecord("quoted", "'s Lands", (), "", (), "-call")]
    assert read(CRM_CSV, tmp_path, to_csv(both)) == (both, [])
    assert read(CRM_JSON, tmp_path, to_json(both)) == (both, [])


def test_the_csv_has_one_line_per_organisation_and_nothing_that_a_spreadsheet_calculates() -> None:
    assert to_csv([STATUS, OrganisationRecord("odd", "=1+1")]) == (
        "waku_fit_id,Name,Segment,Stage,Dependencies,Next step,waku_fit_written\n"
        "status,Status,private_messaging;status_communities,ongoing,store_v3,call,\n"
        "odd,'=1+1,,,,,\n"
    )


def test_columns_of_the_crm_itself_are_left_alone(tmp_path: Path) -> None:
    (one,), _ = read(CRM_CSV, tmp_path, "Owner,waku_fit_id,Name,Stage\nsomebody,railgun,Railgun,lost\n")
    assert one == OrganisationRecord("railgun", "Railgun", (), "lost")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_may_separate_by_other_than_commas(tmp_path: Path, separator: str) -> None:
    text = separator.join(["waku_fit_id", "Name", "Segment\nstatus", "Status, the app", '"gaming;dao"'])
    (one,), _ = read(CRM_CSV, tmp_path, text)
    assert one == OrganisationRecord("status", "Status, the app", ("gaming", "dao"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Name,Stage\nRailgun,lost\n", "1: there is no column waku_fit_id; expected waku_fit_id, Name, "),
        ("waku_fit_id,Name\nrailgun,A\nRail gun,B\n", "3: waku_fit_id: is not a key; expected one in lower_snake_case"),
        ("waku_fit_id,Name\nrailgun,A\nrailgun,B\n", "3: waku_fit_id: is the key of 2 too; expected each once"),
        ("waku_fit_id,Name\nrailgun,\n", "2: Name: has no value; expected what the organisation is called"),
        ('waku_fit_id,Name\n"railgun,A\n', '2: a quote (") is opened in this row and not closed'),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (problem,) = read(CRM_CSV, tmp_path, text)[1]
    assert problem.startswith(message)


@pytest.mark.parametrize(
    "header",
    [
        "Record ID,Company name,Company owner,waku_fit_id,Segment,Stage,Dependencies,Next step,waku_fit_written",
        "hs_object_id,name,hubspot_owner_id,waku_fit_id,waku_segment,waku_stage,waku_dependencies,waku_next_step,x",
        "Record ID,NAME,Owner,WAKU_FIT_ID,SEGMENT,STAGE,DEPENDENCIES,NEXT STEP,x",
        "Id,Account Name,Account Owner,Waku_Fit_Id__c,Segment__c,Waku_Stage__c,Dependencies__c,Waku_Next_Step__c,x",
        "ID,Organization - Name,Owner,waku_fit_id,Organization - Segment,Organization - Stage,Dependencies,Next step,x",
    ],
    ids=["HubSpot, labels", "HubSpot, internal names", "any case", "Salesforce", "Pipedrive"],
)
def test_headings_are_those_of_the_export(tmp_path: Path, header: str) -> None:
    text = (
        f"{header}\n1,Railgun,me,railgun,gaming;any,Initial discussion,,call,\n2,A bakery,me,,,,,,\n3,B,me,,,,,call,\n"
    )
    (tmp_path / "crm").write_text(text)
    found, problems, notes = CRM_CSV.rows(tmp_path / "crm", "crm")
    assert problems == []
    assert found == [(2, OrganisationRecord("railgun", "Railgun", ("gaming", "any"), "initial_discussion", (), "call"))]
    assert notes[-1] == "2 companies without waku_fit_id were left alone"


def test_two_columns_that_may_be_one_are_refused(tmp_path: Path) -> None:
    (problem,) = read(CRM_CSV, tmp_path, "waku_fit_id,Company name,Account name\nrailgun,a,b\n")[1]
    assert problem == '1: Name: "Company name" and "Account name" are both this column; expected one, or a mapping'


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "waku_fit_id,Name\nRail gun,A\n,other\nrailgun,\nstatus,S\nstatus,T\n"
    found, problems = read(CRM_CSV, tmp_path, text)
    assert [one.organisation_id for one in found] == ["status"]
    assert [problem.partition(";")[0] for problem in problems] == [
        "2: waku_fit_id: is not a key",
        "4: Name: has no value",
        "6: waku_fit_id: is the key of 5 too",
    ]


@pytest.mark.parametrize("text", ["{}", '["railgun"]', "[", '[{"Name": "Railgun"}]'])
def test_json_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (problem,) = read(CRM_JSON, tmp_path, text)[1]
    assert "expected" in problem


def test_only_what_is_filled_and_different_is_a_change() -> None:
    told = [
        OrganisationRecord("railgun", "Railgun", (), "lost", (), ""),
        OrganisationRecord("status", "", ("status_communities", "private_messaging"), "", ("store_v3",), "call"),
    ]
    ((one, changes),) = differences([RAILGUN, STATUS], told)
    assert one == OrganisationRecord("railgun", "Railgun", (), "lost")
    assert [str(change) for change in changes] == ["~ railgun: Stage: ongoing → lost"]


def test_an_organisation_that_is_not_known_is_new() -> None:
    ((one, changes),) = differences([STATUS], [RAILGUN])
    assert one == RAILGUN
    assert [str(c) for c in changes] == ["+ railgun: Name Railgun; Segment defi_private_relayers; Stage ongoing"]
