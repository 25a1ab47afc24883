"""Claims beside what each publisher counts, for which period: computed from the totals, never typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from components.i18n import _, day, enumerate_names, ngettext, number, percent
from components.markup import text
from components.peace_process_totals import Stated, Total, indicator_names, joined, totals
from components.peace_process_words import cited, sources, sources_html, span_text
from components.rows import by_id, records
from data.store import table

CLAIMED: Mapping[str, int] = {"social_leaders_killed": 189, "massacres": 94}
CLAIMANT = "INDEPAZ"
RISING = ("kidnapping_extortive", "kidnapping_total", "kidnapping_cases", "extortion_cases")
GOVERNMENT = "petro"


def first_year() -> tuple[date, date]:
    """Return the first and the last day of the government's first year."""
    start = by_id(table("governments"), "government_id")[GOVERNMENT]["from"].date()
    return start, start.replace(year=start.year + 1) - timedelta(days=1)


def compared(indicator: str) -> list[Total]:
    """Return every figure that covers a part of the government's first year, the best covering first."""
    start, end = first_year()
    found = [total for total in totals(indicator) if total.days_inside(start, end) and not total.several_years]
    return sorted(found, key=lambda total: (-total.days_inside(start, end), total.publisher, total.first))


def counted_massacres() -> Total:
    """Return the massacres of INDEPAZ's list dated in the government's first year, counted here."""
    start, end = first_year()
    rows = table("massacres_indepaz")
    inside = rows[(rows["date"].dt.date >= start) & (rows["date"].dt.date <= end) & ~rows["duplicate"]]
    source = cited(sources()[str(inside["source_id"].iloc[0])])
    note = _("Counted here: events of the publisher's list dated in this period.")
    period = span_text(pd.Timestamp(start), pd.Timestamp(end))
    return Total("massacres", CLAIMANT, start, end, period, float(len(inside)), note, source)


def verdict() -> str:
    """Return what the claim turns out to be, from the figures that equal it."""
    start, end = first_year()
    periods = []
    for indicator, claimed in CLAIMED.items():
        same = [t for t in totals(indicator) if t.publisher == CLAIMANT and t.value == claimed]
        periods.append({total.period for total in same})
    shared = sorted(set.intersection(*periods))
    if not shared:
        return _("No publisher gives both figures for one period.")
    exact = [t for t in totals("social_leaders_killed") if t.publisher == CLAIMANT and _is_first_year(t, start)]
    match = next(t for t in totals("massacres") if t.publisher == CLAIMANT and t.period == shared[0])
    sentence = _(
        "Both figures are {publisher}'s for {period}, which holds {days} of the 365 days of the government's first "
        "year",
        publisher=CLAIMANT,
        period=shared[0],
        days=number(match.days_inside(start, end)),
    )
    if not exact:
        return sentence
    return _(
        "{sentence}; for that year ({span}) the same publisher counts {n} leaders, and its list holds {m} massacres "
        "dated in it",
        sentence=sentence,
        span=exact[0].period,
        n=number(exact[0].value),
        m=number(counted_massacres().value),
    )


def _is_first_year(total: Total, start: date) -> bool:
    """Whether a period is the first year as a publisher rounds it: within two weeks at both ends."""
    end = start.replace(year=start.year + 1)
    return abs((total.first - start).days) <= 14 and abs((total.last - end).days) <= 14


def bars_html(shown: Sequence[Total], claimed: float | None = None) -> str:
    """Return figures as bars on one scale, each with publisher, period, note and link; `claimed` is a line across."""
    top = max([total.value for total in shown] + [claimed or 0.0]) * 1.04
    start, end = first_year()
    rows = "".join(_bar(total, top, claimed, _cover(total, start, end) if claimed else "") for total in shown)
    return f'<table class="pp-bars"><tbody>{rows}</tbody></table>'


def key_html(shown: Sequence[Total], claimed: float) -> str:
    """Return what the dashed line and the bar of another colour mean; the bar only where one equals the claim."""
    signs = [f"<li><i class='pp-key-line'></i>{text(_('the number of the claim: {n}', n=number(claimed)))}</li>"]
    if any(total.value == claimed for total in shown):
        signs.append(f"<li><i class='pp-key-equal'></i>{text(_('equal to the claim'))}</li>")
    return f'<ul class="pp-keys">{"".join(signs)}</ul>'


def _cover(total: Total, start: date, end: date) -> str:
    inside = total.days_inside(start, end)
    length, whole = (total.last - total.first).days + 1, (end - start).days + 1
    if inside == length == whole:
        return _("exactly the first year")
    if total.loose:
        return ngettext(
            "given only by its first and last month: {n} day at most is in the first year",
            "given only by its first and last month: {n} days at most are in the first year",
            inside,
        )
    return ngettext(
        "{n} of its {all} days is in the first year",
        "{n} of its {all} days are in the first year",
        inside,
        all=number(length),
    )


