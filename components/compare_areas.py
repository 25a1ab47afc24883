"""The areas of a comparison: what a link names, what a reader can choose, and what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import cache
from components.i18n import _, day
from components.view import NOTHING, ViewState, shortest_region
from data.store import data_version, table
from geo import regions
from geo.comparison import Area, Condition, area_of, area_of_set

DEFAULT = ("subregion:Abades", "subregion:Telembí", "52", "CO")
CEASEFIRE = "ceasefire"


def chosen(view: ViewState) -> tuple[str, ...]:
    """Return the areas that a view compares, as links write them; the page's own choice when it names none."""
    return tuple(key for key in view.compare or DEFAULT if key != NOTHING)


def areas(view: ViewState) -> list[Area]:
    """Return the areas of a view with their municipalities."""
    return [_area(view, key) for key in chosen(view)]


def _area(view: ViewState, key: str) -> Area:
    if "@" not in key:
        return _region(data_version(), key)
    condition = Condition.parse(key)
    return area_of_set(condition, _meeting(view, condition))


@st.cache_resource(max_entries=256, show_spinner=False)
def _region(version: str, key: str) -> Area:
    return area_of(regions.Region.parse(key), key)


def _meeting(view: ViewState, condition: Condition) -> Sequence[str]:
    """Municipalities in which a condition holds, by the view's evidence window and floor of confidence."""
    if condition.kind == "group":
        rows = cache.reported(view.with_(groups=()), condition.on)
        return rows.loc[rows["group_id"] == condition.group, "divipola"].tolist()
    rows = cache.drawn_ceasefires(view, condition.on)
    painted = (rows["class"] == CEASEFIRE) & (rows["status"] == "in_force") & rows["attested"]
    return rows.loc[painted, "divipola"].tolist()


def name(key: str) -> str:
    """Return what an area is called in tables and sentences."""
    if "@" not in key:
        return _names(data_version())[key]
    condition = Condition.parse(key)
    on = day(condition.on, "medium")
    if condition.kind == "group":
        group = cache.group_names((condition.group,))[condition.group]
        return _("Municipalities with {group} reported on {date}", group=group, date=on)
    return _("Municipalities with a ceasefire in force on {date}", date=on)


def in_sentence(area: Area) -> str:
    """Return what an area is called inside a sentence."""
    called = name(area.key)
    return called[0].lower() + called[1:] if area.is_set else called


def kind(area: Area) -> str:
    """Return what kind of area it is, in words."""
    if area.is_set:
        return _("by condition")
    return kind_words()[area.level]


def kind_words() -> dict[str, str]:
    """Return the kinds of regions in words."""
    return {
        "municipality": _("municipality"),
        "subregion": _("subregion of Nariño"),
        "pdet": _("PDET subregion"),
        "department": _("department"),
        "nation": _("nation"),
    }


def peers(area: Area) -> str:
    """Return whom an area is ranked among, in words."""
    return {
        "municipality": _("municipalities"),
        "subregion": _("subregions of Nariño"),
        "pdet": _("PDET subregions"),
        "department": _("departments"),
    }.get(area.level, "")


def options() -> dict[str, str]:
    """Return every region that can be chosen, with its label: nation, departments, subregions, municipalities."""
    kinds = kind_words()
    names = _names(data_version())
    order: tuple[regions.Kind, ...] = ("nation", "department", "subregion", "pdet", "municipality")
    labels = {}
    for level in order:
        for key in _keys(data_version(), level):
            labels[key] = names[key] if level == "municipality" else f"{names[key]} · {kinds[level]}"
    return labels


@st.cache_resource(max_entries=12, show_spinner=False)
def _keys(version: str, level: regions.Kind) -> tuple[str, ...]:
    names = _names(version)
    return tuple(
        sorted(
            (shortest_region(str(region)) for region in regions.regions(level)), key=lambda key: names[key].casefold()
        )
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _names(version: str) -> dict[str, str]:
    """Names of all regions: a municipality with its department, since many share a name."""
    frame = table("municipalities")
    names = {regions.NATION: "Colombia"}
    names |= {
        str(code): f"{place} ({department})"
        for code, place, department in zip(frame["divipola"], frame["name"], frame["department"], strict=True)
    }
    names |= dict(zip(frame["department_code"], frame["department"], strict=True))
    for level in ("subregion", "pdet"):
        names |= {str(region): region.code for region in regions.regions(level)}
    return names


def condition_key(group: str, on: date) -> str:
    """Return the key of municipalities with a ceasefire in force (blank group) or with a group reported."""
    return str(Condition("group", on, group) if group else Condition("ceasefire", on))
