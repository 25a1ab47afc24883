"""The lineage drawn: lanes on an axis of time as inline SVG, wide for a screen and narrow for a phone.

Each kind of relation has its own line and its own sign at the child, so that none is told by colour alone; relations
without a date stand in a column of their own, left of the years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from components.groups_tree import Lane, Link, Tree
from components.groups_words import LINEAGE, lineage
from components.i18n import _
from components.markup import text
from geo.symbology import ACCENT, INK, MUTED, PAPER, hue

FIRST_YEAR = 2016
GRID = "#e4e0d8"
BAND = "#f1ece2"


@dataclass(frozen=True)
class Layout:
    """Lengths of a drawing in its own units; `above` writes names over the lanes and not beside them."""

    name: str
    width: int
    names: int
    undated: int
    before: int
    row: int
    font: float
    indent: int
    tick: int
    above: bool

    @property
    def axis(self) -> float:
        """Where 2016 begins."""
        return self.names + self.undated + self.before


WIDE = Layout("wide", 1200, 226, 62, 44, 22, 13, 14, 1, above=False)
MEDIUM = Layout("medium", 660, 178, 52, 36, 21, 12.5, 10, 2, above=False)
NARROW = Layout("narrow", 366, 6, 46, 30, 34, 12.5, 10, 2, above=True)
HEAD = 34


@dataclass(frozen=True)
class _Place:
    layout: Layout
    last: date
    rows: dict[str, float]

    def x(self, on: date) -> float:
        """Where a day stands; what lies before the axis stands in one column."""
        if on.year < FIRST_YEAR:
            return self.layout.axis - self.layout.before / 2
        first = date(FIRST_YEAR, 1, 1)
        share = (min(on, self.last) - first).days / (self.last - first).days
        return self.layout.axis + share * (self.layout.width - self.layout.axis - 10)

    def undated(self, depth: int) -> float:
        """Where a relation without a date stands: deeper ones further right, so that their lines stay apart."""
        return self.layout.names + 8 + min(depth, 4) * (self.layout.undated - 16) / 4


def svg(tree: Tree, layout: Layout, last: date, address: str, *, selected: str = "") -> str:
    """Return the tree as an SVG element.

    Parameters
    ----------
    tree
        Lanes and links.
    layout
        `WIDE` or `NARROW`.
    last
        Last day of the axis.
    address
        Address of a group's page with ``{group}`` in the place of its id.
    selected
        The group that stands out.
    """
    seat = 0.72 if layout.above else 0.5
    rows = {lane.group_id: HEAD + (index + seat) * layout.row for index, lane in enumerate(tree.lanes)}
    place = _Place(layout, last, rows)
    height = HEAD + len(rows) * layout.row + 8
    parts = [_axis(place, height), _band(place, selected)]
    parts += [_line(lane, place) for lane in tree.lanes]
    halos, lines, marks = _links(tree, place)
    # Names stand over lines, marks over all: neither may wipe out what it crosses.
    names = [_name(lane, place, address, lane.group_id == selected) for lane in tree.lanes]
    parts += [*halos, *lines, *names, *marks]
    label = _("Lineage of the armed groups, {first} to {last}", first=FIRST_YEAR, last=last.year)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage {layout.name}" role="group" '
        f'viewBox="0 0 {layout.width} {height:g}" aria-label="{text(label)}" font-size="{layout.font}">'
        f"{''.join(parts)}</svg>"
    )


def _drawn_last(links: Sequence[Link]) -> list[Link]:
    """Splits over memberships: where both begin on one day, the split is what happened."""
    return sorted(links, key=lambda link: -LINEAGE.index(link.relation))


def _axis(place: _Place, height: float) -> str:
    layout = place.layout
    parts = []
    for year in range(FIRST_YEAR, place.last.year + 1):
        x = place.x(date(year, 1, 1))
        parts.append(f'<path d="M{x:.1f} {HEAD - 8}V{height:g}" stroke="{GRID}"/>')
        if (year - FIRST_YEAR) % layout.tick == 0:
            parts.append(_label(x + 3, HEAD - 13, str(year)))
    parts.append(_label(layout.names + 2, HEAD - 13, _("undated"), italic=True))
    if not layout.above:
        parts.append(_label(layout.axis - layout.before + 4, HEAD - 13, _("before")))
    return "".join(parts)


def _label(x: float, y: float, words: str, *, italic: bool = False) -> str:
    style = ' font-style="italic"' if italic else ""
    return f'<text x="{x:.1f}" y="{y:g}" font-size="11" fill="#5d6168"{style}>{text(words)}</text>'


def _band(place: _Place, selected: str) -> str:
    if selected not in place.rows:
        return ""
    layout = place.layout
    top = place.rows[selected] - layout.row * (0.72 if layout.above else 0.5)
    return f'<rect x="0" y="{top:g}" width="{layout.width}" height="{layout.row}" fill="{BAND}"/>'


def _line(lane: Lane, place: _Place) -> str:
    """The lane: thin while on record, thick in the years with reports, dotted before a first record without a date."""
    y = place.rows[lane.group_id]
    colour = hue(lane.family).full
    start = place.undated(lane.depth)
    if lane.first is None or lane.last is None:
        return _stroke(start, place.layout.axis - 6, y, colour, 1.4, "1.5 3.5")
    first = place.x(lane.first)
    parts = [] if lane.start else [_stroke(start, first, y, colour, 1.4, "1.5 3.5")]
    if lane.start and lane.start.year < FIRST_YEAR:
        parts.append(_label(first - 34, y + 4, str(lane.start.year)))
    parts.append("".join(_coloured(lane, lane.first, lane.last, place, 2.0)))
    for year in lane.years:
        begin, end = date(year, 1, 1), date(year, 12, 31)
        if lane.start and lane.start.year == year:
            begin = max(begin, lane.start)
        if lane.end and lane.end.year == year:
            end = min(end, lane.end)
        parts.append("".join(_coloured(lane, begin, end, place, 7.0)))
    if lane.end:
        x = place.x(lane.end)
        parts.append(f'<path d="M{x:.1f} {y - 6:g}v12" stroke="{colour}" stroke-width="2.2"/>')
    return "".join(parts)


def _coloured(lane: Lane, first: date, last: date, place: _Place, width: float) -> list[str]:
    """A piece of a lane, in the hue of the family that the group belonged to at the time."""
    edges = [first, *(day for day, _family in lane.belonged if first < day < last), last]
    return [
        _stroke(place.x(a), place.x(b), place.rows[lane.group_id], hue(_family(lane, b)).full, width)
        for a, b in pairwise(edges)
    ]


def _family(lane: Lane, on: date) -> str:
    return next((family for last, family in lane.belonged if on <= last), lane.family)


def _stroke(x0: float, x1: float, y: float, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{x0:.1f} {y:g}H{max(x1, x0 + 1.5):.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _links(tree: Tree, place: _Place) -> tuple[list[str], list[str], list[str]]:
    """All halos, all lines and all marks of the relations, in the order in which they are drawn."""
    lanes = {lane.group_id: lane for lane in tree.lanes}
    drawn = [_link(link, lanes, place) for link in _drawn_last(tree.links)]
    halos, lines, marks = ([link[layer] for link in drawn] for layer in range(3))
    return halos, lines, marks


def _link(link: Link, lanes: dict[str, Lane], place: _Place) -> tuple[str, str, str]:
    child, parent = lanes[link.child], lanes[link.parent]
    x = place.x(link.on) if link.on else place.undated(parent.depth)
    # What was absorbed on the day on which others joined stands beside them.
    x -= 5 if link.relation == "absorbed_by" else 0
    top, bottom = place.rows[link.parent], place.rows[link.child]
    colour = MUTED if link.relation == "alleged_link" else hue(child.family).full
    joined = "" if link.on else _stroke(x, place.undated(child.depth), bottom, colour, 1.4, "1.5 3.5")
    title = f"<title>{text(link.words)}</title>"
    halo, line, mark = relation_svg(link.relation, x, top, bottom, colour)
    return halo, f"<g>{title}{joined}{line}</g>", f"<g>{title}{mark}</g>"


def relation_svg(relation: str, x: float, parent: float, child: float, colour: str) -> tuple[str, str, str]:
    """Return halo, line and mark of a relation, from the parent's height to the child's."""
    way = f'd="M{x:.1f} {parent:g}V{child:g}" fill="none"'
    width, dash = _LINES[relation]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    halo = f'<path {way} stroke="{PAPER}" stroke-width="4.5"/>'
    line = f'<path {way} stroke="{colour}" stroke-width="{width}"{dashed}/>'
    anchor = f'<circle cx="{x:.1f}" cy="{parent:g}" r="2.6" fill="{colour}"/>'
    if relation == "absorbed_by":
        return halo, line, _arrow(x, parent, colour, up=child > parent)
    return halo, line, anchor + _mark(relation, x, child, colour, up=child < parent)


_LINES = {
    "split_from": (2.2, ""),
    "part_of": (1.2, ""),
    "absorbed_by": (2.0, "7 3"),
    "franchise_of": (1.7, "8 3 1.5 3"),
    "alleged_link": (1.7, "3.5 3.5"),
}


def _mark(relation: str, x: float, y: float, colour: str, *, up: bool) -> str:
    ring = f'fill="{PAPER}" stroke="{colour}" stroke-width="1.7"'
    if relation == "part_of":
        return f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:g}" width="7.2" height="7.2" {ring}/>'
    if relation == "franchise_of":
        return f'<path d="M{x:.1f} {y - 6:g}l6 6-6 6-6-6z" {ring}/>'
    if relation == "alleged_link":
        return (
            f'<circle cx="{x:.1f}" cy="{y:g}" r="6.6" {ring} stroke-dasharray="2.4 2"/><text x="{x:.1f}" '
            f'y="{y + 3.7:g}" text-anchor="middle" font-size="10.5" font-weight="700" fill="{INK}">?</text>'
        )
    return _arrow(x, y, colour, up=up)


def _arrow(x: float, y: float, colour: str, *, up: bool) -> str:
    """An arrow head whose point lies on the height `y`."""
    side = 1 if up else -1
    way = f"M{x - 5:.1f} {y + side * 9:g}h10l-5 {-side * 9}z"
    return f'<path d="{way}" fill="{colour}" stroke="{PAPER}" stroke-width="0.8"/>'


def _name(lane: Lane, place: _Place, address: str, selected: bool) -> str:
    layout = place.layout
    # Over a lane a name leaves the room of an arrow head, which is 9 high.
    y = place.rows[lane.group_id] + (-13 if layout.above else layout.font * 0.34)
    x = 4 + lane.depth * layout.indent + (layout.undated + 8 if layout.above else 0)
    weight = 700 if selected or lane.depth == 0 else 400
    size = _fitting(lane.name, layout.names - x - 20, layout.font) if not layout.above else layout.font
    ground = BAND if selected else PAPER
    behind = f'<rect x="{x - 2}" y="{y - 11:g}" width="{18 + 6.6 * len(lane.name):.0f}" height="15" fill="{ground}"/>'
    words = (behind if layout.above else "") + (
        f'<rect x="{x}" y="{y - 9:g}" width="9" height="9" rx="1.5" fill="{hue(lane.family).full}"/>'
        f'<text x="{x + 14}" y="{y:g}" font-weight="{weight}" font-size="{size:.1f}" '
        f'fill="{ACCENT}">{text(lane.name)}</text>'
    )
    where = text(address.replace("{group}", lane.group_id))
    title = f"<title>{text(lane.full_name)}</title>"
    return f'<a href="{where}" target="_self" data-group="{text(lane.group_id)}">{title}{words}</a>'


def _fitting(name: str, room: float, size: float) -> float:
    return min(size, max(10.0, room / (0.53 * max(len(name), 1))))


def legend_html(tree: Tree) -> str:
    """Return what the lines and signs of a tree mean, as HTML with small drawings."""
    used = {link.relation for link in tree.links}
    y = 9
    end = f'<path d="M34 3v12" stroke="{INK}" stroke-width="2.2"/>'
    items = [
        *((_sample(relation), lineage(relation)) for relation in LINEAGE if relation in used),
        (_drawing(_stroke(2, 40, y, INK, 7)), _("Years with reports in some municipality")),
        (_drawing(_stroke(2, 40, y, INK, 2)), _("On record, no municipality reported")),
        (_drawing(_stroke(2, 40, y, INK, 1.4, "1.5 3.5")), _("Undated beginning or relation")),
        (_drawing(_stroke(2, 34, y, INK, 2) + end), _("End on record")),
    ]
    body = "".join(f"<li>{drawing}<span>{text(words)}</span></li>" for drawing, words in items)
    return f'<ul class="lineage-legend" aria-label="{text(_("Legend"))}">{body}</ul>'


def _sample(relation: str) -> str:
    colour = MUTED if relation == "alleged_link" else INK
    top, bottom = (2, 30) if relation == "absorbed_by" else (-14, 11)
    _halo, line, mark = relation_svg(relation, 21, top, bottom, colour)
    return _drawing(line + mark)


def _drawing(content: str) -> str:
    return f'<svg width="42" height="18" viewBox="0 0 42 18" aria-hidden="true" focusable="false">{content}</svg>'
