"""What the map fetches over HTTP: Leaflet, our own scripts, and payloads named by the hash of their content.

A payload is published once and read by hash, gzipped and immutable, so that the websocket carries only its name. The
store is bounded by bytes and forgets what was used least recently; publishing again under the same hash costs one
digest, hence callers publish on every run instead of remembering that they did.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/assets"
STATIC_DIR = Path(__file__).resolve().parents[1] / "static"
STORE_BYTES = 96 * 1024 * 1024
HASH_CHARS = 20

FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_COMPRESSIBLE = frozenset({".js", ".css", ".map", ".json", ".svg"})
Kind = Literal["geometry", "state"]


@dataclass(frozen=True)
class Asset:
    """One body as it travels: gzipped when that helps, with the hash of its plain content."""

    body: bytes
    gzipped: bool
    media_type: str
    digest: str

    def plain(self) -> bytes:
        """Return the body as it was before compression."""
        return gzip.decompress(self.body) if self.gzipped else self.body


class AssetStore:
    """A thread-safe store of payloads by content hash that never holds more than `limit` bytes (gzipped)."""

    def __init__(self, limit: int = STORE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._assets: OrderedDict[str, Asset] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._assets)

    @property
    def size(self) -> int:
        """Bytes held now."""
        return self._size

    def publish(self, payload: bytes, media_type: str = "application/json") -> str:
        """Keep `payload` and return the hash that names it; publishing the same bytes again returns the same hash.

        The newest payload is always kept, also when it alone is larger than the limit.
        """
        digest = _digest(payload)
        with self._lock:
            if digest in self._assets:
                self._assets.move_to_end(digest)
                return digest
        asset = Asset(gzip.compress(payload, 6, mtime=0), True, media_type, digest)
        with self._lock:
            if digest not in self._assets:
                self._assets[digest] = asset
                self._size += len(asset.body)
            self._assets.move_to_end(digest)
            while self._size > self._limit and len(self._assets) > 1:
                _, dropped = self._assets.popitem(last=False)
                self._size -= len(dropped.body)
        return digest

    def drop(self, digest: str) -> None:
        """Forget a payload at once."""
        with self._lock:
            asset = self._assets.pop(digest, None)
            if asset is not None:
                self._size -= len(asset.body)

    def get(self, digest: str) -> Asset | None:
        """Return the payload of that hash, or None when it was never published or has been forgotten."""
        with self._lock:
            asset = self._assets.get(digest)
            if asset is not None:
                self._assets.move_to_end(digest)
            return asset


STORE = AssetStore()


def publish(payload: bytes) -> str:
    """Publish a JSON payload under ``/assets/geometry/`` and ``/assets/state/``; return the hash that names it."""
    return STORE.publish(payload)


def payload_url(kind: Kind, digest: str) -> str:
    """Return the address of a published payload."""
    return f"{PREFIX}/{kind}/{digest}"


def static_url(name: str) -> str:
    """Return the address of one of our own scripts or style sheets, with its content hash (cached for ever)."""
    return f"{PREFIX}/static/{name}?v={_files(STATIC_DIR)[name].digest}"


def leaflet_url(name: str) -> str:
    """Return the address of a file of the installed Leaflet, with its content hash (cached for ever)."""
    return f"{PREFIX}/leaflet/{name}?v={_files(leaflet_dir())[name].digest}"


@lru_cache(maxsize=1)
def leaflet_dir() -> Path:
    """Return the folder of the installed Leaflet distribution (BSD-2-Clause, from the package js_lib_leaflet)."""
    import js_lib_leaflet

    return Path(js_lib_leaflet.__path__[0]) / "static" / "js_lib_leaflet"


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()[:HASH_CHARS]


@lru_cache(maxsize=4)
def _files(root: Path) -> Mapping[str, Asset]:
    """Read every file below `root` once; what is not in this table does not exist for the browser."""
    return {path.relative_to(root).as_posix(): read(path) for path in sorted(root.rglob("*")) if path.is_file()}


def read(path: Path, level: int = 9) -> Asset:
    """Return a file as it travels, compressed at a level of gzip where that helps."""
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media_type = "text/javascript" if path.suffix == ".js" else kind
    if path.suffix in _COMPRESSIBLE:
        return Asset(gzip.compress(content, level, mtime=0), True, media_type, _digest(content))
    return Asset(content, False, media_type, _digest(content))


def answer(request: Request, asset: Asset | None, cache: str) -> Response:
    """Answer a request with a file: 404 without one, 304 where the browser holds it, gzipped where it may be."""
    if asset is None:
        return Response("not found", 404, {"Cache-Control": "no-store"}, media_type="text/plain")
    headers = {
        "Cache-Control": cache,
        "ETag": f'"{asset.digest}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known or "*" in known:
        return Response(None, 304, headers)
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if asset.gzipped and accepts_gzip:
        return Response(asset.body, 200, {**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.plain(), 200, headers, media_type=asset.media_type)


async def _payload(request: Request) -> Response:
    return answer(request, STORE.get(request.path_params["digest"]), FOREVER)


def _file(request: Request, root: Path) -> Response:
    asset = _files(root).get(request.path_params["name"])
    versioned = asset is not None and request.query_params.get("v") == asset.digest
    return answer(request, asset, FOREVER if versioned else _REVALIDATE)


async def _static(request: Request) -> Response:
    return _file(request, STATIC_DIR)


async def _leaflet(request: Request) -> Response:
    return _file(request, leaflet_dir())


def routes() -> list[Route]:
    """Return the routes that the front door mounts beside Streamlit."""
    return [
        Route(f"{PREFIX}/geometry/{{digest}}", _payload, methods=["GET"]),
        Route(f"{PREFIX}/state/{{digest}}", _payload, methods=["GET"]),
        Route(f"{PREFIX}/static/{{name:path}}", _static, methods=["GET"]),
        Route(f"{PREFIX}/leaflet/{{name:path}}", _leaflet, methods=["GET"]),
    ]
