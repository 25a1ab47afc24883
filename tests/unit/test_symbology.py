"""One encoding: families that every eye can tell apart, levels that never look alike, no false control."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert
from hypothesis import given
from hypothesis import strategies as st

from geo import symbology
from geo.symbology import FAMILY_HUES, LEVELS, PAPER, UNNAMED, Fill, Style, presence_style

SIGHTS = (None, "deuteranomaly", "protanomaly", "tritanomaly")
LEAST_DISTANCE = 9.0
families = st.sampled_from(sorted(FAMILY_HUES))
pairs = st.lists(st.tuples(families, st.sampled_from(LEVELS)), min_size=1, max_size=6)


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(colour: str, sight: str | None) -> np.ndarray:
    """The colour in CAM02-UCS as an eye sees it that lacks one kind of cone altogether."""
    values = rgb(colour)
    if sight is not None:
        space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        values = np.clip(cspace_convert(values, space, "sRGB1"), 0, 1)
    return cspace_convert(values, "sRGB1", "CAM02-UCS")


def distance(a: str, b: str, sight: str | None) -> float:
    return float(np.linalg.norm(seen(a, sight) - seen(b, sight)))


def drawn_colours(family: str) -> set[str]:
    """Every colour, paper apart, in which a family is drawn alone: at each level, fresh and aged."""
    styles = [presence_style([(family, level)], aged=aged) for level in LEVELS for aged in (False, True)]
    return {colour for style in styles for colour in colours_of(style.fill)} - {PAPER}


def colours_of(fill: Fill) -> set[str]:
    marks = {fill.dots.colour} if fill.dots else set()
    return {fill.base, *(band.colour for band in fill.bands if band.colour), *marks}


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_families_are_told_apart_as_drawn(sight: str | None) -> None:
    near = [
        (one, two, a, b, round(found, 1))
        for one, two in combinations(FAMILY_HUES, 2)
        for a in drawn_colours(one)
        for b in drawn_colours(two)
        if (found := distance(a, b, sight)) < LEAST_DISTANCE
    ]
    assert near == []


@pytest.mark.parametrize("sight", SIGHTS)
def test_every_family_stands_out_from_paper_and_its_tint_from_its_hue(sight: str | None) -> None:
    for hue in FAMILY_HUES.values():
        assert distance(hue.full, PAPER, sight) >= 2 * LEAST_DISTANCE
        assert distance(hue.tint, PAPER, sight) >= LEAST_DISTANCE
        assert distance(hue.tint, hue.full, sight) >= LEAST_DISTANCE


def test_there_are_nine_hues_and_one_grey() -> None:
    assert len(FAMILY_HUES) == 10
    grey = rgb(FAMILY_HUES[UNNAMED].full)
    assert grey.max() - grey.min() < 0.02
    assert symbology.hue("a family of tomorrow") == FAMILY_HUES[UNNAMED]


def test_presence_is_lines_on_paper_influence_a_tint_control_the_full_hue() -> None:
    presence, influence, control = (presence_style([("eln", level)]).fill for level in LEVELS)
    hue = FAMILY_HUES["eln"]
    assert presence.base == PAPER
    assert [band.colour for band in presence.bands] == [hue.full, None]
    assert (influence.base, influence.bands) == (hue.tint, ())
    assert (control.base, control.bands) == (hue.full, ())


def test_presence_leaves_most_of_the_paper_free() -> None:
    bands = presence_style([("eln", "presence")]).fill.bands
    assert bands[0].width < bands[1].width


@given(family=families)
def test_only_control_fills_an_area_with_the_full_hue(family: str) -> None:
    for level in ("presence", "influence"):
        assert presence_style([(family, level)]).fill.base != FAMILY_HUES[family].full


def test_two_families_are_striped_in_both_hues() -> None:
    fill = presence_style([("eln", "presence"), ("emc", "presence")]).fill
    assert {FAMILY_HUES["eln"].full, FAMILY_HUES["emc"].full} <= colours_of(fill)


def test_a_dispute_of_one_named_group_has_the_grey_of_the_unnamed() -> None:
    style = presence_style([("eln", "presence")], disputed=True)
    assert FAMILY_HUES[UNNAMED].full in colours_of(style.fill)
    assert style.outline == symbology.DISPUTE_OUTLINE
    assert "mark:dispute" in style.keys
    assert "mark:two" not in style.keys


@pytest.mark.parametrize(("count", "number"), [(1, None), (2, None), (3, 3), (9, 9)])
def test_three_and_more_groups_are_counted(count: int, number: int | None) -> None:
    style = presence_style([("eln", "presence")], group_count=count)
    assert style.number == number
    assert ("mark:many" in style.keys) == (number is not None)


@given(pairs=pairs, disputed=st.booleans())
def test_aged_evidence_is_paler_and_dashed(pairs: list[tuple[str, str]], disputed: bool) -> None:
    fresh, aged = (presence_style(pairs, disputed=disputed, aged=old) for old in (False, True))
    assert aged.outline is not None
    assert aged.outline.dash == symbology.AGED_DASH
    assert fresh.outline is not None
    assert fresh.outline.dash == ()
    assert ink(aged.fill) < ink(fresh.fill)
    assert colours_of(aged.fill) - {PAPER} == colours_of(fresh.fill) - {PAPER}


def ink(fill: Fill) -> float:
    """Share of the area that is not paper, the knocked-out dots taken off."""
    period = sum(band.width for band in fill.bands)
    share = sum(band.width for band in fill.bands if band.colour) / period if period else float(fill.base != PAPER)
    dots = fill.dots
    return share - (np.pi * dots.radius**2 / dots.spacing**2 if dots and dots.colour == PAPER else 0)


@given(pairs=pairs)
def test_a_style_names_what_explains_it(pairs: list[tuple[str, str]]) -> None:
    style = presence_style(pairs)
    shown = symbology.strongest(pairs)[:2]
    assert {f"family:{family}:{level}" for family, level in shown} <= set(style.keys)
    assert {f"level:{level}" for _, level in shown} <= set(style.keys)
    assert len(set(style.keys)) == len(style.keys)


@given(pairs=pairs)
def test_the_order_of_the_reports_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    assert presence_style(pairs) == presence_style(pairs[::-1])


def test_a_family_is_drawn_at_its_highest_level_and_a_dispute_is_no_level() -> None:
    assert symbology.strongest([("eln", "presence"), ("eln", "control"), ("emc", "dispute")]) == (
        ("eln", "control"),
        ("emc", "presence"),
    )


def test_not_reported_no_record_and_zero_are_three_things() -> None:
    zero = symbology.indicator_style("zero", None, 6)
    assert presence_style([]) == symbology.NOT_REPORTED
    assert zero.fill == Fill(symbology.ramp(6)[0])
    styles = [
        zero,
        symbology.indicator_style("no_record", None, 6),
        symbology.indicator_style("not_downloaded", None, 6),
    ]
    assert len({(style.fill, style.keys) for style in styles}) == 3
    assert len({style.fill for style in styles}) == 3
    assert all(style.fill.base == PAPER and style.fill.dots for style in styles[1:])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("classes", range(2, 8))
def test_the_ramp_darkens_step_by_step_for_every_eye(classes: int, sight: str | None) -> None:
    lightness = [seen(colour, sight)[0] for colour in symbology.ramp(classes)]
    assert all(a - b > 4 for a, b in pairwise(lightness))
    assert distance(symbology.ramp(classes)[0], PAPER, sight) > 4


@pytest.mark.parametrize("wrong", [-1, 6])
def test_a_class_outside_the_ramp_is_an_error(wrong: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        symbology.indicator_style("reported", wrong, 6)


def test_a_ramp_without_classes_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        symbology.ramp(0)
    assert len(symbology.ramp(1)) == 1


def test_a_ceasefire_in_force_is_dotted_and_an_announced_one_hollow() -> None:
    force, announced, never = (
        symbology.ceasefire_style("ceasefire", status) for status in ("in_force", "announced", "never_took_effect")
    )
    assert force is not None
    assert announced is not None
    assert force.outline is not None
    assert announced.outline is not None
    assert (force.outline.hollow, announced.outline.hollow) == (False, True)
    assert (force.badge.hollow, announced.badge.hollow) == (False, True)
    assert never == announced


@pytest.mark.parametrize("kind", ["humanitarian_pledge", "suspension_of_operations", "gang_truce"])
@pytest.mark.parametrize("status", symbology.DRAWN_STATUSES)
def test_what_is_no_ceasefire_has_a_badge_only(kind: str, status: str) -> None:
    style = symbology.ceasefire_style(kind, status)
    assert style is not None
    assert style.outline is None
    assert style.badge.glyph != "pause"


@pytest.mark.parametrize("status", ["ended", "not_announced"])
def test_what_is_over_or_not_yet_said_is_not_drawn(status: str) -> None:
    assert symbology.ceasefire_style("ceasefire", status) is None


def test_a_ceasefire_of_unknown_state_is_a_grey_sign_without_outline() -> None:
    style = symbology.ceasefire_style("ceasefire", "unknown", nationwide=True)
    assert style is not None
    assert style.outline is None
    assert style.badge.doubtful
    assert style.keys == ("ceasefire:ceasefire:unknown", "ceasefire:nationwide")


def test_signs_of_one_place_are_drawn_each_once() -> None:
    signs = [
        ("ceasefire", "announced", False),
        ("ceasefire", "never_took_effect", False),
        ("gang_truce", "ended", False),
    ]
    assert len(symbology.ceasefire_styles(signs)) == 1


def test_a_decreed_zone_that_never_operated_looks_different() -> None:
    active, decreed = symbology.zone_style("active"), symbology.zone_style("decreed_not_operating")
    assert active is not None
    assert decreed is not None
    assert (active.hollow, decreed.hollow) == (False, True)
    assert symbology.zone_style("planned") is None


def test_styles_can_be_kept_in_sets() -> None:
    assert len({presence_style([("eln", "presence")]), presence_style([("eln", "presence")]), Style(Fill())}) == 2
