"""What people said goes as far as they agreed to, and who they are goes nowhere: the chain with a private pack."""

import csv
import hashlib
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import dagster as dg
import psycopg
import pytest
import yaml
from dagster_shared.serdes import serialize_value

from assets.common import keys
from assets.reports.page.menu import PAGES
from assets.reports.release.publish import TABLES as RELEASED_FILES
from orchestration.commands.run import run_config
from orchestration.definitions import build_definitions
from orchestration.instance import prepare_home
from orchestration.settings import Settings
from orchestration.staleness.fingerprints import Request
from orchestration.warehouse.connection import connect, open_warehouse
from tests.integration import forked
from tests.integration.chain import Chain
from tests.unit.interview_packs import INTERVIEW, SESSION
from tests.unit.page import everything_in
from tests.unit.people import PEOPLE

AGREED = "purple walrus weather"
NO_QUOTE = "zorblaxian kettles hum"
NOTHING = "quibberish lanterns drift"
LEAVING = "crumpled teapots sing"
"""What is said with consent to quote, to summarise only, to nothing, and by one whose file is removed later. No word of
it is a name."""

FOUND = "this may tell who somebody is"


def load_through_dagster() -> None:
    """Load interviews in the environment's project; exit code 3 if that fails."""
    settings = Settings.from_environment()
    with dg.DagsterInstance.from_config(str(prepare_home(settings.dagster_home))) as instance:
        job = build_definitions(settings).resolve_job_def(keys.JOB)
        selection = [keys.raw_key("interviews__interviews")]
        config = run_config(settings, Request(packs=settings.packs, as_of=None))
        done = job.execute_in_process(
            run_config=config, instance=instance, raise_on_error=False, asset_selection=selection
        )
        raise SystemExit(0 if done.success else 3)


def interview(code: str, consent: str, said: str) -> str:
    text = INTERVIEW.replace("id: p01", f"id: {code}").replace("consent: quote", f"consent: {consent}")
    text = text.replace("Servers cost too much after a release.", f"They told us that {said} every day.")
    return text.replace("fifty milliseconds or nothing", f"{said} at night") + f"note: it seems that {said}\n"


@pytest.fixture(scope="module")
def private(chain: Chain) -> Chain:
    """A team with the public evidence and a pack `ours`, after a run: four interviews and a session."""
    chain = replace(chain, packs=f"public:{chain.root / 'ours'}")
    write(chain, "interviews/p01", interview("p01", "quote", AGREED))
    # with consent to a summary the note may be used, but not the quote
    summary = interview("p02", "summary", NO_QUOTE).replace(f"They told us that {NO_QUOTE} every day.", "Costs.")
    write(chain, "interviews/p02", summary.replace(f"note: it seems that {NO_QUOTE}\n", ""))
    nothing = interview("p03", "none", NOTHING).replace("notes of the interview", f"notes that {NOTHING}")
    write(chain, "interviews/p03", nothing)
    write(chain, "interviews/p04", interview("p04", "quote", LEAVING))
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


def content_of(path: Path) -> bytes:
    """What is in a file; of a page and of a workbook also what is packed."""
    if path.suffix != ".xlsx":
        return everything_in(path)
    with zipfile.ZipFile(path) as parts:
        return b"".join(map(parts.read, parts.namelist()))


def files_of(chain: Chain) -> dict[str, bytes]:
    """All files in small letters, but those of the pack itself and those of the database, which is read by table.

    Of pages, what is packed into them is read as well.
    """
    outside = ("ours", "postgres", "evidence")
    return {
        str(path.relative_to(chain.root)): content_of(path).lower()
        for path in chain.root.rglob("*")
        if path.is_file() and path.relative_to(chain.root).parts[0] not in outside and "postgres" not in path.parts
    }


def files_with(chain: Chain, text: str) -> list[str]:
    return [name for name, content in files_of(chain).items() if text.lower().encode() in content]


