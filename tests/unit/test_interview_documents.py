"""Interviews as documents: their parts become rows, mistakes have their line, questions name no product.

Belongs here: documents with lists. Does not belong here: identities (`test_identities.py`), sheets.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.interviews import Question
from tests.unit.interview_packs import INTERVIEW, SESSION, read, write_pack


def problems(tmp_path: Path, old: str, new: str, document: str = INTERVIEW) -> list[str]:
    assert old in document
    changed = document.replace(old, new)
    pack = write_pack(tmp_path / "mine", **({"interview": changed} if document is INTERVIEW else {"session": changed}))
    return [str(problem).removeprefix("mine/interviews/") for problem in read(pack).problems]


def test_an_interview_becomes_rows_that_know_their_line(tmp_path: Path) -> None:
    evidence = read(write_pack(tmp_path / "mine"))
    assert evidence.problems == []
    rows = {
        key: [(r.row.id, r.line) for r in evidence.records[f"interviews__{key}"] if r.pack == "mine"]
        for key in ("interviews", "answers", "findings", "sessions")
    }
    assert rows == {
        "interviews": [("p01", 1)],
        "answers": [("p01_current_problems", 9)],
        "findings": [("p01_1", 11), ("p01_2", 19)],
        "sessions": [("s01", 1)],
    }


def test_an_entry_has_what_its_document_says(tmp_path: Path) -> None:
    evidence = read(write_pack(tmp_path / "mine"))
    answer = evidence.records["interviews__answers"][0].row.model_dump()
    assert (answer["question_id"], answer["interview_id"], answer["consent"]) == (
        "core_v1_current_problems",
        "p01",
        "quote",
    )
    finding = evidence.records["interviews__findings"][0].row.model_dump()
    assert (finding["finding_no"], finding["segment_id"], str(finding["grade"])) == (1, "gaming", "published")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    strength: strong\n", "", "p01.yaml:11: strength: has no value; expected one of weak"),
        ("strength: strong", "strength: very", "p01.yaml:12: strength: the value is not allowed"),
        ("tag: latency", "tag: latencies", "p01.yaml:11: tag: the value is not a known id"),
        ("  current_problems", "  current_problem", "p01.yaml:9: question_id: the value is not a known id"),
        ("    importance: 9", "    importance: 11", "p01.yaml:17: importance: the value is out of range"),
        ("    importance: 9", "    segment_id: gaming", "p01.yaml:17: segment_id: is set by the document"),
        ("    relation: contradicts\n", "", "p01.yaml:11: relation goes with usp_id, problem_id or both"),
        ("  - tag: no_need\n    strength: weak", "  - no need", "p01.yaml:19: findings: an entry is not"),
        ("  - tag: no_need\n    strength: weak", "  -", "p01.yaml:19: findings: an entry is blank"),
        ("segment_id: gaming", "segment_id: games", "p01.yaml:2: segment_id: the value is not a known id"),
        ("interviewed_on: 2026-11-02", "interviewed_on: 2027-11-02", "p01.yaml:4: interviewed_on: the value"),
        (
            "consent: quote", "consent: quote\nconsent_withdrawn_on: 2026-11-01",
            "p01.yaml:7: consent_withdrawn_on: the day is before interviewed_on; expected that day or a later one",
        ),
        ("id: p01", "id: p_gaming_1", "the id names the segment or the role"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line(old: str, new: str, found: str, tmp_path: Path) -> None:
    assert any(found in problem for problem in problems(tmp_path, old, new))


def test_a_mistake_of_the_document_is_said_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "as_of: 2026-11-02", "as_of: yesterday")) == 1


def test_a_reference_that_entries_inherit_is_looked_up_once(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "segment_id: gaming", "segment_id: wallets")
    assert found.startswith("interviews/p01.yaml:2: segment_id: the value is not a known id; expected one of activism_")
    assert found.endswith('zk_identity; did you mean "wallets_connectivity"?')
    (found,) = problems(tmp_path / "2", "question_set_id: core_v1", "question_set_id: core_v7")
    assert ": question_set_id: the value is not a known id; expected one of core_v1" in found


def test_an_answer_does_not_end_at_a_hash(tmp_path: Path) -> None:
    old = "  current_problems: "
    (found,) = problems(tmp_path, old, f"{old}Number #1 is ")
    assert found.startswith("interviews/p01.yaml:9: answer: the text ends before the #: the ")


def test_a_session_has_a_stage_that_is_known(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "solution_design", "thinking", SESSION)
    assert "commitment_stage: the value is not allowed; expected one of initial_discussion, solution_design" in found


QUESTION = {
    "id": "core_v9_need", "question_set_id": "core_v9", "question": "need", "source": "ours", "as_of": "2026-11-02",
    "as_of_basis": "observed", "grade": "published",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What do you think of js-waku?", "waku"),
        ("Is RLN too dear for your users?", "RLN"),
        ("Would you use TWN in production?", "TWN"),
        ("Do you know Status?", "Status"),
        ("Would an app like Nimbus help?", "Nimbus"),
        ("Have you read what Vac publishes?", "Vac"),
        ("Vac publishes research: have you read it?", "Vac"),
        ("Do you run libp2p today?", "libp2p"),
        ("Would you pay for a store node?", "store node"),
        ("How often do you call the filter protocol?", "filter protocol"),
        ("Do you use Store for what was missed?", "Store"),
        ("What is missing in light push?", "light push"),
    ],
)
def test_a_question_that_names_a_product_is_refused(text: str, name: str) -> None:
    with pytest.raises(ValidationError, match=f"the question names {name};"):
        Question.model_validate({**QUESTION, "text": text})


@pytest.mark.parametrize(
    "text",
    [
        "Where do you store messages, and how do you filter them?",
        "Do you run a relay yourself?",
        "Who relays a message when the other side is offline?",
        "What is the status of that today?",
        "Status updates: how do your users get them?",
        "Store or forget: what happens to a message that nobody fetched?",
        "Which logos would you show on that page?",
    ],
)
def test_plain_words_are_no_products(text: str) -> None:
    assert Question.model_validate({**QUESTION, "text": text}).text == text


def test_what_people_said_is_marked_as_such() -> None:
    personal = {key for key, table in TABLES_BY_KEY.items() if table.is_personal}
    interviews = {f"interviews__{name}" for name in ("interviews", "answers", "findings", "sessions", "signals")}
    assert personal == interviews | {"segments__organisations"}


def test_every_problem_and_every_tag_that_signals_use_is_there(tmp_path: Path) -> None:
    evidence = read(write_pack(tmp_path / "mine"))
    signals = [record.row.model_dump() for record in evidence.records["interviews__signals"]]
    assert len(signals) == 23
    assert {signal["relation"] for signal in signals} == {"supports", "contradicts", None}
    assert len({(signal["source"], signal["tag"], signal["relation"], signal["usp_id"]) for signal in signals}) == 23
