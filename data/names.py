"""Find the DIVIPOLA code of a place that a publisher wrote as a name: shared by the connectors and by people's own
files.

A name is never guessed. What cannot be told apart comes back as ``ambiguous`` with its candidates, what is not
known as ``unknown`` with the nearest spellings as suggestions for a person, and what is known to be no
municipality (a hamlet, "sin información") as such.

Handled: case, accents and diaeresis; ``Ñ`` lost or kept; the police's ``(CT)`` of department seats; second names
in brackets, ``MAGÜÍ (Payán)``; the suffixes of UCDP, ``Tumaco municipality``; letters destroyed on the way,
``MEDELL?N``, ``PE\\ufffdOL``; UTF-8 read as Latin-1, ``NariÃ±o``; former and local names; homonyms, told apart by
their department only.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Status = Literal["matched", "repaired", "ambiguous", "unknown", "not_a_municipality", "blank"]

BROKEN = "\ufffd"
"""The mark that a decoder leaves for a letter it could not read."""

_SUFFIXES = re.compile(
    r"\b(?:municipality|department|province|municipio|departamento|intendencia|comisaria|capital district"
    r"|distrito capital)\b"
)
_LEADS = re.compile(r"^(?:municipio|mpio|mun|departamento|depto|dpto|department)(?: de(?:l)?)? (?=\w)")
_BRACKETS = re.compile(r"\(([^)]*)\)?")
_NO_NAME = frozenset(
    {
        "",
        "na",
        "nan",
        "n a",
        "nd",
        "null",
        "none",
        "sin informacion",
        "sin dato",
        "sin datos",
        "sin definir",
        "no reporta",
        "no reportado",
        "no aplica",
        "desconocido",
        "por establecer",
    }
)
_SEAT_MARKS = frozenset({"ct", "cd", "capital", "anm", "cor departamental", "corregimiento departamental"})

DEPARTMENT_ALIASES: Mapping[str, str] = {
    "bogota": "11",
    "bogota d c": "11",
    "bogota dc": "11",
    "santafe de bogota": "11",
    "santa fe de bogota": "11",
    "santafe de bogota d c": "11",
    "distrito capital de bogota": "11",
    "guajira": "44",
    "norte santander": "54",
    "n de santander": "54",
    "nte de santander": "54",
    "valle": "76",
    "san andres": "88",
    "san andres islas": "88",
    "san andres y providencia": "88",
    "san andres providencia y santa catalina": "88",
    "archipielago de san andres": "88",
    "archipielago de san andres providencia y santa catalina": "88",
}

# (department, name as written, folded) -> code. Former official names, local names and publishers' habits; not
# spelling mistakes.
MUNICIPALITY_ALIASES: Mapping[tuple[str, str], str] = {
    ("05", "antioquia"): "05042",
    ("05", "santa fe antioquia"): "05042",
    ("05", "carmen de viboral"): "05148",
    ("05", "carolina del principe"): "05150",
    ("05", "el penol"): "05541",
    ("05", "puerto nare la magdalena"): "05585",
    ("05", "el retiro"): "05607",
    ("05", "san andres"): "05647",
    ("05", "san pedro"): "05664",
    ("05", "san vicente"): "05674",
    ("05", "santuario"): "05697",
    ("05", "yondo casabe"): "05893",
    ("11", "bogota"): "11001",
    ("11", "santa fe de bogota"): "11001",
    ("11", "santafe de bogota"): "11001",
    ("13", "cartagena"): "13001",
    ("13", "mompos"): "13468",
    ("13", "mompox"): "13468",
    ("13", "tiquisio nuevo"): "13810",
    ("15", "aquitania pueblo viejo"): "15047",
    ("15", "cocuy"): "15244",
    ("15", "guican"): "15332",
    ("15", "villa de leiva"): "15407",
    ("17", "la victoria"): "17867",
    ("18", "belen andaquies"): "18094",
    ("18", "montanita"): "18410",
    ("18", "san jose de fragua"): "18610",
    ("19", "lopez"): "19418",
    ("19", "belalcazar"): "19517",
    ("19", "el bordo"): "19532",
    ("19", "patia el bordo"): "19532",
    ("19", "piendamo"): "19548",
    ("19", "sotara"): "19760",
    ("20", "codazzi"): "20013",
    ("20", "manaure"): "20443",
    ("20", "la paz robles"): "20621",
    ("20", "robles"): "20621",
    ("23", "purisima"): "23586",
    ("23", "san andres sotavento"): "23670",
    ("23", "san bernardo viento"): "23675",
    ("25", "bogota"): "11001",
    ("25", "bogota d c"): "11001",
    ("25", "bogota dc"): "11001",
    ("25", "san antonio de tequendama"): "25645",
    ("25", "ubate"): "25843",
    ("27", "alto baudo pie de pato"): "27025",
    ("27", "bahia solano mutis"): "27075",
    ("27", "bajo baudo pizarro"): "27077",
    ("27", "pizarro"): "27077",
    ("27", "bojaya bellavista"): "27099",
    ("27", "canton de san pablo"): "27135",
    ("27", "el canton de san pablo"): "27135",
    ("27", "curbarado"): "27150",
    ("27", "curvarado"): "27150",
    ("27", "el carmen del darien"): "27150",
    ("27", "carmen de atrato"): "27245",
    ("27", "el carmen"): "27245",
    ("27", "el carmen del atrato"): "27245",
    ("27", "docordo"): "27250",
    ("27", "el litoral de san juan"): "27250",
    ("27", "litoral de san juan"): "27250",
    ("27", "litoral del san juan"): "27250",
    ("27", "itsmina"): "27361",
    ("27", "bete"): "27425",
    ("27", "medio atrato bete"): "27425",
    ("27", "belen de bajira"): "27493",
    ("47", "ariguani el dificil"): "47058",
    ("47", "cerro san antonio"): "47161",
    ("47", "san angel"): "47660",
    ("47", "zona bananera sevilla"): "47980",
    ("50", "san luis de cubarral"): "50223",
    ("50", "macarena"): "50350",
    ("50", "la uribe"): "50370",
    ("50", "san martin de los llanos"): "50689",
    ("52", "san juan de pasto"): "52001",
    ("52", "alban san jose"): "52019",
    ("52", "san jose de alban"): "52019",
    ("52", "arboleda berruecos"): "52051",
    ("52", "berruecos"): "52051",
    ("52", "colon genova"): "52203",
    ("52", "colon y genova"): "52203",
    ("52", "genova"): "52203",
    ("52", "el contadero"): "52210",
    ("52", "carlosama"): "52224",
    ("52", "cuaspud"): "52224",
    ("52", "el tablon"): "52258",
    ("52", "tablon de gomez"): "52258",
    ("52", "los andes sotomayor"): "52418",
    ("52", "sotomayor"): "52418",
    ("52", "magui payan"): "52427",
    ("52", "payan"): "52427",
    ("52", "piedrancha"): "52435",
    ("52", "bocas de satinga"): "52490",
    ("52", "satinga"): "52490",
    ("52", "salahonda"): "52520",
    ("52", "roberto payan san jose"): "52621",
    ("52", "iscuande"): "52696",
    ("52", "santa barbara de iscuande"): "52696",
    ("52", "santa barbara iscuande"): "52696",
    ("52", "guachaves"): "52699",
    ("52", "santa cruz de guachaves"): "52699",
    ("52", "santacruz guachaves"): "52699",
    ("52", "tumaco"): "52835",
    ("54", "cucuta"): "54001",
    ("54", "tarra"): "54250",
    ("54", "zulia"): "54261",
    ("54", "la playa de belen"): "54398",
    ("54", "playa de belen"): "54398",
    ("54", "villa rosario"): "54874",
    ("68", "carmen de chucuri"): "68235",
    ("68", "el carmen"): "68235",
    ("70", "coloso ricaurte"): "70204",
    ("70", "galeras nueva granada"): "70235",
    ("70", "since"): "70742",
    ("70", "tolu"): "70820",
    ("70", "tolu viejo"): "70823",
    ("70", "toluviejo"): "70823",
    ("73", "armero guayabal"): "73055",
    ("73", "guayabal"): "73055",
    ("73", "mariquita"): "73443",
    ("76", "cali"): "76001",
    ("76", "buga"): "76111",
    ("76", "calima darien"): "76126",
    ("76", "calima el darien"): "76126",
    ("76", "darien"): "76126",
    ("86", "leguizamo"): "86573",
    ("86", "la dorada"): "86757",
    ("86", "san miguel la dorada"): "86757",
    ("86", "la hormiga"): "86865",
    ("86", "valle del guamuez la hormiga"): "86865",
    ("88", "san andres isla"): "88001",
    ("88", "providencia y santa catalina"): "88564",
    ("91", "miriti parana campoamor"): "91460",
    ("94", "puerto inirida"): "94001",
    ("94", "barranco mina"): "94343",
    ("95", "san jose"): "95001",
    ("97", "papunaua"): "97777",
}

OBSOLETE_CODES: Mapping[str, str] = {"99572": "Santa Rita (Vichada)", "94663": "Mapiripana (Guainía)"}
"""Codes that DIVIPOLA no longer lists and that are not reassigned: their rows are reported, never moved to a
neighbour."""

UNKNOWN_PLACE_CODES = frozenset({"", "0", "00000", "000", "0000", "99999"})
"""Codes by which publishers say that they do not know the place; ``DD000`` (department only) is one of the same
kind."""


@dataclass(frozen=True, slots=True)
class Match:
    """The answer to one name.

    Attributes
    ----------
    divipola
        Five digits when ``status`` is ``matched`` or ``repaired``; else ``None``.
    status
        ``matched``; ``repaired`` (one candidate after restoring destroyed letters); ``ambiguous``; ``unknown``;
        ``not_a_municipality``; ``blank``.
    candidates
        Codes that fit, when ``ambiguous``; codes with a similar spelling, when ``unknown``: to be offered, not taken.
    """

    divipola: str | None
    status: Status
    candidates: tuple[str, ...] = ()


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1, once or several times over; text without that damage comes back unchanged.

    ``DesapariciÃ³n`` and ``DesapariciÃÂ³n`` become ``Desaparición``; letters replaced by U+FFFD cannot be restored
    and stay.
    """
    for _ in range(3):
        if "Ã" not in text and "Â" not in text and "ï¿½" not in text:
            return text
        repaired = _decode_again(text)
        if repaired is None:
            # A continuation byte lost on the way leaves "ÃÂ³": without the stray lead byte the rest still decodes.
            repaired = _decode_again(text.replace("ÃÂ", "Ã"))
        if repaired is None or repaired == text:
            return text
        text = repaired
    return text


