"""Need and violence in words: the sentence above the scatter, the correlation and its limits, the medians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.i18n import _, ngettext, number, percent
from components.markup import text
from components.need_measures import Group, Measure
from geo.need import FEWEST, Correlation, Middle, middle


def headline(x: Measure, y: Measure, groups: Sequence[Group]) -> str:
    """Return the medians of the ten, of the rest of Nariño and of the rest of the nation, of both measures."""
    known = [(measure, medians) for measure in (x, y) if (medians := _three(measure, groups))]
    if not known:
        return _("No figures to set side by side at this date")
    first, three = known[0]
    parts = [
        _(
            "{measure}: median {ten} in the ten municipalities of the Comuneros talks, {rest} in the rest of Nariño "
            "and {nation} in the rest of Colombia.",
            measure=_titled(first),
            ten=three[0],
            rest=three[1],
            nation=three[2],
        )
    ]
    if x.measure_id != y.measure_id and len(known) > 1:
        second, three = known[1]
        parts.append(
            _(
                "{measure}: {ten}, {rest} and {nation}, in the same order.",
                measure=_titled(second),
                ten=three[0],
                rest=three[1],
                nation=three[2],
            )
        )
    return " ".join(parts)


def _titled(measure: Measure) -> str:
    """A measure with what of its unit and period its name does not say."""
    name = measure.name if measure.percent else measure.titled(measure.name)
    return name if measure.period in measure.name else f"{name}, {measure.period}"


def _three(measure: Measure, groups: Sequence[Group]) -> tuple[str, str, str] | None:
    """The medians of the ten, of the rest of Nariño and of the rest of the nation; None when one is missing."""
    ten, rest, _nariño, nation = (middle(measure.values, group.members).median for group in groups[:4])
    if ten is None or rest is None or nation is None:
        return None
    return _plain(ten, measure), _plain(rest, measure), _plain(nation, measure)


def _plain(value: float, measure: Measure) -> str:
    digits = digits_of(value)
    return percent(value / 100, digits) if measure.percent else number(value, digits)


def digits_of(value: float) -> int:
    """Return how many decimals a median is told with."""
    return 0 if value >= 100 or value == round(value) else 1


def correlation(found: Correlation, x: Measure, y: Measure, place: str) -> str:
    """Return what the rank correlation says, or why none is given; and that it is no cause."""
    caution = _(
        "Association is not cause: both may follow from something else, and what holds between municipalities need not "
        "hold for the people who live in them."
    )
    return f"{_correlation(found, x, y, place)} {caution}"


def _correlation(found: Correlation, x: Measure, y: Measure, place: str) -> str:
    if found.rho is not None:
        return _(
            "Rank correlation in {place}: {rho} (Spearman, n = {n}; from −1, opposite ranks, to 1, the same ranks).",
            place=place,
            rho=signed(found.rho),
            n=number(found.n),
        )
    if not found.n:
        return _(
            "No municipality of {place} has both figures at this date: there is nothing to correlate.", place=place
        )
    if found.reason == "too_few":
        return ngettext(
            "Only {n} municipality has both figures: too few for a correlation (at least {fewest}).",
            "Only {n} municipalities have both figures: too few for a correlation (at least {fewest}).",
            found.n,
            fewest=number(FEWEST),
        )
    tied = x if found.reason == "tied_x" else y
    return _(
        "No correlation is given: more than half of the {n} municipalities share one figure of “{name}”.",
        n=number(found.n),
        name=tied.name,
    )


def signed(value: float) -> str:
    """Return a coefficient with two decimals and its sign."""
    return f"{'−' if value < 0 else ''}{number(abs(value), 2)}"


def medians_html(measures: Sequence[Measure], groups: Sequence[Group], sources: Mapping[str, str]) -> str:
    """Return the table of medians: one row per measure, one column per group of municipalities, with n.

    Parameters
    ----------
    sources
        By measure, who publishes it, when and where, as HTML.
    """
    heads = "".join(f"<th scope='col'>{text(group.name)}</th>" for group in groups)
    rows = "".join(_row(measure, groups, sources.get(measure.measure_id, "")) for measure in measures)
    return (
        f"<table class='compare medians'><thead><tr><th scope='col'>{text(_('Median of the municipalities'))}</th>"
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(measure: Measure, groups: Sequence[Group], source: str) -> str:
    cells = "".join(
        f"<td data-label='{text(group.name)}'>{_cell(middle(measure.values, group.members), measure)}</td>"
        for group in groups
    )
    about = f"{text(measure.unit)} · {text(measure.period)} · {source or text(measure.publisher)}"
    return f"<tr><th scope='row'>{text(measure.name)}<small>{about}</small></th>{cells}</tr>"


def _cell(found: Middle, measure: Measure) -> str:
    if found.median is None or found.above_zero is None:
        return f"<span class='nothing'>{text(_('no record'))}</span>"
    count = _("n = {n}", n=number(found.n))
    # A median of zero hides how many have any at all.
    above = _("{share} above zero", share=percent(found.above_zero)) if found.median == 0 else ""
    note = " · ".join(part for part in (above, count) if part)
    return f"<b>{text(_plain(found.median, measure))}</b><small>{text(note)}</small>"
