"""The armed groups page: lineage of all, one group and what is on record of it, and fragmentation measured.

``item=`` in the URL is a group's id, ``fragmentation``, or blank for the lineage.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from components import cache, controls, explorer, minimap, shapes
from components import groups_fragmentation as fragments
from components import groups_record as record
from components import groups_relations as relations
from components import groups_strength as strength
from components import groups_where as where
from components.ceasefire_clashes import deaths_note
from components.groups_tree import branch
from components.groups_treeview import render as render_tree
from components.groups_words import groups, kind, lineage_sentence, short_name
from components.i18n import _, language, partial_day, pick
from components.markup import swatch, text
from components.rows import by_id, records
from components.texts import confidence
from components.view import AREAS, Ignored, ViewState
from data.store import table
from geo import symbology

STYLE = Path(__file__).with_name("static") / "groups.css"
FRAGMENTATION = "fragmentation"
LINEAGE = ""
# So few places say more on the whole map.
FEW = 2


def read_item(item: str) -> str | None:
    """Return what a link's item opens: a group's id, the fragmentation or the lineage; None when it is unknown."""
    return item if item in (LINEAGE, FRAGMENTATION) or item in groups() else None


def render() -> None:
    """Draw the page."""
    view, ignored = explorer.read_view("groups")
    item = read_item(view.item)
    if item is None:
        ignored = (*ignored, Ignored("item", view.item, "unknown", _("the lineage of all groups")))
        view, item = view.with_(item=LINEAGE), LINEAGE
    explorer.say_ignored(ignored)
    st.html(STYLE)
    _choose(view, item)
    if item == FRAGMENTATION:
        _fragmentation(view)
    elif item:
        _group(view, item)
    else:
        _lineage(view)


def _choose(view: ViewState, item: str) -> None:
    """Draw the choice between the parts of the page and the picker of a group."""
    known = groups()
    parts = {LINEAGE: _("Lineage"), FRAGMENTATION: _("Fragmentation")}
    names = {group: short_name(group, known) for group in known}
    labels = {group: _option(names[group], pick(known[group], "name")) for group in known}
    order = sorted(names, key=lambda group: (known[group]["kind"] == "placeholder", names[group].casefold()))
    with st.container(key="groups-choose", horizontal=True, vertical_alignment="center", gap="small"):
        part = "groups-part"
        controls.shown(part, item if item in parts else None)
        st.segmented_control(
            _("Part of the page"),
            list(parts),
            format_func=lambda code: parts[code],
            key=part,
            on_change=lambda: _open(view, st.session_state[part] or LINEAGE),
            label_visibility="collapsed",
        )
        pick_one = "groups-group"
        controls.shown(pick_one, item if item in known else None)
        st.selectbox(
            _("Armed group"),
            order,
            format_func=lambda group: labels[group],
            key=pick_one,
            index=None,
            placeholder=_("Choose a group"),
            on_change=lambda: _open(view, st.session_state[pick_one] or LINEAGE),
            label_visibility="collapsed",
            width=420,
        )


def _option(short: str, full: str) -> str:
    return short if short == full else f"{short} · {full}"


def _open(view: ViewState, item: str) -> None:
    controls.show(view.with_(item=item))


def _title(sentence: str, below: str = "") -> None:
    st.html(f'<h1 class="headline">{text(sentence)}</h1>' + (f'<p class="subline">{text(below)}</p>' if below else ""))


def _section(title: str) -> None:
    st.html(f'<h2 class="gr-sub">{text(title)}</h2>')


def _take(*names: str) -> None:
    links = " · ".join(f"[{name}](/api/v1/tables/{name}?format=csv)" for name in names)
    st.caption(_("Data as CSV: {links}", links=links))


def _lineage(view: ViewState) -> None:
    _title(
        _("Where the armed groups of today come from: splits, fronts, mergers and franchises since 2016"),
        _(
            "Colour is the family. Choose a name to open the group. A lane ends with its last record: the group may "
            "go on."
        ),
    )
    render_tree(view, "groups-tree", frozenset(), lambda group: _open(view, group))
    with st.expander(_("Members of all groups together, by publisher"), key="groups-aggregates"):
        note = _("Aggregates: each adds other groups, so they are not comparable with one another or with one group.")
        st.html(f'<p class="gr-note">{text(note)}</p>{strength.table_html(strength.aggregates())}')
    _take("groups", "group_lineage", "group_strength")


def _group(view: ViewState, group: str) -> None:
    row = groups()[group]
    name = short_name(group, groups())
    found = where.by_year(group)
    _title(where.headline(name, found), _facts(group))
    left, right = st.columns([0.44, 0.56], gap="medium")
    with left:
        st.html(f'<p class="gr-text">{text(pick(row, "description"))}</p>{_lineage_words(group)}')
    with right:
        if len(branch(group)) > 1:
            render_tree(view, f"groups-branch-{group}", branch(group), lambda chosen: _open(view, chosen))
    _where(view, group, name, found)
    left, right = st.columns(2, gap="medium")
    with left:
        _relations(view, group, name)
    with right:
        _strength(group, name)
        _record(view, group)
        _sources(group)
    _take("groups", "presence", "group_strength", "group_relations", "group_relation_areas", "group_sources")


def _facts(group: str) -> str:
    row = groups()[group]
    families = by_id(table("families"), "family")
    parts = [pick(row, "name"), kind(row["kind"]), _("family: {name}", name=pick(families[row["family"]], "name"))]
    if row["founded_text"]:
        parts.append(_("since {date}", date=partial_day(row["founded_text"])))
    if row["ended_text"]:
        parts.append(_("ended {date}", date=partial_day(row["ended_text"])))
    return " · ".join(parts)


def _lineage_words(group: str) -> str:
    """The lineage in sentences, what it came from before what came from it."""
    known = groups()
    rows = [row for row in records(table("group_lineage")) if group in (row["child"], row["parent"])]
    rows.sort(key=lambda row: row["parent"] == group)
    items = "".join(
        f"<li>{swatch(symbology.hue(known[row['child']]['family']).full)}"
        f"{text(lineage_sentence(row, known))} "
        f'<span class="gr-muted">{text(confidence(row["confidence"]))}</span></li>'
        for row in rows
    )
    nothing = f'<p class="gr-muted">{text(_("No relation of lineage is on record."))}</p>'
    return f'<h2 class="gr-sub">{text(_("Lineage"))}</h2>' + (f'<ul class="gr-list">{items}</ul>' if items else nothing)


def _where(view: ViewState, group: str, name: str, found: list[where.Year]) -> None:
    _section(_("Where it was reported, year by year"))
    if not any(year.levels for year in found):
        nothing = _("No source consulted places it in a municipality: nothing to draw. That is no proof of absence.")
        st.html(f'<p class="gr-muted">{text(nothing)}</p>')
        return
    st.html(where.maps_html(view, group, str(groups()[group]["family"]), name))
    legend = where.legend_html(str(groups()[group]["family"]), found)
    st.html(f'{legend}<p class="gr-note">{text(where.note(found))}</p>')


def _strength(group: str, name: str) -> None:
    _section(_("Members and reach, as each publisher says"))
    alone, together = strength.figures(group), strength.aggregates(group)
    if not alone and not together:
        st.html(f'<p class="gr-muted">{text(_("No figure of its fighters by a publisher is held."))}</p>')
        return
    st.html(f'<p class="gr-verdict">{text(strength.spread(alone))}</p>')
    if sum(1 for one in alone if one.total is not None or one.armed is not None) > 2:
        st.plotly_chart(
            strength.figure(alone),
            key=f"groups-strength-{group}",
            theme=None,
            config={"displayModeBar": False, "locale": language()},
            alt=strength.summary(alone, name),
        )
    note = _("Publishers count different things (in arms, support network, all). They are not added or averaged.")
    st.html(
        f'<p class="gr-note">{text(note)}</p><div class="gr-scroll">{strength.table_html([*alone, *together])}</div>'
    )


def _relations(view: ViewState, group: str, name: str) -> None:
    _section(_("With whom it clashes or allies, and where"))
    found, counted = relations.relations(group), relations.dyads(group)
    if found:
        areas = relations.areas(found)
        if areas:
            words = relations.map_words(name, found)
            geometry = shapes.geometry_of(view.with_(page="narino"))
            focus = tuple(areas) if len(areas) > FEW and any(area.name for area in areas.values()) else ()
            st.html(minimap.picture(geometry.payload, areas, words, css="gr-map", width=320, focus=focus))
            st.html(f'<p class="gr-note">{text(words)}</p>')
        st.html(relations.list_html(found))
    else:
        st.html(f'<p class="gr-muted">{text(_("No relation of this group was coded."))}</p>')
    st.html(f'<p class="gr-note">{text(relations.coverage_note())}</p>')
    if len(counted):
        note = _(
            "UCDP, fighting between groups, 2023 on, without provisional events; rivals as UCDP names them. It may "
            "still code CNEB as Segunda Marquetalia."
        )
        st.html(
            f'<p class="gr-verdict">{text(relations.events_words(counted))}</p><p class="gr-note">{text(note)}</p>'
            f'<div class="gr-scroll">{relations.dyads_html(counted)}</div><p class="gr-note">{text(deaths_note())}</p>'
        )


def _record(view: ViewState, group: str) -> None:
    parts = (
        (
            _("Talks"),
            record.talks(view, group),
            _("No negotiation table of its own or of its organisation is on record."),
        ),
        (
            _("Ceasefires, pledges and suspensions"),
            record.ceasefires(view, group),
            _("None is on record that binds this group."),
        ),
        (_("Special zones"), record.zones(group), _("No zone is on record.")),
    )
    for title, found, nothing in parts:
        st.html(f'<h2 class="gr-sub">{text(title)}</h2>{record.entries_html(found, nothing)}')


def _sources(group: str) -> None:
    listed = record.sources_html(group)
    nothing = f'<p class="gr-muted">{text(_("No source of its own is listed; each row above names its own."))}</p>'
    st.html(f'<h2 class="gr-sub">{text(_("Sources of the description"))}</h2>{listed or nothing}')


def _fragmentation(view: ViewState) -> None:
    year = view.on.year if view.on and view.on.year in where.YEARS else fragments.default_year()
    found = fragments.measured(view.area)
    _title(fragments.headline(view.area, found, year), fragments.subline(found, year))
    _fragmentation_controls(view, year)
    left, right = st.columns(2, gap="medium")
    for column, counted, title in ((left, "names", _("By name")), (right, "families", _("By family"))):
        with column:
            st.html(
                f'<h2 class="gr-sub">{text(f"{title}, {year}")}</h2>{fragments.map_html(view, found, year, counted)}'
            )
    st.html(fragments.legend_html())
    st.html(fragments.sources_html(found, year))
    left, right = st.columns(2, gap="medium")
    for column, area in ((left, "narino"), (right, "colombia")):
        shown = fragments.measured(area)
        with column:
            st.html(f'<h2 class="gr-sub">{text(fragments.area_name(area))}</h2>')
            st.plotly_chart(
                fragments.figure(shown),
                key=f"groups-fragmentation-{area}",
                theme=None,
                config={"displayModeBar": False, "locale": language()},
                alt=fragments.summary(area, shown),
            )
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in fragments.method())
    st.html(f'<h2 class="gr-sub">{text(_("How this is counted"))}</h2><ul class="gr-said">{items}</ul>')
    with st.expander(_("Table: {area}", area=fragments.area_name(view.area)), key="groups-fragmentation-table"):
        st.html(f'<div class="gr-scroll">{fragments.table_html(found)}</div>')
    _take("presence", "groups", "sources")


def _fragmentation_controls(view: ViewState, year: int) -> None:
    with st.container(key="groups-fragmentation", horizontal=True, vertical_alignment="center", gap="small"):
        key, changed = controls.changer(view, "area", lambda value: value or view.area)
        controls.shown(key, view.area)
        st.segmented_control(
            _("Area"),
            list(AREAS),
            format_func=fragments.area_name,
            key=key,
            on_change=changed,
            required=True,
            label_visibility="collapsed",
        )
        key, changed = controls.changer(view, "on", _year_end)
        controls.shown(key, year)
        st.segmented_control(
            _("Year"),
            list(where.YEARS),
            key=key,
            on_change=changed,
            required=True,
            label_visibility="collapsed",
            wrap=True,
        )


def _year_end(year: int | None) -> date | None:
    return min(date(year, 12, 31), cache.LAST) if year else None
