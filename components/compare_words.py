"""The comparison in words: the sentence above it, its periods, its changes, and what is too few to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Any

from components import compare_cache, freshness
from components.compare_areas import in_sentence, name, peers
from components.compare_figures import Comparison, Row
from components.i18n import _, day, enumerate_names, month, ngettext, number, partial_day, percent, pick
from components.markup import link, text
from components.rows import by_id
from components.texts import figure_status
from components.view import ViewState
from data.store import table
from geo.comparison import AVERAGE_MONTHS, FLOOR, Against, Area, Change, Figure, Period, is_count


def period_words(period: Period) -> str:
    """Return a period as people write it: a year, years, a month, or from month to month."""
    first, last = period.first, period.last
    if (first.month, last.month) == (1, 12):
        return str(first.year) if first.year == last.year else _("{first} to {last}", first=first.year, last=last.year)
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return _("{first} to {last}", first=month(first), last=month(last))


def decimals(value: float) -> int:
    """Return how many decimals a figure is told with."""
    return 0 if value >= 100 or value == int(value) else 1 if value >= 1 else 2


def figure_words(row: Row, measure: str) -> str:
    """Return an area's figure as a number, or what stands in its place."""
    value = row.now.measured(measure) if row.now else None
    if row.published is not None:
        return number(row.published.value)
    if row.not_added:
        return _("not added up")
    if value is None:
        return _("no rate") if row.now and row.now.value is not None else figure_status("no_record")
    if measure == "rate":
        # Rates of rare events differ in their second decimal only.
        return number(value, 2 if 0 < value < 1 else 1)
    return number(value, decimals(value) if value < 10 else 0)


def share_words(share: float) -> str:
    """Return a signed percentage."""
    return percent(share, 1 if abs(share) < 0.01 else 0, signed=True)


def change_words(change: Change, before: Figure | None = None) -> str:
    """Return a change in a few words.

    Parameters
    ----------
    change
        The change.
    before
        The earlier figure: it tells a series that does not reach back so far from one without a record.
    """
    young = before is not None and before.reason in ("before_coverage", "partial_coverage")
    if change.verdict == "no_record" and young:
        return _("the series does not reach back that far")
    if change.verdict in ("up", "down", "same"):
        return share_words(change.share) if change.share is not None else _("from none")
    return {
        "chance": _("not told apart from chance"),
        "too_few": _("too few to tell"),
        "not_comparable": _("not comparable"),
        "no_record": _("no record before"),
    }[change.verdict]


def numbers_words(row: Row, comparison: Comparison) -> str:
    """Return from what to what a figure moved: the counts, and the rates where those are compared."""
    assert row.now is not None
    assert row.before is not None
    before, now = (number(value, 0 if value >= 10 else decimals(value)) for value in _both(row, "count"))
    counts = _("from {before} to {now}", before=before, now=now)
    if comparison.measure == "rate":
        before, now = (number(value, 2 if 0 < value < 1 else 1) for value in _both(row, "rate"))
        rates = _("from {before} to {now}", before=before, now=now)
        counts = _("rate {rates}; count {counts}", rates=rates, counts=counts)
    if row.change.verdict == "chance" and row.change.share is not None:
        counts = f"{share_words(row.change.share)}; {counts}"
    return "; ".join(part for part in (counts, _interval_words(row.change)) if part)


def _interval_words(change: Change) -> str:
    """The interval of a change, as changes are told; blank where it is not asked or nothing bounds it."""
    if change.interval is None or change.interval[1] == inf:
        return ""
    low, high = (share_words(end - 1) for end in change.interval)
    return _("95%: {low} to {high}", low=low, high=high)


def _both(row: Row, measure: str) -> tuple[float, float]:
    assert row.now is not None
    assert row.before is not None
    return row.before.measured(measure) or 0.0, row.now.measured(measure) or 0.0


def against_words(row: Row) -> str:
    """Return how an area stands beside the nation."""
    if row.area.level == "nation":
        return ""
    against: Against = row.against
    if against.too_few:
        return _("too few to tell")
    if against.ratio is not None:
        return _("{ratio} times the nation's rate", ratio=number(against.ratio, 1))
    if against.share is not None:
        return _("{share} of the nation's", share=percent(against.share, 1))
    return ""


def rank_words(row: Row) -> str:
    """Return an area's place among its peers; 1 is the highest figure."""
    if row.rank is None:
        return ""
    told = {"count": number(row.rank.count), "peers": peers(row.area)}
    if row.rank.place is None:
        return _("no rank: {zeros} of {count} {peers} at zero", zeros=number(row.rank.zeros), **told)
    if row.against.too_few:
        return _("too few to tell")
    return _("{place} of {count} {peers}", place=number(row.rank.place), **told)


