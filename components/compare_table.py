"""The tables of the comparison as HTML: figures, groups reported, ceasefires and zones; data is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from components import compare_areas, compare_words
from components.compare_chart import sparkline
from components.compare_figures import Comparison, Row
from components.i18n import _, age, ngettext, number
from components.markup import link, swatch, text
from components.texts import level as level_words
from geo.comparison import Area


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
    """One group over all areas; None where it is not reported."""

    name: str
    colour: str
    cells: Sequence[Cell | None]


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
        compare_words.period_words(comparison.period) if comparison.period else _("Value"),
        _("Change"),
        _("Beside the nation"),
        _("Rank"),
        _("Course"),
    )
    head = "".join(f"<th scope='col'>{text(word)}</th>" for word in heads)
    body = "".join(_figure_row(row, comparison, heads, row is comparison.reference) for row in comparison.all_rows)
    return f"<table class='compare'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


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
    if row.now is None or row.now.value is None:
        return f"<span class='nothing'>{text(shown)}</span>"
    if comparison.measure != "rate":
        return f"<b>{text(shown)}</b>"
    count = compare_words.figure_words(row, "count")
    people = number(row.now.population) if row.now.population else ""
    note = _("{count} among {people} people", count=count, people=people) if people else count
    return f"<b>{text(shown)}</b><small>{text(note)}</small>"


def _change(row: Row, comparison: Comparison) -> str:
    verdict = row.change.verdict
    words = compare_words.change_words(row.change)
    if verdict == "no_record":
        return f"<span class='nothing'>{text(words)}</span>"
    counts = ""
    if row.before and row.now and row.before.value is not None and row.now.value is not None:
        before, now = (number(value, 0 if value >= 10 or value == int(value) else 1) for value in _counts(row))
        counts = f"<small>{text(_('from {before} to {now}', before=before, now=now))}</small>"
    if verdict in ("too_few", "not_comparable"):
        return f"<span class='nothing'>{text(words)}</span>{counts}"
    return f"<b>{text(words)}</b>{counts}"


def _counts(row: Row) -> tuple[float, float]:
    assert row.before is not None
    assert row.now is not None
    return float(row.before.value or 0), float(row.now.value or 0)


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
        f"<tr><th scope='row'>{swatch(line.colour)}{text(line.name)}</th>"
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


def _group_cell(cell: Cell) -> str:
    share = percent(cell.share)
    places = ngettext("{n} municipality", "{n} municipalities", cell.municipalities)
    disputed = f", {_('disputed in {n}', n=number(cell.disputed))}" if cell.disputed else ""
    note = _("{places} · up to {level}{disputed}", places=places, level=level_words(cell.level), disputed=disputed)
    newest = newest_words(cell.age_days)
    bar = f"<span class='bar' style='--share:{cell.share * 100:.0f}%'><b>{text(share)}</b></span>"
    return f"{bar}<small>{text(note)} · {text(newest)}</small>"


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


def percent(share: float) -> str:
    """Return a share in percent; a share that is not zero never reads as zero."""
    return "< 1 %" if 0 < share < 0.01 else f"{number(share * 100)} %"


def evidence_words(reported: int, members: int, age_days: int | None) -> str:
    """Return in how many municipalities of an area anybody is reported, and how old the newest evidence is."""
    if not members:
        return _("no municipality")
    if age_days is None:
        return _("nobody reported; no record is not peace")
    share = percent(reported / members)
    places = _("{n} of {total} municipalities ({share})", n=number(reported), total=number(members), share=share)
    return f"{places} · {newest_words(age_days)}"


def newest_words(age_days: int) -> str:
    """Return how old the newest evidence is."""
    return _("newest evidence {age} old", age=age(age_days)) if age_days else _("newest evidence of that day")
