"""Tables and the map of an effect: what was counted in each phase, and which municipalities were compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from components.effect_words import expectable, list_of, phase_words
from components.i18n import _, ngettext, number
from components.markup import details, swatch, text
from components.minimap import Area
from geo import symbology
from geo.effect import PHASES, EffectResult, Total
from geo.effect.results import GROUPS

TREATED_COLOUR, COMPARED_COLOUR = symbology.ACCENT, "#d9c39a"
# Above this many, shapes of the comparison would weigh more than they say: it is all others, in words.
MOST_DRAWN = 320


def table_html(result: EffectResult, few: str = "") -> str:
    """Return what was counted before, during and after in both groups, as a table.

    `few` is the remark that hardly any report of presence is held for the time it began: nothing is then expected.
    """
    expected = expectable(result, few)
    head = "".join(f'<th scope="col">{text(words)}</th>' for words in _figure_names(expected=expected))
    body, columns = "", 7 if expected else 6
    for group in GROUPS:
        name = _("Under the ceasefire") if group == "treated" else _("Compared with")
        body += f'<tr class="cf-group"><th scope="rowgroup" colspan="{columns}" class="cf-left">{text(name)}</th></tr>'
        rows = [result.total(group, phase) for phase in PHASES]
        body += "".join(_row(row, expected=expected) for row in rows if row is not None)
    return (
        f'<div class="cf-scroll" tabindex="0"><table class="cf-table"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _figure_names(*, expected: bool) -> tuple[str, ...]:
    names = (_("Municipalities"), _("with any"), _("Months"), _("Counted"))
    return (*names, *((_("Expected"),) if expected else ()), _("Per 100,000 a year"))


def _row(row: Total, *, expected: bool) -> str:
    path = "" if row.expected is None else number(row.expected, 1)
    cells = (
        number(row.municipalities),
        number(row.with_events),
        number(row.months),
        number(row.events),
        *((path,) if expected else ()),
        number(row.rate, 2),
    )
    figures = "".join(
        f'<td data-label="{text(name)}">{text(cell)}</td>' if cell else "<td></td>"
        for name, cell in zip(_figure_names(expected=expected), cells, strict=True)
    )
    return f'<tr><th scope="row">{text(phase_words(row.phase))}</th>{figures}</tr>'


def areas(result: EffectResult) -> dict[str, Area]:
    """Return how both groups stand on the map."""
    compared = result.comparison if len(result.comparison) <= MOST_DRAWN else ()
    flat = {COMPARED_COLOUR: compared, TREATED_COLOUR: result.treated}
    return {
        code: Area(style=symbology.Style(symbology.Fill(colour), symbology.HAIRLINE))
        for colour, codes in flat.items()
        for code in codes
    }


def key_html(result: EffectResult) -> str:
    """Return what the colours of the map mean, as HTML."""
    inside = _("under the ceasefire: {n}", n=number(len(result.treated)))
    outside = _("compared with: {n}", n=number(len(result.comparison)))
    if len(result.comparison) > MOST_DRAWN:
        outside = _("compared with: {n}, not drawn", n=number(len(result.comparison)))
        signs = f"<li>{swatch(TREATED_COLOUR)}{text(inside)}</li><li>{text(outside)}</li>"
    else:
        signs = f"<li>{swatch(TREATED_COLOUR)}{text(inside)}</li><li>{swatch(COMPARED_COLOUR)}{text(outside)}</li>"
    return f'<ul class="cf-key">{signs}</ul>'


def lists_html(result: EffectResult, places: Mapping[str, tuple[str, str]]) -> str:
    """Return both groups by name, folded."""
    titles = (
        (
            ngettext(
                "{n} municipality under the ceasefire", "{n} municipalities under the ceasefire", len(result.treated)
            ),
            result.treated,
        ),
        (
            ngettext("{n} municipality compared with", "{n} municipalities compared with", len(result.comparison)),
            result.comparison,
        ),
        (
            ngettext(
                "{n} left out: no record or no population",
                "{n} left out: no record or no population",
                len(result.without_record),
            ),
            result.without_record,
        ),
    )
    return "".join(fold_html(title, codes, places) for title, codes in titles if codes)


def fold_html(title: str, codes: Iterable[str], places: Mapping[str, tuple[str, str]]) -> str:
    """Return municipalities by name as a list by department, folded under a title."""
    items = "".join(
        f"<li><strong>{text(department)}</strong>: {text(names)}</li>" for department, names in list_of(codes, places)
    )
    body = f'<ul class="cf-list">{items}</ul>'
    return f'<div class="cf-fold">{details(text(title), body)}</div>'


def sentences_html(sentences: Sequence[str]) -> str:
    """Return sentences as a list."""
    return f'<ul class="cf-list">{"".join(f"<li>{text(words)}</li>" for words in sentences)}</ul>'
