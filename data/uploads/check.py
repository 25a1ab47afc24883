"""Check a whole file against its columns: what is accepted, what is not and why, and what has to be asked.

Rows go by in pieces and leave small arrays behind. The order of day and month, and the decimal mark, are decided for
the file as a whole at its end: a part over twelve anywhere decides for all of it, and without one its owner is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from data.names import fold
from data.uploads import crs, reading
from data.uploads.errors import Param, UploadError
from data.uploads.model import (
    DATE_ROLES,
    EXAMPLE,
    PLACE_ROLES,
    Answers,
    Checked,
    Chunk,
    Columns,
    Finding,
    Locator,
    Note,
    Questions,
    Reading,
    Severity,
    ShapeFault,
    Source,
)
from data.uploads.places import Place, Places
from data.uploads.text import mended
from data.uploads.values import NONE, Dates, Number, read_coordinate, read_date, read_number

if TYPE_CHECKING:
    import pandas as pd

KEPT_FINDINGS = 1000
MAX_LABELS = 5000
MAX_LABEL = 200
_EVIDENCE = ("", "both", "dmy", "mdy")
_MARKS = ("", "both", ",", ".")
_EPOCH = date(1970, 1, 1).toordinal()


class _Findings:
    """Keeps the rows of all findings and the first findings of each code."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.rows: dict[tuple[str, Severity], list[np.ndarray]] = {}
        self._told: Counter[tuple[str, Severity]] = Counter()

    def add(
        self,
        code: str,
        severity: Severity,
        column: str,
        rows: Sequence[int] | np.ndarray,
        values: Callable[[int], str],
        params: Mapping[str, Param] | None = None,
    ) -> None:
        """Add one finding per row; `values` gives the cell's text by position in `rows`."""
        room = max(0, KEPT_FINDINGS - self._told[(code, severity)])
        self._told[(code, severity)] += len(rows)
        self.rows.setdefault((code, severity), []).append(np.asarray(rows, dtype="int32"))
        for at in range(min(room, len(rows))):
            self.kept.append(Finding(int(rows[at]), column, values(at)[:120], code, severity, params or {}))

    def each(self) -> dict[tuple[str, Severity], np.ndarray]:
        """Return the rows of each code, every row once."""
        return {key: np.unique(np.concatenate(rows)) for key, rows in self.rows.items()}


class _Piece(NamedTuple):
    """What a chunk leaves behind, one entry per row of the result."""

    row: np.ndarray
    place: np.ndarray
    good: np.ndarray
    days: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    comma: np.ndarray
    point: np.ndarray
    mark: np.ndarray
    label: np.ndarray
    level: np.ndarray


