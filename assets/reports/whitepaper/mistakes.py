"""What may not be in the text of the whitepaper: each mistake with its place and what to do.

Belongs here: rules over text and references. Does not belong here: reading them (`source.py`, `references.py`), whether
a bound number is on record (`bound.py`), the number of pages (`typeset.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assets.reports.whitepaper.names import NAMED, SIZES, WORDS
from assets.reports.whitepaper.references import References
from assets.reports.whitepaper.source import MARK, MATH, PLACES, PaperText, TextClaim, TextPlace

MOST_SENTENCES = 3
"""Sentences that one marker covers."""

DEFINED = re.compile(r"<((?:sec|fig|tab)-[a-z-]+)>")
CALL = re.compile(r"^#(figure|diagram|plot)\(", re.MULTILINE)
ALT_TEXT = re.compile(r'alt: "([^"]+)"')
SWALLOWED = re.compile(r"""#(?:n\("[^"]*"\)|own)(;)""")
LABELS = re.compile(r"<[a-z-]+>")


@dataclass(frozen=True, order=True)
class Mistake:
    """Something that keeps the paper from being built."""

    place: str
    """File and line."""
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.do}"


class PaperError(ValueError):
    """The whitepaper cannot be built."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


def mistakes_in(source: PaperText, references: References, cited_by_data: Iterable[str] = ()) -> Iterator[Mistake]:
    """Yield the mistakes of the text and of the references.

    `cited_by_data` are keys that rows of evidence cite, which tables of the paper show.
    """
    claims = source.claims()
    yield from _without_a_source(claims)
    yield from _typed_numbers(source)
    yield from _unresolved(source, claims, references)
    cited = {key for claim in claims for key in claim.cited} | set(cited_by_data)
    for key, line in references.lines.items():
        if key not in cited:
            yield Mistake(f"{references.file}:{line}", f"nobody cites “{key}”", "cite it with @key or take it out")
    yield from _figures(source)
    for place, _ in source.marks(SWALLOWED):
        yield Mistake(str(place), "Typst takes the semicolon for the end of a call", "write it otherwise")


def _without_a_source(claims: Iterable[TextClaim]) -> Iterator[Mistake]:
    for claim in claims:
        said = claim.text if len(claim.text) <= 60 else f"{claim.text[:60].rpartition(' ')[0]}…"
        if not claim.is_based:
            yield Mistake(
                str(claim.place),
                f"“{said}” states something without a source",
                'end it with @key of a reference, a bound number #n("…"), or #own',
            )
        elif claim.sentences > MOST_SENTENCES:
            yield Mistake(
                str(claim.place),
                f"one marker stands for {claim.sentences} sentences from “{said}” on",
                f"give a source after {MOST_SENTENCES} at most",
            )


def _typed_numbers(source: PaperText) -> Iterator[Mistake]:
    for file, text in source.files.items():
        for number, line in enumerate(MATH.sub(_blank, text).splitlines(), start=1):
            if line.lstrip().startswith("//"):
                continue
            left = line
            for allowed in (MARK, LABELS, SIZES, NAMED):
                left = allowed.sub(" ", left)
            found = re.search(r"\d[\d.,]*", left) or WORDS.search(left)
            if found:
                yield Mistake(
                    f"{file}:{number}",
                    f"the number “{found[0].rstrip('.,')}” is typed by hand",
                    'bind it with #n("…"); names with digits are declared in names.py',
                )


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _unresolved(source: PaperText, claims: Iterable[TextClaim], references: References) -> Iterator[Mistake]:
    defined = {label: place for place, label in source.marks(DEFINED)}
    pointed: set[str] = set()
    for claim in claims:
        pointed |= set(claim.places)
        for key in claim.cited:
            if key not in references.lines:
                what = f"@{key} is in no line of {references.file}"
                yield Mistake(str(claim.place), what, "correct the key or add the reference")
        for label in claim.places:
            if label not in defined:
                what = f"@{label} leads nowhere"
                yield Mistake(str(claim.place), what, f"name what it means <{label}>, or correct it")
    for label, place in defined.items():
        if label not in pointed and not label.startswith(PLACES[0]):
            yield Mistake(str(place), f"no sentence leads to <{label}>", f"write @{label} where it is spoken of")


def _figures(source: PaperText) -> Iterator[Mistake]:
    for file, text in source.files.items():
        for found in CALL.finditer(text):
            call = text[found.start() : text.find("\n)", found.start()) + 1]
            if not ALT_TEXT.search(call):
                place = TextPlace(file, text.count("\n", 0, found.start()) + 1)
                yield Mistake(str(place), "the figure has no alternative text", 'say with alt: "…" what it shows')
