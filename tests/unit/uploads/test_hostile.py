"""Whatever a file holds, nothing but UploadError comes out of reading it, and memory stays bounded."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import ownfiles_words
from components.i18n import set_language
from data.uploads import Columns, Finding, Note, UploadError, check, guess_columns, inspect
from data.uploads.model import KINDS, ROLES
from tests.unit.uploads.conftest import municipalities, source, square_locator, zipped
from tests.unit.uploads.test_tables import workbook

PLACES = municipalities()
CODES = frozenset(PLACES["divipola"])
ROOT = Path(__file__).parents[3]


def attempt(content: bytes) -> None:
    """Go all the way; the only way out is the end or an UploadError."""
    if not content:
        return
    file = source(content)
    try:
        found = inspect(file)
        columns = guess_columns(found, CODES)
        check(file, found.reading, columns, PLACES, locator=square_locator())
        names = found.columns or ("",)
        some = {role: names[at % len(names)] for at, role in enumerate(ROLES["intervals"])}
        check(file, found.reading, Columns("intervals", some), PLACES, locator=square_locator())
    except UploadError as fault:
        words = ownfiles_words.error(fault)
        assert all(words)


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "2024-01-01",
            "03/04/2024",
            "25/03/2024",
            "03/25/2024",
            "52001",
            "5001",
            "Pasto",
            "La Unión",
            "NariÃ±o",
            "1.234",
            "1,5",
            "-77.5",
            "1.2",
            "=1",
            '"',
            "",
            "ELN",
            "\ufffd",
            "\x00",
            "99999",
            "2024",
            "1e400",
            "nan",
        ]
    ),
)
HEADS = st.sampled_from(
    ["fecha", "divipola", "municipio", "departamento", "lat", "lon", "casos", "grupo", "desde", "hasta", "", "x"]
)
SETTINGS = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    attempt(content)


@SETTINGS
@given(
    st.lists(HEADS, min_size=1, max_size=7).flatmap(
        lambda heads: st.tuples(st.just(heads), st.lists(st.lists(CELLS, max_size=len(heads) + 2), max_size=12))
    ),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]),
)
def test_any_table(table: tuple[list[str], list[list[str]]], mark: str, encoding: str) -> None:
    heads, rows = table
    text = "\n".join(mark.join(row) for row in [heads, *rows])
    attempt(text.encode(encoding, "replace"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | CELLS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "a"]), inner),
    max_leaves=12,
)
GEOMETRY = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "GeometryCollection", "?"]),
            "coordinates": JSON
            | st.lists(st.lists(st.lists(st.floats(-200, 200), max_size=3), max_size=6), max_size=2),
        }
    ),
)
FEATURE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Feature", "Feature", "Feature", "x"]),
        "properties": st.dictionaries(HEADS, CELLS | JSON, max_size=5) | JSON,
        "geometry": GEOMETRY,
    }
)


@SETTINGS
@given(st.lists(FEATURE | JSON, max_size=5), JSON, st.integers(0, 40))
def test_any_geojson(features: list[object], crs: object, cut: int) -> None:
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    attempt(text.encode())
    attempt(text[: len(text) - cut].encode())


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12))
def test_any_damage_to_a_workbook(damage: list[tuple[int, int]]) -> None:
    content = bytearray(BOOK)
    for at, byte in damage:
        content[at % len(content)] = byte
    attempt(bytes(content))


BOOK = workbook([["fecha", "divipola", "casos"], ["2024-01-01", "52001", 2], ["2024-01-02", 52399, 3.5]])


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]), st.binary(max_size=300))
def test_any_member_of_a_workbook(name: str, content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(BOOK)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    attempt(zipped(members | {name: content}))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 255)), min_size=1, max_size=40))
def test_any_damage_to_a_geopackage(damage: list[tuple[int, int]]) -> None:
    content = bytearray(_package())
    for at, byte in damage:
        content[at % len(content)] = byte
    attempt(bytes(content))


_PACKAGES: list[bytes] = []


def _package() -> bytes:
    if not _PACKAGES:
        import tempfile

        from tests.unit.uploads.test_shapes import geopackage

        with tempfile.TemporaryDirectory() as folder:
            _PACKAGES.append(geopackage(Path(folder) / "a.gpkg"))
    return _PACKAGES[0]


def test_wide_rows_and_open_quotes_stay_small() -> None:
    import tracemalloc

    contents = (
        b"a,b\n" + (b"," * 900_000 + b"\n") * 8,
        b"a,b\n" + b'"x\n' * 300_000,
        b"a,b\n" + b'"\n",' * 400_000,
    )
    for content in contents:
        file = source(content)
        tracemalloc.start()
        try:
            found = inspect(file)
            check(
                file, found.reading, Columns("events", {"date": found.columns[0], "divipola": found.columns[0]}), PLACES
            )
        except UploadError:
            pass
        finally:
            _now, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 120_000_000


def raised_codes() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "data" / "uploads").glob("*.py"):
        found |= set(re.findall(r'UploadError\(\s*"([a-z_0-9]+)"', path.read_text("utf-8")))
    return found


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_fault_note_and_finding_has_words(language: str) -> None:
    set_language(language)
    for code in raised_codes():
        assert code in ownfiles_words._errors(), code
    text = "".join(path.read_text("utf-8") for path in (ROOT / "data" / "uploads").glob("*.py"))
    for code in re.findall(r'Note\(f?"([a-z_]+)"', text):
        assert code in {*ownfiles_words._notes(), *ownfiles_words._counted()}, code
    known = ownfiles_words._findings()
    for code in re.findall(r'fault="([a-z_]+)"|warning="([a-z_]+)"|ShapeFault\("([a-z_]+)"', text):
        assert "".join(code) in known, code
    for code in known:
        assert "{" not in ownfiles_words.finding_title(code)
    one, two = (ownfiles_words.note(Note("rows_doubled", {"count": count})) for count in (1, 2))
    assert two.startswith("2 ")
    assert one.split()[2] == {"es": "repite", "en": "repeats"}[language]
    open_ends = ownfiles_words.note(Note("open_ends", {"count": 1, "day": "2026-11-25"}))
    assert {"es": "25 de noviembre de 2026", "en": "November 25, 2026"}[language] in open_ends
    params = {"count": 3, "detail": "x"}
    assert "3" in ownfiles_words.finding(Finding(2, "m", "La Unión", "place_ambiguous", "error", params))[0]
    set_language("es")


def test_every_kind_has_its_roles() -> None:
    assert set(ROLES) == set(KINDS)
