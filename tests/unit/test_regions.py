"""Regions and their members, on the embedded municipalities."""

import pytest

from geo.regions import Region, labels, members, name, regions


@pytest.mark.parametrize(
    ("kind", "how_many"), [("municipality", 1122), ("department", 33), ("nation", 1), ("subregion", 13), ("pdet", 16)]
)
def test_there_are_as_many_regions_as_the_country_has(kind, how_many: int) -> None:
    assert len(regions(kind)) == how_many


def test_members() -> None:
    assert len(members(Region("nation", "CO"))) == 1122
    assert len(members(Region("department", "52"))) == 64
    assert members(Region("municipality", "52835")) == ("52835",)
    assert len([code for region in regions("pdet") for code in members(region)]) == 170
    subregions = [code for region in regions("subregion") for code in members(region)]
    assert sorted(subregions) == list(members(Region("department", "52")))


def test_narino_is_a_department_and_three_municipalities() -> None:
    assert name(Region("department", "52")) == "Nariño"
    namesakes = [region.code for region in regions("municipality") if name(region) == "Nariño"]
    assert namesakes == ["05483", "25483", "52480"]


def test_a_region_that_lies_nowhere() -> None:
    with pytest.raises(KeyError, match="no department with the code '00'"):
        members(Region("department", "00"))
    assert labels("subregion").loc["05001"] is None or labels("subregion").isna().loc["05001"]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("52835", Region("municipality", "52835")),
        ("05", Region("department", "05")),
        ("CO", Region("nation", "CO")),
        ("subregion:Río Mayo", Region("subregion", "Río Mayo")),
    ],
)
def test_links_name_regions(text: str, region: Region) -> None:
    assert Region.parse(text) == region
    assert Region.parse(str(region)) == region


@pytest.mark.parametrize("text", ["", "528", "Nariño", "planet:Mars", "٥٢"])
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="region"):
        Region.parse(text)
