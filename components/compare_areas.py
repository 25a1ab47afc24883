"""The areas of a comparison: what a link names, what a reader can choose, and what each is called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd
import streamlit as st

from components import cache
from components.i18n import _, day, language
from components.server.assets import publish
from components.view import MAX_SELECTED, NOTHING, ViewState, shortest_region
from data.store import data_version, table
from geo import regions
from geo.comparison import Area, Condition, ConditionKind, area_of, area_of_set

DEFAULT = ("subregion:Abades", "subregion:Telembí", "52", "CO")
CEASEFIRE = "ceasefire"
Refusal = Literal["twice", "full"]


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
    return in_force(view, condition.on)["divipola"].tolist()


def in_force(view: ViewState, on: date) -> pd.DataFrame:
    """Return where each ceasefire counts that makes a municipality one "with a ceasefire in force": the painted ones.

    Rows of :func:`geo.ceasefires.drawn_at`; pledges, suspensions of operations and truces between gangs are left out.
    """
    rows = cache.drawn_ceasefires(view, on)
    return rows[(rows["class"] == CEASEFIRE) & (rows["status"] == "in_force") & rows["attested"]]


def nation() -> Area:
    """Return the nation, beside which every region is set."""
    return _region(data_version(), regions.NATION)


@dataclass(frozen=True)
class Early:
    """A condition of a link that asks for a day before its records begin: its name and its kind."""

    name: str
    kind: ConditionKind


def first_day() -> date:
    """Return the first day that a condition may ask for: that of the first reports of presence.

    Ceasefires are listed from 2012 on, but those of the first years bind groups, and where a group is can only be read
    off reports: before them every municipality would seem to be without one.
    """
    return cache.PRESENCE_FIRST


def first_ceasefire() -> date:
    """Return the first day of the list of ceasefires."""
    rows = table("ceasefires")
    return rows.loc[rows["class"] == CEASEFIRE, "start"].min().date()


def without_early(view: ViewState) -> tuple[ViewState, list[Early]]:
    """Return the view without the conditions at days that no record speaks of, and those conditions.

    Before its records begin nothing meets a condition: "0 municipalities" would be read as a finding.
    """
    conditions = {key: Condition.parse(key) for key in view.compare if "@" in key}
    early = {key: found for key, found in conditions.items() if found.on < first_day()}
    kept = tuple(key for key in view.compare if key not in early)
    told = [Early(name(key), found.kind) for key, found in early.items()]
    return (view.with_(compare=kept or (NOTHING,)), told) if early else (view, [])


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


def options() -> list[tuple[str, str, str]]:
    """Return every region that can be chosen: its key, its name, and what tells it from others of that name.

    The nation first, then departments, subregions, PDET subregions and municipalities: so stand regions of one name.
    """
    kinds = kind_words()
    order: tuple[regions.Kind, ...] = ("nation", "department", "subregion", "pdet", "municipality")
    return [(key, *_told(key, kinds[level])) for level in order for key in _keys(data_version(), level)]


def _told(key: str, kind_: str) -> tuple[str, str]:
    """A name, and the department of a municipality or the kind of any other region."""
    called = _names(data_version())[key]
    place, opened, department = called.removesuffix(")").partition(" (")
    return (place, department) if opened else (called, kind_)


def names_asset() -> str:
    """Publish the regions for the search box and return the hash that names the list."""
    return publish(_listed(data_version(), language()))


@st.cache_resource(max_entries=4, show_spinner=False)
def _listed(version: str, language_: str) -> bytes:
    return json.dumps(options(), ensure_ascii=False, separators=(",", ":")).encode()


def label(key: str) -> str:
    """Return an area's name with its kind where the name does not say it."""
    return name(key) if "@" in key or "(" in name(key) else f"{name(key)} · {kind_words()[_region_level(key)]}"


def _region_level(key: str) -> regions.Kind:
    return _region(data_version(), key).level


def refusal(view: ViewState, key: str) -> Refusal | None:
    """Return why an area cannot be added to those of a view; None when it can."""
    keys = chosen(view)
    return "twice" if key in keys else "full" if len(keys) >= MAX_SELECTED else None


def refusal_words(why: Refusal, key: str) -> str:
    """Return in a sentence why an area was not added."""
    if why == "twice":
        return _("“{name}” is compared already.", name=name(key))
    return _("Four regions are compared already: remove one to add “{name}”.", name=name(key))


def without(view: ViewState, key: str) -> ViewState:
    """Return the view without an area."""
    return view.with_(compare=tuple(each for each in chosen(view) if each != key) or (NOTHING,))


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
