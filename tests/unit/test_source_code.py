"""Which sources and which libraries are behind a module."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from orchestration.staleness import source_code
from orchestration.staleness.libraries import installed, normalized
from orchestration.staleness.source_code import CALLED_OTHERWISE, OWN, Code, imported, versions_of

PROJECT = Path(__file__).parents[2]
SOURCES = [path for name in OWN for path in sorted((PROJECT / name).rglob("*.py"))]
FILES = {
    "assets/costs/assets.py": "import numpy\nfrom assets.costs import bill, words\nfrom assets.common import keys\n",
    "assets/costs/bill.py": "def total():\n    from assets.shared import (\n        rounded,  # as shown\n    )\n",
    "assets/costs/words.py": "import json, os\n",
    "assets/costs/words/list.txt": "one\n",
    "assets/costs/unused.py": "import pandas\n",
    "assets/shared.py": "rounded = 1\n",
    "assets/common/keys.py": "KEY = 1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path / name, text)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def version(project: Path) -> str:
    return Code(project).version("assets.costs.assets")


@pytest.mark.parametrize(
    ("file", "is_behind"),
    [
        ("assets/costs/assets.py", True),
        ("assets/costs/bill.py", True),
        ("assets/shared.py", True),
        ("assets/costs/words/list.txt", True),
        ("assets/costs/words/another.txt", True),
        ("assets/costs/page.html.j2", True),
        ("assets/costs/words/README.md", False),
        ("assets/costs/unused.py", False),
        ("assets/other/model.py", False),
        ("assets/common/keys.py", False),
    ],
)
def test_what_a_module_imports_is_behind_it_and_nothing_else(project: Path, file: str, is_behind: bool) -> None:
    before = version(project)
    write(project / file, FILES.get(file, "") + "# another one\n")
    assert (version(project) != before) == is_behind


def test_what_is_left_out_takes_along_what_only_it_imports(project: Path) -> None:
    behind, libraries = Code(project).behind("assets.costs.assets", besides=("assets.costs.bill",))
    assert behind == {"assets.costs.assets", "assets.costs.words"}
    assert libraries == {"numpy"}


def test_where_a_project_lies_does_not_matter(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere") / "project"
    for name, text in reversed(FILES.items()):
        write(other / name, text)
    assert version(other) == version(project)


@pytest.mark.parametrize(("library", "is_behind"), [("numpy", True), ("pandas", False), ("dagster", False)])
def test_another_version_of_a_library_is_another_code(
    project: Path, library: str, is_behind: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = version(project)
    monkeypatch.setattr(source_code, "installed", lambda: installed() | {library: "0.0.1"})
    assert (version(project) != before) == is_behind


def test_what_a_library_needs_counts_with_it() -> None:
    assert {"pandas", "numpy", "python-dateutil"} <= set(versions_of(["pandas"]))
    assert versions_of(["yaml"]) == {"pyyaml": installed()["pyyaml"]}
    assert versions_of(["dagster", "no_such_library"]) == {}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_imports_are_found_as_python_finds_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            known |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            known |= {f"{node.module}.{alias.name}" for alias in node.names}
    assert known <= imported(text)
    assert {name for name in imported(text) - known if name.startswith(OWN)} == set()


def test_every_library_that_is_imported_is_found_as_installed() -> None:
    distributions = packages_distributions()
    modules = {name.partition(".")[0] for path in SOURCES for name in imported(path.read_text(encoding="utf-8"))}
    for module in (modules & set(distributions)) - set(OWN) - set(sys.stdlib_module_names):
        expected = {normalized(name) for name in distributions[module]}
        assert normalized(CALLED_OTHERWISE.get(module, module)) in expected or module in ("dbt", "dagster_shared"), (
            module
        )


def test_installed_are_those_that_python_tells() -> None:
    told = {normalized(name) for names in packages_distributions().values() for name in names}
    assert told <= set(installed())
