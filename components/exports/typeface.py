"""Letters: which font, how wide a line is, where it breaks, and whether every sign can be drawn at all.

Widths come from the font's own table, so that a layout is settled before anything is drawn and text stays text in SVG
and PDF. DejaVu Sans ships with matplotlib; where a reader's machine lacks it, an SVG falls back to Verdana, which has
the same widths. ``EXPORT_FONT`` and ``EXPORT_FONT_BOLD`` name an organisation's own TrueType files instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.exports.spec import ExportError
from components.i18n import _

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

MM_PER_POINT = 25.4 / 72
FALLBACK_FAMILIES = ("Verdana", "Geneva", "sans-serif")
# What every export may say even before a view adds its words.
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789áéíóúüñÁÉÍÓÚÜÑ¿¡“”–—·…%()"


@dataclass(frozen=True)
class Face:
    """One font file.

    Attributes
    ----------
    path
        Where it is.
    family
        Its name, as SVG and PDF say it.
    advances
        Width of each sign, by code point, in fractions of the size.
    """

    path: Path
    family: str
    advances: dict[int, float]

    def width(self, text: str, size: float) -> float:
        """Return the width of one line, in millimetres; `size` in points."""
        blank = self.advances.get(0x6E, 0.6)
        return sum(self.advances.get(ord(sign), blank) for sign in text) * size * MM_PER_POINT

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Return the signs of `texts` that the font cannot draw, sorted."""
        signs = set().union(*map(set, texts))
        return sorted(sign for sign in signs if sign.isprintable() and ord(sign) not in self.advances)

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines of at most `width` millimetres; a word that is longer alone is broken."""
        lines: list[str] = []
        for paragraph in text.splitlines() or [""]:
            line = ""
            for word in paragraph.split():
                for piece in self._pieces(word, size, width):
                    joined = f"{line} {piece}" if line else piece
                    if line and self.width(joined, size) > width:
                        lines.append(line)
                        line = piece
                    else:
                        line = joined
            lines.append(line)
        return lines

    def wrap_address(self, address: str, size: float, width: float) -> list[str]:
        """Break an address into lines of at most `width` millimetres, where a reader expects it: before ``&`` or ``?``
        and after a comma; joined again they give the address."""
        lines = [""]
        for piece in re.split(r"(?=[?&])|(?<=[,/])(?!/)", address):
            for part in self._pieces(piece, size, width):
                if lines[-1] and self.width(lines[-1] + part, size) > width:
                    lines.append("")
                lines[-1] += part
        return lines

    def _pieces(self, word: str, size: float, width: float) -> list[str]:
        if self.width(word, size) <= width:
            return [word]
        pieces, piece = [], ""
        for sign in word:
            if piece and self.width(piece + sign, size) > width:
                pieces.append(piece)
                piece = ""
            piece += sign
        return [*pieces, piece]


@dataclass(frozen=True)
class Faces:
    """The two weights of an export."""

    regular: Face
    bold: Face

    def get(self, bold: bool) -> Face:
        """Return the face of a weight."""
        return self.bold if bold else self.regular


def faces() -> Faces:
    """Return the fonts of this installation.

    Raises
    ------
    ExportError
        A file named by the environment is missing, is no font, or lacks letters that Spanish needs.
    """
    from matplotlib import get_data_path

    shipped = Path(get_data_path()) / "fonts" / "ttf"
    own = os.environ.get("EXPORT_FONT", "")
    regular = Path(own) if own else shipped / "DejaVuSans.ttf"
    bold = Path(os.environ.get("EXPORT_FONT_BOLD", "") or own or shipped / "DejaVuSans-Bold.ttf")
    found = Faces(load(regular), load(bold))
    check(found, [ALPHABET])
    return found


@lru_cache(maxsize=8)
def load(path: Path) -> Face:
    """Read a font file.

    Raises
    ------
    ExportError
        The file is missing or is no TrueType or OpenType font.
    """
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, lazy=True) as font:
            tables: Any = font
            cmap, widths, scale = font.getBestCmap() or {}, tables["hmtx"].metrics, tables["head"].unitsPerEm
            family = tables["name"].getDebugName(1) or path.stem
            advances = {code: widths[glyph][0] / scale for code, glyph in cmap.items()}
    except (OSError, TTLibError, KeyError) as error:
        raise ExportError(_("The font {file} cannot be read.", file=path.name)) from error
    return Face(path, family, advances)


def check(found: Faces, texts: Sequence[str]) -> None:
    """Raise `ExportError`, naming font and signs, when one of them cannot be drawn: no export shows empty boxes."""
    for face in {found.regular.path: found.regular, found.bold.path: found.bold}.values():
        missing = face.missing(texts)
        if missing:
            raise ExportError(
                _(
                    "The font {family} has no sign for {signs}. Change the text, or choose another font "
                    "with EXPORT_FONT.",
                    family=face.family,
                    signs=" ".join(missing[:12]),
                )
            )


def properties(face: Face, size: float, *, bold: bool = False, italic: bool = False) -> FontProperties:
    """Return matplotlib's description of a face at a size in points."""
    from matplotlib.font_manager import FontProperties

    options: dict[str, Any] = {"weight": "bold" if bold else "normal", "style": "italic" if italic else "normal"}
    return FontProperties(family=[face.family, *FALLBACK_FAMILIES], fname=str(face.path), size=size, **options)
