"""The version of the application, as pyproject.toml states it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@lru_cache(maxsize=1)
def text() -> str:
    """Return the version, e.g. "0.1.0"."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
