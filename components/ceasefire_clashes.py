"""State-group clashes against clashes between groups: the sentence, the figure, the table of dyads and the maps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from components import texts
from components.ceasefire_gantt import FONT, TICK_FORMATS, layout
from components.ceasefire_rows import Ceasefire, party_name
from components.i18n import _, day, enumerate_names, language, month, ngettext, number
from components.markup import text
from components.minimap import Area
from components.peace_process_words import Cited, cited, short_month
from components.rows import records
from components.timeline import ACCENT, DAY, GRID, INK, MUTED, PAPER
from geo import clashes, symbology

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLOURS = {1: ACCENT, 2: "#a3141f", 3: "#b07a1c"}
# The words of a panel in its own colour, dark enough to be read.
WORDS = {**COLOURS, 3: "#8a5a00"}
PALE = {1: "#b9ccd3", 2: "#e3b7ba", 3: "#e6d2ac"}
GAP_COLOUR = "rgba(107,111,118,0.13)"
SPELL_COLOUR = "rgba(31,78,95,0.16)"
MOST_DYADS = 12
PANEL, LANE = 122, 13


@dataclass(frozen=True)
class Scope:
    """What is looked at: a name, and a department, municipalities (one ceasefire's ground), or neither (the nation)."""

    name: str
    department: str = ""
    codes: frozenset[str] | None = None
    ceasefire: Ceasefire | None = None


@dataclass(frozen=True)
class Period:
    """Whole months between two days, and how the source holds them: whole, incomplete or gap."""

    first: pd.Timestamp
    last: pd.Timestamp
    kind: str

    @property
    def words(self) -> str:
        """The period in words."""
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return month(self.first)
        if self.first.month == 1 and self.last.month == 12:
            return str(self.first.year) if self.first.year == self.last.year else f"{self.first.year}-{self.last.year}"
        return _("{first} to {last}", first=month(self.first), last=month(self.last))

    @property
    def short(self) -> str:
        """The period in as little room as it takes."""
        return self.words if self.words[0].isdigit() else f"{short_month(self.first)} – {short_month(self.last)}"


def type_name(code: int) -> str:
    """Return a type of violence in words."""
    return {
        1: _("The State against groups"),
        2: _("Between groups"),
        3: _("Against civilians"),
    }[code]


def side_name(side: str) -> str:
    """Return a side of a dyad; UCDP's own names stay as they are, what is no name is put into words."""
    if side == clashes.STATE:
        return _("State forces")
    if side == clashes.CIVILIANS:
        return _("civilians")
    return _("unnamed actor") if side.startswith(clashes.UNNAMED) else side


def headline(scope: Scope, period: Period, events: pd.DataFrame, *, own: bool = True) -> str:
    """Return what the period holds in one sentence: the three types, never added.

    `own` says that the period is that of the ceasefire whose ground it is.
    """
    counts = {kind: clashes.total(events, kind)[0] for kind in clashes.TYPES}
    parts = {
        "state": ngettext(
            "{n} lethal clash between the State and a group",
            "{n} lethal clashes between the State and groups",
            counts[1],
        ),
        "groups": ngettext("{n} between groups", "{n} between groups", counts[2]),
        "civilians": ngettext("{n} attack on civilians", "{n} attacks on civilians", counts[3]),
    }
    if scope.ceasefire is None:
        return _(
            "{place}, {period}: UCDP records {state}, {groups} and {civilians}",
            place=scope.name,
            period=period.words,
            **parts,
        )
    said = {"title": scope.ceasefire.title, "period": period.words, **parts}
    if own:
        return _(
            "On the ground of “{title}” in its months in force ({period}), UCDP records {state}, {groups} and "
            "{civilians}",
            **said,
        )
    return _(
        "On the ground of “{title}” in other months ({period}), UCDP records {state}, {groups} and {civilians}", **said
    )


def remarks(scope: Scope, period: Period, hidden: int, unplaced: Mapping[int, int]) -> list[str]:
    """Return what must be known to read the figures of a period.

    Parameters
    ----------
    hidden
        Provisional events that are not counted.
    unplaced
        Events without a municipality by type: of the region, which counts them, or, where single municipalities are
        looked at, of the nation.
    """
    found = []
    if scope.ceasefire is not None and scope.ceasefire.start and scope.ceasefire.binds != "territory":
        found.append(
            _(
                "Its ground: where its party was reported on the eve of {day}; it binds people, not places.",
                day=day(scope.ceasefire.start),
            )
        )
    if period.kind == "incomplete":
        found.append(
            _(
                "Incomplete at the source: from 2012 to 2018 an old release misses most clashes between groups and "
                "attacks on civilians, and 2026 is not settled. Nothing can be compared with other years."
            )
        )
    if hidden:
        found.append(
            ngettext(
                "{n} provisional event of these months is hidden.",
                "{n} provisional events of these months are hidden.",
                hidden,
            )
        )
    if unplaced:
        found.append(_unplaced(scope, unplaced))
    return found


def _unplaced(scope: Scope, counts: Mapping[int, int]) -> str:
    count = sum(counts.values())
    if scope.codes is not None:
        return ngettext(
            "{n} event of these months has no municipality at the source and is not counted here.",
            "{n} events of these months have no municipality at the source and are not counted here.",
            count,
        )
    kinds = enumerate_names([f"{type_name(kind)}: {number(each)}" for kind, each in sorted(counts.items())])
    return ngettext(
        "{n} event has no municipality at the source ({kinds}): it counts here, and in no municipality or map.",
        "{n} events have no municipality at the source ({kinds}): they count here, and in no municipality or map.",
        count,
        kinds=kinds,
    )


def figure(monthly: pd.DataFrame, rows: Sequence[Ceasefire], period: Period, selected: str = "") -> go.Figure:
    """Return one panel per type, months and their twelve-month mean, with ceasefires in force as bands below.

    Parameters
    ----------
    monthly
        Answer of :func:`geo.clashes.monthly`.
    rows
        Ceasefires to show below; those of class ceasefire and suspensions that took effect are drawn.
    period
        The months that the sentence and the table speak of, framed.
    selected
        The ceasefire whose days are shaded over all panels.
    """
    from plotly.subplots import make_subplots

    named, spans = layout([row for row in rows if row.took_effect and row.start])
    lanes = sum(row.lanes for row in named)
    heights = [PANEL, PANEL, PANEL, max(lanes, 1) * LANE]
    fig = make_subplots(
        rows=4, cols=1, shared_xaxes=True, vertical_spacing=24 / (sum(heights) + 72), row_heights=heights
    )
    first, last = monthly["month"].min(), monthly["month"].max() + pd.offsets.MonthEnd(0)
    for kind in clashes.TYPES:
        _add_type(fig, monthly, kind)
    _add_bars(fig, [span for span in spans if span.in_force], selected)
    for span in spans:
        if span.in_force and span.ceasefire.ceasefire_id == selected:
            fig.add_shape(
                type="rect",
                xref="x",
                yref="paper",
                x0=span.first.isoformat(),
                x1=span.last.isoformat(),
                y0=0,
                y1=1,
                layer="below",
                line={"width": 0},
                fillcolor=SPELL_COLOUR,
            )
    fig.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=f"{period.first:%Y-%m-%d}",
        x1=f"{period.last:%Y-%m-%d}",
        y0=0,
        y1=1,
        line={"width": 1, "color": INK, "dash": "dot"},
    )
    top = max(float(monthly["events"].max()), 3.0)
    fig.update_layout(
        height=sum(heights) + 72 + 42,
        margin={"l": 4, "r": 8, "t": 18, "b": 24},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"size": 12, "color": INK, "family": FONT},
        separators=",." if language() == "es" else ".,",
        hoverlabel={"bgcolor": "white", "font": {"size": 12, "color": INK}, "align": "left"},
        barmode="stack",
        bargap=0.12,
        dragmode=False,
        showlegend=False,
        clickmode="event+select",
    )
    fig.update_xaxes(
        range=[f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"],
        type="date",
        tickangle=0,
        tickformatstops=TICK_FORMATS,
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
    )
    fig.update_yaxes(range=[0, top * 1.08], nticks=4, gridcolor=GRID, zeroline=False, fixedrange=True, automargin=True)
    fig.update_yaxes(
        range=[max(lanes, 1) - 0.5, -0.5],
        tickvals=[row.first_lane + (row.lanes - 1) / 2 for row in named],
        ticktext=[_safe(row.name) for row in named],
        tickfont={"size": 10},
        showgrid=False,
        row=4,
        col=1,
    )
    return fig


def _add_type(fig: go.Figure, monthly: pd.DataFrame, kind: int) -> None:
    rows = monthly[(monthly["type"] == kind) & monthly["events"].notna()]
    kinds = {part.kind: [] for part in clashes.stretches(kind)}
    for part in clashes.stretches(kind):
        kinds[part.kind].append(part)
    whole = _inside(rows, kinds.get("whole", []))
    settled = rows["events"] - rows["provisional"]
    x = [f"{on:%Y-%m-15}" for on in rows["month"]]
    hover = [
        f"<b>{month(row['month'])}</b><br>{type_name(kind)}: {number(row['events'])}<br>"
        f"{ngettext('{n} death', '{n} deaths', int(row['deaths']))}"
        for row in records(rows)
    ]
    fig.add_bar(
        x=x,
        y=settled.tolist(),
        marker={"color": [COLOURS[kind] if one else PALE[kind] for one in whole]},
        opacity=0.75,
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
        row=kind,
        col=1,
    )
    if rows["provisional"].any():
        fig.add_bar(
            x=x,
            y=rows["provisional"].tolist(),
            marker={
                "color": COLOURS[kind],
                "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": PAPER, "size": 4, "solidity": 0.6},
            },
            customdata=hover,
            hovertemplate="%{customdata}<extra>" + _safe(_("provisional")) + "</extra>",
            row=kind,
            col=1,
        )
    mean = clashes.moving_average(monthly, kind)
    fig.add_scatter(
        x=[f"{on:%Y-%m-15}" for on in mean.index],
        y=[None if pd.isna(value) else round(float(value), 2) for value in mean],
        mode="lines",
        line={"color": INK, "width": 1.6},
        connectgaps=False,
        hovertemplate="%{y:.1f}<extra>" + _safe(_("mean of twelve months")) + "</extra>",
        row=kind,
        col=1,
    )
    axis = "" if kind == 1 else str(kind)
    _say(fig, kind, axis)