def measure_words(meta: Mapping[str, Any], measure: str, by_year: bool = False) -> str:
    """Return what is compared: the indicator with its unit; a rate over years is the mean per year."""
    if measure == "rate" and by_year:
        return _("{name} per 100,000 inhabitants and year", name=pick(meta, "name"))
    if measure == "rate":
        return _("{name} per 100,000 inhabitants", name=pick(meta, "name"))
    return with_unit(pick(meta, "name"), pick(meta, "unit"))


def with_unit(name: str, unit: str) -> str:
    """Return an indicator's name with its unit, unless the name holds it or ends with a note of its own."""
    return name if name.endswith(")") or unit.casefold() in name.casefold() else f"{name} ({unit})"


def headline(comparison: Comparison) -> str:
    """Return the comparison in a few sentences; no area that was asked for goes unmentioned."""
    if not comparison.rows:
        return _("Choose two to four regions to set side by side.")
    if comparison.period is None or comparison.problem:
        names = [in_sentence(row.area) for row in comparison.rows]
        if len(names) == 1:
            return _("No figure of {name} to compare", name=names[0])
        return _("Nothing to compare between {names}", names=enumerate_names(names))
    return " ".join(part for part in (_levels(comparison), _absent(comparison), _changes(comparison)) if part)


def _levels(comparison: Comparison) -> str:
    """The figures, the highest first; a publisher's own total, which is no sum of the others, last."""
    assert comparison.period is not None
    held = [row for row in comparison.all_rows if row.now and row.now.measured(comparison.measure) is not None]
    held.sort(key=lambda row: -(row.now.measured(comparison.measure) or 0) if row.now else 0)
    parts = [_named(row, figure_words(row, comparison.measure)) for row in held]
    parts += [
        _("{name} {total} (total published by {publisher})", name=in_sentence(row.area), **_total(row, comparison))
        for row in comparison.all_rows
        if row.published
    ]
    measure = measure_words(comparison.meta, comparison.measure, comparison.by_year)
    if comparison.of_part:
        measure = ngettext(
            "{measure} in {n} month (not per year)",
            "{measure} in {n} months (not per year)",
            comparison.period.months,
            measure=measure,
        )
    period = period_words(comparison.period)
    if not parts:
        return _("{measure}, {period}.", measure=measure, period=period)
    return _("{measure}, {period}: {figures}.", measure=measure, period=period, figures=enumerate_names(parts))


def _total(row: Row, comparison: Comparison) -> dict[str, str]:
    return {"total": figure_words(row, "count"), "publisher": str(comparison.meta["publisher"])}


def _absent(comparison: Comparison) -> str:
    """Which areas have no figure, and which of two very different reasons that has."""
    added = [in_sentence(row.area) for row in comparison.rows if row.not_added and not row.published]
    empty = [in_sentence(row.area) for row in comparison.rows if row.now is None]
    silent = [
        in_sentence(row.area) for row in comparison.rows if row.now and row.now.value is None and not row.not_added
    ]
    unpeopled = [
        in_sentence(row.area)
        for row in comparison.rows
        if row.now and row.now.value is not None and row.now.measured(comparison.measure) is None
    ]
    parts = (
        (unpeopled, _("No rate for {names}: there is no population figure for the whole period.")),
        (added, _("For {names} the figures of municipalities are not added up: see the map.")),
        (silent, _("No record for {names}.")),
        (empty, _("No municipality meets the condition: {names}.")),
    )
    return " ".join(words.format(names=enumerate_names(names)) for names, words in parts if names)


def _named(row: Row, figure: str) -> str:
    """A name that ends with a date keeps apart from the figure."""
    called = in_sentence(row.area)
    return f"{called} ({figure})" if row.area.is_set else f"{called} {figure}"


def _changes(comparison: Comparison) -> str:
    """Where it rose, where it fell, and where that cannot be told."""
    assert comparison.before is not None
    told: dict[str, list[str]] = {}
    for row in comparison.rows:
        change = row.change
        called = in_sentence(row.area)
        words = f"{called} ({change_words(change)})" if change.verdict in ("up", "down") else called
        told.setdefault(change.verdict, []).append(words)
    templates = {
        "up": _("up in {names}"),
        "down": _("down in {names}"),
        "same": _("unchanged in {names}"),
        "chance": _("no change that can be told from chance in {names}"),
        "too_few": _("too few to tell in {names}"),
        "not_comparable": _("not comparable in {names}"),
    }
    parts = [words.format(names=enumerate_names(told[code])) for code, words in templates.items() if code in told]
    if not parts:
        return ""
    if set(told) <= {"not_comparable", "no_record"}:
        return _(
            "They cannot be compared with {period}: the series breaks or is incomplete.",
            period=period_words(comparison.before),
        )
    return _("Against {period}: {changes}.", period=period_words(comparison.before), changes="; ".join(parts))


