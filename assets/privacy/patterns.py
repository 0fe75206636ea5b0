"""What gives a person away by its form: mail, accounts, wallets, phone and bank numbers, IP addresses.

Belongs here: patterns, over text that is normalised already. Does not belong here: names and words (`person_names.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from assets.privacy.person_names import is_word

ADDRESS = "the address of an account"

_AT = r"(?:\s?@\s?|\s?[\[(<{]\s?at\s?[\])>}]\s?|\sat\s)"
_DOT = r"(?:\.|\s\.\s|\s?[\[(<{]\s?dot\s?[\])>}]\s?|\sdot\s)"
_ONE_PLATFORM = (
    r"telegram|tg|discord|twitter|github|gitlab|codeberg|skype|whatsapp|linkedin|farcaster|warpcast|keybase|mastodon|"
    r"wechat|nostr|bluesky|bsky|instagram|facebook|reddit|threema"
)
_PLATFORM = rf"(?:{_ONE_PLATFORM}|x|gh|matrix|session|slack|signal)"
_ACCOUNT = r"(?:handle|user\s?name|username|nick(?:name)?|user\s?id|account|alias|profile|id|user|contact)"
_SITES = (
    r"(?:github|gitlab|bitbucket|twitter|x|facebook|instagram|medium|reddit|keybase|warpcast|calendly|youtube|tiktok|"
    r"mirror|substack|bsky|discord(?:app)?|etherscan|debank|zapper|codeberg|patreon|ko-fi|buymeacoffee|hackmd)"
    r"\.(?:com|org|io|xyz|app|social)|t\.me|telegram\.me|wa\.me|"
    r"discord\.gg|(?:\w+\.)?linkedin\.com/(?:in|pub)|mastodon\.\w+|matrix\.to|cal\.com|lnkd\.in|njump\.me|linktr\.ee|"
    r"about\.me|signal\.me|git\.sr\.ht|simplex\.chat"
)
_SITES_OF_USERS = (
    r"github\.io|gitlab\.io|codeberg\.page|substack\.com|bsky\.social|medium\.com|hashnode\.dev|tumblr\.com|"
    r"wordpress\.com|blogspot\.com|carrd\.co|notion\.site"
)
_OURS = r"(?:waku-org|logos-co|logos-messaging|vacp2p|status-im)\b"
"""Organisations whose repositories are the subject of the project."""
_BASE58 = r"[1-9A-HJ-NP-Za-km-z]"
_BECH32 = r"(?:bc|tb|ltc|addr|cosmos|osmo|juno|stars|terra|inj|celestia|npub|nprofile|nsec|zs|u|t|lnurl|lnbc)1"
_LEFT_OUT = r"\s?(?:\.{2,}|\*+)\s?"
"""In the middle of a shortened address; an ellipsis is three dots once it is normalised."""
_LIKE_A_HANDLE = r"(?P<account>(?=[\w.]*[\d_])[A-Za-z][\w.]{2,})"
_HANDLE = r"[\"'“@]?(?P<account>[\w.-]{3,})"
_LOWER_CASE = r"[\"'“@]?(?P<account>(?-i:[a-z][a-z\d_.-]{3,}))"
_IS = r"\s*(?:is|=|:|named|called)?\s*"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (ADDRESS, _any_case(rf"(?:https?://)?(?:www\.)?\b(?:{_SITES})/(?!{_OURS})[@+\w][\w.@/%#+-]*")),
    (ADDRESS, _any_case(rf"(?<![\w-])(?!{_OURS}|www\.)[\w-]+\.(?:{_SITES_OF_USERS})\b")),
    (ADDRESS, re.compile(r"https?://[^\s/@]+@[^\s]+|https?://[^\s]*/(?:u|user|users|profile|@)/?[\w.-]+")),
    ("a wallet", re.compile(rf"\b0[xX](?:[0-9a-fA-F]{{16,}}|[0-9a-fA-F]{{2,}}{_LEFT_OUT}[0-9a-fA-F]{{2,}})")),
    ("a wallet or a key", re.compile(r"\b[0-9a-fA-F]{32,}\b")),
    (
        "a wallet",
        re.compile(rf"\b(?=[\da-fA-F]*\d)[\da-fA-F]{{4,}}{_LEFT_OUT}(?=[\da-fA-F]*[a-fA-F])[\da-fA-F]{{4,}}\b"),
    ),
    (
        "a wallet",
        _any_case(
            r"\b[\w-]+\.(?:eth|lens|sol|bnb|crypto|nft|wallet|near|sui|btc|arb|ton|stark|apt|zil|dao|avax|tez|ada|"
            r"cb\.id|fkey\.id|base\.eth)\b"
        ),
    ),
    ("a wallet", _any_case(rf"\b{_BECH32}(?:[02-9a-z]{{15,}}|[02-9a-z]{{2,}}{_LEFT_OUT}[02-9a-z]{{2,}})\b")),
    ("a wallet", re.compile(rf"\b(?=\w*[A-Z])(?=\w*[a-z])(?=\w*\d){_BASE58}{{26,64}}\b")),
    ("an account", re.compile(r"(?<![\w@./])@(?![0-9a-f]{7,40}\b)[A-Za-z_]\w{1,}(?:@[\w.-]+|:[\w.-]+)?(?!\w*/)")),
    ("an account", re.compile(r"\b\w[\w.]{1,31}#\d{4}\b")),
    ("an account", re.compile(r"(?<![\d.,])\d{17,20}(?![\d.,]\d|\d)")),
    ("a phone number", re.compile(r"(?<![\w.,])(?:\+|00)\s?[1-9]\d{0,2}(?:[\s./()-]{0,3}\d){6,13}(?!\w)")),
    ("a phone number", re.compile(r"(?<![\w.,])\(?0\d{1,4}\)?(?:[\s/-]{0,2}\d){6,10}(?![\w.,]\d|\d)")),
    ("a phone number", re.compile(r"(?<![\w.,-])\(?[2-9]\d{2}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\w-])")),
)

_MAIL = (
    _any_case(rf"(?P<local>[\w.+%-]+){_AT}(?:[\w-]+{_DOT})+[a-z]{{2,}}\b"),
    re.compile(r"\sat\s[\w.-]+$", re.IGNORECASE),
)
"""And the form of it that is a sentence as well: `look at docs.example.org` names nobody."""

_ACCOUNTS = (
    _any_case(rf"\b(?:{_PLATFORM}\s+)?{_ACCOUNT}{_IS}[\"'“]?{_LIKE_A_HANDLE}"),
    _any_case(rf"\b{_PLATFORM}\s+(?:is\s+)?[\"'“]?{_LIKE_A_HANDLE}"),
    _any_case(rf"\b{_LIKE_A_HANDLE}\s+(?:on|in|at|via)\s+{_PLATFORM}\b"),
    _any_case(rf"\b{_PLATFORM}(?:\s+{_ACCOUNT})?\s*[:=]\s*{_HANDLE}"),
    _any_case(rf"\b{_PLATFORM}\s+{_ACCOUNT}{_IS}{_HANDLE}"),
    _any_case(rf"\b(?:on|via|by|over)\s+{_PLATFORM}\s*(?:,\s*)?(?:as|under|at|is|:)\s+{_HANDLE}"),
    _any_case(rf"\b(?:{_ONE_PLATFORM})\s+{_LOWER_CASE}"),
    _any_case(rf"\b{_LOWER_CASE}\s+(?:on|via)\s+{_PLATFORM}\b"),
)
"""An account only if it is no word: `Discord: nobody answers there` and `via Telegram as soon as` name none."""

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z\d]{4}){2,7}(?:\s?[A-Z\d]{1,4})?\b")

_IP = re.compile(r"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[a-fA-F:]{0,38}\d)[\da-fA-F:]{2,38}[\da-fA-F])(?!\w|\.\d)")
"""What may be an IP address; a C++ name such as `a::b` has no digit."""
_VERSION = re.compile(r"\b(?:version|release)\s$", re.IGNORECASE)

REGIONS = ("US", "GB", "FR", "DE", "ES", "IT", "PL", "PT", "BR", "RU", "CN")
"""Countries whose national way of writing a phone number is known without a country code."""


def found_by_form(text: str, known: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of everything that has the form of an identity. `known` words are no accounts."""
    for kind, pattern in _PATTERNS:
        yield from ((kind, *match.span()) for match in pattern.finditer(text))
    whole, as_sentence = _MAIL
    for match in whole.finditer(text):
        if not (as_sentence.search(match[0]) and is_word(match["local"], known)):
            yield ("a mail address", *match.span())
    for pattern in _ACCOUNTS:
        for match in pattern.finditer(text):
            if not all(is_word(part, known) for part in re.split(r"[.\-]", match["account"].strip(".-")) if part):
                yield ("an account", *match.span())
    yield from (("a bank account", *match.span()) for match in _IBAN.finditer(text) if _is_iban(match[0]))
    yield from (("an IP address", *match.span()) for match in _IP.finditer(text) if _is_somebodys(match))
    if sum(c.isdigit() for c in text) >= 7:
        yield from (("a phone number", start, end) for start, end in _phone_numbers(text))


def _is_somebodys(match: re.Match[str]) -> bool:
    """Tell whether this is the IP address of one machine, and neither everybody's own (127.0.0.1) nor a version."""
    try:
        address = ip_address(match[0])
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or _VERSION.search(match.string, 0, match.start()))


def _is_iban(text: str) -> bool:
    """Tell whether the check digits are right (ISO 13616)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    import phonenumbers  # 0.04 s, and most text has no number

    levels = phonenumbers.Leniency
    for region, leniency in ((None, levels.POSSIBLE), *((region, levels.VALID) for region in REGIONS)):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency):
            # Ten digits and nothing else are a phone number in North America only: elsewhere any count could be one.
            is_grouped = match.raw_string[0] in "(0" or len(re.findall(r"\D+", match.raw_string)) > 1
            if region in (None, "US") or is_grouped:
                yield match.start, match.end
