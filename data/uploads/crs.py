"""Coordinate systems: what is declared is turned into degrees; what is not degrees is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data.uploads.errors import UploadError

if TYPE_CHECKING:
    import numpy as np

# Colombia with its sea, in degrees.
WEST, SOUTH, EAST, NORTH = -82.5, -4.6, -66.5, 16.5


@dataclass(frozen=True)
class Declared:
    """A coordinate system that a file declares, and how its coordinates become degrees (None: they are degrees)."""

    name: str
    to_degrees: Callable[[np.ndarray], np.ndarray] | None


@lru_cache(maxsize=32)
def declared(definition: str) -> Declared:
    """Return the coordinate system of a code such as ``EPSG:9377`` or of a WKT text.

    Raises
    ------
    UploadError
        ``crs_unknown``.
    """
    import pyproj
    from pyproj.exceptions import ProjError

    try:
        system = pyproj.CRS.from_user_input(definition)
        # WGS84 and MAGNA-SIRGAS differ by less than any municipality's border is known.
        if system.is_geographic:
            return Declared(system.name, None)
        transformer = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except (ProjError, ValueError, TypeError) as error:
        raise UploadError("crs_unknown", crs=definition[:80]) from error

    def to_degrees(points: np.ndarray) -> np.ndarray:
        import numpy as np

        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return Declared(system.name, to_degrees)


def in_degrees(shape: Any, system: Declared | None) -> Any:
    """Return a shapely geometry in degrees."""
    if system is None or system.to_degrees is None:
        return shape
    import shapely

    return shapely.transform(shapely.force_2d(shape), system.to_degrees)


def fault(lon: float, lat: float) -> str:
    """Say what is wrong with a pair that should be degrees in Colombia; "" when nothing is.

    Returns
    -------
    str
        ``coords_zero``; ``crs_projected`` (metres); ``coords_swapped``; ``lon_sign`` (77.2 for 77.2 W);
        ``outside_colombia``; ``coords_not_numbers``.
    """
    if not (abs(lon) < 1e12 and abs(lat) < 1e12):
        return "coords_not_numbers"
    if lon == 0 and lat == 0:
        return "coords_zero"
    if _inside(lon, lat):
        return ""
    if abs(lon) > 180 or abs(lat) > 180:
        return "crs_projected"
    if _inside(lat, lon):
        return "coords_swapped"
    if _inside(-lon, lat):
        return "lon_sign"
    return "outside_colombia"


def _inside(lon: float, lat: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH
