"""A source as it is cited: who says it, through which outlet, when (or that nobody says when), and if it is weak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.i18n import _, partial_day
from components.markup import link, text


@dataclass(frozen=True)
class Cited:
    """A source as it is shown; `when` is blank for an undated one.

    `weak` marks an automatic digest, a blog or a repost: see ``sources.weak`` in docs/data.md.
    """

    publisher: str
    when: str
    via: str
    url: str
    weak: bool = False

    def html(self) -> str:
        """Return the source as a link with its outlet, its date, and the word when it is weak."""
        parts = [link(self.url, self.publisher)]
        parts += [text(_("via {outlet}", outlet=self.via))] if self.via else []
        parts += [text(self.when or _("undated"))]
        parts += [_weak()] if self.weak else []
        return ", ".join(parts)


def _weak() -> str:
    why = _("An automatic digest, a blog without a newsroom or a repost; no better source was found.")
    return f'<span class="weak-source" title="{text(why)}">{text(_("weak source"))}</span>'


def cited(source: Mapping[str, Any]) -> Cited:
    """Return a row of the sources as it is shown."""
    when = str(source["date_text"])
    return Cited(
        publisher=str(source["publisher"]),
        when=partial_day(when) if when else "",
        via=str(source["via"]),
        url=str(source["url"]),
        weak=bool(source["weak"]),
    )