def _bar(total: Total, top: float, claimed: float | None, cover: str) -> str:
    css = "pp-bar" if total.complete_year or claimed else "pp-bar pp-partial"
    line = f'<i class="pp-claimed" style="left:{100 * claimed / top:.1f}%"></i>' if claimed else ""
    equal = " pp-equal" if claimed == total.value else ""
    note = " ".join(part for part in (f"{cover[:1].upper()}{cover[1:]}." if cover else "", total.note) if part)
    return (
        f'<tr><th scope="row">{text(total.publisher)}<span class="pp-muted">{text(total.period)}</span></th>'
        f'<td><div class="pp-track"><div class="{css}{equal}" style="width:{100 * total.value / top:.1f}%"></div>{line}'
        f"<b>{number(total.value)}</b></div>"
        f'<span class="pp-muted">{text(note)} {sources_html((total.source,))}</span></td></tr>'
    )


@dataclass(frozen=True)
class Trend:
    """What one publisher's series of an indicator holds: its complete years in order, and what is incomplete since."""

    name: str
    publisher: str
    years: tuple[Total, ...]
    incomplete: tuple[Total, ...]

    @property
    def pair(self) -> tuple[Total, Total] | None:
        """The latest complete year and the year right before it; None where that one is not held."""
        if len(self.years) < 2 or self.years[-1].first.year - self.years[-2].first.year != 1:
            return None
        return self.years[-2], self.years[-1]

    @property
    def stated(self) -> tuple[Total, ...]:
        """The latest complete year and what came since, where the publisher itself compares them."""
        return tuple(total for total in (*self.years[-1:], *self.incomplete) if total.stated)


def series() -> list[Trend]:
    """Return the national series of kidnapping and extortion, one per indicator and publisher."""
    names, found = indicator_names(), []
    for indicator in RISING:
        figures = totals(indicator)
        for publisher in dict.fromkeys(total.publisher for total in figures):
            found.append(_trend(names[indicator], [total for total in figures if total.publisher == publisher]))
    return found


def _trend(name: str, figures: Sequence[Total]) -> Trend:
    years = joined(figures)
    since = years[-1].last if years else date.min
    later = (total for total in figures if total.first > since and not total.complete_year)
    return Trend(name, figures[0].publisher, tuple(years), tuple(later))


def trend_words(found: Trend) -> str:
    """Return what a series says: a change only between complete years in a row, what is missing in words."""
    said = [_("{name}, {publisher}: {said}", name=found.name, publisher=found.publisher, said=_change_words(found))]
    growing = [total for total in found.incomplete if total.growing]
    if growing:
        said.append(_growing_words(growing))
    said += [_incomplete_words(total) for total in found.incomplete if not total.growing]
    return " ".join(said)


def _incomplete_words(total: Total) -> str:
    period, value = f"{total.period[:1].upper()}{total.period[1:]}", number(total.value)
    if total.stated:
        return f"{period}: {value}, {_stated_words(total.stated)}."
    return _("{period}: {value}, an incomplete year, shown and not judged.", period=period, value=value)


def _stated_words(found: Stated) -> str:
    """What a publisher itself compares a figure with; a share that follows from its figures is ours."""
    share = percent(abs(found.share))
    if found.earlier is None:
        words = _("{share} more than in {year}, by its own account")
        if found.share < 0:
            words = _("{share} fewer than in {year}, by its own account")
        return words.format(share=share, year=found.year)
    words = _("{share} more than the {earlier} that it gives for the same months of {year}")
    if found.share < 0:
        words = _("{share} fewer than the {earlier} that it gives for the same months of {year}")
    return words.format(share=share, earlier=number(found.earlier), year=found.year)


def _change_words(found: Trend) -> str:
    if found.pair:
        before, after = found.pair
        moved = after.value - before.value
        return _(
            "{moved} from {before} in {year} to {after} in {next}.",
            moved=_("rose") if moved > 0 else _("fell") if moved < 0 else _("stayed"),
            before=number(before.value),
            year=before.first.year,
            after=number(after.value),
            next=after.first.year,
        )
    if not found.years:
        return _("no complete year is held, so no change can be stated.")
    last = found.years[-1]
    if len(found.years) == 1 and last.stated:
        return _(
            "{value} in {year}, {stated}; the year before is not held.",
            value=number(last.value),
            year=last.first.year,
            stated=_stated_words(last.stated),
        )
    if len(found.years) == 1:
        return _(
            "{value} in {year}, the only complete year that is held, so no change can be stated.",
            value=number(last.value),
            year=last.first.year,
        )
    return _gap_words(found.years[-2], last)


def _gap_words(earlier: Total, last: Total) -> str:
    missing = [str(year) for year in range(earlier.first.year + 1, last.first.year)]
    return ngettext(
        "{value} in {year}; {missing} is not held whole, so it is not compared with the {earlier} of {before}.",
        "{value} in {year}; {missing} are not held whole, so it is not compared with the {earlier} of {before}.",
        len(missing),
        value=number(last.value),
        year=last.first.year,
        missing=enumerate_names(missing),
        earlier=number(earlier.value),
        before=earlier.first.year,
    )


