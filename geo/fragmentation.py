"""Fragmentation: how many groups are reported in a municipality in a year, counted in two ways, and by how much ink.

A row of presence belongs to every calendar year that it attests, from ``valid_from`` to ``attested_to``; no evidence
window carries it into a later year. Placeholders (groups of kind ``placeholder``: nobody is named) are never counted
as a group; where only they are reported the municipality is *reported without a name*.

Named groups are counted

- **by name**: every name a publisher uses. A front and the organisation that it belongs to are two, when both are
  named; a group that two publishers call by two names is two as well. This is the upper end;
- **by family**: names of one family (the hues of the map) are one. Family ``other`` is a hue and no kinship: each of
  its groups counts for itself. Rivals of one origin are one here: the lower end.

What publishers cover changes from year to year, so that a rise may be more reporting and not more groups. Every answer
therefore says how many rows and publishers stand behind it, and :func:`steady_publisher` names the publisher whose
own count can be followed longest.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from geo.state import prepare

PLACEHOLDER = "placeholder"
NO_KINSHIP = "other"
FIRST_YEAR = 2016
MANY = 3

REPORT_COLUMNS = ("year", "divipola", "group_id", "counted_as", "named", "publisher", "source_id")
PLACE_COLUMNS = ("year", "divipola", "names", "families", "rows", "publishers")
YEAR_COLUMNS = (
    "year", "reported", "unnamed_only", "one", "two", "many", "names", "families", "mean_names", "mean_families",
    "rows", "publishers",
)  # fmt: skip


def reports(
    presence: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    sources: pd.DataFrame | None = None,
    first: int = FIRST_YEAR,
    last: int | None = None,
) -> pd.DataFrame:
    """Presence rows by each calendar year that they attest.

    Parameters
    ----------
    presence, groups
        Tables ``presence`` and ``groups``.
    sources
        Table ``sources``; ``None`` reads the embedded one.
    first, last
        Years to keep, both included; without `last` up to the last year attested.

    Returns
    -------
    pandas.DataFrame
        One row per row of `presence` and year: ``year``, ``divipola``, ``group_id``, ``counted_as`` (what the group
        is when families are counted), ``named`` (False for placeholders and groups that are in no table),
        ``publisher``, ``source_id``.
    """
    rows = prepare(presence, sources)
    begins, ends = rows["valid_from"].dt.year, rows["attested_to"].dt.year
    known = groups.set_index("group_id")
    family = rows["group_id"].map(known["family"])
    years = [list(range(begin, max(begin, end) + 1)) for begin, end in zip(begins, ends, strict=True)]
    spread = rows.assign(
        counted_as=family.where(family != NO_KINSHIP, rows["group_id"]),
        named=rows["group_id"].map(known["kind"] != PLACEHOLDER).fillna(False).astype(bool),
        year=pd.Series(years, index=rows.index, dtype="object"),
    ).explode("year", ignore_index=True)
    spread["year"] = spread["year"].astype("int64")
    top = int(spread["year"].max()) if last is None and len(spread) else (last or first)
    return spread.loc[spread["year"].between(first, top), list(REPORT_COLUMNS)].reset_index(drop=True)


def by_municipality(found: pd.DataFrame) -> pd.DataFrame:
    """Groups reported per municipality and year.

    Parameters
    ----------
    found
        Answer of :func:`reports`.

    Returns
    -------
    pandas.DataFrame
        Sorted by ``year`` and ``divipola``: ``names`` and ``families`` (distinct named groups, 0 where only
        placeholders are reported), ``rows`` and ``publishers`` behind them. A municipality without a row is *not
        reported* in that year, which is not zero groups.
    """
    keys = ["year", "divipola"]
    named = found[found["named"]].groupby(keys).agg(names=("group_id", "nunique"), families=("counted_as", "nunique"))
    behind = found.groupby(keys, sort=True).agg(rows=("group_id", "size"), publishers=("publisher", "nunique"))
    joined = behind.join(named)
    whole = joined.assign(**{name: joined[name].fillna(0).astype("int64") for name in ("names", "families")})
    return whole.reset_index()[list(PLACE_COLUMNS)]


def by_year(found: pd.DataFrame, units: Collection[str], years: Collection[int]) -> pd.DataFrame:
    """Fragmentation of an area, year by year.

    Parameters
    ----------
    found
        Answer of :func:`reports`.
    units
        DIVIPOLA codes of the area.
    years
        Years to tell, in their order; one without a row stands with zeros and null means.

    Returns
    -------
    pandas.DataFrame
        ``year``; ``reported``: municipalities with any row; ``unnamed_only``: with placeholders only; ``one``,
        ``two``, ``many``: with one, two, three or more names; ``names``, ``families``: distinct in the whole area;
        ``mean_names``, ``mean_families``: per municipality with a named group, null where there is none; ``rows``,
        ``publishers``.
    """
    here = found[found["divipola"].isin(list(units))]
    places = by_municipality(here)
    table = pd.DataFrame(
        [_year(year, places[places["year"] == year], here[here["year"] == year]) for year in years],
        columns=list(YEAR_COLUMNS),
    )
    return table.astype({name: "int64" for name in YEAR_COLUMNS if not name.startswith("mean")})


def _year(year: int, places: pd.DataFrame, found: pd.DataFrame) -> tuple[float, ...]:
    named = places[places["names"] > 0]
    groups = found[found["named"]]
    return (
        year,
        len(places),
        len(places) - len(named),
        int((named["names"] == 1).sum()),
        int((named["names"] == 2).sum()),
        int((named["names"] >= MANY).sum()),
        groups["group_id"].nunique(),
        groups["counted_as"].nunique(),
        float(named["names"].mean()),
        float(named["families"].mean()),
        len(found),
        found["publisher"].nunique(),
    )


def steady_publisher(found: pd.DataFrame, units: Collection[str]) -> str:
    """Return the publisher with rows about an area in most years; of several the one with most rows; blank of none."""
    here = found[found["divipola"].isin(list(units))]
    if here.empty:
        return ""
    held = here.groupby("publisher").agg(years=("year", "nunique"), rows=("year", "size"))
    return str(held.sort_values(["years", "rows"]).index[-1])
