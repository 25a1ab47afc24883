"""INDEPAZ's massacres: tables inside web pages, reached through the site's WordPress interface.

INDEPAZ counts three or more people killed together, by any author: it is not MinDefensa's definition, and the two
are never added up. Quirks: blocks of rows that are repeated inside a page, years that stand in two reports,
mistyped dates (``19/07/2924``), names of victims in some tables. Only day, municipality and number of victims are
read; pages are not kept, because they may name people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from data.sources import tabular, values
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from data.sources.model import (
    Dataset,
    Parsed,
    Parsing,
    RawFile,
    Rejections,
    SourceError,
    merge_rejected,
    monthly,
    stacked,
)

PUBLISHER = "INDEPAZ"
HOST = "https://indepaz.org.co"
SEARCH = "masacres en colombia durante"
FIRST_YEAR = 2016


def parse_posts(posts: Sequence[Mapping[str, Any]], parsing: Parsing, name: str = "") -> Parsed:
    """Read the tables of posts.

    Parameters
    ----------
    posts
        Objects of ``wp/v2/posts``: ``link``, ``modified_gmt``, ``content.rendered``.

    Returns
    -------
    Parsed
        Values ``massacres_indepaz`` and ``massacre_victims_indepaz``; the table ``massacres_indepaz`` (date,
        divipola (null), victims (null), duplicate, source_url). Of a year that stands in several posts the one
        with most rows counts; a block of rows that repeats the block above it is left out; a single row that
        stands twice is kept and flagged.
    """
    rejected: list[pd.DataFrame] = []
    read = [frame for post in posts for frame in _post_rows(post, rejected, name)]
    if not read:
        raise SourceError("missing_column", "no table with fecha, municipio and víctimas in any post")
    rows = pd.concat(read, ignore_index=True)
    notes = Rejections(name)
    number = rows["row"]
    rows["day"] = values.dates(rows["date"], "fecha")
    faulty = rows["day"].isna() | (rows["day"] > pd.Timestamp(parsing.today)) | (rows["day"].dt.year < FIRST_YEAR)
    notes.add_where(faulty, number, "fecha", rows["date"], "impossible_date")
    found = parsing.gazetteer.match_frame(rows["municipality"], rows["department"])
    lost = ~faulty & ~found["status"].isin(["matched", "repaired"])
    shown = rows["municipality"] + " / " + rows["department"]
    notes.add_where(lost, number, "municipio", shown, found["status"])
    rows["divipola"] = found["divipola"].astype("object").where(found["divipola"].notna(), None)
    rows["victims"] = values.counts(rows["victims_text"].str.extract(r"(\d+)")[0].fillna(""))
    kept = _one_post_per_year(rows.loc[~faulty])
    table = pd.DataFrame(
        {
            "date": kept["day"],
            "divipola": kept["divipola"],
            "victims": kept["victims"].astype("Int64"),
            "duplicate": kept.duplicated(["day", "divipola", "victims"], keep="first") & kept["divipola"].notna(),
            "source_url": kept["link"],
        }
    ).sort_values(["date", "divipola"], ignore_index=True)
    good = table["divipola"].notna() & ~table["duplicate"]
    one = pd.Series(1.0, index=table.index)
    counted = good & table["victims"].notna()
    parts = [
        monthly("massacres_indepaz", table["divipola"][good], table["date"][good], one[good]),
        monthly(
            "massacre_victims_indepaz", table["divipola"][counted], table["date"][counted], table["victims"][counted]
        ),
    ]
    last = table["date"].max()
    return Parsed(
        stacked(parts),
        merge_rejected([*rejected, notes.frame()]),
        None if pd.isna(last) else last.date(),
        len(rows),
        {"massacres_indepaz": table},
        (f"superseded_rows={len(rows) - int(faulty.sum()) - len(kept)}",),
    )


def _post_rows(post: Mapping[str, Any], rejected: list[pd.DataFrame], name: str) -> Iterator[pd.DataFrame]:
    content = post.get("content")
    text = str(content.get("rendered", "")) if isinstance(content, dict) else ""
    blocks: list[list[tuple[str, ...]]] = []
    for table in tabular.html_tables(text):
        # A title may stand above the header.
        head = next((number for number, row in enumerate(table[:4]) if _columns(row)), None)
        columns = _columns(table[head]) if head is not None else None
        if head is None or columns is None:
            continue
        body = table[head + 1 :]
        width = max(columns.values()) + 1
        rows = [
            tuple(row[columns[key]] for key in ("date", "department", "municipality", "victims"))
            for row in body
            if len(row) >= width and _columns(row) is None and any(row)
        ]
        rows, repeated = _without_repeated_block(rows, blocks)
        if repeated:
            note = Rejections(name)
            note.add(
                0, "fecha", f"{repeated} rows from {rows[0][0] if rows else body[0][columns['date']]}", "repeated_block"
            )
            rejected.append(note.frame())
        blocks.append(rows)
        frame = pd.DataFrame(rows, columns=["date", "department", "municipality", "victims_text"], dtype="str")
        frame["row"] = range(2, 2 + len(frame))
        yield frame.assign(link=str(post.get("link", "")), modified=str(post.get("modified_gmt", "")))


def _columns(header: Sequence[str]) -> dict[str, int] | None:
    """Find the four columns wanted; ``None`` when the row is no header of a table of massacres."""
    folded = [tabular.snake(cell) for cell in header]
    wanted = {
        "date": lambda c: c.startswith("fecha"),
        "department": lambda c: c.startswith(("departamento", "depto")),
        "municipality": lambda c: c.startswith("municipio"),
        "victims": lambda c: "victimas" in c and "nombre" not in c,
    }
    found = {key: next((i for i, cell in enumerate(folded) if test(cell)), -1) for key, test in wanted.items()}
    return None if min(found.values()) < 0 else found


def _without_repeated_block(
    rows: list[tuple[str, ...]], blocks: Sequence[list[tuple[str, ...]]], least: int = 3
) -> tuple[list[tuple[str, ...]], int]:
    """Drop a table that repeats an earlier one, or the second half of a table that repeats its first: at least
    ``least`` rows."""
    if len(rows) >= least and any(rows == block for block in blocks):
        return [], len(rows)
    for size in range(len(rows) // 2, least - 1, -1):
        for start in range(len(rows) - 2 * size + 1):
            if rows[start : start + size] == rows[start + size : start + 2 * size]:
                return rows[: start + size] + rows[start + 2 * size :], size
    return rows, 0


def _one_post_per_year(rows: pd.DataFrame) -> pd.DataFrame:
    year = rows["day"].dt.year
    sizes = rows.assign(year=year).groupby(["year", "link"]).agg(size=("day", "size"), modified=("modified", "max"))
    best = sizes.sort_values(["size", "modified"]).groupby(level="year").tail(1).reset_index()
    chosen = set(zip(best["year"], best["link"], strict=True))
    mask = [pair in chosen for pair in zip(year, rows["link"], strict=True)]
    return rows.loc[mask]


def parse(files: Sequence[RawFile], parsing: Parsing) -> Parsed:
    """Read answers of the interface, or pages that a person saved."""
    posts: list[Mapping[str, Any]] = []
    for raw in files:
        data = raw.read()
        if data.lstrip()[:1] == b"[":
            try:
                posts += json.loads(data)
            except ValueError as error:
                raise SourceError("unreadable", str(error)) from error
        else:
            posts.append(
                {"link": raw.url, "modified_gmt": raw.retrieved_at, "content": {"rendered": tabular.decode(data)}}
            )
    if not posts:
        raise SourceError("no_rows", "no post was found")
    return parse_posts(posts, parsing, files[0].name)


def download(fetch: Fetch) -> Iterable[RawFile]:
    """Ask for the posts that report massacres; their tables are what counts, and a search without any is a changed
    site."""
    address = f"{fetch.base('INDEPAZ', HOST)}/wp-json/wp/v2/posts"
    params = {
        "search": SEARCH,
        "per_page": 20,
        "_fields": "id,date_gmt,modified_gmt,link,title,content",
    }
    with fetch.client(PUBLISHER, pause=2.0) as client:
        raw = fetch.file(client, "posts.json", address, params)
        try:
            posts = json.loads(raw.read())
        except ValueError as error:
            fetch.forget(raw)
            raise PublisherError(PUBLISHER, address, "not_json", detail=str(error)) from error
        if not isinstance(posts, list) or not any(re.search(r"<table", json.dumps(post)) for post in posts):
            fetch.forget(raw)
            raise PublisherError(PUBLISHER, address, "unexpected_format", detail="no post with a table was found")
        yield raw


DATASETS = (
    Dataset(
        dataset_id="indepaz-massacres",
        publisher=PUBLISHER,
        title_es="Masacres (INDEPAZ)",
        title_en="Massacres (INDEPAZ)",
        page=f"{HOST}/informe-de-masacres-en-colombia-durante-el-2020-2021/",
        licence="not stated",
        attribution="INDEPAZ, Observatorio de derechos humanos y conflictividades",
        join="replace",
        indicators=("massacres_indepaz", "massacre_victims_indepaz"),
        download=download,
        parse=parse,
        files=("*indepaz*masacre*.htm*", "*masacres*.htm*", "posts.json"),
        min_join=0.95,
        keep_raw=False,
    ),
)
