"""The page about the data through the real router, in both languages; new downloads reach a running session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import cache, export_view, legend, mapfirst, maptable, mapview, shapes
from components.i18n import set_language
from components.legend import Section
from components.view import ViewState
from data import overlaid, paths, store
from data.refresh import Options, refresh_dataset
from data.snapshots import rollback
from data.sources.catalogue import DATASETS
from tests.unit import test_store_downloads as downloads
from tests.unit.loopback import Server
from tests.unit.sources.conftest import IMPATIENT, TODAY, nothing_embedded
from tests.unit.sources.server import SETUPS, Socrata, mindefensa_rows
from tests.unit.test_api import get

ROOT = Path(__file__).parents[2]
edition_of_2023 = downloads.edition_of_2023


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own; every question looks at it anew."""
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PAZ_OFFLINE", "1")
    monkeypatch.delenv("PAZ_ALLOW_REFRESH", raising=False)
    monkeypatch.setattr(overlaid, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(cache, "VERSION_SECONDS", 0.0)
    store.clear()
    cache._version.clear()
    yield tmp_path / "data"
    store.clear()
    cache._version.clear()


def open_page(page: str = "method.py", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=90)
    for key, value in query.items():
        app.query_params[key] = value
    # No browser paints a map here; the timeline waits for one.
    app.session_state[mapfirst.KEY] = True
    app.run()
    return app.switch_page(page).run()


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.warning, app.info, app.caption, app.get("html"))
    return " ".join(str(getattr(element, "value", "")) for kind in kinds for element in kind)


def headline(app: AppTest) -> str:
    found = [str(getattr(element, "value", "")) for element in app.get("html")]
    return next(text for text in found if text.startswith('<h1 class="headline">'))


ITEMS = (
    "",
    "indicators",
    "indicators-homicides",
    "publishers",
    "tables",
    "tables-presence",
    "freshness",
    "corrections",
)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("item", ITEMS)
def test_every_section_opens_by_its_url(item: str, language: str) -> None:
    app = open_page(lang=language, item=item, v="1")
    assert not app.exception
    assert not app.warning
    assert headline(app)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("", "Presence is not control."),
        ("indicators-homicides", "Definition"),
        ("publishers", "sources with their links"),
        ("tables", "41 tables with"),
        ("tables-presence", "A row is unique by presence_id."),
        ("freshness", "Nothing has been downloaded to this machine"),
        ("freshness", "PAZ_ALLOW_REFRESH=1"),
        ("corrections", "How to dispute a figure"),
    ],
)
def test_each_section_says_its_key_sentence(item: str, expected: str) -> None:
    assert expected in words(open_page(lang="en", item=item, v="1"))


def test_a_link_to_nothing_is_named_and_opens_the_method() -> None:
    app = open_page(lang="en", item="tables-nothing", v="1")
    assert "item=tables-nothing" in " ".join(str(warning.value) for warning in app.warning)
    assert "How to read the map" in headline(app)


def test_the_button_is_there_only_where_the_operator_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def buttons() -> list[str]:
        app = open_page(lang="en", item="freshness", v="1")
        return [str(button.key) for button in app.button if str(button.key).startswith("datapage")]

    assert buttons() == []
    monkeypatch.setenv("PAZ_ALLOW_REFRESH", "1")
    assert "PAZ_OFFLINE=1" in words(open_page(lang="en", item="freshness", v="1"))
    monkeypatch.delenv("PAZ_OFFLINE")
    assert buttons() == ["datapage-refresh"]


def refreshed(dataset_id: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """Refresh from a server on this machine; pages stay offline, so that no test asks for boundaries."""
    options = Options(environment=environment, retry=IMPATIENT, pause=0.0, today=TODAY, **more)
    with monkeypatch.context() as online:
        online.delenv("PAZ_OFFLINE")
        outcome = refresh_dataset(DATASETS[dataset_id], options)
    assert outcome.outcome == "published", outcome


def test_a_download_reaches_a_running_session_and_so_does_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(lang="en", item="freshness", v="1")
    assert "Nothing has been downloaded" in headline(app)
    with Server() as server:
        environment, _path = SETUPS["mindefensa-extortion"](server)
        refreshed("mindefensa-extortion", environment, monkeypatch, embedded=nothing_embedded)
    assert "1 of 21 data sets downloaded" in headline(app.run())
    rollback("mindefensa-extortion")
    assert "Nothing has been downloaded" in headline(app.run())


def test_months_that_are_held_are_not_called_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"fecha_hecho": f"2026-03-{day:02d}T00:00:00.000", "cod_depto": "52", "cod_muni": "52001", "cantidad": "2"}
        for day in (2, 27)
    ]
    with Server() as server:
        environment, path = SETUPS["mindefensa-extortion"](server)
        server.route(path, Socrata(rows))
        refreshed("mindefensa-extortion", environment, monkeypatch, embedded=nothing_embedded)
    app = open_page("narino.py", lang="en", fill="extortion", v="1", municipality="52001")
    assert "Extortion: fewer than twelve months are downloaded from MinDefensa: March 2026" in headline(app)
    said = words(app)
    assert "Of what is held: 4 cases in Nariño, March 2026." in said
    assert "Fewer than twelve months are held (March 2026)" in said, "the timeline says why it has no line"
    assert "without record are left out" not in said
    assert "holds no record" not in said
    assert "fewer than twelve months held" in said, "the card says so too"


