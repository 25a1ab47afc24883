"""A small still map: the geometry of the big one as an inline picture, for pages that set a map beside a text.

`picture` draws municipalities in the styles of ``geo.symbology`` and returns an ``<img>`` that carries the SVG itself:
nothing is fetched, the page needs no script, and the text for people who do not see it travels along.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import cos, radians
from typing import TYPE_CHECKING

from components.swatches import paint, stroke
from geo.symbology import ACCENT, BORDER, INK, LAND, PAPER, Style

if TYPE_CHECKING:
    import shapely

    from geo.geometry import Payload

UNITS = 640
MARGIN = 6
FOCUS_MARGIN = 0.04
TALLEST = 1.15
NAME_SIZE = 11
_FONT = "'Source Sans','Source Sans Pro',system-ui,sans-serif"


@dataclass(frozen=True)
class Area:
    """How one municipality stands on the map.

    Parameters
    ----------
    style
        Fill and outline; None leaves the plain land.
    name
        Written inside the municipality, or under its disc, when not blank.
    dot
        Radius of a disc at the seat, in pixels of the picture; 0 draws none. On the nation's map most municipalities
        are smaller than their colour can be seen.
    colour
        Colour of the disc.
    hollow
        Draws the disc as a ring.
    selected
        Draws the outline of the selection.
    """

    style: Style | None = None
    name: str = ""
    dot: float = 0.0
    colour: str = ACCENT
    hollow: bool = False
    selected: bool = False


@dataclass(frozen=True)
class _Frame:
    """Turns degrees into the integer units of the picture."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: int

    def point(self, lon: float, lat: float) -> tuple[int, int]:
        return (
            MARGIN + round((lon - self.west) * self.squeeze * self.scale),
            MARGIN + round((self.north - lat) * self.scale),
        )

    def misses(self, points: Sequence[tuple[int, int]]) -> bool:
        """Whether a line lies wholly beside the picture: in a strip it would stand in the next map."""
        xs, ys = zip(*points, strict=True)
        return max(xs) < 0 or min(xs) > UNITS or max(ys) < 0 or min(ys) > self.height


def picture(
    payload: Payload,
    areas: Mapping[str, Area],
    alt: str,
    *,
    css: str = "minimap",
    width: int = 320,
    focus: Collection[str] = (),
) -> str:
    """Return the map as an ``<img>`` whose source is the SVG itself.

    Parameters
    ----------
    payload
        The geometry as the big map draws it: polygons or hexagons, Nariño or the nation.
    areas
        DIVIPOLA code to how it is drawn; codes outside the map are left out.
    alt
        What the map shows, in a sentence, for people who do not see it.
    css
        Class of the image.
    width
        Width in pixels at which lines, discs and names keep their size.
    focus
        DIVIPOLA codes that fill the picture; the whole map when empty.
    """
    source = b64encode(svg(payload, areas, width=width, focus=focus).encode()).decode()
    return (
        f'<img class="{escape(css, quote=True)}" alt="{escape(alt, quote=True)}" width="{width}" '
        f'style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{source}">'
    )


def svg(payload: Payload, areas: Mapping[str, Area], *, width: int = 320, focus: Collection[str] = ()) -> str:
    """Return the map as an SVG document; the parameters are those of `picture`."""
    frame = _frame(payload, tuple(sorted(code for code in focus if code in payload.shapes)))
    pixel = UNITS / width
    here = {code: area for code, area in areas.items() if code in payload.shapes}
    order = sorted(here, key=lambda code: here[code].selected)
    parts = [_ground(payload, frame, pixel)]
    parts += [_area(payload.shapes[code], here[code].style, frame, pixel, code) for code in order]
    parts.append(_borders(payload, frame, pixel))
    parts += [_selection(payload.shapes[code], frame, pixel) for code in order if here[code].selected]
    discs = {code: frame.point(*payload.seats[code]) for code in order if here[code].dot}
    parts += [_disc(at, here[code], pixel) for code, at in discs.items()]
    named = [_name(payload, code, here[code], frame, pixel) for code in order if here[code].name]
    parts += _names(named, [(*at, here[code].dot * pixel) for code, at in discs.items()], pixel)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {frame.height}" width="{width}" '
        f'height="{round(frame.height / pixel)}">{"".join(parts)}</svg>'
    )


@lru_cache(maxsize=16)
def _frame(payload: Payload, focus: tuple[str, ...]) -> _Frame:
    (south, west), (north, east) = payload.bounds
    if focus:
        import shapely

        west, south, east, north = shapely.total_bounds([payload.shapes[code] for code in focus])
        west, south, east, north = west - FOCUS_MARGIN, south - FOCUS_MARGIN, east + FOCUS_MARGIN, north + FOCUS_MARGIN
        missing = (north - south) / TALLEST - (east - west)
        west, east = west - max(missing, 0) / 2, east + max(missing, 0) / 2
    squeeze = cos(radians((south + north) / 2))
    scale = (UNITS - 2 * MARGIN) / ((east - west) * squeeze)
    return _Frame(west, north, scale, squeeze, round((north - south) * scale) + 2 * MARGIN)


