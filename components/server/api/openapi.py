"""The OpenAPI 3.1 document, derived from the registry."""

from __future__ import annotations

from typing import Any

from components.i18n import _
from components.server import version
from components.server.api import columns
from components.server.api.registry import ENDPOINTS, PREFIX, Endpoint
from components.server.formats import Column
from components.server.query import Parameter

_JSON_TYPES = {
    "string": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
}
_HEADERS = {
    "ETag": "Weak validator; send it back in If-None-Match.",
    "Link": "self, first, prev and next page.",
    "X-Total-Count": "Rows in all pages.",
    "X-Title": "What the rows are, in ASCII.",
    "X-Data-Version": "Version of the data.",
}


def document() -> dict[str, Any]:
    """Return the document in the reader's language, as plain values."""
    paths: dict[str, Any] = {PREFIX + endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS}
    paths["/healthz"] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Paz Territorial",
            "version": version.text(),
            "summary": _("Who is reported where, which ceasefires are in force and how violent each municipality is."),
            "description": _(
                "Presence is not control; reported is not now; no record is not zero; association is not cause. "
                "Figures of different publishers are never added together. Every answer names its sources and licences."
            ),
            "license": {"name": "MIT (code); data: see the licence of each source", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": "data"}, {"name": "operation"}],
        "paths": paths,
        "components": {"schemas": _schemas(), "responses": _responses()},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    placed = [_parameter(parameter, "path") for parameter in endpoint.path_parameters]
    asked = [_parameter(parameter, "query") for parameter in endpoint.parameters]
    refusals = {"304": "NotModified", "400": "BadRequest", "404": "NotFound", "405": "NotAllowed", "503": "Damaged"}
    return {
        "operationId": endpoint.operation,
        "summary": _(endpoint.title),
        "description": _(endpoint.description),
        "tags": ["data"],
        "parameters": placed + asked,
        "responses": {
            "200": {
                "description": _("One page of rows in a stable order."),
                "headers": {
                    name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
                },
                "content": _content(endpoint),
            },
            **{status: {"$ref": f"#/components/responses/{name}"} for status, name in refusals.items()},
        },
    }


def _parameter(parameter: Parameter, place: str) -> dict[str, Any]:
    schema = parameter.kind.schema()
    if parameter.many:
        schema = {"type": "array", "items": schema}
    elif parameter.default is not None:
        schema = {**schema, "default": parameter.default}
    note = f" {_('Default')}: {_(parameter.default_note)}." if parameter.default_note else ""
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "description": _(parameter.description) + note,
        "schema": schema,
    }
    if parameter.many:
        described |= {"style": "form", "explode": False}
    if parameter.example:
        described["example"] = [parameter.example] if parameter.many else _example(parameter)
    return described


def _example(parameter: Parameter) -> Any:
    return int(parameter.example) if parameter.kind.schema()["type"] == "integer" else parameter.example


def _content(endpoint: Endpoint) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{endpoint.operation}_row"}
    meta = {"$ref": "#/components/schemas/meta"}
    sources = {"type": "array", "items": {"$ref": "#/components/schemas/source"}}
    content: dict[str, Any] = {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["meta", "sources", "rows"],
                "properties": {"meta": meta, "sources": sources, "rows": {"type": "array", "items": row}},
            }
        },
        "text/csv": {"schema": {"type": "string"}},
    }
    if "geojson" in endpoint.formats:
        feature = {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": "integer"},
                "geometry": {"$ref": "#/components/schemas/seats"},
                "properties": row,
            },
        }
        content["application/geo+json"] = {
            "schema": {
                "type": "object",
                "required": ["type", "features", "meta", "sources"],
                "properties": {
                    "type": {"const": "FeatureCollection"},
                    "meta": meta,
                    "sources": sources,
                    "features": {"type": "array", "items": feature},
                },
            }
        }
    return content


def row_schema(declared: tuple[Column, ...] | None) -> dict[str, Any]:
    """Return the schema of a row; of tables, whose columns differ, only that it is an object of plain values."""
    if declared is None:
        return {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}
    return {
        "type": "object",
        "required": [column.name for column in declared],
        "additionalProperties": False,
        "properties": {column.name: _column_schema(column) for column in declared},
    }


def _column_schema(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_JSON_TYPES[column.type])
    if column.nullable:
        schema["type"] = [schema["type"], "null"]
    return {**schema, "description": _(column.description)}


def _schemas() -> dict[str, Any]:
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    count = {"type": "integer", "minimum": 0}
    texts = {"type": "array", "items": text}
    position = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return {
        **{f"{endpoint.operation}_row": row_schema(endpoint.columns) for endpoint in ENDPOINTS},
        "source": {
            "type": "object",
            "required": [column.name for column in columns.SOURCES],
            "properties": {column.name: _column_schema(column) for column in columns.SOURCES},
        },
        "meta": {
            "type": "object",
            "required": ["title", "date", "generated_from", "caveats", "licences", "total", "count", "next"],
            "properties": {
                "title": text,
                "date": {"type": ["string", "null"], "format": "date"},
                "generated_from": text,
                "version": text,
                "language": {"enum": ["es", "en"]},
                "caveats": texts,
                "licences": texts,
                "total": count,
                "count": count,
                "limit": count,
                "offset": count,
                "self": text,
                "next": maybe,
            },
        },
        "seats": {
            "description": _("Seats of the municipalities, WGS 84; null where a row binds people and not ground."),
            "oneOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "required": ["type", "coordinates"],
                    "properties": {"type": {"const": "Point"}, "coordinates": position},
                },
                {
                    "type": "object",
                    "required": ["type", "coordinates"],
                    "properties": {
                        "type": {"const": "MultiPoint"},
                        "coordinates": {"type": "array", "items": position},
                    },
                },
            ],
        },
        "error": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": {
                    "type": "object",
                    "required": ["status", "message"],
                    "properties": {
                        "status": {"type": "integer"},
                        "message": text,
                        "parameter": text,
                        "found": text,
                        "allowed": text,
                    },
                }
            },
        },
    }


def _responses() -> dict[str, Any]:
    told = {
        "BadRequest": _("A parameter is unknown or has a value that is not allowed; the message names it."),
        "NotFound": _("Nothing is at this address."),
        "NotAllowed": _("The API only reads."),
        "Damaged": _("A table is damaged; the message names file, row and column."),
    }
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}
    return {
        "NotModified": {"description": _("The answer is the one whose ETag was sent.")},
        **{name: {"description": text, "content": body} for name, text in told.items()},
    }


def _health() -> dict[str, Any]:
    report = {
        "type": "object",
        "required": ["status", "version", "data_version", "boundaries", "tables"],
        "properties": {"status": {"enum": ["ok", "damaged"]}},
    }
    body = {"application/json": {"schema": report}}
    return {
        "operationId": "health",
        "summary": _("Whether the server can serve"),
        "tags": ["operation"],
        "responses": {
            "200": {"description": _("Every table is sound."), "content": body},
            "503": {"description": _("A table is damaged; the message names file, row and column."), "content": body},
        },
    }
