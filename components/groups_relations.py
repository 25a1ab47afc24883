"""Who clashes or allies with whom, where and when: as coded from press and alerts, and as UCDP counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import minimap
from components.groups_words import groups, period, relation, short_name, sources_html
from components.i18n import _, enumerate_names, month, ngettext, number, pick
from components.markup import text
from components.rows import by_id, records
from components.texts import confidence
from data.store import table

HOSTILE, FRIENDLY = "#7e0605", "#1f4e5f"
# How UCDP names the groups; a side that joins several names none of them alone.
UCDP_NAMES = {
    "ELN": "eln",
    "EGC": "egc",
    "FARC-EMC": "emc",
    "EMBF": "embf",
    "FARC - Segunda Marquetalia": "segunda_marquetalia",
    "Autodefensas Conquistadoras de la Sierra Nevada": "acsn",
    "Los Costenos": "los_costenos",
    "Los Pepes": "los_pepes",
    "Los Papalópez": "los_papalopez",
    "La Terraza": "la_terraza",
    "La Nueva Generación del Freseo": "nueva_generacion_freseo",
    "Los Shottas": "shottas",
    "Los Espartanos": "espartanos",
    "Los Flacos": "los_flacos",
    "Norteños": "nortenos_sucre",
    "Autodefensas Campesinas de Nariño": "autodefensas_campesinas_narino",
    "El Mesa gang": "el_mesa",
    "El Ajizal": "el_ajizal",
    "Los Venezolanos": "los_venezolanos_itagui",
    "EPL–Los Pelusos": "epl",
    "La Cordillera gang": "la_cordillera",
    "Los Innombrables": "los_innombrables",
    "Tren de Aragua": "tren_de_aragua",
}
BETWEEN_GROUPS = 2
# The old release, up to 2018, misses most fighting between groups, and 2019 to 2022 are not held.
UCDP_FIRST = pd.Timestamp("2023-01-01")


@dataclass(frozen=True)
class Relation:
    """One relation as the page shows it."""

    relation_id: str
    kind: str
    sides: tuple[str, str]
    when: str
    first: pd.Timestamp
    places: tuple[tuple[str, str], ...]
    words: str
    confidence: str
    sources: str


def relations(group_id: str) -> list[Relation]:
    """Return the relations of a group, newest first."""
    known, named, sources = groups(), _place_names(), by_id(table("sources"), "source_id")
    areas, more = table("group_relation_areas"), table("group_relation_sources")
    found = []
    for row in records(table("group_relations").sort_values("from", ascending=False)):
        if group_id not in (row["group_a"], row["group_b"]):
            continue
        codes = areas.loc[areas["relation_id"] == row["relation_id"], "code"]
        other = more.loc[more["relation_id"] == row["relation_id"], "source_id"]
        found.append(
            Relation(
                relation_id=row["relation_id"],
                kind=row["relation"],
                sides=(short_name(row["group_a"], known), short_name(row["group_b"], known)),
                when=period(row["from"], row["to"], moment=row["relation"] in ("split", "merge")),
                first=row["from"],
                places=tuple((code, named[code]) for code in codes),
                words=pick(row, "text"),
                confidence=confidence(row["confidence"]),
                sources=sources_html([row["source_id"], *other], sources),
            )
        )
    return found


def _place_names() -> dict[str, str]:
    rows = table("municipalities")
    names = dict(zip(rows["department_code"], rows["department"], strict=True))
    return {"CO": "Colombia", **names, **dict(zip(rows["divipola"], rows["name"], strict=True))}


def list_html(found: Sequence[Relation]) -> str:
    """Return relations as a list; where and when stand before the words, sources after them."""
    return f'<ul class="gr-list">{"".join(_item(one) for one in found)}</ul>'


def _item(one: Relation) -> str:
    first, second = one.sides
    within = first == second
    who = _("within {name}", name=first) if within else f"{first} – {second}"
    where = enumerate_names([name for _code, name in one.places])
    note = ""
    if one.kind == "truce":
        said = _("A pledge made in talks: no ceasefire.")
        note = f' <span class="gr-muted">{text(said)}</span>'
    css = {"clash": "hostile", "alliance": "friendly", "merge": "friendly"}.get(one.kind, "other")
    return (
        f'<li><span class="gr-chip {css}">{text(relation(one.kind))}</span> <b>{text(who)}</b> · {text(one.when)} · '
        f"{text(where)}<p>{text(one.words)}{note} <span class='gr-muted'>{one.sources} · {text(one.confidence)}</span>"
        "</p></li>"
    )


def areas(found: Sequence[Relation]) -> dict[str, minimap.Area]:
    """Return the municipalities of clashes (full discs) and of alliances only (rings); larger, more relations."""
    clashes = _counts(found, ("clash",))
    friends = _counts(found, ("alliance", "merge", "truce"))
    drawn = {code: _disc(count, FRIENDLY, hollow=True) for code, (count, _name) in friends.items()}
    drawn |= {code: _disc(count, HOSTILE, hollow=False) for code, (count, _name) in clashes.items()}
    named = {**friends, **clashes}
    if len(named) > 9:
        return drawn
    return {
        code: minimap.Area(dot=a.dot, colour=a.colour, hollow=a.hollow, name=named[code][1])
        for code, a in drawn.items()
    }


def _disc(count: int, colour: str, *, hollow: bool) -> minimap.Area:
    return minimap.Area(dot=3.4 + 1.3 * count**0.5, colour=colour, hollow=hollow)


def _counts(found: Sequence[Relation], kinds: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    counts: dict[str, tuple[int, str]] = {}
    for one in found:
        for code, name in one.places if one.kind in kinds else ():
            if len(code) == 5:
                counts[code] = (counts.get(code, (0, ""))[0] + 1, name)
    return counts


def map_words(name: str, found: Sequence[Relation]) -> str:
    """Return the map in a sentence."""
    clashes, friends = _counts(found, ("clash",)), _counts(found, ("alliance", "merge", "truce"))
    return _(
        "{name}: clashes or disputes in {clashes} municipalities (full discs), alliances, mergers or pledges in "
        "{friends} (rings where nobody clashed).",
        name=name,
        clashes=number(len(clashes)),
        friends=number(len(friends)),
    )


def dyads(group_id: str) -> pd.DataFrame:
    """Return UCDP's events between groups that name this group, by rival.

    Returns
    -------
    pandas.DataFrame
        ``rival`` (as UCDP names it), ``events``, ``deaths``, ``municipalities``, ``first``, ``last`` (months), most
        events first. From 2023 on, without provisional events.
    """
    rows = table("ucdp_events")
    rows = rows[(rows["type_of_violence"] == BETWEEN_GROUPS) & ~rows["provisional"] & (rows["month"] >= UCDP_FIRST)]
    named = [name for name, group in UCDP_NAMES.items() if group == group_id]
    first, second = ([_in(str(sides), named) for sides in rows[side]] for side in ("side_a", "side_b"))
    rivals = [b if here else a for here, a, b in zip(first, rows["side_a"], rows["side_b"], strict=True)]
    either = [here or there for here, there in zip(first, second, strict=True)]
    mine = rows.assign(rival=rivals)[either]
    return (
        mine.groupby("rival")
        .agg(
            events=("events", "sum"),
            deaths=("deaths", "sum"),
            municipalities=("divipola", "nunique"),
            first=("month", "min"),
            last=("month", "max"),
        )
        .sort_values("events", ascending=False)
        .reset_index()
    )


def _in(sides: str, named: Sequence[str]) -> bool:
    return any(side.strip() in named for side in sides.split(","))


def dyads_html(found: pd.DataFrame) -> str:
    """Return UCDP's dyads as a table."""
    heads = [_("Against"), _("Events"), _("Deaths"), _("Municipalities"), _("From month"), _("To month")]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(_dyad(row, heads) for row in records(found))
    return f'<table class="gr-table counts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _dyad(row: Mapping[str, Any], heads: Sequence[str]) -> str:
    cells = [
        number(row["events"]),
        number(row["deaths"]),
        number(row["municipalities"]),
        month(row["first"]),
        month(row["last"]),
    ]
    body = "".join(
        f'<td class="num" data-label="{text(name)}">{text(cell)}</td>'
        for name, cell in zip(heads[1:], cells, strict=True)
    )
    return f'<tr><th scope="row">{text(row["rival"])}</th>{body}</tr>'


def coverage_note() -> str:
    """Return what the table of relations covers and what it leaves out."""
    return _(
        "Relations were coded for Nariño from press and alerts; splits also for the nation. A clash elsewhere is not "
        "in this list: for the nation see what UCDP counts."
    )


def events_words(found: pd.DataFrame) -> str:
    """Return UCDP's events between groups in a sentence."""
    return ngettext(
        "UCDP counts {n} lethal event with another group",
        "UCDP counts {n} lethal events with other groups",
        int(found["events"].sum()),
    )
