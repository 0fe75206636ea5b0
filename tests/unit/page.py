"""The report as a reader meets it: pages with all opened, cells, and where a number leads.

Belongs here: reading pages in tests. Does not belong here: what they should say.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from assets.reports.page.packed import unpack

VOID = {"meta", "link", "br", "img", "input", "hr", "rect", "path", "circle"}
FOLDED = re.compile(r'<script type="application/gzip" class="folded">(.*?)</script>', re.DOTALL)
PACKED = re.compile(r'<script type="application/gzip" id="packed">(.*?)</script>', re.DOTALL)
ALL_ROWS = re.compile(r'<script type="application/gzip" id="all-rows">(.*?)</script>', re.DOTALL)
ROW = "sources.html#e:"
"""Where a row of evidence stands."""


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    leads_to: str = ""
    """Of a link within the site, its address: the path of a page or file in the release, and the place in it."""
    text: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)
    """All elements in it, at any depth."""

    @property
    def words(self) -> str:
        """Its text with single spaces."""
        return " ".join("".join(self.text).split())


class Page(HTMLParser):
    """The elements of a page, and each piece of text with the elements around it."""

    def __init__(self, html: str, path: str = "index.html") -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.path = html, path
        self.elements: list[Element] = []
        self.texts: list[tuple[str, tuple[Element, ...]]] = []
        self._open: list[Element] = []
        self.feed(html)
        assert not self._open, f"not closed: {[element.tag for element in self._open]}"
        self.by_id = {e.attributes["id"]: e for e in self.elements if "id" in e.attributes}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)
        self.texts.append((data, tuple(self._open)))

    def cells(self) -> Iterator[Element]:
        return (element for element in self.elements if "data-cell" in element.attributes)

    def inputs(self, place: str) -> list[tuple[str, float]]:
        """Return the inputs of a number that are numbers, as the list at `place` says them: label and raw value."""
        return [
            ("".join(element.text).strip().partition(":")[0], float(cells[0].attributes["value"]))
            for element in self.by_id[place].inside
            if element.tag == "li"
            if (cells := [e for e in element.inside if e.attributes.get("class") == "n" and "value" in e.attributes])
        ]

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag == "a" and not re.match(r"[a-z]+:", element.attributes["href"]):
            element.leads_to = self._address(element.attributes["href"])
        self.elements.append(element)
        for around in self._open:
            around.inside.append(element)
        return element

    def _address(self, link: str) -> str:
        way, _, name = link.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), way)) if way else self.path
        return f"{path}#{unquote(name)}" if name else path


class Site:
    """All pages of a release with all opened: what is packed stands where a reader finds it."""

    def __init__(self, html: Mapping[str, str]) -> None:
        self.html = dict(html)
        self.opened = {path: _opened(text) for path, text in html.items()}
        self.pages = {path: Page(text, path) for path, text in self.opened.items()}
        self.elements = [element for page in self.pages.values() for element in page.elements]
        self.texts = [text for page in self.pages.values() for text in page.texts]
        self.by_id = {name: e for page in self.pages.values() for name, e in page.by_id.items()}
        """By name, which is one for all pages only where it starts with `why:`."""
        self.rows = _rows(html["sources.html"]) if "sources.html" in html else {}
        """What the list of sources says of a row, by evidence id."""

    @classmethod
    def of_release(cls, folder: Path) -> Site:
        """Read the pages of a release."""
        return cls(
            {
                path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
                for path in sorted(folder.rglob("*.html"))
            }
        )

    @property
    def text(self) -> str:
        """All that is written in the pages, with single spaces."""
        read = (text for text, around in self.texts if not around or around[-1].tag not in ("style", "script"))
        return " ".join("".join(read).split())

    def cells(self) -> Iterator[Element]:
        return (element for page in self.pages.values() for element in page.cells())

    def numbers(self) -> list[Element]:
        """Links around numbers, page by page."""
        return [e for e in self.elements if e.tag == "a" and e.attributes.get("class") == "why"]

    def inputs(self, place: str) -> list[tuple[str, float]]:
        """Return the inputs of a number at its place, on whatever page that is."""
        return next(page for page in self.pages.values() if place in page.by_id).inputs(place)

    def target(self, link: Element) -> Element | None:
        """Return the place where a link leads, None if it is nowhere."""
        path, _, name = link.leads_to.partition("#")
        return self.pages[path].by_id.get(name) if path in self.pages else None

    def rows_behind(self, number: Element, steps: int = 2) -> list[str]:
        """Return what the first rows of evidence with a value say that a number leads to in so many steps."""
        if number.leads_to.startswith(ROW):
            value = self.rows[number.leads_to.removeprefix(ROW)]["value"]
            return [] if value is None else [str(value)]
        target = self.target(number)
        assert target is not None, number.leads_to
        found = [
            said
            for element in target.inside
            if element.leads_to.startswith(ROW) or element.attributes.get("class") == "lines"
            if ": " in (said := "".join(element.text))
        ]
        if found or steps == 1:
            return found
        return [
            row
            for element in target.inside
            if element.attributes.get("class") == "why"
            for row in self.rows_behind(element, steps - 1)
        ]


def everything_in(path: Path) -> bytes:
    """Return the bytes of a file; of a page with all that is packed into it, its list of sources too."""
    if path.suffix != ".html":
        return path.read_bytes()
    html = path.read_text(encoding="utf-8")
    return (_opened(html) + "".join(map(unpack, ALL_ROWS.findall(html)))).encode()


def _opened(html: str) -> str:
    """Return a page as it is when its reader opened everything."""
    while FOLDED.search(html):
        html = FOLDED.sub(lambda found: unpack(found[1]), html)
    return PACKED.sub(lambda found: f'<div class="packed">{unpack(found[1])}</div>', html)


def _rows(html: str) -> dict[str, dict[str, Any]]:
    """Return all rows of evidence as the list of sources has them."""
    (packed,) = ALL_ROWS.findall(html)
    found = json.loads(unpack(packed))
    rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
    return {
        row["id"]: {
            **row,
            "table": found["tables"][row["table"]],
            "file": found["places"][row["file"]],
            "uses": dict(found["uses"][row["uses"]]),
        }
        for row in rows
    }


def shown_value(cell: Element) -> str:
    """The raw value of a cell: its text where nothing else is said."""
    return cell.attributes.get("value", "".join(cell.text))
