"""Every text on screen has its Spanish; numbers and dates are written as the reader's language does."""

import ast
import string
from datetime import date
from pathlib import Path

import pytest

from components import i18n
from tests.translations import _messages, catalogue, used


@pytest.fixture(scope="module")
def spanish():
    return {message.id: message for message in catalogue() if message.id}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_its_spanish(spanish) -> None:
    missing = [message for message in used() if message not in spanish or not all(_parts(spanish[message].string))]
    assert not missing, f"{len(missing)} texts, python -m tests.translations lists them: {missing[:5]}"


def test_no_translation_without_a_text(spanish) -> None:
    left = sorted(map(str, set(spanish) - set(used())))
    assert not left, f"{len(left)} entries without a text, python -m tests.translations removes them: {left[:5]}"


def test_translations_keep_their_fields_and_are_not_fuzzy(spanish) -> None:
    for message in spanish.values():
        assert not message.fuzzy, message.id
        for text in _parts(message.string):
            assert fields(text) == fields(_parts(message.id)[-1]), message.id


def test_the_reader_of_the_source_sees_into_formatted_strings() -> None:
    tree = ast.parse("f'<b>{_(\"Figures\")}</b>'; ngettext('{n} day', '{n} days', 2)")
    assert _messages(tree) == ["Figures", ("{n} day", "{n} days")]


def _parts(text):
    return text if isinstance(text, tuple) else (text,)


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


def test_a_compiled_catalogue_is_kept_and_a_damaged_one_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path))
    read = i18n._catalogue.__wrapped__
    message = "Presence is not control. Reported is not now. No record is not peace."
    expected = read("es").gettext(message)
    assert expected != message
    (kept,) = tmp_path.rglob("*.mo")
    whole = kept.read_bytes()
    for damage in (b"", b"not a catalogue at all", whole[:16], whole[: len(whole) // 2]):
        kept.write_bytes(damage)
        assert read("es").gettext(message) == expected
        assert kept.read_bytes() == whole
    monkeypatch.setattr(i18n, "_compiled", lambda *_: pytest.fail("the kept catalogue is read"))
    assert read("es").gettext(message) == expected


def test_a_catalogue_is_read_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    monkeypatch.setenv("PAZ_DATA_DIR", str(tmp_path))
    assert i18n._catalogue.__wrapped__("es").gettext("Play") != "Play"
