"""How fresh a figure is: embedded or downloaded, up to what day, and which publisher's stretch of a series it is from.

Everything here reads provenance and returns words; nothing draws.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from components.i18n import _, day, language, month
from components.rows import by_id, grouped
from data import overlaid
from data.store import embedded, table

TRAILING_MONTHS = 12


@dataclass(frozen=True)
class Stretch:
    """A part of a series that came in one piece.

    ``downloaded`` is null for what is embedded; ``cut`` is an ISO date, cut to month or year, and empty when unknown.
    """

    first: date
    last: date
    publisher: str
    source_id: str
    cut: str
    downloaded: date | None


def stretches(indicator_id: str, first: date, last: date) -> list[Stretch]:
    """Return the stretches that a period touches, in order of time; the nearest one when it touches none."""
    own = sorted(grouped(overlaid.provenance(), "indicator_id").get(indicator_id, []), key=lambda row: row["from"])
    start, end = pd.Timestamp(first), pd.Timestamp(last)
    touched = [row for row in own if row["from"] <= end and row["to"] >= start]
    return [_stretch(row) for row in (touched or own[-1:])]


def _stretch(row: dict[str, Any]) -> Stretch:
    retrieved = str(row["retrieved_at"])[:10]
    downloaded = date.fromisoformat(retrieved) if row["origin"] != overlaid.EMBEDDED and retrieved else None
    cut = _short(date.fromisoformat(row["cut_date"])) if isinstance(row["cut_date"], str) else _embedded_cut(row)
    return Stretch(row["from"].date(), row["to"].date(), str(row["publisher"]), str(row["source_id"]), cut, downloaded)


def _embedded_cut(row: dict[str, Any]) -> str:
    """Last day the embedded series covers, without a day or month that would only say that the period is whole."""
    if row["origin"] != overlaid.EMBEDDED:
        return ""
    rows = by_id(embedded("indicators"), "indicator_id")
    last, frequency = rows[row["indicator_id"]]["last"], rows[row["indicator_id"]]["frequency"]
    if frequency == "year" and (last.month, last.day) == (12, 31):
        return f"{last:%Y}"
    return _short(last.date())


def _short(on: date) -> str:
    """ISO day, or month where the day would only say that the month is whole."""
    return f"{on:%Y-%m}" if pd.Timestamp(on).is_month_end else on.isoformat()


def badge(indicator_id: str, first: date, last: date) -> str:
    """Return in a few words whether a figure is embedded or downloaded, and up to what day its data reach."""
    return "; ".join(dict.fromkeys(_badge(each) for each in stretches(indicator_id, first, last)))


def _badge(stretch: Stretch) -> str:
    if stretch.downloaded is None:
        return _("embedded, cut {cut}", cut=stretch.cut) if stretch.cut else _("embedded")
    when = stretch.downloaded.isoformat()
    if not stretch.cut:
        return _("downloaded {date}", date=when)
    return _("downloaded {date}, cut {cut}", date=when, cut=stretch.cut)


def publisher(indicator_id: str, first: date, last: date) -> str:
    """Return who published the figures of a period; two names where it reaches over the seam of two series."""
    return " / ".join(dict.fromkeys(each.publisher for each in stretches(indicator_id, first, last)))


def is_fresh(indicator_id: str) -> bool:
    """Whether any part of a series was downloaded."""
    stretches_of = grouped(overlaid.provenance(), "indicator_id").get(indicator_id, [])
    return any(row["origin"] != overlaid.EMBEDDED for row in stretches_of)


def months_held(indicator_id: str) -> int | None:
    """Return how many whole months of a monthly series are held, when they are fewer than the twelve that a map and a
    line count; None for every other series."""
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    if row["frequency"] != "month":
        return None
    after = (row["last"] + pd.Timedelta(days=1)).to_period("M")
    held = int((after - row["first"].to_period("M")).n)
    return held if held < TRAILING_MONTHS else None


def too_few_months(indicator_id: str, reason: str) -> bool:
    """Return whether a figure of twelve months is missing because fewer are held, and not for want of a record.

    `reason` is that of the figure; a series that is shorter than twelve months is too short at every date.
    """
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    return months_held(indicator_id) is not None or (row["frequency"] == "month" and reason == "partial_coverage")


def nothing_words(indicator_id: str, reason: str) -> str:
    """Return what stands in a legend for a map without figures where months are lacking; blank where they are not."""
    if months_held(indicator_id) is not None:
        return _("Fewer than twelve months held: no figure yet, and not zero")
    if too_few_months(indicator_id, reason):
        return _("Fewer than twelve months up to this date, or no record: not zero")
    return ""


def span_of(indicator_id: str) -> tuple[date, date]:
    """Return the first and last day of a series."""
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    return row["first"].date(), row["last"].date()


def break_notes(indicator_id: str, first: date, last: date) -> dict[date, str]:
    """Return each day between two dates from which a series does not compare with before, and why, in a sentence.

    The seams of downloads are named one by one; every other break shares the note of the embedded series.
    """
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    days = [date.fromisoformat(text) for text in str(row["breaks"]).split(";") if len(text) == 10]
    own = str(by_id(embedded("indicators"), "indicator_id").get(indicator_id, {}).get(f"break_note_{language()}", ""))
    seams = {each: _seam(*pair) for each, pair in _seams(indicator_id).items()}
    return {each: seams.get(each) or own for each in days if first <= each <= last}


def _seams(indicator_id: str) -> dict[date, tuple[Stretch, Stretch]]:
    """Return the first day of every stretch but the first, and what meets there."""
    held = stretches(indicator_id, date.min.replace(year=1700), date.max.replace(year=2200))
    return {after.first: (before, after) for before, after in itertools.pairwise(held)}


def _seam(before: Stretch, after: Stretch) -> str:
    said = {"date": day(after.first), "after": after.publisher, "badge": _badge(after), "other": _badge(before)}
    if before.publisher == after.publisher:
        return _(
            "From {date}: {after}, {badge}; before, {other}. Two vintages: earlier figures may since differ.", **said
        )
    return _(
        "From {date}: {after} ({badge}); before, {before} ({other}). Two publishers: do not compare across the break.",
        before=before.publisher,
        **said,
    )


def incomplete_notes(indicator_id: str, first: date, last: date) -> list[str]:
    """Return one sentence per span between two dates of which the source is known to miss a part."""
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    spans = [part.split("/") for part in str(row["incomplete"]).split(";") if "/" in part]
    days = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in sorted(spans)]
    return [_incomplete(row, a, b) for a, b in days if a <= last and b >= first]


def _incomplete(row: dict[str, Any], first: date, last: date) -> str:
    words = span_words(first, last)
    # Spanish months begin small, sentences do not.
    span = words[:1].upper() + words[1:]
    provisional = row["provisional_from"]
    if str(row["indicator_id"]).startswith("ucdp_") and pd.notna(provisional) and pd.Timestamp(last) >= provisional:
        return _("{span}: most events are still provisional and not counted.", span=span)
    if (last.year, last.month) == (first.year, first.month) and row["frequency"] == "month":
        return _("{span}: the month is not complete.", span=span)
    return _("{span}: the source misses a part; a zero may be a gap.", span=span)


def span_words(first: date, last: date) -> str:
    """Return a span of days as people say it: a year, years, a month, months or days."""
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_years:
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return _("{first} to {last}", first=month(first), last=month(last))


def notes(indicator_id: str, first: date, last: date) -> list[str]:
    """Return what must be said under a chart of a series: why it may have no line, every break and why, and where it
    is incomplete."""
    breaks = break_notes(indicator_id, first, last)
    seams = {each: pair for each, pair in _seams(indicator_id).items() if each in breaks}
    vintages = dict[str, list[tuple[Stretch, Stretch]]]()
    for before, after in seams.values():
        if before.publisher == after.publisher:
            vintages.setdefault(after.publisher, []).append((before, after))
    said = dict[str, list[date]]()
    for each, why in breaks.items():
        pairs = vintages.get(seams[each][1].publisher, []) if each in seams else []
        folded = len(pairs) > 1 and seams[each] in pairs
        said.setdefault(_vintages(pairs) if folded else why, []).append(each)
    told = [
        why if set(days) <= set(seams) and len(days) == 1 else _breaks(days, why) for why, days in said.items() if why
    ]
    clean = [re.sub(r"\s+", " ", each).strip() for each in (*told, *incomplete_notes(indicator_id, first, last))]
    return list(dict.fromkeys([*_too_short(indicator_id), *clean]))


def _vintages(pairs: Sequence[tuple[Stretch, Stretch]]) -> str:
    badges = dict.fromkeys(_badge(each) for pair in pairs for each in pair)
    return _(
        "vintages of {publisher} meet ({badges}); figures may differ between them.",
        publisher=pairs[0][1].publisher,
        badges="; ".join(badges),
    )


def _breaks(days: Iterable[date], why: str) -> str:
    return _("Breaks ({days}): {why}", days=_days(days), why=why)


def _too_short(indicator_id: str) -> list[str]:
    held = months_held(indicator_id)
    if held is None:
        return []
    return [
        _(
            "Fewer than twelve months are held ({span}): a line of twelve months has nothing to draw yet.",
            span=span_words(*span_of(indicator_id)),
        )
    ]


def _days(days: Iterable[date]) -> str:
    """Return days in order; first days of years as years, and three or more such years in a row as a span."""
    ordered = sorted(days)
    years = [each.year for each in ordered if (each.month, each.day) == (1, 1)]
    starts = [year for year in years if year - 1 not in years]
    spans = {start: next(year for year in itertools.count(start) if year + 1 not in years) for start in starts}
    said = []
    for each in ordered:
        if (each.month, each.day) != (1, 1):
            said.append(each.isoformat())
            continue
        start = max(year for year in starts if year <= each.year)
        if spans[start] - start < 2:
            said.append(str(each.year))
        elif each.year == start:
            said.append(f"{start}–{spans[start]}")
    return ", ".join(said)
