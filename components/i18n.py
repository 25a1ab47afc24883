"""Texts, numbers and dates in the reader's language.

English is the language of the message ids; ``locale/es/LC_MESSAGES/messages.po`` holds the Spanish. The catalogue is
read from the ``.po`` file itself, so that a fresh clone needs no compile step, and kept compiled by the file's hash.
The language of a request lives in a context variable: one process serves readers of both languages at once.
"""

from __future__ import annotations

import contextlib
import gettext
import hashlib
import struct
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from data.files import write_atomic
from data.paths import cache_dir

LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = ("es", "en")
DEFAULT_LANGUAGE = "es"
_LOCALES = {"es": "es_CO", "en": "en_US"}
_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


def set_language(language: str) -> None:
    """Use `language` ("es" or "en") for every text of this request."""
    _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def language() -> str:
    """Return the language of this request, "es" or "en"."""
    return _language.get()


def preferred_language(browser_locale: str | None) -> str:
    """Return the supported language nearest to a browser locale such as "en-US"; Spanish when none fits."""
    prefix = (browser_locale or "").split("-")[0].lower()
    return prefix if prefix in LANGUAGES else DEFAULT_LANGUAGE


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    path = LOCALE_DIR / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    source = path.read_bytes()
    kept = cache_dir() / "locale" / f"{code}-{hashlib.sha256(source).hexdigest()[:32]}.mo"
    # A file that cannot be read, or is damaged, is made again; one that cannot be written costs time at the next start.
    with contextlib.suppress(OSError, ValueError, struct.error), kept.open("rb") as file:
        return gettext.GNUTranslations(file)
    compiled = _compiled(code, source)
    with contextlib.suppress(OSError):
        write_atomic(kept, compiled)
    return gettext.GNUTranslations(BytesIO(compiled))


def _compiled(code: str, source: bytes) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    buffer = BytesIO()
    write_mo(buffer, read_po(BytesIO(source), locale=code))
    return buffer.getvalue()


def _(message: str, /, **values: Any) -> str:
    """Return `message` in the reader's language with `values` filled into its ``{names}``."""
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: Any) -> str:
    """Return the form of a message that fits `n`; ``{n}`` is filled with the formatted number."""
    text = _catalogue(language()).ngettext(singular, plural, n)
    return text.format(**{"n": number(n), **values})


def pick(row: Mapping[str, Any] | Any, field: str) -> str:
    """Return ``field_es`` or ``field_en`` of a row, whichever the reader speaks; the other one when it is blank."""
    first, second = (f"{field}_{language()}", f"{field}_{'en' if language() == 'es' else 'es'}")
    for name in (first, second):
        value = row[name] if isinstance(row, Mapping) or hasattr(row, "__getitem__") else getattr(row, name)
        if isinstance(value, str) and value:
            return value
    return ""


def number(value: float, decimals: int = 0) -> str:
    """Return a number with the language's separators and exactly `decimals` places."""
    return _number(value, decimals, language())


@lru_cache(maxsize=8192)
def _number(value: float, decimals: int, lang: str) -> str:
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=_LOCALES[lang])


def percent(share: float, decimals: int = 0, *, signed: bool = False) -> str:
    """Return a share of one as a percentage as the language writes it: "59 %" in Spanish, "59%" in English.

    `signed` writes a plus before what is not negative.
    """
    value = round(share * 100, decimals)
    sign = "−" if value < 0 else "+" if signed else ""
    space = "\N{NO-BREAK SPACE}" if language() == "es" else ""
    return f"{sign}{number(abs(value), decimals)}{space}%"


def day(value: date, form: str = "long") -> str:
    """Return a date as people write it, e.g. "6 de mayo de 2024" or "May 6, 2024"."""
    from babel.dates import format_date

    return format_date(value, format=form, locale=_LOCALES[language()])


def month(value: date) -> str:
    """Return a month as people write it, e.g. "octubre de 2024" or "October 2024"."""
    from babel.dates import format_date, format_skeleton

    if language() == "es":
        return format_date(value, format="MMMM 'de' y", locale=_LOCALES["es"])
    return format_skeleton("yMMMM", value, locale=_LOCALES["en"])


def partial_day(text: str) -> str:
    """Return an ISO date that may be only a month or a year ("2025-03", "2025") as people write it."""
    parts = [int(part) for part in text.split("-") if part.isdigit()]
    if len(parts) == 3:
        return day(date(*parts))
    if len(parts) == 2:
        return month(date(parts[0], parts[1], 1))
    return text


def enumerate_names(names: list[str]) -> str:
    """Return names joined as a sentence does: "A, B y C" or "A, B, and C"."""
    from babel.lists import format_list

    return format_list(names, locale=_LOCALES[language()]) if names else ""


def age(days: int) -> str:
    """Return the age of evidence in the coarsest unit that stays honest: days, months, or years and months."""
    if days < 31:
        return ngettext("{n} day", "{n} days", days)
    months = int(days // 30.4375)
    if months < 24:
        return ngettext("{n} month", "{n} months", months)
    return ngettext("{n} year", "{n} years", months // 12)