class _Checker:
    def __init__(
        self,
        columns: tuple[str, ...],
        roles: Columns,
        municipalities: pd.DataFrame,
        answers: Answers,
        locator: Locator | None,
        delimited: bool,
        groups: Collection[str],
    ) -> None:
        self.kind = roles.kind
        self.names = {role: name for role, name in roles.roles.items() if name}
        for name in self.names.values():
            if name not in columns:
                raise UploadError("column_unknown", column=name[:80])
        self.at = {role: columns.index(name) for role, name in self.names.items()}
        self.width = len(columns)
        self.delimited = delimited
        self.locator = locator
        self.places = Places(municipalities, answers)
        self.codes = sorted(self.places.codes)
        self.position = {code: at for at, code in enumerate(self.codes)}
        self.found = _Findings()
        self.groups = frozenset(groups)
        self.labels: dict[str, int] = {}
        self.levels: dict[str, int] = {}
        self.hashes: list[np.ndarray] = []
        self.read = self.blank = 0

    def column(self, role: str) -> str:
        return self.names.get(role, "")

    def cells(self, chunk: Chunk, role: str) -> list[str]:
        at = self.at.get(role)
        if at is None:
            return [""] * len(chunk.rows)
        return [row[at] if at < len(row) else "" for row in chunk.rows]

    def piece(self, chunk: Chunk) -> _Piece:
        """Check one chunk."""
        size = len(chunk.rows)
        self.read += size
        self.blank += chunk.blank
        self.hashes.append(np.fromiter((hash(tuple(row)) for row in chunk.rows), dtype="int64", count=size))
        good = self._widths(chunk)
        place, more = self._place(chunk, good)
        days = {role: self._days(chunk, role, good) for role in DATE_ROLES if role in self.at}
        comma, point, mark = self._values(chunk, good)
        label = self._groups(chunk, good)
        level = self._texts(chunk, "level", self.levels)
        index: Any = slice(None)
        if more:
            index = np.concatenate([np.arange(size), np.array([at for at, _code in more], dtype="int64")])
            place = np.concatenate([place, np.array([code for _at, code in more], dtype="int16")])
        if not mark.any():
            comma = point
        return _Piece(
            row=np.array(chunk.numbers, dtype="int32")[index],
            place=place,
            good=good[index] & (place >= 0),
            days={role: (a[index], b[index], c[index]) for role, (a, b, c) in days.items()},
            comma=comma[index],
            point=point[index],
            mark=mark[index],
            label=label[index],
            level=level[index],
        )

    def _fault(
        self, chunk: Chunk, good: np.ndarray | None, where: np.ndarray, code: str, role: str, params: Any = None
    ) -> None:
        """Report rows at some positions: as errors, which leave them out, or as warnings when `good` is None."""
        if not len(where):
            return
        cells = self.cells(chunk, role) if role in self.at else None
        numbers = [chunk.numbers[at] for at in where]
        severity: Severity = "warning" if good is None else "error"
        self.found.add(code, severity, self.column(role), numbers, lambda n: cells[where[n]] if cells else "", params)
        if good is not None:
            good[where] = False

    def _all(self, chunk: Chunk, good: np.ndarray | None, faults: Mapping[str, list[int]], role: str) -> None:
        for code, where in faults.items():
            self._fault(chunk, good, np.array(where, dtype="int64"), code, role)

    def _widths(self, chunk: Chunk) -> np.ndarray:
        good = np.ones(len(chunk.rows), dtype=bool)
        examples = [at for at, row in enumerate(chunk.rows) if EXAMPLE[0] in row or EXAMPLE[1] in row]
        self._fault(chunk, good, np.array(examples, dtype="int64"), "row_example", "")
        lengths = np.fromiter(map(len, chunk.rows), dtype="int64", count=len(chunk.rows))
        over = np.flatnonzero(lengths > self.width)
        shifted = [at for at in over if any(cell.strip() for cell in chunk.rows[at][self.width :])]
        self._fault(chunk, good, np.array(shifted, dtype="int64"), "row_too_long", "")
        if self.delimited:
            self._fault(chunk, None, np.flatnonzero(lengths < self.width), "row_too_short", "")
        return good

    # Places

    def _place(self, chunk: Chunk, good: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """Return the position of each row's municipality, -1 for none, and further ones of rows that have several."""
        keys = list(zip(*(self.cells(chunk, role) for role in PLACE_ROLES[:3]), strict=True))
        place = np.full(len(keys), -1, dtype="int16")
        by_key: dict[tuple[str, str, str], list[int]] = {}
        for at, key in enumerate(keys):
            by_key.setdefault(key, []).append(at)
        blank: list[int] = []
        for key, positions in by_key.items():
            where = np.array(positions, dtype="int64")
            answer = self.places.resolve(*key)
            if answer.code:
                place[where] = self.position[answer.code]
                self.places.count(key[1], key[2], answer, len(where))
            elif answer.fault:
                self._unplaced(chunk, good, where, answer)
            else:
                blank += positions
            if answer.warning:
                self._fault(chunk, None, where, answer.warning, answer.role, answer.params)
        more: list[tuple[int, int]] = []
        if blank:
            more = self._by_coordinates(chunk, good, place, np.array(sorted(blank), dtype="int64"))
        return place, more

    def _unplaced(self, chunk: Chunk, good: np.ndarray, where: np.ndarray, answer: Place) -> None:
        if answer.question is not None:
            self.places.rows[answer.question] += len(where)
        role = answer.role if answer.role in self.at else "municipality"
        self._fault(chunk, good, where, answer.fault, role, answer.params)

    def _by_coordinates(
        self, chunk: Chunk, good: np.ndarray, place: np.ndarray, rows: np.ndarray
    ) -> list[tuple[int, int]]:
        if "lat" in self.at and "lon" in self.at:
            lon = np.array([read_coordinate(cell) for cell in self.cells(chunk, "lon")])[rows]
            lat = np.array([read_coordinate(cell) for cell in self.cells(chunk, "lat")])[rows]
            texts = self.cells(chunk, "lat"), self.cells(chunk, "lon")
            empty = np.array([not texts[0][at].strip() and not texts[1][at].strip() for at in rows], dtype=bool)
            self._located(chunk, good, place, rows[~empty], lon[~empty], lat[~empty])
            rows = rows[empty]
        if chunk.shapes is not None:
            return self._by_shape(chunk, good, place, rows)
        role = next((role for role in ("divipola", "municipality", "lat") if role in self.at), "")
        self._fault(chunk, good, rows, "place_blank", role)
        return []

    def _located(
        self,
        chunk: Chunk,
        good: np.ndarray,
        place: np.ndarray,
        rows: np.ndarray,
        lon: np.ndarray,
        lat: np.ndarray,
        role: str = "lat",
    ) -> None:
        """Put rows with a point into municipalities."""
        inside = (lon >= crs.WEST) & (lon <= crs.EAST) & (lat >= crs.SOUTH) & (lat <= crs.NORTH)
        faults: dict[str, list[int]] = {}
        for at in np.flatnonzero(~inside):
            faults.setdefault(crs.fault(float(lon[at]), float(lat[at])), []).append(int(rows[at]))
        self._all(chunk, good, faults, role)
        rows, lon, lat = rows[inside], lon[inside], lat[inside]
        if not len(rows):
            return
        if self.locator is None:
            self._fault(chunk, good, rows, "boundaries_missing", role)
            return
        codes = self.locator.points(lon, lat)
        place[rows] = [self.position.get(code or "", -1) for code in codes]
        self._fault(chunk, good, rows[place[rows] < 0], "outside_municipalities", role)

    def _by_shape(self, chunk: Chunk, good: np.ndarray, place: np.ndarray, rows: np.ndarray) -> list[tuple[int, int]]:
        assert chunk.shapes is not None
        more: list[tuple[int, int]] = []
        points: list[int] = []
        for at in rows:
            shape = chunk.shapes[at]
            one = np.array([at])
            if shape is None:
                self._fault(chunk, good, one, "place_blank", "")
            elif isinstance(shape, ShapeFault):
                self._fault(chunk, good, one, shape.code, "", shape.params)
            elif shape.geom_type == "Point":
                points.append(int(at))
            elif self.locator is None:
                self._fault(chunk, good, one, "boundaries_missing", "")
            else:
                more += self._covered(chunk, good, place, int(at), self.locator.areas(shape))
        if points:
            where = np.array(points)
            lon = np.array([chunk.shapes[at].x for at in points])
            lat = np.array([chunk.shapes[at].y for at in points])
            self._located(chunk, good, place, where, lon, lat, "")
        return more

    def _covered(
        self, chunk: Chunk, good: np.ndarray, place: np.ndarray, at: int, codes: Iterable[str]
    ) -> list[tuple[int, int]]:
        known = [self.position[code] for code in codes if code in self.position]
        if not known:
            self._fault(chunk, good, np.array([at]), "outside_municipalities", "")
            return []
        if len(known) > 1 and self.kind != "areas":
            self._fault(chunk, good, np.array([at]), "area_of_several", "", {"count": len(known)})
            return []
        place[at] = known[0]
        return [(at, code) for code in known[1:]]

    # Dates, numbers, groups

    def _days(self, chunk: Chunk, role: str, good: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each row's day with the day first, with the month first, and which order it proves."""
        cells = self.cells(chunk, role)
        known: dict[str, Dates] = {}
        found = [known.get(cell) or known.setdefault(cell, read_date(cell)) for cell in cells]
        end = 1 if role == "to" else 0
        optional = role == "to" or self.kind == "areas"
        errors: dict[str, list[int]] = {}
        warnings: dict[str, list[int]] = {}
        for at, dates in enumerate(found):
            if dates.fault:
                if dates.fault != "date_blank" or not optional:
                    errors.setdefault(dates.fault, []).append(at)
            elif dates.length == "year" and role == "date":
                errors.setdefault("date_year_only", []).append(at)
            elif dates.length != "day":
                warnings.setdefault(f"date_whole_{dates.length}", []).append(at)
        self._all(chunk, good, errors, role)
        self._all(chunk, None, warnings, role)
        return (
            np.array([dates.day_first[end] for dates in found], dtype="int32"),
            np.array([dates.month_first[end] for dates in found], dtype="int32"),
            np.array([_EVIDENCE.index(dates.evidence) for dates in found], dtype="int8"),
        )

    def _values(self, chunk: Chunk, good: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        size = len(chunk.rows)
        if "value" not in self.at:
            one = np.ones(size)
            return one, one, np.zeros(size, dtype="int8")
        cells = self.cells(chunk, "value")
        known: dict[str, Number] = {}
        found = [known.get(cell) or known.setdefault(cell, read_number(cell)) for cell in cells]
        errors: dict[str, list[int]] = {}
        for at, number in enumerate(found):
            if number.fault:
                errors.setdefault(number.fault, []).append(at)
        self._all(chunk, good, errors, "value")
        return (
            np.array([number.comma for number in found]),
            np.array([number.point for number in found]),
            np.array([_MARKS.index(number.evidence) for number in found], dtype="int8"),
        )

    def _groups(self, chunk: Chunk, good: np.ndarray) -> np.ndarray:
        found = self._texts(chunk, "group", self.labels)
        if "group" in self.at:
            self._fault(chunk, good, np.flatnonzero(found == self.labels.get("", -1)), "group_blank", "group")
        if "group" in self.at and self.groups:
            strange = [code for name, code in self.labels.items() if name and fold(name) not in self.groups]
            self._fault(chunk, None, np.flatnonzero(np.isin(found, strange)), "group_unknown", "group")
        return found

    def _texts(self, chunk: Chunk, role: str, known: dict[str, int]) -> np.ndarray:
        """Return the texts of a column as numbers; `known` learns them."""
        if role not in self.at:
            return np.zeros(len(chunk.rows), dtype="int16")
        cells = self.cells(chunk, role)
        codes: dict[str, int] = {}
        for cell in dict.fromkeys(cells):
            plain = _printable(mended(" ".join(cell.split()))[:MAX_LABEL])
            codes[cell] = known.setdefault(plain, len(known))
        if len(known) > MAX_LABELS:
            code = "too_many_groups" if role == "group" else "too_many_levels"
            raise UploadError(code, limit=MAX_LABELS, column=self.column(role)[:80])
        return np.array([codes[cell] for cell in cells], dtype="int16")


def check(
    source: Source,
    how: Reading,
    columns: Columns,
    municipalities: pd.DataFrame,
    answers: Answers | None = None,
    locator: Locator | None = None,
    *,
    groups: Collection[str] = (),
    today: date | None = None,
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Read all rows of a file and say which are accepted.

    Parameters
    ----------
    source, how, columns
        The file, how it is read, and what its columns are.
    municipalities
        The store's table.
    answers
        What the owner said when asked before.
    locator
        Finds municipalities from coordinates; None when no boundaries are loaded: rows that have nothing but
        coordinates are then left out and told.
    groups
        Folded names of the groups that are known; others are accepted and told. Empty tells nothing.
    today
        What happened, or began, after it is left out.
    progress
        Called with the number of rows read so far.

    Raises
    ------
    UploadError
        The file as a whole cannot be used; ``column_unknown``; ``columns_missing`` (``roles``).
    """
    answers = answers or Answers()
    names, pieces = reading.chunks(source, how)
    first = next(pieces, None)
    if first is None:
        raise UploadError("no_rows")
    missing = columns.missing(first.shapes is not None)
    if missing:
        raise UploadError("columns_missing", roles=", ".join(missing))
    checker = _Checker(names, columns, municipalities, answers, locator, how.format == "csv", groups)
    parts = [checker.piece(first)]
    for chunk in pieces:
        if progress is not None:
            progress(checker.read)
        parts.append(checker.piece(chunk))
    return _concluded(checker, parts, answers, today or date.today())


def _concluded(checker: _Checker, parts: list[_Piece], answers: Answers, today: date) -> Checked:
    row = np.concatenate([part.row for part in parts])
    good = np.concatenate([part.good for part in parts])
    place = np.concatenate([part.place for part in parts])
    days: dict[str, np.ndarray] = {}
    order, asked_order, conflict = _order(parts, answers)
    for role in parts[0].days:
        days[role] = _dated(checker, parts, role, row, good, order)
    value, asked_decimal = _counted(checker, parts, row, good, answers)
    start = days.get("date", days.get("from"))
    end = days.get("to", days.get("date") if checker.kind == "events" else None)
    _chronology(checker, row, good, start, days.get("to"), today)
    label, level = (np.concatenate([getattr(part, name) for part in parts]) for name in ("label", "level"))
    frame = _frame(checker, row, place, good, start, end, value, label, level)
    notes = (*_notes(checker, answers, order), *_open_ends(checker, frame, today))
    by_code = checker.found.each()
    kept = sorted(checker.found.kept, key=lambda finding: (finding.row, finding.severity, finding.column))
    return Checked(
        rows=frame,
        read=checker.read,
        accepted=int(frame["row"].nunique()),
        findings=tuple(kept),
        counts={key: len(rows) for key, rows in by_code.items()},
        notes=notes,
        questions=Questions(asked_order, asked_decimal, conflict, checker.places.questions()),
        rejected={code: rows for (code, severity), rows in by_code.items() if severity == "error"},
        placed=checker.places.placed(),
        answered=checker.places.answered(),
    )


def _order(parts: list[_Piece], answers: Answers) -> tuple[str, bool, bool]:
    """Return the order of day and month, whether it must be asked, and whether the file holds both."""
    seen = Counter[int]()
    for part in parts:
        for _day_first, _month_first, evidence in part.days.values():
            seen.update(dict(zip(*(array.tolist() for array in np.unique(evidence, return_counts=True)), strict=True)))
    both, dmy, mdy = (seen[_EVIDENCE.index(each)] for each in ("both", "dmy", "mdy"))
    conflict = bool(dmy and mdy)
    if answers.order in ("dmy", "mdy"):
        return answers.order, False, conflict
    if conflict or (both and not dmy and not mdy):
        return "", True, conflict
    return ("dmy" if dmy else "mdy" if mdy else "any"), False, False


def _dated(
    checker: _Checker, parts: list[_Piece], role: str, row: np.ndarray, good: np.ndarray, order: str
) -> np.ndarray:
    """Return the day of each row in the file's order; rows that do not fit it, or wait for it, are left out."""
    evidence = np.concatenate([part.days[role][2] for part in parts])
    wrong = {"dmy": ("mdy",), "mdy": ("dmy",), "": ("both", "dmy", "mdy")}.get(order, ())
    where = np.flatnonzero(np.isin(evidence, [_EVIDENCE.index(each) for each in wrong]))
    chosen = np.concatenate([part.days[role][1 if order == "mdy" else 0] for part in parts])
    if len(where):
        other = np.concatenate([part.days[role][0 if order == "mdy" else 1] for part in parts])
        first, second = ("%m/%d/%Y", "%d/%m/%Y") if order == "mdy" else ("%d/%m/%Y", "%m/%d/%Y")

        def written(n: int) -> str:
            day, form = (chosen, first) if chosen[where[n]] != NONE else (other, second)
            return date.fromordinal(int(day[where[n]]) + _EPOCH).strftime(form)

        code = "date_other_order" if order else "date_order_unknown"
        _left_out(checker, good, row, where, code, role, written)
    return chosen


def _left_out(
    checker: _Checker,
    good: np.ndarray,
    row: np.ndarray,
    where: np.ndarray,
    code: str,
    role: str,
    written: Callable[[int], str],
) -> None:
    if len(where):
        checker.found.add(code, "error", checker.column(role), row[where], written)
        good[where] = False


def _counted(
    checker: _Checker, parts: list[_Piece], row: np.ndarray, good: np.ndarray, answers: Answers
) -> tuple[np.ndarray, bool]:
    """Return the value of each row by the file's decimal mark, and whether that must be asked."""
    mark = np.concatenate([part.mark for part in parts])
    point = np.concatenate([part.point for part in parts])
    if not mark.any():
        return point, False
    comma = np.concatenate([part.comma for part in parts])
    both, with_comma, with_point = (np.flatnonzero(mark == _MARKS.index(each)) for each in ("both", ",", "."))
    decimal = answers.decimal or (
        "," if len(with_comma) and not len(with_point) else "." if len(with_point) and not len(with_comma) else ""
    )

    def written(where: np.ndarray) -> Callable[[int], str]:
        return lambda n: " / ".join(f"{v:g}" for v in (comma[where[n]], point[where[n]]) if v == v)

    if decimal == "":
        _left_out(checker, good, row, both, "decimal_unknown", "value", written(both))
        value = np.where(np.isnan(point), comma, point)
        return value, bool(len(both))
    other = with_point if decimal == "," else with_comma
    _left_out(checker, good, row, other, "decimal_other", "value", written(other))
    return (comma if decimal == "," else point), False


def _chronology(
    checker: _Checker,
    row: np.ndarray,
    good: np.ndarray,
    start: np.ndarray | None,
    end: np.ndarray | None,
    today: date,
) -> None:
    if start is None:
        return

    def iso(days: np.ndarray, where: np.ndarray) -> Callable[[int], str]:
        return lambda n: date.fromordinal(int(days[where[n]]) + _EPOCH).isoformat()

    if end is not None:
        reversed_ = np.flatnonzero(good & (start != NONE) & (end != NONE) & (end < start))
        _left_out(checker, good, row, reversed_, "interval_reversed", "to", iso(end, reversed_))
    now = today.toordinal() - _EPOCH
    future = np.flatnonzero(good & (start > now))
    role = "date" if "date" in checker.names else "from"
    _left_out(checker, good, row, future, "date_future", role, iso(start, future))
    late = np.flatnonzero(good & (end > now)) if end is not None else np.zeros(0, dtype="int64")
    if end is not None and len(late):
        params = {"day": today.isoformat()}
        checker.found.add("end_future", "warning", checker.column("to"), row[late], iso(end, late), params)


def _frame(
    checker: _Checker,
    row: np.ndarray,
    place: np.ndarray,
    good: np.ndarray,
    start: np.ndarray | None,
    end: np.ndarray | None,
    value: np.ndarray,
    label: np.ndarray,
    level: np.ndarray,
) -> pd.DataFrame:
    import pandas as pd

    kept = np.flatnonzero(good)
    if np.any(np.diff(row[kept]) < 0):
        kept = kept[np.argsort(row[kept], kind="stable")]
    groups, levels = (pd.Index(list(known) or [""]) for known in (checker.labels, checker.levels))
    return pd.DataFrame(
        {
            "row": row[kept],
            "divipola": pd.Categorical.from_codes(place[kept], categories=pd.Index(checker.codes)),
            "from": _moments(start, kept),
            "to": _moments(end, kept),
            "value": value[kept],
            "label": pd.Categorical.from_codes(label[kept], categories=groups),
            "level": pd.Categorical.from_codes(level[kept], categories=levels),
        }
    )


def _moments(days: np.ndarray | None, kept: np.ndarray) -> np.ndarray:
    if days is None:
        return np.full(len(kept), np.datetime64("NaT"), dtype="datetime64[s]")
    moments = days[kept].astype("int64").astype("datetime64[D]").astype("datetime64[s]")
    moments[days[kept] == NONE] = np.datetime64("NaT")
    return moments


def _notes(checker: _Checker, answers: Answers, order: str) -> tuple[Note, ...]:
    notes = []
    if order in ("dmy", "mdy") and not answers.order:
        notes.append(Note(f"order_{order}"))
    hashes = np.sort(np.concatenate(checker.hashes))
    doubled = int(np.count_nonzero(hashes[1:] == hashes[:-1]))
    if doubled:
        notes.append(Note("rows_doubled", {"count": doubled}))
    if checker.blank:
        notes.append(Note("rows_blank", {"count": checker.blank}))
    return tuple(notes)


def _open_ends(checker: _Checker, frame: pd.DataFrame, today: date) -> tuple[Note, ...]:
    """Say how far what has no end counts."""
    if checker.kind == "events":
        return ()
    count = int(frame.loc[frame["to"].isna() & frame["from"].notna(), "row"].nunique())
    return (Note("open_ends", {"count": count, "day": today.isoformat()}),) if count else ()


def _printable(words: str) -> str:
    return words if words.isprintable() else "".join(char for char in words if char.isprintable())
