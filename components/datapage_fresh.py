"""The section on freshness: what is embedded, what is downloaded, what failed, and how to refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import datapage_refresh, datapage_rows
from components import datapage_words as words
from components.datapage_refresh import JOB, Progress
from components.datapage_rows import LeftOut, SetState
from components.i18n import _, day, language, ngettext, number
from components.markup import details, link, text
from components.rows import records
from data.refresh import MUCH_NOT_SAID
from data.sources.catalogue import DATASETS

if TYPE_CHECKING:
    import pandas as pd

EVERY_SECONDS = 1.0
MOST_OPEN = 3
COMMAND = "python -m data.refresh"


def freshness(title: Callable[[str, str], None]) -> None:
    """Draw the section."""
    states = datapage_rows.data_sets()
    title(headline(states), _("Whatever fails, the version in use stays; embedded data never disappear."))
    trouble = trouble_html(states)
    if trouble:
        st.html(trouble)
    st.html(table_html(datapage_rows.freshness_table(states)))
    _left_out(datapage_rows.left_out(states))
    left, right = st.columns(2, gap="large")
    with left:
        _how()
    with right:
        _button(states)


def headline(states: Sequence[SetState]) -> str:
    """Return in a sentence how much of what was downloaded is in use, and when it came."""
    held = [state for state in states if state.manifest]
    used = [state for state in held if state.in_use]
    if not held:
        return _("Nothing has been downloaded to this machine: all figures are the embedded ones")
    newest = max(str((state.manifest or {}).get("retrieved_at", ""))[:10] for state in (used or held))
    said = _(
        "{n} of {total} data sets downloaded and in use, most recently on {date}",
        n=number(len(used)),
        total=number(len(states)),
        date=day(date.fromisoformat(newest)) if newest else "—",
    )
    idle = len(held) - len(used)
    return f"{said}; {ngettext('{n} more kept, not in use', '{n} more kept, not in use', idle)}" if idle else said


def table_html(rows: pd.DataFrame) -> str:
    """Return the data sets as an escaped HTML table whose cells break instead of being cut."""
    shown = [name for name in rows.columns if name not in {_("Publisher"), _("Page"), _("Identifier")}]
    amounts = {_("Rows"), _("Left out")}
    head = "".join(f'<th scope="col"{_right(name in amounts)}>{text(name)}</th>' for name in shown)
    body = "".join(
        f"<tr>{_set_cell(row)}" + "".join(_cell(name, row[name], name in amounts) for name in shown[1:]) + "</tr>"
        for row in records(rows)
    )
    label = text(_("Data sets and their versions"))
    return (
        f'<div class="sets" role="region" tabindex="0" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _right(amount: bool) -> str:
    return ' class="amount"' if amount else ""


def _cell(name: str, said: str, amount: bool) -> str:
    """Return a cell that bears its column's name for narrow screens, where rows become lists."""
    kinds = [*(["amount"] if amount else []), *(["nothing"] if said == "—" else [])]
    styled = f' class="{" ".join(kinds)}"' if kinds else ""
    return f'<td{styled} data-label="{text(name)}">{text(said)}</td>'


def _set_cell(row: Mapping[str, Any]) -> str:
    return (
        f'<th scope="row">{link(row[_("Page")], row[_("Data set")])}'
        f"<small>{text(row[_('Publisher')])} · <code>{text(row[_('Identifier')])}</code></small></th>"
    )


def _left_out(lists: Sequence[LeftOut]) -> None:
    """Draw which rows were left out, why, and their lists to take away."""
    if not lists:
        return
    head = ngettext("Rows left out of {n} data set", "Rows left out of {n} data sets", len(lists))
    with st.expander(head):
        st.caption(_("Nothing is guessed: what cannot be placed or read is listed with its file, row and reason."))
        for each in lists:
            dataset_id = each.state.dataset.dataset_id
            with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
                st.html(left_out_html(each))
                if each.read:
                    st.download_button(
                        "CSV",
                        each.read,
                        file_name=f"{dataset_id}-{'failed' if each.failed else 'left-out'}.csv",
                        mime="text/csv",
                        on_click="ignore",
                        key=f"datapage-left-{dataset_id}-{each.failed}",
                        help=_("The rows left out of {dataset}", dataset=each.state.title),
                    )


def left_out_html(left: LeftOut) -> str:
    """Return how many rows of a data set were left out for which reason, as escaped HTML."""
    total = sum(left.reasons.values())
    if left.failed:
        amount = _("{n} rows of the attempt that failed", n=number(total))
    else:
        amount = _("{n} of {total} rows", n=number(total), total=number(left.rows or 0))
    unknown = left.place_not_said
    warning = ""
    if left.rows and unknown > MUCH_NOT_SAID * left.rows:
        share = _(
            "The publisher does not know the municipality of {n} rows ({percent} %): "
            "they are on no map and in no total.",
            n=number(unknown),
            percent=number(100 * unknown / left.rows, 0),
        )
        warning = f' <b class="much">{text(share)}</b>'
    title = f"<b>{text(left.state.title)}</b> ({text(left.state.dataset.publisher)}): {text(amount)}"
    return f'<p class="left-out">{title} ({text(left.sentence)}).{warning}</p>'


