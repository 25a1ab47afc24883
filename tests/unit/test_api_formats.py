"""Rows as JSON, CSV and GeoJSON: nulls, codes, accents and hostile cells."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.server.formats import (
    Column,
    columns_of,
    json_bytes,
    points,
    rows_csv,
    rows_geojson,
    rows_json,
    safe_cell,
)

COLUMNS = (
    Column("code", "string"),
    Column("name", "string", nullable=True),
    Column("day", "date", nullable=True),
    Column("count", "integer", nullable=True),
    Column("rate", "number", nullable=True),
    Column("flag", "boolean"),
    Column("groups", "list"),
)
NAMES = [column.name for column in COLUMNS]


def synthetic() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": ["05001", "52835"],
            "name": ["Medellín", None],
            "day": pd.Series(["2024-05-06", "NaT"]).astype("datetime64[s]"),
            "count": [3.0, np.nan],
            "rate": [12.5, np.nan],
            "flag": [True, False],
            "groups": [("eln", "gov"), ()],
        }
    )


def test_values_become_plain_and_nulls_become_none():
    assert columns_of(synthetic(), COLUMNS) == [
        ["05001", "52835"],
        ["Medellín", None],
        ["2024-05-06", None],
        [3, None],
        [12.5, None],
        [True, False],
        [["eln", "gov"], []],
    ]


def test_an_empty_text_is_null():
    frame = pd.DataFrame({"name": ["", "x"]})
    assert columns_of(frame, [Column("name", "string", nullable=True)]) == [[None, "x"]]


def test_json_keeps_codes_as_text_and_accents_as_they_are():
    body = rows_json({"title": "Ñ"}, [], NAMES, columns_of(synthetic(), COLUMNS))
    assert "Medellín".encode() in body
    assert json.loads(body)["rows"][1] == {
        "code": "52835", "name": None, "day": None, "count": None, "rate": None, "flag": False, "groups": [],
    }  # fmt: skip


def test_json_never_says_nan():
    with pytest.raises(ValueError, match="JSON"):
        json_bytes({"value": float("nan")})


def test_csv_opens_with_accents_codes_and_crlf():
    body = rows_csv(NAMES, columns_of(synthetic(), COLUMNS))
    assert body.startswith(b"\xef\xbb\xbfcode,name,day,count,rate,flag,groups\r\n")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["05001", "Medellín", "2024-05-06", "3", "12.5", "true", "eln; gov"]
    assert rows[2] == ["52835", "", "", "", "", "false", ""]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "\x0b=1",
        "\u2003-1",
        "\u200b@A",
        "＝1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell([text]) == f"'{text}"


def test_numbers_stay_numbers_also_negative_ones():
    assert safe_cell(-77.28) == -77.28
    assert safe_cell(0) == 0


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@given(st.lists(TEXTS, min_size=1, max_size=5))
@example(["\x0b=1"])
def test_csv_reads_back_and_no_cell_begins_like_a_formula(texts: list[str]):
    body = rows_csv(["name", "n"], [texts, [1] * len(texts)]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(body, newline=""))][1:]
    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert cell in {text, f"'{text}"}


def test_geojson_is_a_feature_collection_with_null_where_nothing_is_placed():
    values = columns_of(synthetic(), COLUMNS)
    body = rows_geojson({"title": "t"}, [], NAMES, values, [points([(-75.58, 6.25)]), None], range(2))
    document = json.loads(body)
    assert document["type"] == "FeatureCollection"
    assert document["features"][0]["geometry"] == {"type": "Point", "coordinates": [-75.58, 6.25]}
    assert document["features"][1]["geometry"] is None
    assert document["features"][0]["properties"]["code"] == "05001"


def test_several_seats_make_a_multipoint():
    assert points([(-77.0, 1.0), (-78.0, 2.0)]) == {"type": "MultiPoint", "coordinates": [[-77.0, 1.0], [-78.0, 2.0]]}
    assert points([]) is None
