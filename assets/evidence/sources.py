"""Where a reader can check a row of evidence: from the text of a source to links that open.

Belongs here: the ways in which sources are written, pure. Does not belong here: HTML (`assets.reports.page.cells`).

Sources are typed by people, such as `waku-org/nwaku docs/faq.md @40b687c0a; forum.vac.dev/t/439`. A link is made only
from what is written there: a web address as it stands, or a repository with a commit, which GitHub shows for good at
https://docs.github.com/repositories/working-with-files/using-files/getting-permanent-links-to-files. Words, and a site
without a page, stay text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

GITHUB = "https://github.com"

_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+"
_COMMIT = r"(?:[0-9a-f]{7,40}|v\d+(?:\.\d+)+)(?![\w-])\^*"
_LINK = re.compile(
    # `owner/name path @commit`; a file may stand apart from its folder, and words may follow
    rf"(?<![\w./-])(?:github:|(?:https?://)?github\.com/)?(?P<file_repository>{_REPOSITORY})"
    rf"(?:(?:\s+|/(?!pull/|issues/|commit/))(?P<path>[^\s;,@()]+)(?P<words>(?:\s+[\w.-]+){{0,3}}?))?"
    rf"\s*@(?P<file_commit>{_COMMIT})"
    rf"|(?<![\w./-])(?:github:)?(?P<repository>{_REPOSITORY})\s+commit\s+(?P<commit>{_COMMIT})"
    rf"|(?<![\w./-])(?:github:)?(?P<thread_repository>{_REPOSITORY})"
    r"(?:#|\s+(?P<thread_kind>PR|pull|pull request|issue)\s+#?)(?P<thread>\d+)"
    rf"|(?P<url>https?://[^\s<>\"'`]+)(?:\s+@(?P<url_commit>{_COMMIT}))?"
    r"|(?<![\w./@:-])(?P<page>(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s;,()<>\"'`]+)"
)
_NEIGHBOUR = re.compile(rf",(?P<name>[\w.-]+\.\w+)@(?P<commit>{_COMMIT})")
"""A further file in the folder of the one before it: `updates/2024-09-09.md@cc732b93a,2024-10-14.md@c22aef5c3`."""
_RAW = re.compile(
    r"https?://raw\.githubusercontent\.com/(?P<repository>[^/]+/[^/]+)/(?:refs/heads/)?[^/]+/(?P<path>.+)"
)
_BRANCH = re.compile(r"^(?:blob|tree|raw)/(?:refs/heads/)?[^/]+/")
"""What the address of a file has before its path: a branch, which moves on."""
_LINES = re.compile(r"(?P<file>.+?)(?:#L|:)(?P<first>\d+)(?:-L?(?P<last>\d+))?")
_FILE_SUFFIXES = frozenset(
    ("csv", "go", "js", "json", "md", "mdx", "nim", "py", "rs", "sh", "sol", "tf", "toml", "ts", "txt", "yaml", "yml")
)
"""What ends with one of these is a file before it is a site, although some are domains of countries."""

Part = tuple[str, str | None]
"""A piece of the text, and the address that it leads to."""


@lru_cache(maxsize=4096)
def linked(source: str) -> tuple[Part, ...]:
    """Cut a source into pieces, some of which lead somewhere; joined they are the source again."""
    parts: list[Part] = []
    done = 0
    for match in _LINK.finditer(source):
        if match.start() < done:
            continue
        text, url = _target(match)
        if url is None:
            continue
        parts += [(source[done : match.start()], None), (text, url)]
        done = match.start() + len(text)
        if path := _path(match):
            folder = path.rpartition("/")[0]
            while more := _NEIGHBOUR.match(source, done):
                neighbour = f"{folder}/{more['name']}".lstrip("/")
                parts += [(",", None), (more[0][1:], _file(match["file_repository"], neighbour, more["commit"]))]
                done = more.end()
    parts.append((source[done:], None))
    return tuple(part for part in parts if part[0])


def first_link(source: str) -> str | None:
    """Return the first address in a source, None if it is only words."""
    return next((url for _, url in linked(source) if url), None)


def _target(match: re.Match[str]) -> Part:
    """Return the text that is a link and where it leads; None if it only looks like one."""
    if match["file_repository"]:
        return match[0], _file(match["file_repository"], _path(match), match["file_commit"])
    if match["repository"]:
        return match[0], f"{GITHUB}/{match['repository']}/commit/{match['commit'].rstrip('^')}"
    if match["thread"]:
        kind = "issues" if match["thread_kind"] in (None, "issue") else "pull"
        return match[0], f"{GITHUB}/{match['thread_repository']}/{kind}/{match['thread']}"
    if match["url"]:
        if match["url_commit"] and (file := _RAW.fullmatch(match["url"])):
            return match[0], _file(file["repository"], file["path"], match["url_commit"])
        url = _without_full_stop(match["url"])
        return url, None if "@" in url.split("/")[2] else url
    page = _without_full_stop(match["page"])
    return page, None if page.partition("/")[0].rpartition(".")[2] in _FILE_SUFFIXES else f"https://{page}"


def _path(match: re.Match[str]) -> str | None:
    """Return the path of a file, joined where it is written as `folder name.txt`."""
    words = (match["words"] or "").split()
    path = _BRANCH.sub("", match["path"]) if match["path"] else None
    if path and len(words) == 1 and "." in words[0] and "." not in path.rpartition("/")[2]:
        return f"{path}/{words[0]}"
    return path


def _file(repository: str, path: str | None, commit: str) -> str:
    """Return the permalink of a file, of a folder, or of all files at a commit."""
    if commit.endswith("^"):  # the state before a commit is what its own page shows as taken away
        return f"{GITHUB}/{repository}/commit/{commit.rstrip('^')}"
    if path is None or not re.search("[./]", path):
        return f"{GITHUB}/{repository}/tree/{commit}"
    folder, _, name = path.rstrip("/").rpartition("/")
    if ".." in path:  # several files: `2024-07-29.md..2024-10-21.md`
        return f"{GITHUB}/{repository}/tree/{commit}/{quote(folder)}".rstrip("/")
    kind = "blob" if "." in name else "tree"
    if kind == "blob" and (lines := _LINES.fullmatch(path)):
        last = f"-L{lines['last']}" if lines["last"] else ""
        return f"{GITHUB}/{repository}/{kind}/{commit}/{quote(lines['file'])}#L{lines['first']}{last}"
    return f"{GITHUB}/{repository}/{kind}/{commit}/{quote(path)}"


def _without_full_stop(address: str) -> str:
    """Return an address without what ends the sentence around it, and without a bracket that was opened before it."""
    address = address.rstrip(".,;:!?")
    return address[:-1].rstrip(".,;:!?") if address.endswith(")") and "(" not in address else address


_PLACEHOLDER = re.compile(
    r"\W*((to ?do|tbd|tba|tbc|fixme|to be (done|added|filled|confirmed))\b.*"
    r"|(xxx+|n ?/ ?a|none|nil|null|unknown|https?://|www|placeholder|dummy|<.*>|\[.*\]"
    r"|(see|same( as)?|as) above|same|ditto|idem|(the )?(link|source|url|website|internet))?\W*)",
    re.IGNORECASE,
)
LONGEST_PLACEHOLDER = 40
"""Characters; a longer source says something."""


def is_placeholder(source: str) -> bool:
    """Tell whether a text stands for a source that nobody has filled in yet."""
    return len(source) < LONGEST_PLACEHOLDER and _PLACEHOLDER.fullmatch(source) is not None
