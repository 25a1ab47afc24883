"""Geometries from files: read, turned into degrees, and told when they cannot be used."""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

from data.uploads.crs import Declared, fault, in_degrees
from data.uploads.model import ShapeFault

Shape: TypeAlias = Any
"""A shapely geometry in degrees, a ``ShapeFault``, or None."""

POINT, POLYGONS = "Point", ("Polygon", "MultiPolygon")
_BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
_ENVELOPES = (0, 32, 48, 48, 64)


def from_geojson(value: Any, system: Declared | None) -> Shape:
    """Return the geometry of a GeoJSON mapping; ``ShapeFault`` when it is none."""
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return ShapeFault("geometry_broken", {"detail": "type"})
    import shapely
    import shapely.geometry

    if value["type"] not in (POINT, *POLYGONS):
        return ShapeFault("geometry_kind", {"kind": value["type"][:40]})
    try:
        shape = shapely.geometry.shape(value)
    except (*_BROKEN, shapely.errors.ShapelyError) as error:
        return ShapeFault("geometry_broken", {"detail": type(error).__name__})
    return _checked(shape, system)


def from_geopackage(blob: Any, system: Declared | None) -> Shape:
    """Return the geometry of a GeoPackage's binary form; ``ShapeFault`` when it is none."""
    if blob is None:
        return None
    import shapely

    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return ShapeFault("geometry_broken", {"detail": "GP"})
    flags = blob[3]
    envelope = (flags >> 1) & 0b111
    if envelope >= len(_ENVELOPES):
        return ShapeFault("geometry_broken", {"detail": "GP"})
    if flags & 0b10000:
        return None
    try:
        shape = shapely.from_wkb(blob[8 + _ENVELOPES[envelope] :])
    except (ValueError, TypeError, struct.error, shapely.errors.ShapelyError) as error:
        return ShapeFault("geometry_broken", {"detail": type(error).__name__})
    return _checked(shape, system)


def _checked(shape: Any, system: Declared | None) -> Shape:
    import shapely

    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if shape.geom_type not in (POINT, *POLYGONS):
        return ShapeFault("geometry_kind", {"kind": shape.geom_type})
    try:
        shape = in_degrees(shapely.force_2d(shape), system)
        return _placed(shape)
    except (ValueError, shapely.errors.ShapelyError) as error:
        return ShapeFault("geometry_broken", {"detail": type(error).__name__})


def _placed(shape: Any) -> Shape:
    """Return the shape when it lies in Colombia and does not cross itself."""
    import shapely

    coordinates = shapely.get_coordinates(shape)
    west, south = coordinates.min(axis=0)
    east, north = coordinates.max(axis=0)
    for lon, lat in ((west, south), (east, north)):
        wrong = fault(float(lon), float(lat))
        # An area may reach over the border; what lies elsewhere altogether does so at both corners.
        if wrong and (shape.geom_type == POINT or wrong != "outside_colombia" or _far(west, south, east, north)):
            return ShapeFault(wrong, {"lon": round(float(lon), 4), "lat": round(float(lat), 4)})
    if shape.geom_type in POLYGONS and not shapely.is_valid(shape):
        reason = shapely.is_valid_reason(shape)
        return ShapeFault("self_crossing" if "elf-inter" in reason else "polygon_invalid", {"reason": reason[:120]})
    return shape


def _far(west: float, south: float, east: float, north: float) -> bool:
    return bool(fault(float(west), float(south)) and fault(float(east), float(north)))
