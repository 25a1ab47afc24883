"""A story: an ordered list of saved views, each with a title, a note and how long it stands; kept in one JSON file.

The file (``"format": "paz-territorial-story", "version": 1``)::

    {"format": ..., "version": 1, "id": "comuneros-del-sur", "title": {"es": ..., "en": ...}, "note": {...},
     "steps": [{"title": {...}, "note": {...}, "seconds": 20, "view": "narino?date=2024-10-31&groups=...",
                "evidence": ["events:ev001", "ceasefires:eln_bilateral_2023"]}, ...]}

A text may lack one of its two languages, not both. `evidence` names the rows behind what a note claims, as table and
id; their sources are shown with the step. `read` takes a whole sound file or raises: nothing is half loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from components.i18n import _, language, partial_day
from components.rows import by_id
from components.view import Known, ViewState, parse, query
from data.store import table

FORMAT = "paz-territorial-story"
VERSION = 1
FOLDER = Path(__file__).resolve().parents[1] / "data" / "stories"
PAGE = "story"
PAGES = ("narino", "colombia")
DRAFT = "draft"
MOST_STEPS = 60
LONGEST = {"title": 200, "note": 1200, "view": 2000}
SECONDS = (3, 600)
LARGEST = 500_000
EVIDENCE = {
    "sources": "source_id",
    "events": "event_id",
    "ceasefires": "ceasefire_id",
    "commitments": "commitment_id",
    "zones": "zone_id",
    "presence": "presence_id",
    "indicators": "indicator_id",
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class StoryError(ValueError):
    """A story that cannot be used; the message says where and why, in the reader's language."""


@dataclass(frozen=True)
class Words:
    """A text in both languages; one may be blank."""

    es: str = ""
    en: str = ""

    @property
    def said(self) -> str:
        """The text in the reader's language, or in the other one when it is blank."""
        return (self.en or self.es) if language() == "en" else (self.es or self.en)

    def with_(self, code: str, text: str) -> Words:
        """Return the words with one language changed."""
        return replace(self, **{code: text})


@dataclass(frozen=True)
class Step:
    """One view of a story: its page, its query, its words, the seconds it stands, and the rows behind its claims."""

    title: Words
    note: Words
    seconds: int
    page: str
    query: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """An ordered list of views."""

    story_id: str
    title: Words
    note: Words
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Citation:
    """Who says what a step claims."""

    publisher: str
    when: str
    url: str

    def __str__(self) -> str:
        return f"{self.publisher}, {self.when}" if self.when else self.publisher


# Files


def read(text: str) -> Story:
    """Return the story of a file.

    Raises
    ------
    StoryError
        The text is no sound story; the message names the first fault.
    """
    if len(text) > LARGEST:
        raise StoryError(_("This story is too large."))
    try:
        document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_pairs, parse_constant=_no_constant)
    except StoryError:
        raise
    except (ValueError, RecursionError) as broken:
        raise StoryError(_("This file is no story: it is not valid JSON.")) from broken
    return _story(document)


