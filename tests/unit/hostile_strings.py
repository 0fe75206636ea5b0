"""Strings that try to be more than text, and a release that has them wherever somebody may type words.

Belongs here: harmless examples of our own, each of a way in which such text has broken a page, a document or a sheet.
`stolen` is a name that nothing has: where it ran, a browser would report an error.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pandas as pd

from assets.reports.page.cells import KEYS
from assets.reports.page.site import ReleaseData
from tests.unit.release_fixture import release

_RUN = "stolen(1)"

SCRIPTS = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<SCRIPT>{_RUN}</SCRIPT>",
    f"<script src=//example.invalid/a.js></script>{_RUN}",
    f"<script type=module>{_RUN}</script>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<script\t>{_RUN}</script\t>",
    f"<script/x>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror='{_RUN}'>",
    f'"><img src=x onerror={_RUN}>',
    f"'><img src=x onerror={_RUN}>",
    f"`><img src=x onerror={_RUN}>",
    f"<img/src=x/onerror={_RUN}>",
    f"<img src=`x` onerror=`{_RUN}`>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x></svg>",
    f"<svg><a xlink:href=javascript:{_RUN}><text>x</text></a></svg>",
    f"<math><mtext></mtext><a href=javascript:{_RUN}>x</a></math>",
    f"<body onload={_RUN}>",
    f"<iframe src=javascript:{_RUN}></iframe>",
    f"<iframe srcdoc='<script>{_RUN}</script>'></iframe>",
    f"<object data=javascript:{_RUN}></object>",
    f"<embed src=javascript:{_RUN}>",
    f"<form action=javascript:{_RUN}><button>x</button></form>",
    f"<button formaction=javascript:{_RUN}>x</button>",
    f"<input autofocus onfocus={_RUN}>",
    f"<textarea autofocus onfocus={_RUN}></textarea>",
    f"<select autofocus onfocus={_RUN}></select>",
    f"<details open ontoggle={_RUN}><summary>x</summary></details>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}></audio>",
    f"<marquee onstart={_RUN}>x</marquee>",
    f"<a href=javascript:{_RUN}>x</a>",
    f"<a href='java\tscript:{_RUN}'>x</a>",
    f"<a href='data:text/html,<script>{_RUN}</script>'>x</a>",
    f"<div style=background:url(javascript:{_RUN})>x</div>",
    f"<style>@import 'javascript:{_RUN}';</style>",
    f"</style><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</data></td></table><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"<!--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<base href=//example.invalid/><script>{_RUN}</script>",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>",
    f"<link rel=stylesheet href=//example.invalid/a.css onload={_RUN}>",
    f"<template><script>{_RUN}</script></template>",
    f"<noscript><p title='</noscript><script>{_RUN}</script>'></noscript>",
    f"<x contenteditable onblur={_RUN}>x</x>",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{_RUN}%3C/script%3E",
    f"javascript:{_RUN}",
    f"[x](javascript:{_RUN})",
    f"![x](x){{onerror={_RUN}}}",
    f"<javascript:{_RUN}>",
)
"""Each would run in a page, or in a document that is shown as one, if it were taken for markup."""

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    '=HYPERLINK("https://example.invalid","open")',
    "=1+1\tnext",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "-5",
)
"""A spreadsheet would calculate them."""

NAUGHTY = (
    "'twas fine until the phone slept",
    "'",
    '"',
    '""quoted""',
    "`code` and ``more``",
    "a | b || c",
    "# no heading",
    "- no item",
    "1. no item",
    "> no quotation",
    "---",
    "===",
    "~~~",
    "*loud* _louder_ **loudest**",
    "[no link][1] ![no image]",
    "[^1] and $x$ and ~~gone~~",
    "| a | b |\n|---|---|\n| c | d |",
    "two\n\nparagraphs",
    "    no code",
    "back\\slash \\* \\n",
    "{{ 7 * 7 }} {% raw %} {# none #}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%s %d %n {0} {name}",
    "'; drop table gates; --",
    "null", "None", "NaN", "undefined", "true", "Infinity", "1e309", "0x10", "1/2", "007", "2024-01-01",
    "../../etc/passwd",
    "C:\\CON\\NUL",
    "https://example.org/?a=1&b=2#c",
    "www.example.org",
    "someone@example.org",
    "Ω≈ç√∫ 田中さん مرحبا שלום",
    "👩‍💻 🏳️‍🌈 é Z͑ͫ̓ͪ̂",
    "\u202egnp.exe\u202c",
    "zero\u200bwidth\u2060and\ufeffmark",
    "line\u2028and\u2029paragraph",
    "bell\x07 and escape\x1b[31m",
    "_x000D_ and _x0041_",
    "\ufffe\uffff",
    "a" * 1400,
    "&amp; &lt; &nbsp; &#x41;",
)  # fmt: skip
"""Text that is hard to show as it is."""

STRINGS = (*SCRIPTS, *FORMULAS, *NAUGHTY)

WORDS = frozenset(
    (
        "beside", "billed_besides", "changed_settings", "claimed_benefit", "condition", "cpu_model", "explanation",
        "file_system", "finding", "flip", "in_headline", "instance_type", "interest_signals", "known_limitation",
        "lacks", "load_generator", "name", "note", "operating_system", "problem", "problem_solved", "question",
        "quote", "rationale_against", "rationale_for", "reason", "rent", "rule", "source", "stated_as", "statement",
        "strength", "system", "title", "unit", "uses_waku_for", "value", "weakness", "what_it_measures",
    )
)  # fmt: skip
"""Columns that hold words; all others hold names that programs use, which evidence may not spell freely."""


def hostile_release() -> ReleaseData:
    """A release with one of `STRINGS` in each cell of words, all of them in turn."""
    data, turn = release(), count()
    frames = {name: _hostile(name, frame, turn) for name, frame in data.frames.items()}
    return ReleaseData(frames=frames, manifest=data.manifest)


def _hostile(name: str, frame: pd.DataFrame, turn: count[int]) -> pd.DataFrame:
    words = [column for column in frame.columns if column in WORDS and column not in KEYS[name]]
    changed = {column: [_next(value, turn) for value in frame[column]] for column in words}
    return frame.assign(
        **{column: pd.Series(cells, index=frame.index, dtype=object) for column, cells in changed.items()}
    )


def _next(value: Any, turn: count[int]) -> Any:
    if isinstance(value, list):
        return [_next(one, turn) for one in value]
    return STRINGS[next(turn) % len(STRINGS)] if isinstance(value, str) else value
