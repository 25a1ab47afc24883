"""The table of the map: the same facts for the keyboard, the screen reader and the spreadsheet."""

from __future__ import annotations

from datetime import date

import pandas as pd

from components import cache, freshness, texts
from components.i18n import _, pick
from components.rows import by_id, records
from components.view import PRESENCE, ViewState
from data.store import table


def frame(view: ViewState, on: date) -> pd.DataFrame:
    """Return one row per municipality of the map, indexed by DIVIPOLA, with columns named in the reader's language."""
    units = list(cache.scope_units(view.scope))
    places = table("municipalities").set_index("divipola").loc[units]
    base = pd.DataFrame({_("Municipality"): places["name"], _("Department"): places["department"]})
    if view.scope != "CO":
        base = base.drop(columns=_("Department")).assign(**{_("Subregion"): places["subregion"]})
    columns = _presence(view, on, units) if view.fill == PRESENCE else _indicator(view, on, units)
    return base.assign(**columns, **{_("Ceasefires"): _ceasefires(view, on, units)})


def _presence(view: ViewState, on: date, units: list[str]) -> dict[str, pd.Series]:
    reported = cache.reported(view, on)
    reported = reported[reported["divipola"].isin(units)]
    names = cache.group_names()
    words = reported.assign(
        words=[f"{names[row['group_id']]} ({texts.level(row['level'], row['disputed'])})" for row in records(reported)]
    )
    by_place = words.groupby("divipola")
    publishers = by_place["publishers"].agg(lambda rows: ", ".join(sorted({name for row in rows for name in row})))
    return {
        _("Groups"): by_place.size().reindex(units).fillna(0).astype(int),
        _("Reported"): by_place["words"].agg(", ".join).reindex(units).fillna(_("not reported")),
        _("Last reported"): by_place["newest"].max().dt.date.astype("str").reindex(units).fillna(""),
        _("Publishers"): publishers.reindex(units).fillna(""),
    }


def _indicator(view: ViewState, on: date, units: list[str]) -> dict[str, pd.Series]:
    meta = by_id(table("indicators"), "indicator_id")[view.fill]
    figures = cache.trailing(view.fill, on).set_index("code").loc[units]
    few = figures["reason"].map(
        {reason: freshness.too_few_months(view.fill, reason) for reason in set(figures["reason"])}
    )
    said = figures["status"].mask(few & (figures["status"] == "no_record"), "few_months")
    status = said.map({code: texts.figure_status(code) for code in ("no_record", "few_months", "zero")}).fillna("")
    columns = {f"{pick(meta, 'short')} ({pick(meta, 'unit')})": figures["value"]}
    if bool(meta["rate"]):
        columns[_("Per 100,000")] = figures["rate_per_100k"].round(1)
    columns |= {
        _("Note"): status,
        _("From"): figures["from"].dt.date,
        _("To"): figures["to"].dt.date,
        _("Publisher"): pd.Series(str(meta["publisher"]), index=figures.index),
    }
    return columns


def _ceasefires(view: ViewState, on: date, units: list[str]) -> pd.Series:
    drawn = cache.drawn_ceasefires(view, on)
    titles = {row["ceasefire_id"]: pick(row, "title") for row in records(table("ceasefires"))}
    here = drawn[drawn["divipola"].isin(units) & drawn["attested"] & drawn["status"].isin(["in_force", "announced"])]
    words = here["ceasefire_id"].map(titles) + ": " + here["status"].map(texts.ceasefire_status)
    return words.groupby(here["divipola"]).agg(" · ".join).reindex(units).fillna("")
