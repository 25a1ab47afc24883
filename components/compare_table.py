"""The tables of the comparison as HTML: figures, groups reported, ceasefires and zones; data is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from components import compare_areas, compare_words
from components.compare_chart import sparkline
from components.compare_figures import Comparison, Row
from components.i18n import _, age, ngettext, number, partial_day, percent
from components.markup import details, link, swatch, text
from components.rows import by_id
from components.texts import level as level_words
from data.store import table
from geo.comparison import Area

MOST_NAMED = 3


@dataclass(frozen=True)
class Cell:
    """One group in one area: in how many municipalities, of how many, at which levels, since when not renewed."""

    municipalities: int
    share: float
    level: str
    disputed: int
    age_days: int


@dataclass(frozen=True)
class GroupLine:
    """One group over all areas, with who reports it there; None where it is not reported."""

    name: str
    colour: str
    cells: Sequence[Cell | None]
    publishers: Sequence[str] = ()


@dataclass(frozen=True)
class Standing:
    """A ceasefire that makes municipalities meet a condition: in how many, and by its territory or by reports."""

    title: str
    municipalities: int
    by_report: bool
    publisher: str
    url: str


@dataclass(frozen=True)
class Source:
    """One source of reports, and how many of the reports shown are its own."""

    publisher: str
    title: str
    when: str
    url: str
    reports: int


@dataclass(frozen=True)
class Item:
    """One ceasefire or zone in an area."""

    title: str
    status: str
    where: str
    publisher: str
    url: str


def figures_html(comparison: Comparison) -> str:
    """Return the table of figures: one row per area, the nation last when it is only the reference."""
    heads = (
        _("Region"),
        _period_head(comparison),
        _("Change of the rate") if comparison.measure == "rate" else _("Change"),
        _("Beside the nation"),
        _("Rank"),
        _("Course"),
    )
    head = "".join(f"<th scope='col'>{text(word)}</th>" for word in heads)
    body = "".join(_figure_row(row, comparison, heads, row is comparison.reference) for row in comparison.all_rows)
    return f"<table class='compare'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _period_head(comparison: Comparison) -> str:
    if comparison.period is None:
        return _("Value")
    period = compare_words.period_words(comparison.period)
    if comparison.of_part:
        return _("{period}, not per year", period=period)
    return _("{period}, mean per year", period=period) if comparison.by_year else period


def _figure_row(row: Row, comparison: Comparison, heads: Sequence[str], reference: bool) -> str:
    about = _("for reference") if reference else _about(row.area)
    name = f"<th scope='row'>{text(row.name)}<small>{text(about)}</small></th>"
    values = (
        _value(row, comparison),
        _change(row, comparison),
        text(compare_words.against_words(row)),
        text(compare_words.rank_words(row)),
        _spark(row, comparison),
    )
    cells = "".join(
        f"<td data-label='{text(head)}'>{value}</td>" if value else "<td class='blank'></td>"
        for head, value in zip(heads[1:], values, strict=True)
    )
    return f"<tr{' class=reference' if reference else ''}>{name}{cells}</tr>"


def _about(area: Area) -> str:
    if area.level == "municipality" and not area.is_set:
        return compare_areas.kind(area)
    count = ngettext("{n} municipality", "{n} municipalities", len(area.members))
    return f"{compare_areas.kind(area)} · {count}"


def _value(row: Row, comparison: Comparison) -> str:
    shown = compare_words.figure_words(row, comparison.measure)
    if row.not_added:
        return _not_added(row, comparison, shown)
    if row.now is None or row.now.value is None:
        return f"<span class='nothing'>{text(shown)}</span>"
    if comparison.measure != "rate":
        return f"<b>{text(shown)}</b>"
    count = compare_words.figure_words(row, "count")
    people = number(row.now.population) if row.now.population else ""
    among = _("{count} among {people} people", count=count, people=people)
    if comparison.by_year:
        among = _("{count} in the whole period, among {people} people on average", count=count, people=people)
    return f"<b>{text(shown)}</b><small>{text(among if people else count)}</small>"


def _not_added(row: Row, comparison: Comparison, shown: str) -> str:
    """Why there is no sum, in how many municipalities there are figures, and the publisher's own total if any."""
    total = number(len(row.area.members))
    held = ngettext(
        "{n} of {total} municipalities has a record: see the map",
        "{n} of {total} municipalities have a record: see the map",
        row.recorded,
        total=total,
    )
    if row.published is None:
        return f"<span class='nothing'>{text(shown)}</span><small>{text(held)}</small>"
    source = by_id(table("sources"), "source_id")[row.published.source_id]
    when = partial_day(str(source["date_text"])) if source["date_text"] else ""
    named = link(str(source["url"]), ", ".join(part for part in (str(source["publisher"]), when) if part))
    note = _("total published by {source}, no sum", source=named)
    return f"<b>{text(shown)}</b><small>{note}</small><small>{text(held)}</small>"