def subline_html(comparison: Comparison, on_words: str) -> str:
    """Return who publishes the figures, from which source and up to when, how far they can be trusted, and the day."""
    parts = [_("Figures: {source}, up to {date}.", source=_source_html(comparison), date=text(day(_cut(comparison))))]
    if comparison.provisional:
        parts.append(text(_("Preliminary figures.")))
    if comparison.without_record and not comparison.problem:
        parts.append(
            text(
                ngettext(
                    "{n} municipality without record is left out.",
                    "{n} municipalities without record are left out.",
                    comparison.without_record,
                )
            )
        )
    if comparison.without_population and comparison.measure == "rate":
        parts.append(
            text(
                ngettext(
                    "The rate leaves out {n} municipality without a population figure for the whole period.",
                    "The rate leaves out {n} municipalities without a population figure for the whole period.",
                    comparison.without_population,
                )
            )
        )
    parts.append(text(_("Maps, groups, ceasefires and zones: {date}.", date=on_words)))
    return " ".join(parts)


def _source_html(comparison: Comparison) -> str:
    """Publisher and source of the figures as a link, with the date of the source."""
    source = by_id(table("sources"), "source_id")[comparison.meta["source_id"]]
    publisher = str(comparison.meta["publisher"])
    if comparison.period is not None:
        period = comparison.period
        publisher = freshness.publisher(comparison.spec.indicator_id, period.first, period.last)
    when = partial_day(str(source["date_text"])) if source["date_text"] else ""
    named = link(str(source["url"]), ", ".join(part for part in (str(source["title"]), when) if part))
    return f"{text(publisher)} ({named})"


def _cut(comparison: Comparison) -> date:
    return comparison.meta["last"].date()


def problem(comparison: Comparison) -> str:
    """Return why nothing can be compared, and of which period; for single periods, which ones there are."""
    why = comparison.problem
    if why and comparison.spec.frequency == "period":
        why = _single_periods(comparison)
        if len(compare_cache.held(comparison.spec.indicator_id)) > 1:
            why = _("{periods} Choose exactly one of them.", periods=why)
    if comparison.nearest is None or comparison.asked is None:
        return why
    return _("Nothing is shown for {asked}. {why}", asked=period_words(comparison.asked), why=why)


def in_part(comparison: Comparison) -> str:
    """Return which period was asked for, which part of it is shown and why; blank when all of it is."""
    if not comparison.in_part or comparison.asked is None or comparison.period is None:
        return ""
    return _(
        "Asked for: {asked}. Shown: {shown}. {why}",
        asked=period_words(comparison.asked),
        shown=period_words(comparison.period),
        why=_coverage(comparison),
    )


def _coverage(comparison: Comparison) -> str:
    """What a source holds, where that is not the period asked for."""
    spec, asked = comparison.spec, comparison.asked
    if spec.frequency == "period" or spec.stands_on:
        return _single_periods(comparison)
    held = compare_cache.held(spec.indicator_id)
    told = {"publisher": comparison.meta["publisher"]}
    if spec.frequency == "year":
        years = {"first": held[0].first.year, "last": held[-1].last.year}
        words = _("{publisher}'s figures are of whole years, from {first} to {last}.", **told, **years)
    else:
        months = {"first": month(held[0].first), "last": month(held[-1].last)}
        words = _("{publisher}'s figures by month run from {first} to {last}.", **told, **months)
    if asked and any(start.date() <= asked.last and asked.first <= end.date() for start, end in spec.gaps):
        return f"{words} {_('A gap lies between: the longer part is shown.')}"
    return words


def _single_periods(comparison: Comparison) -> str:
    held = compare_cache.held(comparison.spec.indicator_id)
    if len(held) == 1:
        return _(
            "{publisher} gives a single figure, of {period}.",
            publisher=comparison.meta["publisher"],
            period=period_words(held[-1]),
        )
    return _(
        "{publisher} gives one figure for each of these periods: {periods}.",
        publisher=comparison.meta["publisher"],
        periods="; ".join(map(period_words, held)),
    )


def no_series(comparison: Comparison) -> str:
    """Return why there is no chart: a census is one figure, and figures of unlike periods make no line."""
    if comparison.spec.stands_on:
        return _("This indicator is a single figure: there is no series to draw.")
    return _("{periods} They make no series to draw.", periods=_single_periods(comparison))


