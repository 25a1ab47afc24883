"""What every export is made from: plain values in, nothing read from anywhere else.

An `ExportSpec` holds a view as its reader sees it, complete when detached from the screen: the sentence that is the
title, the date, the legend, the caveat, the sources with their dates and licences, and the link back. Texts that come
from the view (title, labels, legend) are already in the reader's language; the words that the writers add themselves
follow `ExportSpec.language`, whatever the calling thread speaks.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from components.i18n import _, enumerate_names, ngettext, partial_day, set_language
from components.timeline import TimelineSpec
from components.view import ViewState
from geo.symbology import CeasefireStyle, Style, ZoneStyle

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from components.legend import Section
    from geo.geometry import Payload

PROJECT = "Paz Territorial"


class ExportError(ValueError):
    """An export that cannot be made; the message is for the reader, in the reader's language."""


@dataclass(frozen=True)
class SourceNote:
    """One source behind a view.

    Attributes
    ----------
    publisher, title
        Who says it; the title may be blank.
    date_text
        Date of publication or cut, ISO, may be only a month or a year; blank when unknown.
    url, licence
        Where it is and on what terms; blank when unknown.
    subject
        What it is the source of ("Reported presence", "Boundaries"), in the reader's language; may be blank.
    """

    publisher: str
    title: str = ""
    date_text: str = ""
    url: str = ""
    licence: str = ""
    subject: str = ""

    @property
    def date_words(self) -> str:
        """The date as people write it."""
        return partial_day(self.date_text) if self.date_text else ""


@dataclass(frozen=True)
class MapPicture:
    """The map at one date, in the symbology of the screen.

    Attributes
    ----------
    geometry
        Shapes as the screen draws them, in degrees.
    styles
        Style by DIVIPOLA code; a municipality without one is drawn as empty paper.
    ceasefires
        Style by DIVIPOLA code; municipalities of one style share one outline.
    zones
        Special zones by DIVIPOLA code of their seat.
    labels
        The hover text by DIVIPOLA code, plain text.
    selected
        DIVIPOLA codes with the selection's outline.
    overlays
        Of ``numbers``, ``departments``, ``subregions``, ``names``.
    """

    geometry: Payload
    styles: Mapping[str, Style]
    ceasefires: Mapping[str, CeasefireStyle] = field(default_factory=dict)
    zones: Mapping[str, ZoneStyle] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    selected: Sequence[str] = ()
    overlays: frozenset[str] = frozenset({"numbers", "departments", "subregions", "names"})


@dataclass(frozen=True)
class DataTable:
    """A table behind the view.

    Attributes
    ----------
    name
        Short ASCII name: becomes the file's and the sheet's name.
    title
        What the table holds, in the reader's language.
    frame
        The rows. Codes are str; days are datetime64; lists of texts are tuples. Source columns (publisher, source_id,
        source_date, source_url, licence) are part of it. Never mutated.
    columns
        Meaning of each column, in the reader's language; the frame's other columns are left out of no export.
    """

    name: str
    title: str
    frame: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Polygons:
    """Boundaries for the data exports: divipola and geometry in EPSG:4326, with who publishes them."""

    frame: gpd.GeoDataFrame
    source: SourceNote


@dataclass(frozen=True)
class ExportSpec:
    """One view, ready to leave the screen.

    Attributes
    ----------
    title
        The sentence that says what is seen.
    subtitle
        Filters and window, in words; may be blank.
    filters, timeline_filters
        The filters alone, in words, of the map and its table, and of the timeline; blank without any.
    place
        Name of the region, for what is seen apart from the title.
    date_text
        The date of the view, in words.
    caveat
        What the picture does not say; never blank.
    sources
        Every source behind what is drawn.
    map_sources
        Those of the map alone, for a page or a slide of its own.
    link
        Absolute address of the view.
    language
        "es" or "en": of every word the writers add.
    view
        The view itself: file names and metadata are made from it.
    legend
        What the map's signs mean (``components.legend.shown_sections``).
    map, timeline
        None where the view has none.
    tables
        The data behind the view; the first is the main one, with a ``divipola`` column where it can be mapped.
    evidence
        The table for slides and reports: few columns, in words. None takes the first of `tables`.
    polygons
        None when no boundaries are loaded: data exports then hold points at the seats.
    seats
        Longitude and latitude (WGS 84, degrees) by DIVIPOLA code, for points.
    licence
        On what terms the export may be used.
    data_version
        Names the data behind the view.
    """

    title: str
    date_text: str
    caveat: str
    sources: Sequence[SourceNote]
    link: str
    language: str
    view: ViewState
    subtitle: str = ""
    filters: str = ""
    timeline_filters: str = ""
    place: str = ""
    map_sources: Sequence[SourceNote] = ()
    legend: Sequence[Section] = ()
    map: MapPicture | None = None
    timeline: TimelineSpec | None = None
    tables: Sequence[DataTable] = ()
    evidence: DataTable | None = None
    polygons: Polygons | None = None
    seats: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    licence: str = ""
    data_version: str = ""