def _decode_again(text: str) -> str | None:
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return None


def fold(text: str) -> str:
    """Reduce a name to lower-case letters, digits and single spaces; destroyed letters become ``?``.

    >>> fold("  SAN  ANDRÉS de Tumaco ")
    'san andres de tumaco'
    """
    text = repair_mojibake(text).replace(BROKEN, "?")
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9?]+", " ", text.casefold()).split())


def variants(text: str) -> tuple[str, ...]:
    """Return the folded forms a written place name may stand for, most literal first: whole, without brackets, the
    brackets' own."""
    inside = [fold(part) for part in _BRACKETS.findall(text)]
    bare = _BRACKETS.sub(" ", text)
    forms = [_strip(fold(text.replace("(", " ").replace(")", " "))), _strip(fold(bare))]
    forms += [_strip(part) for part in inside if part not in _SEAT_MARKS]
    return tuple(dict.fromkeys(form for form in forms if form))


def _strip(folded: str) -> str:
    shorter = " ".join(_SUFFIXES.sub(" ", _LEADS.sub("", folded)).split())
    # UCDP writes "Medellín Medellín municipality".
    shorter = re.sub(r"^(.{4,}) \1$", r"\1", shorter)
    for mark in ("ct", "cd", "anm", "cor departamental"):
        shorter = shorter.removesuffix(f" {mark}")
    return shorter or folded


