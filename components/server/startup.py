"""What must hold before the server answers: every table is sound. Remembered by content: it costs once."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from components.server import http

if TYPE_CHECKING:
    from data.store import TableError

LOG = logging.getLogger(__name__)
_sound: set[str] = set()


def check() -> None:
    """Refuse to start on a damaged table or a mistyped setting.

    Raises
    ------
    SystemExit
        With a message that names file, row and column of each fault, or the setting, and what to do.
    """
    problems = [str(fault) for fault in faults()]
    for setting in (http.frame_ancestors, http.public_url):
        try:
            setting()
        except ValueError as mistyped:
            problems.append(str(mistyped))
    if problems:
        raise SystemExit("\n".join(["Paz Territorial cannot start.", *(f"  {problem}" for problem in problems)]))


def faults() -> list[TableError]:
    """Return one fault for each table that cannot be used; none when all are sound.

    Contents that were found sound before, by this process or by an earlier one, are not read again: only their hash is.
    """
    from data import paths, schemas, store

    try:
        content = f"{store.embedded_version()}\n{schemas.TABLES!r}"
    except store.TableError:
        return _check_all()
    key = hashlib.sha256(content.encode()).hexdigest()[:32]
    if key in _sound:
        return []
    stamp = paths.cache_dir() / "sound" / key
    if not stamp.exists():
        if found := _check_all():
            return found
        try:
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.touch()
        except OSError as error:
            LOG.info("That the tables are sound is not remembered: %s", error)
    _sound.add(key)
    return []


def _check_all() -> list[TableError]:
    from data import store

    found: list[TableError] = []
    for name in store.tables():
        try:
            store.embedded(name)
        except store.TableError as fault:
            found.append(fault)
    return found
