"""What checking a file found: what is asked, what is wrong row by row, and what to take away to correct it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import streamlit as st

from components import ownfiles_words
from components.i18n import _, ngettext, number
from components.markup import text
from components.ownfiles_words import plain
from data.store import table
from data.uploads import Answers, Checked, Kind, PlaceQuestion, Reading, Source
from data.uploads.report import left_out
from data.uploads.report import table as csv_table

ASKED = 25
SHOWN = 500


def render(source: Source, how: Reading, kind: Kind, checked: Checked, answers: Answers) -> Answers | None:
    """Draw the outcome of a check; return the answers with which to check again, None while nothing was answered."""
    st.html(f'<h2 class="section">{text(_("What was found"))}</h2>')
    st.markdown(_accepted(kind, checked))
    for told in checked.notes:
        st.info(plain(ownfiles_words.note(told)))
    again = _questions(checked, answers) if checked.questions or _given(checked, answers) else None
    if checked.counts:
        _findings(checked)
    with st.container(horizontal=True, gap="small"):
        if checked.counts:
            _download_report(checked)
        if checked.rejected:
            _download_left_out(source, how, checked)
    if checked.placed:
        _placed(checked)
    return again


def _accepted(kind: Kind, checked: Checked) -> str:
    rows = checked.read - checked.accepted
    head = ngettext("{n} row accepted.", "{n} rows accepted.", checked.accepted)
    tail = ngettext("{n} row left out.", "{n} rows left out.", rows) if rows else _("None left out.")
    if kind == "areas" and checked.accepted:
        places = checked.rows["divipola"].nunique()
        covered = ngettext("They cover {n} municipality.", "They cover {n} municipalities.", places)
        return f"**{head}** {covered} {tail}"
    return f"**{head}** {tail}"


def _given(checked: Checked, answers: Answers) -> bool:
    return bool(checked.answered or answers.order or answers.decimal)


def _questions(checked: Checked, answers: Answers) -> Answers | None:
    """Ask what is not certain; the rows concerned wait for the answer. What was answered stays open to change."""
    questions = checked.questions
    with st.form("own-questions"):
        open_ = bool(questions)
        st.markdown(_("**Before these rows can be used, please say:**") if open_ else _("**Your answers:**"))
        order = _order(checked, answers)
        decimal = _decimal(checked, answers)
        picked = dict(answers.places)
        for question in (*questions.places[:ASKED], *checked.answered):
            name = (question.municipality, question.department)
            code = _place(question, answers.places.get(name))
            if code is not None:
                picked[name] = code
            else:
                picked.pop(name, None)
        if len(questions.places) > ASKED:
            more = len(questions.places) - ASKED
            st.caption(ngettext("{n} more name is asked next.", "{n} more names are asked next.", more))
        if st.form_submit_button(_("Use these answers and check again")):
            return Answers(order, decimal, picked)
    return None


def _order(checked: Checked, answers: Answers) -> str:
    if not checked.questions.order and not answers.order:
        return ""
    why = _("Some dates prove one order, some the other.") if checked.questions.order_conflict else ""
    orders = {"dmy": _("Day first: 3/4 is 3 April"), "mdy": _("Month first: 3/4 is March 4")}
    label = f"{_('Which comes first in the dates?')} {why}"
    at = list(orders).index(answers.order) if answers.order else None
    return st.radio(label, list(orders), index=at, format_func=orders.__getitem__, horizontal=True) or ""


def _decimal(checked: Checked, answers: Answers) -> str:
    if not checked.questions.decimal and not answers.decimal:
        return ""
    marks = {".": _("The point: 1.234 is one and a bit"), ",": _("The comma: 1.234 is over a thousand")}
    at = list(marks).index(answers.decimal) if answers.decimal else None
    label = _("Which mark stands before decimals?")
    return st.radio(label, list(marks), index=at, format_func=marks.__getitem__, horizontal=True) or ""


def _place(question: PlaceQuestion, given: str | None) -> str | None:
    """Ask for one name; None while it is not answered."""
    rows = table("municipalities").set_index("divipola")
    candidates = tuple(dict.fromkeys((*question.candidates, *([given] if given else []))))
    names = {code: f"{rows.at[code, 'name']}, {rows.at[code, 'department']}" for code in candidates}
    options = ["?", *candidates, ""]
    written = ", ".join(part for part in (question.municipality, question.department) if part)
    label = ngettext("“{name}” ({n} row) is:", "“{name}” ({n} rows) is:", question.rows, name=written)
    special = {"?": _("Not answered"), "": _("None of these: leave the rows out")}
    answer = st.selectbox(
        plain(label),
        options,
        options.index("?" if given is None else given),
        format_func=lambda option: {**names, **special}[option],
        key=f"own-place-{question.municipality}-{question.department}",
    )
    return None if answer == "?" else answer


def _severities() -> dict[str, str]:
    return {"error": _("row left out"), "warning": _("row kept")}


def _header() -> list[str]:
    return [_("Row"), _("Column"), _("Value"), _("Outcome"), _("What is wrong"), _("What to do")]


def _rows(checked: Checked) -> list[tuple[object, ...]]:
    severities = _severities()
    return [
        (each.row, each.column, each.value, severities[each.severity], *ownfiles_words.finding(each))
        for each in checked.findings
    ]


def _findings(checked: Checked) -> None:
    severities = _severities()
    order = sorted(checked.counts.items(), key=lambda item: (item[0][1] != "error", -item[1]))
    totals = pd.DataFrame(
        {
            _("What is wrong"): [ownfiles_words.finding_title(code) for (code, _severity), _n in order],
            _("Rows"): [count for _key, count in order],
            _("Outcome"): [severities[severity] for (_code, severity), _n in order],
        }
    )
    st.dataframe(totals, hide_index=True)
    rows = _rows(checked)
    with st.expander(_("Row by row"), expanded=len(rows) <= 20):
        shown = pd.DataFrame(rows[:SHOWN], columns=_header())
        st.dataframe(shown, hide_index=True, height=min(320, 60 + 35 * len(rows)))
    listed = {(each.code, each.severity, each.row) for each in checked.findings}
    if sum(checked.counts.values()) > len(listed):
        words = _("The report lists the first {k} findings; the table above counts all rows.")
        st.caption(words.format(k=number(len(rows))))


def _download_report(checked: Checked) -> None:
    st.download_button(
        _("Download the report (CSV)"),
        lambda: csv_table(_header(), _rows(checked)),
        _("report.csv"),
        "text/csv",
        key="own-report",
        on_click="ignore",
    )


def _download_left_out(source: Source, how: Reading, checked: Checked) -> None:
    """Offer the rows that were left out as they stand in the file, to be corrected and uploaded again."""
    # Read again on the click only: nothing but row numbers is kept of them.
    st.download_button(
        _("Download the rows left out, to correct them (CSV)"),
        lambda: left_out_table(source, how, checked),
        _("rows-left-out.csv"),
        "text/csv",
        key="own-left-out",
        on_click="ignore",
    )


def left_out_table(source: Source, how: Reading, checked: Checked) -> bytes:
    """Return the rows that were left out as CSV: every column of the file, then the row's number and what is wrong."""
    columns, rows = left_out(source, how, checked.rejected)
    header = [*columns, *_own_columns(columns)]
    return csv_table(header, _explained(rows, checked))


