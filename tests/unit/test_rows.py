"""Rows kept beside their frame: the same object while the frame lives, forgotten with it."""

from __future__ import annotations

import gc

import pandas as pd

from components import rows


def frame() -> pd.DataFrame:
    return pd.DataFrame({"code": ["a", "b"], "kind": ["x", "x"], "value": [1, 2]})


def test_rows_are_found_by_their_id() -> None:
    assert rows.by_id(frame(), "code")["b"] == {"code": "b", "kind": "x", "value": 2}


def test_rows_of_a_column_that_repeats_stay_in_order() -> None:
    assert [row["code"] for row in rows.grouped(frame(), "kind")["x"]] == ["a", "b"]


def test_the_same_frame_is_read_once_and_each_column_apart() -> None:
    held = frame()
    assert rows.by_id(held, "code") is rows.by_id(held, "code")
    assert rows.by_id(held, "kind")["x"]["code"] == "b"


def test_an_equal_frame_is_another_frame() -> None:
    first, second = frame(), frame()
    made = rows.by_id(first, "code")
    second.loc[0, "value"] = 9
    assert rows.by_id(second, "code")["a"]["value"] == 9
    assert made["a"]["value"] == 1


def test_what_is_kept_goes_with_its_frame() -> None:
    before = len(rows._made)
    held = frame()
    rows.by_id(held, "code")
    assert len(rows._made) == before + 1
    del held
    gc.collect()
    assert len(rows._made) == before
