"""From a release and the text of the whitepaper to its PDF, by Typst.

Belongs here: the order of checks, how Typst is called, the number of pages. Does not belong here: the rules of the text
(`mistakes.py`), what numbers say (`bound.py`, `tables.py`), words and layout (`templates/`).

The same release gives the same bytes. Nothing is asked for: no network, no font of the machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from assets.reports.page.cells import Cells
from assets.reports.page.formats import FORMATS
from assets.reports.page.site import ReleaseData
from assets.reports.typesetting import typeset
from assets.reports.whitepaper.bound import BoundNumbers, bound
from assets.reports.whitepaper.mistakes import Mistake, PaperError, mistakes_in
from assets.reports.whitepaper.references import References
from assets.reports.whitepaper.source import NUMBER, PaperText
from assets.reports.whitepaper.tables import documents_cited, tables_of

TEMPLATES = Path(__file__).parent / "templates"
NAME = "assets/reports/whitepaper/templates"
"""What the folder is called in messages."""

PAGES = (13, 17)
"""Fewest and most pages: the milestone asks for around 15."""

_PAGE = re.compile(rb"/Type\s*/Page\b")
_PLACE = re.compile(r"┌─ ([^\s:]+):(\d+)")


@dataclass(frozen=True)
class Paper:
    """The whitepaper of a release: its text, and what is known for it."""

    release: ReleaseData
    templates: Path = TEMPLATES
    name: str = NAME
    pages: tuple[int, int] = PAGES

    @cached_property
    def source(self) -> PaperText:
        """The files of text."""
        return PaperText.read(self.templates / "text", f"{self.name}/text")

    @cached_property
    def references(self) -> References:
        """The list of references."""
        return References.read(self.templates / "references.yaml", f"{self.name}/references.yaml")

    @cached_property
    def _cells(self) -> Cells:
        return Cells(self.release.frames)

    @cached_property
    def bound(self) -> BoundNumbers:
        """What the bound numbers say."""
        return bound([name for _, name in self.source.marks(NUMBER)], self._cells, self.release.frames)

    @cached_property
    def tables(self) -> dict[str, Any]:
        """Rows of tables and figures."""
        return tables_of(self._cells, self.release.frames)

    def mistakes(self) -> list[Mistake]:
        """Return what keeps the paper from being built, whatever is on record."""
        cited = documents_cited(self.tables)
        is_whole = bool(cited) and self.release.manifest.as_of is None
        found = [*mistakes_in(self.source, self.references, cited if is_whole else cited | self._may_cite())]
        for place, name in self.source.marks(NUMBER):
            if name in self.bound.wrong:
                what = f"the number “{name}” is bound to nothing: {self.bound.wrong[name]}"
                found.append(Mistake(str(place), what, "name a cell, a row of evidence, or own arithmetic"))
        for document in sorted(cited - set(self.references.lines)):
            what = f"evidence names the document “{document}”, which {self.references.file} does not have"
            found.append(Mistake(f"{self.references.file}:1", what, "add the reference, or correct the evidence"))
        return sorted(found)

    def _may_cite(self) -> set[str]:
        """Return the keys that rows of evidence may cite, where a release lacks some of these rows."""
        return {key for key, entry in self.references.entries.items() if ", commit " in entry.get("title", "")}

    def not_on_record(self) -> Iterator[Mistake]:
        """Yield each bound number whose row the release does not have."""
        for place, name in self.source.marks(NUMBER):
            if name in self.bound.unknown:
                what = f"the number “{name}” is not on record"
                yield Mistake(str(place), what, "correct its name, add the row of evidence, or take the sentence out")

    def require_all(self) -> None:
        """Raise `PaperError` unless the paper can be built with all its numbers.

        Of an earlier day, some may be unknown.
        """
        found = self.mistakes()
        if self.release.manifest.as_of is None:
            found += self.not_on_record()
        if found:
            raise PaperError(found)

    def pdf(self) -> bytes:
        """Return the paper.

        Raises `PaperError` with each mistake and its place. The number of pages is checked where all its numbers are
        on record: without some of them, tables are shorter.
        """
        if found := self.mistakes():
            raise PaperError(found)
        content = self._typeset()
        count, (fewest, most) = page_count(content), self.pages
        if not self.bound.unknown and not fewest <= count <= most:
            what = f"the whitepaper has {count} page{'' if count == 1 else 's'}"
            do = f"shorten or extend it to {fewest} to {most}"
            raise PaperError([Mistake(f"{self.name}/paper.typ:1", what, do)])
        return content

    def _typeset(self) -> bytes:
        manifest = self.release.manifest
        data = {
            "files": [Path(file).name for file in self.source.files],
            "numbers": self.bound.texts,
            "missing": len(set(self.bound.unknown)),
            "release_id": manifest.release_id,
            "made_on": FORMATS["day"](manifest.created_at.date()),
            "as_of": FORMATS["day"](manifest.as_of) if manifest.as_of else None,
            **self.tables,
        }
        import typst  # 84 MB that nothing but making a document needs

        files = {path: path.read_bytes() for path in sorted(self.templates.rglob("*")) if path.is_file()}
        content = hashlib.sha256(repr(files).encode()).hexdigest()
        words = json.dumps(data, ensure_ascii=False)
        try:
            return _compiled(self.templates, content, words, manifest.created_at)
        except typst.TypstError as error:
            found = _PLACE.search(error.diagnostic or "")
            file = found[1].rpartition(f"{self.templates.name}/")[2] if found else "paper.typ"
            place = f"{self.name}/{file}:{found[2] if found else 1}"
            raise PaperError([Mistake(place, error.message, "correct the text")]) from error


@lru_cache(maxsize=4)
def _compiled(templates: Path, _content: str, data: str, made_at: datetime) -> bytes:
    """Return the paper; once in a process, since a decision and a withdrawal make files of a release again."""
    return typeset(templates / "paper.typ", json.loads(data), made_at)


def whitepaper_pdf(release: ReleaseData) -> bytes:
    """Return the whitepaper of a release. Raises `PaperError`."""
    return Paper(release).pdf()


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF that Typst made: each is an object of its own."""
    return len(_PAGE.findall(pdf))