def _say(fig: go.Figure, kind: int, axis: str) -> None:
    """The name of a panel, and what its stretches lack, written where they lie."""
    fig.add_annotation(
        x=0,
        y=1,
        xref="paper",
        yref=f"y{axis} domain",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        text=f"<b>{_safe(type_name(kind))}</b>",
        font={"size": 12, "color": WORDS[kind]},
    )
    for part in clashes.stretches(kind):
        if part.kind == "whole":
            continue
        gap = part.kind == "gap"
        if gap:
            fig.add_shape(
                type="rect",
                xref="x",
                yref=f"y{axis} domain",
                x0=f"{part.first:%Y-%m-%d}",
                x1=f"{part.last:%Y-%m-%d}",
                y0=0,
                y1=1,
                line={"width": 0},
                fillcolor=GAP_COLOUR,
                layer="below",
            )
        if (part.last - part.first).days > 800:
            fig.add_annotation(
                x=f"{part.first + (part.last - part.first) / 2:%Y-%m-%d}",
                y=0.5 if gap else 0.96,
                xref="x",
                yref=f"y{axis} domain",
                yanchor="middle" if gap else "top",
                showarrow=False,
                text=_safe(_("not held") if gap else _("incomplete: no trend")),
                font={"size": 11, "color": MUTED},
            )


