"""`waku-fit verify` finds nothing in a good release, and any digit that was changed in any of its files."""

from __future__ import annotations

import io
import json
import random
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.reports.decisions import LogLine
from assets.reports.model import Manifest
from assets.reports.release import verification
from assets.reports.release.files import derived_files, digest_of
from assets.reports.release.verification import NothingToVerifyError, verify_release
from tests.integration.chain import Chain

KINDS = ("html", "md", "xlsx", "csv", "parquet", "json", "jsonl", "pdf")
"""Kinds of files that hold digits in every release."""
SEEDED = 30


@pytest.fixture
def release(published: Chain, tmp_path: Path) -> Path:
    """A copy of the published release, whose files may be changed."""
    original = published.latest.resolve()
    return Path(shutil.copytree(original, tmp_path / original.name))


@pytest.fixture(autouse=True)
def made_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All copies have the same tables, or nothing is compared with them; to make the files again takes seconds."""
    monkeypatch.setattr(verification, "derived_files", files_made_again)


MADE: dict[str, dict[str, bytes]] = {}


def files_made_again(tables: Mapping[str, pa.Table], manifest: Manifest, log: Sequence[LogLine]) -> dict[str, bytes]:
    name = digest_of(manifest.as_json())
    if name not in MADE:
        MADE[name] = derived_files(tables, manifest, log)
    return MADE[name]


def test_a_good_release_has_no_difference(release: Path) -> None:
    found = verify_release(release)
    assert [str(one) for one in found.differences] == []
    assert (found.has_hashes, found.tables) == (True, len(list(release.glob("data/*.parquet"))))
    assert found.files == sum(path.is_file() and path.suffix != ".parquet" for path in release.rglob("*"))
    assert found.values > 100_000


def digits_of(content: bytes) -> list[int]:
    return [at for at, byte in enumerate(content) if byte in b"0123456789"]


@pytest.mark.parametrize("seed", range(SEEDED))
def test_any_digit_that_was_changed_is_found(release: Path, seed: int) -> None:
    drawn = random.Random(seed)
    paths = sorted(release.rglob(f"*.{KINDS[seed % len(KINDS)]}"))
    drawn.shuffle(paths)
    path = next(path for path in paths if digits_of(path.read_bytes()))
    content = bytearray(path.read_bytes())
    at = drawn.choice(digits_of(content))
    content[at] = drawn.choice([digit for digit in b"0123456789" if digit != content[at]])
    path.write_bytes(content)
    found = verify_release(release)
    assert {one.path for one in found.differences} == {path.relative_to(release).as_posix()}


@pytest.mark.parametrize("name", ["usps.mdx", "usps.json", "changes.md"])
def test_a_digit_more_or_other_in_the_page_for_the_website_is_found(release: Path, name: str) -> None:
    path = release / "documents" / "website" / name
    content = path.read_bytes()
    changed = [content.replace(b"elease", b"elease 2", 1)]
    changed += [content[:at] + b"%d" % ((content[at] - 47) % 10) + content[at + 1 :] for at in digits_of(content)[-1:]]
    for other in changed:
        path.write_bytes(other)
        assert {one.path for one in verify_release(release).differences} == {f"documents/website/{name}"}


def test_a_number_that_was_changed_in_the_whitepaper_is_found(release: Path) -> None:
    path = release / "whitepaper.pdf"
    content = path.read_bytes()
    at = content.index(b"/Count ") + len(b"/Count ")
    path.write_bytes(content[:at] + b"9" + content[at + 1 :])
    (one,) = verify_release(release).differences
    assert one.path == "whitepaper.pdf"


def test_a_number_in_a_sheet_is_found_by_its_cell(release: Path) -> None:
    path = release / "documents" / "validation_matrix.xlsx"
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(changed, "w") as after:
        for info in before.infolist():
            part = before.read(info)
            if info.filename == "xl/worksheets/sheet2.xml":
                assert b"<v>0.3333333333333333</v>" in part
                part = part.replace(b"<v>0.3333333333333333</v>", b"<v>0.4333333333333333</v>", 1)
            after.writestr(info, part)
    path.write_bytes(changed.getvalue())
    (one,) = verify_release(release).differences
    assert (one.place.partition("!")[0], one.shown) == ("Matrix", "“0.4333333333333333”")


def test_a_file_that_is_gone_and_one_too_many_are_found(release: Path) -> None:
    (release / "readiness.json").unlink()
    (release / "data" / "gates.csv").unlink()
    (release / "more.md").write_text("Ready\n")
    assert [str(one) for one in verify_release(release).differences] == [
        "data/gates.csv: shows nothing, expected a file of this name",
        "readiness.json: shows nothing, expected a file of this name",
        "more.md: shows a file that is not made from the tables, expected nothing",
    ]


def test_a_table_that_was_changed_says_where_its_csv_file_differs(release: Path) -> None:
    path = release / "data" / "gates.parquet"
    table = pq.read_table(path)
    statuses = table["status"].to_pylist()
    changed = ["pass" if status == "fail" else status for status in statuses]
    pq.write_table(table.set_column(table.column_names.index("status"), "status", [changed]), path)
    found = verify_release(release)
    first, *others = found.in_sources
    assert (first.path, first.shown) == ("data/gates.parquet", "other bytes than were published")
    assert ("gates.status@interviews", "“pass”", "“fail”") in [(o.place, o.shown, o.expected) for o in others]
    assert found.files == 0


def test_a_folder_without_tables_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(NothingToVerifyError):
        verify_release(tmp_path)


def test_the_command_says_what_it_compared_and_where_a_page_lies(chain: Chain) -> None:
    good = chain.waku_fit("verify")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"Release {chain.manifest['release_id']}: no difference.\n")
    page = chain.latest / "index.html"
    before, reason, after = page.read_text().partition(chain.readiness["reason"])
    page.write_text(before + reason.replace("even", "odd", 1) + after)
    bad = chain.waku_fit("verify", chain.manifest["release_id"][:15])
    assert bad.returncode == 1
    assert "index.html, line " in bad.stdout
    assert ", cell verdict/" in bad.stdout


def test_other_code_is_named_in_place_of_all_that_it_makes_otherwise(chain: Chain) -> None:
    path = chain.latest / "manifest.json"
    plain = json.loads(path.read_text()) | {"code_version": "0123456789abcdef"}
    path.write_text(json.dumps(plain | {"digest": digest_of(plain)}))
    done = chain.waku_fit("verify", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["is_verified"], found["code_version"]) == (1, False, "0123456789abcdef")
    said = chain.waku_fit("verify").stdout
    assert "was made by other code (0123456789abcdef) than this" in said
    assert "index.html" not in said
