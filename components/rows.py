"""Rows of frames as plain mappings, for the places where one row becomes one piece of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings from column to value."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def by_id(frame: pd.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a frame by the value of an id column."""
    return {row[column]: row for row in records(frame)}
