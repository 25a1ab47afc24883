"""Joins that several answers need: names of places, lists of related keys, texts in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from components.i18n import pick
from components.server.api import facts

if TYPE_CHECKING:
    import pandas as pd

Arguments = Mapping[str, Any]


def asked_places(arguments: Arguments) -> set[str] | None:
    """Return the DIVIPOLA codes that the filters leave; None when nothing was filtered."""
    chosen_departments, chosen = arguments.get("department"), arguments.get("municipality")
    if not chosen_departments and not chosen:
        return None
    places = facts.places()
    codes = set(places.index)
    if chosen_departments:
        codes &= set(places.index[places["department_code"].isin(chosen_departments)])
    if chosen:
        codes &= set(chosen)
    return codes


def within(frame: pd.DataFrame, codes: set[str] | None) -> pd.DataFrame:
    """Return the rows whose ``divipola`` is among `codes`; all of them for None."""
    return frame if codes is None else frame[frame["divipola"].isin(codes)]


def lists(keys: pd.Series, frame: pd.DataFrame, key: str, value: str) -> pd.Series:
    """Return, for each key, the sorted tuple of values that `frame` gives it."""
    held: dict[Any, Any] = frame.sort_values([key, value]).groupby(key)[value].agg(tuple).to_dict()
    return _objects((held.get(each, ()) for each in keys), keys)


def singles(codes: pd.Series) -> pd.Series:
    """Return each code as a tuple of one."""
    return _objects(((code,) for code in codes), codes)


def split(texts: pd.Series) -> pd.Series:
    """Return the parts of texts that are separated by semicolons, as tuples."""
    return _objects((tuple(part for part in text.split(";") if part) for text in texts), texts)


def translated(rows: pd.DataFrame, field: str) -> pd.Series:
    """Return the text in the reader's language, the other when it is blank, None when both are."""
    records: Iterable[Mapping[Any, Any]] = rows[[f"{field}_es", f"{field}_en"]].to_dict("records")
    return _objects((pick(record, field) or None for record in records), rows.iloc[:, 0])


def source_columns(ids: pd.Series) -> dict[str, pd.Series]:
    """Return publisher and address of sources."""
    held = facts.sources()
    return {"publisher": ids.map(held["publisher"]), "source_url": ids.map(held["url"])}


def _objects(values: Iterable[Any], like: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.Series(list(values), index=like.index, dtype=object)
