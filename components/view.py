"""The view: one frozen value that says all a reader sees, and its form in the URL.

Every page is drawn from a `ViewState`; `parse` turns a query string into one and says what it had to ignore, `query`
turns it back. A link never breaks silently: keys and values that are not known are reported, old keys are migrated by
`MIGRATIONS`.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from components.i18n import DEFAULT_LANGUAGE, LANGUAGES

PAGES = (
    *("narino", "colombia", "compare", "ceasefires", "peace-process", "groups", "need"),
    *("story", "own-files", "data"),
)
SCOPES = {"narino": "52", "colombia": "CO"}
LAYERS = ("ceasefires", "announced", "pledges", "zones", "numbers", "departments", "subregions", "osm")
DEFAULT_LAYERS = ("ceasefires", "announced", "numbers", "departments")
WINDOWS = (6, 12, 24, 36, 60)
CONFIDENCES = ("low", "medium", "high")
MAPS = ("geo", "tile")
MEASURES = ("rate", "count")
PRESENCE = "presence"
# What a municipality can be compared by that is no indicator with a publisher's series of its own.
PLACE_MEASURES = ("population", "rural_share", "groups")
COLOURS = ("family", "pdet", "none")
AREAS = ("narino", "colombia")
RULES = ("department", "nearest", "rest")
POINT_MONTHS = (1, 3)
MOST_MONTHS = 240
NOTHING = "none"
REGION_ALIASES = ("municipality:", "department:", "nation:")
CODEC_VERSION = 1
MAX_SELECTED = 4


@dataclass(frozen=True)
class ViewState:
    """What a reader sees. `on` is None until the page fills in the last date with evidence.

    `process` and `category` filter peace events; `since` is the first year of a timeline, 0 the page's own choice.
    `begin` and `end` are the first and the last day of a period of whole months, None the page's own choice. `x`, `y`,
    `size` (blank: none), `colour` and `area` say what a scatter of municipalities shows. `before` and `after` (months,
    None the page's own choice), `rule` (blank: the page's own) and `step` (months per point) ask for the effect of a
    ceasefire; `search` are
    words to look for; `provisional` shows what its source has not settled.
    """

    page: str = "narino"
    on: date | None = None
    window: int = 24
    fill: str = PRESENCE
    measure: str = "rate"
    layers: tuple[str, ...] = DEFAULT_LAYERS
    groups: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    confidence: str = "low"
    municipalities: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    item: str = ""
    process: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    since: int = 0
    begin: date | None = None
    end: date | None = None
    x: str = "poverty_ipm"
    y: str = "homicides"
    size: str = "population"
    colour: str = "family"
    area: str = "narino"
    before: int | None = None
    after: int | None = None
    rule: str = ""
    step: int = 3
    search: str = ""
    provisional: bool = False
    map: str = "geo"
    language: str = DEFAULT_LANGUAGE
    present: bool = False
    embed: bool = False

    @property
    def scope(self) -> str:
        """The map's region: department code "52" or "CO" for the nation."""
        return SCOPES.get(self.page, "CO")

    def with_(self, **changes: Any) -> ViewState:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Known:
    """What a link may name: the codes of the data behind the page.

    `regions` are the regions that can be compared, each as its shortest form: 52835, 52, CO, subregion:Abades.
    """

    municipalities: Collection[str] = ()
    groups: Collection[str] = ()
    publishers: Collection[str] = ()
    indicators: Collection[str] = ()
    regions: Collection[str] = ()
    processes: Collection[str] = ()
    categories: Collection[str] = ()
    first: date = date(1985, 1, 1)
    last: date = date(2100, 12, 31)


@dataclass(frozen=True)
class Ignored:
    """A part of a link that could not be used: the parameter, what it said, and a code for why."""

    parameter: str
    value: str
    reason: str
    used: str = ""