def _growing_words(growing: Sequence[Total]) -> str:
    listed = enumerate_names([f"{total.period}: {number(total.value)}" for total in growing])
    cut = max((total.published for total in growing if total.published), default=None)
    if cut is None:
        return _("{years}, still growing at the source: incomplete, shown and not judged.", years=listed)
    return _(
        "{years}, still growing at the source on {date}: incomplete, shown and not judged.", years=listed, date=day(cut)
    )


def rising_verdict() -> str:
    """Return how many national series of kidnapping and extortion can be compared, and which way those moved.

    Where no two years in a row are held, what the publisher itself compares is told beside them.
    """
    found = series()
    pairs = [trend.pair for trend in found if trend.pair]
    own = [trend for trend in found if not trend.pair and trend.stated]
    held = ngettext(
        "{held} of {n} national series can be compared, its latest complete year with the year right before it (rises: "
        "{up}, falls: {down})",
        "{held} of {n} national series can be compared, each its latest complete year with the year right before it "
        "(rises: {up}, falls: {down})",
        len(pairs),
        held=number(len(pairs)),
        n=number(len(found)),
        up=number(sum(after.value > before.value for before, after in pairs)),
        down=number(sum(after.value < before.value for before, after in pairs)),
    )
    more = len(found) > len(pairs) + len(own)
    rest = [_("the others support neither a rise nor a fall")] if more else []
    return "; ".join((held, *(_own_words(trend) for trend in own), *rest))


def _own_words(found: Trend) -> str:
    listed = [
        _("{period} ({stated})", period=total.period, stated=_stated_words(total.stated))
        for total in found.stated
        if total.stated
    ]
    return _(
        "of {name}, {publisher} compares its own figures: {listed}",
        name=f"{found.name[:1].lower()}{found.name[1:]}",
        publisher=found.publisher,
        listed=enumerate_names(listed),
    )


def trends() -> list[str]:
    """Return what the national figures of kidnapping and extortion say, one text per publisher."""
    return [trend_words(found) for found in series()]


def department_figures() -> list[str]:
    """Return the department figures of kidnapping and extortion as sentences, and whether Nariño has one."""
    rows = table("totals_department")
    rows = rows[rows["indicator"].isin(RISING)]
    names = dict(zip(table("municipalities")["department_code"], table("municipalities")["department"], strict=True))
    known, said = sources(), []
    for (indicator, source_id, period), part in rows.groupby(["indicator", "source_id", "year_text"], sort=False):
        listed = [f"{names[row['department_code']]} {number(row['value'])}" for row in records(part)]
        said.append(
            _(
                "{name}, {publisher}, {period}: {departments}.",
                name=indicator_names()[str(indicator)],
                publisher=known[str(source_id)]["publisher"],
                period=period,
                departments=enumerate_names(listed),
            )
        )
    return [*said, *_narino_gaps(rows)]


def _narino_gaps(rows: pd.DataFrame) -> list[str]:
    """What is not held for Nariño: neither as a department nor summed from its municipalities."""
    from geo import indicators

    mine, monthly = rows[rows["department_code"] == "52"], set(table("indicators")["indicator_id"])
    here, said = set(mine["indicator"]), []
    if not any(code.startswith("kidnapping") for code in here):
        lasts = [indicators.indicator(code).last for code in monthly if code.startswith("kidnapping")]
        said.append(
            _(
                "No figure of kidnapping in Nariño after {date} is held; up to then, the sum of its municipalities "
                "is below.",
                date=day(max(lasts)),
            )
            if lasts
            else _("No figure of kidnapping in Nariño is held.")
        )
    if not any("extor" in code for code in here | monthly):
        said.append(_("No figure of extortion in Nariño is held."))
    return said


def municipal_figures(years: int = 5) -> list[str]:
    """Return what is held by municipality: CNMH's kidnapping victims by year, and that extortion is not held."""
    from geo import indicators

    spec = indicators.indicator("kidnapping_cnmh")
    values = table("values_year")
    mine = values[values["indicator_id"] == "kidnapping_cnmh"]
    last = spec.last.year if (spec.last.month, spec.last.day) == (12, 31) else spec.last.year - 1
    said = []
    for name, rows in (("Colombia", mine), ("Nariño", mine[mine["divipola"].str.startswith("52")])):
        by_year = rows.groupby("year")["value"].sum()
        listed = [f"{year}: {number(by_year.get(year, 0))}" for year in range(last - years + 1, last + 1)]
        said.append(_("Kidnapping victims in {place}, CNMH: {years}.", place=name, years=", ".join(listed)))
    said.append(
        _(
            "By municipality, kidnapping is held from CNMH to {date} only: it says nothing of later years.",
            date=day(spec.last),
        )
    )
    if not any("extor" in code for code in table("indicators")["indicator_id"]):
        said.append(_("Extortion by municipality is not held: nothing can be drawn on the map."))
    return said
