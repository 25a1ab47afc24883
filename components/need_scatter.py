"""From a view to the points of its scatter: both measures, size, colour, names, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from components import cache, need_chart, need_measures
from components.i18n import _, pick
from components.need_chart import Axis, Point
from components.need_measures import Measure
from components.rows import by_id, records
from components.view import ViewState
from data.store import table
from geo import symbology


def units(view: ViewState) -> tuple[str, ...]:
    """Return the municipalities of the view's area, sorted."""
    return cache.scope_units("52" if view.area == "narino" else "CO")


def place(view: ViewState) -> str:
    """Return the name of the view's area."""
    return "Nariño" if view.area == "narino" else "Colombia"


def points(
    view: ViewState, x: Measure, y: Measure, size: Measure | None, on: date
) -> tuple[dict[str, str], list[Point]]:
    """Return the key of the colours, name to colour, and one point per municipality with both measures."""
    here = list(units(view))
    frame = table("municipalities").set_index("divipola").loc[here]
    both = pd.DataFrame({"x": x.values, "y": y.values}).reindex(here)
    both["size"] = size.values.reindex(here) if size is not None else float("nan")
    both["name"], both["department"] = frame["name"], frame["department"]
    both["colour"] = _colour_codes(view, on).reindex(here)
    held = both[both["x"].notna() & both["y"].notna()]
    talks = set(table("talks_municipalities")["divipola"])
    names, hues = _colour_names(view), _hues(view)
    drawn = [
        Point(
            divipola=str(row["divipola"]),
            name=f"{row['name']} ({row['department']})",
            x=float(row["x"]),
            y=float(row["y"]),
            size=None if pd.isna(row["size"]) else float(row["size"]),
            colour=hues[row["colour"]],
            hollow=row["colour"] == "",
            words=_words(row, x, y, size, names.get(row["colour"], "")),
            label=str(row["name"]) if row["divipola"] in talks or row["divipola"] in view.municipalities else "",
            talks=row["divipola"] in talks,
            selected=row["divipola"] in view.municipalities,
        )
        for row in records(held.rename_axis("divipola").reset_index())
    ]
    present = dict.fromkeys(code for code in names if (held["colour"] == code).any())
    return {names[code]: hues[code] for code in present if names[code]}, drawn


def _words(row: dict[str, object], x: Measure, y: Measure, size: Measure | None, colour: str) -> list[str]:
    lines = [f"{m.short}: {m.figure(float(str(row[axis])))} ({m.period})" for m, axis in ((x, "x"), (y, "y"))]
    if size is not None and size.measure_id not in (x.measure_id, y.measure_id) and row["size"] == row["size"]:
        lines.append(f"{size.short}: {size.figure(float(str(row['size'])))} ({size.period})")
    return [*lines, colour] if colour else lines


def _colour_codes(view: ViewState, on: date) -> pd.Series:
    if view.colour == "family":
        return need_measures.families(view, on)
    frame = table("municipalities").set_index("divipola")
    if view.colour == "pdet":
        return (frame["pdet_subregion"] != "").map({True: "pdet", False: "other"})
    return pd.Series("all", index=frame.index)


def _colour_names(view: ViewState) -> dict[str, str]:
    if view.colour == "family":
        families = {family: pick(row, "name") for family, row in by_id(table("families"), "family").items()}
        return {**families, "several": _("Several families"), "": _("Nobody reported (not proof of peace)")}
    if view.colour == "pdet":
        return {"pdet": _("PDET municipality"), "other": _("Other municipality")}
    return {"all": ""}


def _hues(view: ViewState) -> dict[str, str]:
    if view.colour == "family":
        families = {family: symbology.hue(family).full for family in symbology.FAMILY_HUES}
        return {**families, "several": need_chart.SEVERAL, "": need_chart.NOBODY}
    return {"pdet": symbology.ACCENT, "other": need_chart.NOBODY, "all": symbology.ACCENT}


def axis(measure: Measure, points: Sequence[Point], field: str) -> Axis:
    """Return an axis with the median of the points that are drawn."""
    median = float(pd.Series([getattr(point, field) for point in points]).median())
    return Axis(f"{measure.titled(measure.short)} · {measure.period}", measure.logarithmic, median)


def frame(points: Sequence[Point], x: Measure, y: Measure) -> pd.DataFrame:
    """Return the scatter as a table: one row per municipality and measure, each with its source."""
    names = table("municipalities").set_index("divipola")
    sources = by_id(table("sources"), "source_id")
    rows = []
    for measure, field in ((x, "x"), (y, "y")):
        source = sources.get(measure.source_id, {})
        for point in points:
            place = names.loc[point.divipola]
            rows.append(
                {
                    "divipola": point.divipola,
                    "municipality": place["name"],
                    "department": place["department"],
                    "pdet_subregion": place["pdet_subregion"],
                    "measure": measure.measure_id,
                    "name": measure.name,
                    "unit": measure.unit,
                    "period": measure.period,
                    "value": getattr(point, field),
                    "publisher": measure.publisher,
                    "source_id": measure.source_id,
                    "source_date": source.get("date_text", ""),
                    "source_url": source.get("url", ""),
                    "licence": source.get("licence", ""),
                }
            )
    return pd.DataFrame(rows)
