"""Organisations out to a CRM and back: by file, and to HubSpot as a server that behaves like it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.common.answers import RemoteError
from assets.common.http import HttpClient
from assets.segments.crm import OrganisationRecord
from assets.segments.hubspot import HubSpot
from orchestration.commands import crm
from orchestration.commands.cli import main
from orchestration.errors import UserError
from orchestration.settings import Settings
from tests.places import FROZEN
from tests.unit.fake_hubspot import FakeHubSpot, fake_hubspot

TODAY = date(2026, 11, 23)
RELEASED = (
    "organisation_id,name,segment_ids,stage,dependencies,are_dependencies_inferred,next_step,as_of,grade,evidence_ids\n"
    "railgun,Railgun,defi_private_relayers,ongoing,,false,,2024-12-13,measured,segments__integrations/railgun\n"
    "portrait,Portrait,decentralised_web_hosting,ongoing,,false,,2025-06-16,published,segments__integrations/portrait\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The frozen pack, and a release with two organisations."""
    settings = Settings.from_environment({
        "WAKU_FIT_EVIDENCE_DIR": str(FROZEN),
        "WAKU_FIT_STATE_DIR": str(tmp_path / "state"), "WAKU_FIT_REPORTS_DIR": str(tmp_path / "reports"),
    })  # fmt: skip
    (settings.latest / "data").mkdir(parents=True)
    (settings.latest / "data" / "organisations.csv").write_text(RELEASED)
    (settings.latest / "data" / "evidence_index.csv").write_text(
        "evidence_id,grade\nsegments__usps/gasless,published\n"
    )
    (settings.latest / "manifest.json").write_text('{"as_of": null}')
    return settings


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    folder.mkdir()
    return folder


@pytest.fixture
def hubspot() -> Iterator[FakeHubSpot]:
    with fake_hubspot() as fake:
        yield fake


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(sleep=lambda _: None) as http:
        yield http


def pushed(settings: Settings, fake: FakeHubSpot, client: HttpClient, *, apply: bool = True) -> int:
    return crm.push(settings, client, fake.token, apply=apply, url=fake.server.url)


