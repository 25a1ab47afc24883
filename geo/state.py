"""Who is reported where at a date: evidence, groups and cells.

Every presence row is an interval that a source attests, ``[valid_from, attested_to]``, both ends included. At a date
*D* with a window of *n* months a row **counts** when ::

    valid_from <= D   and   attested_to >= D - n months

where subtracting months keeps the day of the month and clips it to the month's end (31 March less one month is
28 February). Counting is not claiming: the row's age says how old the claim is, ::

    age = D - min(attested_to, last day of the source's date)      never below zero

so a row of a yearly snapshot never looks fresher than the publication that holds it. Levels are
presence < influence < control; ``dispute`` is no level: it marks the place as disputed and proves at least presence.
A place without rows is *not reported*, never peaceful.

Three functions, each of which reads the answer of the one before: :func:`evidence_at`, :func:`groups_at`,
:func:`cells_at`. All are pure; frames passed in are never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, cast, overload

import numpy as np
import pandas as pd

DEFAULT_WINDOW_MONTHS = 24
AGED_AFTER_MONTHS = 12
LEVELS: tuple[str, ...] = ("presence", "influence", "control")
LEVEL_RANK: dict[str, int] = {"dispute": 0, "presence": 0, "influence": 1, "control": 2}
CONFIDENCES: tuple[str, ...] = ("low", "medium", "high")
FAMILY_ORDER: tuple[str, ...] = (
    "farc", "eln", "comuneros", "emc", "embf", "sm_cneb", "egc", "acsn", "other", "unattributed",
)  # fmt: skip
UNATTRIBUTED = "unattributed"

GROUP_COLUMNS = (
    "divipola", "group_id", "level", "disputed", "unnamed_rival", "since", "newest", "evidence_age_days", "aged",
    "confidence", "publishers",
)  # fmt: skip
CELL_COLUMNS = ("divipola", "families", "disputed", "group_count", "aged", "evidence_age_days", "newest")


@overload
def months_before(day: pd.Timestamp, months: int) -> pd.Timestamp: ...
@overload
def months_before(day: pd.DatetimeIndex, months: int) -> pd.DatetimeIndex: ...
def months_before(day: Any, months: int) -> Any:
    """Subtract months, clipping to the end of the month.

    Parameters
    ----------
    day
        One day or a :class:`pandas.DatetimeIndex`.
    months
        How many, zero or more.
    """
    return day - pd.DateOffset(months=months)


def evidence_at(
    presence: pd.DataFrame,
    on: date,
    window_months: int = DEFAULT_WINDOW_MONTHS,
    *,
    groups: Collection[str] = (),
    publishers: Collection[str] = (),
    min_confidence: str = "low",
    sources: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Presence rows that count at a date.

    Parameters
    ----------
    presence
        Table ``presence``.
    on
        The date.
    window_months
        Evidence window in months; 0 keeps only what is attested on the day itself.
    groups, publishers
        Keep only these group ids, only these publishers; empty keeps all.
    min_confidence
        Floor: ``low`` keeps all, ``medium`` drops low, ``high`` keeps only high.
    sources
        Table ``sources``: gives each row's publisher and the last day its source's date may mean. ``None`` reads the
        embedded table.

    Returns
    -------
    pandas.DataFrame
        The rows of `presence`, index kept, plus

        - ``publisher``;
        - ``newest``: last day on which the evidence speaks (``min(attested_to, source date, on)``);
        - ``evidence_age_days``: whole days from ``newest`` to `on`, zero or more;
        - ``aged``: the evidence is more than twelve months old;
        - ``unnamed_rival``: a dispute whose source names only this group.

    Raises
    ------
    ValueError
        The window is negative or the confidence is not one of :data:`CONFIDENCES`.
    """
    day = pd.Timestamp(on)
    rows = prepare(presence, sources, groups=groups, publishers=publishers, min_confidence=min_confidence)
    first, last = counting_span(rows, pd.DatetimeIndex([day]), window_months)
    rows = rows[first <= last]
    newest = rows["speaks_to"].where(rows["speaks_to"] <= day, day)
    return rows.drop(columns="speaks_to").assign(
        newest=newest,
        evidence_age_days=(day - newest).dt.days.astype("int64"),
        aged=newest < months_before(day, AGED_AFTER_MONTHS),
    )


