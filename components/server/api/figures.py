"""Answers about indicators: what they measure, their totals over a period, their series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from components.i18n import _, day, pick
from components.server.api import columns, facts, joins
from components.server.api.answer import Answer
from components.server.formats import Column
from components.server.query import QueryError

if TYPE_CHECKING:
    import pandas as pd

Arguments = Mapping[str, Any]
_DEFAULT_MONTHS = 12


def indicators(arguments: Arguments) -> Answer:
    """Return the metadata of every indicator, in the order of the table."""
    rows = facts.table("indicators")
    return Answer(
        _("Indicators"),
        rows.assign(
            name=joins.translated(rows, "name"),
            unit=joins.translated(rows, "unit"),
            definition=joins.translated(rows, "definition"),
            missing_note=joins.translated(rows, "missing_note"),
            break_note=joins.translated(rows, "break_note"),
            breaks=joins.split(rows["breaks"]),
            gaps=joins.split(rows["gaps"]),
            source_url=rows["source_id"].map(facts.sources()["url"]),
        ),
        columns.INDICATORS,
        caveats=(_publishers_apart(),),
    )


def indicator(arguments: Arguments) -> Answer:
    """Return one figure a place for a whole period, by code."""
    from geo import indicators as domain

    known = facts.indicators()[arguments["indicator_id"]]
    first, last = _total_period(arguments, known)
    codes = _codes(arguments)
    try:
        rows = domain.total(known["indicator_id"], first, last, arguments["level"], codes)
    except ValueError:
        allowed = _("a period that holds a whole calendar year, since this indicator is yearly")
        raise QueryError("to", f"{last:%Y-%m}", allowed) from None
    title = _("{name}, {first} to {last}", name=pick(known, "name"), first=f"{first:%Y-%m}", last=f"{last:%Y-%m}")
    counted = {"from": first.isoformat(), "to": last.isoformat()}
    if len(rows):
        counted = {"from": f"{rows['from'].iloc[0]:%Y-%m-%d}", "to": f"{rows['to'].iloc[0]:%Y-%m-%d}"}
    return _figures(arguments, known, rows, title, columns.INDICATOR, {"period": counted})


def indicator_series(arguments: Arguments) -> Answer:
    """Return one figure a place and period in the indicator's own frequency, by code and period."""
    from geo import indicators as domain

    known = facts.indicators()[arguments["indicator_id"]]
    first = arguments["from"] or known["first"].date()
    last = _end_of(arguments["to"]) if arguments["to"] else known["last"].date()
    _check_order(first, last)
    rows = domain.series(known["indicator_id"], arguments["level"], _codes(arguments), first, last)
    title = _(
        "{name} by period, {first} to {last}", name=pick(known, "name"), first=f"{first:%Y-%m}", last=f"{last:%Y-%m}"
    )
    return _figures(arguments, known, rows, title, columns.INDICATOR_SERIES, {})


def _total_period(arguments: Arguments, known: Mapping[str, Any]) -> tuple[date, date]:
    """Return the first and last day asked for; by default the last twelve months, or the last period, covered."""
    import pandas as pd

    if known["frequency"] == "period" and arguments["from"] is None and arguments["to"] is None:
        return facts.latest_period(known["indicator_id"])
    last = _end_of(arguments["to"] or known["last"].date())
    if arguments["from"] is not None:
        first = arguments["from"]
    else:
        first = (pd.Timestamp(last).to_period("M") - (_DEFAULT_MONTHS - 1)).start_time.date()
    _check_order(first, last)
    return first, last


def _end_of(month: date) -> date:
    import pandas as pd

    return pd.Timestamp(month).to_period("M").end_time.date()


def _check_order(first: date, last: date) -> None:
    if last < first:
        raise QueryError("to", f"{last:%Y-%m}", _("a month not before {first}", first=f"{first:%Y-%m}"))


