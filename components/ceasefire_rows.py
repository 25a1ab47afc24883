"""Ceasefires, truces, suspensions and pledges as readers see them: every code in words, every row with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from components import texts
from components.i18n import _, day, enumerate_names, partial_day, pick
from components.peace_process_words import Cited, all_cited, sources
from components.rows import by_id, records
from data.store import table
from geo import ceasefires as rules

GOVERNMENT = rules.GOVERNMENT


@dataclass(frozen=True)
class Ceasefire:
    """One row of the table of ceasefires with its parties, in the reader's language.

    `armed` are the group ids of its armed parties, `parties` the names of all, `family` that of the first armed party;
    `places` are the departments and municipalities its text names. `announced` is the first day that a partial date
    may mean; a day that no source gives is None. `first` is the first day on which it is certainly on record, the one
    from which the status at a date speaks of it: of a partial announcement the last day that it may mean.
    """

    ceasefire_id: str
    parent_id: str
    relation: str
    class_: str
    kind: str
    title: str
    parties: tuple[str, ...]
    armed: tuple[str, ...]
    family: str
    announced: date | None
    announced_text: str
    start: date | None
    end: date | None
    attested_to: date | None
    outcome: str
    end_reason: str
    binds: str
    scope_level: str
    instrument: str
    text: str
    confidence: str
    sources: tuple[Cited, ...]
    first: date
    places: tuple[str, ...] = ()

    @property
    def took_effect(self) -> bool:
        """Whether a source says that it was in force."""
        return self.outcome == "took_effect"

    @property
    def has_months(self) -> bool:
        """Whether it was in force from a day that is known: without it there are no months to look at."""
        return self.took_effect and self.start is not None

    @property
    def last(self) -> date:
        """Last day that any source gives it."""
        days = [on for on in (self.end, self.attested_to, self.start, self.announced) if on]
        return max(self.first, days[0])


def ceasefires() -> list[Ceasefire]:
    """Return all rows, the earliest first."""
    known, groups = sources(), by_id(table("groups"), "group_id")
    parties = table("ceasefire_parties").groupby("ceasefire_id")["party"].agg(list).to_dict()
    places = _places()
    frame = table("ceasefires")
    rows = [
        _row(row, parties[row["ceasefire_id"]], groups, known, first.date(), places)
        for row, first in zip(records(frame), rules.known_from(frame), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.start or row.first, row.ceasefire_id))


def _places() -> dict[str, tuple[str, ...]]:
    """Names of the departments and municipalities that each ceasefire names."""
    units = table("municipalities")
    names = dict(zip(units["divipola"], units["name"], strict=True))
    names |= dict(zip(units["department_code"], units["department"], strict=True))
    found: dict[str, list[str]] = {}
    for row in records(table("ceasefire_areas")):
        if row["code"] in names:
            found.setdefault(row["ceasefire_id"], []).append(str(names[row["code"]]))
    return {key: tuple(named) for key, named in found.items()}


def _row(
    row: Mapping[str, Any],
    parties: Sequence[str],
    groups: Mapping[str, Any],
    known: Mapping[str, Any],
    first: date,
    places: Mapping[str, tuple[str, ...]],
) -> Ceasefire:
    armed = tuple(party for party in parties if party != GOVERNMENT)
    return Ceasefire(
        ceasefire_id=row["ceasefire_id"],
        parent_id=_text(row["parent_id"]),
        relation=_text(row["parent_relation"]),
        class_=row["class"],
        kind=row["kind"],
        title=pick(row, "title"),
        parties=tuple(party_name(groups, party) for party in parties),
        armed=armed,
        family=str(groups[armed[0]]["family"]) if armed else "unattributed",
        announced=_day(row["announced"]),
        announced_text=_text(row["announced_text"]),
        start=_day(row["start"]),
        end=_day(row["end"]),
        attested_to=_day(row["attested_to"]),
        outcome=row["outcome"],
        end_reason=row["end_reason"],
        binds=row["binds"],
        scope_level=row["scope_level"],
        instrument=pick(row, "legal_instrument"),
        text=pick(row, "text"),
        confidence=row["confidence"],
        sources=all_cited(row, known, "source2_url"),
        first=first,
        places=places.get(row["ceasefire_id"], ()),
    )


def _day(value: pd.Timestamp) -> date | None:
    return None if pd.isna(value) else value.date()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def party_name(groups: Mapping[str, Mapping[str, Any]], party: str) -> str:
    """Return the short name of a party without its explanation in brackets; the government is a party too."""
    if party == GOVERNMENT:
        return _("Government")
    return pick(groups[party], "short_name").split(" (")[0]


def statuses(on: date) -> dict[str, str]:
    """Return the status of every ceasefire at a date."""
    found = rules.status_at(table("ceasefires"), on)
    return {str(key): str(status) for key, status in found.items()}


def last_day(rows: Sequence[Ceasefire]) -> date:
    """Return the last day of which any row speaks."""
    return max(row.last for row in rows)


def family_of(rows: Sequence[Ceasefire], ceasefire_id: str) -> list[Ceasefire]:
    """Return a ceasefire with all that renews, extends, replaces or is part of it, the earliest first."""
    links = [(row.ceasefire_id, row.parent_id) for row in rows if row.parent_id]
    found, waiting = {ceasefire_id}, [ceasefire_id]
    while waiting:
        current = waiting.pop()
        near = {other for pair in links if current in pair for other in pair} - found
        found |= near
        waiting += near
    return [row for row in rows if row.ceasefire_id in found]


def matches(row: Ceasefire, status: str, words: str) -> bool:
    """Return whether every word of a search stands somewhere in a row, whatever its accents and capitals."""
    haystack = _plain(
        " ".join(
            (
                row.title,
                *row.parties,
                texts.ceasefire_class(row.class_),
                texts.ceasefire_kind(row.kind),
                texts.ceasefire_status(status),
                texts.end_reason(row.end_reason),
                scope_words(row.scope_level),
                row.instrument,
                row.text,
                row.announced_text,
                *(f"{on:%Y-%m-%d}" for on in (row.start, row.end) if on),
                *row.places,
                *(source.publisher for source in row.sources),
            )
        )
    )
    return all(word in haystack for word in _plain(words).split())


def _plain(words: str) -> str:
    import unicodedata

    spread = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def class_words(row: Ceasefire) -> str:
    """Return what a ceasefire is and who commits to it, where the second does not repeat the first."""
    name = texts.ceasefire_class(row.class_)
    return name if row.kind in ("suspension", "humanitarian") else f"{name}, {texts.ceasefire_kind(row.kind)}"


def scope_words(code: str) -> str:
    """Return over which ground a ceasefire holds, in words."""
    return {
        "nation": _("the whole country"),
        "nation_except_departments": _("the whole country except some departments"),
        "departments": _("named departments"),
        "municipalities": _("named municipalities"),
        "municipalities_undefined": _("municipalities that were never named"),
    }.get(code, code)


def binds_words(code: str) -> str:
    """Return what a ceasefire binds: people wherever they are, or ground."""
    return {
        "group": _("the group, wherever it is"),
        "territory": _("a territory"),
        "blocs": _("some blocs of the group, wherever they are"),
    }.get(code, code)


def relation_words(code: str) -> str:
    """Return how a row hangs on the one before it, in words."""
    return {
        "renews": _("renews"),
        "extends": _("extends"),
        "replaces": _("takes the place of"),
        "part_of": _("is part of"),
        "continues_for_a_faction": _("continues for a faction"),
    }.get(code, code)


def announced_words(row: Ceasefire) -> str:
    """Return when it was announced; a source that gives none says so."""
    return partial_day(row.announced_text) if row.announced_text else _("date not found")


def start_words(row: Ceasefire) -> str:
    """Return its first day in force in words."""
    if row.outcome == "never_took_effect":
        return _("never began") if row.start is None else _("was to begin on {day}", day=day(row.start))
    return day(row.start) if row.start else _("not known")


def end_words(row: Ceasefire) -> str:
    """Return its last day in force in words; an end that is not known is not an open end."""
    if row.end:
        return day(row.end)
    if row.outcome == "never_took_effect":
        return _("never began")
    if row.attested_to:
        return _("not known; last reported on {day}", day=day(row.attested_to))
    return _("not known")


def short_day(on: date | None, outcome: str) -> str:
    """Return a day as tables sort it, or what stands in its place."""
    if outcome == "never_took_effect":
        return _("never began")
    return f"{on:%Y-%m-%d}" if on else _("not known")


def headline(row: Ceasefire) -> str:
    """Return a ceasefire in one sentence: whether it was in force, from when to when, and why it ended."""
    if row.outcome == "never_took_effect":
        return _("{title}: announced, and never in force in any source read", title=row.title)
    if not row.took_effect:
        return _("{title}: announced; no source read says that it took effect", title=row.title)
    reason = texts.end_reason(row.end_reason)
    if row.start and row.end:
        return _(
            "{title}: in force from {start} to {end}; {reason}",
            title=row.title,
            start=day(row.start),
            end=day(row.end),
            reason=reason,
        )
    if row.start and row.attested_to and row.end_reason in ("ongoing", "unknown"):
        return _(
            "{title}: in force from {start}, last reported on {day}; what came after is not known",
            title=row.title,
            start=day(row.start),
            day=day(row.attested_to),
        )
    return _(
        "{title}: in force from {start}; {reason}, on a day that is not known",
        title=row.title,
        start=start_words(row),
        reason=reason,
    )


def all_headline(rows: Sequence[Ceasefire], status: Mapping[str, str], on: date) -> str:
    """Return the whole list in one sentence."""
    in_force = [row for row in rows if status[row.ceasefire_id] == "in_force"]
    never = sum(not row.took_effect for row in rows)
    opening = _(
        "Of {total} ceasefires, truces, suspensions and pledges on record since {year}, {never} never took effect or "
        "are not known to have done so",
        total=len(rows),
        year=min(row.first for row in rows).year,
        never=never,
    )
    first = min(rows, key=lambda row: row.first)
    if on < first.first:
        return _(
            "{opening}; {first}, and of {day} nothing is known here",
            opening=opening,
            first=_earliest(first),
            day=day(on),
        )
    if not in_force:
        return _("{opening}; none is reported in force on {day}", opening=opening, day=day(on))
    who = list(dict.fromkeys(name for row in in_force for name in row.parties if name != _("Government")))
    return _(
        "{opening}; in force on {day}: {n} ({who})",
        opening=opening,
        day=day(on),
        n=len(in_force),
        who=enumerate_names(who),
    )


def _earliest(row: Ceasefire) -> str:
    """How the list begins: the day of an announcement is not the first day in force."""
    if row.start is None or row.start == row.first:
        return _("the list begins on {first}", first=day(row.first))
    return _(
        "the first of the list was announced on {announced} and began on {start}",
        announced=day(row.first),
        start=day(row.start),
    )
