"""The text of the whitepaper as claims: what each sentence states, and what it is based on.

Belongs here: reading the dialect of Typst that the text is written in. Does not belong here: what is a mistake
(`mistakes.py`), what a bound number says (`bound.py`), layout (`templates/`).

A file of text is Typst in which each line begins one thing: a heading (`=`), a list item (`-`), a row of a table
(`[`), a caption (`caption:`), a call of a function (`#name(`), or a paragraph. A sentence that states something holds a
marker: `@key` cites a reference or leads to a section or figure, `#n("...")` is a bound number, and `#own` says that it
is an argument, definition or derivation of the authors. A marker covers the sentences before it up to the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NUMBER = re.compile(r'#n\("([^"]*)"\)')
OWN = re.compile(r"#own\b")
LABEL = re.compile(r"@((?:[a-z0-9]+[-_])*[a-z0-9]+)")
MARK = re.compile(f"{NUMBER.pattern}|{OWN.pattern}|{LABEL.pattern}")
"""What says on what a sentence is based."""

PLACES = ("sec-", "fig-", "tab-")
"""Beginnings of names within the paper; every other one is that of a reference."""

MATH = re.compile(r"\$[^$]*\$")

_SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.;:,]#own))\s+(?=[A-Z“*\[(#@$])")


@dataclass(frozen=True)
class TextPlace:
    """A line of a file of text."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class TextUnit:
    """A paragraph, a list item, a row of a table or a caption, with the line in which it begins."""

    place: TextPlace
    text: str
    is_abstract: bool = False

    def line_of(self, offset: int) -> TextPlace:
        """Return the place of a character of the text."""
        return TextPlace(self.place.file, self.place.line + self.text.count("\n", 0, offset))


@dataclass(frozen=True)
class TextClaim:
    """Sentences that share the marker at their end."""

    place: TextPlace
    text: str
    sentences: int
    cited: tuple[str, ...]
    """Keys of references."""
    places: tuple[str, ...]
    """Sections, figures and tables that it leads to."""
    numbers: tuple[str, ...]
    """What its bound numbers are bound to."""
    is_own: bool

    @property
    def is_based(self) -> bool:
        """Whether anything says what it is based on."""
        return bool(self.cited or self.places or self.numbers or self.is_own)


@dataclass(frozen=True)
class PaperText:
    """All files of text, in the order of the paper."""

    files: dict[str, str]

    @classmethod
    def read(cls, folder: Path, name: str) -> PaperText:
        """Return the files of a folder, which is called `name` in messages."""
        return cls({f"{name}/{path.name}": path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.typ"))})

    def units(self) -> Iterator[TextUnit]:
        """Yield what states anything."""
        for file, text in self.files.items():
            yield from _units(file, text)

    def claims(self) -> list[TextClaim]:
        """Return all claims, in order."""
        return [claim for unit in self.units() for claim in claims_of(unit)]

    def marks(self, pattern: re.Pattern[str]) -> Iterator[tuple[TextPlace, str]]:
        """Yield what a pattern finds first in each match, anywhere but in comments, with its place."""
        for file, text in self.files.items():
            for number, line in enumerate(text.splitlines(), start=1):
                if not line.lstrip().startswith("//"):
                    for found in pattern.finditer(line):
                        yield TextPlace(file, number), found[1]


def _units(file: str, text: str) -> Iterator[TextUnit]:
    is_abstract = "abstract" in file
    lines = text.splitlines()
    begun: tuple[int, list[str]] | None = None

    def done() -> Iterator[TextUnit]:
        if begun is not None:
            yield TextUnit(TextPlace(file, begun[0]), "\n".join(begun[1]), is_abstract)

    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        kind = _kind(line)
        if kind == "more" and begun is not None:
            begun[1].append(line)
            continue
        yield from done()
        begun = None
        if kind in ("text", "more"):
            begun = (number, [line])
        elif kind in ("row", "caption"):
            yield TextUnit(TextPlace(file, number), line.removeprefix("caption:").strip().rstrip(","), is_abstract)
    yield from done()


def _kind(line: str) -> str:
    if not line or line.startswith(("=", "//", ")", "]")):
        return "nothing"
    if line.startswith("["):
        return "row"
    if line.startswith("caption:"):
        return "caption"
    if line.startswith("- "):
        return "text"
    if re.match(r"#(?!n\(|own\b|m\()|[a-z-]+: |\(", line):
        return "nothing"
    return "more"


def claims_of(unit: TextUnit) -> Iterator[TextClaim]:
    """Yield the claims of a unit; sentences at its end that no marker covers are one without any."""
    begin, position, sentences = 0, 0, 0
    for end in [*(found.end() for found in _SENTENCE.finditer(unit.text)), len(unit.text)]:
        sentence = unit.text[position:end]
        position = end
        sentences += 1
        if MARK.search(sentence) or end == len(unit.text):
            text = unit.text[begin:end]
            if re.search(r"[A-Za-z]{2}", MARK.sub("", text)) or MARK.search(text):
                yield _claim(unit, begin, text, sentences)
            begin, sentences = end, 0


def _claim(unit: TextUnit, begin: int, text: str, sentences: int) -> TextClaim:
    labels = [found[1] for found in LABEL.finditer(NUMBER.sub("", text))]
    return TextClaim(
        place=unit.line_of(begin),
        text=" ".join(text.split()),
        sentences=sentences,
        cited=tuple(label for label in labels if not label.startswith(PLACES)),
        places=tuple(label for label in labels if label.startswith(PLACES)),
        numbers=tuple(found[1] for found in NUMBER.finditer(text)),
        is_own=bool(OWN.search(text)),
    )