def prepare(
    presence: pd.DataFrame,
    sources: pd.DataFrame | None = None,
    *,
    groups: Collection[str] = (),
    publishers: Collection[str] = (),
    min_confidence: str = "low",
) -> pd.DataFrame:
    """Presence rows after the filters that do not depend on a date.

    Returns
    -------
    pandas.DataFrame
        `presence` with ``attested_to`` never null, ``publisher``, ``speaks_to`` (the earlier of ``attested_to`` and
        the source's last day) and ``unnamed_rival``. Rivals are looked for before filtering: hiding one side of a
        dispute does not make it unnamed.
    """
    if min_confidence not in CONFIDENCES:
        raise ValueError(f"min_confidence must be one of {', '.join(CONFIDENCES)}, not {min_confidence!r}")
    by_id = (_embedded_sources() if sources is None else sources).set_index("source_id")
    # A row without any last day is attested on its first day, and no further.
    attested_to = presence["attested_to"].fillna(presence["valid_from"])
    published = presence["source_id"].map(by_id["date_to"])
    rows = presence.assign(
        attested_to=attested_to,
        publisher=presence["source_id"].map(by_id["publisher"]),
        speaks_to=attested_to.where(published.isna() | (attested_to <= published), published),
        unnamed_rival=_has_unnamed_rival(presence),
    )
    keep = np.ones(len(rows), dtype=bool)
    if groups:
        keep &= rows["group_id"].isin(list(groups)).to_numpy()
    if publishers:
        keep &= rows["publisher"].isin(list(publishers)).to_numpy()
    if min_confidence != CONFIDENCES[0]:
        keep &= rows["confidence"].isin(CONFIDENCES[CONFIDENCES.index(min_confidence) :]).to_numpy()
    return rows[keep]


def counting_span(rows: pd.DataFrame, days: pd.DatetimeIndex, window_months: int) -> tuple[np.ndarray, np.ndarray]:
    """Between which of the given days each row counts.

    Parameters
    ----------
    rows
        Answer of :func:`prepare`.
    days
        Increasing days.
    window_months
        Evidence window in months.

    Returns
    -------
    tuple of numpy.ndarray
        Positions in `days` of the first and the last day on which the row counts; the row counts on none of them
        where the first is greater than the last.
    """
    if window_months < 0:
        raise ValueError(f"the evidence window cannot be negative: {window_months} months")
    cutoffs = months_before(days, window_months)
    first = days.searchsorted(cast("Any", rows["valid_from"].to_numpy()), side="left")
    last = cutoffs.searchsorted(cast("Any", rows["attested_to"].to_numpy()), side="right") - 1
    return np.asarray(first), np.asarray(last)


def groups_at(evidence: pd.DataFrame) -> pd.DataFrame:
    """Groups reported in each municipality: one row per municipality and group.

    Parameters
    ----------
    evidence
        Answer of :func:`evidence_at`.

    Returns
    -------
    pandas.DataFrame
        Sorted by ``divipola`` and ``group_id``, with

        - ``level``: the highest reported within the window (``presence``, ``influence``, ``control``);
        - ``disputed``: at least one row says dispute;
        - ``unnamed_rival``: of a dispute in which the source names nobody else;
        - ``since``: first day attested by the rows that count (an arrival it is not);
        - ``newest``, ``evidence_age_days``, ``aged``: of the freshest row;
        - ``confidence``: of the best row;
        - ``publishers``: tuple of publishers, sorted.
    """
    keys = ["divipola", "group_id"]
    ranked = evidence.assign(
        rank=evidence["level"].map(LEVEL_RANK),
        disputed=evidence["level"] == "dispute",
        trust=evidence["confidence"].map({name: rank for rank, name in enumerate(CONFIDENCES)}),
    )
    frame = (
        ranked.groupby(keys, sort=True)
        .agg(
            rank=("rank", "max"),
            disputed=("disputed", "any"),
            unnamed_rival=("unnamed_rival", "any"),
            since=("valid_from", "min"),
            newest=("newest", "max"),
            evidence_age_days=("evidence_age_days", "min"),
            aged=("aged", "all"),
            trust=("trust", "max"),
        )
        .reset_index()
    )
    named = evidence.drop_duplicates([*keys, "publisher"]).sort_values([*keys, "publisher"])
    publishers = named.groupby(keys, sort=True)["publisher"].agg(tuple)
    return frame.assign(
        level=frame["rank"].map(dict(enumerate(LEVELS))).astype("str"),
        confidence=frame["trust"].map(dict(enumerate(CONFIDENCES))).astype("str"),
        publishers=pd.Series(publishers.to_numpy(), index=frame.index, dtype="object"),
    )[list(GROUP_COLUMNS)]


