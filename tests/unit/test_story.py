"""Story files: what is sound is read as it was written; what is broken or hostile is refused whole, with its place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import story
from components.i18n import set_language
from components.story import Step, Story, StoryError, Words
from components.view import ViewState


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("es")


def document(**changes: Any) -> dict[str, Any]:
    """A sound story of one view; its texts are synthetic."""
    step = {
        "title": {"es": "Uno", "en": "One"},
        "note": {"es": "", "en": ""},
        "seconds": 10,
        "view": "narino?date=2024-10-31&groups=eln",
        "evidence": ["ceasefires:eln_bilateral_2023"],
    }
    return {
        "format": "paz-territorial-story",
        "version": 1,
        "id": "prueba",
        "title": {"es": "Prueba", "en": "Trial"},
        "note": {"es": "", "en": ""},
        "steps": [step],
        **changes,
    }


def with_step(**changes: Any) -> dict[str, Any]:
    plain = document()
    return {**plain, "steps": [{**plain["steps"][0], **changes}]}


def refusal(found: Any) -> str:
    with pytest.raises(StoryError) as refused:
        story.read(found if isinstance(found, str) else json.dumps(found))
    return str(refused.value)


def test_a_sound_story_is_read() -> None:
    told = story.read(json.dumps(document()))
    assert told.story_id == "prueba"
    assert told.title == Words("Prueba", "Trial")
    (step,) = told.steps
    assert (step.page, step.seconds, step.evidence) == ("narino", 10, ("ceasefires:eln_bilateral_2023",))
    view = story.view_of(step, "en")
    assert (view.on, view.groups, view.language) == (date(2024, 10, 31), ("eln",), "en")


def test_what_is_written_is_read_again() -> None:
    for told in story.shipped().values():
        assert story.read(story.write(told)) == told


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf"), blacklist_characters="\x7f"), max_size=60)
words = st.builds(lambda es, en: Words(es.strip(), en.strip()), texts, texts)
views = st.builds(
    ViewState,
    page=st.sampled_from(story.PAGES),
    on=st.dates(date(2016, 1, 1), date(2026, 6, 30)),
    window=st.sampled_from((6, 24)),
    groups=st.sampled_from(((), ("eln",), ("eln", "emc"))),
    municipalities=st.sampled_from(((), ("52678",))),
    fill=st.sampled_from(("presence", "homicides")),
    map=st.sampled_from(("geo", "tile")),
)
steps = st.builds(
    lambda title, note, seconds, view: Step(title, note, seconds, view.page, story.step_query(view)),
    words.filter(lambda pair: bool(pair.es or pair.en)),
    words,
    st.integers(*story.SECONDS),
    views,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words.filter(lambda pair: bool(pair.es or pair.en)), words, st.lists(steps, max_size=4))
def test_any_story_survives_its_file(title: Words, note: Words, parts: list[Step]) -> None:
    told = Story("prueba", title, note, tuple(parts))
    assert story.read(story.write(told)) == told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(("title", "note", "steps", "id", "version")), json_values)
def test_any_value_in_a_story_is_read_or_refused(name: str, value: Any) -> None:
    try:
        told = story.read(json.dumps({**document(), name: value}))
    except StoryError:
        return
    assert story.read(story.write(told)) == told


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_sentence(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"format": NaN}', "NaN"),
        ("[]", "no story of Paz Territorial"),
        (" " * (story.LARGEST + 1), "too large"),
        (document(format="other"), "no story of Paz Territorial"),
        (document(version=2), "version 2"),
        (document(version=True), "version True"),
        (document(id="../x"), "id"),
        (document(id="x" * 41), "id"),
        (document(title={"es": "", "en": ""}), "title"),
        (document(title={"es": "x"}), "title lacks “en”"),
        (document(title={"es": "x" * 201, "en": ""}), "title"),
        (document(title={"es": "a\x00b", "en": ""}), "title"),
        (document(title={"es": "a\u202eb", "en": ""}), "title"),
        (document(steps={}), "steps"),
        (document(steps=[1]), "steps[1]"),
        (document(steps=document()["steps"] * 61), "steps"),
        (document(extra=1), "unknown part “extra”"),
        (with_step(seconds=0), "steps[1].seconds"),
        (with_step(seconds=True), "steps[1].seconds"),
        (with_step(seconds=10.5), "steps[1].seconds"),
        (with_step(view="https://example.org/?date=2024-10-31"), "steps[1].view"),
        (with_step(view="compare?date=2024-10-31"), "steps[1].view"),
        (with_step(view="narino"), "steps[1].view has no date"),
        (with_step(view="narino?date=2024-10-31&groups=m19"), "groups=m19"),
        (with_step(view="narino?date=2024-10-31&onload=x"), "onload=x"),
        (with_step(view=7), "steps[1].view"),
        (with_step(evidence=["events:none"]), "events:none"),
        (with_step(evidence=["passwords:1"]), "passwords:1"),
        (with_step(evidence="events:ev001"), "steps[1].evidence"),
        (with_step(script="x"), "unknown part “script”"),
    ],
)
def test_a_broken_story_is_refused_where_it_is_broken(found: Any, said: str) -> None:
    assert said in refusal(found)


def test_a_name_that_stands_twice_is_refused() -> None:
    assert "stands twice" in refusal(json.dumps(document()).replace('"version": 1', '"version": 1, "version": 1'))


def test_a_refusal_speaks_the_reader_s_language_and_shows_no_controls() -> None:
    assert "\x07" not in refusal(document(id="\x07" * 200))


def test_texts_fall_back_on_the_other_language() -> None:
    assert Words("solo", "").said == "solo"
    set_language("es")
    assert Words("", "only").said == "only"


def test_items_of_links() -> None:
    assert story.named("comuneros-del-sur:3") == ("comuneros-del-sur", 3)
    assert story.named("comuneros-del-sur") == ("comuneros-del-sur", 1)
    assert story.named(story.item("x", 12)) == ("x", 12)
    for wrong in ("", ":", "x:", "x:y", "x:-1", "x:1:2", "X Y:1", "x:9999", "eln_bilateral_2023"):
        assert story.named(wrong) is None


def test_steps_are_moved_deleted_and_changed() -> None:
    a, b, c = (Step(Words(name), Words(), 5, "narino", "date=2024-10-31") for name in "abc")
    told = Story("x", Words("x"), Words(), (a, b, c))
    assert story.moved(told, 0, 1).steps == (b, a, c)
    assert story.moved(told, 2, -1).steps == (a, c, b)
    assert story.moved(told, 0, -1).steps == (a, b, c)
    assert story.moved(told, 2, 5).steps == (a, b, c)
    assert story.without(told, 1).steps == (a, c)
    assert story.changed(told, 1, c).steps == (a, c, c)
    assert story.added(told, a).steps == (a, b, c, a)
    full = Story("x", Words("x"), Words(), (a,) * story.MOST_STEPS)
    with pytest.raises(StoryError):
        story.added(full, b)


def test_a_step_keeps_what_is_seen_and_not_how() -> None:
    view = ViewState(page="narino", on=date(2024, 10, 31), present=True, embed=True, item="x:1", language="en")
    kept = story.step_query(view.with_(municipalities=("52678",)))
    assert "municipality=52678" in kept
    assert not {"present", "embed", "item", "lang"} & {part.split("=")[0] for part in kept.split("&")}
