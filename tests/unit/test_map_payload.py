"""Codes that come back as they were put in, tables without repetition, the same bytes for the same input."""

import gzip
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import cache, shapes
from components import map as map_component
from components.map import LayerRef, MapSpec, map_key, start_config, update_message
from components.map_payload import ALPHABET, ZoneMark, encode, layer_payload, month_payload, month_text, zones_payload
from components.view import ViewState
from geo.symbology import ceasefire_styles, presence_style, zone_style


@dataclass
class SyntheticMatrix:
    months: list[str]
    units: tuple[str, ...]
    codes: np.ndarray
    cells: tuple[Any, ...]


def decode(payload: dict[str, Any]) -> np.ndarray:
    """Read codes as the browser does: units × months."""
    width, text = payload["width"], payload["codes"]
    values = [ALPHABET.index(letter) for letter in text]
    digits = np.array(values).reshape(-1, width)
    weights = len(ALPHABET) ** np.arange(width)[::-1]
    return (digits @ weights).reshape(len(payload["units"]), payload["months"][1])


def matrix(codes: Any, cells: tuple[Any, ...]) -> SyntheticMatrix:
    array = np.asarray(codes, dtype="int32")
    months = [f"{2016 + n // 12}-{n % 12 + 1:02d}-01" for n in range(array.shape[0])]
    return SyntheticMatrix(months, tuple(f"{n:05d}" for n in range(array.shape[1])), array, cells)


def presence(cell: Any) -> Any:
    return presence_style([(cell, "presence")] if cell else [])


@given(st.data())
def test_codes_come_back_as_they_were(data: st.DataObject) -> None:
    largest = data.draw(st.sampled_from([0, 90, 91, 8280, 8281, 9000]))
    codes = np.array(data.draw(st.lists(st.integers(0, largest), min_size=1, max_size=40)))
    made = encode(codes, largest)
    assert made["width"] == (1 if largest <= 90 else 2 if largest <= 8280 else 3)
    unpacked = decode({**made, "units": range(len(codes)), "months": ["", 1]})
    assert unpacked.ravel().tolist() == codes.tolist()


def test_the_alphabet_needs_no_escape_in_json() -> None:
    assert len(ALPHABET) == 91
    assert json.dumps(ALPHABET) == f'"{ALPHABET}"'
    assert ALPHABET.encode("ascii").decode() == ALPHABET


def test_a_layer_is_told_unit_by_unit_with_code_zero_for_nothing() -> None:
    given_codes = [[0, 1, -1], [1, 1, 0]]
    made = json.loads(layer_payload(matrix(given_codes, ("eln", "emc")), presence, lambda cell: f"<{cell}>"))
    assert made["months"] == ["2016-01", 2]
    assert made["units"] == ["00000", "00001", "00002"]
    assert decode(made).tolist() == [[1, 2], [2, 2], [0, 1]]
    assert [made["labels"][label] for _styles, label in made["cells"]] == ["<eln>", "<emc>"]
    assert all(len(styles) == 1 for styles, _label in made["cells"])


def test_cells_that_look_and_read_alike_are_one() -> None:
    made = json.loads(layer_payload(matrix([[0, 1]], ("eln", "eln")), presence, str))
    assert len(made["cells"]) == len(made["styles"]) == len(made["labels"]) == 1
    assert decode(made).tolist() == [[1], [1]]


def test_a_cell_may_hold_several_ceasefire_signs_or_none() -> None:
    cells = ((), (("ceasefire", "in_force", True), ("gang_truce", "in_force", False)))
    made = json.loads(layer_payload(matrix([[0, 1]], cells), ceasefire_styles, lambda cell: f"{len(cell)} signs"))
    assert decode(made).tolist() == [[0], [1]]
    assert made["cells"] == [[[0, 1], 0]]
    assert "o" in made["styles"][0]
    assert "o" not in made["styles"][1]
    assert set(made["keys"]) == {
        "ceasefire:ceasefire:in_force",
        "ceasefire:nationwide",
        "ceasefire:gang_truce:in_force",
    }


def test_the_same_input_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 3, size=(24, 64))
    payloads = {layer_payload(matrix(codes, ("", "eln", "emc")), presence, str) for _ in range(3)}
    assert len(payloads) == 1


def test_ten_years_of_the_nation_fit_the_budget() -> None:
    # As real presence does, a municipality's state lasts for months and is often nothing at all.
    rng = np.random.default_rng(1)
    groups = [*("farc", "eln", "emc", "embf", "egc"), ""]
    cells = tuple((a, level, b) for a in groups for level in ("presence", "influence", "control") for b in groups)
    lasting = np.repeat(rng.integers(0, len(cells), (20, 1122)), 6, axis=0)
    lasting[:, rng.random(1122) < 0.5] = len(cells) - 1

    def styled(cell: tuple[str, str, str]) -> Any:
        return presence_style([(family, cell[1]) for family in (cell[0], cell[2]) if family])

    made = layer_payload(matrix(lasting, cells), styled, "; ".join)
    assert len(made) <= 300_000
    assert len(gzip.compress(made, 6)) <= 30_000


