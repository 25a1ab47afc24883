"""Styles as inline SVG: swatches for the legend, badges and markers for the map and the legend alike."""

from __future__ import annotations

from html import escape

from geo.symbology import INK, MUTED, PAPER, Badge, CeasefireStyle, Fill, Outline, Style, ZoneStyle

WIDTH, HEIGHT = 30, 18


def any_swatch_svg(style: Style | CeasefireStyle | ZoneStyle, name: str) -> str:
    """Return any style as a small SVG; `name` makes the ids of its pattern unique in the page."""
    if isinstance(style, CeasefireStyle):
        return ceasefire_swatch_svg(style)
    return zone_swatch_svg(style) if isinstance(style, ZoneStyle) else swatch_svg(style, name)


def swatch_svg(style: Style, name: str) -> str:
    """Return a municipality's style as a small SVG; `name` makes the ids of its pattern unique in the page."""
    shape = f'x="2" y="2" width="{WIDTH - 4}" height="{HEIGHT - 4}"'
    pattern, colour = paint(style.fill, escape(f"sw-{name}", quote=True))
    outline = stroke(style.outline) if style.outline else ""
    number = _number(style.number) if style.number else ""
    return _svg(f'{pattern}<rect {shape} fill="{colour}" {outline}/>{number}')


def ceasefire_swatch_svg(style: CeasefireStyle) -> str:
    """Return a ceasefire's outline with its badge, or the badge alone, as a small SVG."""
    lines = ""
    if style.outline is not None:
        box = f'x="5" y="5" width="{WIDTH - 10}" height="{HEIGHT - 9}" fill="none" stroke-linecap="round"'
        dash = 'stroke-dasharray="0.1 5"'
        lines = f'<rect {box} {dash} stroke="{style.outline.colour}" stroke-width="3.2"/>'
        if style.outline.hollow:
            lines += f'<rect {box} {dash} stroke="{PAPER}" stroke-width="1.7"/>'
    place = f"translate({WIDTH - 8} 8) scale(0.85)" if lines else f"translate({WIDTH / 2} {HEIGHT / 2})"
    return _svg(f'{lines}<g transform="{place}">{badge_svg(style.badge)}</g>')


def zone_swatch_svg(style: ZoneStyle) -> str:
    """Return a zone's marker as a small SVG."""
    return _svg(f'<g transform="translate({WIDTH / 2} {HEIGHT / 2})">{zone_svg(style)}</g>')


def badge_svg(badge: Badge) -> str:
    """Return a badge around the origin, 15 px across: a disc with a glyph; a second ring when it holds nationwide."""
    colour = MUTED if badge.doubtful else INK
    ground, sign = (PAPER, colour) if badge.hollow else (colour, PAPER)
    ring = f'<circle r="9.3" fill="{PAPER}" stroke="{colour}" stroke-width="1.1"/>' if badge.nationwide else ""
    disc = f'<circle r="7" fill="{ground}" stroke="{PAPER if not badge.hollow else colour}" stroke-width="1.4"/>'
    return ring + disc + _GLYPHS[badge.glyph].format(sign=sign)


# pause: two bars; pledge: an open hand reduced to a heart-like drop; suspension: a bar; truce: two dots.
_GLYPHS = {
    "pause": '<path d="M-2.1 -3.2V3.2M2.1 -3.2V3.2" stroke="{sign}" stroke-width="2" fill="none"/>',
    "pledge": '<path d="M0 3.6L-3.6 0A2 2 0 0 1 0 -2.4A2 2 0 0 1 3.6 0Z" fill="{sign}"/>',
    "suspension": '<path d="M-3.6 0H3.6" stroke="{sign}" stroke-width="2.2" fill="none"/>',
    "truce": '<circle cx="-2.3" r="1.6" fill="{sign}"/><circle cx="2.3" r="1.6" fill="{sign}"/>',
}


def zone_svg(style: ZoneStyle) -> str:
    """Return a zone's marker around the origin, 14 px across: a diamond, hollow when it does not operate."""
    fill = PAPER if style.hollow else style.colour
    halo = f'<path d="M0 -8.5L8.5 0L0 8.5L-8.5 0Z" fill="{PAPER}"/>'
    return f'{halo}<path d="M0 -6.5L6.5 0L0 6.5L-6.5 0Z" fill="{fill}" stroke="{style.colour}" stroke-width="1.8"/>'


def _svg(content: str) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {size} aria-hidden="true" focusable="false">{content}</svg>'


def stroke(outline: Outline) -> str:
    """Return the SVG attributes of a line."""
    dash = f' stroke-dasharray="{" ".join(str(part) for part in outline.dash)}"' if outline.dash else ""
    return f'stroke="{outline.colour}" stroke-width="{outline.width}"{dash}'


def _number(number: int) -> str:
    at = f'x="{WIDTH / 2}" y="{HEIGHT / 2}" dy="0.35em" text-anchor="middle" font-size="11" font-weight="700"'
    return f'<text {at} fill="{INK}" stroke="{PAPER}" stroke-width="3" paint-order="stroke">{number}</text>'


def paint(fill: Fill, name: str) -> tuple[str, str]:
    """Return the pattern's definition (blank for a flat fill) and the paint that uses it."""
    if not fill.bands and fill.dots is None:
        return "", fill.base
    width = sum(band.width for band in fill.bands) or (fill.dots.spacing if fill.dots else 0)
    step = width
    if fill.dots:
        step = width / max(1, round(width / fill.dots.spacing))
    height = step if fill.dots else 24
    content = f'<rect x="-1" y="-1" width="{width + 2}" height="{height + 2}" fill="{fill.base}"/>'
    at = 0.0
    for band in fill.bands:
        if band.colour:
            content += f'<rect x="{at:g}" y="-1" width="{band.width:g}" height="{height + 2:g}" fill="{band.colour}"/>'
        at += band.width
    if fill.dots:
        marks = (step / 2 + step * index for index in range(round(width / step)))
        content += "".join(_mark(fill, x, height / 2) for x in marks)
    attributes = f'width="{width:g}" height="{height:g}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return f'<defs><pattern id="{name}" {attributes}>{content}</pattern></defs>', f"url(#{name})"


def _mark(fill: Fill, x: float, y: float) -> str:
    dots = fill.dots
    if dots is None:
        return ""
    if dots.mark == "cross":
        r = dots.radius
        path = f"M{x - r:g} {y:g}h{2 * r:g}M{x:g} {y - r:g}v{2 * r:g}"
        return f'<path d="{path}" stroke="{dots.colour}" stroke-width="0.9"/>'
    return f'<circle cx="{x:g}" cy="{y:g}" r="{dots.radius:g}" fill="{dots.colour}"/>'
