"""The Frictionless data package that describes every embedded table, generated from :mod:`data.schemas`.

``datapackage.json`` lies beside the tables. It is never edited by hand: ``python -m data.compile`` writes it and
``python -m data.check`` fails when it no longer says what the schemas and the files say.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from data import schemas, store

LICENCES: dict[str, dict[str, str]] = {
    "CC-BY-4.0": {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    },
    "CC-BY-SA-4.0": {
        "name": "CC-BY-SA-4.0",
        "title": "Creative Commons Attribution-ShareAlike 4.0",
        "path": "https://creativecommons.org/licenses/by-sa/4.0/",
    },
}
_TYPES = {"day": "date", "month": "date", "integer": "integer", "number": "number", "flag": "boolean"}


def descriptor_text(folder: Path) -> str:
    """Text of ``datapackage.json`` for the tables that lie in ``folder``."""
    return json.dumps(descriptor(folder), ensure_ascii=False, indent=1) + "\n"


def descriptor(folder: Path) -> dict[str, Any]:
    """Describe the tables of a folder.

    Parameters
    ----------
    folder
        Holds every table; sizes and hashes are taken from the files.

    Returns
    -------
    dict
        A Frictionless data package descriptor.

    Raises
    ------
    data.store.TableError
        The `sources` table is damaged.
    OSError
        A table's file cannot be read.
    """
    sources = store.parse("sources", (folder / schemas.TABLES["sources"].filename).read_bytes()).set_index("source_id")
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": "paz-territorial",
        "title": "Paz Territorial: armed groups, ceasefires and violence in Colombia by municipality",
        "description": (
            "Facts and figures with their sources. Presence is not control; reported is not now; no record is not "
            "zero; figures of different publishers are never added together. The codebook is docs/data.md; licences "
            "by publisher are in DATA-LICENSES.md."
        ),
        "licenses": list(LICENCES.values()),
        "resources": [_resource(table, folder, sources) for table in schemas.TABLES.values()],
    }


def _resource(table: schemas.Table, folder: Path, sources: Any) -> dict[str, Any]:
    content = (folder / table.filename).read_bytes()
    csv = table.format == "csv"
    described: dict[str, Any] = {
        "name": table.name,
        "path": table.filename,
        "title": table.title,
        "description": table.description,
        "profile": "tabular-data-resource" if csv else "data-resource",
        "format": table.format,
        "mediatype": "text/csv" if csv else "application/vnd.apache.parquet",
        **({"encoding": "utf-8"} if csv else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "licenses": [LICENCES[table.licence]],
    }
    named = [_source(sources, source_id) for source_id in table.sources]
    if named:
        described["sources"] = named
    described["schema"] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
        **_foreign_keys(table),
    }
    return described


def _source(sources: Any, source_id: str) -> dict[str, str]:
    row = sources.loc[source_id]
    return {"title": f"{row['publisher']}: {row['title']}", "path": row["url"]}


def _field(column: schemas.Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    optional_text = column.kind in {"text", "url"} and not column.filled
    if not column.nullable and not optional_text:
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    pattern = column.pattern or schemas.PATTERNS.get(column.kind, "")
    if pattern:
        constraints["pattern"] = pattern
    for bound in ("minimum", "maximum"):
        value = getattr(column, bound)
        if value is not None:
            constraints[bound] = int(value) if column.kind == "integer" else value
    return {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        **({"format": "uri"} if column.kind == "url" else {}),
        "description": column.description,
        **({"constraints": constraints} if constraints else {}),
    }


def _foreign_keys(table: schemas.Table) -> dict[str, Any]:
    keys = []
    for column in table.columns:
        if column.references:
            resource, field = column.references.split(".")
            target = "" if resource == table.name else resource
            keys.append({"fields": column.name, "reference": {"resource": target, "fields": field}})
    return {"foreignKeys": keys} if keys else {}


CODEBOOK_START, CODEBOOK_END = "<!-- codebook: generated -->\n", "<!-- end of codebook -->\n"


def codebook() -> str:
    """The codebook of every table as Markdown, generated from :mod:`data.schemas`."""
    lines: list[str] = []
    for table in schemas.TABLES.values():
        lines += [f"### {table.name}", "", f"{table.description}", ""]
        lines += [
            f"File `{table.filename}`; key {', '.join(f'`{name}`' for name in table.key)}; licence {table.licence}.",
            "",
        ]
        lines += ["| column | kind | null | meaning |", "|---|---|---|---|"]
        for column in table.columns:
            null = "yes" if column.nullable else ""
            meaning = column.description.replace("|", "\\|")
            if column.values:
                meaning += f": {', '.join(f'`{value}`' for value in column.values)}"
            if column.references:
                meaning += f" (→ `{column.references}`)"
            lines.append(f"| `{column.name}` | {column.kind} | {null} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def with_codebook(page: str) -> str:
    """The same page with its codebook brought up to date.

    Raises
    ------
    ValueError
        The page does not hold the two marks between which the codebook stands.
    """
    if CODEBOOK_START not in page or CODEBOOK_END not in page:
        raise ValueError("docs/data.md: the marks of the codebook are missing")
    before, rest = page.split(CODEBOOK_START, 1)
    return f"{before}{CODEBOOK_START}\n{codebook()}{CODEBOOK_END}{rest.split(CODEBOOK_END, 1)[1]}"


def main() -> int:
    """Write ``datapackage.json`` and the codebook of docs/data.md again, after a table or a schema changed."""
    from data import paths

    folder = paths.tables_dir()
    (folder / "datapackage.json").write_text(descriptor_text(folder), encoding="utf-8")
    page = Path(__file__).parents[1] / "docs" / "data.md"
    page.write_text(with_codebook(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
