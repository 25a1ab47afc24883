"""Reads the research facts and our editorial texts, and keeps account of every row: kept, or dropped with a reason."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

LAST_CONSULTATION = pd.Timestamp("2026-10-31")
"""Last day on which sources were consulted: no partial date may mean a later day."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass
class Ledger:
    """What became of each row of the research facts.

    ``kept`` and ``dropped`` hold row numbers counted from 0; a row may feed several tables and counts once.
    """

    size: dict[str, int] = field(default_factory=dict)
    kept: dict[str, set[int]] = field(default_factory=dict)
    dropped: dict[str, dict[int, str]] = field(default_factory=dict)

    def keep(self, file: str, rows: pd.Index) -> None:
        """Note rows that reach a table."""
        self.kept.setdefault(file, set()).update(int(row) for row in rows)

    def drop(self, file: str, rows: pd.Index, reason: str) -> None:
        """Note rows that reach no table, and why."""
        self.dropped.setdefault(file, {}).update({int(row): reason for row in rows})

    def unaccounted(self) -> dict[str, list[int]]:
        """Rows neither kept nor dropped, or both, by file: empty when the account is complete."""
        faults: dict[str, list[int]] = {}
        for file, size in self.size.items():
            kept, dropped = self.kept.get(file, set()), set(self.dropped.get(file, {}))
            wrong = sorted((set(range(size)) - kept - dropped) | (kept & dropped))
            if wrong:
                faults[file] = wrong
        return faults


@cache
def corrections() -> pd.DataFrame:
    """The cells of the facts that we correct: where, what stands there, what should, and why."""
    return pd.read_csv(Path(__file__).parent / "corrections.csv", dtype=str, na_filter=False)


def corrected(frame: pd.DataFrame, name: str, listed: pd.DataFrame) -> pd.DataFrame:
    """A file of facts with its corrections.

    Parameters
    ----------
    frame
        The file as it was read, every cell as text.
    name
        Its name.
    listed
        Rows with ``file, where_column, where_value, column, found, corrected``, as in ``corrections.csv``.

    Raises
    ------
    ValueError
        A correction meets no row, or another value than the one it corrects: the facts changed under it.
    """
    result = frame.copy()
    for change in listed[listed["file"] == name].to_dict("records"):
        chosen = frame[change["where_column"]] == change["where_value"]
        found = sorted(set(frame.loc[chosen, change["column"]]))
        if found != [change["found"]]:
            where = f"{name}, {change['where_column']} = {change['where_value']}, {change['column']}"
            raise ValueError(f"corrections.csv: {where}: expected {change['found']!r}, found {found}")
        result.loc[chosen, change["column"]] = change["corrected"]
    return result


@dataclass
class Material:
    """The two folders that the tables are built from, and the account of what was read."""

    facts: Path
    editorial: Path
    ledger: Ledger = field(default_factory=Ledger)

    def read(self, name: str) -> pd.DataFrame:
        """Read one file of facts as we corrected it, every cell as text (empty where blank)."""
        frame = pd.read_csv(self.facts / f"{name}.csv", dtype=str, na_filter=False, encoding="utf-8-sig")
        self.ledger.size[name] = len(frame)
        return corrected(frame, name, corrections())

    def keep_all(self, name: str, frame: pd.DataFrame) -> None:
        """Note that every row of a file of facts is kept."""
        self.ledger.keep(name, frame.index)

    def texts(self, name: str, key: str | list[str], columns: list[str]) -> pd.DataFrame:
        """Read one file of our own texts.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``key``, with exactly ``columns``; empty when the file has not been written.
        """
        keys = [key] if isinstance(key, str) else key
        path = self.editorial / f"{name}.csv"
        if not path.exists():
            return pd.DataFrame(columns=[*keys, *columns], dtype=str).set_index(keys)
        frame = pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")
        missing = [column for column in [*keys, *columns] if column not in frame]
        if missing:
            raise ValueError(f"{path.name}: columns missing: {', '.join(missing)}")
        frame = frame[[*keys, *columns]]
        frame = frame.apply(lambda column: column.str.strip())
        repeated = frame[frame.duplicated(keys)]
        if len(repeated):
            raise ValueError(f"{path.name}: {', '.join(keys)} stands twice: {repeated[keys].iloc[0].tolist()}")
        return frame.set_index(keys)


def partial_interval(text: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day that a partial ISO date may mean.

    Parameters
    ----------
    text
        ``2025``, ``2025-03`` or ``2025-03-09``; empty for no date.

    Returns
    -------
    tuple of pandas.Timestamp
        NaT twice for no date. The last day is never after the last day of consultation.

    Examples
    --------
    >>> [f"{day:%Y-%m-%d}" for day in partial_interval("2024-02")]
    ['2024-02-01', '2024-02-29']
    """
    if not text:
        return pd.NaT, pd.NaT  # type: ignore[return-value]
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO date: {text!r}")
    year, month, day = match.groups()
    first = pd.Timestamp(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first
    last_month = int(month or 12)
    last = pd.Timestamp(int(year), last_month, calendar.monthrange(int(year), last_month)[1])
    return first, max(first, min(last, LAST_CONSULTATION))


def mapped(cells: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """Apply a function to each cell of text."""
    return pd.Series([function(str(cell)) for cell in cells], index=cells.index)


def first_days(texts: pd.Series) -> pd.Series:
    """First day each partial date may mean, NaT for none."""
    return pd.Series([partial_interval(text)[0] for text in texts], index=texts.index, dtype="datetime64[s]")


def last_days(texts: pd.Series) -> pd.Series:
    """Last day each partial date may mean, NaT for none."""
    return pd.Series([partial_interval(text)[1] for text in texts], index=texts.index, dtype="datetime64[s]")


def days(texts: pd.Series) -> pd.Series:
    """Whole days, NaT for none; a partial date is an error."""
    return pd.to_datetime(texts.where(texts != ""), format="%Y-%m-%d").astype("datetime64[s]")


def numbers(texts: pd.Series) -> pd.Series:
    """Numbers, NaN for none."""
    return pd.to_numeric(texts.where(texts != "")).astype("float64")


def explode(frame: pd.DataFrame, key: str, cells: str, pattern: str) -> pd.DataFrame:
    """One row per match of ``pattern`` in ``cells``: the key, and the match."""
    rows = [
        (row[key], match) for _, row in frame.iterrows() for match in dict.fromkeys(re.findall(pattern, row[cells]))
    ]
    return pd.DataFrame(rows, columns=[key, "match"], dtype="str")


def overlay(frame: pd.DataFrame, key: str, texts: pd.DataFrame) -> pd.DataFrame:
    """Replace columns of ``frame`` with our own texts where there are any."""
    unknown = sorted(set(texts.index) - set(frame[key]))
    if unknown:
        raise ValueError(f"our texts name a {key} that the facts do not hold: {', '.join(map(str, unknown))}")
    result = frame.copy()
    for column in texts.columns:
        ours = result[key].map(texts[column]) if len(texts) else pd.Series(index=result.index, dtype="str")
        current = result[column] if column in result else pd.Series("", index=result.index, dtype="str")
        result[column] = ours.where(ours.notna() & (ours != ""), current).astype("str")
    return result
