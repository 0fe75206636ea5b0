"""The sources behind a module, and the libraries that they use, under names for their content.

Belongs here: which files and which libraries are behind a module.
Does not belong here: which modules are behind a table (`code_versions.py`), the code of dbt models (`dbt_code.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable
from functools import cache
from importlib.metadata import requires
from pathlib import Path

from assets.evidence.fingerprint import fingerprint_of
from orchestration.staleness.libraries import installed, normalized

OWN = ("assets", "checks", "orchestration")
WIRING = ("dagster", "assets.common.keys")
"""What runs the tables and names them: another version of it makes no other table."""
CALLED_OTHERWISE = {"markdown_it": "markdown-it-py", "phonenumbers": "phonenumberslite", "yaml": "pyyaml"}
"""Distributions of modules that are not called as they are."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)


def named(*parts: object) -> str:
    """Name the content of `parts`, which are values of JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def imported(text: str) -> set[str]:
    """Return the modules that a source imports, anywhere in it; a name that is imported from one counts as one.

    To parse all sources takes half a second, which a run has better use for.
    """
    found: set[str] = set()
    for module, names, modules in _IMPORT.findall(text):
        if modules:
            found |= {part.split(" as ")[0].strip() for part in modules.split("#")[0].split(",")}
            continue
        listed = re.sub(r"#[^\n]*", "", names).strip("()")
        found |= {f"{module}.{name.split(' as ')[0].strip()}" for name in listed.split(",") if name.strip()}
    return found


class Code:
    """The sources of a project, as they are on disk."""

    def __init__(self, project_dir: Path) -> None:
        self._project = project_dir
        self._imports: dict[str, tuple[set[str], set[str]]] = {}

    def version(self, module: str, besides: Collection[str] = ()) -> str:
        """Name the code that runs when `module` does: all modules that it imports, in turn, and their libraries.

        Of `besides` and what only these import nothing counts. Files beside a module that are no modules, such as
        templates and lists of words, are part of it.
        """
        modules, libraries = self.behind(module, besides)
        folders = {file.parent for name in modules if (file := self._file(name)) and name.startswith("assets.")}
        data = {path for folder in folders for path in _data_in(folder)}
        files = {file for name in modules if (file := self._file(name))} | data
        content = {str(file.relative_to(self._project)): fingerprint_of([file]) for file in files}
        return named(content, versions_of(libraries), sys.version_info[:2])

    def behind(self, module: str, besides: Collection[str] = ()) -> tuple[set[str], set[str]]:
        """Return our modules behind `module`, itself among them, and the modules of libraries that these import."""
        ours, others, queue = set[str](), set[str](), [module]
        while queue:
            name = queue.pop()
            if name in ours or any(_is_in(name, other) for other in (*WIRING, *besides)):
                continue
            ours.add(name)
            own, foreign = self._imported_by(name)
            queue += own
            others |= foreign
        return ours, others

    def _imported_by(self, module: str) -> tuple[set[str], set[str]]:
        if module not in self._imports:
            file = self._file(module)
            found = imported(file.read_text(encoding="utf-8")) if file else set()
            own = {own for name in found if (own := self._module_of(name))}
            foreign = {name.partition(".")[0] for name in found if name.partition(".")[0] not in OWN}
            self._imports[module] = own, foreign - set(sys.stdlib_module_names) - set(WIRING)
        return self._imports[module]

    def _module_of(self, name: str) -> str | None:
        """Return the module that an imported name is or is in, if it is one of ours."""
        if name.partition(".")[0] not in OWN:
            return None
        return name if self._file(name) else name.rpartition(".")[0]

    def _file(self, module: str) -> Path | None:
        path = self._project.joinpath(*module.split("."))
        return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def versions_of(modules: Iterable[str]) -> dict[str, str]:
    """Return the installed versions of the libraries with these modules, and of all that they need."""
    there, found = installed(), dict[str, str]()
    queue = [normalized(CALLED_OTHERWISE.get(module, module)) for module in modules]
    while queue:
        name = queue.pop()
        if name in there and name not in found and name not in WIRING:
            found[name] = there[name]
            queue += _needed_by(name, there[name])
    return found


@cache
def _needed_by(distribution: str, _version: str) -> tuple[str, ...]:
    """Return what a distribution needs, whatever the machine; extras are only what the lock file pins besides."""
    asked = (line for line in requires(distribution) or () if "extra ==" not in line)
    return tuple(normalized(match[0]) for line in asked if (match := re.match(r"[\w.-]+", line)))


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _data_in(folder: Path) -> list[Path]:
    """Return files beside sources that are no sources, and those in folders without any."""
    found: list[Path] = []
    for path in folder.iterdir():
        is_data = path.is_dir() and path.name != "__pycache__" and not any(path.glob("*.py"))
        found += [file for file in (path.rglob("*") if is_data else [path]) if file.is_file()]
    return [file for file in found if file.suffix not in (".py", ".md")]
