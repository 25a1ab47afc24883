"""One polite HTTP client that every publisher's connector shares.

A request is tried again after a timeout, a broken connection, a body cut short, HTTP 429 (``Retry-After`` is
honoured) and HTTP 5xx; never after 401, 403, 404 or any other refusal, because asking again cannot help. Files are
streamed to disk beside their destination and moved into place only when complete, so that a failed download never
damages the file that was there.

Everything that goes wrong leaves this module as a :class:`PublisherError`, which carries codes, not sentences for
readers: ``components`` turns ``fault`` and ``advice`` into Spanish or English.

==================  =======================================================================  ===============
``fault``           meaning                                                                  ``advice``
==================  =======================================================================  ===============
offline             ``PAZ_OFFLINE`` is set: nothing was asked                                allow_network
no_network          the publisher's name could not be found, or there is no route to it      check_network
unreachable         no connection (refused, proxy)                                           check_network
certificate         the publisher's certificate could not be verified                        check_network
timeout             no answer in time                                                        try_later
interrupted         the connection broke or the body was cut short                           try_later
too_many_requests   HTTP 429                                                                 try_later
server_error        HTTP 5xx                                                                 try_later
refused             HTTP 401 or 403: a key is missing, or this network is not let in         bring_file
not_found           HTTP 404 or 410: the address or the identifier has changed               report_change
bad_request         any other HTTP 4xx                                                       report_change
redirected_away     a redirect to an unencrypted or unreadable address                       report_change
not_json            HTTP 200 with something else than JSON (often a page of a firewall)      bring_file
not_a_file          HTTP 200 with a web page where a file was expected                       bring_file
too_large           more bytes than the caller allows                                        report_change
service_error       HTTP 200 whose body is the publisher's own error                         try_later
truncated           the publisher left rows out without being asked to                       try_later
wrong_count         fewer or more rows than the publisher announced                          try_later
unexpected_format   the answer lacks what it used to hold (columns, files, geometry)         report_change
==================  =======================================================================  ===============
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import json
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import httpx
import stamina
from stamina.instrumentation import RetryDetails

from data.files import writing
from data.paths import offline

LOG = logging.getLogger(__name__)
USER_AGENT = "paz-territorial/0.1 (open-data dashboard of Colombia's armed conflict)"
CHUNK = 1 << 16
SECRET_PARAMETERS = frozenset(
    {"key", "token", "access_token", "api_key", "apikey", "app_identifier", "$$app_token", "password", "email"}
)

ADVICE: Mapping[str, str] = {
    "offline": "allow_network",
    "no_network": "check_network",
    "unreachable": "check_network",
    "certificate": "check_network",
    "timeout": "try_later",
    "interrupted": "try_later",
    "too_many_requests": "try_later",
    "server_error": "try_later",
    "refused": "bring_file",
    "not_found": "report_change",
    "bad_request": "report_change",
    "redirected_away": "report_change",
    "not_json": "bring_file",
    "not_a_file": "bring_file",
    "too_large": "report_change",
    "service_error": "try_later",
    "truncated": "try_later",
    "wrong_count": "try_later",
    "unexpected_format": "report_change",
}
RETRIED = frozenset({"timeout", "interrupted", "no_network", "unreachable", "too_many_requests", "server_error"})
RETRIED_ONCE = frozenset({"no_network", "unreachable"})
"""What another minute does not mend: asked once more after :data:`SOON` seconds, and then given up."""
SOON = 0.5
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}

_ADVICE_ENGLISH: Mapping[str, str] = {
    "allow_network": "unset PAZ_OFFLINE to allow downloads",
    "check_network": "check this machine's connection, proxy and certificates",
    "try_later": "try again later",
    "bring_file": "download the file in a browser and hand it over as a file",
    "report_change": "the publisher has changed something: the connector needs an update",
}

Params: TypeAlias = Mapping[str, str | int | float | bool]
Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with what is done and the total (bytes or rows; ``None`` when the publisher does not say)."""


def _note_retry(details: RetryDetails) -> None:
    """Tell the log of a repetition in our words; the library's own lines name functions nobody else knows."""
    LOG.info("asked again in %.1f s (attempt %d): %s", details.wait_for, details.retry_num + 1, details.caused_by)


stamina.instrumentation.set_on_retry_hooks([_note_retry])


