"""Patterns as shapes: the right share of the area, inside it, and no colour over another."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from components.exports import hatch
from geo.symbology import NOT_REPORTED, PAPER, Band, Dots, Fill, presence_style

BIG = np.array([shapely.box(10, 20, 110, 100)], dtype=object)


def total(pieces: np.ndarray) -> float:
    return float(shapely.area(pieces).sum())


def test_a_band_covers_its_share_of_a_large_area():
    fill = Fill(PAPER, (Band("#111111", 2.0), Band(None, 4.0)))
    ((colour, pieces),) = hatch.stripes(BIG, fill, 0.25)
    assert colour == "#111111"
    assert total(pieces) == pytest.approx(100 * 80 / 3, rel=0.01)


def test_stripes_run_from_lower_left_to_upper_right_as_on_the_screen():
    ((_colour, pieces),) = hatch.stripes(BIG, Fill(PAPER, (Band("#111111", 2.0), Band(None, 4.0))), 1.0)
    long = max(pieces, key=shapely.length)
    (x0, y0), (x1, y1) = max(
        zip(long.exterior.coords[:-1], long.exterior.coords[1:], strict=True),
        key=lambda edge: np.hypot(edge[1][0] - edge[0][0], edge[1][1] - edge[0][1]),
    )
    # The page's y runs down.
    assert (y1 - y0) / (x1 - x0) == pytest.approx(-1.0)


@settings(max_examples=30, deadline=None)
@given(
    corner=st.tuples(st.floats(-200, 200), st.floats(-200, 200)),
    size=st.tuples(st.floats(0.2, 60), st.floats(0.2, 60)),
    widths=st.lists(st.floats(0.5, 8), min_size=2, max_size=4),
)
def test_bands_stay_inside_and_never_overlap(corner, size, widths):
    area = np.array([shapely.box(corner[0], corner[1], corner[0] + size[0], corner[1] + size[1])], dtype=object)
    colours = ("#111111", None, "#222222", "#333333")
    fill = Fill(PAPER, tuple(Band(colour, width) for colour, width in zip(colours, widths, strict=False)))
    painted = [(colour, shapely.union_all(pieces)) for colour, pieces in hatch.stripes(area, fill, 0.25)]
    for position, (_colour, shape) in enumerate(painted):
        assert shape.difference(area[0].buffer(1e-6)).area < 1e-6
        for _other, beside in painted[position + 1 :]:
            # On a fixed grid: without one, edges that nearly coincide make the overlay itself unsound.
            assert shapely.intersection(shape, beside, grid_size=1e-7).area < 1e-6


def test_two_families_give_two_colours():
    fill = presence_style([("eln", "presence"), ("egc", "presence")]).fill
    assert len({colour for colour, _pieces in hatch.stripes(BIG, fill, 0.2)}) == 2


def test_marks_stand_inside_and_once_each():
    areas = np.array([shapely.box(0, 0, 30, 30), shapely.box(30, 0, 60, 30)], dtype=object)
    points = hatch.grid(areas, NOT_REPORTED.fill, 0.25)
    assert len(points) > 50
    assert len(np.unique(points.round(6), axis=0)) == len(points)
    assert shapely.contains_xy(shapely.box(0, 0, 60, 30), *points.T).all()


def test_a_fill_without_pattern_draws_nothing():
    assert list(hatch.stripes(BIG, Fill(PAPER), 0.2)) == []
    assert len(hatch.grid(BIG, Fill(PAPER), 0.2)) == 0
    assert list(hatch.stripes(BIG[:0], Fill(PAPER, (Band("#111111", 2.0),)), 0.2)) == []
    assert len(hatch.grid(BIG[:0], Fill(PAPER, dots=Dots("#111111", 1, 4)), 0.2)) == 0


def signed_area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def test_a_hole_turns_against_its_shell_so_that_every_program_leaves_it_open():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(3, 3, 7, 7))
    path = hatch.outline(np.array([ring], dtype=object))
    assert path is not None
    shell, hole = (signed_area(np.asarray(ring)) for ring in path.to_polygons())
    assert abs(shell) == pytest.approx(100)
    assert abs(hole) == pytest.approx(16)
    assert shell * hole < 0


def test_a_ring_that_touches_itself_can_still_be_cut():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    (mended,) = hatch.valid(np.array([bow], dtype=object))
    assert mended.is_valid


def test_nothing_left_is_no_path():
    assert hatch.outline(np.array([shapely.Polygon()], dtype=object)) is None
    assert hatch.course(np.array([shapely.LineString()], dtype=object)) is None
