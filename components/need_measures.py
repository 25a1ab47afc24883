"""What municipalities can be set beside each other by: indicators at a date, population, rurality, groups reported."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from components import cache, compare_cache
from components.compare_words import period_words
from components.i18n import _, day, number, percent, pick
from components.rows import by_id
from components.view import PLACE_MEASURES, ViewState
from data.store import data_version, table
from geo import comparison, indicators, state

POPULATION_SOURCE = "dane-population"


@dataclass(frozen=True)
class Measure:
    """A measure of all municipalities at a date.

    Attributes
    ----------
    name, short, unit, period, publisher
        In the reader's language; the period says which figures stand at the date.
    values
        By DIVIPOLA code, all 1,122; NaN is no record.
    logarithmic
        Drawn on a logarithmic axis, since it spans several powers of ten.
    percent
        A share of a population.
    zero_is_silence
        Zero means that no source speaks of the place: drawn as not reported, never as the palest class.
    source_id
        Row of table ``sources``; blank for reported presence, which has many.
    """

    measure_id: str
    name: str
    short: str
    unit: str
    period: str
    publisher: str
    values: pd.Series
    logarithmic: bool = False
    percent: bool = False
    zero_is_silence: bool = False
    source_id: str = ""

    @property
    def empty(self) -> bool:
        """Whether no municipality has a figure at the date."""
        return bool(self.values.isna().all())

    def titled(self, name: str) -> str:
        """Return a name with its unit, unless the name says what is counted."""
        return name if self.zero_is_silence else f"{name}, {self.unit}"

    def figure(self, value: float) -> str:
        """Return a value with its unit, as a reader says it."""
        digits = 0 if value >= 100 or (value == round(value) and not self.percent) else 1
        return percent(value / 100, digits) if self.percent else f"{number(value, digits)} {self.unit}"


def names() -> dict[str, str]:
    """Return every measure with its name: need first, then people and places, then violence."""
    meta = by_id(table("indicators"), "indicator_id")
    need = [code for code in meta if code.startswith("poverty_")]
    others = [code for code in meta if code not in need]
    places = {
        "population": _("Population"),
        "rural_share": _("Rural population (%)"),
        "groups": _("Number of armed groups reported"),
    }
    order = [*need, *PLACE_MEASURES, "coca_ha", *(code for code in others if code != "coca_ha")]
    return {code: places[code] if code in places else pick(meta[code], "name") for code in order}


def measure(view: ViewState, measure_id: str, on: date) -> Measure:
    """Return a measure as it stands at a date: an indicator by its latest figures that the source holds whole."""
    if measure_id in ("population", "rural_share"):
        return _people(measure_id, on)
    if measure_id == "groups":
        return _groups(view, on)
    return _indicator(measure_id, on)


def _people(measure_id: str, on: date) -> Measure:
    values, year = _population(data_version(), measure_id, on.year)
    publisher = str(by_id(table("sources"), "source_id")[POPULATION_SOURCE]["publisher"])
    if measure_id == "population":
        name, unit, log, percent = _("Population"), _("inhabitants"), True, False
    else:
        name, unit, log, percent = _("Rural population"), _("% of the population"), False, True
    return Measure(
        measure_id, name, name, unit, str(year), publisher, values, log, percent, source_id=POPULATION_SOURCE
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _population(version: str, measure_id: str, year: int) -> tuple[pd.Series, int]:
    frame = table("population")
    known = min(max(year, int(frame["year"].min())), int(frame["year"].max()))
    rows = frame[frame["year"] == known].set_index("divipola")
    values = rows["total"] if measure_id == "population" else 100 * rows["rural"] / rows["total"]
    return values.astype("float64").reindex(list(cache.scope_units("CO"))), known


def _groups(view: ViewState, on: date) -> Measure:
    counts = cache.reported(view, on).groupby("divipola")["group_id"].nunique()
    values = counts.reindex(list(cache.scope_units("CO"))).fillna(0).astype("float64")
    name, short = _("Number of armed groups reported"), _("Groups reported")
    period = _("{date}, evidence of {n} months", date=day(on, "medium"), n=number(view.window))
    return Measure("groups", name, short, _("groups"), period, _("several publishers"), values, zero_is_silence=True)


def _indicator(indicator_id: str, on: date) -> Measure:
    meta = by_id(table("indicators"), "indicator_id")[indicator_id]
    spec = indicators.indicator(indicator_id)
    period = comparison.latest_period(spec, compare_cache.held(indicator_id), on)
    unit = _("per 100,000 inhabitants") if spec.rate else pick(meta, "unit")
    percent = indicator_id.startswith(indicators.CENSUS_PREFIX)
    units = list(cache.scope_units("CO"))
    if period is None:
        values, words = pd.Series(float("nan"), index=units), _("no figures yet")
    else:
        values, words = _latest(data_version(), indicator_id, period), period_words(period)
    return Measure(
        indicator_id,
        pick(meta, "name"),
        pick(meta, "short"),
        unit,
        words,
        str(meta["publisher"]),
        values,
        percent=percent,
        source_id=str(meta["source_id"]),
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _latest(version: str, indicator_id: str, period: comparison.Period) -> pd.Series:
    frame = indicators.total(indicator_id, period.first, period.last)
    column = "rate_per_100k" if indicators.indicator(indicator_id).rate else "value"
    return frame.set_index("code")[column].astype("float64")


def families(view: ViewState, on: date) -> pd.Series:
    """Return by DIVIPOLA code the one family reported at a date, ``several``, or blank where nobody is reported."""
    cells = state.cells_at(cache.reported(view, on), table("groups"))
    found = {
        code: pairs[0][0] if len(pairs) == 1 else "several"
        for code, pairs in zip(cells["divipola"], cells["families"], strict=True)
    }
    units = list(cache.scope_units("CO"))
    return pd.Series([found.get(code, "") for code in units], index=units, dtype="str")


@dataclass(frozen=True)
class Group:
    """A group of municipalities whose middle is told."""

    name: str
    members: Collection[str]


def groups_of_municipalities() -> list[Group]:
    """Return the groups of municipalities of the table of medians."""
    frame = table("municipalities")
    everywhere = set(frame["divipola"])
    nariño = set(frame.loc[frame["department_code"] == "52", "divipola"])
    talks = set(table("talks_municipalities")["divipola"])
    pdet = set(frame.loc[frame["pdet_subregion"] != "", "divipola"])
    return [
        Group(_("The ten of the talks"), talks),
        Group(_("Rest of Nariño"), nariño - talks),
        Group(_("Nariño"), nariño),
        Group(_("Rest of Colombia"), everywhere - nariño),
        Group(_("PDET municipalities"), pdet),
    ]
