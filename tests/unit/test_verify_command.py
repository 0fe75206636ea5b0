"""What `waku-fit verify` says: nothing found, a place, damage in the sources, and a release of other code."""

from __future__ import annotations

from dataclasses import replace

from assets.reports.release.places import Deviation
from assets.reports.release.verification import Verification
from orchestration.commands.verify import lines

GOOD = Verification("20261123T120000Z-1a2b3c4d", "abc", tables=78, has_hashes=True, values=384_534, files=87)
PAGE = Deviation("index.html", "line 2, cell gates/interviews/value", "“3”", "“2”")


def test_a_good_release_is_counted() -> None:
    assert lines(GOOD, "abc") == [
        "Release 20261123T120000Z-1a2b3c4d: no difference.",
        "  78 tables, with the hashes of the manifest",
        "  384,534 values of CSV files, each equal to the table",
        "  87 files made again from the tables, each with the same bytes",
    ]


def test_a_difference_is_shown_with_its_place() -> None:
    first, place, advice = lines(replace(GOOD, in_files=(PAGE,)), "abc")
    assert first == "Release 20261123T120000Z-1a2b3c4d: 1 difference from its tables:"
    assert place == "  index.html, line 2, cell gates/interviews/value: shows “3”, expected “2”"
    assert advice.startswith("Do not hand it on.")


def test_many_differences_are_cut() -> None:
    said = lines(replace(GOOD, in_data=(PAGE,) * 25), "abc")
    assert (len(said), said[-2]) == (23, "  and 5 more")


def test_damage_in_the_sources_is_said_first() -> None:
    table = Deviation("data/gates.parquet", "", "other bytes than were published", "those of the hash in manifest.json")
    first, place, last = lines(replace(GOOD, in_sources=(table,)), "abc")
    assert first.endswith("is damaged where everything else comes from:")
    assert place.startswith("  data/gates.parquet: shows other bytes than were published, expected those of the hash")
    assert last.startswith("Nothing was compared with it.")


def test_a_release_of_other_code_is_said_to_be_one() -> None:
    older = replace(GOOD, made_by="xyz", has_hashes=False, in_files=(PAGE, PAGE))
    assert lines(older, "abc") == [
        "Release 20261123T120000Z-1a2b3c4d was made by other code (xyz) than this (abc).",
        "It has 78 tables, of which the manifest has no hashes, and the CSV files say the same.",
        "This code writes 1 file in another way, so it cannot say whether anything in them was changed.",
        "Verify the release with the code that made it, or make a new one with `waku-fit run`.",
    ]
    assert lines(replace(older, in_data=(PAGE,)), "abc")[0].endswith("3 differences from its tables:")
