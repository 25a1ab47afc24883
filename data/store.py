"""Reads the tables: typed, validated once per content, cached for the life of the process.

``table("presence")`` is all that most callers need. Frames are shared between callers and **never mutated**: take a
copy before changing one. Validation runs once per content hash; its stamp lies in the per-user cache folder, so that a
start-up with tables that were validated before imports neither pandera nor its dependencies. Where that folder cannot
be written the tables are validated at each start, and everything else works the same.

What ``python -m data.refresh`` downloaded lies over the embedded tables (:mod:`data.overlaid`): :func:`table` gives
both as one, :func:`embedded` the files alone, :func:`public` what may be passed on to others.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import paths, schemas

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)
REMEDY = "Restore the file from the repository, or correct the cell and run `python -m data.check`."

_LOCK = threading.RLock()
_FRAMES: dict[Path, tuple[tuple[int, int], pd.DataFrame]] = {}
_DIGESTS: dict[Path, tuple[tuple[int, int], str]] = {}
OVERLAID = frozenset(
    {
        "sources",
        "population",
        "indicators",
        "values_month",
        "values_year",
        "values_unplaced",
        "ucdp_events",
        "massacres_indepaz",
    }
)


class TableError(ValueError):
    """A table that cannot be used: names the file, the row, the column, what was found and what to do.

    Attributes
    ----------
    file
        Name of the file.
    row
        Row in the file counted as a spreadsheet does (the header is row 1); ``None`` when the fault has no row.
    column
        Column; empty when the fault has none.
    """

    def __init__(self, file: str, problem: str, *, row: int | None = None, column: str = "") -> None:
        where = file
        if row is not None:
            where += f", row {row}"
        if column:
            where += f", column {column}"
        super().__init__(f"{where}: {problem}")
        self.file, self.row, self.column, self.problem = file, row, column, problem


def tables() -> list[str]:
    """Names of all tables, in the order of ``datapackage.json``."""
    return list(schemas.TABLES)


def path_of(name: str) -> Path:
    """Path of one table's file.

    Raises
    ------
    TableError
        There is no such table.
    """
    if name not in schemas.TABLES:
        raise TableError(name, f"there is no such table. The tables are {', '.join(schemas.TABLES)}.")
    return paths.tables_dir() / schemas.TABLES[name].filename


def table(name: str) -> pd.DataFrame:
    """Read one table, with what was downloaded laid over it.

    Parameters
    ----------
    name
        One of :func:`tables`.

    Returns
    -------
    pandas.DataFrame
        Columns, dtypes and nulls as :mod:`data.schemas` declares them. Shared: never mutate it.

    Raises
    ------
    TableError
        The embedded file is missing or damaged, or breaks its schema. A damaged download raises nothing: the embedded
        table stands, and :func:`data.overlaid.faults` tells.
    """
    from data import overlaid

    held = overlaid.frames(everything=True) if name in OVERLAID else None
    return embedded(name) if held is None else held[name]


def public(name: str) -> pd.DataFrame:
    """Read one table as it may be passed on: without data that only the user's own screen may show.

    Raises
    ------
    TableError
        As :func:`table`.
    """
    from data import overlaid

    held = overlaid.frames(everything=False) if name in OVERLAID else None
    return embedded(name) if held is None else held[name]


def embedded(name: str) -> pd.DataFrame:
    """Read one embedded table, validated and cached.

    Parameters
    ----------
    name
        One of :func:`tables`.

    Returns
    -------
    pandas.DataFrame
        Columns, dtypes and nulls as :mod:`data.schemas` declares them. Shared: never mutate it.

    Raises
    ------
    TableError
        The file is missing or damaged, or breaks its schema.
    """
    path = path_of(name)
    signature = _signature(path)
    with _LOCK:
        held = _FRAMES.get(path)
        if held is not None and held[0] == signature:
            return held[1]
        content = _read_bytes(path)
        frame = parse(name, content)
        _validate_once(name, frame, content)
        _FRAMES[path] = (signature, frame)
        _DIGESTS[path] = (signature, hashlib.sha256(content).hexdigest())
        return frame


def data_version() -> str:
    """Short hash over the content of every table and the downloads in use: changes when any cell does.

    Returns
    -------
    str
        Twelve hexadecimal characters; those of :func:`embedded_version` while nothing is downloaded.

    Raises
    ------
    TableError
        A file is missing or cannot be read.
    """
    from data import overlaid

    held, generation = embedded_version(), overlaid.generation()
    return hashlib.sha256(f"{held}:{generation}".encode()).hexdigest()[:12] if generation else held


def embedded_version() -> str:
    """Short hash over the content of every embedded table.

    Raises
    ------
    TableError
        A file is missing or cannot be read.
    """
    whole = hashlib.sha256()
    for name in schemas.TABLES:
        whole.update(f"{name}:{content_digest(name)}\n".encode())
    return whole.hexdigest()[:12]


def content_digest(name: str) -> str:
    """SHA-256 of one table's file, remembered while the file does not change.

    Raises
    ------
    TableError
        The file is missing or cannot be read.
    """
    path = path_of(name)
    signature = _signature(path)
    with _LOCK:
        held = _DIGESTS.get(path)
        if held is None or held[0] != signature:
            held = (signature, hashlib.sha256(_read_bytes(path)).hexdigest())
            _DIGESTS[path] = held
        return held[1]


def clear() -> None:
    """Forget every frame and digest held in memory."""
    from data import overlaid

    with _LOCK:
        _FRAMES.clear()
        _DIGESTS.clear()
    overlaid.clear()


def signature(name: str) -> tuple[int, int]:
    """Time and size of a table's file: changes when the file does.

    Raises
    ------
    TableError
        The file is missing or cannot be read.
    """
    return _signature(path_of(name))


def _signature(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise TableError(path.name, f"the file cannot be read ({error.strerror}). {REMEDY}") from error
    return status.st_mtime_ns, status.st_size


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TableError(path.name, f"the file cannot be read ({error.strerror}). {REMEDY}") from error


def parse(name: str, content: bytes) -> pd.DataFrame:
    """Turn a file's bytes into a typed frame.

    Parameters
    ----------
    name
        Name of the table.
    content
        The whole file: CSV in UTF-8, or Parquet, as the table's format says.

    Returns
    -------
    pandas.DataFrame
        Columns and dtypes as declared; not validated beyond what the dtypes need.

    Raises
    ------
    TableError
        The file is damaged, a column is missing or too many, or a cell is not of its kind.
    """
    spec = schemas.TABLES[name]
    raw = _parquet(spec, content) if spec.format == "parquet" else _csv(spec, content)
    expected, found = [column.name for column in spec.columns], list(raw.columns)
    if found != expected:
        missing = [column for column in expected if column not in found]
        extra = [column for column in found if column not in expected]
        what = "; ".join(
            part
            for part in (
                f"missing: {', '.join(missing)}" if missing else "",
                f"not expected: {', '.join(map(str, extra))}" if extra else "",
                "the order differs" if not missing and not extra else "",
            )
            if part
        )
        raise TableError(spec.filename, f"the columns are not the expected ones ({what}). {REMEDY}", row=1)
    import pandas as pd

    convert = _typed if spec.format == "parquet" else _from_text
    return pd.DataFrame({column.name: convert(spec, column, raw[column.name]) for column in spec.columns})


def _csv(spec: schemas.Table, content: bytes) -> pd.DataFrame:
    import pandas as pd

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise TableError(spec.filename, f"the file is not UTF-8 text from here on. {REMEDY}", row=row) from error
    if not text.strip():
        raise TableError(spec.filename, f"the file is empty. {REMEDY}")
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, na_filter=False, index_col=False)
    except (pd.errors.ParserError, ValueError) as error:
        raise _structure_fault(spec, text) or TableError(spec.filename, f"{error}. {REMEDY}") from error


def _structure_fault(spec: schemas.Table, text: str) -> TableError | None:
    """The first row whose number of cells is not the header's."""
    width = len(spec.columns)
    for number, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
        if len(cells) != width:
            return TableError(spec.filename, f"{len(cells)} cells where {width} belong. {REMEDY}", row=number)
    return None


