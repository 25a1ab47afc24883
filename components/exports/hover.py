"""Titles inside an SVG: what a pointer or a screen reader says of a shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from components.exports.spec import ExportSpec, writable

_GROUP = re.compile(r'<g id="(m\d+|t-[bmp]\d+)">')
_ROOT = re.compile(r"<svg [^>]*>")


def map_titles(spec: ExportSpec) -> dict[str, str]:
    """Return name and state of each municipality by its id in the SVG."""
    if spec.map is None:
        return {}
    frame = spec.map.geometry.frame()
    names = zip(frame["divipola"], frame["name"], frame["department"], strict=True)
    labels = spec.map.labels
    return {
        f"m{code}": f"{name} ({department})" + (f": {labels[code]}" if labels.get(code) else "")
        for code, name, department in names
    }


def add_titles(svg: bytes, spec: ExportSpec, titles: Mapping[str, str] | None = None) -> bytes:
    """Put a ``<title>`` into each group that has one, and title, description and language into the root."""
    titles = map_titles(spec) if titles is None else titles
    text = svg.decode("utf-8")

    def group(match: re.Match[str]) -> str:
        words = titles.get(match[1])
        return match[0] + (f"<title>{escape(writable(words))}</title>" if words else "")

    def root(match: re.Match[str]) -> str:
        language = f' xml:lang="{spec.language}" role="img">'
        described = f"<desc>{escape(writable(spec.caveat))}</desc>"
        return match[0][:-1] + language + described

    return _GROUP.sub(group, _ROOT.sub(root, text, count=1)).encode("utf-8")
