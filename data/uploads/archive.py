"""Zip files, workbooks among them: what is inside, and refusal of those that swell."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from data.uploads.errors import UploadError
from data.uploads.model import MAX_BYTES, Source

MAX_EXPANDED = 400 * 1024 * 1024
MAX_STRINGS = 100 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 2000
# Below this a high ratio is only a very regular table.
_RATIO_FROM = 16 * 1024 * 1024
_BLOCK = 1 << 20
READABLE = frozenset({".csv", ".tsv", ".txt", ".geojson", ".json", ".gpkg", ".xlsx", ".xlsm"})


def members(source: Source) -> dict[str, zipfile.ZipInfo]:
    """Return the members of a zip by name, after making sure that it does not swell.

    Raises
    ------
    UploadError
        ``zip_bomb``, ``zip_broken``, ``zip_encrypted``, ``zip_too_many``.
    """
    source.file.seek(0)
    try:
        with zipfile.ZipFile(source.file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, OverflowError) as error:
        raise UploadError("zip_broken") from error
    if len(infos) > MAX_MEMBERS:
        raise UploadError("zip_too_many", count=len(infos), limit=MAX_MEMBERS)
    whole = sum(info.file_size for info in infos)
    if whole > MAX_EXPANDED or (whole > _RATIO_FROM and whole > MAX_RATIO * source.size):
        raise UploadError("zip_bomb", size=whole, limit=MAX_EXPANDED)
    if any(info.flag_bits & 1 for info in infos):
        raise UploadError("zip_encrypted")
    return {info.filename: info for info in infos}


def unpacked(source: Source, inside: dict[str, zipfile.ZipInfo]) -> Source:
    """Return the one readable file of a zip, unpacked into memory.

    Raises
    ------
    UploadError
        ``shapefile``, ``zip_contents`` (none or several readable files), ``zip_broken``.
    """
    names = [name for name in inside if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if any(name.lower().endswith(".shp") for name in names):
        raise UploadError("shapefile")
    readable = [name for name in names if PurePosixPath(name).suffix.lower() in READABLE]
    if len(readable) != 1:
        raise UploadError("zip_contents", count=len(readable), names=", ".join(sorted(names)[:6])[:200])
    return Source(PurePosixPath(readable[0]).name, member(source, inside[readable[0]], MAX_BYTES))


def member(source: Source, info: zipfile.ZipInfo, limit: int) -> io.BytesIO:
    """Return one member, unpacked into memory.

    Raises
    ------
    UploadError
        ``zip_bomb`` beyond `limit` bytes, whatever the directory of the zip says; ``zip_broken``.
    """
    buffer, size = io.BytesIO(), 0
    source.file.seek(0)
    try:
        with zipfile.ZipFile(source.file) as archive, archive.open(info) as file:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > limit:
                    raise UploadError("zip_bomb", size=size, limit=limit)
                buffer.write(block)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise UploadError("zip_broken") from error
    return buffer


def contains(source: Source, info: zipfile.ZipInfo, *wanted: bytes) -> bool:
    """Tell whether a member holds any of some byte strings, read in pieces."""
    tail = b""
    source.file.seek(0)
    try:
        with zipfile.ZipFile(source.file) as archive, archive.open(info) as file:
            while block := file.read(_BLOCK):
                window = tail + block
                if any(each in window for each in wanted):
                    return True
                tail = window[-32:]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, RuntimeError) as error:
        raise UploadError("zip_broken") from error
    return False
