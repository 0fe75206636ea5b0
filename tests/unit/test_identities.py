"""What may tell who a person is: found wherever it is typed, and never repeated by what is said about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.evidence.packs import OWN_BENCHMARKS
from assets.evidence.parsing import parse_csv
from assets.evidence.read_packs import format_problems
from assets.evidence.tables import TABLES_BY_KEY
from assets.privacy.identities import identities_in, identities_in_code, known_words
from assets.privacy.person_names import LISTS
from tests.unit.identity_cases import (
    NAMES_NOBODY,
    NAMES_NOBODY_HELD_OUT,
    PEOPLE_HELD_OUT,
    PEOPLE_IN_OTHER_SHAPES,
)
from tests.unit.interview_packs import INTERVIEW, SESSION, TODAY, read, write_pack
from tests.unit.people import PEOPLE

PROGRESS_TABLE = TABLES_BY_KEY["roadmap__milestone_progress"]

PLACES = {
    "answer": (INTERVIEW, "Servers cost too much after a release.", '"They said so, {} too."'),
    "quote": (INTERVIEW, "fifty milliseconds or nothing", '"ask {}"'),
    "note": (INTERVIEW, "grade: published", 'grade: published\nnote: "followed up with {}"'),
    "source": (INTERVIEW, "notes of the interview", '"call with {}"\n#'),
    "controlled value": (INTERVIEW, "role_class: product", 'role_class: "{}"'),
    "tag": (INTERVIEW, "tag: no_need", 'tag: "{}"'),
    "key": (INTERVIEW, "channel: video_call", 'channel: video_call\n"{}": yes'),
    "question": (INTERVIEW, "current_problems:", '"{}":'),
    "topic": (SESSION, "state of the players", '"what {} wants"'),
    "blocker": (SESSION, "nobody is free before spring", '"{} is away"'),
    "outcome": (SESSION, "A test was agreed on.", '"Agreed with {}."'),
    "project code": (SESSION, "project_k9", '"{}"'),
}
"""Where a person may be typed: the document, what stands there, and what then stands there instead."""


def fragments(person: str) -> list[str]:
    """The parts of a person that must not come back: words of four letters and more, and runs of digits."""
    common = {
        "example",
        "discord",
        "telegram",
        "handle",
        "github",
        "https",
        "twitter",
        "linkedin",
        "matrix",
        "dotfiles",
    }
    return [part for part in re.findall(r"[^\W\d_]{4,}|\d{4,}", person) if part.lower() not in common]


def test_there_are_fifty_people() -> None:
    assert len(set(PEOPLE)) == 50


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_is_found_in_a_sentence(person: str) -> None:
    found = identities_in(f"They said so, {person} too.")
    assert found, person
    assert found[0].start >= len("They said so, ") - 1
    assert not any(part.lower() in str(found).lower() for part in fragments(person))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("person", PEOPLE[::3])
def test_a_person_anywhere_stops_the_load_and_is_not_repeated(person: str, place: str, tmp_path: Path) -> None:
    document, old, new = PLACES[place]
    assert old in document
    changed = document.replace(old, new.format(person))
    pack = write_pack(tmp_path / "mine", **({"interview": changed} if document is INTERVIEW else {"session": changed}))
    evidence = read(pack)
    assert evidence.problems
    message = format_problems(evidence.problems)
    assert re.search(r"mine/interviews/(interviews/p01|sessions/s01)\.yaml:\d+: ", message)
    assert [part for part in fragments(person) if part.lower() in message.lower()] == []


@pytest.mark.parametrize(
    ("code", "name"), [("alice_johnson", "alice"), ("call_ngozi_2", "ngozi"), ("okafor", "okafor")]
)
def test_the_name_of_a_file_gives_nobody_away(code: str, name: str, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "mine", INTERVIEW.replace("id: p01", f"id: {code}"), name=code)
    message = format_problems(read(pack).problems)
    assert (
        "mine/interviews/interviews/(file 1 of the folder, by name).yaml:1: id: this may tell who somebody is"
        in message
    )
    assert name not in message
    assert "is not the name of the file" not in message


def test_a_stray_file_gives_nobody_away(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "mine")
    (pack / "interviews/interviews/Call with Alice Johnson.docx").write_text("x")
    message = format_problems(read(pack).problems)
    assert "this is not a document" in message
    assert "Alice" not in message


def test_two_interviews_of_one_id_give_nobody_away(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "mine", INTERVIEW.replace("id: p01", "id: alice_johnson"), name="alice_johnson")
    (pack / "interviews/interviews/x.yaml").write_text(INTERVIEW.replace("id: p01", "id: alice_johnson"))
    assert "alice" not in format_problems(read(pack).problems)


@pytest.mark.parametrize(
    "broken", ["findings: [", "{Alice Johnson: x", "&Alice x", "- Alice Johnson\n- b", "Alice\tx: @"]
)
def test_a_document_that_is_not_yaml_gives_nobody_away(broken: str, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "mine", f"{INTERVIEW}{broken}\n")
    message = format_problems(read(pack).problems)
    assert message
    assert "Alice" not in message


def test_what_is_found_more_than_once_in_a_text_is_one_mistake(tmp_path: Path) -> None:
    said = "  current_problems: "
    assert said in INTERVIEW
    told = [
        str(p)
        for p in read(write_pack(tmp_path / "mine", INTERVIEW.replace(said, f"{said}Но это, is не так. "))).problems
    ]
    assert len(told) == 1
    assert "text in a script that cannot be searched, characters 1-2, 4-6, 12-13, 15-17; expected no name" in told[0]


def test_a_valid_pack_passes(tmp_path: Path) -> None:
    evidence = read(write_pack(tmp_path / "mine"))
    assert evidence.problems == []


@pytest.mark.parametrize(
    "text",
    [
        "We use Firebase and Pusher; Telegram is where our users are.",
        "Between 2,000 and 20,000 messages per second at 150 KB, on 2026-11-02 at 10:30.",
        "Latency of 0.4-0.5 s against 1.6 s in v0.34.0; 1000 nodes, 10 kB, 99.9 percent.",
        "The broadcaster sells at 0.05 USD, the fleet costs 1,234.56 USD a month.",
        "Moved from Ethereum Mainnet to Linea in Jan 2025; May and August were quiet.",
        "They want an SDK in Rust, Go or Swift, and a REST API with gRPC beside it.",
        "In Berlin and Bangkok, at Devcon, everybody asked for the same thing.",
        "Store nodes keep thirty days; Filter and Light push lose their peers.",
        "Telegram: nobody answers there. Discord: too noisy.",
        "See issue 2196 and pull request 3198; version 2.1.0-rc.1.",
    ],
)
def test_what_names_nobody_passes(text: str) -> None:
    assert identities_in(text) == []


def test_a_pack_says_which_words_are_no_names(tmp_path: Path) -> None:
    text = INTERVIEW.replace("Servers cost too much", "With Florence Okafor servers cost too much")
    pack = write_pack(tmp_path / "mine", text)
    assert len(read(pack).problems) == 1
    (pack / "interviews/known_words.txt").write_text("# products\nFlorence Okafor\n")
    assert read(pack).problems == []


def test_known_words_are_read_without_comments() -> None:
    assert known_words("Acme  # Alice made it\nBeta, Gamma\n") == {"acme", "beta", "gamma"}


@pytest.mark.parametrize(
    "code", ["p01", "sample_p07", "project_k3", "core_v1", "defi_02", "metadata_privacy", "s04_gaming"]
)
def test_a_code_that_says_nothing_passes(code: str) -> None:
    assert identities_in_code(code) == []


def test_a_script_that_cannot_be_searched_is_said_to_be_one() -> None:
    (found,) = identities_in("spoke with Иван at length")
    assert found.kind == "text in a script that cannot be searched"


def test_a_place_is_counted_from_one() -> None:
    (found,) = identities_in("write to bob@example.com today")
    assert str(found) == "a mail address, characters 10-24"


@pytest.mark.parametrize("text", PEOPLE_IN_OTHER_SHAPES)
def test_a_person_is_found_in_every_shape_that_was_thought_of(text: str) -> None:
    assert identities_in(text)


@pytest.mark.parametrize("text", NAMES_NOBODY)
def test_an_ordinary_sentence_names_nobody(text: str) -> None:
    assert identities_in(text) == []


def test_how_well_the_search_works_on_texts_that_it_was_not_made_with() -> None:
    # as in docs/decisions/0006: recall 37 of 40; 3 of 32 sentences are false alarms
    found = [text for text in PEOPLE_HELD_OUT if identities_in(text)]
    alarms = [text for text in NAMES_NOBODY_HELD_OUT if identities_in(text)]
    assert (len(found), len(PEOPLE_HELD_OUT), len(alarms), len(NAMES_NOBODY_HELD_OUT)) == (37, 40, 3, 32)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ask bob\uff20example.com", "characters 5-19"),
        ("ask \u200bbob@exam\u200bple.com", "characters 6-21"),
        ("ask bob@exam\ufe0fple.com", "characters 5-20"),
        ("by Al\u034fice John\u0336son", "characters 4-18"),
        ("5290\u20269EE7 paid", "characters 1-9"),
    ],
)
def test_a_place_is_that_in_the_text_as_it_was_typed(text: str, place: str) -> None:
    (found,) = identities_in(text)
    assert str(found).endswith(place)


def test_a_list_of_names_is_in_the_order_that_it_is_looked_up_in() -> None:
    for name in ("english", "first", "last", "first_and_word", "last_and_word", "places", "short"):
        words = (LISTS / f"{name}.txt").read_text(encoding="ascii").split()
        assert words == sorted(set(words)), name


PROGRESS = (
    "id,deliverable_id,observed_on,metric,value,unit,segment_ids,source,as_of,as_of_basis,grade,note\n"
    "third,customer_interviews,2026-11-20,interviews_held_cumulative,3,interviews,gaming,{source},2026-11-20,"
    "source_date,published,{note}\n"
)


@pytest.mark.parametrize("pack", ["mine", "public"])
@pytest.mark.parametrize("note", ["third interview: Alice Johnson", "ask bob@example.com", "call 4155552671"])
def test_a_note_of_reported_progress_names_nobody(note: str, pack: str) -> None:
    parsed = parse_csv(PROGRESS_TABLE, PROGRESS.format(source="team log", note=note), file="f", pack=pack, today=TODAY)
    (problem,) = parsed.problems
    assert (problem.line, problem.column) == (2, "note")
    assert "this may tell who somebody is" in problem.message
    assert not any(part in str(problem) for part in ("Alice", "bob", "415"))


def test_a_row_with_a_person_in_it_says_nothing_else() -> None:
    text = PROGRESS.format(source="team log", note="Alice Johnson").replace("interviews_held_cumulative,3", "Bob Moe,x")
    parsed = parse_csv(PROGRESS_TABLE, text, file="f", pack="mine", today=TODAY)
    assert [p.column for p in parsed.problems] == ["metric", "note"]
    assert "Moe" not in format_problems(parsed.problems)


def test_the_source_of_a_public_fact_may_be_an_account_but_no_mail_address() -> None:
    for source, problems in (("https://github.com/alicejx/paper", 0), ("mail from bob@example.com", 1)):
        text = PROGRESS.format(source=source, note="third interview")
        parsed = parse_csv(PROGRESS_TABLE, text, file="f", pack="mine", today=TODAY)
        assert len(parsed.problems) == problems, source


def test_what_the_software_writes_itself_is_not_searched() -> None:
    text = PROGRESS.format(source="bench", note="measured on a Sapphire Quobble")
    assert parse_csv(PROGRESS_TABLE, text, file="f", pack=OWN_BENCHMARKS, today=TODAY).problems == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("their node is 203.0.113.7", ["an IP address"]),
        ("a node at 203.0.113.7:30303.", ["an IP address"]),
        ("their node is 2001:db8::7", ["an IP address"]),
        ("of 2001:db8::7: nothing", ["an IP address"]),
        ("2001:db8:0:0:0:0:0:7 did not answer", ["an IP address"]),
        ("it listens on 127.0.0.1 and 0.0.0.0, or on ::1", []),
        ("since version 1.2.3.4 it works", []),
        ("v1.2.3.4 and 1.2.3 and 1.2.3.4.5", []),
        ("300.1.2.3 is none", []),
        ("from 12:30:45 to 13:00:00", []),
        ("the call of a::b in std::vector", []),
    ],
)
def test_the_ip_address_of_a_machine_is_found(text: str, found: list[str]) -> None:
    assert [identity.kind for identity in identities_in(text)] == found
