"""The steps from a file to a layer: read it, say what its columns are, check it, answer what is asked, add it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st

from components import cache, ownfiles_words
from components import ownfiles_session as session
from components.i18n import _, ngettext, number
from components.markup import text
from components.ownfiles_locate import locator
from data.store import table
from data.uploads import (
    Answers,
    Checked,
    Columns,
    Inspected,
    Kind,
    Layer,
    PlaceQuestion,
    Reading,
    Source,
    UploadError,
    check,
    guess_columns,
    inspect,
    personal,
)
from data.uploads.model import KINDS, NEEDED, ROLES
from data.uploads.report import table as csv_table
from data.uploads.text import ENCODINGS

PREVIEW_ROWS = 12
ASKED = 25
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
    file = st.file_uploader(_("CSV, XLSX, GeoJSON or GeoPackage, up to 300 MB"), key="own-upload")
    if file is None:
        _templates()
        return
    try:
        upload = _read(Source(file.name, file), str(file.file_id))
        _steps(upload)
    except UploadError as fault:
        say(fault)


def say(fault: UploadError) -> None:
    """Say why a file cannot be used, and what to do."""
    what, todo = ownfiles_words.error(fault)
    st.error(f"{_plain(what)} {_plain(todo)}")


def _plain(words: str) -> str:
    """Keep what comes from a file from being read as Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~$:" else char for char in words)


def _what_is_read() -> str:
    return _(
        "A table of events (a date, and a DIVIPOLA code, coordinates, or department and municipality), of presence "
        "intervals (a group, from, to), or of areas. It stays in this session: it is not kept on the server, not shown "
        "to anyone else, and gone when you close or reload the page. Columns that you do not choose are not kept."
    )


def _templates() -> None:
    heads = {
        "events": (_("Template: events"), "fecha,divipola,departamento,municipio,cantidad"),
        "intervals": (_("Template: presence"), "grupo,desde,hasta,divipola,departamento,municipio"),
        "areas": (_("Template: areas"), "divipola,departamento,municipio,valor"),
    }
    with st.container(horizontal=True, gap="small"):
        for kind, (label, head) in heads.items():
            name = f"{kind}.csv"
            st.download_button(label, csv_table(head.split(","), []), name, "text/csv", key=f"own-template-{kind}")


def _read(source: Source, key: str) -> Upload:
    """Read the first rows, as the file says or as its owner has corrected."""
    chosen: Reading | None = st.session_state.get(f"own-reading-{key}")
    found = session.made(("inspected", key, chosen), lambda: inspect(source, chosen))
    return Upload(source, key, found)


def _steps(upload: Upload) -> None:
    _said(upload)
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        columns = _columns(upload)
        name, unit = _named(upload)
    with right:
        _preview(upload)
    answers: Answers = st.session_state.get(f"own-answers-{upload.key}", Answers())
    asked = (upload.key, upload.found.reading, columns.kind, tuple(sorted(columns.roles.items())))
    lacking = columns.missing(bool(upload.found.shapes))
    if lacking:
        st.info(_("Still to choose: {roles}.", roles=", ".join(_role(role) for role in lacking)))
        return
    with left:
        pressed = st.button(_("Check the file"), key="own-check", type="primary")
    held = st.session_state.get(_CHECKED)
    if pressed or st.session_state.pop("own-recheck", False):
        held = st.session_state[_CHECKED] = (asked, _check(upload, columns, answers))
    if held is None or held[0] != asked:
        return
    _result(upload, columns, held[1], name, unit, answers)


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
        st.info(_plain(ownfiles_words.note(told)))
    hidden = personal(upload.found.columns)
    if hidden:
        words = _("These columns seem to name persons; they are not shown and not kept: {names}.")
        st.info(_plain(words.format(names=", ".join(hidden))))
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


def _named(upload: Upload) -> tuple[str, str]:
    stem = PurePath(upload.source.name).stem[:60]
    left, right = st.columns(2, gap="small")
    with left:
        name = st.text_input(_("Name of the layer"), stem, max_chars=80, key=f"own-name-{upload.key}")
    with right:
        unit = st.text_input(_("What a figure counts (optional)"), "", max_chars=40, key=f"own-unit-{upload.key}")
    return _clean(name) or stem, _clean(unit)


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
            progress=progress,
        )
    finally:
        bar.empty()


