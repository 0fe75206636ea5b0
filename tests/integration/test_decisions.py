"""The log of decisions through the whole chain: each release notes its verdicts, and shows what people said."""

from __future__ import annotations

import json

from tests.integration.chain import Chain

SAID = ("decide", "--role", "product lead", "--reason", "The pilot may start with two segments.", "--verdict", "ready")


def test_decisions_follow_the_releases(chain: Chain) -> None:
    first = chain.manifest
    listed = json.loads(chain.waku_fit("decisions", "--json").stdout)
    assert {line["about"]["milestone_id"]: line["about"]["verdict"] for line in listed} == {
        "demonstrate_product_market_fit": "not_ready",
        "rln_mainnet": "not_ready",
        "acquire_first_10_customers": "not_ready",
    }
    assert {line["about"]["release_id"] for line in listed} == {first["release_id"]}
    assert {line["about"]["evidence_hash"] for line in listed} == {first["evidence_hash"]}

    decided = chain.waku_fit(*SAID)
    assert decided.returncode == 0, decided.stderr
    assert chain.manifest == first
    assert (chain.readiness["verdict"], chain.readiness["override"]["decided"]) == ("not_ready", "ready")
    status = chain.waku_fit("status").stdout
    assert "Verdict: NOT READY." in status
    assert "Decided otherwise: READY, by product lead on " in status

    # what people say is nothing that a release is made from
    assert "Nothing changed" in chain.waku_fit("run").stdout

    chain.report_held(9)
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stderr
    assert "Decided otherwise: READY" in done.stdout
    page = (chain.latest / "index.html").read_text(encoding="utf-8")
    assert "the decision was made about release" in page
    assert (chain.latest / "decisions.jsonl").read_text() == (chain.root / "state" / "decisions.jsonl").read_text()
    assert len(json.loads(chain.waku_fit("decisions", "--json").stdout)) == 7


def test_nothing_is_published_over_a_log_that_was_changed(chain: Chain) -> None:
    log = chain.root / "state" / "decisions.jsonl"
    whole = log.read_text(encoding="utf-8")
    log.write_text(whole.replace("two segments", "all segments"), encoding="utf-8")
    before = chain.latest.resolve()
    chain.report_held(8)
    done = chain.waku_fit("run")
    assert done.returncode == 1
    assert "decisions.jsonl:4: this line was changed after it was written" in done.stderr
    assert chain.latest.resolve() == before
    log.write_text(whole, encoding="utf-8")
    assert chain.waku_fit("run").returncode == 0
    assert chain.latest.resolve() != before
