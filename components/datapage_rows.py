"""Rows of the page about the data, as plain frames: nothing here draws."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from components import datapage_words as words
from components import freshness
from components.i18n import _, language, ngettext, number, partial_day, pick
from components.rows import by_id, records
from data import overlaid, refresh_words, schemas, snapshots
from data.refresh import NOT_SAID
from data.sources.catalogue import DATASETS
from data.sources.model import Dataset
from data.store import embedded, public, table

CORRECTIONS = Path(__file__).parents[1] / "data" / "compile" / "corrections.csv"


def indicators() -> pd.DataFrame:
    """Return one row per indicator, indexed by its id: what, who, from when to when, how fresh."""
    rows = {
        row["indicator_id"]: {
            _("Indicator"): pick(row, "name"),
            _("Publisher"): row["publisher"],
            _("Unit"): pick(row, "unit"),
            _("From"): row["first"].date(),
            _("To"): row["last"].date(),
            _("Freshness"): freshness.badge(row["indicator_id"], row["first"].date(), row["last"].date()),
        }
        for row in records(table("indicators"))
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def publishers() -> pd.DataFrame:
    """Return one row per publisher: how many rows of presence, ceasefires and events, and how many sources."""
    sources = table("sources")
    names = sources.set_index("source_id")["publisher"]
    series = table("indicators")["source_id"].map(names).value_counts()
    counts = {
        _("Reports of presence"): table("presence")["source_id"].map(names).value_counts(),
        _("Ceasefires"): table("ceasefires")["source_id"].map(names).value_counts(),
        _("Events"): table("events")["source_id"].map(names).value_counts(),
        _("Indicators"): series,
        _("Sources"): sources["publisher"].value_counts(),
    }
    frame = pd.DataFrame(counts).fillna(0).astype(int)
    licences = (
        sources[sources["licence"] != ""]
        .groupby("publisher")["licence"]
        .agg(lambda names: "; ".join(words.licence(name) for name in sorted(set(names))))
    )
    frame[_("Licence")] = licences.reindex(frame.index).fillna("")
    frame = frame.sort_values([_("Reports of presence"), _("Sources")], ascending=False)
    return frame.rename_axis(_("Publisher")).reset_index()


def sources() -> pd.DataFrame:
    """Return every source with its link."""
    rows = [
        {
            _("Publisher"): row["publisher"],
            _("Title"): row["title"],
            _("Date"): partial_day(row["date_text"]) if row["date_text"] else "",
            _("Licence"): words.licence(row["licence"]),
            _("Source"): row["url"],
        }
        for row in records(table("sources"))
    ]
    return pd.DataFrame(rows)


def tables() -> pd.DataFrame:
    """Return every table, indexed by name, with its size and the addresses that serve it."""
    rows = {
        name: {
            _("Table"): words.table_title(name),
            _("File"): spec.filename,
            _("Rows"): len(public(name)),
            _("Columns"): len(spec.columns),
            "CSV": f"/api/v1/tables/{name}?format=csv",
            "JSON": f"/api/v1/tables/{name}?format=json",
            _("Licence"): spec.licence,
        }
        for name, spec in schemas.TABLES.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def codebook(name: str) -> pd.DataFrame:
    """Return one row per column of a table: kind, whether it may be empty, what it holds."""
    rows = [
        {
            _("Column"): column.name,
            _("Kind"): words.kind(column.kind),
            _("May be null"): _("yes") if column.nullable else "",
            _("Meaning"): _meaning(column),
        }
        for column in schemas.TABLES[name].columns
    ]
    return pd.DataFrame(rows)


def _meaning(column: schemas.Column) -> str:
    parts = [column.description]
    if column.values:
        parts.append(f"({', '.join(column.values)})")
    if column.references:
        parts.append(f"→ {column.references}")
    return " ".join(parts)


@dataclass(frozen=True)
class SetState:
    """One data set: what of it is embedded, what is downloaded, and how the last attempt went."""

    dataset: Dataset
    embedded: str
    manifest: Mapping[str, Any] | None
    damage: str
    attempt: Mapping[str, Any]
    unused: str = ""

    @property
    def in_use(self) -> bool:
        """Whether any figure of the application comes from the download."""
        return bool(self.manifest) and not self.unused

    @property
    def title(self) -> str:
        """Title in the reader's language."""
        return self.dataset.title_es if language() == "es" else self.dataset.title_en

    @property
    def failed(self) -> bool:
        """Whether a reader must be told: the last attempt failed, or what is in use is damaged."""
        return bool(self.damage) or self.attempt.get("outcome") == "failed"


