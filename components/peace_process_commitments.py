"""The commitments with Comuneros del Sur as a board: state, who is responsible, evidence and its date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.i18n import _, enumerate_names, ngettext, number, partial_day, pick
from components.markup import details, link, text
from components.minimap import Area
from components.peace_process_words import (
    PLEDGED_WORKS,
    STATES,
    Cited,
    area_name,
    area_of,
    cited,
    party,
    second,
    sources,
    sources_html,
    state_name,
    subject,
)
from components.rows import records
from data.store import table

# Columns of the board; two rare states share one.
COLUMNS = (("done",), ("under_way",), ("not_started", "broken"), ("unclear",), ("no_evidence",))


@dataclass(frozen=True)
class Commitment:
    """One commitment, every text in the reader's language; `evidence_iso` is blank when no evidence is dated."""

    commitment_id: str
    origin: str
    made: str
    party: str
    category: str
    area: str
    text: str
    state: str
    evidence: str
    evidence_iso: str
    evidence_url: str
    places: Mapping[str, str]
    source: Cited


def state_of(row: Mapping[str, Any]) -> str:
    """Return the state on the board: what nobody reports on is *no evidence found*, not merely unknown."""
    if row["status"] != "unknown":
        return row["status"]
    return "unclear" if row["evidence_date_text"] else "no_evidence"


def commitments() -> list[Commitment]:
    """Return all commitments in the order of their table."""
    known, places = sources(), _places()
    return [
        Commitment(
            commitment_id=row["commitment_id"],
            origin=_origin(row),
            made=partial_day(row["agreement_date"]),
            party=party(row["party"]),
            category=row["category"],
            area=area_of(row["category"]),
            text=pick(row, "text"),
            state=state_of(row),
            evidence=pick(row, "evidence"),
            evidence_iso=row["evidence_date_text"],
            evidence_url=row["evidence_url"],
            places=places.get(row["commitment_id"], {}),
            source=cited(known[row["source_id"]]),
        )
        for row in records(table("commitments"))
    ]


def _places() -> dict[str, dict[str, str]]:
    names = dict(zip(table("municipalities")["divipola"], table("municipalities")["name"], strict=True))
    found: dict[str, dict[str, str]] = {}
    for row in records(table("commitment_municipalities")):
        found.setdefault(row["commitment_id"], {})[row["divipola"]] = str(names[row["divipola"]])
    return found


def _origin(row: Mapping[str, Any]) -> str:
    return {
        "numbered": _("Agreement {number}", number=row["agreement_no"]),
        "number_not_confirmed": _("One of agreements {number}, number not confirmed", number=row["agreement_no"]),
        "session": _("Session of the table"),
        "government_pledge": _("Government pledge"),
        "legal_guarantee": _("Legal guarantee"),
        "consultation": _("Prior consultation"),
        "unnumbered": _("Announcement without a number"),
    }[row["agreement_kind"]]


def headline(chosen: Sequence[Commitment]) -> str:
    """Return the board in one sentence."""
    count = Counter(item.state for item in chosen)
    parts = [_counted(state, count[state]) for state in STATES if count[state]]
    return ngettext(
        "{n} commitment with Comuneros del Sur: {states}",
        "{n} commitments with Comuneros del Sur: {states}",
        len(chosen),
        states=enumerate_names(parts),
    )


def _counted(state: str, n: int) -> str:
    words = {
        "done": ngettext("{n} reported done", "{n} reported done", n),
        "under_way": ngettext("{n} reported under way", "{n} reported under way", n),
        "not_started": ngettext("{n} not started", "{n} not started", n),
        "broken": ngettext("{n} not met", "{n} not met", n),
        "unclear": ngettext("{n} that the evidence does not settle", "{n} that the evidence does not settle", n),
        "no_evidence": ngettext("{n} without any evidence found", "{n} without any evidence found", n),
    }
    return words[state]


def newest_evidence(chosen: Sequence[Commitment]) -> str:
    """Return the date of the newest evidence in words; blank when there is none."""
    dated = [item.evidence_iso for item in chosen if item.evidence_iso]
    return partial_day(max(dated)) if dated else ""


def of_area(every: Sequence[Commitment], area: str) -> list[Commitment]:
    """Return the commitments of one agreed area; all when it is blank."""
    return [item for item in every if not area or item.area == area]


