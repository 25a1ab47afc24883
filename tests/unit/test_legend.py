"""Every pattern on the map is explained, nothing else is, and no text becomes markup."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.i18n import set_language
from components.legend import LegendSpec, keys_of, legend_html, sections, shown_sections
from components.swatches import any_swatch_svg
from geo import symbology
from geo.symbology import FAMILY_HUES, LEVELS, ceasefire_style, indicator_style, presence_style, zone_style


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def spec(keys: Any, **changes: Any) -> LegendSpec:
    families = {family: f"Family {family}" for family in FAMILY_HUES}
    classes = ("0", "1 to 10", "11 to 20", "21 to 40", "41 to 80", "over 80")
    values: dict[str, Any] = {
        "possible": frozenset(keys),
        "shown": frozenset(keys),
        "families": families,
        "classes": classes,
    }
    return LegendSpec(**{**values, **changes})


def explained(legend: LegendSpec) -> set[str]:
    return {key for part in sections(legend) for entry in part.entries for key, _style in entry.styles}


EVERY_STYLE = [
    presence_style([]),
    *(
        presence_style([(family, level), ("eln", "presence")], disputed=disputed, aged=aged, group_count=count)
        for family in FAMILY_HUES
        for level in LEVELS
        for disputed, aged, count in ((False, False, 1), (True, True, 3))
    ),
    *(indicator_style("reported", index, 6) for index in range(6)),
    indicator_style("no_record", None, 6),
    indicator_style("not_downloaded", None, 6),
    *(
        ceasefire_style(kind, status, nationwide=nationwide)
        for kind in symbology.CEASEFIRE_CLASSES
        for status in symbology.DRAWN_STATUSES
        for nationwide in (False, True)
    ),
    *(zone_style(status) for status in symbology.ZONE_STATUSES),
]


def test_every_style_there_is_can_be_explained() -> None:
    keys = keys_of(EVERY_STYLE)
    assert explained(spec(keys)) == keys


@given(styles=st.lists(st.sampled_from(EVERY_STYLE), max_size=6))
def test_what_is_on_the_map_is_explained_and_nothing_else(styles: list[Any]) -> None:
    keys = keys_of(styles)
    assert explained(spec(keys)) == keys


def test_an_empty_map_has_an_empty_legend() -> None:
    assert sections(spec(())) == ()
    assert "<section" not in legend_html(spec(()))


def test_a_family_is_one_line_with_a_swatch_for_each_of_its_levels() -> None:
    legend = spec(["family:eln:presence", "family:eln:control", "family:emc:influence"])
    (part,) = sections(legend)
    assert [(entry.text, len(entry.styles)) for entry in part.entries] == [("Family eln", 2), ("Family emc", 1)]


def test_what_is_possible_but_not_shown_is_hidden() -> None:
    html = legend_html(spec(["family:eln:presence", "family:emc:presence"], shown=frozenset({"family:eln:presence"})))
    items = re.findall(r"<li( hidden)?>.*?<span>(.*?)</span></li>", html)
    assert items == [("", "Family eln"), (" hidden", "Family emc")]


def test_a_legend_that_stands_still_holds_only_what_is_shown() -> None:
    legend = spec(["family:eln:presence", "zone:active"], shown=frozenset({"zone:active"}))
    assert [entry.text for part in shown_sections(legend) for entry in part.entries] == ["Zone in operation"]


def test_classes_stand_in_their_order_under_what_they_count() -> None:
    legend = spec([f"class:{n}" for n in (5, 0, 3)], measure="Homicides per 100,000")
    (part,) = sections(legend)
    assert part.heading == "Homicides per 100,000"
    assert [entry.text for entry in part.entries] == ["0", "21 to 40", "over 80"]


def test_markup_in_a_name_is_shown_as_text() -> None:
    html = legend_html(spec(["family:eln:presence"], families={"eln": '<img src=x onerror="alert(1)">'}))
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_a_family_without_a_name_is_called_by_its_code() -> None:
    assert "eln" in legend_html(spec(["family:eln:presence"], families={}))


@pytest.mark.parametrize("style", [style for style in EVERY_STYLE if style is not None])
def test_every_swatch_is_well_formed_and_asks_nobody(style: Any) -> None:
    from xml.etree import ElementTree

    svg = any_swatch_svg(style, "probe")
    root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    assert root.get("aria-hidden") == "true"
    assert "http" not in svg
    for reference in re.findall(r"url\(#(.*?)\)", svg):
        assert f'id="{reference}"' in svg


def test_the_pattern_ids_of_one_legend_are_all_different() -> None:
    ids = re.findall(r'id="(.*?)"', legend_html(spec(keys_of(EVERY_STYLE))))
    assert len(ids) == len(set(ids))


def test_another_nothing_takes_the_place_of_no_record() -> None:
    shown = spec({"nothing:no_record"}, nothing="Too few months")
    assert [entry.text for part in sections(shown) for entry in part.entries] == ["Too few months"]
    assert "Too few months" in legend_html(shown)
