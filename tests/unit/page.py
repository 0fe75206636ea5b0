"""The report as a reader meets it: elements, cells, and where a number leads.

Belongs here: reading a page in tests. Does not belong here: what it should say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"meta", "link", "br", "img", "input", "hr", "rect", "path", "circle"}


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)
    """All elements in it, at any depth."""


class Page(HTMLParser):
    """The elements of a page, and each piece of text with the elements around it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
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

    def numbers(self) -> list[Element]:
        """Links around numbers, in the order of the page."""
        return [e for e in self.elements if e.tag == "a" and e.attributes.get("class") == "why"]

    def rows_behind(self, number: Element, steps: int = 2) -> list[str]:
        """Return what the first rows of evidence with a value say that a number leads to in so many steps."""
        name = unquote(number.attributes["href"][1:])
        target = self.by_id[name]
        if name.startswith("e:"):
            return [
                text for e in target.inside if e.attributes.get("data-cell", "").endswith("/value") for text in e.text
            ]
        found = [
            said
            for element in target.inside
            if element.attributes.get("href", "").startswith("#e:") or element.attributes.get("class") == "lines"
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
        self.elements.append(element)
        for around in self._open:
            around.inside.append(element)
        return element


def shown_value(cell: Element) -> str:
    """The raw value of a cell: its text where nothing else is said."""
    return cell.attributes.get("value", "".join(cell.text))