class PublisherError(Exception):
    """A publisher did not deliver, and why.

    Attributes
    ----------
    publisher, url
        Who was asked, and the address without secrets.
    fault, advice
        Codes of this module's table.
    status
        The HTTP status, or ``None`` when no answer came.
    detail
        What the publisher or the network library said, shortened: for logs and behind a "details" control, never as
        a headline.
    retry_after
        Seconds the publisher asked to wait, when it did.
    """

    def __init__(
        self,
        publisher: str,
        url: str,
        fault: str,
        *,
        status: int | None = None,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.publisher = publisher
        self.url = redact(url)
        self.fault = fault
        self.advice = ADVICE[fault]
        self.status = status
        self.detail = " ".join(detail.split())[:300]
        self.retry_after = retry_after
        super().__init__(publisher, self.url, fault)

    def __str__(self) -> str:
        status = f", HTTP {self.status}" if self.status else ""
        detail = f": {self.detail}" if self.detail else ""
        return (
            f"{self.publisher}: {self.fault}{status}{detail} ({self.url}). What to do: {_ADVICE_ENGLISH[self.advice]}."
        )


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a request is repeated. Times in seconds.

    A ``Retry-After`` longer than ``longest_wait`` is not waited for: the error is raised and carries it.
    """

    attempts: int = 4
    wait_initial: float = 1.0
    wait_max: float = 20.0
    wait_jitter: float = 1.0
    longest_wait: float = 120.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Download:
    """A complete file on disk and what is known of where it came from."""

    path: Path
    url: str
    status: int
    size: int
    sha256: str
    retrieved_at: str
    content_type: str


@dataclass(slots=True)
class Client:
    """Ask one publisher, politely and with a memory for failures.

    Parameters
    ----------
    publisher
        Name or id used in errors.
    headers
        Sent with each request. Those named in ``secret_headers`` (``X-App-Token`` ...) never follow a redirect to
        another host.
    pause
        Least seconds between two requests.
    timeout
        Seconds to wait for a connection or for the next bytes, not for the whole answer.
    max_bytes
        Largest answer accepted in memory.

    Raises
    ------
    PublisherError
        From every method that asks the network. With ``PAZ_OFFLINE`` set to anything but ``0`` nothing is asked.
    """

    publisher: str
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: frozenset[str] = frozenset({"x-app-token", "x-ucdp-access-token", "authorization"})
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pause: float = 0.2
    timeout: float = 90.0
    max_bytes: int = 256 * 2**20
    _http: httpx.Client = field(init=False, repr=False)
    _last: float = field(init=False, default=0.0, repr=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            headers={"User-Agent": USER_AGENT, **self.headers},
            timeout=httpx.Timeout(self.timeout, connect=20.0),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get_json(self, url: str, params: Params | None = None) -> Any:
        """Return the decoded JSON body of a GET; a page of HTML is a ``not_json`` fault."""
        return self._json("GET", url, params, None)

    def post_json(
        self, url: str, body: Mapping[str, Any] | None = None, params: Params | None = None, *, form: bool = False
    ) -> Any:
        """Return the decoded JSON answer to a POST of ``body``, sent as JSON or as a form (long ArcGIS queries)."""
        return self._json("POST", url, params, body, form=form)

    def get_text(self, url: str, params: Params | None = None) -> str:
        """Return a GET's body as text, in the charset the publisher declares, else UTF-8; other bytes are a fault."""
        body, response = self._body("GET", url, params, None)
        try:
            return body.decode(response.charset_encoding or "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise self._error(response, "unexpected_format", str(error)) from error

    def get_bytes(self, url: str, params: Params | None = None) -> bytes:
        """Return a GET's whole body; for anything large use :meth:`download`."""
        return self._body("GET", url, params, None)[0]

    def download(
        self,
        url: str,
        path: Path,
        params: Params | None = None,
        *,
        progress: Progress | None = None,
        max_bytes: int = 2 * 2**30,
        allow_html: bool = False,
    ) -> Download:
        """Stream a file to ``path``, which appears or changes only when the whole body has arrived.

        A web page where a file was expected (a firewall's or a portal's, with HTTP 200) is a ``not_a_file`` fault
        unless ``allow_html``.
        """
        for attempt in self._attempts():
            with attempt, self._send("GET", url, params, None) as response:
                return self._stream(response, path, progress, max_bytes, allow_html)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempts(self) -> Iterable[stamina.Attempt]:
        policy = self.retry

        failed = 0

        def wait(error: Exception) -> bool | float:
            nonlocal failed
            if not isinstance(error, PublisherError) or error.fault not in RETRIED:
                return False
            failed += 1
            if error.fault in RETRIED_ONCE:
                return min(SOON, policy.wait_max) if failed == 1 else False
            if error.retry_after is None:
                return True
            return error.retry_after if error.retry_after <= policy.longest_wait else False

        return stamina.retry_context(
            on=wait,
            attempts=policy.attempts,
            timeout=policy.total,
            wait_initial=policy.wait_initial,
            wait_max=policy.wait_max,
            wait_jitter=policy.wait_jitter,
        )

    def _json(
        self, method: str, url: str, params: Params | None, body: Mapping[str, Any] | None, *, form: bool = False
    ) -> Any:
        raw, response = self._body(method, url, params, body, form=form)
        try:
            return json.loads(raw)
        except ValueError as error:
            start = raw[:120].decode("utf-8", errors="replace")
            raise self._error(response, "not_json", f"{error}; the body starts {start!r}") from error

    def _body(
        self, method: str, url: str, params: Params | None, body: Mapping[str, Any] | None, *, form: bool = False
    ) -> tuple[bytes, httpx.Response]:
        for attempt in self._attempts():
            with attempt, self._send(method, url, params, body, form=form) as response:
                parts = bytearray()
                for chunk in response.iter_bytes(CHUNK):
                    parts += chunk
                    self._check_size(len(parts), self.max_bytes, response)
                return bytes(parts), response
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextlib.contextmanager
    def _send(
        self, method: str, url: str, params: Params | None, body: Mapping[str, Any] | None, *, form: bool = False
    ) -> Iterator[httpx.Response]:
        """Open one answer with a 2xx status; translate everything that can go wrong, while it is read too."""
        if offline():
            raise PublisherError(self.publisher, url, "offline")
        self._wait_turn()
        payload: dict[str, Any] = {} if body is None else {"data" if form else "json": dict(body)}
        try:
            request = self._http.build_request(method, url, params=dict(params) if params else None, **payload)
            response = self._follow(request)
            try:
                self._check_status(response)
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise PublisherError(
                self.publisher, url, _network_fault(error), detail=f"{type(error).__name__}: {error}"
            ) from error
        except httpx.InvalidURL as error:
            raise PublisherError(self.publisher, url, "redirected_away", detail=str(error)) from error

    def _follow(self, request: httpx.Request, most: int = 5) -> httpx.Response:
        origin = request.url
        for _ in range(most):
            response = self._http.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
            if origin.scheme == "https" and request.url.scheme != "https":
                raise PublisherError(self.publisher, str(request.url), "redirected_away", status=response.status_code)
            if request.url.host != origin.host:
                for name in self.secret_headers:
                    request.headers.pop(name, None)
        raise PublisherError(self.publisher, str(origin), "redirected_away", detail=f"more than {most} redirects")

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        start = next(response.iter_bytes(2048), b"").decode("utf-8", errors="replace")
        raise PublisherError(
            self.publisher,
            str(response.url),
            _status_fault(status),
            status=status,
            detail=start,
            retry_after=_retry_after(response.headers.get("retry-after")),
        )

    def _error(self, response: httpx.Response, fault: str, detail: str) -> PublisherError:
        return PublisherError(self.publisher, str(response.url), fault, status=response.status_code, detail=detail)

    def _check_size(self, size: int, most: int, response: httpx.Response) -> None:
        if size > most:
            raise self._error(response, "too_large", f"more than {most} bytes")

    def _stream(
        self, response: httpx.Response, path: Path, progress: Progress | None, most: int, allow_html: bool
    ) -> Download:
        kind = response.headers.get("content-type", "")
        encoded = "content-encoding" in response.headers
        total = None if encoded else _whole_number(response.headers.get("content-length"))
        self._check_size(total or 0, most, response)
        digest, size = hashlib.sha256(), 0
        with writing(path) as handle:
            for chunk in response.iter_bytes(CHUNK):
                if size == 0 and not allow_html and _looks_like_html(chunk):
                    raise self._error(response, "not_a_file", f"content type {kind!r}")
                size += len(chunk)
                self._check_size(size, most, response)
                digest.update(chunk)
                handle.write(chunk)
                if progress:
                    progress(size, total)
        return Download(
            path, redact(str(response.url)), response.status_code, size, digest.hexdigest(), utc_now(), kind
        )

    def _wait_turn(self) -> None:
        rest = self._last + self.pause - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._last = time.monotonic()


def utc_now() -> str:
    """Return the present as ISO 8601 in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def redact(url: str) -> str:
    """Return the address without user, password and the values of parameters that hold secrets."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return url.split("?", 1)[0]
    if parsed.userinfo:
        parsed = parsed.copy_with(username=None, password=None)
    secret = [name for name in parsed.params if name.lower() in SECRET_PARAMETERS]
    for name in secret:
        parsed = parsed.copy_set_param(name, "...")
    return str(parsed)


def _status_fault(status: int) -> str:
    if status in (401, 403):
        return "refused"
    if status in (404, 410):
        return "not_found"
    if status == 408:
        return "timeout"
    if status == 429:
        return "too_many_requests"
    if status >= 500:
        return "server_error"
    return "bad_request"


def _network_fault(error: httpx.HTTPError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, socket.gaierror) or (isinstance(cause, OSError) and cause.errno in _NO_ROUTE):
            return "no_network"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
        return "unreachable"
    if isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError, httpx.DecodingError)):
        return "interrupted"
    return "redirected_away"


def _retry_after(value: str | None) -> float | None:
    """Read ``Retry-After`` in either of its forms: seconds, or an HTTP date."""
    if not value:
        return None
    if (seconds := _whole_number(value)) is not None:
        return float(seconds)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())


def _whole_number(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _looks_like_html(start: bytes) -> bool:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head"))
