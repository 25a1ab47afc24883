"""What else is on record of a group: talks, ceasefires, zones, and the sources behind its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from components import texts
from components.groups_words import groups, short_name, source_html
from components.i18n import _, day, enumerate_names, partial_day, pick
from components.layout import page_titles
from components.markup import details, text
from components.rows import by_id, records
from components.view import ViewState, query
from data.store import table

ROOF = ("part_of", "absorbed_by", "franchise_of")


@dataclass(frozen=True)
class Entry:
    """One thing on record: its title, state, words, source as HTML and its own page's address (blank: none)."""

    title: str
    state: str
    body: str
    source: str
    address: str = ""


def roofs(group_id: str) -> list[tuple[str, pd.Timestamp | None, pd.Timestamp | None]]:
    """Return the organisations that a group stood under, each with its first and last day; None where unknown."""
    rows = table("group_lineage")
    mine = rows[(rows["child"] == group_id) & rows["relation"].isin(ROOF)]
    return [
        (row["parent"], None if pd.isna(row["from"]) else row["from"], None if pd.isna(row["to"]) else row["to"])
        for row in records(mine)
    ]


def talks(view: ViewState, group_id: str) -> list[Entry]:
    """Return the negotiation tables of a group, and of the organisations that it belongs to."""
    at, sources, known = table("process_groups"), by_id(table("sources"), "source_id"), groups()
    own = list(at.loc[at["group_id"] == group_id, "process_id"])
    above = {
        process: parent
        for parent, _first, last in roofs(group_id)
        if last is None
        for process in at.loc[at["group_id"] == parent, "process_id"]
        if process not in own
    }
    rows = by_id(table("processes"), "process_id")
    return [
        Entry(
            title=pick(rows[code], "name"),
            state=_("last reported {date}", date=partial_day(str(rows[code]["last_known_date"])))
            + (f" · {_('table of {name}', name=short_name(above[code], known))}" if code in above else ""),
            body=pick(rows[code], "last_state"),
            source=source_html(sources[rows[code]["source_id"]]),
            address=_address(view, "peace-process", f"tables-{code}"),
        )
        for code in (*own, *above)
    ]


def ceasefires(view: ViewState, group_id: str) -> list[Entry]:
    """Return what binds a group, newest first: its own ceasefires, and its organisation's while it stood under it."""
    parties, sources, known = table("ceasefire_parties"), by_id(table("sources"), "source_id"), groups()
    through: dict[str, list[tuple[Any, Any]]] = {group_id: [(None, None)]}
    for parent, first, last in roofs(group_id):
        through.setdefault(parent, []).append((first, last))
    bound = {party: set(parties.loc[parties["party"] == party, "ceasefire_id"]) for party in through}
    found = []
    rows = table("ceasefires")
    begun = rows["start"].fillna(rows["announced"])
    for row in records(rows.assign(begun=begun).sort_values("begun", ascending=False)):
        party = next(
            (who for who in through if row["ceasefire_id"] in bound[who] and _held(row["begun"], through[who])), None
        )
        if party is not None:
            via = "" if party == group_id else f" · {_('through {name}', name=short_name(party, known))}"
            found.append(
                Entry(
                    title=pick(row, "title"),
                    state=f"{texts.ceasefire_class(row['class'])} · {_dates(row)}{via}",
                    body=pick(row, "text"),
                    source=source_html(sources[row["source_id"]]),
                    address=_address(view, "ceasefires", row["ceasefire_id"]),
                )
            )
    return found


def _held(on: Any, spans: Sequence[tuple[Any, Any]]) -> bool:
    return any((first is None or on >= first) and (last is None or on <= last) for first, last in spans)


def _dates(row: dict[str, Any]) -> str:
    if row["outcome"] == "never_took_effect":
        return texts.ceasefire_status("never_took_effect")
    if pd.isna(row["start"]):
        return _("announced {date}", date=partial_day(str(row["announced_text"])))
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
        operated = {
            "yes": _("it operated"),
            "yes_undated": _("it operated, dates unknown"),
            "no": _("not in operation when last reported"),
            "unknown": _("not known whether it operated"),
        }[row["operated"]]
        where = enumerate_names([str(names[code]) for code in codes])
        found.append(
            Entry(
                title=pick(row, "name"),
                state=" · ".join(part for part in (texts.zone_type(row["zone_type"]), operated, where) if part),
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
    return "".join(_entry(one) for one in found)


def _entry(one: Entry) -> str:
    own = f' · <a href="{text(one.address)}" target="_self">{text(_("open"))}</a>' if one.address else ""
    summary = f'<b>{text(one.title)}</b> <span class="gr-muted">{text(one.state)}</span>'
    return details(summary, f'<p>{text(one.body)} <span class="gr-muted">{one.source}{own}</span></p>')


def _address(view: ViewState, page: str, item: str) -> str:
    """The address of something on another page; blank while there is no such page."""
    if page not in page_titles():
        return ""
    return f"{page}?" + urlencode(query(ViewState(page=page, item=item, language=view.language)))
