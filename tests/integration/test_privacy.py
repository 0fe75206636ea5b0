"""What people said goes as far as they agreed to, and who they are goes nowhere: the chain with a private pack."""

import subprocess
import sys

import psycopg
import pytest

from orchestration.warehouse.connection import connect, open_warehouse
from tests.integration.chain import PROJECT, Chain
from tests.unit.interview_packs import INTERVIEW, SESSION
from tests.unit.people import PEOPLE

AGREED = "purple walrus weather"
NO_QUOTE = "zorblaxian kettles hum"
NOTHING = "quibberish lanterns drift"
"""What is said with consent to quote, to summarise only, and to nothing. No word of it is a name."""

THROUGH_DAGSTER = """
import dagster as dg
from orchestration import keys
from orchestration.definitions import build_definitions
from orchestration.fast_path import Request
from orchestration.instance import prepare_home
from orchestration.run import run_config
from orchestration.settings import Settings
settings = Settings.from_environment()
with dg.DagsterInstance.from_config(str(prepare_home(settings.dagster_home))) as instance:
    job = build_definitions(settings).resolve_job_def(keys.JOB)
    selection = [keys.raw_key("interviews__interviews")]
    config = run_config(settings, Request(packs=settings.packs, as_of=None))
    done = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False, asset_selection=selection)
    raise SystemExit(3 if not done.success else 0)
"""


def interview(code: str, consent: str, said: str) -> str:
    text = INTERVIEW.replace("id: p01", f"id: {code}").replace("consent: quote", f"consent: {consent}")
    text = text.replace("Servers cost too much after a release.", f"They told us that {said} every day.")
    return text.replace("fifty milliseconds or nothing", f"{said} at night") + f"note: it seems that {said}\n"


@pytest.fixture(scope="module")
def private(chain: Chain) -> Chain:
    """The public evidence and a pack `ours`, after a run: three interviews and a session."""
    write(chain, "interviews/p01", interview("p01", "quote", AGREED))
    # with consent to a summary the note may be used, but not the quote
    summary = interview("p02", "summary", NO_QUOTE).replace(f"They told us that {NO_QUOTE} every day.", "Costs.")
    write(chain, "interviews/p02", summary.replace(f"note: it seems that {NO_QUOTE}\n", ""))
    write(chain, "interviews/p03", interview("p03", "none", NOTHING))
    session = SESSION.replace("consent: summary", "consent: none").replace("state of the players", NOTHING)
    write(chain, "sessions/s01", session.replace("A test was agreed on.", f"Agreed that {NOTHING}."))
    done = run(chain)
    assert done.returncode == 0, done.stdout + done.stderr
    return chain


def write(chain: Chain, name: str, text: str) -> None:
    path = chain.root / "ours" / "interviews" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(chain: Chain) -> subprocess.CompletedProcess[str]:
    return chain.waku_fit("run", "--pack", str(chain.root / "ours"))


def files_with(chain: Chain, text: str) -> list[str]:
    """Files that hold a text, but those of the pack itself and those of the database, which is searched by table."""
    outside = ("ours", "postgres", "evidence")
    return [
        str(path.relative_to(chain.root))
        for path in chain.root.rglob("*")
        if path.is_file() and path.relative_to(chain.root).parts[0] not in outside and "postgres" not in path.parts
        if text.lower().encode() in path.read_bytes().lower()
    ]


def tables_with(chain: Chain, text: str) -> list[str]:
    """Tables and views, of all schemas, that hold a text in any row."""
    with (
        open_warehouse(chain.database_url or None, chain.root / "state") as database,
        connect(database.url) as connection,
    ):
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
        ).fetchall()
        return [f"{s}.{t}" for s, t in names if _holds(connection, s, t, text)]


def _holds(connection: psycopg.Connection, schema: str, table: str, text: str) -> bool:
    name = psycopg.sql.Identifier(schema, table)
    query = psycopg.sql.SQL("select exists (select from {} as r where r::text ilike %s)").format(name)
    row = connection.execute(query, [f"%{text}%"]).fetchone()
    return bool(row and row[0])


