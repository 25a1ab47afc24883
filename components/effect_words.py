"""What the counts say about a ceasefire, in careful words: verdict and doubts. Never the word *caused*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import floor
from typing import Any

from components.i18n import _, day, enumerate_names, month, ngettext, number, percent
from geo.effect import EffectResult, Ratio, Shortfall

# Under these verdicts the ratio is not to be read as a change.
NOT_READABLE = ("too_few", "pretrends_differ")
MANY_TIMES, MOST_TIMES = 2.0, 10.0


def rule_words(code: str) -> str:
    """Return the municipalities that a rule compares with."""
    return {
        "department": _("same department"),
        "nearest": _("the most alike"),
        "rest": _("all others"),
    }[code]


def model_words(code: str) -> str:
    """Return a model in words."""
    return {
        "poisson": _("main model"),
        "equal_weights": _("every municipality weighs the same"),
        "trend": _("with a trend of their own"),
    }[code]


def phase_words(code: str) -> str:
    """Return a phase in words."""
    return {"before": _("Before"), "during": _("During"), "after": _("After")}[code]


def change(ratio: float) -> str:
    """Return a rate ratio as a change: 0.7 is 30 % lower."""
    if ratio >= MOST_TIMES:
        return _("more than {n} times as much", n=number(MOST_TIMES))
    if ratio >= MANY_TIMES:
        return _("{n} times as much", n=number(ratio, 1))
    share = round(abs(ratio - 1), 2)
    if not share:
        return _("no difference")
    return _("{share} lower", share=percent(share)) if ratio < 1 else _("{share} higher", share=percent(share))


def interval(ratio: Ratio) -> str:
    """Return the 95% interval of a ratio as a span of changes."""
    return _("95% interval: from {low} to {high}", low=change(ratio.low), high=change(ratio.high))


def readable(result: EffectResult, few: str = "") -> bool:
    """Return whether the ratio may be read as a change; `few` says that hardly any report tells where its party was."""
    return not few and result.verdict not in NOT_READABLE


def expectable(result: EffectResult, few: str = "") -> bool:
    """Return whether what was expected may be shown: not where the counts or the reports are too few for a path."""
    return not few and result.verdict != "too_few"


def verdict(result: EffectResult, indicator: str, title: str, few: str = "") -> str:
    """Return the answer in one sentence with its uncertainty.

    `few` is the remark that hardly any report of presence is held for the time it began; blank when there are enough.
    """
    head = _("{indicator} under “{title}”", indicator=indicator, title=title)
    ratio = result.during
    if few:
        return _("{head}: too few reports of where its party was; no change can be read from this", head=head)
    if result.verdict == "pretrends_differ":
        return _("{head}: the trends already differed before it began; no change can be read from this", head=head)
    if result.verdict == "too_few" or ratio is None:
        return _("{head}: too few to tell", head=head)
    if result.verdict == "no_change_distinguishable":
        return _(
            "{head}: against the comparison municipalities, no change that can be told from chance ({interval})",
            head=head,
            interval=interval(ratio),
        )
    return _(
        "{head}: {change}, against the comparison municipalities ({interval})",
        head=head,
        change=change(ratio.value),
        interval=interval(ratio),
    )


def below(result: EffectResult, few: str = "") -> str:
    """Return what stands under the verdict: the figures behind it, and how not to read it."""
    return f"{_figures(result, few)} {few or _how_to_read(result)}"


def _figures(result: EffectResult, few: str) -> str:
    before, during = result.total("treated", "before"), result.total("treated", "during")
    if before is None or during is None:
        return ""
    inside = ngettext("{n} municipality", "{n} municipalities", len(result.treated))
    outside = number(len(result.comparison))
    if during.expected is None or not readable(result, few):
        return _(
            "In {inside}: {before} before and {during} during it; compared with {outside}.",
            inside=inside,
            before=number(before.events),
            during=number(during.events),
            outside=outside,
        )
    return _(
        "In {inside}: {during} during it, where {expected} would have been on the path of the {outside} compared with.",
        inside=inside,
        during=number(during.events),
        expected=number(during.expected),
        outside=outside,
    )


def _how_to_read(result: EffectResult) -> str:
    if result.verdict == "too_few":
        return _too_few_words(result.shortfalls)
    if result.verdict == "pretrends_differ":
        return _("The ratios below are shown so that the test can be checked, not as a change.")
    return _("An association is not a cause: the parties chose where and when, and other things happened meanwhile.")


def _too_few_words(short: Sequence[Shortfall]) -> str:
    if not short:
        return _("The counts reach every floor, but the model gives no estimate from them.")
    return _("Too few for an answer: {missing}.", missing=enumerate_names([_shortfall_words(one) for one in short]))


def _shortfall_words(short: Shortfall) -> str:
    """A floor that is not reached: whose, what there is and what is needed."""
    group = {"treated": _("under the ceasefire"), "comparison": _("in the comparison")}[short.group]
    # What lies right below a floor must not be rounded up to it.
    found = number(floor(short.found * 10) / 10, 0 if short.found == int(short.found) else 1)
    counted = {"before": _("{n} before"), "during": _("{n} during it"), "after": _("{n} after")}[short.phase]
    words = {
        "events": counted,
        "expected": _("{n} expected during it"),
        "municipalities": _("{n} municipalities with any"),
    }[short.kind]
    return _(
        "{what} ({group}; {needed} are needed)", what=words.format(n=found), group=group, needed=number(short.needed)
    )


def pretrend_sentences(result: EffectResult) -> list[str]:
    """Return the tests of the months before, in words."""
    trends = result.pretrends
    if trends.p_value is None and trends.trend is None:
        return [_("The months before are too few, or count too little, to test whether both groups moved alike.")]
    found = []
    if trends.p_value is not None:
        found.append(
            _(
                "Same ratio of the two groups in {blocks} blocks of about {months} months before: p {p}.",
                blocks=number(trends.blocks),
                months=number(trends.months),
                p=_p(trends.p_value),
            )
        )
    if trends.trend is not None:
        found.append(
            _(
                "Steady drift before: {change} a year ({interval}), p {p}.",
                change=change(trends.trend.value),
                interval=interval(trends.trend),
                p=_p(trends.trend.p_value),
            )
        )
    found.append(
        _("Together they reject that both groups moved alike: the comparison fails.")
        if trends.differ
        else _("They do not reject that both groups moved alike, which does not show that they did.")
    )
    return found


def _p(value: float) -> str:
    return f"< {number(0.001, 3)}" if value < 0.001 else f"= {number(value, 3 if value < 0.1 else 2)}"


def placebo_sentence(result: EffectResult) -> str:
    """Return how many starts that never were look like an effect."""
    if not result.placebos:
        return _(
            "No start in the months before leaves six months, or enough cases, on both sides: there are no placebo "
            "dates."
        )
    flagged = sum(placebo.flagged for placebo in result.placebos)
    return ngettext(
        "Of {total} starts that never were, {n} looks like an effect; one in twenty would by chance.",
        "Of {total} starts that never were, {n} look like an effect; one in twenty would by chance.",
        flagged,
        total=number(len(result.placebos)),
    )


def curve_sentence(result: EffectResult) -> str:
    """Return how far the answer hangs on the choices made."""
    ratios = [point.ratio for point in result.sensitivity if point.ratio is not None]
    others = len(result.sensitivity) - len(ratios)
    if not ratios:
        return _("None of the {n} reasonable choices gives an estimate.", n=number(others))
    return _(
        "Of {n} reasonable choices that give an estimate, {lower} say lower, {higher} say higher and {none} cannot be "
        "told from chance; {others} give none.",
        n=number(len(ratios)),
        lower=number(sum(ratio.high < 1 for ratio in ratios)),
        higher=number(sum(ratio.low > 1 for ratio in ratios)),
        none=number(sum(not ratio.excludes_one for ratio in ratios)),
        others=number(others),
    )


def difference_sentence(result: EffectResult, few: str = "") -> str:
    """Return the difference-in-differences of rates; blank without one, or where it may not be read."""
    found = result.difference
    if found is None or not readable(result, few):
        return ""
    return _(
        "Difference-in-differences: {value} per 100,000 inhabitants and year (95% interval: {low} to {high}).",
        value=_signed(found.value),
        low=_signed(found.low),
        high=_signed(found.high),
    )


def after_sentence(result: EffectResult, few: str = "") -> str:
    """Return the ratio after its end; blank without one, or where it may not be read."""
    if result.after is None or not readable(result, few):
        return ""
    words = _("no change that can be told from chance") if not result.after.excludes_one else change(result.after.value)
    return _("After its end, against before: {words} ({interval}).", words=words, interval=interval(result.after))


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value), 2)}"


def warning_sentences(result: EffectResult, titles: Mapping[str, str], meta: Mapping[str, Any]) -> list[str]:
    """Return every warning in words, in the order of the answer.

    Parameters
    ----------
    titles
        Titles of ceasefires by id.
    meta
        The indicator's row, for its own remark on breaks.
    """
    return [_warning(code, result, titles, meta) for code in result.warnings]


def _warning(code: str, result: EffectResult, titles: Mapping[str, str], meta: Mapping[str, Any]) -> str:
    if code in ("window_overlaps_other_ceasefire", "related_ceasefire_before_or_after"):
        return _overlap_warning(code, result, titles)
    if code == "unplaced_events":
        return ngettext(
            "{n} case in these months has no known municipality and is not counted.",
            "{n} cases in these months have no known municipality and are not counted.",
            round(result.unplaced),
        )
    if code == "units_without_record":
        return ngettext(
            "{n} of its municipalities is left out: no record or no population.",
            "{n} of its municipalities are left out: no record or no population.",
            len(result.without_record),
        )
    if code == "series_break":
        return _("The series changes within the window: {note}", note=meta["break_note"])
    return {
        "end_unknown": _("Its end is not known: it counts up to the last day reported, and there is no after."),
        "provisional": _("The last months are provisional: the source has not settled all of its events."),
        "blocs": _("Only some blocs of the group were bound, and reports rarely tell blocs apart."),
        "few_effective_municipalities": _(
            "A few municipalities hold most of the cases: the interval rests on fewer places than it seems."
        ),
        "pretrends_untested": _("Whether both groups moved alike before could not be tested in blocks of months."),
        "placebos_flagged": _("More than a fifth of the placebo dates look like an effect: distrust the real one."),
        "depends_on_choices": _("Other reasonable choices tell another story: see the curve."),
    }[code]


def _overlap_warning(code: str, result: EffectResult, titles: Mapping[str, str]) -> str:
    related = code == "related_ceasefire_before_or_after"
    named = [
        titles[other.ceasefire_id]
        for other in result.overlaps
        if other.class_ in ("ceasefire", "suspension_of_operations") and (other.related or not related)
    ]
    listed = enumerate_names([_("“{name}”", name=name) for name in named[:4]])
    more = len(named) - 4
    if more > 0:
        listed = ngettext("{names} and {n} more", "{names} and {n} more", more, names=listed)
    if related:
        return _("The same party was under another ceasefire before or after: {names}.", names=listed)
    return _("Other ceasefires were in force in the window: {names}.", names=listed)


def months_sentence(result: EffectResult) -> str:
    """Return which months were counted as before, during and after."""
    parts = []
    for phase in ("before", "during", "after"):
        mine = [first for first, which in result.months if which == phase]
        if mine:
            span = _span(mine[0], mine[-1])
            parts.append(f"{phase_words(phase).lower()}, {span} ({ngettext('{n} month', '{n} months', len(mine))})")
    words = _("Months: {parts}.", parts="; ".join(parts))
    if result.left_out:
        left = enumerate_names([month(on) for on in result.left_out])
        words += " " + _("Left out, because it held for less than half of them: {months}.", months=left)
    return words


def _span(first: date, last: date) -> str:
    return month(first) if first == last else _("{first} to {last}", first=month(first), last=month(last))


def basis_sentence(result: EffectResult, window: int) -> str:
    """Return who counts as under the ceasefire and who is compared with."""
    inside = (
        _("Under the ceasefire: the municipalities of its territory.")
        if result.basis == "territory"
        else _(
            "Under the ceasefire: where its party was reported in the {n} months before it began, a list that what "
            "came later does not change.",
            n=number(window),
        )
    )
    return f"{inside} {_('Compared with: {rule}.', rule=rule_words(result.request.rule))}"


def list_of(codes: Iterable[str], places: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return municipalities as (department, their names in a sentence), by department.

    Parameters
    ----------
    places
        Department and name by DIVIPOLA code.
    """
    found: dict[str, list[str]] = {}
    for code in codes:
        department, name = places[code]
        found.setdefault(department, []).append(name)
    return [(department, enumerate_names(sorted(names))) for department, names in sorted(found.items())]


def chosen_days(result: EffectResult) -> str:
    """Return the days in force that were judged as one."""
    return _("{first} to {last}", first=day(result.start), last=day(result.end))
