"""Finding people in text: names, mail addresses, phone numbers, wallets, accounts.

Belongs here: recognisers, pure (text in, places out; the lists of names are part of the package).
Does not belong here: which text is searched and what is done about a find (`assets.evidence.rows`).

What is found is a kind and a place, never the text itself: a message about it must not carry it further.
How much it finds is measured in `docs/decisions/0006-finding-identities.md`; it is a net, not a proof.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

LISTS = Path(__file__).parent / "names"


class Identity(NamedTuple):
    """What may tell who somebody is: its kind, its first and its last character, from 1."""

    kind: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind}, characters {self.start}-{self.end}"


_AT = r"(?:\s?@\s?|\s?[\[(]\s?at\s?[\])]\s?|\sat\s)"
_DOT = r"(?:\.|\s?[\[(]\s?dot\s?[\])]\s?|\sdot\s)"
_PLATFORM = (
    r"(?:telegram|tg|discord|twitter|x|github|gitlab|gh|skype|whatsapp|linkedin|matrix|farcaster|warpcast|keybase|"
    r"mastodon|wechat|nostr|bluesky|bsky|instagram|facebook|reddit|session|threema|slack|signal)"
)
_ACCOUNT = r"(?:handle|user\s?name|username|nick(?:name)?|user\s?id|account|alias|profile|id|user|contact)"
_SITES = (
    r"(?:github|gitlab|bitbucket|twitter|x|facebook|instagram|medium|reddit|keybase|warpcast|calendly|youtube|tiktok|"
    r"mirror|substack|bsky|discord(?:app)?|etherscan|debank|zapper)\.(?:com|org|io|xyz|app|social)|t\.me|telegram\.me|wa\.me|"
    r"discord\.gg|(?:\w+\.)?linkedin\.com/(?:in|pub)|mastodon\.\w+|matrix\.to|cal\.com|lnkd\.in|njump\.me"
)
_OURS = r"(?:waku-org|logos-co|logos-messaging|vacp2p|status-im)\b"
"""Organisations whose repositories are the subject of the project."""
_BASE58 = r"[1-9A-HJ-NP-Za-km-z]"
_LIKE_A_HANDLE = r"(?=[\w.]*[\d_])[A-Za-z][\w.]{2,}"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a mail address", re.compile(rf"[\w.+%-]+{_AT}(?:[\w-]+{_DOT})+[a-z]{{2,}}\b", re.IGNORECASE)),
    (
        "the address of an account",
        re.compile(rf"(?:https?://)?(?:www\.)?\b(?:{_SITES})/(?!{_OURS})[@\w][\w.@/%#-]*", re.IGNORECASE),
    ),
    (
        "the address of an account",
        re.compile(r"https?://[^\s/@]+@[^\s]+|https?://[^\s]*/(?:u|user|users|profile|@)/?[\w.-]+"),
    ),
    ("a wallet", re.compile(r"\b0x(?:[0-9a-fA-F]{16,}|[0-9a-fA-F]{2,}\s?(?:…|\.{2,}|\*+)\s?[0-9a-fA-F]{2,})")),
    (
        "a wallet",
        re.compile(r"\b[\w-]+\.(?:eth|lens|sol|bnb|crypto|nft|wallet|cb\.id|fkey\.id|base\.eth)\b", re.IGNORECASE),
    ),
    (
        "a wallet",
        re.compile(
            r"\b(?:bc|tb|ltc|addr|cosmos|osmo|juno|stars|terra|inj|celestia|npub|nprofile|nsec|zs|u|t|lnurl|lnbc)1[02-9a-z]{15,}\b",
            re.IGNORECASE,
        ),
    ),
    ("a wallet", re.compile(rf"\b(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d){_BASE58}{{26,64}}\b")),
    ("an account", re.compile(r"(?<![\w@./])@[A-Za-z_]\w{1,}(?:@[\w.-]+|:[\w.-]+)?(?!\w*/)")),
    ("an account", re.compile(r"\b\w[\w.]{1,31}#\d{4}\b")),
    (
        "an account",
        re.compile(
            rf"\b(?:{_PLATFORM}\s+)?{_ACCOUNT}\s*(?:is|=|:|named|called)?\s*[\"'“]?{_LIKE_A_HANDLE}", re.IGNORECASE
        ),
    ),
    (
        "an account",
        re.compile(rf"\b(?:on|via|by|over)\s+{_PLATFORM}\s+(?:as|under|at|is|:)\s+[\"'“@]?[\w.]{{3,}}", re.IGNORECASE),
    ),
    ("an account", re.compile(rf"\b{_PLATFORM}\s+(?:is\s+)?[\"'“]?{_LIKE_A_HANDLE}", re.IGNORECASE)),
    ("an account", re.compile(rf"\b{_LIKE_A_HANDLE}\s+(?:on|in|at)\s+{_PLATFORM}\b", re.IGNORECASE)),
    ("a phone number", re.compile(r"(?<![\w.,])(?:\+|00)\s?[1-9]\d{0,2}(?:[\s./()-]{0,3}\d){6,13}(?!\w)")),
    ("a phone number", re.compile(r"(?<![\w.,])\(?0\d{1,4}\)?(?:[\s/-]{0,2}\d){6,10}(?![\w.,]\d|\d)")),
    ("a phone number", re.compile(r"(?<![\w.,-])\(?[2-9]\d{2}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\w-])")),
)

_LABELLED = re.compile(rf"\b{_PLATFORM}(?:\s+{_ACCOUNT})?\s*[:=]\s*[\"'“@]?(?P<account>[\w.-]{{3,}})", re.IGNORECASE)
"""An account only if it is no word: `Discord: nobody answers there` names none."""

_LETTERS = r"[^\W\d_]"
_TOKEN = re.compile(rf"{_LETTERS}+(?:[-'’]{_LETTERS}+)*")
_UNREADABLE = re.compile(r"[^\W\d_a-zA-Z\u00aa\u00b5\u00ba\u00c0-\u024f\u0370-\u03ff\u1e00-\u1eff\ufb00-\ufb06]{2,}")
_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Madame|Monsieur|Señora?|Sir)\b\.?\s+$")
_DATED = re.compile(r"\d\s*$"), re.compile(r"\.?\s+\d")
"""What is before or after an abbreviated month that is also a name."""
_FOLDED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "’": "'"})


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset((LISTS / f"{name}.txt").read_text(encoding="utf-8").split())


def _folded(word: str) -> str:
    """Return a word without case and accents, as the lists have it."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_FOLDED))
    return "".join(c for c in plain if not unicodedata.combining(c)).removesuffix("'s")


