"""What the effect of a ceasefire cannot answer, in words: refusals, bounds of a window, and what could be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.effect_words import rule_words
from components.i18n import _, month, ngettext, number
from geo.effect import MIN_BEFORE, RULES, Bound, EffectResult, Refusal
from geo.effect.results import GROUPS


def no_study_sentence(result: EffectResult) -> str:
    """Return why no path of what was expected can be drawn: one of the groups counted too little before."""
    names = (_("the municipalities under it"), _("the municipalities compared with"))
    for group, name in zip(GROUPS, names, strict=True):
        before = result.total(group, "before")
        if before is None or before.with_events > 1:
            continue
        if not before.events:
            return _("Nothing to draw: before it began, {name} counted nothing.", name=name)
        return ngettext(
            "Nothing to draw: before it began, {name} counted {n} case, in a single municipality; the expected path "
            "would hang on that one alone.",
            "Nothing to draw: before it began, {name} counted {n} cases, in a single municipality; the expected path "
            "would hang on that one alone.",
            round(before.events),
            name=name,
        )
    return _("Nothing to draw: before it began, the two groups counted too little for a path of what was expected.")


def bound_sentence(field: str, bound: Bound, publisher: str) -> str:
    """Return how many months may be asked for before or after, and what stands in the way of more.

    Parameters
    ----------
    field
        ``before`` or ``after``.
    """
    if field == "before":
        words = _("Months before: {least} to {n}", least=number(MIN_BEFORE), n=number(bound.months))
    else:
        words = _("Months after: at most {n}", n=number(bound.months))
    return _("{words}, since {reason}.", words=words, reason=_bound_reason(field, bound, publisher))


def _bound_reason(field: str, bound: Bound, publisher: str) -> str:
    if bound.first is None or bound.last is None:
        return {"end_unknown": _("its end is not known")}.get(bound.reason, _("no more can be asked for"))
    if bound.reason == "gap":
        return _(
            "nothing of {publisher} is held from {first} to {last}",
            publisher=publisher,
            first=month(bound.first),
            last=month(bound.last),
        )
    if field == "before":
        return _("the series of {publisher} begins in {month}", publisher=publisher, month=month(bound.first))
    return _("the series of {publisher} ends in {month}", publisher=publisher, month=month(bound.last))


def clamped_sentence(field: str, asked: int, used: int) -> str:
    """Return what was asked for and what is used instead, where they differ."""
    if field == "before":
        words = ngettext(
            "You asked for {n} month before: {used} are used.",
            "You asked for {n} months before: {used} are used.",
            asked,
            used=number(used),
        )
        return f"{words} {_('Fewer do not show how it moved before.')}" if asked < used else words
    return ngettext(
        "You asked for {n} month after: {used} are used.",
        "You asked for {n} months after: {used} are used.",
        asked,
        used=number(used),
    )


def refusal(found: Refusal, indicator: str, title: str) -> tuple[str, str]:
    """Return why there is no answer: a headline, and the reason at more length."""
    head = _("{indicator} under “{title}”", indicator=indicator, title=title)
    if found.reason == "outside_coverage":
        return _("{head}: outside what the source covers", head=head), _coverage(found)
    short, long = {
        "never_started": (_("it never took effect"), _("There is no “during” that could be compared.")),
        "start_unknown": (
            _("no source read gives the day it began"),
            _("Without a first day in force there is no before and no during."),
        ),
        "shorter_than_a_month": (
            _("too short for monthly figures"),
            _("It was in force on at least half of the days of no month, so that monthly counts cannot show it."),
        ),
        "not_monthly": (
            _("not a monthly count"),
            _("Only monthly counts in which a missing month means zero can be judged: choose another indicator."),
        ),
        "no_territory": (
            _("there is nobody to look at"),
            _("Its party was reported in no municipality with a record in the months before it began."),
        ),
        "no_comparison": (
            _("nobody is left to compare with"),
            _("Under this rule every other municipality was under a ceasefire of the same party or has no record."),
        ),
    }[found.reason]
    return _("{head}: {reason}", head=head, reason=short), long


def _coverage(found: Refusal) -> str:
    if found.first is None or found.last is None or found.coverage_first is None or found.coverage_last is None:
        return ""
    words = _(
        "The months asked for run from {first} to {last}; the series runs from {start} to {end}",
        first=month(found.first),
        last=month(found.last),
        start=month(found.coverage_first),
        end=month(found.coverage_last),
    )
    for first, last in found.gaps:
        words += _(", and nothing is held from {first} to {last}", first=month(first), last=month(last))
    if found.longest_before >= MIN_BEFORE:
        fits = _(
            "It covers at most {before} months before and {after} after.",
            before=number(found.longest_before),
            after=number(found.longest_after),
        )
        return f"{words}. {fits}"
    fits = _("Not even {n} months before it are covered, so that no window serves.", n=MIN_BEFORE)
    return f"{words}. {fits}"


@dataclass(frozen=True)
class Offer:
    """A question near the one that was refused which has an answer: its words, and what it changes of the view."""

    label: str
    changes: Mapping[str, Any]


def offers(found: Refusal, indicators: Mapping[str, str]) -> list[Offer]:
    """Return what could be asked instead.

    Parameters
    ----------
    indicators
        Names of the indicators that cover the ceasefire, by id.
    """
    if found.reason == "outside_coverage" and found.longest_before >= MIN_BEFORE:
        before = min(found.request.before, found.longest_before)
        after = min(found.request.after, found.longest_after)
        words = _("{before} months before and {after} after", before=number(before), after=number(after))
        return [Offer(words, {"before": before, "after": after})]
    if found.reason in ("outside_coverage", "not_monthly"):
        open_choice = {"before": None, "after": None}
        return [Offer(name, {"fill": code, **open_choice}) for code, name in indicators.items()]
    if found.reason == "no_comparison":
        rules = [rule for rule in RULES if rule != found.request.rule]
        return [Offer(_("Compare with: {rule}", rule=rule_words(rule)), {"rule": rule}) for rule in rules]
    return []
