"""One symbology for the screen, its legend and every export: colours, patterns, outlines and signs, and no text.

A style says what is drawn, never how: the browser turns it into SVG patterns, the legend into inline SVG, an export
into matplotlib artists. Lengths are in CSS pixels at screen scale (1/96 inch). All colours are opaque; nothing that
carries meaning is drawn with opacity, so that the distances between colours hold as drawn (see the tests: any two
families at least 9 ΔE apart in CAM02-UCS under normal, deutan, protan and tritan sight, in full hue and in tint).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Level = Literal["presence", "influence", "control"]

PAPER = "#fbfaf7"
INK = "#22252a"
ACCENT = "#1f4e5f"
LAND = "#f1eee7"
LAND_LINE = "#cfc9bb"
BORDER = "#b9b3a6"
DEPARTMENT_LINE = "#8a8478"
SUBREGION_LINE = "#8a8478"
DOT = "#c2bbad"
MUTED = "#77726a"

AGED_MONTHS = 12
MANY_GROUPS = 3
LEVELS: tuple[Level, ...] = ("presence", "influence", "control")
# A dispute is no level: it marks the place and proves presence.
_STRENGTH = {"dispute": 0, "presence": 0, "influence": 1, "control": 2}


@dataclass(frozen=True)
class Hue:
    """The two opaque colours of a family: `full` for lines and flat control, `tint` for flat influence."""

    full: str
    tint: str


FAMILY_HUES: Mapping[str, Hue] = {
    "farc": Hue("#13844c", "#bffac3"),
    "eln": Hue("#9a1f47", "#eb90a9"),
    "comuneros": Hue("#946708", "#ffd97e"),
    "emc": Hue("#1d95b6", "#87c7d3"),
    "embf": Hue("#3762b9", "#a2abe7"),
    "sm_cneb": Hue("#7f61f4", "#c5c5ff"),
    "egc": Hue("#79348a", "#f4d9ff"),
    "acsn": Hue("#9b8806", "#caaf62"),
    "other": Hue("#7e0605", "#fcb99d"),
    "unattributed": Hue("#787878", "#c9c9c8"),
}
UNNAMED = "unattributed"

# From palest (zero) to darkest; lightness falls evenly, so the order survives every kind of sight and a grey printer.
_RAMP_ANCHORS = ("#f6ecd2", "#efd2a0", "#e3ad72", "#cf8352", "#ad5a43", "#823a3c", "#552434")


@dataclass(frozen=True)
class Band:
    """One diagonal band of a pattern: `width` pixels across; colour None lets the base show."""

    colour: str | None
    width: float


@dataclass(frozen=True)
class Dots:
    """A square grid of marks on the base; `mark` is a filled disc or an upright cross."""

    colour: str
    radius: float
    spacing: float
    mark: Literal["disc", "cross"] = "disc"


@dataclass(frozen=True)
class Fill:
    """What fills an area: a flat base, bands at 45 degrees that repeat in order, and marks on top."""

    base: str = PAPER
    bands: tuple[Band, ...] = ()
    dots: Dots | None = None


@dataclass(frozen=True)
class Outline:
    """A line around an area. An empty dash is a solid line; `hollow` draws the same line with a paper core."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()
    hollow: bool = False


@dataclass(frozen=True)
class Style:
    """How one municipality is drawn at one date.

    `number` is the count of groups when it is three or more, `keys` name the legend entries that explain the style
    (``family:eln:control``, ``level:control``, ``mark:dispute`` ...).
    """

    fill: Fill
    outline: Outline | None = None
    number: int | None = None
    keys: tuple[str, ...] = ()


HAIRLINE = Outline(BORDER, 0.6)
SELECTED = Outline(ACCENT, 3.0)
DISPUTE_OUTLINE = Outline(INK, 1.7)
AGED_DASH = (3.0, 2.5)

NOT_REPORTED = Style(Fill(PAPER, dots=Dots(DOT, 0.7, 9.0)), HAIRLINE, keys=("nothing:not_reported",))
NO_RECORD = Style(Fill(PAPER, dots=Dots(DOT, 0.7, 9.0)), HAIRLINE, keys=("nothing:no_record",))
NOT_DOWNLOADED = Style(Fill(PAPER, dots=Dots(DOT, 2.0, 11.0, "cross")), HAIRLINE, keys=("nothing:not_downloaded",))


