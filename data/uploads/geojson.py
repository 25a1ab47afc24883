"""GeoJSON, one feature at a time: a file of 300 MB is never held as objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from data.uploads import text
from data.uploads.crs import Declared, declared
from data.uploads.errors import UploadError
from data.uploads.model import Source
from data.uploads.shapes import Shape, from_geojson

_BLOCK = 1 << 20
MAX_FEATURE = 32 * 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n\x1e]*")


def _not_a_number(name: str) -> NoReturn:
    raise UploadError("json_not_a_number", value=name)


_decoder = json.JSONDecoder(parse_constant=_not_a_number)


class _Text:
    """The text of a file behind a window that moves on."""

    def __init__(self, source: Source, encoding: str) -> None:
        self._file = text.opened(source, encoding)
        self._window = ""
        self._at = 0
        self._ended = False

    def _more(self, count: int) -> bool:
        block = "" if self._ended else self._file.read(count)
        self._ended = self._ended or not block
        self._window = self._window[self._at :] + block
        self._at = 0
        return bool(block)

    def peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while True:
            found = _SPACE.match(self._window, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more(_BLOCK):
                return ""

    def take(self, *wanted: str) -> str:
        """Return the next character, which must be one of some."""
        char = self.peek()
        if not char or char not in wanted:
            raise UploadError("json_broken")
        self._at += 1
        return char

    def value(self) -> Any:
        """Return the next value."""
        self.peek()
        want = _BLOCK
        while True:
            try:
                found, end = _decoder.raw_decode(self._window, self._at)
            except RecursionError as error:
                raise UploadError("json_too_deep") from error
            except ValueError as error:
                # Either the window ends inside the value, or the text is no JSON: the next piece tells which.
                if len(self._window) - self._at > MAX_FEATURE:
                    raise UploadError("feature_too_large", limit=MAX_FEATURE) from error
                if not self._more(want):
                    raise UploadError("json_broken") from error
                want *= 2
                continue
            if end == len(self._window) and self._more(want):
                # A number at the edge of the window may go on behind it.
                continue
            self._at = end
            return found


def features(source: Source, encoding: str) -> Iterator[tuple[dict[str, Any], Shape]]:
    """Yield the properties and the geometry, in degrees, of every feature.

    Raises
    ------
    UploadError
        ``json_broken``, ``json_too_deep``, ``json_not_a_number``, ``feature_too_large``; ``json_not_geojson``;
        ``topojson``; ``crs_unknown``; ``crs_after_features``: a coordinate system is declared where it comes too late.
    """
    stream = _Text(source, encoding)
    if stream.peek() != "{":
        raise UploadError("json_not_geojson")
    found = False
    for feature in _root(stream):
        found = True
        yield feature
    while stream.peek():
        # One feature per line is a habit of some programs.
        for feature in _root(stream):
            yield feature
    if not found:
        raise UploadError("geojson_no_features")


def _root(stream: _Text) -> Iterator[tuple[dict[str, Any], Shape]]:
    stream.take("{")
    other: dict[str, Any] = {}
    system: Declared | None = None
    streamed = False
    while stream.peek() != "}":
        if other or streamed:
            stream.take(",")
        key = stream.value()
        stream.take(":")
        if key == "features" and stream.peek() == "[":
            streamed = True
            for feature in _array(stream):
                yield _parts(feature, system)
            other["features"] = None
            continue
        value = stream.value()
        other[key if isinstance(key, str) else ""] = value
        if key == "crs":
            system = _system(value)
            if streamed and system is not None and system.to_degrees is not None:
                raise UploadError("crs_after_features", crs=system.name[:80])
        if len(other) > 200:
            break
    if not streamed:
        yield _single(other, system)
    stream.take("}")


def _array(stream: _Text) -> Iterator[Any]:
    stream.take("[")
    first = True
    while stream.peek() != "]":
        if not first:
            stream.take(",")
        first = False
        yield stream.value()
    stream.take("]")


def _single(other: Mapping[str, Any], system: Declared | None) -> tuple[dict[str, Any], Shape]:
    kind = other.get("type")
    if kind == "Topology":
        raise UploadError("topojson")
    if kind != "Feature":
        raise UploadError("json_not_geojson")
    return _parts(other, system)


def _system(value: Any) -> Declared | None:
    if not isinstance(value, dict):
        return None
    properties = value.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise UploadError("crs_unknown", crs=str(value)[:80])
    if "CRS84" in name.upper():
        return None
    code = re.search(r"EPSG:+(?:[\d.]*:)?(\d{4,6})$", name.strip(), re.IGNORECASE)
    return declared(f"EPSG:{code[1]}" if code else name[:200])


def _parts(feature: Any, system: Declared | None) -> tuple[dict[str, Any], Shape]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise UploadError("json_not_geojson")
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    return properties, from_geojson(feature.get("geometry"), system)


def cell(value: Any) -> str:
    """Return a property as text; what is no plain value becomes JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        # A lone surrogate is valid JSON and no text: it could not be written anywhere.
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else repr(float("inf"))
    return json.dumps(value, ensure_ascii=True)[:200]
