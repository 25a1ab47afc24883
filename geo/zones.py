"""Special zones at a date: what is drawn, what was only decreed, and what has no date to be drawn on.

====================  =================================================================================
status                when
====================  =================================================================================
active                it operated, and the date lies between its first and its last day (or, with no last
                      day, before its source stops speaking)
decreed_not_operating the date lies in the decreed term, and the sources say that it did not operate
unknown               the date lies in the decreed term but no source says whether it operated; or there
                      is no last day and the source no longer speaks
ended                 the date is past its last day
undated               it operated and its first day is not known: listed, never drawn on a date
planned               agreed or planned, no first day known: listed, never drawn on a date
====================  =================================================================================

A zone whose first day is after the date is left out: it did not exist. Drawn on a map of the date are the active ones,
the decreed ones that did not operate, and within their term those of which it is not known; a zone without a last day
is not drawn any more once its source is silent.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

STATUSES: tuple[str, ...] = ("active", "decreed_not_operating", "unknown", "ended", "undated", "planned")
DRAWN: frozenset[str] = frozenset({"active", "decreed_not_operating", "unknown"})


def zones_at(zones: pd.DataFrame, on: date, sources: pd.DataFrame | None = None) -> pd.DataFrame:
    """Zones and their status at a date.

    Parameters
    ----------
    zones
        Table ``zones``.
    on
        The date.
    sources
        Table ``sources``, whose dates bound the zones without a last day; ``None`` reads the embedded table.

    Returns
    -------
    pandas.DataFrame
        The rows of `zones` that exist or are undated, index kept, plus ``status`` and ``drawn`` (bool: belongs on a
        map of that date).
    """
    day = pd.Timestamp(on)
    start, end = zones["start"], zones["end"]
    over = (end < day).to_numpy()
    # An open end is attested as far as its source speaks, and no further.
    silent = (end.isna() & (_last_word(zones, sources) < day)).to_numpy()
    operated = zones["operated"]
    did = operated.isin(["yes", "yes_undated"]).to_numpy()
    dated = start.notna().to_numpy()
    status = np.select(
        [over, ~dated & did, ~dated, silent, did, (operated == "no").to_numpy()],
        ["ended", "undated", "planned", "unknown", "active", "decreed_not_operating"],
        default="unknown",
    )
    known = zones.assign(status=pd.Series(status, index=zones.index, dtype="str"))
    known = known.assign(drawn=known["status"].isin(DRAWN).to_numpy() & ~silent)
    return known[~(start > day)]


def _last_word(zones: pd.DataFrame, sources: pd.DataFrame | None) -> pd.Series:
    """Last day on which each zone's source speaks: the last day its date may mean, never before the zone's start."""
    if sources is None:
        from data.store import table

        sources = table("sources")
    published = zones["source_id"].map(sources.set_index("source_id")["date_to"])
    return published.where(~(published < zones["start"]), zones["start"])