def history_of(chain: Chain) -> str:
    """All that Dagster keeps, in small letters: events with metadata and errors, runs with tags and configuration.

    In its files other letters than those of ASCII are written as numbers, so that no search of the files finds them.
    """
    with dg.DagsterInstance.from_config(str(prepare_home(chain.root / "state" / "dagster"))) as instance:
        runs = instance.get_runs()
        kept = [*runs, *(entry for run in runs for entry in instance.all_logs(run.run_id))]
        return "\n".join(json.dumps(json.loads(serialize_value(k)), ensure_ascii=False) for k in kept).lower()


def tables_with(chain: Chain, text: str) -> list[str]:
    """Tables and views, of all schemas, that hold a text in any row."""
    with (
        open_warehouse(chain.database_url or None, chain.root / "state") as database,
        connect(database.url) as connection,
    ):
        return [f"{s}.{t}" for s, t in _tables(connection) if _holds(connection, s, t, text)]


def rows_of(chain: Chain) -> str:
    """All rows of all tables and views, of all schemas, in small letters."""
    with (
        open_warehouse(chain.database_url or None, chain.root / "state") as database,
        connect(database.url) as connection,
    ):
        queries = [
            psycopg.sql.SQL("select lower(r::text) from {} as r").format(psycopg.sql.Identifier(schema, table))
            for schema, table in _tables(connection)
        ]
        return "\n".join(row for query in queries for (row,) in connection.execute(query))


def _tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "select table_schema, table_name from information_schema.tables"
        " where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
    ).fetchall()


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


def test_no_brief_holds_what_was_said_though_it_may_be_quoted(private: Chain) -> None:
    briefs = {path.name: path.read_text(encoding="utf-8") for path in (private.latest / "briefs").glob("*.md")}
    assert {"mvp.md", "segment-gaming.md", "integration-status.md"} <= set(briefs)
    for said in (AGREED, NO_QUOTE, NOTHING, LEAVING):
        assert [name for name, text in briefs.items() if said in text] == []


def test_interviews_and_sessions_of_a_pack_count(private: Chain) -> None:
    # two and one are on public record, and were reported before these were held
    assert private.gate("interviews")["value"] == 6
    assert private.gate("codesign")["value"] == 2


def test_diff_names_new_interviews(private: Chain) -> None:
    added = {row["evidence_id"] for row in json.loads(private.waku_fit("diff", "--json").stdout)["evidence"]["added"]}
    assert {f"interviews__interviews/{code}" for code in ("p01", "p02", "p03", "p04")} <= added
    assert {name.partition("/")[0] for name in added if "/p01" in name} == {
        "interviews__interviews", "interviews__answers", "interviews__findings"
    }  # fmt: skip
    assert {name for name in added if "/p03" in name} == {"interviews__interviews/p03"}, "p03 agreed to nothing"


def test_days_and_small_groups_are_not_published(private: Chain) -> None:
    index = (private.latest / "data" / "evidence_index.csv").read_text()
    (row,) = (line for line in index.splitlines() if line.startswith("interviews__interviews/p01,"))
    assert "2026-11-02" not in row
    counts = (private.latest / "data" / "interview_counts.csv").read_text().splitlines()
    assert sorted(line.split(",")[:4] for line in counts[1:]) == [
        ["role_class", "product", "false", "4"],
        ["segment", "gaming", "false", "4"],
    ]