@dataclass
class _Reader:
    params: Mapping[str, Sequence[str]]
    ignored: list[Ignored] = field(default_factory=list)

    def one(self, key: str) -> str | None:
        values = self.params.get(key) or ()
        return values[-1].strip() if values else None

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        value = self.one(key)
        if value in (None, ""):
            return default
        if value in allowed:
            return value
        self.ignored.append(Ignored(key, value or "", "unknown", default))
        return default

    def many(
        self, key: str, allowed: Collection[str], default: tuple[str, ...] = (), most: int = 60
    ) -> tuple[str, ...]:
        if key not in self.params:
            return default
        wanted = [part.strip() for value in self.params[key] for part in value.split(",") if part.strip()]
        kept = tuple(dict.fromkeys(value for value in wanted if value in allowed))
        self.ignored += [Ignored(key, value, "unknown") for value in dict.fromkeys(wanted) if value not in allowed]
        self.ignored += [Ignored(key, value, "too_many") for value in kept[most:]]
        return kept[:most]

    def compared(self, key: str, known: Known) -> tuple[str, ...]:
        wanted = [part.strip() for value in self.params.get(key, ()) for part in value.split(",") if part.strip()]
        found = (self._compared(key, text, known) for text in dict.fromkeys(wanted))
        kept = tuple(dict.fromkeys(text for text in found if text))
        kept = tuple(text for text in kept if text != NOTHING) or kept
        self.ignored += [Ignored(key, value, "too_many") for value in kept[MAX_SELECTED:]]
        return kept[:MAX_SELECTED]

    def _compared(self, key: str, text: str, known: Known) -> str:
        """A region in its shortest form, or municipalities by a condition at a date; blank when it is neither."""
        if text == NOTHING:
            return text
        condition, at, day_text = text.rpartition("@")
        if not at:
            region = shortest_region(text)
            if region not in known.regions:
                self.ignored.append(Ignored(key, text, "unknown"))
                return ""
            return region
        kind, _colon, group = condition.partition(":")
        if condition != "ceasefire" and (kind != "group" or group not in known.groups):
            self.ignored.append(Ignored(key, text, "unknown"))
            return ""
        on = self._within(key, text, _day(day_text), known.first, known.last)
        return f"{condition}@{on.isoformat()}" if on else ""

    def months(self, key: str, least: int) -> int | None:
        """A number of months; blank and what is no such number mean the page's own choice."""
        value = self.one(key)
        if value in (None, ""):
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 6):
            self.ignored.append(Ignored(key, value, "unknown"))
            return None
        nearest = min(max(int(value), least), MOST_MONTHS)
        if nearest != int(value):
            self.ignored.append(Ignored(key, value, "out_of_range", str(nearest)))
        return nearest

    def flag(self, key: str) -> bool:
        return self.choice(key, ("1", "0"), "0") == "1"

    def day(self, key: str, first: date, last: date) -> date | None:
        value = self.one(key)
        if value in (None, ""):
            return None
        return self._within(key, value or "", _day(value or ""), first, last)

    def _within(self, key: str, text: str, found: date | None, first: date, last: date) -> date | None:
        if found is None:
            self.ignored.append(Ignored(key, text, "not_a_date"))
        elif not first <= found <= last:
            nearest = min(max(found, first), last)
            self.ignored.append(Ignored(key, text, "out_of_range", nearest.isoformat()))
            found = nearest
        return found


def shortest_region(text: str) -> str:
    """Return a region of a link in its shortest form: no kind before a code that says its kind itself."""
    if text == "nation":
        return "CO"
    return next((text.removeprefix(prefix) for prefix in REGION_ALIASES if text.startswith(prefix)), text)


def _day(text: str) -> date | None:
    parts = text.split("-")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    year, month = int(parts[0]), int(parts[1])
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    last = calendar.monthrange(year, month)[1]
    number = int(parts[2]) if len(parts) == 3 else last
    return date(year, month, number) if 1 <= number <= last else None


def _month_start(day: date | None) -> date | None:
    return day and day.replace(day=1)


def _month_end(day: date | None) -> date | None:
    return day and day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _chosen(value: str) -> str:
    return "" if value == "none" else value


