"""UCDP's georeferenced events: the yearly release and the monthly candidates, both without a key.

Where an event lies (rules that follow UCDP's own precision, because its points do not follow municipal borders):

===============  =====================================================================================================
``where_prec``   municipality
===============  =====================================================================================================
1, 2             the one around the point, unless it is in another department than ``adm_1``: then the one named by
                 ``adm_2`` in ``adm_1``, else none
3                the one named by ``adm_2`` in ``adm_1``
4 and more       none; the department is ``adm_1`` (6 and 7: the country only, no department)
===============  =====================================================================================================

Without a way to look up points, 1 and 2 go by name as well, and the manifest says how many. An event counts in the
month in which it began. A municipality without a row had *no lethal event recorded*, which is not the same as none.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.sources import values
from data.sources.fetch import Fetch
from data.sources.http import Client, PublisherError
from data.sources.model import (
    Dataset,
    Parsed,
    Parsing,
    RawFile,
    Rejections,
    SourceError,
    monthly,
    stacked,
)
from data.sources.tabular import decode, require

PUBLISHER = "UCDP"
HOST = "https://ucdp.uu.se/downloads"
COUNTRY_ID = "100"
FIRST_RELEASE = 26
TYPES = {1: "state_based", 2: "non_state", 3: "one_sided"}
COLUMNS = (
    "id", "year", "type_of_violence", "side_a", "side_b", "where_prec", "adm_1", "adm_2", "latitude", "longitude",
    "country", "country_id", "date_prec", "date_start", "date_end", "best",
)  # fmt: skip
_CHUNK = 40_000


def release_of(name: str) -> tuple[str, bool]:
    """Return a file's release, as people cite it, and whether it is a candidate release; told by the file's name.

    >>> release_of("GEDEvent_v26_1.csv"), release_of("GEDEvent_v26_01_26_06.csv"), release_of("GEDEvent_v26_0_8.csv")
    (('GED 26.1', False), ('candidate 26.01.26.06', True), ('candidate 26.0.8', True))
    """
    found = re.search(r"v(\d{2})_([\d_]+)", name)
    if found:
        version = f"{found[1]}.{found[2].strip('_').replace('_', '.')}"
        return (f"GED {version}", False) if re.fullmatch(r"\d{2}\.[1-9]", version) else (f"candidate {version}", True)
    zipped = re.search(r"ged(\d{2})(\d)", name)
    return (f"GED {zipped[1]}.{zipped[2]}", False) if zipped else ("GED (release not named)", False)


def events_of(data: bytes, name: str) -> pd.DataFrame:
    """Read Colombia's events out of a CSV or of the zip that holds one.

    The world's file has some 400,000 records of 49 columns: it is read in pieces. Columns are found by name, never
    by position; a second line of HXL tags is skipped; quoted line breaks and CRLF are the reader's business.

    Returns
    -------
    pandas.DataFrame
        Text columns :data:`COLUMNS`, ``code_status`` (empty where a release has none), ``row`` (record in the
        file), ``release``, ``candidate``.
    """
    release, candidate = release_of(name)
    parts, seen = [], 0
    for chunk in _chunks(data):
        require(chunk, COLUMNS)
        chunk["row"] = np.arange(seen + 2, seen + 2 + len(chunk))
        seen += len(chunk)
        here = (chunk["country_id"].str.strip() == COUNTRY_ID) | (
            chunk["country"].str.strip().str.casefold() == "colombia"
        )
        kept = chunk.loc[here & ~chunk["id"].str.startswith("#")]
        status = kept["code_status"] if "code_status" in kept else pd.Series("", index=kept.index)
        parts.append(kept[[*COLUMNS, "row"]].assign(code_status=status, release=release, candidate=candidate))
    if not parts:
        raise SourceError("no_rows", f"{name}: no record")
    return pd.concat(parts, ignore_index=True)


def _chunks(data: bytes) -> Iterator[pd.DataFrame]:
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                inside = [member for member in archive.namelist() if member.casefold().endswith(".csv")]
                if len(inside) != 1:
                    raise SourceError(
                        "not_a_table", f"the archive holds {', '.join(archive.namelist()[:5]) or 'nothing'}"
                    )
                with archive.open(inside[0]) as handle:
                    yield from _csv_chunks(io.TextIOWrapper(handle, encoding="utf-8-sig", errors="replace", newline=""))
        except zipfile.BadZipFile as error:
            raise SourceError("unreadable", f"a damaged archive: {error}") from error
        return
    if data[:200].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise SourceError("not_a_table", f"the file starts {data[:60]!r}")
    yield from _csv_chunks(io.StringIO(decode(data), newline=""))


def _csv_chunks(text: io.TextIOBase) -> Iterator[pd.DataFrame]:
    try:
        yield from pd.read_csv(
            text,
            dtype="str",
            na_filter=False,
            chunksize=_CHUNK,
            usecols=lambda name: name in COLUMNS or name == "code_status",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError("unreadable", str(error)) from error


def newest_releases(events: pd.DataFrame) -> pd.DataFrame:
    """Keep one record per event: the newest release's; candidates only for years after the newest yearly release's
    last."""
    final = events.loc[~events["candidate"]]
    covered = pd.to_numeric(final["year"], errors="coerce").max()
    year = pd.to_numeric(events["year"], errors="coerce")
    usable = events.loc[~events["candidate"] | ~(year <= covered)]
    order = usable["release"].map(_release_key)
    return (
        usable.assign(_order=order)
        .sort_values("_order", kind="stable")
        .drop_duplicates("id", keep="last")
        .drop(columns="_order")
    )


def _release_key(release: str) -> tuple[int, int, int]:
    """Order releases: year of the release, then the last month held; a month's own file after the quarter that
    ends with it."""
    numbers = [int(part) for part in re.findall(r"\d+", release)]
    if not numbers:
        return (0, 0, 0)
    if release.startswith("GED "):
        return (numbers[0] - 1, 12, 9)
    return (numbers[0], numbers[-1], 1 if len(numbers) == 3 else 0)


def located(events: pd.DataFrame, parsing: Parsing) -> pd.DataFrame:
    """Add ``divipola``, ``department_code`` (both null where unknown) and ``placed`` (point, name, department,
    country)."""
    gazetteer = parsing.gazetteer
    precision = pd.to_numeric(events["where_prec"], errors="coerce").fillna(9)
    departments = {name: gazetteer.department(name) for name in events["adm_1"].unique()}
    department = events["adm_1"].map(departments).astype("object")
    by_name = gazetteer.match_frame(events["adm_2"], events["adm_1"])["divipola"].where(department.notna())
    by_point = _by_point(events, precision <= 2, parsing)
    elsewhere = by_point.notna() & department.notna() & (by_point.str[:2] != department)
    by_point = by_point.mask(elsewhere)
    # A point outside every polygon (at sea, across the border) is left to the name as well.
    municipality = by_point.fillna(by_name.where(precision <= 3))
    placed = pd.Series("country", index=events.index).mask(department.notna(), "department")
    placed = placed.mask(municipality.notna(), "name").mask(by_point.notna(), "point")
    return events.assign(
        divipola=municipality.astype("object").where(municipality.notna(), None),
        department_code=_department(municipality, department, precision),
        placed=placed,
    )


def _department(municipality: pd.Series, department: pd.Series, precision: pd.Series) -> pd.Series:
    known = municipality.str[:2].astype("object").where(municipality.notna(), department.where(precision < 6))
    return known.where(known.notna(), None)


def _by_point(events: pd.DataFrame, wanted: pd.Series, parsing: Parsing) -> pd.Series:
    found = pd.Series(None, index=events.index, dtype="object")
    if parsing.locate is None or not wanted.any():
        return found
    lon = pd.to_numeric(events["longitude"], errors="coerce").to_numpy(float)
    lat = pd.to_numeric(events["latitude"], errors="coerce").to_numpy(float)
    usable = wanted.to_numpy() & np.isfinite(lon) & np.isfinite(lat)
    codes = pd.Series(list(parsing.locate(lon[usable], lat[usable])), index=events.index[usable], dtype="object")
    found.loc[usable] = codes.where(codes.isin(parsing.gazetteer.codes), None)
    return found


def parse_events(events: pd.DataFrame, parsing: Parsing) -> Parsed:
    """Turn Colombia's events, of one or several releases, into monthly counts.

    Returns
    -------
    Parsed
        Values ``ucdp_state_based``, ``ucdp_non_state``, ``ucdp_one_sided`` (events) and ``ucdp_deaths_...`` (best
        estimate) of events that have a municipality and are not provisional: the embedded series' own definition. The
        table ``ucdp_events`` holds all events, also those without a municipality, and tells which are provisional. The
        cut date is the last day on which an event began. Notes count how events were placed.
    """
    rejected = Rejections("")
    day = values.dates(events["date_start"], "date_start")
    kind = pd.to_numeric(events["type_of_violence"], errors="coerce")
    deaths = values.counts(events["best"])
    fault = pd.Series(None, index=events.index, dtype="object")
    fault = (
        fault.mask(deaths.isna(), "no_amount")
        .mask(~kind.isin(list(TYPES)), "unknown_category")
        .mask(day.isna(), "no_date")
    )
    fault = fault.mask(day > pd.Timestamp(parsing.today), "future_date")
    columns = {
        "no_amount": "best",
        "unknown_category": "type_of_violence",
        "no_date": "date_start",
        "future_date": "date_start",
    }
    for reason, column in columns.items():
        rejected.add_where(fault == reason, events["row"], column, events[column], reason)
    good = events.loc[fault.isna()]
    placed = located(good, parsing)
    table = placed.assign(
        month=day[good.index].dt.to_period("M").dt.to_timestamp().astype("datetime64[s]"),
        type_of_violence=kind[good.index].astype("int64"),
        provisional=placed["candidate"] & (placed["code_status"].str.strip().str.casefold() != "clear"),
        deaths=deaths[good.index],
    )
    keys = [
        "month", "divipola", "department_code", "type_of_violence", "side_a", "side_b", "provisional", "release",
    ]  # fmt: skip
    grouped = table.groupby(keys, dropna=False, as_index=False, sort=True).agg(
        events=("id", "size"), deaths=("deaths", "sum")
    )
    last = day[good.index].max()
    notes = [f"placed_by_{how}={number}" for how, number in placed["placed"].value_counts().items()]
    several = int((values.dates(good["date_end"], "date_end") > day[good.index]).sum())
    return Parsed(
        _values(table),
        rejected.frame(),
        None if pd.isna(last) else last.date(),
        len(events),
        {"ucdp_events": _typed(grouped)},
        (*notes, f"lasting_several_days={several}", f"releases={'|'.join(sorted(table['release'].unique()))}"),
    )


def _values(table: pd.DataFrame) -> pd.DataFrame:
    counted = table.loc[table["divipola"].notna() & ~table["provisional"]]
    parts = []
    for number, word in TYPES.items():
        rows = counted.loc[counted["type_of_violence"] == number]
        one = pd.Series(1.0, index=rows.index)
        parts.append(monthly(f"ucdp_{word}", rows["divipola"], rows["month"], one))
        deadly = rows.loc[rows["deaths"] > 0]
        parts.append(monthly(f"ucdp_deaths_{word}", deadly["divipola"], deadly["month"], deadly["deaths"]))
    return stacked(parts)


def _typed(grouped: pd.DataFrame) -> pd.DataFrame:
    types = {"type_of_violence": "int64", "provisional": "bool", "events": "int64", "deaths": "int64"}
    return grouped.astype(types)


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read releases and candidates together: one record per event, the newest release's."""
    read = []
    for raw in files:
        events = events_of(raw.read(), raw.name)
        read.append(events.assign(file=raw.name))
    events = pd.concat(read, ignore_index=True) if read else pd.DataFrame()
    if events.empty:
        raise SourceError("no_rows", "no event of Colombia in any file")
    newest = newest_releases(events).reset_index(drop=True)
    parsed = parse_events(newest, parsing)
    candidates = newest.loc[newest["candidate"], "date_start"]
    first = values.dates(candidates, "date_start").min()
    start = None if pd.isna(first) else first.date().replace(day=1)
    uncounted = bool(parsed.tables["ucdp_events"]["provisional"].any())
    return replace(
        parsed,
        rows=len(events),
        notes=(*parsed.notes, f"superseded_records={len(events) - len(newest)}"),
        provisional_from=start,
        incomplete_from=start if uncounted else None,
    )


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Download the newest yearly release, the newest quarter of candidates and the months after it.

    Nothing is assumed to exist: names follow UCDP's pattern, and an answer 404 (UCDP's API says 400) means *not yet*.
    """
    host = fetch.base("UCDP", HOST)
    newest = max(fetch.today.year % 100, FIRST_RELEASE)
    with fetch.client(PUBLISHER, pause=0.5) as client:
        yearly_release = _first(
            fetch,
            client,
            [
                (f"ged{year}1-csv.zip", f"{host}/ged/ged{year}1-csv.zip")
                for year in range(newest, FIRST_RELEASE - 2, -1)
            ],
        )
        if yearly_release is None:
            raise PublisherError(
                PUBLISHER, f"{host}/ged/", "not_found", detail="no yearly release under any known name"
            )
        yield yearly_release
        for year in range(int(release_of(yearly_release.name)[0][4:6]), newest + 1):
            yield from _candidates(fetch, client, host, year)


def _candidates(fetch: Fetch, client: Client, host: str, year: int) -> Iterator[RawFile]:
    base = f"{host}/candidateged"
    quarters = [f"GEDEvent_v{year}_01_{year}_{month:02d}.csv" for month in (12, 9, 6, 3)]
    quarter = _first(fetch, client, [(name, f"{base}/{name}") for name in quarters])
    last = int(quarter.name[-6:-4]) if quarter else 0
    if quarter:
        yield quarter
    for month in range(last + 1, 13):
        name = f"GEDEvent_v{year}_0_{month}.csv"
        raw = fetch.optional_file(client, name, f"{base}/{name}")
        if raw is None:
            return
        yield raw


def _first(fetch: Fetch, client: Client, offered: Sequence[tuple[str, str]]) -> RawFile | None:
    for name, address in offered:
        raw = fetch.optional_file(client, name, address)
        if raw is not None:
            return raw
    return None


DATASETS = (
    Dataset(
        dataset_id="ucdp-events",
        publisher=PUBLISHER,
        title_es="Eventos letales de violencia organizada",
        title_en="Lethal events of organised violence",
        page="https://ucdp.uu.se/downloads/",
        licence="CC BY 4.0",
        attribution="UCDP: Davies et al.; Sundberg and Melander 2013; Hegre et al. 2020 (candidates)",
        join="replace",
        indicators=tuple(f"ucdp_{prefix}{word}" for prefix in ("", "deaths_") for word in TYPES.values()),
        download=download,
        parse=parse,
        files=("GEDEvent*.csv", "ged*-csv.zip", "*ged*col*.csv"),
        min_join=0.0,
    ),
)