def board_html(chosen: Sequence[Commitment], address: Callable[[str], str], selected: str = "") -> str:
    """Return the board: one column per state, side by side on a wide screen, below one another on a narrow one.

    `address` gives the link that opens one commitment.
    """
    columns = "".join(
        f'<section class="pp-column">{"".join(_state(state, chosen, address, selected) for state in states)}</section>'
        for states in COLUMNS
        if any(item.state in states for item in chosen)
    )
    return f'<div class="pp-columns">{columns}</div>'


def _state(state: str, chosen: Sequence[Commitment], address: Callable[[str], str], selected: str) -> str:
    mine = [item for item in chosen if item.state == state]
    if not mine:
        return ""
    cards = "".join(card_html(item, address, chosen=item.commitment_id == selected) for item in mine)
    return f'<h2 class="pp-state pp-{state}">{text(state_name(state))} <b>{number(len(mine))}</b></h2>{cards}'


def card_html(item: Commitment, address: Callable[[str], str], *, chosen: bool = False, unfolded: bool = False) -> str:
    """Return one commitment: subject, words, who is responsible, and its evidence folded below unless `unfolded`."""
    evidence = (
        _("Evidence of {date}.", date=partial_day(item.evidence_iso)) if item.evidence_iso else _("No evidence found.")
    )
    read = link(item.evidence_url, _("Read it")) if item.evidence_url and item.evidence_iso else ""
    body = (
        f"<p>{text(item.evidence)} {read}</p>"
        f"<p><b>{text(_('Commitment'))}</b> {text(item.origin)}, {text(item.made)}. "
        f"{text(_('Source of the commitment:'))} {sources_html((item.source, *_pledge(item)))}</p>{_where(item)}"
        f'<p><a class="pp-permalink" href="{text(address(item.commitment_id))}" target="_self">'
        f"{text(_('Link to this commitment'))}</a></p>"
    )
    below = f"<p><b>{text(evidence)}</b></p>{body}" if unfolded else details(text(evidence), body)
    return (
        f'<article class="pp-card{" pp-chosen" if chosen or unfolded else ""}">'
        f'<p class="pp-muted">{text(subject(item.category))} · {text(area_name(item.area))}</p><p>{text(item.text)}</p>'
        f"<p class='pp-muted'>{text(_('Responsible: {party}', party=item.party))}</p>"
        f"{below}</article>"
    )


def _pledge(item: Commitment) -> tuple[Cited, ...]:
    """Without evidence the address held is that of the commitment itself."""
    found = (
        second(item.evidence_url, sources()) if not item.evidence_iso and item.evidence_url != item.source.url else None
    )
    return (found,) if found else ()


def _where(item: Commitment) -> str:
    if not item.places:
        return ""
    names = enumerate_names(list(item.places.values()))
    return f'<p class="pp-muted">{text(_("Signed in or meant for: {places}", places=names))}</p>'


def works_html(every: Sequence[Commitment]) -> str:
    """Return the pledged public works, each with its state: what nobody reports on is said to have no evidence."""
    works = [item for work in PLEDGED_WORKS for item in every if item.category == work]
    tiles = "".join(
        f"<li><b>{text(subject(item.category))}</b>"
        f'<span class="pp-state pp-{item.state}">{text(state_name(item.state))}</span>'
        f"<span class='pp-muted'>{text(item.origin)}, {text(item.made)} · {item.source.html()}</span></li>"
        for item in works
    )
    return f'<ul class="pp-works">{tiles}</ul>'


def areas(chosen: Sequence[Commitment]) -> dict[str, Area]:
    """Return the map: a disc per municipality where commitments were signed or are meant for, larger for more."""
    count: Counter[str] = Counter(code for item in chosen for code in item.places)
    names = {code: name for item in chosen for code, name in item.places.items()}
    return {code: Area(dot=4 + 2.2 * n**0.5, name=f"{names[code]} ({n})") for code, n in count.items()}


def map_words(chosen: Sequence[Commitment]) -> str:
    """Return the map in one sentence, for those who cannot see it."""
    count: Counter[str] = Counter(name for item in chosen for name in item.places.values())
    listed = enumerate_names([f"{name} ({n})" for name, n in count.most_common()])
    return _("Map: where commitments were signed or are meant for: {places}.", places=listed)