def _inside(rows: pd.DataFrame, parts: Sequence[clashes.Stretch]) -> list[bool]:
    return [any(part.first <= on <= part.last for part in parts) for on in rows["month"]]


def _add_bars(fig: go.Figure, spans: Sequence[Any], selected: str) -> None:
    if not spans:
        return
    fig.add_bar(
        x=[max((span.last - span.first).days + 1, 20) * DAY for span in spans],
        y=[span.lane for span in spans],
        base=[span.first.isoformat() for span in spans],
        orientation="h",
        width=[0.8 if span.ceasefire.class_ == "ceasefire" else 0.46 for span in spans],
        marker={
            "color": [_bar_colour(span.ceasefire) for span in spans],
            "line": {
                "color": [INK if span.ceasefire.ceasefire_id == selected else "rgba(0,0,0,0)" for span in spans],
                "width": 2,
            },
        },
        customdata=[
            [
                span.ceasefire.ceasefire_id,
                _safe(span.ceasefire.title),
                _safe(
                    f"{texts.ceasefire_class(span.ceasefire.class_)} · "
                    + _("{first} to {last}", first=day(span.first), last=day(span.last))
                ),
            ]
            for span in spans
        ],
        hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<extra></extra>",
        row=4,
        col=1,
    )


def _bar_colour(row: Ceasefire) -> str:
    hue = symbology.hue(row.family)
    return hue.full if row.class_ == "ceasefire" else hue.tint


