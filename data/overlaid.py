"""The embedded tables with what was downloaded laid over them, made once per state of the user's data folder.

A running process looks at the folder at most twice a second; when another version is in use, the next reader gets it.
Nothing that lies in that folder can stop the application: a version that is damaged is left out, the embedded data
stand for it, and :func:`faults` tells which and why.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data import schemas, snapshots, store

if TYPE_CHECKING:
    import pandas as pd

    from data.snapshots import Snapshot

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
EMBEDDED = "embedded"
PROVENANCE_COLUMNS = (
    "indicator_id", "from", "to", "origin", "publisher", "cut_date", "retrieved_at", "licence", "redistributable",
    "source_id",
)  # fmt: skip
_SERIES = ("indicators", "values_month", "values_year")
_LAID = ("ucdp_events", "massacres_indepaz", "population")
_UNUSABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError)

_LOCK = threading.Lock()
_MAKING = threading.RLock()


@dataclass(frozen=True)
class Overlaid:
    """Tables and what they are made of.

    Attributes
    ----------
    frames
        The tables of :data:`data.store.OVERLAID` by name.
    provenance
        Columns :data:`PROVENANCE_COLUMNS`, one row per stretch of a series: ``origin`` is ``embedded`` or the data
        set's id, ``source_id`` points into the overlaid ``sources``.
    faults
        Data sets whose version in use cannot be used, and why.
    used
        The versions that are laid down.
    """

    frames: Mapping[str, pd.DataFrame]
    provenance: pd.DataFrame
    faults: Mapping[str, str]
    used: Sequence[Snapshot] = ()


@dataclass
class _State:
    looked_at: float = float("-inf")
    folder: str = ""
    generation: str = ""
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    made: tuple[Any, Overlaid] | None = None
    passed_on: tuple[Any, Overlaid] | None = None


_STATE = _State()


def generation() -> str:
    """Short text that changes whenever a download comes into use or goes out of it; empty before the first.

    A state to which one goes back is named anew: what was made under its old name in the moment of the change may
    hold rows of the state after it.
    """
    with _LOCK:
        folder = str(snapshots.root())
        now = time.monotonic()
        if folder != _STATE.folder or now - _STATE.looked_at >= LOOK_SECONDS:
            found = _look()
            if (folder, found) != (_STATE.folder, _STATE.generation):
                _STATE.seen[folder, found] += 1
            _STATE.looked_at, _STATE.folder, _STATE.generation = now, folder, found
        times = _STATE.seen[_STATE.folder, _STATE.generation]
        return _STATE.generation if times < 2 else f"{_STATE.generation}-{times}"


def _look() -> str:
    try:
        return snapshots.generation() if snapshots.any_current() else ""
    except OSError as error:
        LOG.info("The folder of downloads cannot be read: %s", error)
        return ""


def clear() -> None:
    """Forget what was made, and look at the folder again at the next question."""
    with _LOCK:
        _STATE.made = _STATE.passed_on = None
        _STATE.looked_at = float("-inf")


def frames(*, everything: bool) -> Mapping[str, pd.DataFrame] | None:
    """Return the overlaid tables, ``None`` while nothing is downloaded.

    Parameters
    ----------
    everything
        Whether data that may not be passed on are among them.

    Raises
    ------
    data.store.TableError
        An embedded table cannot be used.
    """
    held = _current() if everything else _current_public()
    return None if held is None else held.frames


def provenance() -> pd.DataFrame:
    """Return which stretch of which series comes from where: :data:`PROVENANCE_COLUMNS`.

    Raises
    ------
    data.store.TableError
        An embedded table cannot be used.
    """
    held = _current()
    if held is None:
        return _embedded_stretches((store.path_of("indicators"), store.signature("indicators")))
    return held.provenance


def faults() -> Mapping[str, str]:
    """Return the data sets whose version in use cannot be used, and why; the embedded data stand for them."""
    held = _current()
    return {} if held is None else held.faults


def may_pass_on(indicator_id: str) -> bool:
    """Whether an indicator's figures may leave the user's own screen; true for what is no indicator."""
    rows = provenance()
    return bool(rows.loc[rows["indicator_id"] == indicator_id, "redistributable"].all())


def unused(held: Iterable[Snapshot]) -> dict[str, str]:
    """Return the downloads that no figure of the application comes from, and why.

    ``older``: the embedded data reach further. ``own_list``: the application does not read what it holds (the list of
    municipalities). The versions are taken as one state, for one may continue another.
    """
    whole = list(held)
    indicators, months, years = (store.embedded(name) for name in _SERIES)
    # Which stretch is whose does not depend on the values.
    series = snapshots.overlay(indicators, months.iloc[:0], years.iloc[:0], whole)
    origins = set(series.provenance["origin"])
    idle = [each for each in whole if each.dataset_id not in origins and not snapshots.in_tables(each, store.embedded)]
    return {
        each.dataset_id: "older" if each.indicators or set(_LAID) & set(each.tables) else "own_list" for each in idle
    }


def _key() -> tuple[Any, ...] | None:
    named = generation()
    if not _STATE.generation:
        return None
    return named, _STATE.folder, *(store.signature(name) for name in sorted(store.OVERLAID))


def _current() -> Overlaid | None:
    with _MAKING:
        key = _key()
        if key is None:
            return None
        if _STATE.made is None or _STATE.made[0] != key:
            _STATE.made = (key, _made())
        return _STATE.made[1]


def _current_public() -> Overlaid | None:
    with _MAKING:
        key, whole = _key(), _current()
        if key is None or whole is None:
            return None
        if _STATE.passed_on is None or _STATE.passed_on[0] != key:
            shared = [each for each in whole.used if each.manifest.get("redistributable", True)]
            _STATE.passed_on = (key, whole if len(shared) == len(whole.used) else _laid(shared, whole.faults))
        return _STATE.passed_on[1]


def _made() -> Overlaid:
    usable, told = _usable()
    whole = _fitting(usable, told)
    for dataset_id, why in told.items():
        LOG.error("The download of %s cannot be used; the embedded data stand: %s", dataset_id, why)
    return whole


def _usable() -> tuple[list[Snapshot], dict[str, str]]:
    """Return the versions in use whose files are what their manifests say, and the faults of the others."""
    usable: list[Snapshot] = []
    told: dict[str, str] = {}
    for dataset_id in snapshots.ids():
        try:
            snapshot = snapshots.current(dataset_id)
            damage = _damage(snapshot) if snapshot else ""
        except snapshots.SnapshotError as error:
            snapshot, damage = None, f"{error.fault}: {error.detail}"
        except _UNUSABLE as error:
            snapshot, damage = None, f"{type(error).__name__}: {error}"
        if damage:
            told[dataset_id] = damage
        elif snapshot:
            usable.append(snapshot)
    return usable, told


def _damage(snapshot: Snapshot) -> str:
    """Name the first file that is not the one that was published; empty when all are."""
    for name, digest in snapshot.manifest["content"].items():
        content = (snapshot.directory / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            return f"{name} is not the file that the manifest describes"
    return ""


def _fitting(usable: Sequence[Snapshot], told: dict[str, str]) -> Overlaid:
    """Lay down what fits the tables; note in ``told`` what does not: a version of another edition of this program."""
    try:
        return _laid(usable, told)
    except _UNUSABLE:
        LOG.info("A download does not fit the tables; each is tried alone")
    fitting: list[Snapshot] = []
    for snapshot in usable:
        try:
            _laid([snapshot], {})
            fitting.append(snapshot)
        except store.TableError:
            raise
        except _UNUSABLE as error:
            told[snapshot.dataset_id] = f"{type(error).__name__}: {error}"
    return _laid(fitting, told)


def source_id_of(dataset_id: str) -> str:
    """Return the id under which a download stands in ``sources``: the embedded rows may bear the data set's own."""
    return f"{dataset_id}.download"


