"""Claim and check as it is drawn: two claims beside the counts, and every national total by publisher."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import controls
from components import peace_process_claims as claims
from components import peace_process_totals as totals
from components.i18n import _, day, language
from components.markup import text
from components.peace_process_frame import Item, switch, take, title
from components.view import ViewState

DEFAULT_TOTAL = "massacres"


def show(view: ViewState, item: Item) -> None:
    """Draw the two claims, or the national total that the URL names."""
    names = {"": _("Two claims"), DEFAULT_TOTAL: _("Every national total, by publisher")}
    switch(view, "check", _("Part of the check"), names, DEFAULT_TOTAL if item.part else "", _part)
    if item.part:
        _national(view, item.part)
    else:
        title(claims.verdict())
        _first_claim()
        _second_claim()
    take("totals_national", "totals_department", "totals_indicators")


def _part(code: str) -> Item:
    return Item("claims", code)


def _claim(said: str) -> None:
    st.html(f'<h2 class="pp-sub">{text(_("Claim"))}</h2><p class="pp-claim">{text(said)}</p>')


def _first_claim() -> None:
    start, end = claims.first_year()
    _claim(_("“189 leaders and 94 massacres in the first year” of Total Peace"))
    note = _(
        "Figures that cover a part of the government's first year ({first} to {last}). Each publisher counts "
        "by its own definition.",
        first=day(start),
        last=day(end),
    )
    st.html(f'<p class="pp-note">{text(note)}</p>')
    left, right = st.columns(2, gap="medium")
    for column, indicator in zip((left, right), claims.CLAIMED, strict=True):
        shown = claims.compared(indicator)
        if indicator == "massacres":
            shown = [claims.counted_massacres(), *shown]
        with column:
            name = totals.indicator_names()[indicator]
            claimed = claims.CLAIMED[indicator]
            bars = f"{claims.key_html(shown, claimed)}{claims.bars_html(shown, claimed)}"
            st.html(f'<h3 class="pp-sub">{text(name)}</h3>{bars}')


def _second_claim() -> None:
    _claim(_("“Kidnapping and extortion are on the rise”"))
    names = totals.indicator_names()
    st.html(f'<p class="pp-verdict">{text(claims.rising_verdict())}</p>{_said(claims.trends())}')
    left, right = st.columns(2, gap="medium")
    for index, indicator in enumerate(claims.RISING):
        with (left, right)[index % 2]:
            bars = claims.bars_html(totals.totals(indicator))
            st.html(f'<h3 class="pp-sub">{text(names[indicator])}</h3>{bars}')
    st.html(
        f'<h3 class="pp-sub">{text(_("By department and municipality, and what is not held"))}</h3>'
        f"{_said([*claims.department_figures(), *claims.municipal_figures()])}"
    )


def _said(sentences: Sequence[str]) -> str:
    return f'<ul class="pp-said">{"".join(f"<li>{text(sentence)}</li>" for sentence in sentences)}</ul>'


def _national(view: ViewState, indicator: str) -> None:
    names = totals.indicator_names()
    shown = totals.totals(indicator)
    title(totals.headline(shown, names[indicator]))
    key = "peace-process-total"

    def changed() -> None:
        controls.show(view.with_(item=Item("claims", st.session_state[key]).code))

    controls.shown(key, indicator)
    st.selectbox(
        _("National total"),
        list(names),
        format_func=lambda code: names[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        width=480,
    )
    note = _(
        "Lines join complete calendar years of one publisher. Hollow marks with a bar are other periods, or years to "
        "which the source still adds, and are not joined."
    )
    st.html(f'<p class="pp-note">{text(note)}</p>')
    st.plotly_chart(
        totals.figure(shown),
        key=f"peace-process-lines-{indicator}",
        theme=None,
        config={"displayModeBar": False, "locale": language()},
        alt=totals.summary(shown, names[indicator]),
    )
    st.html(totals.table_html(shown))
