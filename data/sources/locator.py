"""Find the municipality around a point, with the boundaries this machine has: for UCDP's events in a refresh from
the command line.

The application has its own, faster lookup in ``geo``; ``data`` may not import it. Without boundaries there is no
lookup, and events are placed by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from data.paths import data_dir
from data.sources.model import Locate, SourceError

_CODE_COLUMNS = ("divipola", "mpio_cdpmp", "mpio_ccnct", "adm2_pcode", "cod_mpio", "codigo_dane")


def boundary_file(environment: Mapping[str, str] = os.environ, base: Path | None = None) -> Path | None:
    """Return the file of ``MUNICIPAL_BOUNDARIES``, else the downloaded one, else ``None``."""
    from data.sources import official_boundaries

    named = environment.get("MUNICIPAL_BOUNDARIES", "").strip()
    if named:
        return Path(named).expanduser()
    try:
        snapshot = official_boundaries.current((base or data_dir()) / "boundaries")
    except official_boundaries.SnapshotDamagedError:
        # Damaged boundaries are the map's business to report; here they only mean that names decide.
        return None
    return snapshot.path if snapshot else None


def from_file(path: Path) -> Locate:
    """Return a lookup over the polygons of a file.

    Raises
    ------
    SourceError
        ``unreadable`` when the file cannot be read; ``missing_column`` when no column holds DIVIPOLA codes.
    """
    import geopandas as gpd
    import shapely

    try:
        frame = gpd.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError("unreadable", f"{path.name}: {error}") from error
    names = {str(name).casefold(): name for name in frame.columns}
    column = next((names[name] for name in _CODE_COLUMNS if name in names), None)
    if column is None:
        raise SourceError("missing_column", f"{path.name}: no column of DIVIPOLA codes among {', '.join(names)}")
    if frame.crs is not None and frame.crs.to_epsg() != 4326:
        frame = frame.to_crs(4326)
    codes = np.array([re.sub(r"^CO", "", str(code)).zfill(5) for code in frame[column]], dtype=object)
    tree = shapely.STRtree(frame.geometry.to_numpy())

    def locate(lon: np.ndarray, lat: np.ndarray) -> Sequence[str | None]:
        found = np.full(len(lon), None, dtype=object)
        points, polygons = tree.query(shapely.points(lon, lat), predicate="intersects")
        # A point on a border touches two polygons: the lower code, so that every run says the same.
        for point, polygon in sorted(zip(points.tolist(), polygons.tolist(), strict=True), reverse=True):
            code = codes[polygon]
            if found[point] is None or code < found[point]:
                found[point] = code
        return found.tolist()

    return locate
