"""Typed query parameters: one declaration parses, validates, explains and documents a parameter.

A `Parameter` names a `Kind`. The kind turns text into a value, says in words what it allows, and gives its JSON schema,
so that the answer to a bad request, the OpenAPI document and the readable page never disagree with what is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from urllib.parse import parse_qsl

from components.i18n import _

MAX_QUERY_BYTES = 8_192
MAX_FIELDS = 100
FIRST_YEAR, LAST_YEAR = 1948, 2100
_YEARS = "(19(4[89]|[5-9][0-9])|20[0-9]{2}|2100)"
_SHOWN = 80


class QueryError(ValueError):
    """A request that cannot be answered, told so that its author can repair it.

    Parameters
    ----------
    parameter
        Name of the parameter at fault.
    found
        What the request gave; cut to 80 characters.
    allowed
        What would have been accepted, in the reader's language.
    """

    def __init__(self, parameter: str, found: str, allowed: str) -> None:
        self.parameter = shorten(parameter)
        self.found = shorten(found)
        self.allowed = allowed
        super().__init__(
            _(
                "Parameter “{parameter}”: found “{found}”; allowed: {allowed}.",
                parameter=self.parameter,
                found=self.found,
                allowed=allowed,
            )
        )


class Kind(Protocol):
    """What a parameter accepts."""

    def parse(self, text: str) -> Any:
        """Return the value that `text` stands for; raise ValueError when it stands for none."""
        ...

    def allowed(self) -> str:
        """Return what is accepted, in the reader's language."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema (2020-12) of the text form."""
        ...


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day as YYYY-MM-DD between two days, both included."""

    first: date = date(FIRST_YEAR, 1, 1)
    last: date = date(LAST_YEAR, 12, 31)

    def parse(self, text: str) -> date:
        """Return the day; raise ValueError for another form, an impossible day or one outside the range."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = date.fromisoformat(text)
        if not self.first <= day <= self.last:
            raise ValueError(text)
        return day

    def allowed(self) -> str:
        """Return the form and the range in words."""
        return _("a day as YYYY-MM-DD from {first} to {last}", first=self.first, last=self.last)

    def schema(self) -> dict[str, Any]:
        """Return a string schema with format date and the range of years."""
        return {"type": "string", "format": "date", "pattern": f"^{_YEARS}-[0-9]{{2}}-[0-9]{{2}}$"}


@dataclass(frozen=True, slots=True)
class Month:
    """A month as YYYY-MM between two months, both included; its value is the first day."""

    first: date = date(FIRST_YEAR, 1, 1)
    last: date = date(LAST_YEAR, 12, 1)

    def parse(self, text: str) -> date:
        """Return the first day of the month; raise ValueError for anything else."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            raise ValueError(text)
        month = date.fromisoformat(f"{text}-01")
        if not self.first <= month <= self.last:
            raise ValueError(text)
        return month

    def allowed(self) -> str:
        """Return the form and the range in words."""
        return _("a month as YYYY-MM from {first:%Y-%m} to {last:%Y-%m}", first=self.first, last=self.last)

    def schema(self) -> dict[str, Any]:
        """Return a string schema with a pattern."""
        return {"type": "string", "pattern": f"^{_YEARS}-(0[1-9]|1[0-2])$"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    minimum: int
    maximum: int

    def parse(self, text: str) -> int:
        """Return the number; raise ValueError for signs, spaces, other digits than 0-9 or a value out of bounds."""
        if not re.fullmatch(r"[0-9]{1,12}", text) or not self.minimum <= int(text) <= self.maximum:
            raise ValueError(text)
        return int(text)

    def allowed(self) -> str:
        """Return the bounds in words."""
        return _("a whole number from {minimum} to {maximum}", minimum=self.minimum, maximum=self.maximum)

    def schema(self) -> dict[str, Any]:
        """Return an integer schema with both bounds."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few fixed words."""

    words: tuple[str, ...]

    def parse(self, text: str) -> str:
        """Return the word itself; raise ValueError when it is none of them."""
        if text not in self.words:
            raise ValueError(text)
        return text

    def allowed(self) -> str:
        """Return all the words."""
        return _("one of {words}", words=", ".join(self.words))

    def schema(self) -> dict[str, Any]:
        """Return a string schema with all the words."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Known:
    """One of the many values that a table holds; read when first asked for, so that declaring it costs nothing.

    Parameters
    ----------
    values
        Returns the accepted values.
    noun
        What a value is, as an English message id, e.g. ``"a 5-digit DIVIPOLA code"``.
    listed_at
        Path under ``/api/v1/`` where all of them are listed.
    """

    values: Callable[[], Iterable[str]]
    noun: str
    listed_at: str

    def parse(self, text: str) -> str:
        """Return the value, found without regard to case and accents; raise ValueError when no row has it."""
        values = tuple(self.values())
        if text in values:
            return text
        wanted = plain(text)
        for value in values:
            if plain(value) == wanted:
                return value
        raise ValueError(text)

    def allowed(self) -> str:
        """Return what a value is and where all of them are listed; all of them when they are few."""
        values = sorted(self.values())
        noun = _(self.noun)
        if len(values) <= 40:
            return _("{noun}, one of {words}", noun=noun, words=", ".join(values))
        return _("{noun}, listed at /api/v1/{path}", noun=noun, path=self.listed_at)

    def schema(self) -> dict[str, Any]:
        """Return a string schema with all the values that the data hold now."""
        return {"type": "string", "enum": sorted(self.values())}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Parameters
    ----------
    name
        As written in the address.
    kind
        What it accepts.
    description
        English message id of one sentence.
    default
        Value when it is absent or empty; None means no filter.
    many
        Accept several values, separated by commas or given by repetition; the value is then a tuple.
    required
        Refuse a request without it.
    default_note
        English message id that explains a default that the data decide.
    example
        A value that works on the embedded data.
    """

    name: str
    kind: Kind
    description: str
    default: Any = None
    many: bool = False
    required: bool = False
    default_note: str = ""
    example: str = ""