def test_what_was_exported_changes_nothing_when_it_comes_back(
    settings: Settings, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("organisations.csv", "organisations.json"):
        crm.export_file(settings, tmp_path / name)
        assert crm.import_file(settings, tmp_path / name, str(pack), TODAY, apply=True) == 0
    assert "nothing differs" in capsys.readouterr().out
    assert list(pack.iterdir()) == []


def test_what_no_spreadsheet_may_run_is_the_same_after_each_round(settings: Settings, tmp_path: Path) -> None:
    (settings.latest / "data" / "organisations.csv").write_text(RELEASED.replace("false,,2024", "false,'-call,2024"))
    assert [one.next_step for one in crm.released(settings)] == ["-call", ""]
    crm.export_file(settings, tmp_path / "crm.csv")
    assert ",'-call," in (tmp_path / "crm.csv").read_text()
    crm.export_file(settings, tmp_path / "crm.json")
    assert '"Next step": "-call"' in (tmp_path / "crm.json").read_text()


def test_an_import_says_what_would_change_and_changes_nothing(
    settings: Settings,
    pack: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "crm.csv"
    file.write_text("waku_fit_id,Name,Stage,Next step\nrailgun,Railgun,lost,ask again in May\n")
    assert crm.import_file(settings, file, str(pack), TODAY, apply=False) == 0
    assert capsys.readouterr().out == (
        "~ railgun: Stage: ongoing → lost\n"
        "~ railgun: Next step: (empty) → ask again in May\n"
        "ours/segments/organisations.csv: 1 organisation would change; nothing was changed. --apply does it.\n"
    )
    assert list(pack.iterdir()) == []


def test_an_import_adds_evidence_of_today_and_a_second_one_of_that_day_completes_it(
    settings: Settings, pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("waku_fit_id,Name,Stage\nrailgun,Railgun,lost\n")
    crm.import_file(settings, file, str(pack), TODAY, apply=True)
    file.write_text("waku_fit_id,Name,Next step\nrailgun,Railgun,ask again in May\n")
    crm.import_file(settings, file, str(pack), TODAY, apply=True)
    header, row = (pack / "segments" / "organisations.csv").read_text().splitlines()
    assert header == (
        "id,organisation_id,name,segment_ids,stage,dependencies,next_step,source,as_of,as_of_basis,grade,note"
    )
    assert row == (
        "railgun_2026_11_23,railgun,Railgun,,lost,,ask again in May,"
        '"CRM of the team, crm.csv",2026-11-23,observed,published,'
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("railgun,Railgun,nowhere,,,", "crm.csv:3: Segment: the value is not a known id; expected one of activism_"),
        ("railgun,Railgun,,thinking,,", "crm.csv:3: Stage: "),
        ("railgun,Railgun,,,no_such_work,", "crm.csv:3: Dependencies: "),
        ("railgun,Railgun,,,,write to ann@example.org", "crm.csv:3: Next step: this may tell who somebody is"),
    ],
)
def test_a_mistake_is_told_with_the_line_of_the_file_and_nothing_is_written(
    settings: Settings,
    pack: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    cells: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "crm.csv"
    file.write_text(
        "waku_fit_id,Name,Segment,Stage,Dependencies,Next step\n"
        f"portrait,Portrait,,lost,,\n{cells}\n"
    )  # fmt: skip
    assert crm.import_file(settings, file, str(pack), TODAY, apply=True) == 1
    told = capsys.readouterr()
    assert told.err.startswith(message)
    assert told.err.endswith(
        "1 mistake in 1 file. Correct them and run the same command again.\nNothing was written.\n"
    )
    assert "ann@" not in told.out + told.err
    assert list(pack.iterdir()) == []


def test_mistakes_of_the_file_and_of_what_it_says_come_together(
    settings: Settings, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "crm.csv"
    rows = ["Rail Gun,Railgun,", "railgum,Railgun,", ",A bakery,", "railgun,Railgun,thinking", "new_one,New one,lost"]
    file.write_text("\n".join(["waku_fit_id,Name,Stage", *rows, ""]))
    assert crm.import_file(settings, file, str(pack), TODAY, apply=True) == 1
    printed = capsys.readouterr()
    assert printed.out == "crm.csv: 1 company without waku_fit_id were left alone\n"
    assert [line.partition(";")[0] for line in printed.err.splitlines()[:3]] == [
        "crm.csv:2: waku_fit_id: is not a key",
        "crm.csv:3: waku_fit_id: is not known, and an organisation of this name is: railgun",
        "crm.csv:5: Stage: the value is not allowed",
    ]
    assert list(pack.iterdir()) == []


def test_a_mapping_names_other_headings_and_words(settings: Settings, pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("Key,Title,Phase\nrailgun,Railgun,Closed lost\n,A bakery,Open\n")
    (tmp_path / "crm.csv.map.yaml").write_text("values:\n  Stage:\n    closed lost: lost\n")
    maps = ["Key=waku_fit_id,Title=Name,Phase=Stage"]
    assert crm.import_file(settings, file, str(pack), TODAY, apply=True, maps=maps) == 0
    _, row = (pack / "segments" / "organisations.csv").read_text().splitlines()
    assert row.startswith("railgun_2026_11_23,railgun,Railgun,,lost,")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,colour", "ours/segments/organisations.csv:1: is not a column of this table"),
        ("organisation_id", "ours/segments/organisations.csv:1: id: the column is missing"),
    ],
)
def test_a_table_of_the_pack_that_is_wrong_is_told_before_anything(
    settings: Settings, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, message: str
) -> None:
    file, table = tmp_path / "crm.csv", pack / "segments" / "organisations.csv"
    file.write_text("waku_fit_id,Name,Stage\nrailgun,Railgun,lost\n")
    table.parent.mkdir()
    table.write_text(f"{header}\nx\n")
    assert crm.import_file(settings, file, str(pack), TODAY, apply=True) == 1
    assert message in capsys.readouterr().err
    assert table.read_text() == f"{header}\nx\n"


def test_what_the_crm_says_does_not_go_into_the_public_pack(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("waku_fit_id,Name,Stage\nrailgun,Railgun,lost\n")
    for apply in (False, True):
        with pytest.raises(UserError, match="which is public"):
            crm.import_file(settings, file, "public", TODAY, apply=apply)


def test_an_export_into_a_folder_that_is_not_there_is_told(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"no/x.csv cannot be written \(No such file or directory\); expected a file in"
    ):
        crm.export_file(settings, tmp_path / "no" / "x.csv")


def test_a_release_that_is_not_the_usual_one_is_told(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crm.export_file(settings, tmp_path / "x.csv")
    assert capsys.readouterr().err == ""
    (settings.latest / "manifest.json").write_text('{"as_of": "2024-12-31"}')
    (settings.latest / "data" / "evidence_index.csv").write_text("evidence_id,grade\nx/a,published\nx/b,illustrative\n")
    crm.export_file(settings, tmp_path / "x.csv")
    assert capsys.readouterr().err == (
        "Note: the team's newest release holds made-up evidence and looks back to 2024-12-31.\n"
    )


def test_without_a_release_there_is_nothing_to_compare(settings: Settings, tmp_path: Path) -> None:
    (settings.latest / "data" / "organisations.csv").unlink()
    with pytest.raises(UserError, match="waku-fit run"):
        crm.export_file(settings, tmp_path / "organisations.csv")


def test_all_pages_are_read_and_only_companies_with_our_key(hubspot: FakeHubSpot, client: HttpClient) -> None:
    hubspot.companies = [{"name": f"Other {n}", "domain": "example.org"} for n in range(230)]
    hubspot.companies[5] = {"name": "Railgun", "waku_fit_id": "railgun", "waku_segment": "defi_private_relayers"}
    hubspot.companies[229] = {"name": "Status", "waku_fit_id": "status", "waku_stage": "ongoing"}
    found = HubSpot(client, hubspot.token, hubspot.server.url).organisations()
    assert found == [
        OrganisationRecord("railgun", "Railgun", ("defi_private_relayers",)),
        OrganisationRecord("status", "Status", (), "ongoing"),
    ]
    assert [asked.query.partition("after=")[2] for asked in hubspot.server.asked] == ["", "100", "200"]
    assert all("domain" not in asked.query for asked in hubspot.server.asked)


def test_a_page_that_leads_to_itself_is_not_believed(hubspot: FakeHubSpot, client: HttpClient) -> None:
    from tests.unit.local_server import as_json

    page = as_json({"results": [], "paging": {"next": {"after": "100"}}})
    hubspot.server.answers["/crm/objects/2026-03/companies"] = [page]
    with pytest.raises(RemoteError, match="same next page twice"):
        HubSpot(client, hubspot.token, hubspot.server.url).organisations()


def test_a_push_shows_what_it_would_write_and_writes_nothing(
    settings: Settings, hubspot: FakeHubSpot, client: HttpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    hubspot.companies = [{"waku_fit_id": "railgun", "name": "Railgun", "waku_stage": "building"}]
    hubspot.attributes += ["waku_fit_id", "waku_stage"]
    assert pushed(settings, hubspot, client, apply=False) == 0
    assert capsys.readouterr().out == (
        "+ attribute waku_segment of companies\n"
        "+ attribute waku_dependencies of companies\n"
        "+ attribute waku_next_step of companies\n"
        "+ attribute waku_fit_written of companies\n"
        "~ railgun: Segment: (empty) → defi_private_relayers\n"
        "~ railgun: Stage: building → ongoing\n"
        "+ portrait: Name Portrait; Segment decentralised_web_hosting; Stage ongoing\n"
        "HubSpot: 2 organisations would change; nothing was changed. --apply does it.\n"
    )
    assert all(not asked.body for asked in hubspot.server.asked)


def test_a_push_makes_the_attributes_and_keeps_segment_in_step(
    settings: Settings, hubspot: FakeHubSpot, client: HttpClient
) -> None:
    hubspot.companies = [
        {"waku_fit_id": "railgun", "name": "Railgun", "domain": "example.org", "waku_stage": "ongoing"}
    ]
    assert pushed(settings, hubspot, client) == 0
    railgun = hubspot.by_key()["railgun"]
    assert railgun.pop("waku_fit_written").startswith("waku_fit_id:")
    assert railgun == {
        "waku_fit_id": "railgun", "name": "Railgun", "domain": "example.org", "waku_stage": "ongoing",
        "waku_segment": "defi_private_relayers",
    }  # fmt: skip
    assert hubspot.by_key()["portrait"]["waku_segment"] == "decentralised_web_hosting"
    requests = len(hubspot.written)
    assert pushed(settings, hubspot, client) == 0
    assert len(hubspot.written) == requests


def test_a_busy_account_is_asked_again_after_the_time_that_it_names(settings: Settings, hubspot: FakeHubSpot) -> None:
    hubspot.busy = 2
    pauses: list[float] = []
    with HttpClient(sleep=pauses.append) as client:
        assert pushed(settings, hubspot, client) == 0
    assert pauses == [3.0, 3.0]
    assert set(hubspot.by_key()) == {"railgun", "portrait"}


def test_what_is_refused_is_named_and_the_rest_is_written(
    settings: Settings, hubspot: FakeHubSpot, client: HttpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    hubspot.refused = {"railgun": "Property values were not valid"}
    assert pushed(settings, hubspot, client) == 1
    told = capsys.readouterr()
    assert told.err == "! railgun: Property values were not valid\n"
    assert told.out.endswith("1 organisation written to HubSpot, 1 refused.\n")
    assert set(hubspot.by_key()) == {"portrait"}


def test_an_account_that_goes_away_half_way_is_completed_by_the_same_command(
    settings: Settings, hubspot: FakeHubSpot, client: HttpClient
) -> None:
    header, *_ = RELEASED.splitlines()
    rows = [f"o{n},Organisation {n},,building,,false,,2025-01-01,published,e/{n}" for n in range(250)]
    (settings.latest / "data" / "organisations.csv").write_text("\n".join([header, *rows]) + "\n")
    hubspot.upserts_left = 1
    with pytest.raises(UserError, match="100 of 250 organisations were written, 150 were not: the same command again"):
        pushed(settings, hubspot, client)
    hubspot.upserts_left = None
    hubspot.written.clear()
    assert pushed(settings, hubspot, client) == 0
    assert [len(batch) for batch in hubspot.written] == [100, 50]
    assert hubspot.written[0][0] == "o100"
    assert len(hubspot.by_key()) == 250


def test_a_pull_takes_what_the_team_changed_there(
    settings: Settings, pack: Path, hubspot: FakeHubSpot, client: HttpClient
) -> None:
    pushed(settings, hubspot, client)
    hubspot.by_key()["railgun"]["waku_next_step"] = "ask again in May"
    hubspot.by_key()["railgun"]["waku_stage"] = ""
    assert crm.pull(settings, client, hubspot.token, str(pack), TODAY, apply=True, url=hubspot.server.url) == 0
    (row,) = (pack / "segments" / "organisations.csv").read_text().splitlines()[1:]
    assert row.startswith("railgun_2026_11_23,railgun,Railgun,,,,ask again in May,")
    assert '"CRM of the team, HubSpot"' in row


def test_what_was_pushed_and_not_touched_is_no_evidence_when_it_comes_back(
    settings: Settings, pack: Path, hubspot: FakeHubSpot, client: HttpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(settings, hubspot, client)
    # what follows from the roadmap and the state of an integration moves on; portrait is no longer known
    moved = [line.replace(",ongoing,,false,", ",lost,rust_sdk,true,") for line in RELEASED.splitlines()[:2]]
    (settings.latest / "data" / "organisations.csv").write_text("\n".join(moved) + "\n")
    assert crm.pull(settings, client, hubspot.token, str(pack), TODAY, apply=True, url=hubspot.server.url) == 0
    assert "HubSpot" not in capsys.readouterr().out.splitlines()[-1]
    assert list(pack.iterdir()) == []
    hubspot.by_key()["railgun"]["waku_stage"] = "building"
    assert crm.pull(settings, client, hubspot.token, str(pack), TODAY, apply=True, url=hubspot.server.url) == 0
    (row,) = (pack / "segments" / "organisations.csv").read_text().splitlines()[1:]
    assert row.startswith("railgun_2026_11_23,railgun,Railgun,,building,,,")


def test_a_field_that_the_team_sets_back_is_taken(
    settings: Settings, pack: Path, hubspot: FakeHubSpot, client: HttpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(settings, hubspot, client)  # ongoing
    hubspot.by_key()["railgun"]["waku_stage"] = "building"
    crm.pull(settings, client, hubspot.token, str(pack), date(2026, 11, 21), apply=True, url=hubspot.server.url)
    # the release that is made with it, and what is pushed from that
    (settings.latest / "data" / "organisations.csv").write_text(
        RELEASED.replace("relayers,ongoing", "relayers,building")
    )
    capsys.readouterr()
    pushed(settings, hubspot, client)
    assert capsys.readouterr().out == (
        "~ railgun: waku_fit_written: of other values → of these\n1 organisation written to HubSpot.\n"
    )
    hubspot.by_key()["railgun"]["waku_stage"] = "ongoing"
    crm.pull(settings, client, hubspot.token, str(pack), TODAY, apply=True, url=hubspot.server.url)
    rows = (pack / "segments" / "organisations.csv").read_text().splitlines()[1:]
    assert [row.split(",")[:5] for row in rows] == [
        ["railgun_2026_11_21", "railgun", "Railgun", "", "building"],
        ["railgun_2026_11_23", "railgun", "Railgun", "", "ongoing"],
    ]


def test_a_file_that_was_exported_tells_only_what_was_changed_in_it(
    settings: Settings, pack: Path, tmp_path: Path
) -> None:
    file = tmp_path / "crm.csv"
    crm.export_file(settings, file)
    (settings.latest / "data" / "organisations.csv").write_text(RELEASED.replace(",ongoing,", ",lost,"))
    assert crm.import_file(settings, file, str(pack), TODAY, apply=True) == 0
    assert list(pack.iterdir()) == []


@pytest.mark.parametrize("apply", [False, True])
def test_a_pack_is_made_only_when_something_is_written(settings: Settings, tmp_path: Path, apply: bool) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("waku_fit_id,Name,Stage\nrailgun,Railgun,lost\n")
    assert crm.import_file(settings, file, str(tmp_path / "new"), TODAY, apply=apply) == 0
    assert (tmp_path / "new" / "segments" / "organisations.csv").exists() == apply
    assert (tmp_path / "new").exists() == apply


def test_what_was_refused_is_named_also_when_a_later_batch_fails(
    settings: Settings, hubspot: FakeHubSpot, client: HttpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *_ = RELEASED.splitlines()
    rows = [f"o{n},Organisation {n},,building,,false,,2025-01-01,published,e/{n}" for n in range(150)]
    (settings.latest / "data" / "organisations.csv").write_text("\n".join([header, *rows]) + "\n")
    hubspot.refused, hubspot.upserts_left = {"o7": "Property values were not valid"}, 1
    with pytest.raises(UserError, match="99 of 150 organisations were written, 50 were not"):
        pushed(settings, hubspot, client)
    assert capsys.readouterr().err == "! o7: Property values were not valid\n"


def test_a_wrong_token_is_said_without_the_token(settings: Settings, hubspot: FakeHubSpot, client: HttpClient) -> None:
    with pytest.raises(UserError) as caught:
        crm.push(settings, client, "pat-wrong", apply=True, url=hubspot.server.url)
    assert str(caught.value) == "127.0.0.1 answers 401: the token is missing or wrong; nothing was changed"


def test_without_a_token_nothing_is_asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("WAKU_FIT_REPORTS_DIR", str(settings.latest.parent))
    result = CliRunner().invoke(main, ["crm", "push", "hubspot"])
    assert result.exit_code == 1
    assert "HUBSPOT_ACCESS_TOKEN is not set" in result.output
