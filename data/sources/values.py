"""Read the numbers, dates and codes that publishers write in many ways. Pure functions on columns of text.

Each function returns the values it could read and null for the rest; nothing is guessed. Where one file may be
read in two ways (day or month first), the whole column decides, and a column that cannot decide is an error.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import pandas as pd

from data.sources.model import SourceError

NOTHING = frozenset({"", "na", "n/a", "nan", "nd", "null", "none", "-", "--"})

_MONTHS = {
    "jan": 1, "ene": 1, "feb": 2, "mar": 3, "apr": 4, "abr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "ago": 8,
    "sep": 9, "set": 9, "oct": 10, "nov": 11, "dec": 12, "dic": 12,
}  # fmt: skip
SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip

_ISO = r"^(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:[T ].*)?$"
_PARTS = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})(?:[T ].*)?$"
_NAMED = r"^(?P<d>\d{1,2})(?: de |[-/ ])(?P<m>[A-Za-z]{3,})\.?(?: del? |[-/ ])(?P<y>\d{4}|\d{2})(?:[T ].*)?$"


def blank(text: pd.Series) -> pd.Series:
    """Tell which cells hold nothing, a literal ``NA`` included."""
    return text.isna() | text.astype("str").str.strip().str.casefold().isin(NOTHING)


def counts(text: pd.Series) -> pd.Series:
    """Read whole numbers with or without thousands marks, ``9,321``, ``1.234``, ``15803``, ``2.0``, as float; null
    when blank or not a count.

    >>> counts(pd.Series(["9,321", "7", "NA", "2.0"])).tolist()
    [9321.0, 7.0, nan, 2.0]
    """
    cells = text.astype("str").str.strip().where(~blank(text))
    grouped = cells.str.fullmatch(r"-?\d{1,3}([,.]\d{3})+").fillna(False).astype(bool)
    plain = cells.where(~grouped, cells.str.replace(r"[,.]", "", regex=True))
    return pd.to_numeric(
        plain.where(plain.str.fullmatch(r"-?\d+(\.0+)?").fillna(False).astype(bool)), errors="coerce"
    ).astype("float64")


def decimals(text: pd.Series) -> pd.Series:
    """Read a column of decimal numbers whose mark is the point or the comma: the whole column decides.

    A comma followed by one, two or more than three digits, or a comma after a point, makes it a column of decimal
    commas: ``8.832,92`` is then 8832.92 and ``1.088`` is 1088. Without such a cell the point is the decimal mark.
    A point followed by other than three digits stays a decimal point even in a comma column when the cell has no
    comma. Null when blank or not a number.
    """
    cells = text.astype("str").str.strip().where(~blank(text))
    comma = bool(cells.str.fullmatch(r"-?(\d{1,3}(\.\d{3})+|\d+),\d+").fillna(False).astype(bool).any()) and not bool(
        cells.str.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+").fillna(False).astype(bool).any()
    )
    if comma:
        thousands = cells.str.contains(",", regex=False).fillna(False).astype(bool) | cells.str.fullmatch(
            r"-?\d{1,3}(\.\d{3})+"
        ).fillna(False).astype(bool)
        undotted = cells.where(~thousands, cells.str.replace(".", "", regex=False))
        cells = undotted.str.replace(",", ".", regex=False)
    else:
        grouped = cells.str.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?").fillna(False).astype(bool)
        cells = cells.where(~grouped, cells.str.replace(",", "", regex=False))
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def years(text: pd.Series) -> pd.Series:
    """Read years, ``2006`` or ``2,006`` or ``2006.0``; null for blanks, year 0 and anything that is not of
    1900-2100."""
    found = counts(text)
    return found.where(found.between(1900, 2100))


def municipality_codes(text: pd.Series) -> pd.Series:
    """Bring DIVIPOLA codes to five digits: lost zeros restored, thousands marks and ``.0`` removed; other text is
    returned as it is.

    >>> municipality_codes(pd.Series(["5001", "5,313", "52835", "5001.0", "CAUCA"])).tolist()
    ['05001', '05313', '52835', '05001', 'CAUCA']
    """
    cells = text.fillna("").astype("str").str.strip()
    cells = cells.str.replace(r"\.0+$", "", regex=True).str.replace(r"^(\d{1,2})[,.](\d{3})$", r"\1\2", regex=True)
    short = cells.str.fullmatch(r"\d{4,5}") | cells.str.fullmatch("0")
    return cells.where(~short, cells.str.zfill(5))


def police_codes(text: pd.Series) -> pd.Series:
    """Bring the police's codes, DIVIPOLA and three digits of the settlement, to five digits: ``5030000`` is 05030,
    ``52835000`` is 52835.

    The last three digits go first, the lost zero comes back afterwards; the first five digits of ``5030000`` would
    be another department.
    """
    cells = text.fillna("").astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    long = cells.str.fullmatch(r"\d{7,8}")
    return cells.where(~long, cells.str[:-3].str.zfill(5))


def dates(text: pd.Series, column: str = "date") -> pd.Series:
    """Read a column of dates as ``datetime64[s]`` at midnight; null where a cell is blank or no day of the calendar.

    Read are ISO (``2022-01-31``, ``2022/01/31 00:00:00.0``, ``2003-01-01T00:00:00.000``), day and month in either
    order with four or two digits of the year, and named months (``25-Oct-22``, ``5 de enero de 2026``). Day or
    month first is decided by the column: some part must be over 12.

    Raises
    ------
    SourceError
        ``ambiguous_dates`` when no cell decides, or when cells contradict one another.
    """
    if isinstance(text.dtype, pd.DatetimeTZDtype) or str(text.dtype).startswith("datetime64"):
        return text.dt.normalize().astype("datetime64[s]")
    if text.empty:
        return pd.Series(index=text.index, dtype="datetime64[s]")
    cells = text.fillna("").astype("str").str.strip()
    iso = cells.str.extract(_ISO)
    parts = cells.str.extract(_PARTS)
    named = cells.str.extract(_NAMED)
    day, month, year = iso["d"], iso["m"], iso["y"]
    if parts["y"].notna().any():
        first_is_day = _day_first(parts, column)
        day = day.fillna(parts["a"] if first_is_day else parts["b"])
        month = month.fillna(parts["b"] if first_is_day else parts["a"])
        year = year.fillna(parts["y"])
    if named["y"].notna().any():
        numbers = named["m"].str[:3].str.casefold().map({name: str(number) for name, number in _MONTHS.items()})
        day, month, year = day.fillna(named["d"]), month.fillna(numbers.astype("str")), year.fillna(named["y"])
    number = pd.DataFrame({"year": year, "month": month, "day": day}).apply(pd.to_numeric, errors="coerce")
    number["year"] = number["year"].where(~(number["year"] < 100), number["year"] + 2000)
    return pd.to_datetime(number, errors="coerce").astype("datetime64[s]")


def _day_first(parts: pd.DataFrame, column: str) -> bool:
    first, second = pd.to_numeric(parts["a"]), pd.to_numeric(parts["b"])
    day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
    if day_first and month_first:
        raise SourceError("ambiguous_dates", f"column {column}: some dates have the day first, some the month")
    if not day_first and not month_first and bool((first != second).any()):
        raise SourceError("ambiguous_dates", f"column {column}: no date tells whether the day or the month comes first")
    return day_first


def spanish_period_end(text: str) -> dt.date | None:
    """Read the last day of "... AL 31 DE DICIEMBRE AÑO 2011" or "... DE 2003-2010"; ``None`` when it is not said."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    found = re.search(r"\bal (\d{1,2}) de ([a-z]+)\b", plain)
    year = re.findall(r"\b(?:19|20)\d{2}\b", plain)
    if not found or not year or found[2] not in SPANISH_MONTHS:
        return None
    try:
        return dt.date(int(year[-1]), SPANISH_MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None
