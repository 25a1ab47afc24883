"""Which column plays which role: guessed from names and contents, to be corrected by a person."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence

from data.names import fold
from data.uploads.model import ROLES, Columns, Inspected, Kind
from data.uploads.values import read_coordinate, read_date, read_number

_WORDS: dict[str, tuple[str, ...]] = {
    "divipola": (
        "divipola",
        "cod divipola",
        "codigo divipola",
        "codigo dane",
        "cod dane",
        "codigo dane municipio",
        "cod mun",
        "codmun",
        "cod mpio",
        "codmpio",
        "codigo municipio",
        "cod municipio",
        "mpio cdpmp",
        "mpio ccnct",
        "cod ciudad muni",
        "dane ocurrencia",
        "municipality code",
        "admin2 pcode",
        "adm2 pcode",
        "dane",
    ),
    "municipality": (
        "municipio",
        "nombre municipio",
        "nom mpio",
        "mpio",
        "mpio cnmbr",
        "municipality",
        "ciudad",
        "ciudad municipio",
        "ciudad muni",
        "admin2",
        "adm2 es",
        "town",
    ),
    "department": (
        "departamento",
        "nombre departamento",
        "depto",
        "dpto",
        "dpto cnmbr",
        "department",
        "admin1",
        "adm1 es",
        "estado depto",
    ),
    "lat": ("lat", "latitud", "latitude", "y", "coord y", "latitud y"),
    "lon": ("lon", "lng", "long", "longitud", "longitude", "x", "coord x", "longitud x"),
    "date": (
        "fecha",
        "fecha hecho",
        "fecha del hecho",
        "fecha evento",
        "date",
        "event date",
        "dia",
        "fecha ocurrencia",
    ),
    "from": (
        "desde",
        "fecha inicio",
        "inicio",
        "fecha desde",
        "from",
        "start",
        "valid from",
        "start date",
        "fecha ini",
    ),
    "to": ("hasta", "fecha fin", "fin", "fecha hasta", "to", "end", "valid to", "end date", "fecha final"),
    "group": (
        "grupo",
        "grupo armado",
        "group",
        "armed group",
        "actor",
        "actor armado",
        "organizacion",
        "estructura",
        "presunto responsable",
    ),
    "value": (
        "valor",
        "value",
        "cantidad",
        "total",
        "victimas",
        "numero victimas",
        "numero de victimas",
        "numero",
        "conteo",
        "count",
        "casos",
        "personas",
        "fatalities",
        "hectareas",
    ),
    "level": (
        "nivel",
        "tipo de presencia",
        "nivel de presencia",
        "tipo presencia",
        "presencia",
        "tipo",
        "level",
        "presence type",
        "type of presence",
        "type",
    ),
}
_PERSONAL = re.compile(
    r"\b(?:nombres?|apellidos?|cedula|documento|identificacion|telefono|celular|direccion|correo|email|victim name)\b"
)
_NOT_PERSONAL = re.compile(
    r"\b(?:municipio|departamento|mpio|depto|dpto|vereda|grupo|archivo|tipo|fecha|zona|ciudad)\b"
)


def columns(found: Inspected, codes: Collection[str], kind: Kind | None = None) -> Columns:
    """Guess what a file holds and the roles of its columns.

    Parameters
    ----------
    found
        The first rows.
    codes
        Known DIVIPOLA codes.
    kind
        What the owner says it holds; None guesses that too.
    """
    cells = {name: [row[at] for row in found.rows if row[at].strip()] for at, name in enumerate(found.columns)}
    roles: dict[str, str] = {}
    taken: set[str] = set()
    for role in _WORDS:
        exact, similar = _by_name(role, [name for name in found.columns if name not in taken])
        # A column of exactly that name needs one cell that fits, one of a similar name needs most.
        fitting = next((name for name in exact if _fits(role, cells[name], codes, 0.0)), None)
        fitting = fitting or next((name for name in similar if _fits(role, cells[name], codes, 0.5)), None)
        if fitting is not None:
            roles[role] = fitting
            taken.add(fitting)
    _by_content(roles, taken, cells, codes)
    chosen = kind or _kind(roles, found)
    if chosen == "events" and "date" not in roles and "from" in roles:
        roles["date"] = roles["from"]
    if chosen != "events" and "from" not in roles and "date" in roles:
        roles["from"] = roles["date"]
    return Columns(chosen, {role: name for role, name in roles.items() if role in ROLES[chosen]})


def _by_name(role: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the columns whose name is one of a role's, the best first, and those whose name begins with one."""
    words = _WORDS[role]
    folded = {name: fold(name.replace("_", " ")) for name in names}
    exact = sorted((n for n in names if folded[n] in words), key=lambda n: words.index(folded[n]))
    if role in ("lat", "lon", "to", "from"):
        return exact, []
    return exact, [n for n in names if n not in exact and any(folded[n].startswith(f"{word} ") for word in words)]


def _fits(role: str, cells: Sequence[str], codes: Collection[str], over: float) -> bool:
    if not cells:
        return True
    tests: dict[str, Callable[[str], bool]] = {
        "divipola": lambda cell: _code(cell) in codes,
        "lat": lambda cell: not math.isnan(read_coordinate(cell)),
        "date": lambda cell: not read_date(cell).fault,
        "value": lambda cell: not read_number(cell).fault,
    }
    tests |= {"lon": tests["lat"], "from": tests["date"], "to": tests["date"]}
    return _share(cells[:60], tests.get(role, lambda cell: bool(re.search(r"[^\W\d_]{2}", cell)))) > over


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if holds(cell)) / len(cells)


def _code(cell: str) -> str:
    plain = cell.strip().removeprefix("CO").removesuffix(".0")
    return plain.zfill(5) if plain.isascii() and plain.isdigit() else ""


def _by_content(roles: dict[str, str], taken: set[str], cells: dict[str, list[str]], codes: Collection[str]) -> None:
    """Find codes and dates under names that say nothing."""
    for name, values in cells.items():
        if name in taken or not values:
            continue
        if "divipola" not in roles and _share(values[:60], lambda cell: _code(cell) in codes) > 0.9:
            roles["divipola"] = name
            taken.add(name)
        elif not {"date", "from"} & set(roles) and _share(values[:60], _is_day) > 0.9:
            roles["date"] = name
            taken.add(name)


def _is_day(cell: str) -> bool:
    found = read_date(cell)
    return not found.fault and found.length != "year"


def _kind(roles: dict[str, str], found: Inspected) -> Kind:
    if "group" in roles and "from" in roles:
        return "intervals"
    if any("Polygon" in shape for shape in found.shapes):
        return "areas"
    return "events" if "date" in roles else "intervals" if "from" in roles and "group" in roles else "areas"


def personal(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that seem to hold persons' names or documents: they are neither shown nor kept."""
    folded = {name: fold(name.replace("_", " ")) for name in names}
    return tuple(n for n in names if _PERSONAL.search(folded[n]) and not _NOT_PERSONAL.search(folded[n]))
