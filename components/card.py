"""The evidence card of a municipality: who is reported, what is counted, what touches it, and who says so.

`card_html` takes plain values and returns escaped HTML; every figure carries its publisher, its date and a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.i18n import _, ngettext
from components.markup import details, link, swatch, text


@dataclass(frozen=True)
class Evidence:
    """One report of one group in one municipality, in the source's own term."""

    when: str
    level: str
    term: str
    confidence: str
    publisher: str
    via: str
    url: str
    caveat: str


@dataclass(frozen=True)
class ReportedGroup:
    """One group reported here: its level as the reader's words and the evidence behind it, newest first."""

    name: str
    colour: str
    level: str
    newest: str
    evidence: Sequence[Evidence]


@dataclass(frozen=True)
class Figure:
    """One indicator here: value and period in words, publisher, how fresh it is (`cut`) and link."""

    name: str
    value: str
    period: str
    publisher: str
    cut: str
    url: str


@dataclass(frozen=True)
class Entry:
    """A ceasefire, zone or note that touches this municipality."""

    title: str
    status: str
    body: str
    publisher: str
    url: str


@dataclass(frozen=True)
class Card:
    """All that is known here at the date of the view."""

    title: str
    place: str
    facts: Sequence[str]
    on: str
    window: int
    groups: Sequence[ReportedGroup]
    figures: Sequence[Figure]
    ceasefires: Sequence[Entry]
    zones: Sequence[Entry]
    notes: Sequence[Entry]


def card_html(card: Card) -> str:
    """Return the card as HTML; every text of data in it is escaped."""
    head = f"<h2>{text(card.title)}</h2><p class='place'>{text(card.place)}</p>"
    facts = "".join(f"<li>{text(fact)}</li>" for fact in card.facts)
    parts = [
        head,
        f"<ul class='facts'>{facts}</ul>" if facts else "",
        _groups(card),
        _entries(_("Ceasefires on {date}", date=card.on), card.ceasefires),
        _entries(_("Special zones"), card.zones),
        _entries(_("Also on record"), card.notes),
        _figures(card.figures),
    ]
    return f"<article class='card'>{''.join(parts)}</article>"


def _groups(card: Card) -> str:
    title = f"<h3>{text(_('Reported armed groups'))}</h3>"
    if not card.groups:
        nothing = ngettext(
            "No source consulted reports a group here in the {n} month before {date}. No record is not peace.",
            "No source consulted reports a group here in the {n} months before {date}. No record is not peace.",
            card.window,
            date=card.on,
        )
        return f"{title}<p class='nothing'>{text(nothing)}</p>"
    return title + "".join(_group(group) for group in card.groups)


def _group(group: ReportedGroup) -> str:
    summary = (
        f"{swatch(group.colour)}<b>{text(group.name)}</b> <span class='level'>{text(group.level)}</span>"
        f"<span class='newest'>{text(group.newest)}</span>"
    )
    rows = "".join(f"<li>{_evidence(row)}</li>" for row in group.evidence)
    return details(summary, f"<ul class='evidence'>{rows}</ul>")


def _evidence(row: Evidence) -> str:
    term = f"<q>{text(row.term)}</q>" if row.term else ""
    via = f" {text(_('via {outlet}', outlet=row.via))}" if row.via else ""
    caveat = f"<p class='caveat'>{text(row.caveat)}</p>" if row.caveat else ""
    return (
        f"<b>{text(row.when)}</b> · {text(row.level)} · {term} {link(row.url, row.publisher)}{via} · "
        f"{text(row.confidence)}{caveat}"
    )


def _entries(title: str, entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    rows = "".join(
        details(
            f"<b>{text(entry.title)}</b> <span class='level'>{text(entry.status)}</span>",
            f"<p>{text(entry.body)} {link(entry.url, entry.publisher)}</p>",
        )
        for entry in entries
    )
    return f"<h3>{text(title)}</h3>{rows}"


def _figures(figures: Sequence[Figure]) -> str:
    if not figures:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{text(row.name)}</th><td>{text(row.value)}</td>"
        f"<td class='source'>{text(row.period)} · {link(row.url, row.publisher)}"
        f"{_badge(row.cut)}</td></tr>"
        for row in figures
    )
    return f"<h3>{text(_('Figures'))}</h3><table class='figures'>{rows}</table>"


def _badge(words: str) -> str:
    return f' <span class="fresh">{text(words)}</span>' if words else ""
