"""Where a connector's downloads land, and how an interrupted download is taken up again.

Each data set has a folder of raw files and a journal of what is complete in it. A file that the journal knows,
asked for with the same address and parameters within :data:`RESUME_WITHIN`, and whose bytes still have the
recorded SHA-256, is not asked for again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.files import sha256_of, write_atomic
from data.sources.http import Client, Params, PublisherError, RetryPolicy, redact
from data.sources.model import RawFile, SourceError

RESUME_WITHIN = dt.timedelta(hours=24)
JOURNAL = "journal.json"

Report = Callable[[str, int, int | None], None]
"""Called with a file's name, what is done and the total (bytes, or rows where the connector counts rows)."""


def silent(name: str, done: int, total: int | None) -> None:
    """Report nothing."""


@dataclass(slots=True)
class Fetch:
    """One data set's download.

    Parameters
    ----------
    directory
        Folder for raw files; made when missing.
    since
        First day wanted: connectors whose publisher can filter ask only for what is newer. ``None`` for everything.
    environment
        Where keys, tokens and base addresses are read from.
    retry, pause
        How patiently the publisher is asked; ``pause`` overrides each connector's own.
    """

    directory: Path
    since: dt.date | None = None
    report: Report = silent
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pause: float | None = None
    today: dt.date = field(default_factory=dt.date.today)
    resume_within: dt.timedelta = RESUME_WITHIN

    def base(self, name: str, default: str) -> str:
        """Return a publisher's base address: ``PAZ_URL_<NAME>`` when set (a mirror, a test), else the official one."""
        return self.environment.get(f"PAZ_URL_{name}", "").strip().rstrip("/") or default

    def secret(self, name: str) -> str:
        """Return an environment variable's value, empty when unset."""
        return self.environment.get(name, "").strip()

    def client(self, publisher: str, headers: Mapping[str, str] | None = None, pause: float = 0.2) -> Client:
        """Return a client for one publisher, to be used as a context manager."""
        rest = pause if self.pause is None else self.pause
        return Client(publisher, headers=dict(headers or {}), retry=self.retry, pause=rest)

    def file(
        self, client: Client, name: str, url: str, params: Params | None = None, *, allow_html: bool = False
    ) -> RawFile:
        """Download one file, or take it from the journal; ``name`` is its name in the folder."""
        path = self.directory / name
        known = self._known(path, url, params)
        if known:
            self.report(name, known.size, known.size)
            return known
        self.directory.mkdir(parents=True, exist_ok=True)
        done = client.download(
            url, path, params, allow_html=allow_html, progress=lambda so_far, total: self.report(name, so_far, total)
        )
        # The address that was asked, not the one a redirect led to: HDX's are signed and expire.
        raw = RawFile(name, path, redact(url), _public(params), done.retrieved_at, done.sha256, done.size)
        self._note(raw, url, params)
        return raw

    def optional_file(self, client: Client, name: str, url: str, params: Params | None = None) -> RawFile | None:
        """Download a file that may not exist (yet): ``None`` when the publisher answers 404 or 410."""
        try:
            return self.file(client, name, url, params)
        except PublisherError as error:
            if error.fault == "not_found":
                return None
            raise

    def keep(self, name: str, content: bytes, url: str, params: Params | None, retrieved_at: str) -> RawFile:
        """Write bytes that a connector already holds (the answer to a POST) as a raw file."""
        path = self.directory / name
        sha = write_atomic(path, content)
        raw = RawFile(name, path, redact(url), _public(params), retrieved_at, sha, len(content))
        self._note(raw, url, params)
        return raw

    def forget(self, raw: RawFile) -> None:
        """Drop a file and its journal entry: what arrived turned out to be unusable and must be asked for again."""
        raw.path.unlink(missing_ok=True)
        journal = self._journal()
        if journal.pop(raw.name, None) is not None:
            write_atomic(self.directory / JOURNAL, json.dumps(journal, indent=1))

    def _known(self, path: Path, url: str, params: Params | None) -> RawFile | None:
        entry = self._journal().get(path.name)
        if not entry or entry["request"] != _request(url, params) or not path.is_file():
            return None
        age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(entry["retrieved_at"])
        if age > self.resume_within or sha256_of(path) != entry["sha256"]:
            return None
        return RawFile(
            path.name, path, entry["url"], entry["params"], entry["retrieved_at"], entry["sha256"], entry["size"]
        )

    def _note(self, raw: RawFile, url: str, params: Params | None) -> None:
        journal = self._journal()
        journal[raw.name] = {
            "request": _request(url, params),
            "url": raw.url,
            "params": dict(raw.params),
            "retrieved_at": raw.retrieved_at,
            "sha256": raw.sha256,
            "size": raw.size,
        }
        write_atomic(self.directory / JOURNAL, json.dumps(journal, indent=1))

    def _journal(self) -> dict[str, Any]:
        try:
            return json.loads((self.directory / JOURNAL).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            # Half a journal (a full disk, a crash) only means that files are asked for again.
            return {}


def _public(params: Params | None) -> dict[str, Any]:
    secret = {"key", "token", "app_identifier", "$$app_token", "password", "username", "email"}
    return {name: "..." if name.lower() in secret else value for name, value in (params or {}).items()}


def _request(url: str, params: Params | None) -> str:
    return json.dumps([redact(url), _public(params)], sort_keys=True)


def local_file(path: Path) -> RawFile:
    """Describe a file that a person downloaded by hand."""
    modified = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).replace(microsecond=0)
    stamp = modified.isoformat().replace("+00:00", "Z")
    return RawFile(path.name, path, f"file:{path.name}", {}, stamp, sha256_of(path), path.stat().st_size)


def need(fetch: Fetch, *names: str) -> None:
    """Raise ``needs_credentials`` naming the environment variables that are not set."""
    missing = [name for name in names if not fetch.secret(name)]
    if missing:
        raise SourceError("needs_credentials", f"set {', '.join(missing)}")
