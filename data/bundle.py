"""Everything in one file: all tables as they are in use, their description, and where downloaded parts come from."""

from __future__ import annotations

import io
import json
import tempfile
import textwrap
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from data import datapackage, overlaid, paths, schemas, store

if TYPE_CHECKING:
    import pandas as pd

NAME = "paz-territorial"
_LICENCES = Path(__file__).parents[1] / "DATA-LICENSES.md"
_README = Path(__file__).with_name("bundle_readme.txt")
_LOCK = threading.Lock()
_HELD: dict[str, bytes] = {}


def bundle() -> bytes:
    """Return a ZIP of every table that may be passed on, with ``README.txt``, ``datapackage.json`` and
    ``provenance.csv``.

    Tables that are Parquet stand under ``csv/`` too, for whoever has nothing that reads Parquet.

    Tables that nothing was downloaded for are the embedded files, byte for byte. ``provenance.csv`` says of each
    stretch of each series whether it is embedded or downloaded, by whom it is published, up to when and on what terms.

    Raises
    ------
    data.store.TableError
        An embedded table cannot be used.
    OSError
        The temporary folder cannot be written.
    """
    version = store.data_version()
    with _LOCK:
        if version not in _HELD:
            content = _made(version)
            _HELD.clear()
            _HELD[version] = content
        return _HELD[version]


def _made(version: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="paz-bundle-") as name:
        folder = Path(name)
        for table in schemas.TABLES.values():
            _write(table, folder)
        described = datapackage.descriptor(folder) | {"version": version}
        (folder / "datapackage.json").write_text(json.dumps(described, ensure_ascii=False, indent=1), encoding="utf-8")
        _provenance().to_csv(folder / "provenance.csv", index=False, lineterminator="\n")
        (folder / "README.txt").write_text(readme(version), encoding="utf-8-sig", newline="\r\n")
        if _LICENCES.is_file():
            (folder / _LICENCES.name).write_bytes(_LICENCES.read_bytes())
        return _zipped(folder)


def readme(version: str) -> str:
    """Return what stands in the file that people open first, in Spanish and English."""
    names = [table.filename for table in schemas.TABLES.values()]
    listed = textwrap.fill(", ".join(names), 110, initial_indent="    ", subsequent_indent="    ")
    return _README.read_text(encoding="utf-8").format(version=version, tables=len(names), files=listed)


def _write(table: schemas.Table, folder: Path) -> None:
    from data.compile import as_text

    frame = store.public(table.name)
    target = folder / table.filename
    if table.format == "parquet":
        (folder / "csv").mkdir(exist_ok=True)
        as_text(table.name, frame).to_csv(folder / "csv" / f"{table.name}.csv", index=False, lineterminator="\n")
    if frame is store.embedded(table.name):
        target.write_bytes((paths.tables_dir() / table.filename).read_bytes())
    elif table.format == "parquet":
        frame.to_parquet(target, compression="zstd", index=False)
    else:
        as_text(table.name, frame).to_csv(target, index=False, lineterminator="\n")


def _provenance() -> pd.DataFrame:
    rows = overlaid.provenance()
    return rows[rows["redistributable"].astype(bool)].drop(columns="redistributable")


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{NAME}/{path.relative_to(folder).as_posix()}")
    return out.getvalue()