def _own_columns(columns: Sequence[str]) -> list[str]:
    return [name if name not in columns else f"{name} (2)" for name in (_("Row"), _("What is wrong"))]


def _explained(rows: Iterator[tuple[int, list[str], list[str]]], checked: Checked) -> Iterator[list[object]]:
    told: dict[tuple[int, str], list[str]] = {}
    for each in checked.findings:
        if each.severity == "error":
            what, todo = ownfiles_words.finding(each)
            where = f"{each.column}: " if each.column else ""
            told.setdefault((each.row, each.code), []).append(f"{where}{what}. {todo}.")
    for row, cells, codes in rows:
        why = [word for code in codes for word in told.get((row, code), [ownfiles_words.finding_title(code)])]
        yield [*cells, row, " ".join(why)]


def _placed(checked: Checked) -> None:
    """Show how every name was understood."""
    places = table("municipalities").set_index("divipola")
    how = {
        "code": _("its code"),
        "name": _("its name"),
        "repaired": _("its name, letters repaired"),
        "answer": _("your answer"),
    }
    with st.expander(_("How the names were matched")):
        listed = pd.DataFrame(
            [
                (
                    each.municipality,
                    each.department,
                    places.at[each.divipola, "name"],
                    places.at[each.divipola, "department"],
                    each.divipola,
                    how[each.how],
                    each.rows,
                )
                for each in checked.placed
            ],
            columns=[
                _("Written"),
                _("Department as written"),
                _("Municipality"),
                _("Department"),
                "DIVIPOLA",
                _("Matched by"),
                _("Rows"),
            ],
        )
        st.dataframe(listed, hide_index=True, height=min(320, 40 + 35 * len(listed)))
