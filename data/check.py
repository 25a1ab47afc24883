"""``python -m data.check``: validate every embedded table, the references between them, and ``datapackage.json``.

Prints one line a table and, under it, what is wrong; exits with 1 when anything is. Nothing is taken from the cache of
earlier validations.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from data import paths, schemas, store
from data.store import REMEDY, TableError

Frames = dict[str, pd.DataFrame]
SHOWN = 20
"""How many faults of one table are printed."""


def read_all(folder: Path) -> tuple[Frames, dict[str, list[TableError]]]:
    """Read every table of a folder, without the cache.

    Returns
    -------
    tuple
        Frames by table, and faults by table; a table that cannot be read has faults and no frame.
    """
    frames: Frames = {}
    faults: dict[str, list[TableError]] = {name: [] for name in schemas.TABLES}
    for name, spec in schemas.TABLES.items():
        try:
            content = (folder / spec.filename).read_bytes()
            frames[name] = store.parse(name, content)
        except OSError as error:
            faults[name].append(TableError(spec.filename, f"the file cannot be read ({error.strerror}). {REMEDY}"))
        except TableError as error:
            faults[name].append(error)
        else:
            faults[name] += store.faults(name, frames[name])
    return frames, faults


def _rows(spec_name: str, wrong: pd.Series, column: str, problem: Callable[[int], str]) -> Iterator[TableError]:
    """A fault for each row that is wrong."""
    for index in wrong[wrong].index:
        row = int(index) + 2
        yield TableError(schemas.TABLES[spec_name].filename, f"{problem(index)}. {REMEDY}", row=row, column=column)


def references(frames: Frames) -> Iterator[TableError]:
    """Values that point to a row that does not exist."""
    for name, frame in frames.items():
        for column in schemas.TABLES[name].columns:
            if not column.references:
                continue
            table, field = column.references.split(".")
            if table in frames:
                yield from _unknown(name, frame, column.name, set(frames[table][field]), column.references)
    if "groups" in frames:
        sides = set(frames["groups"]["group_id"]) | {"gov"}
        for name, column in (
            ("ceasefire_parties", "party"),
            ("group_relations", "group_a"),
            ("group_relations", "group_b"),
        ):
            if name in frames:
                yield from _unknown(name, frames[name], column, sides, "groups.group_id or gov")
        if "group_strength" in frames:
            single = frames["group_strength"][~frames["group_strength"]["is_aggregate"]]
            yield from _unknown("group_strength", single, "group_id", sides, "groups.group_id")
    for name in ("ceasefire_areas", "group_relation_areas"):
        if name in frames and "municipalities" in frames:
            yield from _areas(name, frames[name], frames["municipalities"])


def _unknown(name: str, frame: pd.DataFrame, column: str, known: set, where: str) -> Iterator[TableError]:
    wrong = frame[column].notna() & ~frame[column].isin(known)
    yield from _rows(name, wrong, column, lambda index: f"found {frame.at[index, column]!r}, which is not in {where}")


def _areas(name: str, frame: pd.DataFrame, municipalities: pd.DataFrame) -> Iterator[TableError]:
    known = {
        "nation": {"CO"},
        "department": set(municipalities["department_code"]),
        "municipality": set(municipalities["divipola"]),
    }
    pairs = zip(frame["level"], frame["code"], strict=True)
    wrong = pd.Series([code not in known.get(level, ()) for level, code in pairs], index=frame.index, dtype="bool")
    yield from _rows(name, wrong, "code", lambda index: f"found {frame.at[index, 'code']!r}, which is no such area")


def rules(frames: Frames) -> Iterator[TableError]:
    """What the tables promise beyond their columns."""
    if "municipalities" in frames:
        units = frames["municipalities"]
        wrong = units["divipola"].str[:2] != units["department_code"]
        yield from _rows("municipalities", wrong, "department_code", lambda _: "the code is of another department")
    if "ceasefires" in frames:
        ceasefires = frames["ceasefires"]
        wrong = ceasefires["end"].isna() & ceasefires["attested_to"].isna()
        yield from _rows("ceasefires", wrong, "attested_to", lambda _: "no end and no last day attested")
        wrong = ceasefires["parent_id"].isna() != ceasefires["parent_relation"].isna()
        yield from _rows("ceasefires", wrong, "parent_relation", lambda _: "a parent needs a relation and the reverse")
    if "sources" in frames:
        late = frames["sources"]["date_to"] > pd.Timestamp("2026-10-31")
        yield from _rows("sources", late, "date_to", lambda _: "after the last day of consultation")
    if "presence" in frames:
        presence = frames["presence"]
        both = (presence["source_term"] != "") & (presence["paraphrase_es"] != "")
        neither = (presence["source_term"] == "") & (presence["paraphrase_es"] == "")
        yield from _rows(
            "presence", both | neither, "source_term", lambda _: "either the source's term or a paraphrase"
        )
    for frequency in ("month", "year", "period"):
        name = f"values_{frequency}"
        if name in frames and "indicators" in frames:
            yield from _coverage(name, frames[name], frames["indicators"], frequency)


def _coverage(name: str, values: pd.DataFrame, indicators: pd.DataFrame, frequency: str) -> Iterator[TableError]:
    """Values outside the coverage of their indicator, inside one of its gaps, or in the wrong table."""
    by_id = indicators.set_index("indicator_id")
    known = values[values["indicator_id"].isin(by_id.index)]
    start, end = _interval(known, frequency)
    first, last = known["indicator_id"].map(by_id["first"]), known["indicator_id"].map(by_id["last"])
    outside = (end < first) | (start > last)
    for indicator, gaps in by_id["gaps"].items():
        for gap in filter(None, str(gaps).split(";")):
            since, until = (pd.Timestamp(day) for day in gap.split("/"))
            outside |= (known["indicator_id"] == indicator) & (start <= until) & (end >= since)
    yield from _rows(
        name, outside, frequency, lambda index: f"outside the coverage of {known.at[index, 'indicator_id']}"
    )
    misplaced = known["indicator_id"].map(by_id["frequency"]) != frequency
    yield from _rows(
        name, misplaced, "indicator_id", lambda index: f"{known.at[index, 'indicator_id']} is not by {frequency}"
    )


def _interval(values: pd.DataFrame, frequency: str) -> tuple[pd.Series, pd.Series]:
    """First and last day of each value."""
    if frequency == "period":
        return values["from"], values["to"]
    if frequency == "month":
        return values["month"], values["month"] + pd.offsets.MonthEnd(0)
    first = pd.to_datetime(values["year"].astype("str") + "-01-01", format="%Y-%m-%d")
    return first, first + pd.offsets.YearEnd(0)


def package(folder: Path) -> Iterator[TableError]:
    """Whether ``datapackage.json`` says what the schemas and the files say, and no file is undescribed."""
    from data.datapackage import descriptor

    path = folder / "datapackage.json"
    remedy = "Run `python -m data.datapackage` to write it again."
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        expected = descriptor(folder)
    except (OSError, ValueError) as error:
        yield TableError(path.name, f"it cannot be compared with the tables ({error}). {remedy}")
        return
    if written != expected:
        pairs = {resource.get("name"): resource for resource in written.get("resources", [])}
        stale = [resource["path"] for resource in expected["resources"] if pairs.get(resource["name"]) != resource]
        yield TableError(path.name, f"it no longer describes {', '.join(stale) or 'the package'}. {remedy}")
    described = {spec.filename for spec in schemas.TABLES.values()} | {path.name}
    for stray in sorted(file.name for file in folder.iterdir() if file.is_file() and file.name not in described):
        yield TableError(stray, "no table is stored in this file. Remove it, or declare its table in data/schemas.py.")


def check(folder: Path | None = None) -> dict[str, list[TableError]]:
    """Check a folder of tables.

    Parameters
    ----------
    folder
        The embedded tables when not given.

    Returns
    -------
    dict
        Faults by table, and under ``datapackage`` those of the package; all lists are empty when everything is sound.
    """
    return _check(folder or paths.tables_dir())[1]


def _check(folder: Path) -> tuple[Frames, dict[str, list[TableError]]]:
    frames, faults = read_all(folder)
    by_file = {spec.filename: name for name, spec in schemas.TABLES.items()}
    for fault in (*references(frames), *rules(frames)):
        faults[by_file[fault.file]].append(fault)
    faults["datapackage"] = list(package(folder))
    return frames, faults


def main() -> int:
    """Print one line a table; return 1 when there is a fault."""
    folder = paths.tables_dir()
    if not folder.is_dir():
        print(f"{folder}: the folder of the tables does not exist", file=sys.stderr)
        return 1
    frames, faults = _check(folder)
    for name, found in faults.items():
        file = schemas.TABLES[name].filename if name in schemas.TABLES else "datapackage.json"
        size = f"{len(frames[name]):>7,} rows" if name in frames else ""
        print(f"{file:<28}{size:>14}  {'ok' if not found else f'{len(found)} faults'}")
        for fault in found[:SHOWN]:
            print(f"    {fault}")
        if len(found) > SHOWN:
            print(f"    and {len(found) - SHOWN} more")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
