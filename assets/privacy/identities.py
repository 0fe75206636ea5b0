"""Finding people in text: names, mail addresses, phone numbers, wallets, accounts.

Belongs here: text in, places out, pure; what is searched for is in `patterns.py` and `person_names.py`.
Does not belong here: which text is searched and what is done about a find (`assets.evidence.rows`).

What is found is a kind and a place, never the text itself: a message about it must not carry it further.
How much it finds is measured in `docs/decisions/0006-finding-identities.md`; it is a net, not a proof.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from assets.privacy.patterns import ADDRESS, found_by_form
from assets.privacy.person_names import known_words, names_in, names_in_code

__all__ = ["ADDRESS", "Identity", "identities_in", "identities_in_code", "known_words"]

_UNREADABLE = re.compile(r"[^\W\d_a-zA-Z\u00aa\u00b5\u00ba\u00c0-\u024f\u0370-\u03ff\u1e00-\u1eff\ufb00-\ufb06]+")


class Identity(NamedTuple):
    """What may tell who somebody is: its kind, its first and its last character, from 1."""

    kind: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind}, characters {self.start}-{self.end}"


def identities_in(text: str, known: Collection[str] = ()) -> list[Identity]:
    """Return what in a text may tell who somebody is, in the order of the text. `known` words are never names."""
    words = frozenset(known)
    plain, places = _normalised(text)
    found = [
        *found_by_form(plain, words),
        *(("text in a script that cannot be searched", *match.span()) for match in _UNREADABLE.finditer(plain)),
        *(("a name", *span) for span in names_in(plain, words)),
    ]
    return _without_overlaps(Identity(kind, places[start] + 1, places[end - 1] + 1) for kind, start, end in found)


def identities_in_code(code: str, known: Collection[str] = ()) -> list[Identity]:
    """Return what in an identifier such as `defi_anna_2` may tell who somebody is: of names only clear ones."""
    names = [Identity("a name", start + 1, end) for start, end in names_in_code(code, frozenset(known))]
    return names or [i for i in identities_in(code, known) if i.kind != "a name"]


def _normalised(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it looks, and for each of its characters the place of it in `text`.

    Full-width letters become plain ones (NFKC), what nobody sees is left out (zero width, soft hyphens, variants of
    shape), and so is a mark that no letter has. Letters are joined with their accents, so that places are those of the
    letters.
    """
    if text.isascii():
        return text, range(len(text))
    pieces: list[str] = []
    places: list[int] = []
    for match in re.finditer(r".[\u0300-\u036f]*", text, re.DOTALL):
        piece = unicodedata.normalize("NFKC", match[0])
        visible = "".join(c for c in piece if unicodedata.category(c) not in ("Cf", "Mn"))
        pieces.append(visible)
        places += [match.start()] * len(visible)
    return "".join(pieces), places


def _without_overlaps(found: Iterable[Identity]) -> list[Identity]:
    kept: list[Identity] = []
    for identity in sorted(found, key=lambda i: (i.start, -i.end)):
        if not kept or identity.start > kept[-1].end:
            kept.append(identity)
    return kept
