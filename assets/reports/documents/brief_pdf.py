"""A brief for customers as PDF: the same words as its Markdown, which it is made from.

Belongs here: from Markdown to the blocks that the template sets. Does not belong here: what a brief says
(`briefs.py`), its layout (`templates/brief.typ`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assets.reports.typesetting import typeset

TEMPLATE: Final = Path(__file__).parent / "templates" / "brief.typ"

Run = tuple[str, bool]
"""Text, and whether it is strong."""


def brief_pdf(markdown: str, created_at: datetime) -> bytes:
    """Return a brief as PDF, said to be made at `created_at`.

    Raises `ValueError` for Markdown that no brief uses, such as a link or a table.
    """
    blocks = blocks_of(markdown)
    title = next("".join(text for text, _ in block["runs"]) for block in blocks if block["kind"] == "title")
    return typeset(TEMPLATE, {"title": title, "blocks": blocks}, created_at)


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    """Return the blocks of a text in their order: each has a `kind`, and `runs` of text or `items` of runs."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(markdown))
    return [_block(node) for node in tree.children]


def _block(node: SyntaxTreeNode) -> dict[str, Any]:
    match node.type:
        case "heading":
            return {"kind": "title" if node.tag == "h1" else "heading", "runs": _runs(node.children)}
        case "paragraph":
            return {"kind": "paragraph", "runs": _runs(node.children)}
        case "bullet_list":
            return {"kind": "list", "items": [_runs(_inline(item)) for item in node.children]}
        case "blockquote":
            return {"kind": "warning", "runs": _runs(_inline(node))}
        case "hr":
            return {"kind": "rule"}
    raise ValueError(f"a brief has no {node.type}")


def _inline(node: SyntaxTreeNode) -> Sequence[SyntaxTreeNode]:
    (paragraph,) = node.children
    return paragraph.children


def _runs(nodes: Iterable[SyntaxTreeNode], *, strong: bool = False) -> list[Run]:
    found: list[Run] = []
    for node in nodes:
        match node.type:
            case "text":
                found.extend([(node.content, strong)] if node.content else [])
            case "softbreak":
                found.append((" ", strong))
            case "inline":
                found.extend(_runs(node.children, strong=strong))
            case "strong":
                found.extend(_runs(node.children, strong=True))
            case other:
                raise ValueError(f"a brief has no {other}")
    return found
