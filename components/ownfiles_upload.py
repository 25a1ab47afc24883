"""The steps from a file to a layer: read it, say what its columns are, check it, answer what is asked, add it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

import pandas as pd
import streamlit as st

from components import cache, ownfiles_report, ownfiles_templates, ownfiles_words
from components import ownfiles_figures as figures
from components import ownfiles_session as session
from components.i18n import _, number
from components.markup import text
from components.ownfiles_locate import locator
from components.ownfiles_words import plain
from data.names import fold
from data.store import table
from data.uploads import (
    Answers,
    Checked,
    Columns,
    Inspected,
    Kind,
    Layer,
    Reading,
    Source,
    UploadError,
    check,
    guess_columns,
    inspect,
    personal,
)
from data.uploads.model import KINDS, NEEDED, ROLES
from data.uploads.text import ENCODINGS
from geo import boundaries

PREVIEW_ROWS = 12
_CHECKED = "own-checked"


@dataclass(frozen=True)
class Upload:
    """A file on the page: the source, a key of its own, and what its first rows show."""

    source: Source
    key: str
    found: Inspected


def render() -> None:
    """Draw the upload and, with a file, all its steps."""
    st.html(f'<h2 class="section">{text(_("Add a file"))}</h2>')
    st.html(f'<p class="hint">{text(_what_is_read())}</p>')
    with ownfiles_templates.uploader("own-uploader"):
        file = st.file_uploader(_("CSV, XLSX, GeoJSON or GeoPackage, up to 300 MB"), key="own-upload")
    if file is None:
        ownfiles_templates.render()
        return
    try:
        upload = _read(Source(file.name, file), str(file.file_id))
        _steps(upload)
    except UploadError as fault:
        say(fault)


def say(fault: UploadError) -> None:
    """Say why a file cannot be used, and what to do."""
    what, todo = ownfiles_words.error(fault)
    st.error(f"{plain(what)} {plain(todo)}")


def _what_is_read() -> str:
    return _(
        "A table of events (a date, and a DIVIPOLA code, coordinates, or department and municipality), of presence "
        "intervals (a group, from, to), or of areas. It stays in this session: it is not kept on the server, not shown "
        "to anyone else, and gone when you close or reload the page. Columns that you do not choose are not kept."
    )


def _read(source: Source, key: str) -> Upload:
    """Read the first rows, as the file says or as its owner has corrected."""
    chosen: Reading | None = st.session_state.get(f"own-reading-{key}")
    found = session.made(("inspected", key, chosen), lambda: inspect(source, chosen))
    return Upload(source, key, found)


def _steps(upload: Upload) -> None:
    _said(upload)
    unplaceable = st.container()
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        columns = _columns(upload)
        name, unit = _named(upload, columns)
    with right:
        _preview(upload)
    answers: Answers = st.session_state.get(f"own-answers-{upload.key}", Answers())
    asked = (upload.key, upload.found.reading, columns.kind, tuple(sorted(columns.roles.items())))
    lacking = columns.missing(bool(upload.found.shapes))
    if lacking:
        st.info(_("Still to choose: {roles}.", roles=", ".join(_role(role) for role in lacking)))
        return
    if not columns.named and locator() is None:
        with unplaceable:
            st.warning(_without_boundaries())
    with left:
        pressed = st.button(_("Check the file"), key="own-check", type="primary")
    held = st.session_state.get(_CHECKED)
    if pressed or st.session_state.pop("own-recheck", False):
        held = st.session_state[_CHECKED] = (asked, _check(upload, columns, answers))
    if held is None or held[0] != asked:
        return
    checked: Checked = held[1]
    again = ownfiles_report.render(upload.source, upload.found.reading, columns.kind, checked, answers)
    if again is not None:
        st.session_state[f"own-answers-{upload.key}"] = again
        st.session_state["own-recheck"] = True
        st.rerun()
    _offer(Layer(0, name, unit, columns.kind, upload.source.name[:120], checked.rows, date.today()), checked)


def _without_boundaries() -> str:
    """Say, before anything is checked, that coordinates cannot be placed here, and what would help."""
    if boundaries.download_status().state == "running":
        return _(
            "This file says where its rows belong by coordinates only, and the municipal boundaries that place them "
            "are still being downloaded. Check the file when the map of Nariño shows them."
        )
    return _(
        "This file says where its rows belong by coordinates only, and this server has no municipal boundaries to "
        "place them by: no row could be used. What you can do: add a column with the DIVIPOLA code, or one with the "
        "department and one with the municipality; such a file needs no boundaries. Whoever runs the server can name "
        "a boundary file with `MUNICIPAL_BOUNDARIES`, or let it download DANE's: `docs/own-files.md` says how."
    )


def _offer(layer: Layer, checked: Checked) -> None:
    """Offer to add what was accepted."""
    if not checked.accepted:
        st.warning(_("No row can be used yet."))
        return
    full = len(session.layers()) >= session.MAX_LAYERS
    if full:
        st.warning(_("A session holds {n} layers at most. Remove one first.", n=session.MAX_LAYERS))
    label = _("Add as “{name}”: {size}", name=layer.name, size=figures.size(layer))
    st.button(plain(label), key="own-add", type="primary", disabled=full, on_click=_add, args=(layer,))


def _add(layer: Layer) -> None:
    session.add(layer)
    st.session_state.pop(_CHECKED, None)


def _said(upload: Upload) -> None:
    reading = upload.found.reading
    kinds = {"csv": "CSV", "xlsx": "XLSX", "geojson": "GeoJSON", "gpkg": "GeoPackage"}
    parts = [kinds[reading.format]]
    if reading.format in ("csv", "geojson"):
        parts.append(_("encoding {name}", name=reading.encoding.upper()))
    if reading.format == "csv":
        parts.append(_("separator {name}", name=_delimiters()[reading.delimiter]))
    if reading.table:
        parts.append(_("table “{name}”", name=reading.table))
    st.html(f'<p class="subline">{text(_("Read as: {parts}.", parts=", ".join(parts)))}</p>')
    for told in upload.found.notes:
        st.info(plain(ownfiles_words.note(told)))
    hidden = personal(upload.found.columns)
    if hidden:
        words = _("These columns seem to name persons; they are not shown and not kept: {names}.")
        st.info(plain(words.format(names=", ".join(hidden))))
    with st.expander(_("Read it differently")):
        _reading(upload)


def _delimiters() -> dict[str, str]:
    return {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical bar")}


def _reading(upload: Upload) -> None:
    reading, key = upload.found.reading, upload.key
    chosen = reading
    if reading.format in ("csv", "geojson"):
        at = ENCODINGS.index(reading.encoding)
        chosen = replace(chosen, encoding=st.selectbox(_("Encoding"), ENCODINGS, at, key=f"own-encoding-{key}"))
    if reading.format == "csv":
        names = _delimiters()
        at = list(names).index(reading.delimiter)
        picked = st.selectbox(
            _("Separator"), list(names), at, format_func=names.__getitem__, key=f"own-separator-{key}"
        )
        chosen = replace(chosen, delimiter=picked)
    if upload.found.tables:
        at = upload.found.tables.index(reading.table)
        chosen = replace(
            chosen, table=st.selectbox(_("Sheet or layer"), upload.found.tables, at, key=f"own-table-{key}")
        )
    if reading.format in ("csv", "xlsx"):
        label = _("Row that names the columns (0: none)")
        row = st.number_input(label, 0, 200, reading.header_row, key=f"own-header-{key}")
        chosen = replace(chosen, header_row=int(row))
    if st.button(_("Read again"), key=f"own-again-{key}") and chosen != reading:
        st.session_state[f"own-reading-{key}"] = chosen
        st.rerun()


def _kind_name(kind: Kind) -> str:
    return {"events": _("Events"), "intervals": _("Presence"), "areas": _("Areas")}[kind]


def _role(role: str) -> str:
    return {
        "place": _("a place"),
        "divipola": _("DIVIPOLA code"),
        "municipality": _("Municipality"),
        "department": _("Department"),
        "lat": _("Latitude"),
        "lon": _("Longitude"),
        "date": _("Date"),
        "from": _("From"),
        "to": _("To"),
        "group": _("Group"),
        "level": _("Kind of presence"),
        "value": _("Figure"),
    }[role]


def _columns(upload: Upload) -> Columns:
    """Draw what the columns are, as guessed, to be corrected."""
    known = cache.known().municipalities
    first = session.made(("guess", upload.key, upload.found.reading), lambda: guess_columns(upload.found, known))
    kinds, none = {kind: _kind_name(kind) for kind in KINDS}, _("(none)")
    chosen = st.segmented_control(
        _("The rows are"),
        KINDS,
        default=first.kind,
        format_func=kinds.__getitem__,
        key=f"own-kind-{upload.key}",
        required=True,
    )
    kind: Kind = next(each for each in KINDS if each == chosen)
    guessed = session.made(
        ("guess", upload.key, upload.found.reading, kind), lambda: guess_columns(upload.found, known, kind)
    )
    options = ["", *upload.found.columns]
    roles: dict[str, str] = {}
    with st.container(key="own-columns"):
        pair = st.columns(2, gap="small")
        for at, role in enumerate(ROLES[kind]):
            # A row of its own for every two, so that a phone keeps their order.
            pair = st.columns(2, gap="small") if at and at % 2 == 0 else pair
            before = guessed.roles.get(role, "")
            label = f"{_role(role)} *" if role in NEEDED[kind] else _role(role)
            with pair[at % 2]:
                roles[role] = st.selectbox(
                    label,
                    options,
                    options.index(before),
                    format_func=lambda column: column or none,
                    key=f"own-role-{upload.key}-{kind}-{role}-{hash(upload.found.columns)}",
                )
    if kind == "areas" and upload.found.shapes:
        rule = _(
            "An outline counts in every municipality of which it covers at least 5 %, and in one that holds half of it."
        )
        st.caption(rule)
    return Columns(kind, {role: column for role, column in roles.items() if column})


def _named(upload: Upload, columns: Columns) -> tuple[str, str]:
    """Ask for the name of the layer and for what its figure counts: the name of the column, until it is corrected."""
    stem = PurePath(upload.source.name).stem[:60]
    counted = columns.roles.get("value", "")
    left, right = st.columns(2, gap="small")
    with left:
        name = st.text_input(_("Name of the layer"), stem, max_chars=80, key=f"own-name-{upload.key}")
    if not counted:
        return _clean(name) or stem, ""
    with right:
        # A field of its own for each column, or it would keep the other one's name.
        key = f"own-unit-{upload.key}-{hash(counted)}"
        unit = st.text_input(_("What a figure counts"), unit_of(counted), max_chars=40, key=key)
    return _clean(name) or stem, _clean(unit) or unit_of(counted)


def unit_of(column: str) -> str:
    """Return the name of a column as a unit: in the middle of a sentence, unless it is an abbreviation."""
    words = _clean(column.replace("_", " "))[:40]
    return words if words.isupper() and len(words) <= 4 else words.lower()


def _clean(words: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())


def _preview(upload: Upload) -> None:
    rows = pd.DataFrame([*upload.found.rows[:PREVIEW_ROWS]], columns=list(upload.found.columns))
    rows = rows.drop(columns=list(personal(upload.found.columns)))
    st.dataframe(rows, hide_index=True, height=330, placeholder="")


def _check(upload: Upload, columns: Columns, answers: Answers) -> Checked:
    bar = st.progress(0.0, _("Checking…"))

    def progress(rows: int) -> None:
        # How many rows there are is known at the end only.
        bar.progress(min(0.95, rows / (rows + 200_000)), _("{n} rows checked", n=number(rows)))

    try:
        return check(
            upload.source,
            upload.found.reading,
            columns,
            table("municipalities"),
            answers,
            locator(),
            groups=_known_groups(),
            progress=progress,
        )
    finally:
        bar.empty()


def _known_groups() -> frozenset[str]:
    """Return every name of a group that is known here, folded, also without what stands in brackets."""
    groups = table("groups")
    columns = ("group_id", "short_name_es", "short_name_en", "name_es", "name_en")
    names = {str(name) for column in columns for name in groups[column]}
    inside = {part for name in names for part in re.split(r"[()]", name)}
    return frozenset(fold(name.replace("_", " ")) for name in names | inside) - {""}