def chart_title(comparison: Comparison, own_scales: bool) -> str:
    """Return what the charts show: measure, scale, and which periods are shaded."""
    assert comparison.period is not None
    measure = measure_words(comparison.meta, comparison.measure)
    shaded = {"period": period_words(comparison.period)}
    shades = _("shaded: {period}", **shaded)
    if comparison.before and comparison.span and comparison.before.last >= comparison.span[0]:
        shades = _("shaded: {period}, and paler {before}", before=period_words(comparison.before), **shaded)
    scale = _("each panel on its own scale") if own_scales else _("same scale for all")
    told = {"measure": measure, "scale": scale, "shades": shades}
    if comparison.spec.frequency == "month":
        return _(
            "{measure} by month; dark: 12-month average; {scale}, each one's highest figure in bold; {shades}.", **told
        )
    return _("{measure} by year; {scale}, each one's highest figure in bold; {shades}.", **told)


def average_note(comparison: Comparison) -> str:
    """Return of which areas no twelve-month average is drawn, since fewer months follow each other; blank when none."""
    young = [in_sentence(row.area) for row in comparison.rows if row.series is not None and row.series.too_short]
    if comparison.spec.frequency != "month" or not young:
        return ""
    return _("Too few months in a row for a 12-month average: {names}.", names=enumerate_names(young))


def group_condition(view: ViewState, area: Area) -> str:
    """Return how municipalities came to be those with a group reported."""
    window = ngettext("evidence of the last {n} month", "evidence of the last {n} months", view.window)
    count = ngettext("{n} municipality", "{n} municipalities", len(area.members))
    return _(
        "“{name}”: {count}, each whole, where at least one report names the group ({window}). Reported is not present "
        "everywhere in it.",
        name=name(area.key),
        count=count,
        window=window,
    )


def scale_note(comparison: Comparison, unlike: float = 20.0) -> str:
    """Return why counts of very unlike regions say little side by side; blank when they are alike, or rates."""
    counts = [row.now.value for row in comparison.rows if row.now and row.now.value]
    if comparison.measure == "rate" or len(counts) < 2 or max(counts) < unlike * min(counts):
        return ""
    if comparison.spec.rate:
        return _("The regions differ in size: counts on one scale say little, the rate per 100,000 says more.")
    return _("The regions differ in size, and this measure has no rate: read each region's own course in the table.")


def notes(comparison: Comparison) -> list[str]:
    """Return what stands under the table: why figures are not added up, what a rate is of, what a change says."""
    found = [_not_added_note(comparison), _rate_note(comparison), _change_note(comparison)]
    if any(row.rank for row in comparison.rows):
        found.append(_("Rank 1 is the highest figure; zero has no rank."))
    return [note for note in found if note]


def _not_added_note(comparison: Comparison) -> str:
    if not any(row.not_added for row in comparison.all_rows):
        return ""
    if comparison.spec.stands_on:
        return _(
            "Not added up: the figure is a share of each municipality's own population, and shares make no sum. "
            "{publisher}'s figures for departments and the nation are not among the data held here.",
            publisher=comparison.meta["publisher"],
        )
    return _(
        "Not added up: one emergency may appear in several municipalities, so that a sum would count the same people "
        "more than once. Only a total that {publisher} publishes itself is given, as such.",
        publisher=comparison.meta["publisher"],
    )


def _rate_note(comparison: Comparison) -> str:
    assert comparison.period is not None
    if comparison.of_part:
        return ngettext(
            "The period is shorter than a year: the rate is that of its {n} month, not per year.",
            "The period is shorter than a year: the rate is that of its {n} months, not per year.",
            comparison.period.months,
        )
    if not comparison.by_year:
        return ""
    return _(
        "The period is longer than a year: the rate is its mean per year ({months} months), not the sum of its years.",
        months=number(comparison.period.months),
    )


def _change_note(comparison: Comparison) -> str:
    if comparison.before is None or all(row.change.verdict == "no_record" for row in comparison.rows):
        return ""
    of_rate = comparison.measure == "rate"
    against = {"period": period_words(comparison.before)}
    verdicts = {row.change.verdict for row in comparison.all_rows}
    parts = [
        _("Change of the rate, against {period}, the same length of time before.", **against)
        if of_rate
        else _("Change of the figure, against {period}, the same length of time before.", **against)
    ]
    if comparison.before.months % AVERAGE_MONTHS:
        parts.append(_("These are other months of the year: seasons play a part."))
    if "too_few" in verdicts:
        parts.append(
            _(
                "“Too few to tell”: fewer than {floor} in both periods, where chance alone moves a figure by a third "
                "or more.",
                floor=number(FLOOR),
            )
        )
    if not verdicts & {"chance", "up", "down", "same"}:
        return " ".join(parts)
    if is_count(comparison.spec):
        parts.append(
            _(
                "“Not told apart from chance”: the exact 95 % interval of the ratio of the two periods (two Poisson "
                "counts, each with its population where rates are compared) includes 1. It is the mildest check: "
                "events come in clusters, so the real uncertainty is larger, and a rise or fall may still be chance."
            )
        )
    else:
        parts.append(
            _("Hectares are measured, not counted: the change is given without a check against chance or error.")
        )
    return " ".join(parts)
