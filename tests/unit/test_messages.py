"""Messages that fix: each proposes the value that was meant, or none; what looks right and is not is named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from assets.evidence.parsing import parse_csv, parse_yaml
from assets.evidence.repeated import ABOUT
from assets.evidence.sources import is_placeholder
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.wording import misread, nearest
from tests.places import PROJECT
from tests.unit.interview_packs import INTERVIEW, SESSION

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("250M", "written out, such as 250000000, or 250 where the unit of the row counts millions"),
        ("$0.25bn", "written out, such as 250000000, or 0.25 where the unit of the row counts billions"),
        ("1.5k", "written out, such as 1500, or 1.5 where the unit of the row counts thousands"),
        ("2.4 billion", "written out, such as 2400000000, or 2.4 where the unit of the row counts billions"),
        ("3 Mio. €", "written out, such as 3000000, or 3 where the unit of the row counts millions"),
        ("€ 5.49", "without a unit, such as 5.49"),
        ("5 USD", "without a unit, such as 5"),
        ("12.5 %", "without a unit, such as 12.5, or 0.125 where it is a share of 1"),
        ("512 MB", "the number alone, in the unit of its column or row"),
        ("90 min", "the number alone, in the unit of its column or row"),
        ("$5/hour", "the number alone, in the unit of its column or row"),
        ("> 1000", ""),
        ("~250", ""),
        ("10-20", ""),
        ("9,5", "with a point for decimals and no thousands separator, such as 9.5"),
        ("1,234", "with a point for decimals and no thousands separator, such as 1.234 or 1234"),
        ("1.234.567", "written without one, such as 1234567"),
        ("1,2k", "written out, such as 1200, or 1.2 where the unit of the row counts thousands"),
        ("0,25 Mrd. €", "written out, such as 250000000, or 0.25 where the unit of the row counts billions"),
        ("1.5 Tsd.", "written out, such as 1500, or 1.5 where the unit of the row counts thousands"),
        ("2 crore", "written out, such as 20000000, or 2 where the unit of the row counts crores"),
        ("1,234k", "the number alone, in the unit of its column or row"),
        ("1.2K users", "the number alone, in the unit of its column or row"),
        ("USD 168,000,000,000", "without a unit, such as 168000000000"),
        ("€ 1.234,56", "without a unit, such as 1234.56"),
        ("€ 1,234", "without a unit, such as 1.234 or 1234"),
        ("1,5 %", "without a unit, such as 1.5, or 0.015 where it is a share of 1"),
        ("5 000,50", "written without one, such as 5000.50"),
        ("\u22125", "a plain -"),
        ("n/a", "or nothing if it is not known"),
        ("?", "or nothing if it is not known"),
    ],
)
def test_a_number_is_proposed_as_it_was_meant_or_not_at_all(typed: str, hint: str) -> None:
    fault = misread("double precision", typed)
    assert fault is not None
    assert fault.hint == hint


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("18.11.2026", "such as 2026-11-18"),
        ("18.13.2026", ""),
        ("11/18/2026", "such as 2026-11-18"),
        ("03/04/2026", "such as 2026-03-04 or 2026-04-03"),
        ("November 3, 2023", "such as 2023-11-03"),
        ("2026-11-18 00:00:00", "such as 2026-11-18"),
        ("2026-13-18 00:00", ""),
        ("46344", "such as 2026-11-18"),
        ("20261118", ""),
        ("18. Dezember 2025", "such as 2025-12-18"),
        ("1er août 2025", "such as 2025-08-01"),
        ("2026\u201311\u201318", "such as 2026-11-18"),
        ("31/12/25", ""),
        ("Q4 2025", ""),
        ("2026-11-31", ""),
    ],
)
def test_a_day_is_proposed_as_it_was_meant_or_not_at_all(typed: str, hint: str) -> None:
    fault = misread("date", typed)
    assert fault is not None
    assert fault.hint == hint


@pytest.mark.parametrize(
    ("column", "typed", "hint"),
    [
        ("memory_gib", "8 GiB", "without a unit, such as 8"),
        ("memory_gib", "16384 MiB", "without a unit, such as 16"),
        ("memory_gib", "8 GB", "the number alone, in the unit of its column or row"),
        ("local_disk_gb", "0,5 TB", "without a unit, such as 500"),
        ("vcpus", "4 vCPU", "without a unit, such as 4"),
        ("price_per_month", "€8,49/month", "without a unit, such as 8.49"),
        ("price_per_month", "8.49/hour", "the number alone, in the unit of its column or row"),
    ],
)
def test_a_unit_that_the_column_says_is_taken_off(column: str, typed: str, hint: str) -> None:
    fault = misread("double precision", typed, column)
    assert fault is not None
    assert fault.hint == hint


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gamng", "gaming"),
        ("Gaming", "gaming"),
        ("gaming;", "gaming"),
        ("defi", "defi_private_relayers"),
        ("ovh", "ovhcloud"),
        ("hetzner", None),  # one of two
        ("hetzner_clod", "hetzner_cloud"),
        ("gaming, dao_governance", None),  # two values where one stands
        ("spiele", None),
    ],
)
def test_an_id_is_proposed_that_was_meant_or_none(word: str, meant: str | None) -> None:
    known = ("dao_governance", "defi_private_relayers", "gaming", "hetzner_cloud", "hetzner_dedicated", "ovhcloud")
    assert nearest(word, known) == meant


@pytest.mark.parametrize(
    "source", ["TODO", "see above", "same as above", "ditto", "link", "the website", "www", "https://"]
)
def test_a_source_that_leads_nowhere_is_refused(source: str) -> None:
    assert is_placeholder(source)


@pytest.mark.parametrize(
    "source", ["www.example.org", "our notes of 2026-11-20", "link to the price list", "same deck"]
)
def test_a_source_that_says_where_is_taken(source: str) -> None:
    assert not is_placeholder(source)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("segment_id: gaming", "segment_id:gaming", "there is no blank after the colon; expected key: value"),
        ("segment_id: gaming", "segment_id:\u00a0gaming", "the line contains U+00A0 (no-break space) as character 12"),
        (
            "segment_id: gaming",
            "segment_id: \u201cgaming\u201d",
            "segment_id: contains U+201C (left double quotation mark)",
        ),
        (
            "segment_id: gaming",
            "segment_id: gam\u200bing",
            "segment_id: contains U+200B (zero width space) as character 4",
        ),
        ("segment_id: gaming", "segment_id\uff1a gaming", "the line contains U+FF1A (fullwidth colon)"),
        ("  - tag:", "  \u2022 tag:", "the line begins with U+2022 (bullet); expected - and a blank"),
        ("  - tag:", "  \u2013 tag:", "the line begins with U+2013 (en dash); expected - and a blank"),
        ("  - tag:", "  -tag:", "there is no blank after the dash; expected - key: value"),
        (
            'quote: "words"',
            'quote: "words\u201d',
            "the line contains U+201D (right double quotation mark) as character",
        ),
    ],
)
def test_a_riddle_of_yaml_names_the_character(old: str, new: str, problem: str) -> None:
    text = re.sub(r"(?m)^  - tag: .*$", "  - tag: latency", INTERVIEW)
    text = re.sub(r"(?m)^segment_id: .*$", "segment_id: gaming", text)
    text = re.sub(r"(?m)^(    quote): .*$", r'\1: "words"', text)
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    table = TABLES_BY_KEY["interviews__interviews"]
    parsed = parse_yaml(table, text.replace(old, new, 1), file="p01.yaml", pack="p", today=TODAY)
    found = [str(one) for one in (*parsed.problems, *(p for part in parsed.parts.values() for p in part.problems))]
    assert any(one.startswith(f"p01.yaml:{line}: {problem}") for one in found), found


def price(**changed: str) -> list[str]:
    table = TABLES_BY_KEY["pricing__compute_offers"]
    path = PROJECT / "tests" / "packs" / "frozen" / "public" / table.path
    header, row = path.read_text(encoding="utf-8").splitlines()[:2]
    names = header.split(",")
    cells = dict(zip(names, row.split(",", len(names) - 1), strict=True)) | changed
    text = f"{header}\n{','.join(cells.values())}\n"
    return [str(one) for one in parse_csv(table, text, file="f", pack="p", today=TODAY).problems]


SWAPPED = "; expected the two the other way round: "


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"price_per_hour": "6.49", "price_per_month": "0.0104"},
            f"6.49 an hour is above price_per_month, 0.0104{SWAPPED}0.0104 an hour and 6.49 a month",
        ),
        (
            {"price_per_hour": "500", "price_per_month": "0.7"},
            f"500 an hour is above price_per_month, 0.7{SWAPPED}0.7 an hour and 500 a month",
        ),
        ({"memory_gib": "40960"}, "memory_gib: 40960 is out of bounds; expected 0.25 to 4,096"),
        ({"vcpus": "1000"}, "vcpus: 1000 is out of bounds; expected 1 to 512"),
    ],
)
def test_the_check_refuses_what_a_run_refuses(changed: dict[str, str], problem: str) -> None:
    (found,) = price(**changed)
    assert found.startswith("f:2: ")
    assert found.endswith(problem)


def test_a_sound_price_passes() -> None:
    assert price() == []


@pytest.mark.parametrize(
    "source", ["TODO", "todo: add the link", "tbd", "N/A", "?", "-", "https://", "<link>", "to be added", "FIXME"]
)
def test_a_placeholder_is_no_source(source: str) -> None:
    assert price(source=source) == [
        "f:2: source: is a placeholder; expected where a reader can check the row, such as an address"
    ]


@pytest.mark.parametrize("source", ["our notes of 2026-11-20", "hetzner.com/cloud", "interview", "x/y#1"])
def test_a_source_may_be_short(source: str) -> None:
    assert price(source=source) == []


@pytest.mark.parametrize(
    ("text", "table", "column"),
    [(INTERVIEW, "interviews__interviews", "interviewed_on"), (SESSION, "interviews__sessions", "held_on")],
)
def test_a_conversation_is_not_observed_before_it_was_held(text: str, table: str, column: str) -> None:
    text = re.sub(
        rf"(?m)^{column}: .*$", f"{column}: 2026-11-18", re.sub(r"(?m)^as_of: .*$", "as_of: 2024-06-01", text)
    )
    stem = re.search(r"(?m)^id: (\w+)", text)
    assert stem
    parsed = parse_yaml(TABLES_BY_KEY[table], text, file=f"{stem[1]}.yaml", pack="p", today=TODAY)
    assert [problem.message for problem in parsed.problems] == [
        f"as_of 2024-06-01 is before {column} 2026-11-18; expected that day or a later one"
    ]


MARTS = PROJECT / "dbt_project" / "models"


@pytest.mark.parametrize(
    ("table", "model"),
    [
        ("costs__rln_parameters", "marts/rln_parameters.sql"),
        ("costs__rpc_usage", "marts/rpc_usage.sql"),
        ("costs__workload_parameters", "marts/workload_parameters.sql"),
        ("pricing__compute_offers", "marts/compute_offers.sql"),
        ("pricing__messaging_alternatives", "marts/messaging_alternatives.sql"),
        ("pricing__rpc_method_credits", "marts/rpc_method_credits.sql"),
        ("pricing__rpc_plans", "marts/rpc_plans.sql"),
        ("roadmap__requirement_completion", "marts/requirement_completion.sql"),
    ],
)
def test_what_a_row_is_about_is_as_in_dbt(table: str, model: str) -> None:
    found = re.search(r"order by ([a-z_, ]+), \{\{ newest_first", (MARTS / model).read_text(encoding="utf-8"))
    assert found
    assert tuple(found[1].split(", ")) == ABOUT[table]


def packs(tmp_path: Path, *rows: str) -> list[str]:
    """Lay a table of parameters over the public one; return what a user is told of rows that do not count."""
    from assets.evidence.packs import Pack
    from assets.evidence.read_packs import read_packs
    from tests.places import FROZEN

    table = TABLES_BY_KEY["costs__workload_parameters"]
    public = Pack("public", FROZEN / "public")
    header = (public.path / table.path).read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "ours" / "costs").mkdir(parents=True)
    (tmp_path / "ours" / table.path).write_text("\n".join([header, *rows, ""]))
    evidence = read_packs([public, Pack("ours", tmp_path / "ours")], today=TODAY)
    assert evidence.problems == []
    return [note for note in evidence.notes if note.startswith("ours/")]


def parameter(row_id: str, as_of: str) -> str:
    table = TABLES_BY_KEY["costs__workload_parameters"]
    from tests.places import FROZEN

    header, first = (FROZEN / "public" / table.path).read_text(encoding="utf-8").splitlines()[:2]
    cells = dict(zip(header.split(","), first.split(","), strict=False))
    cells |= {
        "id": row_id,
        "source": "ours",
        "as_of": as_of,
        "as_of_basis": "observed",
        "grade": "published",
        "note": "",
    }
    return ",".join(cells.get(name, "") for name in header.split(","))


def test_a_row_that_loses_to_another_is_told(tmp_path: Path) -> None:
    (older,) = packs(tmp_path / "a", parameter("a", "2001-01-01"))
    assert re.fullmatch(
        r"ours/costs/workload_parameters.csv:2: says .* as of 2001-01-01; public/\S+:2 counts, as of .*", older
    )
    (again,) = packs(tmp_path / "b", parameter("a", "2026-11-29"), parameter("b", "2026-11-29"))
    assert "ours/costs/workload_parameters.csv:3: says " in again
    assert again.endswith(" again for 2026-11-29; ours/costs/workload_parameters.csv:2 counts, by its id")
    assert packs(tmp_path / "c", parameter("a", "2026-11-29")) == []


def test_what_is_wrong_between_two_keys_names_the_line_of_the_first() -> None:
    text = re.sub(r"(?m)^as_of: .*", "as_of: 2020-01-01", INTERVIEW)
    (problem,) = parse_yaml(
        TABLES_BY_KEY["interviews__interviews"], text, file="p01.yaml", pack="p", today=TODAY
    ).problems
    line = 1 + text.splitlines().index("as_of: 2020-01-01")
    assert str(problem) == (
        f"p01.yaml:{line}: as_of 2020-01-01 is before interviewed_on 2026-11-02; expected that day or a later one"
    )