def _laid(used: Sequence[Snapshot], told: Mapping[str, str]) -> Overlaid:
    cited = [replace(snapshot, dataset_id=source_id_of(snapshot.dataset_id)) for snapshot in used]
    indicators, values_month, values_year = (store.embedded(name) for name in _SERIES)
    series = snapshots.overlay(indicators, values_month, values_year, cited)
    stretches = _cited(series.provenance)
    laid: dict[str, pd.DataFrame] = {
        "indicators": _credited(series.indicators, stretches),
        "values_month": series.values_month,
        "values_year": series.values_year,
        "sources": _sources(cited),
    }
    for name in _LAID:
        laid[name] = snapshots.overlay_table(name, store.embedded(name), cited)
    laid["values_unplaced"] = _unplaced(stretches, laid["ucdp_events"], laid["massacres_indepaz"])
    for name, frame in laid.items():
        declared = store.embedded(name)
        if list(frame.columns) != list(declared.columns) or not (frame.dtypes == declared.dtypes).all():
            raise ValueError(f"table {name} would not have its declared columns")
    return Overlaid(laid, stretches, told, tuple(used))


def _cited(stretches: pd.DataFrame) -> pd.DataFrame:
    """Add where each stretch is cited from, and call the data sets by their own ids again."""
    ids = store.embedded("indicators").set_index("indicator_id")["source_id"]
    own = stretches["origin"] == EMBEDDED
    cited = stretches["origin"].mask(own, stretches["indicator_id"].map(ids))
    origin = stretches["origin"].str.removesuffix(".download")
    cut = stretches["cut_date"].astype(object).where(stretches["cut_date"].notna(), None)
    return stretches.assign(source_id=cited, origin=origin, cut_date=cut).reindex(columns=list(PROVENANCE_COLUMNS))