class Gazetteer:
    """The municipalities of a DIVIPOLA list, found by name and department.

    Parameters
    ----------
    municipalities
        Columns ``divipola``, ``name``, ``department_code``, ``department``: the store's ``municipalities`` table.
    aliases
        Further names, ``(department code, folded name) -> code``; the module's own list by default.
    not_municipalities
        Folded names of places that are known to be no municipality, so that they are reported as such.
    """

    def __init__(
        self,
        municipalities: pd.DataFrame,
        aliases: Mapping[tuple[str, str], str] = MUNICIPALITY_ALIASES,
        not_municipalities: Iterable[str] = ("el sauce", "el pital de caldono"),
    ) -> None:
        self.codes: frozenset[str] = frozenset(municipalities["divipola"])
        self.names: dict[str, str] = dict(zip(municipalities["divipola"], municipalities["name"], strict=True))
        self.department_of: dict[str, str] = dict(
            zip(municipalities["divipola"], municipalities["department_code"], strict=True)
        )
        self._departments = {fold(name): code for name, code in _pairs(municipalities)} | dict(DEPARTMENT_ALIASES)
        self._not_municipalities = frozenset(not_municipalities)
        self._by_department: dict[str, dict[str, set[str]]] = {}
        for code, name in self.names.items():
            for form in variants(name):
                self._by_department.setdefault(self.department_of[code], {}).setdefault(form, set()).add(code)
        for (department, name), code in aliases.items():
            known = self._by_department.setdefault(department, {})
            # An official name is stronger than an alias: Antioquia has a San Andrés of its own that is not Cuerquia.
            if code in self.codes and name not in known:
                known[name] = {code}
        self._compact = {department: _compacted(forms) for department, forms in self._by_department.items()}
        self._everywhere: dict[str, set[str]] = {}
        for forms in self._by_department.values():
            for form, codes in forms.items():
                self._everywhere.setdefault(form, set()).update(codes)
        self._everywhere_compact = _compacted(self._everywhere)
        self._match = functools.lru_cache(maxsize=65_536)(self._match_uncached)

    def department(self, name: str | None) -> str | None:
        """Return the two-digit code of a department's name (or code), ``None`` when it is not one."""
        text = str(name or "").strip()
        if re.fullmatch(r"\d{1,2}", text) and text.zfill(2) in self._by_department:
            return text.zfill(2)
        for form in variants(text):
            if form in self._departments:
                return self._departments[form]
            if "?" in form:
                found = {code for known, code in self._departments.items() if _wild(form).fullmatch(known)}
                if len(found) == 1:
                    return found.pop()
        return None

    def match(self, municipality: str | None, department: str | None = None) -> Match:
        """Find one municipality.

        Parameters
        ----------
        municipality
            The name as published.
        department
            The department's name or code as published. Without it, only a name that is unique in the country
            matches. A department that is given but not recognised is treated as absent, except that the answer is
            then never better than ``ambiguous`` for a name that several departments have.
        """
        return self._match(str(municipality or ""), str(department or ""))

    def _match_uncached(self, municipality: str, department: str) -> Match:
        folded = fold(municipality)
        if folded in _NO_NAME:
            return Match(None, "blank")
        code = self.department(department) if fold(department) not in _NO_NAME else None
        forms = self._by_department.get(code, {}) if code else self._everywhere
        compact = self._compact.get(code, {}) if code else self._everywhere_compact
        candidates: set[str] = set()
        for form in variants(municipality):
            found = forms.get(form) or compact.get(form.replace(" ", ""), set())
            if len(found) == 1:
                return Match(next(iter(found)), "matched")
            candidates |= found
        if candidates:
            return Match(None, "ambiguous", tuple(sorted(candidates)))
        if "?" in folded:
            return self._repair(municipality, forms)
        if any(form in self._not_municipalities for form in variants(municipality)):
            return Match(None, "not_a_municipality")
        return Match(None, "unknown", self._similar(municipality, forms))

    def _repair(self, municipality: str, forms: Mapping[str, set[str]]) -> Match:
        candidates: set[str] = set()
        for form in variants(municipality):
            pattern = _wild(form)
            candidates |= {code for known, codes in forms.items() if pattern.fullmatch(known) for code in codes}
        if len(candidates) == 1:
            return Match(candidates.pop(), "repaired")
        return Match(None, "ambiguous" if candidates else "unknown", tuple(sorted(candidates)))

    def _similar(self, municipality: str, forms: Mapping[str, set[str]]) -> tuple[str, ...]:
        near = difflib.get_close_matches(variants(municipality)[-1], list(forms), n=3, cutoff=0.8)
        return tuple(sorted({code for form in near for code in forms[form]}))

    def match_frame(self, municipality: pd.Series, department: pd.Series | None = None) -> pd.DataFrame:
        """Match many names at once.

        Returns
        -------
        pandas.DataFrame
            The caller's index; ``divipola`` (null where there is none), ``status``, ``candidates`` (tuple of codes).
        """
        departments = department if department is not None else pd.Series("", index=municipality.index)
        pairs = pd.DataFrame({"m": municipality.fillna("").astype(str), "d": departments.fillna("").astype(str)})
        answers = {pair: self.match(*pair) for pair in set(zip(pairs["m"], pairs["d"], strict=True))}
        found = [answers[pair] for pair in zip(pairs["m"], pairs["d"], strict=True)]
        return pd.DataFrame(
            {
                "divipola": pd.Series([m.divipola for m in found], index=municipality.index, dtype="str"),
                "status": [m.status for m in found],
                "candidates": [m.candidates for m in found],
            },
            index=municipality.index,
        )

    def code_fault(self, code: str) -> str | None:
        """Say why a text is not the code of a municipality of today; ``None`` when it is.

        ``not_five_digits``, ``unknown_place`` (the publisher says it does not know the place), ``obsolete_code``
        or ``unknown_code``.
        """
        if code in self.codes:
            return None
        if code in UNKNOWN_PLACE_CODES or (len(code) == 5 and code.isdigit() and code.endswith("000")):
            return "unknown_place"
        if not (len(code) == 5 and code.isascii() and code.isdigit()):
            # The CNMH writes EXVEN, EXECU for the other side of a border.
            return "abroad" if re.fullmatch(r"EX[A-Z]{3}", code) else "not_five_digits"
        return "obsolete_code" if code in OBSOLETE_CODES else "unknown_code"


def _pairs(municipalities: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(municipalities["department"], municipalities["department_code"], strict=True))


def _compacted(forms: Mapping[str, set[str]]) -> dict[str, set[str]]:
    compact: dict[str, set[str]] = {}
    for form, codes in forms.items():
        compact.setdefault(form.replace(" ", ""), set()).update(codes)
    return compact


def _wild(form: str) -> re.Pattern[str]:
    # One destroyed letter may have become one mark or two (one per byte of UTF-8).
    return re.compile("".join("[a-z]{1,2}" if char == "?" else re.escape(char) for char in re.sub(r"\?+", "?", form)))


@functools.lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the gazetteer of the store's ``municipalities`` table, built once per process."""
    from data import store

    return Gazetteer(store.table("municipalities"))
