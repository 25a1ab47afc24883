"""Figures of own layers at a day, by hand; nothing in the file is no record, not zero."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely

from components import ownfiles_explorer, ownfiles_figures
from components.i18n import set_language
from components.ownfiles_locate import build
from data.uploads import Layer
from data.uploads.figures import at, region, reported, span
from data.uploads.model import Kind
from tests.unit.uploads.conftest import checked


def layer(content: str, kind: Kind = "events", until: date | None = None) -> Layer:
    return Layer(1, "Sintético", "", kind, "sintetico.csv", checked(content).rows, until)


def days(*texts: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.Timestamp(text) for text in texts])


EVENTS = "fecha,divipola,casos\n2023-01-31,52001,2\n2023-02-01,52001,3\n2024-01-31,52001,5\n2024-01-15,52835,0\n"


def test_events_count_in_the_twelve_months_that_end_on_the_day() -> None:
    found = at(layer(EVENTS), ("52001", "52835", "05001"), days("2023-01-30", "2023-01-31", "2024-01-31", "2025-02-28"))
    assert np.isnan(found[0, 0])
    assert list(found[0, 1:3]) == [2.0, 8.0]
    assert np.isnan(found[0, 3])
    # A zero that the file writes is zero; a municipality that it does not name has no record.
    assert found[1, 2] == 0.0
    assert np.isnan(found[2]).all()


def test_a_window_that_ends_with_february_begins_with_march() -> None:
    rows = layer("fecha,divipola\n2024-02-29,52001\n2024-03-01,52001\n")
    assert at(rows, ("52001",), days("2025-02-28"))[0, 0] == 1


def test_a_region_waits_until_its_twelve_months_are_full() -> None:
    whole = region(layer(EVENTS), ("52001", "52835"), days("2023-06-30", "2024-01-31", "2024-02-29"))
    assert np.isnan(whole[0])
    assert whole[1] == 8
    assert np.isnan(whole[2])
    short = layer("fecha,divipola\n2024-01-31,52001\n2024-03-01,52001\n")
    assert np.isnan(region(short, ("52001",), days("2024-01-31", "2024-03-31"))).all()
    assert list(at(short, ("52001",), days("2024-01-31", "2024-03-31"))[0]) == [1, 2]


def test_intervals_count_different_groups_and_an_open_end_goes_on() -> None:
    rows = layer(
        "grupo,desde,hasta,divipola\nELN,2023-01-01,2023-06-30,52001\nELN,2023-03-01,,52001\nEMC,2023-03-01,2023-03-31,52001\n",
        "intervals",
    )
    found = at(rows, ("52001",), days("2022-12-31", "2023-01-31", "2023-03-31", "2023-12-31"))
    assert np.isnan(found[0, 0])
    assert list(found[0, 1:]) == [1, 2, 1]
    assert list(region(rows, ("52001",), days("2023-03-31", "2024-12-31"))) == [1, 1]


OPEN = "grupo,desde,hasta,divipola\nELN,2026-01-01,,52001\nEMC,2022,2026,52835\nEGC,2022-01-01,2022-03-31,52835\n"


def test_what_has_no_end_ends_with_the_month_of_loading() -> None:
    rows = layer(OPEN, "intervals", date(2026, 11, 25))
    assert span(rows) == (date(2022, 1, 1), date(2026, 11, 25))
    found = at(rows, ("52001", "52835"), days("2026-11-25", "2026-11-30", "2026-12-31"))
    assert list(found[0, :2]) == list(found[1, :2]) == [1, 1]
    assert np.isnan(found[:, 2]).all()
    whole = region(rows, ("52001", "52835"), days("2026-11-30", "2026-12-31"))
    assert whole[0] == 2
    assert np.isnan(whole[1])


def test_a_line_ends_where_no_row_counts_and_is_never_zero() -> None:
    rows = layer(
        "grupo,desde,hasta,divipola\nELN,2022-01-01,2022-02-28,52001\nELN,2022-06-01,2022-07-31,52001\n", "intervals"
    )
    whole = region(rows, ("52001",), days("2022-02-28", "2022-04-30", "2022-06-30"))
    assert (whole[0], whole[2]) == (1, 1)
    assert np.isnan(whole[1])
    events = layer("fecha,divipola\n2022-01-31,52001\n2025-01-31,52001\n")
    assert np.isnan(region(events, ("52001",), days("2024-01-31"))).all()


def test_the_groups_of_a_place_are_named_with_the_word_of_the_file() -> None:
    rows = layer(
        "grupo,desde,hasta,divipola,tipo\nELN,2023-01-01,2023-06-30,52001,influencia\nEMC,2023-03-01,2023-12-31,52001,\n",
        "intervals",
    )
    codes, cells = reported(rows, ("52835", "52001"), days("2023-01-31", "2023-03-31", "2023-07-31", "2024-01-31"))
    assert list(codes[0]) == [0, 0, 0, 0]
    assert [cells[code] for code in codes[1]] == [
        (("ELN", "influencia"),),
        (("ELN", "influencia"), ("EMC", "")),
        (("EMC", ""),),
        (),
    ]


def test_undated_areas_stand_at_every_day() -> None:
    rows = layer("divipola,valor\n52001,2\n52001,3\n", "areas")
    assert span(rows) is None
    assert list(at(rows, ("52001",), days("1999-12-31", "2024-01-31"))[0]) == [5, 5]


def test_classes_and_cells_agree_with_the_figures() -> None:
    rows = layer(EVENTS)
    grid = ownfiles_figures.grid(rows, ("52001", "52835", "05001"), date(2016, 1, 1), date(2026, 10, 31))
    cells = ownfiles_figures.cells(grid, rows, ("52835", "52001"), None)
    assert cells.codes.shape == (13, 2)
    last = cells.column(12)
    assert (last["52835"].status, last["52001"].status) == ("zero", "reported")
    one_day = ownfiles_figures.cells(grid, rows, ("05001", "52001"), date(2023, 1, 30))
    assert list(one_day.codes[0]) == [0, 0]


NAMED = (
    "grupo,desde,hasta,divipola,tipo\nELN,2025-01-01,2025-12-31,52001,influencia\n"
    "ELN,2025-01-01,2025-12-31,52835,\nEMC,2025-01-01,2025-12-31,52835,control\n"
)


def test_the_map_says_the_groups_by_name_and_never_a_number_of_them() -> None:
    rows = layer(NAMED, "intervals")
    set_language("en")
    grid = ownfiles_figures.grid(rows, ("52001", "52835", "05001"), date(2016, 1, 1), date(2026, 10, 31))
    cells = ownfiles_figures.cells(grid, rows, ("52001", "52835", "05001"), None)
    label = ownfiles_figures.label(grid, rows)
    said = {code: label(cell) for code, cell in cells.column(0).items()}
    assert said == {
        "52001": "ELN (influencia) · Sintético · yours, not verified",
        "52835": "ELN and EMC (control) · Sintético · yours, not verified",
    }
    assert ownfiles_figures.class_names(grid, rows)[1:] == ("1 group", "2 groups", "3 or more groups")
    assert [cell.class_index for cell in cells.column(0).values()] == [1, 2]
    assert ownfiles_figures.figure_text(rows, "52001", date(2025, 6, 1)) == "ELN (influencia)"
    set_language("es")


def test_a_line_of_presence_counts_municipalities_and_its_title_says_so() -> None:
    rows = layer(NAMED, "intervals")
    set_language("es")
    found = ownfiles_figures.line(rows, ("52001", "52835"), days("2025-06-30"), "Nariño")
    assert found.values == [2.0]
    assert ownfiles_figures.series_title(rows).startswith("Sintético: municipios ")
    # The line stays clear of the upper edge.
    assert ownfiles_figures.top([found]) > 2


def test_points_on_a_border_and_areas_by_their_share() -> None:
    squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 0, 3, 1)], dtype=object)
    locator = build(("52001", "52110", "52835"), squares)
    lon, lat = np.array([1.0, 1.5, 9.0, 2.0, 1.5]), np.array([0.5, 0.5, 9.0, 0.5, 0.5])
    assert locator.points(lon, lat) == ["52001", "52110", None, "52110", "52110"]
    assert locator.areas(shapely.box(0.2, 0.2, 1.04, 1)) == ("52001",)
    assert locator.areas(shapely.box(0.5, 0, 1.5, 1)) == ("52001", "52110")
    assert locator.areas(shapely.box(2.1, 0.1, 2.12, 0.12)) == ("52835",)
    assert locator.areas(shapely.box(5, 5, 6, 6)) == ()


def test_the_table_writes_figures_as_the_headline_does() -> None:
    rows = layer("fecha,divipola,casos\n2024-01-31,52001,2.5\n")
    set_language("es")
    written = ownfiles_explorer._table(rows, ("52001", "52110"), date(2024, 1, 31)).to_html()
    assert ">2,5</td>" in written
    assert ">ninguna fila en su archivo (no es cero)</td>" in written
    assert "nan" not in written