def _v0(params: dict[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Links without a version used `group` for one group."""
    if "group" in params and "groups" not in params:
        params["groups"] = params.pop("group")
    return params


MIGRATIONS: dict[int, Callable[[dict[str, Sequence[str]]], dict[str, Sequence[str]]]] = {0: _v0}
KEYS = frozenset(
    {"v", "date", "window", "fill", "measure", "layers", "groups", "publisher", "confidence", "municipality", "compare"}
    | {"item", "process", "category", "since", "from", "to", "x", "y", "size", "colour", "scope"}
    | {"before", "after", "rule", "step", "q", "provisional"}
    | {"map", "lang", "present", "embed"}
)
STREAMLIT_KEYS = frozenset({"embed_options"})


def parse(
    page: str, params: Mapping[str, Sequence[str]], known: Known, language: str = DEFAULT_LANGUAGE
) -> tuple[ViewState, tuple[Ignored, ...]]:
    """Return the view that a query string means, and the parts of it that were ignored.

    Parameters
    ----------
    page : one of `PAGES`.
    params : the query string, every key with all its values.
    known : what may be named.
    language : the language when the link names none.
    """
    current = dict(params)
    version = current.get("v", ("0",))[-1]
    for step in range(int(version) if version.isdigit() else 0, CODEC_VERSION):
        current = MIGRATIONS[step](current)
    read = _Reader(current)
    if not version.isdigit() or int(version) > CODEC_VERSION:
        read.ignored.append(Ignored("v", version, "unknown", str(CODEC_VERSION)))
    window = read.choice("window", tuple(map(str, WINDOWS)), "24")
    measures = (*known.indicators, *PLACE_MEASURES)
    view = ViewState(
        page=page,
        on=read.day("date", known.first, known.last),
        window=int(window),
        fill=read.choice("fill", (PRESENCE, *known.indicators), PRESENCE),
        measure=read.choice("measure", MEASURES, "rate"),
        layers=read.many("layers", (*LAYERS, "none"), DEFAULT_LAYERS),
        groups=read.many("groups", known.groups),
        publishers=read.many("publisher", known.publishers),
        confidence=read.choice("confidence", CONFIDENCES, "low"),
        municipalities=read.many("municipality", known.municipalities, most=MAX_SELECTED),
        compare=read.compared("compare", known),
        item=(read.one("item") or "")[:60],
        process=read.many("process", known.processes),
        category=read.many("category", known.categories),
        since=int(read.choice("since", tuple(map(str, range(known.first.year, known.last.year + 1))), "0")),
        begin=_month_start(read.day("from", known.first, known.last)),
        end=_month_end(read.day("to", known.first, known.last)),
        x=read.choice("x", measures, ViewState.x),
        y=read.choice("y", measures, ViewState.y),
        size=_chosen(read.choice("size", (*measures, "none"), ViewState.size)),
        colour=read.choice("colour", COLOURS, ViewState.colour),
        area=read.choice("scope", AREAS, ViewState.area),
        before=read.months("before", 6),
        after=read.months("after", 0),
        rule=read.choice("rule", RULES, ""),
        step=int(read.choice("step", tuple(map(str, POINT_MONTHS)), "3")),
        search=(read.one("q") or "")[:80].strip(),
        provisional=read.flag("provisional"),
        map=read.choice("map", MAPS, "geo"),
        language=read.choice("lang", LANGUAGES, language),
        present=read.flag("present"),
        embed="embed" in current and str(current["embed"][-1]).lower() in ("1", "true"),
    )
    view = view.with_(layers=tuple(layer for layer in LAYERS if layer in view.layers))
    read.ignored += [Ignored("page", name, "unknown", page) for name in current.pop("page", ())]
    unknown = [key for key in current if key not in KEYS | STREAMLIT_KEYS]
    read.ignored += [Ignored(key, ",".join(current[key]), "unknown_parameter") for key in unknown]
    return view, tuple(read.ignored)


def query(view: ViewState) -> dict[str, str]:
    """Return the shortest query string, as a mapping, that `parse` turns into `view` again."""
    default = ViewState(page=view.page)
    layers = ",".join(view.layers) or "none"
    pairs = {
        "date": view.on.isoformat() if view.on else "",
        "window": str(view.window) if view.window != default.window else "",
        "fill": view.fill if view.fill != default.fill else "",
        "measure": view.measure if view.measure != default.measure else "",
        "layers": layers if view.layers != default.layers else "",
        "groups": ",".join(view.groups),
        "publisher": ",".join(view.publishers),
        "confidence": view.confidence if view.confidence != default.confidence else "",
        "municipality": ",".join(view.municipalities),
        "compare": ",".join(view.compare),
        "item": view.item,
        "process": ",".join(view.process),
        "category": ",".join(view.category),
        "since": str(view.since) if view.since else "",
        "from": f"{view.begin:%Y-%m}" if view.begin else "",
        "to": f"{view.end:%Y-%m}" if view.end else "",
        "x": view.x if view.x != default.x else "",
        "y": view.y if view.y != default.y else "",
        "size": (view.size or "none") if view.size != default.size else "",
        "colour": view.colour if view.colour != default.colour else "",
        "scope": view.area if view.area != default.area else "",
        "before": "" if view.before is None else str(view.before),
        "after": "" if view.after is None else str(view.after),
        "rule": view.rule,
        "step": str(view.step) if view.step != default.step else "",
        "q": view.search,
        "provisional": "1" if view.provisional else "",
        "map": view.map if view.map != default.map else "",
        "present": "1" if view.present else "",
        "embed": "true" if view.embed else "",
        "lang": view.language,
        "v": str(CODEC_VERSION),
    }
    return {key: value for key, value in pairs.items() if value}
