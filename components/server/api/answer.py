"""What a handler hands back: rows with their sources, before any format is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from components.server.formats import Column

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in a stable order, and what a reader must know to use and cite them.

    Parameters
    ----------
    title
        One sentence in the reader's language that says what the rows are.
    frame
        The declared columns. May also hold ``source_id`` (or tuples of them in ``source_ids``), ``place`` (DIVIPOLA
        codes whose seats locate the row, a tuple) and ``caveat`` (of that row), which the formats use.
    columns
        The declared columns in order.
    on
        The day the rows hold for; None when they hold for no single day.
    caveats
        Sentences in the reader's language, the most important first.
    sources
        Identifiers of sources that hold for every row.
    extra
        Further members of ``meta``.
    """

    title: str
    frame: pd.DataFrame
    columns: Sequence[Column]
    on: date | None = None
    caveats: Sequence[str] = ()
    sources: Sequence[str] = ()
    extra: dict[str, Any] = field(default_factory=dict)
