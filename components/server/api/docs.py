"""The readable page of the API, derived from the registry, with examples for the tools of a newsroom. No script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from components.i18n import _, language, number
from components.server.api.registry import DEFAULT_LIMIT, ENDPOINTS, MAX_LIMIT, PREFIX, Endpoint
from components.server.api.text import N_
from components.server.query import Parameter

_STYLE = """
:root{color-scheme:light}
body{margin:0 auto;max-width:62rem;padding:1.5rem;background:#fbfaf7;color:#22252a;
font:16px/1.55 'Source Sans','Source Sans Pro',system-ui,sans-serif}
h1,h2,h3{line-height:1.25}h2{margin-top:2.5rem;border-bottom:1px solid #cfc8ba}
a{color:#1f4e5f}code,pre{font:14px/1.45 ui-monospace,monospace;background:#f1eee7}
pre{padding:.75rem;overflow-x:auto}code{padding:0 .2rem;overflow-wrap:anywhere}pre code{padding:0}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e3ded2}
@media(max-width:40rem){thead{position:absolute;left:-999rem}
tr,th,td{display:block;border:0;padding:0}td:empty{display:none}
td::before{content:attr(data-head) ": ";color:#55524b}tr{border-bottom:1px solid #e3ded2;padding:.5rem 0}}
a:focus-visible,pre:focus-visible{outline:3px solid #1f4e5f;outline-offset:2px}
"""

_EXAMPLES: tuple[tuple[str, str, str], ...] = (
    (
        "Excel",
        N_(
            "Data → From web, paste the address. In the preview choose Transform data and set the columns of codes to "
            "Text, so that 05001 keeps its zero. Accents arrive right. Opening a saved CSV with a double click makes "
            "numbers of the codes."
        ),
        "{origin}/api/v1/presence?date=2024-10-15&department=52&format=csv",
    ),
    (
        "QGIS",
        N_(
            "Layer → Add layer → Add vector layer → Protocol: HTTP(S), type GeoJSON, paste the address. Rows are "
            "points at the seats of the municipalities; join your own polygons by divipola to paint areas."
        ),
        "{origin}/api/v1/presence?date=2024-10-15&department=52&format=geojson",
    ),
    (
        "R",
        N_("Read the codes as text."),
        "library(readr)\n"
        'url <- "{origin}/api/v1/indicators/homicides?from=2018-01&to=2018-12&department=52&format=csv"\n'
        "homicides <- read_csv(url, col_types = cols(code = col_character()))",
    ),
    (
        "Python",
        N_("Read the codes as text. For more rows than one page, follow meta.next until it is null."),
        "import pandas as pd\n"
        'url = "{origin}/api/v1/ceasefires?date=2023-08-15&format=csv"\n'
        'ceasefires = pd.read_csv(url, encoding="utf-8-sig", dtype=str)',
    ),
    (
        "Datawrapper",
        N_(
            "Connect data → Link external dataset, paste the address of a CSV. The server must be reachable from the "
            "internet. Name the publisher and the caveat under the chart."
        ),
        "{origin}/api/v1/indicators/homicides/series?level=department&department=52&format=csv",
    ),
)


def page(origin: str) -> str:
    """Return the page in the reader's language.

    Parameters
    ----------
    origin
        Scheme and host under which the reader sees this server, for the examples; escaped here.
    """
    other = "en" if language() == "es" else "es"
    switch = {"es": "Español", "en": "English"}[other]
    title = escape(_("Data API")) + " · Paz Territorial"
    examples = escape(_("Examples"))
    parts = [
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>",
        f'<p><a href="?lang={other}" lang="{other}" hreflang="{other}">{switch}</a></p>',
        *_introduction(),
        f'<h2 id="examples">{examples}</h2>',
        *(_example(name, text, code, origin) for name, text, code in _EXAMPLES),
        *(_endpoint(endpoint) for endpoint in ENDPOINTS),
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _introduction() -> list[str]:
    rules = (
        _("Presence is not control; reported is not now; no record is not zero; association is not cause."),
        _("Every answer names its sources and licences; cite the publisher and the date."),
        _("Figures of different publishers are never added together."),
        _("CSV is UTF-8 with a byte order mark; text that a spreadsheet would run as a formula gets an apostrophe."),
        _(
            "One answer holds {default} rows unless limit asks for another number, {most} at most; the next are at "
            "meta.next and in the Link header.",
            default=number(DEFAULT_LIMIT),
            most=number(MAX_LIMIT),
        ),
        _(
            "GeoJSON gives the seats of municipalities as points, the same on every server. The downloads of the map "
            "pages (GeoJSON, GeoPackage) hold the polygons this server draws with, with their publisher and terms."
        ),
        _("An unknown parameter is an error and never ignored."),
    )
    links = (
        (f"{PREFIX}openapi.json?lang={language()}", "OpenAPI 3.1"),
        (f"{PREFIX}?lang={language()}", _("Index")),
        ("/healthz", "/healthz"),
        ("/", "Paz Territorial"),
    )
    joined = " · ".join(f'<a href="{escape(target)}">{escape(text)}</a>' for target, text in links)
    return ["<ul>", *(f"<li>{escape(rule)}</li>" for rule in rules), "</ul>", f"<p>{joined}</p>"]


def _example(name: str, text: str, code: str, origin: str) -> str:
    shown = escape(code.replace("{origin}", origin))
    # A box that scrolls sideways must be reachable without a mouse.
    return f'<h3>{escape(name)}</h3><p>{escape(_(text))}</p><pre tabindex="0"><code>{shown}</code></pre>'


def _endpoint(endpoint: Endpoint) -> str:
    address, example = escape(PREFIX + endpoint.path), escape(PREFIX + endpoint.example)
    word = escape(_("Example"))
    return (
        f'<h2 id="{escape(endpoint.operation)}">{escape(_(endpoint.title))}</h2>'
        f"<p><code>GET {address}</code></p><p>{escape(_(endpoint.description))}</p>"
        f'<p>{word}: <a href="{example}"><code>{example}</code></a></p>'
        f"{_parameters(endpoint)}{_columns(endpoint)}"
    )


def _parameters(endpoint: Endpoint) -> str:
    heads = (_("Parameter"), _("What it does"), _("Allowed"), _("Default"))
    parameters = [*endpoint.path_parameters, *endpoint.parameters]
    return _table(heads, [(parameter.name, *_parameter_cells(parameter)) for parameter in parameters])


def _parameter_cells(parameter: Parameter) -> tuple[str, str, str]:
    several = " " + _("Several, separated by commas.") if parameter.many else ""
    fixed = "" if parameter.default is None else str(parameter.default)
    default = _(parameter.default_note) if parameter.default_note else fixed
    return _(parameter.description) + several, parameter.kind.allowed(), default


def _columns(endpoint: Endpoint) -> str:
    if endpoint.columns is None:
        text = _("Columns: those of the table; see the index of tables.")
        return f"<p>{escape(text)}</p>"
    heads = (_("Column"), _("Type"), _("Meaning"))
    return _table(heads, [(column.name, column.type, _(column.description)) for column in endpoint.columns])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column names its rows; every text is escaped here."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code></th>'
        + "".join(
            f'<td data-head="{escape(text)}">{escape(cell)}</td>' for text, cell in zip(heads[1:], cells, strict=True)
        )
        + "</tr>"
        for name, *cells in rows
    )
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