def shorten(text: str, size: int = _SHOWN) -> str:
    """Return `text` on one line, printable, and no longer than `size` characters."""
    clean = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return clean if len(clean) <= size else clean[: size - 1] + "…"


def plain(text: str) -> str:
    """Return `text` without accents, in lower case, with single spaces: the form in which names are compared."""
    letters = (character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character))
    return " ".join("".join(letters).casefold().split())


def fields(query_string: bytes) -> list[tuple[str, str]]:
    """Return the name-value pairs of a raw query string, percent-decoded; empty values are kept.

    Raises QueryError when it is longer than 8 KiB, has more than 100 fields or is not UTF-8.
    """
    if len(query_string) > MAX_QUERY_BYTES:
        raise QueryError("?", f"{len(query_string)} bytes", _("at most {n} bytes", n=MAX_QUERY_BYTES))
    try:
        return parse_qsl(
            query_string.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except UnicodeDecodeError:
        raise QueryError("?", query_string.decode("latin-1"), _("UTF-8 text, percent-encoded")) from None
    except ValueError:
        raise QueryError("?", f"> {MAX_FIELDS}", _("at most {n} parameters", n=MAX_FIELDS)) from None


def parse(parameters: Sequence[Parameter], pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return a value for every declared parameter.

    An empty value means that the parameter was not given. A parameter that takes one value may be given once.

    Raises
    ------
    QueryError
        For an unknown name, a repeated single value, a missing required one, or text that its kind refuses.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in declared:
            raise QueryError(name, text, _("only the parameters {names}", names=", ".join(declared)))
        if text:
            given.setdefault(name, []).append(text)
    return {name: _value(parameter, given.get(name, [])) for name, parameter in declared.items()}


def _value(parameter: Parameter, texts: list[str]) -> Any:
    if not texts:
        if parameter.required:
            raise QueryError(parameter.name, "", parameter.kind.allowed())
        return parameter.default
    if parameter.many:
        return tuple(dict.fromkeys(value for text in texts for value in _several(parameter, text))) or parameter.default
    if len(texts) > 1:
        raise QueryError(parameter.name, ", ".join(texts), _("one value, given once"))
    return _one(parameter, texts[0])


def _several(parameter: Parameter, text: str) -> list[Any]:
    """Return the values in a comma-separated text; a name that itself contains a comma counts as one."""
    try:
        return [parameter.kind.parse(text)]
    except ValueError:
        return [_one(parameter, word.strip()) for word in text.split(",") if word.strip()]


def _one(parameter: Parameter, text: str) -> Any:
    try:
        return parameter.kind.parse(text)
    except ValueError:
        raise QueryError(parameter.name, text, parameter.kind.allowed()) from None
