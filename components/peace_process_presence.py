"""The talks' list against the evidence: who reports Comuneros del Sur in which municipality, publisher by publisher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from components import texts
from components.i18n import _, day, enumerate_names, month, ngettext, number, pick
from components.markup import link, text
from components.minimap import Area
from components.peace_process_words import COMUNEROS, Cited, cited, short_month, sources
from components.rows import by_id, records
from data.store import table
from geo import symbology

FAMILY = "comuneros"
# Publishers whose work covers the whole department stand first; every press outlet is a publisher of its own.
FIRST_PUBLISHERS = ("Pares", "Gobernación de Nariño", "Defensoría del Pueblo")


@dataclass(frozen=True)
class Report:
    """One publisher's newest report in one municipality; `since_split` is false when it speaks of the ELN's front.

    `when` is the date as the source gives it, `short` the same in the room of a cell.
    """

    level: str
    when: str
    short: str
    attested_to: date
    since_split: bool
    term: str
    caveat: str
    source: Cited


@dataclass(frozen=True)
class Line:
    """One municipality: whether the talks list it, and each publisher's newest report there."""

    divipola: str
    name: str
    priority: bool
    reports: Mapping[str, Report]

    @property
    def publishers(self) -> list[str]:
        """Publishers that report the group here since the split."""
        return [name for name, report in self.reports.items() if report.since_split]


@dataclass(frozen=True)
class Matrix:
    """Municipalities against publishers; the talks' municipalities first, then those outside the list."""

    publishers: tuple[str, ...]
    lines: tuple[Line, ...]
    split: date


def split_day() -> date:
    """Return the first day on which Comuneros del Sur stood apart from the ELN."""
    lineage = table("group_lineage")
    rows = lineage[(lineage["child"] == COMUNEROS) & (lineage["relation"] == "split_from")]
    return rows["from"].iloc[0].date()


def matrix() -> Matrix:
    """Return the matrix, computed from the presence table and the list of the talks."""
    split, known = split_day(), sources()
    names = dict(zip(table("municipalities")["divipola"], table("municipalities")["name"], strict=True))
    listed = set(table("talks_municipalities").query("group_id == @COMUNEROS")["divipola"])
    presence = table("presence")
    rows = presence[presence["group_id"] == COMUNEROS].sort_values("attested_to")
    caveats = by_id(table("caveats"), "caveat_id")
    reports: dict[str, dict[str, Report]] = {code: {} for code in listed}
    for row in records(rows):
        source = cited(known[row["source_id"]])
        report = _report(row, source, split, caveats)
        reports.setdefault(row["divipola"], {})[source.publisher] = report
    lines = [Line(code, str(names[code]), code in listed, found) for code, found in reports.items()]
    lines.sort(key=lambda line: (not line.priority, -len(line.publishers), line.name))
    return Matrix(_publishers(lines), tuple(lines), split)


def _report(
    row: Mapping[str, object], source: Cited, split: date, caveats: Mapping[str, Mapping[str, object]]
) -> Report:
    first, last = pd.Timestamp(str(row["valid_from"])), pd.Timestamp(str(row["attested_to"]))
    caveat = row["caveat_id"]
    return Report(
        level=str(row["level"]),
        when=_when(first, last, str(row["precision"])),
        short=str(last.year) if row["precision"] == "year" else short_month(last),
        attested_to=last.date(),
        since_split=last.date() >= split,
        term=str(row["source_term"]),
        caveat=pick(caveats[caveat], "text") if isinstance(caveat, str) and caveat in caveats else "",
        source=source,
    )


def _when(first: pd.Timestamp, last: pd.Timestamp, precision: str) -> str:
    if precision == "year":
        return str(last.year)
    return month(last) if first.day == 1 and last.is_month_end else day(last)


def _publishers(lines: Sequence[Line]) -> tuple[str, ...]:
    count: dict[str, int] = {}
    for line in lines:
        for name, report in line.reports.items():
            count[name] = count.get(name, 0) + (100 if report.since_split else 1)
    first = [name for name in FIRST_PUBLISHERS if name in count]
    return (*first, *sorted((name for name in count if name not in first), key=lambda name: (-count[name], name)))


def headline(found: Matrix) -> str:
    """Return what the list and the evidence have in common, in one sentence."""
    listed = [line for line in found.lines if line.priority]
    several = [line for line in listed if len(line.publishers) > 1]
    alone = [line for line in listed if len(line.publishers) == 1]
    outside = [line for line in found.lines if not line.priority and line.publishers]
    sentence = _(
        "Of the {n} municipalities of the talks, {k} are reported by two or more publishers since the split; "
        "{m} more are outside the list",
        n=number(len(listed)),
        k=number(len(several)),
        m=number(len(outside)),
    )
    if not alone:
        return sentence
    single = ngettext(
        "one publisher alone names {places}",
        "one publisher alone names each of {places}",
        len(alone),
        places=enumerate_names([line.name for line in alone]),
    )
    return f"{sentence}; {single}"


