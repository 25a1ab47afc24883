"""The armed groups page: its item, the lineage, strength, places, relations and record, against the tables."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from components import (
    groups,
    groups_record,
    groups_relations,
    groups_strength,
    groups_tree,
    groups_tree_svg,
    groups_words,
    minimap,
)
from components import groups_fragmentation as fragments
from components import groups_where as where
from components.i18n import set_language
from components.rows import records
from components.view import ViewState
from data.store import table
from geo import geometry, symbology

SVG = "{http://www.w3.org/2000/svg}"
LAST = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("es")


@pytest.fixture(scope="module")
def tree() -> groups_tree.Tree:
    set_language("en")
    return groups_tree.build()


def lane(tree: groups_tree.Tree, group: str) -> groups_tree.Lane:
    return next(one for one in tree.lanes if one.group_id == group)


@pytest.mark.parametrize("item", ["", "fragmentation", "eln", "multiple_unattributed"])
def test_an_item_of_the_page_is_read(item: str) -> None:
    assert groups.read_item(item) == item


@pytest.mark.parametrize("item", ["nobody", "ELN", "<script>", "fragmentation-2020"])
def test_an_unknown_item_is_none(item: str) -> None:
    assert groups.read_item(item) is None


def test_the_tree_holds_every_group_with_a_relation_once(tree: groups_tree.Tree) -> None:
    rows = table("group_lineage")
    ids = [one.group_id for one in tree.lanes]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(rows["child"]) | set(rows["parent"])
    assert len(tree.links) == len(rows)


@pytest.mark.parametrize(
    ("above", "below"),
    [("farc_ep", "emc"), ("emc", "embf"), ("segunda_marquetalia", "cneb"), ("eln", "comuneros_sur")],
)
def test_children_hang_one_step_below_their_parent(tree: groups_tree.Tree, above: str, below: str) -> None:
    order = [one.group_id for one in tree.lanes]
    assert order.index(above) < order.index(below)
    assert lane(tree, below).depth == lane(tree, above).depth + 1


def test_the_finer_of_two_dates_is_the_beginning(tree: groups_tree.Tree) -> None:
    assert lane(tree, "embf").start == date(2024, 4, 1)
    assert lane(tree, "comuneros_sur").start == date(1992, 1, 1)


def test_no_beginning_is_guessed(tree: groups_tree.Tree) -> None:
    assert lane(tree, "farc_ep").start is None
    assert lane(tree, "bloque_jacobo_arenas").first is None


def test_the_comuneros_belonged_to_the_eln_until_the_day_before_their_split(tree: groups_tree.Tree) -> None:
    assert lane(tree, "comuneros_sur").belonged == ((date(2024, 5, 6), "eln"),)


def test_a_branch_holds_what_a_group_came_from_and_what_came_from_it() -> None:
    assert groups_tree.branch("comuneros_sur") == {"eln", "comuneros_sur", "aun"}
    assert "emc" not in groups_tree.branch("cneb")
    assert groups_tree.branch("los_pepes") == {"los_pepes"}


@pytest.mark.parametrize("layout", [groups_tree_svg.WIDE, groups_tree_svg.MEDIUM, groups_tree_svg.NARROW])
def test_the_drawing_is_sound_and_links_every_group(tree: groups_tree.Tree, layout: groups_tree_svg.Layout) -> None:
    drawing = ElementTree.fromstring(groups_tree_svg.svg(tree, layout, LAST, "?item={group}&lang=en", selected="eln"))
    links = [node.attrib["data-group"] for node in drawing.iter(f"{SVG}a")]
    assert links == [one.group_id for one in tree.lanes]
    right = max(float(node.attrib["x"]) for node in drawing.iter(f"{SVG}text"))
    assert right < layout.width


def test_every_relation_is_drawn_in_its_own_way() -> None:
    drawn = {relation: groups_tree_svg.relation_svg(relation, 10, 0, 40, "#000") for relation in groups_words.LINEAGE}
    assert len(set(drawn.values())) == len(groups_words.LINEAGE)
    assert "stroke-dasharray" in drawn["alleged_link"][1]
    assert "stroke-dasharray" not in drawn["split_from"][1]


def test_a_relation_without_a_date_stands_left_of_the_years(tree: groups_tree.Tree) -> None:
    undated = groups_tree.Tree(
        tree.lanes, tuple(link for link in tree.links if link.child == "franco_benavides" and link.on is None)
    )
    drawing = ElementTree.fromstring(groups_tree_svg.svg(undated, groups_tree_svg.WIDE, LAST, "?item={group}"))
    marks = [float(node.attrib["x"]) for node in drawing.iter(f"{SVG}rect") if node.attrib["width"] == "7.2"]
    assert marks
    assert max(marks) < groups_tree_svg.WIDE.names + groups_tree_svg.WIDE.undated


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2024-05-07", "2024-05-07", "May 7, 2024"),
        ("1992", "2024-05-06", "1992 to May 6, 2024"),
        ("2019-08", "", "August 2019"),
        ("", "2024-11", "until November 2024, from an unknown date"),
        ("", "", "undated"),
    ],
)
def test_spans_say_what_is_unknown(first: str, last: str, words: str) -> None:
    assert groups_words.span(first, last) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2025-01-01", "2025-12-31", "2025"),
        ("2023-06-01", "2023-06-30", "June 2023"),
        ("2017-12-17", "2017-12-31", "December 2017"),
        ("2019-12-22", "2020-02-06", "December 22, 2019 to February 6, 2020"),
        ("2026-02-26", None, "from February 26, 2026; no end on record"),
    ],
)
def test_periods_are_no_finer_than_they_look(first: str, last: str | None, words: str) -> None:
    assert groups_words.period(pd.Timestamp(first), pd.Timestamp(last) if last else pd.NaT) == words


def test_spanish_names_carry_their_article() -> None:
    set_language("es")
    assert groups_words.contracted(" a través de el ELN ").strip() == "a través del ELN"
    assert groups_words.in_sentence("farc_ep", groups_words.groups()) == "las FARC-EP"
    assert groups_words.in_sentence("comuneros_sur", groups_words.groups()) == "Comuneros del Sur"


def test_the_entries_of_the_chart_of_members_have_room_below_each_other() -> None:
    drawn = groups_strength.figure(groups_strength.figures("eln"))
    entries = len(drawn.to_dict()["data"])
    assert entries > 5
    assert drawn.layout.legend.maxheight * drawn.layout.height - 19 * entries > 120


def strength(total: float | None, publisher: str, year: int = 2024, **more) -> groups_strength.Figure:
    """A synthetic figure."""
    fields = {"armed": None, "support_network": None, "municipalities": None, "departments": None, **more}
    first, last = date(year, 1, 1), date(year, 12, 31)
    return groups_strength.Figure(str(year), first, last, publisher, publisher, total=total, **fields)


def test_the_spread_names_figures_and_publishers() -> None:
    found = [strength(100, "A"), strength(140, "B"), strength(120, "B")]
    assert groups_strength.spread(found) == "2024: between 100 and 140 members, in 3 figures of 2 publishers."


def test_a_figure_of_a_part_is_kept_out_of_the_spread() -> None:
    found = [strength(250, "A", partial=True), strength(2800, "B")]
    assert "2,800" in groups_strength.spread(found)
    assert "250" not in groups_strength.spread(found)


def test_the_front_36_is_no_figure_of_the_embf() -> None:
    part = [one for one in groups_strength.figures("embf") if one.total == 250]
    assert [one.partial for one in part] == [True]


def test_no_figure_is_said() -> None:
    assert groups_strength.spread([]) == "No figure of its fighters by a publisher is held."


def test_aggregates_are_apart_and_marked() -> None:
    assert not any(one.aggregate for one in groups_strength.figures("emc"))
    together = groups_strength.aggregates("emc")
    assert {one.aggregate for one in together} == {"EMC and Segunda Marquetalia", "All FARC dissidents"}
    assert "aggregate: EMC and Segunda Marquetalia" in groups_strength.table_html(together)


def test_every_publisher_has_a_form_of_its_own() -> None:
    fig = groups_strength.figure([strength(100 + n, f"P{n}", armed=50.0) for n in range(6)])
    symbols = [trace["marker"]["symbol"] for trace in fig.to_dict()["data"]]
    assert len({symbol for symbol in symbols if not symbol.endswith("-open")}) == 6


def test_the_years_of_a_group_hold_its_municipalities() -> None:
    found = {year.year: year for year in where.by_year("comuneros_sur")}
    assert tuple(found) == where.YEARS
    assert set(found[2017].levels) <= set(table("municipalities")["divipola"])
    assert not found[2018].levels
    assert where.is_local(list(found.values()))
    assert not where.is_local(where.by_year("eln"))


def test_a_group_in_no_municipality_says_so() -> None:
    found = where.by_year("fredy_gutierrez")
    assert (
        where.headline("Fredy Gutiérrez", found) == "Fredy Gutiérrez: no source consulted places it in a municipality"
    )
    assert not where.is_local(found)


def test_relations_are_newest_first_with_their_places_and_sources() -> None:
    found = groups_relations.relations("comuneros_sur")
    assert [one.first for one in found] == sorted((one.first for one in found), reverse=True)
    fight = next(one for one in found if one.relation_id == "r04")
    assert [name for _code, name in fight.places] == ["Samaniego", "Linares"]
    assert all("<a href=" in one.sources for one in found)


def test_a_truce_of_the_table_is_told_as_a_pledge() -> None:
    pledge = [one for one in groups_relations.relations("cneb") if one.kind == "truce"]
    html = groups_relations.list_html(pledge)
    assert "Pledge to lower hostilities" in html
    assert "no ceasefire" in html


def test_a_split_within_a_group_names_it_once() -> None:
    within = [one for one in groups_relations.relations("franco_benavides") if one.relation_id == "r33"]
    assert "within Franco Benavides" in groups_relations.list_html(within)


def test_clashes_are_discs_and_alliances_alone_are_rings() -> None:
    areas = groups_relations.areas(groups_relations.relations("franco_benavides"))
    assert not areas["52678"].hollow
    assert areas["52786"].hollow
    assert all(len(code) == 5 for code in areas)


def test_ucdp_dyads_hold_no_provisional_event() -> None:
    rows = table("ucdp_events")
    rows = rows[(rows["type_of_violence"] == 2) & ~rows["provisional"]]
    pepes = rows[rows["side_b"] == "Los Pepes"]
    found = groups_relations.dyads("los_pepes").set_index("rival")
    assert found.loc["Los Costenos", "events"] == pepes["events"].sum()


def test_every_ucdp_name_that_is_mapped_is_in_the_tables() -> None:
    sides = set(table("ucdp_events")["side_a"]) | set(table("ucdp_events")["side_b"])
    named = {part.strip() for side in sides for part in side.split(",")}
    assert set(groups_relations.UCDP_NAMES) <= named
    assert set(groups_relations.UCDP_NAMES.values()) <= set(table("groups")["group_id"])


def test_a_front_has_the_talks_and_ceasefires_of_its_organisation() -> None:
    view = ViewState(page="groups", language="en")
    assert "through EMC" in groups_record.talks(view, "franco_benavides")[0].state
    assert all("through EMC" in one.state for one in groups_record.ceasefires(view, "franco_benavides"))


def test_the_comuneros_have_the_eln_s_ceasefires_only_until_their_split() -> None:
    view = ViewState(page="groups", language="en")
    found = groups_record.ceasefires(view, "comuneros_sur")
    assert any("through ELN" in one.state for one in found)
    assert any("never took effect" in one.state and "through" not in one.state for one in found)
    # Segunda Marquetalia left the FARC-EP: what bound the FARC-EP does not bind it.
    assert not any("FARC-EP" in one.state for one in groups_record.ceasefires(view, "segunda_marquetalia"))


def test_the_list_of_the_talks_is_an_area_and_no_zone_that_may_have_operated() -> None:
    area = next(entry for entry in groups_record.zones("comuneros_sur") if "priority municipalities" in entry.title)
    assert area.state.startswith("Area of the talks · ")
    assert "operated" not in area.state
    others = [entry for entry in groups_record.zones("comuneros_sur") if entry != area]
    assert all("operat" in entry.state for entry in others)


def test_many_entries_are_folded() -> None:
    zones = groups_record.zones("farc_ep")
    html = groups_record.entries_html(zones, "none")
    assert len(zones) > groups_record.SHOWN_AT_ONCE
    assert html.startswith("<details><summary>32 on record")
    assert groups_record.entries_html([], "none & nothing") == '<p class="gr-muted">none &amp; nothing</p>'


def test_the_headline_of_fragmentation_says_what_stands_behind_it() -> None:
    found = fragments.measured("narino")
    assert (
        fragments.headline("narino", found, 2025)
        == "Nariño, 2025: two or more named groups reported in 17 municipalities of 28 with any report"
    )
    below = fragments.subline(found, 2025)
    assert below.startswith("Behind it: 94 reports by 16 publishers")
    assert below.endswith("Defensoría del Pueblo alone: no report in that year.")


@pytest.mark.parametrize(
    ("language", "publishers", "documents"), [("en", "publishers", "documents"), ("es", "fuentes", "documentos")]
)
def test_publishers_and_their_documents_have_two_words(language: str, publishers: str, documents: str) -> None:
    set_language(language)
    found = fragments.measured("narino")
    assert f"16 {publishers}" in fragments.subline(found, 2025)
    assert f"<summary>29 {documents} " in fragments.sources_html(found, 2025)


def test_a_year_that_is_not_over_is_marked() -> None:
    assert fragments.default_year() == 2025
    assert "2026*" in fragments.table_html(fragments.measured("narino"))


def test_the_classes_of_the_map_are_apart() -> None:
    colours = [fragments.class_colour(count) for count in range(fragments.CLASSES + 1)]
    assert len(set(colours)) == len(colours)
    assert fragments.class_colour(9) == fragments.class_colour(4)


def test_the_figure_shows_reports_and_publishers_beside_the_groups() -> None:
    found = fragments.measured("narino")
    fig = fragments.figure(found)
    behind = fig.to_dict()["data"][-1]
    assert list(behind["y"]) == found.years["rows"].tolist()
    assert list(behind["text"]) == [str(count) for count in found.years["publishers"]]


@pytest.mark.parametrize("area", ["narino", "colombia"])
def test_bars_maps_and_table_tell_the_same_classes_apart(area: str) -> None:
    found = fragments.measured(area)
    traces: Any = fragments.figure(found).data
    bars = [trace for trace in traces if trace.type == "bar"][:-1]
    assert [bar.name for bar in bars] == [fragments.class_name(count) for count in range(fragments.CLASSES + 1)]
    assert [sum(column) for column in zip(*(bar.y for bar in bars), strict=True)] == found.years["reported"].tolist()
    assert [bar.marker.color for bar in bars] == [fragments.class_colour(n) for n in range(fragments.CLASSES + 1)]
    html = fragments.table_html(found)
    assert "3 groups" in html
    assert "4 or more" in html


def test_no_arrow_lies_on_the_name_of_its_lane_on_a_phone(tree: groups_tree.Tree) -> None:
    root = ElementTree.fromstring(groups_tree_svg.svg(tree, groups_tree_svg.NARROW, LAST, "?{group}"))
    names = [float(link.find(f"{SVG}text").get("y")) for link in root.iter(f"{SVG}a")]  # type: ignore[union-attr]
    lanes = [34 + (index + 0.72) * groups_tree_svg.NARROW.row for index in range(len(names))]
    # An arrow is 9 high; what hangs under the letters takes 3.
    assert all(lane - 9 >= name + 3 for lane, name in zip(lanes, names, strict=True))


def test_a_strip_draws_the_land_once_for_all_its_maps() -> None:
    tiles = geometry.build("tile", "narino", table("municipalities"), None, cache=None)
    panels = [
        minimap.Panel("2024", "1 & 2", {"52835": minimap.Area(dot=2.0), "05001": minimap.Area(dot=2.0)}),
        minimap.Panel("2025", "", {"52678": minimap.Area(symbology.presence_style([("eln", "presence")]))}),
        minimap.Panel("2026", "", {}),
    ]
    source = minimap.strip(tiles, panels, "by year", columns=2).split("base64,")[1].split('"')[0]
    drawing = ElementTree.fromstring(b64decode(source))
    assert [node.attrib["href"] for node in drawing.iter(f"{SVG}use")] == ["#ground"] * 3
    assert [node.text for node in drawing.iter(f"{SVG}text")] == ["2024", "2025", "2026"]
    assert len(list(drawing.iter(f"{SVG}pattern"))) == 1
    dots = [node for node in drawing.iter(f"{SVG}path") if node.attrib.get("stroke-linecap") == "round"]
    assert len(dots) == 1


def test_no_ceasefire_of_a_group_announces_an_empty_day() -> None:
    for row in records(table("ceasefires")):
        said = groups_record._dates(row)
        assert said
        assert not said.rstrip().endswith(":"), row["ceasefire_id"]