def cells_at(groups_at_frame: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """What the map paints: one row per municipality where somebody is reported.

    Parameters
    ----------
    groups_at_frame
        Answer of :func:`groups_at`.
    groups
        Table ``groups``: gives each group's family. A group that is not in it is unattributed.

    Returns
    -------
    pandas.DataFrame
        Sorted by ``divipola``, with

        - ``families``: tuple of ``(family, level)``, highest level first, then in :data:`FAMILY_ORDER`; a dispute in
          which nobody else is named adds ``("unattributed", "presence")``;
        - ``disputed``: any group's presence is disputed here;
        - ``group_count``: how many groups the evidence names, as the sources name them (placeholders included);
        - ``aged``: the newest evidence is more than twelve months old;
        - ``evidence_age_days``, ``newest``: of the newest evidence.
    """
    family_of = groups.set_index("group_id")["family"]
    members = groups_at_frame.assign(
        family=groups_at_frame["group_id"].map(family_of).fillna(UNATTRIBUTED),
        rank=groups_at_frame["level"].map(LEVEL_RANK),
    )
    rivals = members.loc[members["unnamed_rival"], ["divipola"]].assign(family=UNATTRIBUTED, rank=0)
    families = (
        pd.concat([members[["divipola", "family", "rank"]], rivals])
        .groupby(["divipola", "family"], sort=True)["rank"]
        .max()
        .reset_index()
    )
    summary = members.groupby("divipola", sort=True).agg(
        disputed=("disputed", "any"),
        group_count=("group_id", "size"),
        aged=("aged", "all"),
        evidence_age_days=("evidence_age_days", "min"),
        newest=("newest", "max"),
    )
    painted: dict[str, list[tuple[str, int]]] = {}
    for divipola, family, rank in families.itertuples(index=False):
        painted.setdefault(divipola, []).append((family, rank))
    ordered = pd.Series({code: order_families(pairs) for code, pairs in painted.items()}, dtype="object")
    return summary.assign(families=ordered.reindex(summary.index)).reset_index()[list(CELL_COLUMNS)]


def order_families(pairs: Collection[tuple[str, int]]) -> tuple[tuple[str, str], ...]:
    """Put a cell's families in the order in which they are drawn.

    Parameters
    ----------
    pairs
        Family and rank of its level (position in :data:`LEVELS`).

    Returns
    -------
    tuple
        ``(family, level)``: highest level first, then :data:`FAMILY_ORDER`.
    """
    ordered = sorted(pairs, key=lambda pair: (-pair[1], FAMILY_ORDER.index(pair[0])))
    return tuple((family, LEVELS[rank]) for family, rank in ordered)


def _has_unnamed_rival(presence: pd.DataFrame) -> np.ndarray:
    """Whether a row is a dispute in which its source, for that place and day, names nobody else."""
    disputes = presence[presence["level"] == "dispute"]
    named = disputes.groupby(["divipola", "source_id", "valid_from"], dropna=False)["group_id"].transform("nunique")
    return (named == 1).reindex(presence.index, fill_value=False).to_numpy()


def _embedded_sources() -> pd.DataFrame:
    from data.store import table

    return table("sources")
