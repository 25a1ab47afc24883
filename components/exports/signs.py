"""The screen's signs on paper: badges and markers are read from the same SVG snippets that the map and legend use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from components.swatches import badge_svg, zone_svg
from geo.symbology import Badge, ZoneStyle

if TYPE_CHECKING:
    from components.exports.page import Page

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
Part = tuple[Path, str | None, str | None, float]


def draw_badge(page: Page, x: float, y: float, badge: Badge, unit: float) -> None:
    """Draw a ceasefire's badge around a point; `unit` is the millimetres of one pixel."""
    _draw(page, badge_svg(badge), x, y, unit)


def draw_zone(page: Page, x: float, y: float, style: ZoneStyle, unit: float) -> None:
    """Draw a special zone's marker around a point."""
    _draw(page, zone_svg(style), x, y, unit)


def _draw(page: Page, snippet: str, x: float, y: float, unit: float) -> None:
    move = Affine2D().scale(unit).translate(x, y)
    for path, face, edge, width in parts(snippet):
        page.path(move.transform_path(path), face=face, edge=edge, width=width * unit, name=page.sign())


@lru_cache(maxsize=64)
def parts(snippet: str) -> tuple[Part, ...]:
    """Return a snippet of circles and paths as (path, fill, stroke, stroke width).

    Raises
    ------
    ValueError
        An element or a path command that this small reader does not know.
    """
    return tuple(_part(element) for element in ElementTree.fromstring(f"<g>{snippet}</g>"))


def _part(element: ElementTree.Element) -> Part:
    if element.tag == "circle":
        centre = (float(element.get("cx", 0)), float(element.get("cy", 0)))
        path = Path.circle(centre, float(element.get("r", 0)))
    elif element.tag == "path":
        path = _path(element.get("d", ""))
    else:
        raise ValueError(f"no drawing rule for <{element.tag}>")
    # SVG fills what names no fill in black.
    face, edge = element.get("fill", "#000000"), element.get("stroke")
    return path, None if face == "none" else face, edge, float(element.get("stroke-width", 1)) if edge else 0.0


def _path(text: str) -> Path:
    tokens = iter(_TOKEN.findall(text))
    vertices: list[tuple[float, float]] = []
    codes: list[Any] = []
    x = y = 0.0
    command, pending = "", None
    for token in tokens:
        if token.isalpha():
            command = token
            pending = None
        else:
            pending = token
        if command in "Zz":
            vertices.append((x, y))
            codes.append(Path.CLOSEPOLY)
            continue
        take = _numbers(pending, tokens)
        if command == "H":
            x = next(take)
        elif command == "V":
            y = next(take)
        elif command == "h":
            x += next(take)
        elif command == "v":
            y += next(take)
        elif command in "ML":
            x, y = next(take), next(take)
        elif command == "A":
            radius, _ry, _turn, large, sweep, end_x, end_y = (next(take) for _ in range(7))
            for point in _arc((x, y), (end_x, end_y), radius, bool(large), bool(sweep)):
                vertices.append(point)
                codes.append(Path.LINETO)
            x, y = end_x, end_y
            continue
        else:
            raise ValueError(f"no drawing rule for the path command {command!r}")
        vertices.append((x, y))
        codes.append(Path.MOVETO if command == "M" else Path.LINETO)
    return Path(vertices, codes)


def _numbers(first: str | None, tokens: Iterator[str]) -> Iterator[float]:
    if first is not None:
        yield float(first)
    for token in tokens:
        yield float(token)


def _arc(
    start: tuple[float, float], end: tuple[float, float], radius: float, large: bool, sweep: bool
) -> list[tuple[float, float]]:
    """Return points along a circular arc, its end included, after the SVG standard's notes on arcs."""
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    chord = half_x**2 + half_y**2
    radius = max(radius, math.sqrt(chord))
    away = math.sqrt(max(0.0, radius**2 - chord) / chord) * (-1 if large == sweep else 1)
    centre = (away * half_y + (start[0] + end[0]) / 2, -away * half_x + (start[1] + end[1]) / 2)
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    span = math.atan2(end[1] - centre[1], end[0] - centre[0]) - first
    if sweep and span < 0:
        span += 2 * math.pi
    elif not sweep and span > 0:
        span -= 2 * math.pi
    steps = max(4, math.ceil(abs(span) / 0.2))
    angles = [first + span * step / steps for step in range(1, steps + 1)]
    return [(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles]
