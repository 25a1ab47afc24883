"""The view and its URL: what goes out comes back, and nothing a link says is dropped without a word."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.view import (
    AREAS,
    COLOURS,
    CONFIDENCES,
    LAYERS,
    MAPS,
    MEASURES,
    PAGES,
    POINT_MONTHS,
    RULES,
    WINDOWS,
    Known,
    ViewState,
    parse,
    query,
)

KNOWN = Known(
    municipalities=("52835", "52678", "52001", "05483", "05001"),
    groups=("eln", "comuneros_sur", "emc"),
    publishers=("Pares", "UCDP"),
    indicators=("homicides", "coca_ha", "poverty_ipm"),
    regions=("52835", "52678", "52", "CO", "subregion:Sabana"),
    processes=("eln", "comuneros", "urban"),
    categories=("talks", "rupture"),
    first=date(1985, 1, 1),
    last=date(2026, 12, 31),
)


def subset(values: tuple[str, ...], most: int = 10):
    return st.lists(st.sampled_from(values), unique=True, max_size=most).map(
        lambda chosen: tuple(value for value in values if value in chosen)
    )


views = st.builds(
    ViewState,
    page=st.sampled_from(PAGES),
    on=st.none() | st.dates(KNOWN.first, KNOWN.last),
    window=st.sampled_from(WINDOWS),
    fill=st.sampled_from(("presence", *KNOWN.indicators)),
    measure=st.sampled_from(MEASURES),
    layers=subset(LAYERS),
    groups=subset(tuple(KNOWN.groups)),
    publishers=subset(tuple(KNOWN.publishers)),
    confidence=st.sampled_from(CONFIDENCES),
    municipalities=subset(tuple(KNOWN.municipalities), 4),
    compare=subset(("52835", "CO", "subregion:Sabana", "ceasefire@2023-08-15", "group:eln@2024-10-31"), 4),
    item=st.sampled_from(("", "eln_bilateral_2023")),
    process=subset(tuple(KNOWN.processes)),
    category=subset(tuple(KNOWN.categories)),
    since=st.sampled_from((0, 1985, 2022, 2026)),
    begin=st.sampled_from((None, date(2024, 2, 1))),
    end=st.sampled_from((None, date(2024, 2, 29), date(2025, 1, 31))),
    x=st.sampled_from(("poverty_ipm", "population")),
    y=st.sampled_from(("homicides", "groups")),
    size=st.sampled_from(("", "population", "coca_ha")),
    colour=st.sampled_from(COLOURS),
    area=st.sampled_from(AREAS),
    before=st.sampled_from((None, 6, 24, 240)),
    after=st.sampled_from((None, 0, 12)),
    rule=st.sampled_from(("", *RULES)),
    step=st.sampled_from(POINT_MONTHS),
    search=st.sampled_from(("", "ELN", "tregua 2024")),
    provisional=st.booleans(),
    map=st.sampled_from(MAPS),
    language=st.sampled_from(("es", "en")),
    present=st.booleans(),
    embed=st.booleans(),
)


def as_params(view: ViewState) -> dict[str, list[str]]:
    return {key: [value] for key, value in query(view).items()}


@given(views)
def test_a_view_survives_its_url(view: ViewState) -> None:
    again, ignored = parse(view.page, as_params(view), KNOWN)
    assert again == view
    assert ignored == ()


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=6))
def test_any_query_string_gives_a_view(params: dict[str, list[str]]) -> None:
    view, _ = parse("narino", params, KNOWN)
    assert view.page == "narino"
    assert parse("narino", as_params(view), KNOWN)[0] == view


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("date", "yesterday", "not_a_date"),
        ("date", "2025-02-30", "not_a_date"),
        ("date", "1850-01-01", "out_of_range"),
        ("groups", "m19", "unknown"),
        ("municipality", "99999", "unknown"),
        ("fill", "happiness", "unknown"),
        ("window", "7", "unknown"),
        ("lang", "fr", "unknown"),
        ("layers", "unicorns", "unknown"),
        ("map", "globe", "unknown"),
        ("confidence", "total", "unknown"),
        ("publisher", "Nobody", "unknown"),
        ("v", "99", "unknown"),
        ("utm_source", "mail", "unknown_parameter"),
        ("compare", "subregion:Atlantis", "unknown"),
        ("compare", "group:m19@2024-10-31", "unknown"),
        ("compare", "truce@2024-10-31", "unknown"),
        ("compare", "ceasefire@yesterday", "not_a_date"),
        ("compare", "ceasefire@1850-01-01", "out_of_range"),
        ("from", "2024-13", "not_a_date"),
        ("to", "2040-01", "out_of_range"),
        ("x", "happiness", "unknown"),
        ("size", "presence", "unknown"),
        ("colour", "red", "unknown"),
        ("scope", "52", "unknown"),
        ("before", "many", "unknown"),
        ("before", "3", "out_of_range"),
        ("after", "999", "out_of_range"),
        ("rule", "best", "unknown"),
        ("step", "2", "unknown"),
        ("municipality", "52835,52678,52001,05483,05001", "too_many"),
    ],
)
def test_what_cannot_be_used_is_named(key: str, value: str, reason: str) -> None:
    _, ignored = parse("narino", {key: [value]}, KNOWN)
    assert [(item.parameter, item.reason) for item in ignored] == [(key, reason)]


def test_a_month_means_its_last_day() -> None:
    view, ignored = parse("narino", {"date": ["2024-02"]}, KNOWN)
    assert view.on == date(2024, 2, 29)
    assert ignored == ()


def test_a_date_out_of_range_is_moved_to_the_nearest_one() -> None:
    view, ignored = parse("narino", {"date": ["2030-01-01"]}, KNOWN)
    assert view.on == KNOWN.last
    assert ignored[0].used == KNOWN.last.isoformat()


def test_old_links_with_one_group_keep_working() -> None:
    view, ignored = parse("narino", {"group": ["eln"]}, KNOWN)
    assert view.groups == ("eln",)
    assert ignored == ()


def test_no_layers_differs_from_the_default_layers() -> None:
    assert parse("narino", {"layers": ["none"]}, KNOWN)[0].layers == ()
    assert parse("narino", {}, KNOWN)[0].layers == ViewState().layers


def test_the_default_view_needs_no_more_than_its_language() -> None:
    assert set(query(ViewState())) == {"lang", "v"}


def test_a_region_is_known_by_its_shortest_form_and_once() -> None:
    params = {"compare": ["municipality:52835,52835,department:52,nation,nation:CO,subregion:Sabana"]}
    view, ignored = parse("compare", params, KNOWN)
    assert view.compare == ("52835", "52", "CO", "subregion:Sabana")
    assert ignored == ()


def test_five_regions_are_one_too_many() -> None:
    params = {"compare": ["52835,52,CO,subregion:Sabana,ceasefire@2023-08-15"]}
    view, ignored = parse("compare", params, KNOWN)
    assert len(view.compare) == 4
    assert [(item.value, item.reason) for item in ignored] == [("ceasefire@2023-08-15", "too_many")]


def test_a_period_is_of_whole_months() -> None:
    view, _ = parse("compare", {"from": ["2024-02"], "to": ["2024-02-03"]}, KNOWN)
    assert (view.begin, view.end) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize(("asked", "read"), [("none", ("none",)), ("none,52", ("52",)), ("", ())])
def test_an_emptied_comparison_differs_from_the_page_s_own(asked: str, read: tuple[str, ...]) -> None:
    view, ignored = parse("compare", {"compare": [asked]}, KNOWN)
    assert view.compare == read
    assert ignored == ()