def _codes(arguments: Arguments) -> list[str] | None:
    """Return the codes of the level that the filters leave; None when nothing was filtered."""
    level = arguments["level"]
    if arguments["format"] == "geojson" and level != "municipality":
        raise QueryError("format", "geojson", _("json or csv, except at level=municipality"))
    asked = joins.asked_places(arguments)
    if asked is None:
        return None
    if level == "municipality":
        return sorted(asked)
    if level == "nation":
        raise QueryError("level", level, _("municipality or department, when places are chosen"))
    if arguments["municipality"]:
        raise QueryError("level", level, _("municipality, when municipalities are chosen"))
    return sorted(arguments["department"])


def _figures(
    arguments: Arguments,
    known: Mapping[str, Any],
    rows: pd.DataFrame,
    title: str,
    declared: tuple[Column, ...],
    extra: dict[str, Any],
) -> Answer:
    """Return figures with the names of their places and their publisher."""
    rows = rows.sort_values(["code", "from"], kind="stable", ignore_index=True)
    if arguments["format"] == "geojson":
        rows["place"] = joins.singles(rows["code"])
    credits = _credits(known, rows)
    sources = facts.sources()
    # The first stands beside every row of a CSV: why there is no figure goes before what a missing row means.
    caveats = (_part_held(known, rows), pick(known, "missing_note"), pick(known, "break_note"), _publishers_apart())
    return Answer(
        title,
        rows.assign(
            name=rows["code"].map(facts.names(arguments["level"])),
            population=rows["population"].round(),
            rate_per_100k=rows["rate_per_100k"].round(4),
            publisher=credits["publisher"],
            indicator_id=known["indicator_id"],
            source_id=credits["source_id"],
        ).assign(source_url=lambda frame: frame["source_id"].map(sources["url"])),
        declared,
        caveats=[text for text in caveats if text],
        sources=(*credits["all"], facts.POPULATION_SOURCE),
        extra={
            **extra,
            "indicator": known["indicator_id"],
            "unit": pick(known, "unit"),
            "definition": pick(known, "definition"),
            "covered": {"from": f"{known['first']:%Y-%m-%d}", "to": f"{known['last']:%Y-%m-%d}"},
            "reasons": {str(reason): int(count) for reason, count in rows["reason"].value_counts().items() if reason},
        },
    )


def _part_held(known: Mapping[str, Any], rows: pd.DataFrame) -> str:
    """Return that figures are missing because only a part of their period is held; blank where none is for that."""
    part = rows[(rows["reason"] == "partial_coverage") & rows["value"].isna()]
    if not len(part):
        return ""
    held = {"first": day(known["first"]), "last": day(known["last"])}
    months = (part["to"].dt.to_period("M").astype("int64") - part["from"].dt.to_period("M").astype("int64") + 1).max()
    if known["frequency"] == "month" and months == _DEFAULT_MONTHS:
        return _(
            "Fewer than twelve months are held of this period (the series runs from {first} to {last}): where it says "
            "no_record, no total of twelve months can be given, which is neither zero nor a lack of record.",
            **held,
        )
    return _(
        "Only a part of a period is held (the series runs from {first} to {last}): where it says no_record, no total "
        "of the whole can be given, which is neither zero nor a lack of record.",
        **held,
    )


def _credits(known: Mapping[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Return who published each row's period, and every source behind any of them.

    A series that a download continues changes hands: each row names whoever published its own period.
    """
    held = facts.stretches(known["indicator_id"])
    if len(held) < 2:
        return {"publisher": known["publisher"], "source_id": known["source_id"], "all": (known["source_id"],)}
    names: dict[tuple[Any, Any], str] = {}
    ids: dict[tuple[Any, Any], str] = {}
    used: dict[str, None] = {}
    for window in dict.fromkeys(zip(rows["from"], rows["to"], strict=True)):
        touched = [each for each in held if each["from"] <= window[1] and each["to"] >= window[0]] or held[-1:]
        names[window] = " / ".join(dict.fromkeys(each["publisher"] for each in touched))
        ids[window] = touched[-1]["source_id"]
        used |= dict.fromkeys(each["source_id"] for each in touched)
    windows = list(zip(rows["from"], rows["to"], strict=True))
    return {
        "publisher": [names[window] for window in windows],
        "source_id": [ids[window] for window in windows],
        "all": tuple(used) or (known["source_id"],),
    }


def _publishers_apart() -> str:
    return _("Each publisher counts differently: figures of different publishers are never added together.")
