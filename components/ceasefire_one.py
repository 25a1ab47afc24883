"""One ceasefire: its facts and sources, its ground, its family of renewals and parts, and the events around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from components import texts
from components.ceasefire_rows import (
    Ceasefire,
    announced_words,
    binds_words,
    class_words,
    end_words,
    relation_words,
    scope_words,
    start_words,
)
from components.i18n import _, day, enumerate_names, ngettext, pick
from components.markup import swatch, text
from components.minimap import Area
from components.peace_process_words import Cited, all_cited, event_process, sources, when
from components.rows import records
from data.store import table
from geo import symbology

AROUND_MONTHS = 6
# What the table of processes does not hold: the peace of 2016 is no table of Total Peace, and gangs talk at three.
OTHER_PROCESSES = {"farc_ep": "farc2016"}
GANGS = "urban"
LEGAL_COLOUR, EXCLUDED_COLOUR = "#c3d5db", "#ded8cb"


@dataclass(frozen=True)
class Ground:
    """Where a ceasefire holds.

    `legal` are the municipalities it covers by its text, `drawn` those where it is drawn on `on`: the same ground, or,
    where it binds people, those where its party was reported. `excluded` is what a nationwide one leaves out.
    """

    on: date
    legal: frozenset[str]
    drawn: frozenset[str]
    excluded: frozenset[str]
    by_reports: bool
    nationwide: bool


def ground_day(row: Ceasefire, on: date) -> date:
    """Return the day whose map says most about a ceasefire: the view's own while it holds, else its first."""
    if row.start is None:
        return row.last
    return on if row.start <= on <= row.last else row.start


def ground(row: Ceasefire, territory: pd.DataFrame, drawn: pd.DataFrame, every: Collection[str], on: date) -> Ground:
    """Return where a ceasefire holds by its text and where it is drawn on a day.

    Parameters
    ----------
    territory
        Legal territory of every ceasefire.
    drawn
        Where ceasefires are drawn on that day.
    every
        All DIVIPOLA codes of the nation.
    """
    legal = frozenset(territory.loc[territory["ceasefire_id"] == row.ceasefire_id, "divipola"])
    here = frozenset(drawn.loc[drawn["ceasefire_id"] == row.ceasefire_id, "divipola"])
    nationwide = row.scope_level.startswith("nation")
    excluded = frozenset(every) - legal if row.scope_level == "nation_except_departments" else frozenset()
    return Ground(on, legal, here, excluded, row.binds != "territory", nationwide)


def areas(found: Ground, family: str) -> dict[str, Area]:
    """Return how the ground stands on the map; a nationwide one shows what it leaves out instead of what it covers.

    Where the party was reported the lines of its family are drawn, as on every map.
    """
    reported = symbology.presence_style([(family, "presence")])
    drawn = {code: Area(style=_flat(LEGAL_COLOUR)) for code in (() if found.nationwide else found.legal)}
    drawn |= {code: Area(style=_flat(EXCLUDED_COLOUR)) for code in found.excluded}
    return drawn | {code: Area(style=reported) for code in (found.drawn if found.by_reports else ())}


def _flat(colour: str) -> symbology.Style:
    return symbology.Style(symbology.Fill(colour), symbology.HAIRLINE)


def few_reports(held: int | None) -> str:
    """Return a remark where hardly any report of presence is held for the time a ceasefire began; else blank.

    What binds people is drawn where they are reported: without reports of anybody, an empty map says nothing.

    Parameters
    ----------
    held
        Answer of :func:`geo.effect.few_reports`.
    """
    if held is None:
        return ""
    if not held:
        return _(
            "No report of any group's presence is held for the time it began: where it bound anybody is not known."
        )
    return ngettext(
        "Only {n} report of any group's presence is held for the time it began: the places are far from complete.",
        "Only {n} reports of any group's presence are held for the time it began: the places are far from complete.",
        held,
    )


