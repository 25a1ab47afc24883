"""A view without the application around it: large, for a room that looks at a screen, or small, in someone's page.

Presentation mode shows title, map, timeline, legend and sources in large type, and steps through a story. An embedded
view shows map, time, legend and a line that says whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from components import (
    cache,
    controls,
    export_view,
    mapfirst,
    mapview,
    present_player,
    sentence,
    shapes,
    story,
    story_draft,
)
from components import timeline as chart
from components import timeline_view as timelines
from components.dateline import render_dateline
from components.i18n import _, language, ngettext, set_language
from components.legend import render_legend
from components.map import MapEvent, render_map
from components.markup import link, text
from components.share import base_address
from components.timecontrol import render_timecontrol
from components.view import ViewState, query

STATIC = Path(__file__).with_name("static")
GOING = "present-to"
MAP_HEIGHT = 380
PUBLISHERS = 6
ROOMY_ROW, ROW, DENSE_ROW, FEW, MANY = 21, 17, 12, 5, 9
EVENTS, AXES, GAP = 18, 46, 12
LARGER = 1.5
MOST_HEIGHT, MOST_LINES, LEAST_LINES = 262, 132, 52
PROJECTOR = chart.Room(380, 6.8)


@dataclass(frozen=True)
class Told:
    """A story while it is told: which, and at which step (1 is the first)."""

    story: story.Story
    number: int

    @property
    def step(self) -> story.Step:
        """The step that is told."""
        return self.story.steps[self.number - 1]


@dataclass(frozen=True)
class Large:
    """A timeline in large type: its title as HTML, the figure, and the figure in words."""

    title: str
    figure: Any
    summary: str


def render(view: ViewState) -> None:
    """Draw a view that is presented or embedded."""
    if (target := st.session_state.pop(GOING, None)) is not None:
        _go(target)
    told = told_by(view.item) if view.present else None
    if told is not None and view.on is None:
        # A link that names only the step: its view is the story's.
        target = view_at(told.story, told.number, view.language)
        if target.page != view.page:
            _go(target)
        controls.show(target)
        view = target
    st.html(STATIC / "present.css")
    if view.embed:
        _embedded(view)
    else:
        _presented(view, told)


def _go(view: ViewState) -> None:
    st.switch_page(st.session_state["pages"][view.page], query_params=query(view))


def told_by(item: str) -> Told | None:
    """Return the story and step that a link's item names; None when there is no such story or step."""
    found = story.named(item)
    if found is None:
        return None
    story_id, number = found
    told = story_draft.current() if story_id == story.DRAFT else story.shipped().get(story_id)
    return Told(told, number) if told is not None and 1 <= number <= len(told.steps) else None


def view_at(told: story.Story, number: int, lang: str) -> ViewState:
    """Return the presented view of a step."""
    return story.view_of(told.steps[number - 1], lang).with_(present=True, item=story.item(told.story_id, number))


def start(told: story.Story, lang: str) -> ViewState:
    """Return the presented view of a story's first step."""
    return view_at(told, 1, lang)


# Presented


def _presented(view: ViewState, told: Told | None) -> None:
    on = view.on or cache.last_evidence(view)
    geometry = shapes.geometry_of(view)
    headline = sentence.headline(view, on)
    shown = mapview.shown(
        view.with_(map=geometry.kind), on, geometry.payload, geometry.version, geometry.attribution, headline
    )
    with st.container(key="present"):
        _heading(view, on, told, headline)
        left, right = st.columns([0.56, 0.44], gap="medium")
        with left:
            _map(view, shown, geometry)
        with right:
            _timeline(view, on, shown.time.days, shown.time.channel)
        render_timecontrol(shown.time, on_release=lambda day: controls.show(view.with_(on=day)))
        render_legend(shown.legend)
        sources = f'<p class="present-sources">{_sources(view, on, told)}</p>'
        if told:
            st.html(sources)
            _player(view, told)
            return
        said, keys = st.columns([0.88, 0.12], gap="medium", vertical_alignment="bottom")
        said.html(sources)
        with keys:
            _player(view, told)


def _heading(view: ViewState, on: date, told: Told | None, headline: str) -> None:
    title = told.step.title.said if told else headline
    st.html(f'<h1 class="headline">{text(title)}</h1>')
    if told and told.step.note.said:
        st.html(f'<p class="present-note">{text(told.step.note.said)}</p>')
    if view.item and told is None:
        st.warning(_("The story of this link is not here. If it is your own, open its file on the page of stories."))
    seen = sentence.subline(view, on, False)
    st.html(f'<p class="subline">{text(f"{headline}. {seen}" if told and title != headline else seen)}</p>')


def _map(view: ViewState, shown: mapview.Shown, geometry: shapes.Geometry) -> None:
    def clicked(click: MapEvent) -> None:
        code = geometry.payload.locator.at(click.lat, click.lon)
        controls.show(view.with_(municipalities=() if code is None or view.municipalities == (code,) else (code,)))

    render_map(shown.map, height=MAP_HEIGHT, on_click=clicked)


