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


def page_description(page: str) -> str:
    """Return what a page without a map is for, in one or two sentences."""
    return {
        "compare": _(
            "Two to four municipalities, subregions, departments or the nation side by side: violence, presence and "
            "ceasefires, each figure with its publisher and date."
        ),
        "ceasefires": _(
            "Ceasefires, truces, suspensions and pledges in Colombia: what was announced, what was in force, where, "
            "and how it ended."
        ),
        "peace-process": _(
            "The peace talks in Colombia: tables, events and commitments, and what is known of them, each with its "
            "source."
        ),
        "groups": _(
            "The armed groups of Colombia: where they come from, where they are reported, what strength is attributed "
            "to them, and who says so."
        ),
        "need": _("Poverty and violence by municipality, side by side. Association is not cause."),
        "story": _(
            "Ordered views with a note each, to present: ceasefires in Nariño, Comuneros del Sur, or a story of one's "
            "own."
        ),
        "own-files": _("A table or a map of one's own beside the published data; it stays in the reader's session."),
        "data": _("Where each figure comes from, how far it reaches, what it does not say, and how to download it."),
    }[page]
