"""Tests of code stand on the frozen pack: a row that is added to the public one turns none of them red.

`tests/conftest.py` refuses the public pack to them in their own process; here is what they might start others with.
"""

from __future__ import annotations

import re

from tests.places import PROJECT

OVER_PUBLIC = {"tests/places.py", "tests/conftest.py"}
"""Besides this folder: what names the public pack, and the fixtures that make releases of it."""
READS = re.compile(
    r"^from tests\.places import [^\n]*\bPUBLIC\b"
    r"|(?:PROJECT|ROOT|parents\[\d\]) / \"evidence(?:\"(?! / \"sample\")|/(?!sample))",
    re.MULTILINE,
)


def test_only_tests_of_this_folder_read_the_public_pack() -> None:
    files = {str(path.relative_to(PROJECT)): path for path in (PROJECT / "tests").rglob("*.py")}
    readers = {name for name, path in files.items() if READS.search(path.read_text(encoding="utf-8"))}
    assert {name for name in readers if not name.startswith("tests/evidence/")} == OVER_PUBLIC
    assert any(name.startswith("tests/evidence/") for name in readers)


def test_only_these_tests_look_at_a_release_of_it() -> None:
    fixtures = re.compile(r"\b(?:public_release|grown_release)\b")
    users = {
        path.name for path in (PROJECT / "tests").rglob("*.py") if fixtures.search(path.read_text(encoding="utf-8"))
    }
    over_releases = {"test_gap_list.py", "test_one_number.py", "test_past_dates.py"}
    assert users == {"conftest.py", "test_who_reads_it.py", *over_releases}