@lru_cache(maxsize=2)
def _embedded_stretches(_signature: object) -> pd.DataFrame:
    import pandas as pd

    rows = store.embedded("indicators")
    columns = {
        "indicator_id": rows["indicator_id"],
        "from": rows["first"],
        "to": rows["last"],
        "origin": EMBEDDED,
        "publisher": rows["publisher"],
        "cut_date": None,
        "retrieved_at": "",
        "licence": "",
        "redistributable": True,
        "source_id": rows["source_id"],
    }
    return pd.DataFrame(columns)[list(PROVENANCE_COLUMNS)]


def _credited(indicators: pd.DataFrame, stretches: pd.DataFrame) -> pd.DataFrame:
    """Name all publishers of a series in order of time, cite it from its latest stretch, and tell its holes."""
    import pandas as pd

    by_time = stretches.sort_values("from").groupby("indicator_id", sort=False)
    publishers = by_time["publisher"].agg(lambda names: " / ".join(dict.fromkeys(names)))
    latest = by_time["source_id"].last()
    columns: dict[str, Any] = {
        "publisher": indicators["indicator_id"].map(publishers),
        "source_id": indicators["indicator_id"].map(latest),
    }
    texts = [column.name for column in schemas.TABLES["indicators"].columns if column.kind == "text"]
    columns |= {name: indicators[name].fillna("") for name in texts if name not in columns}
    held = dict(zip(indicators["indicator_id"], indicators["frequency"], strict=True))
    holes = {str(each): _holes(rows, str(held[each])) for each, rows in by_time if len(rows) > 1}
    for column, position in (("gaps", 0), ("incomplete", 1)):
        more = pd.Series([holes.get(str(each), ("", ""))[position] for each in indicators["indicator_id"]])
        columns[column] = (columns[column] + ";" + more.set_axis(indicators.index)).str.strip(";")
    types = {name: indicators[name].dtype for name in columns}
    whole = indicators.assign(**columns).astype(types)
    return whole.assign(**_closed(whole)).astype(indicators.dtypes.to_dict())


def _unplaced(stretches: pd.DataFrame, events: pd.DataFrame, massacres: pd.DataFrame) -> pd.DataFrame:
    """Return ``values_unplaced`` with the counts of each downloaded stretch in place of those of the older vintage."""
    import pandas as pd

    held = store.embedded("values_unplaced")
    rows = stretches[stretches["origin"] != EMBEDDED]
    fresh = pd.concat([_unplaced_events(events), _unplaced_massacres(massacres)])
    kept, added = pd.Series(True, index=held.index), []
    for indicator_id, first, last in zip(rows["indicator_id"], rows["from"], rows["to"], strict=True):
        kept &= ~((held["indicator_id"] == indicator_id) & held["month"].between(first, last))
        added.append(fresh[(fresh["indicator_id"] == indicator_id) & fresh["month"].between(first, last)])
    whole = pd.concat([held[kept], *added]).reindex(columns=list(held.columns)).astype(held.dtypes.to_dict())
    return whole.sort_values(["indicator_id", "department_code", "month"], ignore_index=True) if added else held


