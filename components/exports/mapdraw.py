"""The map as shapes on a page: the same styles, outlines and signs as the screen, with a scale bar and a north arrow.

Degrees become kilometres on the ellipsoid at the middle latitude of the map (equirectangular, that latitude true), and
kilometres become millimetres; so the scale bar is exact along the map's middle latitude and north is up everywhere.
The tile map is no map of distances: it has neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from components.exports import hatch, signs
from components.exports.page import CAP_HEIGHT, LINE_HEIGHT, Box, Page
from components.exports.spec import MapPicture
from components.exports.typeface import MM_PER_POINT
from components.i18n import _, number
from geo.symbology import (
    ACCENT,
    HAIRLINE,
    INK,
    LAND,
    LAND_LINE,
    MUTED,
    PAPER,
    Badge,
    CeasefireStyle,
    Fill,
    Outline,
    Style,
)

# Of one pixel of the symbology, by scope: the nation's small municipalities need finer stripes; print can hold them.
UNIT: Mapping[str, float] = {"narino": 0.215, "colombia": 0.15}
CSS_PIXEL = 25.4 / 96
LINE_INK = "#6f6a60"
NUMBER_ROOM = 15
BADGE_ROOM = 34
EMPTY = Style(Fill(PAPER), HAIRLINE)
WGS84_AXIS, WGS84_FLATTENING = 6378.137, 1 / 298.257223563


@dataclass(frozen=True)
class Frame:
    """Where degrees fall on the page.

    Attributes
    ----------
    bounds
        West, south, east, north of what is shown, degrees.
    box
        Where it is shown, millimetres; larger than the map needs in one direction.
    conformal
        The tile map's hexagons are regular in Web Mercator, and only there.
    """

    bounds: tuple[float, float, float, float]
    box: Box
    conformal: bool = False

    @property
    def latitude(self) -> float:
        """The middle latitude, at which the scale is true."""
        return (self.bounds[1] + self.bounds[3]) / 2

    @cached_property
    def km_per_degree(self) -> tuple[float, float]:
        """Length of a degree of longitude and of latitude at the middle latitude."""
        sine = math.sin(math.radians(self.latitude))
        squashed = WGS84_FLATTENING * (2 - WGS84_FLATTENING)
        across = WGS84_AXIS / math.sqrt(1 - squashed * sine**2)
        along = across * (1 - squashed) / (1 - squashed * sine**2)
        return math.radians(across * math.cos(math.radians(self.latitude))), math.radians(along)

    def plane(self, points: np.ndarray) -> np.ndarray:
        """Return degrees as kilometres east and north, shape (n, 2)."""
        across, along = self.km_per_degree
        if not self.conformal:
            return points * (across, along)
        return np.column_stack([points[:, 0], np.degrees(np.arcsinh(np.tan(np.radians(points[:, 1]))))]) * across

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        west, south, east, north = self.bounds
        (x0, y0), (x1, y1) = self.plane(np.array([[west, south], [east, north]]))
        return x0, y0, x1, y1

    @cached_property
    def mm_per_km(self) -> float:
        """The scale: millimetres on paper of one kilometre."""
        x0, y0, x1, y1 = self._extent
        return min(self.box.width / (x1 - x0), self.box.height / (y1 - y0))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return degrees as page millimetres, shape (n, 2)."""
        x0, y0, x1, y1 = self._extent
        left = self.box.x + (self.box.width - (x1 - x0) * self.mm_per_km) / 2
        top = self.box.y + (self.box.height - (y1 - y0) * self.mm_per_km) / 2
        flat = self.plane(points)
        return np.column_stack([left + (flat[:, 0] - x0) * self.mm_per_km, top + (y1 - flat[:, 1]) * self.mm_per_km])

    @property
    def used(self) -> Box:
        """The part of the box that the bounds fill."""
        west, south, east, north = self.bounds
        (left, bottom), (right, top) = self(np.array([[west, south], [east, north]]))
        return Box(left, top, right - left, bottom - top)


