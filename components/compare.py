"""The comparison: two to four regions side by side, on one scale, at one date, with what cannot be told said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import streamlit as st

from components import (
    cache,
    compare_areas,
    compare_chart,
    compare_controls,
    compare_evidence,
    compare_export,
    compare_figures,
    compare_maps,
    compare_table,
    compare_words,
    explorer,
)
from components.compare_figures import Comparison
from components.exports.spec import file_stem
from components.exports.tabular import data_xlsx, table_csv
from components.i18n import _, day, ngettext, pick, set_language
from components.legend import render_legend
from components.markup import text
from components.view import Ignored, ViewState
from geo.comparison import Area, Condition

STYLE = Path(__file__).with_name("static") / "compare.css"


def render() -> None:
    """Draw the comparison that the URL names."""
    view, ignored = explorer.read_view("compare")
    if view.item not in ("", compare_controls.OWN_SCALES):
        ignored = (*ignored, Ignored("item", view.item, "unknown"))
        view = view.with_(item="")
    explorer.say_ignored(ignored)
    view, early = compare_areas.without_early(view)
    for each in early:
        st.warning(_early_words(each))
    st.html(STYLE)
    areas = compare_areas.areas(view)
    comparison = compare_figures.build(view, areas)
    on = compare_figures.day_of(view, comparison)
    _head(comparison, on)
    compare_controls.areas(view, on)
    with st.container(key="controls"):
        compare_controls.figures(view)
    if not areas:
        st.info(_("Nothing is compared yet. Choose two to four regions above: the table, charts and maps appear here."))
        return
    if len(areas) == 1:
        st.info(_("One region alone is set beside the nation. Choose another one above to compare."))
    _figures(view, comparison)
    _conditions(view, areas)
    _charts(view, comparison)
    _maps(view, areas, comparison, on)
    _groups(view, areas, on)
    _standing(view, areas, on)
    _downloads(view, comparison, areas, on)


def _early_words(early: compare_areas.Early) -> str:
    """Why a condition of a link is left out: nothing is known of its day."""
    told = {"name": early.name, "first": day(compare_areas.first_day())}
    if early.kind == compare_areas.CEASEFIRE:
        return _(
            "“{name}” is left out: the ceasefires listed here begin on {listed}, and the municipalities of those that "
            "bind a group are read off reports, which begin on {first}.",
            listed=day(compare_areas.first_ceasefire()),
            **told,
        )
    return _("“{name}” is left out: the reports of presence held here begin on {first}.", **told)


def _head(comparison: Comparison, on: date) -> None:
    st.html(f'<h1 class="headline">{text(compare_words.headline(comparison))}</h1>')
    st.html(f'<p class="subline">{compare_words.subline_html(comparison, day(on))}</p>')


def _figures(view: ViewState, comparison: Comparison) -> None:
    if part := compare_words.in_part(comparison):
        st.warning(part)
    if comparison.problem:
        st.warning(compare_words.problem(comparison))
        if comparison.nearest:
            compare_controls.nearest(view, comparison.nearest)
        if comparison.period is None:
            return
    st.html(f"<div class='compare-scroll'>{compare_table.figures_html(comparison)}</div>")
    for note in compare_words.notes(comparison):
        st.html(f'<p class="hint">{text(note)}</p>')


def _conditions(view: ViewState, areas: Sequence[Area]) -> None:
    """Say which municipalities a condition took, and why: which ceasefires count, and where each of them stands."""
    for area in areas:
        if not area.is_set:
            continue
        condition = Condition.parse(area.key)
        if condition.kind == "group":
            st.html(f'<p class="hint">{text(compare_words.group_condition(view, area))}</p>')
        else:
            st.html(compare_table.standing_html(area, compare_evidence.standing(view, condition.on), view.window))


def _charts(view: ViewState, comparison: Comparison) -> None:
    if comparison.span is None:
        if not comparison.problem:
            st.html(f'<p class="hint">{text(compare_words.no_series(comparison))}</p>')
        return
    own_scales = view.item == compare_controls.OWN_SCALES and len(comparison.rows) > 1
    st.html(f'<h2 class="chart-title">{text(compare_words.chart_title(comparison, own_scales))}</h2>')
    if len(comparison.rows) > 1:
        compare_controls.own_scales(view)
    if not own_scales and (note := compare_words.scale_note(comparison)):
        st.html(f'<p class="hint">{text(note)}</p>')
    highest = compare_chart.top(comparison)
    wrapped = " wrapped" if any(len(row.name) > compare_maps.ONE_LINE for row in comparison.rows) else ""
    for place, row in zip(st.columns(len(comparison.rows), gap="small"), comparison.rows, strict=True):
        with place:
            st.html(f'<h3 class="compare-name{wrapped}">{text(row.name)}</h3>')
            if row.series is None:
                st.html(f'<p class="nothing">{text(_("No municipality meets this condition."))}</p>')
                continue
            st.plotly_chart(
                compare_chart.figure(
                    row, comparison, compare_chart.own_top(row, comparison) if own_scales else highest
                ),
                key=f"compare-chart-{row.area.key}",
                theme=None,
                config={"displayModeBar": False},
                alt=compare_chart.summary(row, comparison),
            )
    scales = _("The scales differ: the same height is not the same figure. Read the numbers on each axis.")
    notes = (
        scales if own_scales else "",
        compare_words.average_note(comparison),
        pick(comparison.meta, "break_note"),
    )
    for note in filter(None, notes):
        st.html(f'<p class="hint">{text(note)}</p>')


def _maps(view: ViewState, areas: Sequence[Area], comparison: Comparison, on: date) -> None:
    if on < cache.PRESENCE_FIRST:
        st.html(f'<p class="hint">{text(_no_reports(on))}</p>')
    else:
        _map_row(compare_maps.presence(view, areas, on), "presence")
    last = comparison.period.last if comparison.period else on
    row = compare_maps.indicator(view, areas, comparison.spec.indicator_id, last)
    if row is None:
        st.html(f'<p class="hint">{text(compare_maps.no_map_words(comparison.meta, last))}</p>')
    else:
        _map_row(row, "indicator")


def _no_reports(on: date) -> str:
    """Why nobody is shown before the first reports: nothing is held of that time, which is not nobody."""
    return _(
        "The reports of presence held here begin on {first}: for {date} nothing is known, which does not mean nobody.",
        first=day(cache.PRESENCE_FIRST),
        date=day(on),
    )


def _map_row(row: compare_maps.Maps, key: str) -> None:
    st.html(f"<h2 class='compare-title'>{text(row.title)}</h2>{row.html}")
    render_legend(row.legend, key=f"compare-legend-{key}")


def _groups(view: ViewState, areas: Sequence[Area], on: date) -> None:
    if on < cache.PRESENCE_FIRST:
        return
    names = [compare_areas.name(area.key) for area in areas]
    first, others = compare_evidence.groups(view, areas, on)
    totals = compare_evidence.totals(view, areas, on)
    window = ngettext("evidence of the last {n} month", "evidence of the last {n} months", view.window)
    title = _("Who is reported on {date}, in which share of the municipalities ({window})", date=day(on), window=window)
    st.html(f"<h2 class='compare-title'>{text(title)}</h2>")
    st.html(f"<div class='compare-scroll'>{compare_table.groups_html(names, first, totals)}</div>")
    if others:
        more = ngettext("{n} more group", "{n} more groups", len(others))
        with st.expander(more, key="compare-more-groups", on_change="rerun") as fold:
            if fold.open:
                st.html(f"<div class='compare-scroll'>{compare_table.groups_html(names, others, totals)}</div>")
    st.html(compare_table.sources_html(compare_evidence.sources(view, areas, on)))


def _standing(view: ViewState, areas: Sequence[Area], on: date) -> None:
    """Draw the ceasefires and the zones that stand in each area."""
    names = [compare_areas.name(area.key) for area in areas]
    ceasefires = [(name, compare_evidence.ceasefires(view, area, on)) for name, area in zip(names, areas, strict=True)]
    zones = [(name, compare_evidence.zones(area, on)) for name, area in zip(names, areas, strict=True)]
    parts = (
        (_("Ceasefires, pledges and truces in force on {date}", date=day(on)), ceasefires, _no_ceasefire(on)),
        (_("Special zones on {date}", date=day(on)), zones, _("None here.")),
    )
    for title, columns, nothing in parts:
        st.html(f"<h2 class='compare-title'>{text(title)}</h2>{compare_table.items_html(columns, nothing)}")


def _no_ceasefire(on: date) -> str:
    """What stands where no ceasefire is drawn: none in force, or none that could be placed."""
    if on >= compare_areas.first_day():
        return _("None in force here.")
    if on < compare_areas.first_ceasefire():
        return _("Not known: the list begins on {first}.", first=day(compare_areas.first_ceasefire()))
    return _(
        "Not known by municipality: where a ceasefire that binds a group stands is read off reports, which begin on "
        "{first}.",
        first=day(compare_areas.first_day()),
    )


def _downloads(view: ViewState, comparison: Comparison, areas: Sequence[Area], on: date) -> None:
    stem = file_stem(view.with_(on=on, fill=comparison.spec.indicator_id))
    caveat = " ".join(
        (
            _("Presence is not control. Reported is not now. No record is not peace."),
            pick(comparison.meta, "definition"),
            compare_words.in_part(comparison) or (compare_words.problem(comparison) if comparison.nearest else ""),
        )
    )
    title, address = compare_words.headline(comparison), st.context.url or ""

    def speaking(write: Callable[[], bytes]) -> Callable[[], bytes]:
        def run() -> bytes:
            # The file is made when it is asked for, in a thread that knows no reader's language.
            set_language(view.language)
            return write()

        return run

    def workbook() -> bytes:
        return data_xlsx(compare_export.spec(view, comparison, areas, on, title, caveat, address))

    def figures() -> bytes:
        spec = compare_export.spec(view, comparison, areas, on, title, caveat, address)
        return table_csv(spec.tables[0])

    def series() -> bytes:
        spec = compare_export.spec(view, comparison, areas, on, title, caveat, address)
        return table_csv(next((part for part in spec.tables if part.name == "series"), spec.tables[0]))

    with st.container(key="compare-downloads", horizontal=True, gap="small"):
        files = (
            (_("Table (CSV)"), figures, f"{stem}.csv", "text/csv"),
            (_("Months (CSV)"), series, f"{stem}-series.csv", "text/csv"),
            (
                _("Everything (XLSX)"),
                workbook,
                f"{stem}.xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        )
        for label, write, name, mime in files:
            st.download_button(
                label, speaking(write), file_name=name, mime=mime, key=f"compare-download-{name}", on_click="ignore"
            )
