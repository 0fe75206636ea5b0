"""No cell of a released file, and of no sheet, is run by a spreadsheet; what was typed comes back."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from assets.common.spreadsheet import inert, typed
from assets.reports.release.files import data_files


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'tis", "''tis"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_that_would_be_run_is_quoted_and_comes_back(text: str, cell: str) -> None:
    assert inert(text) == cell
    assert typed(cell) == text


def test_released_text_is_inert_and_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"said": ["=1+1", "fine"], "many": [["@x", "y"], ["z", "-a"]], "value": [-1.5, 2.0]})
    types = {"said": pa.string(), "many": pa.list_(pa.string()), "value": pa.float64()}
    frame.attrs["types"] = pa.schema(list(types.items()))
    assert data_files({"t": frame})["data/t.csv"].decode() == "said,many,value\n'=1+1,'@x;y,-1.5\nfine,z;'-a,2.0\n"
