"""Which encoding a text file is in, and letters that were damaged before it came here."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from data.names import repair_mojibake
from data.uploads.errors import UploadError
from data.uploads.model import Source

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be")
_BLOCK = 1 << 20
_MAX_LINE = 1 << 20
# Bytes that Windows-1252 does not define: a file that has them is Latin-1 or worse.
_NOT_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Encoding:
    """The encoding of a text file.

    Attributes
    ----------
    name
        One of ``ENCODINGS``.
    broken
        Places that do not fit the encoding, each read as U+FFFD; 0 for a whole file.
    """

    name: str
    broken: int = 0


def detect(source: Source) -> Encoding:
    """Find the encoding of a text file by reading all of it once.

    Returns
    -------
    Encoding
        UTF-8 whenever all bytes fit; UTF-16 by its mark or by its zero bytes; else Windows-1252, or Latin-1 where a
        byte is none of Windows-1252. A file that is UTF-8 with a few broken places stays UTF-8 and says so.

    Raises
    ------
    UploadError
        ``binary``: the content is no text. ``encoding_utf32``.
    """
    head = source.head(4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            if name == "utf-32":
                raise UploadError("encoding_utf32")
            return Encoding(name, _broken(source, name) if name != "utf-16" else 0)
    if b"\0" in head:
        return Encoding(_without_mark(head))
    good, bad, undefined, controls = _survey(source)
    if controls:
        raise UploadError("binary")
    if not bad:
        return Encoding("utf-8")
    if good > 8 * bad:
        return Encoding("utf-8", bad)
    return Encoding("latin-1" if undefined else "cp1252")


def _without_mark(head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    raise UploadError("binary")


def _survey(source: Source) -> tuple[int, int, int, int]:
    """Count letters beyond ASCII that are good UTF-8, places that are not, bytes cp1252 lacks, and zero bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = undefined = controls = 0
    source.file.seek(0)
    while True:
        block = source.file.read(_BLOCK)
        text = decoder.decode(block, final=not block)
        if not text.isascii():
            marks = text.count("\ufffd")
            bad += marks
            good += len(text) - len(text.encode("ascii", "ignore")) - marks
            undefined += len(block) - len(block.translate(None, _NOT_CP1252))
        controls += block.count(0)
        if not block:
            return good, bad, undefined, controls


def _broken(source: Source, name: str) -> int:
    decoder = codecs.getincrementaldecoder(name)("replace")
    source.file.seek(0)
    broken = 0
    while block := source.file.read(_BLOCK):
        broken += decoder.decode(block).count("\ufffd")
    return broken


class _Shared(io.RawIOBase):
    """A view on a file that closes without closing the file: it belongs to the caller."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def opened(source: Source, encoding: str) -> io.TextIOWrapper:
    """Return the file as text from its first character on; line ends are left as they are.

    Raises
    ------
    UploadError
        ``encoding_unknown``: not one of ``ENCODINGS``.
    """
    if encoding not in ENCODINGS:
        raise UploadError("encoding_unknown", encoding=encoding[:40])
    buffered = io.BufferedReader(_Shared(source.file), _BLOCK)
    return io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")


def lines(source: Source, encoding: str) -> Iterator[str]:
    """Yield the lines of a text file with their ends.

    Raises
    ------
    UploadError
        ``line_too_long``: a line of a million characters is no row of a table.
    """
    with opened(source, encoding) as text:
        while line := text.readline(_MAX_LINE):
            if len(line) == _MAX_LINE:
                raise UploadError("line_too_long", limit=_MAX_LINE)
            yield line


def mended(text: str) -> str:
    """Undo UTF-8 read as Latin-1 ("NariÃ±o") when that is certain; else return the text as it is.

    Certain is: the whole text reads as UTF-8 again, nothing of the damage stays, and what comes out are letters of
    Latin script.
    """
    if "Ã" not in text and "Â" not in text:
        return text
    repaired = repair_mojibake(text)
    if repaired == text or any(mark in repaired for mark in ("Ã", "Â", "\ufffd")):
        return text
    return repaired if all(ord(char) < 0x250 and char.isprintable() for char in repaired) else text
