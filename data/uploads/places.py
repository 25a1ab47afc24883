"""Where a row belongs: a DIVIPOLA code, else a name, matched by :mod:`data.names` and never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.names import Gazetteer, fold
from data.uploads.errors import Param, UploadError
from data.uploads.model import MAX_PLACED, Answers, How, Placed, PlaceName, PlaceQuestion
from data.uploads.text import mended

if TYPE_CHECKING:
    import pandas as pd

MAX_NAME = 120
MAX_UNMATCHED = 5000
_BLANK = frozenset({"", "nan", "none", "null", "na", "n a", "nd", "sin informacion", "sin dato", "sin datos"})


@dataclass(frozen=True)
class Place:
    """Where a row belongs, or why that is not known.

    `role` is the column a fault is about; `warning` says what was mended on the way to a code. Blank without fault:
    nothing is written, and coordinates may say it.
    """

    code: str = ""
    fault: str = ""
    warning: str = ""
    role: str = "municipality"
    params: Mapping[str, Param] = field(default_factory=dict)
    question: PlaceName | None = None
    how: How = "name"


class Places:
    """Resolves the places of one file; what it learns about names dies with it.

    Parameters
    ----------
    municipalities
        The store's table.
    answers
        What the owner said about names that are not certain.
    """

    def __init__(self, municipalities: pd.DataFrame, answers: Answers) -> None:
        # A gazetteer of its own: the shared one remembers names, and these are somebody's.
        self._names = Gazetteer(municipalities)
        self._regions = dict(zip(municipalities["department_code"], municipalities["department"], strict=True))
        self._answers = answers.places
        self._known: dict[tuple[str, str, str], Place] = {}
        self._unmatched = 0
        self._asked: dict[PlaceName, tuple[tuple[str, ...], bool]] = {}
        self._answered: dict[PlaceName, tuple[tuple[str, ...], bool]] = {}
        self._placed: Counter[tuple[str, str, str, How]] = Counter()
        self.rows: Counter[PlaceName] = Counter()

    @property
    def codes(self) -> frozenset[str]:
        """Codes of all municipalities."""
        return self._names.codes

    def resolve(self, code: str, municipality: str, department: str) -> Place:
        """Return the place of a row.

        Raises
        ------
        UploadError
            ``places_unmatched``: thousands of different names are no municipality's: it is the wrong column.
        """
        key = (code, municipality, department)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 200_000:
                self._known.clear()
            found = self._known[key] = self._resolve(code.strip(), municipality.strip(), department.strip())
        return found

    def _resolve(self, code: str, municipality: str, department: str) -> Place:
        named = self._named(municipality, department)
        if fold(code[:40]) in _BLANK:
            return named
        coded = self._coded(code)
        if not coded.fault:
            if named.code and named.code != coded.code:
                params = {"name": municipality[:60], "code": coded.code, "is": self._names.names[coded.code]}
                return Place(coded.code, warning="code_name_differ", params=params, how="code")
            return coded
        if named.code:
            return Place(named.code, warning="code_by_name", role="divipola", params={"code": code[:20]})
        return coded if not named.question else named

    def _coded(self, code: str) -> Place:
        plain = code.removeprefix("CO").removesuffix(".0").strip("'\" ")
        digits = plain if plain.isascii() and plain.isdigit() else ""
        if digits in self.codes:
            return Place(digits, how="code")
        if len(digits) == 4 and digits.zfill(5) in self.codes:
            return _mended(digits.zfill(5), "code_padded")
        if len(digits) == 8 and digits[:5] in self.codes:
            return _mended(digits[:5], "code_of_settlement")
        if len(digits) == 7 and f"0{digits[:4]}" in self.codes:
            return _mended(f"0{digits[:4]}", "code_of_settlement")
        fault = self._names.code_fault(digits or plain) or "unknown_code"
        return Place(fault=f"place_{fault}", role="divipola")

    def _named(self, municipality: str, department: str) -> Place:
        if fold(municipality[:40]) in _BLANK:
            return Place()
        if len(municipality) > MAX_NAME:
            return Place(fault="place_name_too_long")
        name, region = mended(municipality), mended(department[:MAX_NAME])
        asked = (name, region)
        if asked in self._answers:
            return self._answer(asked)
        match = self._names.match(name, region)
        if match.divipola:
            if name != municipality:
                return Place(match.divipola, warning="name_mended", params={"name": name}, how="repaired")
            if match.status == "repaired":
                known = self._names.names[match.divipola]
                return Place(match.divipola, warning="name_repaired", params={"name": known}, how="repaired")
            unknown = bool(region) and self._names.department(region) is None
            return Place(match.divipola, warning="department_unknown" if unknown else "", role="department")
        return self._unknown(asked, match.status, match.candidates)

    def _answer(self, asked: PlaceName) -> Place:
        """Return what the owner said of a name, and keep what else it could be: an answer can be changed."""
        match = self._names.match(*asked)
        elsewhere = () if match.status == "ambiguous" else self._elsewhere(*asked)
        self._answered[asked] = (tuple(dict.fromkeys((*match.candidates, *elsewhere))), match.status == "ambiguous")
        code = self._answers[asked]
        if code not in self.codes:
            return Place(fault="place_left_out", question=asked)
        return Place(code, how="answer", question=asked)

    def _unknown(self, asked: PlaceName, status: str, candidates: tuple[str, ...]) -> Place:
        self._unmatched += 1
        if self._unmatched > MAX_UNMATCHED:
            raise UploadError("places_unmatched", count=MAX_UNMATCHED, name=asked[0][:60])
        if status == "blank":
            return Place()
        if status == "unknown" and (elsewhere := self._elsewhere(*asked)):
            return self._in_another_department(asked, elsewhere, candidates)
        if not candidates:
            return Place(fault="place_no_municipality" if status == "not_a_municipality" else "place_unknown_name")
        self._asked[asked] = (candidates, status == "ambiguous")
        return Place(
            fault="place_ambiguous" if status == "ambiguous" else "place_similar",
            params={"count": len(candidates)},
            question=asked,
        )

    def _elsewhere(self, name: str, region: str) -> tuple[str, ...]:
        """Return the municipalities of that very name outside the department that is given and known."""
        if not region or self._names.department(region) is None:
            return ()
        match = self._names.match(name, "")
        found = (match.divipola,) if match.status == "matched" and match.divipola else match.candidates
        return found if match.status in ("matched", "ambiguous") else ()

    def _in_another_department(self, asked: PlaceName, elsewhere: tuple[str, ...], similar: tuple[str, ...]) -> Place:
        self._asked[asked] = (tuple(dict.fromkeys((*elsewhere, *similar))), False)
        given = self._names.department(asked[1]) or ""
        where = sorted({self._regions[self._names.department_of[code]] for code in elsewhere})
        params = {"name": asked[0][:60], "department": self._regions[given], "where": ", ".join(where[:6])}
        return Place(fault="place_other_department", params=params, question=asked)

    def count(self, municipality: str, department: str, place: Place, rows: int) -> None:
        """Count the rows that a place as written brought to a municipality."""
        key = (municipality.strip()[:MAX_NAME], department.strip()[:MAX_NAME], place.code, place.how)
        if place.question is not None:
            self.rows[place.question] += rows
        if any(key[:2]) and (key in self._placed or len(self._placed) < MAX_PLACED):
            self._placed[key] += rows

    def placed(self) -> tuple[Placed, ...]:
        """Return how places were understood, those of most rows first."""
        found = [Placed(*key, rows=rows) for key, rows in self._placed.items()]
        return tuple(sorted(found, key=lambda each: (-each.rows, each.municipality, each.department)))

    def answered(self) -> tuple[PlaceQuestion, ...]:
        """Return the names that were answered, those of most rows first."""
        return self._listed(self._answered)

    def questions(self) -> tuple[PlaceQuestion, ...]:
        """Return the names to be asked about, those of most rows first."""
        return self._listed(self._asked)

    def _listed(self, names: Mapping[PlaceName, tuple[tuple[str, ...], bool]]) -> tuple[PlaceQuestion, ...]:
        asked = [
            PlaceQuestion(name, region, tuple(sorted(candidates)), self.rows[(name, region)], ambiguous)
            for (name, region), (candidates, ambiguous) in names.items()
        ]
        return tuple(sorted(asked, key=lambda question: (-question.rows, question.municipality)))


def _mended(code: str, warning: str) -> Place:
    return Place(code, warning=warning, role="divipola", params={"code": code}, how="code")
