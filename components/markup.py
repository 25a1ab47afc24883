"""Small pieces of HTML; everything that comes from data is escaped here and nowhere else."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit


def text(value: object) -> str:
    """Return a value as text that is safe inside HTML, also inside an attribute."""
    return escape(str(value), quote=True)


def link(url: str | None, label: str) -> str:
    """Return a link that opens beside the application; the bare label when the address is not a web address."""
    if not url or urlsplit(url).scheme not in ("http", "https"):
        return text(label)
    return f'<a href="{text(url)}" target="_blank" rel="noopener noreferrer">{text(label)}</a>'


def swatch(colour: str) -> str:
    """Return a small square of colour that stands before a name."""
    return f'<span class="swatch" style="background:{text(colour)}" aria-hidden="true"></span>'


def line_swatch(colour: str) -> str:
    """Return a short line of colour that stands before the name of a series."""
    return f'<span class="line-swatch" style="background:{text(colour)}" aria-hidden="true"></span>'


def details(summary: str, body: str) -> str:
    """Return a fold: `summary` and `body` are HTML already."""
    return f"<details><summary>{summary}</summary>{body}</details>"