def data_sets() -> list[SetState]:
    """Return every data set that a refresh knows, in the order in which it takes them."""
    damaged = overlaid.faults()
    held = {name: each for name, each in snapshots.all_current().items() if name not in damaged}
    idle = overlaid.unused(held.values()) if held else {}
    return [
        SetState(
            dataset,
            _embedded_part(dataset),
            held[dataset_id].manifest if dataset_id in held else None,
            damaged.get(dataset_id, ""),
            snapshots.attempt(dataset_id) or {},
            idle.get(dataset_id, ""),
        )
        for dataset_id, dataset in DATASETS.items()
    ]


def _embedded_part(dataset: Dataset) -> str:
    """From when to when the embedded series of a data set run; empty where nothing of it is embedded."""
    series = embedded("indicators")
    rows = series[series["indicator_id"].isin(list(dataset.indicators))]
    if len(rows):
        return f"{rows['first'].min():%Y-%m} – {rows['last'].max():%Y-%m}"
    if dataset.dataset_id == "dane-population":
        years = embedded("population")["year"]
        return f"{years.min()} – {years.max()}"
    if dataset.dataset_id != "dane-divipola":
        return ""
    listed = len(embedded("municipalities"))
    return ngettext("{n} municipality", "{n} municipalities", listed)


def freshness_table(states: list[SetState]) -> pd.DataFrame:
    """Return the data sets as a table."""
    rows = [
        {
            _("Publisher"): state.dataset.publisher,
            _("Data set"): state.title,
            _("Embedded"): state.embedded or "—",
            _("Downloaded"): _downloaded(state),
            _("Cut date"): str((state.manifest or {}).get("cut_date") or "—"),
            _("Rows"): _amount(state.manifest, "rows"),
            _("Left out"): _amount(state.manifest, "rejected_rows"),
            _("Last attempt"): _attempt(state.attempt),
            _("Licence"): words.licence(state.dataset.licence),
            _("Page"): state.dataset.page,
            _("Identifier"): state.dataset.dataset_id,
        }
        for state in states
    ]
    return pd.DataFrame(rows)


def _amount(manifest: Mapping[str, Any] | None, name: str) -> str:
    return number(int(manifest[name])) if manifest and name in manifest else "—"


def _downloaded(state: SetState) -> str:
    if state.damage:
        return _("damaged")
    if not state.manifest:
        return "—"
    when = str(state.manifest.get("retrieved_at", ""))[:10]
    return f"{when}, {words.unused(state.unused)}" if state.unused else when


def _attempt(attempt: Mapping[str, Any]) -> str:
    if not attempt:
        return "—"
    outcome = str(attempt.get("outcome", ""))
    if outcome == "published" and attempt.get("unused"):
        outcome = "held"
    return f"{str(attempt.get('at', ''))[:16].replace('T', ' ')} · {words.outcome(outcome)}"


@dataclass(frozen=True)
class LeftOut:
    """The rows that a refresh left out of one data set: of the version held, or of an attempt that failed.

    ``read`` gives them as CSV; null where they may not be passed on or are no longer there.
    """

    state: SetState
    failed: bool
    reasons: Mapping[str, int]
    rows: int | None
    read: Callable[[], bytes] | None

    @property
    def sentence(self) -> str:
        """How many rows for which reason."""
        named = [f"{refresh_words.reason(code, language())}: {number(n)}" for code, n in self.reasons.items()]
        return "; ".join(named)

    @property
    def place_not_said(self) -> int:
        """Rows of which the publisher itself does not know the municipality."""
        return sum(amount for code, amount in self.reasons.items() if code in NOT_SAID)


def left_out(states: Iterable[SetState]) -> list[LeftOut]:
    """Return what was left out of which data set, where anything was."""
    held = snapshots.all_current()
    return [
        found
        for state in states
        for found in (_of_version(state, held.get(state.dataset.dataset_id)), _of_attempt(state))
        if found is not None and found.reasons
    ]


