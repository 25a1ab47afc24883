"""What the API needs to know about the data to check a request: codes, identifiers, publishers, sources, seats.

Each list is read on first use and kept while the data version stays the same; importing reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from components.i18n import language

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
DIVIPOLA_SOURCE = "dane-divipola"
POPULATION_SOURCE = "dane-population"


def version() -> str:
    """Return the version of the data in use: a short hash that changes with any table."""
    from data import store

    return store.data_version()


def table(name: str) -> pd.DataFrame:
    """Return a table as it may be passed on; never mutate it."""
    from data import store

    return store.public(name)


def _per_version(function: Callable[[], T]) -> Callable[[], T]:
    """Keep the result of `function` for as long as the data version stays the same."""

    @lru_cache(maxsize=2)
    def kept(_version: str) -> T:
        return function()

    @wraps(function)
    def current() -> T:
        return kept(version())

    return current


def table_names() -> tuple[str, ...]:
    """Return the names of all tables."""
    from data import store

    return tuple(store.tables())


@_per_version
def municipalities() -> dict[str, str]:
    """Return the name of each DIVIPOLA code."""
    frame = table("municipalities")
    return dict(zip(frame["divipola"], frame["name"], strict=True))


@_per_version
def departments() -> dict[str, str]:
    """Return the name of each department code."""
    frame = table("municipalities")
    return dict(zip(frame["department_code"], frame["department"], strict=True))


@_per_version
def groups() -> tuple[str, ...]:
    """Return the identifiers of the groups."""
    return tuple(table("groups")["group_id"])


@_per_version
def indicators() -> dict[str, dict[str, Any]]:
    """Return the metadata of each indicator identifier."""
    frame = table("indicators")
    records: list[dict[Any, Any]] = frame.to_dict("records")
    return {row["indicator_id"]: row for row in records}


@_per_version
def presence_publishers() -> tuple[str, ...]:
    """Return the publishers of presence rows, in alphabetical order."""
    used = table("sources")
    used = used[used["source_id"].isin(table("presence")["source_id"])]
    return tuple(sorted(used["publisher"].unique()))


@_per_version
def sources() -> pd.DataFrame:
    """Return the sources indexed by source_id."""
    return table("sources").set_index("source_id", drop=False)


@_per_version
def seats() -> dict[str, tuple[float, float]]:
    """Return longitude and latitude (WGS 84, degrees) of each municipality's seat."""
    frame = table("municipalities").dropna(subset=["lon", "lat"])
    return {code: (lon, lat) for code, lon, lat in zip(frame["divipola"], frame["lon"], frame["lat"], strict=True)}


@_per_version
def places() -> pd.DataFrame:
    """Return the municipalities indexed by DIVIPOLA code."""
    return table("municipalities").set_index("divipola", drop=False)


@_per_version
def publishers() -> tuple[str, ...]:
    """Return all publishers, in alphabetical order."""
    return tuple(sorted(table("sources")["publisher"].unique()))


@_per_version
def last_evidence_day() -> date:
    """Return the last day on which a presence report that is dated by days speaks: the default of `date`.

    A yearly report says only "in that year" and cannot say which day is the last one with evidence.
    """
    from geo import state

    rows = state.prepare(table("presence"), table("sources"))
    return rows.loc[rows["precision"] == "day", "speaks_to"].max().date()


def names(level: str) -> dict[str, str]:
    """Return the name of each code of a level: "municipality", "department" or "nation"."""
    if level == "nation":
        return {"CO": "Colombia"}
    return municipalities() if level == "municipality" else departments()


def stretches(indicator_id: str) -> list[dict[str, Any]]:
    """Return which days of a series come from whom, in order of time: ``from``, ``to``, ``publisher``,
    ``source_id``."""
    from data import overlaid

    rows = overlaid.provenance()
    rows = rows[rows["indicator_id"] == indicator_id].sort_values("from")
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def latest_period(indicator_id: str) -> tuple[date, date]:
    """Return the first and last day of the latest period of an indicator that has periods of its own."""
    frame = table("values_period")
    frame = frame[frame["indicator_id"] == indicator_id].sort_values(["to", "from"])
    last = frame.iloc[-1]
    return last["from"].date(), last["to"].date()


def caveats() -> dict[str, str]:
    """Return the caveats of presence rows by identifier, in the reader's language."""
    frame = table("caveats")
    return dict(zip(frame["caveat_id"], frame[f"text_{language()}"], strict=True))
