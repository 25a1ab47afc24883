"""ACLED with the user's own account (``ACLED_EMAIL``, ``ACLED_PASSWORD``): counts for that user's screen only.

ACLED's terms bind the account's holder. Events are added up by municipality, month and kind on arrival, the events
themselves are not kept, and what comes of it is marked as not to be passed on: no export, no API, no public
server. A token does not mean access: accounts with a personal address are let in and then refused the events,
which is reported as such.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence

import pandas as pd

from data.sources import tabular, values
from data.sources.fetch import Fetch, need
from data.sources.http import PublisherError
from data.sources.model import (
    Dataset,
    Parsed,
    Parsing,
    RawFile,
    Rejections,
    SourceError,
    combined,
    monthly,
    stacked,
)

PUBLISHER = "ACLED"
HOST = "https://acleddata.com"
FIRST_DAY = dt.date(2018, 1, 1)
KINDS = {
    "battles": "battles",
    "explosions/remote violence": "explosions",
    "violence against civilians": "violence_against_civilians",
    "protests": "protests",
    "riots": "riots",
    "strategic developments": "strategic_developments",
}
_REQUIRED = ("event_id_cnty", "event_date", "event_type", "admin1", "admin2", "fatalities")


def parse_rows(frame: pd.DataFrame, parsing: Parsing, name: str = "") -> Parsed:
    """Count events and deaths by kind, municipality and month; places are told by name, in ``admin2`` and ``admin1``.

    An event whose ``geo_precision`` is 3 is known to its region only and is put on no municipality. ACLED's id
    makes an event unique: of repeated ids the last one counts.
    """
    tabular.require(frame, _REQUIRED)
    frame = frame.fillna("").astype("str")
    frame = frame.loc[~frame["event_id_cnty"].duplicated(keep="last") | (frame["event_id_cnty"] == "")]
    rejected, rows = Rejections(name), frame.index.to_series()
    found = parsing.gazetteer.match_frame(frame["admin2"], frame["admin1"])
    fault = found["status"].where(~found["status"].isin(["matched", "repaired"])).astype("object")
    if "geo_precision" in frame:
        fault = fault.mask(frame["geo_precision"].str.strip() == "3", "region_only")
    rejected.add_where(fault.notna(), rows, "admin2", frame["admin2"] + " / " + frame["admin1"], fault)
    day = values.dates(frame["event_date"], "event_date")
    rejected.add_where(fault.isna() & day.isna(), rows, "event_date", frame["event_date"], "no_date")
    kind = frame["event_type"].str.strip().str.casefold().map(KINDS)
    rejected.add_where(
        fault.isna() & day.notna() & kind.isna(), rows, "event_type", frame["event_type"], "unknown_category"
    )
    good = fault.isna() & day.notna() & kind.notna()
    deaths = values.counts(frame["fatalities"])
    one = pd.Series(1.0, index=frame.index)
    parts = []
    for k in sorted(set(KINDS.values())):
        chosen = good & (kind == k)
        parts.append(monthly(f"acled_own_{k}", found["divipola"][chosen], day[chosen], one[chosen]))
        lethal = chosen & (deaths > 0)
        parts.append(monthly(f"acled_own_deaths_{k}", found["divipola"][lethal], day[lethal], deaths[lethal]))
    last = day[good].max()
    return Parsed(stacked(parts), rejected.frame(), None if pd.isna(last) else last.date(), len(frame))


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read answers of the API or an export of ACLED's data tool."""
    parts = []
    for raw in files:
        data = raw.read()
        frame = _rows(data) if data.lstrip()[:1] == b"{" else tabular.read_table(data, _REQUIRED).frame
        parts.append((raw.name, parse_rows(frame, parsing, raw.name)))
    return combined(parts)


def _rows(data: bytes) -> pd.DataFrame:
    try:
        answer = json.loads(data)
        rows = answer["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError("not_a_table", f"not an answer of ACLED: {error}") from error
    frame = pd.DataFrame(rows, dtype="object", columns=None if rows else list(_REQUIRED))
    frame.index = pd.RangeIndex(2, 2 + len(frame), name="row")
    return frame


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Sign in, then ask for one year of events at a time."""
    need(fetch, "ACLED_EMAIL", "ACLED_PASSWORD")
    host = fetch.base("ACLED", HOST)
    with fetch.client(PUBLISHER, pause=1.0) as client:
        answer = client.post_json(
            f"{host}/oauth/token",
            {
                "username": fetch.secret("ACLED_EMAIL"),
                "password": fetch.secret("ACLED_PASSWORD"),
                "grant_type": "password",
                "client_id": "acled",
            },
            form=True,
        )
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not token:
        raise PublisherError(PUBLISHER, f"{host}/oauth/token", "refused", detail="no access token in the answer")
    first = fetch.since or FIRST_DAY
    with fetch.client(PUBLISHER, {"Authorization": f"Bearer {token}"}, pause=1.0) as client:
        for year in range(first.year, fetch.today.year + 1):
            start, end = max(first, dt.date(year, 1, 1)), min(fetch.today, dt.date(year, 12, 31))
            params = {
                "_format": "json",
                "country": "Colombia",
                "event_date": f"{start}|{end}",
                "event_date_where": "BETWEEN",
                "limit": 0,
            }
            raw = fetch.file(client, f"acled-{year}.json", f"{host}/api/acled/read", params)
            _check_access(fetch, raw, host)
            yield raw


def _check_access(fetch: Fetch, raw: RawFile, host: str) -> None:
    """Turn "signed in but not entitled", which may come with HTTP 200, into a refusal."""
    try:
        answer = json.loads(raw.read())
    except ValueError as error:
        fetch.forget(raw)
        raise PublisherError(PUBLISHER, raw.url, "not_json", detail=str(error)) from error
    status = str(answer.get("status", "200")) if isinstance(answer, dict) else "?"
    if status != "200" or "data" not in answer:
        fetch.forget(raw)
        said = answer.get("message", "") or answer.get("error", "") if isinstance(answer, dict) else ""
        raise PublisherError(PUBLISHER, f"{host}/api/acled/read", "refused", detail=f"status {status}: {said}")


DATASETS = (
    Dataset(
        dataset_id="acled-own",
        publisher=PUBLISHER,
        title_es="ACLED con la cuenta propia (solo para quien la tiene)",
        title_en="ACLED with one's own account (for its holder only)",
        page=HOST,
        licence="ACLED terms of use",
        attribution="ACLED (acleddata.com)",
        join="separate",
        indicators=tuple(f"acled_own_{p}{k}" for p in ("", "deaths_") for k in sorted(set(KINDS.values()))),
        download=download,
        parse=parse,
        files=("*acled*.csv",),
        needs=("ACLED_EMAIL", "ACLED_PASSWORD"),
        min_join=0.9,
        keep_raw=False,
        redistributable=False,
        optional=True,
    ),
)