def write(story: Story) -> str:
    """Return the file of a story."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": story.story_id,
        "title": _pair(story.title),
        "note": _pair(story.note),
        "steps": [
            {
                "title": _pair(step.title),
                "note": _pair(step.note),
                "seconds": step.seconds,
                "view": f"{step.page}?{step.query}",
                "evidence": list(step.evidence),
            }
            for step in story.steps
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _pair(words: Words) -> dict[str, str]:
    return {"es": words.es, "en": words.en}


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StoryError(_("In this story, “{name}” stands twice.", name=twice[:40]))
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise StoryError(_("In this story, {where} has a value that cannot be used: {value}", where="JSON", value=name))


def _story(document: Any) -> Story:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StoryError(_("This file is no story of Paz Territorial."))
    if document.get("version") != VERSION or isinstance(document.get("version"), bool):
        found = str(document.get("version"))[:20]
        raise StoryError(
            _("This story has version {found}; this program reads version {known}.", found=found, known=VERSION)
        )
    _keys(document, ("format", "version", "id", "title", "note", "steps"), _("the story"))
    story_id, steps = document["id"], document["steps"]
    if not isinstance(story_id, str) or len(story_id) > 40 or not _ID.fullmatch(story_id):
        raise _bad("id", story_id)
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise _bad("steps", f"> {MOST_STEPS}" if isinstance(steps, list) else steps)
    return Story(
        story_id,
        _words(document["title"], "title", "title", required=True),
        _words(document["note"], "note", "note"),
        tuple(_step(step, f"steps[{number}]") for number, step in enumerate(steps, start=1)),
    )


def _step(step: Any, where: str) -> Step:
    if not isinstance(step, dict):
        raise _bad(where, step)
    _keys(step, ("title", "note", "seconds", "view", "evidence"), where)
    seconds = step["seconds"]
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not SECONDS[0] <= seconds <= SECONDS[1]:
        raise _bad(f"{where}.seconds", seconds)
    view = _view(step["view"], f"{where}.view")
    return Step(
        _words(step["title"], f"{where}.title", "title", required=True),
        _words(step["note"], f"{where}.note", "note"),
        seconds,
        view.page,
        step_query(view),
        _evidence(step["evidence"], f"{where}.evidence"),
    )


def _keys(found: Mapping[str, Any], wanted: Sequence[str], where: str) -> None:
    for name in wanted:
        if name not in found:
            raise StoryError(_("In this story, {where} lacks “{name}”.", where=where, name=name))
    for name in found:
        if name not in wanted:
            raise StoryError(_("In this story, {where} has an unknown part “{name}”.", where=where, name=name[:40]))


def _words(value: Any, where: str, kind: str, *, required: bool = False) -> Words:
    if not isinstance(value, dict):
        raise _bad(where, value)
    _keys(value, ("es", "en"), where)
    for text in value.values():
        if not isinstance(text, str) or len(text) > LONGEST[kind] or _UNPRINTABLE.search(text):
            raise _bad(where, text)
    words = Words(value["es"].strip(), value["en"].strip())
    if required and not (words.es or words.en):
        raise _bad(where, "")
    return words


def _view(value: Any, where: str) -> ViewState:
    if not isinstance(value, str) or len(value) > LONGEST["view"]:
        raise _bad(where, value)
    page, _mark, text = value.lstrip("/").partition("?")
    if page not in PAGES:
        raise _bad(where, page)
    view, ignored = parse(page, parse_qs(text, keep_blank_values=True), _known())
    if ignored:
        raise _bad(where, f"{ignored[0].parameter}={ignored[0].value}")
    if view.on is None:
        raise StoryError(_("In this story, {where} has no date.", where=where))
    return view


def _known() -> Known:
    from components import cache

    return cache.known()


def _evidence(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 40:
        raise _bad(where, value)
    for each in value:
        if not isinstance(each, str) or _row(each) is None:
            raise _bad(where, each)
    return tuple(value)


def _bad(where: str, value: Any) -> StoryError:
    shown = _UNPRINTABLE.sub("?", str(value))
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    return StoryError(
        _("In this story, {where} has a value that cannot be used: {value}", where=where, value=shown or "“”")
    )


# Views and sources


def step_query(view: ViewState) -> str:
    """Return the query that a step keeps: what is seen, not the language nor how it is shown."""
    pairs = query(view.with_(present=False, embed=False, item="", municipalities=view.municipalities))
    return urlencode({name: value for name, value in pairs.items() if name != "lang"})


def view_of(step: Step, lang: str) -> ViewState:
    """Return the view of a step in a language."""
    return parse(step.page, parse_qs(step.query), _known(), lang)[0].with_(language=lang)


def _row(reference: str) -> Mapping[str, Any] | None:
    name, _colon, code = reference.partition(":")
    return by_id(table(name), EVIDENCE[name]).get(code) if name in EVIDENCE else None


def citations(step: Step) -> list[Citation]:
    """Return the sources of a step's claims, each once, in the order in which it names them."""
    sources = by_id(table("sources"), "source_id")
    ids = [str(row["source_id"]) for each in step.evidence if (row := _row(each)) is not None]
    rows = [sources[code] for code in dict.fromkeys(ids)]
    return [Citation(row["publisher"], partial_day(str(row["date_text"])), row["url"]) for row in rows]


# Shipped stories and items of links


@lru_cache(maxsize=4)
def _shipped(stamp: tuple[tuple[str, int], ...]) -> Mapping[str, Story]:
    stories = [read((FOLDER / name).read_text("utf-8")) for name, _time in stamp]
    return {story.story_id: story for story in stories}


def shipped() -> Mapping[str, Story]:
    """Return the stories that come with the application, by id."""
    files = sorted(FOLDER.glob("*.json"))
    return _shipped(tuple((path.name, path.stat().st_mtime_ns) for path in files))


def item(story_id: str, number: int) -> str:
    """Return how a link names a step; the first is 1."""
    return f"{story_id}:{number}"


def named(text: str) -> tuple[str, int] | None:
    """Return the story and the step that a link's item names; None when it names none. A bare story begins at 1."""
    story_id, colon, number = text.partition(":")
    if not _ID.fullmatch(story_id):
        return None
    if not colon:
        return story_id, 1
    return (story_id, int(number)) if number.isascii() and number.isdigit() and len(number) < 4 else None


# Changes, each a new story


def added(story: Story, step: Step) -> Story:
    """Return the story with a step at its end; raises StoryError when it is full."""
    if len(story.steps) >= MOST_STEPS:
        raise StoryError(_("A story holds at most {n} views.", n=MOST_STEPS))
    return replace(story, steps=(*story.steps, step))


def moved(story: Story, at: int, by: int) -> Story:
    """Return the story with the step at a position moved; past an end it stays there."""
    steps = list(story.steps)
    step = steps.pop(at)
    steps.insert(min(max(at + by, 0), len(steps)), step)
    return replace(story, steps=tuple(steps))


def without(story: Story, at: int) -> Story:
    """Return the story without the step at a position."""
    return replace(story, steps=story.steps[:at] + story.steps[at + 1 :])


def changed(story: Story, at: int, step: Step) -> Story:
    """Return the story with another step at a position."""
    return replace(story, steps=(*story.steps[:at], step, *story.steps[at + 1 :]))
