"""State-group clashes against clashes between groups: the sentence, the table of dyads and the maps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.ceasefire_rows import Ceasefire
from components.i18n import _, day, enumerate_names, month, ngettext, number
from components.markup import text
from components.minimap import Area
from components.peace_process_words import short_month
from components.rows import records
from components.timeline import ACCENT
from geo import clashes

COLOURS = {1: ACCENT, 2: "#a3141f", 3: "#b07a1c"}
MOST_DYADS = 12


@dataclass(frozen=True)
class Scope:
    """What is looked at: a name, and a department, municipalities (one ceasefire's ground), or neither (the nation)."""

    name: str
    department: str = ""
    codes: frozenset[str] | None = None
    ceasefire: Ceasefire | None = None


@dataclass(frozen=True)
class Period:
    """Whole months between two days, and how the source holds them: whole, incomplete or gap."""

    first: pd.Timestamp
    last: pd.Timestamp
    kind: str

    @property
    def words(self) -> str:
        """The period in words."""
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return month(self.first)
        if self.first.month == 1 and self.last.month == 12:
            return str(self.first.year) if self.first.year == self.last.year else f"{self.first.year}-{self.last.year}"
        return _("{first} to {last}", first=month(self.first), last=month(self.last))

    @property
    def short(self) -> str:
        """The period in as little room as it takes."""
        return self.words if self.words[0].isdigit() else f"{short_month(self.first)} – {short_month(self.last)}"


def type_name(code: int) -> str:
    """Return a type of violence in words."""
    return {
        1: _("The State against groups"),
        2: _("Between groups"),
        3: _("Against civilians"),
    }[code]


def side_name(side: str) -> str:
    """Return a side of a dyad; UCDP's own names stay as they are, what is no name is put into words."""
    if side == clashes.STATE:
        return _("State forces")
    if side == clashes.CIVILIANS:
        return _("civilians")
    return _("unnamed actor") if side.startswith(clashes.UNNAMED) else side


def headline(scope: Scope, period: Period, events: pd.DataFrame, *, own: bool = True) -> str:
    """Return what the period holds in one sentence: the three types, never added.

    `own` says that the period is that of the ceasefire whose ground it is.
    """
    counts = {kind: clashes.total(events, kind)[0] for kind in clashes.TYPES}
    parts = {
        "state": ngettext(
            "{n} lethal clash between the State and a group",
            "{n} lethal clashes between the State and groups",
            counts[1],
        ),
        "groups": ngettext("{n} between groups", "{n} between groups", counts[2]),
        "civilians": ngettext("{n} attack on civilians", "{n} attacks on civilians", counts[3]),
    }
    if scope.ceasefire is None:
        return _(
            "{place}, {period}: UCDP records {state}, {groups} and {civilians}",
            place=scope.name,
            period=period.words,
            **parts,
        )
    said = {"title": scope.ceasefire.title, "period": period.words, **parts}
    if own:
        return _(
            "On the ground of “{title}” in its months in force ({period}), UCDP records {state}, {groups} and "
            "{civilians}",
            **said,
        )
    return _(
        "On the ground of “{title}” in other months ({period}), UCDP records {state}, {groups} and {civilians}", **said
    )


def remarks(scope: Scope, period: Period, hidden: int, unplaced: Mapping[int, int]) -> list[str]:
    """Return what must be known to read the figures of a period.

    Parameters
    ----------
    hidden
        Provisional events that are not counted.
    unplaced
        Events without a municipality by type: of the region, which counts them, or, where single municipalities are
        looked at, of the nation.
    """
    found = []
    if scope.ceasefire is not None and scope.ceasefire.start and scope.ceasefire.binds != "territory":
        found.append(
            _(
                "Its ground: where its party was reported on the eve of {day}; it binds people, not places.",
                day=day(scope.ceasefire.start),
            )
        )
    if period.kind == "incomplete":
        found.append(
            _(
                "Incomplete at the source: from 2012 to 2018 an old release misses most clashes between groups and "
                "attacks on civilians, and 2026 is not settled. Nothing can be compared with other years."
            )
        )
    if hidden:
        found.append(
            ngettext(
                "{n} provisional event of these months is hidden.",
                "{n} provisional events of these months are hidden.",
                hidden,
            )
        )
    if unplaced:
        found.append(_unplaced(scope, unplaced))
    return found


def _unplaced(scope: Scope, counts: Mapping[int, int]) -> str:
    count = sum(counts.values())
    if scope.codes is not None:
        return ngettext(
            "{n} event of these months has no municipality at the source and is not counted here.",
            "{n} events of these months have no municipality at the source and are not counted here.",
            count,
        )
    kinds = enumerate_names([f"{type_name(kind)}: {number(each)}" for kind, each in sorted(counts.items())])
    return ngettext(
        "{n} event has no municipality at the source ({kinds}): it counts here, and in no municipality or map.",
        "{n} events have no municipality at the source ({kinds}): they count here, and in no municipality or map.",
        count,
        kinds=kinds,
    )


def dyads_html(events: pd.DataFrame, parties: Collection[str], known: Mapping[str, str]) -> str:
    """Return who fights whom as a table, by type.

    Parameters
    ----------
    parties
        Group ids whose rows are marked: the parties of a ceasefire and what stood under them.
    known
        Group id by UCDP's name of a side.
    """
    found = clashes.dyads(events)
    head = "".join(f'<th scope="col">{text(words)}</th>' for words in (_("Who and whom"), *_figure_names()))
    body = ""
    for kind in clashes.TYPES:
        mine = records(found[found["type"] == kind])
        count, deaths = clashes.total(events, kind)
        title = f"{type_name(kind)}: {number(count)}" if mine else f"{type_name(kind)}: {_('none recorded')}"
        words = f" · {ngettext('{n} death', '{n} deaths', deaths)}" if mine else ""
        body += f'<tr class="cf-group"><th scope="rowgroup" colspan="6" class="cf-left">{text(title + words)}</th></tr>'
        body += "".join(_dyad(row, parties, known) for row in mine[:MOST_DYADS])
        rest = mine[MOST_DYADS:]
        if rest:
            body += _rest(rest)
    return (
        f'<div class="cf-scroll" tabindex="0"><table class="cf-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _figure_names() -> tuple[str, ...]:
    return _("Events"), _("Deaths"), _("Municipalities"), _("First"), _("Last")


def _figures(cells: Sequence[str]) -> str:
    pairs = zip(_figure_names(), cells, strict=False)
    return "".join(f'<td data-label="{text(name)}">{text(cell)}</td>' for name, cell in pairs)


def _dyad(row: Mapping[str, Any], parties: Collection[str], known: Mapping[str, str]) -> str:
    party = any(clashes.involves(row[side], parties, known) for side in ("side_a", "side_b"))
    join = _("against") if row["type"] != clashes.NON_STATE else "–"
    name = f"{side_name(row['side_a'])} {join} {side_name(row['side_b'])}"
    mark = f' <span class="cf-tag">{text(_("party to the ceasefire"))}</span>' if party else ""
    cells = (
        number(row["events"]),
        number(row["deaths"]),
        number(row["municipalities"]),
        short_month(row["first"]),
        short_month(row["last"]),
    )
    css = ' class="cf-party"' if party else ""
    return f'<tr{css}><th scope="row">{text(name)}{mark}</th>{_figures(cells)}</tr>'


def _rest(rows: Sequence[Mapping[str, Any]]) -> str:
    name = ngettext("{n} more pair", "{n} more pairs", len(rows))
    figures = (number(sum(row["events"] for row in rows)), number(sum(row["deaths"] for row in rows)))
    return f'<tr><th scope="row">{text(name)}</th>{_figures(figures)}<td colspan="3"></td></tr>'


def deaths_note() -> str:
    """Return why UCDP may count an event and no death in it."""
    return _(
        "Deaths are UCDP's best estimate, which can be 0: UCDP counts an event when its best, its low or its high "
        "estimate has at least one direct death."
    )


def discs(counts: Mapping[str, int], kind: int, most: int) -> dict[str, Area]:
    """Return municipalities as discs whose area grows with the events; `most` has the largest in all maps alike."""
    return {
        code: Area(dot=2.2 + 11.0 * (count / max(most, 1)) ** 0.5, colour=COLOURS[kind])
        for code, count in counts.items()
        if count
    }


def map_caption(events: pd.DataFrame, kind: int) -> tuple[str, str]:
    """Return the title of a type's map and what it shows."""
    counts = clashes.by_municipality(events, kind)
    return type_name(kind), ngettext("{n} municipality with events", "{n} municipalities with events", len(counts))