def _safe(value: str) -> str:
    """Plotly reads a little HTML in every text: what comes from data stays text."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def summary(sentence: str) -> str:
    """Return the figure in one sentence, for those who cannot see it; `sentence` is the headline."""
    return _(
        "Lethal events by month and type, 2012 to 2018 and 2023 to 2026, with ceasefires. {sentence}.",
        sentence=sentence,
    )


def dyads_html(events: pd.DataFrame, parties: Collection[str], known: Mapping[str, str]) -> str:
    """Return who fights whom as a table, by type.

    Parameters
    ----------
    parties
        Group ids whose rows are marked: the parties of a ceasefire and what stood under them.
    known
        Group id by UCDP's name of a side.
    """
    found = clashes.dyads(events)
    heads = (_("Who and whom"), _("Events"), _("Deaths"), _("Municipalities"), _("First"), _("Last"))
    head = "".join(f'<th scope="col">{text(words)}</th>' for words in heads)
    body = ""
    for kind in clashes.TYPES:
        mine = records(found[found["type"] == kind])
        count, deaths = clashes.total(events, kind)
        title = f"{type_name(kind)}: {number(count)}" if mine else f"{type_name(kind)}: {_('none recorded')}"
        words = f" · {ngettext('{n} death', '{n} deaths', deaths)}" if mine else ""
        body += f'<tr class="cf-group"><th scope="rowgroup" colspan="6" class="cf-left">{text(title + words)}</th></tr>'
        body += "".join(_dyad(row, parties, known) for row in mine[:MOST_DYADS])
        rest = mine[MOST_DYADS:]
        if rest:
            body += _rest(rest)
    return (
        f'<div class="cf-scroll" tabindex="0"><table class="cf-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _dyad(row: Mapping[str, Any], parties: Collection[str], known: Mapping[str, str]) -> str:
    party = any(clashes.involves(row[side], parties, known) for side in ("side_a", "side_b"))
    join = _("against") if row["type"] != clashes.NON_STATE else "–"
    name = f"{side_name(row['side_a'])} {join} {side_name(row['side_b'])}"
    mark = f' <span class="cf-tag">{text(_("party to the ceasefire"))}</span>' if party else ""
    cells = (
        number(row["events"]),
        number(row["deaths"]),
        number(row["municipalities"]),
        short_month(row["first"]),
        short_month(row["last"]),
    )
    figures = "".join(f"<td>{text(cell)}</td>" for cell in cells)
    css = ' class="cf-party"' if party else ""
    return f'<tr{css}><th scope="row">{text(name)}{mark}</th>{figures}</tr>'


def _rest(rows: Sequence[Mapping[str, Any]]) -> str:
    name = ngettext("{n} more pair", "{n} more pairs", len(rows))
    figures = (number(sum(row["events"] for row in rows)), number(sum(row["deaths"] for row in rows)))
    cells = "".join(f"<td>{text(cell)}</td>" for cell in figures)
    return f'<tr><th scope="row">{text(name)}</th>{cells}<td colspan="3"></td></tr>'


def discs(counts: Mapping[str, int], kind: int, most: int) -> dict[str, Area]:
    """Return municipalities as discs whose area grows with the events; `most` has the largest in all maps alike."""
    return {
        code: Area(dot=2.2 + 11.0 * (count / max(most, 1)) ** 0.5, colour=COLOURS[kind])
        for code, count in counts.items()
        if count
    }


def map_caption(events: pd.DataFrame, kind: int) -> tuple[str, str]:
    """Return the title of a type's map and what it shows."""
    counts = clashes.by_municipality(events, kind)
    return type_name(kind), ngettext("{n} municipality with events", "{n} municipalities with events", len(counts))