def ground_words(found: Ground, row: Ceasefire) -> str:
    """Return the ground in a sentence: how much it covers and where it is drawn."""
    if row.scope_level == "municipalities_undefined":
        return _("Its text speaks of municipalities that were never named: there is nothing to draw.")
    if not found.nationwide and not found.by_reports and not row.took_effect:
        return ngettext(
            "It was to bind a territory of {n} municipality.",
            "It was to bind a territory of {n} municipalities.",
            len(found.legal),
        )
    if not found.nationwide and not found.by_reports:
        return ngettext(
            "It binds a territory of {n} municipality.", "It binds a territory of {n} municipalities.", len(found.legal)
        )
    place = (
        _("the whole country except {n} municipalities", n=len(found.excluded))
        if found.excluded
        else _("the whole country")
        if found.nationwide
        else ngettext("{n} municipality", "{n} municipalities", len(found.legal))
    )
    said = {"whom": binds_words(row.binds), "place": place, "day": day(found.on), "n": len(found.drawn)}
    if not row.took_effect:
        return _(
            "It was to bind {whom}, in {place}. On {day} its party was reported in {n} of those municipalities.", **said
        )
    return _("It binds {whom}, in {place}. On {day} its party was reported in {n} of those municipalities.", **said)


def ground_lists(found: Ground) -> list[tuple[str, frozenset[str]]]:
    """Return the municipalities that the sentence counts, each list with its title."""
    drawn = ngettext(
        "{n} municipality where its party was reported on {day}",
        "{n} municipalities where its party was reported on {day}",
        len(found.drawn),
        day=day(found.on),
    )
    legal = ngettext("{n} municipality of its territory", "{n} municipalities of its territory", len(found.legal))
    excluded = ngettext("{n} municipality left out of it", "{n} municipalities left out of it", len(found.excluded))
    lists = [(drawn, found.drawn if found.by_reports else frozenset())]
    lists += [(legal, frozenset() if found.nationwide else found.legal), (excluded, found.excluded)]
    return [(title, codes) for title, codes in lists if codes]


def ground_key_html(found: Ground, family: str) -> str:
    """Return what the colours of the map mean, as HTML; only those that are drawn."""
    signs = []
    if not found.nationwide and found.legal:
        signs.append((swatch(LEGAL_COLOUR), _("its territory")))
    if found.by_reports and found.drawn:
        signs.append((_lines_swatch(symbology.hue(family).full), _("its party was reported")))
    if found.excluded:
        signs.append((swatch(EXCLUDED_COLOUR), _("left out of it")))
    items = "".join(f"<li>{sign}{text(words)}</li>" for sign, words in signs)
    return f'<ul class="cf-key">{items}</ul>'


def _lines_swatch(colour: str) -> str:
    lines = f"repeating-linear-gradient(135deg,{colour} 0 2px,{symbology.PAPER} 2px 5px)"
    border = f"outline:1px solid {symbology.BORDER}"
    return f'<span class="swatch" style="background:{lines};{border}" aria-hidden="true"></span>'


def facts_html(row: Ceasefire, status: str, on: date) -> str:
    """Return a ceasefire's facts, its text and its sources."""
    reason = texts.end_reason(row.end_reason)
    known = row.took_effect or row.outcome == "never_took_effect"
    pairs = [
        (_("Parties"), enumerate_names(list(row.parties))),
        (_("Class"), class_words(row)),
        (_("Announced"), announced_words(row)),
        (_("Start"), start_words(row)),
        (_("End"), end_words(row)),
        (_("Why it ended"), reason if known else ""),
        (_("Status on {day}", day=day(on)), texts.ceasefire_status(status)),
        (_("Ground"), scope_words(row.scope_level)),
        (_("Binds") if row.took_effect else _("Was to bind"), binds_words(row.binds)),
        (_("Legal instrument"), row.instrument or _("none read")),
        (_("Confidence"), texts.confidence(row.confidence)),
    ]
    listed = "".join(f"<dt>{text(name)}</dt><dd>{text(words)}</dd>" for name, words in pairs if words)
    prose = f'<p class="cf-prose">{text(row.text)}</p>' if row.text else ""
    return f'{prose}<dl class="cf-facts">{listed}<dt>{text(_("Sources"))}</dt><dd>{_cited(row.sources)}</dd></dl>'


def _cited(found: Sequence[Cited]) -> str:
    return "<br>".join(source.html() for source in found)