def hue(family: str) -> Hue:
    """Return the colours of a family; a family without a hue of its own is drawn in the grey of the unnamed."""
    return FAMILY_HUES.get(family, FAMILY_HUES[UNNAMED])


def strongest(families: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return (family, level) pairs from the strongest level to the weakest, each family once at its highest level."""
    best: dict[str, str] = {}
    for family, level in families:
        if _STRENGTH[level] > _STRENGTH.get(best.get(family, ""), -1):
            best[family] = "presence" if level == "dispute" else level
    order = {family: position for position, family in enumerate(FAMILY_HUES)}
    return tuple(sorted(best.items(), key=lambda pair: (-_STRENGTH[pair[1]], order.get(pair[0], len(order)), pair[0])))


def presence_style(
    families: Sequence[tuple[str, str]], *, disputed: bool = False, group_count: int = 1, aged: bool = False
) -> Style:
    """Return how a municipality is drawn whose groups are reported there.

    Parameters
    ----------
    families
        (family, highest level) of every family reported; empty means not reported, which is not peaceful.
    disputed
        A source reports a dispute here. With one named family the second colour is the grey of the unnamed.
    group_count
        Distinct groups reported; three and more are written at the seat.
    aged
        The newest evidence is older than twelve months.
    """
    if not families:
        return NOT_REPORTED
    ranked = strongest(families)
    shown = list(ranked[:2])
    if disputed and len(shown) == 1:
        shown.append((UNNAMED, shown[0][1]))
    fill = _level_fill(*shown[0], aged) if len(shown) == 1 else _stripes(shown, aged)
    return Style(
        fill,
        _presence_outline(shown[0][0], disputed, aged),
        _number(group_count),
        _keys(ranked, shown, disputed, group_count, aged),
    )


def _number(group_count: int) -> int | None:
    return group_count if group_count >= MANY_GROUPS else None


def _keys(
    ranked: Sequence[tuple[str, str]], shown: Sequence[tuple[str, str]], disputed: bool, group_count: int, aged: bool
) -> tuple[str, ...]:
    keys = [f"family:{family}:{level}" for family, level in shown]
    keys += [f"level:{level}" for _, level in ranked[:2]]
    marks = {
        "two": len(shown) > 1 and not disputed,
        "dispute": disputed,
        "many": group_count >= MANY_GROUPS,
        "aged": aged,
    }
    return tuple(dict.fromkeys(keys + [f"mark:{mark}" for mark, on in marks.items() if on]))


def _presence_outline(family: str, disputed: bool, aged: bool) -> Outline:
    if disputed:
        return replace(DISPUTE_OUTLINE, dash=AGED_DASH if aged else ())
    return Outline(hue(family).full, 1.1, AGED_DASH) if aged else HAIRLINE


def _knocked_out(aged: bool) -> Dots | None:
    # Paler by coverage: mixing the hue with paper would bring the families closer together than the eye can part.
    return Dots(PAPER, 1.25, 4.6) if aged else None


def _level_fill(family: str, level: str, aged: bool) -> Fill:
    colours = hue(family)
    if level == "presence":
        line = 1.0 if aged else 1.8
        return Fill(PAPER, (Band(colours.full, line), Band(None, 6.0 - line)))
    return Fill(colours.tint if level == "influence" else colours.full, dots=_knocked_out(aged))


def _stripe(family: str, level: str, aged: bool) -> tuple[Band, ...]:
    colours = hue(family)
    if level == "presence":
        line = 1.0 if aged else 1.9
        return (Band(colours.full, line), Band(None, 4.8 - line))
    return (Band(colours.full if level == "control" else colours.tint, 5.0),)


def _stripes(families: Sequence[tuple[str, str]], aged: bool) -> Fill:
    bands = tuple(band for family, level in families for band in _stripe(family, level, aged))
    flat = any(level != "presence" for _, level in families)
    return Fill(PAPER, bands, _knocked_out(aged and flat))


def ramp(classes: int) -> tuple[str, ...]:
    """Return `classes` colours from the palest (zero) to the darkest, evenly spaced along one print-like ramp."""
    if classes < 1:
        raise ValueError(f"a ramp needs at least one class, not {classes}")
    if classes == 1:
        return (_RAMP_ANCHORS[0],)
    steps = [index * (len(_RAMP_ANCHORS) - 1) / (classes - 1) for index in range(classes)]
    return tuple(_between(_RAMP_ANCHORS, step) for step in steps)


def _between(anchors: Sequence[str], position: float) -> str:
    low = min(int(position), len(anchors) - 2)
    share = position - low
    pairs = zip(_channels(anchors[low]), _channels(anchors[low + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def indicator_style(status: str, class_index: int | None, classes: int) -> Style:
    """Return how a municipality is drawn for an indicator.

    Parameters
    ----------
    status
        ``reported``, ``zero`` (class 0, the palest), ``no_record`` or ``not_downloaded``; the last two are patterns,
        never a colour of the ramp.
    class_index
        0 to `classes` - 1 where 0 is zero; read only when `status` is ``reported``.
    classes
        Number of classes, zero's own included.
    """
    if status == "no_record":
        return NO_RECORD
    if status == "not_downloaded":
        return NOT_DOWNLOADED
    index = 0 if status == "zero" or class_index is None else class_index
    if not 0 <= index < classes:
        raise ValueError(f"class {index} is outside the {classes} classes")
    return Style(Fill(ramp(classes)[index]), HAIRLINE, keys=(f"class:{index}",))


Glyph = Literal["pause", "pledge", "suspension", "truce"]


@dataclass(frozen=True)
class Badge:
    """A small sign at an area's corner: `hollow` in outline, `doubtful` in grey, `nationwide` with a second ring."""

    glyph: Glyph
    hollow: bool = False
    doubtful: bool = False
    nationwide: bool = False


@dataclass(frozen=True)
class CeasefireStyle:
    """How a ceasefire is drawn over the fill: an outline (none for the quieter classes) and a corner badge."""

    outline: Outline | None
    badge: Badge
    keys: tuple[str, ...]


_IN_FORCE = Outline(INK, 4.0, (0.1, 7.0))
_GLYPHS: Mapping[str, Glyph] = {
    "ceasefire": "pause",
    "humanitarian_pledge": "pledge",
    "suspension_of_operations": "suspension",
    "gang_truce": "truce",
}
CEASEFIRE_CLASSES = tuple(_GLYPHS)
DRAWN_STATUSES = ("in_force", "announced", "never_took_effect", "unknown")
_STATUS_KEYS = {
    "in_force": "in_force",
    "announced": "not_in_force",
    "never_took_effect": "not_in_force",
    "unknown": "unknown",
}


def ceasefire_style(ceasefire_class: str, status: str, *, nationwide: bool = False) -> CeasefireStyle | None:
    """Return how a ceasefire is drawn at a date, or None when it is not (ended, not yet announced).

    In force: thick dotted outline and a filled badge. Announced or never in force: the same, hollow. Unknown since its
    last attested day: a grey hollow badge. Pledges, one-sided suspensions and gang truces: a badge only, since they are
    no ceasefires.
    """
    if status not in _STATUS_KEYS:
        return None
    hollow, doubtful = status != "in_force", status == "unknown"
    painted = ceasefire_class == "ceasefire" and not doubtful
    outline = replace(_IN_FORCE, hollow=hollow) if painted else None
    keys = [f"ceasefire:{ceasefire_class}:{_STATUS_KEYS[status]}"] + ["ceasefire:nationwide"] * nationwide
    return CeasefireStyle(outline, Badge(_GLYPHS[ceasefire_class], hollow, doubtful, nationwide), tuple(keys))


def ceasefire_styles(signs: Iterable[tuple[str, str, bool]]) -> tuple[CeasefireStyle, ...]:
    """Return what is drawn in a municipality for its (class, status, nationwide) signs, each style once."""
    styles = (ceasefire_style(kind, status, nationwide=nationwide) for kind, status, nationwide in signs)
    return tuple(dict.fromkeys(style for style in styles if style is not None))


@dataclass(frozen=True)
class ZoneStyle:
    """How a special zone is marked at its seat: a diamond, filled when it operates; `doubtful` ones are grey."""

    colour: str
    hollow: bool
    keys: tuple[str, ...]


ZONE_STATUSES = ("active", "decreed_not_operating", "unknown")


def zone_style(status: str) -> ZoneStyle | None:
    """Return the marker of a zone at a date, or None when it is not drawn on a date (ended, undated, planned)."""
    if status not in ZONE_STATUSES:
        return None
    return ZoneStyle(MUTED if status == "unknown" else ACCENT, status != "active", (f"zone:{status}",))