def _of_version(state: SetState, snapshot: snapshots.Snapshot | None) -> LeftOut | None:
    if snapshot is None or not state.manifest or not state.manifest.get("rejected_rows"):
        return None
    reasons = state.manifest.get("rejected_reasons") or snapshots.reasons(snapshot.rejected())
    read = partial(_list_of, snapshot) if state.dataset.redistributable else None
    return LeftOut(state, False, reasons, int(state.manifest["rows"]), read)


def _list_of(snapshot: snapshots.Snapshot) -> bytes:
    return snapshots.rejected_csv(snapshot.rejected())


def _of_attempt(state: SetState) -> LeftOut | None:
    path = snapshots.attempt_rejected(state.dataset.dataset_id)
    reasons = state.attempt.get("reasons") or {}
    if path is None or state.attempt.get("outcome") != "failed":
        return None
    return LeftOut(state, True, reasons, None, path.read_bytes if state.dataset.redistributable else None)


def trouble(state: SetState) -> str:
    """Return what went wrong with a data set and what to do, in plain sentences."""
    if state.damage:
        return f"{words.fault('damaged')} {words.advice('roll_back')}"
    attempt = state.attempt
    said = f"{words.fault(str(attempt.get('fault', '')))} {words.advice(str(attempt.get('advice', '')))}".strip()
    status = attempt.get("status")
    return f"{said} (HTTP {status})" if status else said


@dataclass(frozen=True)
class Correction:
    """One cell that was corrected between the research and the tables, and why, in the reader's language."""

    table: str
    title: str
    row: str
    column: str
    found: str
    corrected: str
    why: str


def corrections() -> list[Correction]:
    """Return the cells that were corrected between the research and the tables."""
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_correction(row) for row in rows]


def _correction(row: Mapping[str, str]) -> Correction:
    name = words.CORRECTED_TABLES.get(row["file"], row["file"])
    # Our own remark on a source without a title is no part of the title.
    place = row["where_value"].removeprefix("[descriptive label] ")
    return Correction(
        words.table_title(name),
        _row_title(name, place),
        place,
        words.column(row["column"]),
        words.cell(row["found"]),
        words.cell(row["corrected"]),
        _(row["reason"]),
    )


_TITLES: Mapping[str, tuple[str, str]] = {
    "ceasefires": ("ceasefire_id", "title"),
    "zones": ("zone_id", "name"),
    "commitments": ("commitment_id", "text"),
}


def _row_title(name: str, row_id: str) -> str:
    """Return what a corrected row is about, in the reader's language; its own id where it has no title."""
    if name not in _TITLES:
        return row_id
    column, title = _TITLES[name]
    row = by_id(embedded(name), column).get(row_id)
    return pick(row, title) if row else row_id


def indicator_facts(indicator_id: str) -> list[tuple[str, str]]:
    """Return what there is to know of an indicator, as pairs of name and text."""
    row = by_id(table("indicators"), "indicator_id")[indicator_id]
    first, last = row["first"].date(), row["last"].date()
    facts = [
        (_("Definition"), pick(row, "definition")),
        (_("A missing row means"), pick(row, "missing_note")),
        (_("Rate per 100,000 inhabitants"), _("yes") if row["rate"] else _("no")),
        (_("Breaks and incomplete spans"), " ".join(freshness.notes(indicator_id, first, last))),
    ]
    return [(name, said) for name, said in facts if said]


def stretches(indicator_id: str) -> pd.DataFrame:
    """Return the stretches of a series: from when to when, whose, how fresh, on what terms."""
    rows = overlaid.provenance()
    cited = by_id(table("sources"), "source_id")
    own = records(rows[rows["indicator_id"] == indicator_id].sort_values("from"))
    listed = [
        {
            _("From"): row["from"].date(),
            _("To"): row["to"].date(),
            _("Publisher"): row["publisher"],
            _("Freshness"): freshness.badge(indicator_id, row["from"].date(), row["from"].date()),
            _("Licence"): words.licence(cited[row["source_id"]]["licence"] or "not stated"),
            _("Source"): cited[row["source_id"]]["url"],
        }
        for row in own
    ]
    return pd.DataFrame(listed)