@lru_cache(maxsize=16)
def _land(payload: Payload, frame: _Frame) -> str:
    """The land: Nariño with its municipalities, the nation as one shape (its municipalities would weigh 200 KB)."""
    import shapely

    shapes = list(payload.shapes.values())
    if payload.scope == "colombia":
        valid = shapely.make_valid(shapely.buffer(shapes, 0.003) if payload.kind == "geo" else shapes)
        shapes = [shapely.simplify(shapely.union_all(valid), 0.6 / frame.scale)]
    return "".join(_path(shape, frame) for shape in shapes)


@lru_cache(maxsize=16)
def _lines(payload: Payload, frame: _Frame) -> str:
    kinds = ("department", "inset") if payload.scope == "colombia" else ()
    lines = [[frame.point(lon, lat) for lon, lat in line] for kind in kinds for line in payload.paths(kind)]
    return "".join(_trace(line) for line in lines if not frame.misses(line))


def _ground(payload: Payload, frame: _Frame, pixel: float) -> str:
    return f'<path d="{_land(payload, frame)}" fill="{LAND}" stroke="{BORDER}" stroke-width="{0.6 * pixel:g}"/>'


def _borders(payload: Payload, frame: _Frame, pixel: float) -> str:
    lines = _lines(payload, frame)
    return f'<path d="{lines}" fill="none" stroke="{BORDER}" stroke-width="{0.6 * pixel:g}"/>' if lines else ""


def _area(shape: shapely.Geometry, style: Style | None, frame: _Frame, pixel: float, code: str) -> str:
    if style is None:
        return ""
    pattern, colour = paint(style.fill, f"m{code}")
    # Patterns are drawn in pixels of the screen, the map in units of its own.
    pattern = pattern.replace('patternTransform="', f'patternTransform="scale({pixel:g}) ')
    outline = stroke(style.outline) if style.outline else ""
    lines = f'<path d="{_path(shape, frame)}" fill="{colour}" {outline} vector-effect="non-scaling-stroke"/>'
    return pattern + lines


def _selection(shape: shapely.Geometry, frame: _Frame, pixel: float) -> str:
    return f'<path d="{_path(shape, frame)}" fill="none" stroke="{ACCENT}" stroke-width="{2.4 * pixel:g}"/>'


def _disc(at: tuple[int, int], area: Area, pixel: float) -> str:
    ring, line = (area.colour, 2.0) if area.hollow else (PAPER, 1.0)
    if area.selected:
        ring, line = INK, 2.4
    fill = PAPER if area.hollow else area.colour
    return (
        f'<circle cx="{at[0]}" cy="{at[1]}" r="{area.dot * pixel:g}" fill="{fill}" fill-opacity="0.86" '
        f'stroke="{ring}" stroke-width="{line * pixel:g}"/>'
    )


@dataclass(frozen=True)
class _Name:
    """A name and the middles where it may stand, the best first."""

    words: str
    half: float
    places: tuple[tuple[float, float], ...]


def _name(payload: Payload, code: str, area: Area, frame: _Frame, pixel: float) -> _Name:
    half = len(area.name) * NAME_SIZE * pixel * 0.25
    if not area.dot:
        return _Name(area.name, half, (_inside(payload, code, frame),))
    x, y = frame.point(*payload.seats[code])
    away, aside = (area.dot + 8) * pixel, (area.dot + 4) * pixel + half
    return _Name(area.name, half, ((x, y + away), (x, y - away), (x + aside, y), (x - aside, y)))


def _inside(payload: Payload, code: str, frame: _Frame) -> tuple[int, int]:
    import shapely

    inside = shapely.point_on_surface(payload.shapes[code])
    x, y = payload.seats[code] if inside.is_empty else (float(shapely.get_x(inside)), float(shapely.get_y(inside)))
    return frame.point(x, y)