def _change(row: Row, comparison: Comparison) -> str:
    verdict = row.change.verdict
    words = compare_words.change_words(row.change, row.before)
    if verdict == "no_record":
        # A census stands alone: nothing before it is missing.
        told = row.now is not None and row.now.value is not None and not comparison.spec.stands_on
        return f"<span class='nothing'>{text(words)}</span>" if told else ""
    numbers = f"<small>{text(compare_words.numbers_words(row, comparison))}</small>"
    if verdict in ("too_few", "not_comparable", "chance"):
        return f"<span class='nothing'>{text(words)}</span>{numbers}"
    return f"<b>{text(words)}</b>{numbers}"


def _spark(row: Row, comparison: Comparison) -> str:
    drawn = sparkline(row.series, comparison.measure) if row.series is not None else ""
    if not drawn:
        return ""
    source = b64encode(drawn.encode()).decode()
    alt = _("Course of the last ten years on its own scale")
    return f'<img alt="{text(alt)}" src="data:image/svg+xml;base64,{source}">'


def groups_html(names: Sequence[str], lines: Sequence[GroupLine], totals: Sequence[str]) -> str:
    """Return who is reported in which area, the most widely reported group first.

    Parameters
    ----------
    names
        The areas.
    lines
        The groups.
    totals
        For each area, in how many municipalities anybody is reported and how old the newest evidence is.
    """
    heads = "".join(f"<th scope='col'>{text(name)}</th>" for name in names)
    total = "".join(
        f"<td data-label='{text(name)}'>{text(words)}</td>" for name, words in zip(names, totals, strict=True)
    )
    first = f"<tr class='total'><th scope='row'>{text(_('Any group'))}</th>{total}</tr>"
    rows = "".join(
        f"<tr><th scope='row'>{swatch(line.colour)}{text(line.name)}<small>{text(_publishers(line))}</small></th>"
        + "".join(
            f"<td data-label='{text(name)}'>{_group_cell(cell)}</td>" if cell else "<td class='blank'></td>"
            for name, cell in zip(names, line.cells, strict=True)
        )
        + "</tr>"
        for line in lines
    )
    return (
        f"<table class='compare groups'><thead><tr><th scope='col'>{text(_('Group'))}</th>{heads}</tr></thead>"
        f"<tbody>{first}{rows}</tbody></table>"
    )


def _publishers(line: GroupLine) -> str:
    """Who reports a group: the publishers with most reports, and how many others."""
    return some_of(line.publishers)


def some_of(names: Sequence[str]) -> str:
    """Return the first names, and how many others there are: one more name is told, not counted."""
    if len(names) <= MOST_NAMED + 1:
        return ", ".join(names)
    more = len(names) - MOST_NAMED
    return ngettext("{names} and {n} other", "{names} and {n} others", more, names=", ".join(names[:MOST_NAMED]))


def _group_cell(cell: Cell) -> str:
    share = _share(cell.share)
    places = ngettext("{n} municipality", "{n} municipalities", cell.municipalities)
    disputed = f", {_('disputed in {n}', n=number(cell.disputed))}" if cell.disputed else ""
    note = _("{places} · up to {level}{disputed}", places=places, level=level_words(cell.level), disputed=disputed)
    newest = newest_words(cell.age_days)
    bar = f"<span class='bar' style='--share:{cell.share * 100:.0f}%'><b>{text(share)}</b></span>"
    return f"{bar}<small>{text(note)} · {text(newest)}</small>"