def _result(upload: Upload, columns: Columns, checked: Checked, name: str, unit: str, answers: Answers) -> None:
    st.html(f'<h2 class="section">{text(_("What was found"))}</h2>')
    left_out = checked.read - checked.accepted
    head = ngettext("{n} row accepted.", "{n} rows accepted.", checked.accepted)
    tail = ngettext("{n} row left out.", "{n} rows left out.", left_out) if left_out else _("None left out.")
    st.markdown(f"**{head}** {tail}")
    for told in checked.notes:
        st.info(_plain(ownfiles_words.note(told)))
    if checked.questions:
        _questions(upload, checked, answers)
    if checked.counts:
        _report(checked)
    if not checked.accepted:
        st.warning(_("No row can be used yet."))
        return
    label = ngettext("Add {n} row as “{name}”", "Add {n} rows as “{name}”", checked.accepted, name=name)
    full = len(session.layers()) >= session.MAX_LAYERS
    if full:
        st.warning(_("A session holds {n} layers at most. Remove one first.", n=session.MAX_LAYERS))
    if st.button(_plain(label), key="own-add", type="primary", disabled=full):
        session.add(Layer(0, name, unit, columns.kind, upload.source.name[:120], checked.rows))
        st.session_state.pop(_CHECKED, None)
        st.rerun()


def _questions(upload: Upload, checked: Checked, answers: Answers) -> None:
    """Ask what is not certain; the rows concerned wait for the answer."""
    questions = checked.questions
    with st.form(f"own-questions-{upload.key}"):
        st.markdown(_("**Before these rows can be used, please say:**"))
        order, decimal = answers.order, answers.decimal
        if questions.order:
            why = _("Some dates prove one order, some the other.") if questions.order_conflict else ""
            orders = {"dmy": _("Day first: 3/4 is 3 April"), "mdy": _("Month first: 3/4 is March 4")}
            label = f"{_('Which comes first in the dates?')} {why}"
            order = st.radio(label, list(orders), index=None, format_func=orders.__getitem__, horizontal=True) or ""
        if questions.decimal:
            marks = {".": _("The point: 1.234 is one and a bit"), ",": _("The comma: 1.234 is over a thousand")}
            label = _("Which mark stands before decimals?")
            decimal = st.radio(label, list(marks), index=None, format_func=marks.__getitem__, horizontal=True) or ""
        picked = dict(answers.places)
        for question in questions.places[:ASKED]:
            code = _place(question)
            if code is not None:
                picked[(question.municipality, question.department)] = code
        if len(questions.places) > ASKED:
            more = len(questions.places) - ASKED
            st.caption(ngettext("{n} more name is asked next.", "{n} more names are asked next.", more))
        if st.form_submit_button(_("Use these answers and check again")):
            st.session_state[f"own-answers-{upload.key}"] = Answers(order, decimal, picked)
            st.session_state["own-recheck"] = True
            st.rerun()


def _place(question: PlaceQuestion) -> str | None:
    """Ask for one name; None while it is not answered."""
    rows = table("municipalities").set_index("divipola")
    names = {code: f"{rows.at[code, 'name']}, {rows.at[code, 'department']}" for code in question.candidates}
    options = ["?", *question.candidates, ""]
    written = ", ".join(part for part in (question.municipality, question.department) if part)
    label = ngettext("“{name}” ({n} row) is:", "“{name}” ({n} rows) is:", question.rows, name=written)
    special = {"?": _("Not answered"), "": _("None of these: leave the rows out")}
    answer = st.selectbox(
        _plain(label),
        options,
        format_func=lambda option: {**names, **special}[option],
        key=f"own-place-{question.municipality}-{question.department}",
    )
    return None if answer == "?" else answer


def _report(checked: Checked) -> None:
    severities = {"error": _("row left out"), "warning": _("row kept")}
    order = sorted(checked.counts.items(), key=lambda item: (item[0][1] != "error", -item[1]))
    totals = pd.DataFrame(
        {
            _("What is wrong"): [ownfiles_words.finding_title(code) for (code, _severity), _n in order],
            _("Rows"): [count for _key, count in order],
            _("Outcome"): [severities[severity] for (_code, severity), _n in order],
        }
    )
    st.dataframe(totals, hide_index=True)
    header = [_("Row"), _("Column"), _("Value"), _("Outcome"), _("What is wrong"), _("What to do")]
    rows = [
        (each.row, each.column, each.value, severities[each.severity], *ownfiles_words.finding(each))
        for each in checked.findings
    ]
    with st.expander(_("Row by row"), expanded=len(rows) <= 20):
        st.dataframe(pd.DataFrame(rows[:500], columns=header), hide_index=True, height=min(320, 60 + 35 * len(rows)))
    whole = sum(checked.counts.values())
    if whole > len(rows):
        words = _("The report lists the first {k} findings of {n}; the table above counts all.")
        st.caption(words.format(k=number(len(rows)), n=number(whole)))

    def made() -> Any:
        return csv_table(header, rows)

    st.download_button(
        _("Download the report (CSV)"),
        made,
        _("report.csv"),
        "text/csv",
        key="own-report",
        on_click="ignore",
    )
