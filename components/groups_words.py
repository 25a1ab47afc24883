"""Words of the armed groups in the reader's language: names, kinds, relations, dates as their sources give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from components.cited import cited
from components.i18n import _, day, language, month, partial_day, pick
from components.rows import by_id
from data.store import table

LINEAGE = ("split_from", "part_of", "absorbed_by", "franchise_of", "alleged_link")
RELATIONS = ("clash", "alliance", "truce", "split", "merge")
STATE = "gov"


def groups() -> dict[str, dict[str, Any]]:
    """Return every group by its id."""
    return by_id(table("groups"), "group_id")


def short_name(group_id: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the short name of a group, or of the State."""
    if group_id == STATE:
        return _("the State")
    return pick(known[group_id], "short_name") if group_id in known else group_id


# Spanish names that a sentence does not carry without their article.
_ARTICLES = {
    "el": ("eln", "emc", "embf", "egc", "bloque_jacobo_arenas", "cco", "epl", "frente_57"),
    "la": ("segunda_marquetalia", "cneb", "cgp"),
    "las": ("farc_ep", "aun", "acsn"),
    "los": ("comandos_frontera",),
}


def in_sentence(group_id: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the short name of a group as a sentence carries it: in Spanish some take their article."""
    name = short_name(group_id, known)
    article = next((word for word, ids in _ARTICLES.items() if group_id in ids), "")
    return f"{article} {name}" if article and language() == "es" else name


def contracted(sentence: str) -> str:
    """Return a sentence with the contractions of Spanish (del, al) and a capital at its beginning."""
    if language() == "es":
        sentence = sentence.replace(" de el ", " del ").replace("A el ", "Al ").replace(" a el ", " al ")
    return sentence[:1].upper() + sentence[1:]


def kind(code: str) -> str:
    """Return what kind of group it is."""
    return {
        "guerrilla": _("guerrilla"),
        "farc_dissident": _("dissidents of the FARC"),
        "paramilitary_successor": _("successor of the paramilitaries"),
        "local_band": _("local armed band"),
        "foreign_group": _("group from abroad"),
        "placeholder": _("not a group: reports that name nobody"),
    }.get(code, code)


def lineage(relation: str) -> str:
    """Return a relation of lineage as a heading or a legend names it."""
    return {
        "split_from": _("Split from"),
        "part_of": _("Part of"),
        "absorbed_by": _("Absorbed by"),
        "franchise_of": _("Franchise of"),
        "alleged_link": _("Alleged link, disputed"),
    }.get(relation, relation)


def lineage_sentence(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row of the lineage as one sentence with its dates; a missing date is said."""
    child, parent = in_sentence(row["child"], known), in_sentence(row["parent"], known)
    words = {
        "split_from": _("{child} split from {parent}", child=child, parent=parent),
        "part_of": _("{child} is reported as part of {parent}", child=child, parent=parent),
        "absorbed_by": _("{child} was absorbed by {parent}", child=child, parent=parent),
        "franchise_of": _("{child} worked as a franchise of {parent}", child=child, parent=parent),
        "alleged_link": _("{child} is said to be linked to {parent}: disputed", child=child, parent=parent),
    }[row["relation"]]
    first, last = str(row["from_text"]), str(row["to_text"])
    lasting = row["relation"] in ("part_of", "franchise_of", "alleged_link")
    dates = _("since {date}", date=partial_day(first)) if lasting and first and not last else span(first, last)
    return f"{contracted(words)} ({dates})"


def span(first: str, last: str) -> str:
    """Return two partial dates in words: a day, a period, one open end, or that none is on record."""
    if first and first == last:
        return partial_day(first)
    if first and last:
        return _("{first} to {last}", first=partial_day(first), last=partial_day(last))
    if first:
        return partial_day(first)
    if last:
        return _("until {date}, from an unknown date", date=partial_day(last))
    return _("undated")


def relation(code: str) -> str:
    """Return what happened between two groups; a truce of this table is a pledge and no ceasefire."""
    return {
        "clash": _("Clash or dispute"),
        "alliance": _("Alliance"),
        "split": _("Split"),
        "merge": _("Merger"),
        "truce": _("Pledge to lower hostilities"),
    }.get(code, code)


def period(first: pd.Timestamp, last: Any, *, moment: bool = False) -> str:
    """Return the days of a relation no finer than they look: whole years and months are said as such.

    A `moment` (a split, a merger) has no end that could be missing.
    """
    if pd.isna(last):
        if moment:
            return _edge(first, first.day == 1)
        return _("from {date}; no end on record", date=_edge(first, first.day == 1))
    if first == last:
        return day(first)
    whole_months = first.day == 1 and last.is_month_end
    if whole_months and first.month == 1 and last.month == 12:
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    if last.is_month_end and (first.year, first.month) == (last.year, last.month):
        return month(first)
    return _("{first} to {last}", first=_edge(first, first.day == 1), last=_edge(last, last.is_month_end))


def _edge(on: pd.Timestamp, whole: bool) -> str:
    return month(on) if whole else day(on)


def sources_html(ids: Any, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return sources one after the other, each a link with its date."""
    found = dict.fromkeys(str(code) for code in ids)
    return " · ".join(source_html(known[code]) for code in found)


def source_html(row: Mapping[str, Any]) -> str:
    """Return one source as a link with the outlet through which it was read and its date."""
    return cited(row).html()
