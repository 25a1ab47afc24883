"""The project file: what is saved comes back, and anything else is refused whole."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.uploads import Layer, UploadError
from data.uploads.project import Project, load, save
from tests.unit.uploads.conftest import checked, municipalities

CODES = frozenset(municipalities()["divipola"])
EVENTS = checked("fecha,divipola,casos\n2023-01-31,52001,2\n2024-02-01,52835,0.5\n").rows
INTERVALS = checked('grupo,desde,hasta,divipola,nivel\n"ELN, ""=1""",2023-01-01,,52001,mandan\n').rows
AREAS = checked("divipola,valor\n52001,2\n").rows


def project() -> Project:
    return Project(
        "narino",
        {"date": "2024-10-31", "fill": "own:1", "lang": "es"},
        (
            Layer(1, "Hechos “sintéticos”", "víctimas", "events", "a.csv", EVENTS),
            Layer(3, "Presencia", "", "intervals", "b.csv", INTERVALS, date(2026, 11, 20)),
            Layer(4, "Zonas", "", "areas", "c.csv", AREAS),
        ),
    )


def saved(**changes: Any) -> dict[str, Any]:
    return json.loads(save(project(), date(2026, 11, 25))) | changes


def opened(document: object) -> Project:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return load(io.BytesIO(text), CODES)


def test_what_is_saved_comes_back() -> None:
    back = opened(save(project(), date(2026, 11, 25)))
    assert (back.page, back.query) == ("narino", project().query)
    for before, after in zip(project().layers, back.layers, strict=True):
        assert (after.number, after.name, after.unit, after.kind, after.file) == (
            before.number,
            before.name,
            before.unit,
            before.kind,
            before.file,
        )
        assert after.until == (before.until or date(2026, 11, 25))
        for column in ("divipola", "label", "level"):
            assert list(before.rows[column].astype(str)) == list(after.rows[column].astype(str))
        for column in ("from", "to", "value"):
            pd.testing.assert_series_equal(before.rows[column], after.rows[column])


def test_a_project_of_the_first_version_still_opens_and_ends_on_the_day_it_was_saved() -> None:
    first = saved(version=1)
    for layer in first["own"]:
        del layer["loaded"]
        lines = layer["rows"].splitlines()
        layer["rows"] = "\n".join(line.rpartition(",")[0] for line in lines) + "\n"
    layers = opened(first).layers
    assert {layer.until for layer in layers} == {date(2026, 11, 25)}
    assert list(layers[1].rows["level"].astype(str)) == [""]


def own(**changes: Any) -> dict[str, Any]:
    document = saved()
    document["own"] = [document["own"][0] | changes]
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "project_not_json"),
        (b"\xff\xfe", "project_not_json"),
        (b"[" * 100_000, "project_not_json"),
        (b'{"format": "paz-territorial-project", "format": "x"}', "project_not_json"),
        (b'{"version": NaN}', "project_not_json"),
        ({"format": "other"}, "project_other"),
        ([], "project_other"),
        (saved(version=3), "project_newer"),
        (saved(version=True), "project_damaged"),
        (saved(version=0), "project_damaged"),
        (saved(extra=1), "project_damaged"),
        (saved(view={"page": "../etc", "query": {}}), "project_damaged"),
        (saved(view={"page": "narino", "query": {"date": 1}}), "project_damaged"),
        (saved(view={"page": "narino", "query": {"<script>": "1"}}), "project_damaged"),
        (saved(own={}), "project_damaged"),
        (saved(own=[saved()["own"][0]] * 13), "project_damaged"),
        (saved(own=[saved()["own"][0]] * 2), "project_damaged"),
        (own(kind="x"), "project_damaged"),
        (own(number="1"), "project_damaged"),
        (own(name=" "), "project_damaged"),
        (own(name="a\u202eb"), "project_damaged"),
        (own(name="x" * 500), "project_damaged"),
        (own(loaded="ayer"), "project_damaged"),
        (own(loaded=None), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,2024-01-01,,1,," + "x" * 500), "project_damaged"),
        (saved(saved=""), "project_damaged"),
        (own(rows=1), "project_damaged"),
        (own(rows="divipola,from\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n99999,2024-01-01,,1,,\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,20240101,,1,,\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,,,1,,\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,2024-01-01,2023-01-01,1,,\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,2024-01-01,,inf,,\n"), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,2024-01-01,,-1,,\n"), "project_damaged"),
        (own(rows='divipola,from,to,value,label,level\n52001,2024-01-01,,1,"' + "x" * 200_000), "project_damaged"),
        (own(rows="divipola,from,to,value,label,level\n52001,2024-01-01,,1,,,,,\n"), "project_damaged"),
    ],
)
def test_anything_else_is_refused_whole(document: object, code: str) -> None:
    with pytest.raises(UploadError) as fault:
        opened(document)
    assert fault.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["version", "saved", "view", "own", "format"]),
    st.sampled_from(["", "page", "query", "number", "name", "unit", "kind", "file", "rows"]),
    JSON,
)
def test_any_change_is_read_or_refused(key: str, inner: str, value: object) -> None:
    document = saved()
    place = document[key]
    if inner and isinstance(place, list):
        place[0][inner] = value
    elif inner and isinstance(place, dict):
        place[inner] = value
    else:
        document[key] = value
    assert outcome(document).startswith(("opened", "project_"))


def outcome(document: object) -> str:
    try:
        opened(document)
    except UploadError as fault:
        return fault.code
    return "opened"
