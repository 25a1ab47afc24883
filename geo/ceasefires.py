"""Ceasefires at a date: their status, their legal territory, and where they are drawn.

**Status.** Six words divide all days of each row between them: every day has exactly one. *Known from* is the day of
the announcement; where that is a partial date (``2024``), the last day it may mean; never later than the start nor
than the last day attested. Without an announcement it is the start; without either, the last day attested.

===================  ======================================================================================
status               when (first line that applies)
===================  ======================================================================================
not_announced        before *known from*
never_took_effect    outcome ``never_took_effect``: every day since it was announced
ended                after ``end``
announced            before ``start``; or without a start, up to ``attested_to`` (or ``end``)
in_force             outcome ``took_effect``, ``start`` to ``end``; without an end, ``start`` to ``attested_to``
unknown              everything else: after ``attested_to`` where no end is known (an open end is not a
                     ceasefire that goes on); or past its start without a source that says it took effect
===================  ======================================================================================

A row that is ``ended`` need not have been in force: with outcome ``unknown`` and a known end, only its being over is
known. Statuses are the same for all classes; only class ``ceasefire`` is *painted* as a ceasefire, while
suspensions of operations, humanitarian pledges and gang truces have quieter signs (``class`` travels with every row).

**Where.** :func:`legal_territory` is what the document says: constant. :func:`drawn_at` is what the map may show:
a row that binds a territory is drawn on it; one that binds a group, or blocs of it, is drawn where that party is
*reported* inside the legal territory, because it binds people and not ground.

**Who.** A party's structures change: Comuneros del Sur was a front of the ELN until 6 May 2024, so that until then the
ELN's ceasefire was theirs. :func:`structures_at` reads this off the dated lineage. When a later ceasefire *continues
one for a faction* (EMBF after the EMC split), the earlier one bound that faction as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import numpy as np
import pandas as pd

CEASEFIRE = "ceasefire"
GOVERNMENT = "gov"
STATUSES: tuple[str, ...] = ("not_announced", "never_took_effect", "ended", "announced", "in_force", "unknown")
DRAWN_STATUSES: tuple[str, ...] = ("in_force", "announced", "never_took_effect", "unknown")
DRAWN_COLUMNS = ("ceasefire_id", "divipola", "class", "status", "basis", "nationwide", "blocs", "attested")


def status_at(ceasefires: pd.DataFrame, on: date) -> pd.Series:
    """Status of each ceasefire at a date.

    Parameters
    ----------
    ceasefires
        Table ``ceasefires``.
    on
        The date.

    Returns
    -------
    pandas.Series
        One of :data:`STATUSES` by ``ceasefire_id``, in the table's order; the rules are in the module's docstring.
    """
    codes = status_codes(ceasefires, pd.DatetimeIndex([pd.Timestamp(on)]))[:, 0]
    return pd.Series(
        np.asarray(STATUSES)[codes], index=pd.Index(ceasefires["ceasefire_id"].to_numpy()), name="status", dtype="str"
    )


def status_codes(ceasefires: pd.DataFrame, days: pd.DatetimeIndex) -> np.ndarray:
    """Status of each ceasefire on each of many days.

    Returns
    -------
    numpy.ndarray
        Positions in :data:`STATUSES`, ceasefires × days, int8.
    """
    day = days.to_numpy()[None, :]
    known, start, end, attested = (
        column.to_numpy()[:, None]
        for column in (known_from(ceasefires), ceasefires["start"], ceasefires["end"], _attested_to(ceasefires))
    )
    outcome = ceasefires["outcome"].to_numpy()[:, None]
    undated, open_ended = np.isnat(start), np.isnat(end)
    # Comparisons with NaT are false: a missing day never decides.
    speaks = np.where(open_ended, day <= attested, day <= end)
    rules = [
        day < known,
        np.broadcast_to(outcome == "never_took_effect", (len(ceasefires), len(days))),
        day > end,
        (day < start) | (undated & speaks),
        (outcome == "took_effect") & (day >= start) & speaks,
    ]
    return np.select(rules, list(range(len(rules))), default=len(rules)).astype("int8")


def known_from(ceasefires: pd.DataFrame) -> pd.Series:
    """First day on which each ceasefire is on record; see the module's docstring for partial dates.

    Returns
    -------
    pandas.Series
        Days, aligned with `ceasefires`.
    """
    announced = ceasefires["announced"].where(ceasefires["announced"].isna(), _last_day_meant(ceasefires))
    earliest = announced.where(~(ceasefires["start"] < announced), ceasefires["start"])
    last = _attested_to(ceasefires)
    partial = ceasefires["announced_text"].str.len() < len("YYYY-MM-DD")
    earliest = earliest.where(~(partial & (last < earliest)), last)
    return earliest.fillna(ceasefires["start"]).fillna(last)


def legal_territory(areas: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Municipalities that each ceasefire legally covers: what it includes less what it excludes.

    Parameters
    ----------
    areas
        Table ``ceasefire_areas``.
    municipalities
        Table ``municipalities``.

    Returns
    -------
    pandas.DataFrame
        ``ceasefire_id``, ``divipola``: sorted, no pair twice.

    Raises
    ------
    ValueError
        An area names a code that no municipality has or lies in.
    """
    codes = municipalities["divipola"]
    lookup = pd.concat(
        [
            pd.DataFrame({"level": "nation", "code": "CO", "divipola": codes}),
            pd.DataFrame({"level": "department", "code": municipalities["department_code"], "divipola": codes}),
            pd.DataFrame({"level": "municipality", "code": codes, "divipola": codes}),
        ]
    )
    covered = areas.merge(lookup, on=["level", "code"], how="left")
    unknown = covered.loc[covered["divipola"].isna(), "code"].unique()
    if len(unknown):
        raise ValueError(f"areas of ceasefires name codes that are no place: {', '.join(unknown)}")
    pairs = ["ceasefire_id", "divipola"]
    included = covered.loc[covered["rule"] == "include", pairs].drop_duplicates()
    excluded = covered.loc[covered["rule"] == "exclude", pairs].drop_duplicates()
    kept = included.merge(excluded, on=pairs, how="left", indicator=True)
    return kept.loc[kept["_merge"] == "left_only", pairs].sort_values(pairs, ignore_index=True)


