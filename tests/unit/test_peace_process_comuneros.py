"""The Comuneros file: the talks' list against the evidence, commitments and zones."""

import re
from collections import Counter
from datetime import date

import pytest

from components import peace_process_commitments as board
from components import peace_process_comuneros as comuneros
from components import peace_process_presence as presence
from components.i18n import set_language

ADDRESS = "?item=comuneros-{}".format
PRIORITY = {
    "Los Andes", "La Llanada", "Mallama", "Santacruz", "Guachucal", "Cumbal", "Samaniego", "Providencia", "Barbacoas",
    "Ricaurte",
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture(scope="module")
def matrix() -> presence.Matrix:
    set_language("en")
    return presence.matrix()


def named(matrix: presence.Matrix, publisher: str) -> set[str]:
    return {line.name for line in matrix.lines if publisher in line.publishers}


def test_the_list_is_the_ten_of_the_road_map(matrix: presence.Matrix) -> None:
    assert {line.name for line in matrix.lines if line.priority} == PRIORITY
    assert matrix.split == date(2024, 5, 7)


def test_each_publisher_is_counted_by_itself(matrix: presence.Matrix) -> None:
    assert named(matrix, "Pares") == PRIORITY | {"Cumbitara"}
    assert presence.count_of(matrix, "Pares") == (10, 1)
    assert named(matrix, "Gobernación de Nariño") == {"Cumbal", "La Llanada", "Mallama", "Samaniego", "Santacruz"}
    assert presence.count_of(matrix, "Gobernación de Nariño") == (5, 0)
    assert named(matrix, "Defensoría del Pueblo") == {"El Peñol", "El Tambo"}


def test_no_press_report_names_guachucal_or_providencia(matrix: presence.Matrix) -> None:
    reported = {line.name: line.publishers for line in matrix.lines}
    assert reported["Guachucal"] == reported["Providencia"] == ["Pares"]
    assert presence.headline(matrix).endswith("one publisher alone names each of Guachucal and Providencia")
    assert "8 are reported by two or more publishers" in presence.headline(matrix)


def test_a_report_before_the_split_does_not_count_as_one_of_the_group(matrix: presence.Matrix) -> None:
    linares = next(line for line in matrix.lines if line.name == "Linares")
    assert linares.reports
    assert linares.publishers == []
    assert linares.divipola not in presence.areas(matrix)


def test_the_matrix_keeps_the_source_s_own_term_and_its_caveat(matrix: presence.Matrix) -> None:
    html = presence.matrix_html(matrix)
    assert "«control hegemónico y coexistencia»" in html
    assert "only a part of each" in html or "only part of each" in html
    assert html.count("<tr>") + html.count('<tr class="pp-divide">') == len(matrix.lines) + 4


def test_every_cell_of_the_matrix_carries_its_publisher_for_a_phone(matrix: presence.Matrix) -> None:
    html = presence.matrix_html(matrix)
    assert html.count('data-label="Pares"') == sum("Pares" in line.reports for line in matrix.lines) + 1
    assert re.search(r'<td class="pp-report[^>]*>(?:(?!</td>).)*<span class="pp-level">presence</span>', html)
    assert not re.search(r'<td class="pp-(report|count|total)[^"]*"(?![^>]*data-label)', html)


def test_only_the_talks_municipalities_are_outlined(matrix: presence.Matrix) -> None:
    outlined = {area.name for area in presence.areas(matrix).values() if area.selected}
    assert outlined == PRIORITY


def test_the_commitments_are_counted_by_state() -> None:
    every = board.commitments()
    assert Counter(item.state for item in every) == {
        "done": 6,
        "under_way": 8,
        "not_started": 2,
        "broken": 1,
        "unclear": 5,
        "no_evidence": 11,
    }
    assert board.headline(every).startswith("33 commitments with Comuneros del Sur: 6 reported done")
    assert board.newest_evidence(every) == "February 5, 2026"


@pytest.mark.parametrize(
    ("status", "evidence", "state"),
    [
        ("done", "2025", "done"),
        ("unknown", "2025-04", "unclear"),
        ("unknown", "", "no_evidence"),
        ("broken", "", "broken"),
    ],
)
def test_without_dated_evidence_an_unknown_state_is_no_evidence_found(status: str, evidence: str, state: str) -> None:
    assert board.state_of({"status": status, "evidence_date_text": evidence}) == state


def test_roads_aqueducts_schools_and_universities_have_no_evidence() -> None:
    html = board.works_html(board.commitments())
    assert html.count("No evidence found") == 4
    for work in ("Roads", "Aqueducts", "Schools", "Universities"):
        assert work in html


def test_the_three_areas_hold_every_commitment_once() -> None:
    every = board.commitments()
    parts = [board.of_area(every, area) for area in ("deescalation", "transformation", "transition")]
    assert sum(map(len, parts)) == len(board.of_area(every, "")) == 33
    assert [len(part) for part in parts] == [15, 9, 9]


def test_every_card_says_who_is_responsible_and_when_its_evidence_is_from() -> None:
    every = board.commitments()
    html = board.board_html(every, ADDRESS, "c16")
    assert html.count("Responsible:") == 33
    assert html.count("pp-chosen") == 1
    assert html.count("<summary>Evidence of") == 22
    assert html.count("<summary>No evidence found.") == 11
    assert all(ADDRESS(item.commitment_id) in html for item in every)


def test_the_article_that_made_the_promise_is_its_source_and_no_evidence() -> None:
    pledge = next(item for item in board.commitments() if item.commitment_id == "c28")
    html = board.card_html(pledge, lambda part: f"?item={part}")
    assert "No evidence found." in html
    assert "Evidence of" not in html
    assert "Read it" not in html
    assert html.count("caracol.com.co") == 1
    assert "Source of the commitment:" in html.partition("caracol.com.co")[0]


def test_one_commitment_opens_unfolded() -> None:
    item = next(item for item in board.commitments() if item.commitment_id == "c16")
    assert "<details>" not in board.card_html(item, ADDRESS, unfolded=True)


def test_the_map_counts_commitments_by_municipality() -> None:
    areas = board.areas(board.commitments())
    assert areas["52001"].name == "Pasto (15)"
    assert areas["52001"].dot > areas["52678"].dot > areas["52435"].dot


def test_no_part_of_the_board_is_drawn_for_a_state_without_commitments() -> None:
    assert board.board_html([], ADDRESS) == '<div class="pp-columns"></div>'


def test_one_zone_operated_and_the_list_of_municipalities_is_no_zone() -> None:
    found = comuneros.zones()
    assert [zone.zone_id for zone in found if zone.opened] == ["destr_comuneros_2025"]
    assert [zone.zone_id for zone in found if not zone.counted] == ["area_comuneros_10"]
    assert comuneros.zones_headline(found).startswith("Of 5 zones planned or agreed at the table, 1 is known")
    unopened = [zone for zone in found if not zone.opened]
    assert comuneros.zones_headline(unopened) == (
        "Of 4 zones planned or agreed at the table, none is known to have operated"
    )


def test_a_planned_zone_is_an_empty_disc() -> None:
    areas = comuneros.zone_areas(comuneros.zones())
    assert areas["52435"].hollow
    assert not areas["52678"].hollow
    assert "52079" not in areas


def test_origin_and_links_are_told_with_their_dates() -> None:
    assert comuneros.origin_headline() == (
        "Comuneros del Sur was a front of the ELN from 1992 and has stood apart since May 7, 2024; its table opened on "
        "July 19, 2024"
    )
    assert "alleged link with" in comuneros.origin_html()