def _unplaced_events(events: pd.DataFrame) -> pd.DataFrame:
    """Return what UCDP places in no municipality, counted as the indicators are: provisional events are left out."""
    import pandas as pd

    rows = events[events["divipola"].isna() & ~events["provisional"]]
    keys = ["type_of_violence", "department_code", "month"]
    sums = rows.groupby(keys, dropna=False, as_index=False)[["events", "deaths"]].sum()
    kind = sums["type_of_violence"].map({1: "state_based", 2: "non_state", 3: "one_sided"})
    counts = sums.assign(indicator_id="ucdp_" + kind, value=sums["events"])
    deaths = sums.assign(indicator_id="ucdp_deaths_" + kind, value=sums["deaths"])
    return pd.concat([counts, deaths[deaths["value"] > 0]])


def _unplaced_massacres(massacres: pd.DataFrame) -> pd.DataFrame:
    """Return what INDEPAZ places in no municipality."""
    rows = massacres[massacres["divipola"].isna() & ~massacres["duplicate"]]
    month = rows["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[s]")
    counts = month.value_counts()
    return counts.rename_axis("month").reset_index(name="value").assign(indicator_id="massacres_indepaz")


def _closed(indicators: pd.DataFrame) -> dict[str, pd.Series]:
    """Return ``breaks`` and the notes on them without the breaks after gaps that a download closed.

    Before and after such a gap two vintages met; the download is one of both sides. Other breaks are the publisher's
    own and stay.
    """
    import pandas as pd

    before = store.embedded("indicators").set_index("indicator_id")
    columns: dict[str, list[str]] = {"breaks": [], "break_note_es": [], "break_note_en": []}
    for row in indicators.to_dict("records"):
        old = before.loc[row["indicator_id"]] if row["indicator_id"] in before.index else None
        gone = _after_gaps(old["gaps"]) - _after_gaps(row["gaps"]) if old is not None else set()
        left = [day for day in str(row["breaks"]).split(";") if day and day not in gone]
        own = set() if old is None else set(str(old["breaks"]).split(";"))
        columns["breaks"].append(";".join(left))
        for name in ("break_note_es", "break_note_en"):
            note = str(row[name])
            obsolete = bool(gone) and old is not None and not own & set(left)
            columns[name].append(note.removeprefix(str(old[name])).strip() if obsolete and old is not None else note)
    return {name: pd.Series(cells, index=indicators.index) for name, cells in columns.items()}


def _after_gaps(gaps: Any) -> set[str]:
    """Return the day after each gap, in ISO form."""
    ends = [part.split("/")[1] for part in str(gaps).split(";") if "/" in part]
    return {(dt.date.fromisoformat(end) + dt.timedelta(days=1)).isoformat() for end in ends}


def _holes(rows: pd.DataFrame, frequency: str) -> tuple[str, str]:
    """Return what lies between the stretches of a series: whole periods nobody covers, and periods covered in part.

    ``from/to`` in ISO days, separated by semicolons, as in columns ``gaps`` and ``incomplete``.
    """
    unit = {"month": "M", "year": "Y"}.get(frequency)
    if unit is None:
        return "", ""
    gaps, partial = [], []
    for end, start in zip(rows["to"].iloc[:-1], rows["from"].iloc[1:], strict=True):
        period, following = end.to_period(unit), start.to_period(unit)
        if following > period and end.normalize() != period.end_time.normalize():
            partial.append(f"{period.start_time:%Y-%m-%d}/{end:%Y-%m-%d}")
        if following > period + 1:
            gaps.append(f"{(period + 1).start_time:%Y-%m-%d}/{(following - 1).end_time:%Y-%m-%d}")
    return ";".join(gaps), ";".join(partial)


def _sources(cited: Iterable[Snapshot]) -> pd.DataFrame:
    """Return the table ``sources`` with one row more per download."""
    import pandas as pd

    held = store.embedded("sources")
    rows = []
    for row in snapshots.sources_rows(cited):
        day = pd.Timestamp(row["date_text"]) if row["date_text"] else pd.NaT
        rows.append({"via": "", "date_inferred": False, "weak": False, "date_from": day, "date_to": day, **row})
    if not rows:
        return held
    more = pd.DataFrame(rows).reindex(columns=list(held.columns)).astype(held.dtypes.to_dict())
    return pd.concat([held, more], ignore_index=True)
