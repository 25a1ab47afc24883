"""The lineage of the groups as lanes on one axis of time, and the links between them; plain values, nothing drawn.

A lane runs over the years in which a group is on record. Neither its beginning nor its end is guessed: a date that no
source gives stays None, and the end of the record is not the end of a group.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from components.groups_words import groups, lineage_sentence, short_name
from components.i18n import pick
from components.rows import records
from components.texts import confidence
from data.store import table
from geo import fragmentation

# Where a group hangs in the tree: what is disputed never decides when something firmer is known.
_WEIGHT = {"alleged_link": 0, "franchise_of": 1, "split_from": 1, "absorbed_by": 1, "part_of": 1}


@dataclass(frozen=True)
class Lane:
    """One group of the tree.

    Parameters
    ----------
    group_id, name, full_name, family
        The group in the reader's language and the family that colours it.
    depth
        Steps below its root.
    start
        Day on which it began, None where no source gives it.
    end
        Day on which it ended, None where it did not or nobody says.
    years
        Years in which a municipality is reported with it.
    first, last
        First and last day on record: reports, lineage, relations; None without any.
    belonged
        (last day, family) while it stood under another family, in order.
    """

    group_id: str
    name: str
    full_name: str
    family: str
    depth: int
    start: date | None
    end: date | None
    years: tuple[int, ...]
    first: date | None
    last: date | None
    belonged: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Link:
    """One relation: from `parent` to `child`, on a day or undated, with its words."""

    child: str
    parent: str
    relation: str
    on: date | None
    words: str


@dataclass(frozen=True)
class Tree:
    """Lanes from top to bottom and the links between them."""

    lanes: tuple[Lane, ...]
    links: tuple[Link, ...]


def build(only: Collection[str] = ()) -> Tree:
    """Return the tree of all groups with a relation, or of those that `only` names with what is between them."""
    rows = [
        row for row in records(table("group_lineage")) if not only or (row["child"] in only and row["parent"] in only)
    ]
    known, years, days = groups(), reported_years(), days_on_record()
    order = _ordered(rows) or [(group, 0) for group in only]
    lanes = [_lane(group, depth, rows, known, years.get(group, ()), days.get(group, ())) for group, depth in order]
    return Tree(tuple(lanes), tuple(_link(row, known) for row in rows))


def branch(group_id: str) -> frozenset[str]:
    """Return a group with all that it came from and all that came from it."""
    rows = records(table("group_lineage"))
    return frozenset({group_id} | _reach(group_id, rows, "child", "parent") | _reach(group_id, rows, "parent", "child"))


def _reach(group_id: str, rows: list[dict[str, Any]], here: str, there: str) -> set[str]:
    found: set[str] = set()
    waiting = [group_id]
    while waiting:
        now = waiting.pop()
        more = {row[there] for row in rows if row[here] == now} - found - {group_id}
        found |= more
        waiting += more
    return found


def reported_years() -> dict[str, tuple[int, ...]]:
    """Return the years in which each group is reported in some municipality."""
    found = fragmentation.reports(table("presence"), table("groups"))
    pairs = found.drop_duplicates(["group_id", "year"]).sort_values("year")
    return {str(group): tuple(years) for group, years in pairs.groupby("group_id")["year"]}


def days_on_record() -> dict[str, tuple[date, ...]]:
    """Return the dated relations of each group: of lineage, and clashes, alliances, splits and mergers."""
    found: dict[str, list[date]] = {}
    for row in records(table("group_lineage")):
        found.setdefault(row["child"], []).extend(_days(row))
        if row["relation"] == "split_from":
            found.setdefault(row["parent"], []).extend(_days(row))
    for row in records(table("group_relations")):
        for side in ("group_a", "group_b"):
            found.setdefault(row[side], []).extend(_days(row))
    return {group: tuple(sorted(days)) for group, days in found.items()}


def _days(row: Mapping[str, Any]) -> list[date]:
    return [row[name].date() for name in ("from", "to") if not pd.isna(row[name])]


def _ordered(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Groups from top to bottom with their depth: under the parent that a source names last, oldest child first."""
    above = {child: _parent([row for row in rows if row["child"] == child]) for child in _children(rows)}
    below: dict[str, list[str]] = {}
    for child, parent in sorted(above.items(), key=lambda pair: _age(pair[0], rows)):
        below.setdefault(parent, []).append(child)
    roots = [group for group in dict.fromkeys(row["parent"] for row in rows) if group not in above]
    roots.sort(key=lambda group: -_size(group, below))
    order: list[tuple[str, int]] = []

    def walk(group: str, depth: int) -> None:
        order.append((group, depth))
        for child in below.get(group, []):
            walk(child, depth + 1)

    for root in roots:
        walk(root, 0)
    return order


