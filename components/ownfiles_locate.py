"""Coordinates and outlines of the user's own files to municipalities, by the boundaries that are loaded."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from data.store import table
from data.uploads import Locator
from geo import boundaries

# An outline drawn by hand runs over its neighbours a little: that much of a municipality is no part of it.
SHARE_OF_MUNICIPALITY = 0.05
SHARE_OF_AREA = 0.5


def locator() -> Locator | None:
    """Return what finds municipalities; None while no boundaries are loaded."""
    found = boundaries.current(table("municipalities"))
    return _locator(found.digest, found) if found.codes else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _locator(digest: str, _found: boundaries.Boundaries) -> Locator:
    codes, shapes = _found.coverage()
    return build(codes, shapes)


def build(codes: tuple[str, ...], shapes: np.ndarray) -> Locator:
    """Return what finds municipalities among some polygons in degrees.

    A point belongs to the municipality that holds it, on a border to the one with the smaller code. An area belongs to
    each municipality of which it covers a twentieth, and to one that holds half of it.
    """
    import shapely

    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)

    def points(lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
        where, inverse = np.unique(np.column_stack([lon, lat]), axis=0, return_inverse=True)
        found = np.full(len(where), -1)
        point, shape = tree.query(shapely.points(where[:, 0], where[:, 1]))
        order = np.argsort(shape, kind="stable")[::-1]
        point, shape = point[order], shape[order]
        # Whole groups of points against one prepared polygon: a thousand times faster than one by one.
        for each in np.unique(shape)[::-1]:
            near = point[shape == each]
            inside = shapely.intersects_xy(shapes[each], where[near, 0], where[near, 1])
            found[near[inside]] = each
        return [codes[at] if at >= 0 else None for at in found[inverse.ravel()]]

    def areas(shape: Any) -> tuple[str, ...]:
        near = tree.query(shape)
        shared = shapely.area(shapely.intersection(shapes[near], shape))
        whole = shapely.area(shapes[near])
        kept = (shared >= SHARE_OF_MUNICIPALITY * whole) | (shared >= SHARE_OF_AREA * shapely.area(shape))
        return tuple(sorted(codes[at] for at in near[kept & (shared > 0)]))

    return Locator(points, areas)
