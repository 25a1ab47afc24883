"""Every text on screen has its Spanish; numbers and dates are written as the reader's language does."""

import string
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from components import i18n

ROOT = Path(__file__).parents[2]
PO = ROOT / "locale/es/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def used() -> set[str]:
    """Message ids in the source; the singular stands for a plural pair."""
    found = set()
    for folder in ("components", "pages"):
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, keywords=KEYWORDS):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


@pytest.fixture(scope="module")
def catalogue():
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_its_spanish(catalogue) -> None:
    spanish = {(m.id[0] if isinstance(m.id, tuple) else m.id): m for m in catalogue if m.id}
    missing = sorted(message for message in used() if message not in spanish or not spanish[message].string)
    assert not missing, f"add to {PO.relative_to(ROOT)}: {missing}"


def test_no_translation_without_a_text(catalogue) -> None:
    known = used()
    left = sorted(str(m.id) for m in catalogue if m.id and (m.id[0] if isinstance(m.id, tuple) else m.id) not in known)
    assert not left, f"no longer used, remove: {left}"


def test_translations_keep_their_fields_and_are_not_fuzzy(catalogue) -> None:
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts:
            assert fields(text) == fields(ids[-1]), message.id


@pytest.mark.parametrize(
    ("language", "number", "day", "month", "names"),
    [
        ("es", "1.122,5", "6 de mayo de 2024", "mayo de 2024", "A, B y C"),
        ("en", "1,122.5", "May 6, 2024", "May 2024", "A, B, and C"),
    ],
)
def test_numbers_dates_and_lists(language: str, number: str, day: str, month: str, names: str) -> None:
    i18n.set_language(language)
    assert i18n.number(1122.5, 1) == number
    assert i18n.day(date(2024, 5, 6)) == day
    assert i18n.month(date(2024, 5, 1)) == month
    assert i18n.partial_day("2024-05") == month
    assert i18n.partial_day("2024") == "2024"
    assert i18n.enumerate_names(["A", "B", "C"]) == names


@pytest.mark.parametrize(
    ("locale", "expected"), [("en-US", "en"), ("es-CO", "es"), ("fr-FR", "es"), (None, "es"), ("", "es")]
)
def test_browser_language_then_spanish(locale: str | None, expected: str) -> None:
    assert i18n.preferred_language(locale) == expected


def test_an_unknown_language_is_spanish() -> None:
    i18n.set_language("xx")
    assert i18n.language() == "es"