@pytest.fixture
def a_single_month(monkeypatch: pytest.MonkeyPatch) -> ViewState:
    rows = [{"fecha_hecho": "2026-03-02T00:00:00.000", "cod_depto": "52", "cod_muni": "52001", "cantidad": "2"}]
    with Server() as server:
        environment, path = SETUPS["mindefensa-extortion"](server)
        server.route(path, Socrata(rows))
        refreshed("mindefensa-extortion", environment, monkeypatch, embedded=nothing_embedded)
    set_language("en")
    return ViewState(page="narino", fill="extortion", on=date(2026, 3, 31), language="en", map="tile")


def drawn(view: ViewState) -> mapview.Shown:
    geometry = shapes.geometry_of(view)
    return mapview.shown(view, view.on or date.max, geometry.payload, geometry.version, "")


def entries(parts: Iterable[Section]) -> set[str]:
    return {entry.text for part in parts for entry in part.entries}


def test_the_legend_of_a_single_month_does_not_say_no_record(a_single_month: ViewState) -> None:
    said = entries(legend.shown_sections(drawn(a_single_month).legend))
    assert "Fewer than twelve months held: no figure yet, and not zero" in said
    assert not any("No record" in text for text in said)


def test_the_table_and_the_label_of_a_single_month_do_not_say_no_record(a_single_month: ViewState) -> None:
    table = maptable.frame(a_single_month, date(2026, 3, 31))
    assert set(table["Note"]) == {"fewer than twelve months held"}
    payload = mapview._fill_bytes(a_single_month, None)
    assert b"fewer than twelve months held" in payload
    assert b"no record" not in payload


def test_a_picture_of_a_single_month_does_not_say_no_record(a_single_month: ViewState) -> None:
    spec = export_view.build(a_single_month, "https://example.org", ("map",))
    assert "Fewer than twelve months held: no figure yet, and not zero" in entries(spec.legend)
    assert "Fewer than twelve months held: no figure yet, and not zero." in spec.caveat
    assert "o record" not in spec.caveat + " ".join(entries(spec.legend))


def test_the_interface_says_of_a_single_month_that_it_is_not_twelve(a_single_month: ViewState) -> None:
    said = get(f"indicators/{a_single_month.fill}", level="nation", lang="en")["meta"]["caveats"]
    assert said[0].startswith("Fewer than twelve months are held of this period (the series runs from March 1, 2026 to")
    assert all("no record" not in text for text in said)


def test_rows_left_out_can_be_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = [{"fecha_hecho": "2026-01-02T00:00:00.000", "cod_depto": "52", "cod_muni": "99999", "cantidad": "1"}] * 3
    with Server() as server:
        environment, path = SETUPS["mindefensa-extortion"](server)
        server.route(path, Socrata([*mindefensa_rows(), *strange]))
        refreshed("mindefensa-extortion", environment, monkeypatch, embedded=nothing_embedded)
    app = open_page(lang="en", item="freshness", v="1")
    said = words(app)
    assert "the publisher does not know the municipality: 3" in said
    assert "of 3 rows (9 %)" in said
    assert [button.proto.id for button in app.get("download_button") if "datapage-left" in button.proto.id]


def test_the_police_s_real_workbook_of_2024_reaches_an_open_map_and_goes_back(
    edition_of_2023: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("narino.py", lang="en", fill="homicides", municipality="52835", v="1")
    assert "January 2023 to December 2023" in headline(app)
    assert "embedded, cut 2023-12" in words(app)
    with Server() as server:
        refreshed("policia-homicides", downloads.serve_police_of_2024(server), monkeypatch)
    app.run()
    assert not app.exception
    assert "January 2024 to December 2024" in headline(app)
    official = store.parse("values_month", (Path(paths.__file__).parent / "tables/values_month.parquet").read_bytes())
    here = official[(official["indicator_id"] == "homicides") & official["divipola"].str.startswith("52")]
    victims = int(here[here["month"].dt.year == 2024]["value"].sum())
    assert f": {victims} victims" in headline(app)
    assert "From January 1, 2024: Policía Nacional, downloaded" in words(app), "the break says why"
    assert 'class="fresh">downloaded' in words(app), "and the figure says that it was downloaded"
    rollback("policia-homicides")
    assert "January 2023 to December 2023" in headline(app.run())