def test_what_nobody_agreed_to_stays_in_raw(private: Chain) -> None:
    for text in (NO_QUOTE, NOTHING):
        assert {name.partition(".")[0] for name in tables_with(private, text)} == {"raw"}
        assert files_with(private, text) == []


def test_what_was_agreed_to_is_published(private: Chain) -> None:
    assert "release.evidence_index" in tables_with(private, AGREED)
    assert "staging.stg_interviews__findings" in tables_with(private, AGREED)


def test_interviews_and_sessions_of_a_pack_count(private: Chain) -> None:
    # two and one are on public record, and were reported before these were held
    assert private.gate("interviews")["value"] == 5
    assert private.gate("codesign")["value"] == 2


def test_days_and_small_groups_are_not_published(private: Chain) -> None:
    index = (private.latest / "data" / "evidence_index.csv").read_text()
    (row,) = (line for line in index.splitlines() if line.startswith("interviews__interviews/p01,"))
    assert "2026-11-02" not in row
    counts = (private.latest / "data" / "interview_counts.csv").read_text().splitlines()
    assert sorted(line.split(",")[:4] for line in counts[1:]) == [
        ["role_class", "product", "false", "3"],
        ["segment", "gaming", "false", "3"],
    ]


@pytest.mark.parametrize("way", ["run", "check", "dagster"])
def test_fifty_people_in_a_pack_reach_nothing(private: Chain, way: str) -> None:
    before = private.latest.resolve()
    folder = private.root / "ours" / "interviews" / "interviews"
    for number, person in enumerate(PEOPLE):
        text = INTERVIEW.replace("id: p01", f"id: q{number:02d}")
        old = ("Servers cost too much after a release.", "fifty milliseconds or nothing", "notes of the interview")[
            number % 3
        ]
        (folder / f"q{number:02d}.yaml").write_text(text.replace(old, f'"With {person} there"\n#'), encoding="utf-8")
    try:
        if way == "dagster":
            packs = f"public:{private.root / 'ours'}"
            command = [sys.executable, "-c", THROUGH_DAGSTER]
            environment = {**private.environment, "WAKU_FIT_PACKS": packs}
            done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 3, done.stdout + done.stderr
        else:
            done = private.waku_fit(way, "--pack", str(private.root / "ours"))
            assert done.returncode == 1
        said = (done.stdout + done.stderr).lower()
        assert said.count("this may tell who somebody is") >= 50 or way == "dagster"
        for person in PEOPLE:
            assert person.lower() not in said
            assert files_with(private, person) == [], person
        assert private.latest.resolve() == before
        for person in PEOPLE[::10]:
            assert tables_with(private, person) == []
    finally:
        for path in folder.glob("q*.yaml"):
            path.unlink()


def test_a_withdrawn_consent_takes_the_content_out_of_every_release_in_one_run(private: Chain) -> None:
    old = private.latest.resolve()
    assert any(name.startswith(f"state/releases/{old.name}/") for name in files_with(private, AGREED))
    withdrawn = interview("p01", "quote", AGREED).replace(
        "consent: quote", "consent: quote\nconsent_withdrawn_on: 2026-11-20"
    )
    write(private, "interviews/p01", withdrawn)
    done = run(private)
    assert done.returncode == 0, done.stdout + done.stderr
    assert private.latest.resolve() != old
    assert old.is_dir()
    assert {path.name for path in old.iterdir()} == {"index.html", "readiness.json", "manifest.json", "data"}
    assert files_with(private, AGREED) == []
    assert {name.partition(".")[0] for name in tables_with(private, AGREED)} == {"raw"}
    assert private.gate("interviews")["value"] == 5


def test_made_up_interviews_are_marked_and_pass_no_gate(private: Chain) -> None:
    done = private.waku_fit("run", "--pack", "sample")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This release holds illustrative data" in (private.latest / "index.html").read_text()
    assert private.manifest["packs"] == ["public", "sample"]
    gate = private.gate("interviews")
    assert (gate["value"], gate["status"], gate["illustrative_count"]) == (2, "fail", 12)
    assert private.gate("codesign")["value"] == 1
    held = (private.latest / "data" / "conversations_held.csv").read_text()
    assert "interview,true,12,12,6,7,illustrative" in held
