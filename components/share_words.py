"""How a view is quoted: its citation in two styles, and the code that puts it on another page. Plain texts."""

from __future__ import annotations

import re
from datetime import date
from html import escape

from components.i18n import _, day, language

PROJECT = "Paz Territorial"
EMBED_HEIGHT = 680
_SPECIAL = re.compile(r"([&%$#_{}])")


def apa(title: str, on: date, link: str, today: date, version: str) -> str:
    """Return a citation after APA, 7th edition: a work without a personal author, with the day it was retrieved."""
    return _(
        "{project}. ({year}). {title} [Map and timeline; state on {date}; data {version}]. "
        "Retrieved {today}, from {link}",
        project=PROJECT,
        year=str(today.year),
        title=title,
        date=day(on),
        version=version,
        today=day(today),
        link=link,
    )


def bibtex(title: str, on: date, link: str, today: date, version: str) -> str:
    """Return a BibTeX entry; letters outside ASCII stay as they are (biber, and BibTeX with UTF-8)."""
    note = _("State on {date}; data {version}", date=day(on), version=version)
    fields = {
        "author": f"{{{PROJECT}}}",
        "title": f"{{{_latex(title)}}}",
        "year": str(today.year),
        "url": link,
        "urldate": today.isoformat(),
        "note": _latex(note),
        "langid": {"es": "spanish", "en": "english"}[language()],
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{pazterritorial-{on.isoformat()},\n{body}}}"


def _latex(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def iframe(link: str, title: str) -> str:
    """Return the code that embeds a view: as wide as its column, in the language of whoever reads it."""
    return (
        f'<iframe src="{escape(link, quote=True)}" title="{escape(title, quote=True)}" width="100%" '
        f'height="{EMBED_HEIGHT}" style="border:0" loading="lazy" allow="fullscreen; clipboard-write"></iframe>'
    )
