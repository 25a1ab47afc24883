"""Who publishes what the page of need shows, when, and where to read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from urllib.parse import urlencode

from components import cache
from components.cited import cited
from components.i18n import _, ngettext
from components.markup import text
from components.need_measures import Measure
from components.rows import by_id
from components.view import ViewState, query
from data.store import table

NAMED = 3


def source_html(view: ViewState, measure: Measure, on: date, units: Collection[str]) -> str:
    """Return the source of a measure as HTML: publisher with its link, and date.

    Parameters
    ----------
    view : decides which evidence counts.
    measure : what is shown.
    on : the date of the page.
    units : DIVIPOLA codes of what is shown: reported presence has other publishers in other places.
    """
    if measure.source_id:
        return cited(by_id(table("sources"), "source_id")[measure.source_id]).html()
    return _publishers(view, on, units)


def _publishers(view: ViewState, on: date, units: Collection[str]) -> str:
    """The publishers of most reports, each with its newest source, and where the others stand."""
    found = cache.evidence(view, on)
    rows = found.loc[found["divipola"].isin(list(units)), ["source_id"]].merge(table("sources"), on="source_id")
    names = list(rows["publisher"].value_counts().index)
    newest = rows.sort_values("date_to", na_position="first").drop_duplicates("publisher", keep="last")
    held = by_id(newest, "publisher")
    parts = [cited(held[name]).html() for name in names[:NAMED]]
    if len(names) > NAMED:
        more = ngettext("{n} publisher more", "{n} publishers more", len(names) - NAMED)
        where = urlencode(query(ViewState(page="data", item="publishers", language=view.language)))
        parts.append(f'<a href="data?{text(where)}" target="_self">{text(more)}</a>')
    return "; ".join(parts) or text(_("no source reports anybody"))


def _dated(measure: Measure) -> str:
    return measure.name if measure.period in measure.name else f"{measure.name} ({measure.period})"


def line_html(view: ViewState, measures: Iterable[Measure], on: date, units: Collection[str]) -> str:
    """Return a line that names measure, period and source of everything in a figure."""
    shown = {measure.measure_id: measure for measure in measures}
    parts = [
        f"<span>{text(_dated(measure))}: {source_html(view, measure, on, units)}</span>" for measure in shown.values()
    ]
    return f'<p class="need-sources">{text(_("Sources:"))} {" · ".join(parts)}</p>'