def legal_at(ceasefires: pd.DataFrame, territory: pd.DataFrame, on: date) -> pd.DataFrame:
    """Legal territory with each ceasefire's class and status at a date.

    Parameters
    ----------
    ceasefires
        Table ``ceasefires``.
    territory
        Answer of :func:`legal_territory`.
    on
        The date.

    Returns
    -------
    pandas.DataFrame
        ``ceasefire_id``, ``divipola``, ``class``, ``status``; every status, also ``not_announced`` and ``ended``.
    """
    by_id = ceasefires.set_index("ceasefire_id")
    return territory.assign(
        **{
            "class": territory["ceasefire_id"].map(by_id["class"]),
            "status": territory["ceasefire_id"].map(status_at(ceasefires, on)),
        }
    )


def structures_at(lineage: pd.DataFrame, party: str, on: date) -> frozenset[str]:
    """Groups that stood under a party at a date: itself, its fronts, and what had not yet split from it.

    Parameters
    ----------
    lineage
        Table ``group_lineage``. ``part_of`` holds from ``from`` to ``to``, ``absorbed_by`` from ``from`` on, and
        ``split_from`` *before* its ``from`` (the first day it may mean); null ends are open, a split or absorption
        without a day says nothing. Franchises and alleged links are no chain of command.
    party
        Group id.
    on
        The date.

    Returns
    -------
    frozenset of str
        Group ids, `party` among them.
    """
    day = pd.Timestamp(on)
    children: dict[str, list[str]] = {}
    # Row by row: for forty rows, asked for dozens of times in one run, the frame's own arithmetic is slow.
    columns = (lineage[name] for name in ("child", "parent", "relation", "from", "to"))
    for child, parent, relation, first, last in zip(*columns, strict=True):
        if _holds(relation, first, last, day):
            children.setdefault(parent, []).append(child)
    found, waiting = {party}, [party]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)


def _holds(relation: str, first: pd.Timestamp, last: pd.Timestamp, day: pd.Timestamp) -> bool:
    """Whether a line of descent binds on a day; no comparison with a null date is true."""
    if relation == "part_of":
        return not first > day and not last < day
    if relation == "absorbed_by":
        return first <= day and not last < day
    return relation == "split_from" and first > day