def count_of(found: Matrix, publisher: str) -> tuple[int, int]:
    """Return how many municipalities a publisher names since the split: of the talks' list, and outside it."""
    mine = [line for line in found.lines if publisher in line.publishers]
    return sum(line.priority for line in mine), sum(not line.priority for line in mine)


def matrix_html(found: Matrix) -> str:
    """Return the matrix as a table: municipalities down, publishers across, the newest report in each cell.

    On a phone every municipality is a block that lists only who reports the group there, each level in words.
    """
    heads = "".join(f'<th scope="col"><span>{text(name)}</span></th>' for name in found.publishers)
    count = f'<th scope="col">{text(_("Publishers"))}</th>'
    head = f'<tr><th scope="col">{text(_("Municipality"))}</th>{count}{heads}</tr>'
    body = "".join(
        f'<tr class="pp-divide"><th scope="rowgroup" colspan="{len(found.publishers) + 2}">{text(title)}</th></tr>'
        + "".join(_line(line, found.publishers) for line in found.lines if line.priority is priority)
        for title, priority in ((_("On the list of the talks"), True), (_("Outside the list"), False))
    )
    return (
        f'<div class="pp-scroll" tabindex="0"><table class="pp-matrix"><thead>{head}</thead><tbody>{body}</tbody>'
        f"<tfoot>{_totals(found)}</tfoot></table></div>"
    )


def _line(line: Line, publishers: Sequence[str]) -> str:
    cells = "".join(_cell(line.reports.get(name), name) for name in publishers)
    count = f'<td class="pp-count" data-label="{text(_("Publishers"))}">{number(len(line.publishers))}</td>'
    return f'<tr><th scope="row">{text(line.name)}</th>{count}{cells}</tr>'


def _cell(report: Report | None, publisher: str) -> str:
    if report is None:
        return f'<td class="pp-empty" aria-label="{text(_("not named"))}"></td>'
    level = texts.level(report.level)
    parts = [level, report.when, report.term, report.caveat]
    if not report.since_split:
        parts.append(_("Before the split: the group was the ELN's front."))
    css = "pp-report" if report.since_split else "pp-report pp-before"
    return (
        f'<td class="{css}" title="{text(" · ".join(part for part in parts if part))}" data-label="{text(publisher)}">'
        f"{level_swatch(report.level)}"
        f'<span class="pp-level">{text(level)}</span>{link(report.source.url, report.short)}</td>'
    )


def level_swatch(level: str) -> str:
    """Return a small square in the pattern of a level, as the map draws it."""
    hue = symbology.hue(FAMILY)
    lines = f"repeating-linear-gradient(135deg,{hue.full} 0 2px,{symbology.PAPER} 2px 5px)"
    ground = {"influence": hue.tint, "control": hue.full}.get(level, lines)
    ring = f"outline:2px solid {symbology.INK};" if level == "dispute" else ""
    return f'<span class="swatch" style="background:{ground};{ring}" aria-hidden="true"></span>'


def _totals(found: Matrix) -> str:
    cells = "".join(
        f'<td class="pp-total" data-label="{text(name)}">{_count(*count_of(found, name))}</td>'
        for name in found.publishers
    )
    title = text(_("Since the split: listed + outside"))
    return f'<tr><th scope="row">{title}</th><td class="pp-empty"></td>{cells}</tr>'


def _count(listed: int, outside: int) -> str:
    return text(f"{number(listed)} + {number(outside)}")


def areas(found: Matrix) -> dict[str, Area]:
    """Return the map: the highest level reported since the split; the talks' municipalities outlined and named."""
    drawn = {}
    for line in found.lines:
        levels = [report.level for report in line.reports.values() if report.since_split]
        style = symbology.presence_style([(FAMILY, level) for level in levels]) if levels else None
        if line.priority or levels:
            drawn[line.divipola] = Area(style=style, name=line.name, selected=line.priority)
    return drawn


def map_words(found: Matrix) -> str:
    """Return the map in one sentence, for those who cannot see it."""
    return _(
        "Map: outlined, the municipalities of the talks ({listed}); coloured, where a publisher reports the group "
        "since the split ({reported}).",
        listed=enumerate_names([line.name for line in found.lines if line.priority]),
        reported=enumerate_names([line.name for line in found.lines if line.publishers]),
    )