def _children(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["child"] for row in rows))


def _parent(rows: list[dict[str, Any]]) -> str:
    def latest(row: Mapping[str, Any]) -> tuple[int, pd.Timestamp]:
        return _WEIGHT[row["relation"]], pd.Timestamp.min if pd.isna(row["from"]) else row["from"]

    return max(rows, key=latest)["parent"]


def _age(child: str, rows: list[dict[str, Any]]) -> tuple[pd.Timestamp, str]:
    days = [row["from"] for row in rows if row["child"] == child and not pd.isna(row["from"])]
    return (min(days) if days else pd.Timestamp.max, child)


def _size(group: str, below: Mapping[str, list[str]]) -> int:
    return 1 + sum(_size(child, below) for child in below.get(group, []))


def _lane(
    group: str,
    depth: int,
    rows: list[dict[str, Any]],
    known: Mapping[str, Mapping[str, Any]],
    years: tuple[int, ...],
    days: tuple[date, ...],
) -> Lane:
    row = known[group]
    mine = [link for link in rows if link["child"] == group]
    start = _start(str(row["founded_text"]), [link for link in mine if link["relation"] == "split_from"])
    end = _last_day(str(row["ended_text"])) if row["ended_text"] else None
    record = [*days, *([date(years[0], 1, 1), date(years[-1], 12, 31)] if years else [])]
    record += [day for day in (start, end) if day]
    return Lane(
        group_id=group,
        name=short_name(group, known),
        full_name=pick(row, "name"),
        family=str(row["family"]),
        depth=depth,
        start=start,
        end=end,
        years=years,
        first=_first(record, start),
        last=end or max(record, default=None),
        belonged=_belonged(row, mine, known),
    )


def _start(founded: str, splits: list[dict[str, Any]]) -> date | None:
    """The day on which a group began: its founding or its split, the finer of two that say the same; None of none."""
    said = [str(link["from_text"]) for link in splits if link["from_text"]]
    if founded and not any(finer.startswith(founded) for finer in said):
        said.append(founded)
    return min((_first_day(words) for words in said), default=None)


def _first(record: list[date], start: date | None) -> date | None:
    """First day on record; a report that says only a year does not begin before the group does."""
    first = min(record, default=None)
    return start if first and start and first.year == start.year else first


def _belonged(
    row: Mapping[str, Any], mine: list[dict[str, Any]], known: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[date, str], ...]:
    spans = [
        (link["to"].date(), str(known[link["parent"]]["family"]))
        for link in mine
        if link["relation"] == "part_of" and not pd.isna(link["to"])
    ]
    return tuple(sorted((last, family) for last, family in spans if family != row["family"]))


def _first_day(text: str) -> date:
    return _bounds(text)[0]


def _last_day(text: str) -> date:
    return _bounds(text)[1]


def _bounds(text: str) -> tuple[date, date]:
    """First and last day that a partial ISO date may mean."""
    period = pd.Period(text)
    return period.start_time.date(), period.end_time.date()


def _link(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Link:
    sentence = lineage_sentence(row, known)
    on = None if pd.isna(row["from"]) else row["from"].date()
    return Link(row["child"], row["parent"], row["relation"], on, f"{sentence} · {confidence(row['confidence'])}")
