"""A short DIVIPOLA list and files made on the spot; every row is synthetic."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from datetime import date

import pandas as pd
import pytest

from data.uploads import Answers, Checked, Columns, Locator, Source, check, guess_columns, inspect

PLACES = (
    ("05400", "La Unión", "05", "Antioquia"),
    ("05001", "Medellín", "05", "Antioquia"),
    ("52001", "Pasto", "52", "Nariño"),
    ("52399", "La Unión", "52", "Nariño"),
    ("52835", "San Andrés de Tumaco", "52", "Nariño"),
    ("52110", "Buesaco", "52", "Nariño"),
    ("70400", "La Unión", "70", "Sucre"),
)


def municipalities() -> pd.DataFrame:
    return pd.DataFrame(PLACES, columns=["divipola", "name", "department_code", "department"]).astype("str")


@pytest.fixture
def places() -> pd.DataFrame:
    return municipalities()


def source(content: str | bytes, name: str = "sintetico.csv") -> Source:
    return Source(name, io.BytesIO(content.encode() if isinstance(content, str) else content))


def square_locator() -> Locator:
    """Pasto west of 77 W, Buesaco east of it; south of the equator nothing."""
    return Locator(
        points=lambda lon, lat: [
            None if y < 0 else ("52001" if x < -77 else "52110") for x, y in zip(lon, lat, strict=True)
        ],
        areas=lambda shape: tuple(
            code for code, inside in (("52001", shape.bounds[0] < -77), ("52110", shape.bounds[2] > -77)) if inside
        ),
    )


def checked(
    content: str | bytes,
    name: str = "sintetico.csv",
    *,
    answers: Answers | None = None,
    locator: Locator | None = None,
    columns: Columns | None = None,
    groups: Collection[str] = (),
    today: date | None = None,
) -> Checked:
    """Inspect, guess and check a file."""
    rows = municipalities()
    file = source(content, name)
    found = inspect(file)
    chosen = columns or guess_columns(found, frozenset(rows["divipola"]))
    return check(file, found.reading, chosen, rows, answers, locator, groups=groups, today=today)


def codes(result: Checked) -> list[str]:
    """Codes of the findings in the order of the rows."""
    return [finding.code for finding in result.findings]


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
