"""Links are made of what a source says, open for good where there is a commit, and never lead anywhere else."""

from __future__ import annotations

import random

import pytest

from assets.evidence.sources import first_link, linked

GITHUB = "https://github.com"


def urls(source: str) -> list[str]:
    return [url for _, url in linked(source) if url]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "waku-org/nwaku docs/operators/droplet-quickstart.md @40b687c0a",
            [f"{GITHUB}/waku-org/nwaku/blob/40b687c0a/docs/operators/droplet-quickstart.md"],
        ),
        ("waku-org/pm 2025H1-SUMMARY.md@610f0c5", [f"{GITHUB}/waku-org/pm/blob/610f0c5/2025H1-SUMMARY.md"]),
        ("github:a/b plans/p.yml @5a66e84 (cites p.example)", [f"{GITHUB}/a/b/blob/5a66e84/plans/p.yml"]),
        ("github.com/a/b plans/p.yml @5a66e84", [f"{GITHUB}/a/b/blob/5a66e84/plans/p.yml"]),
        ("a/b .gas-snapshot @e75ac91", [f"{GITHUB}/a/b/blob/e75ac91/.gas-snapshot"]),
        ("a/b src/agent @12d876d", [f"{GITHUB}/a/b/tree/12d876d/src/agent"]),
        ("a/b manager.nim @v0.34.0", [f"{GITHUB}/a/b/blob/v0.34.0/manager.nim"]),
        ("a/b docs/my%20file.md @12d876d", [f"{GITHUB}/a/b/blob/12d876d/docs/my%2520file.md"]),
        ("a/b/docs/p.md @12d876d", [f"{GITHUB}/a/b/blob/12d876d/docs/p.md"]),
        ("github.com/a/b/blob/main/docs/p.md@12d876d", [f"{GITHUB}/a/b/blob/12d876d/docs/p.md"]),
        ("a/b src/p.nim#L10-L20 @12d876d", [f"{GITHUB}/a/b/blob/12d876d/src/p.nim#L10-L20"]),
        ("a/b src/p.nim:12 @12d876d", [f"{GITHUB}/a/b/blob/12d876d/src/p.nim#L12"]),
        # all files at a commit; a word is no path
        ("waku-org/nwaku @7d1c6abaa (v0.37.1)", [f"{GITHUB}/waku-org/nwaku/tree/7d1c6abaa"]),
        ("waku-org/pm@8ac69d3", [f"{GITHUB}/waku-org/pm/tree/8ac69d3"]),
        ("waku-org/nwaku source @7d1c6abaa", [f"{GITHUB}/waku-org/nwaku/tree/7d1c6abaa"]),
        # a file that stands apart from its folder, and a figure in a file
        ("a/b sims/raw latency_10kb.txt @b3c3900", [f"{GITHUB}/a/b/blob/b3c3900/sims/raw/latency_10kb.txt"]),
        ("a/b docs/p.md @8270cb9 (first of 2024) figure x-2", [f"{GITHUB}/a/b/blob/8270cb9/docs/p.md"]),
        # further files of the same folder; a span of files is their folder
        (
            "a/b updates/2024-09-09.md@cc732b93a,2024-10-14.md@c22aef5c3",
            [
                f"{GITHUB}/a/b/blob/cc732b93a/updates/2024-09-09.md",
                f"{GITHUB}/a/b/blob/c22aef5c3/updates/2024-10-14.md",
            ],
        ),
        ("a/b updates/2024-07-29.md..2024-10-21.md@7e7cb921a", [f"{GITHUB}/a/b/tree/7e7cb921a/updates"]),
        # the state before a commit is what its page takes away
        ("a/b src/index.mdx@d033ca8^", [f"{GITHUB}/a/b/commit/d033ca8"]),
        (
            "logos-messaging/logos-delivery commit 22040b739",
            [f"{GITHUB}/logos-messaging/logos-delivery/commit/22040b739"],
        ),
        ("a/b#183", [f"{GITHUB}/a/b/issues/183"]),
        ("a/b PR 183", [f"{GITHUB}/a/b/pull/183"]),
        ("a/b issue #7", [f"{GITHUB}/a/b/issues/7"]),
        # pages as they stand, with and without a scheme
        ("github.com/a/b/pull/183", [f"{GITHUB}/a/b/pull/183"]),
        ("ably.com/pricing; forum.vac.dev/t/439.", ["https://ably.com/pricing", "https://forum.vac.dev/t/439"]),
        ("https://example.org/p?a=1&b=2 (table)", ["https://example.org/p?a=1&b=2"]),
        ("http://example.org/p, seen", ["http://example.org/p"]),
        ("(checked on quicknode.com/pricing 2026-01-24)", ["https://quicknode.com/pricing"]),
        ("(see https://example.org/a)", ["https://example.org/a"]),
        ("https://en.wikipedia.org/wiki/A_(b)", ["https://en.wikipedia.org/wiki/A_(b)"]),
        # a file of a branch moves on; with a commit it stays
        (
            "https://raw.githubusercontent.com/a/b/refs/heads/main/plans/p.yml @19d4a3e3c",
            [f"{GITHUB}/a/b/blob/19d4a3e3c/plans/p.yml"],
        ),
        ("https://github.com/a/b/blob/main/p.yml @19d4a3e3c", [f"{GITHUB}/a/b/blob/19d4a3e3c/p.yml"]),
        (
            "https://ankr.com/docs/plans/ as summarised by github:a/ankr plans/p.yml @9a46e66",
            ["https://ankr.com/docs/plans/", f"{GITHUB}/a/ankr/blob/9a46e66/plans/p.yml"],
        ),
    ],
)
def test_what_can_be_opened_is_a_link(source: str, expected: list[str]) -> None:
    assert urls(source) == expected
    assert first_link(source) == expected[0]


@pytest.mark.parametrize(
    "source",
    [
        "Judged by this project",
        "derived: 86400/(15+0.3 x chains) x chains",
        "derived: 2 KB x message_rate x 86400",
        "own measurement: waku-fit bench --grid full --seed 1",
        "docs/interviews.md of this project",
        "waku-org/pm FURPS (2024-12); see benchmarks/postgres_results.csv",
        "logos-co/roadmap content/waku/updates/2023-10-30.md",
        "logos-messaging/logos-delivery, commit of 2026-08-19 (hash not recorded)",
        "cryptonews.com.au",
        "findatebtc.com (DappRadar Q2 2024)",
        "README.md/usage and run_node.sh/x",
        "ann@example.org",
        "not published",
        "javascript:alert(1)//example.org/x",
        "ftp://example.org/x",
        "https://github.com@evil.example/x",
        "and/or @home",
    ],
)
def test_words_stay_words(source: str) -> None:
    assert urls(source) == []
    assert first_link(source) is None


def test_the_pieces_are_the_source_and_lead_to_the_web_alone() -> None:
    pieces = (
        "a/b",
        " x.md",
        " @1234567",
        "^",
        "https://",
        "site.org",
        "/p",
        "#7",
        ";",
        ",",
        " ",
        "(",
        ")",
        "<",
        '"',
        "'",
    )
    draw = random.Random(1)
    found = 0
    for _ in range(3000):
        source = "".join(draw.choices(pieces, k=draw.randint(1, 9)))
        parts = linked(source)
        assert "".join(text for text, _ in parts) == source
        urls_of_it = [url for _, url in parts if url is not None]
        assert all(url.startswith(("https://", "http://")) and not set(url) & set(" <>\"'") for url in urls_of_it)
        found += len(urls_of_it)
    assert found > 500
