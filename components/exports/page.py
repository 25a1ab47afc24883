"""A sheet of paper in millimetres, origin at the top left, drawn once and written as PNG, SVG or PDF.

Only matplotlib's objects are used, never pyplot: a figure belongs to the call that made it, so that exports run in
threads side by side. The whole file is made in memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from components.exports.spec import PROJECT, ExportSpec, writable
from components.exports.typeface import MM_PER_POINT, Faces, faces, properties
from geo.symbology import INK, PAPER

# Constant for the process: text stays text (searchable, editable), and the same view gives the same bytes.
matplotlib.rcParams["svg.fonttype"] = "none"
matplotlib.rcParams["svg.hashsalt"] = PROJECT
matplotlib.rcParams["pdf.fonttype"] = 42
# Letters keep the widths that the layout counted on, at every resolution.
matplotlib.rcParams["text.hinting"] = "no_hinting"

A4_LANDSCAPE = (297.0, 210.0)
A4_PORTRAIT = (210.0, 297.0)
DPI = 300
LINE_HEIGHT = 1.28
# Of letters without accents, in fractions of the size.
CAP_HEIGHT = 0.73
# Width of the band of paper around letters, half of it outside: between stripes a narrower one is lost.
HALO = 0.5
_PATH_DATA = re.compile(rb' d="[^"]*"')
_LONG_NUMBER = re.compile(rb"(\.\d\d)\d+")


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in millimetres from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def inset(self, margin: float) -> Box:
        """Return the box without a margin on every side."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)


