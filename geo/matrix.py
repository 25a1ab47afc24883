"""All months of a layer at once: a matrix of codes, months × units, that point into a short list of distinct cells.

Scrubbing through time then needs no calculation: the browser holds the codes and one style per cell.

**Which day a month shows.** The state of a month is the state on its *last day*, the day on which a trailing twelve
months ends; :func:`month_days` gives these days. One month may show another day instead: the one in which the view's
exact date lies (``exact``), so that the map at rest and the map in motion agree. What begins and ends between two
month ends (an electoral truce of five days) is therefore seen on its exact days and on the timeline, not in motion.

A column equals what the one-day functions say: :func:`geo.state.cells_at`, :func:`geo.ceasefires.drawn_at` and
:func:`geo.indicators.trailing` on ``days[i]``. Code 0 is always the empty cell (or *no record*), and codes are numbered
in the order in which cells first appear, so that the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd

from geo import ceasefires as ceasefire_rules
from geo import classes, indicators, state

Cell = TypeVar("Cell")


class PresenceCell(NamedTuple):
    """Who is reported in one municipality in one month.

    Attributes
    ----------
    groups
        ``(group_id, level)``, by group id.
    families
        ``(family, level)`` in the order of drawing; see :func:`geo.state.cells_at`.
    disputed
        A source reports a dispute.
    aged
        The newest evidence is more than twelve months old.
    """

    groups: tuple[tuple[str, str], ...] = ()
    families: tuple[tuple[str, str], ...] = ()
    disputed: bool = False
    aged: bool = False

    @property
    def group_count(self) -> int:
        """How many groups the evidence names."""
        return len(self.groups)


class IndicatorCell(NamedTuple):
    """An indicator's class in one municipality in one month.

    Attributes
    ----------
    status
        ``reported``, ``zero`` or ``no_record``.
    class_index
        0 zero, 1 and up the positive classes of :class:`geo.classes.Breaks`; -1 no record.
    """

    status: str = "no_record"
    class_index: int = classes.NO_RECORD


class Sign(NamedTuple):
    """One ceasefire, pledge, suspension or truce as it is drawn: its class, status and whom it binds."""

    ceasefire_id: str
    ceasefire_class: str
    status: str
    nationwide: bool


class CeasefireCell(NamedTuple):
    """What is in force or announced in one municipality in one month.

    Attributes
    ----------
    signs
        In the order of the table.
    """

    signs: tuple[Sign, ...] = ()

    def ceasefires(self, status: str) -> tuple[str, ...]:
        """Ids of class ``ceasefire`` with a status: ``in_force``, ``announced`` or ``never_took_effect``."""
        return tuple(
            sign.ceasefire_id
            for sign in self.signs
            if sign.ceasefire_class == ceasefire_rules.CEASEFIRE and sign.status == status
        )

    @property
    def badges(self) -> tuple[str, ...]:
        """Classes other than ceasefire that are in force, each once: pledges, suspensions, gang truces."""
        quiet = (
            sign.ceasefire_class
            for sign in self.signs
            if sign.ceasefire_class != ceasefire_rules.CEASEFIRE and sign.status == "in_force"
        )
        return tuple(dict.fromkeys(quiet))


@dataclass(frozen=True, eq=False)
class Matrix(Generic[Cell]):
    """A layer over time.

    Attributes
    ----------
    months
        First day of each month.
    days
        The day whose state each month shows.
    units
        DIVIPOLA codes.
    codes
        int32, months × units: positions in `cells`.
    cells
        Distinct cells; the first is the empty one.
    """

    months: pd.DatetimeIndex
    days: pd.DatetimeIndex
    units: tuple[str, ...]
    codes: np.ndarray
    cells: tuple[Cell, ...]

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """The days as dates."""
        return tuple(day.date() for day in self.days)

    def column(self, month: int) -> dict[str, Cell]:
        """Cells of one month by DIVIPOLA code, the empty ones left out."""
        row = self.codes[month]
        return {self.units[unit]: self.cells[row[unit]] for unit in np.flatnonzero(row)}


def month_days(first: date, last: date, exact: date | None = None) -> pd.DatetimeIndex:
    """The day that stands for each month.

    Parameters
    ----------
    first, last
        Days in the first and the last month.
    exact
        Day that stands for its own month in place of the month's end.

    Returns
    -------
    pandas.DatetimeIndex
        Increasing, one day per month.

    Raises
    ------
    ValueError
        The last month comes before the first.
    """
    months = pd.period_range(first, last, freq="M")
    if months.empty:
        raise ValueError(f"no month lies between {first} and {last}")
    ends = months.end_time.normalize().as_unit("s").to_series()
    if exact is not None:
        day = pd.Timestamp(exact)
        ends = ends.where(months != day.to_period("M"), day)
    return pd.DatetimeIndex(ends.to_numpy())


def presence_matrix(
    presence: pd.DataFrame,
    groups: pd.DataFrame,
    units: Sequence[str],
    days: pd.DatetimeIndex,
    *,
    sources: pd.DataFrame | None = None,
    window_months: int = state.DEFAULT_WINDOW_MONTHS,
    only_groups: Collection[str] = (),
    publishers: Collection[str] = (),
    min_confidence: str = "low",
) -> Matrix[PresenceCell]:
    """Reported presence of every month.

    Parameters
    ----------
    presence, groups, sources
        Tables; `sources` ``None`` reads the embedded one.
    units
        DIVIPOLA codes of the map; rows of others are left out.
    days
        Answer of :func:`month_days`.
    window_months, only_groups, publishers, min_confidence
        Filters of :func:`geo.state.evidence_at`.
    """
    rows = state.prepare(presence, sources, groups=only_groups, publishers=publishers, min_confidence=min_confidence)
    spread = _spread(rows, units, days, window_months)
    names, group = np.unique(rows["group_id"].to_numpy(dtype=object), return_inverse=True)
    rank = rows["level"].map(state.LEVEL_RANK).to_numpy()
    size = len(days) * len(units)

    width = max(len(names), 1)
    by_group = spread.cell * width + group[spread.row]
    reported, position = np.unique(by_group, return_inverse=True)
    highest = np.zeros(len(reported), dtype="int64")
    np.maximum.at(highest, position, rank[spread.row])

    disputed = _any(spread.cell, (rows["level"] == "dispute").to_numpy()[spread.row], size)
    rival = _any(spread.cell, rows["unnamed_rival"].to_numpy()[spread.row], size)
    old = state.months_before(days, state.AGED_AFTER_MONTHS).to_numpy()[spread.day]
    fresh = _any(spread.cell, rows["speaks_to"].to_numpy()[spread.row] >= old, size)

    # Everything that makes a cell what it is becomes one small number: a group at a level, or one of three flags.
    ranks = len(state.LEVELS)
    flag = len(names) * ranks
    aged = np.zeros(size, dtype=bool)
    aged[spread.cell] = True
    aged &= ~fresh
    marks = [np.flatnonzero(mark) for mark in (disputed, rival, aged)]
    cell = np.concatenate([reported // width, *marks])
    item = np.concatenate(
        [
            reported % width * ranks + highest,
            *(np.full(len(mark), flag + index) for index, mark in enumerate(marks)),
        ]
    )
    codes, distinct = _intern(cell, item, size)
    family_of = dict(zip(groups["group_id"], groups["family"], strict=True))
    cells = [_presence_cell(items, names, family_of) for items in distinct]
    return _matrix(days, units, codes, (PresenceCell(), *cells))


def indicator_matrix(
    breaks: classes.Breaks, units: Sequence[str], days: pd.DatetimeIndex, *, months: int = indicators.TRAILING_MONTHS
) -> Matrix[IndicatorCell]:
    """An indicator's class in every month.

    Parameters
    ----------
    breaks
        Classes of the indicator; say which indicator and whether its rate or its value is classed.
    units
        DIVIPOLA codes of the map.
    days
        Answer of :func:`month_days`.
    months
        Length of the trailing window, for monthly indicators.

    Returns
    -------
    Matrix
        Code = class + 1: 0 no record, 1 zero, 2 and up the positive classes. Where a rate is classed, a value without
        a population figure is no record.
    """
    figures = indicators.trailing_figures(breaks.indicator_id, days, months=months)
    chosen = figures.rates if breaks.measure == "rate" else figures.values
    where = pd.Index(figures.codes).get_indexer(pd.Index(list(units)))
    classed = breaks.classify(chosen)[where]
    classed[where < 0] = classes.NO_RECORD
    cells = [IndicatorCell(), *(IndicatorCell("reported" if i else "zero", i) for i in range(breaks.count))]
    return _matrix(days, units, classed.T.astype("int32") + 1, tuple(cells))


def ceasefire_matrix(
    ceasefires: pd.DataFrame,
    territory: pd.DataFrame,
    parties: pd.DataFrame,
    lineage: pd.DataFrame,
    presence: pd.DataFrame,
    units: Sequence[str],
    days: pd.DatetimeIndex,
    *,
    sources: pd.DataFrame | None = None,
    window_months: int = state.DEFAULT_WINDOW_MONTHS,
) -> Matrix[CeasefireCell]:
    """What is in force, announced or never took effect in every month, as far as it is attested.

    Parameters
    ----------
    ceasefires, parties, lineage, presence, sources
        Tables; `sources` ``None`` reads the embedded one.
    territory
        Answer of :func:`geo.ceasefires.legal_territory`.
    units
        DIVIPOLA codes of the map.
    days
        Answer of :func:`month_days`.
    window_months
        Evidence window that says where a party is reported.
    """
    statuses = ("in_force", "announced", "never_took_effect")
    code = ceasefire_rules.status_codes(ceasefires, days)
    drawn = np.isin(code, [ceasefire_rules.STATUSES.index(status) for status in statuses])
    drawn &= ceasefire_rules.attested_codes(ceasefires, days)
    legal = _legal(ceasefires, territory, units)
    reported = _reported(state.prepare(presence, sources), units, days, window_months)
    epochs = _epochs(lineage, days)
    bound = ceasefire_rules.bound_parties(ceasefires, parties)

    cells, items = [], []
    for index, (identifier, binds) in enumerate(ceasefires[["ceasefire_id", "binds"]].itertuples(index=False)):
        for month in np.split(np.flatnonzero(drawn[index]), _changes(epochs[drawn[index]])):
            if not month.size:
                continue
            here = np.broadcast_to(legal[index], (len(month), len(units)))
            if binds != "territory":
                structures = ceasefire_rules.structures_of(bound[identifier], lineage, days[month[0]])
                here = here & _where(reported, structures, month, len(units))
            at, unit = np.nonzero(here)
            cells.append(month[at] * len(units) + unit)
            items.append(index * len(ceasefire_rules.STATUSES) + code[index, month[at]].astype("int64"))
    codes, distinct = _intern(_joined(cells), _joined(items), len(days) * len(units))
    return _matrix(days, units, codes, (CeasefireCell(), *(_ceasefire_cell(each, ceasefires) for each in distinct)))


class _Spread(NamedTuple):
    """Rows repeated once per day on which they count: position of the row, of the day, and of the cell."""

    row: np.ndarray
    day: np.ndarray
    cell: np.ndarray


def _spread(rows: pd.DataFrame, units: Sequence[str], days: pd.DatetimeIndex, window_months: int) -> _Spread:
    first, last = state.counting_span(rows, days, window_months)
    unit = pd.Index(list(units)).get_indexer(pd.Index(rows["divipola"]))
    length = np.where(unit >= 0, np.maximum(last - first + 1, 0), 0)
    row = np.repeat(np.arange(len(rows)), length)
    since_start = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    day = first[row] + since_start
    return _Spread(row, day, day * len(units) + unit[row])


def _any(cell: np.ndarray, holds: np.ndarray, size: int) -> np.ndarray:
    """Whether something holds for at least one of the rows of each cell."""
    found = np.zeros(size, dtype=bool)
    found[cell[holds]] = True
    return found


def _intern(cell: np.ndarray, item: np.ndarray, size: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Give the same code to cells that hold the same items.

    Returns
    -------
    tuple
        Code of each of `size` cells, 0 where a cell holds nothing; and the items of codes 1, 2, ...
    """
    codes = np.zeros(size, dtype="int32")
    if not len(cell):
        return codes, []
    order = np.lexsort((item, cell))
    cell, item = cell[order], item[order].astype("int32")
    held = np.split(item, _changes(cell))
    known: dict[bytes, int] = {}
    codes[np.unique(cell)] = [known.setdefault(items.tobytes(), len(known) + 1) for items in held]
    return codes, [np.frombuffer(key, dtype="int32") for key in known]


