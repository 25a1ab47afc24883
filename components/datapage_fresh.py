"""The section on freshness: what is embedded, what is downloaded, what failed, and how to refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from components import datapage_refresh, datapage_rows
from components import datapage_words as words
from components.datapage_refresh import JOB, Progress
from components.datapage_rows import SetState
from components.i18n import _, day, language, ngettext, number
from components.markup import details, link, text

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
    st.dataframe(
        datapage_rows.freshness_table(states),
        key=f"datapage-freshness-{language()}",
        hide_index=True,
        height=420,
        column_config={
            _("Page"): st.column_config.LinkColumn(display_text=r"https?://([^/]+)"),
            _("Rows"): st.column_config.TextColumn(alignment="right"),
            _("Left out"): st.column_config.TextColumn(alignment="right"),
        },
    )
    left, right = st.columns(2, gap="large")
    with left:
        _how()
    with right:
        _button(states)


def headline(states: Sequence[SetState]) -> str:
    """Return in a sentence how much was downloaded, and when last."""
    held = [state for state in states if state.manifest]
    if not held:
        return _("Nothing has been downloaded to this machine: all figures are the embedded ones")
    newest = max(str((state.manifest or {}).get("retrieved_at", ""))[:10] for state in held)
    return _(
        "{n} of {total} data sets downloaded, most recently on {date}",
        n=number(len(held)),
        total=number(len(states)),
        date=day(date.fromisoformat(newest)) if newest else "—",
    )


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
    more = details(text(_("Details")), f"<code>{text(detail)}</code>") if detail else ""
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
            "`--rollback` goes back to the version before. All of it is described in docs/refresh.md."
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
    names = {state.dataset.dataset_id: f"{state.dataset.publisher}: {state.title}" for state in states}
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
        dataset=progress.dataset,
        step=words.step(progress.step),
        amount=amount,
    )


def result_html(progress: Progress) -> str:
    """Return how many data sets went which way, and behind a fold what failed, as escaped HTML."""
    if progress.refused == "busy":
        return f'<p class="trouble">{text(_("Another update is running; try again in a while."))}</p>'
    if progress.refused:
        return f'<p class="trouble">{text(_("The refresh failed; the fault is in the server log."))}</p>'
    counts = Counter(each.outcome for each in progress.outcomes)
    said = " · ".join(f"{words.outcome(code)}: {number(amount)}" for code, amount in counts.items())
    failed = "".join(
        f"<li><b>{text(each.dataset_id)}</b>: {text(words.fault(each.fault))} {text(words.advice(each.advice))}</li>"
        for each in progress.outcomes
        if each.outcome == "failed"
    )
    body = failed and details(text(_("What failed")), f'<ul class="chart-notes">{failed}</ul>')
    return f'<div class="outcome"><p>{text(said)}</p>{body}</div>'
