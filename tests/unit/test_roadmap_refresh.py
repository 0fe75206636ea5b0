"""The roadmap from GitHub: a real server that pages, limits and lies, and what becomes evidence of what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.common import keys
from assets.common.http import HttpClient, Limits
from assets.evidence.model import Grade
from assets.evidence.packs import LIVE_ROADMAP
from assets.evidence.tables.roadmap import DELIVERABLES, STATES
from assets.refresh.assets import live_asset
from assets.refresh.interfaces import Listed
from assets.refresh.ledger import pages_path
from assets.refresh.outcome import SourceOutcome
from assets.roadmap.live.assets import CHECK
from assets.roadmap.live.github import MOST_PAGES, GitHub
from assets.roadmap.live.registry import ROADMAP
from orchestration.commands.price_state import price_lines, price_state
from orchestration.commands.refresh import refresh_evidence, tell
from orchestration.errors import UserError
from orchestration.resources import EvidenceResource
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from tests.unit.local_server import Answer, Asked, LocalServer, local_server
from tests.unit.refreshing import settings_before_benchmarks

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
TOKEN = "s3cret-t0ken"
ISSUES, MILESTONES = "/repos/waku-org/pm/issues", "/repos/waku-org/pm/milestones"
PAGE = "https://github.com/waku-org/pm/issues"


def issue(number: int, state: str = "open", **values: Any) -> dict[str, Any]:
    common = {"title": f"Work {number}", "state_reason": None, "closed_at": None, "milestone": None, "labels": []}
    return {
        "number": number,
        "state": state,
        "body": "words of people",
        **common,
        **values,
    }


def milestone(number: int, state: str = "open", **values: Any) -> dict[str, Any]:
    common = {"title": f"Milestone {number}", "due_on": None, "closed_at": None}
    return {"number": number, "state": state, **common, **values}


AUDIT_DONE = issue(257, "closed", state_reason="completed", closed_at="2026-10-05T09:00:00Z")
NEW_WORK = issue(
    350,
    title="Rate limits for light clients",
    milestone={"title": "Chat SDK: second release", "due_on": "2027-03-31T07:00:00Z"},
    labels=[{"name": "Deliverable"}, {"name": "E:RLN"}],
)
PULL_REQUEST = issue(351, pull_request={"url": "…"}, milestone={"title": "m", "due_on": None})


def page(items: Any, next_page: str = "", etag: str = "") -> Answer:
    headers = {"content-type": "application/json; charset=utf-8"}
    headers |= {"link": f'<{next_page}>; rel="next"'} if next_page else {}
    headers |= {"etag": etag} if etag else {}
    return Answer(json.dumps(items).encode(), headers=headers)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as served:
        served.answers |= {ISSUES: [page([AUDIT_DONE, NEW_WORK, PULL_REQUEST])], MILESTONES: [page([milestone(37)])]}
        yield served


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_before_benchmarks(tmp_path)


def refresh(
    settings: Settings,
    server: LocalServer,
    *,
    token: str = TOKEN,
    repository: str = "waku-org/pm",
    only_check: bool = False,
    now: datetime = NOW,
    limits: Limits | None = None,
) -> SourceOutcome:
    given = {"WAKU_FIT_ROADMAP_REPOSITORY": repository, "GITHUB_TOKEN": token}
    listed = (Listed("github", lambda *_: GitHub(repository, token, server.url), "WAKU_FIT_ROADMAP_REPOSITORY"),)
    with HttpClient(limits or Limits(attempts=2), sleep=lambda _: None, now=lambda: now) as client:
        parts = [replace(ROADMAP, sources=listed)]
        (outcome,) = refresh_evidence(settings, (), only_check, client, lambda: now, given, parts)
    return outcome


def rows_of(settings: Settings, table: str) -> dict[str, Any]:
    """Return the rows that the refresh wrote."""
    evidence = read_evidence(settings, settings.packs)
    assert evidence.problems == []
    return {r.row.id: r.row.model_dump() for r in evidence.records[table] if r.pack == LIVE_ROADMAP}


# ---------------------------------------------------------------- what is written


def test_news_is_evidence_of_every_later_run(settings: Settings, server: LocalServer) -> None:
    assert refresh(settings, server).state == "refreshed"
    states = rows_of(settings, STATES)
    assert set(states) == {"rln_audit_2026_10_05", "waku_org_pm_issues_350_2026_11_23"}
    audit = states["rln_audit_2026_10_05"]
    assert (audit["deliverable_id"], audit["status"], audit["basis"]) == ("rln_audit", "closed", "reported")
    assert (audit["source"], audit["as_of"], audit["grade"]) == (f"{PAGE}/257", date(2026, 10, 5), Grade.PUBLISHED)
    (work,) = rows_of(settings, DELIVERABLES).values()
    assert (work["title"], work["url"]) == ("Rate limits for light clients", f"{PAGE}/350")
    assert (work["milestone"], work["planned_end"]) == ("chat_sdk_second_release", date(2027, 3, 31))
    assert (work["kind"], work["mvp_relevance"], work["as_of"]) == ("roadmap_item", "context", TODAY)
    assert work["note"] == "refreshed; planned until 2027-03-31; labels: Deliverable, E:RLN"
    assert "words of people" not in pages_path(settings.local_pack(LIVE_ROADMAP)).read_text()


def test_the_second_refresh_of_a_day_adds_nothing(settings: Settings, server: LocalServer) -> None:
    refresh(settings, server)
    again = refresh(settings, server)
    assert (len(again.verdicts.accepted), again.verdicts.rejected) == (0, [])


def test_a_later_state_is_a_new_row_and_nothing_is_overwritten(settings: Settings, server: LocalServer) -> None:
    refresh(settings, server)
    path = settings.evidence_dir / "public" / "roadmap" / "deliverable_states.csv"
    typed = path.read_text()
    server.answers[ISSUES] = [page([issue(257), NEW_WORK])]  # opened again
    refresh(settings, server, now=datetime(2026, 11, 24, tzinfo=UTC))
    states = rows_of(settings, STATES)
    assert states["rln_audit_2026_10_05"]["status"] == "closed"
    assert states["rln_audit_2026_11_24"]["status"] == "not_done"
    assert path.read_text() == typed


def test_work_that_is_not_in_a_milestone_is_counted_only(settings: Settings, server: LocalServer) -> None:
    server.answers[ISSUES] = [page([issue(400), issue(401, "closed", milestone={"title": "m", "due_on": None})])]
    outcome = refresh(settings, server)
    assert outcome.verdicts.accepted == []
    assert outcome.verdicts.untracked == [f"{PAGE}/400", f"{PAGE}/401"]


def test_only_check_writes_nothing(settings: Settings, server: LocalServer) -> None:
    assert len(refresh(settings, server, only_check=True).verdicts.accepted) == 3
    assert not settings.state_dir.exists()


# ---------------------------------------------------------------- how GitHub is asked


def test_all_pages_are_asked_for_with_the_token_in_the_header_only(settings: Settings, server: LocalServer) -> None:
    pages = {
        "state=all&per_page=100": page([AUDIT_DONE], f"{server.url}/repositories/7/issues?state=all&page=2"),
        "state=all&page=2": page([NEW_WORK]),
    }
    server.answers[ISSUES] = server.answers["/repositories/7/issues"] = lambda asked: pages[asked.query]
    assert len(refresh(settings, server).verdicts.accepted) == 3
    assert [asked.path for asked in server.asked] == [ISSUES, "/repositories/7/issues", MILESTONES]
    for asked in server.asked:
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["accept"] == "application/vnd.github+json"
        assert TOKEN not in asked.path + asked.query
    kept = "".join(path.read_text() for path in settings.state_dir.rglob("*") if path.is_file())
    assert TOKEN not in kept


def test_a_token_is_optional(settings: Settings, server: LocalServer) -> None:
    assert refresh(settings, server, token="").state == "refreshed"
    assert "authorization" not in server.asked[0].headers


def test_what_has_not_changed_is_not_sent_again(settings: Settings, server: LocalServer) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"a1"':
            return Answer(status=304)
        return page([issue(257), issue(350)], etag='"a1"')

    server.answers[ISSUES] = answer
    assert refresh(settings, server).verdicts.unchanged == 2  # the audit is not done, which an open issue agrees with
    again = refresh(settings, server)
    assert (again.state, again.verdicts.unchanged) == ("refreshed", 2)
    assert [asked.headers.get("if-none-match") for asked in server.asked if asked.path == ISSUES] == [None, '"a1"']


def test_pages_that_were_not_kept_whole_are_asked_for_again(settings: Settings, server: LocalServer) -> None:
    refresh(settings, server)
    path = pages_path(settings.local_pack(LIVE_ROADMAP))
    path.write_text(path.read_text()[:50])
    assert refresh(settings, server).state == "refreshed"


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_that_is_down_for_a_moment_is_asked_again(
    settings: Settings, server: LocalServer, status: int
) -> None:
    server.answers[ISSUES] = [Answer(status=status), page([AUDIT_DONE])]
    assert len(refresh(settings, server).verdicts.accepted) == 1


RESET = f"{NOW.timestamp() + 900:.0f}"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            page({"message": "Not Found"}),
            "the list of issues of waku-org/pm is no list; the interface may have changed",
        ),
        (
            Answer(b"<html>", headers={"content-type": "application/json"}),
            "the list of issues of waku-org/pm is not JSON (starts with '<html>'), expected a JSON document",
        ),
        (
            Answer(b"[]", headers={"content-type": "text/html"}),
            "the answer of 127.0.0.1 calls itself 'text/html', expected 'application/json'",
        ),
        (page([issue(1)], "https://evil.example/issues"), "continues on another host, which is not followed"),
        (page([issue(1)], f"http://127.0.0.1:1{ISSUES}"), "continues on another host, which is not followed"),
        (
            Answer(status=301, headers={"location": "https://api.github.com/repositories/7/issues"}),
            "127.0.0.1 answers 301: it has moved for good, which is not followed; look for its new address",
        ),
        (Answer(status=302, headers={"location": "http://evil.example"}), "127.0.0.1 answers 302"),
        (Answer(status=401), "127.0.0.1 answers 401: the token is missing or wrong"),
        (Answer(status=404), "127.0.0.1 answers 404: the address is no longer there"),
        (Answer(status=304), "127.0.0.1 answers 304"),
        (Answer(status=503), "127.0.0.1 answers 503, 2 times in a row"),
        (
            Answer(status=403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}),
            "127.0.0.1 answers 403 and asks to wait 900 s",
        ),
        (Answer(status=429, headers={"retry-after": "120"}), "127.0.0.1 answers 429 and asks to wait 120 s"),
        (page([issue(n) for n in range(1, 102)]), "has 101 on one page, expected at most 100"),
        (page([issue(1, title="x" * 70_000)]), "the answer of 127.0.0.1 has more than 65,536 bytes"),
        (page([issue(1, "merged")]), "an issue or milestone is neither open nor closed; the interface may have"),
        (
            page([issue(1, "closed", closed_at="2026-12-24T00:00:00Z")]),
            "an issue or milestone was closed on 2026-12-24, which lies in the future",
        ),
        (page([{"title": "no number"}]), "the answer has another shape than expected (TypeError)"),
        (page([7]), "the answer has another shape than expected (TypeError)"),
        (page([issue(1, "closed", closed_at="yesterday")]), "the answer has another shape than expected (ValueError)"),
        (page([issue(1, title="\x07 ")]), "the answer has another shape than expected (ValueError)"),
    ],
)
def test_a_server_that_lies_or_refuses_changes_nothing_and_is_named(
    settings: Settings, server: LocalServer, capsys: pytest.CaptureFixture[str], answer: Answer, message: str
) -> None:
    refresh(settings, server)
    before = (rows_of(settings, STATES), rows_of(settings, DELIVERABLES))
    pages_path(settings.local_pack(LIVE_ROADMAP)).unlink()
    server.answers[ISSUES] = [answer]
    outcome = refresh(settings, server, limits=Limits(attempts=2, document_bytes=65_536))
    assert (outcome.state, outcome.verdicts.accepted) == ("failed", ())
    assert message in outcome.message
    assert tell([outcome], only_check=False, as_json=False) == 1
    assert "what was known stays" in capsys.readouterr().out
    assert (rows_of(settings, STATES), rows_of(settings, DELIVERABLES)) == before
    assert any(message in line for line in price_lines(price_state(settings)))
    assert TOKEN not in outcome.message
    assert not [asked for asked in server.asked if "evil" in asked.path]


def test_pages_that_never_end_are_given_up(settings: Settings, server: LocalServer) -> None:
    def further(asked: Asked) -> Answer:
        return page([issue(1)], f"{server.url}{ISSUES}?page={len(server.asked) + 1}")

    server.answers[ISSUES] = further
    message = f"the list of issues of waku-org/pm has more than {MOST_PAGES} pages of 100, which are not read"
    assert refresh(settings, server).message == message
    assert len(server.asked) == MOST_PAGES


def test_pages_in_a_circle_are_given_up(settings: Settings, server: LocalServer) -> None:
    server.answers[ISSUES] = [page([issue(1)], f"{server.url}{ISSUES}?state=all&per_page=100")]
    assert refresh(settings, server).message.startswith("the list of issues of waku-org/pm goes round in a circle")


@pytest.mark.parametrize(
    "repository", ["waku-org", "waku-org/", "waku-org/..", "a/b/c", "https://github.com/a/b", "a b/c"]
)
def test_a_setting_that_names_no_repository_is_refused(
    settings: Settings, server: LocalServer, repository: str
) -> None:
    outcome = refresh(settings, server, repository=repository)
    assert outcome.message == (
        "WAKU_FIT_ROADMAP_REPOSITORY does not name a repository; expected one such as waku-org/pm"
    )
    assert server.asked == []


def test_github_is_not_asked_unless_a_repository_is_named(settings: Settings) -> None:
    with HttpClient() as client:
        (outcome,) = refresh_evidence(settings, (), True, client, lambda: NOW, {}, [ROADMAP])  # noqa: FBT003
        assert (outcome.state, outcome.message) == ("skipped", "WAKU_FIT_ROADMAP_REPOSITORY is not set")
        with pytest.raises(UserError, match="github cannot be asked: WAKU_FIT_ROADMAP_REPOSITORY is not set in the"):
            refresh_evidence(settings, ["github"], True, client, lambda: NOW, {}, [ROADMAP])  # noqa: FBT003


def test_the_dagster_asset_adds_rows_and_warns_but_does_not_fail(
    settings: Settings, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKU_FIT_ROADMAP_REPOSITORY", "waku-org/pm")
    server.answers[MILESTONES] = [Answer(status=404)]
    resource = EvidenceResource(evidence_dir=str(settings.evidence_dir), state_dir=str(settings.state_dir))

    def made() -> tuple[Any, Any]:
        listed = (Listed("github", lambda *_: GitHub("waku-org/pm", TOKEN, server.url)),)
        live = live_asset(keys.LIVE_ROADMAP, replace(ROADMAP, sources=listed), "The roadmap", CHECK)
        result = dg.materialize([live], resources={"evidence": resource})
        assert result.success
        (check,), (row,) = (
            result.get_asset_check_evaluations(),
            result.asset_materializations_for_node("evidence__live_roadmap"),
        )
        return check, row.metadata

    check, metadata = made()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert metadata["rows_added"].value == 0
    assert TOKEN not in str(metadata) + str(check)
    server.answers[MILESTONES] = [page([])]
    check, metadata = made()
    assert check.passed
    assert metadata["rows_added"].value == 3


@pytest.mark.parametrize(
    ("values", "due_on", "status"),
    [
        ({}, None, "not_done"),
        ({}, "2026-11-23T00:00:00Z", "not_done"),
        ({}, "2026-11-22T23:00:00Z", "late"),
        ({"state": "closed", "state_reason": None}, "2026-11-22T23:00:00Z", "closed"),
        ({"state": "closed", "state_reason": "completed"}, None, "closed"),
        ({"state": "closed", "state_reason": "not_planned"}, None, "dropped"),
        ({"state": "closed", "state_reason": "duplicate"}, None, "superseded"),
    ],
)
def test_what_github_says_in_our_words(
    server: LocalServer, values: dict[str, Any], due_on: str | None, status: str
) -> None:
    server.answers[ISSUES] = [page([issue(1, **values, milestone={"title": "M", "due_on": due_on})])]
    server.answers[MILESTONES] = [page([])]
    with HttpClient() as client:
        (said,) = GitHub("waku-org/pm", base_url=server.url).observations(client, lambda: NOW)
    assert (said.status, said.milestone) == (status, "M")