def _timeline(view: ViewState, on: date, days: tuple[date, ...], channel: str) -> None:
    large = present_player.large_screen()
    drawn = large_timeline(view, *timelines.span(view, days), large_screen=large)
    key = f"present-{view.page}{'-large' if large else ''}"
    st.html(drawn.title)
    with st.container(key=f"{key}-chart"):
        if not mapfirst.stands():
            mapfirst.keep_place(drawn.figure.layout.height, channel)
            return
        config = {"displayModeBar": False, "locale": language(), "staticPlot": False}
        st.plotly_chart(drawn.figure, key=key, theme=None, config=config, alt=drawn.summary)
        render_dateline(f"{key}-chart", on, channel)


def large_timeline(view: ViewState, first: date, last: date, *, large_screen: bool = False) -> Large:
    """Return the timeline of a view in large type, all events on one row; the same object for every date."""
    plain = view.with_(on=None, layers=(), map="geo", item="", present=False)
    return _large(cache.current_version(), language(), plain, first, last, LARGER if large_screen else 1.0)


@st.cache_resource(max_entries=64, show_spinner=False)
def _large(version: str, lang: str, view: ViewState, first: date, last: date, scale: float) -> Large:
    set_language(lang)
    spec = timelines.build(view, first, last)
    events = _("Events")
    spec = replace(spec, marks=[replace(mark, category="other", category_name=events) for mark in spec.marks])
    return Large(chart.key_html(spec), _enlarged(chart.figure(spec, PROJECTOR), spec, scale), chart.summary(spec))


def _enlarged(figure: Any, spec: chart.TimelineSpec, scale: float) -> Any:
    """The figure with larger letters and rows that hold them."""
    groups = max(1, len({bar.group for bar in spec.bars}))
    row = ROOMY_ROW if groups <= FEW else ROW if groups <= MANY else DENSE_ROW
    rows = groups * row
    lines = min(MOST_LINES, max(LEAST_LINES, MOST_HEIGHT - rows - EVENTS - AXES))
    whole = lines + rows + EVENTS + 2 * GAP
    tops = ((whole, lines), (rows + EVENTS + GAP, rows), (EVENTS, EVENTS))
    domains = [[(top - height) / whole, top / whole] for top, height in tops]
    figure.update_layout(height=round((whole + AXES) * scale), font_size=14 * scale)
    figure.update_layout(yaxis_domain=domains[0], yaxis2_domain=domains[1], yaxis3_domain=domains[2])
    figure.update_layout(yaxis2_tickfont_size=min(13, row - 1) * scale, yaxis3_tickfont_size=13 * scale)
    figure.update_layout(hoverlabel_font_size=15 * scale, margin_t=20 * scale, margin_b=26 * scale)
    figure.update_annotations(font_size=13 * scale)
    figure.update_traces(line_width=2.6 * scale, selector={"type": "scatter", "mode": "lines"})
    figure.update_traces(marker_size=9 * scale, selector={"type": "scatter", "mode": "markers"})
    figure.update_shapes(y0=domains[0][0], selector={"type": "line"})
    return figure


def _sources(view: ViewState, on: date, told: Told | None) -> str:
    """The line under a presented view, as HTML: who says so, and what the map does not say."""
    parts = []
    if told and told.step.evidence:
        cited = ", ".join(link(each.url, str(each)) for each in story.citations(told.step))
        parts.append(f"<b>{text(_('Text'))}:</b> {cited}.")
    parts.append(f"<b>{text(_('Map and timeline'))}:</b> {text(_publishers(view, on))}.")
    parts.append(text(sentence.caveat(view)))
    return " ".join(parts)


def _publishers(view: ViewState, on: date) -> str:
    names = export_view.publishers(view, on)
    said = ", ".join(names[:PUBLISHERS])
    more = len(names) - PUBLISHERS
    return said if more <= 0 else ngettext("{names} and {n} more", "{names} and {n} more", more, names=said)


def _player(view: ViewState, told: Told | None) -> None:
    def go(number: int) -> None:
        if told is None or not 1 <= number <= len(told.story.steps):
            return
        target = view_at(told.story, number, view.language)
        if target.page == view.page:
            controls.show(target)
        else:
            st.session_state[GOING] = target

    def leave() -> None:
        controls.show(view.with_(present=False, item=""))

    present_player.render(
        title=told.story.title.said if told else "",
        steps=[step.title.said for step in told.story.steps] if told else [],
        at=told.number if told else 0,
        seconds=told.step.seconds if told else 0,
        on_go=go,
        on_leave=leave,
    )


# Embedded


def _embedded(view: ViewState) -> None:
    on = view.on or cache.last_evidence(view)
    geometry = shapes.geometry_of(view)
    headline = sentence.headline(view, on)
    shown = mapview.shown(
        view.with_(map=geometry.kind), on, geometry.payload, geometry.version, geometry.attribution, headline
    )
    with st.container(key="embedded"):
        st.html(f'<h1 class="headline">{text(headline)}</h1>')
        _map(view, shown, geometry)
        render_timecontrol(shown.time, on_release=lambda day: controls.show(view.with_(on=day)))
        render_legend(shown.legend)
        opened = link(export_view.link(view.with_(embed=False), base_address()), _("Open in Paz Territorial"))
        line = f"{text(sentence.subline(view, on, False))} {text(sentence.caveat(view))}"
        sources = text(_("Sources: {names}.", names=_publishers(view, on)))
        st.html(f'<p class="embed-sources">{line} {sources} {opened}</p>')