def _parquet(spec: schemas.Table, content: bytes) -> pd.DataFrame:
    import pandas as pd
    import pyarrow

    try:
        return pd.read_parquet(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TableError(spec.filename, f"the file is damaged ({first_line}). {REMEDY}") from error


def _typed(spec: schemas.Table, column: schemas.Column, cells: pd.Series) -> pd.Series:
    """A Parquet column in its declared dtype."""
    try:
        return cells.astype(column.dtype)  # pyright: ignore[reportArgumentType, reportCallIssue]
    except (TypeError, ValueError) as error:
        problem = f"the cells are {cells.dtype} where {column.kind} belongs. {REMEDY}"
        raise TableError(spec.filename, problem, column=column.name) from error


def _from_text(spec: schemas.Table, column: schemas.Column, cells: pd.Series) -> pd.Series:
    """A CSV column in its declared dtype."""
    import pandas as pd

    if column.dtype == "str":
        return cells.mask(cells == "") if column.nullable else cells
    blank = cells == ""
    if column.dtype == "datetime64[s]":
        typed: Any = pd.to_datetime(cells.mask(blank), format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
        wrong = (typed.isna() | (cells.str.len() != len("YYYY-MM-DD"))) & ~blank
        wanted = "a day as YYYY-MM-DD"
    elif column.dtype == "bool":
        typed = cells.map({"true": True, "false": False})
        wrong, wanted = typed.isna(), "true or false"
    else:
        typed = pd.to_numeric(cells.mask(blank), errors="coerce")
        wrong, wanted = typed.isna() & ~blank, "a number"
        if column.kind == "integer":
            wrong, wanted = wrong | (typed.notna() & (typed % 1 != 0)), "a whole number"
    if not column.nullable and not wrong.any():
        wrong = blank
    if wrong.any():
        index = int(wrong.to_numpy().argmax())
        found = cells.iloc[index]
        problem = f"found {found!r} where {wanted} belongs. {REMEDY}" if found else f"the cell is empty. {REMEDY}"
        raise TableError(spec.filename, problem, row=index + 2, column=column.name)
    return typed.astype(column.dtype)


def faults(name: str, frame: pd.DataFrame) -> list[TableError]:
    """Everything in one frame that breaks its table's own schema: kinds, values, key, order of dates.

    Parameters
    ----------
    name
        Name of the table.
    frame
        A frame as :func:`parse` returns it.

    Returns
    -------
    list of TableError
        Empty when the frame is sound. References to other tables are checked by :mod:`data.check`.
    """
    from pandera.errors import SchemaErrors

    spec = schemas.TABLES[name]
    found: list[TableError] = []
    try:
        schemas.frame_schema(name).validate(frame, lazy=True)
    except SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            found.append(_fault_of_case(spec, case))
    repeated = frame.duplicated(list(spec.key))
    for index in repeated[repeated].index:
        key = ", ".join(f"{column} {frame.at[index, column]}" for column in spec.key)
        found.append(TableError(spec.filename, f"the key stands twice ({key}). {REMEDY}", row=int(index) + 2))
    for first, last in spec.ordered:
        late = frame[first] > frame[last]
        for index in late[late].index:
            problem = f"{frame.at[index, first]:%Y-%m-%d} comes after {last} {frame.at[index, last]:%Y-%m-%d}. {REMEDY}"
            found.append(TableError(spec.filename, problem, row=int(index) + 2, column=first))
    return found


def _fault_of_case(spec: schemas.Table, case: Any) -> TableError:
    """One failure case of pandera as a TableError."""
    check = str(case.check)
    wanted = "a value" if check == "not_nullable" else check
    row = None if case.index is None or case.index != case.index else int(case.index) + 2
    column = str(case.column) if case.column is not None and case.column != spec.name else ""
    return TableError(
        spec.filename, f"found {case.failure_case!r} where {wanted} belongs. {REMEDY}", row=row, column=column
    )


def _validate_once(name: str, frame: pd.DataFrame, content: bytes) -> None:
    """Validate unless the same content passed the same schema before."""
    spec = schemas.TABLES[name]
    stamp_name = hashlib.sha256(repr(spec).encode() + b"\0" + content).hexdigest()
    stamp = paths.cache_dir() / "validated" / f"{name}-{stamp_name[:32]}"
    if stamp.exists():
        return
    if spec.format == "csv":
        fault = _structure_fault(spec, content.decode("utf-8-sig"))
        if fault is not None:
            raise fault
    found = faults(name, frame)
    if found:
        more = f" ({len(found) - 1} more faults in this file)" if len(found) > 1 else ""
        first = found[0]
        raise TableError(first.file, first.problem + more, row=first.row, column=first.column)
    try:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    except OSError as error:
        LOG.info("The validation of %s is not remembered: %s", spec.filename, error)