def standing_html(area: Area, ceasefires: Sequence[Standing], window: int) -> str:
    """Return which ceasefires make municipalities "with a ceasefire in force", and by what each of them counts."""
    count = ngettext("{n} municipality", "{n} municipalities", len(area.members))
    reports = ngettext("evidence of the last {n} month", "evidence of the last {n} months", window)
    about = _(
        "“{name}”: {count}, each whole and with all its people. Ceasefires in force on that day count; suspensions of "
        "operations, humanitarian pledges and truces between gangs do not. A ceasefire that binds a territory counts "
        "in all of it; one that binds a group counts where the group is reported ({reports}), which is not where it "
        "is in force by law. One municipality may be under several.",
        name=compare_areas.name(area.key),
        count=count,
        reports=reports,
    )
    rows = "".join(
        f"<li><b>{text(each.title)}</b> <small>{text(_basis(each))} · {link(each.url, each.publisher)}</small></li>"
        for each in ceasefires
    )
    return f"<div class='compare-standing'><p class='hint'>{text(about)}</p><ul>{rows}</ul></div>"


def _basis(each: Standing) -> str:
    if each.by_report:
        return ngettext(
            "{n} municipality where the party is reported",
            "{n} municipalities where the party is reported",
            each.municipalities,
        )
    return ngettext(
        "{n} municipality of its legal territory", "{n} municipalities of its legal territory", each.municipalities
    )


def sources_html(sources: Sequence[Source]) -> str:
    """Return who published the reports: the publishers in a line, each document with its date and link in a fold."""
    publishers = list(dict.fromkeys(source.publisher for source in sources))
    told = {
        "documents": ngettext("{n} document", "{n} documents", len(sources)),
        "publishers": ngettext("{n} publisher", "{n} publishers", len(publishers)),
    }
    count = _("Behind these reports: {documents} by {publishers}", **told)
    rows = "".join(f"<li>{_document(source)}<small>{text(_about_source(source))}</small></li>" for source in sources)
    summary = f"<b>{text(count)}</b> ({text(some_of(publishers))})"
    return f"<div class='compare-sources'>{details(summary, f'<ul>{rows}</ul>')}</div>" if sources else ""


def _document(source: Source) -> str:
    """A document as a link; one without a title is linked by the name of its publisher."""
    if not source.title.strip():
        return link(source.url, source.publisher)
    return f"{text(source.publisher)}: {link(source.url, source.title)}"


def _about_source(source: Source) -> str:
    reports = ngettext("{n} report", "{n} reports", source.reports)
    return f"{source.when} · {reports}" if source.when else reports


def items_html(columns: Sequence[tuple[str, Sequence[Item]]], nothing: str) -> str:
    """Return ceasefires or zones as one list per area; `nothing` stands where there is none."""
    blocks = "".join(
        f"<section><h3>{text(name)}</h3>{_list(items) if items else f'<p class=nothing>{text(nothing)}</p>'}</section>"
        for name, items in columns
    )
    return f"<div class='compare-columns'>{blocks}</div>"


def _list(items: Sequence[Item]) -> str:
    rows = "".join(
        f"<li><b>{text(item.title)}</b> <span class='level'>{text(item.status)}</span>"
        f"<small>{text(item.where)} · {link(item.url, item.publisher)}</small></li>"
        for item in items
    )
    return f"<ul>{rows}</ul>"


def _share(share: float) -> str:
    """Return a share in percent; a share that is not zero never reads as zero."""
    return f"< {percent(0.01)}" if 0 < share < 0.01 else percent(share)


def evidence_words(reported: int, members: int, age_days: int | None) -> str:
    """Return in how many municipalities of an area anybody is reported, and how old the newest evidence is."""
    if not members:
        return _("no municipality")
    if age_days is None:
        return _("nobody reported; no record is not peace")
    share = _share(reported / members)
    places = _("{n} of {total} municipalities ({share})", n=number(reported), total=number(members), share=share)
    return f"{places} · {newest_words(age_days)}"


def newest_words(age_days: int) -> str:
    """Return how old the newest evidence is."""
    return _("newest evidence {age} old", age=age(age_days)) if age_days else _("newest evidence of that day")