def family_sentences(rows: Sequence[Ceasefire], status: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the members of a family, each as (id, sentence): when it held and how it hangs on another."""
    titles = {row.ceasefire_id: row.title for row in rows}
    found = []
    for row in rows:
        words = [f"{start_words(row)} – {end_words(row)}", texts.ceasefire_status(status[row.ceasefire_id])]
        if row.parent_id in titles:
            words.append(f"{relation_words(row.relation)} {_('“{name}”', name=titles[row.parent_id])}")
        found.append((row.ceasefire_id, " · ".join(words)))
    return found


@dataclass(frozen=True)
class Around:
    """One event near a ceasefire; `phase` is before, during or after it, or blank where its days are not known."""

    event_id: str
    when: str
    title: str
    category: str
    phase: str
    sources: tuple[Cited, ...]


def processes_of(armed: Sequence[str], links: Mapping[str, str]) -> frozenset[str]:
    """Return the negotiations, as events name them, in which the parties of a ceasefire sit."""
    return frozenset(OTHER_PROCESSES.get(group) or links.get(group, GANGS) for group in armed)


def process_links() -> dict[str, str]:
    """Return for each group the negotiation under which its events are recorded."""
    rows = table("process_groups").merge(table("processes")[["process_id", "event_process"]], on="process_id")
    return dict(zip(rows["group_id"], rows["event_process"], strict=True))


def around(row: Ceasefire) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the days of which events stand beside a ceasefire: six months before and after it.

    What is not known to have been in force has no days to stand beside but the first on which it is on record.
    """
    reach = pd.DateOffset(months=AROUND_MONTHS)
    return pd.Timestamp(row.first) - reach, pd.Timestamp(row.last if row.took_effect else row.first) + reach


def events_around(
    row: Ceasefire, events: pd.DataFrame, known: Mapping[str, Any], links: Mapping[str, str]
) -> list[Around]:
    """Return the events of its negotiation in the months :func:`around` it, the earliest first."""
    first, last = around(row)
    near = events["process"].isin(list(processes_of(row.armed, links))) & events["date"].between(first, last)
    return [
        Around(
            event_id=event["event_id"],
            when=when(event["date"], event["precision"]),
            title=pick(event, "title"),
            category=texts.event_category(event["category"]),
            phase=_phase(row, event["date"].date()),
            sources=all_cited(event, known, "source2_url"),
        )
        for event in records(events[near].sort_values(["date", "event_id"]))
    ]


def _phase(row: Ceasefire, on: date) -> str:
    if row.start is None or not row.took_effect:
        return ""
    return "before" if on < row.start else "during" if on <= row.last else "after"


def events_html(found: Sequence[Around]) -> str:
    """Return events as a list in the order of time, under before, during and after."""
    titles = {"before": _("Before"), "during": _("While it was in force"), "after": _("After")}
    parts = []
    phase = None
    for event in found:
        if event.phase != phase and event.phase:
            parts.append(f'<li class="cf-phase">{text(titles[event.phase])}</li>')
        phase = event.phase
        cited = " · ".join(source.html() for source in event.sources)
        parts.append(
            f'<li><span class="cf-when">{text(event.when)}</span><div>{text(event.title)}<br>'
            f'<span class="cf-tag">{text(event.category)}</span> <span class="cf-source">{cited}</span></div></li>'
        )
    return f'<ol class="cf-events">{"".join(parts)}</ol>'


def events_title(row: Ceasefire, count: int) -> str:
    """Return the title of the list of events."""
    tables = enumerate_names(sorted(event_process(code) for code in processes_of(row.armed, process_links())))
    first, last = around(row)
    return ngettext(
        "{n} event of the same talks ({tables}), {first} to {last}",
        "{n} events of the same talks ({tables}), {first} to {last}",
        count,
        tables=tables,
        first=day(first),
        last=day(last),
    )


def events_reach(row: Ceasefire) -> str:
    """Return from when to when events are listed, and why."""
    if row.took_effect:
        return _("From six months before its first day on record to six months after its last day in force.")
    return _(
        "It is not known to have been in force: six months before and after {day}, its first day on record.",
        day=day(row.first),
    )


def known_sources() -> dict[str, dict[str, Any]]:
    """Return every source by its id."""
    return sources()