def test_no_published_hash_can_be_tried_out(private: Chain) -> None:
    # Segment, role, channel, day and consent of p03 are a few million combinations: each could be hashed and compared.
    with (
        open_warehouse(private.database_url or None, private.root / "state") as database,
        connect(database.url) as connection,
    ):
        (row,) = connection.execute(
            "select jsonb_strip_nulls(to_jsonb(said) - array['pack', 'file', 'line'])::text"
            " from staging.stg_interviews__interviews as said where interview_id = 'p03'"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set role waku_fit_reader; select content_key from raw.evidence_scope")
    (published,) = (row for row in table(private, "evidence_index") if row["evidence_id"].endswith("interviews/p03"))
    hashes = {hashlib.new(name, row.encode()).hexdigest() for name in ("md5", "sha1", "sha256")}
    assert re.fullmatch(r"[0-9a-f]{64}", published["content_hash"])
    assert published["content_hash"] not in hashes
    assert published["source"] == "not published"


def test_the_manifest_has_no_plain_hash_of_what_people_said(private: Chain) -> None:
    with dg.DagsterInstance.from_config(str(prepare_home(private.root / "state" / "dagster"))) as instance:
        loaded = instance.get_latest_materialization_event(keys.raw_key("interviews__interviews"))
    version = loaded.asset_materialization.tags["dagster/data_version"]
    assert private.manifest["evidence"]["interviews__interviews"] != version


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
            done = forked.call({**private.environment, "WAKU_FIT_PACKS": packs}, load_through_dagster)
            assert done.returncode == 3, done.stdout + done.stderr
        else:
            done = private.waku_fit(way, "--pack", str(private.root / "ours"))
            assert done.returncode == 1
        said = (done.stdout + done.stderr).lower()
        assert said.count(FOUND) >= 50 or way == "dagster"
        files, rows, history = files_of(private), rows_of(private), history_of(private)
        # what is looked through is not empty: these hold what is not secret
        assert any(name.startswith("state/releases/") for name, content in files.items() if AGREED.encode() in content)
        assert any(name.startswith("state/logs/") for name in files)
        assert AGREED in rows
        assert "load_evidence" in history
        assert FOUND in history or way != "dagster"
        for person in map(str.lower, PEOPLE):
            assert person not in said
            assert [name for name, content in files.items() if person.encode() in content] == [], person
            assert person not in rows
            assert person not in history
        assert private.latest.resolve() == before
    finally:
        for path in folder.glob("q*.yaml"):
            path.unlink()


def test_a_withdrawn_consent_takes_the_content_out_of_every_release_in_one_run(private: Chain) -> None:
    old = private.latest.resolve()
    quoting = private.waku_fit("decide", "--role", "product lead", "--reason", f"They said: {AGREED} at night.")
    assert quoting.returncode == 0, quoting.stdout + quoting.stderr
    board = (old / "board.pdf").read_bytes()
    for text in (AGREED, LEAVING):
        assert any(name.startswith(f"state/releases/{old.name}/") for name in files_with(private, text))
    # answers, findings and note may be deleted in the same step
    whole = interview("p01", "quote", AGREED)
    withdrawn = whole[: whole.index("answers:")] + whole[whole.index("source:") : whole.index("note:")]
    withdrawn = withdrawn.replace("consent: quote", "consent: quote\nconsent_withdrawn_on: 2026-11-20")
    write(private, "interviews/p01", withdrawn)
    (private.root / "ours" / "interviews" / "interviews" / "p04.yaml").unlink()
    done = run(private)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no longer agree to, or what is gone from a pack, was taken out of 1 earlier release for good" in done.stdout
    assert private.latest.resolve() != old
    assert old.is_dir()
    assert {path.name for path in old.iterdir()} == {
        *PAGES,
        "board.pdf",
        "whitepaper.pdf",
        "milestones",
        "documents",
        "readiness.json",
        "manifest.json",
        "SHA256SUMS",
        "decisions.jsonl",
        "briefs",
        "data",
    }
    assert "were taken back" not in (old / "index.html").read_text()
    # it counts those who spoke about each selling point
    assert (old / "board.pdf").read_bytes() != board
    for text in (AGREED, LEAVING):
        assert files_with(private, text) == []
        assert tables_with(private, text) == []
    assert [note["reason"] for note in private.readiness["notes"]] == [None]
    # three interviews had scored the problem: beside the one that stays, the mean would tell the others
    assert (old / "data" / "opportunities.csv").read_text().count("\n") == 1
    assert private.gate("interviews")["value"] == 5
    # what it moved is attributed to it, though nothing of it is left to compare with
    assert json.loads((old / "manifest.json").read_text())["cleaned_by"] == private.manifest["release_id"]
    assert "cleaned_by" not in private.manifest
    told = private.waku_fit("diff").stdout
    gone = ("interviews__interviews/p01", "interviews__interviews/p04")
    assert f"  Withdrawn, or gone from its pack: {', '.join(gone)}\n" in told
    assert f"    what followed from these conversations was taken out of {old.name} as well\n" in told
    assert f"because of the withdrawal of {gone[0]}, the withdrawal of {gone[1]} -1" in told


# Cells that are alone in their group, so that pooling tells nothing of them. By itself a cell has the mean and the
# variance of a uniform share for its prior, so a weight w in favour gives Beta(1 + w, 1): mean (1 + w) / (2 + w), above
# one half 1 - (1/2)^(1 + w); against it the mirror image. The prior is not quite uniform: two digits are by hand.
CLOSE = 0.005


def test_released_posteriors_are_those_by_hand(published: Chain) -> None:
    # one strong signal for it: 0.5, so Beta(1.5, 1): 1.5 / 2.5 and 1 - 0.354
    assert cell(published, "gasless", "coordination_costs_gas", "decentralised_indexers") == (
        pytest.approx((0.6, 0.646), abs=CLOSE)
    )
    # one strong signal against it: Beta(1, 1.5)
    assert cell(published, "e2e_reliability", "delivery_unknown", "private_messaging") == (
        pytest.approx((0.4, 0.354), abs=CLOSE)
    )
    # a medium signal against it, estimated: 0.5 * 2/3 * 0.5 = 1/6, so Beta(1, 7/6): 6/13
    assert cell(published, "peer_connection_signalling", "peers_cannot_find_each_other", "gaming") == (
        pytest.approx((0.462, 0.445), abs=CLOSE)
    )


@pytest.fixture(scope="module")
def sampled(private: Chain) -> Chain:
    """The same project after a look at the sample, of which the release is read."""
    look = replace(private, packs="public", line="sample")
    done = look.waku_fit("run", "--pack", "sample")
    assert done.returncode == 0, done.stdout + done.stderr
    return look


def test_made_up_interviews_are_marked_and_pass_no_gate(sampled: Chain) -> None:
    assert "This release holds illustrative data" in (sampled.latest / "index.html").read_text()
    assert sampled.manifest["packs"] == ["public", "sample"]
    gate = sampled.gate("interviews")
    assert (gate["value"], gate["status"], gate["illustrative_count"]) == (2, "fail", 14)
    assert sampled.gate("codesign")["value"] == 1
    held = (sampled.latest / "data" / "conversations_held.csv").read_text()
    assert "interview,true,14,14,6,7,illustrative" in held


def test_released_posteriors_of_the_sample_are_those_by_hand(sampled: Chain) -> None:
    # a strong finding of a made-up interview for it: 0.5, so Beta(1.5, 1)
    assert cell(sampled, "service_marketplace_usp", "own_infrastructure_costs", "defi_private_relayers") == (
        pytest.approx((0.6, 0.646), abs=CLOSE)
    )
    # a medium one against it: 2/3 * 0.5 = 1/3, so Beta(1, 4/3): 3/7 and (1/2)^(4/3)
    assert cell(sampled, "shared_network_no_infra", "own_infrastructure_costs", "defi_private_relayers") == (
        pytest.approx((0.429, 0.397), abs=CLOSE)
    )
    # a medium one of a problem that no USP is named for, from a segment that is not told: Beta(4/3, 1)
    assert cell(sampled, "", "bills_per_message", "other") == pytest.approx((0.571, 0.603), abs=CLOSE)


def test_with_the_sample_every_view_of_the_market_fills_and_is_marked(sampled: Chain) -> None:
    for name in (
        "findings", "interview_counts", "conversations_held", "segment_capture", "segment_profiles", "usp_claims",
        "themes", "opportunities", "saturation", "segment_ranking", "segment_criteria",
        "validation_matrix", "validation_summary", "validation_findings",
    ):  # fmt: skip
        assert table(sampled, name), name
    said = [row for row in table(sampled, "findings") if row["kind"] == "interview"]
    assert {row["grade"] for row in said} == {"illustrative"}
    assert {row["segment_id"] for row in said} == {"defi_private_relayers", "private_messaging", "other"}
    assert sorted(
        tuple(row.values())[:4] for row in table(sampled, "interview_counts") if row["attribute"] == "segment"
    ) == [
        ("segment", "defi_private_relayers", "true", "5"),
        ("segment", "other", "true", "6"),
        ("segment", "private_messaging", "true", "3"),
    ]
    pages = list(sampled.latest.rglob("*.html"))
    assert pages
    assert all("This release holds illustrative data" in page.read_text() for page in pages)


def test_with_the_sample_the_outline_has_a_runner_up_and_a_margin(sampled: Chain) -> None:
    (outline,) = [row for row in table(sampled, "mvp_outline") if row["outline"] == "validated"]
    assert outline["usps"] == "censorship_resistant;private_metadata"
    assert outline["segments"] == "defi_private_relayers"
    assert outline["runner_up_usps"] == "censorship_resistant"
    assert float(outline["margin"]) == pytest.approx(float(outline["value"]) - float(outline["runner_up_value"]))
    assert 0 < float(outline["margin"]) < float(outline["value"])
    assert 0 < float(outline["win_share"]) < 1
    assert outline["grade"] == "illustrative"
    assert "sample_p14_2" in outline["evidence_ids"]
    chosen = [row for row in table(sampled, "mvp_usps") if row["outline"] == "validated"]
    assert {row["usp_id"]: row["is_chosen"] for row in chosen} == {
        "censorship_resistant": "true",
        "private_metadata": "true",
    }
    needed = {row["deliverable_id"] for row in table(sampled, "mvp_gaps") if "validated" in row["outlines"].split(";")}
    assert needed == {"mixnet_poc", "nodejs_sdk"}
    brief = (sampled.latest / "briefs" / "mvp.md").read_text()
    assert brief.startswith("> **This text holds made-up data.")
    assert "The selling points above are confirmed by what projects told us." in brief


def test_no_attribute_of_the_published_sample_is_told_of_fewer_than_three_interviews(sampled: Chain) -> None:
    # What a reader can find out: every row of every file that names interviews, or rows of them, and says one thing
    # that holds for all whom it names. All that is stated of an interview must hold for three of them.
    folder = sampled.root / "evidence" / "sample" / "interviews" / "interviews"
    documents = [yaml.safe_load(path.read_text()) for path in folder.glob("*.yaml")]
    attributes = {document["id"]: attributes_of(document) for document in documents}
    assert len(attributes) == 14
    told: dict[str, set[str]] = {code: set() for code in attributes}
    # a cell of the matrix is based on all that was said in its group, in whatever segment
    for name in RELEASED_FILES.keys() - {"validation_matrix"}:
        for row in table(sampled, name):
            named = {code for code in attributes if re.search(rf"\b{code}(_|\b)", ";".join(row.values()))}
            said = {
                part for column, cell in row.items() if column != "evidence_ids" for part in re.split(r"[;/ ]", cell)
            }
            for code in named:
                told[code] |= said.intersection(*(attributes[other] for other in named))
    assert any(told.values())
    for code, of_one in told.items():
        alike = [other for other in attributes if of_one <= attributes[other]]
        assert len(alike) >= 3, (code, of_one)


def cell(chain: Chain, usp: str, problem: str, segment: str) -> tuple[float, float]:
    """Mean and probability of more than one half."""
    (row,) = (
        row
        for row in table(chain, "validation_matrix")
        if (row["usp_id"], row["problem_id"], row["segment_id"]) == (usp, problem, segment)
    )
    return float(row["posterior_mean"]), float(row["probability_above_half"])


def attributes_of(document: dict[str, object]) -> set[str]:
    day = str(document["interviewed_on"])
    return {str(document[name]) for name in ("segment_id", "role_class", "channel")} | {day, day[:7]}


def table(chain: Chain, name: str) -> list[dict[str, str]]:
    with (chain.latest / "data" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))
