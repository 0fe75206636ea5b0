"""Names of persons in text, by lists of names and words, and by capitals.

Belongs here: words and what tells a name from them, over text that is normalised already.
Does not belong here: what has a form of its own (`patterns.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

LISTS = Path(__file__).parent / "names"

_LETTERS = r"[^\W\d_]"
_TOKEN = re.compile(rf"{_LETTERS}+(?:[-'’]{_LETTERS}+)*")
_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Madame|Monsieur|Señora?|Sir)\b\.?\s+$")
_DATED = re.compile(r"\d\s*$"), re.compile(r"\.?\s+\d")
"""What is before or after an abbreviated month that is also a name."""
_FOLDED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "’": "'"})


class _SortedWords:
    """A file of words, one a line in byte order, looked up by halving: no set of 40,000 words is built for one file."""

    def __init__(self, name: str) -> None:
        self._text = (LISTS / f"{name}.txt").read_text(encoding="ascii")

    def __contains__(self, word: str) -> bool:
        low, high = 0, len(self._text)
        while low < high:
            start = self._text.rfind("\n", 0, (low + high) // 2) + 1
            end = self._text.index("\n", start)
            found = self._text[start:end]
            if found == word:
                return True
            low, high = (end + 1, high) if found < word else (low, start)
        return False


@cache
def _list(name: str) -> _SortedWords:
    return _SortedWords(name)


@cache
def _is_in(name: str, word: str) -> bool:
    return word in _list(name)


@cache
def _known() -> frozenset[str]:
    return frozenset((LISTS / "known.txt").read_text(encoding="utf-8").split())


def _is_known(word: str, known: frozenset[str]) -> bool:
    return word in known or word in _known() or _is_in("places", word)


def folded(word: str) -> str:
    """Return a word without case and accents, as the lists have it."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_FOLDED))
    return "".join(c for c in plain if not unicodedata.combining(c)).removesuffix("'s")


def known_words(text: str) -> frozenset[str]:
    """Return the words of a pack's list of words that are no names, one or more a line, `#` begins a comment."""
    return frozenset(folded(w) for line in text.splitlines() for w in _TOKEN.findall(line.partition("#")[0]))


def is_word(word: str, known: frozenset[str]) -> bool:
    """Tell whether a word is an English or a known one, also in the plural or with an ending."""
    return _is_plain(folded(word), known)


def names_in_code(code: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the names in an identifier such as `defi_anna_2`: there are no capitals to go by, so clear names only."""
    for match in re.finditer(r"[^\W\d_]+", code):
        word = folded(match[0])
        is_name = _is_in("first", word) or (len(word) > 3 and _is_in("last", word))
        if is_name and not _is_known(word, known) and not _is_in("english", word):
            yield match.span()


class _Word(NamedTuple):
    text: str
    folded: str
    start: int
    end: int
    begins_sentence: bool
    between: str
    """What is between it and the word before."""
    joins: bool
    """That is only a blank, or a dot and a blank after an initial."""

    @property
    def is_capitals(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper() and not self.is_capitals

    @property
    def is_initial(self) -> bool:
        return len(self.text) == 1 and self.text.isupper()


def _split(text: str) -> list[_Word]:
    words: list[_Word] = []
    end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        begins = not words or (bool(re.search(r"[.!?:\n•“\"(\[-]\s*$", between)) and not words[-1].is_initial)
        joins = bool(words) and (between in (" ", "  ") or (between in (". ", ".") and words[-1].is_initial))
        words.append(_Word(match[0], folded(match[0]), match.start(), match.end(), begins, between, joins))
        end = match.end()
    return words


def names_in(text: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of what may be a name. `known` words are none."""
    words = _split(text)
    for position, word in enumerate(words):
        before = words[position - 1] if position else None
        if _is_pair(word, before, known):
            assert before
            yield before.start, word.end
        elif _is_name(text, word, before if word.joins else None, known):
            joined = before if before and word.joins and before.is_capitalised else None
            yield joined.start if joined and not _is_plain(joined.folded, known) else word.start, word.end
        elif _is_hyphenated(word, known):
            yield word.start, word.end


def _may_be_first(word: str) -> bool:
    return _is_in("first", word) or _is_in("first_and_word", word) or _is_in("short", word)


def _may_be_last(word: str) -> bool:
    return _is_in("last", word) or _is_in("last_and_word", word) or _is_in("short", word)


def _is_listed(word: str) -> bool:
    return _may_be_first(word) or _may_be_last(word)


def _is_pair(word: _Word, before: _Word | None, known: frozenset[str]) -> bool:
    """Tell whether two words beside each other, both in capitals or both in small letters, are given and family name.

    In small letters a dot or an underscore may join them.
    """
    if before is None or _is_known(word.folded, known) or _is_known(before.folded, known):
        return False
    if not (_is_listed(word.folded) and _is_listed(before.folded)):
        return False
    if word.is_capitals and before.is_capitals:
        return word.joins and (_is_certain(before.folded) or _is_certain(word.folded))
    if word.text[0].isupper() or before.text[0].isupper():
        return False
    return (word.joins or word.between in ("_", ".")) and _is_in("first", before.folded) and len(word.folded) > 2


def _is_certain(word: str) -> bool:
    return _is_in("first", word) or _is_in("last", word)


def _is_hyphenated(word: _Word, known: frozenset[str]) -> bool:
    """Tell whether a word such as `alice-johnson` is a name in small letters."""
    first, _, last = word.folded.partition("-")
    return len(last) > 2 and not _is_known(first, known) and _is_in("first", first) and _is_listed(last)


def _is_name(text: str, word: _Word, before: _Word | None, known: frozenset[str]) -> bool:
    if not word.is_capitalised or _is_known(word.folded, known):
        return False
    if _is_month(text, word):
        return False
    parts = {word.folded, *word.folded.split("-"), word.folded.replace("'", "")}
    if any(map(_is_certain, parts)) or _HONORIFIC.search(text[: word.start]):
        return True
    if _is_in("first_and_word", word.folded) and not word.begins_sentence:
        return True
    # A word that is no English and no known one: products are distinguished by capitals within, as in WalletConnect.
    if len(word.text) > 2 and word.text[1:].islower() and not _is_plain(word.folded, known):
        return True
    return before is not None and _is_name_after(before, word, known)


def _is_month(text: str, word: _Word) -> bool:
    """Tell whether a word that is a name and a month is part of a date."""
    is_either = word.folded in ("jan", "mae", "avril")
    return is_either and bool(_DATED[0].search(text[: word.start]) or _DATED[1].match(text[word.end :]))


def _is_name_after(before: _Word, word: _Word, known: frozenset[str]) -> bool:
    """Tell whether a word that may be one is a family name, by the word before it."""
    is_plain = _is_plain(word.folded, known)
    if not (before.is_capitalised or before.is_initial) or before.folded in known:
        return False
    if _is_known(before.folded, known) and not _is_in("first", before.folded):
        return False
    was_first = _may_be_first(before.folded) or before.is_initial
    return (not is_plain and not _is_plain(before.folded, known)) or (
        was_first and (_is_listed(word.folded) or not is_plain)
    )


@cache
def _is_plain(word: str, known: frozenset[str]) -> bool:
    if _is_known(word, known) or _is_in("english", word):
        return True
    stems = (re.sub(ending, "", word) for ending in ("s$", "es$", "ed$", "d$", "ing$", "ly$", "er$", "ers$"))
    return any(len(s) > 2 and (_is_in("english", s) or _is_known(s, known)) for s in stems) or all(
        len(part) < 3 or _is_in("english", part) or _is_known(part, known) for part in word.split("-")
    )
