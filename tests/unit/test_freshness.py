"""Staleness by content: what makes an asset be made again."""

from dagster import AssetKey

from orchestration.staleness.freshness import Materialized, Node, stale

RAW, STAGING, MART, OTHER = (
    AssetKey(path) for path in (["raw", "a"], ["staging", "a"], ["marts", "a"], ["marts", "b"])
)
NODES = [
    Node(RAW, frozenset(), "c1", content="rows-1"),
    Node(STAGING, frozenset({RAW}), "c1"),
    Node(MART, frozenset({STAGING}), "c1"),
    Node(OTHER, frozenset(), "c1"),
]
FOUND = {
    RAW: Materialized("rows-1", "c1", {}, is_sound=True),
    STAGING: Materialized("s-1", "c1", {RAW: "rows-1"}, is_sound=True),
    MART: Materialized("m-1", "c1", {STAGING: "s-1"}, is_sound=True),
    OTHER: Materialized("o-1", "c1", {}, is_sound=True),
}


def test_nothing_changed_nothing_is_stale() -> None:
    assert stale(NODES, FOUND) == {}


def test_what_was_never_made_is_stale() -> None:
    assert stale(NODES, {}) == dict.fromkeys([RAW, STAGING, MART, OTHER], "never made")


def test_changed_content_makes_its_downstream_closure_stale_and_nothing_else() -> None:
    nodes = [Node(RAW, frozenset(), "c1", content="rows-2"), *NODES[1:]]
    assert stale(nodes, FOUND) == {
        RAW: "its content changed",
        STAGING: "raw/a is made again",
        MART: "staging/a is made again",
    }


def test_changed_code_makes_the_asset_and_what_follows_stale() -> None:
    nodes = [NODES[0], Node(STAGING, frozenset({RAW}), "c2"), *NODES[2:]]
    assert stale(nodes, FOUND) == {STAGING: "its code changed", MART: "staging/a is made again"}


def test_an_asset_of_a_failed_or_killed_run_is_made_again() -> None:
    found = {**FOUND, STAGING: Materialized("s-1", "c1", {RAW: "rows-1"}, is_sound=False)}
    assert stale(NODES, found) == {STAGING: "its run did not succeed", MART: "staging/a is made again"}


def test_a_parent_made_alone_leaves_its_child_stale() -> None:
    found = {**FOUND, RAW: Materialized("rows-2", "c1", {}, is_sound=True)}
    nodes = [Node(RAW, frozenset(), "c1", content="rows-2"), *NODES[1:]]
    assert stale(nodes, found) == {STAGING: "raw/a changed", MART: "staging/a is made again"}


def test_a_new_parent_makes_its_child_stale() -> None:
    nodes = [*NODES[:2], Node(MART, frozenset({STAGING, OTHER}), "c1"), NODES[3]]
    assert stale(nodes, FOUND) == {MART: "marts/b changed"}


def test_what_one_op_makes_is_made_together_with_all_that_rests_on_it() -> None:
    child = AssetKey(["reports", "b"])
    nodes = [
        *NODES[:2],
        Node(OTHER, frozenset(), "c1", made_with=frozenset({MART})),
        Node(child, frozenset({OTHER}), "c1"),
        Node(MART, frozenset({STAGING}), "c2", made_with=frozenset({OTHER})),
    ]
    found = {**FOUND, child: Materialized("r-1", "c1", {OTHER: "o-1"}, is_sound=True)}
    assert stale(nodes, found) == {
        MART: "its code changed",
        OTHER: "marts/a is made again",
        child: "marts/b is made again",
    }
