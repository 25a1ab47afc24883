"""A source as it is cited, dated or not, weak or not."""

import pytest

from components.cited import Cited, cited
from components.i18n import set_language
from components.peace_process_words import second

ROW = {"publisher": "P & Q", "date_text": "2024-05", "via": "", "url": "https://example.org/a", "weak": False}


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def test_a_source_names_publisher_outlet_and_date() -> None:
    html = cited({**ROW, "via": "An outlet"}).html()
    assert html.startswith('<a href="https://example.org/a"')
    assert html.endswith("P &amp; Q</a>, via An outlet, May 2024")


def test_an_undated_source_says_so() -> None:
    assert cited({**ROW, "date_text": ""}).html().endswith(", undated")


def test_a_weak_source_is_called_weak_once_and_why() -> None:
    html = cited({**ROW, "weak": True}).html()
    assert html.count("weak source") == 1
    assert "no better source was found" in html
    assert "weak" not in cited(ROW).html()


def test_an_address_that_the_sources_hold_is_cited_by_name_and_date() -> None:
    known = {"p": ROW}
    assert second("https://example.org/a", known) == Cited("P & Q", "May 2024", "", "https://example.org/a")
    assert second("https://www.elsewhere.org/b", known) == Cited("elsewhere.org", "", "", "https://www.elsewhere.org/b")
    assert second("", known) is None
