"""Downloads that are taken up again, and what the journal may and may not hold. A synthetic publisher on a real
server."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.sources import fetch as module
from data.sources.fetch import Fetch
from data.sources.http import PublisherError
from tests.unit.loopback import Server, cut, hang_up, status
from tests.unit.sources.server import file_answer

MakeFetch = Callable[..., Fetch]


def test_a_file_that_is_complete_is_not_asked_for_again(make_fetch: MakeFetch) -> None:
    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/a.csv", file_answer(b"1,2"))
        first = fetch.file(client, "a.csv", f"{server.url}/a.csv", {"page": 1})
        assert fetch.file(client, "a.csv", f"{server.url}/a.csv", {"page": 1}) == first
        assert server.count("/a.csv") == 1


@pytest.mark.parametrize("change", ["parameters", "bytes", "age", "journal", "gone"])
def test_anything_that_changed_is_asked_for_again(change: str, make_fetch: MakeFetch) -> None:
    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/a.csv", file_answer(b"1,2"))
        raw = fetch.file(client, "a.csv", f"{server.url}/a.csv", {"page": 1})
        journal = fetch.directory / module.JOURNAL
        if change == "bytes":
            raw.path.write_bytes(b"1,3")
        elif change == "gone":
            raw.path.unlink()
        elif change == "journal":
            journal.write_text('{"a.csv": {', encoding="utf-8")
        elif change == "age":
            entry = json.loads(journal.read_text(encoding="utf-8"))
            entry["a.csv"]["retrieved_at"] = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)).isoformat()
            journal.write_text(json.dumps(entry), encoding="utf-8")
        again = fetch.file(client, "a.csv", f"{server.url}/a.csv", {"page": 2 if change == "parameters" else 1})
        assert again.read() == b"1,2"
        assert server.count("/a.csv") == 2


@pytest.mark.parametrize("fault", [cut(file_answer(b"x" * 5_000)), hang_up, status(502)])
def test_a_broken_download_leaves_no_half_file(fault: Callable, make_fetch: MakeFetch) -> None:
    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/a.csv", fault)
        with pytest.raises(PublisherError):
            fetch.file(client, "a.csv", f"{server.url}/a.csv")
    assert [path.name for path in fetch.directory.iterdir()] == []


def test_what_is_not_there_yet_is_none_and_what_is_refused_is_an_error(make_fetch: MakeFetch) -> None:
    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/closed", status(403))
        assert fetch.optional_file(client, "a", f"{server.url}/none") is None
        with pytest.raises(PublisherError, match="refused"):
            fetch.optional_file(client, "b", f"{server.url}/closed")


def test_secrets_are_not_written_down(make_fetch: MakeFetch) -> None:
    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/a", file_answer(b"1"))
        raw = fetch.file(client, "a", f"{server.url}/a", {"app_identifier": "s3cret", "limit": 3})
        assert server.asked[0].query["app_identifier"] == "s3cret"
    assert raw.params == {"app_identifier": "...", "limit": 3}
    assert "s3cret" not in raw.url
    assert "s3cret" not in (fetch.directory / module.JOURNAL).read_text(encoding="utf-8")


def test_a_signed_address_behind_a_redirect_is_not_written_down(make_fetch: MakeFetch) -> None:
    from tests.unit.loopback import Reply

    fetch = make_fetch({})
    with Server() as server, fetch.client("x") as client:
        server.route("/a", lambda _: Reply(302, headers={"Location": f"{server.url}/b?signature=s3cret"}))
        server.route("/b", file_answer(b"1"))
        raw = fetch.file(client, "a", f"{server.url}/a")
    assert raw.read() == b"1"
    assert raw.url == f"{server.url}/a"
    assert "s3cret" not in (fetch.directory / module.JOURNAL).read_text(encoding="utf-8")


def test_a_publisher_can_be_asked_elsewhere(tmp_path: Path) -> None:
    fetch = Fetch(tmp_path, environment={"PAZ_URL_DANE": "https://mirror.example.org/dane/ "})
    assert fetch.base("DANE", "https://www.dane.gov.co") == "https://mirror.example.org/dane"
    assert fetch.base("UCDP", "https://ucdp.uu.se") == "https://ucdp.uu.se"
