"""Municipal boundaries from DANE's geoportal (Marco Geoestadístico Nacional), over ArcGIS REST.

The protocol has traps that a plain GET falls into, and each is met here: a layer answers at most ``maxRecordCount``
features per request, so the identifiers are asked first (``returnIdsOnly``) and the features in batches of them; an
error arrives as HTTP 200 with ``{"error": …}``; a cut answer is marked ``exceededTransferLimit``, at the top level or
inside ``properties``; a batch too large for the server fails as a whole, so it is halved until it passes or a single
feature fails; finally the features must be as many as the identifiers. Column case differs between editions: names are
lower-cased. Source: https://geoportal.dane.gov.co (open data; no key).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from data.sources import official_boundaries
from data.sources.http import Client, Progress, PublisherError, RetryPolicy
from data.sources.official_boundaries import LEAST_MUNICIPALITIES, Snapshot

PUBLISHER = "DANE"
LICENCE = "CC BY 4.0"
BASE = "https://geoportal.dane.gov.co/mparcgis/rest/services"
LAYERS = (
    ("MGN 2025", "MGN2025/Serv_CapasMGN_2025/FeatureServer/317"),
    ("MGN 2025", "Divipola/Serv_DIVIPOLA_MGN_2025/FeatureServer/317"),
    ("MGN 2024", "MGN2024/Serv_CapasMGN_2024/FeatureServer/317"),
)
CODE_COLUMN = "mpio_cdpmp"
BATCH = 50
# Degrees (about 50 m). The server simplifies each polygon alone, which opens slivers between neighbours as wide as
# this; geo.boundaries closes them. Coarser would be visible in Nariño, finer only takes longer.
OFFSET = 0.0005

# Faults of one layer that another layer of the same server may not have.
_LAYER_FAULTS = frozenset({"not_found", "bad_request", "service_error", "unexpected_format", "wrong_count", "not_json"})
# Faults that a smaller batch may not have.
_BATCH_FAULTS = frozenset(
    {"service_error", "truncated", "wrong_count", "server_error", "timeout", "interrupted", "not_json", "too_large"}
)


def download(
    directory: Path,
    *,
    progress: Progress | None = None,
    retry: RetryPolicy | None = None,
    pause: float | None = None,
    least: int = LEAST_MUNICIPALITIES,
) -> Snapshot:
    """Download all municipalities and make them the snapshot in ``directory``.

    Parameters
    ----------
    directory
        Where the snapshot lives; an earlier one stays until the new one is complete.
    progress
        Called with the municipalities received and their total.
    retry, pause
        How patiently the server is asked.
    least
        Fewer municipalities than this are refused (``wrong_count``).

    Raises
    ------
    PublisherError
        With the fault of the first layer when no layer delivers. ``PAZ_URL_DANE`` replaces the server's base address.
    """
    base = os.environ.get("PAZ_URL_DANE", "").strip().rstrip("/") or BASE
    first: PublisherError | None = None
    policy = retry or RetryPolicy(attempts=3, wait_max=10.0)
    with Client(PUBLISHER, retry=policy, pause=0.3 if pause is None else pause, timeout=60.0) as client:
        for vintage, layer in LAYERS:
            url = f"{base}/{layer}/query"
            try:
                features = _features(client, url, least, progress)
            except PublisherError as error:
                first = first or error
                if error.fault not in _LAYER_FAULTS:
                    raise
                continue
            return official_boundaries.commit(
                directory, features, publisher=PUBLISHER, vintage=vintage, licence=LICENCE, url=url
            )
    assert first is not None
    raise first


def _features(client: Client, url: str, least: int, progress: Progress | None) -> list[dict[str, Any]]:
    identifiers = _identifiers(client, url)
    if len(identifiers) < least:
        raise PublisherError(PUBLISHER, url, "wrong_count", detail=f"{len(identifiers)} municipalities, not {least}")
    features: list[dict[str, Any]] = []
    for batch in official_boundaries.batches(identifiers, BATCH):
        features += _halving(client, url, batch)
        if progress:
            progress(len(features), len(identifiers))
    if len(features) != len(identifiers):
        detail = f"{len(features)} of {len(identifiers)} municipalities"
        raise PublisherError(PUBLISHER, url, "wrong_count", detail=detail)
    return [_lowered(feature, url) for feature in features]


def _identifiers(client: Client, url: str) -> list[int]:
    answer = _ask(client, url, {"where": "1=1", "returnIdsOnly": "true", "f": "json"})
    identifiers = answer.get("objectIds")
    if not isinstance(identifiers, list) or not all(isinstance(value, int) for value in identifiers):
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail="no objectIds in the answer")
    return sorted(set(identifiers))


def _halving(client: Client, url: str, batch: list[int]) -> list[dict[str, Any]]:
    try:
        return _batch(client, url, batch)
    except PublisherError as error:
        if error.fault not in _BATCH_FAULTS or len(batch) == 1:
            raise
    middle = len(batch) // 2
    return _halving(client, url, batch[:middle]) + _halving(client, url, batch[middle:])


def _batch(client: Client, url: str, batch: list[int]) -> list[dict[str, Any]]:
    params = {
        "objectIds": ",".join(map(str, batch)),
        "outFields": "*",
        "returnGeometry": "true",
        "outSR": "4326",
        "maxAllowableOffset": str(OFFSET),
        "geometryPrecision": "6",
        "f": "geojson",
    }
    answer = _ask(client, url, params)
    features = answer.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail="no features in the answer")
    properties = answer.get("properties")
    inner = properties.get("exceededTransferLimit") if isinstance(properties, dict) else None
    if answer.get("exceededTransferLimit") or inner:
        raise PublisherError(PUBLISHER, url, "truncated", detail=f"{len(features)} of {len(batch)} municipalities")
    if len(features) != len(batch):
        raise PublisherError(PUBLISHER, url, "wrong_count", detail=f"{len(features)} of {len(batch)} municipalities")
    return features


def _ask(client: Client, url: str, params: dict[str, str]) -> dict[str, Any]:
    answer = client.get_json(url, params)
    if not isinstance(answer, dict):
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail=f"a JSON {type(answer).__name__}")
    if "error" in answer:
        error = answer["error"]
        detail = f"{error.get('code', '')} {error.get('message', '')}" if isinstance(error, dict) else str(error)
        raise PublisherError(PUBLISHER, url, "service_error", status=200, detail=detail)
    return answer


def _lowered(feature: dict[str, Any], url: str) -> dict[str, Any]:
    """Keep what the map needs: the geometry and the properties, their names in lower case."""
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail="a feature without properties or geometry")
    lowered = {str(name).lower(): value for name, value in properties.items()}
    code = str(lowered.get(CODE_COLUMN, ""))
    if not re.fullmatch(r"\d{5}", code):
        detail = f"no DIVIPOLA code in {CODE_COLUMN} ({code!r}); columns: {', '.join(sorted(lowered))}"
        raise PublisherError(PUBLISHER, url, "unexpected_format", detail=detail)
    return {"type": "Feature", "properties": lowered, "geometry": geometry}