def _changes(values: np.ndarray) -> np.ndarray:
    """Positions at which a value differs from the one before."""
    return np.flatnonzero(np.diff(values)) + 1


def _presence_cell(items: np.ndarray, names: np.ndarray, family_of: dict[str, str]) -> PresenceCell:
    ranks = len(state.LEVELS)
    flag = len(names) * ranks
    reported = [(str(names[item // ranks]), int(item % ranks)) for item in items if item < flag]
    disputed, rival, aged = (flag + index in items for index in range(3))
    best: dict[str, int] = {state.UNATTRIBUTED: 0} if rival else {}
    for group, rank in reported:
        family = family_of.get(group, state.UNATTRIBUTED)
        best[family] = max(rank, best.get(family, 0))
    return PresenceCell(
        groups=tuple((group, state.LEVELS[rank]) for group, rank in reported),
        families=state.order_families(best.items()),
        disputed=disputed,
        aged=aged,
    )


def _ceasefire_cell(items: np.ndarray, ceasefires: pd.DataFrame) -> CeasefireCell:
    statuses = ceasefire_rules.STATUSES
    signs = []
    for item in items:
        row = ceasefires.iloc[int(item) // len(statuses)]
        signs.append(
            Sign(row["ceasefire_id"], row["class"], statuses[int(item) % len(statuses)], row["binds"] != "territory")
        )
    return CeasefireCell(tuple(signs))


def _legal(ceasefires: pd.DataFrame, territory: pd.DataFrame, units: Sequence[str]) -> np.ndarray:
    """Legal territory as an array of ceasefires × units."""
    legal = np.zeros((len(ceasefires), len(units)), dtype=bool)
    row = pd.Index(ceasefires["ceasefire_id"]).get_indexer(pd.Index(territory["ceasefire_id"]))
    unit = pd.Index(list(units)).get_indexer(pd.Index(territory["divipola"]))
    inside = (row >= 0) & (unit >= 0)
    legal[row[inside], unit[inside]] = True
    return legal


def _reported(
    rows: pd.DataFrame, units: Sequence[str], days: pd.DatetimeIndex, window_months: int
) -> dict[str, np.ndarray]:
    """Where each group is reported on each day: days × units by group."""
    spread = _spread(rows, units, days, window_months)
    names, group = np.unique(rows["group_id"].to_numpy(dtype=object), return_inverse=True)
    where = np.zeros((len(names), len(days) * len(units)), dtype=bool)
    where[group[spread.row], spread.cell] = True
    return {str(name): where[index].reshape(len(days), len(units)) for index, name in enumerate(names)}


def _where(reported: dict[str, np.ndarray], structures: Collection[str], months: np.ndarray, units: int) -> np.ndarray:
    """Whether any of some groups is reported: months × units."""
    found = np.zeros((len(months), units), dtype=bool)
    for structure in structures:
        if structure in reported:
            found |= reported[structure][months]
    return found


def _epochs(lineage: pd.DataFrame, days: pd.DatetimeIndex) -> np.ndarray:
    """Number of each day's epoch: between two epochs some group's lineage changes, within one none does."""
    turns = pd.concat([lineage["from"], lineage["to"] + pd.Timedelta(days=1)]).dropna().sort_values()
    return np.asarray(turns.searchsorted(cast("Any", days.to_numpy()), side="right"))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype="int64")


def _matrix(days: pd.DatetimeIndex, units: Sequence[str], codes: np.ndarray, cells: tuple[Cell, ...]) -> Matrix[Cell]:
    months = days.to_period("M").start_time.as_unit("s")
    return Matrix(months, days, tuple(units), codes.reshape(len(days), len(units)), cells)
