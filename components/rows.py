"""Rows of frames as plain mappings, for the places where one row becomes one piece of text."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

_made: dict[int, tuple[weakref.ref[Any], dict[tuple[str, str], Any]]] = {}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings from column to value."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def by_id(frame: pd.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a frame by the value of an id column.

    Kept for as long as the frame lives, for a page asks for the same table's rows dozens of times in one run: neither
    the frame nor what is returned may be changed.
    """
    return _kept(frame, ("id", column), lambda: {row[column]: row for row in records(frame)})


def grouped(frame: pd.DataFrame, column: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a frame by the value of a column that repeats; kept as :func:`by_id` keeps them."""

    def make() -> dict[str, list[dict[str, Any]]]:
        made: dict[str, list[dict[str, Any]]] = {}
        for row in records(frame):
            made.setdefault(row[column], []).append(row)
        return made

    return _kept(frame, ("group", column), make)


def _kept(frame: pd.DataFrame, name: tuple[str, str], make: Callable[[], T]) -> T:
    key = id(frame)
    held = _made.get(key)
    if held is None or held[0]() is not frame:
        held = _made[key] = (weakref.ref(frame, partial(_forget, key)), {})
    if name not in held[1]:
        held[1][name] = make()
    return held[1][name]


def _forget(key: int, dead: weakref.ref[Any]) -> None:
    if key in _made and _made[key][0] is dead:
        del _made[key]
