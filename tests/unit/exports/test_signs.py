"""The screen's signs can all be drawn on paper."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from components.exports import signs
from components.swatches import badge_svg, zone_svg
from geo.symbology import ZONE_STATUSES, Badge, zone_style

BADGES = [
    Badge(glyph, hollow, doubtful, nationwide)
    for glyph, hollow, doubtful, nationwide in product(
        ("pause", "pledge", "suspension", "truce"), (False, True), (False, True), (False, True)
    )
]


@pytest.mark.parametrize("badge", BADGES)
def test_every_badge_is_read_within_its_size(badge: Badge):
    parts = signs.parts(badge_svg(badge))
    corners = np.vstack([path.get_extents().get_points() for path, *_style in parts])
    assert len(parts) >= 2
    assert np.abs(corners).max() <= 10


@pytest.mark.parametrize("status", ZONE_STATUSES)
def test_every_zone_marker_is_read(status: str):
    style = zone_style(status)
    assert style is not None
    assert len(signs.parts(zone_svg(style))) == 2


def test_an_arc_bulges_outwards_as_the_standard_says():
    ((path, _face, edge, width),) = signs.parts('<path d="M-2 0A2 2 0 0 1 2 0" stroke="#123456" stroke-width="3"/>')
    assert path.get_extents().y0 == pytest.approx(-2, abs=0.05)
    assert path.get_extents().y1 == pytest.approx(0, abs=0.05)
    assert (edge, width) == ("#123456", 3.0)


@pytest.mark.parametrize("snippet", ['<rect width="3" height="3"/>', '<path d="M0 0Q1 1 2 2"/>'])
def test_an_unknown_shape_is_told_not_skipped(snippet: str):
    with pytest.raises(ValueError, match="no drawing rule"):
        signs.parts(snippet)