class _Speaks(Protocol):
    @property
    def language(self) -> str: ...


_Spec = TypeVar("_Spec", bound=_Speaks)
_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")


def may_pass_on(spec: ExportSpec) -> bool:
    """Return whether a view may be exported: some publishers let only the user's own screen show their figures."""
    from data import overlaid

    return overlaid.may_pass_on(spec.view.fill)


def _refuse_own_screen(spec: object) -> None:
    """Refuse a view, a report or a story with figures that may not be passed on."""
    parts = getattr(spec, "views", None) or [getattr(spec, "view", None)]
    views = [spec, *parts, *(getattr(part, "spec", None) for part in parts)]
    if not all(may_pass_on(view) for view in views if isinstance(view, ExportSpec)):
        raise ExportError(
            _("These figures may be shown on your own screen but not passed on: they cannot be exported.")
        )


def in_language(
    writer: Callable[Concatenate[_Spec, _Rest], _Answer],
) -> Callable[Concatenate[_Spec, _Rest], _Answer]:
    """Make a writer speak its spec's language, in whatever thread it runs, and leave the caller's as it was."""

    @wraps(writer)
    def run(spec: _Spec, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
        def speak() -> _Answer:
            set_language(spec.language)
            _refuse_own_screen(spec)
            return writer(spec, *args, **kwargs)

        return contextvars.copy_context().run(speak)

    return run


def need_map(spec: ExportSpec) -> MapPicture:
    """Return the spec's map, or raise `ExportError` when there is nothing to draw."""
    if spec.map is None or not spec.map.styles:
        raise ExportError(_("This view has no map to export."))
    import shapely

    if all(shapely.is_empty(shape) for shape in spec.map.geometry.shapes.values()):
        raise ExportError(_("This map has no shapes to draw: no boundaries are loaded. Export the tile map instead."))
    return spec.map


def need_timeline(spec: ExportSpec) -> TimelineSpec:
    """Return the spec's timeline, or raise `ExportError` when there is nothing to draw."""
    timeline = spec.timeline
    if timeline is None or not (timeline.lines or timeline.bars or timeline.marks):
        raise ExportError(_("This view has no timeline to export."))
    if timeline.first >= timeline.last:
        raise ExportError(_("The timeline has no length: its first day is not before its last."))
    return timeline


def need_tables(spec: ExportSpec) -> Sequence[DataTable]:
    """Return the spec's tables, or raise `ExportError` when there are none or all are empty."""
    if not any(len(table.frame) for table in spec.tables):
        raise ExportError(_("This view has no data to export."))
    return spec.tables


def evidence_of(spec: ExportSpec) -> DataTable | None:
    """Return the table that slides and reports show, None without any."""
    return spec.evidence or (spec.tables[0] if spec.tables else None)


def timeline_title(spec: ExportSpec, timeline: TimelineSpec) -> str:
    """Return what a timeline is called where it stands apart from its map: place, years, and what is measured."""
    years = f"{timeline.first.year}–{timeline.last.year}"
    place = enumerate_names(list(dict.fromkeys(line.name for line in timeline.lines))) or spec.place
    where = f"{place}, {years}" if place else years
    return f"{where}. {timeline.title}"


def timeline_subtitle(spec: ExportSpec) -> str:
    """Return the date of the map and the filters that the timeline follows: a report's window means nothing here."""
    return " · ".join(part for part in (spec.date_text, spec.timeline_filters) if part)


def short_publishers(sources: Sequence[SourceNote], *, licences: bool = True) -> list[str]:
    """Return each publisher once, with how many documents, from which year to which: "UCDP (12 documents, 2016-2026)".

    For where `publisher_lines` has no room: nobody is left out.
    """
    groups: dict[str, list[SourceNote]] = {}
    for source in sources:
        groups.setdefault(source.publisher, []).append(source)
    return [_short(publisher, members, licences) for publisher, members in groups.items()]


def _short(publisher: str, members: Sequence[SourceNote], licences: bool) -> str:
    count = len({(member.title, member.date_text, member.url) for member in members})
    years = sorted({year for member in members for year in _YEAR.findall(member.date_text)})
    span = "-".join(dict.fromkeys((years[0], years[-1]))) if years else ""
    terms = dict.fromkeys(member.licence for member in members if member.licence) if licences else {}
    documents = ngettext("{n} document", "{n} documents", count) if count > 1 else ""
    details = [part for part in (documents, span, *terms) if part]
    return f"{publisher} ({', '.join(details)})" if details else publisher


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def publisher_lines(sources: Sequence[SourceNote]) -> list[str]:
    """Return one phrase a publisher: what it is the source of, its dates from first to last, how many, its licence.

    The full list travels with the data; a printed page has room for who says it, when, and on what terms. The subject
    is said once, before the first publisher of it.
    """
    groups: dict[tuple[str, str, str], list[SourceNote]] = {}
    for source in sorted(sources, key=_subject_order(sources)):
        groups.setdefault((source.subject, source.publisher, source.licence), []).append(source)
    lines, said = [], None
    for (subject, publisher, licence), members in groups.items():
        head = f"{subject}: " if subject and subject != said else ""
        lines.append(head + _publisher(publisher, licence, members))
        said = subject
    return lines


def _subject_order(sources: Sequence[SourceNote]) -> Callable[[SourceNote], tuple[int, int]]:
    """Subjects, and publishers within one, in the order in which they first appear."""
    subjects = list(dict.fromkeys(source.subject for source in sources))
    publishers = list(dict.fromkeys(source.publisher for source in sources))
    return lambda source: (subjects.index(source.subject), publishers.index(source.publisher))


def _publisher(publisher: str, licence: str, members: Sequence[SourceNote]) -> str:
    documents = list(dict.fromkeys((member.title, member.date_text, member.url) for member in members))
    dates = sorted({member.date_text for member in members if member.date_text})
    first, last = (partial_day(dates[0]), partial_day(dates[-1])) if dates else ("", "")
    if len(documents) == 1:
        title = documents[0][0]
        details = [f"“{title}”" if title else "", first]
    else:
        span = _("{first} to {last}", first=first, last=last) if first != last else first
        details = [ngettext("{n} document", "{n} documents", len(documents)), span]
    return ", ".join([publisher, *(part for part in (*details, licence) if part)])


_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """Return a text without the characters that XML, and so most files, cannot hold: controls and halves of pairs."""
    return _UNWRITABLE.sub("", text)


def metadata(spec: ExportSpec) -> dict[str, Any]:
    """Return what a machine needs to cite the view: JSON-ready, the same in every data format."""
    return {
        "title": spec.title,
        "subtitle": spec.subtitle,
        "date": spec.view.on.isoformat() if spec.view.on else None,
        "date_text": spec.date_text,
        "language": spec.language,
        "caveat": spec.caveat,
        "link": spec.link,
        "licence": spec.licence,
        "data_version": spec.data_version,
        "project": PROJECT,
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "rows": len(table.frame),
                "columns": [
                    {"name": str(name), "description": table.columns.get(str(name), "")} for name in table.frame
                ],
            }
            for table in spec.tables
        ],
        "sources": [source_record(source) for source in spec.sources],
    }


def source_record(source: SourceNote) -> dict[str, str]:
    """Return a source as a flat record."""
    return {
        "subject": source.subject,
        "publisher": source.publisher,
        "title": source.title,
        "date": source.date_text,
        "url": source.url,
        "licence": source.licence,
    }


def file_stem(view: ViewState) -> str:
    """Return an ASCII file name without its ending: project, page, layer and date."""
    parts = ["paz-territorial", view.page, view.fill, view.on.isoformat() if view.on else "", *view.municipalities[:1]]
    return re.sub(r"[^a-z0-9-]+", "-", "_".join(part for part in parts if part).lower().replace("_", "--"))