def trouble_html(states: Sequence[SetState]) -> str:
    """Return what failed and what to do as escaped HTML; empty when nothing did."""
    failed = [state for state in states if state.failed]
    if not failed:
        return ""
    head = ngettext("{n} data set could not be refreshed", "{n} data sets could not be refreshed", len(failed))
    rows = f"<ul>{''.join(f'<li>{_trouble(state)}</li>' for state in failed)}</ul>"
    body = f"<h2>{text(head)}</h2>{rows}" if len(failed) <= MOST_OPEN else details(f"<b>{text(head)}</b>", rows)
    return f'<section class="trouble" role="status">{body}</section>'


def _trouble(state: SetState) -> str:
    said = f"<b>{link(state.dataset.page, state.title)}</b> ({text(state.dataset.publisher)}): "
    detail = state.damage or str(state.attempt.get("detail", ""))
    more = details(text(_("Technical detail, in English")), f'<code lang="en">{text(detail)}</code>') if detail else ""
    return f"{said}{text(datapage_rows.trouble(state))}{more}"


def _how() -> None:
    st.html(f'<h2 class="datapage-sub">{text(_("How to refresh"))}</h2>')
    st.markdown(
        _(
            "Whoever runs the application refreshes it from its folder, by hand or every month by cron; running "
            "sessions take up the new data without a restart:"
        )
    )
    st.code(f"{COMMAND}\n{COMMAND} --list\n{COMMAND} --offline-dir ~/Downloads", language="sh")
    st.markdown(
        _(
            "When a publisher refuses, download its file in a browser and pass its folder with `--offline-dir`. "
            "`--rollback` goes back to the version before. All of it is described in the project's file "
            "`docs/refresh.md`."
        )
    )


def _button(states: Sequence[SetState]) -> None:
    st.html(f'<h2 class="datapage-sub">{text(_("Refresh from here"))}</h2>')
    if not datapage_refresh.allowed():
        st.markdown(_("Turned off on this server. The operator turns it on with `PAZ_ALLOW_REFRESH=1`."))
        return
    if datapage_refresh.offline():
        st.markdown(_("Downloads are forbidden on this server (`PAZ_OFFLINE=1`)."))
        return
    names = {state.dataset.dataset_id: _name(state.dataset.dataset_id) for state in states}
    progress = JOB.progress()
    if progress.running:
        _live()
        return
    choices = datapage_refresh.selectable()
    wanted = st.multiselect(
        _("Data sets"),
        choices,
        format_func=lambda name: names[name],
        placeholder=_("All that need no account"),
        key="datapage-refresh-sets",
    )
    if st.button(_("Refresh now"), type="primary", key="datapage-refresh"):
        JOB.start(wanted or choices)
        st.rerun()
    if progress.wanted:
        st.html(result_html(progress))


@st.fragment(run_every=EVERY_SECONDS)
def _live() -> None:
    progress = JOB.progress()
    if not progress.running:
        st.rerun()
    st.progress(progress.share, text=_line(progress))
    if progress.outcomes:
        st.html(result_html(progress))


def _line(progress: Progress) -> str:
    amount = ""
    if progress.step == "download" and progress.done:
        amount = f" {number(progress.done)}" + (f" / {number(progress.total)}" if progress.total else "")
    return _(
        "{n} of {total}: {dataset}, {step}{amount}",
        n=number(min(len(progress.outcomes) + 1, len(progress.wanted))),
        total=number(len(progress.wanted)),
        dataset=_name(progress.dataset),
        step=words.step(progress.step),
        amount=amount,
    )


def result_html(progress: Progress) -> str:
    """Return how many data sets went which way, and behind a fold what failed, as escaped HTML."""
    if progress.refused == "busy":
        return f'<p class="trouble">{text(_("Another update is running; try again in a while."))}</p>'
    if progress.refused:
        return f'<p class="trouble">{text(_("The refresh failed; the fault is in the server log."))}</p>'
    counts = Counter("held" if each.unused else each.outcome for each in progress.outcomes)
    said = " · ".join(f"{words.outcome(code)}: {number(amount)}" for code, amount in counts.items())
    failed = "".join(
        f"<li><b>{text(_name(each.dataset_id))}</b>: "
        f"{text(words.fault(each.fault))} {text(words.advice(each.advice))}</li>"
        for each in progress.outcomes
        if each.outcome == "failed"
    )
    body = failed and details(text(_("What failed")), f'<ul class="chart-notes">{failed}</ul>')
    return f'<div class="outcome"><p>{text(said)}</p>{body}</div>'


def _name(dataset_id: str) -> str:
    """Return a data set as people call it."""
    dataset = DATASETS.get(dataset_id)
    if dataset is None:
        return dataset_id
    return f"{dataset.publisher}: {dataset.title_es if language() == 'es' else dataset.title_en}"
