"""Patterns as shapes: the bands and marks of a `geo.symbology.Fill`, cut to the areas that they fill.

The screen paints patterns with SVG patterns; paper, vector programs and PDF readers get real stripes instead, in any
number of colours, at the same angle and rhythm. Coordinates are the page's (millimetres, y down).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from matplotlib.path import Path

from geo.symbology import Dots, Fill

_TURN = np.sqrt(0.5)


def stripes(areas: np.ndarray, fill: Fill, unit: float) -> Iterator[tuple[str, np.ndarray]]:
    """Cut a fill's diagonal bands to areas.

    Parameters
    ----------
    areas
        Shapely polygons, shape (n,).
    fill
        Its bands repeat across the areas; their phase is the page's, so that neighbours of one style run on.
    unit
        Millimetres of one pixel of the symbology.

    Yields
    ------
    tuple
        A colour and the pieces in it; a band without colour yields nothing.
    """
    period = sum(band.width for band in fill.bands) * unit
    if not period or not len(areas):
        return
    turned = shapely.transform(areas, _turn)
    west, south, east, north = shapely.bounds(turned).T
    start = 0.0
    for band in fill.bands:
        width = band.width * unit
        if band.colour:
            first = np.floor((west - start - width) / period).astype(int) + 1
            last = np.ceil((east - start) / period).astype(int)
            counts = np.maximum(last - first, 0)
            owner = np.repeat(np.arange(len(areas)), counts)
            number = np.concatenate([np.arange(a, a + n) for a, n in zip(first, counts, strict=True)] or [owner])
            left = start + number * period
            boxes = shapely.box(left, south[owner] - 1, left + width, north[owner] + 1)
            pieces = shapely.intersection(turned[owner], boxes)
            yield band.colour, shapely.transform(_polygons(pieces), _turn_back)
        start += width


def grid(areas: np.ndarray, fill: Fill, unit: float) -> np.ndarray:
    """Return where a fill's marks stand: points (n, 2) of a square grid, turned like the bands, inside the areas."""
    dots = fill.dots
    if dots is None or not len(areas):
        return np.empty((0, 2))
    step = _step(fill, dots) * unit
    bounds = shapely.total_bounds(shapely.transform(areas, _turn))
    u, v = (
        (np.arange(np.floor(low / step), np.ceil(high / step)) + 0.5) * step
        for low, high in (bounds[[0, 2]], bounds[[1, 3]])
    )
    across, along = np.meshgrid(u, v)
    points = _turn_back(np.column_stack([across.ravel(), along.ravel()]))
    inside, _ = shapely.STRtree(areas).query(shapely.points(points), predicate="within")
    return points[np.unique(inside)]


def _step(fill: Fill, dots: Dots) -> float:
    """Return the grid's step: on bands it follows their period, as on the screen."""
    period = sum(band.width for band in fill.bands)
    return period / max(1, round(period / dots.spacing)) if period else dots.spacing


def valid(shapes: np.ndarray) -> np.ndarray:
    """Return shapes that can be cut: rounding sometimes lets a ring touch itself."""
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(shapes[broken])
    return shapes


def outline(shapes: np.ndarray) -> Path | None:
    """Return polygons as one compound path, holes turned against their shells; None when nothing is left."""
    parts = _polygons(shapes)
    if not len(parts):
        return None
    oriented = shapely.orient_polygons(parts)
    rings = shapely.get_rings(oriented)
    return _path(rings, closed=True)


def course(lines: np.ndarray) -> Path | None:
    """Return lines as one compound path, None when nothing is left."""
    parts = shapely.get_parts(lines)
    kept = parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]
    return _path(kept, closed=False) if len(kept) else None


def _path(lines: np.ndarray, *, closed: bool) -> Path:
    vertices, owner = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    first = np.r_[True, owner[1:] != owner[:-1]]
    codes[first] = Path.MOVETO
    if closed:
        codes[np.r_[first[1:], True]] = Path.CLOSEPOLY
    return Path(vertices, codes)


def _polygons(shapes: np.ndarray) -> np.ndarray:
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]


def _turn(points: np.ndarray) -> np.ndarray:
    x, y = points.T
    return np.column_stack([(x + y) * _TURN, (y - x) * _TURN])


def _turn_back(points: np.ndarray) -> np.ndarray:
    u, v = points.T
    return np.column_stack([(u - v) * _TURN, (u + v) * _TURN])
