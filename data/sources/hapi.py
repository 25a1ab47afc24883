"""HDX HAPI: monthly counts of conflict events by municipality, which ACLED lets HDX publish.

Two roads lead to the same rows: the CSV of the HDX data set ``hdx-hapi-col`` (no identifier needed; the address
redirects to a signed one, so it is asked for anew each time) and HAPI itself, when ``HDX_APP_IDENTIFIER`` is set,
whose answers stop at 10,000 rows without a word and are therefore asked for page by page.

The kinds of event overlap: civilian targeting is part of political violence. They are three series, never added
up. Rows of other levels than the municipality repeat the same events and are left out. The newest month is incomplete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from data.sources import socrata, tabular, values
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import Dataset, Parsed, Parsing, RawFile, Rejections, SourceError, combined, monthly, stacked

PUBLISHER = "ACLED via HDX HAPI"
HDX = "https://data.humdata.org"
HAPI = "https://hapi.humdata.org"
DATASET = "hdx-hapi-col"
PAGE_ROWS = 10_000
KINDS = {
    "political_violence": "political_violence",
    "civilian_targeting": "civilian_targeting",
    "demonstration": "demonstrations",
    "demonstrations": "demonstrations",
}
_PCODE = re.compile(r"^CO(\d{5})$")
_REQUIRED = ("admin2_code", "event_type", "events", "reference_period_start")


def parse_rows(frame: pd.DataFrame, parsing: Parsing, name: str = "") -> Parsed:
    """Count events and deaths by kind, municipality and month.

    Returns
    -------
    Parsed
        Values ``acled_<kind>`` (events) and ``acled_deaths_<kind>`` (not for demonstrations, where deaths are not
        coded). The cut date is the last day of the newest period.
    """
    tabular.require(frame, _REQUIRED)
    # A line of HXL tags below the header is the format's, not data.
    frame = frame.loc[~frame["event_type"].fillna("").astype("str").str.startswith("#")]
    rejected, rows = Rejections(name), frame.index.to_series()
    text = frame.fillna("").astype("str")
    municipal = text["admin2_code"].str.strip() != ""
    codes = text["admin2_code"].str.strip().str.upper().str.extract(_PCODE)[0].fillna(text["admin2_code"])
    fault = socrata.place_faults(codes, None, parsing).where(municipal, None)
    rejected.add_where(fault.notna(), rows, "admin2_code", text["admin2_code"], fault)
    day = values.dates(text["reference_period_start"], "reference_period_start")
    undated = municipal & fault.isna() & day.isna()
    rejected.add_where(undated, rows, "reference_period_start", text["reference_period_start"], "no_date")
    kind = text["event_type"].str.strip().str.casefold().map(KINDS)
    unknown = municipal & fault.isna() & kind.isna()
    rejected.add_where(unknown, rows, "event_type", text["event_type"], "unknown_category")
    good = municipal & fault.isna() & ~undated & ~unknown
    events = values.counts(text["events"])
    bad = good & events.isna()
    rejected.add_where(bad, rows, "events", text["events"], "no_amount")
    good &= ~bad
    parts = [
        monthly(f"acled_{k}", codes[s], day[s], events[s])
        for k in sorted(set(KINDS.values()))
        if (s := good & (kind == k)).any()
    ]
    if "fatalities" in frame:
        deaths = values.counts(text["fatalities"])
        for k in ("civilian_targeting", "political_violence"):
            chosen = good & (kind == k) & deaths.notna()
            parts.append(monthly(f"acled_deaths_{k}", codes[chosen], day[chosen], deaths[chosen]))
    newest = day[good].max()
    cut = None if pd.isna(newest) else newest.to_period("M").end_time.date()
    notes = (f"rows_of_other_levels={int((~municipal).sum())}",) if (~municipal).any() else ()
    return Parsed(stacked(parts), rejected.frame(), cut, len(frame), notes=notes)


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read the CSV of HDX or pages of HAPI."""
    parts = []
    for raw in files:
        data = raw.read()
        frame = _page(data) if data.lstrip()[:1] == b"{" else tabular.read_table(data, _REQUIRED).frame
        parts.append((raw.name, parse_rows(frame, parsing, raw.name)))
    whole = combined(parts)
    newest = whole.cut_date.replace(day=1) if whole.cut_date else None
    return replace(whole, provisional_from=newest, incomplete_from=newest)


def _page(data: bytes) -> pd.DataFrame:
    try:
        rows = json.loads(data)["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError("not_a_table", f"not an answer of HAPI: {error}") from error
    frame = pd.DataFrame(rows, dtype="object", columns=None if rows else list(_REQUIRED))
    frame.index = pd.RangeIndex(2, 2 + len(frame), name="row")
    return frame


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Download from HAPI when an identifier is set, else the CSV of HDX."""
    if fetch.secret("HDX_APP_IDENTIFIER"):
        yield from _from_hapi(fetch)
    else:
        yield _from_hdx(fetch)


def _from_hdx(fetch: Fetch) -> RawFile:
    host = fetch.base("HDX", HDX)
    address = f"{host}/api/3/action/package_show"
    with fetch.client(PUBLISHER, pause=1.0) as client:
        answer = client.get_json(address, {"id": DATASET})
        if not answer.get("success"):
            raise PublisherError(PUBLISHER, address, "service_error", detail=str(answer.get("error", ""))[:200])
        offered = [
            resource
            for resource in answer["result"].get("resources", [])
            if "conflict" in str(resource.get("name", "")).casefold()
            and str(resource.get("format", "")).casefold() == "csv"
        ]
        if not offered:
            raise PublisherError(PUBLISHER, address, "unexpected_format", detail="no CSV of conflict events is listed")
        return fetch.file(client, "conflict_events.csv", offered[0]["url"])


def _from_hapi(fetch: Fetch) -> Iterable[RawFile]:
    address = f"{fetch.base('HAPI', HAPI)}/api/v2/coordination-context/conflict-events"
    fixed = {
        "location_code": "COL",
        "admin_level": 2,
        "start_date": (fetch.since.isoformat() if fetch.since else "2018-01-01"),
        "output_format": "json",
        "app_identifier": fetch.secret("HDX_APP_IDENTIFIER"),
    }
    offset = 0
    with fetch.client(PUBLISHER, pause=1.0) as client:
        while True:
            params = fixed | {"limit": PAGE_ROWS, "offset": offset}
            raw = fetch.file(client, f"conflict-{offset:09d}.json", address, params)
            rows = len(_page(raw.read()))
            if rows == 0:
                return
            yield raw
            offset += rows
            fetch.report("conflict events", offset, None)


DATASETS = (
    Dataset(
        dataset_id="hapi-conflict",
        publisher=PUBLISHER,
        title_es="Eventos de conflicto por mes (ACLED, agregados por HDX)",
        title_en="Conflict events by month (ACLED, aggregated by HDX)",
        page=f"{HDX}/dataset/{DATASET}",
        licence="ACLED terms of use",
        attribution="ACLED (acleddata.com), aggregated by HDX HAPI",
        join="separate",
        indicators=(
            "acled_political_violence",
            "acled_civilian_targeting",
            "acled_demonstrations",
            "acled_deaths_political_violence",
            "acled_deaths_civilian_targeting",
        ),
        download=download,
        parse=parse,
        files=("*conflict_events*.csv", "*hapi*conflict*.csv"),
        redistributable=False,
    ),
)