def known_words(text: str) -> frozenset[str]:
    """Return the words of a pack's list of words that are no names, one or more a line, `#` begins a comment."""
    return frozenset(_folded(w) for line in text.splitlines() for w in _TOKEN.findall(line.partition("#")[0]))


def identities_in(text: str, known: Collection[str] = ()) -> list[Identity]:
    """Return what in a text may tell who somebody is, in the order of the text. `known` words are never names."""
    found = [Identity(kind, m.start() + 1, m.end()) for kind, pattern in _PATTERNS for m in pattern.finditer(text)]
    labelled = (m for m in _LABELLED.finditer(text) if _folded(m["account"].strip(".-")) not in _words("english"))
    found += (Identity("an account", m.start() + 1, m.end()) for m in labelled)
    found += (
        Identity("text in a script that cannot be searched", m.start() + 1, m.end()) for m in _UNREADABLE.finditer(text)
    )
    if sum(c.isdigit() for c in text) >= 7:
        found += _phone_numbers(text)
    found += _names(text, known)
    return _without_overlaps(found)


def identities_in_code(code: str, known: Collection[str] = ()) -> list[Identity]:
    """Return the names in an identifier such as `defi_anna_2`: there are no capitals to go by, so clear names only."""
    found = []
    for match in re.finditer(r"[^\W\d_]+", code):
        word = _folded(match[0])
        is_name = word in _words("first") or (word in _words("last") and len(word) > 3)
        if is_name and word not in known and word not in _words("known") and word not in _words("english"):
            found.append(Identity("a name", match.start() + 1, match.end()))
    return found or [i for i in identities_in(code, known) if i.kind != "a name"]