def _names(named: Sequence[_Name], discs: Sequence[tuple[int, int, float]], pixel: float) -> list[str]:
    """Names, the southern ones first, under, over or beside their disc where they cover neither disc nor name.

    Where there is no such place, one that would lie over another name moves up.
    """
    size, parts = NAME_SIZE * pixel, []
    taken: list[tuple[float, float, float]] = []

    def over_name(x: float, y: float, half: float) -> bool:
        return any(abs(x - a) < half + b and abs(y - c) < size * 1.12 for a, b, c in taken)

    def over_disc(x: float, y: float, half: float) -> bool:
        return any(abs(x - a) < half + r and abs(y - b) < size * 0.5 + r for a, b, r in discs)

    for name in sorted(named, key=lambda one: -one.places[0][1]):
        half = name.half
        places = [(min(max(x, half + MARGIN), UNITS - half - MARGIN), y) for x, y in name.places]
        free = (place for place in places if not over_name(*place, half) and not over_disc(*place, half))
        x, y = next(free, places[0])
        while over_name(x, y, half):
            y -= size * 0.5
        taken.append((x, half, y))
        parts.append(
            f'<text x="{x:.0f}" y="{y + size * 0.35:.0f}" text-anchor="middle" font-size="{size:.1f}" fill="{INK}" '
            f'font-family="{_FONT}" stroke="{PAPER}" stroke-width="{2.6 * pixel:g}" stroke-linejoin="round" '
            f'paint-order="stroke">{escape(name.words)}</text>'
        )
    return parts


def _path(shape: shapely.Geometry, frame: _Frame) -> str:
    import shapely

    rings = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = [frame.point(lon, lat) for lon, lat in ring.coords]
            if frame.misses(points):
                break
            traced = _trace(points, closed=True)
            if traced:
                rings.append(traced)
    return "".join(rings)


def _trace(points: Sequence[tuple[int, int]], *, closed: bool = False) -> str:
    """Return a line as SVG path data without the points that fall together; blank when nothing is left of it."""
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    if len(kept) < (4 if closed else 2):
        return ""
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(kept)]
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}{'z' if closed else ''}"


@dataclass(frozen=True)
class Panel:
    """One map of a strip: its title, a short note beside it, and how its municipalities are drawn."""

    title: str
    note: str
    areas: Mapping[str, Area]


def strip(
    payload: Payload, panels: Sequence[Panel], alt: str, *, columns: int, css: str = "ministrip", width: int = 170
) -> str:
    """Return several maps of one ground as one ``<img>``: the land is drawn once and used by all.

    Parameters
    ----------
    payload
        The geometry as the big map draws it.
    panels
        The maps, row by row. Full discs without a name are drawn together, so that hundreds of them weigh little.
    alt
        What the maps show, in a sentence, for people who do not see them.
    columns
        How many maps stand in a row.
    css
        Class of the image.
    width
        Width in pixels of one map.
    """
    frame, pixel = _frame(payload, ()), UNITS / width
    head = 22 * pixel
    wide, high = UNITS, frame.height + head
    ground = f'<g id="ground">{_ground(payload, frame, pixel)}{_borders(payload, frame, pixel)}</g>'
    parts = [f"<defs>{ground}</defs>"]
    for index, panel in enumerate(panels):
        row, column = divmod(index, columns)
        drawn = _panel(payload, panel, frame, pixel, f"{index}-")
        parts.append(f'<g transform="translate({column * wide:g} {row * high + head:.0f})">{drawn}</g>')
    rows = -(-len(panels) // columns)
    size = f'viewBox="0 0 {columns * wide:g} {rows * high:.0f}" width="{columns * width}"'
    document = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
    source = b64encode(document.encode()).decode()
    return (
        f'<img class="{escape(css, quote=True)}" alt="{escape(alt, quote=True)}" '
        f'style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{source}">'
    )


def _panel(payload: Payload, panel: Panel, frame: _Frame, pixel: float, name: str) -> str:
    here = {code: area for code, area in panel.areas.items() if code in payload.shapes}
    styled = "".join(
        _area(payload.shapes[code], area.style, frame, pixel, f"{name}{code}") for code, area in here.items()
    )
    font = f'font-family="{_FONT}" y="{-7 * pixel:.0f}"'
    words = (
        f'<text x="{MARGIN}" font-size="{13 * pixel:.1f}" font-weight="600" fill="{INK}" {font}>{escape(panel.title)}'
        f'<tspan dx="{6 * pixel:.0f}" font-size="{11.5 * pixel:.1f}" font-weight="400" fill="#5d6168">'
        f"{escape(panel.note)}</tspan></text>"
    )
    return f'{words}<use href="#ground"/>{styled}{_together(payload, here, frame, pixel)}'


def _together(payload: Payload, areas: Mapping[str, Area], frame: _Frame, pixel: float) -> str:
    """Full discs of one size and colour as one line of round points."""
    alike: dict[tuple[float, str], list[str]] = {}
    for code, area in areas.items():
        if area.dot:
            x, y = frame.point(*payload.seats[code])
            alike.setdefault((area.dot, area.colour), []).append(f"M{x} {y}h0")
    return "".join(
        f'<path d="{"".join(points)}" fill="none" stroke="{colour}" stroke-linecap="round" '
        f'stroke-width="{2 * dot * pixel:g}"/>'
        for (dot, colour), points in alike.items()
    )
