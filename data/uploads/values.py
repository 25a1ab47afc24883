"""Single values: dates in the orders people write them, numbers with either decimal mark, coordinates."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

NONE = -(2**31)
"""No day."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero january ene jan",
            "febrero february feb",
            "marzo march mar",
            "abril april abr apr",
            "mayo may",
            "junio june jun",
            "julio july jul",
            "agosto august ago aug",
            "septiembre setiembre september sep sept set",
            "octubre october oct",
            "noviembre november nov",
            "diciembre december dic dec",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:[t ]+\d{1,2}[:.]\d{2}.*)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})" + _TIME, re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SHORT = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}" + _TIME, re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_WORDED = re.compile(r"(\d{1,2})(?:\s+de|[-/.])?\s*([a-z]+)\.?(?:\s+del?|[-/.])?[\s,]*(\d{4})" + _TIME)
_WORDED_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


class Dates(NamedTuple):
    """A date as read with the day first and with the month first: first and last day it may mean, since 1970.

    `evidence` is ``dmy`` or ``mdy`` when only that order gives a date, ``both`` when the orders differ, "" when the
    order does not matter. `fault` says why it is no date; `length` is ``day``, ``month`` or ``year``.
    """

    day_first: tuple[int, int] = (NONE, NONE)
    month_first: tuple[int, int] = (NONE, NONE)
    evidence: str = ""
    fault: str = ""
    length: str = "day"


def read_date(text: str) -> Dates:
    """Read a date.

    Parameters
    ----------
    text
        ISO (a time of day is dropped), ``D/M/Y`` or ``M/D/Y``, ``5 de mayo de 2024``, ``2024-05``, ``2024``.

    Returns
    -------
    Dates
        Faults: ``date_blank``, ``date_two_digits`` (a year of two digits), ``date_serial`` (a spreadsheet's day
        number), ``date_impossible`` (31 February), ``date_unreadable``, ``date_out_of_range``.
    """
    plain = text.strip()[:60].casefold()
    if not plain:
        return Dates(fault="date_blank")
    if (found := _ISO.fullmatch(plain)) or (found := _COMPACT.fullmatch(plain)):
        return _certain(int(found[1]), int(found[2]), int(found[3]))
    if found := _PARTS.fullmatch(plain):
        return _either(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH.fullmatch(plain):
        return _whole_month(int(found[1]), int(found[2]))
    if _YEAR.fullmatch(plain):
        year = int(plain)
        return _spanning(date(year, 1, 1), date(year, 12, 31), "year") if _in_range(year) else _out_of_range()
    if (found := _WORDED.fullmatch(plain)) and found[2] in _MONTHS:
        return _certain(int(found[3]), _MONTHS[found[2]], int(found[1]))
    if (found := _WORDED_FIRST.fullmatch(plain)) and found[1] in _MONTHS:
        return _certain(int(found[3]), _MONTHS[found[1]], int(found[2]))
    if _SHORT.fullmatch(plain):
        return Dates(fault="date_two_digits")
    return Dates(fault="date_serial" if _SERIAL.fullmatch(plain) else "date_unreadable")


def _in_range(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _out_of_range() -> Dates:
    return Dates(fault="date_out_of_range")


def _day(year: int, month: int, number: int) -> int:
    try:
        return date(year, month, number).toordinal() - _EPOCH
    except ValueError:
        return NONE


def _certain(year: int, month: int, number: int) -> Dates:
    if not _in_range(year):
        return _out_of_range()
    day = _day(year, month, number)
    return Dates((day, day), (day, day)) if day != NONE else Dates(fault="date_impossible")


def _either(first: int, second: int, year: int) -> Dates:
    if not _in_range(year):
        return _out_of_range()
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if day_first == month_first == NONE:
        return Dates(fault="date_impossible")
    if day_first == month_first:
        return Dates((day_first, day_first), (month_first, month_first))
    # Two parts of twelve and less are a date in either order; only a part over twelve proves one.
    evidence = "mdy" if day_first == NONE else "dmy" if month_first == NONE else "both"
    return Dates((day_first, day_first), (month_first, month_first), evidence)


def _whole_month(year: int, month: int) -> Dates:
    if not _in_range(year):
        return _out_of_range()
    if not 1 <= month <= 12:
        return Dates(fault="date_impossible")
    after = date(year + month // 12, month % 12 + 1, 1)
    return _spanning(date(year, month, 1), date.fromordinal(after.toordinal() - 1), "month")


def _spanning(first: date, last: date, length: str) -> Dates:
    days = (first.toordinal() - _EPOCH, last.toordinal() - _EPOCH)
    return Dates(days, days, length=length)


@dataclass(frozen=True)
class Number:
    """A number as read with a decimal comma and with a decimal point (NaN: not a number that way).

    `evidence` is ``,`` or ``.`` when only that mark gives a number, ``both`` when the two differ, "" else.
    """

    comma: float = math.nan
    point: float = math.nan
    evidence: str = ""
    fault: str = ""


_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. \u00a0]\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_POINT = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0]\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d{1,2})?", re.ASCII)


def read_number(text: str) -> Number:
    """Read a number that counts something.

    Returns
    -------
    Number
        Faults: ``value_blank``, ``value_not_a_number``, ``value_negative``, ``value_too_large`` (over 10^12).
    """
    plain = text.strip()[:60].casefold()
    if not plain or plain in ("-", "na", "n/a", "nan", "null", "none", "nd", "s/d", "sin dato", "sin informacion"):
        return Number(fault="value_blank")
    comma = float(re.sub(r"[. \u00a0]", "", plain).replace(",", ".")) if _COMMA.fullmatch(plain) else math.nan
    point = float(re.sub(r"[, \u00a0]", "", plain)) if _POINT.fullmatch(plain) else math.nan
    known = [value for value in (comma, point) if not math.isnan(value)]
    if not known:
        return Number(fault="value_not_a_number")
    if min(known) < 0:
        return Number(fault="value_negative")
    if min(known) > 1e12:
        return Number(fault="value_too_large")
    if len(known) == 1:
        return Number(comma, point, "," if math.isnan(point) else ".")
    return Number(comma, point, "" if comma == point else "both")


_DEGREES = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d{1,2})?", re.ASCII)


def read_coordinate(text: str) -> float:
    """Return a coordinate with either decimal mark; NaN when it is none (degrees, minutes and seconds among them)."""
    plain = text.strip()[:40].casefold()
    return float(plain.replace(",", ".")) if _DEGREES.fullmatch(plain) else math.nan
