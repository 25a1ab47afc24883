"""Where the application keeps its files (embedded tables, per-user data and cache), and whether it may ask others."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "paz-territorial"


def tables_dir() -> Path:
    """Folder of the embedded tables.

    Returns
    -------
    pathlib.Path
        ``PAZ_TABLES_DIR`` when it is set (tests, a newsroom's own edition), else ``data/tables`` beside this file.
    """
    override = os.environ.get("PAZ_TABLES_DIR", "")
    return Path(override).expanduser() if override else Path(__file__).parent / "tables"


def data_dir() -> Path:
    """Folder of what the application downloads or is given: boundaries, refreshed snapshots, uploads.

    Returns
    -------
    pathlib.Path
        ``PAZ_DATA_DIR`` when it is set, else the operating system's folder for a user's application data.
        The folder is not created here.
    """
    override = os.environ.get("PAZ_DATA_DIR", "")
    if override:
        return Path(override).expanduser()
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def cache_dir() -> Path:
    """Folder of what can be thrown away and rebuilt: validation stamps, simplified geometry.

    Returns
    -------
    pathlib.Path
        ``PAZ_DATA_DIR/cache`` when ``PAZ_DATA_DIR`` is set, else the operating system's cache folder for the user.
        The folder is not created here.
    """
    override = os.environ.get("PAZ_DATA_DIR", "")
    if override:
        return Path(override).expanduser() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path(APPLICATION, appauthor=False)


def offline() -> bool:
    """Tell whether ``PAZ_OFFLINE`` forbids every request."""
    return os.environ.get("PAZ_OFFLINE", "").strip().lower() not in {"", "0", "false", "no"}
