"""One HTML file that needs nothing else: map, timeline, legend, table and sources, alive without a network.

Map and timeline are the exports' own SVG, inlined; a small script of ours adds zoom, hover and search. A content
security policy in the file forbids every request, so that it is as quiet on a ministry's desk as in a plane.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from components.exports import mapdraw
from components.exports.hover import add_titles, map_titles
from components.exports.page import Box, Page
from components.exports.spec import (
    PROJECT,
    DataTable,
    ExportError,
    ExportSpec,
    SourceNote,
    evidence_of,
    in_language,
    timeline_title,
    writable,
)
from components.exports.tabular import plain
from components.exports.timelines import draw_timeline, lanes_height, timeline_titles
from components.exports.typeface import faces
from components.i18n import _, number
from components.markup import link, text
from components.swatches import any_swatch_svg

MAP_WIDTH = 170.0
TIMELINE_WIDTH = 240.0
MOST_ROWS = 3000
_HERE = Path(__file__).parent
_NAMED = re.compile(r' id="(?!m\d|t-|s-)[A-Za-z_]+(?:_\d+|-\d+|-[a-z]+)?"(?=>|\s)')
_PROLOG = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
# Inside HTML the drawing's default style would reach every other drawing of the page.
_STYLE = re.compile(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.DOTALL)
_SIZE = re.compile(r'(<svg [^>]*?) ?width="[\d.]+pt" height="[\d.]+pt"')
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'"


@in_language
def html(spec: ExportSpec) -> bytes:
    """Return the view as one HTML file.

    Raises
    ------
    ExportError
        The view has neither a map nor a timeline.
    """
    parts = [part for part in (_map_part(spec), _timeline_part(spec)) if part]
    if not parts:
        raise ExportError(_("This view has no map to export."))
    under = " · ".join(part for part in (spec.date_text, spec.subtitle) if part)
    body = [
        f"<header><h1>{text(spec.title)}</h1><p>{text(under)}</p></header>",
        "<main>",
        *parts,
        _table_part(spec),
        f'<p class="caveat"><strong>{text(spec.caveat)}</strong></p>',
        _sources_part(spec.sources),
        "</main>",
        f"<footer><p>{link(spec.link, spec.link)}</p><p>{text(spec.licence)} · {PROJECT}</p></footer>",
    ]
    return writable(_document(spec, "\n".join(part for part in body if part))).encode("utf-8")


def _document(spec: ExportSpec, body: str) -> str:
    style = (_HERE / "webpage.css").read_text("utf-8")
    script = (_HERE / "webpage.js").read_text("utf-8")
    return (
        f'<!doctype html>\n<html lang="{text(spec.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{text(spec.caveat)}">\n'
        f"<title>{text(spec.title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _map_part(spec: ExportSpec) -> str:
    if spec.map is None or not spec.map.styles:
        return ""
    height = MAP_WIDTH / mapdraw.aspect(spec.map)
    page = Page(MAP_WIDTH, height, letters=faces())
    mapdraw.draw_map(page, spec.map, Box(0, 0, page.width, page.height))
    titles = map_titles(spec)
    svg = _inline(page, spec, titles, "map", spec.title)
    names = "".join(f'<option value="{text(words.split(": ")[0])}"></option>' for words in titles.values())
    tools = (
        f'<div class="tools"><label>{text(_("Find a municipality"))} '
        f'<input id="find" list="names" autocomplete="off"></label><datalist id="names">{names}</datalist>'
        + "".join(
            f'<button type="button" data-zoom="{code}" aria-label="{text(words)}">{sign}</button>'
            for code, sign, words in (
                ("in", "+", _("Zoom in")),
                ("out", "−", _("Zoom out")),
                ("all", "⤢", _("Show the whole map")),
            )
        )
        + "</div>"
    )
    return (
        f'<section class="with-legend"><div class="stage">{tools}{svg}'
        f'<p id="said" role="status" aria-live="polite"></p></div>{_legend(spec)}</section>'
    )


def _legend(spec: ExportSpec) -> str:
    parts, count = [], 0
    for section in spec.legend:
        head = f"<h2>{text(section.heading)}</h2>" if section.heading else ""
        items = []
        for entry in section.entries:
            swatches = ""
            for _key, style in entry.styles:
                count += 1
                swatches += any_swatch_svg(style, f"{count}")
            items.append(f"<li><span>{swatches}</span><span>{text(entry.text)}</span></li>")
        parts.append(f"{head}<ul>{''.join(items)}</ul>")
    return f'<aside class="legend" aria-label="{text(_("Legend"))}">{"".join(parts)}</aside>' if parts else ""


def _timeline_part(spec: ExportSpec) -> str:
    timeline = spec.timeline
    if timeline is None or timeline.first >= timeline.last or not (timeline.lines or timeline.bars or timeline.marks):
        return ""
    page = Page(TIMELINE_WIDTH, 75 + lanes_height(timeline), letters=faces())
    draw_timeline(page, timeline, Box(2, 2, page.width - 4, page.height - 4), spec.view.on, probes=True)
    title = timeline_title(spec, timeline)
    svg = _inline(page, spec, timeline_titles(timeline), "timeline", title)
    filters = f"<p>{text(spec.timeline_filters)}</p>" if spec.timeline_filters else ""
    return f'<section><h2>{text(title)}</h2>{filters}<div class="stage wide">{svg}</div></section>'


def _inline(page: Page, spec: ExportSpec, titles: dict[str, str], name: str, label: str) -> str:
    """Return a page as SVG to stand inside HTML: no prolog, no fixed size, no ids but ours."""
    svg = add_titles(page.svg(spec), spec, titles).decode("utf-8")
    svg = _STYLE.sub("", _METADATA.sub("", _PROLOG.sub("", svg, count=1), count=1), count=1)
    svg = _NAMED.sub("", _SIZE.sub(r"\1", svg, count=1))
    # Both drawings count their clip paths and markers from the same start.
    svg = re.sub(r'(id="|url\(#|href="#)([mp][0-9a-f]{10})', rf"\1{name}-\2", svg)
    return svg.replace("<svg ", f'<svg class="{name}" aria-label="{escape(label, quote=True)}" ', 1)


def _table_part(spec: ExportSpec) -> str:
    table = evidence_of(spec)
    if table is None or table.frame.empty:
        return ""
    shown = table.frame.head(MOST_ROWS)
    heads = "".join(f'<th scope="col">{text(name)}</th>' for name in shown.columns)
    columns = [plain(shown[name]) for name in shown.columns]
    rows = "".join(
        f"<tr>{''.join(f'<td>{text(_cell(value))}</td>' for value in row)}</tr>" for row in zip(*columns, strict=True)
    )
    return (
        f"<details><summary>{text(' · '.join(filter(None, (_caption(table, len(shown)), spec.filters))))}</summary>"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        "</details>"
    )


def _caption(table: DataTable, shown: int) -> str:
    if shown == len(table.frame):
        return table.title
    return _(
        "{title}: the first {n} of {total} rows", title=table.title, n=number(shown), total=number(len(table.frame))
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value, 0 if isinstance(value, int) else 1)
    return str(value)


def _sources_part(sources: Sequence[SourceNote]) -> str:
    items = []
    for source in sources:
        words = ", ".join(part for part in (source.publisher, source.title and f"“{source.title}”") if part)
        rest = ", ".join(part for part in (source.date_words, source.licence) if part)
        head = f"{text(source.subject)}: " if source.subject else ""
        items.append(f"<li>{head}{link(source.url, words)}{', ' + text(rest) if rest else ''}</li>")
    if not items:
        return ""
    return f"<details open><summary>{text(_('Sources'))} ({len(items)})</summary><ul>{''.join(items)}</ul></details>"