class Page:
    """A sheet on which shapes and lines of text are put in millimetres; later ones lie above earlier ones."""

    def __init__(self, width: float, height: float, *, background: str = PAPER, letters: Faces | None = None) -> None:
        self.width, self.height = width, height
        self.letters = letters or faces()
        self.figure = Figure(figsize=(width / 25.4, height / 25.4), facecolor=background)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self._order = 0.0

    def _next(self) -> float:
        self._order += 1
        return self._order

    def sign(self) -> str:
        """Return a fresh name for a sign or a word on the map, which a web page keeps small while the map grows."""
        return f"s-{int(self._next())}"

    def path(
        self,
        path: Path,
        *,
        face: str | None = None,
        edge: str | None = None,
        width: float = 0.0,
        dash: Sequence[float] = (),
        round_caps: bool = False,
        name: str = "",
    ) -> None:
        """Draw a path in page coordinates; `width` and `dash` in millimetres; `name` becomes the id in SVG."""
        points = width / MM_PER_POINT
        # matplotlib counts dashes in line widths.
        style: Any = (0, tuple(part / width for part in dash)) if dash and width else "solid"
        patch = PathPatch(
            path,
            facecolor=face or "none",
            edgecolor=edge or "none",
            linewidth=points if edge else 0,
            linestyle=style,
            capstyle="round" if round_caps else "butt",
            joinstyle="round",
            zorder=self._next(),
        )
        if name:
            patch.set_gid(name)
        self.axes.add_artist(patch)

    def rectangle(self, box: Box, **style: Any) -> None:
        """Draw a rectangle."""
        corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom), (box.x, box.y)]
        self.path(Path(corners, closed=True), **style)

    def line(self, points: Sequence[tuple[float, float]], colour: str = INK, width: float = 0.2, **style: Any) -> None:
        """Draw a line through points."""
        self.path(Path(points), edge=colour, width=width, **style)

    def circle(self, x: float, y: float, radius: float, **style: Any) -> None:
        """Draw a circle."""
        self.path(Path.circle((x, y), radius), **style)

    def marks(
        self, points: np.ndarray, radius: float, colour: str, *, mark: str = "disc", pen: float = 0.2, name: str = ""
    ) -> None:
        """Draw one small mark, ``disc`` or ``cross``, at each of many points, shape (n, 2)."""
        size = 2 * radius / MM_PER_POINT
        disc = mark == "disc"
        line = Line2D(
            points[:, 0],
            points[:, 1],
            linestyle="none",
            marker="o" if disc else "+",
            markersize=size,
            markerfacecolor=colour,
            markeredgecolor=colour,
            markeredgewidth=0 if disc else pen / MM_PER_POINT,
            zorder=self._next(),
        )
        if name:
            line.set_gid(name)
        self.axes.add_artist(line)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        halo: str | None = None,
        url: str | None = None,
        name: str = "",
    ) -> None:
        """Write one line with its baseline at `y`; `size` in points; a halo is a band of paper under the letters."""
        text = writable(text)
        if not text:
            return
        face = self.letters.get(bold)
        font = properties(face, size, bold=bold)
        if halo:
            self._halo(x, y, text, size, align, bold, halo, f"{name}-halo" if name else "")
        artist = self.axes.text(
            x,
            y,
            text,
            fontproperties=font,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
            zorder=self._next(),
        )
        if url:
            artist.set_url(url)
        if name:
            artist.set_gid(name)

    def _halo(self, x: float, y: float, text: str, size: float, align: str, bold: bool, colour: str, name: str) -> None:
        from matplotlib.textpath import TextPath

        face = self.letters.get(bold)
        letters = TextPath((0, 0), text, prop=properties(face, size, bold=bold), usetex=False, _interpolation_steps=1)
        vertices = letters.vertices * (MM_PER_POINT, -MM_PER_POINT)
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * face.width(text, size)
        outline = Path(vertices + np.array([x - shift, y]), letters.codes)
        self.path(outline, face=colour, edge=colour, width=size * MM_PER_POINT * HALO, name=name)

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, *, leading: float = LINE_HEIGHT, **style: Any
    ) -> float:
        """Write lines from the top edge `y`; return the lower edge."""
        step = size * MM_PER_POINT * leading
        for number, line in enumerate(lines):
            self.text(x, y + size * MM_PER_POINT * 0.95 + number * step, line, size, **style)
        return y + len(lines) * step

    def paragraph(self, box: Box, text: str, size: float, *, bold: bool = False, **style: Any) -> float:
        """Write a text wrapped to the box's width from its top; return the lower edge."""
        lines = self.letters.get(bold).wrap(text, size, box.width)
        return self.lines(box.x, box.y, lines, size, bold=bold, **style)

    def png(self, spec: ExportSpec, dpi: int = DPI) -> bytes:
        """Return the page as PNG with the export's title, caveat and link in its metadata."""
        info = _info(Title=spec.title, Description=spec.caveat, Source=spec.link, Software=PROJECT)
        return self._save("png", dpi=dpi, metadata=info, pil_kwargs={"compress_level": 4})

    def svg(self, spec: ExportSpec) -> bytes:
        """Return the page as SVG: vector shapes, text as text."""
        info = _info(
            Title=spec.title,
            Description=spec.caveat,
            Source=spec.link,
            Language=spec.language,
            Rights=spec.licence,
            Creator=PROJECT,
        )
        return _shorter(self._save("svg", metadata={**info, "Date": None}))

    def pdf(self, spec: ExportSpec) -> bytes:
        """Return the page as PDF: vector shapes, embedded fonts."""
        return pdf_of([self], spec)

    def _save(self, form: str, **options: Any) -> bytes:
        buffer = BytesIO()
        self.figure.savefig(buffer, format=form, facecolor=self.figure.get_facecolor(), **options)
        return buffer.getvalue()


def _info(**entries: str) -> dict[str, str]:
    """Return a file's metadata without what is blank."""
    return {name: writable(text) for name, text in entries.items() if text}


def _shorter(svg: bytes) -> bytes:
    """Round the coordinates of paths to a hundredth of a point: nothing to the eye, a third of the file."""
    return _PATH_DATA.sub(lambda match: _LONG_NUMBER.sub(rb"\1", match[0]), svg)


def pdf_of(pages: Sequence[Page], spec: ExportSpec) -> bytes:
    """Return pages as one PDF, made in memory."""
    from matplotlib.backends.backend_pdf import PdfPages

    info = _info(Title=spec.title, Subject=spec.caveat, Author=PROJECT, Keywords=spec.link, Creator=PROJECT)
    buffer = BytesIO()
    with PdfPages(buffer, metadata={**info, "CreationDate": None}) as pdf:
        for page in pages:
            pdf.savefig(page.figure, facecolor=page.figure.get_facecolor())
    return buffer.getvalue()
