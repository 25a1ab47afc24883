"""The user's own layers of this session: the only place that holds them, and it ends with the session.

Nothing here is cached across sessions. What the map fetches over HTTP is published under the hash of its content, which
nobody can guess, and is forgotten when the session is.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from components.server.assets import STORE, publish
from components.view import Known, ViewState, query
from data.uploads import Layer
from data.uploads.figures import span

PREFIX = "own:"
CHOSEN = "own-layer"
MAX_LAYERS = 12
_KEY = "own-files"
_VIEW = "own-files-view"
_KEPT = 24
Made = TypeVar("Made")


@dataclass
class _Held:
    """What a session holds: its layers, what was made of them, and the payloads that go when it goes."""

    layers: list[Layer] = field(default_factory=list)
    made: dict[Hashable, Any] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)


def _forget(published: set[str]) -> None:
    for digest in published:
        STORE.drop(digest)


def _held() -> _Held:
    held = st.session_state.get(_KEY)
    if held is None:
        held = st.session_state[_KEY] = _Held()
        weakref.finalize(held, _forget, held.published)
    return held


def is_own(fill: str) -> bool:
    """Whether a fill names a layer of the user's own."""
    return fill.startswith(PREFIX)


def layers() -> tuple[Layer, ...]:
    """Return the layers of this session, the oldest first."""
    return tuple(_held().layers)


def layer(fill: str) -> Layer | None:
    """Return the layer that a fill names, None without one in this session."""
    return next((each for each in layers() if each.key == fill), None)


def names() -> Mapping[str, str]:
    """Return the names of the layers by the fill that shows them."""
    return {each.key: each.name for each in layers()}


def add(new: Layer) -> Layer:
    """Keep a layer under the next free number and a name of its own, choose it, and return it."""
    held = _held()
    number = max((each.number for each in held.layers), default=0) + 1
    kept = replace(new, number=number, name=_distinct(new.name, {each.name for each in held.layers}))
    held.layers.append(kept)
    st.session_state[CHOSEN] = number
    return kept


def _distinct(name: str, taken: Collection[str]) -> str:
    names = (name, *(f"{name} ({again})" for again in range(2, len(taken) + 2)))
    return next(each for each in names if each not in taken)


def chosen() -> int:
    """Return the number of the layer that the page shows: the one chosen, else the newest; 0 without any."""
    numbers = [each.number for each in layers()]
    number = st.session_state.get(CHOSEN)
    return number if number in numbers else max(numbers, default=0)


def remove(number: int) -> None:
    """Forget a layer and all that was made of it."""
    _put([each for each in layers() if each.number != number])


def restore(opened: tuple[Layer, ...]) -> None:
    """Put the layers of a project in the place of those of this session."""
    _put(list(opened))


def _put(kept: list[Layer]) -> None:
    held = _held()
    held.layers[:] = kept
    held.made.clear()
    _forget(held.published)
    held.published.clear()


def known(official: Known) -> Known:
    """Return what a link of this session may name: also its own layers, and the days that their rows reach."""
    own = layers()
    spans = [days for days in map(span, own) if days is not None]
    return replace(
        official,
        indicators=(*official.indicators, *(each.key for each in own)),
        first=min([official.first, *(days[0] for days in spans)]),
        last=max([official.last, *(days[1] for days in spans)]),
    )


def made(key: Hashable, make: Callable[[], Made]) -> Made:
    """Return what `make` makes, remembered in this session only."""
    kept = _held().made
    if key not in kept:
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = make()
    return kept[key]


def published(payload: bytes) -> str:
    """Publish a payload for the map until this session ends; return the hash that names it."""
    digest = publish(payload)
    _held().published.add(digest)
    return digest


def remember(view: ViewState) -> None:
    """Keep the view that was last seen on a map: a project file saves it."""
    st.session_state[_VIEW] = (view.page, query(view))


def remembered() -> tuple[str, dict[str, str]]:
    """Return the page and the query of the view last seen on a map; Nariño as it opens, before that."""
    return st.session_state.get(_VIEW, ("narino", {}))


def last_day(own: Layer, latest: date) -> date:
    """Return the last day that a layer speaks of; `latest` for undated areas."""
    days = span(own)
    return days[1] if days else latest