def bound_parties(ceasefires: pd.DataFrame, parties: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Armed parties that each ceasefire binds, by ``ceasefire_id``.

    Its own parties without the government, and those of a ceasefire that continues it for a faction.
    """
    armed = parties[parties["party"] != GOVERNMENT].groupby("ceasefire_id")["party"].agg(list).to_dict()
    bound = {identifier: list(armed.get(identifier, ())) for identifier in ceasefires["ceasefire_id"]}
    continuing = ceasefires[ceasefires["parent_relation"] == "continues_for_a_faction"]
    for child, parent in continuing[["ceasefire_id", "parent_id"]].itertuples(index=False):
        bound[parent] = bound.get(parent, []) + armed.get(child, [])
    return {identifier: tuple(dict.fromkeys(groups)) for identifier, groups in bound.items()}


def drawn_at(
    ceasefires: pd.DataFrame,
    territory: pd.DataFrame,
    reported: pd.DataFrame,
    parties: pd.DataFrame,
    lineage: pd.DataFrame,
    on: date,
    *,
    statuses: Collection[str] = DRAWN_STATUSES,
) -> pd.DataFrame:
    """Where each ceasefire, pledge, suspension or truce is drawn at a date.

    Parameters
    ----------
    ceasefires, parties, lineage
        Tables ``ceasefires``, ``ceasefire_parties``, ``group_lineage``.
    territory
        Answer of :func:`legal_territory`.
    reported
        Answer of :func:`geo.state.groups_at` for the same date: where the parties are reported.
    on
        The date.
    statuses
        Keep rows of these statuses.

    Returns
    -------
    pandas.DataFrame
        Sorted by ceasefire and municipality:

        - ``ceasefire_id``, ``divipola``, ``class``, ``status``;
        - ``basis``: ``territory``, or ``party_reported`` where a row that binds a group or its blocs is drawn because
          the party is reported there;
        - ``nationwide``: it binds people wherever they are (a badge says so);
        - ``blocs``: only blocs of the party are bound, and reports rarely tell blocs apart;
        - ``attested``: the date is not past the row's last known day (its ``end``, else ``attested_to``), so that a
          ceasefire that never took effect does not stay on the map for ever.
    """
    by_id = ceasefires.assign(
        status=status_at(ceasefires, on).to_numpy(), attested=attested_codes(ceasefires, _one(on))[:, 0]
    )
    chosen = by_id[by_id["status"].isin(list(statuses))]
    bound = bound_parties(ceasefires, parties)
    pairs = territory.merge(
        chosen[["ceasefire_id", "class", "status", "binds", "attested"]], on="ceasefire_id", how="inner"
    )
    personal = chosen.loc[chosen["binds"] != "territory", "ceasefire_id"]
    present = _where_reported({key: bound[key] for key in personal}, reported, lineage, on)
    here = pd.MultiIndex.from_frame(pairs[["ceasefire_id", "divipola"]]).isin(present)
    pairs = pairs[(pairs["binds"] == "territory").to_numpy() | here]
    personal_rows = pairs["binds"] != "territory"
    return (
        pairs.assign(
            basis=pd.Series(np.where(personal_rows, "party_reported", "territory"), index=pairs.index, dtype="str"),
            nationwide=personal_rows,
            blocs=pairs["binds"] == "blocs",
        )
        .sort_values(["ceasefire_id", "divipola"], ignore_index=True)
        .loc[:, list(DRAWN_COLUMNS)]
    )


def attested_codes(ceasefires: pd.DataFrame, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether each day lies within what is known of each ceasefire: ceasefires × days, bool."""
    last = ceasefires["end"].fillna(_attested_to(ceasefires)).to_numpy()[:, None]
    return days.to_numpy()[None, :] <= last


def _where_reported(
    bound: dict[str, tuple[str, ...]], reported: pd.DataFrame, lineage: pd.DataFrame, on: date
) -> set[tuple[str, str]]:
    """Pairs of ceasefire and municipality in which one of its parties, or a structure of theirs, is reported."""
    places = reported.groupby("group_id")["divipola"].agg(list).to_dict()
    pairs: set[tuple[str, str]] = set()
    for identifier, groups in bound.items():
        for structure in structures_of(groups, lineage, on):
            pairs.update((identifier, code) for code in places.get(structure, ()))
    return pairs


def structures_of(groups: Iterable[str], lineage: pd.DataFrame, on: date) -> frozenset[str]:
    """Union of :func:`structures_at` over several parties."""
    return frozenset().union(*(structures_at(lineage, party, on) for party in groups))


def _attested_to(ceasefires: pd.DataFrame) -> pd.Series:
    """Last day on which a row without an end is known to hold; failing that, the last day it names at all."""
    return (
        ceasefires["attested_to"].fillna(ceasefires["end"]).fillna(ceasefires["start"]).fillna(ceasefires["announced"])
    )


def _last_day_meant(ceasefires: pd.DataFrame) -> pd.Series:
    """Last day that the announcement's date may mean: 31 December for ``2024``."""
    announced, length = ceasefires["announced"], ceasefires["announced_text"].str.len()
    year = announced + pd.offsets.YearEnd(0)
    month = announced + pd.offsets.MonthEnd(0)
    return announced.where(length != len("YYYY"), year).where(length != len("YYYY-MM"), month)


def _one(on: date) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.Timestamp(on)])
