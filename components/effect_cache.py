"""What the effect of ceasefires keeps between runs: the tables, each indicator's counts, and every answer given."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.cache import current_version
from components.view import PRESENCE, ViewState
from geo.effect import (
    MIN_BEFORE,
    RULES,
    Bound,
    EffectResult,
    Facts,
    Panel,
    Refusal,
    Request,
    effect,
    few_reports,
    judgeable,
    window_bounds,
)

FIRST_INDICATOR = "homicides"
BEFORE, AFTER = 24, 12

Answer = EffectResult | Refusal


@st.cache_resource(max_entries=2, show_spinner=False)
def _facts(version: str) -> Facts:
    return Facts.embedded()


@st.cache_resource(max_entries=16, show_spinner=False)
def _panel(version: str, indicator_id: str) -> Panel | None:
    return Panel.embedded(indicator_id) if indicator_id in judgeable() else None


@st.cache_resource(max_entries=256, show_spinner=False)
def _answer(version: str, request: Request) -> Answer:
    return effect(request, _facts(version), _panel(version, request.indicator_id))


@st.cache_resource(max_entries=1024, show_spinner=False)
def _bounds(version: str, ceasefire_id: str, indicator_id: str) -> tuple[Bound, Bound] | None:
    request = Request(ceasefire_id, indicator_id)
    return window_bounds(request, _facts(version), _panel(version, indicator_id))


@st.cache_resource(max_entries=512, show_spinner=False)
def _few(version: str, ceasefire_id: str, window: int) -> int | None:
    return few_reports(_facts(version), ceasefire_id, window)


def facts() -> Facts:
    """Return the tables that say who is bound where."""
    return _facts(current_version())


def answer(request: Request) -> Answer:
    """Return what the counts say, or why they say nothing."""
    return _answer(current_version(), request)


def few(ceasefire_id: str, window: int) -> int | None:
    """Return how many reports of presence are held for its start, where they are too few; else None."""
    return _few(current_version(), ceasefire_id, window)


def bounds(ceasefire_id: str, indicator_id: str) -> tuple[Bound, Bound] | None:
    """Return how far an indicator covers the months before and after a ceasefire, and why no further."""
    return _bounds(current_version(), ceasefire_id, indicator_id)


def limits(ceasefire_id: str, indicator_id: str) -> tuple[int, int]:
    """Return the most months before and after that an indicator covers around a ceasefire; zeros where none serves."""
    found = bounds(ceasefire_id, indicator_id)
    return (found[0].months, found[1].months) if found else (0, 0)


def indicator_of(view: ViewState) -> str:
    """Return the indicator that a view asks about; homicides, the longest series, when it names none."""
    return FIRST_INDICATOR if view.fill == PRESENCE else view.fill


def asked(view: ViewState, ceasefire_id: str) -> tuple[Request, Answer]:
    """Return the question of a view and its answer.

    What the view leaves open is filled in: two years before and one after, or what the indicator covers of them; and
    the first rule under which anybody is left to compare with.
    """
    indicator = indicator_of(view)
    most_before, most_after = limits(ceasefire_id, indicator)
    request = Request(
        ceasefire_id,
        indicator,
        before=view.before or max(MIN_BEFORE, min(BEFORE, most_before)),
        after=min(AFTER, most_after) if view.after is None else view.after,
        step=view.step,
        evidence_months=view.window,
    )
    rules = [view.rule] if view.rule else list(RULES)
    first = None
    for rule in rules:
        question = replace(request, rule=rule)
        found = answer(question)
        first = first or (question, found)
        if not (isinstance(found, Refusal) and found.reason == "no_comparison"):
            return question, found
    return first or (request, answer(request))


def fitting(ceasefire_id: str) -> list[str]:
    """Return the indicators that cover a ceasefire with enough months before it."""
    return [code for code in judgeable() if limits(ceasefire_id, code)[0] >= MIN_BEFORE]
