"""Municipal boundaries from the Humanitarian Data Exchange (COD-AB Colombia): the fallback when DANE does not deliver.

HDX is a CKAN catalogue: ``package_show`` lists the data set's resources, among them census sections and hamlets before
the municipal shapefiles, so the archive is chosen by its name, and inside it the layer whose name says ``adm2``. The
key ``ADM2_PCODE`` is ``CO`` followed by the DIVIPOLA code. The archive is about 117 MB; what is kept is simplified to
some 50 m, neighbours together, so that they go on sharing their borders.
Source: https://data.humdata.org/dataset/cod-ab-col (DANE, reviewed by OCHA; CC BY-IGO; no key).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from data.sources import official_boundaries
from data.sources.http import Client, Progress, PublisherError, RetryPolicy
from data.sources.official_boundaries import LEAST_MUNICIPALITIES, Snapshot

PUBLISHER = "OCHA / HDX"
LICENCE = "CC BY-IGO"
BASE = "https://data.humdata.org"
PACKAGE = "cod-ab-col"
CODE_COLUMN = "adm2_pcode"
MAX_ARCHIVE = 600 * 2**20
MAX_MEMBER = 1_500 * 2**20
TOLERANCE = 0.0005
_MEMBERS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def download(
    directory: Path,
    *,
    progress: Progress | None = None,
    retry: RetryPolicy | None = None,
    pause: float | None = None,
    least: int = LEAST_MUNICIPALITIES,
) -> Snapshot:
    """Download the municipal shapefile and make it the snapshot in ``directory``.

    Parameters
    ----------
    directory
        Where the snapshot lives; an earlier one stays until the new one is complete.
    progress
        Called with the bytes received and their total.
    retry, pause
        How patiently the server is asked.
    least
        Fewer municipalities than this are refused (``wrong_count``).

    Raises
    ------
    PublisherError
        ``PAZ_URL_HDX`` replaces the server's base address.
    """
    base = os.environ.get("PAZ_URL_HDX", "").strip().rstrip("/") or BASE
    address = f"{base}/api/3/action/package_show"
    directory.mkdir(parents=True, exist_ok=True)
    with Client(PUBLISHER, retry=retry or RetryPolicy(attempts=3), pause=0.3 if pause is None else pause) as client:
        url, vintage = _archive(client, address)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".hdx-") as temporary:
            archive = Path(temporary) / "archive.zip"
            client.download(url, archive, progress=progress, max_bytes=MAX_ARCHIVE)
            shapefile = _extract(archive, Path(temporary) / "layer", url)
            features = _features(shapefile, url, least)
    return official_boundaries.commit(
        directory, features, publisher=PUBLISHER, vintage=vintage, licence=LICENCE, url=address + f"?id={PACKAGE}"
    )


def _archive(client: Client, address: str) -> tuple[str, str]:
    """Return the address of the municipal archive and the edition it says to be."""
    answer = client.get_json(address, {"id": PACKAGE})
    result = answer.get("result") if isinstance(answer, dict) and answer.get("success") is True else None
    if not isinstance(result, dict):
        detail = json.dumps(answer.get("error"), ensure_ascii=False) if isinstance(answer, dict) else ""
        raise PublisherError(PUBLISHER, address, "service_error", status=200, detail=detail)
    resources = [resource for resource in result.get("resources", []) if isinstance(resource, dict)]
    best = max(resources, key=_likeness, default=None)
    if best is None or _likeness(best) <= 0:
        names = "; ".join(str(resource.get("name")) for resource in resources)
        raise PublisherError(PUBLISHER, address, "unexpected_format", detail=f"no municipal shapefile among: {names}")
    url = str(best.get("download_url") or best.get("url") or "")
    reviewed = str(best.get("last_modified") or result.get("last_modified") or "")[:10]
    return url, f"COD-AB {reviewed}".strip()


def _likeness(resource: dict[str, Any]) -> int:
    """Score how much a resource's name looks like the archive of administrative shapefiles; 0 for what it is not."""
    name = str(resource.get("name", "")).lower()
    if not re.search(r"shp|shape|\.zip", f"{name} {resource.get('format', '')}".lower()):
        return 0
    if re.search(r"vereda|secc|adm(in)?[ _-]*3|gdb|geodatabase|xlsx|emf", name):
        return 0
    return 2 * bool(re.search(r"administrative\s+divisions|admbnda?|adm[ _-]*2", name)) + bool("shape" in name)


def _extract(archive: Path, folder: Path, url: str) -> Path:
    """Take the municipal layer out of the archive under names of our own; the archive's paths are never followed."""
    folder.mkdir()
    try:
        with zipfile.ZipFile(archive) as content:
            layer = _layer(content.namelist())
            if layer is None:
                detail = "no *adm2*.shp among: " + "; ".join(content.namelist())
                raise PublisherError(PUBLISHER, url, "unexpected_format", detail=detail)
            stem = layer[: -len(".shp")].lower()
            for member in content.infolist():
                suffix = PurePosixPath(member.filename).suffix.lower()
                if suffix not in _MEMBERS or member.filename[: -len(suffix)].lower() != stem:
                    continue
                if member.file_size > MAX_MEMBER:
                    raise PublisherError(PUBLISHER, url, "too_large", detail=member.filename)
                with content.open(member) as source, (folder / f"municipalities{suffix}").open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail=f"not a readable zip: {error}") from error
    return folder / "municipalities.shp"


def _layer(names: list[str]) -> str | None:
    """Choose the municipal polygons among an archive's members (not the lines or points that bear similar names)."""
    shapefiles = [name for name in names if name.lower().endswith(".shp")]
    found = [name for name in shapefiles if "adm2" in PurePosixPath(name).name.lower()]
    return min(found, key=lambda name: ("admbnda" not in name.lower(), len(name), name), default=None)


def _features(shapefile: Path, url: str, least: int) -> list[dict[str, Any]]:
    import geopandas
    import shapely

    try:
        frame = geopandas.read_file(shapefile)
    except (OSError, ValueError, RuntimeError) as error:
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail=str(error)) from error
    frame = frame.rename(columns={name: str(name).lower() for name in frame.columns if name != "geometry"})
    if CODE_COLUMN not in frame.columns:
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail=f"columns: {', '.join(frame.columns)}")
    codes = frame[CODE_COLUMN].astype("string").str.extract(r"^CO(\d{5})$", expand=False)
    frame = frame[codes.notna().to_numpy() & frame.geometry.notna().to_numpy()]
    codes = codes.dropna().loc[frame.index]
    if codes.nunique() < least:
        detail = f"{codes.nunique()} municipalities, not {least}"
        raise PublisherError(PUBLISHER, url, "wrong_count", detail=detail)
    if frame.crs is not None:
        frame = frame.to_crs(4326)
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    if not shapely.coverage_is_valid(shapes):
        shapes = shapely.coverage_clean(shapes)  # pyright: ignore[reportAttributeAccessIssue]  (newer than the stubs)
    simple = shapely.set_precision(shapely.coverage_simplify(shapes, TOLERANCE), 1e-6, mode="pointwise")
    geometries = (json.loads(text) for text in shapely.to_geojson(simple))
    return [
        {"type": "Feature", "properties": {"divipola": code, CODE_COLUMN: f"CO{code}"}, "geometry": geometry}
        for code, geometry in zip(codes, geometries, strict=True)
    ]
