"""The Frictionless data package that describes every embedded table, generated from :mod:`data.schemas`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from data import schemas

_TYPES = {"day": "date", "month": "date", "integer": "integer", "number": "number", "flag": "boolean"}


def descriptor_text(folder: Path) -> str:
    """Text of ``datapackage.json`` for the tables that lie in ``folder``."""
    return json.dumps(descriptor(folder), ensure_ascii=False, indent=2) + "\n"


def descriptor(folder: Path) -> dict[str, Any]:
    """Describe the tables of a folder."""
    return {"name": "paz-territorial", "resources": [_resource(table, folder) for table in schemas.TABLES.values()]}


def _resource(table: schemas.Table, folder: Path) -> dict[str, Any]:
    content = (folder / table.filename).read_bytes()
    return {
        "name": table.name,
        "path": table.filename,
        "title": table.title,
        "description": table.description,
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