@dataclass(frozen=True)
class Relation:
    """What sources report of two groups: clash, alliance, truce, split or merger."""

    names: tuple[str, str]
    relation: str
    when: str
    text: str
    sources: tuple[Cited, ...]


def relation_words(code: str) -> str:
    """Return a relation in words."""
    return {
        "clash": _("clash"),
        "alliance": _("alliance"),
        "split": _("split"),
        "merge": _("merger"),
        "truce": _("truce"),
    }.get(code, code)


def relations(
    rows: pd.DataFrame,
    areas: pd.DataFrame,
    cited_by: pd.DataFrame,
    groups: Mapping[str, Mapping[str, Any]],
    sources: Mapping[str, Mapping[str, Any]],
    scope: Scope,
    period: Period,
) -> list[Relation]:
    """Return the relations reported in a scope that touch a period, the latest first."""
    from components.i18n import pick

    here = _relations_here(areas, scope)
    last = rows["to"].fillna(rows["from"])
    kept = rows[rows["relation_id"].isin(here) & (rows["from"] <= period.last) & (last >= period.first)]
    by_relation = cited_by.groupby("relation_id")["source_id"].agg(list).to_dict()
    return [
        Relation(
            names=(party_name(groups, row["group_a"]), party_name(groups, row["group_b"])),
            relation=row["relation"],
            when=short_month(row["from"])
            if pd.isna(row["to"]) or short_month(row["to"]) == short_month(row["from"])
            else f"{short_month(row['from'])} – {short_month(row['to'])}",
            text=pick(row, "text"),
            sources=tuple(cited(sources[key]) for key in by_relation.get(row["relation_id"], [row["source_id"]])),
        )
        for row in records(kept.sort_values(["from", "relation_id"], ascending=False))
    ]


def _relations_here(areas: pd.DataFrame, scope: Scope) -> set[str]:
    if scope.codes is None and not scope.department:
        return set(areas["relation_id"])
    codes = scope.codes
    inside = (
        areas["code"].str.startswith(scope.department)
        if codes is None
        else areas["code"].isin(list(codes)) | areas["code"].isin({code[:2] for code in codes})
    )
    return set(areas.loc[inside | (areas["level"] == "nation"), "relation_id"])


def relations_html(found: Sequence[Relation]) -> str:
    """Return relations as a list, each with its sources."""
    items = "".join(
        f'<li><span class="cf-when">{text(one.when)}</span><div>{text(one.text)}<br>'
        f'<span class="cf-tag">{text(relation_words(one.relation))}</span> '
        f'<span class="cf-source">{text(enumerate_names(list(one.names)))} · '
        f"{' · '.join(source.html() for source in one.sources)}</span></div></li>"
        for one in found
    )
    return f'<ol class="cf-events">{items}</ol>'