def test_zones_carry_the_months_in_which_they_are_drawn() -> None:
    active, decreed = zone_style("active"), zone_style("decreed_not_operating")
    assert active is not None
    assert decreed is not None
    marks = [
        ZoneMark("52835", "A & B", (("2024-01", "2024-06", active), ("2024-07", "2024-12", decreed))),
        ZoneMark("52678", "C", (("2025-01", "2025-01", active),)),
    ]
    made = json.loads(zones_payload(marks))
    assert made["marks"][0] == ["52835", "A & B", [["2024-01", "2024-06", 0], ["2024-07", "2024-12", 1]]]
    assert made["marks"][1][2][0][2] == 0
    assert [made["keys"][style["k"][0]] for style in made["styles"]] == ["zone:active", "zone:decreed_not_operating"]


@pytest.mark.parametrize("month", ["2024-10", "2024-10-31", np.datetime64("2024-10-01")])
def test_months_are_written_alike(month: Any) -> None:
    assert month_text(month) == "2024-10"


def spec(**changes: Any) -> MapSpec:
    values: dict[str, Any] = {
        "geometry": "g" * 20,
        "bounds": ((0.0, -80.0), (2.0, -76.0)),
        "scope": "narino",
        "kind": "geo",
        "version": "v1",
        "channel": "paz-test",
        "month": "2024-10",
        "fill": LayerRef("a" * 20),
    }
    return MapSpec(**{**values, **changes})


def test_a_rerun_sends_hashes_and_a_month_and_no_state() -> None:
    message = update_message(spec(ceasefires=LayerRef("b" * 20, "c" * 20), zones="d" * 20, selected=("52835",)))
    assert message["fill"] == {"state": "/assets/state/" + "a" * 20}
    assert message["ceasefires"]["exact"] == "/assets/state/" + "c" * 20
    assert len(json.dumps(message)) < 1000


def test_the_stamp_changes_with_what_is_shown_and_only_then() -> None:
    assert update_message(spec())["stamp"] == update_message(spec())["stamp"]
    assert update_message(spec())["stamp"] != update_message(spec(month="2024-11"))["stamp"]


def test_the_frame_stays_for_a_new_month_and_goes_with_new_data() -> None:
    assert map_key(spec()) == map_key(spec(month="2020-01", fill=LayerRef("z"), selected=("52001",), overlays=("osm",)))
    keys = {
        map_key(spec()),
        *(map_key(spec(**change)) for change in ({"version": "v2"}, {"scope": "x"}, {"kind": "tile"})),
    }
    assert len(keys) == 4


def test_nothing_of_the_frame_comes_from_elsewhere() -> None:
    frame = map_component._BaseMap(spec(attribution="<b>DANE</b>"))
    links = [link for _name, link in (*frame.default_js, *frame.default_css)]
    assert all(link.startswith("/assets/") for link in links)
    assert start_config(spec(attribution="<b>DANE</b>"))["attribution"] == "&lt;b&gt;DANE&lt;/b&gt;"


def test_one_month_is_the_layer_s_column_without_its_units() -> None:
    given = matrix([[0, 1, 0], [1, 1, -1], [-1, 0, 1]], ("eln", "emc"))
    whole = json.loads(layer_payload(given, presence, str))
    month = month_payload(given, 1, presence, str)
    assert month["months"] == [month_text(given.months[1]), 1]
    assert "units" not in month
    assert list(month["codes"]) == [whole["codes"][unit * 3 + 1] for unit in range(3)]
    assert {key: month[key] for key in ("cells", "styles", "labels", "keys")} == {
        key: whole[key] for key in ("cells", "styles", "labels", "keys")
    }


@pytest.mark.parametrize("kind", ["tile", "geo"])
@pytest.mark.parametrize("page", ["narino", "colombia"])
def test_a_month_in_the_message_names_no_units_because_the_map_has_the_same(page: str, kind: str) -> None:
    view = ViewState(page=page, map=kind, fill="homicides")
    geometry = shapes.geometry_of(view)
    if geometry.kind != kind:
        pytest.skip("no boundaries here: MUNICIPAL_BOUNDARIES names no file")
    drawn = sorted(unit[0] for unit in json.loads(geometry.payload.content)["units"])
    assert tuple(drawn) == cache.indicator_matrix(view).units
