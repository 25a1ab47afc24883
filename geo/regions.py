"""Regions to show and compare: municipality, subregion of Nariño, PDET subregion, department, nation.

Each municipality lies in at most one region of each kind, so a kind is a labelling of the 1,122 DIVIPOLA codes; Nariño
the department (52) and the three municipalities of that name (05483, 25483, 52480) never meet, because codes of
different kinds never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

import pandas as pd

from data.store import table

Kind = Literal["municipality", "subregion", "pdet", "department", "nation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NATION = "CO"
_COLUMNS: dict[Kind, str] = {
    "municipality": "divipola",
    "subregion": "subregion",
    "pdet": "pdet_subregion",
    "department": "department_code",
}


@dataclass(frozen=True, order=True)
class Region:
    """One region: its kind and its code.

    Codes: five digits of DIVIPOLA for a municipality, two for a department, ``CO`` for the nation; the subregions of
    Nariño and of the PDET have no official code and are known by their official name.
    """

    kind: Kind
    code: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of region {self.kind!r}; the kinds are {', '.join(KINDS)}")

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Region:
        """Read a region as links write it.

        Parameters
        ----------
        text
            ``kind:code``, or a bare code: ``52835``, ``52``, ``CO``.

        Raises
        ------
        ValueError
            The text is neither.
        """
        kind, colon, code = text.partition(":")
        if colon:
            return cls(cast("Kind", kind), code)
        if text == NATION:
            return cls("nation", text)
        kinds: dict[int, Kind] = {5: "municipality", 2: "department"}
        if text.isascii() and text.isdigit() and len(text) in kinds:
            return cls(kinds[len(text)], text)
        raise ValueError(f"{text!r} is no region: a DIVIPOLA code, a department code, CO or kind:code")


def labels(kind: Kind, municipalities: pd.DataFrame | None = None) -> pd.Series:
    """Which region of a kind each municipality lies in.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    municipalities
        Table ``municipalities``; ``None`` reads the embedded one.

    Returns
    -------
    pandas.Series
        Code of the region by DIVIPOLA code, in the table's order; null where the municipality lies in no region of
        that kind.

    Raises
    ------
    ValueError
        Unknown kind.
    """
    frame = table("municipalities") if municipalities is None else municipalities
    if kind == "nation":
        values = pd.Series(NATION, index=frame.index, dtype="str")
    elif kind in _COLUMNS:
        values = frame[_COLUMNS[kind]]
    else:
        raise ValueError(f"unknown kind of region {kind!r}; the kinds are {', '.join(KINDS)}")
    values = values.where(values != "")
    return pd.Series(values.to_numpy(), index=pd.Index(frame["divipola"].to_numpy()), name=kind, dtype="str")


def members(region: Region, municipalities: pd.DataFrame | None = None) -> tuple[str, ...]:
    """DIVIPOLA codes of a region, sorted.

    Parameters
    ----------
    region
        The region.
    municipalities
        Table ``municipalities``; ``None`` reads the embedded one.

    Raises
    ------
    KeyError
        There is no such region.
    """
    of_kind = labels(region.kind, municipalities)
    inside = of_kind.index[(of_kind == region.code).to_numpy(dtype=bool, na_value=False)]
    if inside.empty:
        raise KeyError(f"there is no {region.kind} with the code {region.code!r}")
    return tuple(sorted(inside))


def regions(kind: Kind, municipalities: pd.DataFrame | None = None) -> tuple[Region, ...]:
    """All regions of a kind, sorted by code."""
    return tuple(Region(kind, code) for code in sorted(labels(kind, municipalities).dropna().unique()))


def name(region: Region, municipalities: pd.DataFrame | None = None) -> str:
    """Official name of a region.

    Municipality and department names come from DIVIPOLA; a subregion's code is its name.

    Raises
    ------
    KeyError
        There is no such region.
    """
    if region.kind == "nation":
        return "Colombia"
    first = members(region, municipalities)[0]
    if region.kind in ("subregion", "pdet"):
        return region.code
    frame = table("municipalities") if municipalities is None else municipalities
    column = "name" if region.kind == "municipality" else "department"
    return str(frame.loc[frame["divipola"] == first, column].iloc[0])
