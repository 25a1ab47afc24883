"""What else is on record of a group: talks, ceasefires, zones, and the sources behind its description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from components import texts
from components.groups_words import contracted, groups, in_sentence, source_html
from components.i18n import _, day, enumerate_names, ngettext, partial_day, pick
from components.layout import page_titles
from components.markup import details, text
from components.peace_process_words import operated
from components.rows import by_id, records
from components.view import ViewState, query
from data.store import table
from geo.ceasefires import structures_at

SHOWN_AT_ONCE = 14
ROOF = ("part_of", "absorbed_by")


@dataclass(frozen=True)
class Entry:
    """One thing on record: its title, state, words, source as HTML and its own page's address (blank: none)."""

    title: str
    state: str
    body: str
    source: str
    address: str = ""


def _stood_under(group_id: str, party: str, on: pd.Timestamp) -> bool:
    """Whether a group was the party itself or a part of it on a day; what had not split off yet does not count here."""
    rows = table("group_lineage")
    return group_id in structures_at(rows[rows["relation"].isin(ROOF)], party, on.date())


def talks(view: ViewState, group_id: str) -> list[Entry]:
    """Return the negotiation tables of a group, and of the organisations that it was part of at their last report."""
    at, sources, known = table("process_groups"), by_id(table("sources"), "source_id"), groups()
    found = []
    for row in records(table("processes")):
        on = pd.Period(str(row["last_known_date"])).end_time
        sitting = list(at.loc[at["process_id"] == row["process_id"], "group_id"])
        party = group_id if group_id in sitting else _through(group_id, sitting, on)
        if party is None:
            continue
        state = _("last reported {date}", date=partial_day(str(row["last_known_date"])))
        found.append(
            Entry(
                title=pick(row, "name"),
                state=state if party == group_id else f"{state} · {_via(party, known)}",
                body=pick(row, "last_state"),
                source=source_html(sources[row["source_id"]]),
                address=_address(view, "peace-process", f"tables-{row['process_id']}"),
            )
        )
    return found


def _through(group_id: str, parties: Sequence[str], on: pd.Timestamp) -> str | None:
    return next((party for party in parties if _stood_under(group_id, party, on)), None)


def _via(party: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    return contracted(f" {_('through {name}', name=in_sentence(party, known))} ").strip()


def ceasefires(view: ViewState, group_id: str) -> list[Entry]:
    """Return what binds a group, newest first: its own ceasefires, and its organisation's while it stood under it."""
    parties, sources, known = table("ceasefire_parties"), by_id(table("sources"), "source_id"), groups()
    armed = parties[parties["party"] != "gov"].groupby("ceasefire_id")["party"].agg(list)
    rows = table("ceasefires")
    begun = rows["start"].fillna(rows["announced"])
    found = []
    for row in records(rows.assign(begun=begun).sort_values("begun", ascending=False)):
        sides = armed.get(row["ceasefire_id"], [])
        party = group_id if group_id in sides else _through(group_id, sides, row["begun"])
        if party is None:
            continue
        state = f"{texts.ceasefire_class(row['class'])} · {_dates(row)}"
        found.append(
            Entry(
                title=pick(row, "title"),
                state=state if party == group_id else f"{state} · {_via(party, known)}",
                body=pick(row, "text"),
                source=source_html(sources[row["source_id"]]),
                address=_address(view, "ceasefires", row["ceasefire_id"]),
            )
        )
    return found


def _dates(row: dict[str, Any]) -> str:
    if row["outcome"] == "never_took_effect":
        return texts.ceasefire_status("never_took_effect")
    if pd.isna(row["start"]):
        said = str(row["announced_text"] or "")
        return _("announced: {date}", date=partial_day(said)) if said else _("dates not known")
    if not pd.isna(row["end"]):
        return _("{first} to {last}", first=day(row["start"]), last=day(row["end"]))
    if not pd.isna(row["attested_to"]):
        return _("from {first}, attested to {last}", first=day(row["start"]), last=day(row["attested_to"]))
    return _("from {date}; no end on record", date=day(row["start"]))


def zones(group_id: str) -> list[Entry]:
    """Return the special zones of a group with their municipalities."""
    of, places, sources = table("zone_groups"), table("zone_municipalities"), by_id(table("sources"), "source_id")
    names = table("municipalities").set_index("divipola")["name"]
    mine = set(of.loc[of["group_id"] == group_id, "zone_id"])
    found = []
    for row in records(table("zones").sort_values("start", ascending=False, na_position="last")):
        if row["zone_id"] not in mine:
            continue
        codes = places.loc[places["zone_id"] == row["zone_id"], "divipola"]
        # The list of the talks' municipalities is an area: it was never to operate.
        state = "" if row["zone_type"] == "process_area" else operated(row["operated"])
        where = enumerate_names([str(names[code]) for code in codes])
        found.append(
            Entry(
                title=pick(row, "name"),
                state=" · ".join(part for part in (texts.zone_type(row["zone_type"]), state, where) if part),
                body=pick(row, "text"),
                source=source_html(sources[row["source_id"]]),
            )
        )
    return found


def sources_html(group_id: str) -> str:
    """Return the sources of what is said of a group, each a link; blank when none is held."""
    of, known = table("group_sources"), by_id(table("sources"), "source_id")
    mine = of.loc[of["group_id"] == group_id, "source_id"]
    items = "".join(f"<li>{source_html(known[code])}</li>" for code in mine)
    return f'<ul class="gr-sources">{items}</ul>' if items else ""


def entries_html(found: Sequence[Entry], nothing: str) -> str:
    """Return entries as folds, or a sentence when there are none."""
    if not found:
        return f'<p class="gr-muted">{text(nothing)}</p>'
    entries = "".join(_entry(one) for one in found)
    if len(found) <= SHOWN_AT_ONCE:
        return entries
    return details(text(ngettext("{n} on record", "{n} on record", len(found))), entries)


def _entry(one: Entry) -> str:
    own = f' · <a href="{text(one.address)}" target="_self">{text(_("open"))}</a>' if one.address else ""
    summary = f'<b>{text(one.title)}</b> <span class="gr-muted">{text(one.state)}</span>'
    return details(summary, f'<p>{text(one.body)} <span class="gr-muted">{one.source}{own}</span></p>')


def _address(view: ViewState, page: str, item: str) -> str:
    """The address of something on another page; blank while there is no such page."""
    if page not in page_titles():
        return ""
    return f"{page}?" + urlencode(query(ViewState(page=page, item=item, language=view.language)))