def aspect(picture: MapPicture) -> float:
    """Return the width of the map over its height, margins included."""
    used = frame_of(picture, Box(0, 0, 1000, 1000)).used
    return used.width / used.height


def frame_of(picture: MapPicture, box: Box) -> Frame:
    """Return where a map falls in a box."""
    (south, west), (north, east) = picture.geometry.bounds
    margin = 0.02 * max(east - west, north - south)
    bounds = (west - margin, south - margin, east + margin, north + margin)
    return Frame(bounds, box, conformal=picture.geometry.kind == "tile")


def draw_map(page: Page, picture: MapPicture, box: Box, *, unit: float | None = None, furniture: bool = True) -> Frame:
    """Draw a map into a box of the page.

    Parameters
    ----------
    page
        Where to draw.
    picture
        What to draw.
    box
        The panel; land and borders of neighbours are cut at its edge.
    unit
        Millimetres of one pixel of the symbology; None takes the scope's own.
    furniture
        Scale bar, north arrow, locator and place names around the map.

    Returns
    -------
    Frame
        Where degrees fell.
    """
    tile = picture.geometry.kind == "tile" and furniture
    inner = Box(box.x, box.y, box.width, box.height - 5.0) if tile else box
    drawing = _Drawing(page, picture, frame_of(picture, inner), box, unit or UNIT.get(picture.geometry.scope, 0.2))
    drawing.land()
    drawing.areas()
    drawing.lines()
    drawing.outlines()
    drawing.ceasefires()
    drawing.selection()
    drawing.keep_clear()
    drawing.numbers()
    drawing.names()
    drawing.zones()
    drawing.badges()
    if furniture:
        drawing.furniture()
    return drawing.frame


