"""The tables of Total Peace: what happened at each in each year, and its last reported state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from components.i18n import _, number, partial_day, pick
from components.markup import details, swatch, text
from components.peace_process_words import (
    PROCESS_FAMILIES,
    Cited,
    all_cited,
    legal_status,
    partial_bound,
    sources,
    sources_html,
)
from components.rows import records
from data.store import table
from geo import symbology

YEARS = (2022, 2023, 2024, 2025, 2026)
# Two rows are halves of tables that split: the EMC's (July 2024) and Segunda Marquetalia's (November 2024).
SPLIT_FROM = {"embf": "emc", "cneb": "sm"}


@dataclass(frozen=True)
class Negotiation:
    """One row of the board, every text in the reader's language.

    `years` holds (year, what happened); a year without a word is blank, and `opened_year` tells whether the table
    existed then. `reported` is the day of the last report as its source gives it, `reported_iso` the same for sorting.
    """

    process_id: str
    event_process: str
    name: str
    colour: str
    frame: str
    opened: str
    opened_year: int
    years: tuple[tuple[int, str], ...]
    state: str
    reported: str
    reported_iso: str
    guarantors: str
    delegates: str
    sources: tuple[Cited, ...]


def negotiations() -> list[Negotiation]:
    """Return the eleven rows in the order of the table of processes."""
    known = sources()
    said = {(row["process_id"], int(row["year"])): pick(row, "status") for row in records(table("process_years"))}
    return [
        Negotiation(
            process_id=row["process_id"],
            event_process=row["event_process"],
            name=pick(row, "name"),
            colour=symbology.hue(PROCESS_FAMILIES[row["event_process"]]).full,
            frame=legal_status(row["legal_status"]),
            opened=partial_day(row["table_opened"]),
            opened_year=partial_bound(row["table_opened"]).year,
            years=tuple((year, said.get((row["process_id"], year), "")) for year in YEARS),
            state=pick(row, "last_state"),
            reported=partial_day(row["last_known_date"]),
            reported_iso=row["last_known_date"],
            guarantors=pick(row, "guarantors"),
            delegates=pick(row, "delegates"),
            sources=all_cited(row, known, "source2_url"),
        )
        for row in records(table("processes"))
    ]


def headline(rows: Sequence[Negotiation]) -> str:
    """Return the board in one sentence."""
    newest = max(rows, key=lambda row: row.reported_iso)
    oldest = min(rows, key=lambda row: row.reported_iso)
    return _(
        "{tables} negotiation tables of Total Peace in {rows} rows, because two split; the last reports on them run "
        "from {oldest} to {newest}",
        tables=number(len([row for row in rows if row.process_id not in SPLIT_FROM])),
        rows=number(len(rows)),
        oldest=oldest.reported,
        newest=newest.reported,
    )


def headline_of(row: Negotiation) -> str:
    """Return one table in one sentence."""
    return _(
        "{name}: {frame}, opened {opened}; last reported {date}",
        name=row.name,
        frame=row.frame,
        opened=row.opened,
        date=row.reported,
    )


def board_html(rows: Sequence[Negotiation], chosen: Collection[str] = ()) -> str:
    """Return the board as a table; on a narrow screen every row becomes a block."""
    shown = [row for row in rows if not chosen or row.process_id in chosen]
    heads = [_("Negotiation table"), *(str(year) for year in YEARS), _("Last reported state")]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(_row(row, bool(chosen)) for row in shown)
    return f'<table class="pp-board"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(row: Negotiation, unfolded: bool) -> str:
    split = SPLIT_FROM.get(row.process_id)
    parent = {"emc": "EMC", "sm": "Segunda Marquetalia"}.get(split or "", "")
    note = f'<span class="pp-muted">{text(_("split from the table with {name}", name=parent))}</span>' if split else ""
    head = (
        f'<th scope="row">{swatch(row.colour)}<b>{text(row.name)}</b>{note}'
        f'<span class="pp-chip">{text(row.frame)}</span>'
        f'<span class="pp-muted">{text(_("opened {date}", date=row.opened))}</span></th>'
    )
    years = "".join(_year(row, year, status) for year, status in row.years)
    last = (
        f'<td class="pp-last" data-label="{text(_("Last reported state"))}">'
        f"<b>{text(_('Last reported {date}', date=row.reported))}</b> {text(row.state)}{_who(row, unfolded)}</td>"
    )
    return f"<tr>{head}{years}{last}</tr>"


def _year(row: Negotiation, year: int, status: str) -> str:
    if status:
        return f'<td data-label="{year}">{text(status)}</td>'
    nothing = _("no table yet") if year < row.opened_year else _("no record")
    return f'<td class="pp-nothing" data-label="{year}">{text(nothing)}</td>'


def _who(row: Negotiation, unfolded: bool) -> str:
    facts = "".join(
        f"<p><b>{text(label)}</b> {text(value)}</p>"
        for label, value in ((_("Guarantors."), row.guarantors), (_("Delegates."), row.delegates))
        if value
    )
    body = f"{facts}<p>{sources_html(row.sources)}</p>"
    if unfolded:
        return f'<div class="pp-who">{body}</div>'
    return details(text(_("Guarantors, delegates, sources")), body)