def _phone_numbers(text: str) -> Iterator[Identity]:
    import phonenumbers  # 0.07 s, and most text has no number

    matcher = phonenumbers.PhoneNumberMatcher(text, None, leniency=phonenumbers.Leniency.POSSIBLE)
    yield from (Identity("a phone number", match.start + 1, match.end) for match in matcher)


class _Word(NamedTuple):
    text: str
    folded: str
    start: int
    end: int
    begins_sentence: bool
    joins: bool
    """Only a blank, or a dot and a blank after an initial, is between it and the word before."""

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper() and not (len(self.text) > 1 and self.text.isupper())


def _split(text: str) -> list[_Word]:
    words: list[_Word] = []
    end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        begins = not words or (bool(re.search(r"[.!?:\n•“\"(\[-]\s*$", between)) and not _is_initial(words[-1]))
        joins = bool(words) and (between in (" ", "  ") or (between in (". ", ".") and _is_initial(words[-1])))
        words.append(_Word(match[0], _folded(match[0]), match.start(), match.end(), begins, joins))
        end = match.end()
    return words


def _is_initial(word: _Word) -> bool:
    return len(word.text) == 1 and word.text.isupper()


def _names(text: str, known: Collection[str]) -> Iterator[Identity]:
    words = _split(text)
    for position, word in enumerate(words):
        before = words[position - 1] if position and word.joins else None
        if _is_name(text, word, before, known):
            start = before.start if before and before.is_capitalised and not _is_plain(before, known) else word.start
            yield Identity("a name", start + 1, word.end)


def _is_name(text: str, word: _Word, before: _Word | None, known: Collection[str]) -> bool:
    parts = {word.folded, *word.folded.split("-"), word.folded.replace("'", "")}
    if word.folded in known or word.folded in _words("known"):
        return False
    if word.folded in ("jan", "mae", "avril") and (
        _DATED[0].search(text[: word.start]) or _DATED[1].match(text[word.end :])
    ):
        return False
    is_first, is_last = bool(parts & _words("first")), bool(parts & _words("last"))
    may_be_first = is_first or word.folded in _words("first_and_word")
    may_be_last = is_last or word.folded in _words("last_and_word")
    if word.is_capitalised:
        if is_first or is_last or _HONORIFIC.search(text[: word.start]):
            return True
        if may_be_first and not word.begins_sentence:
            return True
        # A word that is no English and no known one: products are told apart by capitals within, as in WalletConnect.
        if len(word.text) > 2 and word.text[1:].islower() and not _is_plain(word, known):
            return True
        if before is None or not (before.is_capitalised or _is_initial(before)):
            return False
        if before.folded in known or before.folded in _words("known"):
            return False
        is_plain, was_plain = _is_plain(word, known), _is_plain(before, known)
        was_first = before.folded in _words("first_and_word") or _is_initial(before)
        return (not is_plain and not was_plain) or (was_first and (may_be_last or may_be_first or not is_plain))
    if before is None or word.text[0].isupper() != before.text[0].isupper():
        return False
    # neither capitals nor sentences to go by: a first and a last name beside each other
    return before.folded in _words("first") and may_be_last


def _is_plain(word: _Word, known: Collection[str]) -> bool:
    """Tell whether a word is an English or a known one, also in the plural or with an ending."""
    if word.folded in known or word.folded in _words("known") or word.folded in _words("english"):
        return True
    stems = (re.sub(ending, "", word.folded) for ending in ("s$", "es$", "ed$", "d$", "ing$", "ly$", "er$", "ers$"))
    return any(len(stem) > 2 and (stem in _words("english") or stem in _words("known")) for stem in stems) or all(
        len(part) < 3 or part in _words("english") or part in _words("known") for part in word.folded.split("-")
    )


def _without_overlaps(found: Collection[Identity]) -> list[Identity]:
    kept: list[Identity] = []
    for identity in sorted(found, key=lambda i: (i.start, -i.end)):
        if not kept or identity.start > kept[-1].end:
            kept.append(identity)
    return kept