class _Drawing:
    """One map while it is drawn."""

    def __init__(self, page: Page, picture: MapPicture, frame: Frame, box: Box, unit: float) -> None:
        self.page, self.picture, self.frame, self.box, self.unit = page, picture, frame, box, unit
        shapes = picture.geometry.shapes
        self.codes = list(shapes)
        placed = hatch.valid(shapely.transform(np.array(list(shapes.values()), dtype=object), frame))
        self.shapes = _inside(placed, shapely.box(box.x, box.y, box.right, box.bottom))
        self.position = {code: number for number, code in enumerate(self.codes)}
        self.styles = [picture.styles.get(code, EMPTY) for code in self.codes]
        seats = picture.geometry.seats
        places = frame(np.array([seats[code] for code in self.codes], dtype=float).reshape(-1, 2))
        self.seats = {code: (float(x), float(y)) for code, (x, y) in zip(self.codes, places, strict=True)}
        self.taken: list[shapely.Geometry] = []
        self.panel = (box.x, box.y, box.right, box.bottom)
        self._badges: list[tuple[float, float, Badge, float]] = []

    @property
    def nation(self) -> bool:
        return self.picture.geometry.scope == "colombia"

    # Areas

    def land(self) -> None:
        rings = [shapely.Polygon(self.frame(path)) for path in self.picture.geometry.paths("land") if len(path) > 2]
        cut = shapely.clip_by_rect(hatch.valid(np.array(rings, dtype=object)), *self.panel) if rings else []
        path = hatch.outline(np.array(cut, dtype=object))
        if path is not None:
            self.page.path(path, face=LAND, edge=LAND_LINE, width=0.8 * self.unit, name="land")

    def areas(self) -> None:
        by_fill: dict[Fill, list[int]] = {}
        for position, style in enumerate(self.styles):
            by_fill.setdefault(style.fill, []).append(position)
        for code, shape, style in zip(self.codes, self.shapes, self.styles, strict=True):
            path = hatch.outline(np.array([shape], dtype=object))
            if path is not None:
                self.page.path(path, face=style.fill.base, name=f"m{code}")
        for fill, members in by_fill.items():
            fill_areas(self.page, self.shapes[members], fill, self.unit)
        thin = [style.outline if style.outline and style.outline.width < 1.5 else HAIRLINE for style in self.styles]
        for outline in dict.fromkeys(thin):
            self._stroke(self.shapes[[own == outline for own in thin]], outline)

    def lines(self) -> None:
        overlays = self.picture.overlays
        kinds = {
            "subregion": ("subregions" in overlays, 1.4, (6.0, 2.0, 1.5, 2.0)),
            "department": ("departments" in overlays, 1.2, ()),
            "inset": (True, 0.8, ()),
        }
        for name, (wanted, width, dash) in kinds.items():
            paths = [self.frame(path) for path in self.picture.geometry.paths(name) if len(path) > 1] if wanted else []
            if not paths:
                continue
            cut = shapely.clip_by_rect(
                np.array([shapely.LineString(path) for path in paths], dtype=object), *self.panel
            )
            course = hatch.course(cut)
            if name == "inset":
                self._inset_name(np.vstack(paths))
            if course is not None:
                scaled = [part * self.unit for part in dash]
                self.page.path(course, edge=LINE_INK, width=width * self.unit, dash=scaled, name=f"line-{name}")

    def _inset_name(self, points: np.ndarray) -> None:
        """Say under the frame of the enlarged islands what they are."""
        (left, _top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        size = 5.0
        step = size * MM_PER_POINT * LINE_HEIGHT
        lines = ("San Andrés", "y Providencia")
        half = max(self.page.letters.regular.width(line, size) for line in lines) / 2
        x = max((left + right) / 2, self.box.x + half)
        for row, line in enumerate(lines, start=1):
            self.page.text(x, bottom + row * step, line, size, colour=MUTED, align="center", name=self.page.sign())
        self.taken.append(shapely.box(x - half, bottom, x + half, bottom + (len(lines) + 0.4) * step))

    def outlines(self) -> None:
        """Draw the strong outlines (disputes) above every border."""
        for outline in dict.fromkeys(style.outline for style in self.styles):
            if outline is not None and outline.width >= 1.5:
                self._stroke(self.shapes[[style.outline == outline for style in self.styles]], outline)

    def _stroke(self, shapes: np.ndarray, outline: Outline) -> None:
        path = hatch.outline(shapes)
        if path is not None:
            dash = [part * self.unit for part in outline.dash]
            self.page.path(path, edge=outline.colour, width=outline.width * self.unit, dash=dash)

    # Signs

    def ceasefires(self) -> None:
        """Draw one outline around all municipalities of a style, and remember the badge of each connected part."""
        members: dict[CeasefireStyle, list[int]] = {}
        for code, style in self.picture.ceasefires.items():
            if code in self.position:
                members.setdefault(style, []).append(self.position[code])
        small = 0.75 if self.nation else 1.0
        corners: dict[tuple[float, float], int] = {}
        for style, numbers in members.items():
            merged = shapely.union_all(self.shapes[numbers])
            parts = sorted(shapely.get_parts(merged), key=lambda part: -part.area)
            if style.outline is not None:
                draw_ceasefire_outline(self.page, np.array(parts, dtype=object), style.outline, self.unit * small)
            for nth, part in enumerate(parts):
                west, south, east, north = part.bounds
                if nth and max(east - west, north - south) < BADGE_ROOM * self.unit:
                    continue
                ring = np.asarray(part.exterior.coords)
                x, y = ring[np.argmax(ring[:, 0] - ring[:, 1])]
                shift = corners.get((x, y), 0)
                corners[x, y] = shift + 1
                self._badges.append((x + shift * 17 * self.unit, y, style.badge, self.unit * 1.1))

    def badges(self) -> None:
        for x, y, badge, unit in self._badges:
            signs.draw_badge(self.page, x, y, badge, unit)

    def selection(self) -> None:
        chosen = [self.position[code] for code in self.picture.selected if code in self.position]
        path = hatch.outline(self.shapes[chosen]) if chosen else None
        if path is not None:
            self.page.path(path, edge=PAPER, width=6 * self.unit)
            self.page.path(path, edge=ACCENT, width=3 * self.unit, name="selected")

    def numbers(self) -> None:
        if "numbers" not in self.picture.overlays:
            return
        size = 11 * self.unit / MM_PER_POINT * (1.0 if not self.nation else 0.95)
        for code, shape, style in zip(self.codes, self.shapes, self.styles, strict=True):
            west, south, east, north = shape.bounds if not shape.is_empty else (0, 0, 0, 0)
            if style.number is None or min(east - west, north - south) < NUMBER_ROOM * self.unit:
                continue
            x, y = self.seats[code]
            self._word(str(style.number), x, y, size, bold=True)

    def names(self) -> None:
        """Write names where there is room: the selected first, then the largest."""
        if "names" not in self.picture.overlays:
            return
        if self.nation:
            self._department_names()
        frame = self.picture.geometry.frame()
        name_of = dict(zip(frame["divipola"], frame["name"], strict=True))
        size = 6.0
        parts = [max(shapely.get_parts(shape).tolist(), key=shapely.area, default=shape) for shape in self.shapes]
        order = sorted(range(len(parts)), key=lambda n: (self.codes[n] not in self.picture.selected, -parts[n].area))
        for position in order:
            code, part = self.codes[position], parts[position]
            chosen = code in self.picture.selected
            if part.is_empty or (self.nation and not chosen):
                continue
            west, top, east, bottom = part.bounds
            lines = self.page.letters.regular.wrap(name_of[code], size, 0.95 * (east - west))
            height = len(lines) * size * MM_PER_POINT * LINE_HEIGHT
            broken = " ".join(lines) != name_of[code]
            if not chosen and (broken or len(lines) > 2 or bottom - top < max(3.0, height * 1.6)):
                continue
            if chosen and broken:
                lines = [name_of[code]]
            spot = part.centroid if part.contains(part.centroid) else part.representative_point()
            for shift in (0.0, 2.4, -2.4, 3.6, -3.6):
                y = spot.y + shift
                if top < y < bottom and self._lines(lines, spot.x, y, size, bold=chosen):
                    break

    def _lines(self, lines: Sequence[str], x: float, y: float, size: float, *, bold: bool) -> bool:
        step = size * MM_PER_POINT * LINE_HEIGHT
        face = self.page.letters.get(bold)
        width = max(face.width(line, size) for line in lines)
        if not self._claim(x, y, width, step * len(lines)):
            return False
        first = y - step * (len(lines) - 1) / 2 + size * MM_PER_POINT * CAP_HEIGHT / 2
        for number_of_line, line in enumerate(lines):
            base = first + number_of_line * step
            self.page.text(x, base, line, size, bold=bold, align="center", halo=PAPER, name=self.page.sign())
        return True

    def _department_names(self) -> None:
        frame = self.picture.geometry.frame()
        size = 4.8
        areas = shapely.area(self.shapes)
        departments = frame["department"].to_numpy()
        sums = {name: areas[departments == name].sum() for name in dict.fromkeys(departments)}
        for name in sorted(sums, key=lambda name: -sums[name]):
            mine = departments == name
            largest = max(
                shapely.get_parts(shapely.union_all(self.shapes[mine])), key=lambda part: part.area, default=None
            )
            if largest is None or largest.is_empty:
                continue
            west, _top, east, _bottom = largest.bounds
            words = str(name).upper()
            if self.page.letters.regular.width(words, size) <= 0.95 * (east - west):
                spot = largest.centroid if largest.contains(largest.centroid) else largest.representative_point()
                self._word(words, spot.x, spot.y, size)

    def _word(self, text: str, x: float, y: float, size: float, *, bold: bool = False, colour: str = INK) -> None:
        height = size * MM_PER_POINT
        if self._claim(x, y, self.page.letters.get(bold).width(text, size), height * 1.1):
            base = y + height * CAP_HEIGHT / 2
            name = self.page.sign()
            self.page.text(x, base, text, size, bold=bold, colour=colour, align="center", halo=PAPER, name=name)

    def _claim(self, x: float, y: float, width: float, height: float) -> bool:
        """Keep a place for words; False when it is taken."""
        place = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if any(place.intersects(other) for other in self.taken):
            return False
        self.taken.append(place)
        return True

    def keep_clear(self) -> None:
        """Keep words away from where signs will stand."""
        spots = [(x, y, 9 * unit) for x, y, _badge, unit in self._badges]
        spots += [(*self.seats[code], 8 * self.unit) for code in self.picture.zones if code in self.seats]
        self.taken += [shapely.box(x - r, y - r, x + r, y + r) for x, y, r in spots]

    def zones(self) -> None:
        for code, style in self.picture.zones.items():
            if code in self.seats:
                signs.draw_zone(self.page, *self.seats[code], style, self.unit * 1.1)

    # Furniture

    def locator(self) -> None:
        """Show where Nariño lies in Colombia: the country's outline in a corner."""
        rings = self.picture.geometry.paths("land") if not self.nation else []
        if not rings:
            return
        side = min(22.0, self.box.width * 0.16)
        box = Box(self.box.x + 2, self.box.y + 2, side * 0.78, side)
        mainland = max(rings, key=len)
        west, south = mainland.min(axis=0)
        east, north = mainland.max(axis=0)
        small = Frame((float(west), float(south), float(east), float(north)), box.inset(1.2))
        self.page.rectangle(box, face=PAPER, edge=LAND_LINE, width=0.15)
        self.taken.append(shapely.box(box.x, box.y, box.right, box.bottom))
        here = shapely.transform(shapely.union_all(self.shapes_in_degrees()), small)
        for shape, colour in ((shapely.Polygon(small(mainland)), "#ddd6c7"), (here, ACCENT)):
            path = hatch.outline(np.array([shape], dtype=object))
            if path is not None:
                self.page.path(path, face=colour)

    def shapes_in_degrees(self) -> np.ndarray:
        """Return the map's shapes as they came."""
        return hatch.valid(np.array(list(self.picture.geometry.shapes.values()), dtype=object))

    def furniture(self) -> None:
        if self.picture.geometry.kind != "geo":
            words = _("One hexagon per municipality, all of one size, near its neighbours. Distances do not hold.")
            self.page.text(self.box.x, self.box.bottom, words, 5.6, colour=MUTED)
            return
        self.locator()
        corner = Box(self.box.x + 3, self.box.bottom - 9, self.box.width * 0.28, 6)
        draw_scale_bar(self.page, self.frame, corner)
        draw_north(self.page, self.box.x + 6.5, self.box.bottom - 19)
        self.taken.append(shapely.box(self.box.x, corner.y - 18, corner.right + 6, self.box.bottom))
        self.neighbours()

    def neighbours(self) -> None:
        """Write what lies around the map, where there is room beside it."""
        panel, size = shapely.box(*self.panel), 6.2
        for words, lon, lat in neighbours(self.picture.geometry.scope):
            x, y = self.frame(np.array([[lon, lat]]))[0]
            width, height = self.page.letters.regular.width(words, size), size * MM_PER_POINT
            place = shapely.box(x - width / 2 - 0.5, y - height, x + width / 2 + 0.5, y + height * 0.3)
            free = panel.contains(place) and not shapely.intersects(self.shapes, place).any()
            if free and not any(place.intersects(other) for other in self.taken):
                self.taken.append(place)
                self.page.text(x, y, words, size, colour=MUTED, align="center")


def _inside(shapes: np.ndarray, panel: shapely.Geometry) -> np.ndarray:
    """Leave out the parts outside the panel: islands far out at sea, which the inset shows."""
    outside = ~shapely.within(shapely.envelope(shapes), panel) & ~shapely.is_empty(shapes)
    if not outside.any():
        return shapes
    kept = shapes.copy()
    for position in np.flatnonzero(outside):
        parts = shapely.get_parts(shapes[position])
        kept[position] = shapely.multipolygons(list(parts[shapely.intersects(parts, panel)]))
    return kept


def neighbours(scope: str) -> tuple[tuple[str, float, float], ...]:
    """Return the words around a map that say where it is, with longitude and latitude."""
    if scope == "narino":
        return (
            (_("Pacific Ocean"), -78.88, 2.25),
            ("Ecuador", -78.35, 0.78),
            ("Cauca", -77.25, 2.35),
            ("Putumayo", -76.9, 0.75),
        )
    return (
        (_("Pacific Ocean"), -79.3, 4.6),
        (_("Caribbean Sea"), -76.6, 11.6),
        (_("Panama"), -78.6, 8.6),
        ("Venezuela", -69.6, 8.4),
        (_("Brazil"), -68.6, -0.6),
        (_("Peru"), -73.9, -2.9),
        ("Ecuador", -78.6, -0.7),
    )


def fill_areas(page: Page, areas: np.ndarray, fill: Fill, unit: float) -> None:
    """Draw a fill's bands and marks on areas whose base is drawn already."""
    for colour, pieces in hatch.stripes(areas, fill, unit):
        path = hatch.outline(pieces)
        if path is not None:
            page.path(path, face=colour, name=f"stripes-{int(page._next())}")
    if fill.dots is not None:
        points = hatch.grid(areas, fill, unit)
        if len(points):
            page.marks(points, fill.dots.radius * unit, fill.dots.colour, mark=fill.dots.mark, pen=0.9 * unit)


def draw_ceasefire_outline(page: Page, parts: np.ndarray, outline: Outline, unit: float) -> None:
    """Draw a ceasefire's thick dotted outline on a band of paper; a hollow one has a core of paper."""
    path = hatch.outline(parts)
    if path is None:
        return
    style = {"dash": [part * unit for part in outline.dash], "round_caps": True}
    page.path(path, edge=PAPER, width=(outline.width + 1.8) * unit, **style)
    page.path(path, edge=outline.colour, width=outline.width * unit, **style)
    if outline.hollow:
        page.path(path, edge=PAPER, width=outline.width * unit * 0.55, **style)


def round_length(most: float) -> float:
    """Return the greatest of 1, 2, 5 times a power of ten that is not more than `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most)


def draw_scale_bar(page: Page, frame: Frame, box: Box) -> float:
    """Draw a scale bar of a round length that fits the box; return its length in kilometres."""
    length = round_length(box.width / frame.mm_per_km)
    width, y = length * frame.mm_per_km, box.y + 3.6
    for part, colour in ((0, INK), (1, PAPER)):
        cell = Box(box.x + part * width / 2, y - 1.0, width / 2, 1.0)
        page.rectangle(cell, face=colour, edge=INK, width=0.15, name=f"scale-{part}")
    face = page.letters.regular
    for share, value in ((0, 0.0), (0.5, length / 2), (1, length)):
        words = number(value, 0 if value == int(value) else 1)
        if share == 0.5 and width < 2.6 * face.width(number(length), 5.6):
            continue
        page.text(box.x + share * width, y - 1.8, words + (" km" if share == 1 else ""), 5.6, align="center")
    page.text(box.x, y + 2.6, _("Scale true at {latitude}", latitude=latitude_words(frame.latitude)), 5, colour=MUTED)
    return length


def latitude_words(latitude: float) -> str:
    """Return a latitude as people write it: "1.5° N"."""
    side = _("N") if latitude >= 0 else _("S")
    return f"{number(abs(latitude), 1)}° {side}"


def draw_north(page: Page, x: float, y: float) -> None:
    """Draw a north arrow around a point."""
    from matplotlib.path import Path

    page.path(Path([(x, y - 4), (x + 1.7, y + 2), (x, y + 0.8), (x, y - 4)], closed=True), face=INK)
    page.path(
        Path([(x, y - 4), (x - 1.7, y + 2), (x, y + 0.8), (x, y - 4)], closed=True), face=PAPER, edge=INK, width=0.15
    )
    page.text(x, y - 5, _("N"), 6, bold=True, align="center")


def label_lines(labels: Mapping[str, str], codes: Sequence[str]) -> dict[str, str]:
    """Return the hover texts of the shapes of an SVG, by the id that each has there."""
    return {f"m{code}": labels[code] for code in codes if labels.get(code)}
