"""What press and Ombudsman report of two groups in a region and period: clashes, alliances, truces, splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.ceasefire_clashes import Period, Scope
from components.ceasefire_rows import party_name
from components.i18n import _, enumerate_names, pick
from components.markup import text
from components.peace_process_words import Cited, cited, short_month
from components.rows import records


@dataclass(frozen=True)
class Relation:
    """What sources report of two groups: clash, alliance, truce, split or merger."""

    names: tuple[str, str]
    relation: str
    when: str
    text: str
    sources: tuple[Cited, ...]


def relation_words(code: str) -> str:
    """Return a relation in words."""
    return {
        "clash": _("clash"),
        "alliance": _("alliance"),
        "split": _("split"),
        "merge": _("merger"),
        "truce": _("truce"),
    }.get(code, code)


def relations(
    rows: pd.DataFrame,
    areas: pd.DataFrame,
    cited_by: pd.DataFrame,
    groups: Mapping[str, Mapping[str, Any]],
    sources: Mapping[str, Mapping[str, Any]],
    scope: Scope,
    period: Period,
) -> list[Relation]:
    """Return the relations reported in a scope that touch a period, the latest first."""
    here = _relations_here(areas, scope)
    last = rows["to"].fillna(rows["from"])
    kept = rows[rows["relation_id"].isin(here) & (rows["from"] <= period.last) & (last >= period.first)]
    by_relation = cited_by.groupby("relation_id")["source_id"].agg(list).to_dict()
    return [
        Relation(
            names=(party_name(groups, row["group_a"]), party_name(groups, row["group_b"])),
            relation=row["relation"],
            when=short_month(row["from"])
            if pd.isna(row["to"]) or short_month(row["to"]) == short_month(row["from"])
            else f"{short_month(row['from'])} – {short_month(row['to'])}",
            text=pick(row, "text"),
            sources=tuple(cited(sources[key]) for key in by_relation.get(row["relation_id"], [row["source_id"]])),
        )
        for row in records(kept.sort_values(["from", "relation_id"], ascending=False))
    ]


def _relations_here(areas: pd.DataFrame, scope: Scope) -> set[str]:
    if scope.codes is None and not scope.department:
        return set(areas["relation_id"])
    codes = scope.codes
    inside = (
        areas["code"].str.startswith(scope.department)
        if codes is None
        else areas["code"].isin(list(codes)) | areas["code"].isin({code[:2] for code in codes})
    )
    return set(areas.loc[inside | (areas["level"] == "nation"), "relation_id"])


def relations_html(found: Sequence[Relation]) -> str:
    """Return relations as a list, each with its sources."""
    items = "".join(
        f'<li><span class="cf-when">{text(one.when)}</span><div>{text(one.text)}<br>'
        f'<span class="cf-tag">{text(relation_words(one.relation))}</span> '
        f'<span class="cf-source">{text(enumerate_names(list(one.names)))} · '
        f"{' · '.join(source.html() for source in one.sources)}</span></div></li>"
        for one in found
    )
    return f'<ol class="cf-events">{items}</ol>'
