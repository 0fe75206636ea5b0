"""MDX in which every text stands as it is, whatever it says: for pages of a Docusaurus site.

Belongs here: escaping for MDX, compiled templates of MDX pages. Does not belong here: what a page says (`templates/`).

MDX 3 is Markdown with JSX: besides what Markdown reads, a brace begins an expression, `<` an element, and a line that
begins with `import` or `export` is a program. Docusaurus adds bare addresses as links and directives such as `:name`.
Rules: https://mdxjs.com/docs/what-is-mdx/ and https://docusaurus.io/docs/markdown-features.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.reports.documents.markdown import TEMPLATES, Markdown, escaped

_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})

_PROGRAM = re.compile(r"^[ie](?=[mx]port\b)")
"""The first letter of a line that would be a program."""

_BREAKS = "{''}"
"""Shows nothing, and parts a text in two. Links are made of addresses in what Markdown has read already, where a
backslash is gone."""

_ADDRESS = re.compile(r"(?<=\w)\\?(?=://)|(?<=www)\\?(?=\.)|(?<=[\w.+-])(?=@\w)", re.IGNORECASE)
"""Where a link would be made of a bare address, of the web or of mail."""

_DIRECTIVE = re.compile(r":(?=[:\w])")


class Mdx(Markdown):
    """Text that is MDX already."""

    __slots__ = ()


def escaped_mdx(value: object) -> Mdx:
    """Return a value as text on one line that MDX shows as it is."""
    if isinstance(value, Mdx):
        return value
    text = escaped(str(value)).translate(_BRACES)
    text = _DIRECTIVE.sub(r"\\:", _ADDRESS.sub(_BREAKS, text))
    return Mdx(_PROGRAM.sub(lambda found: f"&#{ord(found[0])};", text))


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - `finalize` escapes
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=escaped_mdx,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["mdx"] = Mdx
    return environment


def render_mdx(template: str, **context: Any) -> str:
    """Return a page. Raises `jinja2.UndefinedError` where a template asks for what there is not."""
    return re.sub(r"\n{3,}", "\n\n", _environment().get_template(template).render(**context))
