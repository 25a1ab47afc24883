"""Where a row belongs: a DIVIPOLA code, else a name, matched by :mod:`data.names` and never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.names import Gazetteer, fold
from data.uploads.errors import Param, UploadError
from data.uploads.model import Answers, PlaceName, PlaceQuestion
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
        self._answers = answers.places
        self._known: dict[tuple[str, str, str], Place] = {}
        self._unmatched = 0
        self._asked: dict[PlaceName, tuple[tuple[str, ...], bool]] = {}
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
                return Place(coded.code, warning="code_name_differ", params=params)
            return coded
        if named.code:
            return Place(named.code, warning="code_by_name", role="divipola", params={"code": code[:20]})
        return coded if not named.question else named

    def _coded(self, code: str) -> Place:
        plain = code.removeprefix("CO").removesuffix(".0").strip("'\" ")
        digits = plain if plain.isascii() and plain.isdigit() else ""
        if digits in self.codes:
            return Place(digits)
        if len(digits) == 4 and digits.zfill(5) in self.codes:
            return Place(digits.zfill(5), warning="code_padded", role="divipola", params={"code": digits.zfill(5)})
        if len(digits) == 8 and digits[:5] in self.codes:
            return Place(digits[:5], warning="code_of_settlement", role="divipola", params={"code": digits[:5]})
        if len(digits) == 7 and f"0{digits[:4]}" in self.codes:
            short = f"0{digits[:4]}"
            return Place(short, warning="code_of_settlement", role="divipola", params={"code": short})
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
            code = self._answers[asked]
            if code in self.codes:
                return Place(code)
            return Place(fault="place_left_out")
        match = self._names.match(name, region)
        if match.divipola:
            if name != municipality:
                return Place(match.divipola, warning="name_mended", params={"name": name})
            if match.status == "repaired":
                known = self._names.names[match.divipola]
                return Place(match.divipola, warning="name_repaired", params={"name": known})
            unknown = bool(region) and self._names.department(region) is None
            return Place(match.divipola, warning="department_unknown" if unknown else "", role="department")
        return self._unknown(asked, match.status, match.candidates)

    def _unknown(self, asked: PlaceName, status: str, candidates: tuple[str, ...]) -> Place:
        self._unmatched += 1
        if self._unmatched > MAX_UNMATCHED:
            raise UploadError("places_unmatched", count=MAX_UNMATCHED, name=asked[0][:60])
        if status == "blank":
            return Place()
        if not candidates:
            return Place(fault="place_no_municipality" if status == "not_a_municipality" else "place_unknown_name")
        self._asked[asked] = (candidates, status == "ambiguous")
        return Place(
            fault="place_ambiguous" if status == "ambiguous" else "place_similar",
            params={"count": len(candidates)},
            question=asked,
        )

    def questions(self) -> tuple[PlaceQuestion, ...]:
        """Return the names to be asked about, those of most rows first."""
        asked = [
            PlaceQuestion(name, region, tuple(sorted(candidates)), self.rows[(name, region)], ambiguous)
            for (name, region), (candidates, ambiguous) in self._asked.items()
        ]
        return tuple(sorted(asked, key=lambda question: (-question.rows, question.municipality)))
