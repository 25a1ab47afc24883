"""The section that asks what the counts say about one ceasefire, with every doubt in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import ceasefire_frame as frame
from components import controls, effect_cache, effect_charts, effect_parts, effect_refusals, effect_words
from components.ceasefire_frame import Item
from components.ceasefire_one import few_reports
from components.ceasefire_rows import Ceasefire
from components.i18n import LOCALE_DIR, _, language, pick
from components.markup import text
from components.rows import by_id
from components.view import MOST_MONTHS, POINT_MONTHS, ViewState
from data.store import table
from geo.effect import MIN_BEFORE, RULES, EffectResult, Refusal, Request, judgeable

FIELDS = ("before", "after")
# A number that was asked for and is not used is said once, in the run that follows.
CLAMPED = "effect-clamped"


def render(view: ViewState, item: Item, every: Sequence[Ceasefire]) -> None:
    """Draw the section for the ceasefire that the item names."""
    row = next(row for row in every if row.ceasefire_id == item.ceasefire)
    meta = by_id(table("indicators"), "indicator_id")
    names = {code: pick(meta[code], "name") for code in judgeable()}
    frame.ceasefire_picker(view, item, every)
    with st.spinner(_("Comparing before, during and after …")):
        request, found = effect_cache.asked(view, row.ceasefire_id)
    indicator = pick(meta[request.indicator_id], "name")
    _controls(view, request, {**names, request.indicator_id: indicator})
    _bounds(request, meta[request.indicator_id]["publisher"])
    if isinstance(found, Refusal):
        _refused(view, found, indicator, row, names)
    else:
        _answered(view, found, indicator, row, every, meta[request.indicator_id])
    with st.expander(_("How it is computed, and when there is no answer")):
        st.markdown((LOCALE_DIR / language() / "effect.md").read_text("utf-8"))
    frame.take("ceasefires", "values_month", "population", "presence")


def _controls(view: ViewState, request: Request, names: Mapping[str, str]) -> None:
    with st.container(key="controls"):
        first, second, third, fourth, fifth = st.columns(
            [0.34, 0.22, 0.14, 0.14, 0.16], gap="small", vertical_alignment="bottom"
        )
        with first:
            key, changed = controls.changer(view, "fill")
            controls.shown(key, request.indicator_id)
            controls.indicator_box(names, key, changed)
        with second:
            key, changed = controls.changer(view, "rule")
            controls.shown(key, request.rule)
            rules = {rule: effect_words.rule_words(rule) for rule in RULES}
            st.selectbox(
                _("Compare with"),
                list(rules),
                format_func=lambda rule: rules[rule],
                key=key,
                on_change=changed,
                filter_mode=None,
            )
        with third:
            _months(view, request, "before", _("Months before"))
        with fourth:
            _months(view, request, "after", _("Months after"))
        with fifth:
            key, changed = controls.changer(view, "step")
            controls.shown(key, request.step)
            steps = {1: _("month"), 3: _("quarter")}
            st.segmented_control(
                _("Each point"),
                list(POINT_MONTHS),
                format_func=lambda months: steps[months],
                key=key,
                on_change=changed,
                required=True,
            )


def _months(view: ViewState, request: Request, field: str, label: str) -> None:
    """A field that takes any number: what the source does not cover is answered in words, not by a red frame."""
    key = f"control-{view.page}-{field}"
    bounds = effect_cache.bounds(request.ceasefire_id, request.indicator_id)
    least = MIN_BEFORE if field == "before" else 0
    most = max(least, bounds[FIELDS.index(field)].months) if bounds else MOST_MONTHS

    def changed() -> None:
        asked = int(st.session_state[key])
        used = min(max(asked, least), most)
        if asked != used:
            st.session_state[CLAMPED] = field, asked, used
        controls.show(view.with_(**{field: used}))

    controls.shown(key, getattr(request, field))
    st.number_input(label, step=1, key=key, on_change=changed)


def _bounds(request: Request, publisher: str) -> None:
    """Say what was asked for and is not used, and why fewer months than usual can be asked for."""
    said = []
    clamped = st.session_state.pop(CLAMPED, None)
    bounds = effect_cache.bounds(request.ceasefire_id, request.indicator_id)
    if clamped:
        said.append(effect_refusals.clamped_sentence(*clamped))
    for field, usual, bound in zip(FIELDS, (effect_cache.BEFORE, effect_cache.AFTER), bounds or (), strict=False):
        if field == "before" and bound.months < MIN_BEFORE:
            continue
        if bound.months < usual or (clamped and clamped[0] == field):
            said.append(effect_refusals.bound_sentence(field, bound, publisher))
    if said:
        css = "cf-note cf-clamped" if clamped else "cf-note"
        st.html(f'<p class="{css}" role="status">{text(" ".join(said))}</p>')


def _refused(view: ViewState, found: Refusal, indicator: str, row: Ceasefire, names: Mapping[str, str]) -> None:
    sentence, reason = effect_refusals.refusal(found, indicator, row.title)
    if found.reason == "no_territory":
        reason = few_reports(effect_cache.few(row.ceasefire_id, view.window)) or reason
    st.html(f'<div class="cf-verdict"><h1 class="headline">{text(sentence)}</h1><p>{text(reason)}</p></div>')
    others = {
        code: names[code] for code in effect_cache.fitting(row.ceasefire_id) if code != found.request.indicator_id
    }
    offered = effect_refusals.offers(found, others)
    if not offered:
        return
    st.caption(_("What has an answer:"))
    with st.container(horizontal=True, gap="small"):
        for number, offer in enumerate(offered):
            st.button(
                offer.label,
                key=f"effect-offer-{number}",
                on_click=_taken,
                args=(view, offer),
            )


def _taken(view: ViewState, offer: effect_refusals.Offer) -> None:
    controls.show(view.with_(**offer.changes))


def _answered(
    view: ViewState,
    found: EffectResult,
    indicator: str,
    row: Ceasefire,
    every: Sequence[Ceasefire],
    meta: Mapping[str, Any],
) -> None:
    titles = {one.ceasefire_id: one.title for one in every}
    few = few_reports(effect_cache.few(row.ceasefire_id, view.window))
    sentence = effect_words.verdict(found, indicator, row.title, few)
    below = effect_words.below(found, few)
    st.html(f'<div class="cf-verdict"><h1 class="headline">{text(sentence)}</h1><p>{text(below)}</p></div>')
    if len(found.ceasefires) > 1:
        frame.note(_("Judged as one with its renewals: {days}.", days=effect_words.chosen_days(found)))
    left, right = st.columns([0.6, 0.4], gap="medium")
    with left:
        _study(found, indicator, meta, few)
    with right:
        frame.subtitle(_("Before, during and after"))
        st.html(effect_parts.table_html(found, few))
        frame.note(effect_words.months_sentence(found))
        more = [effect_words.difference_sentence(found, few), effect_words.after_sentence(found, few)]
        if any(more):
            st.html(effect_parts.sentences_html([words for words in more if words]))
    frame.cite(meta["source_id"], "dane-population")
    _doubts(found, titles, {"break_note": pick(meta, "break_note")}, few)
    _places(view, found, row)


def _study(found: EffectResult, indicator: str, meta: Mapping[str, Any], few: str) -> None:
    if found.event_study and not effect_words.expectable(found, few):
        frame.subtitle(_("Observed"))
        unit, publisher = pick(meta, "unit"), meta["publisher"]
        frame.note(
            _("{indicator}, {unit} per month · {publisher}.", indicator=indicator, unit=unit, publisher=publisher)
        )
        words = _("{indicator} observed, step by step.", indicator=indicator)
        _chart(effect_charts.observed(found), "effect-study", words)
        return
    frame.subtitle(_("Observed, and expected on the path of the comparison"))
    if not found.event_study:
        st.info(effect_refusals.no_study_sentence(found))
        return
    frame.note(
        _(
            "{indicator}, {unit} per month · {publisher}. Below, observed over expected with its 95% interval.",
            indicator=indicator,
            unit=pick(meta, "unit"),
            publisher=meta["publisher"],
        )
    )
    _chart(effect_charts.event_study(found), "effect-study", effect_charts.event_study_summary(found, indicator))


def _doubts(found: EffectResult, titles: Mapping[str, str], meta: Mapping[str, Any], few: str) -> None:
    warnings = effect_words.warning_sentences(found, titles, meta)
    if warnings:
        frame.subtitle(_("Before you quote it"))
        st.html(effect_parts.sentences_html(warnings))
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        frame.subtitle(_("Did both groups move alike before?"))
        st.html(effect_parts.sentences_html(effect_words.pretrend_sentences(found)))
        frame.subtitle(_("Starts that never were"))
        frame.note(effect_words.placebo_sentence(found))
        if found.placebos:
            _chart(effect_charts.placebos(found), "effect-placebos", effect_words.placebo_sentence(found))
    with right:
        frame.subtitle(_("Other reasonable choices"))
        words = effect_words.curve_sentence(found)
        frame.note(words)
        if effect_charts.ordered(found.sensitivity):
            _chart(effect_charts.curve(found), "effect-curve", words)
            if not effect_words.readable(found, few):
                frame.note(_("Not to be read as a change: see the verdict."))


def _places(view: ViewState, found: EffectResult, row: Ceasefire) -> None:
    frame.subtitle(_("Who was compared with whom"))
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        st.html(effect_parts.key_html(found))
        areas = effect_parts.areas(found)
        alt = _(
            "Map of {n} municipalities under “{title}” and {m} compared with.",
            n=len(found.treated),
            title=row.title,
            m=len(found.comparison),
        )
        frame.still_map(view, areas, alt)
    with right:
        frame.note(effect_words.basis_sentence(found, found.request.evidence_months))
        st.html(effect_parts.lists_html(found, frame.places()))


def _chart(figure: Any, key: str, words: str) -> None:
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False, "locale": language()}, alt=words)
